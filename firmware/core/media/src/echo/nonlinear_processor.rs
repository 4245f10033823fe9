//! The non-linear processor (G.168 clause 8): takes away what the linear filter leaves, and lets the near end through.
//!
//! In its place comes comfort noise. What the filter leaves is judged against the loudest reference of the last tail: the
//! *leak*, the share that comes through in single talk, is followed from an echo path of 6 dB downwards. A block, or a quarter
//! of a block, that is well above the leak and the background is the near end: it opens at once, from a quarter before the
//! first loud one, so that an onset is not clipped. It closes `HANGOVER` blocks after the last loud one, over one block.

use super::{Block, mean_square};
use crate::BLOCK;

/// Leak before anything is known: an echo return loss of 6 dB.
pub(super) const UNKNOWN_LEAK: f32 = 0.25;
/// No filter leaves less: -60 dB.
const LEAST_LEAK: f32 = 1e-6;
/// A block this far above the leak is the near end.
const MARGIN: f32 = 4.0;
/// A quarter of a block varies more.
const QUARTER_MARGIN: f32 = 14.0;
/// A block this far above the background noise is no background noise.
const NOISE_MARGIN: f32 = 2.5;
/// Mean square of -60 dBm0: what is quieter does not open.
const AUDIBLE: f32 = 250.0;
/// What is left of the leak a block later, when less comes through: 13 dB a second. Upwards it follows at once, since what comes
/// through differs from sound to sound and the loudest counts.
const LEAK_KEPT: f32 = 0.97;
/// Blocks that the processor stays open after the near end fell silent.
const HANGOVER: u8 = 8;
/// Samples of a quarter.
const QUARTER: usize = BLOCK / 4;

pub(super) struct NonlinearProcessor {
    leak: f32,
    open: u8,
    /// Share of the residual in what was last put out.
    gain: f32,
}

/// What a block is to be made of: the residual's gain at its first quarter, and from which quarter on it is 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Shape {
    from: f32,
    to: f32,
    /// Quarter from which the residual is let through whole; 4 for none.
    opens: usize,
}

impl NonlinearProcessor {
    pub(super) const fn new() -> Self {
        Self { leak: UNKNOWN_LEAK, open: 0, gain: 1.0 }
    }

    /// The echo path is not known any more.
    pub(super) const fn forget(&mut self) {
        self.leak = UNKNOWN_LEAK;
    }

    /// What the filter left held `echo` against the `loudest` reference, as a better filter has shown: no near end was heard,
    /// but another echo path, and as much may still come through.
    pub(super) fn proven_echo(&mut self, echo: f32, loudest: f32) {
        self.leak = self.leak.max(echo / loudest.max(1.0)).min(UNKNOWN_LEAK);
        self.open = 0;
    }

    /// The near end was heard a short time ago.
    pub(super) const fn near_end(&self) -> bool {
        self.open > 0
    }

    /// Judges a block: `residual` behind the filter, `loudest` mean square of the reference within the tail (0 when there is
    /// none to speak of), `noise` mean square of the background, `most` the most of the reference that can come back at all.
    pub(super) fn judge(&mut self, residual: &Block, loudest: f32, noise: f32, most: f32) -> Shape {
        self.leak = self.leak.min(most);
        let from = self.gain;
        if loudest <= 0.0 {
            self.gain = 1.0;
            self.open = self.open.saturating_sub(1);
            return Shape { from, to: 1.0, opens: 4 };
        }
        let power = mean_square(residual);
        let limit = self.leak * loudest;
        let opens = if power > MARGIN * limit + NOISE_MARGIN * noise + AUDIBLE { 0 } else { first_loud(residual, limit, noise) };
        if opens < 4 {
            self.open = HANGOVER;
        } else {
            self.open = self.open.saturating_sub(1);
            let share = power / loudest;
            self.leak = share.max(LEAK_KEPT * self.leak).min(most).max(LEAST_LEAK);
        }
        let opens = if self.open > 0 && from >= 1.0 { 0 } else { opens };
        self.gain = if self.open > 0 { 1.0 } else { 0.0 };
        Shape { from, to: self.gain, opens }
    }
}

/// The quarter before the first loud one; 4 when none is.
fn first_loud(residual: &Block, limit: f32, noise: f32) -> usize {
    let loud = QUARTER_MARGIN * limit + 2.0 * NOISE_MARGIN * noise + AUDIBLE;
    let mut quarters = residual.chunks(QUARTER);
    let power = |quarter: &[f32]| quarter.iter().map(|sample| sample * sample).sum::<f32>() / QUARTER as f32;
    quarters.position(|quarter| power(quarter) > loud).map_or(4, |quarter| quarter.saturating_sub(1))
}

impl Shape {
    /// Whether only the residual is heard in this block.
    pub(super) fn is_open(&self) -> bool {
        self.opens == 0 || (self.from >= 1.0 && self.to >= 1.0)
    }

    /// Mixes `noise` into the residual.
    pub(super) fn apply(&self, residual: &mut Block, noise: &Block) {
        if self.from <= 0.0 && self.to <= 0.0 && self.opens >= 4 {
            *residual = *noise;
            return;
        }
        let step = (self.to - self.from) / BLOCK as f32;
        for (index, (sample, noise)) in residual.iter_mut().zip(noise).enumerate() {
            let gain = if index >= self.opens * QUARTER { 1.0 } else { self.from + step * index as f32 };
            // Powers add up: residual and noise have nothing to do with each other.
            *sample = gain * *sample + (1.0 - gain * gain).max(0.0).sqrt() * noise;
        }
    }
}
