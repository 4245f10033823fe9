//! Canada: tones as in E.300 Sup.3; each value names its own.
//!
//! The precise tone plan is that of all of North America. Supplement 2 has recall and confirmation tone of Canadian PBXs only,
//! and these are left out.

use super::{Country, RingCadence, Source, Tone, Tones, off, on, steady};
use crate::settings::Law;

pub(super) const COUNTRY: Country = Country {
    code: "ca",
    name: "Canada",
    law: Law::Mu,
    tones: Tones {
        dial: Some(Tone::repeating(&[steady(&[350.0, 440.0])], Source::PreciseTonePlan).at(-13.0)),
        ringback: Some(Tone::repeating(&[on(&[440.0, 480.0], 2000), off(4000)], Source::PreciseTonePlan).at(-19.0)),
        busy: Some(Tone::repeating(&[on(&[480.0, 620.0], 500), off(500)], Source::PreciseTonePlan).at(-24.0)),
        congestion: Some(Tone::repeating(&[on(&[480.0, 620.0], 250), off(250)], Source::PreciseTonePlan).at(-24.0)),
        ..Tones::NONE
    },
    ring: RingCadence::of_ringing_tone(&[2000, 4000]),
};
