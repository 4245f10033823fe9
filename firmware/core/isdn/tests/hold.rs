//! A call is held and retrieved, by either side and whichever end set it up (Q.932 6.2).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests fail by panic")]

mod common;

use common::{all_idle, answered_from_network, answered_from_user, cause, ends_with, holding_ends, in_use, then, up, with_hold};
use isdn::{CauseValue, Config, Event, Framing, Side, Variant};

#[test]
fn user_holds_its_call_and_retrieves_it() {
    let mut pair = holding_ends();
    let (left, right) = answered_from_user(&mut pair);
    pair.ladder = sansio::sim::Ladder::new(pair.now());
    then(&mut pair, |p, now| p.left.hold(now, left));
    assert_eq!(in_use(&pair.left), [1], "not held yet");
    then(&mut pair, |p, now| p.right.accept_hold(now, right));
    assert!(in_use(&pair.left).is_empty() && in_use(&pair.right).is_empty());
    assert!(pair.left.calls().all(|call| call.held && call.channel.is_none() && call.state == 10));
    then(&mut pair, |p, now| p.left.retrieve(now, left));
    then(&mut pair, |p, now| p.right.accept_retrieve(now, right));
    insta::assert_snapshot!(pair.ladder);
    assert_eq!((in_use(&pair.left), in_use(&pair.right)), (vec![1], vec![1]));
    then(&mut pair, |p, now| p.left.clear(now, left, cause(CauseValue::NORMAL_CLEARING)));
    then(&mut pair, |p, now| p.right.clear(now, right, cause(CauseValue::NORMAL_CLEARING)));
    assert!(all_idle(&pair.left) && all_idle(&pair.right));
    assert_eq!((pair.left.stats().misuse, pair.right.stats().misuse), (0, 0));
}

#[test]
fn network_holds_the_call_of_the_user_and_the_user_retrieves_it() {
    let mut pair = holding_ends();
    let (left, right) = answered_from_user(&mut pair);
    pair.ladder = sansio::sim::Ladder::new(pair.now());
    then(&mut pair, |p, now| p.right.hold(now, right));
    then(&mut pair, |p, now| p.left.accept_hold(now, left));
    then(&mut pair, |p, now| p.left.retrieve(now, left));
    then(&mut pair, |p, now| p.right.accept_retrieve(now, right));
    insta::assert_snapshot!(pair.ladder);
    assert_eq!((in_use(&pair.left), in_use(&pair.right)), (vec![1], vec![1]));
}

#[test]
fn network_holds_its_own_call_and_retrieves_it_on_a_channel_it_insists_on() {
    let mut pair = holding_ends();
    let (left, right) = answered_from_network(&mut pair);
    pair.ladder = sansio::sim::Ladder::new(pair.now());
    then(&mut pair, |p, now| p.right.hold(now, right));
    then(&mut pair, |p, now| p.left.accept_hold(now, left));
    then(&mut pair, |p, now| p.right.retrieve(now, right));
    then(&mut pair, |p, now| p.left.accept_retrieve(now, left));
    insta::assert_snapshot!(pair.ladder);
    assert_eq!((in_use(&pair.left), in_use(&pair.right)), (vec![31], vec![31]));
}

#[test]
fn ringing_call_is_held_and_answered_before_the_hold_is() {
    let mut pair = holding_ends();
    let left = then(&mut pair, |p, now| p.left.setup(now, common::speech("5551001")).unwrap());
    let right = common::offered(&pair.right_events);
    then(&mut pair, |p, now| p.right.alerting(now, right, Vec::new()));
    then(&mut pair, |p, now| p.left.hold(now, left));
    then(&mut pair, |p, now| p.right.connect(now, right, isdn::Connected::default()));
    then(&mut pair, |p, now| p.right.accept_hold(now, right));
    assert!(pair.left_events.contains(&Event::Held { call: left, result: Ok(()) }), "{:?}", pair.left_events);
    assert!(pair.left.calls().all(|call| call.held && call.state == 10));
}

#[test]
fn held_call_may_be_held_and_retrieved_many_times() {
    let mut pair = holding_ends();
    let (left, right) = answered_from_user(&mut pair);
    for _ in 0..20 {
        then(&mut pair, |p, now| p.left.hold(now, left));
        then(&mut pair, |p, now| p.right.accept_hold(now, right));
        then(&mut pair, |p, now| p.right.retrieve(now, right));
        then(&mut pair, |p, now| p.left.accept_retrieve(now, left));
    }
    let count = |events: &[Event]| {
        events.iter().filter(|e| matches!(e, Event::Held { result: Ok(()), .. } | Event::Retrieved { result: Ok(_), .. })).count()
    };
    assert_eq!((count(&pair.left_events), count(&pair.right_events)), (20, 20));
}

#[test]
fn qsig_which_has_no_hold_rejects_it_even_when_allowed() {
    let qsig = |side| with_hold(Config { variant: Variant::Qsig, ..Config::new("end", side, Framing::E1) });
    let mut pair = up(ends_with(qsig(Side::User), qsig(Side::Network)));
    let (left, _) = answered_from_user(&mut pair);
    then(&mut pair, |p, now| p.left.hold(now, left));
    assert_eq!(pair.left.stats().misuse, 1);
    assert!(!pair.left.calls().any(|call| call.held));
}
