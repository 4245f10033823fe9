//! Brazil: tones as in E.180 Sup.2; each value names its own.

use super::{Country, RingCadence, Source, Tone, Tones, off, on, steady};
use crate::settings::Law;

pub(super) const COUNTRY: Country = Country {
    code: "br",
    name: "Brazil",
    law: Law::A,
    tones: Tones {
        dial: Some(Tone::repeating(&[steady(&[425.0])], Source::Supplement2)),
        ringback: Some(Tone::repeating(&[on(&[425.0], 1000), off(4000)], Source::Supplement2)),
        busy: Some(Tone::repeating(&[on(&[425.0], 250), off(250)], Source::Supplement2)),
        call_waiting: Some(Tone::repeating(&[on(&[425.0], 50), off(1000)], Source::Supplement2)),
        ..Tones::NONE
    },
    ring: RingCadence::of_ringing_tone(&[1000, 4000]),
};
