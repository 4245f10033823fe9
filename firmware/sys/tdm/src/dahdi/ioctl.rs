//! DAHDI's ioctls: numbers, structures and the one function that issues them. Kernel interface: `include/dahdi/user.h`.
//!
//! Everything that depends on the kernel's layout is in this file; `tests/dahdi_ioctl_layout.rs` compares each number, size and
//! offset with what a C compiler says of Debian's `user.h`. [`Request`] names an ioctl with its argument, so that a scripted
//! kernel in tests sees the same words as the real one; [`issue`] carries it out.
//!
//! Left out: transcoders, radio, conferences, DACS, PPP and the versioned old forms, which this product does not use.

use std::ffi::c_int;
use std::io;
use std::mem::size_of;
use std::os::fd::{AsRawFd, BorrowedFd};

const CODE: u32 = 0xda;
const WRITE: u32 = 1;
const READ: u32 = 2;

/// `_IOC` of asm-generic/ioctl.h: direction, size, type and number.
const fn number(direction: u32, nr: u32, size: usize) -> u32 {
    // Sizes here are below 16 KiB, which is what the field of 14 bits holds.
    (direction << 30) | ((size as u32 & 0x3fff) << 16) | (CODE << 8) | nr
}

const fn r<T>(nr: u32) -> u32 {
    number(READ, nr, size_of::<T>())
}

const fn w<T>(nr: u32) -> u32 {
    number(WRITE, nr, size_of::<T>())
}

const fn wr<T>(nr: u32) -> u32 {
    number(READ | WRITE, nr, size_of::<T>())
}

/// A fixed text field of a DAHDI structure, ended by a zero byte.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct Text<const N: usize>(pub [u8; N]);

impl<const N: usize> Text<N> {
    /// `text`, cut to what fits before the ending zero.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut bytes = [0; N];
        for (to, from) in bytes.iter_mut().take(N.saturating_sub(1)).zip(text.bytes()) {
            *to = from;
        }
        Self(bytes)
    }

    /// The text up to the first zero; bytes that are no UTF-8 are replaced.
    #[must_use]
    pub fn text(&self) -> String {
        let bytes = self.0.split(|byte| *byte == 0).next().unwrap_or_default();
        String::from_utf8_lossy(bytes).into_owned()
    }
}

impl<const N: usize> Default for Text<N> {
    fn default() -> Self {
        Self([0; N])
    }
}

impl<const N: usize> std::fmt::Debug for Text<N> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.text())
    }
}

/// `struct dahdi_versioninfo`.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct VersionInfo {
    /// The kernel modules' version.
    pub version: Text<80>,
    /// Echo cancellers that are registered.
    pub echo_canceller: Text<80>,
}

/// `struct dahdi_spaninfo`: a span's state and counters. Packed: two fields lie at odd offsets.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C, packed)]
pub struct SpanStat {
    /// Span number; 0 asks for the span of the channel that is open.
    pub spanno: c_int,
    /// Such as `DYN/loc/0:1` or `TE4/0/1`.
    pub name: Text<20>,
    /// What the driver says of it.
    pub desc: Text<40>,
    /// `ALARM_*` bits.
    pub alarms: c_int,
    /// Transmit level set.
    pub txlevel: c_int,
    /// Receive level measured.
    pub rxlevel: c_int,
    /// Bipolar violations.
    pub bpvcount: c_int,
    /// CRC-4 errors.
    pub crc4count: c_int,
    /// E-bits: CRC-4 errors that the far end saw.
    pub ebitcount: c_int,
    /// Errors of the frame alignment signal.
    pub fascount: c_int,
    /// Framing errors.
    pub fecount: u32,
    /// Code violations.
    pub cvcount: u32,
    /// Bit errors.
    pub becount: u32,
    /// PRBS state of the card.
    pub prbs: u32,
    /// Errored seconds.
    pub errsec: u32,
    /// Missed interrupts.
    pub irqmisses: c_int,
    /// Number of the span that the card takes its clock from; 0 runs free.
    pub syncsrc: c_int,
    /// Channels that are configured.
    pub numchans: c_int,
    /// Channels that there are.
    pub totalchans: c_int,
    /// Spans in the system.
    pub totalspans: c_int,
    /// Line build-out.
    pub lbo: c_int,
    /// `CONFIG_*` bits.
    pub lineconfig: c_int,
    /// Line build-out in words.
    pub lboname: Text<40>,
    /// Where the device is.
    pub location: Text<40>,
    /// Who made it.
    pub manufacturer: Text<40>,
    /// What it is.
    pub devicetype: Text<40>,
    /// Its interrupt.
    pub irq: c_int,
    /// `CONFIG_*` bits that it can; 0 for analog spans.
    pub linecompat: c_int,
    /// `E1`, `T1`, `J1`, or empty.
    pub spantype: Text<6>,
}

