//! Whether a block of 10 ms is nothing but two tones of a keypad: the suspicion on which audio is kept back until a detector with more time
//! has decided.
//!
//! The block is split by least squares into a frequency of each group, those that make up most of it, and the rest. Two whole tones leave next to nothing, also up to
//! 1.8 % off their frequency (Q.24's receivers take 1.5 %); speech leaves much. It is quick, not sure: vowels are taken for keys at times.
//!
//! Left out: blocks that a tone fills only in part, tones with others beside them (dial tone).

use std::f64::consts::TAU;

use super::dtmf::{HIGH, LOW};
use crate::BLOCK;

/// Share of a block's energy that the two tones must make up.
const PURITY: f32 = 0.85;
/// Least mean square of the two tones together: -42 dBm0.
const LEAST: f32 = 32_256.0 * 32_256.0 / 2.0 * 3.1e-5;
/// Most that one may be louder than the other, as power: 12 dB; Q.24 has 4 and 8.
const MOST_TWIST: f32 = 16.0;
/// How far below and above each frequency the block is compared: what is 1.5 % off is then at most 0.8 % off one of them, which leaves 5 % of the
/// energy of 1633 Hz over in 10 ms; at 1.5 % it would be 17 %.
const OFF: [f64; 2] = [0.992, 1.008];
const GROUP: usize = LOW.len() * OFF.len();
const FREQUENCIES: usize = 2 * GROUP;

type Wave = [f32; BLOCK];
type Matrix = [[f32; 4]; 4];

/// The keypad's eight frequencies, a little below and above each, to be shared by all that listen.
#[derive(Debug, Clone)]
pub struct KeyOnset {
    /// Cosine and sine of each.
    waves: Vec<[Wave; 2]>,
    /// Inverse Gram matrix of the four waves of each pair of a low and a high one.
    inverses: Vec<Matrix>,
}

impl Default for KeyOnset {
    fn default() -> Self {
        let compared = LOW.into_iter().chain(HIGH).flat_map(|hz| OFF.map(|off| hz * off));
        let waves: Vec<[Wave; 2]> = compared.map(waves).collect();
        let (low, high) = waves.split_at(GROUP);
        let inverses = low.iter().flat_map(|low| high.iter().map(|high| inverse(gram([low, high])))).collect();
        Self { waves, inverses }
    }
}

impl KeyOnset {
    /// See the module header.
    #[must_use]
    pub fn is_key(&self, samples: &[i16; BLOCK]) -> bool {
        let block = samples.map(f32::from);
        let energy = dot(&block, &block);
        if energy < LEAST * BLOCK as f32 {
            return false;
        }
        let mut found = [[0.0; 2]; FREQUENCIES];
        for (place, [cosine, sine]) in found.iter_mut().zip(&self.waves) {
            *place = [dot(&block, cosine), dot(&block, sine)];
        }
        let (low, high) = found.split_at(GROUP);
        let pairs = low.iter().flat_map(|low| high.iter().map(|high| [low[0], low[1], high[0], high[1]]));
        let fits = pairs.zip(&self.inverses).map(|(products, inverse)| Fit::new(inverse, &products));
        fits.max_by(|a, b| a.captured.total_cmp(&b.captured)).is_some_and(|fit| {
            fit.captured >= PURITY * energy && fit.low <= MOST_TWIST * fit.high && fit.high <= MOST_TWIST * fit.low
        })
    }
}

/// What a pair of frequencies makes up of a block.
struct Fit {
    captured: f32,
    /// Squares of the amplitudes.
    low: f32,
    high: f32,
}

impl Fit {
    fn new(inverse: &Matrix, products: &[f32; 4]) -> Self {
        let [a, b, c, d] = multiply(inverse, products);
        let captured = [a, b, c, d].iter().zip(products).map(|(amplitude, product)| amplitude * product).sum();
        Self { captured, low: a * a + b * b, high: c * c + d * d }
    }
}

fn waves(hz: f64) -> [Wave; 2] {
    let phase = |index: usize| TAU * hz * index as f64 / 8000.0;
    [std::array::from_fn(|index| phase(index).cos() as f32), std::array::from_fn(|index| phase(index).sin() as f32)]
}

fn gram(pair: [&[Wave; 2]; 2]) -> [[f64; 4]; 4] {
    let [[a, b], [c, d]] = pair;
    let all = [a, b, c, d];
    all.map(|left| all.map(|right| left.iter().zip(right).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()))
}

/// By Gauss and Jordan; the waves of two frequencies are never alike, so that every pivot is large.
fn inverse(matrix: [[f64; 4]; 4]) -> Matrix {
    let mut rows: [[f64; 8]; 4] = std::array::from_fn(|row| {
        std::array::from_fn(|column| match column.checked_sub(4) {
            Some(unit) => f64::from(u8::from(unit == row)),
            None => matrix.get(row).and_then(|row| row.get(column)).copied().unwrap_or(0.0),
        })
    });
    for pivot in 0..4 {
        let Some(mut row) = rows.get(pivot).copied() else { continue };
        let scale = row.get(pivot).copied().unwrap_or(1.0);
        row.iter_mut().for_each(|value| *value /= scale);
        for (index, other) in rows.iter_mut().enumerate() {
            let factor = other.get(pivot).copied().unwrap_or(0.0);
            if index == pivot {
                *other = row;
            } else {
                other.iter_mut().zip(&row).for_each(|(value, of_pivot)| *value -= factor * of_pivot);
            }
        }
    }
    rows.map(|[.., a, b, c, d]| [a as f32, b as f32, c as f32, d as f32])
}

fn multiply(matrix: &Matrix, vector: &[f32; 4]) -> [f32; 4] {
    matrix.map(|row| row.iter().zip(vector).map(|(a, b)| a * b).sum())
}

/// Eight sums side by side, so that it becomes vector instructions.
fn dot(a: &Wave, b: &Wave) -> f32 {
    let mut sums = [0.0; 8];
    for (a, b) in a.as_chunks::<8>().0.iter().zip(b.as_chunks::<8>().0) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a * b;
        }
    }
    sums.iter().sum()
}
