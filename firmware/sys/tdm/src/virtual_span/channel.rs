//! A channel of a virtual span: a handle on its lane.

use super::lane::{Lane, SharedLanes, lock};
use super::wire::Signal;
use crate::span::{BLOCK, CHUNK, Channel, ChannelCounters, ChannelEvent, Error, Hook, MAX_FRAME, Mode};

/// See [`Channel`].
pub(super) struct VirtualChannel {
    lanes: SharedLanes,
    slot: u8,
    mode: Mode,
}

impl VirtualChannel {
    /// Opens `slot` if it exists and is free.
    pub(super) fn open(lanes: &SharedLanes, slot: u8, timeslots: u8, mode: Mode) -> Result<Self, Error> {
        let mut guard = lock(lanes);
        let lane = guard.get_mut(slot).ok_or(Error::NoSuchTimeslot { slot, timeslots })?;
        if lane.mode.is_some() {
            return Err(Error::Busy { slot });
        }
        lane.open(mode);
        drop(guard);
        Ok(Self { lanes: lanes.clone(), slot, mode })
    }

    /// Runs `act` on the lane, unless the span is gone.
    fn with_lane<T>(&self, act: impl FnOnce(&mut Lane) -> Result<T, Error>) -> Result<T, Error> {
        let mut guard = lock(&self.lanes);
        if guard.closed {
            return Err(Error::SpanClosed);
        }
        guard.get_mut(self.slot).map_or(Err(Error::SpanClosed), act)
    }

    /// Runs `act` on the lane to queue something to send; on a cut line the whole of it is lost at once.
    fn send<T>(&self, lost: T, act: impl FnOnce(&mut Lane) -> Result<T, Error>) -> Result<T, Error> {
        let cut = !lock(&self.lanes).carrier;
        self.with_lane(|lane| if cut { Ok(lost) } else { act(lane) })
    }

    const fn wrong_mode(&self, what: &'static str) -> Error {
        Error::WrongMode { slot: self.slot, mode: self.mode, what }
    }

    fn send_signal(&self, signal: Signal, what: &'static str) -> Result<(), Error> {
        if !self.mode.has_hook() {
            return Err(self.wrong_mode(what));
        }
        self.send((), |lane| if lane.write_signal(signal) { Ok(()) } else { Err(Error::WouldBlock) })
    }
}

impl Channel for VirtualChannel {
    fn slot(&self) -> u8 {
        self.slot
    }

    fn read(&mut self, buf: &mut [u8]) -> Result<usize, Error> {
        if self.mode.has_audio() {
            if buf.len() < BLOCK {
                return Err(Error::BufferTooSmall { len: buf.len(), needed: BLOCK });
            }
            return self.with_lane(|lane| match lane.read_audio(buf) {
                0 => Err(Error::WouldBlock),
                octets => Ok(octets),
            });
        }
        self.with_lane(|lane| {
            let needed = lane.next_frame_length().ok_or(Error::WouldBlock)?;
            let len = buf.len();
            let target = buf.get_mut(..needed).ok_or(Error::BufferTooSmall { len, needed })?;
            target.copy_from_slice(&lane.take_frame().unwrap_or_default());
            Ok(needed)
        })
    }

    fn write(&mut self, buf: &[u8]) -> Result<usize, Error> {
        let len = buf.len();
        if self.mode.has_audio() {
            if len == 0 || !len.is_multiple_of(CHUNK) {
                return Err(Error::BadLength { len });
            }
            return self.send(len, |lane| match lane.write_audio(buf) {
                0 => Err(Error::WouldBlock),
                octets => Ok(octets),
            });
        }
        if len == 0 || len > MAX_FRAME {
            return Err(Error::BadLength { len });
        }
        self.send(len, |lane| if lane.write_frame(buf) { Ok(len) } else { Err(Error::WouldBlock) })
    }

    fn samples_ahead(&self) -> usize {
        lock(&self.lanes).get(self.slot).map_or(0, Lane::samples_ahead)
    }

    fn set_write_queue(&mut self, samples: usize) -> Result<(), Error> {
        if samples < BLOCK || !samples.is_multiple_of(CHUNK) {
            return Err(Error::BadLength { len: samples });
        }
        self.with_lane(|lane| {
            lane.write_queue = samples;
            Ok(())
        })
    }

    fn poll_event(&mut self) -> Option<ChannelEvent> {
        lock(&self.lanes).get_mut(self.slot)?.events.pop_front()
    }

    fn set_bits(&mut self, abcd: u8) -> Result<(), Error> {
        if self.mode != Mode::Cas {
            return Err(self.wrong_mode("set signalling bits"));
        }
        self.with_lane(|lane| {
            lane.set_bits(abcd);
            Ok(())
        })
    }

    fn bits(&self) -> u8 {
        lock(&self.lanes).get(self.slot).map_or(0, |lane| lane.received_bits)
    }

    fn hook(&mut self, hook: Hook) -> Result<(), Error> {
        self.send_signal(Signal::Hook(hook), "send hook signals")
    }

    fn set_polarity(&mut self, reversed: bool) -> Result<(), Error> {
        self.send_signal(Signal::Polarity { reversed }, "set the polarity")
    }

    fn counters(&self) -> ChannelCounters {
        lock(&self.lanes).get(self.slot).map_or_else(ChannelCounters::default, |lane| lane.counters)
    }
}

impl Drop for VirtualChannel {
    fn drop(&mut self) {
        if let Some(lane) = lock(&self.lanes).get_mut(self.slot) {
            lane.close();
        }
    }
}
