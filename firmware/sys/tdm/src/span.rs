//! The traits [`Span`] and [`Channel`] and the words they use.
//!
//! They are shaped so that a DAHDI card fits without a change: one descriptor a channel, blocks read until nothing is left,
//! events fetched apart, ABCD bits and hook states by call. What only some back ends know (bipolar violations, CRC-4) stays
//! zero in the others.

use std::fmt;
use std::os::fd::BorrowedFd;

/// Samples in a block: 10 ms at 8 kHz, one octet a sample.
pub const BLOCK: usize = 80;
/// The smallest piece of audio that can be written: 1 ms, as on a DAHDI card.
pub const CHUNK: usize = 8;
/// The longest D-channel frame, in octets without FCS. LAPD needs 265 (Q.921 N201 = 260 and header).
pub const MAX_FRAME: usize = 1024;

/// What kind of interface a span is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpanKind {
    /// 2048 kbit/s (G.704), timeslots 1 to 31.
    E1,
    /// 1544 kbit/s (G.704), timeslots 1 to 24.
    T1,
    /// Analog ports, numbered from 1.
    Analog,
}

/// The companding law of a line (G.711).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Law {
    /// A-law, even bits inverted.
    A,
    /// Mu-law.
    Mu,
}

impl Law {
    /// The octet that decodes to the quietest positive sample.
    #[must_use]
    pub const fn silence(self) -> u8 {
        match self {
            Self::A => 0xd5,
            Self::Mu => 0xff,
        }
    }
}

/// Which end gives the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockRole {
    /// This end gives the clock.
    Master,
    /// This end follows the far end's clock.
    Slave,
}

/// What does not change while a span lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpanInfo {
    /// Name for logs and pages, e.g. `span1`.
    pub name: String,
    /// Where it is plugged in, stable over restarts.
    pub hardware_id: String,
    /// Interface kind.
    pub kind: SpanKind,
    /// Law of its audio.
    pub law: Law,
    /// Highest timeslot (or port) number; the lowest is 1.
    pub timeslots: u8,
    /// Timeslot that carries signalling frames, if any.
    pub d_channel: Option<u8>,
    /// Whether it gives or follows the clock. The ends of a virtual span set it themselves.
    pub clock: ClockRole,
    /// `virtual` or `dahdi`.
    pub back_end: &'static str,
}

impl SpanInfo {
    /// A virtual E1 with primary rate signalling: A-law, 31 timeslots, D-channel 16.
    #[must_use]
    pub fn e1(name: &str) -> Self {
        Self::virtual_of(name, SpanKind::E1, Law::A, 31, Some(16))
    }

    /// A virtual T1 with primary rate signalling: mu-law, 24 timeslots, D-channel 24.
    #[must_use]
    pub fn t1(name: &str) -> Self {
        Self::virtual_of(name, SpanKind::T1, Law::Mu, 24, Some(24))
    }

    /// A virtual analog card of `ports` ports (1 to 63), A-law.
    #[must_use]
    pub fn analog(name: &str, ports: u8) -> Self {
        Self::virtual_of(name, SpanKind::Analog, Law::A, ports, None)
    }

    fn virtual_of(name: &str, kind: SpanKind, law: Law, timeslots: u8, d_channel: Option<u8>) -> Self {
        Self {
            name: name.to_owned(),
            hardware_id: format!("virtual:{name}"),
            kind,
            law,
            timeslots,
            d_channel,
            clock: ClockRole::Slave,
            back_end: "virtual",
        }
    }
}

/// A set of alarms. `Display` prints `RED|LOS`, or `none`.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Alarms(u16);

impl Alarms {
    /// No alarm.
    pub const NONE: Self = Self(0);
    /// Nothing usable is received (G.732 prompt alarm).
    pub const RED: Self = Self(1);
    /// The far end says that it receives nothing usable: remote alarm indication.
    pub const YELLOW: Self = Self(1 << 1);
    /// Alarm indication signal: unframed ones are received.
    pub const BLUE: Self = Self(1 << 2);
    /// Loss of signal (G.775).
    pub const LOS: Self = Self(1 << 3);
    /// Loss of frame alignment (G.706).
    pub const LFA: Self = Self(1 << 4);
    /// Loss of multiframe alignment.
    pub const LMFA: Self = Self(1 << 5);
    /// The alarm is over but its settling time is not.
    pub const RECOVER: Self = Self(1 << 6);
    /// The span is configured but not started.
    pub const NOT_OPEN: Self = Self(1 << 7);
    /// The span is looped back; not a fault by itself.
    pub const LOOPBACK: Self = Self(1 << 8);

