//! One channel's device, whoever uses it.
//!
//! A port is opened with its span and stays open: a channel of a call takes the port and gives it back when dropped, so that setting
//! up a call opens no device and no other process can take the timeslot meanwhile.
//!
//! Facts of `dahdi-base.c` that it lives by. A read or write fails with errno 500 while an event waits, so events are fetched there. A
//! span's alarms are told on every channel. Any call on a removed device sleeps 5 ms in the kernel: once one has failed so, or the
//! kernel has announced it (`EVENT_REMOVED`, up to a second before), no port of the span is asked again.

use std::collections::VecDeque;
use std::ffi::c_int;
use std::io;
use std::os::fd::BorrowedFd;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::config::{ChannelConfig, ChannelKind, EchoCanceller, SpanConfig};
use super::ioctl::{BufferInfo, EchoTune, EchocanParam, EchocanParams, Params, Request, Text, value};
use super::refused::Refused;
use super::system::{DahdiFile, DahdiSys};
use crate::{AnalogPort, BLOCK, Law, MAX_FRAME, Mode};

mod shared;

pub(super) use shared::Shared;

/// Received audio that may wait in the kernel: 160 ms, so that a late reader loses nothing.
const AUDIO_BUFFERS: c_int = 16;
/// Frames that may wait each way.
const FRAME_BUFFERS: c_int = 16;
/// Buffer of a D-channel: the longest frame and its FCS. A frame that fills its buffer to the end is an overrun to the kernel.
const FRAME_BUFFER: c_int = (MAX_FRAME + FCS + 6) as c_int;
/// Events kept for a user that does not look, as many as DAHDI itself keeps; the newest stay.
const MOST_EVENTS: usize = 64;
/// Octets that DAHDI keeps for the frame check sequence at the end of each frame, read or written.
pub(super) const FCS: usize = 2;

/// An event fetched from the kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Noted {
    /// As the kernel tells it.
    Code(c_int),
    /// The kernel tells only that the polarity changed; this is what it changed to.
    Polarity { reversed: bool },
}

/// What came of a read or write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moved {
    /// So many octets.
    Octets(usize),
    /// Nothing to read, or no room.
    Nothing,
    /// Events stood in the way: they were fetched; try again.
    Events,
}

/// One open device.
pub(super) struct Port {
    file: Box<dyn DahdiFile>,
    pub(super) slot: u8,
    kind: ChannelKind,
    pub(super) law: Law,
    pub(super) shared: Arc<Shared>,
    /// Kernel events fetched and not yet told.
    pub(super) kernel_events: VecDeque<Noted>,
    /// Whether the line's polarity is the reverse of what it was when the port was opened.
    reversed: bool,
    /// Whether we reversed it.
    reversing: bool,
}

/// `channel` is the only device that reaches every channel: nodes of their own end at 249, and without udev there are none.
const DEVICE: &str = "/dev/dahdi/channel";

impl Port {
    /// Opens the device of channel `channo` and makes it ready for its kind.
    pub(super) fn open(
        sys: &dyn DahdiSys,
        config: &SpanConfig,
        channel: &ChannelConfig,
        channo: c_int,
        tone_zone: Option<c_int>,
        shared: &Arc<Shared>,
    ) -> Result<Self, Refused> {
        let wrong = |doing: String, error: io::Error| Refused::of(&config.name, &doing, error);
        let doing = format!("open timeslot {} (channel {channo}) by {DEVICE}", channel.slot);
        let file = sys.open(DEVICE).map_err(|error| wrong(doing.clone(), error))?;
        file.ioctl(Request::Specify(channo)).map_err(|error| wrong(doing, error))?;
        let mut port = Self {
            file,
            slot: channel.slot,
            kind: channel.kind,
            law: config.law,
            shared: shared.clone(),
            kernel_events: VecDeque::with_capacity(MOST_EVENTS + 1),
            reversed: false,
            reversing: false,
        };
        let doing = || format!("prepare timeslot {} (channel {channo})", channel.slot);
        port.prepare(channel, tone_zone).map_err(|error| wrong(doing(), error))?;
        Ok(port)
    }

