//! Seeded loss of frames: every call is set up or cleared, and no channel stays behind.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests fail by panic")]

mod common;

use common::{Ends, all_idle, cause, ends, ms, seconds, speech};
use isdn::{CauseValue, Connected, Event, Interface, Setup};
use proptest::prelude::*;
use sansio::sim::Disturbance;

/// Answers what an exchange would: asks for the rest of a number, rings and answers each call, releases what the far end clears.
fn serve(interface: &mut Interface, events: &[Event], now: std::time::Instant) {
    for event in events {
        match event {
            Event::Setup { call, setup, .. } if !setup.sending_complete => interface.need_digits(now, *call, Vec::new()),
            Event::Setup { call, .. } | Event::MoreDigits { call, complete: true, .. } => {
                interface.alerting(now, *call, Vec::new());
                interface.connect(now, *call, Connected::default());
            }
            Event::NeedDigits { call, .. } => {
                interface.more_digits(now, *call, "1", false);
                interface.more_digits(now, *call, "2", true);
            }
            Event::Clearing { call, cause, .. } => interface.clear(now, *call, cause.clone()),
            Event::LinkUp
            | Event::DChannel { .. }
            | Event::LinkDown
            | Event::ChannelReady { .. }
            | Event::Proceeding { .. }
            | Event::Alerting { .. }
            | Event::Progress { .. }
            | Event::Connected { .. }
            | Event::Established { .. }
            | Event::Notify { .. }
            | Event::MoreDigits { .. }
            | Event::Information { .. }
            | Event::ChannelService { .. }
            | Event::Name { .. }
            | Event::ChannelFreed { .. }
            | Event::HoldRequested { .. }
            | Event::Held { .. }
            | Event::RetrieveRequested { .. }
            | Event::Retrieved { .. }
            | Event::Released { .. } => {}
        }
    }
}

fn run(pair: &mut Ends, span: std::time::Duration, seen: &mut (usize, usize)) {
    let end = pair.now() + span;
    while pair.next_wake().is_some_and(|wake| wake <= end) && pair.step() {
        let now = pair.now();
        let (left, right) = (pair.left_events[seen.0..].to_vec(), pair.right_events[seen.1..].to_vec());
        *seen = (pair.left_events.len(), pair.right_events.len());
        serve(&mut pair.left, &left, now);
        serve(&mut pair.right, &right, now);
        pair.drain();
    }
}

fn names(events: &[Event], of: impl Fn(&Event) -> Option<isdn::CallId>) -> Vec<isdn::CallId> {
    let mut names: Vec<_> = events.iter().filter_map(of).collect();
    names.sort();
    names
}

/// Six calls each way over a lossy line, each cleared after five seconds by its caller; then twenty quiet minutes.
fn calls_over(seed: u64, loss: f64) -> Result<(), TestCaseError> {
    let disturbance = Disturbance { loss, duplicate: 0.01, jitter: ms(20), ..Disturbance::default() };
    let mut pair = ends().disturbed(disturbance, seed);
    let mut seen = (0, 0);
    let now = pair.now();
    pair.left.start(now);
    pair.right.start(now);
    run(&mut pair, seconds(20), &mut seen);
    let (mut left_calls, mut right_calls) = (Vec::new(), Vec::new());
    for _ in 0..6 {
        let now = pair.now();
        left_calls.extend(pair.left.setup(now, speech("5551001")));
        left_calls.extend(pair.left.setup(now, Setup { sending_complete: false, ..speech("555") }));
        right_calls.extend(pair.right.setup(now, speech("200")));
        run(&mut pair, seconds(5), &mut seen);
        let now = pair.now();
        for call in pair.left.calls().filter(|call| call.outgoing).map(|call| call.call).collect::<Vec<_>>() {
            pair.left.clear(now, call, cause(CauseValue::NORMAL_CLEARING));
        }
        run(&mut pair, seconds(5), &mut seen);
    }
    let now = pair.now();
    for call in pair.right.calls().filter(|call| call.outgoing).map(|call| call.call).collect::<Vec<_>>() {
        pair.right.clear(now, call, cause(CauseValue::NORMAL_CLEARING));
    }
    run(&mut pair, seconds(1200), &mut seen);
    prop_assert!(all_idle(&pair.left) && all_idle(&pair.right), "seed {seed} loss {loss}\n{}", pair.ladder);
    for (events, own) in [(&pair.left_events, &left_calls), (&pair.right_events, &right_calls)] {
        let begun = names(events, |e| if let Event::Setup { call, .. } = e { Some(*call) } else { None });
        let mut begun = [begun, own.clone()].concat();
        begun.sort();
        let ended = names(events, |e| if let Event::Released { call, .. } = e { Some(*call) } else { None });
        prop_assert_eq!(&begun, &ended, "each call is released exactly once");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn calls_over_a_lossy_line_all_end_and_free_their_channels(seed in any::<u64>(), loss in 0.0..0.15f64) {
        calls_over(seed, loss)?;
    }
}

#[test]
fn link_that_only_one_end_saw_fail_leaves_no_call_behind() {
    // The network's link fails and comes back, its calls cleared meanwhile, and the user's never noticed.
    calls_over(8_231_655_294_862_090_171, 0.140_658_458_676_267_78).unwrap();
}

#[test]
fn clean_line_connects_every_call() {
    let mut pair = ends();
    let mut seen = (0, 0);
    let now = pair.now();
    pair.left.start(now);
    pair.right.start(now);
    run(&mut pair, seconds(1), &mut seen);
    for _ in 0..10 {
        let now = pair.now();
        pair.left.setup(now, speech("5551001")).unwrap();
        pair.right.setup(now, speech("200")).unwrap();
    }
    pair.drain();
    run(&mut pair, seconds(5), &mut seen);
    let connected = |events: &[Event]| events.iter().filter(|event| matches!(event, Event::Connected { .. })).count();
    assert_eq!((connected(&pair.left_events), connected(&pair.right_events)), (10, 10));
    let stats = pair.left.stats();
    assert_eq!((stats.link.i_repeated, stats.unexpected_messages, stats.wrong_reference), (0, 0, 0));
}
