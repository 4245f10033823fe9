//! India: tones as in E.180 Sup.2, E.180-2010, ITU OB 781; each value names its own.

use super::{Country, RingCadence, Source, Tone, Tones, modulated, off, on, steady};
use crate::settings::Law;

pub(super) const COUNTRY: Country = Country {
    code: "in",
    name: "India",
    law: Law::A,
    tones: Tones {
        dial: Some(Tone::repeating(&[steady(&[375.0, 425.0])], Source::Supplement2)),
        ringback: Some(Tone::repeating(
            &[modulated(400.0, 25.0, 400), off(200), modulated(400.0, 25.0, 400), off(2000)],
            Source::List2010,
        )),
        busy: Some(Tone::repeating(&[on(&[400.0], 750), off(750)], Source::Bulletin781)),
        congestion: Some(Tone::repeating(&[on(&[400.0], 250), off(250)], Source::Bulletin781)),
        stutter_dial: Some(Tone::repeating(&[on(&[400.0], 2800), off(200)], Source::Bulletin781)),
        call_waiting: Some(Tone::repeating(&[on(&[400.0], 200), off(100), on(&[400.0], 200), off(7500)], Source::Bulletin781)),
        ..Tones::NONE
    },
    ring: RingCadence::of_ringing_tone(&[400, 200, 400, 2000]),
};