    fn prepare(&mut self, channel: &ChannelConfig, tone_zone: Option<c_int>) -> io::Result<()> {
        let (numbufs, bufsize) = match self.kind {
            ChannelKind::D { .. } => (FRAME_BUFFERS, FRAME_BUFFER),
            ChannelKind::B
            | ChannelKind::Cas { .. }
            | ChannelKind::EAndM
            | ChannelKind::EAndME1
            | ChannelKind::Fxs(_)
            | ChannelKind::Fxo(_) => (AUDIO_BUFFERS, BLOCK as c_int),
        };
        let buffers = BufferInfo { txbufpolicy: value::POLICY_IMMEDIATE, numbufs, bufsize, ..BufferInfo::default() };
        self.ioctl(Request::SetBufInfo(&buffers))?;
        if self.kind == ChannelKind::B {
            self.ioctl(Request::AudioMode(1))?;
        }
        // Without a zone the kernel neither rings nor seizes.
        if let Some(zone) = tone_zone.filter(|_| self.mode().has_hook()) {
            self.ioctl(Request::SetToneZone(zone))?;
        }
        if let Some(acim) = channel.impedance {
            match self.ioctl(Request::SetEchoTune(&EchoTune { acim, coefficients: [0; 8] })) {
                // Robbed-bit ports and other cards have no such register.
                Err(error) if error.raw_os_error() == Some(nix::libc::ENOTTY) => {
                    tracing::warn!("dahdi{{opening}}: timeslot {} has no impedance to set", self.slot);
                }
                result => result?,
            }
        }
        self.note_off_hook()
    }

    /// A telephone or trunk that is off hook already has no event left to tell it by: the kernel drops them when a channel is opened.
    fn note_off_hook(&mut self) -> io::Result<()> {
        if !matches!(self.mode(), Mode::Analog(AnalogPort::Fxs) | Mode::EAndM) {
            return Ok(());
        }
        let mut params = Params::default();
        self.ioctl(Request::GetParams(&mut params))?;
        if params.rxisoffhook != 0 {
            self.kernel_events.push_back(Noted::Code(value::EVENT_RINGOFFHOOK));
        }
        Ok(())
    }

    /// How the channel is used, in the words of the traits.
    pub(super) const fn mode(&self) -> Mode {
        match self.kind {
            ChannelKind::B => Mode::Audio,
            ChannelKind::D { .. } => Mode::Hdlc,
            ChannelKind::Cas { .. } => Mode::Cas,
            ChannelKind::EAndM | ChannelKind::EAndME1 => Mode::EAndM,
            ChannelKind::Fxs(_) => Mode::Analog(AnalogPort::Fxs),
            ChannelKind::Fxo(_) => Mode::Analog(AnalogPort::Fxo),
        }
    }

    /// Whether events must reach us at once, without a read that stumbles over them.
    pub(super) const fn is_signalling(&self) -> bool {
        !matches!(self.kind, ChannelKind::B)
    }

