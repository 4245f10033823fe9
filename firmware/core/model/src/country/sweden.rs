//! Sweden: tones as in E.180 Sup.2; each value names its own.
//!
//! Call waiting tone is two bursts, with no time after which they come again.

use super::{Country, RingCadence, Source, Tone, Tones, off, on, steady};
use crate::settings::Law;

pub(super) const COUNTRY: Country = Country {
    code: "se",
    name: "Sweden",
    law: Law::A,
    tones: Tones {
        dial: Some(Tone::repeating(&[steady(&[425.0])], Source::Supplement2)),
        ringback: Some(Tone::repeating(&[on(&[425.0], 1000), off(5000)], Source::Supplement2)),
        busy: Some(Tone::repeating(&[on(&[425.0], 250), off(250)], Source::Supplement2)),
        congestion: Some(Tone::repeating(&[on(&[425.0], 250), off(750)], Source::Supplement2)),
        stutter_dial: Some(Tone::repeating(&[on(&[425.0], 320), off(10)], Source::Supplement2)),
        special_information: Some(Tone::repeating(
            &[on(&[950.0], 330), on(&[1400.0], 330), on(&[1800.0], 330), off(1000)],
            Source::Supplement2,
        )),
        call_waiting: Some(Tone::ending(&[on(&[425.0], 200), off(500), on(&[425.0], 200)], Source::Supplement2)),
        ..Tones::NONE
    },
    ring: RingCadence::of_ringing_tone(&[1000, 5000]),
};
