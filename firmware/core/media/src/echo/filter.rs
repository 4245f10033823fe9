//! The reference's recent spectra, and the echo path as one spectrum for each block of its impulse response.

use super::spectrum::{Bins, LANES, Spectrum};

/// Spectra of the reference, newest first, as many as the tail has blocks.
pub(super) struct Reference {
    ring: Box<[Spectrum]>,
    newest: usize,
}

impl Reference {
    pub(super) fn new(partitions: usize) -> Self {
        Self { ring: vec![Spectrum::ZERO; partitions.max(1)].into_boxed_slice(), newest: 0 }
    }

    pub(super) fn clear(&mut self) {
        self.ring.fill(Spectrum::ZERO);
    }

    /// Takes in the spectrum of the newest window; the oldest falls out.
    pub(super) fn push(&mut self, fill: impl FnOnce(&mut Spectrum)) {
        self.newest = self.newest.checked_sub(1).unwrap_or(self.ring.len() - 1);
        if let Some(slot) = self.ring.get_mut(self.newest) {
            fill(slot);
        }
    }

    /// Newest first.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Spectrum> {
        let (wrapped, recent) = self.ring.split_at(self.newest.min(self.ring.len()));
        recent.iter().chain(wrapped)
    }
}

/// A partition with less than this share of the path's power is left out where the path is only used: -47 dB. Most of a tail is
/// empty, and what the background holds there is noise.
const NEGLIGIBLE: f32 = 2e-5;

/// An estimate of the echo path.
pub(super) struct Filter {
    partitions: Box<[Spectrum]>,
    /// Which of them are worth computing.
    used: Box<[bool]>,
}

impl Filter {
    pub(super) fn new(partitions: usize) -> Self {
        let partitions = partitions.max(1);
        Self { partitions: vec![Spectrum::ZERO; partitions].into_boxed_slice(), used: vec![true; partitions].into_boxed_slice() }
    }

    pub(super) fn clear(&mut self) {
        self.partitions.fill(Spectrum::ZERO);
    }

    pub(super) fn copy_from(&mut self, other: &Self) {
        self.partitions.copy_from_slice(&other.partitions);
    }

    /// Goes `share` of the way to `other`, for use alone: what is negligible is not computed.
    pub(super) fn adopt(&mut self, other: &Self, share: f32) {
        for (partition, other) in self.partitions.iter_mut().zip(&other.partitions) {
            partition.approach(other, share);
        }
        let power = |partition: &Spectrum| partition.power().iter().sum::<f32>();
        let total: f32 = self.partitions.iter().map(power).sum();
        for (used, partition) in self.used.iter_mut().zip(&self.partitions) {
            *used = power(partition) > NEGLIGIBLE * total;
        }
    }

    /// The same path, `later` blocks later (earlier when negative); what leaves the tail is lost.
    pub(super) fn copy_shifted(&mut self, other: &Self, later: i32) {
        self.copy_from(other);
        let by = later.unsigned_abs() as usize % self.partitions.len();
        if later >= 0 {
            self.partitions.rotate_right(by);
            self.partitions.iter_mut().take(by).for_each(|partition| *partition = Spectrum::ZERO);
        } else {
            self.partitions.rotate_left(by);
            self.partitions.iter_mut().rev().take(by).for_each(|partition| *partition = Spectrum::ZERO);
        }
    }

    /// The spectrum whose second half is the echo of the present block.
    pub(super) fn echo(&self, reference: &Reference) -> Spectrum {
        let mut echo = Spectrum::ZERO;
        for ((partition, used), window) in self.partitions.iter().zip(&self.used).zip(reference.iter()) {
            if *used {
                echo.add_product(partition, window);
            }
        }
        echo
    }

    pub(super) fn partitions(&self) -> &[Spectrum] {
        &self.partitions
    }

    pub(super) fn partitions_mut(&mut self) -> &mut [Spectrum] {
        &mut self.partitions
    }

    /// Squared magnitude of the path, summed over its blocks.
    pub(super) fn power(&self) -> Bins {
        let mut total = [0.0; LANES];
        for partition in &self.partitions {
            for ((total, re), im) in total.iter_mut().zip(&partition.re).zip(&partition.im) {
                *total += re * re + im * im;
            }
        }
        total
    }
}
