//! The tone disabler (G.168 clause 7): a 2100 Hz answering tone with phase reversals on either direction switches the echo
//! canceller off, until both directions have been silent.
//!
//! Modems and fast fax machines reverse the tone's phase every 450 ms (V.25, V.8 ANSam); slower fax machines send it without
//! reversals and want the canceller. A tone without reversals switches off the non-linear processor only.
//!
//! The tone is looked at in pieces of 5 ms, as one complex number each. It is there when most of the energy is in it and it
//! is louder than `TONE_LEVEL`. A reversal is a turn between pieces 15 ms apart by more than 132 degrees against how it turned
//! before, which is the tone's deviation from 2100 Hz; halfway between the 110 degrees that must not count and the 155 that must.

use super::{Block, power_of_dbm0};
use crate::BLOCK;

/// Samples of a piece: 10.5 periods of 2100 Hz.
const PIECE: usize = BLOCK / 2;
/// Level above which a tone counts, dBm0 (clause 7.2 asks for -31).
const TONE_LEVEL: f32 = -33.0;
/// Share of the energy that is in the tone.
const PURITY: f32 = 0.7;
/// Pieces (250 ms) of tone before a reversal counts.
const STEADY: u16 = 50;
/// Pieces (50 ms) of tone that must follow a reversal.
const CONFIRM: u16 = 10;
/// Pieces that may lack the tone within it: a reversal lies in them.
const GAP: u8 = 3;
/// Pieces (300 ms) of plain tone that switch the non-linear processor off.
const PLAIN: u16 = 60;
/// Cosine of the turn that counts as reversal.
const REVERSED: f32 = -0.68;
/// Level below which a direction is silent, dBm0 (clause 7.4).
const SILENT_LEVEL: f32 = -36.0;
/// Blocks of silence in both directions that release; clause 7.8 asks for 250 ms give or take 150.
const RELEASE: u8 = 30;

/// What the tones of both directions ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    /// Nothing.
    None,
    /// 2100 Hz without reversals: no non-linear processing.
    Plain,
    /// 2100 Hz with reversals: no echo canceller.
    Reversing,
}

/// Both directions.
pub(super) struct ToneDisabler {
    directions: [Detector; 2],
    tables: [Block; 2],
    state: Tone,
    silent: u8,
    silence: f32,
}

impl ToneDisabler {
    pub(super) fn new() -> Self {
        // 2100 Hz has 21 periods in 80 samples.
        let angle = |n: usize| std::f32::consts::TAU * (n * 21 % BLOCK) as f32 / BLOCK as f32;
        let tables = [std::array::from_fn(|n| angle(n).cos()), std::array::from_fn(|n| angle(n).sin())];
        let detector = Detector::new(power_of_dbm0(TONE_LEVEL));
        let silence = power_of_dbm0(SILENT_LEVEL);
        Self { directions: [detector, detector], tables, state: Tone::None, silent: 0, silence }
    }

    pub(super) const fn state(&self) -> Tone {
        self.state
    }

    pub(super) fn reset(&mut self) {
        *self = Self::new();
    }

    /// Listens to one block of both directions, given with their mean squares.
    pub(super) fn block(&mut self, blocks: [(&Block, f32); 2]) -> Tone {
        let [cos, sin] = &self.tables;
        let mut silent = true;
        for (detector, (block, power)) in self.directions.iter_mut().zip(blocks) {
            silent &= power < self.silence;
            detector.block(block, power, cos, sin);
        }
        self.silent = if silent { self.silent.saturating_add(1) } else { 0 };
        if self.directions.iter().any(Detector::reversed) {
            self.state = Tone::Reversing;
        } else if self.state == Tone::None && self.directions.iter().any(|detector| detector.steady >= PLAIN) {
            self.state = Tone::Plain;
        }
        if self.silent >= RELEASE {
            self.state = Tone::None;
            self.directions.iter_mut().for_each(Detector::clear);
        }
        self.state
    }
}

/// A complex number.
#[derive(Debug, Clone, Copy, Default)]
struct Phasor {
    re: f32,
    im: f32,
}

impl Phasor {
    const fn square(self) -> f32 {
        self.re * self.re + self.im * self.im
    }

    /// `self` turned back by `other`.
    fn against(self, other: Self) -> Self {
        Self { re: self.re * other.re + self.im * other.im, im: self.im * other.re - self.re * other.im }
    }
}

/// One direction.
#[derive(Debug, Clone, Copy)]
struct Detector {
    least: f32,
    /// The last three pieces, newest first; with no tone in it, a piece is nothing.
    past: [Phasor; 3],
    /// Turn in 15 ms, as a mean.
    turn: Phasor,
    /// Pieces of tone so far, and since a reversal.
    steady: u16,
    since_reversal: Option<u16>,
    missing: u8,
}

impl Detector {
    const fn new(least: f32) -> Self {
        let nothing = Phasor { re: 0.0, im: 0.0 };
        Self { least, past: [nothing; 3], turn: nothing, steady: 0, since_reversal: None, missing: 0 }
    }

    fn clear(&mut self) {
        *self = Self::new(self.least);
    }

    fn reversed(&self) -> bool {
        self.since_reversal.is_some_and(|pieces| pieces >= CONFIRM)
    }

    fn block(&mut self, block: &Block, power: f32, cos: &Block, sin: &Block) {
        if power < 0.25 * self.least {
            // Quiet enough to be spared; half a block of the tone at its least would be louder.
            self.piece(None);
            self.piece(None);
            return;
        }
        for ((samples, cos), sin) in block.chunks(PIECE).zip(cos.chunks(PIECE)).zip(sin.chunks(PIECE)) {
            let phasor = Phasor { re: dot(samples, cos), im: dot(samples, sin) };
            let energy = dot(samples, samples);
            let pure = phasor.square() > PURITY * energy * (PIECE / 2) as f32;
            self.piece((pure && energy > self.least * PIECE as f32).then_some(phasor));
        }
    }

    fn piece(&mut self, phasor: Option<Phasor>) {
        let [first, second, third] = self.past;
        self.past = [phasor.unwrap_or_default(), first, second];
        let Some(phasor) = phasor else {
            self.missing = self.missing.saturating_add(1);
            if self.missing > GAP && self.steady > 0 {
                self.clear();
            }
            return;
        };
        self.missing = 0;
        self.steady = self.steady.saturating_add(1);
        self.since_reversal = self.since_reversal.map(|pieces| pieces.saturating_add(1));
        if third.square() > 0.0 {
            self.compare(phasor.against(third));
        }
    }

    /// A turn in 15 ms against what is usual.
    fn compare(&mut self, turn: Phasor) {
        let scale = turn.square().sqrt();
        let turn = Phasor { re: turn.re / scale, im: turn.im / scale };
        let usual = self.turn.square().sqrt();
        let cosine = turn.against(self.turn).re;
        if self.steady > STEADY && cosine < REVERSED * usual {
            self.since_reversal = self.since_reversal.or(Some(0));
        } else {
            self.turn.re += 0.1 * (turn.re - self.turn.re);
            self.turn.im += 0.1 * (turn.im - self.turn.im);
        }
    }
}

/// Eight sums side by side, so that it becomes vector instructions.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0; 8];
    for (a, b) in a.as_chunks::<8>().0.iter().zip(b.as_chunks::<8>().0) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a * b;
        }
    }
    sums.iter().sum()
}