    const NAMES: [(Self, &'static str); 9] = [
        (Self::RED, "RED"),
        (Self::YELLOW, "YELLOW"),
        (Self::BLUE, "BLUE"),
        (Self::LOS, "LOS"),
        (Self::LFA, "LFA"),
        (Self::LMFA, "LMFA"),
        (Self::RECOVER, "RECOVER"),
        (Self::NOT_OPEN, "NOT_OPEN"),
        (Self::LOOPBACK, "LOOPBACK"),
    ];

    /// The set as bits, in the order of the constants.
    #[must_use]
    pub const fn bits(self) -> u16 {
        self.0
    }

    /// The set of the known bits in `bits`.
    #[must_use]
    pub const fn from_bits(bits: u16) -> Self {
        Self(bits & 0x1ff)
    }

    /// Whether all of `other` is in this set.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether any of `other` is in this set.
    #[must_use]
    pub const fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// This set without `other`.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether there is no alarm.
    #[must_use]
    pub const fn is_none(self) -> bool {
        self.0 == 0
    }

    /// Whether layer 1 cannot be used: any alarm but `LOOPBACK`. A remote alarm counts: the far end hears nothing.
    #[must_use]
    pub const fn is_down(self) -> bool {
        self.without(Self::LOOPBACK).0 != 0
    }

    /// Whether what is received is not to be believed (so audio is silence and no frame arrives).
    #[must_use]
    pub const fn is_deaf(self) -> bool {
        self.intersects(Self(Self::RED.0 | Self::BLUE.0 | Self::LOS.0 | Self::LFA.0 | Self::NOT_OPEN.0))
    }
}

impl std::ops::BitOr for Alarms {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl fmt::Display for Alarms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_none() {
            return f.write_str("none");
        }
        let names = Self::NAMES.iter().filter(|(bit, _)| self.contains(*bit)).map(|(_, name)| *name);
        for (index, name) in names.enumerate() {
            if index > 0 {
                f.write_str("|")?;
            }
            f.write_str(name)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Alarms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Alarms({self})")
    }
}

/// Which side of an analog line a port is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnalogPort {
    /// Feeds a telephone: rings it, sees its hook.
    Fxs,
    /// Is fed by an exchange: sees ringing, goes off hook.
    Fxo,
}

/// How a channel is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Audio octets.
    Audio,
    /// Octets as they are on the line, for data and tests: as [`Mode::Audio`], but never with an echo canceller.
    Clear,
    /// Frames between flags; FCS is added and checked below this interface.
    Hdlc,
    /// Audio and ABCD signalling bits.
    Cas,
    /// Audio and hook states of an analog port.
    Analog(AnalogPort),
    /// Audio and the seizure states of an E&M trunk.
    EAndM,
}

impl Mode {
    /// Whether hook signals can be sent and received.
    #[must_use]
    pub const fn has_hook(self) -> bool {
        matches!(self, Self::Analog(_) | Self::EAndM)
    }

    /// Whether audio is read and written (every mode but [`Mode::Hdlc`]).
    #[must_use]
    pub const fn has_audio(self) -> bool {
        !matches!(self, Self::Hdlc)
    }
}

/// A hook state or signal of an analog line; sent by one end, received by the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hook {
    /// Loop open.
    OnHook,
    /// Loop closed.
    OffHook,
    /// Short off-hook.
    Wink,
    /// Short on-hook within a call.
    Flash,
    /// Seizure of a ground-start or kewl-start line.
    Start,
    /// Ringing voltage begins.
    Ring,
    /// Ringing voltage ends.
    RingOff,
}

/// What happened on a span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SpanEvent {
    /// The set of alarms is now this.
    AlarmsChanged {
        /// All alarms that are on.
        alarms: Alarms,
    },
    /// The far end of a virtual span closed or was cut off; on a card: the device was removed.
    FarEndGone,
    /// The far end of a virtual span answers (again).
    FarEndBack,
    /// Blocks were lost or repeated.
    Slip {
        /// How many blocks.
        blocks: u32,
    },
    /// The far end of a virtual span was turned away or cut off for what it sent.
    FarEndRefused {
        /// What was wrong.
        reason: String,
    },
}

