//! Timers as data: a small table from a timer's name to its deadline. No callbacks, no clock.

use std::time::Instant;

/// Running timers of one machine, keyed by the machine's own timer enum (`enum Timer { T200, T203 }`).
///
/// A machine runs a handful of timers at a time, so a linear table is the fastest map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timers<T> {
    running: Vec<(T, Instant)>,
}

impl<T: Copy + Eq> Default for Timers<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Copy + Eq> Timers<T> {
    /// No timer runs.
    #[must_use]
    pub const fn new() -> Self {
        Self { running: Vec::new() }
    }

    /// No timer runs; up to `timers` of them take no more memory.
    #[must_use]
    pub fn with_capacity(timers: usize) -> Self {
        Self { running: Vec::with_capacity(timers) }
    }

    /// Starts `timer`, or restarts it, to expire at `deadline`.
    pub fn set(&mut self, timer: T, deadline: Instant) {
        match self.running.iter_mut().find(|(t, _)| *t == timer) {
            Some(entry) => entry.1 = deadline,
            None => self.running.push((timer, deadline)),
        }
    }

    /// Stops `timer`; says whether it ran.
    pub fn stop(&mut self, timer: T) -> bool {
        let before = self.running.len();
        self.running.retain(|(t, _)| *t != timer);
        self.running.len() != before
    }

    /// Stops every timer.
    pub fn stop_all(&mut self) {
        self.running.clear();
    }

    /// Stops the timers for which `keep` is false.
    pub fn retain(&mut self, mut keep: impl FnMut(T) -> bool) {
        self.running.retain(|(t, _)| keep(*t));
    }

    /// Whether `timer` runs.
    #[must_use]
    pub fn is_running(&self, timer: T) -> bool {
        self.deadline(timer).is_some()
    }

    /// When `timer` expires, if it runs.
    #[must_use]
    pub fn deadline(&self, timer: T) -> Option<Instant> {
        self.running.iter().find(|(t, _)| *t == timer).map(|(_, at)| *at)
    }

    /// The earliest deadline: what `poll_timeout` returns.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Instant> {
        self.running.iter().map(|(_, at)| *at).min()
    }

    /// Takes one timer that is due at `now`, the earliest first; call until `None`.
    ///
    /// The timer no longer runs when it is returned, so its handler may set it again.
    pub fn expire(&mut self, now: Instant) -> Option<T> {
        let due = self.running.iter().filter(|(_, at)| *at <= now).min_by_key(|(_, at)| *at).map(|(t, _)| *t)?;
        self.stop(due);
        Some(due)
    }

    /// The running timers and their deadlines, for status pages.
    pub fn iter(&self) -> impl Iterator<Item = (T, Instant)> + '_ {
        self.running.iter().copied()
    }
}
