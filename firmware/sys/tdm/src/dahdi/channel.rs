//! One DAHDI channel in use, as a [`Channel`]: a port of its span, given back when dropped.
//!
//! - `audio`: blocks and the depth of the write queue. `frames`: the D-channel. `events`: what the kernel's events mean.
//!
//! How to drive it: as every channel; reading comes first. A call on a removed device fails with [`Error::SpanClosed`] and so do
//! all that follow, without asking the kernel.

use std::collections::VecDeque;
use std::ffi::c_int;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::config::EchoCanceller;
use super::ioctl::{Request, value};
use super::port::{Port, is_gone};
use crate::{BLOCK, Channel, ChannelCounters, ChannelEvent, Error, Hook, Mode};

mod audio;
mod events;
mod frames;

use audio::Audio;
use frames::Pending;

/// Longest write queue, in samples: what the kernel's buffers hold.
const MOST_QUEUED: usize = 8 * BLOCK;
/// Bits of an ABCD value.
const ABCD: c_int = 0xf;
/// How often a read or write is tried again at once when events stand in its way; a channel that only ever has events is left for
/// the next time.
const ATTEMPTS: usize = 4;

/// A port that somebody uses.
pub(super) struct DahdiChannel {
    /// `None` only while being dropped.
    port: Option<Port>,
    slot: u8,
    mode: Mode,
    /// Whether this is the span's pacer, whose received blocks set the phase of all others.
    pacer: bool,
    /// Whether an echo canceller runs.
    echo: bool,
    audio: Audio,
    /// A frame read and not yet fetched.
    pending: Pending,
    bits: u8,
    events: VecDeque<ChannelEvent>,
    counters: ChannelCounters,
    /// Tells the span whether its pacer is in other hands.
    lent: Arc<AtomicBool>,
}

/// What [`DahdiChannel::begin`] needs to know.
pub(super) struct Beginning<'a> {
    /// One that [`Port::mode`] allows.
    pub(super) mode: Mode,
    pub(super) pacer: bool,
    pub(super) echo: Option<&'a EchoCanceller>,
    pub(super) write_queue: usize,
    /// Set as long as the channel lives.
    pub(super) lent: Arc<AtomicBool>,
}

impl DahdiChannel {
    /// Takes `port` into use; gives it back on failure.
    pub(super) fn begin(mut port: Port, beginning: Beginning<'_>) -> Result<Self, (Port, io::Error)> {
        let (slot, mode) = (port.slot, beginning.mode);
        let echo = beginning.echo.filter(|_| mode.has_audio() && mode != Mode::Clear);
        if let Err(error) = port.begin(beginning.pacer, echo) {
            port.end(echo.is_some());
            return Err((port, error));
        }
        beginning.lent.store(true, Ordering::Relaxed);
        let mut channel = Self {
            port: Some(port),
            slot,
            mode,
            pacer: beginning.pacer,
            echo: echo.is_some(),
            audio: Audio::new(beginning.write_queue),
            pending: Pending::new(mode),
            bits: 0,
            events: VecDeque::new(),
            counters: ChannelCounters::default(),
            lent: beginning.lent,
        };
        if mode == Mode::Cas {
            channel.bits = channel.received_bits().unwrap_or_default();
        }
        Ok(channel)
    }

    fn port(&mut self) -> Result<&mut Port, Error> {
        self.port.as_mut().ok_or(Error::SpanClosed)
    }

    fn broken(slot: u8, doing: &str, source: io::Error) -> Error {
        if is_gone(&source) { Error::SpanClosed } else { Error::Os { doing: format!("{doing} timeslot {slot}"), source } }
    }

    fn refusal(slot: u8, what: &'static str, error: io::Error) -> Error {
        match error.raw_os_error() {
            Some(nix::libc::ENOTTY | nix::libc::ENOSYS) => {
                Error::Unsupported(format!("timeslot {slot}: its driver cannot {what} it"))
            }
            // A hook signal is still being sent.
            Some(nix::libc::EBUSY) => Error::WouldBlock,
            _ => Self::broken(slot, what, error),
        }
    }

