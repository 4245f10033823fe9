//! The message that crosses the socket of a virtual span: everything of one 10 ms tick in one direction.
//!
//! Big-endian, one SOCK_SEQPACKET message a tick:
//!
//! ```text
//! magic "JTDM"  version u8  flags u8  kind u8  law u8  timeslots u8  zero u8  alarms u16  tick u64
//! audio bitmap u64 (bit n = timeslot n)   then 80 octets for each bit set, lowest timeslot first
//! chunks u16    each: slot u8  flags u8  len u8  octets      pieces of D-channel frames
//! bits u8       each: slot u8  abcd u8                       only those that changed
//! signals u8    each: slot u8  code u8                       hook states and polarity, in order
//! ```
//!
//! A timeslot that is not in the bitmap is silent. A frame longer than what the tick has left goes over several ticks, which
//! is why a chunk says whether it is the first and the last of its frame. Parsing is total: any octets give a message or a
//! [`Malformed`], and whatever parses is emitted again octet by octet.

use crate::span::{Alarms, BLOCK, Hook, Law, SpanInfo, SpanKind};

/// Raised with any change of the layout.
pub const VERSION: u8 = 1;
/// The longest message: 63 timeslots of audio, and frames and signals on all of them.
pub const MAX_MESSAGE: usize = 32 * 1024;
/// The highest timeslot number that the bitmap holds.
pub const MAX_TIMESLOT: u8 = 63;

const MAGIC: [u8; 4] = *b"JTDM";
const LOCK_STEP: u8 = 1;
const FIRST: u8 = 1;
const LAST: u8 = 2;
const ABORT: u8 = 4;

/// Why a message could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// It ends within a field.
    #[error("message ends within {0}")]
    Short(&'static str),
    /// It goes on after the last field.
    #[error("{0} octets after the end")]
    Trailing(usize),
    /// It is not of this protocol.
    #[error("wrong magic {0:02x?}")]
    Magic([u8; 4]),
    /// The far end speaks another version.
    #[error("version {0}, this end speaks {VERSION}")]
    Version(u8),
    /// A field has a value that does not exist.
    #[error("{field} cannot be {value}")]
    Value {
        /// The field's name.
        field: &'static str,
        /// What it held.
        value: u8,
    },
}

/// What the span is, repeated in every message so that two ends that do not fit find out at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Interface kind.
    pub kind: SpanKind,
    /// Law of the audio.
    pub law: Law,
    /// Highest timeslot.
    pub timeslots: u8,
}

impl Shape {
    pub(super) const fn of(info: &SpanInfo) -> Self {
        Self { kind: info.kind, law: info.law, timeslots: info.timeslots }
    }
}

/// A piece of a D-channel frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// Timeslot.
    pub slot: u8,
    /// Begins a frame.
    pub first: bool,
    /// Ends the frame.
    pub last: bool,
    /// The frame is broken off; it will not be completed.
    pub abort: bool,
    /// The octets, at most 255.
    pub octets: Vec<u8>,
}

/// A signal of an analog line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Hook state or signal.
    Hook(Hook),
    /// Polarity of the line.
    Polarity {
        /// True when reversed.
        reversed: bool,
    },
}

/// One tick in one direction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The network end waits for the answer before it goes on.
    pub lock_step: bool,
    /// What the sender takes the span for.
    pub shape: Shape,
    /// What the sender puts on the line in place of a good signal: none, YELLOW, BLUE or LOS.
    pub alarms: Alarms,
    /// Number of the tick; a gap is a slip.
    pub tick: u64,
    /// Audio by timeslot, ascending, at most one block each.
    pub audio: Vec<(u8, [u8; BLOCK])>,
    /// Pieces of frames, in order.
    pub chunks: Vec<Chunk>,
    /// Signalling bits that changed (0 to 15).
    pub bits: Vec<(u8, u8)>,
    /// Analog signals, in order.
    pub signals: Vec<(u8, Signal)>,
}

impl Message {
    /// A tick that carries nothing.
    #[must_use]
    pub const fn new(shape: Shape, tick: u64) -> Self {
        Self {
            lock_step: false,
            shape,
            alarms: Alarms::NONE,
            tick,
            audio: Vec::new(),
            chunks: Vec::new(),
            bits: Vec::new(),
            signals: Vec::new(),
        }
    }

