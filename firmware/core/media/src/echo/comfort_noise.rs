//! Comfort noise like the near end's background: its level and its rough spectrum, learnt while the reference is silent.
//!
//! A block that is not much louder than the estimate counts as background and is averaged in, bin by bin. A louder one is
//! speech or a new background: it raises the estimate slowly, so that a background 10 dB louder is known after some 4 s and
//! speech hardly counts. The noise itself has the estimate's magnitudes and random phases; successive windows overlap by half.

use super::spectrum::{BINS, Bins, LANES, Spectrum, Transform};
use super::{Block, mean_square};
use crate::BLOCK;

/// Smoothing of the background's spectrum, in blocks.
const SMOOTHING: f32 = 0.06;
/// A block up to this many times the background's power is background.
const BACKGROUND: f32 = 2.5;
/// Growth of the estimate in a louder block: 1.7 dB a second.
const RISE: f32 = 1.004;
/// The same in the first second.
const FIRST_RISE: f32 = 1.08;
const FIRST: u8 = 100;
/// Mean square below which an estimate does not fall: a tenth of G.711's smallest step.
const LEAST: f32 = 1.0;

pub(super) struct ComfortNoise {
    power: Bins,
    /// Square root of the power, as what is put out needs it.
    magnitude: Bins,
    /// Mean square of the background.
    level: f32,
    heard: u8,
    random: u32,
    /// The second half of the last window.
    rest: Block,
    rise: Block,
}

impl ComfortNoise {
    pub(super) fn new() -> Self {
        let rise = std::array::from_fn(|n| ((n as f32 + 0.5) * std::f32::consts::FRAC_PI_2 / BLOCK as f32).sin());
        Self {
            power: [LEAST * BLOCK as f32; LANES],
            magnitude: [0.0; LANES],
            level: LEAST,
            heard: 0,
            random: 0x9E37_79B9,
            rest: [0.0; BLOCK],
            rise,
        }
    }

    /// Mean square of the background.
    pub(super) const fn level(&self) -> f32 {
        self.level
    }

    /// Takes in a block during which the reference was silent; `spectrum` is that of a window that is zero before it.
    pub(super) fn learn(&mut self, block: &Block, spectrum: &Spectrum) {
        let now = mean_square(block);
        if now > BACKGROUND * self.level {
            let rise = if self.heard < FIRST { FIRST_RISE } else { RISE };
            self.level *= rise;
            self.power.iter_mut().for_each(|power| *power *= rise);
        } else {
            for (power, seen) in self.power.iter_mut().zip(&spectrum.power()) {
                *power += SMOOTHING * (seen - *power);
            }
            self.level = (self.level + SMOOTHING * (now - self.level)).max(LEAST);
        }
        self.heard = self.heard.saturating_add(1);
        for (magnitude, power) in self.magnitude.iter_mut().zip(&self.power) {
            *magnitude = power.sqrt();
        }
    }

    /// The next block of noise.
    pub(super) fn block(&mut self, transform: &mut Transform) -> Block {
        let mut spectrum = Spectrum::ZERO;
        // A window of noise has twice the energy of a window that is zero in its first half.
        let bins = spectrum.re.iter_mut().zip(&mut spectrum.im).zip(&self.magnitude).take(BINS - 1).skip(1);
        let mut signs = 0;
        for (index, ((re, im), magnitude)) in bins.enumerate() {
            if index % 16 == 0 {
                self.random ^= self.random << 13;
                self.random ^= self.random >> 17;
                self.random ^= self.random << 5;
                signs = self.random;
            }
            // A random bit becomes the sign bit.
            *re = f32::from_bits(magnitude.to_bits() ^ (signs & 1) << 31);
            *im = f32::from_bits(magnitude.to_bits() ^ (signs & 2) << 30);
            signs >>= 2;
        }
        let (first, second) = transform.inverse(&spectrum);
        let mut block = [0.0; BLOCK];
        let fall = self.rise.iter().rev();
        for ((((out, new), old), rise), fall) in block.iter_mut().zip(first).zip(&self.rest).zip(&self.rise).zip(fall) {
            *out = new * rise + old * fall;
        }
        self.rest = *second;
        block
    }
}
