//! The sending end: digits in a queue become reports (RFC 4733 section 2.5.1).
//!
//! One [`Sender::handle_block`] each block of 10 ms, then [`Sender::poll_report`] until `None`. Each report is a packet of its own. The first one of an
//! event goes out with its first block and has the marker; updates follow at the interval, each with the duration so far and all with the
//! timestamp of the start; the last one has the end bit and is sent three times, at the interval. An event of more than 65,535 units goes
//! on in a segment of its own (section 2.5.1.3), and the last report of each segment is repeated as well. While [`Sender::is_sounding`], audio is not to be sent.
//!
//! An event may begin before its end is known ([`Sender::press`], [`Sender::release`]); one that is never released ends after [`LONGEST_PRESS_MS`].
//!
//! Left out: audio of the tone beside its events.

use std::collections::VecDeque;

use super::{LONGEST, Payload, event_of_digit};
use crate::BLOCK;

/// Longest event whose end is not told: 10 s.
pub const LONGEST_PRESS_MS: u32 = 10_000;
/// Digits that wait at most.
const QUEUED: usize = 64;
/// Times that the last report of an event or segment is sent (section 2.5.1.4).
const COPIES: u8 = 3;
/// Reports of one block at most: two copies of a segment's end, an update, the segment's end.
const REPORTS: usize = 4;
/// Timestamp units of a block.
const BLOCK_UNITS: u64 = BLOCK as u64;

/// How events are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SenderConfig {
    /// Time between reports in milliseconds, brought to whole blocks of 10: 50, or the packet time (section 2.5.1.2).
    pub interval_ms: u32,
    /// Silence between the end of a digit and the start of the next, in milliseconds; no shorter than until the end was sent three times.
    pub pause_ms: u32,
    /// Power level in -dBm0, 0 to 63.
    pub volume: u8,
}

impl Default for SenderConfig {
    fn default() -> Self {
        Self { interval_ms: 50, pause_ms: 50, volume: 10 }
    }
}

/// A report with what its RTP header must say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Report {
    /// The four octets.
    pub payload: Payload,
    /// RTP timestamp: when the event or its segment began.
    pub timestamp: u32,
    /// RTP marker: this is the event's first report.
    pub marker: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// No event; so many blocks have to pass before the next one.
    Idle {
        pause: u32,
    },
    Sounding(Sounding),
}

/// An event that waits, with its duration in timestamp units unless it is still held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Waiting {
    event: u8,
    duration: Option<u64>,
}

/// An event that is being sent. Times are timestamp units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sounding {
    event: u8,
    /// Timestamp of the segment.
    start: u32,
    /// From the start of the segment until the event ends; see [`Sender::press`] while it is held.
    remaining: u64,
    /// Pressed and not released yet.
    held: bool,
    /// Since the start of the segment.
    elapsed: u64,
    /// Blocks until the next update.
    wait: u32,
    first: bool,
}

/// The last report of an event or a segment, to be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Repeat {
    report: Report,
    left: u8,
    /// Blocks until the next time.
    wait: u32,
}

/// Turns digits into reports. See the module header.
#[derive(Debug, Clone)]
pub struct Sender {
    interval: u32,
    pause: u32,
    volume: u8,
    waiting: VecDeque<Waiting>,
    state: State,
    repeat: Option<Repeat>,
    reports: VecDeque<Report>,
}

impl Sender {
    /// A sender with nothing to send. Allocates its queues, and nothing later.
    #[must_use]
    pub fn new(config: SenderConfig) -> Self {
        Self {
            interval: blocks(config.interval_ms).max(1),
            pause: blocks(config.pause_ms),
            volume: config.volume.min(63),
            waiting: VecDeque::with_capacity(QUEUED),
            state: State::Idle { pause: 0 },
            repeat: None,
            reports: VecDeque::with_capacity(REPORTS),
        }
    }

    /// A digit begins, behind those that wait, and lasts until it is released. False when it is no digit or too
    /// many wait.
    pub fn press(&mut self, digit: char) -> bool {
        event_of_digit(digit).is_some_and(|event| self.wait(event, None))
    }

    /// The digit that was pressed has lasted `ms` milliseconds (at least one block); one whose press was not told is put behind those that
    /// wait as a whole. False as for [`Sender::press`].
    pub fn release(&mut self, digit: char, ms: u32) -> bool {
        let Some(event) = event_of_digit(digit) else { return false };
        if let State::Sounding(now) = &mut self.state
            && now.held
            && now.event == event
        {
            // What was sent already stays: a receiver has heard it.
            now.remaining = units(ms).max(now.elapsed + BLOCK_UNITS);
            now.held = false;
            return true;
        }
        match self.waiting.iter_mut().find(|waiting| waiting.event == event && waiting.duration.is_none()) {
            Some(waiting) => {
                waiting.duration = Some(units(ms));
                true
            }
            None => self.wait(event, Some(ms)),
        }
    }

