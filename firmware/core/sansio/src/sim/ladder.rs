//! A call flow as text: what review reads and what the snapshots keep.

use std::fmt;
use std::time::Instant;

/// Lines such as `1.020 user > net   SABME p=1`, times in seconds since the start.
#[derive(Debug, Clone)]
pub struct Ladder {
    start: Instant,
    lines: Vec<String>,
}

impl Ladder {
    /// An empty ladder whose time 0 is `start`.
    #[must_use]
    pub const fn new(start: Instant) -> Self {
        Self { start, lines: Vec::new() }
    }

    /// Something went from `from` to `to`; `fate` is empty, or says that it was lost.
    pub fn message(&mut self, now: Instant, from: &str, to: &str, what: &str, fate: &str) {
        self.push(now, &format!("{from:<5}> {to:<5} {what}{fate}"));
    }

    /// Something happened at `who`.
    pub fn note(&mut self, now: Instant, who: &str, what: &str) {
        self.push(now, &format!("{who:<12} {what}"));
    }

    fn push(&mut self, now: Instant, line: &str) {
        let seconds = now.saturating_duration_since(self.start).as_secs_f64();
        self.lines.push(format!("{seconds:.3} {}", line.trim_end()));
    }

    /// The lines so far.
    #[must_use]
    pub fn lines(&self) -> &[String] {
        &self.lines
    }
}

impl fmt::Display for Ladder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}
