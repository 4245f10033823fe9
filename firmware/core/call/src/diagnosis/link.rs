//! The data link's rules: one that does not come up over a good line, and one that is unsteady.
//!
//! A data link that layer 1 would carry should be up within a few T200 (1 s): ten seconds without are a fault. Who sends what then tells
//! why (Q.921 5.5.1 and table 1): SABME goes out four times in four seconds (T200, N200) and again a second later.

use std::time::Duration;

use model::api::Area;

use super::DFigures;
use super::rules::{Finding, MINUTE, finding};
use super::window::{REACH, Window};

/// How long the data link may be down over a good line.
const DOWN: Duration = Duration::from_secs(10);
/// So often in a minute, something is no accident.
const OFTEN: u64 = 3;
/// Times that the data link failed in [`REACH`], and frames sent again in a minute, from which on it is at fault.
const FAILURES: u64 = 2;
const REPEATED: u64 = 10;

pub(super) fn find(window: &Window) -> Option<Finding> {
    let now = window.d_channel()?;
    let down = !now.up && window.link_for() >= DOWN;
    down.then(|| stays_down(window, &now)).or_else(|| unsteady(window, &now))
}

/// What was added to each figure in the last minute.
fn minute(window: &Window) -> DFigures {
    let sum = |of: fn(&DFigures) -> u64| window.sum(MINUTE, |added| of(&added.d_channel));
    DFigures {
        received: sum(|d| d.received),
        repeated: sum(|d| d.repeated),
        bad: sum(|d| d.bad),
        malformed: sum(|d| d.malformed),
        sabme_received: sum(|d| d.sabme_received),
        disc_received: sum(|d| d.disc_received),
        dm_received: sum(|d| d.dm_received),
        looped: sum(|d| d.looped),
        same_side: sum(|d| d.same_side),
        other_link: sum(|d| d.other_link),
        ..DFigures::default()
    }
}

fn stays_down(window: &Window, now: &DFigures) -> Finding {
    let added = minute(window);
    let mut evidence = vec![
        format!("data link down for {} s on a line without alarm", window.link_for().as_secs()),
        format!("{} good frames received and {} damaged ones in the last minute", added.received, added.bad),
    ];
    let slot = now.timeslot;
    // Both ends of one side send the same SABME: now and then one comes so soon after ours that it counts as looped.
    let (area, text, told) = if added.looped >= OFTEN && added.looped > 3 * added.same_side {
        let text = "the line is looped: have the loop taken off at the far end or at the termination unit".to_owned();
        (Area::FarEnd, text, Some(format!("{} of our own frames came back", added.looped)))
    } else if added.same_side > 0 {
        let (ours, other) = if now.network_side { ("network", "user") } else { ("user", "network") };
        let text =
            format!("both ends are the {ours} side: set `side` to \"{other}\" here, or the other way round at the far end");
        (Area::Layer2, text, Some(format!("{} SABME of an end on our own side", added.same_side)))
    } else if added.dm_received > 0 {
        let text = "the far end refuses the data link: have it put into service there".to_owned();
        (Area::FarEnd, text, Some(format!("{} times the far end answered DM", added.dm_received)))
    } else if added.disc_received > 0 {
        let text = "the far end takes the data link down: ask there who stops the D-channel".to_owned();
        (Area::FarEnd, text, Some(format!("{} DISC received", added.disc_received)))
    } else if added.received == 0 && added.other_link > 0 {
        let text = "the far end speaks to another TEI: have it set to point-to-point, TEI 0".to_owned();
        (Area::Layer2, text, Some(format!("{} frames for another TEI or SAPI", added.other_link)))
    } else if added.received == 0 && added.bad + added.malformed > 0 {
        let text = format!(
            "what timeslot {slot} carries are no frames that can be read: compare its number and its rate (64 kbit/s) with the far end's"
        );
        (Area::Layer2, text, (added.malformed > 0).then(|| format!("{} frames too short or of no known form", added.malformed)))
    } else if added.received == 0 {
        let text = format!(
            "the far end does not answer on timeslot {slot}: have its D-channel put into service, or compare the timeslot"
        );
        (Area::FarEnd, text, None)
    } else {
        let text = "the far end is heard but the data link does not come up: compare the switch type and side with the far end's";
        (Area::Layer2, text.to_owned(), None)
    };
    evidence.extend(told);
    finding(area, &text, evidence)
}

/// A data link that comes and goes, repeats itself, or carries what cannot be understood.
fn unsteady(window: &Window, now: &DFigures) -> Option<Finding> {
    let added = minute(window);
    let failures = window.sum(REACH, |added| added.d_channel.failures);
    let told = window.sum(REACH, |added| added.d_channel.disc_received + added.d_channel.dm_received);
    let mut evidence = vec![
        format!("{failures} times down in the last 15 minutes"),
        format!("{} frames sent again and {} received damaged in the last minute", added.repeated, added.bad),
    ];
    let (area, text) = if now.up && added.sabme_received >= OFTEN {
        evidence.push(format!("{} SABME received in the last minute", added.sabme_received));
        let text = format!(
            "the far end sets the link up again and again because it does not hear the answers: check timeslot {} in the direction from this box to the far end",
            now.timeslot
        );
        (Area::Layer2, text)
    } else if added.bad >= REPEATED {
        let text = "D-channel frames arrive damaged though the line counts no errors: look for a slip between clocks inside the far end, or at its D-channel's rate";
        (Area::Layer2, text.to_owned())
    } else if failures >= FAILURES && told >= FAILURES {
        evidence.push(format!("{told} DISC and DM received in the last 15 minutes"));
        (Area::FarEnd, "the far end takes the data link down again and again: ask there who stops the D-channel".to_owned())
    } else if failures >= FAILURES || added.repeated >= REPEATED {
        let text = "the data link is unsteady on a line without errors: frames get lost at or behind the far end, ask for its D-channel counters";
        (Area::Layer2, text.to_owned())
    } else if now.up && added.malformed >= OFTEN {
        evidence.push(format!("{} frames or messages not understood in the last minute", added.malformed));
        (Area::FarEnd, "the far end sends messages that cannot be understood: compare the switch type at both ends".to_owned())
    } else {
        return None;
    };
    Some(finding(area, &text, evidence))
}
