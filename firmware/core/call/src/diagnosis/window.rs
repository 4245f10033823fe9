//! A quarter of an hour of a span's counters, as what was added from sample to sample.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use model::api::{Alarms, ClockStatus, LineCounters};
use model::settings::Framing;

use super::{DFigures, Sample};

/// How far back it reaches.
pub(super) const REACH: Duration = Duration::from_secs(900);
/// The most that is kept: somebody who samples faster gets a shorter reach.
const MOST: usize = 1_000;

/// What one sample added.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Added {
    pub(super) line: LineCounters,
    pub(super) d_channel: DFigures,
}

/// See the module header.
#[derive(Debug, Default)]
pub(super) struct Window {
    seconds: VecDeque<(Instant, Added)>,
    last: Option<Sample>,
    /// Since when the data link is as it is.
    link_since: Option<(Instant, bool)>,
}

impl Window {
    pub(super) fn add(&mut self, now: Instant, sample: Sample) {
        let before = self.last.clone().unwrap_or_else(|| sample.clone());
        let line = line(&before.line, &sample.line);
        let d_channel = match (&before.d_channel, &sample.d_channel) {
            (Some(before), Some(after)) => d_channel(before, after),
            _ => DFigures::default(),
        };
        self.seconds.push_back((now, Added { line, d_channel }));
        while self.seconds.len() > MOST || self.seconds.front().is_some_and(|(at, _)| now.saturating_duration_since(*at) > REACH)
        {
            self.seconds.pop_front();
        }
        let up = sample.d_channel.is_some_and(|figures| figures.up);
        if self.link_since.is_none_or(|(_, was)| was != up) {
            self.link_since = Some((now, up));
        }
        self.last = Some(sample);
    }

    /// The alarms now.
    pub(super) fn alarms(&self) -> Alarms {
        self.last.as_ref().map(|sample| sample.alarms.clone()).unwrap_or_default()
    }

    /// The D-channel now; `None` where there is none.
    pub(super) fn d_channel(&self) -> Option<DFigures> {
        self.last.as_ref().and_then(|sample| sample.d_channel)
    }

    /// Whose framing it is.
    pub(super) fn framing(&self) -> Framing {
        self.last.as_ref().map(|sample| sample.framing).unwrap_or_default()
    }

    /// Where the clock comes from now.
    pub(super) fn clock(&self) -> Option<&ClockStatus> {
        self.last.as_ref().and_then(|sample| sample.clock.as_ref())
    }

    fn now(&self) -> Option<Instant> {
        self.seconds.back().map(|(at, _)| *at)
    }

    /// For how long the data link has been as it is.
    pub(super) fn link_for(&self) -> Duration {
        let since = self.link_since.zip(self.now());
        since.map_or(Duration::ZERO, |((since, _), now)| now.saturating_duration_since(since))
    }

    /// What was added in the last `reach`.
    pub(super) fn sum(&self, reach: Duration, of: impl Fn(&Added) -> u64) -> u64 {
        self.within(reach).map(|(_, added)| of(added)).fold(0, u64::saturating_add)
    }

    /// The samples of the last `reach` that added something, and how much.
    pub(super) fn rises(&self, reach: Duration, of: impl Fn(&Added) -> u64) -> Vec<(Instant, u64)> {
        self.within(reach).map(|(at, added)| (*at, of(added))).filter(|(_, rise)| *rise > 0).collect()
    }

    fn within(&self, reach: Duration) -> impl Iterator<Item = &(Instant, Added)> {
        let now = self.now();
        self.seconds.iter().filter(move |(at, _)| now.is_some_and(|now| now.saturating_duration_since(*at) < reach))
    }
}

/// What was added; a counter that fell began anew.
const fn since(before: u64, after: u64) -> u64 {
    if after >= before { after - before } else { after }
}

const fn line(before: &LineCounters, after: &LineCounters) -> LineCounters {
    LineCounters {
        bpv: since(before.bpv, after.bpv),
        crc4: since(before.crc4, after.crc4),
        ebit: since(before.ebit, after.ebit),
        fas: since(before.fas, after.fas),
        errored_seconds: since(before.errored_seconds, after.errored_seconds),
        irq_misses: since(before.irq_misses, after.irq_misses),
        slips: since(before.slips, after.slips),
        underruns: since(before.underruns, after.underruns),
        overruns: since(before.overruns, after.overruns),
    }
}

const fn d_channel(before: &DFigures, after: &DFigures) -> DFigures {
    DFigures {
        failures: since(before.failures, after.failures),
        received: since(before.received, after.received),
        repeated: since(before.repeated, after.repeated),
        bad: since(before.bad, after.bad),
        malformed: since(before.malformed, after.malformed),
        sabme_received: since(before.sabme_received, after.sabme_received),
        disc_received: since(before.disc_received, after.disc_received),
        other_link: since(before.other_link, after.other_link),
        dm_received: since(before.dm_received, after.dm_received),
        looped: since(before.looped, after.looped),
        same_side: since(before.same_side, after.same_side),
        ..*after
    }
}
