//! Switzerland: tones as in E.180-2010; each value names its own.
//!
//! Special dial tone is the first of the two in the list.

use super::{Country, RingCadence, Source, Tone, Tones, off, on, steady};
use crate::settings::Law;

pub(super) const COUNTRY: Country = Country {
    code: "ch",
    name: "Switzerland",
    law: Law::A,
    tones: Tones {
        dial: Some(Tone::repeating(&[steady(&[425.0])], Source::List2010)),
        ringback: Some(Tone::repeating(&[on(&[425.0], 1000), off(4000)], Source::List2010)),
        busy: Some(Tone::repeating(&[on(&[425.0], 500), off(500)], Source::List2010)),
        congestion: Some(Tone::repeating(&[on(&[425.0], 200), off(200)], Source::List2010)),
        stutter_dial: Some(Tone::repeating(&[on(&[425.0, 340.0], 1100), off(1100)], Source::List2010)),
        special_information: Some(Tone::repeating(
            &[on(&[950.0], 330), on(&[1400.0], 330), on(&[1800.0], 330), off(1000)],
            Source::List2010,
        )),
        call_waiting: Some(Tone::repeating(&[on(&[425.0], 200), off(200), on(&[425.0], 200), off(4000)], Source::List2010)),
        ..Tones::NONE
    },
    ring: RingCadence::of_ringing_tone(&[1000, 4000]),
};
