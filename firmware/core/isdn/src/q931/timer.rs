//! Timers of call control (Q.931 9) and of hold (Q.932 6.2), and the one table of their defaults by side.
//!
//! Every timer of the standard has its row. Those of services that a primary rate interface has not, or that this stack does not give, never
//! run, and their row says why.

use std::time::Duration;

use crate::Side;

/// A timer of call control, by its name in Q.931 or Q.932.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Timer {
    /// Far end alerts and nobody answers.
    T301,
    /// SETUP ACKNOWLEDGE was sent and the far end has stopped dialling.
    T302,
    /// SETUP has no answer.
    T303,
    /// SETUP ACKNOWLEDGE arrived and nothing after it.
    T304,
    /// DISCONNECT has no answer.
    T305,
    /// DISCONNECT was sent with a tone or an announcement.
    T306,
    /// A suspended call is not resumed.
    T307,
    /// RELEASE has no answer.
    T308,
    /// The data link is down under an active call.
    T309,
    /// CALL PROCEEDING arrived and nothing after it.
    T310,
    /// A broadcast SETUP has had its responses.
    T312,
    /// CONNECT has no answer.
    T313,
    /// The next segment of a message does not come.
    T314,
    /// RESTART has no answer.
    T316,
    /// Channels that RESTART names are not cleared yet.
    T317,
    /// RESUME has no answer.
    T318,
    /// SUSPEND has no answer.
    T319,
    /// The last packet channel was cleared.
    T320,
    /// The D-channel failed and the other took over.
    T321,
    /// STATUS ENQUIRY has no answer.
    T322,
    /// HOLD has no answer: T-HOLD of Q.932.
    THold,
    /// RETRIEVE has no answer: T-RETRIEVE of Q.932.
    TRetrieve,
}

/// One row of the table that the operator sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimerRow {
    /// The timer.
    pub timer: Timer,
    /// Default at the user side in milliseconds.
    pub user_ms: u64,
    /// Default at the network side in milliseconds.
    pub network_ms: u64,
    /// The clause that says what it does.
    pub clause: &'static str,
    /// What it is for.
    pub purpose: &'static str,
    /// Why it never runs here; `None` when it does.
    pub never: Option<&'static str>,
}

const fn row(timer: Timer, user_ms: u64, network_ms: u64, clause: &'static str, purpose: &'static str) -> TimerRow {
    TimerRow { timer, user_ms, network_ms, clause, purpose, never: None }
}

/// A timer that does not run, and why.
const fn never(timer: Timer, ms: u64, clause: &'static str, purpose: &'static str, why: &'static str) -> TimerRow {
    TimerRow { timer, user_ms: ms, network_ms: ms, clause, purpose, never: Some(why) }
}

/// Every timer of call control, in the order of Q.931 tables 9-1 (network) and 9-2 (user), then those of Q.932.
///
/// T310 of the user is any value from 30 s to 120 s: 60 s leaves a call abroad the time it takes to alert.
pub const TIMERS: [TimerRow; 22] = [
    row(Timer::T301, 180_000, 180_000, "Q.931 5.2.5.3", "nobody answers"),
    row(Timer::T302, 15_000, 15_000, "Q.931 5.2.4", "no more digits are coming"),
    row(Timer::T303, 4_000, 4_000, "Q.931 5.2.5.3", "repeat an unanswered setup once, then give up"),
    row(Timer::T304, 30_000, 20_000, "Q.931 5.1.3", "far end asked for more digits and fell silent"),
    row(Timer::T305, 30_000, 30_000, "Q.931 5.3.3", "release a call whose disconnect is unanswered"),
    row(Timer::T306, 30_000, 30_000, "Q.931 5.3.4.1", "release a call whose disconnect has a tone or an announcement"),
    never(Timer::T307, 180_000, "Q.931 5.6.5", "forget a suspended call", "calls are not suspended: SUSPEND is rejected"),
    row(Timer::T308, 4_000, 4_000, "Q.931 5.3.3", "repeat an unanswered release once, then restart the channel"),
    row(Timer::T309, 90_000, 90_000, "Q.931 5.8.9", "keep active calls while the data link is down"),
    row(Timer::T310, 60_000, 10_000, "Q.931 5.2.5.3", "far end took the call and fell silent"),
    never(
        Timer::T312,
        6_000,
        "Q.931 5.2.5.1",
        "wait for all that answer a broadcast",
        "a primary rate interface has one far end",
    ),
    row(Timer::T313, 4_000, 4_000, "Q.931 5.2.8", "give up when an answer is not acknowledged"),
    row(Timer::T314, 4_000, 4_000, "Q.931 annex H", "give up a message whose segments stop coming"),
    row(Timer::T316, 120_000, 120_000, "Q.931 5.5.1", "repeat an unanswered restart"),
    never(Timer::T317, 110_000, "Q.931 5.5.2", "clear what RESTART names", "it is cleared at once, so nothing is waited for"),
    never(Timer::T318, 4_000, "Q.931 5.6.4", "give up an unanswered resume", "calls are not suspended"),
    never(Timer::T319, 4_000, "Q.931 5.6.1", "give up an unanswered suspend", "calls are not suspended"),
    never(Timer::T320, 30_000, "Q.931 6.3", "keep a packet channel for the next call", "no packet calls on B-channels"),
    row(Timer::T321, 30_000, 30_000, "Q.931 F.2.2", "set every D-channel up anew when the one that took over brings no answer"),
    row(Timer::T322, 4_000, 4_000, "Q.931 5.8.10", "repeat an unanswered status enquiry once, then clear"),
    row(Timer::THold, 4_000, 4_000, "Q.932 (libpri's value)", "give up an unanswered hold"),
    row(Timer::TRetrieve, 4_000, 4_000, "Q.932 (libpri's value)", "give up an unanswered retrieve"),
];

/// How long each timer runs on one interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimerTable {
    side: Side,
    changed: Vec<(Timer, Duration)>,
}

impl TimerTable {
    /// The defaults of `side`.
    #[must_use]
    pub const fn defaults(side: Side) -> Self {
        Self { side, changed: Vec::new() }
    }

    /// How long `timer` runs.
    #[must_use]
    pub fn get(&self, timer: Timer) -> Duration {
        if let Some((_, duration)) = self.changed.iter().find(|(t, _)| *t == timer) {
            return *duration;
        }
        let ms = TIMERS.iter().find(|row| row.timer == timer).map_or(0, |row| match self.side {
            Side::User => row.user_ms,
            Side::Network => row.network_ms,
        });
        Duration::from_millis(ms)
    }

    /// Changes how long `timer` runs.
    pub fn set(&mut self, timer: Timer, duration: Duration) {
        self.changed.retain(|(t, _)| *t != timer);
        self.changed.push((timer, duration));
    }
}
