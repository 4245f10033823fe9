//! How a tone is written down: frequencies, cadence, level, and who says so.
//!
//! A [`Tone`] is data and nothing else. Who plays it hands frequencies, levels and times to its generator as plain arguments.
//! `Display` writes a tone in the notation of the usual zone tables: `425/500,0/500`, with `!` before a step that is not repeated.

use std::fmt;

/// What is heard during a step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Sound {
    /// Nothing.
    Silence,
    /// Frequencies in Hz that sound together, each at the tone's level.
    Sum(&'static [f32]),
    /// One frequency, modulated in amplitude by another (`400x25` in the lists of ITU-T), in Hz.
    Modulated {
        /// The frequency that is heard.
        carrier: f32,
        /// The frequency that it swells with.
        by: f32,
    },
}

/// A piece of a cadence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// What is heard.
    pub sound: Sound,
    /// For how long, in milliseconds; `None`: until the tone is stopped.
    pub ms: Option<u32>,
}

/// Frequencies for `ms` milliseconds.
pub(super) const fn on(frequencies: &'static [f32], ms: u32) -> Step {
    Step { sound: Sound::Sum(frequencies), ms: Some(ms) }
}

/// A modulated frequency for `ms` milliseconds.
pub(super) const fn modulated(carrier: f32, by: f32, ms: u32) -> Step {
    Step { sound: Sound::Modulated { carrier, by }, ms: Some(ms) }
}

/// Silence for `ms` milliseconds.
pub(super) const fn off(ms: u32) -> Step {
    Step { sound: Sound::Silence, ms: Some(ms) }
}

/// Frequencies until the tone is stopped.
pub(super) const fn steady(frequencies: &'static [f32]) -> Step {
    Step { sound: Sound::Sum(frequencies), ms: None }
}

/// Where a value was found. See the header of [`crate::country`] for which copies were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Source {
    /// ITU-T E.180 Supplement 2, "Various tones used in national networks" (01/94).
    Supplement2,
    /// The same list as of February 2003, annex to ITU Operational Bulletin 781.
    Bulletin781,
    /// The same list as of May 2010, annex to the ITU Operational Bulletin ("E.180-2010").
    List2010,
    /// North American precise audible tone plan, ITU-T E.300 series Supplement 3.
    PreciseTonePlan,
    /// Telcordia GR-506-CORE, signalling of local exchanges.
    Gr506,
    /// 3GPP TS 22.001 annex F, supervisory tones: those that CEPT harmonised.
    Ts22001,
    /// The cadence of the country's own ringing tone.
    RingingTone,
}

impl Source {
    /// The short form that lists and pages show.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Supplement2 => "E.180 Sup.2",
            Self::Bulletin781 => "ITU OB 781",
            Self::List2010 => "E.180-2010",
            Self::PreciseTonePlan => "E.300 Sup.3",
            Self::Gr506 => "GR-506-CORE",
            Self::Ts22001 => "3GPP TS 22.001 annex F",
            Self::RingingTone => "its ringing tone",
        }
    }
}

/// A tone: first `once`, then `repeat` over and over until it is stopped. With an empty `repeat` it ends by itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tone {
    /// Steps that are played once, at the beginning.
    pub once: &'static [Step],
    /// Steps that are then repeated.
    pub repeat: &'static [Step],
    /// Level of each frequency in dBm0 where a source gives one; else [`super::NOMINAL_LEVEL_DBM0`] holds.
    pub level_dbm0: Option<f32>,
    /// Who says so.
    pub source: Source,
}

impl Tone {
    /// A cadence that goes on and on.
    pub(super) const fn repeating(repeat: &'static [Step], source: Source) -> Self {
        Self { once: &[], repeat, level_dbm0: None, source }
    }

    /// A sequence that ends.
    pub(super) const fn ending(once: &'static [Step], source: Source) -> Self {
        Self { once, repeat: &[], level_dbm0: None, source }
    }

    /// A sequence, then a cadence that goes on and on.
    pub(super) const fn then(once: &'static [Step], repeat: &'static [Step], source: Source) -> Self {
        Self { once, repeat, level_dbm0: None, source }
    }

    /// The same with a level.
    pub(super) const fn at(self, level_dbm0: f32) -> Self {
        Self { level_dbm0: Some(level_dbm0), ..self }
    }
}

impl fmt::Display for Sound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Silence => write!(f, "0"),
            Self::Sum(frequencies) => {
                for (index, frequency) in frequencies.iter().enumerate() {
                    write!(f, "{}{frequency}", if index == 0 { "" } else { "+" })?;
                }
                Ok(())
            }
            Self::Modulated { carrier, by } => write!(f, "{carrier}*{by}"),
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.sound)?;
        self.ms.map_or(Ok(()), |ms| write!(f, "/{ms}"))
    }
}

impl fmt::Display for Tone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.once.iter().enumerate() {
            write!(f, "{}!{step}", if index == 0 { "" } else { "," })?;
        }
        for (index, step) in self.repeat.iter().enumerate() {
            write!(f, "{}{step}", if index == 0 && self.once.is_empty() { "" } else { "," })?;
        }
        Ok(())
    }
}

/// What a telephone's bell does: milliseconds of ringing and silence in turn, then from the start again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RingCadence {
    /// On, off, on, off ..; an even count, in milliseconds.
    pub ms: &'static [u32],
    /// Who says so.
    pub source: Source,
}

impl RingCadence {
    /// The bell keeps time with the ringing tone that the caller hears.
    pub(super) const fn of_ringing_tone(ms: &'static [u32]) -> Self {
        Self { ms, source: Source::RingingTone }
    }
}
