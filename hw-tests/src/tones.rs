//! Tones in a recording: when each begins and ends, and its frequency.
//!
//! For tones of one frequency on a quiet line. A tone is where the level of blocks of 10 ms is above -40 dBFS; its frequency is counted from
//! the zero crossings within it, each placed between two samples, so that one of 480 ms is told to well below 1 Hz.

use crate::audio::{Audio, PER_MS, RATE, level_dbfs};

/// A block whose level is told.
const BLOCK_MS: usize = 10;
/// Above this there is a tone. Silence of A-law is 70 dB below full scale, E.180's tones are above -20.
const QUIETEST_DBFS: f32 = -40.0;

/// One tone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Burst {
    /// From the beginning of the recording.
    pub at_ms: usize,
    /// How long.
    pub ms: usize,
    /// Its frequency.
    pub hz: f64,
    /// Its level, dB relative to a full-scale square wave.
    pub dbfs: f32,
}

impl Burst {
    /// When it ends.
    pub fn ends_ms(&self) -> usize {
        self.at_ms + self.ms
    }
}

/// Every tone of the recording, in order.
pub fn bursts(heard: &Audio) -> Vec<Burst> {
    let blocks: Vec<bool> =
        heard.samples.chunks(BLOCK_MS * PER_MS).map(|block| level_dbfs(block) > QUIETEST_DBFS).chain([false]).collect();
    let mut found = Vec::new();
    let mut began = None;
    for (index, sounds) in blocks.into_iter().enumerate() {
        match (began, sounds) {
            (None, true) => began = Some(index),
            (Some(first), false) => {
                found.push(burst(heard, first, index));
                began = None;
            }
            (None, false) | (Some(_), true) => {}
        }
    }
    found
}

/// The frequency from one millisecond to another, for what changes it without a pause.
pub fn hz_between(heard: &Audio, from_ms: usize, to_ms: usize) -> f64 {
    frequency(heard.samples.get(from_ms * PER_MS..to_ms * PER_MS).unwrap_or_default())
}

fn burst(heard: &Audio, first: usize, end: usize) -> Burst {
    let (from, to) = (first * BLOCK_MS * PER_MS, (end * BLOCK_MS * PER_MS).min(heard.samples.len()));
    let samples = &heard.samples[from..to];
    // Its first and last block may be half silent.
    let edge = BLOCK_MS * PER_MS;
    let whole = samples.get(edge..samples.len().saturating_sub(edge)).unwrap_or_default();
    Burst { at_ms: first * BLOCK_MS, ms: (end - first) * BLOCK_MS, hz: frequency(whole), dbfs: level_dbfs(whole) }
}

/// Upward zero crossings a second, from the first to the last.
fn frequency(samples: &[f32]) -> f64 {
    let crossing = |(index, pair): (usize, &[f32])| {
        let (before, after) = (f64::from(pair[0]), f64::from(pair[1]));
        (before < 0.0 && after >= 0.0).then(|| index as f64 + before / (before - after))
    };
    let crossings: Vec<f64> = samples.windows(2).enumerate().filter_map(crossing).collect();
    match (crossings.first(), crossings.last()) {
        (Some(first), Some(last)) if last > first => (crossings.len() - 1) as f64 * RATE as f64 / (last - first),
        (Some(_) | None, _) => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sine(hz: f32, ms: usize) -> Audio {
        let step = std::f32::consts::TAU * hz / RATE as f32;
        Audio { samples: (0..ms * PER_MS).map(|index| 0.2 * (step * index as f32).sin()).collect() }
    }

    #[test]
    fn tones_are_found_where_they_are_and_are_told_apart() {
        let heard = Audio::silence(100).then(&sine(425.0, 480)).then(&Audio::silence(480)).then(&sine(440.0, 200));
        let found = bursts(&heard);
        let places: Vec<_> = found.iter().map(|burst| (burst.at_ms, burst.ms)).collect();
        assert_eq!(places, [(100, 480), (1060, 200)]);
        assert!((found[0].hz - 425.0).abs() < 0.2 && (found[1].hz - 440.0).abs() < 0.5, "{found:?}");
        assert!((found[0].dbfs + 17.0).abs() < 0.2, "{found:?}");
    }

    #[test]
    fn nothing_is_found_in_silence() {
        assert_eq!(bursts(&Audio::silence(1000)), []);
        assert_eq!(bursts(&Audio::silence(0)), []);
    }
}
