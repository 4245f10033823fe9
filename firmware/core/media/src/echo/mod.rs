//! The line echo canceller: takes the echo of what was sent out of what comes back from a line (G.168).
//!
//! ```text
//! each 10 ms:  let (reference, known) = ring.read(samples_read);
//!              if !known { canceller.freeze(FREEZE_BLOCKS); }
//!              canceller.process(&mut received, &reference);
//! after a slip: ring.slip(samples); canceller.freeze(FREEZE_BLOCKS);
//! fax, modem:   canceller.bypass(true);
//! ```
//!
//! The echo path is held as one spectrum for each 10 ms of its impulse response (partitioned-block frequency domain, overlap-save,
//! windows of 160 samples). The partition is the block of the line, so nothing is delayed.
//!
//! - **Adaptation** (`adaptation`) is a Kalman filter in each bin, of a background filter that nobody hears. **Double talk**: only when the
//!   background has cancelled better than the foreground for a while is it adopted (`transfer`). There is no detector of double
//!   talk that could decide wrongly, and the sensitive one of the two filters is never heard; `tests/echo_double_talk.rs`
//!   holds the loss of 5 s of double talk to 6 dB. Other step controls (NLMS, Geigel) were not measured beside it.
//! - **Non-linear processor** and **comfort noise** (`nonlinear_processor`, `comfort_noise`).
//! - **Tone disabler** (`tone_disabler`): 2100 Hz with phase reversals (G.168 clause 7).
//! - **After a slip** the reference is not to be trusted: the filters rest, and afterwards the path is also tried one block later
//!   and earlier, since a slip is a block.
//!
//! What it misses: a second after the start or after a change of path the non-linear processor sometimes still lets some echo through (single
//! models in G.168 test 2A, by the table of `cargo xtask long echo-g168`). Before the path is believed, a near end no louder than an echo may be is cut.
//! A near end that comes back as the reference, later and as loud, makes the filter add a little to it.
//!
//! Left out: echo paths beyond the tail (no search for a bulk delay), acoustic echo (the residual is not suppressed bin by bin),
//! No. 5, 6 and 7 signalling tones (G.168 test 8). Memory is taken when made; nothing is allocated in a block.

mod adaptation;
mod comfort_noise;
mod figures;
mod filter;
mod narrow_band;
mod nonlinear_processor;
mod reference_ring;
mod spectrum;
mod tone_disabler;
mod transfer;

pub use figures::{Figures, State};
pub use reference_ring::ReferenceRing;

use crate::BLOCK;
use adaptation::Adaptation;
use comfort_noise::ComfortNoise;
use figures::Enhancement;
use filter::{Filter, Reference};
use narrow_band::NarrowBand;
use nonlinear_processor::NonlinearProcessor;
use spectrum::{Spectrum, Transform};
use tone_disabler::{Tone, ToneDisabler};
use transfer::{Powers, Transfer, Verdict};

/// A block as floating numbers, full scale 32768.
type Block = [f32; BLOCK];

/// Blocks (200 ms) of rest after a slip.
pub const FREEZE_BLOCKS: u16 = 20;
/// Shortest and longest tail, milliseconds.
pub const TAIL_MS: std::ops::RangeInclusive<u16> = 8..=128;
/// Level of the reference below which nothing is learnt from it, dBm0.
const ACTIVE_LEVEL: f32 = -60.0;
/// Blocks of learning after which the path that was found is believed: 0.5 s, half the time that G.168 gives for convergence. With 1 s more of
/// the near end was cut in `tests/echo_no_path.rs`.
const BELIEVED: u16 = 50;
/// How many times the power of the path found may come back at most.
const CREDIBLE: f32 = 1.0;
/// Blocks that each hypothesis about a slip is tried.
const TRIAL: u8 = 6;

/// How a canceller is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Config {
    /// Longest echo path in milliseconds, its hybrid's response included; 8 to 128, others are brought into that range. Rounded up to
    /// whole blocks of 10 ms.
    pub tail_ms: u16,
    /// Whether what the linear filter leaves is taken away too.
    pub nlp: bool,
    /// Whether that is replaced by noise like the background's; otherwise by silence.
    pub comfort_noise: bool,
    /// Whether a 2100 Hz tone with phase reversals switches the canceller off.
    pub tone_disabler: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self { tail_ms: 128, nlp: true, comfort_noise: true, tone_disabler: true }
    }
}

