//! Music from a file: WAV of 8000 Hz, mono, 16 bit, whole in memory, played again and again without a seam.

use std::path::Path;

use audio::{BLOCK, Loss, SAMPLE_RATE};

use super::Source;

/// Largest file: more than an hour.
const MOST_BYTES: u64 = 64 << 20;
/// What the `fmt ` chunk of such a file begins with: PCM, one channel.
const PCM_MONO: [u8; 4] = [1, 0, 1, 0];

/// See the module header.
#[derive(Debug)]
pub(crate) struct Tape {
    samples: Vec<i16>,
    at: usize,
}

impl Tape {
    /// Reads the file. The error says what is wrong with it, and what it should be.
    pub(super) fn load(file: &Path) -> Result<Self, String> {
        let wrong = |why: &dyn std::fmt::Display| format!("{}: {why}", file.display());
        let length = std::fs::metadata(file).map_err(|error| wrong(&error))?.len();
        if length > MOST_BYTES {
            return Err(wrong(&format!("{length} bytes, at most {MOST_BYTES} can be played: shorten it")));
        }
        Self::of(&std::fs::read(file).map_err(|error| wrong(&error))?).map_err(|why| wrong(&why))
    }

    /// The music of a file's bytes.
    fn of(bytes: &[u8]) -> Result<Self, String> {
        let cure = "make it a WAV file of 8000 Hz, mono, 16 bit";
        let is_wav = bytes.get(..4) == Some(b"RIFF") && bytes.get(8..12) == Some(b"WAVE");
        if !is_wav {
            return Err(format!("it is no WAV file: {cure}"));
        }
        let format = chunk(bytes, *b"fmt ").ok_or_else(|| format!("its format is not said: {cure}"))?;
        let rate = SAMPLE_RATE.to_le_bytes();
        let fits = format.get(..4) == Some(&PCM_MONO) && format.get(4..8) == Some(&rate) && format.get(14..16) == Some(&[16, 0]);
        if !fits {
            return Err(format!("its format is another one: {cure}"));
        }
        let data = chunk(bytes, *b"data").unwrap_or_default();
        let samples: Vec<i16> = data.as_chunks().0.iter().map(|sample| i16::from_le_bytes(*sample)).collect();
        if samples.is_empty() {
            return Err(format!("there is no sound in it: {cure}"));
        }
        Ok(Self { samples, at: 0 })
    }
}

/// The first chunk of this name; one that is cut short as far as it goes.
fn chunk(bytes: &[u8], wanted: [u8; 4]) -> Option<&[u8]> {
    let mut rest = bytes.get(12..)?;
    loop {
        let (head, body) = rest.split_first_chunk::<8>()?;
        let [n0, n1, n2, n3, l0, l1, l2, l3] = *head;
        let length = usize::try_from(u32::from_le_bytes([l0, l1, l2, l3])).ok()?;
        if [n0, n1, n2, n3] == wanted {
            return body.get(..length.min(body.len()));
        }
        // Chunks begin at even bytes.
        rest = body.get(length.checked_add(length % 2)?..)?;
    }
}

impl Source for Tape {
    fn next(&mut self, block: &mut [i16; BLOCK]) -> Result<(), Loss> {
        for sample in block {
            *sample = self.samples.get(self.at).copied().unwrap_or(0);
            self.at = if self.at + 1 < self.samples.len() { self.at + 1 } else { 0 };
        }
        Ok(())
    }

    fn runs_by_itself(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests;
