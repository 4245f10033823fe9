//! Austria: tones as in E.180 Sup.2; each value names its own.

use super::{Country, RingCadence, Source, Tone, Tones, off, on, steady};
use crate::settings::Law;

pub(super) const COUNTRY: Country = Country {
    code: "at",
    name: "Austria",
    law: Law::A,
    tones: Tones {
        dial: Some(Tone::repeating(&[steady(&[420.0])], Source::Supplement2)),
        ringback: Some(Tone::repeating(&[on(&[420.0], 1000), off(5000)], Source::Supplement2)),
        busy: Some(Tone::repeating(&[on(&[420.0], 400), off(400)], Source::Supplement2)),
        congestion: Some(Tone::repeating(&[on(&[420.0], 200), off(200)], Source::Supplement2)),
        stutter_dial: Some(Tone::repeating(&[steady(&[380.0, 420.0])], Source::Supplement2)),
        special_information: Some(Tone::repeating(
            &[on(&[950.0], 330), on(&[1400.0], 330), on(&[1800.0], 330), off(1000)],
            Source::Supplement2,
        )),
        call_waiting: Some(Tone::repeating(&[on(&[420.0], 40), off(1950)], Source::Supplement2)),
        ..Tones::NONE
    },
    ring: RingCadence::of_ringing_tone(&[1000, 5000]),
};
