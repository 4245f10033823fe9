//! Belgium: tones as in E.180 Sup.2; each value names its own.
//!
//! The pause of special information tone is E.180's, the list has none.

use super::{Country, RingCadence, Source, Tone, Tones, off, on, steady};
use crate::settings::Law;

pub(super) const COUNTRY: Country = Country {
    code: "be",
    name: "Belgium",
    law: Law::A,
    tones: Tones {
        dial: Some(Tone::repeating(&[steady(&[425.0])], Source::Supplement2)),
        ringback: Some(Tone::repeating(&[on(&[425.0], 1000), off(3000)], Source::Supplement2)),
        busy: Some(Tone::repeating(&[on(&[425.0], 500), off(500)], Source::Supplement2)),
        congestion: Some(Tone::repeating(&[on(&[425.0], 167), off(167)], Source::Supplement2)),
        special_information: Some(Tone::repeating(
            &[on(&[900.0], 330), on(&[1380.0], 330), on(&[1860.0], 330), off(1000)],
            Source::Supplement2,
        )),
        ..Tones::NONE
    },
    ring: RingCadence::of_ringing_tone(&[1000, 3000]),
};
