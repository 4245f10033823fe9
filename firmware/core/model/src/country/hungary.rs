//! Hungary: tones as in ITU OB 781; each value names its own.

use super::{Country, RingCadence, Source, Tone, Tones, off, on, steady};
use crate::settings::Law;

pub(super) const COUNTRY: Country = Country {
    code: "hu",
    name: "Hungary",
    law: Law::A,
    tones: Tones {
        dial: Some(Tone::repeating(&[steady(&[425.0])], Source::Bulletin781)),
        ringback: Some(Tone::repeating(&[on(&[425.0], 1250), off(3750)], Source::Bulletin781)),
        busy: Some(Tone::repeating(&[on(&[425.0], 300), off(300)], Source::Bulletin781)),
        congestion: Some(Tone::repeating(&[on(&[425.0], 300), off(300)], Source::Bulletin781)),
        stutter_dial: Some(Tone::repeating(&[steady(&[350.0, 375.0, 400.0])], Source::Bulletin781)),
        special_information: Some(Tone::repeating(
            &[on(&[950.0], 330), on(&[1400.0], 330), on(&[1800.0], 330), off(1000)],
            Source::Bulletin781,
        )),
        call_waiting: Some(Tone::repeating(&[on(&[425.0], 40), off(1960)], Source::Bulletin781)),
        ..Tones::NONE
    },
    ring: RingCadence::of_ringing_tone(&[1250, 3750]),
};
