//! Australia: tones as in E.180 Sup.2; each value names its own.
//!
//! The plan of 400 Hz as in Supplement 2. Every second burst of congestion tone is 10 dB lower there, which is not expressed.

use super::{Country, RingCadence, Source, Tone, Tones, off, on, steady};
use crate::settings::Law;

pub(super) const COUNTRY: Country = Country {
    code: "au",
    name: "Australia",
    law: Law::A,
    tones: Tones {
        dial: Some(Tone::repeating(&[steady(&[400.0, 450.0])], Source::Supplement2)),
        ringback: Some(Tone::repeating(
            &[on(&[383.0, 417.0], 400), off(200), on(&[383.0, 417.0], 400), off(2000)],
            Source::Supplement2,
        )),
        busy: Some(Tone::repeating(&[on(&[400.0], 375), off(375)], Source::Supplement2)),
        congestion: Some(Tone::repeating(&[on(&[400.0], 375), off(375)], Source::Supplement2)),
        ..Tones::NONE
    },
    ring: RingCadence::of_ringing_tone(&[400, 200, 400, 2000]),
};
