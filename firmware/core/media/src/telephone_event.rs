//! Telephone events: DTMF and flash as RTP payload (RFC 4733 section 2).
//!
//! [`Payload`] is the wire form, [`Receiver`] turns the repeated packets of one event into one [`Digit`]. Left out:
//! sending with its redundancy, events above 16, several events in one packet, long events cut into segments.

use core::time::Duration;

use crate::octets::Reader;

/// Event code of a hook flash (RFC 4733 section 3.2 by way of RFC 2833; deprecated but in use).
const FLASH: u8 = 16;
/// Audio this many samples (100 ms) past the end of an event proves that its end packets were lost.
const END_LOST_AFTER: u32 = 800;

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

/// A digit that was received, once each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digit {
    /// `0` to `9`, `*`, `#`, `A` to `D`, `!` for a flash.
    pub digit: char,
    /// How long it lasted.
    pub duration: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Quiet,
    Sounding { event: u8, start: u32, duration: u16 },
    Ended { start: u32 },
}

/// Joins the packets of an event by their timestamp, which all of them share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receiver {
    state: State,
}

impl Default for Receiver {
    fn default() -> Self {
        Self { state: State::Quiet }
    }
}

impl Receiver {
    /// Takes one report whose RTP timestamp is `start`. A digit comes out when its event ends, or when the next event
    /// begins and shows that the end was lost.
    pub fn handle_report(&mut self, start: u32, report: Payload) -> Option<Digit> {
        match self.state {
            State::Quiet => self.begin(start, report),
            State::Ended { start: known } => {
                if is_later(start, known) {
                    self.begin(start, report)
                } else {
                    None // one of the repeats of the end (RFC 4733 section 2.5.1.4), or older still
                }
            }
            State::Sounding { event, start: known, duration } => {
                if start == known {
                    let longest = if report.event == event { report.duration.max(duration) } else { duration };
                    self.state = State::Sounding { event, start, duration: longest };
                    if report.end { self.finish() } else { None }
                } else if is_later(start, known) {
                    let finished = self.finish();
                    // The new event's own digit, should this report already be its end, must not be lost either: the
                    // end is sent three times and the next repeat brings it.
                    self.state = State::Sounding { event: report.event, start, duration: report.duration };
                    finished
                } else {
                    None
                }
            }
        }
    }

    /// Takes note that audio of the timestamp `now` arrived: an event whose end never came is over.
    pub fn handle_audio(&mut self, now: u32) -> Option<Digit> {
        match self.state {
            State::Quiet | State::Ended { .. } => None,
            State::Sounding { start, duration, .. } => {
                let over = start.wrapping_add(u32::from(duration)).wrapping_add(END_LOST_AFTER);
                if is_later(now, over) { self.finish() } else { None }
            }
        }
    }

    fn begin(&mut self, start: u32, report: Payload) -> Option<Digit> {
        self.state = State::Sounding { event: report.event, start, duration: report.duration };
        if report.end { self.finish() } else { None }
    }

    fn finish(&mut self) -> Option<Digit> {
        match self.state {
            State::Quiet | State::Ended { .. } => None,
            State::Sounding { event, start, duration } => {
                self.state = State::Ended { start };
                digit_of_event(event).map(|digit| Digit { digit, duration: Duration::from_micros(u64::from(duration) * 125) })
            }
        }
    }
}

/// Whether `a` is after `b` on the circle of timestamps.
const fn is_later(a: u32, b: u32) -> bool {
    let ahead = a.wrapping_sub(b);
    ahead != 0 && ahead < 0x8000_0000
}
