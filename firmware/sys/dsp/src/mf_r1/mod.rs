//! MF of signalling system R1 (ITU-T Q.320 to Q.323, "Bell MF"): [`Receiver`] and [`Sender`].
//!
//! Two of six frequencies from 700 to 1700 Hz. KP begins an address and ST or one of its variants ends it.

mod receiver;
mod sender;

pub use receiver::Receiver;
pub use sender::Sender;

use crate::Error;
use std::fmt;

/// One signal of the register signalling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Signal {
    /// 0 to 9.
    Digit(u8),
    /// KP, start of pulsing: 1100 and 1700 Hz.
    Kp,
    /// ST, end of pulsing: 1500 and 1700 Hz.
    St,
    /// ST': 900 and 1700 Hz.
    StPrime,
    /// ST'': 1300 and 1700 Hz.
    StDoublePrime,
    /// ST''': 700 and 1700 Hz.
    StTriplePrime,
}

impl Signal {
    /// All fifteen.
    pub fn all() -> impl Iterator<Item = Self> {
        let special = [Self::Kp, Self::St, Self::StPrime, Self::StDoublePrime, Self::StTriplePrime];
        (0..=9).map(Self::Digit).chain(special)
    }

    /// The character that spandsp has for it (bell_r2_mf.c).
    fn code(self) -> Result<u8, Error> {
        Ok(match self {
            Self::Digit(digit @ 0..=9) => b'0' + digit,
            Self::Digit(digit) => return Err(Error::NotADigit(char::from(digit))),
            Self::Kp => b'*',
            Self::St => b'#',
            Self::StPrime => b'A',
            Self::StDoublePrime => b'B',
            Self::StTriplePrime => b'C',
        })
    }

    fn from_code(code: u8) -> Option<Self> {
        Some(match code {
            b'0'..=b'9' => Self::Digit(code - b'0'),
            b'*' => Self::Kp,
            b'#' => Self::St,
            b'A' => Self::StPrime,
            b'B' => Self::StDoublePrime,
            b'C' => Self::StTriplePrime,
            _ => return None,
        })
    }
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Digit(digit) => write!(f, "{digit}"),
            Self::Kp => f.write_str("KP"),
            Self::St => f.write_str("ST"),
            Self::StPrime => f.write_str("ST'"),
            Self::StDoublePrime => f.write_str("ST''"),
            Self::StTriplePrime => f.write_str("ST'''"),
        }
    }
}
