//! Interregister MF of signalling system R2 (ITU-T Q.441 to Q.457): [`Receiver`] and [`Sender`], each for one direction.
//!
//! Two of six frequencies, 1380 to 1980 Hz forward and 540 to 1140 Hz backward. Signals are compelled: each stays until the
//! other end has answered it, so there is no queue, only what is sent now. What a signal means (groups I, II, A, B) and the
//! compelled cycle are the register's business.

mod receiver;
mod sender;

pub use receiver::{Event, Receiver};
pub use sender::Sender;

/// Which frequencies, by Q.441 table 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// From the outgoing register: 1380 to 1980 Hz.
    Forward,
    /// To the outgoing register: 540 to 1140 Hz.
    Backward,
}

/// A combination of two frequencies by its number in Q.441 table 5: 1 to 15. The digits 1 to 9 are 1 to 9, the digit 0 is 10.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Signal(u8);

/// spandsp's characters (bell_r2_mf.c), from signal 1 on.
const CODES: [u8; 15] = *b"1234567890BCDEF";

impl Signal {
    /// The signal of that number, 1 to 15.
    pub fn new(number: u8) -> Option<Self> {
        (1..=15).contains(&number).then_some(Self(number))
    }

    /// 1 to 15.
    pub fn number(self) -> u8 {
        self.0
    }

    /// All fifteen.
    pub fn all() -> impl Iterator<Item = Self> {
        (1..=15).map(Self)
    }

    fn code(self) -> u8 {
        CODES.get(usize::from(self.0) - 1).copied().unwrap_or(0)
    }

    fn from_code(code: u8) -> Option<Self> {
        let position = CODES.iter().position(|known| *known == code)?;
        Self::new(u8::try_from(position).ok()? + 1)
    }
}
