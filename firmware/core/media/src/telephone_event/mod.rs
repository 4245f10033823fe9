//! Telephone events: DTMF and flash as RTP payload (RFC 4733 section 2).
//!
//! [`Payload`] is the wire form. [`Receiver`] turns the repeated packets of one event into one [`Digit`]; [`Sender`] makes the packets of
//! queued digits. Both are driven block by block. Left out: events above 16, several events in one packet, the payload of tones (RFC 4733 section 4).

mod receiver;
mod sender;

use core::time::Duration;

pub use receiver::{Digit, Receiver};
pub use sender::{LONGEST_PRESS_MS, Report, Sender, SenderConfig};

use crate::octets::Reader;

/// Event code of a hook flash (RFC 4733 section 3.2 by way of RFC 2833; deprecated but in use).
const FLASH: u8 = 16;
/// The longest duration of a report: an event that lasts longer goes on in a new segment (section 2.5.1.3).
const LONGEST: u16 = u16::MAX;

/// One event report, 4 octets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Payload {
    /// Event code: 0 to 9, 10 is `*`, 11 is `#`, 12 to 15 are A to D, 16 is flash.
    pub event: u8,
    /// Whether the event has ended.
    pub end: bool,
    /// The reserved bit, kept as received.
    pub reserved: bool,
    /// Power level in -dBm0, 0 to 63.
    pub volume: u8,
    /// Duration so far in timestamp units.
    pub duration: u16,
}

impl Payload {
    /// Reads the first event of a payload; `None` when it is shorter than 4 octets.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        let event = reader.u8()?;
        let flags = reader.u8()?;
        let duration = reader.u16()?;
        Some(Self { event, end: flags & 0x80 != 0, reserved: flags & 0x40 != 0, volume: flags & 0x3F, duration })
    }

    /// The 4 octets.
    #[must_use]
    pub const fn emit(self) -> [u8; 4] {
        let end = if self.end { 0x80 } else { 0 };
        let reserved = if self.reserved { 0x40 } else { 0 };
        let [high, low] = self.duration.to_be_bytes();
        [self.event, end | reserved | (self.volume & 0x3F), high, low]
    }
}

/// `0` to `9`, `*`, `#`, `A` to `D`, and `!` for a flash; `None` for any other event.
#[must_use]
pub fn digit_of_event(event: u8) -> Option<char> {
    match event {
        0..=9 => Some(char::from(b'0' + event)),
        10 => Some('*'),
        11 => Some('#'),
        12..=15 => Some(char::from(b'A' + (event - 12))),
        FLASH => Some('!'),
        _ => None,
    }
}

/// The inverse of [`digit_of_event`]; small letters are taken too.
#[must_use]
pub fn event_of_digit(digit: char) -> Option<u8> {
    (0..=FLASH).find(|event| digit_of_event(*event) == Some(digit.to_ascii_uppercase()))
}

/// How long so many timestamp units last.
fn time_of(units: u64) -> Duration {
    Duration::from_micros(units.saturating_mul(125))
}
