//! Recordings: 8 kHz mono 16 bit WAV in and out, and their level.
//!
//! Telephone audio only: another rate, sample size or a second channel is refused, not converted, since a peer that records
//! at another rate is a fault of the test's set-up.

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
        let mut reader = hound::WavReader::open(path).unwrap_or_else(|e| panic!("cannot read {}: {e}", path.display()));
        let spec = reader.spec();
        assert_eq!(
            (spec.channels, spec.sample_rate, spec.bits_per_sample),
            (1, RATE as u32, 16),
            "{} is not 8 kHz mono 16 bit",
            path.display()
        );
        let samples: Vec<i16> = reader.samples::<i16>().map_while(Result::ok).collect();
        Self::from_i16(&samples)
    }

    /// Writes a WAV file, 8 kHz mono 16 bit.
    #[track_caller]
    pub fn save(&self, path: &Path) {
        let spec = hound::WavSpec {
            channels: 1,
            sample_rate: RATE as u32,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let write = || -> Result<(), hound::Error> {
            let mut writer = hound::WavWriter::create(path, spec)?;
            for sample in self.to_i16() {
                writer.write_sample(sample)?;
            }
            writer.finalize()
        };
        write().unwrap_or_else(|e| panic!("cannot write {}: {e}", path.display()));
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
