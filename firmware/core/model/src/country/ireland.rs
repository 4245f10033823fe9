//! Ireland: tones as in E.180 Sup.2; each value names its own.
//!
//! Supplement 2 writes dial tone as 400+425+450 Hz, and names the same three as alternatives elsewhere: taken as alternatives,
//! of which busy tone's 425 Hz is used.

use super::{Country, RingCadence, Source, Tone, Tones, off, on, steady};
use crate::settings::Law;

pub(super) const COUNTRY: Country = Country {
    code: "ie",
    name: "Ireland",
    law: Law::A,
    tones: Tones {
        dial: Some(Tone::repeating(&[steady(&[425.0])], Source::Supplement2)),
        ringback: Some(Tone::repeating(
            &[on(&[400.0, 450.0], 400), off(200), on(&[400.0, 450.0], 400), off(2000)],
            Source::Supplement2,
        )),
        busy: Some(Tone::repeating(&[on(&[425.0], 500), off(500)], Source::Supplement2)),
        special_information: Some(Tone::repeating(
            &[on(&[950.0], 330), on(&[1400.0], 330), on(&[1800.0], 330), off(1000)],
            Source::Supplement2,
        )),
        ..Tones::NONE
    },
    ring: RingCadence::of_ringing_tone(&[400, 200, 400, 2000]),
};