/// The canceller of one channel. See the module header for how to drive it.
pub struct Canceller {
    config: Config,
    transform: Transform,
    reference: Reference,
    foreground: Filter,
    background: Filter,
    adaptation: Adaptation,
    transfer: Transfer,
    narrow: NarrowBand,
    processor: NonlinearProcessor,
    noise: ComfortNoise,
    tones: ToneDisabler,
    enhancement: Enhancement,
    /// The reference's block before the present one.
    before: Block,
    /// Mean squares of the reference's blocks within the tail, newest first.
    recent: Box<[f32]>,
    active_above: f32,
    frozen: u16,
    /// Blocks of which the path was learnt since it was unknown.
    learnt: u16,
    trial: Trial,
    bypassed: bool,
    /// The reference's history has a gap: nothing was taken in while switched off.
    stale: bool,
}

/// Where the search for the path after a slip is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trial {
    None,
    /// The path as it was, then a block later, then a block earlier; with blocks left.
    AsItWas(u8),
    Later(u8),
    Earlier(u8),
}

impl Canceller {
    /// Knows nothing of the line yet.
    #[must_use]
    pub fn new(config: Config) -> Self {
        let tail_ms = config.tail_ms.clamp(*TAIL_MS.start(), *TAIL_MS.end());
        let partitions = usize::from(tail_ms).div_ceil(10);
        Self {
            config,
            transform: Transform::new(),
            reference: Reference::new(partitions),
            foreground: Filter::new(partitions),
            background: Filter::new(partitions),
            adaptation: Adaptation::new(partitions),
            transfer: Transfer::new(),
            narrow: NarrowBand::default(),
            processor: NonlinearProcessor::new(),
            noise: ComfortNoise::new(),
            tones: ToneDisabler::new(),
            enhancement: Enhancement::default(),
            before: [0.0; BLOCK],
            recent: vec![0.0; partitions + 1].into_boxed_slice(),
            active_above: power_of_dbm0(ACTIVE_LEVEL),
            frozen: 0,
            learnt: 0,
            trial: Trial::None,
            bypassed: false,
            stale: false,
        }
    }

    /// Forgets the line: for the next call of the channel. Settings stay, `bypass` and `freeze` end.
    pub fn reset(&mut self) {
        self.reference.clear();
        self.forget_path();
        self.processor = NonlinearProcessor::new();
        self.noise = ComfortNoise::new();
        self.tones.reset();
        self.enhancement = Enhancement::default();
        self.before = [0.0; BLOCK];
        self.recent.fill(0.0);
        self.frozen = 0;
        self.trial = Trial::None;
        self.bypassed = false;
        self.stale = false;
    }

    /// Rests the adaptation for `blocks` blocks: the reference within the tail is not to be trusted after a slip. See
    /// [`FREEZE_BLOCKS`].
    pub fn freeze(&mut self, blocks: u16) {
        self.frozen = self.frozen.max(blocks);
        self.trial = Trial::AsItWas(TRIAL);
    }

    /// Passes everything on untouched, for fax and modems. The echo path is kept for afterwards.
    pub const fn bypass(&mut self, bypass: bool) {
        self.bypassed = bypass;
    }

    /// Cancels one block in place: `received` from the line, `reference` what was on the line towards it at that time.
    pub fn process(&mut self, received: &mut [i16; BLOCK], reference: &[i16; BLOCK]) {
        if self.bypassed {
            self.stale = true;
            return;
        }
        let sent = reference.map(f32::from);
        let mut block = received.map(f32::from);
        let (sent_power, power) = (mean_square(&sent), mean_square(&block));
        let tone = if self.config.tone_disabler { self.tones.block([(&sent, sent_power), (&block, power)]) } else { Tone::None };
        if tone == Tone::Reversing {
            self.stale = true;
            return;
        }
        self.take_in(&sent, sent_power);
        self.cancel(&mut block, power);
        if self.config.nlp {
            self.suppress(&mut block, tone);
        }
        for (out, sample) in received.iter_mut().zip(&block) {
            // Half away from zero, as `round`, which is a call for each sample on plain x86-64; the cast saturates.
            *out = (sample + 0.5f32.copysign(*sample)) as i16;
        }
    }

