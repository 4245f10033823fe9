//! The octets that wait, addressed by RTP timestamp, and which of them have come.

use super::distance;
use crate::BLOCK;

/// Octets that the ring holds, 1.024 s; a power of two so that wrapping timestamps address it.
pub(super) const CAPACITY: u32 = 8192;

/// See the module header.
#[derive(Debug, Clone)]
pub(super) struct Ring {
    octets: Box<[u8]>,
    present: Box<[bool]>,
    silence: u8,
}

impl Ring {
    pub(super) fn new(silence: u8) -> Self {
        Self {
            octets: vec![silence; CAPACITY as usize].into_boxed_slice(),
            present: vec![false; CAPACITY as usize].into_boxed_slice(),
            silence,
        }
    }

    pub(super) const fn silence(&self) -> u8 {
        self.silence
    }

    /// Another octet for what is missing.
    pub(super) const fn set_silence(&mut self, silence: u8) {
        self.silence = silence;
    }

    pub(super) fn clear(&mut self) {
        self.present.fill(false);
    }

    /// Writes what does not lie before `from`.
    pub(super) fn write(&mut self, from: u32, timestamp: u32, payload: &[u8]) {
        for (at, octet) in (0u32..).zip(payload) {
            let at = timestamp.wrapping_add(at);
            if distance(from, at) < 0 {
                continue; // the part of the packet that is late
            }
            if let (Some(place), Some(present)) = (self.octets.get_mut(slot(at)), self.present.get_mut(slot(at))) {
                *place = *octet;
                *present = true;
            }
        }
    }

    /// Marks what has not come of `length` samples as silence, from `from` on.
    pub(super) fn write_silence(&mut self, from: u32, timestamp: u32, length: u32) {
        for at in 0..length {
            let at = timestamp.wrapping_add(at);
            if distance(from, at) >= 0
                && let (Some(place), Some(present)) = (self.octets.get_mut(slot(at)), self.present.get_mut(slot(at)))
                && !*present
            {
                *place = self.silence;
                *present = true;
            }
        }
    }

    /// Forgets `length` samples.
    pub(super) fn forget(&mut self, timestamp: u32, length: u32) {
        for at in 0..length.min(CAPACITY) {
            if let Some(present) = self.present.get_mut(slot(timestamp.wrapping_add(at))) {
                *present = false;
            }
        }
    }

    /// Copies a block, silence for what is missing, and says for each sample whether it was there.
    pub(super) fn copy(&self, timestamp: u32, block: &mut [u8; BLOCK], present: &mut [bool; BLOCK]) -> usize {
        let mut missing = 0;
        for ((at, octet), there) in (0u32..).zip(block.iter_mut()).zip(present.iter_mut()) {
            let index = slot(timestamp.wrapping_add(at));
            *there = self.present.get(index).copied().unwrap_or(false);
            *octet = if *there { self.octets.get(index).copied().unwrap_or(self.silence) } else { self.silence };
            missing += usize::from(!*there);
        }
        missing
    }

    /// Samples from `timestamp` to the first that is there; `None` when there is none within `length`.
    pub(super) fn hole(&self, timestamp: u32, length: u32) -> Option<u32> {
        (0..length.min(CAPACITY)).find(|at| self.present.get(slot(timestamp.wrapping_add(*at))).copied().unwrap_or(false))
    }
}

/// Place of a sample in the ring.
const fn slot(timestamp: u32) -> usize {
    (timestamp % CAPACITY) as usize
}
