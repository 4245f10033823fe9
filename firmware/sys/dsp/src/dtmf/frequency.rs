//! How far the frequencies of a digit are from their nominal values: the limits of Q.24, which dtmf.c does not keep.
//!
//! dtmf.c judges by how much of the energy lies in two filters of one block's width (78 Hz), the same for all. That lets
//! 697 Hz pass when it is 4 % off and refuses 1633 Hz when both frequencies are 1.5 % off. So it is told to be more generous
//! (spandsp-sys/CHANGES.md), and each digit it finds is measured here: by how much the phase of a frequency goes astray
//! between two windows, 50 samples apart, in the blocks in which it was found, how much of the
//! power is in the two, how it is shared between them, and whether it stays so.

use std::f32::consts::TAU;

/// The two blocks of 102 samples in which dtmf.c finds a digit.
pub(super) const SPAN: usize = 204;
/// Samples of a window: a raised cosine over 128 has its first zero 125 Hz off; rows and columns are 268 Hz apart at least.
const WINDOW: usize = 128;
/// Samples from the first window to the second: a deviation of 80 Hz and more would be taken for another.
const STEP: usize = 50;
/// Q.24: within 1.5 % accepted, beyond 3.5 % refused.
const LIMIT: f32 = 0.025;
/// So much of the power must be in the two frequencies: noise 11 dB below them is borne.
const PURE: f32 = 0.92;
/// The two windows' levels may differ by 2 dB.
const UNSTEADY: f32 = 1.585;
/// How exactly the levels are measured.
const TOLERANCE_DB: f32 = 0.3;
/// Sum of the window's weights, and of their squares.
const WEIGHTS: f32 = WINDOW as f32 / 2.0;
const SQUARED_WEIGHTS: f32 = WINDOW as f32 * 3.0 / 8.0;

const ROWS: [f32; 4] = [697.0, 770.0, 852.0, 941.0];
const COLUMNS: [f32; 4] = [1209.0, 1336.0, 1477.0, 1633.0];

/// By how much one group's power may exceed the other's.
#[derive(Debug, Clone, Copy)]
pub(super) struct Twist {
    high_over_low: f32,
    low_over_high: f32,
}

impl Twist {
    pub(super) fn of_db(high_over_low: f32, low_over_high: f32) -> Self {
        let ratio = |db: f32| 10_f32.powf((db + TOLERANCE_DB) / 10.0);
        Self { high_over_low: ratio(high_over_low), low_over_high: ratio(low_over_high) }
    }
}

/// The last samples of a channel, without a gap.
#[derive(Debug)]
pub(super) struct Recent {
    samples: [i16; SPAN],
    /// How many of them, at the end, are without a gap.
    known: usize,
}

impl Recent {
    pub(super) fn new() -> Self {
        Self { samples: [0; SPAN], known: 0 }
    }

    /// Samples were lost here.
    pub(super) fn gap(&mut self) {
        self.known = 0;
    }

    /// Takes at most [`SPAN`] more.
    pub(super) fn push(&mut self, new: &[i16]) {
        let new = new.get(new.len().saturating_sub(SPAN)..).unwrap_or(new);
        self.samples.rotate_left(new.len());
        for (place, sample) in self.samples.iter_mut().rev().zip(new.iter().rev()) {
            *place = *sample;
        }
        self.known = (self.known + new.len()).min(SPAN);
    }

    /// Whether both frequencies of a digit are within the limits, their levels too, and nothing much else is there. True as
    /// well when a gap is too near to tell.
    pub(super) fn fits(&self, digit: char, twist: Twist) -> bool {
        let Some(position) = super::DIGITS.iter().position(|known| *known == digit) else { return false };
        if self.known < WINDOW + STEP {
            return true;
        }
        let power = |hz: Option<&f32>| self.power_near(*hz?);
        let (Some(low), Some(high)) = (power(ROWS.get(position / 4)), power(COLUMNS.get(position % 4))) else { return false };
        let twisted = high[1] > low[1] * twist.high_over_low || low[1] > high[1] * twist.low_over_high;
        let pure = |(window, (low, high)): (usize, (f32, f32))| low + high >= PURE * self.all_power(window);
        !twisted && low.into_iter().zip(high).enumerate().all(pure)
    }

    /// Mean squares in both windows of the sine near `hz`, unless it is too far off or not steady.
    fn power_near(&self, hz: f32) -> Option<[f32; 2]> {
        let deviation = self.deviation(hz);
        if deviation.abs() > LIMIT * hz {
            return None;
        }
        let [first, second] = [0, 1].map(|window| spectrum(self.window(window), turn(hz + deviation)).power());
        (first <= second * UNSTEADY && second <= first * UNSTEADY).then_some([first, second])
    }

    /// Mean square of all that is in a window.
    fn all_power(&self, window: usize) -> f32 {
        let weighted = self.window(window).enumerate().map(|(at, sample)| (weight(at) * f32::from(*sample)).powi(2));
        weighted.sum::<f32>() / SQUARED_WEIGHTS
    }

    /// The earlier window (0) or the one at the end (1).
    fn window(&self, number: usize) -> impl Iterator<Item = &i16> {
        self.samples.iter().skip(SPAN - WINDOW - STEP + number * STEP).take(WINDOW)
    }

    /// By how many Hz a sine near `hz` is above it.
    fn deviation(&self, hz: f32) -> f32 {
        let turn = turn(hz);
        let (first, second) = (spectrum(self.window(0), turn), spectrum(self.window(1), turn));
        let astray = second.phase() - first.phase() - turn * STEP as f32;
        let astray = astray - TAU * (astray / TAU).round();
        astray / TAU * 8000.0 / STEP as f32
    }
}

/// Radians a sample.
fn turn(hz: f32) -> f32 {
    TAU * hz / 8000.0
}

fn weight(at: usize) -> f32 {
    0.5 - 0.5 * (TAU * (at as f32 + 0.5) / WINDOW as f32).cos()
}

/// One line of a window's spectrum.
#[derive(Debug, Clone, Copy)]
struct Line {
    real: f32,
    imaginary: f32,
}

impl Line {
    fn phase(self) -> f32 {
        self.imaginary.atan2(self.real)
    }

    /// Mean square of the sine that makes this line.
    fn power(self) -> f32 {
        2.0 * (self.real.powi(2) + self.imaginary.powi(2)) / WEIGHTS.powi(2)
    }
}

fn spectrum<'a>(samples: impl Iterator<Item = &'a i16>, turn: f32) -> Line {
    let mut line = Line { real: 0.0, imaginary: 0.0 };
    for (at, sample) in samples.enumerate() {
        let (sine, cosine) = (turn * at as f32).sin_cos();
        let sample = weight(at) * f32::from(*sample);
        line.real += sample * cosine;
        line.imaginary -= sample * sine;
    }
    line
}
