//! Thailand: tones as in E.180 Sup.2; each value names its own.
//!
//! 350 and 450 Hz are 400 Hz modulated by 50 Hz, without the carrier.

use super::{Country, RingCadence, Source, Tone, Tones, off, on, steady};
use crate::settings::Law;

pub(super) const COUNTRY: Country = Country {
    code: "th",
    name: "Thailand",
    law: Law::A,
    tones: Tones {
        dial: Some(Tone::repeating(&[steady(&[350.0, 450.0])], Source::Supplement2)),
        ringback: Some(Tone::repeating(&[on(&[400.0], 1000), off(4000)], Source::Supplement2)),
        busy: Some(Tone::repeating(&[on(&[400.0], 500), off(500)], Source::Supplement2)),
        ..Tones::NONE
    },
    ring: RingCadence::of_ringing_tone(&[1000, 4000]),
};
