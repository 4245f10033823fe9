//! One channel of DAHDI, opened without blocking by its number through `/dev/dahdi/channel`.
//!
//! The kernel answers read and write with ELAST while an event waits: [`DahdiChannel::read`] and [`DahdiChannel::write`] take
//! the events and try again. A D-channel's frames have two octets of FCS at their end, which are taken off and added here.

use std::ffi::c_int;
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::OpenOptionsExt as _;

use super::{DahdiError, kernel};
use crate::g711::Law;
use crate::report::LineFaults;

/// Samples in a block of audio: 20 ms.
pub const BLOCK: usize = 160;
/// Blocks that wait to be sent from the start: without a card DAHDI moves data in bursts, and the peer may be late.
const AHEAD: usize = 3;
/// Buffers of a B-channel each way: 320 ms.
const AUDIO_BUFFERS: c_int = 16;
/// The longest frame with its FCS, and as many of them as the kernel has room for.
const FRAME: usize = 1024;
const FRAME_BUFFERS: c_int = 32;
const FCS: usize = 2;
/// So many events in a row come from no line.
const MOST_EVENTS: usize = 256;

/// An open channel. Dropping it closes it.
#[derive(Debug)]
pub struct DahdiChannel {
    number: u32,
    file: File,
    faults: LineFaults,
}

impl DahdiChannel {
    /// A D-channel whose frames have HDLC in the kernel; it has to be this timeslot of its span.
    pub fn frames(number: u32, slot: u8) -> Result<Self, DahdiError> {
        let channel = Self::open(number, slot, kernel::SIG_HDLC_FCS, "dchan")?;
        channel.has_buffers(FRAME_BUFFERS, FRAME)?;
        channel.did("flush it", kernel::flush(&channel.file))?;
        Ok(channel)
    }

    /// A B-channel with [`AHEAD`] blocks of silence on their way; it has to be this timeslot of its span and have this law.
    pub fn audio(number: u32, slot: u8, law: Law) -> Result<Self, DahdiError> {
        let mut channel = Self::open(number, slot, kernel::SIG_CLEAR, "bchan")?;
        let has = channel.params()?.curlaw;
        let (wanted, keyword) = match law {
            Law::A => (kernel::LAW_A, "alaw"),
            Law::Mu => (kernel::LAW_MU, "mulaw"),
        };
        if has != wanted {
            return Err(DahdiError::Unfit { channel: number, what: format!("its law is {has}, expected {keyword} ({wanted})") });
        }
        channel.did("set audio mode", kernel::audio_mode(&channel.file))?;
        channel.has_buffers(AUDIO_BUFFERS, BLOCK)?;
        channel.did("flush it", kernel::flush(&channel.file))?;
        for _ in 0..AHEAD {
            channel.write(&[law.silence(); BLOCK])?;
        }
        // Only now: an idle channel is no underrun.
        channel.did("ask for buffer events", kernel::buffer_events(&channel.file))?;
        Ok(channel)
    }

    fn open(number: u32, slot: u8, sigtype: c_int, keyword: &str) -> Result<Self, DahdiError> {
        let device = OpenOptions::new().read(true).write(true).custom_flags(nix::libc::O_NONBLOCK).open("/dev/dahdi/channel");
        let file = device.map_err(|source| DahdiError::Io { channel: number, doing: "open /dev/dahdi/channel", source })?;
        let channel = Self { number, file, faults: LineFaults::default() };
        let unfit = |what: String| DahdiError::Unfit { channel: number, what };
        let wanted = c_int::try_from(number).map_err(|_| unfit("there is no such channel".to_owned()))?;
        channel.did("open it", kernel::specify(&channel.file, wanted))?;
        let has = channel.params()?;
        if has.chanpos != c_int::from(slot) {
            let (place, span) = (has.chanpos, has.spanno);
            return Err(unfit(format!("it is timeslot {place} of span {span}, expected {slot}: name the span's first channel")));
        }
        if has.sigtype != sigtype {
            let has = has.sigtype;
            return Err(unfit(format!("its signalling is {has:#x}, expected {sigtype:#x}: configure it as {keyword}")));
        }
        Ok(channel)
    }

