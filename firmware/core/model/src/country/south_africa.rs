//! South Africa: tones as in E.180 Sup.2; each value names its own.
//!
//! 367 and 433 Hz are 400 Hz modulated by 33 Hz, without the carrier.

use super::{Country, RingCadence, Source, Tone, Tones, off, on, steady};
use crate::settings::Law;

pub(super) const COUNTRY: Country = Country {
    code: "za",
    name: "South Africa",
    law: Law::A,
    tones: Tones {
        dial: Some(Tone::repeating(&[steady(&[367.0, 433.0])], Source::Supplement2)),
        ringback: Some(Tone::repeating(
            &[on(&[367.0, 433.0], 400), off(200), on(&[367.0, 433.0], 400), off(2000)],
            Source::Supplement2,
        )),
        busy: Some(Tone::repeating(&[on(&[400.0], 500), off(500)], Source::Supplement2)),
        congestion: Some(Tone::repeating(&[on(&[400.0], 250), off(250)], Source::Supplement2)),
        stutter_dial: Some(Tone::then(
            &[
                on(&[367.0, 433.0], 250),
                off(250),
                on(&[367.0, 433.0], 250),
                off(250),
                on(&[367.0, 433.0], 250),
                off(250),
                on(&[367.0, 433.0], 250),
                off(250),
            ],
            &[steady(&[367.0, 433.0])],
            Source::Supplement2,
        )),
        special_information: Some(Tone::repeating(
            &[on(&[950.0], 330), on(&[1400.0], 330), on(&[1800.0], 330), off(1000)],
            Source::Supplement2,
        )),
        call_waiting: Some(Tone::repeating(
            &[
                on(&[367.0, 433.0], 250),
                off(250),
                on(&[367.0, 433.0], 250),
                off(250),
                on(&[367.0, 433.0], 250),
                off(250),
                on(&[367.0, 433.0], 250),
                off(7250),
            ],
            Source::Supplement2,
        )),
        ..Tones::NONE
    },
    ring: RingCadence::of_ringing_tone(&[400, 200, 400, 2000]),
};
