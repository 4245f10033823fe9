//! A far side's digits as DTMF on a line, block by block.
//!
//! A digit sounds from its press to its release, but never for less than [`SHORTEST_MS`], and is followed by [`PAUSE_MS`] of silence at least:
//! ITU-T Q.24's receivers want 40 ms of each, and a line may shorten both. Digits that come faster wait their turn, [`MOST_WAITING`]
//! at most. While [`Keyed::fill`] says true, its block goes to the line in place of the call's audio.
//!
//! ```
//! use std::sync::Arc;
//! use media::{BLOCK, Law, tone::{Keyed, Keys}};
//! let mut keyed = Keyed::new(Arc::new(Keys::new(Law::A)), Law::A);
//! keyed.press('5');
//! keyed.release('5', 120);
//! let mut block = [0_u8; BLOCK];
//! assert!(keyed.fill(&mut block));
//! ```
//!
//! Nothing is allocated after construction. Left out: a flash, which is no tone.

use std::collections::VecDeque;
use std::sync::Arc;

use super::dtmf::{self, HIGH, LOW};
use super::{Component, Generator, Pattern, Step};
use crate::{BLOCK, Law};

/// Least time that a digit sounds.
pub const SHORTEST_MS: u32 = 80;
/// Least silence after it.
pub const PAUSE_MS: u32 = 60;
/// Longest time that one sounds: a release may be lost.
pub const LONGEST_MS: u32 = 10_000;
/// Digits that wait for those before them; more are dropped.
pub const MOST_WAITING: usize = 32;
/// Milliseconds of a block.
const BLOCK_MS: u32 = 10;

/// The steady tones of the sixteen digits at a line's law, to be shared by all that play them.
#[derive(Debug)]
pub struct Keys(Vec<((f64, f64), Arc<Pattern>)>);

impl Keys {
    /// Makes them, at the levels of [`dtmf::Keying::default`].
    #[must_use]
    pub fn new(law: Law) -> Self {
        let keying = dtmf::Keying::default();
        let pairs = LOW.into_iter().flat_map(|low| HIGH.map(|high| (low, high)));
        let tone = |(low, high)| {
            let components = [Component { hz: low, dbm0: keying.low_dbm0 }, Component { hz: high, dbm0: keying.high_dbm0 }];
            // Frequencies and levels are fixed and allowed.
            Pattern::new(&[], &[Step::steady(&components)], law).ok().map(|pattern| ((low, high), Arc::new(pattern)))
        };
        Self(pairs.filter_map(tone).collect())
    }

    fn tone(&self, digit: char) -> Option<Generator> {
        let wanted = dtmf::frequencies(digit)?;
        let (_, pattern) = self.0.iter().find(|(frequencies, _)| *frequencies == wanted)?;
        Some(Generator::new(pattern.clone()))
    }
}

/// A digit that waits; it ends after so many milliseconds, or when it is released.
#[derive(Debug, Clone, Copy)]
struct Waiting {
    digit: char,
    ms: Option<u32>,
}

#[derive(Debug)]
enum State {
    Silent,
    Sounding { digit: char, tone: Generator, played_ms: u32, ms: Option<u32> },
    Pausing { left_ms: u32 },
}

/// The digits that one line is to hear.
#[derive(Debug)]
pub struct Keyed {
    keys: Arc<Keys>,
    law: Law,
    state: State,
    waiting: VecDeque<Waiting>,
}

impl Keyed {
    /// None yet.
    #[must_use]
    pub fn new(keys: Arc<Keys>, law: Law) -> Self {
        Self { keys, law, state: State::Silent, waiting: VecDeque::with_capacity(MOST_WAITING) }
    }

    /// A digit is pressed. False when it is no key, or too many wait.
    pub fn press(&mut self, digit: char) -> bool {
        self.wait(Waiting { digit, ms: None })
    }

    /// It is released after so many milliseconds; one whose press was not heard of sounds for as long.
    pub fn release(&mut self, digit: char, ms: u32) -> bool {
        if let State::Sounding { digit: sounding, ms: end @ None, .. } = &mut self.state
            && *sounding == digit
        {
            *end = Some(ms);
            return true;
        }
        match self.waiting.iter_mut().find(|waiting| waiting.digit == digit && waiting.ms.is_none()) {
            Some(waiting) => {
                waiting.ms = Some(ms);
                true
            }
            None => self.wait(Waiting { digit, ms: Some(ms) }),
        }
    }

    /// The next block for the line, in its law; false when the call's own audio is to be heard.
    pub fn fill(&mut self, block: &mut [u8; BLOCK]) -> bool {
        if matches!(self.state, State::Silent) {
            self.begin();
        }
        match &mut self.state {
            State::Silent => false,
            State::Sounding { tone, played_ms, ms, .. } => {
                tone.fill_octets(self.law, block);
                *played_ms += BLOCK_MS;
                if *played_ms >= ms.unwrap_or(LONGEST_MS).clamp(SHORTEST_MS, LONGEST_MS) {
                    self.state = State::Pausing { left_ms: PAUSE_MS };
                }
                true
            }
            State::Pausing { left_ms } => {
                block.fill(crate::g711::silence(self.law));
                *left_ms = left_ms.saturating_sub(BLOCK_MS);
                if *left_ms == 0 {
                    self.state = State::Silent;
                }
                true
            }
        }
    }

    fn wait(&mut self, waiting: Waiting) -> bool {
        let room = self.waiting.len() < MOST_WAITING && dtmf::frequencies(waiting.digit).is_some();
        if room {
            self.waiting.push_back(waiting);
        }
        room
    }

    fn begin(&mut self) {
        let Some(Waiting { digit, ms }) = self.waiting.pop_front() else { return };
        if let Some(tone) = self.keys.tone(digit) {
            self.state = State::Sounding { digit, tone, played_ms: 0, ms };
        }
    }
}
