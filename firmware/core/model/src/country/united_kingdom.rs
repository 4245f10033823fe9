//! United Kingdom: tones as in ITU OB 781; each value names its own.
//!
//! Supplement 2 has a second dial tone (50 Hz) and further pairs of ringing frequencies, all of older exchanges.

use super::{Country, RingCadence, Source, Tone, Tones, off, on, steady};
use crate::settings::Law;

pub(super) const COUNTRY: Country = Country {
    code: "gb",
    name: "United Kingdom",
    law: Law::A,
    tones: Tones {
        dial: Some(Tone::repeating(&[steady(&[350.0, 440.0])], Source::Bulletin781)),
        ringback: Some(Tone::repeating(
            &[on(&[400.0, 450.0], 400), off(200), on(&[400.0, 450.0], 400), off(2000)],
            Source::Bulletin781,
        )),
        busy: Some(Tone::repeating(&[on(&[400.0], 375), off(375)], Source::Bulletin781)),
        congestion: Some(Tone::repeating(&[on(&[400.0], 400), off(350), on(&[400.0], 225), off(525)], Source::Bulletin781)),
        ..Tones::NONE
    },
    ring: RingCadence::of_ringing_tone(&[400, 200, 400, 2000]),
};
