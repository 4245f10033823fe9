//! Spectra of 20 ms windows, and the transforms to and from them.
//!
//! Overlap-save: a window is the block before and the present block, 160 samples, 50 Hz a bin. Real and imaginary parts lie
//! in arrays of their own, padded to a multiple of four, so that the loops over bins become vector instructions.

use crate::BLOCK;
use realfft::num_complex::Complex;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use std::sync::Arc;

/// Samples of a window.
pub(super) const WINDOW: usize = 2 * BLOCK;
/// Bins of a window's spectrum, 0 Hz and 4000 Hz included.
pub(super) const BINS: usize = BLOCK + 1;
/// Length of an array over bins; what lies beyond [`BINS`] stays zero.
pub(super) const LANES: usize = BINS.next_multiple_of(4);

/// One real number a bin.
pub(super) type Bins = [f32; LANES];

/// A spectrum.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spectrum {
    pub(super) re: Bins,
    pub(super) im: Bins,
}

impl Spectrum {
    pub(super) const ZERO: Self = Self { re: [0.0; LANES], im: [0.0; LANES] };

    /// Adds `a * b`.
    pub(super) fn add_product(&mut self, a: &Self, b: &Self) {
        let out = self.re.iter_mut().zip(&mut self.im);
        let a = a.re.iter().zip(&a.im);
        let b = b.re.iter().zip(&b.im);
        for (((re, im), (a_re, a_im)), (b_re, b_im)) in out.zip(a).zip(b) {
            *re += a_re * b_re - a_im * b_im;
            *im += a_re * b_im + a_im * b_re;
        }
    }

    /// Goes `share` of the way to `other`.
    pub(super) fn approach(&mut self, other: &Self, share: f32) {
        let parts = [(&mut self.re, &other.re), (&mut self.im, &other.im)];
        for (here, there) in parts.into_iter().flat_map(|(here, there)| here.iter_mut().zip(there)) {
            *here += share * (there - *here);
        }
    }

    /// Square of the magnitude, bin by bin.
    pub(super) fn power(&self) -> Bins {
        let mut power = [0.0; LANES];
        for ((power, re), im) in power.iter_mut().zip(&self.re).zip(&self.im) {
            *power = re * re + im * im;
        }
        power
    }
}

/// Plans and working memory of both transforms.
pub(super) struct Transform {
    forward: Arc<dyn RealToComplex<f32>>,
    inverse: Arc<dyn ComplexToReal<f32>>,
    bins: Box<[Complex<f32>]>,
    samples: Box<[f32]>,
    scratch: Box<[Complex<f32>]>,
}

impl Transform {
    pub(super) fn new() -> Self {
        let mut planner = RealFftPlanner::new();
        let forward = planner.plan_fft_forward(WINDOW);
        let inverse = planner.plan_fft_inverse(WINDOW);
        let scratch = forward.get_scratch_len().max(inverse.get_scratch_len());
        Self {
            forward,
            inverse,
            bins: vec![Complex::default(); BINS].into_boxed_slice(),
            samples: vec![0.0; WINDOW].into_boxed_slice(),
            scratch: vec![Complex::default(); scratch].into_boxed_slice(),
        }
    }

    /// Spectrum of the window whose halves are `before` and `present`.
    pub(super) fn forward(&mut self, before: &[f32; BLOCK], present: &[f32; BLOCK], spectrum: &mut Spectrum) {
        let (first, second) = self.samples.split_at_mut(BLOCK);
        first.copy_from_slice(before);
        second.copy_from_slice(present);
        self.analyse(spectrum);
    }

    fn analyse(&mut self, spectrum: &mut Spectrum) {
        // Fails only for lengths that do not fit the plan; they are fixed above.
        let _ = self.forward.process_with_scratch(&mut self.samples, &mut self.bins, &mut self.scratch);
        for ((re, im), bin) in spectrum.re.iter_mut().zip(&mut spectrum.im).zip(&self.bins) {
            *re = bin.re;
            *im = bin.im;
        }
    }

    /// Samples of a spectrum, both halves, scaled so that it undoes [`Self::forward`].
    pub(super) fn inverse(&mut self, spectrum: &Spectrum) -> (&[f32; BLOCK], &[f32; BLOCK]) {
        self.synthesise(spectrum);
        halves(&self.samples)
    }

    fn synthesise(&mut self, spectrum: &Spectrum) {
        const SCALE: f32 = 1.0 / WINDOW as f32;
        for ((bin, re), im) in self.bins.iter_mut().zip(&spectrum.re).zip(&spectrum.im) {
            *bin = Complex::new(re * SCALE, im * SCALE);
        }
        // The bins at both ends of a real signal's spectrum have no imaginary part; the plan refuses any.
        for end in [0, BINS - 1] {
            if let Some(bin) = self.bins.get_mut(end) {
                bin.im = 0.0;
            }
        }
        let _ = self.inverse.process_with_scratch(&mut self.bins, &mut self.samples, &mut self.scratch);
    }

    /// Makes `spectrum` that of an impulse response of one block: clears the second half of its samples.
    pub(super) fn constrain(&mut self, spectrum: &mut Spectrum) {
        self.synthesise(spectrum);
        if let Some(tail) = self.samples.get_mut(BLOCK..) {
            tail.fill(0.0);
        }
        self.analyse(spectrum);
    }
}

const NOTHING: &[f32; BLOCK] = &[0.0; BLOCK];

/// Both halves of a window.
fn halves(samples: &[f32]) -> (&[f32; BLOCK], &[f32; BLOCK]) {
    let first = samples.first_chunk().unwrap_or(NOTHING);
    let second = samples.last_chunk().unwrap_or(NOTHING);
    (first, second)
}
