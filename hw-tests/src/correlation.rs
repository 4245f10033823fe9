//! Was this what was said? Two measures of how alike a reference and what was heard are.
//!
//! **Whole** ([`correlation`]): one alignment for the whole recording, found by FFT cross-correlation, and Pearson's r of
//! the overlap at that lag. Use it where nothing may slip: a call whose clocks are locked, a bit-exact path. A block lost or
//! repeated in the middle puts one half out of step and r falls far below 0.95: that is the point of it.
//!
//! **Windowed** ([`windowed`]): the same first alignment, then each second of the reference is aligned again within
//! +-30 ms of where the second before it was, and the median and the lowest r of the seconds with speech are reported.
//! Use it where a slip of a block is legal: jitter buffers between two free-running clocks. It forgives slips (and says how
//! far the lag wandered) but neither noise, nor gaps, nor other words.
//!
//! Neither measure sees gain, polarity excepted (r is negative): level is `Audio::level_dbfs`'s business.

use crate::audio::{Audio, PER_MS, RATE, level_dbfs};
use realfft::RealFftPlanner;

/// Below this level (dBFS) a recording or a window holds no speech and is not compared.
pub const SILENCE_DBFS: f32 = -50.0;

/// How far a window may move against the one before it, in ms.
pub const WINDOW_SLIP_MS: usize = 30;

/// The best alignment of a whole recording with its reference.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Match {
    /// Where the reference's start lies in what was heard, in ms (negative: its beginning was not heard).
    pub lag_ms: f64,
    /// Pearson's r over the overlap, -1.0..=1.0.
    pub r: f64,
    /// How much of the reference the overlap covers, in ms.
    pub overlap_ms: usize,
}

/// The alignment of each second of speech with the reference.
#[derive(Debug, Clone, PartialEq)]
pub struct Windowed {
    /// Median r of the windows with speech.
    pub median_r: f64,
    /// The lowest r of them.
    pub min_r: f64,
    /// How many windows held speech and were heard.
    pub windows: usize,
    /// Lag of the last such window less that of the first: what slips added up to, in ms.
    pub drift_ms: f64,
}

/// Aligns `heard` with `reference` over its whole length; at least half of the reference (or of what was heard, if that is
/// shorter) must overlap. `None` if either holds no speech or is shorter than half a second.
pub fn correlation(reference: &Audio, heard: &Audio) -> Option<Match> {
    let (lag, r, overlap) = best_lag(&reference.samples, &heard.samples)?;
    Some(Match { lag_ms: lag as f64 / PER_MS as f64, r, overlap_ms: overlap / PER_MS })
}

/// Aligns each second of `reference` with `heard`, letting the lag move by +-30 ms from one to the next. `None` as for
/// [`correlation`], and when fewer than two windows can be compared.
pub fn windowed(reference: &Audio, heard: &Audio) -> Option<Windowed> {
    let (mut lag, _, _) = best_lag(&reference.samples, &heard.samples)?;
    let slip = (WINDOW_SLIP_MS * PER_MS) as isize;
    let mut found: Vec<(f64, isize)> = Vec::new();
    for (index, window) in reference.samples.chunks_exact(RATE).enumerate() {
        if level_dbfs(window) < SILENCE_DBFS {
            continue;
        }
        let start = (index * RATE) as isize;
        let best = (lag - slip..=lag + slip)
            .filter_map(|at| Some((pearson(window, slice(&heard.samples, start + at, RATE)?), at)))
            .max_by(|a, b| a.0.total_cmp(&b.0));
        if let Some((r, at)) = best {
            if r > 0.5 {
                lag = at;
            }
            found.push((r, at));
        }
    }
    let (first, last) = (found.first()?.1, found.last()?.1);
    let mut rs: Vec<f64> = found.iter().map(|f| f.0).collect();
    rs.sort_by(f64::total_cmp);
    (rs.len() >= 2).then(|| Windowed {
        median_r: rs[rs.len() / 2],
        min_r: rs[0],
        windows: rs.len(),
        drift_ms: (last - first) as f64 / PER_MS as f64,
    })
}

/// `length` samples from `start`, if all of them exist.
fn slice(samples: &[f32], start: isize, length: usize) -> Option<&[f32]> {
    let start = usize::try_from(start).ok()?;
    samples.get(start..start.checked_add(length)?)
}