    fn has_buffers(&self, count: c_int, size: usize) -> Result<(), DahdiError> {
        self.did("set its buffers", kernel::set_buffers(&self.file, count, c_int::try_from(size).unwrap_or(c_int::MAX)))
    }

    fn did<T>(&self, doing: &'static str, result: nix::Result<T>) -> Result<T, DahdiError> {
        result.map_err(|errno| self.error(doing, errno.into()))
    }

    fn error(&self, doing: &'static str, source: io::Error) -> DahdiError {
        DahdiError::Io { channel: self.number, doing, source }
    }

    fn params(&self) -> Result<kernel::Params, DahdiError> {
        self.did("get its parameters", kernel::params(&self.file))
    }

    /// Its span's alarms, bits of [`kernel::ALARMS`].
    pub fn alarms(&self) -> Result<u32, DahdiError> {
        Ok(self.params()?.chan_alarms)
    }

    /// What was lost on it.
    pub fn faults(&self) -> LineFaults {
        self.faults
    }

    /// Takes the events that wait and counts those that tell of a loss.
    pub fn take_events(&mut self) -> Result<(), DahdiError> {
        for _ in 0..MOST_EVENTS {
            match self.did("get an event", kernel::event(&self.file))? {
                0 => return Ok(()),
                kernel::EVENT_READ_OVERRUN => self.faults.overruns += 1,
                kernel::EVENT_WRITE_UNDERRUN => self.faults.underruns += 1,
                event if kernel::EVENTS_BAD_FRAME.contains(&event) => self.faults.bad_frames += 1,
                // Alarms are asked for by themselves; a clear channel has no other events.
                _ => {}
            }
        }
        Err(DahdiError::Unfit { channel: self.number, what: format!("{MOST_EVENTS} events in a row") })
    }

    /// One block or frame (with its FCS), if one is there.
    fn read(&mut self, buffer: &mut [u8]) -> Result<Option<usize>, DahdiError> {
        loop {
            match (&self.file).read(buffer) {
                Ok(length) => return Ok(Some(length)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(None),
                Err(error) if error.raw_os_error() == Some(kernel::EVENT_WAITS) => self.take_events()?,
                Err(error) => return Err(self.error("read", error)),
            }
        }
    }

    /// True when it was taken, false when the queue is full.
    fn write(&mut self, octets: &[u8]) -> Result<bool, DahdiError> {
        loop {
            match (&self.file).write(octets) {
                Ok(length) if length == octets.len() => return Ok(true),
                Ok(_) => return Err(self.error("write", io::ErrorKind::WriteZero.into())),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
                Err(error) if error.raw_os_error() == Some(kernel::EVENT_WAITS) => self.take_events()?,
                Err(error) => return Err(self.error("write", error)),
            }
        }
    }

    /// One block of audio, if one is there.
    pub fn read_audio(&mut self, block: &mut [u8; BLOCK]) -> Result<Option<usize>, DahdiError> {
        self.read(block)
    }

    /// Sends a block of audio; when the queue is full, which is seen only after a long delay, the block is lost.
    pub fn write_audio(&mut self, block: &[u8]) -> Result<(), DahdiError> {
        self.write(block).map(drop)
    }

    /// One frame without its FCS, if one is there. The kernel has checked the FCS.
    pub fn read_frame(&mut self) -> Result<Option<Vec<u8>>, DahdiError> {
        let mut frame = vec![0; FRAME];
        let length = self.read(&mut frame)?;
        Ok(length.map(|length| {
            frame.truncate(length.saturating_sub(FCS));
            frame
        }))
    }

    /// Sends a frame without FCS, for which the kernel wants room; false when the queue is full.
    pub fn write_frame(&mut self, frame: &[u8]) -> Result<bool, DahdiError> {
        self.write(&[frame, &[0; FCS]].concat())
    }
}

impl AsFd for DahdiChannel {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}
