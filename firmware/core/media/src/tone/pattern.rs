//! What is to be played: steps checked and turned into phases and amplitudes, once.

use thiserror::Error;

use super::oscillator;
use crate::Law;

/// Most frequencies that sound together: a howler has four.
pub const MOST_COMPONENTS: usize = 4;
/// Samples in a millisecond.
const SAMPLES_A_MS: u64 = 8;

/// One frequency with its level.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Component {
    /// Frequency in Hz, above 0 and below 4000.
    pub hz: f64,
    /// Level in dBm0.
    pub dbm0: f64,
}

/// What is heard during a step.
#[derive(Debug, Clone, PartialEq)]
pub enum Sound {
    /// Nothing.
    Silence,
    /// Frequencies that sound together, 1 to [`MOST_COMPONENTS`].
    Sum(Vec<Component>),
    /// A carrier whose amplitude follows a second frequency.
    Modulated {
        /// The carrier. Its level is that of the whole, sidebands included.
        carrier: Component,
        /// The modulating frequency in Hz, above 0 and below 4000.
        by: f64,
        /// How far the amplitude swings: 0 is not at all, 1 is between nothing and twice the mean.
        depth: f64,
    },
}

/// A piece of a cadence.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// What is heard.
    pub sound: Sound,
    /// For how many milliseconds; `None`: until the generator is stopped.
    pub ms: Option<u32>,
}

impl Step {
    /// Frequencies for `ms` milliseconds.
    #[must_use]
    pub fn on(components: &[Component], ms: u32) -> Self {
        Self { sound: Sound::Sum(components.to_vec()), ms: Some(ms) }
    }

    /// Frequencies for ever.
    #[must_use]
    pub fn steady(components: &[Component]) -> Self {
        Self { sound: Sound::Sum(components.to_vec()), ms: None }
    }

    /// Silence for `ms` milliseconds.
    #[must_use]
    pub const fn off(ms: u32) -> Self {
        Self { sound: Sound::Silence, ms: Some(ms) }
    }
}

/// Why steps cannot be played. Steps are counted from 0, those that are played once first.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum PatternError {
    /// There is no step.
    #[error("no steps")]
    Empty,
    /// A repeated part that takes no time.
    #[error("the repeated steps take no time")]
    NoTime,
    /// Steps after one that never ends.
    #[error("step {step} never ends, but others follow")]
    NeverReached {
        /// The step.
        step: usize,
    },
    /// A frequency that 8000 samples a second cannot carry.
    #[error("step {step}: {hz} Hz, not between 0 and 4000")]
    Frequency {
        /// The step.
        step: usize,
        /// The frequency.
        hz: f64,
    },
    /// Too many frequencies, or none.
    #[error("step {step}: {count} frequencies, not 1 to 4")]
    Components {
        /// The step.
        step: usize,
        /// How many there are.
        count: usize,
    },
    /// A depth of modulation outside 0 to 1.
    #[error("step {step}: depth of modulation {depth}, not 0 to 1")]
    Depth {
        /// The step.
        step: usize,
        /// The depth.
        depth: f64,
    },
    /// The frequencies together would be clipped, or a level is no number.
    #[error("step {step}: a peak of {peak} times the overload point")]
    Overload {
        /// The step.
        step: usize,
        /// The peak of the sum; 1 is the overload point of the law.
        peak: f64,
    },
}

/// A sine at work: what its phase grows by and how large it is, in units of a 16 bit sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Partial {
    pub(super) step: u64,
    pub(super) amplitude: f32,
}

/// A sound at work.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Voice {
    Silence,
    Sum { partials: [Partial; MOST_COMPONENTS], count: usize },
    Modulated { carrier: Partial, by: u64, depth: f32 },
}

/// A step at work; `None` samples: for ever.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Piece {
    pub(super) voice: Voice,
    pub(super) samples: Option<u64>,
}

/// Steps ready to be played: some once, then others over and over.
#[derive(Debug, Clone, PartialEq)]
pub struct Pattern {
    pub(super) pieces: Box<[Piece]>,
    /// Where the repeated part begins; the number of pieces when there is none.
    pub(super) repeat_from: usize,
}

