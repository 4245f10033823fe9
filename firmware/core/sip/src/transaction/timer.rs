//! Timers of RFC 3261 section 17 and RFC 6026, by their names, in one table.

use std::time::Duration;

use super::Reliability;

/// The basic times that all others are made of (RFC 3261 table 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// Estimate of the round trip.
    pub t1: Duration,
    /// Longest interval between repeats of non-INVITE requests and of INVITE responses.
    pub t2: Duration,
    /// How long a message stays in the network.
    pub t4: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self { t1: Duration::from_millis(500), t2: Duration::from_secs(4), t4: Duration::from_secs(5) }
    }
}

/// The timers of transactions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Timer {
    /// INVITE request repeats, UDP only.
    A,
    /// INVITE has no answer at all.
    B,
    /// INVITE answered by 300 or more: waits for repeats of the answer.
    D,
    /// Non-INVITE request repeats, UDP only.
    E,
    /// Non-INVITE has no final answer.
    F,
    /// Answer of 300 or more to INVITE repeats, UDP only.
    G,
    /// No ACK to an answer of 300 or more.
    H,
    /// After that ACK: waits for its repeats.
    I,
    /// Non-INVITE answered: waits for repeats of the request.
    J,
    /// Non-INVITE answered: waits for repeats of the answer.
    K,
    /// INVITE answered by 2xx, server: absorbs repeats of the INVITE.
    L,
    /// INVITE answered by 2xx, client: lets further 2xx through.
    M,
}

/// One row of [`TIMERS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimerRow {
    /// Which timer.
    pub timer: Timer,
    /// Its length over UDP, with the default basic times, in milliseconds. For A, E and G the first interval.
    pub default_ms: u64,
    /// Where it is defined.
    pub clause: &'static str,
}

const fn row(timer: Timer, default_ms: u64, clause: &'static str) -> TimerRow {
    TimerRow { timer, default_ms, clause }
}

/// Every timer with its default and its clause.
pub const TIMERS: [TimerRow; 12] = [
    row(Timer::A, 500, "RFC 3261 17.1.1.2"),
    row(Timer::B, 32_000, "RFC 3261 17.1.1.2"),
    row(Timer::D, 32_000, "RFC 3261 17.1.1.2"),
    row(Timer::E, 500, "RFC 3261 17.1.2.2"),
    row(Timer::F, 32_000, "RFC 3261 17.1.2.2"),
    row(Timer::G, 500, "RFC 3261 17.2.1"),
    row(Timer::H, 32_000, "RFC 3261 17.2.1"),
    row(Timer::I, 5_000, "RFC 3261 17.2.1"),
    row(Timer::J, 32_000, "RFC 3261 17.2.2"),
    row(Timer::K, 5_000, "RFC 3261 17.1.2.2"),
    row(Timer::L, 32_000, "RFC 6026 8.7"),
    row(Timer::M, 32_000, "RFC 6026 8.4"),
];

impl Timing {
    /// 64 times T1: how long a transaction waits for its peer.
    #[must_use]
    pub fn patience(&self) -> Duration {
        self.t1.saturating_mul(64)
    }

    /// How long `timer` runs; for A, E and G the first interval.
    #[must_use]
    pub fn length(&self, timer: Timer, reliability: Reliability) -> Duration {
        let unless_reliable = |length: Duration| match reliability {
            Reliability::Reliable => Duration::ZERO,
            Reliability::Unreliable => length,
        };
        match timer {
            Timer::A | Timer::E | Timer::G => self.t1,
            Timer::B | Timer::F | Timer::H | Timer::L | Timer::M => self.patience(),
            // 17.1.1.2: at least 32 s, whatever T1 is.
            Timer::D => unless_reliable(self.patience().max(Duration::from_secs(32))),
            Timer::I | Timer::K => unless_reliable(self.t4),
            Timer::J => unless_reliable(self.patience()),
        }
    }

    /// The interval that follows `interval` in E and G: doubled, at most T2.
    #[must_use]
    pub fn next_interval(&self, interval: Duration) -> Duration {
        interval.saturating_mul(2).min(self.t2)
    }
}