/// `struct dahdi_lineconfig`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct LineConfig {
    /// Span number.
    pub span: c_int,
    /// Its name, when the number is 0.
    pub name: Text<20>,
    /// Line build-out, 0 to 7.
    pub lbo: c_int,
    /// `CONFIG_*` bits.
    pub lineconfig: c_int,
    /// 0: gives the clock; else the priority with which the line is a source of clock.
    pub sync: c_int,
}

/// `struct dahdi_chanconfig`. The kernel copies its view back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct ChanConfig {
    /// Channel number in the system.
    pub chan: c_int,
    /// Its name, when the number is 0.
    pub name: Text<40>,
    /// `SIG_*`.
    pub sigtype: c_int,
    /// `LAW_*`; 0 takes the span's own, which for a dynamic span is always mu-law.
    pub deflaw: c_int,
    /// Master channel of a slave.
    pub master: c_int,
    /// Idle ABCD bits of a CAS channel.
    pub idlebits: c_int,
    /// Unused here.
    pub netdev_name: Text<16>,
}

/// `struct dahdi_params`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Params {
    /// Channel number; 0 is the open one.
    pub channo: c_int,
    /// Its span's number.
    pub spanno: c_int,
    /// Its position in the span, from 1.
    pub chanpos: c_int,
    /// `SIG_*` as configured.
    pub sigtype: c_int,
    /// `SIG_*` bits that it can.
    pub sigcap: c_int,
    /// Whether the far end is off hook.
    pub rxisoffhook: c_int,
    /// ABCD bits received.
    pub rxbits: c_int,
    /// ABCD bits sent.
    pub txbits: c_int,
    /// Hook state sent.
    pub txhooksig: c_int,
    /// Hook state received.
    pub rxhooksig: c_int,
    /// `LAW_*` in use.
    pub curlaw: c_int,
    /// Idle ABCD bits.
    pub idlebits: c_int,
    /// Channel name.
    pub name: Text<40>,
    /// All in milliseconds, as `struct dahdi_params` says.
    pub prewinktime: c_int,
    /// See [`Params::prewinktime`].
    pub preflashtime: c_int,
    /// See [`Params::prewinktime`].
    pub winktime: c_int,
    /// See [`Params::prewinktime`].
    pub flashtime: c_int,
    /// See [`Params::prewinktime`].
    pub starttime: c_int,
    /// See [`Params::prewinktime`].
    pub rxwinktime: c_int,
    /// See [`Params::prewinktime`].
    pub rxflashtime: c_int,
    /// See [`Params::prewinktime`].
    pub debouncetime: c_int,
    /// See [`Params::prewinktime`].
    pub pulsebreaktime: c_int,
    /// See [`Params::prewinktime`].
    pub pulsemaketime: c_int,
    /// See [`Params::prewinktime`].
    pub pulseaftertime: c_int,
    /// Alarms of this channel alone.
    pub chan_alarms: u32,
}

/// `struct dahdi_bufferinfo`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct BufferInfo {
    /// When sending starts: `POLICY_*`.
    pub txbufpolicy: c_int,
    /// Ignored: what is received can be read at once.
    pub rxbufpolicy: c_int,
    /// Buffers each way, 2 to 32.
    pub numbufs: c_int,
    /// Octets a buffer, 16 to 8192; times `numbufs` at most 32768.
    pub bufsize: c_int,
    /// Always -1.
    pub readbufs: c_int,
    /// Always -1.
    pub writebufs: c_int,
}