    fn take_in(&mut self, sent: &Block, power: f32) {
        if std::mem::take(&mut self.stale) {
            self.reference.clear();
            self.before = [0.0; BLOCK];
            self.recent.fill(0.0);
        }
        let (transform, before) = (&mut self.transform, &self.before);
        self.reference.push(|spectrum| transform.forward(before, sent, spectrum));
        self.before = *sent;
        self.recent.rotate_right(1);
        if let Some(newest) = self.recent.first_mut() {
            *newest = power;
        }
    }

    /// Loudest mean square of the reference within the tail; 0 when that is next to silence.
    fn loudest(&self) -> f32 {
        let loudest = self.recent.iter().copied().fold(0.0, f32::max);
        if loudest > self.active_above { loudest } else { 0.0 }
    }

    /// The linear part: what is left of `block` after the foreground's echo is taken away.
    fn cancel(&mut self, block: &mut Block, power: f32) {
        let received = *block;
        let active = self.loudest() > 0.0;
        if self.frozen > 0 {
            self.frozen -= 1;
            take_away(block, &self.foreground.echo(&self.reference), &mut self.transform);
        } else if active {
            let mut background = received;
            take_away(block, &self.foreground.echo(&self.reference), &mut self.transform);
            take_away(&mut background, &self.background.echo(&self.reference), &mut self.transform);
            self.learn(&background);
            let (foreground, background, difference) = residuals(block, &background);
            self.judge(Powers { received: power, foreground, background, difference });
        } else {
            take_away(block, &self.foreground.echo(&self.reference), &mut self.transform);
            let spectrum = error_spectrum(block, &mut self.transform);
            self.noise.learn(block, &spectrum);
        }
    }

    /// One step of the background filter.
    fn learn(&mut self, residual: &Block) {
        let narrow = self.narrow.block(self.reference.iter().next());
        if narrow && self.transfer.serves_well() {
            return;
        }
        let error = error_spectrum(residual, &mut self.transform);
        self.adaptation.step(&mut self.background, &self.reference, &error);
        self.learnt = self.learnt.saturating_add(u16::from(!narrow));
        // What a tone taught lies in the whole window: to cut it would undo it, again and again.
        if !narrow {
            self.adaptation.constrain(&mut self.background, &mut self.transform);
        }
    }

    fn judge(&mut self, powers: Powers) {
        if !self.processor.near_end() {
            self.enhancement.follow(powers.received, powers.foreground);
        }
        match self.transfer.judge(powers) {
            Verdict::Keep => {}
            Verdict::Adopt { share, proven } => {
                self.foreground.adopt(&self.background, share);
                self.processor.proven_echo(proven, self.loudest());
                self.trial = Trial::None;
            }
            Verdict::Restore => self.background.copy_from(&self.foreground),
            // A path that is only late or early is of no use either.
            Verdict::Clear if self.trial != Trial::None => {}
            Verdict::Clear => self.forget_path(),
            Verdict::Doubt => {
                self.adaptation.doubt(&self.foreground);
                self.learnt = 0;
            }
        }
        self.try_after_slip();
    }

    fn forget_path(&mut self) {
        self.foreground.clear();
        self.background.clear();
        self.adaptation.reset();
        self.transfer = Transfer::new();
        self.narrow = NarrowBand::default();
        self.processor.forget();
        self.learnt = 0;
    }

    /// The most of the reference that can come back. Once there was time to find an echo, what was not found is not there: the near end is not
    /// to be taken for echo because it is no louder than an echo might be.
    fn credible_leak(&self) -> f32 {
        let unknown = nonlinear_processor::UNKNOWN_LEAK;
        if self.learnt < BELIEVED { unknown } else { (CREDIBLE * self.adaptation.path_gain()).min(unknown) }
    }

