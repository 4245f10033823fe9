//! New Zealand: tones as in E.180 Sup.2; each value names its own.

use super::{Country, RingCadence, Source, Tone, Tones, off, on, steady};
use crate::settings::Law;

pub(super) const COUNTRY: Country = Country {
    code: "nz",
    name: "New Zealand",
    law: Law::A,
    tones: Tones {
        dial: Some(Tone::repeating(&[steady(&[400.0])], Source::Supplement2)),
        ringback: Some(Tone::repeating(
            &[on(&[400.0, 450.0], 400), off(200), on(&[400.0, 450.0], 400), off(2000)],
            Source::Supplement2,
        )),
        busy: Some(Tone::repeating(&[on(&[400.0], 500), off(500)], Source::Supplement2)),
        congestion: Some(Tone::repeating(&[on(&[400.0], 250), off(250)], Source::Supplement2)),
        call_waiting: Some(Tone::repeating(&[on(&[400.0], 250), off(250), on(&[400.0], 250), off(3250)], Source::Supplement2)),
        ..Tones::NONE
    },
    ring: RingCadence::of_ringing_tone(&[400, 200, 400, 2000]),
};
