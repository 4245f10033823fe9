//! Finland: tones as in E.180 Sup.2; each value names its own.

use super::{Country, RingCadence, Source, Tone, Tones, off, on, steady};
use crate::settings::Law;

pub(super) const COUNTRY: Country = Country {
    code: "fi",
    name: "Finland",
    law: Law::A,
    tones: Tones {
        dial: Some(Tone::repeating(&[steady(&[425.0])], Source::Supplement2)),
        ringback: Some(Tone::repeating(&[on(&[425.0], 1000), off(4000)], Source::Supplement2)),
        busy: Some(Tone::repeating(&[on(&[425.0], 300), off(300)], Source::Supplement2)),
        congestion: Some(Tone::repeating(&[on(&[425.0], 200), off(200)], Source::Supplement2)),
        stutter_dial: Some(Tone::repeating(&[on(&[425.0], 650), off(25)], Source::Supplement2)),
        special_information: Some(Tone::repeating(
            &[on(&[950.0], 330), on(&[1400.0], 330), on(&[1800.0], 330), off(1000)],
            Source::Supplement2,
        )),
        call_waiting: Some(Tone::repeating(&[on(&[425.0], 150), off(150), on(&[425.0], 150), off(8000)], Source::Supplement2)),
        ..Tones::NONE
    },
    ring: RingCadence::of_ringing_tone(&[1000, 4000]),
};
