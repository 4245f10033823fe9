//! Takes the digits that are keyed in a channel's audio out of it, so that only their events are heard at the other end.
//!
//! A detector knows a digit 25 to 40 ms after it began. So audio is kept back by one block of 10 ms, and a block that is nothing but two tones
//! ([`KeyOnset`]) is silenced with the one before it, in which the tones began. What the detector does not confirm is let through after
//! [`DOUBTFUL`] blocks, until a block comes that is no key. A digit that was confirmed is silent to the detector's word that it is over.
//!
//! ```
//! use std::sync::Arc;
//! use media::{BLOCK, Law, g711, tone::{KeyGate, KeyOnset}};
//! let mut gate = KeyGate::new(Arc::new(KeyOnset::default()), Law::A);
//! let mut block = [g711::encode(Law::A, 1000); BLOCK];
//! gate.pass(&mut block, false); // whether the detector hears a digit
//! assert_eq!(block, [g711::silence(Law::A); BLOCK], "the block before");
//! ```

use std::sync::Arc;

use super::KeyOnset;
use crate::{BLOCK, Law, g711};

/// Blocks that are kept back without the detector's word: a digit that lasts 40 ms is heard by then.
pub const DOUBTFUL: u8 = 5;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    /// So many blocks looked like a key, and the detector has said nothing.
    Doubting(u8),
    /// They still do, and it never did.
    Doubted,
    /// The detector hears a digit.
    Digit,
}

/// See the module header.
#[derive(Debug, Clone)]
pub struct KeyGate {
    onset: Arc<KeyOnset>,
    law: Law,
    held: [u8; BLOCK],
    state: State,
    silenced: u64,
    unconfirmed: u64,
}

impl KeyGate {
    /// Nothing was keyed yet.
    #[must_use]
    pub fn new(onset: Arc<KeyOnset>, law: Law) -> Self {
        Self { onset, law, held: [g711::silence(law); BLOCK], state: State::Open, silenced: 0, unconfirmed: 0 }
    }

    /// Puts the block that came before in the place of `block`, or silence. `digit`: the detector, having heard `block`, is in a digit.
    pub fn pass(&mut self, block: &mut [u8; BLOCK], digit: bool) {
        let mut samples = [0; BLOCK];
        g711::decode_slice(self.law, block, &mut samples);
        let key = digit || self.onset.is_key(&samples);
        let (state, silent) = match self.state {
            _ if digit => (State::Digit, true),
            State::Open | State::Digit if key => (State::Doubting(1), true),
            State::Doubting(blocks) if key && blocks >= DOUBTFUL => {
                self.unconfirmed += 1;
                (State::Doubted, false)
            }
            State::Doubting(blocks) if key => (State::Doubting(blocks + 1), true),
            State::Doubting(_) => {
                self.unconfirmed += 1;
                (State::Open, true)
            }
            State::Doubted if key => (State::Doubted, false),
            State::Open | State::Doubted => (State::Open, false),
            State::Digit => (State::Open, true),
        };
        self.state = state;
        std::mem::swap(&mut self.held, block);
        if silent {
            self.silenced += 1;
            block.fill(g711::silence(self.law));
        }
    }

    /// Blocks that were silenced.
    #[must_use]
    pub const fn silenced(&self) -> u64 {
        self.silenced
    }

    /// Times that blocks were silenced for what was no digit.
    #[must_use]
    pub const fn unconfirmed(&self) -> u64 {
        self.unconfirmed
    }
}
