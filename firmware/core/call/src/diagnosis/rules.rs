//! The rules, worst first: layer 1 before the clock, the clock before the data link, for each makes trouble in what stands on it.
//!
//! Figures: an alarm is taken at its word (G.704, G.732). A slip now and then is allowed: G.822 has five a day as its best category, so
//! two in a quarter of an hour are a fault of the clock, and they cause framing and CRC errors of their own. Line errors count as a
//! fault when they come in more than three of the last sixty seconds (G.826 errored seconds). A data link that layer 1 would carry
//! should be up within a few T200 (1 s): ten seconds without are a fault.

use std::time::Duration;

use model::api::Area;

use super::window::{Added, REACH, Window};

const MINUTE: Duration = Duration::from_secs(60);
/// Slips in [`REACH`] from which on the clock is at fault.
const SLIPS: u64 = 2;
/// Errored seconds of the last minute from which on the line is at fault.
const ERRORED: u64 = 4;
/// How long the data link may be down over a good line.
const LINK_DOWN: Duration = Duration::from_secs(10);
/// Times that the data link failed in [`REACH`], and frames sent again in a minute, from which on it is at fault.
const FAILURES: u64 = 2;
const REPEATED: u64 = 10;

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

fn finding(area: Area, text: &str, evidence: Vec<String>) -> Finding {
    Finding { area, text: text.to_owned(), evidence, at_once: false }
}

pub(super) fn find(window: &Window) -> Finding {
    let found = alarm(window).or_else(|| clock(window)).or_else(|| line(window)).or_else(|| link_down(window));
    found.or_else(|| link_unsteady(window)).unwrap_or_else(|| healthy(window))
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

fn clock(window: &Window) -> Option<Finding> {
    let slips = window.sum(REACH, |added| added.line.slips);
    let misses = window.sum(MINUTE, |added| added.line.irq_misses);
    if misses >= ERRORED {
        let text =
            "the box does not serve the card in time: look for another device on its interrupt, and for what takes the processor";
        return Some(finding(Area::Clock, text, vec![format!("{misses} missed interrupts in the last minute")]));
    }
    if slips < SLIPS {
        return None;
    }
    let text = "the two ends' clocks differ: exactly one end may give the clock, set `clock` to 1 where the far end gives it";
    let mut evidence = vec![format!("{slips} slips in the last 15 minutes")];
    evidence.extend(errors(window));
    Some(finding(Area::Clock, text, evidence))
}

/// Errors of the line in the last minute, one line each; only those that there are.
fn errors(window: &Window) -> Vec<String> {
    let kinds: [(&str, Count); 5] = [
        ("bipolar violations", |added| added.line.bpv),
        ("CRC-4 errors", |added| added.line.crc4),
        ("errors of the frame alignment signal", |added| added.line.fas),
        ("CRC-4 errors that the far end saw (E-bits)", |added| added.line.ebit),
        ("errored seconds", |added| added.line.errored_seconds),
    ];
    let counts = kinds.iter().map(|(name, of)| (name, window.sum(MINUTE, of)));
    counts.filter(|(_, count)| *count > 0).map(|(name, count)| format!("{count} {name} in the last minute")).collect()
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

/// No data link over a good line.
fn link_down(window: &Window) -> Option<Finding> {
    let now = window.d_channel().filter(|figures| !figures.up)?;
    if window.link_for() < LINK_DOWN {
        return None;
    }
    let sum = |of: Count| window.sum(MINUTE, of);
    let (received, bad) = (sum(|added| added.d_channel.received), sum(|added| added.d_channel.bad));
    let (dm, looped, same_side) =
        (sum(|added| added.d_channel.dm_received), sum(|added| added.d_channel.looped), sum(|added| added.d_channel.same_side));
    let mut evidence = vec![
        format!("data link down for {} s on a line without alarm", window.link_for().as_secs()),
        format!("{received} good frames received and {bad} damaged ones in the last minute"),
    ];
    // Both ends of one side send the same SABME: now and then one comes so soon after ours that it counts as looped.
    let (area, text) = if looped >= 3 && looped > 3 * same_side {
        evidence.push(format!("{looped} of our own frames came back"));
        (Area::FarEnd, "the line is looped: have the loop taken off at the far end or at the termination unit".to_owned())
    } else if same_side > 0 {
        evidence.push(format!("{same_side} SABME of an end on our own side"));
        let (ours, other) = if now.network_side { ("network", "user") } else { ("user", "network") };
        (
            Area::Layer2,
            format!("both ends are the {ours} side: set `side` to \"{other}\" here, or the other way round at the far end"),
        )
    } else if dm > 0 {
        evidence.push(format!("{dm} times the far end answered DM"));
        (Area::FarEnd, "the far end refuses the data link: have it put into service there".to_owned())
    } else if bad > 0 && received == 0 {
        let text = format!(
            "what timeslot {} carries are no frames that can be read: compare its number and its rate (64 kbit/s) with the far end's",
            now.timeslot
        );
        (Area::Layer2, text)
    } else if received == 0 {
        let text = format!(
            "the far end does not answer on timeslot {}: have its D-channel put into service, or compare the timeslot",
            now.timeslot
        );
        (Area::FarEnd, text)
    } else {
        (
            Area::Layer2,
            "the far end is heard but the data link does not come up: compare the switch type and side with the far end's"
                .to_owned(),
        )
    };
    Some(Finding { area, text, evidence, at_once: false })
}

/// A data link that is up, but comes and goes or repeats itself.
fn link_unsteady(window: &Window) -> Option<Finding> {
    window.d_channel()?;
    let failures = window.sum(REACH, |added| added.d_channel.failures);
    let repeated = window.sum(MINUTE, |added| added.d_channel.repeated);
    let bad = window.sum(MINUTE, |added| added.d_channel.bad);
    if failures < FAILURES && repeated < REPEATED && bad < REPEATED {
        return None;
    }
    let text = if bad >= REPEATED {
        "D-channel frames arrive damaged though the line counts no errors: look for a slip between clocks inside the far end, or at its D-channel's rate"
    } else {
        "the data link is unsteady on a line without errors: frames get lost at or behind the far end, ask for its D-channel counters"
    };
    let evidence = vec![
        format!("{failures} times down in the last 15 minutes"),
        format!("{repeated} frames sent again and {bad} received damaged in the last minute"),
    ];
    Some(finding(Area::Layer2, text, evidence))
}

fn healthy(window: &Window) -> Finding {
    let mut evidence = errors(window);
    if evidence.is_empty() {
        evidence.push("no errors in the last minute".to_owned());
    }
    finding(Area::Healthy, "the line is in order", evidence)
}
