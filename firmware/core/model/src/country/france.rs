//! France: tones as in E.180-2010; each value names its own.
//!
//! The list has no congestion tone.

use super::{Country, RingCadence, Source, Tone, Tones, off, on, steady};
use crate::settings::Law;

pub(super) const COUNTRY: Country = Country {
    code: "fr",
    name: "France",
    law: Law::A,
    tones: Tones {
        dial: Some(Tone::repeating(&[steady(&[440.0])], Source::List2010)),
        ringback: Some(Tone::repeating(&[on(&[440.0], 1500), off(3500)], Source::List2010)),
        busy: Some(Tone::repeating(&[on(&[440.0], 500), off(500)], Source::List2010)),
        special_information: Some(Tone::repeating(
            &[on(&[950.0], 300), off(30), on(&[1400.0], 300), off(30), on(&[1800.0], 300), off(1000)],
            Source::List2010,
        )),
        call_waiting: Some(Tone::repeating(&[on(&[440.0], 300), off(10000)], Source::List2010)),
        ..Tones::NONE
    },
    ring: RingCadence::of_ringing_tone(&[1500, 3500]),
};
