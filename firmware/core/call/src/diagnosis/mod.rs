//! What is wrong with a span, or that nothing is: one verdict from its counters over time, with the evidence.
//!
//! [`Diagnosis`] takes one [`Sample`] a second and keeps a quarter of an hour of what was added in each. [`rules`] turns that into a
//! *finding*; a finding becomes the verdict when it has held for a while, so that one bad second does not move it: alarms at once, other
//! faults after three samples in a row, "healthy" after thirty. The first verdict needs ten samples.
//!
//! Pure: no clock. How to drive it: [`Diagnosis::handle_sample`] once a second, then [`Diagnosis::verdict`].
//!
//! Left out: what only a long time shows (G.821 and G.826 performance over days), and quality of speech.

mod clock;
mod link;
mod rules;
mod window;

use std::time::Instant;

use model::api::{Alarms, ClockStatus, LineCounters, Verdict};
use model::settings::Framing;

use window::Window;

/// Samples in a row that a fault must hold.
const FAULT: u32 = 3;
/// Samples in a row that health must hold after a fault.
const HEALTH: u32 = 30;
/// Samples before there is any verdict.
const FIRST: u32 = 10;

/// What a span shows at one moment. Counters count up; one that falls began anew.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sample {
    /// Declared alarms.
    pub alarms: Alarms,
    /// Counters of the line.
    pub line: LineCounters,
    /// Of the D-channel, where there is one.
    pub d_channel: Option<DFigures>,
    /// Whose words the evidence uses: CRC-4 or CRC-6.
    pub framing: Framing,
    /// Where the clock comes from, where that is known.
    pub clock: Option<ClockStatus>,
    /// A loop or a bit-error test is on: nothing is said meanwhile.
    pub in_maintenance: bool,
}

/// The D-channel's data link (Q.921) at one moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DFigures {
    /// Whether it is established.
    pub up: bool,
    /// Whether our end is the network's.
    pub network_side: bool,
    /// Timeslot.
    pub timeslot: u8,
    /// How often it went down.
    pub failures: u64,
    /// Good frames received.
    pub received: u64,
    /// Frames sent again.
    pub repeated: u64,
    /// Frames damaged, broken off or too long.
    pub bad: u64,
    /// Frames and messages that could not be understood.
    pub malformed: u64,
    /// SABME received.
    pub sabme_received: u64,
    /// DISC received: the far end takes the link down.
    pub disc_received: u64,
    /// DM received: the far end refuses.
    pub dm_received: u64,
    /// Our own frames come back.
    pub looped: u64,
    /// SABME of an end of our own side.
    pub same_side: u64,
    /// Frames for another TEI or SAPI.
    pub other_link: u64,
}

/// See the module header.
#[derive(Debug, Default)]
pub struct Diagnosis {
    window: Window,
    /// The finding of the last samples, and how many in a row.
    candidate: Option<(Verdict, u32)>,
    samples: u32,
    verdict: Option<Verdict>,
}

impl Diagnosis {
    /// One second later; true when the verdict is another. `unix_ms` is the wall time for its `since`.
    pub fn handle_sample(&mut self, now: Instant, unix_ms: i64, sample: Sample) -> bool {
        self.samples = self.samples.saturating_add(1);
        let in_maintenance = sample.in_maintenance;
        self.window.add(now, sample);
        if in_maintenance {
            self.candidate = None;
            return self.verdict.take().is_some();
        }
        let finding = rules::find(&self.window);
        let verdict = Verdict { area: finding.area, text: finding.text, evidence: finding.evidence, since: unix_ms };
        self.consider(verdict, finding.at_once)
    }

    /// The verdict, once there is one.
    #[must_use]
    pub const fn verdict(&self) -> Option<&Verdict> {
        self.verdict.as_ref()
    }

    fn consider(&mut self, found: Verdict, at_once: bool) -> bool {
        if let Some(standing) = self.verdict.as_mut().filter(|standing| is_same(standing, &found)) {
            // The figures move on, the verdict stays.
            standing.evidence = found.evidence;
            self.candidate = None;
            return false;
        }
        let held = match self.candidate.take().filter(|(candidate, _)| is_same(candidate, &found)) {
            Some((first, count)) => (Verdict { since: first.since, ..found }, count + 1),
            None => (found, 1),
        };
        let needed = match (at_once, &self.verdict) {
            (true, _) => 1,
            (false, None) => FIRST.saturating_sub(self.samples.saturating_sub(held.1)).max(1),
            (false, Some(_)) if held.0.area == model::api::Area::Healthy => HEALTH,
            (false, Some(_)) => FAULT,
        };
        if held.1 >= needed {
            self.verdict = Some(held.0);
            return true;
        }
        self.candidate = Some(held);
        false
    }
}

/// Whether two verdicts say the same; figures and times apart.
fn is_same(one: &Verdict, other: &Verdict) -> bool {
    one.area == other.area && one.text == other.text
}