    fn ioctl(&mut self, what: &'static str, request: Request<'_>) -> Result<(), Error> {
        let slot = self.slot;
        self.port()?.ioctl(request).map_err(|error| Self::refusal(slot, what, error))
    }

    fn wrong_mode(&self, what: &'static str) -> Error {
        Error::WrongMode { slot: self.slot, mode: self.mode, what }
    }

    fn received_bits(&mut self) -> Result<u8, Error> {
        let mut bits: c_int = 0;
        self.ioctl("read the signalling bits of", Request::GetRxBits(&mut bits))?;
        Ok(u8::try_from(bits & ABCD).unwrap_or_default())
    }
}

impl Channel for DahdiChannel {
    fn slot(&self) -> u8 {
        self.slot
    }

    fn read(&mut self, buf: &mut [u8]) -> Result<usize, Error> {
        if self.mode.has_audio() { self.read_audio(buf) } else { self.read_frame(buf) }
    }

    fn write(&mut self, buf: &[u8]) -> Result<usize, Error> {
        if self.mode.has_audio() { self.write_audio(buf) } else { self.write_frame(buf) }
    }

    fn samples_ahead(&self) -> usize {
        self.audio.samples_ahead()
    }

    fn set_write_queue(&mut self, samples: usize) -> Result<(), Error> {
        if !(BLOCK..=MOST_QUEUED).contains(&samples) {
            return Err(Error::BadLength { len: samples });
        }
        self.set_depth(samples)
    }

    fn poll_event(&mut self) -> Option<ChannelEvent> {
        if self.events.is_empty() {
            // Clear channels stumble over their events when reading; the others must be asked.
            if let Some(port) = self.port.as_mut().filter(|port| port.is_signalling()) {
                port.fetch_events();
            }
            self.take_events();
        }
        self.events.pop_front()
    }

    fn set_bits(&mut self, abcd: u8) -> Result<(), Error> {
        if self.mode != Mode::Cas {
            return Err(self.wrong_mode("set signalling bits"));
        }
        self.ioctl("set the signalling bits of", Request::SetTxBits(c_int::from(abcd) & ABCD))
    }

    fn bits(&self) -> u8 {
        self.bits
    }

    fn hook(&mut self, hook: Hook) -> Result<(), Error> {
        if !self.mode.has_hook() {
            return Err(self.wrong_mode("send a hook signal"));
        }
        let (signal, what) = match hook {
            Hook::OnHook => (value::ONHOOK, "put on hook"),
            Hook::OffHook => (value::OFFHOOK, "take off hook"),
            Hook::Wink => (value::WINK, "send a wink on"),
            Hook::Flash => (value::FLASH, "send a flash on"),
            Hook::Start => (value::START, "seize"),
            Hook::Ring => (value::RING, "ring"),
            Hook::RingOff => (value::RINGOFF, "stop ringing"),
        };
        match self.ioctl(what, Request::Hook(signal)) {
            // Wink, flash, start and ring take their time: HookComplete and Ringer tell the rest.
            Err(Error::Os { source, .. }) if source.raw_os_error() == Some(nix::libc::EINPROGRESS) => Ok(()),
            Err(Error::Os { source, .. }) if source.raw_os_error() == Some(nix::libc::ENODATA) => Err(Error::Unsupported(
                format!("timeslot {}: cannot {what} it while no tone zone is loaded; set tone_zone", self.slot),
            )),
            Ok(()) => {
                if hook == Hook::OnHook {
                    self.audio.start_over();
                }
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    fn set_polarity(&mut self, reversed: bool) -> Result<(), Error> {
        if !matches!(self.mode, Mode::Analog(_)) {
            return Err(self.wrong_mode("reverse the line"));
        }
        let slot = self.slot;
        self.port()?.set_polarity(reversed).map_err(|error| Self::refusal(slot, "reverse", error))
    }

    fn counters(&self) -> ChannelCounters {
        self.counters
    }
}

impl Drop for DahdiChannel {
    fn drop(&mut self) {
        if let Some(mut port) = self.port.take() {
            port.end(self.echo);
            let shared = port.shared.clone();
            self.lent.store(false, Ordering::Relaxed);
            shared.give_back(port);
        }
    }
}