    /// The next hypothesis after a slip: it is adopted like anything that the background knows better.
    fn try_after_slip(&mut self) {
        let (left, next, shift) = match self.trial {
            Trial::None => return,
            Trial::AsItWas(left) => (left, Trial::Later(TRIAL), 1),
            Trial::Later(left) => (left, Trial::Earlier(TRIAL), -1),
            Trial::Earlier(left) => (left, Trial::None, 0),
        };
        let as_it_was = matches!(self.trial, Trial::AsItWas(_));
        if as_it_was && left == 0 && self.transfer.serves() {
            self.trial = Trial::None;
        } else if left == 0 {
            self.background.copy_shifted(&self.foreground, shift);
            self.transfer.start_trial();
            self.trial = next;
        } else {
            self.trial = self.trial.one_less();
        }
    }

    /// The non-linear part.
    fn suppress(&mut self, block: &mut Block, tone: Tone) {
        let loudest = if tone == Tone::Plain { 0.0 } else { self.loudest() };
        let shape = self.processor.judge(block, loudest, self.noise.level(), self.credible_leak());
        if shape.is_open() {
            return;
        }
        let noise = if self.config.comfort_noise { self.noise.block(&mut self.transform) } else { [0.0; BLOCK] };
        shape.apply(block, &noise);
    }

    /// How it does.
    #[must_use]
    pub fn figures(&self) -> Figures {
        let state = if self.bypassed {
            State::Bypassed
        } else if self.tones.state() == Tone::Reversing {
            State::Disabled
        } else if self.frozen > 0 {
            State::Frozen
        } else {
            State::Active
        };
        Figures {
            erl_db: figures::return_loss(&self.foreground),
            erle_db: self.enhancement.db(),
            state,
            double_talk: self.loudest() > 0.0 && self.processor.near_end(),
        }
    }
}

impl Trial {
    const fn one_less(self) -> Self {
        match self {
            Self::None => Self::None,
            Self::AsItWas(left) => Self::AsItWas(left.saturating_sub(1)),
            Self::Later(left) => Self::Later(left.saturating_sub(1)),
            Self::Earlier(left) => Self::Earlier(left.saturating_sub(1)),
        }
    }
}

/// Subtracts the echo, which is the second half of the window.
fn take_away(block: &mut Block, echo: &Spectrum, transform: &mut Transform) {
    let (_, echo) = transform.inverse(echo);
    for (sample, echo) in block.iter_mut().zip(echo) {
        *sample -= echo;
    }
}

/// Spectrum of the window that is zero and then `block`, without its mean: a constant offset is no echo.
fn error_spectrum(block: &Block, transform: &mut Transform) -> Spectrum {
    let mean = block.iter().sum::<f32>() / BLOCK as f32;
    let mut spectrum = Spectrum::ZERO;
    transform.forward(&[0.0; BLOCK], &block.map(|sample| sample - mean), &mut spectrum);
    spectrum
}

/// Eight sums side by side, so that it becomes vector instructions.
fn mean_square(block: &Block) -> f32 {
    let mut sums = [0.0; 8];
    for samples in block.as_chunks::<8>().0 {
        for (sum, sample) in sums.iter_mut().zip(samples) {
            *sum += sample * sample;
        }
    }
    sums.iter().sum::<f32>() / BLOCK as f32
}

/// Mean squares of what both filters leave, and of its difference.
fn residuals(foreground: &Block, background: &Block) -> (f32, f32, f32) {
    let mut difference = *foreground;
    difference.iter_mut().zip(background).for_each(|(sample, other)| *sample -= other);
    (mean_square(foreground), mean_square(background), mean_square(&difference))
}

/// Mean square of a level: a sine with a peak of 32256 is 3.14 dBm0 (G.711 table 1a).
fn power_of_dbm0(level: f32) -> f32 {
    #[expect(clippy::approx_constant, reason = "a level, not a circle")]
    const OVERLOAD: f32 = 3.14;
    32256.0 * 32256.0 / 2.0 * 10f32.powf((level - OVERLOAD) / 10.0)
}
