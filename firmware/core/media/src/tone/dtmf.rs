//! DTMF digits as steps of a pattern (ITU-T Q.23: a frequency of the low group and one of the high group, eight in all).
//!
//! ```
//! use media::{Law, tone::{Pattern, dtmf::{Keying, steps}}};
//! let pattern = Pattern::new(&steps("4711#", &Keying::default()).unwrap(), &[], Law::A)?;
//! # Ok::<(), media::tone::PatternError>(())
//! ```
//!
//! Left out: the detector, which is another matter.

use super::{Component, Step};

/// Low group in Hz: the rows of the keypad.
pub const LOW: [f64; 4] = [697.0, 770.0, 852.0, 941.0];
/// High group in Hz: the columns of the keypad.
pub const HIGH: [f64; 4] = [1209.0, 1336.0, 1477.0, 1633.0];
/// The keys, row by row.
const KEYS: [[char; 4]; 4] = [['1', '2', '3', 'A'], ['4', '5', '6', 'B'], ['7', '8', '9', 'C'], ['*', '0', '#', 'D']];

/// How digits are keyed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Keying {
    /// Level of the low group in dBm0.
    pub low_dbm0: f64,
    /// Level of the high group in dBm0: what it has more than the low group is the twist.
    pub high_dbm0: f64,
    /// How long each digit sounds, in milliseconds. Q.24's receivers take 40 ms and more.
    pub on_ms: u32,
    /// Silence after each digit, in milliseconds.
    pub off_ms: u32,
}

impl Default for Keying {
    /// -9 and -7 dBm0, so that the high group arrives as loud as the low one over a line that dampens it by 2 dB; 80 ms each.
    fn default() -> Self {
        Self { low_dbm0: -9.0, high_dbm0: -7.0, on_ms: 80, off_ms: 80 }
    }
}

/// The two frequencies of a digit in Hz, low and high; `None` for what is no key. Small letters are taken too.
#[must_use]
pub fn frequencies(digit: char) -> Option<(f64, f64)> {
    let digit = digit.to_ascii_uppercase();
    LOW.iter().zip(KEYS).find_map(|(low, row)| {
        let (high, _) = HIGH.iter().zip(row).find(|(_, key)| *key == digit)?;
        Some((*low, *high))
    })
}

/// The steps of digits one after the other: each sounds and is followed by silence. `None` when one of them is no key.
#[must_use]
pub fn steps(digits: &str, keying: &Keying) -> Option<Vec<Step>> {
    let mut steps = Vec::with_capacity(2 * digits.len());
    for digit in digits.chars() {
        let (low, high) = frequencies(digit)?;
        let components = [Component { hz: low, dbm0: keying.low_dbm0 }, Component { hz: high, dbm0: keying.high_dbm0 }];
        steps.push(Step::on(&components, keying.on_ms));
        steps.push(Step::off(keying.off_ms));
    }
    Some(steps)
}