    fn wait(&mut self, event: u8, ms: Option<u32>) -> bool {
        let room = self.waiting.len() < QUEUED;
        if room {
            self.waiting.push_back(Waiting { event, duration: ms.map(units) });
        }
        room
    }

    /// Forgets digits that wait. One that has begun is sent to its end, as its receiver waits for that.
    pub fn clear(&mut self) {
        self.waiting.clear();
    }

    /// Whether the latest block belongs to an event, so that its audio is not to be sent.
    #[must_use]
    pub const fn is_sounding(&self) -> bool {
        matches!(self.state, State::Sounding(_))
    }

    /// Whether nothing waits, sounds or has to be repeated.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        !self.is_sounding() && self.waiting.is_empty() && self.repeat.is_none() && self.reports.is_empty()
    }

    /// A block whose first sample has this timestamp is complete. Says whether the block belongs to an event.
    pub fn handle_block(&mut self, timestamp: u32) -> bool {
        self.repeat_if_due();
        if let State::Idle { pause } = self.state {
            self.state = match self.waiting.front() {
                Some(&Waiting { event, duration }) if pause == 0 && self.repeat.is_none() => {
                    self.waiting.pop_front();
                    let (held, remaining) = (duration.is_none(), duration.unwrap_or_else(|| units(LONGEST_PRESS_MS)));
                    State::Sounding(Sounding { event, start: timestamp, remaining, held, elapsed: 0, wait: 1, first: true })
                }
                Some(_) | None => State::Idle { pause: pause.saturating_sub(1) },
            };
        }
        match self.state {
            State::Idle { .. } => false,
            State::Sounding(sounding) => {
                self.sound(sounding);
                true
            }
        }
    }

    /// The next report to send.
    pub fn poll_report(&mut self) -> Option<Report> {
        self.reports.pop_front()
    }

    fn sound(&mut self, mut now: Sounding) {
        now.elapsed = now.elapsed.saturating_add(BLOCK_UNITS).min(now.remaining);
        now.wait = now.wait.saturating_sub(1);
        if now.elapsed > u64::from(LONGEST) {
            self.push_last(&now, LONGEST, false);
            now.first = false;
            now.start = now.start.wrapping_add(u32::from(LONGEST));
            now.remaining = now.remaining.saturating_sub(u64::from(LONGEST));
            now.elapsed = now.elapsed.saturating_sub(u64::from(LONGEST));
        }
        let duration = u16::try_from(now.elapsed).unwrap_or(LONGEST);
        if now.elapsed >= now.remaining {
            self.push_last(&now, duration, true);
            self.state = State::Idle { pause: self.pause };
            return;
        }
        if now.wait == 0 {
            let report = self.report(&now, duration, false);
            self.push(report);
            now.wait = self.interval;
            now.first = false;
        }
        self.state = State::Sounding(now);
    }

    const fn report(&self, now: &Sounding, duration: u16, end: bool) -> Report {
        let payload = Payload { event: now.event, end, reserved: false, volume: self.volume, duration };
        Report { payload, timestamp: now.start, marker: now.first }
    }

    fn push_last(&mut self, now: &Sounding, duration: u16, end: bool) {
        let report = self.report(now, duration, end);
        self.push(report);
        self.repeat = Some(Repeat { report: Report { marker: false, ..report }, left: COPIES - 1, wait: self.interval });
    }

    fn repeat_if_due(&mut self) {
        let Some(mut repeat) = self.repeat.take() else { return };
        repeat.wait = repeat.wait.saturating_sub(1);
        if repeat.wait == 0 {
            self.push(repeat.report);
            repeat.left = repeat.left.saturating_sub(1);
            repeat.wait = self.interval;
        }
        self.repeat = (repeat.left > 0).then_some(repeat);
    }

    /// Who does not drain the reports loses the oldest, as each later one says more.
    fn push(&mut self, report: Report) {
        if self.reports.len() >= REPORTS {
            self.reports.pop_front();
        }
        self.reports.push_back(report);
    }
}

/// Timestamp units of so many milliseconds: a block at least.
fn units(ms: u32) -> u64 {
    (u64::from(ms) * 8).max(BLOCK_UNITS)
}

/// Whole blocks in so many milliseconds, rounded up.
const fn blocks(ms: u32) -> u32 {
    ms.div_ceil(10)
}
