//! A bit-error test of one channel in software: the sequence of length 2^15-1 of ITU-T O.150 clause 5.3 (O.151), over octets.
//!
//! A shift register of 15 stages; the outputs of the 14th and 15th added modulo 2 feed the first; what is sent is inverted, so that the
//! longest run of zeros is 15. The most significant bit of an octet goes first, as on the line (G.704). [`Generator`] sends it,
//! [`Checker`] finds it again and counts: by a loop, or a far end that does the same.
//!
//! It tests 64 kbit/s end to end: a law conversion, a gain, an echo canceller or robbed signalling bits in the path are seen as errors.
//! Left out: the other sequences of O.150, and G.826's error performance events (they are the line's: see [`super::super::counters`]).
//!
//! How to drive it: for each block read [`Checker::check`] it, [`Generator::fill`] one and write it. Pure, never waits.

/// Stages of the register.
const STAGES: u32 = 15;
const MASK: u16 = (1 << STAGES) - 1;
/// How many bits in a row must be as predicted before the sequence is believed to be found. By chance: once in 2^48.
const FOUND_AFTER: u32 = 48;
/// Octets over which errors are weighed: 8 ms.
const WINDOW: u32 = 64;
/// Errors in a window with which synchronism is lost: a fifth of its bits (O.151 clause 2.6, there over a second).
const MOST_ERRORS: u64 = WINDOW as u64 * 8 / 5;

/// The register's next bit, which is shifted in.
const fn step(register: u16) -> (u16, u16) {
    let bit = ((register >> (STAGES - 1)) ^ (register >> (STAGES - 2))) & 1;
    (((register << 1) | bit) & MASK, bit)
}

/// Sends the sequence.
#[derive(Debug, Clone)]
pub struct Generator {
    register: u16,
    /// Errors to put in.
    to_inject: u32,
}

impl Default for Generator {
    fn default() -> Self {
        Self { register: MASK, to_inject: 0 }
    }
}

impl Generator {
    /// Fills `block` with the next octets of the sequence.
    pub fn fill(&mut self, block: &mut [u8]) {
        for octet in block {
            *octet = 0;
            for _ in 0..8 {
                let (register, bit) = step(self.register);
                self.register = register;
                *octet = (*octet << 1) | u8::from(bit == 0);
            }
            if self.to_inject > 0 {
                self.to_inject -= 1;
                *octet ^= 1;
            }
        }
    }

    /// Puts one wrong bit into each of the next `errors` octets, to see that they arrive.
    pub fn inject_errors(&mut self, errors: u32) {
        self.to_inject = self.to_inject.saturating_add(errors);
    }
}

/// What a [`Checker`] has counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Bits compared while in synchronism.
    pub bits: u64,
    /// Of these, bits that were wrong.
    pub errors: u64,
    /// Times that synchronism was lost: a slip, an interruption, or a fifth of the bits wrong. The 8 ms in which that was seen and the
    /// 8 ms before, in which it may have begun, count in neither `bits` nor `errors`.
    pub losses: u64,
}

impl Tally {
    /// Wrong bits per bit compared; 0 when none was.
    #[must_use]
    pub fn ratio(&self) -> f64 {
        if self.bits == 0 { 0.0 } else { self.errors as f64 / self.bits as f64 }
    }
}

#[derive(Debug, Clone, Copy)]
enum State {
    /// Looking for the sequence: the register holds the last bits received.
    Hunting {
        /// Bits in a row that were as predicted.
        matched: u32,
    },
    /// The register runs by itself.
    Locked {
        /// What this window has seen.
        window: Window,
        /// What the one before has; empty in the first.
        before: Window,
    },
}

#[derive(Debug, Clone, Copy, Default)]
struct Window {
    octets: u32,
    /// Wrong bits.
    errors: u64,
}

/// Finds the sequence and counts what is wrong with it.
#[derive(Debug, Clone)]
pub struct Checker {
    register: u16,
    state: State,
    tally: Tally,
}

impl Default for Checker {
    fn default() -> Self {
        Self { register: 0, state: State::Hunting { matched: 0 }, tally: Tally::default() }
    }
}

impl Checker {
    /// Looks at the next octets received.
    pub fn check(&mut self, block: &[u8]) {
        for octet in block {
            match self.state {
                State::Hunting { matched } => self.hunt(*octet, matched),
                State::Locked { window, before } => self.compare(*octet, window, before),
            }
        }
    }

    /// Whether the sequence is recognised now.
    #[must_use]
    pub const fn in_sync(&self) -> bool {
        matches!(self.state, State::Locked { .. })
    }

    /// What was counted so far; the present window is part of it.
    #[must_use]
    pub const fn tally(&self) -> Tally {
        self.tally
    }

    fn hunt(&mut self, octet: u8, mut matched: u32) {
        for place in (0..8).rev() {
            let received = u16::from((octet >> place) & 1 == 0);
            let (_, predicted) = step(self.register);
            // An empty register predicts itself for ever: idle ones on the line are not the sequence.
            matched = if received == predicted && self.register != 0 { matched + 1 } else { 0 };
            self.register = ((self.register << 1) | received) & MASK;
        }
        self.state = if matched >= FOUND_AFTER {
            State::Locked { window: Window::default(), before: Window::default() }
        } else {
            State::Hunting { matched }
        };
    }

    fn compare(&mut self, octet: u8, window: Window, before: Window) {
        let mut wrong = 0;
        for place in (0..8).rev() {
            let (register, bit) = step(self.register);
            self.register = register;
            wrong += u64::from(u16::from((octet >> place) & 1 == 0) != bit);
        }
        self.tally.bits += 8;
        self.tally.errors += wrong;
        let window = Window { octets: window.octets + 1, errors: window.errors + wrong };
        self.state = if window.errors >= MOST_ERRORS {
            self.tally.bits -= u64::from(window.octets + before.octets) * 8;
            self.tally.errors -= window.errors + before.errors;
            self.tally.losses += 1;
            State::Hunting { matched: 0 }
        } else if window.octets == WINDOW {
            State::Locked { window: Window::default(), before: window }
        } else {
            State::Locked { window, before }
        };
    }
}