/// The lag (samples) with the highest r, that r, and the overlap (samples).
fn best_lag(reference: &[f32], heard: &[f32]) -> Option<(isize, f64, usize)> {
    let shorter = reference.len().min(heard.len());
    if shorter < RATE / 2 || level_dbfs(reference) < SILENCE_DBFS || level_dbfs(heard) < SILENCE_DBFS {
        return None;
    }
    let products = cross_products(reference, heard);
    let (energy_reference, energy_heard) = (running_energy(reference), running_energy(heard));
    let mut best: Option<(isize, f64, usize)> = None;
    let longest_early = (reference.len() - shorter / 2) as isize;
    let longest_late = (heard.len() - shorter / 2) as isize;
    for lag in -longest_early..=longest_late {
        let from_heard = lag.max(0) as usize;
        let from_reference = (-lag).max(0) as usize;
        let overlap = (reference.len() - from_reference).min(heard.len() - from_heard);
        let power = (energy_reference[from_reference + overlap] - energy_reference[from_reference])
            * (energy_heard[from_heard + overlap] - energy_heard[from_heard]);
        // An overlap without speech on either side likens noise to noise: level as in SILENCE_DBFS, over the overlap.
        let floor = (overlap as f64 * 1e-5).powi(2);
        let product = products[lag.rem_euclid(products.len() as isize) as usize];
        let r = if power > floor { product / power.sqrt() } else { 0.0 };
        if best.is_none_or(|b| r > b.1) {
            best = Some((lag, r, overlap));
        }
    }
    // The search takes the means as zero (speech has none to speak of); the answer does not.
    let (lag, _, overlap) = best?;
    let a = slice(reference, (-lag).max(0), overlap)?;
    let b = slice(heard, lag.max(0), overlap)?;
    Some((lag, pearson(a, b), overlap))
}

/// For each lag the sum of reference[i] * heard[i + lag]; negative lags at the end, as a circular correlation has them.
fn cross_products(reference: &[f32], heard: &[f32]) -> Vec<f64> {
    let size = (reference.len() + heard.len()).next_power_of_two();
    let mut planner = RealFftPlanner::<f64>::new();
    let forward = planner.plan_fft_forward(size);
    let spectrum_of = |samples: &[f32]| {
        let mut padded: Vec<f64> = samples.iter().map(|&s| f64::from(s)).collect();
        padded.resize(size, 0.0);
        let mut spectrum = forward.make_output_vec();
        forward.process(&mut padded, &mut spectrum).expect("both vectors have the lengths the plan asks for");
        spectrum
    };
    let mut product = spectrum_of(heard);
    for (h, r) in product.iter_mut().zip(spectrum_of(reference)) {
        *h *= r.conj();
    }
    // A product of two real signals' spectra is real at both ends; rounding must not say otherwise to the inverse.
    if let Some(first) = product.first_mut() {
        first.im = 0.0;
    }
    if let Some(last) = product.last_mut() {
        last.im = 0.0;
    }
    let inverse = planner.plan_fft_inverse(size);
    let mut out = inverse.make_output_vec();
    inverse.process(&mut product, &mut out).expect("both vectors have the lengths the plan asks for");
    out.iter().map(|v| v / size as f64).collect()
}

/// Energy of all samples before each index.
fn running_energy(samples: &[f32]) -> Vec<f64> {
    let mut sum = 0.0;
    let mut out = Vec::with_capacity(samples.len() + 1);
    out.push(0.0);
    for &sample in samples {
        sum += f64::from(sample) * f64::from(sample);
        out.push(sum);
    }
    out
}

/// Pearson's correlation coefficient of two equally long slices; 0.0 where one does not vary.
fn pearson(a: &[f32], b: &[f32]) -> f64 {
    let mean = |s: &[f32]| s.iter().map(|&v| f64::from(v)).sum::<f64>() / s.len() as f64;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let (mut product, mut square_a, mut square_b) = (0.0, 0.0, 0.0);
    for (&x, &y) in a.iter().zip(b) {
        let (x, y) = (f64::from(x) - mean_a, f64::from(y) - mean_b);
        product += x * y;
        square_a += x * x;
        square_b += y * y;
    }
    let power = square_a * square_b;
    if power > 0.0 { product / power.sqrt() } else { 0.0 }
}
