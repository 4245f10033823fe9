//! Links and lines of a group fail at random: every call ends exactly once at both ends, and no channel stays behind.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests fail by panic")]

mod common;

use std::time::{Duration, Instant};

use common::group::{Group, Member, cut, group, states};
use common::{all_idle, cause, ms, seconds, speech};
use isdn::{CallId, CauseValue, Connected, DChannelState, Event, Framing, Variant};
use proptest::prelude::*;

/// Answers what an exchange would: answers each call and releases what the far end clears.
fn serve(member: &mut Member, events: &[Event], now: Instant) {
    for event in events {
        if let Event::Setup { call, .. } = event {
            member.alerting(now, *call, Vec::new());
            member.connect(now, *call, Connected::default());
        } else if let Event::Clearing { call, cause, .. } = event {
            member.clear(now, *call, cause.clone());
        }
    }
}

fn run(pair: &mut Group, span: Duration, seen: &mut (usize, usize)) {
    let end = pair.now() + span;
    pair.drain();
    while pair.next_wake().is_some_and(|wake| wake <= end) && pair.step() {
        let now = pair.now();
        let (left, right) = (pair.left_events[seen.0..].to_vec(), pair.right_events[seen.1..].to_vec());
        *seen = (pair.left_events.len(), pair.right_events.len());
        serve(&mut pair.left, &left, now);
        serve(&mut pair.right, &right, now);
        pair.drain();
    }
    pair.run_for(end.saturating_duration_since(pair.now()));
}

/// One thing that goes wrong, or right, and how long it stays so.
#[derive(Debug, Clone)]
enum Step {
    /// Layer 1 of a span, at one end or both.
    Line { span: u8, up: bool, left: bool, right: bool },
    /// A D-channel that carries nothing.
    Cut { span: u8, cut: bool },
    /// DISC from nowhere on a D-channel of the user's end.
    Disconnect { span: u8 },
    /// A call each way.
    Call,
    /// The user clears its oldest call.
    Clear,
}

fn step() -> impl Strategy<Value = (Step, u64)> {
    let line = (0..3u8, any::<bool>(), any::<bool>(), any::<bool>());
    let step = prop_oneof![
        line.prop_map(|(span, up, left, right)| Step::Line { span, up, left, right }),
        (0..2u8, any::<bool>()).prop_map(|(span, cut)| Step::Cut { span, cut }),
        (0..2u8).prop_map(|span| Step::Disconnect { span }),
        Just(Step::Call),
        Just(Step::Clear),
    ];
    (step, 1..40_000u64)
}

fn act(pair: &mut Group, step: &Step, own: &mut (Vec<CallId>, Vec<CallId>)) {
    let now = pair.now();
    match step {
        Step::Line { span, up, left, right } => {
            if *left {
                pair.left.handle_layer1_on(now, *span, *up);
            }
            if *right {
                pair.right.handle_layer1_on(now, *span, *up);
            }
        }
        Step::Cut { span, cut: is_cut } => cut(pair, *span, *is_cut),
        Step::Disconnect { span } => pair.left.handle_frame_on(now, *span, &[0x02, 0x01, 0x53]),
        Step::Call => {
            own.0.extend(pair.left.setup(now, speech("5551001")));
            own.1.extend(pair.right.setup(now, speech("200")));
        }
        Step::Clear => {
            let oldest = pair.left.calls().next().map(|call| call.call);
            oldest.into_iter().for_each(|call| pair.left.clear(now, call, cause(CauseValue::NORMAL_CLEARING)));
        }
    }
}

fn names(events: &[Event], of: impl Fn(&Event) -> Option<CallId>) -> Vec<CallId> {
    let mut names: Vec<_> = events.iter().filter_map(of).collect();
    names.sort();
    names
}

fn survives(variant: Variant, steps: &[(Step, u64)]) -> Result<(), TestCaseError> {
    let mut pair = group(Framing::T1, variant);
    let (mut seen, mut own) = ((0, 0), (Vec::new(), Vec::new()));
    let now = pair.now();
    pair.left.start(now);
    pair.right.start(now);
    run(&mut pair, seconds(1), &mut seen);
    for (step, lasts) in steps {
        act(&mut pair, step, &mut own);
        run(&mut pair, ms(*lasts), &mut seen);
    }
    for span in 0..3 {
        cut(&mut pair, span, false);
        act(&mut pair, &Step::Line { span, up: true, left: true, right: true }, &mut own);
    }
    run(&mut pair, seconds(60), &mut seen);
    let (left, right) = (states(&pair.left), states(&pair.right));
    for (states, other) in [(&left, &right), (&right, &left)] {
        prop_assert!(states.contains(&DChannelState::InService), "{states:?} {other:?}\n{}", pair.ladder);
        prop_assert!(!states.contains(&DChannelState::OutOfService), "{states:?} {other:?}\n{}", pair.ladder);
    }
    let now = pair.now();
    for call in pair.left.calls().map(|call| call.call).collect::<Vec<_>>() {
        pair.left.clear(now, call, cause(CauseValue::NORMAL_CLEARING));
    }
    run(&mut pair, seconds(1200), &mut seen);
    prop_assert!(all_idle(&pair.left) && all_idle(&pair.right), "{}", pair.ladder);
    for (events, own) in [(&pair.left_events, &own.0), (&pair.right_events, &own.1)] {
        let begun = names(events, |e| if let Event::Setup { call, .. } = e { Some(*call) } else { None });
        let mut begun = [begun, own.clone()].concat();
        begun.sort();
        let ended = names(events, |e| if let Event::Released { call, .. } = e { Some(*call) } else { None });
        prop_assert_eq!(&begun, &ended, "each call is released exactly once");
    }
    // And the group works.
    let now = pair.now();
    let call = pair.left.setup(now, speech("5551001")).unwrap();
    run(&mut pair, seconds(20), &mut seen);
    prop_assert_eq!(pair.left.calls().find(|status| status.call == call).map(|status| status.state), Some(10), "{}", pair.ladder);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_failures_leave_no_call_and_no_channel_behind(steps in proptest::collection::vec(step(), 1..24), national in any::<bool>()) {
        survives(if national { Variant::NationalIsdn2 } else { Variant::EuroIsdn }, &steps)?;
    }
}