/// `struct dahdi_maintinfo`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct MaintInfo {
    /// Span number.
    pub spanno: c_int,
    /// `MAINT_*`.
    pub command: c_int,
}

/// `struct dahdi_attach_echocan`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct AttachEchocan {
    /// Channel number in the system.
    pub chan: c_int,
    /// Name of the canceller's module, such as `mg2`; empty detaches.
    pub echocan: Text<16>,
}

/// `struct dahdi_echocanparam`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct EchocanParam {
    /// Its name in the canceller's words.
    pub name: Text<16>,
    /// Its value.
    pub value: i32,
}

/// `struct dahdi_echocanparams` with room for the most there can be (`DAHDI_MAX_ECHOCANPARAMS`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct EchocanParams {
    /// Taps: 32, 64, 128, 256, 512 or 1024; the kernel takes 64 for any other.
    pub tap_length: u32,
    /// How many of `params` count.
    pub param_count: u32,
    /// The parameters.
    pub params: [EchocanParam; 8],
}

/// `struct dahdi_dynamic_span`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct DynamicSpan {
    /// `loc` or `eth`.
    pub driver: Text<20>,
    /// Address in the driver's form.
    pub addr: Text<40>,
    /// Channels, 1 to 255.
    pub numchans: c_int,
    /// Priority as a source of timing; 0 is none.
    pub timing: c_int,
    /// Filled in by the kernel: the new span's number.
    pub spanno: c_int,
}

/// `struct dahdi_tone_def`: one step of a tone's cadence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct ToneDef {
    /// `TONE_*`.
    pub tone: c_int,
    /// Index of the step that follows.
    pub next: c_int,
    /// How long, in samples.
    pub samples: c_int,
    /// How far the level is shifted down.
    pub shift: c_int,
    /// Oscillator constants; user.h gives the formulas.
    pub fac1: c_int,
    /// See [`ToneDef::fac1`].
    pub init_v2_1: c_int,
    /// See [`ToneDef::fac1`].
    pub init_v3_1: c_int,
    /// See [`ToneDef::fac1`].
    pub fac2: c_int,
    /// See [`ToneDef::fac1`].
    pub init_v2_2: c_int,
    /// See [`ToneDef::fac1`].
    pub init_v3_2: c_int,
    /// Whether the two frequencies are modulated rather than added.
    pub modulate: c_int,
}

/// `struct dahdi_tone_def_header`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct ToneZoneHeader {
    /// How many steps follow.
    pub count: c_int,
    /// Zone number, 0 to 127.
    pub zone: c_int,
    /// Ring cadence in ms, on and off in turn, ended by 0.
    pub ringcadence: [c_int; 16],
    /// Name for people.
    pub name: Text<40>,
}

/// The most steps that a zone of ours has; far below what the kernel takes.
pub const TONE_STEPS: usize = 128;

/// A header and its steps as `DAHDI_LOADZONE` wants them. The ioctl's number holds the header's size alone.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct ToneZoneImage {
    /// The header.
    pub header: ToneZoneHeader,
    /// Its steps, of which `header.count` count.
    pub tones: [ToneDef; TONE_STEPS],
}

impl Default for ToneZoneImage {
    fn default() -> Self {
        Self { header: ToneZoneHeader::default(), tones: [ToneDef::default(); TONE_STEPS] }
    }
}

/// `struct dahdi_hwgain`; `tx` is a bit field of one bit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct HwGain {
    /// Gain in tenths of a dB.
    pub newgain: i32,
    /// 1 for the transmit side.
    pub tx: u32,
}

/// `struct wctdm_echo_coefs` of wctdm_user.h: impedance and hybrid balance of an FXO port.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct EchoTune {
    /// AC impedance, register value 0 to 15 of the Si3050's ACIM.
    pub acim: u8,
    /// Coefficients of the hybrid balance filter.
    pub coefficients: [u8; 8],
}

/// `struct wctdm_stats` of wctdm_user.h, in millivolts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct LineVoltage {
    /// Tip voltage.
    pub tipvolt: c_int,
    /// Ring voltage.
    pub ringvolt: c_int,
    /// Battery voltage.
    pub batvolt: c_int,
}

