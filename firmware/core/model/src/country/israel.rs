//! Israel: tones as in E.180 Sup.2; each value names its own.
//!
//! Supplement 2 names 400, 425 and 440 Hz as alternatives; 400 Hz is used throughout. Stutter dial tone is its second dial tone.

use super::{Country, RingCadence, Source, Tone, Tones, off, on, steady};
use crate::settings::Law;

pub(super) const COUNTRY: Country = Country {
    code: "il",
    name: "Israel",
    law: Law::A,
    tones: Tones {
        dial: Some(Tone::repeating(&[steady(&[400.0])], Source::Supplement2)),
        ringback: Some(Tone::repeating(&[on(&[400.0], 1000), off(3000)], Source::Supplement2)),
        busy: Some(Tone::repeating(&[on(&[400.0], 500), off(500)], Source::Supplement2)),
        stutter_dial: Some(Tone::then(
            &[on(&[400.0], 100), off(100), on(&[400.0], 100), off(100), on(&[400.0], 100), off(100)],
            &[steady(&[400.0])],
            Source::Supplement2,
        )),
        special_information: Some(Tone::repeating(
            &[on(&[975.0], 330), on(&[1400.0], 330), on(&[1800.0], 330), off(1000)],
            Source::Supplement2,
        )),
        call_waiting: Some(Tone::repeating(
            &[on(&[400.0], 100), off(100), on(&[400.0], 100), off(100), on(&[400.0], 600), off(3000)],
            Source::Supplement2,
        )),
        confirmation: Some(Tone::ending(&[on(&[400.0], 150), off(150), on(&[400.0], 300)], Source::Supplement2)),
        ..Tones::NONE
    },
    ring: RingCadence::of_ringing_tone(&[1000, 3000]),
};