impl Pattern {
    /// `once`, then `repeat` over and over; with an empty `repeat` the tone ends. Levels are those of a line of `law`.
    ///
    /// # Errors
    ///
    /// When there is no step, one that cannot be played or heard, or when a sum would be clipped.
    pub fn new(once: &[Step], repeat: &[Step], law: Law) -> Result<Self, PatternError> {
        let count = once.len() + repeat.len();
        if count == 0 {
            return Err(PatternError::Empty);
        }
        let steps = once.iter().chain(repeat).enumerate();
        let pieces = steps.map(|(index, step)| piece(index, step, law)).collect::<Result<Box<[_]>, _>>()?;
        let endless = pieces.iter().position(|piece| piece.samples.is_none());
        if let Some(step) = endless
            && step + 1 != count
        {
            return Err(PatternError::NeverReached { step });
        }
        if !repeat.is_empty() && repeat.iter().all(|step| step.ms == Some(0)) {
            return Err(PatternError::NoTime);
        }
        Ok(Self { pieces, repeat_from: once.len() })
    }
}

fn piece(index: usize, step: &Step, law: Law) -> Result<Piece, PatternError> {
    let voice = match &step.sound {
        Sound::Silence => Voice::Silence,
        Sound::Sum(components) => sum(index, components, law)?,
        Sound::Modulated { carrier, by, depth } => modulated(index, *carrier, *by, *depth, law)?,
    };
    Ok(Piece { voice, samples: step.ms.map(|ms| u64::from(ms) * SAMPLES_A_MS) })
}

fn sum(index: usize, components: &[Component], law: Law) -> Result<Voice, PatternError> {
    if components.is_empty() || components.len() > MOST_COMPONENTS {
        return Err(PatternError::Components { step: index, count: components.len() });
    }
    let mut partials = [Partial { step: 0, amplitude: 0.0 }; MOST_COMPONENTS];
    let mut peak = 0.0;
    for (place, component) in partials.iter_mut().zip(components) {
        peak += peak_of(component.dbm0, law);
        *place = partial(index, component.hz, component.dbm0, law)?;
    }
    within_load(index, peak)?;
    Ok(Voice::Sum { partials, count: components.len() })
}

fn modulated(index: usize, carrier: Component, by: f64, depth: f64, law: Law) -> Result<Voice, PatternError> {
    if !(0.0..=1.0).contains(&depth) {
        return Err(PatternError::Depth { step: index, depth });
    }
    // Each sideband has depth/2 of the carrier's amplitude: together the power is 1 + depth^2 / 2 times the carrier's.
    let whole = 10.0 * (1.0 + depth * depth / 2.0).log10();
    let level = carrier.dbm0 - whole;
    within_load(index, peak_of(level, law) * (1.0 + depth))?;
    let depth = depth as f32;
    let by = partial(index, by, level, law)?.step;
    Ok(Voice::Modulated { carrier: partial(index, carrier.hz, level, law)?, by, depth })
}

/// A level that is no number is not within the load either.
fn within_load(index: usize, peak: f64) -> Result<(), PatternError> {
    if peak <= 1.0 { Ok(()) } else { Err(PatternError::Overload { step: index, peak }) }
}

fn partial(index: usize, hz: f64, dbm0: f64, law: Law) -> Result<Partial, PatternError> {
    if !(hz > 0.0 && hz < 4000.0) {
        return Err(PatternError::Frequency { step: index, hz });
    }
    let amplitude = (peak_of(dbm0, law) * overload(law)) as f32;
    Ok(Partial { step: oscillator::step_of(hz), amplitude })
}

/// Peak of a sine of this level, as a share of the overload point.
fn peak_of(dbm0: f64, law: Law) -> f64 {
    // G.711 clause 5: the load capacity.
    #[expect(clippy::approx_constant, reason = "a level, not a circle")]
    let load = match law {
        Law::A => 3.14,
        Law::Mu => 3.17,
    };
    10_f64.powf((dbm0 - load) / 20.0)
}

/// The overload point in units of a 16 bit sample: 4096 times 8 in A-law, 8159 times 4 in mu-law (see [`crate::g711`]).
const fn overload(law: Law) -> f64 {
    match law {
        Law::A => 32_768.0,
        Law::Mu => 32_636.0,
    }
}
