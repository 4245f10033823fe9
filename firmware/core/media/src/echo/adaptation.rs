//! Adaptation of the background filter: a Kalman filter for each bin (Enzner and Vary, "Frequency-domain adaptive Kalman
//! filter for acoustic echo control in hands-free telephones", Signal Processing 86, 2006), over all blocks of the tail.
//!
//! Each bin of each block of the tail has an *uncertainty*, the expected squared error of its weight. The step of a weight is
//! its uncertainty over what the error is expected to hold: echo not yet cancelled, which the uncertainties tell, and the
//! near end, which is estimated from the error itself. So the step is large at first, small once converged, and small while
//! the near end talks, bin by bin, without a detector of double talk.
//!
//! Most of a long tail is empty, but which part is not known: all of it begins equally uncertain. As soon as the first steps show
//! where the echo is, the rest is believed to be empty sooner, so that the steps go to where they are needed.

use super::filter::{Filter, Reference};
use super::spectrum::{Bins, LANES, Spectrum, Transform, WINDOW};

/// Uncertainty of a weight of which nothing is known. An echo path of ERL 6 dB has 0.25 in all, most of it in a few blocks.
const UNKNOWN: f32 = 0.1;
/// How much of a weight's power becomes uncertain again each block: paths change slowly on their own.
const DRIFT: f32 = 1e-4;
/// Part of the bin's average weight power that a block of the tail without echo is taken to have, as to drift.
const SPREAD: f32 = 0.02;
/// Least power of the near end in a bin: quantising noise of G.711 at its smallest step.
const QUIET: f32 = 80.0 * 16.0;
/// Share of a step's reach by which it takes away uncertainty: less than a half, since only the window's second half teaches.
/// In the first steps after nothing was known; then where much of the echo is, and where little is. Found by trial on G.168's
/// tests 2 and 3.
const LEARNT: f32 = 0.4;
const LEARNT_OF_MUCH: f32 = 0.3;
const LEARNT_OF_LITTLE: f32 = 0.8;
/// Those first steps (100 ms).
const FIRST: u16 = 10;
/// Uncertainty in doubt, as share of the path's power, all over the tail: the new path may lie elsewhere.
const DOUBT: f32 = 2.0;
/// Blocks of the tail made causal at each of the first steps (2 s); afterwards one at every second step.
const TURNS: usize = 3;
const EARLY: u16 = 200;
/// Smoothing of the near end's power, in blocks.
const NEAR_SMOOTHING: f32 = 0.3;

pub(super) struct Adaptation {
    uncertainty: Box<[Bins]>,
    /// Power of the near end, bin by bin.
    near: Bins,
    /// Power of the path, as of the last step.
    path: Bins,
    /// Power of each block of the tail, all bins together, as of its last turn.
    powers: Box<[f32]>,
    /// The block of the tail whose turn it is to be made causal again.
    turn: usize,
    /// Steps since nothing was known.
    steps: u16,
}

impl Adaptation {
    pub(super) fn new(partitions: usize) -> Self {
        let uncertainty = vec![[UNKNOWN; LANES]; partitions.max(1)].into_boxed_slice();
        let powers = vec![0.0; partitions.max(1)].into_boxed_slice();
        Self { uncertainty, near: [QUIET; LANES], path: [0.0; LANES], powers, turn: 0, steps: 0 }
    }

    pub(super) fn reset(&mut self) {
        self.uncertainty.fill([UNKNOWN; LANES]);
        self.near = [QUIET; LANES];
        self.path = [0.0; LANES];
        self.powers.fill(0.0);
        self.turn = 0;
        self.steps = 0;
    }

    /// The echo path may be another one: every weight is as uncertain as its own power, since a new path often lies where the
    /// old one did, and as the path's power spread over the tail.
    pub(super) fn doubt(&mut self, filter: &Filter) {
        self.steps = 0;
        let power = filter.power();
        let scale = DOUBT / self.uncertainty.len() as f32;
        for (uncertainty, weight) in self.uncertainty.iter_mut().zip(filter.partitions()) {
            for ((uncertainty, power), own) in uncertainty.iter_mut().zip(&power).zip(&weight.power()) {
                *uncertainty = uncertainty.max(power * scale + own).min(UNKNOWN);
            }
        }
    }

