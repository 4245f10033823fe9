//! Signals for the tests, of our own making; noise is seeded.
#![allow(clippy::approx_constant, reason = "3.14 dBm0 is a level, not a circle")]

use std::f64::consts::TAU;

use media::{BLOCK, Law, g711};

/// Peak of a sine of that level (G.711 table 1a: 32256 is 3.14 dBm0).
pub(super) fn peak(dbm0: f64) -> f64 {
    32_256.0 * 10_f64.powf((dbm0 - 3.14) / 20.0)
}

/// Level of A-law octets.
pub(super) fn level(octets: &[u8]) -> f64 {
    level_of(&octets.iter().map(|octet| g711::decode(Law::A, *octet)).collect::<Vec<_>>())
}

/// Level of linear samples.
pub(super) fn level_of(samples: &[i16]) -> f64 {
    let power: f64 = samples.iter().map(|sample| f64::from(*sample).powi(2)).sum();
    10.0 * (power / samples.len() as f64 * 2.0 / 32_256_f64.powi(2)).log10() + 3.14
}

/// The sum of sines (Hz, dBm0).
pub(super) fn tones(parts: &[(f64, f64)], samples: usize) -> Vec<f64> {
    (0..samples).map(|at| parts.iter().map(|(hz, dbm0)| peak(*dbm0) * (TAU * hz * at as f64 / 8000.0).sin()).sum()).collect()
}

/// Noise that is shaped a little like speech: a resonance at 500 Hz, and pauses of 200 ms every second.
pub(super) fn speech(samples: usize, seed: u64) -> Vec<f64> {
    let mut state = seed | 1;
    let (mut before, mut last) = (0.0, 0.0);
    let one = |at: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let noise = (state >> 11) as f64 / (1_u64 << 53) as f64 - 0.5;
        let next = 4000.0 * noise + 1.5 * last - 0.72 * before;
        (before, last) = (last, next);
        if at % 8000 < 6400 { next } else { 0.0 }
    };
    (0..samples).map(one).collect()
}

/// As A-law, in whole blocks.
pub(super) fn blocks(signal: &[f64]) -> Vec<[u8; BLOCK]> {
    let encode = |sample: &f64| g711::encode(Law::A, sample.round().clamp(-32768.0, 32767.0) as i16);
    signal.as_chunks::<BLOCK>().0.iter().map(|block| std::array::from_fn(|at| encode(&block[at]))).collect()
}
