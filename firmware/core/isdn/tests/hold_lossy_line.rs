//! Hold and retrieve over a lossy line: no call and no channel stays behind, and both ends agree when nothing was lost.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests fail by panic")]

mod common;

use std::time::{Duration, Instant};

use common::{Ends, all_idle, cause, config, ends_with, in_use, ms, seconds, speech, with_hold};
use isdn::{CallId, CauseValue, Connected, Event, Interface, Side};
use proptest::prelude::*;
use sansio::sim::Disturbance;

/// Answers each call and each request, and releases what the far end clears.
fn serve(interface: &mut Interface, events: &[Event], now: Instant) {
    for event in events {
        if let Event::Setup { call, .. } = event {
            interface.alerting(now, *call, Vec::new());
            interface.connect(now, *call, Connected::default());
        } else if let Event::HoldRequested { call } = event {
            interface.accept_hold(now, *call);
        } else if let Event::RetrieveRequested { call, .. } = event {
            interface.accept_retrieve(now, *call);
        } else if let Event::Clearing { call, cause, .. } = event {
            interface.clear(now, *call, cause.clone());
        }
    }
}

fn run(pair: &mut Ends, span: Duration, seen: &mut (usize, usize)) {
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
    // Nothing more happens until then.
    pair.run_for(end.saturating_duration_since(pair.now()));
}

/// Holds what has a channel and retrieves what has none: every `one_in` of the calls.
fn toggle(interface: &mut Interface, now: Instant, one_in: u32) {
    for status in interface.calls().filter(|status| status.call.0.is_multiple_of(one_in)).collect::<Vec<_>>() {
        if status.held {
            interface.retrieve(now, status.call);
        } else {
            interface.hold(now, status.call);
        }
    }
}

fn own_calls(interface: &Interface) -> Vec<CallId> {
    interface.calls().filter(|status| status.outgoing).map(|status| status.call).collect()
}

/// Calls both ways on few channels, held and retrieved by both ends at odd times, with time for every answer at the end.
fn held_and_retrieved(seed: u64, loss: f64) -> (Ends, (usize, usize)) {
    let few = |side| with_hold(isdn::Config { channels: vec![1, 2, 3, 4], ..config(side) });
    let disturbance = Disturbance { loss, duplicate: 0.01, jitter: ms(20), ..Disturbance::default() };
    let mut pair = ends_with(few(Side::User), few(Side::Network)).disturbed(disturbance, seed);
    let mut seen = (0, 0);
    let now = pair.now();
    pair.left.start(now);
    pair.right.start(now);
    run(&mut pair, seconds(20), &mut seen);
    for round in 0..12 {
        let now = pair.now();
        let _ = pair.left.setup(now, speech("5551001"));
        let _ = pair.right.setup(now, speech("200"));
        run(&mut pair, ms(700 + 90 * round), &mut seen);
        let now = pair.now();
        toggle(&mut pair.left, now, 1);
        toggle(&mut pair.right, now, 2);
        run(&mut pair, ms(300 + 370 * round), &mut seen);
        let now = pair.now();
        toggle(if round % 2 == 0 { &mut pair.left } else { &mut pair.right }, now, 1);
        run(&mut pair, ms(150), &mut seen);
        if round % 3 == 2 {
            let now = pair.now();
            own_calls(&pair.left).into_iter().for_each(|call| pair.left.clear(now, call, cause(CauseValue::NORMAL_CLEARING)));
        }
    }
    run(&mut pair, seconds(10), &mut seen);
    (pair, seen)
}

/// The same, then cleared by their callers; then twenty quiet minutes.
fn held_calls_over(seed: u64, loss: f64) -> Ends {
    let (mut pair, mut seen) = held_and_retrieved(seed, loss);
    let now = pair.now();
    own_calls(&pair.left).into_iter().for_each(|call| pair.left.clear(now, call, cause(CauseValue::NORMAL_CLEARING)));
    own_calls(&pair.right).into_iter().for_each(|call| pair.right.clear(now, call, cause(CauseValue::NORMAL_CLEARING)));
    run(&mut pair, seconds(1200), &mut seen);
    pair
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn held_calls_over_a_lossy_line_all_end_and_free_their_channels(seed in any::<u64>(), loss in 0.0..0.15f64) {
        let pair = held_calls_over(seed, loss);
        prop_assert!(all_idle(&pair.left) && all_idle(&pair.right), "seed {seed} loss {loss}\n{}", pair.ladder);
        prop_assert_eq!((pair.left.stats().channels_freed, pair.right.stats().channels_freed), (0, 0));
        for events in [&pair.left_events, &pair.right_events] {
            let mut ended: Vec<CallId> = events.iter().filter_map(|e| if let Event::Released { call, .. } = e { Some(*call) } else { None }).collect();
            let all = ended.len();
            ended.sort();
            ended.dedup();
            prop_assert_eq!(all, ended.len(), "a call was released twice");
        }
    }
}

#[test]
fn lossy_calls_are_held_and_retrieved_at_all() {
    let pair = held_calls_over(1, 0.05);
    let count = |events: &[Event]| {
        let held = events.iter().filter(|e| matches!(e, Event::Held { result: Ok(()), .. })).count();
        (held, events.iter().filter(|e| matches!(e, Event::Retrieved { result: Ok(_), .. })).count())
    };
    let ((left_held, left_back), (right_held, right_back)) = (count(&pair.left_events), count(&pair.right_events));
    assert!(
        left_held > 5 && left_back > 2 && right_held > 5 && right_back > 2,
        "{left_held} {left_back} {right_held} {right_back}"
    );
    assert!(in_use(&pair.left).is_empty());
}

#[test]
fn both_ends_agree_on_what_is_held_when_nothing_is_lost() {
    for seed in 0..20 {
        let (pair, _) = held_and_retrieved(seed, 0.0);
        let calls = |interface: &Interface, own: bool| {
            let mut calls: Vec<_> =
                interface.calls().filter(|c| c.outgoing == own).map(|c| (c.reference, c.held, c.channel)).collect();
            calls.sort_unstable();
            calls
        };
        assert_eq!(calls(&pair.left, true), calls(&pair.right, false), "seed {seed}\n{}", pair.ladder);
        assert_eq!(calls(&pair.left, false), calls(&pair.right, true), "seed {seed}\n{}", pair.ladder);
        assert_eq!(in_use(&pair.left), in_use(&pair.right));
        assert!(pair.left.calls().count() > 0);
    }
}
