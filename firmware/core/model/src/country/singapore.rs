//! Singapore: tones as in E.180 Sup.2; each value names its own.
//!
//! 401 and 449 Hz are 425 Hz modulated by 24 Hz, without the carrier.

use super::{Country, RingCadence, Source, Tone, Tones, off, on, steady};
use crate::settings::Law;

pub(super) const COUNTRY: Country = Country {
    code: "sg",
    name: "Singapore",
    law: Law::A,
    tones: Tones {
        dial: Some(Tone::repeating(&[steady(&[425.0])], Source::Supplement2)),
        ringback: Some(Tone::repeating(
            &[on(&[401.0, 449.0], 400), off(200), on(&[401.0, 449.0], 400), off(2000)],
            Source::Supplement2,
        )),
        busy: Some(Tone::repeating(&[on(&[425.0], 750), off(750)], Source::Supplement2)),
        congestion: Some(Tone::repeating(&[on(&[425.0], 250), off(250)], Source::Supplement2)),
        call_waiting: Some(Tone::repeating(&[on(&[425.0], 300), off(200), on(&[425.0], 300), off(3200)], Source::Supplement2)),
        ..Tones::NONE
    },
    ring: RingCadence::of_ringing_tone(&[400, 200, 400, 2000]),
};
