//! China: tones as in E.180 Sup.2; each value names its own.
//!
//! What Supplement 2 has as special information tone are two single bursts of other meaning, left out.

use super::{Country, RingCadence, Source, Tone, Tones, off, on, steady};
use crate::settings::Law;

pub(super) const COUNTRY: Country = Country {
    code: "cn",
    name: "China",
    law: Law::A,
    tones: Tones {
        dial: Some(Tone::repeating(&[steady(&[450.0])], Source::Supplement2)),
        ringback: Some(Tone::repeating(&[on(&[450.0], 1000), off(4000)], Source::Supplement2)),
        busy: Some(Tone::repeating(&[on(&[450.0], 350), off(350)], Source::Supplement2)),
        congestion: Some(Tone::repeating(&[on(&[450.0], 700), off(700)], Source::Supplement2)),
        call_waiting: Some(Tone::repeating(&[on(&[450.0], 400), off(4000)], Source::Supplement2)),
        ..Tones::NONE
    },
    ring: RingCadence::of_ringing_tone(&[1000, 4000]),
};
