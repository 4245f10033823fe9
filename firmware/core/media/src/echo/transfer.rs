//! Which of the two echo path estimates serves: the foreground filter makes what is heard, the background filter learns.
//!
//! The background's weights are adopted only once it has cancelled better for a while, which is kept as *evidence*: what the
//! foreground leaves over the background, block by block, as share of the loudest residual of late. A little better for long
//! counts as much as much better for a short while, and a near end that talks makes every difference small. Whatever the learning
//! filter does while both ends talk is not heard.
//!
//! Both estimates err, and a mean of both errs less: the foreground goes as far towards the background as takes away most, by
//! the three powers of both residuals and of their difference, in which the near end cancels.
//!
//! Three more rules: a background that does much worse starts again from the foreground; a foreground that adds more than it
//! takes away is cleared; and when the foreground leaves much more than it is used to, the echo path may have changed, and the
//! background is told to doubt what it knows. In the far end's pauses the near end's noise is all that is received, and all of it
//! is left: it raises no doubt.

/// Smoothing of the powers compared, in blocks.
const SMOOTHING: f32 = 0.25;
/// What is left a block later of the loudest residual, to which differences are compared: pauses of speech count little.
const LOUDEST_KEPT: f32 = 0.95;
/// A background must leave so much less than the foreground, as share of the loudest residual, to gather evidence.
const MARGIN: f32 = 0.03;
/// Evidence, in blocks of the loudest residual taken away, for adopting.
const ENOUGH: f32 = 0.6;
/// The same while the foreground leaves unusually much: the near end may be talking, and a little better may be chance.
const ENOUGH_UNUSUAL: f32 = 1.0;
/// Least part of the way towards the background when it is adopted.
const LEAST_SHARE: f32 = 0.5;
/// It is worse when it leaves this many times as much.
const WORSE: f32 = 2.5;
/// Blocks in a row until it starts again.
const PATIENCE: u8 = 2;
/// Blocks in a row until the foreground is said to be of no use.
const USELESS: u8 = 10;
/// Blocks between two doubts.
const DOUBT_EVERY: u8 = 8;
/// Residual over the usual share of the received signal and the noise that raises doubt, as power.
const UNUSUAL: f32 = 6.0;
/// Growth of the noise's estimate, the least residual of late: 1.7 dB a second.
const NOISE_RISE: f32 = 1.004;
/// Noise before any is known: nothing is unusual yet. Full scale.
const UNKNOWN_NOISE: f32 = 32768.0 * 32768.0;

/// What to do with the filters after a block.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Verdict {
    /// Nothing.
    Keep,
    /// The foreground goes this part of the way to the background, which took away so much more echo (mean square).
    Adopt { share: f32, proven: f32 },
    /// The background becomes a copy of the foreground.
    Restore,
    /// The foreground is cleared.
    Clear,
    /// The background's knowledge is doubtful.
    Doubt,
}

/// Powers of one block: received, left by the foreground, left by the background, and of the difference of what both leave.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Powers {
    pub(super) received: f32,
    pub(super) foreground: f32,
    pub(super) background: f32,
    pub(super) difference: f32,
}

impl Powers {
    fn follow(&mut self, now: &Self) {
        self.received += SMOOTHING * (now.received - self.received);
        self.foreground += SMOOTHING * (now.foreground - self.foreground);
        self.background += SMOOTHING * (now.background - self.background);
        self.difference += SMOOTHING * (now.difference - self.difference);
    }

    /// Part of the way to the background at which the least is left.
    fn best_share(&self) -> f32 {
        let better = (self.foreground - self.background) / self.difference.max(f32::MIN_POSITIVE);
        (0.5 * (1.0 + better)).clamp(LEAST_SHARE, 1.0)
    }

    /// What the foreground leaves when it has gone `share` of the way.
    fn left_at(&self, share: f32) -> f32 {
        let on_the_way = share * (1.0 - share) * self.difference;
        (self.foreground - share * (self.foreground - self.background) - on_the_way).max(0.0)
    }
}

#[derive(Debug, Clone, Default)]
pub(super) struct Transfer {
    short: Powers,
    /// Loudest residual of late.
    loudest: f32,
    /// What the background took away more than the foreground, as share of it, summed over blocks.
    evidence: f32,
    worse: u8,
    useless: u8,
    unusual: u8,
    /// Share of the received signal that the foreground usually leaves.
    usual: f32,
    /// Least that the foreground leaves: the near end's noise, or a little echo with it.
    noise: f32,
}

impl Transfer {
    pub(super) fn new() -> Self {
        Self { usual: 1.0, noise: UNKNOWN_NOISE, ..Self::default() }
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
        self.evidence = 0.0;
        self.worse = 0;
    }

    /// Judges one block with an active reference.
    pub(super) fn judge(&mut self, now: Powers) -> Verdict {
        self.short.follow(&now);
        let unusual = self.is_unusual();
        let better = self.gather(&now, unusual);
        let short = &self.short;
        count(&mut self.worse, short.background > WORSE * short.foreground);
        count(&mut self.useless, short.foreground > 1.5 * short.received);
        count(&mut self.unusual, unusual);
        if better { self.adopt() } else { self.verdict() }
    }

    /// Whether the foreground leaves more than it is used to; gets used to it.
    fn is_unusual(&mut self) -> bool {
        let Powers { received, foreground, .. } = self.short;
        self.noise = foreground.min(self.noise * NOISE_RISE).max(1.0);
        let unusual = foreground > UNUSUAL * (self.usual * received + self.noise);
        let share = foreground / received.max(1.0);
        // Down at once, up slowly: double talk is not to become usual.
        let pace = if share < self.usual { 0.1 } else { 0.0005 };
        self.usual += pace * (share.min(1.0) - self.usual);
        unusual
    }

    /// Adds this block's evidence for the background; whether it is enough.
    fn gather(&mut self, now: &Powers, unusual: bool) -> bool {
        self.loudest = now.foreground.max(LOUDEST_KEPT * self.loudest).max(1.0);
        let better = (now.foreground - now.background) / self.loudest;
        self.evidence = (self.evidence + better - MARGIN).max(0.0);
        let enough = if unusual { ENOUGH_UNUSUAL } else { ENOUGH };
        self.evidence > enough && now.background < now.foreground && self.short.background < self.short.received
    }

    fn adopt(&mut self) -> Verdict {
        let share = self.short.best_share();
        let proven = (self.short.foreground - self.short.background).max(0.0);
        self.short.foreground = self.short.left_at(share);
        self.short.difference *= (1.0 - share) * (1.0 - share);
        self.evidence = 0.0;
        Verdict::Adopt { share, proven }
    }

    fn verdict(&mut self) -> Verdict {
        if self.useless >= USELESS {
            self.useless = 0;
            self.usual = 1.0;
            return Verdict::Clear;
        }
        if self.worse >= PATIENCE {
            self.worse = 0;
            self.short.background = self.short.foreground;
            self.short.difference = 0.0;
            return Verdict::Restore;
        }
        if self.unusual >= DOUBT_EVERY {
            self.unusual = 0;
            return Verdict::Doubt;
        }
        Verdict::Keep
    }
}

fn count(counter: &mut u8, holds: bool) {
    *counter = if holds { counter.saturating_add(1) } else { 0 };
}
