//! What a DAHDI span is to be: place, line, clock, channels. Plain values that junctord fills in from its settings.

use crate::{Law, SpanKind};

/// Where a span is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A card's span by its stable name, as `junctor span detect` prints it: `HARDWARE_ID/PORT`, or `LOCATION/PORT` for a device
    /// without hardware id. The port is the span's number on the card, from 1.
    Hardware(String),
    /// A span that the kernel makes on demand: created at the start, destroyed at the end.
    Dynamic {
        /// `loc` or `eth`.
        driver: String,
        /// In the driver's form; for `loc` two hexadecimal digits, `key:id`: two spans with one key are joined.
        address: String,
        /// How many channels, 1 to 255; both ends must have the same.
        channels: u8,
        /// Timing priority; 0 leaves the kernel's own timer in charge.
        timing: u8,
    },
}

/// Framing of the line (G.704).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineFraming {
    /// E1 with common channel signalling or CAS in timeslot 16.
    E1 {
        /// Whether the CRC-4 multiframe is used.
        crc4: bool,
    },
    /// T1 extended superframe.
    Esf,
    /// T1 superframe.
    D4,
    /// No framing: an analog card.
    Analog,
}

/// Line code (G.703).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineCode {
    /// E1: HDB3.
    Hdb3,
    /// E1 or T1: AMI.
    Ami,
    /// T1: B8ZS.
    B8zs,
}

/// How an analog line is seized and released.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// Loop start.
    Loop,
    /// Ground start.
    Ground,
    /// Loop start with disconnect supervision by loss of battery.
    Kewl,
}

/// What a timeslot or port is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChannelKind {
    /// Clear channel for audio.
    B,
    /// D-channel.
    D {
        /// Whether the card frames and checks (hardware HDLC) rather than the kernel.
        hardware_hdlc: bool,
    },
    /// Audio with ABCD bits that we read and write.
    Cas {
        /// Bits sent while nobody has the channel open: A=8 B=4 C=2 D=1.
        idle_bits: u8,
    },
    /// E&M over robbed bits; the kernel times wink and flash.
    EAndM,
    /// E&M in the E1 variant.
    EAndME1,
    /// A port that feeds a telephone. (DAHDI calls its signalling FXO.)
    Fxs(Start),
    /// A port that an exchange feeds. (DAHDI calls its signalling FXS.)
    Fxo(Start),
}

/// One channel of a span. Timeslots that are not listed stay unconfigured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelConfig {
    /// Timeslot or port, from 1.
    pub slot: u8,
    /// What it is for.
    pub kind: ChannelKind,
    /// AC impedance of an FXO port: value of the line interface's ACIM register, 0 (600 ohm) to 15.
    pub impedance: Option<u8>,
}

/// The kernel's (or card's) echo canceller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EchoCanceller {
    /// Its module's name without `dahdi_echocan_`, such as `mg2`; `hwec` is the card's.
    pub module: String,
    /// 32, 64, 128, 256, 512 or 1024; 8 taps are 1 ms.
    pub taps: u16,
    /// Parameters in the module's words, at most 8.
    pub parameters: Vec<(String, i32)>,
}

/// All of a span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpanConfig {
    /// Its name in logs and errors.
    pub name: String,
    /// Where it is.
    pub place: Place,
    /// E1, T1 or analog.
    pub kind: SpanKind,
    /// Its framing.
    pub framing: LineFraming,
    /// Its line code; ignored for analog.
    pub code: LineCode,
    /// Line build-out, 0 to 7.
    pub line_build_out: u8,
    /// 0: this end gives the clock; n: the line is a source of clock with priority n, 1 first.
    pub clock_priority: u8,
    /// Law of its audio, sent with every channel's configuration.
    pub law: Law,
    /// Channels, in timeslot order.
    pub channels: Vec<ChannelConfig>,
    /// Echo canceller of the audio channels; `None` attaches none.
    pub echo: Option<EchoCanceller>,
    /// Tone zone loaded for its ports; `None` loads none. `us` is the one there is.
    pub tone_zone: Option<String>,
    /// Country mode that the card's driver must have been loaded with (its `opermode`); `None` does not look.
    pub country_mode: Option<String>,
    /// Samples that may wait to be sent on an audio channel: 80 to 640, a multiple of 80. Voice: 160 on a card, 320 on a dynamic span, for which
    /// the kernel's timer moves data in bursts of 64 samples and more.
    pub write_queue: u16,
}

impl SpanConfig {
    /// A primary rate span: every timeslot a B-channel but the D-channel's (E1 16, T1 24). E1: HDB3, CRC-4, A-law; T1: ESF, B8ZS, mu-law.
    #[must_use]
    pub fn primary_rate(name: &str, place: Place, kind: SpanKind) -> Self {
        let (timeslots, d_slot, framing, code, law) = match kind {
            SpanKind::E1 => (31, 16, LineFraming::E1 { crc4: true }, LineCode::Hdb3, Law::A),
            SpanKind::T1 | SpanKind::Analog => (24, 24, LineFraming::Esf, LineCode::B8zs, Law::Mu),
        };
        let kind_of = |slot| if slot == d_slot { ChannelKind::D { hardware_hdlc: false } } else { ChannelKind::B };
        let channels = (1..=timeslots).map(|slot| ChannelConfig { slot, kind: kind_of(slot), impedance: None }).collect();
        let write_queue = if matches!(place, Place::Dynamic { .. }) { 320 } else { 160 };
        Self {
            name: name.to_owned(),
            place,
            kind,
            framing,
            code,
            line_build_out: 0,
            clock_priority: 0,
            law,
            channels,
            echo: None,
            tone_zone: None,
            country_mode: None,
            write_queue,
        }
    }

    /// The timeslot of the D-channel, if there is one.
    #[must_use]
    pub fn d_channel(&self) -> Option<u8> {
        self.channels.iter().find(|channel| matches!(channel.kind, ChannelKind::D { .. })).map(|channel| channel.slot)
    }
}
