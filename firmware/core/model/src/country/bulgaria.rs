//! Bulgaria: tones as in E.180 Sup.2; each value names its own.
//!
//! Supplement 2 has three ringing, busy and congestion tones of different exchanges, and two dial tones: one of each is here.

use super::{Country, RingCadence, Source, Tone, Tones, off, on};
use crate::settings::Law;

pub(super) const COUNTRY: Country = Country {
    code: "bg",
    name: "Bulgaria",
    law: Law::A,
    tones: Tones {
        dial: Some(Tone::repeating(&[on(&[425.0], 250), off(300), on(&[425.0], 700), off(800)], Source::Supplement2)),
        ringback: Some(Tone::repeating(&[on(&[425.0], 1000), off(4000)], Source::Supplement2)),
        busy: Some(Tone::repeating(&[on(&[425.0], 500), off(500)], Source::Supplement2)),
        congestion: Some(Tone::repeating(&[on(&[425.0], 250), off(250)], Source::Supplement2)),
        special_information: Some(Tone::repeating(
            &[on(&[950.0], 330), on(&[1400.0], 330), on(&[1800.0], 330), off(1000)],
            Source::Supplement2,
        )),
        ..Tones::NONE
    },
    ring: RingCadence::of_ringing_tone(&[1000, 4000]),
};
