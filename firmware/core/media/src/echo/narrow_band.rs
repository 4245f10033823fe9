//! Whether the reference is one tone or a few: signalling, dial and ring-back tones, DTMF.
//!
//! A tone tells the echo path at its own frequency only. What a filter learns elsewhere from such a signal is wrong, so once it
//! cancels well it rests until the signal is over.

use super::spectrum::{BINS, Spectrum};

/// Bins with more than this share of the strongest count.
const SHARE: f32 = 0.05;
/// So many at most hold a pair of tones, as the window spreads them.
const FEW: usize = 9;
/// Blocks in a row: speech is seldom so poor for so long.
const BLOCKS: u8 = 8;

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct NarrowBand {
    blocks: u8,
}

impl NarrowBand {
    /// Looks at the newest window of an active reference.
    pub(super) fn block(&mut self, window: Option<&Spectrum>) -> bool {
        let Some(power) = window.map(Spectrum::power) else { return false };
        let strongest = power.iter().copied().fold(0.0, f32::max);
        let strong: usize = power.iter().take(BINS).map(|power| usize::from(*power > SHARE * strongest)).sum();
        self.blocks = if strong <= FEW { self.blocks.saturating_add(1) } else { 0 };
        self.blocks >= BLOCKS
    }
}
