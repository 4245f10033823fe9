//! Czech Republic: tones as in E.180 Sup.2; each value names its own.
//!
//! Of three dial tones and three busy tones in the list, one each; its thirds of a second are 330 ms.

use super::{Country, RingCadence, Source, Tone, Tones, off, on};
use crate::settings::Law;

pub(super) const COUNTRY: Country = Country {
    code: "cz",
    name: "Czech Republic",
    law: Law::A,
    tones: Tones {
        dial: Some(Tone::repeating(&[on(&[425.0], 330), off(330), on(&[425.0], 660), off(660)], Source::Supplement2)),
        ringback: Some(Tone::repeating(&[on(&[425.0], 1000), off(4000)], Source::Supplement2)),
        busy: Some(Tone::repeating(&[on(&[425.0], 330), off(330)], Source::Supplement2)),
        special_information: Some(Tone::repeating(
            &[on(&[950.0], 330), off(30), on(&[1400.0], 330), off(30), on(&[1800.0], 330), off(1000)],
            Source::Supplement2,
        )),
        call_waiting: Some(Tone::repeating(&[on(&[425.0], 330), off(5000)], Source::Supplement2)),
        ..Tones::NONE
    },
    ring: RingCadence::of_ringing_tone(&[1000, 4000]),
};
