//! Measures what a line would: level in dBm0, frequency by phase, the share of one frequency.
#![allow(dead_code, clippy::unwrap_used, clippy::indexing_slicing, reason = "tests; each test file uses its part")]

use std::f64::consts::TAU;
use std::sync::Arc;

use media::tone::{Component, Generator, Pattern, Step};
use media::{BLOCK, Law};

/// Samples in a second.
pub(crate) const SECOND: usize = 8000;

/// One frequency at a level.
pub(crate) const fn at(hz: f64, dbm0: f64) -> Component {
    Component { hz, dbm0 }
}

/// A generator of these steps.
pub(crate) fn generator(once: &[Step], repeat: &[Step], law: Law) -> Generator {
    Generator::new(Arc::new(Pattern::new(once, repeat, law).unwrap()))
}

/// The next samples, block by block.
pub(crate) fn samples(generator: &mut Generator, count: usize) -> Vec<i16> {
    let mut samples = vec![0; count];
    for block in samples.chunks_mut(BLOCK) {
        generator.fill(block);
    }
    samples
}

/// Root of the mean square.
pub(crate) fn rms(samples: &[i16]) -> f64 {
    let sum: f64 = samples.iter().map(|sample| f64::from(*sample) * f64::from(*sample)).sum();
    (sum / samples.len() as f64).sqrt()
}

/// Amplitude and phase (in turns) of the part at `hz`, where `first` is the number of the first sample.
pub(crate) fn part(samples: &[i16], hz: f64, first: usize) -> (f64, f64) {
    let (mut re, mut im) = (0.0, 0.0);
    for (index, sample) in samples.iter().enumerate() {
        // The turns that are whole count for nothing: without them an hour's phase is as exact as a second's.
        let turns = (hz * (first + index) as f64 / SECOND as f64).fract();
        let (sin, cos) = (turns * TAU).sin_cos();
        re += f64::from(*sample) * sin;
        im += f64::from(*sample) * cos;
    }
    let scale = 2.0 / samples.len() as f64;
    ((re * scale).hypot(im * scale), im.atan2(re) / TAU)
}

/// The frequency near `hz`: by how much the phase moves from the first half of a second to the second.
pub(crate) fn frequency(second: &[i16], hz: f64) -> f64 {
    let half = second.len() / 2;
    let (_, early) = part(&second[..half], hz, 0);
    let (_, late) = part(&second[half..], hz, half);
    let moved = (late - early + 1.5).fract() - 0.5;
    hz + moved * SECOND as f64 / half as f64
}
