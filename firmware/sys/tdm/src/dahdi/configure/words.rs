//! What is wanted of a span, in the kernel's words.

use std::ffi::c_int;

use crate::dahdi::config::{ChannelConfig, ChannelKind, LineCode, LineFraming, SpanConfig, Start};
use crate::dahdi::ioctl::value;
use crate::{Law, SpanKind};

/// `lineconfig` of SPANCONFIG; `None` for an analog card, which has no line to configure.
///
/// Common channel signalling or not is what an E1's timeslot 16 is for: with ABCD bits of any kind in use the card frames it itself.
pub(super) fn line(config: &SpanConfig) -> Option<c_int> {
    let framing = match config.framing {
        LineFraming::E1 { crc4 } => {
            let bits = config.channels.iter().any(|channel| !matches!(channel.kind, ChannelKind::B | ChannelKind::D { .. }));
            (if bits { 0 } else { value::CONFIG_CCS }) | (if crc4 { value::CONFIG_CRC4 } else { 0 })
        }
        LineFraming::Esf => value::CONFIG_ESF,
        LineFraming::D4 => value::CONFIG_D4,
        LineFraming::Analog => return None,
    };
    let code = match config.code {
        LineCode::Hdb3 => value::CONFIG_HDB3,
        LineCode::Ami => value::CONFIG_AMI,
        LineCode::B8zs => value::CONFIG_B8ZS,
    };
    Some(framing | code)
}

/// Names of `CONFIG_*` bits.
pub(super) fn line_words(config: c_int) -> String {
    let names = [
        (value::CONFIG_D4, "D4"),
        (value::CONFIG_ESF, "ESF"),
        (value::CONFIG_AMI, "AMI"),
        (value::CONFIG_B8ZS, "B8ZS"),
        (value::CONFIG_CCS, "CCS"),
        (value::CONFIG_HDB3, "HDB3"),
        (value::CONFIG_CRC4, "CRC4"),
    ];
    let set: Vec<&str> = names.iter().filter(|(bit, _)| config & bit != 0).map(|(_, name)| *name).collect();
    if set.is_empty() { "nothing".to_owned() } else { set.join(", ") }
}

/// `SIG_*` of a channel. An FXS port takes FXO signalling, and the other way round.
pub(super) const fn signalling(kind: ChannelKind) -> c_int {
    match kind {
        ChannelKind::B => value::SIG_CLEAR,
        ChannelKind::D { hardware_hdlc: false } => value::SIG_HDLCFCS,
        ChannelKind::D { hardware_hdlc: true } => value::SIG_HARDHDLC,
        ChannelKind::Cas { .. } => value::SIG_CAS,
        ChannelKind::EAndM => value::SIG_EM,
        ChannelKind::EAndME1 => value::SIG_EM_E1,
        ChannelKind::Fxs(Start::Loop) => value::SIG_FXOLS,
        ChannelKind::Fxs(Start::Ground) => value::SIG_FXOGS,
        ChannelKind::Fxs(Start::Kewl) => value::SIG_FXOKS,
        ChannelKind::Fxo(Start::Loop) => value::SIG_FXSLS,
        ChannelKind::Fxo(Start::Ground) => value::SIG_FXSGS,
        ChannelKind::Fxo(Start::Kewl) => value::SIG_FXSKS,
    }
}

/// Bits sent while nobody has the channel open.
pub(super) fn idle_bits(kind: ChannelKind) -> c_int {
    match kind {
        ChannelKind::Cas { idle_bits } => (idle_bits & 0xf).into(),
        ChannelKind::B
        | ChannelKind::D { .. }
        | ChannelKind::EAndM
        | ChannelKind::EAndME1
        | ChannelKind::Fxs(_)
        | ChannelKind::Fxo(_) => 0,
    }
}

/// `LAW_*`, never the span's own: a dynamic span believes in mu-law whatever it carries.
pub(super) const fn law(law: Law) -> c_int {
    match law {
        Law::A => value::LAW_ALAW,
        Law::Mu => value::LAW_MULAW,
    }
}

/// A channel for people: `timeslot 16`, or `port 3` of an analog card.
pub(super) fn place(config: &SpanConfig, channel: &ChannelConfig) -> String {
    let word = if config.kind == SpanKind::Analog { "port" } else { "timeslot" };
    format!("{word} {}", channel.slot)
}

/// A kind of span for people.
pub(super) const fn kind(kind: SpanKind) -> &'static str {
    match kind {
        SpanKind::E1 => "E1",
        SpanKind::T1 => "T1",
        SpanKind::Analog => "analog",
    }
}
