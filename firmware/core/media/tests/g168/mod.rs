//! The test arrangement of G.168: signals, echo path models, laws in the path, level meter.
//!
//! Nobody here wrote the numbers: `tests/vectors/g168` has them, with their source.
#![allow(dead_code, reason = "each test file uses its part")]

pub(crate) mod arrangement;
pub(crate) mod level;
pub(crate) mod limits;
pub(crate) mod path;
pub(crate) mod signal;
pub(crate) mod suite;

use media::BLOCK;

/// Numbers of a file of vectors.
pub(crate) fn numbers(text: &str) -> Vec<f64> {
    text.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace).map(|word| word.parse().unwrap()).collect()
}

/// Level of the largest sine in A-law, dBm0 (G.711 table 1a), and its amplitude.
#[allow(clippy::approx_constant, reason = "a level, not a circle")]
const OVERLOAD: f64 = 3.14;
const LARGEST: f64 = 32256.0;

/// Linear amplitude (rms) of a level.
pub(crate) fn rms_of(dbm0: f64) -> f64 {
    LARGEST / 2f64.sqrt() * 10f64.powf((dbm0 - OVERLOAD) / 20.0)
}

/// Level of a linear amplitude (rms); silence is far below all limits.
pub(crate) fn dbm0_of(rms: f64) -> f64 {
    if rms <= 0.0 { -120.0 } else { OVERLOAD + 20.0 * (rms / (LARGEST / 2f64.sqrt())).log10() }
}

/// A finite impulse response over an endless signal.
#[derive(Debug, Clone)]
pub(crate) struct Convolution {
    /// Newest tap last, padded to a multiple of eight.
    taps: Vec<f32>,
    /// The samples before the present block, then the block.
    past: Vec<f32>,
}

impl Convolution {
    pub(crate) fn new(taps: &[f64]) -> Self {
        let length = taps.len().next_multiple_of(8);
        let padding = std::iter::repeat_n(0.0, length - taps.len());
        Self { taps: padding.chain(taps.iter().rev().map(|tap| *tap as f32)).collect(), past: vec![0.0; length - 1 + BLOCK] }
    }

    pub(crate) fn block(&mut self, samples: impl Iterator<Item = f64>) -> [f64; BLOCK] {
        self.past.drain(..BLOCK);
        self.past.extend(samples.map(|sample| sample as f32));
        let length = self.taps.len();
        std::array::from_fn(|n| {
            let mut sums = [0f32; 8];
            let past = self.past[n..n + length].as_chunks::<8>().0;
            for (past, taps) in past.iter().zip(self.taps.as_chunks::<8>().0) {
                for ((sum, past), tap) in sums.iter_mut().zip(past).zip(taps) {
                    *sum += past * tap;
                }
            }
            sums.iter().copied().map(f64::from).sum()
        })
    }

    /// The same signal's past under another response.
    pub(crate) fn change_to(&mut self, mut other: Self) {
        let (mine, its) = (self.past.len(), other.past.len());
        let same = mine.min(its);
        other.past[its - same..].copy_from_slice(&self.past[mine - same..]);
        *self = other;
    }
}
