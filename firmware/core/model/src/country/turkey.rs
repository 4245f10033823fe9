//! Turkey: tones as in ITU OB 781, E.180 Sup.2; each value names its own.

use super::{Country, RingCadence, Source, Tone, Tones, off, on, steady};
use crate::settings::Law;

pub(super) const COUNTRY: Country = Country {
    code: "tr",
    name: "Turkey",
    law: Law::A,
    tones: Tones {
        dial: Some(Tone::repeating(&[steady(&[450.0])], Source::Bulletin781)),
        ringback: Some(Tone::repeating(&[on(&[450.0], 2000), off(4000)], Source::Bulletin781)),
        busy: Some(Tone::repeating(&[on(&[450.0], 500), off(500)], Source::Bulletin781)),
        congestion: Some(Tone::repeating(
            &[on(&[450.0], 200), off(200), on(&[450.0], 200), off(200), on(&[450.0], 200), off(200), on(&[450.0], 600), off(200)],
            Source::Bulletin781,
        )),
        stutter_dial: Some(Tone::repeating(&[on(&[450.0], 1000), off(250)], Source::Bulletin781)),
        special_information: Some(Tone::repeating(
            &[on(&[950.0], 300), on(&[1400.0], 300), on(&[1800.0], 300), off(1000)],
            Source::Supplement2,
        )),
        call_waiting: Some(Tone::repeating(&[on(&[450.0], 200), off(600), on(&[450.0], 200), off(8000)], Source::Bulletin781)),
        howler: Some(Tone::repeating(
            &[
                on(&[1400.0], 200),
                off(200),
                on(&[2060.0], 200),
                off(200),
                on(&[2460.0], 200),
                off(200),
                on(&[2600.0], 200),
                off(200),
            ],
            Source::Bulletin781,
        )),
        confirmation: Some(Tone::repeating(&[on(&[450.0], 40), off(40)], Source::Bulletin781)),
    },
    ring: RingCadence::of_ringing_tone(&[2000, 4000]),
};
