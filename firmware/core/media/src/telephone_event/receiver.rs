//! The receiving end: one digit for the many packets of an event, whatever is lost of them (RFC 4733 section 2.5.2).
//!
//! The packets of an event share their timestamp; a long event goes on in segments, each beginning where the one before ended. An event is over
//! with the first of its end packets. When all of these are lost, it is over with the next event, with audio from well behind it, or when
//! three updates in a row have not come. Left out: the marker, which says nothing that the timestamp does not.

use core::time::Duration;

use super::{LONGEST, Payload, digit_of_event, time_of};

/// Audio this many samples (100 ms) past the end of an event proves that its end packets were lost.
const END_LOST_AFTER: u32 = 800;
/// Updates that may be missing before the event is taken for ended.
const MISSING_UPDATES: u32 = 3;
/// Blocks between updates, at least: senders use 50 ms or their packet time.
const SHORTEST_INTERVAL: u32 = 5;
/// The same at most, so that a gap of the network is not taken for a slow sender.
const LONGEST_INTERVAL: u32 = 20;

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
    Sounding(Sounding),
    Ended { start: u32 },
}

/// An event that has not ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sounding {
    event: u8,
    /// Timestamp of the segment.
    start: u32,
    /// Longest duration reported of the segment.
    duration: u16,
    /// Timestamp units of the segments before.
    before: u64,
    /// Blocks since the last report that was news.
    waited: u32,
    /// Most blocks between two of them.
    interval: u32,
}

impl Sounding {
    const fn new(start: u32, report: Payload) -> Self {
        Self { event: report.event, start, duration: report.duration, before: 0, waited: 0, interval: SHORTEST_INTERVAL }
    }

    /// A report of the same segment.
    fn update(&mut self, report: Payload) {
        if report.event == self.event && report.duration > self.duration {
            self.duration = report.duration;
            self.interval = self.interval.max(self.waited.min(LONGEST_INTERVAL));
            self.waited = 0;
        }
    }

    /// Whether `start` is where the next segment of this event begins.
    fn goes_on_at(&self, start: u32, report: Payload) -> bool {
        report.event == self.event && start == self.start.wrapping_add(u32::from(LONGEST))
    }
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
        match &mut self.state {
            State::Quiet => self.begin(start, report),
            State::Ended { start: known } => {
                if is_later(start, *known) {
                    self.begin(start, report)
                } else {
                    None // one of the repeats of the end (RFC 4733 section 2.5.1.4), or older still
                }
            }
            State::Sounding(sounding) => {
                if start == sounding.start {
                    sounding.update(report);
                    if report.end { self.finish() } else { None }
                } else if sounding.goes_on_at(start, report) {
                    let before = sounding.before.saturating_add(u64::from(LONGEST));
                    *sounding = Sounding { before, interval: sounding.interval, ..Sounding::new(start, report) };
                    if report.end { self.finish() } else { None }
                } else if is_later(start, sounding.start) {
                    let finished = self.finish();
                    // The new event's own digit, should this report already be its end, must not be lost either: the
                    // end is sent three times and the next repeat brings it.
                    self.state = State::Sounding(Sounding::new(start, report));
                    finished
                } else {
                    None
                }
            }
        }
    }

    /// The digit whose event has begun and not ended.
    #[must_use]
    pub fn sounding(&self) -> Option<char> {
        match self.state {
            State::Quiet | State::Ended { .. } => None,
            State::Sounding(Sounding { event, .. }) => digit_of_event(event),
        }
    }

    /// Takes note that audio of the timestamp `now` arrived: an event whose end never came is over.
    pub fn handle_audio(&mut self, now: u32) -> Option<Digit> {
        match self.state {
            State::Quiet | State::Ended { .. } => None,
            State::Sounding(Sounding { start, duration, .. }) => {
                let over = start.wrapping_add(u32::from(duration)).wrapping_add(END_LOST_AFTER);
                if is_later(now, over) { self.finish() } else { None }
            }
        }
    }

    /// Takes note that a block of 10 ms has passed: an event that is not updated any more is over, even when nothing else comes.
    pub fn handle_block(&mut self) -> Option<Digit> {
        match &mut self.state {
            State::Quiet | State::Ended { .. } => None,
            State::Sounding(sounding) => {
                sounding.waited = sounding.waited.saturating_add(1);
                if sounding.waited > sounding.interval.saturating_mul(MISSING_UPDATES) { self.finish() } else { None }
            }
        }
    }

    fn begin(&mut self, start: u32, report: Payload) -> Option<Digit> {
        self.state = State::Sounding(Sounding::new(start, report));
        if report.end { self.finish() } else { None }
    }

    fn finish(&mut self) -> Option<Digit> {
        match self.state {
            State::Quiet | State::Ended { .. } => None,
            State::Sounding(Sounding { event, start, duration, before, .. }) => {
                self.state = State::Ended { start };
                let duration = time_of(before.saturating_add(u64::from(duration)));
                digit_of_event(event).map(|digit| Digit { digit, duration })
            }
        }
    }
}

/// Whether `a` is after `b` on the circle of timestamps.
const fn is_later(a: u32, b: u32) -> bool {
    let ahead = a.wrapping_sub(b);
    ahead != 0 && ahead < 0x8000_0000
}
