//! What was on the line when a block was read.
//!
//! Between writing a sample and its leaving on the line lies the write queue, so the reference is not what was last written.
//! Written samples are numbered from 0 and kept for a while; a block read at position `r` (samples read before it) belongs to
//! written samples `r - offset`. The offset is found once when the channel is opened, and moves when the line plays something that
//! was not written (underrun) or never plays something that was (overrun, flush).
//!
//! ```
//! use media::echo::ReferenceRing;
//! let mut ring = ReferenceRing::new(8, 0);
//! ring.write(&[7; 80]);
//! let (reference, known) = ring.read(0);
//! assert_eq!((reference, known), ([7; 80], true));
//! ```

use crate::BLOCK;

/// The written samples of the last blocks, by number.
#[derive(Debug, Clone)]
pub struct ReferenceRing {
    samples: Box<[i16]>,
    /// Number of the next sample to be written.
    written: i64,
    offset: i64,
}

impl ReferenceRing {
    /// Keeps `blocks` blocks of 10 ms (at least 1): the longest write queue and some more. `offset` as calibrated at open, in
    /// samples: how many samples were read before the first written one was on the line.
    #[must_use]
    pub fn new(blocks: usize, offset: i64) -> Self {
        Self { samples: vec![0; blocks.clamp(1, 1000) * BLOCK].into_boxed_slice(), written: 0, offset }
    }

    /// Appends what was written to the line.
    pub fn write(&mut self, samples: &[i16]) {
        for sample in samples {
            let slot = self.slot(self.written);
            if let Some(place) = self.samples.get_mut(slot) {
                *place = *sample;
            }
            self.written = self.written.saturating_add(1);
        }
    }

    /// The reference for the block before which `position` samples had been read. False when some of it was never written or
    /// is forgotten: such samples are 0.
    #[must_use]
    pub fn read(&self, position: i64) -> ([i16; BLOCK], bool) {
        let start = position.saturating_sub(self.offset);
        let oldest = self.written.saturating_sub(self.samples.len() as i64).max(0);
        let mut block = [0; BLOCK];
        for (index, sample) in block.iter_mut().enumerate() {
            let number = start.saturating_add(index as i64);
            if (oldest..self.written).contains(&number) {
                *sample = self.samples.get(self.slot(number)).copied().unwrap_or(0);
            }
        }
        let end = start.saturating_add(BLOCK as i64);
        (block, start >= oldest && end <= self.written)
    }

    /// The line played `samples` samples that were not written (underrun), or with a negative number left out that many written
    /// ones (overrun, flush). Freeze the canceller as well.
    pub const fn slip(&mut self, samples: i64) {
        self.offset = self.offset.saturating_add(samples);
    }

    /// Sets the offset anew, when it was calibrated again.
    pub const fn calibrate(&mut self, offset: i64) {
        self.offset = offset;
    }

    /// How many samples were written.
    #[must_use]
    pub const fn written(&self) -> i64 {
        self.written
    }

    /// The offset in samples.
    #[must_use]
    pub const fn offset(&self) -> i64 {
        self.offset
    }

    const fn slot(&self, number: i64) -> usize {
        number.rem_euclid(self.samples.len() as i64) as usize
    }
}