/// One ioctl and its argument.
#[derive(Debug)]
pub enum Request<'a> {
    /// `DAHDI_GETVERSION` on ctl.
    GetVersion(&'a mut VersionInfo),
    /// `DAHDI_SPANSTAT`.
    SpanStat(&'a mut SpanStat),
    /// `DAHDI_SPANCONFIG` on ctl.
    SpanConfig(&'a LineConfig),
    /// `DAHDI_CHANCONFIG` on ctl.
    ChanConfig(&'a mut ChanConfig),
    /// `DAHDI_STARTUP` on ctl: span number.
    Startup(c_int),
    /// `DAHDI_SHUTDOWN` on ctl: span number. Takes the signalling off all its channels.
    Shutdown(c_int),
    /// `DAHDI_MAINT` on ctl.
    Maint(&'a MaintInfo),
    /// `DAHDI_ATTACH_ECHOCAN` on ctl.
    AttachEchocan(&'a AttachEchocan),
    /// `DAHDI_LOADZONE` on ctl.
    LoadZone(&'a ToneZoneImage),
    /// `DAHDI_FREEZONE` on ctl: zone number.
    FreeZone(c_int),
    /// `DAHDI_DEFAULTZONE` on ctl: zone number. Global.
    DefaultZone(c_int),
    /// `DAHDI_DYNAMIC_CREATE` on ctl.
    DynamicCreate(&'a mut DynamicSpan),
    /// `DAHDI_DYNAMIC_DESTROY` on ctl.
    DynamicDestroy(&'a DynamicSpan),
    /// `DAHDI_SPECIFY` on channel: makes this descriptor that of a channel.
    Specify(c_int),
    /// `DAHDI_GET_PARAMS`.
    GetParams(&'a mut Params),
    /// `DAHDI_SET_PARAMS`.
    SetParams(&'a Params),
    /// `DAHDI_GET_BUFINFO`.
    GetBufInfo(&'a mut BufferInfo),
    /// `DAHDI_SET_BUFINFO`.
    SetBufInfo(&'a BufferInfo),
    /// `DAHDI_FLUSH`: `FLUSH_*`.
    Flush(c_int),
    /// `DAHDI_AUDIOMODE`: 0 or 1, clear channels only.
    AudioMode(c_int),
    /// `DAHDI_HDLCFCSMODE`: 0 or 1, clear channels only.
    HdlcFcsMode(c_int),
    /// `DAHDI_SETLAW`: `LAW_*`.
    SetLaw(c_int),
    /// `DAHDI_SETLINEAR`: 0 or 1.
    SetLinear(c_int),
    /// `DAHDI_GETEVENT`: `EVENT_*`, 0 when there is none.
    GetEvent(&'a mut c_int),
    /// `DAHDI_BUFFER_EVENTS`: 1 has underruns and overruns reported as events.
    BufferEvents(c_int),
    /// `DAHDI_HOOK`: `HOOK_*`.
    Hook(c_int),
    /// `DAHDI_GETRXBITS`.
    GetRxBits(&'a mut c_int),
    /// `DAHDI_SETTXBITS`, CAS channels only.
    SetTxBits(c_int),
    /// `DAHDI_SETPOLARITY`: 0 or 1, FXS cards only.
    SetPolarity(c_int),
    /// `DAHDI_SETTONEZONE`: zone of this channel.
    SetToneZone(c_int),
    /// `DAHDI_ECHOCANCEL`: taps, 0 is off.
    EchoCancel(c_int),
    /// `DAHDI_ECHOCANCEL_PARAMS`.
    EchoCancelParams(&'a EchocanParams),
    /// `DAHDI_ECHOTRAIN`: ms, below 1000.
    EchoTrain(c_int),
    /// `DAHDI_ECHOCANCEL_FAX_MODE`: 0 or 1.
    EchoCancelFaxMode(c_int),
    /// `DAHDI_SET_HWGAIN`.
    SetHwGain(&'a HwGain),
    /// `WCTDM_SET_ECHOTUNE`, FXO ports of wctdm cards.
    SetEchoTune(&'a EchoTune),
    /// `WCTDM_GET_STATS`, FXS and FXO ports of wctdm cards.
    GetLineVoltage(&'a mut LineVoltage),
    /// `DAHDI_TIMERCONFIG` on timer: samples between ticks, 0 stops.
    TimerConfig(c_int),
    /// `DAHDI_TIMERACK` on timer: how many ticks are taken.
    TimerAck(c_int),
}

/// Declares every ioctl once: variant, name in the header, number.
macro_rules! ioctls {
    ($($variant:ident $name:ident $number:expr;)*) => {
        impl Request<'_> {
            /// The number that the kernel knows it by.
            #[must_use]
            pub const fn number(&self) -> u32 {
                match self {
                    $(Self::$variant(..) => $number,)*
                }
            }

            /// Its name in `user.h`, for messages.
            #[must_use]
            pub const fn name(&self) -> &'static str {
                match self {
                    $(Self::$variant(..) => stringify!($name),)*
                }
            }
        }

        /// Name in `user.h` and number of every ioctl, for the test that compares them with the header.
        pub const NUMBERS: &[(&str, u32)] = &[$((stringify!($name), $number),)*];
    };
}

ioctls! {
    GetVersion DAHDI_GETVERSION r::<VersionInfo>(57);
    SpanStat DAHDI_SPANSTAT wr::<SpanStat>(10);
    SpanConfig DAHDI_SPANCONFIG w::<LineConfig>(18);
    ChanConfig DAHDI_CHANCONFIG w::<ChanConfig>(19);
    Startup DAHDI_STARTUP w::<c_int>(99);
    Shutdown DAHDI_SHUTDOWN w::<c_int>(100);
    Maint DAHDI_MAINT w::<MaintInfo>(11);
    AttachEchocan DAHDI_ATTACH_ECHOCAN w::<AttachEchocan>(59);
    LoadZone DAHDI_LOADZONE w::<ToneZoneHeader>(25);
    FreeZone DAHDI_FREEZONE w::<c_int>(26);
    DefaultZone DAHDI_DEFAULTZONE w::<c_int>(24);
    DynamicCreate DAHDI_DYNAMIC_CREATE wr::<DynamicSpan>(80);
    DynamicDestroy DAHDI_DYNAMIC_DESTROY w::<DynamicSpan>(81);
    Specify DAHDI_SPECIFY w::<c_int>(38);
    GetParams DAHDI_GET_PARAMS wr::<Params>(5);
    SetParams DAHDI_SET_PARAMS w::<Params>(5);
    GetBufInfo DAHDI_GET_BUFINFO r::<BufferInfo>(27);
    SetBufInfo DAHDI_SET_BUFINFO w::<BufferInfo>(27);
    Flush DAHDI_FLUSH w::<c_int>(3);
    AudioMode DAHDI_AUDIOMODE w::<c_int>(32);
    HdlcFcsMode DAHDI_HDLCFCSMODE w::<c_int>(37);
    SetLaw DAHDI_SETLAW w::<c_int>(39);
    SetLinear DAHDI_SETLINEAR w::<c_int>(40);
    GetEvent DAHDI_GETEVENT r::<c_int>(8);
    BufferEvents DAHDI_BUFFER_EVENTS w::<c_int>(105);
    Hook DAHDI_HOOK w::<c_int>(7);
    GetRxBits DAHDI_GETRXBITS r::<c_int>(43);
    SetTxBits DAHDI_SETTXBITS w::<c_int>(43);
    SetPolarity DAHDI_SETPOLARITY w::<c_int>(92);
    SetToneZone DAHDI_SETTONEZONE w::<c_int>(22);
    EchoCancel DAHDI_ECHOCANCEL w::<c_int>(33);
    EchoCancelParams DAHDI_ECHOCANCEL_PARAMS w::<[u32; 2]>(33);
    EchoTrain DAHDI_ECHOTRAIN w::<c_int>(50);
    EchoCancelFaxMode DAHDI_ECHOCANCEL_FAX_MODE w::<c_int>(102);
    SetHwGain DAHDI_SET_HWGAIN w::<HwGain>(86);
    SetEchoTune WCTDM_SET_ECHOTUNE w::<EchoTune>(63);
    GetLineVoltage WCTDM_GET_STATS r::<LineVoltage>(60);
    TimerConfig DAHDI_TIMERCONFIG w::<c_int>(47);
    TimerAck DAHDI_TIMERACK w::<c_int>(48);
}

/// Where an ioctl's argument lies.
enum Argument {
    In(*const u8),
    Out(*mut u8),
}

impl Request<'_> {
    fn argument(&mut self) -> Argument {
        const fn read<T>(value: &T) -> Argument {
            Argument::In(std::ptr::from_ref(value).cast())
        }
        const fn fill<T>(value: &mut T) -> Argument {
            Argument::Out(std::ptr::from_mut(value).cast())
        }
        match self {
            Self::GetVersion(value) => fill(*value),
            Self::SpanStat(value) => fill(*value),
            Self::ChanConfig(value) => fill(*value),
            Self::DynamicCreate(value) => fill(*value),
            Self::GetParams(value) => fill(*value),
            Self::GetBufInfo(value) => fill(*value),
            Self::GetEvent(value) | Self::GetRxBits(value) => fill(*value),
            Self::GetLineVoltage(value) => fill(*value),
            Self::SpanConfig(value) => read(*value),
            Self::Maint(value) => read(*value),
            Self::AttachEchocan(value) => read(*value),
            Self::LoadZone(value) => read(*value),
            Self::DynamicDestroy(value) => read(*value),
            Self::SetParams(value) => read(*value),
            Self::SetBufInfo(value) => read(*value),
            Self::EchoCancelParams(value) => read(*value),
            Self::SetHwGain(value) => read(*value),
            Self::SetEchoTune(value) => read(*value),
            Self::Startup(value)
            | Self::Shutdown(value)
            | Self::FreeZone(value)
            | Self::DefaultZone(value)
            | Self::Specify(value)
            | Self::Flush(value)
            | Self::AudioMode(value)
            | Self::HdlcFcsMode(value)
            | Self::SetLaw(value)
            | Self::SetLinear(value)
            | Self::BufferEvents(value)
            | Self::Hook(value)
            | Self::SetTxBits(value)
            | Self::SetPolarity(value)
            | Self::SetToneZone(value)
            | Self::EchoCancel(value)
            | Self::EchoTrain(value)
            | Self::EchoCancelFaxMode(value)
            | Self::TimerConfig(value)
            | Self::TimerAck(value) => read(value),
        }
    }
}

/// Carries out `request` on `fd`. Errors are the kernel's: `ENOTTY` when the driver has no such ioctl, `ENOSYS` when it has no
/// such operation, `ENODEV` when the device is gone.
#[expect(unsafe_code, reason = "the one door to the kernel's ioctls; see the module header")]
pub fn issue(fd: BorrowedFd<'_>, mut request: Request<'_>) -> io::Result<()> {
    let number = request.number();
    let argument = match request.argument() {
        Argument::In(place) => place.cast_mut(),
        Argument::Out(place) => place,
    };
    // SAFETY: the number names the structure that `argument` points at (both come from the one table above, whose sizes and offsets
    // a test compares with the kernel's header); it lives until the call returns; kernel ioctls that write are only given places
    // that came from `&mut`, and no descriptor but DAHDI's knows numbers of type 0xda.
    let result = unsafe { nix::libc::ioctl(fd.as_raw_fd(), number.into(), argument) };
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// Values of `user.h`: signalling types, laws, line configuration, alarms, events, hook signals, maintenance.
#[allow(missing_docs, reason = "each is named as in user.h, which says what it is")]
pub mod value {
    use std::ffi::c_int;

    pub const SIG_NONE: c_int = 0;
    pub const SIG_FXSLS: c_int = 0x2001;
    pub const SIG_FXSGS: c_int = 0x2002;
    pub const SIG_FXSKS: c_int = 0x2004;
    pub const SIG_FXOLS: c_int = 0x1008;
    pub const SIG_FXOGS: c_int = 0x1010;
    pub const SIG_FXOKS: c_int = 0x1020;
    pub const SIG_EM: c_int = 0x40;
    pub const SIG_CLEAR: c_int = 0x80;
    pub const SIG_HDLCFCS: c_int = 0x380;
    pub const SIG_CAS: c_int = 0x8000;
    pub const SIG_EM_E1: c_int = 0x20000;
    pub const SIG_HARDHDLC: c_int = 0x80080;

    pub const LAW_DEFAULT: c_int = 0;
    pub const LAW_MULAW: c_int = 1;
    pub const LAW_ALAW: c_int = 2;

    pub const CONFIG_D4: c_int = 1 << 4;
    pub const CONFIG_ESF: c_int = 1 << 5;
    pub const CONFIG_AMI: c_int = 1 << 6;
    pub const CONFIG_B8ZS: c_int = 1 << 7;
    pub const CONFIG_CCS: c_int = 1 << 8;
    pub const CONFIG_HDB3: c_int = 1 << 9;
    pub const CONFIG_CRC4: c_int = 1 << 10;

    pub const ALARM_RECOVER: c_int = 1;
    pub const ALARM_LOOPBACK: c_int = 1 << 1;
    pub const ALARM_YELLOW: c_int = 1 << 2;
    pub const ALARM_RED: c_int = 1 << 3;
    pub const ALARM_BLUE: c_int = 1 << 4;
    pub const ALARM_NOTOPEN: c_int = 1 << 5;
    pub const ALARM_LOS: c_int = 1 << 8;
    pub const ALARM_LFA: c_int = 1 << 9;
    pub const ALARM_LMFA: c_int = 1 << 10;

    pub const EVENT_NONE: c_int = 0;
    pub const EVENT_ONHOOK: c_int = 1;
    pub const EVENT_RINGOFFHOOK: c_int = 2;
    pub const EVENT_WINKFLASH: c_int = 3;
    pub const EVENT_ALARM: c_int = 4;
    pub const EVENT_NOALARM: c_int = 5;
    pub const EVENT_ABORT: c_int = 6;
    pub const EVENT_OVERRUN: c_int = 7;
    pub const EVENT_BADFCS: c_int = 8;
    pub const EVENT_DIALCOMPLETE: c_int = 9;
    pub const EVENT_RINGERON: c_int = 10;
    pub const EVENT_RINGEROFF: c_int = 11;
    pub const EVENT_HOOKCOMPLETE: c_int = 12;
    pub const EVENT_BITSCHANGED: c_int = 13;
    pub const EVENT_PULSE_START: c_int = 14;
    pub const EVENT_POLARITY: c_int = 17;
    pub const EVENT_RINGBEGIN: c_int = 18;
    pub const EVENT_EC_DISABLED: c_int = 19;
    pub const EVENT_REMOVED: c_int = 20;
    pub const EVENT_READ_OVERRUN: c_int = 29;
    pub const EVENT_WRITE_UNDERRUN: c_int = 30;

    pub const ONHOOK: c_int = 0;
    pub const OFFHOOK: c_int = 1;
    pub const WINK: c_int = 2;
    pub const FLASH: c_int = 3;
    pub const START: c_int = 4;
    pub const RING: c_int = 5;
    pub const RINGOFF: c_int = 6;

    pub const FLUSH_READ: c_int = 1;
    pub const FLUSH_WRITE: c_int = 2;
    pub const FLUSH_EVENT: c_int = 4;
    pub const FLUSH_ALL: c_int = 7;

    pub const POLICY_IMMEDIATE: c_int = 0;
    pub const POLICY_WHEN_FULL: c_int = 1;
    pub const POLICY_HALF_FULL: c_int = 2;

    pub const MAINT_NONE: c_int = 0;
    pub const MAINT_LOCALLOOP: c_int = 1;
    pub const MAINT_NETWORKLINELOOP: c_int = 2;
    pub const MAINT_LOOPUP: c_int = 3;
    pub const MAINT_LOOPDOWN: c_int = 4;
    pub const MAINT_FAS_DEFECT: c_int = 6;
    pub const MAINT_PRBS: c_int = 12;
    pub const MAINT_NETWORKPAYLOADLOOP: c_int = 13;
    pub const RESET_COUNTERS: c_int = 14;
    pub const MAINT_ALARM_SIM: c_int = 15;

    /// `errno` of a read or write while an event waits to be fetched.
    pub const ELAST: i32 = 500;
}
