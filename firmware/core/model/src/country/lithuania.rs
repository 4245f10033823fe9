//! Lithuania: tones as in E.180 Sup.2; each value names its own.

use super::{Country, RingCadence, Source, Tone, Tones, off, on, steady};
use crate::settings::Law;

pub(super) const COUNTRY: Country = Country {
    code: "lt",
    name: "Lithuania",
    law: Law::A,
    tones: Tones {
        dial: Some(Tone::repeating(&[steady(&[425.0])], Source::Supplement2)),
        ringback: Some(Tone::repeating(&[on(&[425.0], 800), off(3200)], Source::Supplement2)),
        busy: Some(Tone::repeating(&[on(&[425.0], 400), off(400)], Source::Supplement2)),
        ..Tones::NONE
    },
    ring: RingCadence::of_ringing_tone(&[800, 3200]),
};
