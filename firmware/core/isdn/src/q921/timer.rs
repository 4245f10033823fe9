//! Timers of the data link (Q.921 5.9) and the one table of their defaults.
//!
//! Left out: T201 and T202, which belong to TEI management and so to the basic rate interface.

use std::time::Duration;

/// A timer of the data link, by its name in Q.921.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Timer {
    /// When to poll or repeat because an acknowledgement did not come.
    T200,
    /// How long a link may be silent before the far end is polled.
    T203,
}

/// One row of the table that the operator sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimerRow {
    /// The timer.
    pub timer: Timer,
    /// Its default in milliseconds.
    pub default_ms: u64,
    /// The clause that defines it.
    pub clause: &'static str,
    /// What it is for.
    pub purpose: &'static str,
}

/// Every timer of the data link.
pub const TIMERS: [TimerRow; 2] = [
    TimerRow { timer: Timer::T200, default_ms: 1_000, clause: "Q.921 5.9.1", purpose: "repeat an unacknowledged command" },
    TimerRow { timer: Timer::T203, default_ms: 10_000, clause: "Q.921 5.9.8", purpose: "poll a silent far end" },
];

impl Timer {
    /// The default of Q.921. [`Config::new`](super::Config::new) moves T203 by half a second to either side.
    #[must_use]
    pub fn default_duration(self) -> Duration {
        let ms = TIMERS.iter().find(|row| row.timer == self).map_or(0, |row| row.default_ms);
        Duration::from_millis(ms)
    }
}
