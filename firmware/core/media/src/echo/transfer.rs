//! Which of the two echo path estimates serves: the foreground filter makes what is heard, the background filter learns.
//!
//! The background's weights are adopted only while they have cancelled better than the foreground's for a while. Whatever the
//! learning filter does while both ends talk is not heard. Three more rules: a background that does much worse starts again
//! from the foreground; a foreground that adds more than it takes away is cleared; and when the foreground leaves much more
//! than it is used to, the echo path may have changed, and the background is told to doubt what it knows.

/// Smoothing of the powers compared, in blocks.
const SMOOTHING: f32 = 0.25;
/// Smoothing of the long-time comparison.
const SLOW: f32 = 0.02;
/// A background is better when it leaves this share of what the foreground leaves.
const BETTER: f32 = 0.8;
/// The same over the long time.
const SLIGHTLY_BETTER: f32 = 0.97;
/// The same while the foreground leaves unusually much: the near end may be talking, and a little better may be chance.
const MUCH_BETTER: f32 = 0.5;
/// It is worse when it leaves this many times as much.
const WORSE: f32 = 2.5;
/// Blocks in a row for each verdict.
const PATIENCE: u8 = 2;
/// Blocks in a row until the foreground is said to be of no use.
const USELESS: u8 = 10;
/// Blocks between two doubts.
const DOUBT_EVERY: u8 = 8;
/// Residual over the usual share of the received signal that raises doubt, as power.
const UNUSUAL: f32 = 6.0;

/// What to do with the filters after a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nothing.
    Keep,
    /// The foreground becomes a copy of the background.
    Adopt,
    /// The background becomes a copy of the foreground.
    Restore,
    /// The foreground is cleared.
    Clear,
    /// The background's knowledge is doubtful.
    Doubt,
}

/// Powers of one block: received, left by the foreground, left by the background.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Powers {
    pub(super) received: f32,
    pub(super) foreground: f32,
    pub(super) background: f32,
}

impl Powers {
    fn follow(&mut self, now: &Self, smoothing: f32) {
        self.received += smoothing * (now.received - self.received);
        self.foreground += smoothing * (now.foreground - self.foreground);
        self.background += smoothing * (now.background - self.background);
    }
}

#[derive(Debug, Clone, Default)]
pub(super) struct Transfer {
    short: Powers,
    long: Powers,
    better: u8,
    worse: u8,
    useless: u8,
    unusual: u8,
    /// Share of the received signal that the foreground usually leaves.
    usual: f32,
}

impl Transfer {
    pub(super) fn new() -> Self {
        Self { usual: 1.0, ..Self::default() }
    }

    /// Whether the foreground takes away most of what is received.
    pub(super) fn serves(&self) -> bool {
        self.short.foreground < 0.25 * self.short.received
    }

    /// Whether the foreground takes away all that can be asked for.
    pub(super) fn serves_well(&self) -> bool {
        self.short.foreground < 0.004 * self.short.received
    }

    /// The background holds a hypothesis: it begins without merit.
    pub(super) const fn start_trial(&mut self) {
        self.short.background = self.short.foreground;
        self.long.background = self.long.foreground;
        self.better = 0;
        self.worse = 0;
    }

    /// Judges one block with an active reference.
    pub(super) fn judge(&mut self, now: Powers) -> Verdict {
        self.short.follow(&now, SMOOTHING);
        self.long.follow(&now, SLOW);
        let short = &self.short;
        let share = short.foreground / short.received.max(1.0);
        let unusual = share > UNUSUAL * self.usual;
        let better = if unusual {
            short.background < MUCH_BETTER * short.foreground
        } else {
            short.background < BETTER * short.foreground
                || (self.long.background < SLIGHTLY_BETTER * self.long.foreground && short.background < short.foreground)
        };
        count(&mut self.better, better && now.background < now.foreground && short.background < short.received);
        count(&mut self.worse, short.background > WORSE * short.foreground);
        count(&mut self.useless, short.foreground > 1.5 * short.received);
        count(&mut self.unusual, unusual);
        // Down at once, up slowly: double talk is not to become usual.
        let pace = if share < self.usual { 0.1 } else { 0.0005 };
        self.usual += pace * (share.min(1.0) - self.usual);
        self.verdict()
    }

    fn verdict(&mut self) -> Verdict {
        if self.better >= PATIENCE {
            self.adopted();
            return Verdict::Adopt;
        }
        if self.useless >= USELESS {
            self.useless = 0;
            self.usual = 1.0;
            return Verdict::Clear;
        }
        if self.worse >= PATIENCE {
            self.worse = 0;
            self.short.background = self.short.foreground;
            self.long.background = self.long.foreground;
            return Verdict::Restore;
        }
        if self.unusual >= DOUBT_EVERY {
            self.unusual = 0;
            return Verdict::Doubt;
        }
        Verdict::Keep
    }

    fn adopted(&mut self) {
        self.better = 0;
        self.short.foreground = self.short.background;
        self.long.foreground = self.long.background;
    }
}

fn count(counter: &mut u8, holds: bool) {
    *counter = if holds { counter.saturating_add(1) } else { 0 };
}