    /// One step: `error` is the spectrum of a window that is zero before the present block.
    pub(super) fn step(&mut self, filter: &mut Filter, reference: &Reference, error: &Spectrum) {
        let gain = self.gain(reference, error);
        let mut scaled = Spectrum::ZERO;
        for (((re, im), gain), (e_re, e_im)) in
            scaled.re.iter_mut().zip(&mut scaled.im).zip(&gain).zip(error.re.iter().zip(&error.im))
        {
            *re = e_re * gain;
            *im = e_im * gain;
        }
        let blocks = self.uncertainty.len() as f32;
        let mut floor = self.path;
        self.path = [0.0; LANES];
        floor.iter_mut().for_each(|power| *power *= SPREAD * DRIFT / blocks);
        let average = self.powers.iter().sum::<f32>() / blocks;
        let weights = filter.partitions_mut().iter_mut();
        let each = self.uncertainty.iter_mut().zip(weights).zip(reference.iter()).zip(&self.powers);
        for (((uncertainty, weight), window), power) in each {
            let learnt = match self.steps {
                ..FIRST => LEARNT,
                _ if *power >= average => LEARNT_OF_MUCH,
                _ => LEARNT_OF_LITTLE,
            };
            update(uncertainty, weight, window, (&gain, learnt), &scaled, &floor, &mut self.path);
        }
    }

    /// One over the expected power of the error, bin by bin.
    fn gain(&mut self, reference: &Reference, error: &Spectrum) -> Bins {
        let mut echo = [0.0; LANES];
        for (uncertainty, window) in self.uncertainty.iter().zip(reference.iter()) {
            for (((echo, uncertainty), re), im) in echo.iter_mut().zip(uncertainty).zip(&window.re).zip(&window.im) {
                *echo += uncertainty * (re * re + im * im);
            }
        }
        let mut gain = error.power();
        for ((gain, near), echo) in gain.iter_mut().zip(&mut self.near).zip(&echo) {
            *near += NEAR_SMOOTHING * ((*gain - echo).max(0.0) - *near);
            *gain = 1.0 / (echo + near.max(QUIET));
        }
        // Constant offset (A-law has no zero) is no echo.
        if let Some(first) = gain.first_mut() {
            *first = 0.0;
        }
        gain
    }

    /// Power gain of the path as the background knows it: what comes back of what is sent.
    pub(super) fn path_gain(&self) -> f32 {
        2.0 * self.path.iter().sum::<f32>() / WINDOW as f32
    }

    /// Makes a block's impulse response end where the next begins, in turns.
    pub(super) fn constrain(&mut self, filter: &mut Filter, transform: &mut Transform) {
        self.steps = self.steps.checked_add(1).unwrap_or(EARLY);
        let turns = match self.steps {
            ..EARLY => TURNS,
            steps if steps.is_multiple_of(2) => 1,
            _ => 0,
        };
        for _ in 0..turns {
            self.turn = (self.turn + 1) % self.uncertainty.len();
            if let (Some(weight), Some(power)) = (filter.partitions_mut().get_mut(self.turn), self.powers.get_mut(self.turn)) {
                transform.constrain(weight);
                *power = weight.power().iter().sum();
            }
        }
    }
}

fn update(
    uncertainty: &mut Bins,
    weight: &mut Spectrum,
    window: &Spectrum,
    (gain, learnt): (&Bins, f32),
    error: &Spectrum,
    floor: &Bins,
    path: &mut Bins,
) {
    let weights = weight.re.iter_mut().zip(&mut weight.im);
    let windows = window.re.iter().zip(&window.im);
    let errors = error.re.iter().zip(&error.im);
    let each = uncertainty.iter_mut().zip(weights).zip(windows).zip(errors).zip(gain.iter().zip(floor)).zip(path);
    for (((((uncertainty, (w_re, w_im)), (x_re, x_im)), (e_re, e_im)), (gain, floor)), path) in each {
        let p = *uncertainty;
        let re = *w_re + p * (x_re * e_re + x_im * e_im);
        let im = *w_im + p * (x_re * e_im - x_im * e_re);
        let known = learnt * p * gain * (x_re * x_re + x_im * x_im);
        let power = re * re + im * im;
        *uncertainty = (1.0 - DRIFT) * p * (1.0 - known) + DRIFT * power + floor;
        *path += power;
        *w_re = re;
        *w_im = im;
    }
}