    /// Appends the message to `out`. At most 65,535 chunks and 255 bits and signals are written.
    pub fn emit(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&MAGIC);
        let flags = if self.lock_step { LOCK_STEP } else { 0 };
        out.extend_from_slice(&[VERSION, flags, kind_code(self.shape.kind), law_code(self.shape.law), self.shape.timeslots, 0]);
        out.extend_from_slice(&self.alarms.bits().to_be_bytes());
        out.extend_from_slice(&self.tick.to_be_bytes());
        let bitmap = self.audio.iter().fold(0_u64, |map, (slot, _)| map | 1_u64.checked_shl(u32::from(*slot)).unwrap_or(0));
        out.extend_from_slice(&bitmap.to_be_bytes());
        for (_, block) in &self.audio {
            out.extend_from_slice(block);
        }
        self.emit_signalling(out);
    }

    fn emit_signalling(&self, out: &mut Vec<u8>) {
        let chunks = u16::try_from(self.chunks.len()).unwrap_or(u16::MAX);
        out.extend_from_slice(&chunks.to_be_bytes());
        for chunk in self.chunks.iter().take(usize::from(chunks)) {
            let flags = u8::from(chunk.first) * FIRST + u8::from(chunk.last) * LAST + u8::from(chunk.abort) * ABORT;
            let length = u8::try_from(chunk.octets.len()).unwrap_or(u8::MAX);
            out.extend_from_slice(&[chunk.slot, flags, length]);
            out.extend(chunk.octets.iter().take(usize::from(length)));
        }
        let bits = u8::try_from(self.bits.len()).unwrap_or(u8::MAX);
        out.push(bits);
        for (slot, abcd) in self.bits.iter().take(usize::from(bits)) {
            out.extend_from_slice(&[*slot, *abcd]);
        }
        let signals = u8::try_from(self.signals.len()).unwrap_or(u8::MAX);
        out.push(signals);
        for (slot, signal) in self.signals.iter().take(usize::from(signals)) {
            out.extend_from_slice(&[*slot, signal_code(*signal)]);
        }
    }

    /// Reads a whole message.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader(bytes);
        let mut message = parse_header(&mut reader)?;
        parse_audio(&mut reader, &mut message)?;
        for _ in 0..u16::from_be_bytes(reader.array("the number of chunks")?) {
            message.chunks.push(parse_chunk(&mut reader, message.shape.timeslots)?);
        }
        for _ in 0..reader.octet("the number of bits")? {
            let slot = parse_slot(&mut reader, message.shape.timeslots)?;
            message.bits.push((slot, at_most("abcd", reader.octet("bits")?, 15)?));
        }
        for _ in 0..reader.octet("the number of signals")? {
            let slot = parse_slot(&mut reader, message.shape.timeslots)?;
            message.signals.push((slot, parse_signal(reader.octet("a signal")?)?));
        }
        if reader.0.is_empty() { Ok(message) } else { Err(Malformed::Trailing(reader.0.len())) }
    }
}

/// What is left to read.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn octets(&mut self, count: usize, field: &'static str) -> Result<&'a [u8], Malformed> {
        let (head, rest) = self.0.split_at_checked(count).ok_or(Malformed::Short(field))?;
        self.0 = rest;
        Ok(head)
    }

    fn array<const N: usize>(&mut self, field: &'static str) -> Result<[u8; N], Malformed> {
        let (head, rest) = self.0.split_first_chunk::<N>().ok_or(Malformed::Short(field))?;
        self.0 = rest;
        Ok(*head)
    }

    fn octet(&mut self, field: &'static str) -> Result<u8, Malformed> {
        self.array::<1>(field).map(|[octet]| octet)
    }
}

fn at_most(field: &'static str, value: u8, most: u8) -> Result<u8, Malformed> {
    if value <= most { Ok(value) } else { Err(Malformed::Value { field, value }) }
}

