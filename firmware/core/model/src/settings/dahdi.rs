//! `back_end = { dahdi = { ... } }`: a span that the kernel's DAHDI carries, a card's port or a dynamic span.
//!
//! Values and limits are those of `include/dahdi/user.h` of DAHDI 2.11 to 3.4. What depends on the framing is an option
//! here, and the method of the same name says what holds.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Framing, slots};

/// The tone zone that is loaded unless told otherwise, and the only one known yet.
pub const DEFAULT_TONE_ZONE: &str = "us";

/// A span over DAHDI. Exactly one of `hardware` and `dynamic` is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DahdiSpan {
    /// A card's port by its stable id, as `junctor span detect` prints it: the device's hardware id, or its location where it has
    /// none, a slash, and the port's number on the device, such as `te4xxp-0000:05:00.0/1`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hardware: Option<String>,
    /// A span that has no hardware: made at start, destroyed at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dynamic: Option<DynamicSpan>,
    /// Line code; absent: HDB3 on E1, B8ZS on T1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line_code: Option<LineCode>,
    /// Whether an E1 has CRC-4 multiframes (G.704 2.3.3); absent: yes. E1 only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crc4: Option<bool>,
    /// Superframe of a T1; absent: ESF. T1 only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub t1_framing: Option<T1Framing>,
    /// Line build out, 0 to 7, in DAHDI's steps: 0 is a short line (0 dB, 0 to 133 feet).
    pub line_build_out: u8,
    /// 0: this end gives the clock. 1 to 15: the clock is taken from this line, the lowest number that is in order first.
    pub clock: u8,
    /// Companding law; absent: A on E1, mu on T1 and on analog cards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub law: Option<Law>,
    /// Whether the card does the D-channel's HDLC. Off: the kernel does.
    pub hardware_hdlc: bool,
    /// The kernel's echo canceller on every voice channel; absent: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub echo_canceller: Option<EchoCanceller>,
    /// Tones and ring cadence that the kernel plays.
    pub tone_zone: String,
    /// How much audio waits in the kernel to be sent, in milliseconds, 10 to 80; absent: see [`DahdiSpan::write_queue_ms`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub write_queue_ms: Option<u8>,
    /// An analog card's country mode (opermode), such as `FCC` or `TBR21`; absent: the driver's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country_mode: Option<String>,
    /// What each channel is, when signalling is not `pri`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<ChannelGroup>,
}

impl Default for DahdiSpan {
    fn default() -> Self {
        Self {
            hardware: None,
            dynamic: None,
            line_code: None,
            crc4: None,
            t1_framing: None,
            line_build_out: 0,
            clock: 0,
            law: None,
            hardware_hdlc: false,
            echo_canceller: None,
            tone_zone: DEFAULT_TONE_ZONE.into(),
            write_queue_ms: None,
            country_mode: None,
            channels: Vec::new(),
        }
    }
}

impl DahdiSpan {
    /// How much audio waits to be sent, in milliseconds: as set, or 20 of a card and 40 of a dynamic span. A card moves data every
    /// millisecond; a span without one goes by the kernel's timer, in bursts of 8 ms and now and then 12, of which 20 ms leave too little.
    #[must_use]
    pub fn write_queue_ms(&self) -> u8 {
        let usual = if self.dynamic.is_some() { 40 } else { 20 };
        self.write_queue_ms.unwrap_or(usual)
    }

    /// The line code that holds; `None` on an analog card, which has none.
    #[must_use]
    pub fn line_code(&self, framing: Framing) -> Option<LineCode> {
        match framing {
            Framing::E1 => Some(self.line_code.unwrap_or(LineCode::Hdb3)),
            Framing::T1 => Some(self.line_code.unwrap_or(LineCode::B8zs)),
            Framing::Analog => None,
        }
    }

    /// Whether the line has CRC-4.
    #[must_use]
    pub fn crc4(&self, framing: Framing) -> bool {
        framing == Framing::E1 && self.crc4.unwrap_or(true)
    }

    /// The T1's superframe; `None` when it is no T1.
    #[must_use]
    pub fn t1_framing(&self, framing: Framing) -> Option<T1Framing> {
        (framing == Framing::T1).then(|| self.t1_framing.unwrap_or(T1Framing::Esf))
    }

    /// The law that holds.
    #[must_use]
    pub fn law(&self, framing: Framing) -> Law {
        self.law.unwrap_or(match framing {
            Framing::E1 => Law::A,
            Framing::T1 | Framing::Analog => Law::Mu,
        })
    }

    /// What the channel list says, in slot order, each slot once (the first that names it); see [`super::Span::channels`].
    pub(super) fn listed_channels(&self) -> Vec<SpanChannel> {
        let mut seen = BTreeSet::new();
        let mut channels = Vec::new();
        for group in &self.channels {
            let slots = group.slots().unwrap_or_default();
            for slot in slots.into_iter().filter(|slot| seen.insert(*slot)) {
                channels.push(SpanChannel { slot, kind: group.kind, idle_bits: group.idle_bits() });
            }
        }
        channels.sort_by_key(|channel| channel.slot);
        channels
    }
}