    /// Its descriptor, for polling only.
    pub(super) fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }

    /// Makes it ready for a new user: nothing of the last one is left in its buffers. The pacer's received blocks stay, so that they go
    /// on ending when they did.
    pub(super) fn begin(&mut self, pacer: bool, echo: Option<&EchoCanceller>) -> io::Result<()> {
        self.fetch_events();
        if matches!(self.mode(), Mode::Audio | Mode::Hdlc) {
            self.kernel_events.clear();
        }
        // What others fetched tells the states of a line that began while nobody listened: it stays.
        self.flush(if pacer { value::FLUSH_WRITE } else { value::FLUSH_READ | value::FLUSH_WRITE })?;
        self.ioctl(Request::BufferEvents(1))?;
        match echo.filter(|_| self.mode().has_audio()) {
            Some(echo) => self.cancel_echo(echo),
            None => Ok(()),
        }
    }

    /// Puts it to rest: on hook or with its idle bits, its canceller off. Errors mean that the device is gone: nothing is left to put to
    /// rest then.
    pub(super) fn end(&mut self, echo: bool) {
        let _ = self.ioctl(Request::BufferEvents(0));
        if echo {
            let _ = self.ioctl(Request::EchoCancel(0));
        }
        if std::mem::take(&mut self.reversing) {
            let _ = self.ioctl(Request::SetPolarity(0));
        }
        match self.kind {
            ChannelKind::B | ChannelKind::D { .. } => {}
            ChannelKind::Cas { idle_bits } => drop(self.ioctl(Request::SetTxBits(idle_bits.into()))),
            ChannelKind::EAndM | ChannelKind::EAndME1 | ChannelKind::Fxs(_) | ChannelKind::Fxo(_) => {
                drop(self.ioctl(Request::Hook(value::ONHOOK)));
            }
        }
        if self.mode().has_audio() {
            let _ = self.flush(value::FLUSH_WRITE);
        }
    }

    /// Throws away what is in its buffers. Never waits.
    pub(super) fn flush(&self, what: c_int) -> io::Result<()> {
        self.ioctl(Request::Flush(what))
    }

    /// Reverses the line or puts it back.
    pub(super) fn set_polarity(&mut self, reversed: bool) -> io::Result<()> {
        self.ioctl(Request::SetPolarity(c_int::from(reversed)))?;
        self.reversing = reversed;
        Ok(())
    }

    fn cancel_echo(&self, echo: &EchoCanceller) -> io::Result<()> {
        let mut params = EchocanParams { tap_length: echo.taps.into(), ..EchocanParams::default() };
        for (to, (name, value)) in params.params.iter_mut().zip(&echo.parameters) {
            *to = EchocanParam { name: Text::new(name), value: *value };
            params.param_count += 1;
        }
        self.ioctl(Request::EchoCancelParams(&params))
    }

    /// Fetches every kernel event that waits. What concerns the whole span is marked at once.
    pub(super) fn fetch_events(&mut self) {
        // More than the kernel keeps can only be new ones: they are fetched next time.
        for _ in 0..MOST_EVENTS {
            let mut event = value::EVENT_NONE;
            match self.ioctl(Request::GetEvent(&mut event)) {
                Ok(()) if event == value::EVENT_NONE => return,
                Ok(()) => self.note(event),
                Err(_) => return,
            }
        }
    }

    fn note(&mut self, event: c_int) {
        let noted = match event {
            value::EVENT_ALARM | value::EVENT_NOALARM => return self.shared.alarm_event.store(true, Ordering::Relaxed),
            value::EVENT_REMOVED => return self.shared.gone.store(true, Ordering::Relaxed),
            value::EVENT_POLARITY => {
                self.reversed = !self.reversed;
                Noted::Polarity { reversed: self.reversed }
            }
            other => Noted::Code(other),
        };
        self.kernel_events.push_back(noted);
        if self.kernel_events.len() > MOST_EVENTS {
            self.kernel_events.pop_front();
        }
    }

    /// Carries out an ioctl; marks a removed device.
    pub(super) fn ioctl(&self, request: Request<'_>) -> io::Result<()> {
        self.present()?;
        self.file.ioctl(request).inspect_err(|error| self.note_error(error))
    }

    /// Reads; see [`Moved`].
    pub(super) fn read(&mut self, buf: &mut [u8]) -> io::Result<Moved> {
        self.attempt(|file| file.read(buf))
    }

    /// Writes; see [`Moved`].
    pub(super) fn write(&mut self, buf: &[u8]) -> io::Result<Moved> {
        self.attempt(|file| file.write(buf))
    }

    fn attempt(&mut self, act: impl FnOnce(&dyn DahdiFile) -> io::Result<usize>) -> io::Result<Moved> {
        self.present()?;
        match act(&*self.file) {
            Ok(length) => Ok(Moved::Octets(length)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(Moved::Nothing),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(Moved::Events),
            Err(error) if error.raw_os_error() == Some(value::ELAST) => {
                self.fetch_events();
                Ok(Moved::Events)
            }
            Err(error) => {
                self.note_error(&error);
                Err(error)
            }
        }
    }

    fn present(&self) -> io::Result<()> {
        if self.shared.is_gone() { Err(io::Error::from_raw_os_error(nix::libc::ENODEV)) } else { Ok(()) }
    }

    fn note_error(&self, error: &io::Error) {
        if is_gone(error) {
            self.shared.gone.store(true, Ordering::Relaxed);
        }
    }
}

/// Whether the kernel says that the device is no longer there.
pub(super) fn is_gone(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(nix::libc::ENODEV | nix::libc::ENXIO))
}
