//! What is keyed on a telephone, in the body of an INFO: `application/dtmf-relay` and `application/dtmf`.
//!
//! Neither type is registered and no standard describes them; what follows is what the field sends. `application/dtmf-relay` has lines
//! `Signal=5` and `Duration=160` (milliseconds), with or without spaces around the `=`, ended by CRLF or LF. `application/dtmf` has the digit
//! alone. In both the digit may be written as the number of its telephone event (RFC 4733 table 3), so that `10` is `*`, and 16 is a flash. A
//! type that belies its body is forgiven. Lines of other names are passed over.
//!
//! ```
//! use sip::msg::dtmf::{self, Keyed};
//! let keyed = dtmf::read(b"Signal= 5\r\nDuration= 160\r\n");
//! assert_eq!(keyed, Ok(Keyed::Digit { digit: '5', ms: 160 }));
//! ```

/// The type with a duration; what we send.
pub const RELAY: &str = "application/dtmf-relay";
/// The type of a bare digit.
pub const BARE: &str = "application/dtmf";

/// How long a digit is pressed whose sender says nothing of it.
pub const USUAL_MS: u32 = 100;
/// Shortest press: what receivers of tones need (ITU-T Q.24).
pub const SHORTEST_MS: u32 = 40;
/// Longest press, lest a line sound for ever.
pub const LONGEST_MS: u32 = 10_000;

/// What was keyed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keyed {
    /// A digit was pressed.
    Digit {
        /// `0` to `9`, `*`, `#`, `A` to `D`.
        digit: char,
        /// For how long, from [`SHORTEST_MS`] to [`LONGEST_MS`].
        ms: u32,
    },
    /// The hook was flashed.
    Flash,
}

/// Why a body says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DtmfError {
    /// Not text.
    #[error("body is no text")]
    NoText,
    /// No Signal line.
    #[error("body has no signal")]
    NoSignal,
    /// Not a key of a telephone.
    #[error("signal is no key")]
    NoKey,
}

/// Reads a body of either type.
///
/// # Errors
/// The body names no key.
pub fn read(body: &[u8]) -> Result<Keyed, DtmfError> {
    let text = std::str::from_utf8(body).map_err(|_| DtmfError::NoText)?;
    let signal = match field(text, "signal") {
        Some(signal) => signal,
        None if text.contains('=') || text.trim().is_empty() => return Err(DtmfError::NoSignal),
        None => text.trim(),
    };
    match key(signal).ok_or(DtmfError::NoKey)? {
        Key::Digit(digit) => Ok(Keyed::Digit { digit, ms: field(text, "duration").map_or(USUAL_MS, duration) }),
        Key::Flash => Ok(Keyed::Flash),
    }
}

/// The body of type [`RELAY`] that says that `digit` was pressed for so many milliseconds.
#[must_use]
pub fn write(digit: char, ms: u32) -> String {
    format!("Signal={digit}\r\nDuration={}\r\n", ms.clamp(SHORTEST_MS, LONGEST_MS))
}

/// The value of the first line with this name, written in small letters here and in any there.
fn field<'a>(text: &'a str, wanted: &str) -> Option<&'a str> {
    let lines = text.split(['\r', '\n']).filter_map(|line| line.split_once('='));
    lines
        .map(|(name, value)| (name.trim(), value.trim()))
        .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
        .map(|(_, value)| value)
}

enum Key {
    Digit(char),
    Flash,
}

/// RFC 4733 table 3: events 0 to 9 are the digits, 10 and 11 star and hash, 12 to 15 A to D, 16 a flash.
fn key(signal: &str) -> Option<Key> {
    let digit = match signal {
        "10" => '*',
        "11" => '#',
        "12" => 'A',
        "13" => 'B',
        "14" => 'C',
        "15" => 'D',
        "16" => return Some(Key::Flash),
        signal => {
            let mut characters = signal.chars();
            let only = characters.next().filter(|_| characters.as_str().is_empty())?;
            only.to_ascii_uppercase()
        }
    };
    matches!(digit, '0'..='9' | '*' | '#' | 'A'..='D').then_some(Key::Digit(digit))
}

/// Milliseconds, whatever follows them; no number says nothing.
fn duration(value: &str) -> u32 {
    let digits = value.bytes().take_while(u8::is_ascii_digit).map(|digit| u32::from(digit - b'0'));
    let ms = digits.fold(None, |ms: Option<u32>, digit| Some(ms.unwrap_or(0).saturating_mul(10).saturating_add(digit)));
    ms.map_or(USUAL_MS, |ms| ms.clamp(SHORTEST_MS, LONGEST_MS))
}