/// A dynamic span: TDM over Ethernet, or `loc`, which joins two spans of one box.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DynamicSpan {
    /// The driver: kernel module `dahdi_dynamic_<driver>`, such as `loc` or `eth`.
    pub driver: String,
    /// Its address in the driver's form: `key:id` for `loc` (one hexadecimal digit each), `eth0/aa:bb:cc:dd:ee:ff/0` for `eth`.
    pub address: String,
    /// How many channels, 1 to 31; absent: 31 for E1, 24 for T1 and analog.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channels: Option<u8>,
    /// Priority as a source of timing; 0: none.
    #[serde(default)]
    pub timing: u8,
}

impl DynamicSpan {
    /// The number of channels that holds.
    #[must_use]
    pub fn channels(&self, framing: Framing) -> u8 {
        self.channels.unwrap_or_else(|| framing.timeslots().unwrap_or(24))
    }
}

/// Line code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LineCode {
    /// High density bipolar of order 3 (G.703 annex A): E1.
    Hdb3,
    /// Alternate mark inversion.
    Ami,
    /// Bipolar with 8 zeros substitution (T1.102): T1.
    B8zs,
}

impl LineCode {
    /// The word in the configuration.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hdb3 => "hdb3",
            Self::Ami => "ami",
            Self::B8zs => "b8zs",
        }
    }
}

/// Superframe of a T1 (G.704 2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum T1Framing {
    /// Extended superframe of 24 frames.
    Esf,
    /// Superframe of 12 frames.
    D4,
}

/// Companding law (G.711).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Law {
    /// A-law.
    A,
    /// Mu-law.
    Mu,
}

/// The kernel's echo canceller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EchoCanceller {
    /// Its name: kernel module `dahdi_echocan_<module>`.
    pub module: String,
    /// Length in samples (8 a millisecond): 32, 64, 128, 256, 512 or 1024.
    pub taps: u16,
    /// Parameters of the module, at most 8.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, i32>,
}

impl Default for EchoCanceller {
    fn default() -> Self {
        Self { module: "mg2".into(), taps: 128, parameters: BTreeMap::new() }
    }
}

/// Some channels of a span that are alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChannelGroup {
    /// Timeslots or ports, such as `1-15,17-31`.
    pub slots: String,
    /// What they are.
    pub kind: ChannelKind,
    /// ABCD bits while idle, A the highest, 0 to 15; absent: 13 (1101, blocked). `cas` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idle_bits: Option<u8>,
    /// Impedance of analog ports in the driver's words, such as `600`; absent: the driver's own. Analog only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub impedance: Option<String>,
}

impl ChannelGroup {
    /// Its slots in the order written.
    ///
    /// # Errors
    /// What would be expected instead.
    pub fn slots(&self) -> Result<Vec<u8>, &'static str> {
        slots::parse(&self.slots)
    }

    /// The idle bits that hold: until something signals on the channel, the far end finds it blocked. 0 for other kinds.
    #[must_use]
    pub fn idle_bits(&self) -> u8 {
        match self.kind {
            ChannelKind::Cas => self.idle_bits.unwrap_or(0b1101),
            ChannelKind::Em
            | ChannelKind::EmE1
            | ChannelKind::FxsLoop
            | ChannelKind::FxsGround
            | ChannelKind::FxsKewl
            | ChannelKind::FxoLoop
            | ChannelKind::FxoGround
            | ChannelKind::FxoKewl
            | ChannelKind::B
            | ChannelKind::Unused => 0,
        }
    }
}

/// What a channel is. Analog kinds are named by the port: an `fxs` port feeds a telephone (DAHDI calls its signalling FXO), an
/// `fxo` port is a telephone to an exchange (DAHDI: FXS).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChannelKind {
    /// ABCD bits.
    Cas,
    /// E&M.
    Em,
    /// E&M as E1 lines have it (DAHDI's EM_E1).
    EmE1,
    /// A port for a telephone, loop start.
    FxsLoop,
    /// A port for a PBX, ground start.
    FxsGround,
    /// A port for a telephone, loop start with disconnect supervision.
    FxsKewl,
    /// A port for an exchange line, loop start.
    FxoLoop,
    /// A port for an exchange line, ground start.
    FxoGround,
    /// A port for an exchange line, loop start with disconnect supervision.
    FxoKewl,
    /// A clear channel.
    B,
    /// Nothing.
    Unused,
}

impl ChannelKind {
    /// The word in the configuration.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cas => "cas",
            Self::Em => "em",
            Self::EmE1 => "em-e1",
            Self::FxsLoop => "fxs-loop",
            Self::FxsGround => "fxs-ground",
            Self::FxsKewl => "fxs-kewl",
            Self::FxoLoop => "fxo-loop",
            Self::FxoGround => "fxo-ground",
            Self::FxoKewl => "fxo-kewl",
            Self::B => "b",
            Self::Unused => "unused",
        }
    }
}

/// One channel as the configuration wants it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpanChannel {
    /// Timeslot, or port of an analog card, from 1.
    pub slot: u8,
    /// What it is.
    pub kind: ChannelKind,
    /// ABCD bits while idle; 0 for what has none.
    pub idle_bits: u8,
}
