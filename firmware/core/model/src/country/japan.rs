//! Japan: tones as in E.180 Sup.2; each value names its own.
//!
//! 384 and 416 Hz are 400 Hz modulated by 16 Hz, without the carrier. What Supplement 2 has as special information and call
//! waiting tone is not of a form that these could be told by, and is left out.

use super::{Country, RingCadence, Source, Tone, Tones, off, on, steady};
use crate::settings::Law;

pub(super) const COUNTRY: Country = Country {
    code: "jp",
    name: "Japan",
    law: Law::Mu,
    tones: Tones {
        dial: Some(Tone::repeating(&[steady(&[400.0])], Source::Supplement2)),
        ringback: Some(Tone::repeating(&[on(&[384.0, 416.0], 1000), off(2000)], Source::Supplement2)),
        busy: Some(Tone::repeating(&[on(&[400.0], 500), off(500)], Source::Supplement2)),
        congestion: Some(Tone::repeating(&[on(&[400.0], 500), off(500)], Source::Supplement2)),
        ..Tones::NONE
    },
    ring: RingCadence::of_ringing_tone(&[1000, 2000]),
};
