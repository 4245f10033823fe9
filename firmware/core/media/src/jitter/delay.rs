//! How late packets come: the delays of the last 512, and the delay for which nearly all of them were in time.
//!
//! A delay is arrival less timestamp, both on clocks that wrap, so only differences mean anything. Delays are kept in whole
//! blocks above an origin, rounded up: audio is taken in blocks. A window of so many packets, not a decaying average: what
//! it says can be counted by hand, and a delay that happened once is forgotten for certain.

use super::distance;
use crate::BLOCK;

/// Packets in the window: 10 s of 20 ms.
pub const WINDOW: usize = 512;
/// One packet in so many may be late.
const LATE_SHARE: usize = 170;
/// Late ones in a full window.
const MOST_LATE: usize = WINDOW / LATE_SHARE;
const BLOCK_SAMPLES: i32 = BLOCK as i32;

/// The delays of the last packets.
#[derive(Debug, Clone)]
pub struct Delays {
    origin: u32,
    recent: Box<[i32]>,
    next: usize,
    known: usize,
    sum: i64,
}

/// What the window says, in blocks above its origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spread {
    /// Delay of the fastest packet.
    pub least: i32,
    /// The smallest delay for which all but one packet in 170 were in time.
    pub most: i32,
}

impl Default for Delays {
    fn default() -> Self {
        Self { origin: 0, recent: vec![0; WINDOW].into_boxed_slice(), next: 0, known: 0, sum: 0 }
    }
}

impl Delays {
    /// Forgets all.
    pub const fn reset(&mut self) {
        self.next = 0;
        self.known = 0;
        self.sum = 0;
    }

    /// Packets in the window.
    #[must_use]
    pub const fn known(&self) -> usize {
        self.known
    }

    /// Takes a packet that can be played at `arrival` and begins at `timestamp`, both in samples.
    pub fn add(&mut self, arrival: u32, timestamp: u32) {
        let delay = arrival.wrapping_sub(timestamp);
        if self.known == 0 {
            self.origin = delay;
        }
        let blocks = distance(self.origin, delay).saturating_add(BLOCK_SAMPLES - 1).div_euclid(BLOCK_SAMPLES);
        let Some(place) = self.recent.get_mut(self.next) else { return };
        let old = core::mem::replace(place, blocks);
        self.sum += i64::from(blocks);
        if self.known == WINDOW {
            self.sum -= i64::from(old);
        } else {
            self.known += 1;
        }
        self.next = (self.next + 1) % WINDOW;
    }

    /// The spread of the window; `None` while it is empty.
    #[must_use]
    pub fn spread(&self) -> Option<Spread> {
        let window = self.recent.get(..self.known)?;
        let least = window.iter().min().copied()?;
        // The largest of the window, downwards: few enough to be kept in order while looking through.
        let mut largest = [i32::MIN; MOST_LATE + 1];
        for delay in window {
            let mut delay = *delay;
            for place in &mut largest {
                if delay > *place {
                    core::mem::swap(place, &mut delay);
                }
            }
        }
        let most = largest.get(self.known / LATE_SHARE).copied()?;
        Some(Spread { least, most })
    }

    /// The delay, in samples on the wrapping circle, that is so many blocks above the origin.
    #[must_use]
    pub const fn delay_of(&self, blocks: i32) -> u32 {
        self.origin.wrapping_add_signed(blocks.saturating_mul(BLOCK_SAMPLES))
    }

    /// How much more `delay` is than the mean of the window, in samples; 0 while it is empty.
    #[must_use]
    pub fn above_mean(&self, delay: u32) -> i32 {
        let known = i64::try_from(self.known).unwrap_or(1).max(1);
        let mean = self.sum * i64::from(BLOCK_SAMPLES) / known;
        distance(self.origin, delay).saturating_sub(i32::try_from(mean).unwrap_or(0))
    }
}
