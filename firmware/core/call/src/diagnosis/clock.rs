//! The clock's rules: missed interrupts, and slips with what their times say.
//!
//! A slip now and then is allowed: G.822 has five a day as its best category, so two in a quarter of an hour are a fault of the clock, and
//! they cause framing and CRC errors of their own. Two clocks that differ by a fixed offset slip at even intervals; a thread or an interrupt that is late
//! slips at odd times. Evenness is judged by the count: it must never be further from a straight line than whole seconds explain.

use std::time::Instant;

use model::api::Area;

use super::rules::{Finding, MINUTE, errors, finding};
use super::window::{REACH, Window};

/// Slips in [`REACH`] from which on the clock is at fault.
const SLIPS: u64 = 2;
/// Fewer say nothing of evenness.
const ENOUGH: u64 = 8;
/// Missed interrupts of the last minute from which on the box is at fault.
const MISSES: u64 = 4;

pub(super) fn find(window: &Window) -> Option<Finding> {
    let misses = window.sum(MINUTE, |added| added.line.irq_misses);
    if misses >= MISSES {
        let text =
            "the box does not serve the card in time: look for another device on its interrupt, and for what takes the processor";
        return Some(finding(Area::Clock, text, vec![format!("{misses} missed interrupts in the last minute")]));
    }
    let slips = Slips::of(window);
    if slips.quarter < SLIPS {
        return None;
    }
    let mut evidence = vec![slips.to_string()];
    evidence.extend(window.clock().map(|clock| {
        format!("`clock` is {} here, the card follows {}", clock.priority, clock.source.as_deref().unwrap_or("an unknown source"))
    }));
    evidence.extend(errors(window));
    Some(finding(Area::Clock, text(&slips, window.clock().map(|clock| clock.priority)), evidence))
}

fn text(slips: &Slips, priority: Option<u8>) -> &'static str {
    match (slips.even, priority) {
        (Some(false), _) => {
            "slips come at odd times: look for what takes this box's processor first, then at where the far end takes its clock from"
        }
        (_, Some(0)) => {
            "the two ends' clocks differ though this box gives the clock: have the far end follow this line, or set `clock` to 1 here"
        }
        (_, Some(_)) => {
            "the two ends' clocks differ and the card follows another than this line's: give this span the lowest `clock` above 0, and let one end of each line give the clock"
        }
        (_, None) => {
            "the two ends' clocks differ: exactly one end may give the clock, set `clock` to 1 where the far end gives it"
        }
    }
}

/// What the slips of a span say.
struct Slips {
    minute: u64,
    quarter: u64,
    /// Mean seconds between two; `None` while there are too few.
    interval: Option<f64>,
    /// Whether they come at even intervals; `None` while there are too few.
    even: Option<bool>,
}

impl Slips {
    fn of(window: &Window) -> Self {
        let slips = |added: &super::window::Added| added.line.slips;
        let (minute, quarter) = (window.sum(MINUTE, slips), window.sum(REACH, slips));
        // The last minute, where it says enough: the clock may have been another before.
        let rises = window.rises(if minute >= ENOUGH { MINUTE } else { REACH }, slips);
        let interval = interval(&rises);
        let even = interval.filter(|_| quarter >= ENOUGH).map(|interval| is_even(&rises, interval));
        Self { minute, quarter, interval, even }
    }
}

impl std::fmt::Display for Slips {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} slips in the last minute, {} in the last 15", self.minute, self.quarter)?;
        match (self.interval, self.even) {
            (Some(seconds), Some(true)) => write!(f, ", evenly one every {seconds:.1} s"),
            (Some(seconds), Some(false)) => write!(f, ", unevenly one every {seconds:.1} s or so"),
            (Some(seconds), None) => write!(f, ", one every {seconds:.1} s or so"),
            (None, _) => Ok(()),
        }
    }
}

/// Mean seconds between two slips.
fn interval(rises: &[(Instant, u64)]) -> Option<f64> {
    let ((first, before), (last, _)) = (rises.first()?, rises.last()?);
    let after = rises.iter().map(|(_, rise)| rise).sum::<u64>() - before;
    (after >= 2).then(|| last.saturating_duration_since(*first).as_secs_f64() / float(after))
}

/// Whether the count stays as near to a straight line as samples of a second allow.
fn is_even(rises: &[(Instant, u64)], interval: f64) -> bool {
    let Some((first, _)) = rises.first() else { return false };
    let rate = 1.0 / interval.max(0.001);
    let (mut counted, mut most, mut least) = (0, f64::MIN, f64::MAX);
    for (at, rise) in rises {
        counted += rise;
        let off = rate.mul_add(-at.saturating_duration_since(*first).as_secs_f64(), float(counted));
        (most, least) = (most.max(off), least.min(off));
    }
    // One slip, and what comes within the second that a sample may be off.
    most - least <= 1.5 + rate
}

fn float(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
