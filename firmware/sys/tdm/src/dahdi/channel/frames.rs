//! The frames of a D-channel. DAHDI keeps room for two octets of frame check sequence at the end of each: a read gives the frame with
//! them, a write wants them as spare room. That is so whether the kernel frames (`SIG_HDLCFCS`) or the card (`SIG_HARDHDLC`).
//! Damaged and broken frames are events, and none of them is told while the span has an alarm.

use super::super::port::{FCS, Moved};
use super::{ATTEMPTS, DahdiChannel};
use crate::{Error, MAX_FRAME, Mode};

/// A frame that was read and has not been fetched: its user's buffer was too small.
pub(super) struct Pending {
    /// Empty on a channel that has no frames.
    raw: Box<[u8]>,
    /// Its length without FCS; 0 when there is none.
    length: usize,
}

impl Pending {
    pub(super) fn new(mode: Mode) -> Self {
        let size = if mode == Mode::Hdlc { MAX_FRAME + FCS } else { 0 };
        Self { raw: vec![0; size].into_boxed_slice(), length: 0 }
    }
}

impl DahdiChannel {
    pub(super) fn read_frame(&mut self, buf: &mut [u8]) -> Result<usize, Error> {
        let mut attempts = ATTEMPTS;
        while self.pending.length == 0 {
            let slot = self.slot;
            let Some(port) = self.port.as_mut() else { return Err(Error::SpanClosed) };
            match port.read(&mut self.pending.raw).map_err(|error| Self::broken(slot, "read", error))? {
                Moved::Octets(length) => self.received(length),
                Moved::Nothing => return Err(Error::WouldBlock),
                Moved::Events => {
                    self.take_events();
                    attempts -= 1;
                    if attempts == 0 {
                        return Err(Error::WouldBlock);
                    }
                }
            }
        }
        let frame = self.pending.raw.get(..self.pending.length).unwrap_or_default();
        let Some(to) = buf.get_mut(..frame.len()) else {
            return Err(Error::BufferTooSmall { len: buf.len(), needed: frame.len() });
        };
        to.copy_from_slice(frame);
        self.pending.length = 0;
        self.counters.frames_received += 1;
        Ok(to.len())
    }

    fn received(&mut self, length: usize) {
        self.pending.length = length.saturating_sub(FCS);
        if self.pending.length == 0 {
            self.counters.bad_frames += 1;
        }
    }

    pub(super) fn write_frame(&mut self, frame: &[u8]) -> Result<usize, Error> {
        if frame.is_empty() || frame.len() > MAX_FRAME {
            return Err(Error::BadLength { len: frame.len() });
        }
        let slot = self.slot;
        let mut raw = [0; MAX_FRAME + FCS];
        for (to, from) in raw.iter_mut().zip(frame) {
            *to = *from;
        }
        let whole = raw.get(..frame.len() + FCS).unwrap_or_default();
        for _ in 0..ATTEMPTS {
            match self.port()?.write(whole).map_err(|error| Self::broken(slot, "write", error))? {
                Moved::Octets(_) => {
                    self.counters.frames_sent += 1;
                    return Ok(frame.len());
                }
                Moved::Nothing => return Err(Error::WouldBlock),
                Moved::Events => self.take_events(),
            }
        }
        Err(Error::WouldBlock)
    }
}
