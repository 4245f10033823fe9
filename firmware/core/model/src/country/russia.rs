//! Russia: tones as in E.180 Sup.2; each value names its own.
//!
//! The list has ringing and busy tone only.

use super::{Country, RingCadence, Source, Tone, Tones, off, on};
use crate::settings::Law;

pub(super) const COUNTRY: Country = Country {
    code: "ru",
    name: "Russia",
    law: Law::A,
    tones: Tones {
        ringback: Some(Tone::repeating(&[on(&[425.0], 800), off(3200)], Source::Supplement2)),
        busy: Some(Tone::repeating(&[on(&[425.0], 400), off(400)], Source::Supplement2)),
        ..Tones::NONE
    },
    ring: RingCadence::of_ringing_tone(&[800, 3200]),
};
