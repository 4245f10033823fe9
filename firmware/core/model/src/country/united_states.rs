//! United States: tones as in E.300 Sup.3, E.180 Sup.2, ITU OB 781, GR-506-CORE; each value names its own.
//!
//! Frequencies, cadences and levels of dial, ringing, busy and reorder tone are the precise tone plan's. Recall dial tone is
//! dial tone interrupted three times (Supplement 2) and has its level.

use super::{Country, RingCadence, Source, Tone, Tones, off, on, steady};
use crate::settings::Law;

pub(super) const COUNTRY: Country = Country {
    code: "us",
    name: "United States",
    law: Law::Mu,
    tones: Tones {
        dial: Some(Tone::repeating(&[steady(&[350.0, 440.0])], Source::PreciseTonePlan).at(-13.0)),
        ringback: Some(Tone::repeating(&[on(&[440.0, 480.0], 2000), off(4000)], Source::PreciseTonePlan).at(-19.0)),
        busy: Some(Tone::repeating(&[on(&[480.0, 620.0], 500), off(500)], Source::PreciseTonePlan).at(-24.0)),
        congestion: Some(Tone::repeating(&[on(&[480.0, 620.0], 250), off(250)], Source::PreciseTonePlan).at(-24.0)),
        stutter_dial: Some(
            Tone::then(
                &[on(&[350.0, 440.0], 100), off(100), on(&[350.0, 440.0], 100), off(100), on(&[350.0, 440.0], 100), off(100)],
                &[steady(&[350.0, 440.0])],
                Source::Supplement2,
            )
            .at(-13.0),
        ),
        special_information: Some(Tone::ending(
            &[on(&[950.0], 330), on(&[1400.0], 330), on(&[1800.0], 330)],
            Source::Supplement2,
        )),
        call_waiting: Some(Tone::repeating(&[on(&[440.0], 300), off(10000)], Source::Bulletin781)),
        howler: Some(Tone::repeating(&[on(&[1400.0, 2060.0, 2450.0, 2600.0], 100), off(100)], Source::Gr506)),
        confirmation: Some(Tone::ending(&[on(&[350.0, 440.0], 100), off(100), on(&[350.0, 440.0], 300)], Source::Supplement2)),
    },
    ring: RingCadence::of_ringing_tone(&[2000, 4000]),
};