fn parse_header(reader: &mut Reader<'_>) -> Result<Message, Malformed> {
    let magic = reader.array::<4>("the magic")?;
    if magic != MAGIC {
        return Err(Malformed::Magic(magic));
    }
    let [version, flags, kind, law, timeslots, zero] = reader.array::<6>("the header")?;
    if version != VERSION {
        return Err(Malformed::Version(version));
    }
    at_most("flags", flags, LOCK_STEP)?;
    at_most("the reserved octet", zero, 0)?;
    let shape =
        Shape { kind: parse_kind(kind)?, law: parse_law(law)?, timeslots: at_most("timeslots", timeslots, MAX_TIMESLOT)? };
    let bits = u16::from_be_bytes(reader.array("the alarms")?);
    let alarms = Alarms::from_bits(bits);
    if alarms.bits() != bits {
        return Err(Malformed::Value { field: "alarms", value: bits.to_be_bytes()[0] });
    }
    let tick = u64::from_be_bytes(reader.array("the tick number")?);
    Ok(Message { lock_step: flags == LOCK_STEP, alarms, ..Message::new(shape, tick) })
}

fn parse_audio(reader: &mut Reader<'_>, message: &mut Message) -> Result<(), Malformed> {
    let bitmap = u64::from_be_bytes(reader.array("the audio bitmap")?);
    for slot in 0..=MAX_TIMESLOT {
        if bitmap >> slot & 1 == 0 {
            continue;
        }
        if slot == 0 || slot > message.shape.timeslots {
            return Err(Malformed::Value { field: "audio timeslot", value: slot });
        }
        message.audio.push((slot, reader.array::<BLOCK>("an audio block")?));
    }
    Ok(())
}

fn parse_slot(reader: &mut Reader<'_>, timeslots: u8) -> Result<u8, Malformed> {
    let slot = reader.octet("a timeslot number")?;
    if slot == 0 { Err(Malformed::Value { field: "timeslot", value: 0 }) } else { at_most("timeslot", slot, timeslots) }
}

fn parse_chunk(reader: &mut Reader<'_>, timeslots: u8) -> Result<Chunk, Malformed> {
    let slot = parse_slot(reader, timeslots)?;
    let flags = at_most("chunk flags", reader.octet("chunk flags")?, FIRST | LAST | ABORT)?;
    let length = reader.octet("the length of a chunk")?;
    let octets = reader.octets(usize::from(length), "a chunk")?.to_vec();
    Ok(Chunk { slot, first: flags & FIRST != 0, last: flags & LAST != 0, abort: flags & ABORT != 0, octets })
}

const fn kind_code(kind: SpanKind) -> u8 {
    match kind {
        SpanKind::E1 => 1,
        SpanKind::T1 => 2,
        SpanKind::Analog => 3,
    }
}

fn parse_kind(code: u8) -> Result<SpanKind, Malformed> {
    match code {
        1 => Ok(SpanKind::E1),
        2 => Ok(SpanKind::T1),
        3 => Ok(SpanKind::Analog),
        value => Err(Malformed::Value { field: "span kind", value }),
    }
}

const fn law_code(law: Law) -> u8 {
    match law {
        Law::A => 1,
        Law::Mu => 2,
    }
}

fn parse_law(code: u8) -> Result<Law, Malformed> {
    match code {
        1 => Ok(Law::A),
        2 => Ok(Law::Mu),
        value => Err(Malformed::Value { field: "law", value }),
    }
}

const fn signal_code(signal: Signal) -> u8 {
    match signal {
        Signal::Hook(Hook::OnHook) => 0,
        Signal::Hook(Hook::OffHook) => 1,
        Signal::Hook(Hook::Wink) => 2,
        Signal::Hook(Hook::Flash) => 3,
        Signal::Hook(Hook::Start) => 4,
        Signal::Hook(Hook::Ring) => 5,
        Signal::Hook(Hook::RingOff) => 6,
        Signal::Polarity { reversed: false } => 7,
        Signal::Polarity { reversed: true } => 8,
    }
}

fn parse_signal(code: u8) -> Result<Signal, Malformed> {
    Ok(match code {
        0 => Signal::Hook(Hook::OnHook),
        1 => Signal::Hook(Hook::OffHook),
        2 => Signal::Hook(Hook::Wink),
        3 => Signal::Hook(Hook::Flash),
        4 => Signal::Hook(Hook::Start),
        5 => Signal::Hook(Hook::Ring),
        6 => Signal::Hook(Hook::RingOff),
        7 => Signal::Polarity { reversed: false },
        8 => Signal::Polarity { reversed: true },
        value => return Err(Malformed::Value { field: "signal", value }),
    })
}