/// What happened on a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChannelEvent {
    /// A frame broke off.
    HdlcAbort,
    /// A frame was received damaged and is lost.
    BadFcs,
    /// Something received was lost because nobody read it in time.
    Overrun,
    /// Silence was sent because nothing was written in time.
    Underrun,
    /// The far end's signalling bits are now this: A=8 B=4 C=2 D=1.
    BitsChanged(u8),
    /// A hook signal of the far end.
    Hook(Hook),
    /// The line's polarity changed.
    Polarity {
        /// True when reversed from the idle polarity.
        reversed: bool,
    },
    /// A wink, flash or start that was ordered has been sent (cards only: there it takes time).
    HookComplete,
    /// The ringing voltage of an FXS port went on or off within its cadence (cards only).
    Ringer {
        /// Whether it is on.
        on: bool,
    },
    /// A digit dialled by loop pulses (cards only), `0` to `9`.
    PulseDigit(u8),
}

/// Counters of a span since it was opened. All count up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Blocks lost or repeated because the two clocks (or processes) did not keep up.
    pub slips: u64,
    /// Bipolar violations (cards only).
    pub bpv: u64,
    /// CRC-4 errors (cards only).
    pub crc4: u64,
    /// Far-end CRC errors reported by E-bits (cards only).
    pub ebit: u64,
    /// Errors in the frame alignment signal (cards only).
    pub fas: u64,
    /// Seconds with an alarm or a slip.
    pub errored_seconds: u64,
    /// Missed interrupts (cards only).
    pub irq_misses: u64,
    /// Sum of the channels' underruns, closed ones included.
    pub underruns: u64,
    /// Sum of the channels' overruns, closed ones included.
    pub overruns: u64,
    /// Blocks of 10 ms that passed.
    pub blocks: u64,
    /// Messages of the far end that could not be read (virtual spans only).
    pub malformed: u64,
    /// Far ends turned away (virtual spans only).
    pub refused: u64,
    /// Times that a far end came up (virtual spans only).
    pub connections: u64,
}

/// Counters of one open channel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ChannelCounters {
    /// Blocks of silence sent for want of written audio, after the first write.
    pub underruns: u64,
    /// Blocks or frames lost because nobody read them.
    pub overruns: u64,
    /// Good frames received.
    pub frames_received: u64,
    /// Frames written.
    pub frames_sent: u64,
    /// Frames received damaged, broken off or too long.
    pub bad_frames: u64,
}

/// What [`Span::service`] did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Serviced {
    /// How many 10 ms blocks became readable on every open audio channel.
    pub blocks: u32,
}

/// Why a call on a span or channel failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nothing to read now, or no room to write now.
    #[error("would block")]
    WouldBlock,
    /// Somebody has the timeslot open.
    #[error("timeslot {slot} is in use")]
    Busy {
        /// The timeslot asked for.
        slot: u8,
    },
    /// The span has no such timeslot.
    #[error("no timeslot {slot}: the span has 1 to {timeslots}")]
    NoSuchTimeslot {
        /// The timeslot asked for.
        slot: u8,
        /// The highest there is.
        timeslots: u8,
    },
    /// The channel is open in a mode that has no such thing.
    #[error("timeslot {slot} is open as {mode:?}, which cannot {what}")]
    WrongMode {
        /// The channel's timeslot.
        slot: u8,
        /// The mode it is open in.
        mode: Mode,
        /// What was asked, e.g. `set signalling bits`.
        what: &'static str,
    },
    /// The buffer to read into is too small; nothing was taken.
    #[error("buffer of {len} octets, {needed} needed")]
    BufferTooSmall {
        /// The buffer's length.
        len: usize,
        /// The least that would do.
        needed: usize,
    },
    /// Audio is written in whole multiples of [`CHUNK`], frames in 1 to [`MAX_FRAME`] octets.
    #[error("cannot write {len} octets at once")]
    BadLength {
        /// The length given.
        len: usize,
    },
    /// The span of this channel was closed.
    #[error("the span is closed")]
    SpanClosed,
    /// A description that this back end cannot carry.
    #[error("unsupported: {0}")]
    Unsupported(String),
    /// The operating system refused.
    #[error("cannot {doing}")]
    Os {
        /// What was tried, with the path.
        doing: String,
        /// Why it failed.
        #[source]
        source: std::io::Error,
    },
}

