//! The rules, worst first: layer 1 before the clock, the clock before the data link, for each makes trouble in what stands on it.
//!
//! An alarm is taken at its word (G.704, G.732). Line errors count as a fault when they come in more than three of the last sixty
//! seconds (G.826 errored seconds). The clock's rules are in [`super::clock`], the data link's in [`super::link`].

use std::time::Duration;

use model::api::Area;

use model::settings::Framing;

use super::window::{Added, Window};
use super::{clock, link};

pub(super) const MINUTE: Duration = Duration::from_secs(60);
/// Errored seconds of the last minute from which on the line is at fault.
const ERRORED: u64 = 4;

/// One counter of what a sample added.
type Count = fn(&Added) -> u64;

/// What the figures say now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) area: Area,
    pub(super) text: String,
    pub(super) evidence: Vec<String>,
    /// Needs no second sample.
    pub(super) at_once: bool,
}

pub(super) fn finding(area: Area, text: &str, evidence: Vec<String>) -> Finding {
    Finding { area, text: text.to_owned(), evidence, at_once: false }
}

pub(super) fn find(window: &Window) -> Finding {
    let found = alarm(window).or_else(|| clock::find(window)).or_else(|| line(window));
    found.or_else(|| link::find(window)).unwrap_or_else(|| healthy(window))
}

/// Declared alarms.
fn alarm(window: &Window) -> Option<Finding> {
    let alarms = window.alarms();
    let has = |name: &str| alarms.0.iter().any(|alarm| alarm == name);
    let (area, text) = if has("LOS") || (has("RED") && !has("LFA")) {
        (Area::Physical, "nothing usable is received: check the cable, the connector and that the far end is switched on")
    } else if has("BLUE") {
        (Area::FarEnd, "an alarm indication signal is received: equipment behind the far end has failed, ask whoever runs it")
    } else if has("LFA") || has("RED") {
        (Area::Physical, "a signal is received but no frame: compare E1 or T1, framing and line code with the far end's")
    } else if has("LMFA") {
        (Area::Physical, "frames are received but no multiframe: compare the CRC-4 setting (crc4) with the far end's")
    } else if has("YELLOW") {
        (
            Area::FarEnd,
            "the far end says that it receives nothing usable: check the sending pair of the cable and the far end's receiver",
        )
    } else if has("NOT_OPEN") {
        (Area::Physical, "the span is not started: see the log for what its driver said")
    } else {
        return None;
    };
    let evidence = vec![format!("alarms: {}", alarms.0.join(" "))];
    Some(Finding { at_once: true, ..finding(area, text, evidence) })
}

/// Errors of the line in the last minute, one line each; only those that there are.
pub(super) fn errors(window: &Window) -> Vec<String> {
    let crc = if window.framing() == Framing::T1 { "CRC-6 errors" } else { "CRC-4 errors" };
    let kinds: [(&str, Count); 5] = [
        ("bipolar violations", |added| added.line.bpv),
        (crc, |added| added.line.crc4),
        ("errors of the frame alignment signal", |added| added.line.fas),
        ("CRC-4 errors that the far end saw (E-bits)", |added| added.line.ebit),
        ("errored seconds", |added| added.line.errored_seconds),
    ];
    let counts = kinds.iter().map(|(name, of)| (name, window.sum(MINUTE, of)));
    counts.filter(|(_, count)| *count > 0).map(|(name, count)| format!("{name}: {count} in the last minute")).collect()
}

fn line(window: &Window) -> Option<Finding> {
    let seconds = |of: Count| window.sum(MINUTE, |added| u64::from(of(added) > 0));
    let received = seconds(|added| added.line.bpv + added.line.crc4 + added.line.fas);
    let sent = seconds(|added| added.line.ebit);
    let text = if received >= ERRORED {
        "what is received has errors: check cable, connectors and line build-out, then the far end's card"
    } else if sent >= ERRORED {
        "what is sent arrives with errors: check the sending pair of the cable, connectors and line build-out"
    } else {
        return None;
    };
    Some(finding(Area::Physical, text, errors(window)))
}

fn healthy(window: &Window) -> Finding {
    let mut evidence = errors(window);
    if evidence.is_empty() {
        evidence.push("no errors in the last minute".to_owned());
    }
    finding(Area::Healthy, "the line is in order", evidence)
}
