//! Recordings: 8 kHz mono 16 bit WAV in and out, and their level.
//!
//! Telephone audio only: another rate, sample size or a second channel is refused, not converted, since a peer that records
//! at another rate is a fault of the test's set-up. Only what a phone heard by a wide-band codec may be halved ([`Audio::load_wide`]), and
//! what it says doubled.

use std::path::Path;

/// Samples in a second of telephone audio.
pub const RATE: usize = 8000;

/// Samples in a millisecond.
pub const PER_MS: usize = RATE / 1000;

/// A recording: samples at 8 kHz, full scale 1.0.
#[derive(Debug, Clone, PartialEq)]
pub struct Audio {
    /// The samples, -1.0..=1.0.
    pub samples: Vec<f32>,
}

impl Audio {
    /// Takes 16 bit samples.
    pub fn from_i16(samples: &[i16]) -> Self {
        Self { samples: samples.iter().map(|&s| f32::from(s) / 32768.0).collect() }
    }

    /// The samples as 16 bit values.
    pub fn to_i16(&self) -> Vec<i16> {
        self.samples.iter().map(|&s| (s * 32768.0).round().clamp(-32768.0, 32767.0) as i16).collect()
    }

    /// Reads a WAV file; panics unless it is 8 kHz, mono, 16 bit. The header's length is not believed: a peer that was
    /// stopped may not have brought it up to date, so samples are read up to the end of the file.
    #[track_caller]
    pub fn load(path: &Path) -> Self {
        Self::from_i16(&read(path, RATE))
    }

    /// As [`Audio::load`] for a file of 16 kHz: the upper half of the band is left out. Twice, of the even samples and of the odd ones: what
    /// came late by an odd number of them is like its original in one of these only.
    #[track_caller]
    pub fn load_wide(path: &Path) -> [Self; 2] {
        Self::of_wide(&read(path, 2 * RATE))
    }

    /// The same of samples at 16 kHz.
    pub fn of_wide(samples: &[i16]) -> [Self; 2] {
        let wide = low_pass(&Self::from_i16(samples).samples);
        [0, 1].map(|first| Self { samples: wide.iter().copied().skip(first).step_by(2).collect() })
    }

    /// Writes a WAV file, 8 kHz mono 16 bit.
    #[track_caller]
    pub fn save(&self, path: &Path) {
        write(path, RATE, &self.to_i16());
    }

    /// The same at 16 kHz, with nothing in the upper half of the band.
    #[track_caller]
    pub fn save_wide(&self, path: &Path) {
        let spread: Vec<f32> = self.samples.iter().flat_map(|sample| [2.0 * sample, 0.0]).collect();
        let wide = Self { samples: low_pass(&spread) };
        write(path, 2 * RATE, &wide.to_i16());
    }

    /// Silence of that many milliseconds.
    pub fn silence(ms: usize) -> Self {
        Self { samples: vec![0.0; ms * PER_MS] }
    }

    /// This recording, then the other.
    pub fn then(mut self, other: &Self) -> Self {
        self.samples.extend_from_slice(&other.samples);
        self
    }

    /// Length in milliseconds.
    pub fn ms(&self) -> usize {
        self.samples.len() / PER_MS
    }

    /// Root mean square level in dB relative to a full-scale square wave; -infinity for silence and for nothing.
    pub fn level_dbfs(&self) -> f32 {
        level_dbfs(&self.samples)
    }
}

/// Root mean square level of samples, dB relative to a full-scale square wave.
pub fn level_dbfs(samples: &[f32]) -> f32 {
    if samples.is_empty() {
        return f32::NEG_INFINITY;
    }
    let power = samples.iter().map(|&s| f64::from(s) * f64::from(s)).sum::<f64>() / samples.len() as f64;
    (10.0 * power.log10()) as f32
}

/// Samples of a WAV file of this rate.
#[track_caller]
fn read(path: &Path, rate: usize) -> Vec<i16> {
    let mut reader = hound::WavReader::open(path).unwrap_or_else(|e| panic!("cannot read {}: {e}", path.display()));
    let spec = reader.spec();
    assert_eq!(
        (spec.channels, spec.sample_rate, spec.bits_per_sample),
        (1, rate as u32, 16),
        "{} is not {} kHz mono 16 bit",
        path.display(),
        rate / 1000
    );
    reader.samples::<i16>().map_while(Result::ok).collect()
}

#[track_caller]
fn write(path: &Path, rate: usize, samples: &[i16]) {
    let spec =
        hound::WavSpec { channels: 1, sample_rate: rate as u32, bits_per_sample: 16, sample_format: hound::SampleFormat::Int };
    let write = || -> Result<(), hound::Error> {
        let mut writer = hound::WavWriter::create(path, spec)?;
        for sample in samples {
            writer.write_sample(*sample)?;
        }
        writer.finalize()
    };
    write().unwrap_or_else(|e| panic!("cannot write {}: {e}", path.display()));
}

/// What is below 4 kHz of 16 kHz: a sinc of half the band in a Hann window of 63 samples.
fn low_pass(samples: &[f32]) -> Vec<f32> {
    const REACH: usize = 31;
    let weight = |index: usize| {
        let offset = index as f32 - REACH as f32;
        let x = std::f32::consts::FRAC_PI_2 * offset;
        let sinc = if index == REACH { 1.0 } else { x.sin() / x };
        0.25 * sinc * (1.0 + (std::f32::consts::PI * offset / (REACH + 1) as f32).cos())
    };
    let weights: Vec<f32> = (0..=2 * REACH).map(weight).collect();
    let around = vec![0.0; REACH];
    let padded = [&around, samples, &around].concat();
    padded
        .windows(weights.len())
        .map(|window| window.iter().zip(&weights).map(|(sample, weight)| sample * weight).sum())
        .collect()
}