/// A descriptor to wait for, edge by edge: reading goes on until it would block.
#[derive(Clone, Copy, Debug)]
pub struct Watch<'a> {
    /// Tells the watches of one span apart; the same as long as the span lives.
    pub key: u16,
    /// The descriptor.
    pub fd: BorrowedFd<'a>,
    /// Whether readable data matter (`POLLIN`).
    pub readable: bool,
    /// Whether urgent conditions matter (`POLLPRI`): events of a card's channel.
    pub urgent: bool,
}

/// One interface with its clock. See the crate header for how to drive it.
pub trait Span: Send {
    /// What it is.
    fn info(&self) -> &SpanInfo;
    /// Opens timeslot `slot`. Dropping the channel closes it.
    fn open(&mut self, slot: u8, mode: Mode) -> Result<Box<dyn Channel>, Error>;
    /// The alarms that are on.
    fn alarms(&self) -> Alarms;
    /// Counters since the start.
    fn counters(&self) -> Counters;
    /// A descriptor that is readable when [`Span::service`] has something to do; it stays the same as long as the span lives.
    fn poll_fd(&self) -> Option<BorrowedFd<'_>>;
    /// What to wait for, for drivers that watch many descriptors at once. It does not change as long as the span lives.
    fn watches(&self) -> Vec<Watch<'_>> {
        self.poll_fd().into_iter().map(|fd| Watch { key: 0, fd, readable: true, urgent: false }).collect()
    }
    /// Moves data between the line and the channels. Never blocks; a call with nothing to do does nothing. The blocks it tells of are
    /// those that are sure: a caller reads each channel until it would block.
    ///
    /// `Err` means that the span itself broke; faults of the far end are counted and become events.
    fn service(&mut self) -> Result<Serviced, Error>;
    /// Next event. Call until `None` after every [`Span::service`].
    fn poll_event(&mut self) -> Option<SpanEvent>;
}

/// One open timeslot. Calls never block.
pub trait Channel: Send {
    /// Its timeslot.
    fn slot(&self) -> u8;
    /// Audio: as many received octets as there are, up to `buf.len()` in whole blocks. HDLC: one frame without FCS.
    /// [`Error::WouldBlock`] when there is nothing.
    fn read(&mut self, buf: &mut [u8]) -> Result<usize, Error>;
    /// Audio: queues what fits and says how much; [`Error::WouldBlock`] when nothing does. HDLC: queues one whole frame.
    fn write(&mut self, buf: &[u8]) -> Result<usize, Error>;
    /// Audio: how many of the samples written last were not yet on the line when the block read last had ended there. The reference of an echo
    /// canceller is what was on the line while a block was read: the [`BLOCK`] samples before those.
    fn samples_ahead(&self) -> usize;
    /// How many samples may wait to be sent: at least [`BLOCK`], default two blocks. More delays, less risks underruns.
    fn set_write_queue(&mut self, samples: usize) -> Result<(), Error>;
    /// Next event. Call until `None` after every [`Span::service`].
    fn poll_event(&mut self) -> Option<ChannelEvent>;
    /// Sends signalling bits A=8 B=4 C=2 D=1 until changed ([`Mode::Cas`] only).
    fn set_bits(&mut self, abcd: u8) -> Result<(), Error>;
    /// The bits last received from the far end.
    fn bits(&self) -> u8;
    /// Sends a hook state or signal ([`Mode::Analog`] and [`Mode::EAndM`] only). On a card a wink or flash goes on after the call returns:
    /// [`ChannelEvent::HookComplete`] tells its end.
    fn hook(&mut self, hook: Hook) -> Result<(), Error>;
    /// Reverses the line or puts it back ([`Mode::Analog`] only).
    fn set_polarity(&mut self, reversed: bool) -> Result<(), Error>;
    /// Counters since it was opened.
    fn counters(&self) -> ChannelCounters;
}

impl<S: Span + ?Sized> Span for Box<S> {
    fn info(&self) -> &SpanInfo {
        (**self).info()
    }
    fn open(&mut self, slot: u8, mode: Mode) -> Result<Box<dyn Channel>, Error> {
        (**self).open(slot, mode)
    }
    fn alarms(&self) -> Alarms {
        (**self).alarms()
    }
    fn counters(&self) -> Counters {
        (**self).counters()
    }
    fn poll_fd(&self) -> Option<BorrowedFd<'_>> {
        (**self).poll_fd()
    }
    fn watches(&self) -> Vec<Watch<'_>> {
        (**self).watches()
    }
    fn service(&mut self) -> Result<Serviced, Error> {
        (**self).service()
    }
    fn poll_event(&mut self) -> Option<SpanEvent> {
        (**self).poll_event()
    }
}
