//! Where audio is quiet enough for a block to be put in or left out unheard.

use super::Content;
use crate::{BLOCK, g711};

/// Mean square of -55 dBm0: quiet whatever came before (0 dBm0 has 15 770 squared, G.711 table 1a).
const ABSOLUTE: u32 = 787;
/// Mean square against the recent peak: 25 dB below it is quiet.
const BELOW_PEAK: u32 = 316;
/// The peak falls to half in 3.5 s.
const PEAK_DECAY: u32 = 512;
/// Quiet blocks in a row after which it is a pause and not the end of a syllable.
const PAUSE: u32 = 3;

/// Follows what is played.
#[derive(Debug, Clone)]
pub(super) struct Loudness {
    content: Content,
    /// Mean square of the loudest recent block.
    peak: u32,
    quiet_blocks: u32,
}

impl Loudness {
    pub(super) const fn new(content: Content) -> Self {
        Self { content, peak: 0, quiet_blocks: 0 }
    }

    /// Takes note of a block that is played.
    pub(super) fn played(&mut self, block: &[u8; BLOCK]) {
        let Some(energy) = self.energy(block) else { return };
        self.peak = energy.max(self.peak - self.peak / PEAK_DECAY);
        self.quiet_blocks = if self.is_low(energy) { self.quiet_blocks.saturating_add(1) } else { 0 };
    }

    /// Whether the audio has paused, and `next` belongs to the pause.
    pub(super) fn pauses(&self, next: &[u8; BLOCK]) -> bool {
        self.quiet_blocks >= PAUSE && self.energy(next).is_some_and(|energy| self.is_low(energy))
    }

    const fn is_low(&self, energy: u32) -> bool {
        energy <= ABSOLUTE || energy <= self.peak / BELOW_PEAK
    }

    /// Mean square.
    fn energy(&self, block: &[u8; BLOCK]) -> Option<u32> {
        match self.content {
            Content::Companded(law) => {
                let sum: u64 = block.iter().map(|octet| u64::from(g711::decode(law, *octet).unsigned_abs()).pow(2)).sum();
                u32::try_from(sum / BLOCK as u64).ok()
            }
            Content::Opaque(_) => None,
        }
    }
}
