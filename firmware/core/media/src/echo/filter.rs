//! The reference's recent spectra, and the echo path as one spectrum for each block of its impulse response.

use super::spectrum::{Bins, Chunk, LANES, Spectrum, WIDE, chunk};

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

/// An estimate of the echo path.
pub(super) struct Filter {
    partitions: Box<[Spectrum]>,
}

impl Filter {
    pub(super) fn new(partitions: usize) -> Self {
        Self { partitions: vec![Spectrum::ZERO; partitions.max(1)].into_boxed_slice() }
    }

    pub(super) fn clear(&mut self) {
        self.partitions.fill(Spectrum::ZERO);
    }

    pub(super) fn copy_from(&mut self, other: &Self) {
        self.partitions.copy_from_slice(&other.partitions);
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
        let outs = echo.re.as_chunks_mut().0.iter_mut().zip(echo.im.as_chunks_mut().0);
        for (index, out) in outs.enumerate() {
            // Chunk by chunk, so that the sums stay in registers.
            let mut sums = ([0.0; WIDE], [0.0; WIDE]);
            for (partition, window) in self.partitions.iter().zip(reference.iter()) {
                add_product(&mut sums, partition, window, index);
            }
            (*out.0, *out.1) = sums;
        }
        echo
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

/// Adds one chunk of the product of two spectra.
#[inline(always)]
fn add_product((sum_re, sum_im): &mut (Chunk, Chunk), a: &Spectrum, b: &Spectrum, index: usize) {
    let a = chunk(&a.re, index).iter().zip(chunk(&a.im, index));
    let b = chunk(&b.re, index).iter().zip(chunk(&b.im, index));
    for (((re, im), (a_re, a_im)), (b_re, b_im)) in sum_re.iter_mut().zip(sum_im).zip(a).zip(b) {
        *re += a_re * b_re - a_im * b_im;
        *im += a_re * b_im + a_im * b_re;
    }
}
