//! Both ends ask at once for hold, or for the call back: the network's request stands, as it does with libpri (hold: Q.932 6.2).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests fail by panic")]

mod common;

use common::{answered_from_user, cause, held_by_user, holding_ends, in_use, offered, speech, then};
use isdn::{CauseValue, Event};

#[test]
fn hold_of_both_ends_is_the_networks_and_each_end_is_told_once() {
    let mut pair = holding_ends();
    let (left, right) = answered_from_user(&mut pair);
    pair.ladder = sansio::sim::Ladder::new(pair.now());
    then(&mut pair, |p, now| {
        p.left.hold(now, left);
        p.right.hold(now, right);
    });
    insta::assert_snapshot!(pair.ladder);
    assert!(pair.left_events.contains(&Event::Held { call: left, result: Ok(()) }));
    assert!(pair.right_events.contains(&Event::Held { call: right, result: Ok(()) }));
    assert!(pair.left.calls().all(|call| call.held) && pair.right.calls().all(|call| call.held));
    pair.run_for(common::seconds(10));
    assert!(pair.left.calls().all(|call| call.held) && pair.right.calls().all(|call| call.held), "no timer was left");
}

#[test]
fn retrieve_of_both_ends_is_the_networks_on_the_networks_channel() {
    let mut pair = holding_ends();
    let (left, right) = held_by_user(&mut pair);
    pair.ladder = sansio::sim::Ladder::new(pair.now());
    then(&mut pair, |p, now| {
        p.left.retrieve(now, left);
        p.right.retrieve(now, right);
    });
    insta::assert_snapshot!(pair.ladder);
    assert_eq!((in_use(&pair.left), in_use(&pair.right)), (vec![31], vec![31]));
    assert!(!pair.left.calls().any(|call| call.held) && !pair.right.calls().any(|call| call.held));
}

#[test]
fn hold_that_crosses_disconnect_is_ignored() {
    let mut pair = holding_ends();
    let (left, right) = answered_from_user(&mut pair);
    then(&mut pair, |p, now| {
        p.left.hold(now, left);
        p.right.clear(now, right, cause(CauseValue::NORMAL_CLEARING));
    });
    then(&mut pair, |p, now| p.left.clear(now, left, cause(CauseValue::NORMAL_CLEARING)));
    assert!(common::all_idle(&pair.left) && common::all_idle(&pair.right), "{}", pair.ladder);
    assert_eq!(pair.right.stats().unexpected_messages, 1);
}

#[test]
fn call_of_the_network_takes_the_channel_that_a_retrieve_of_the_user_names() {
    let upward = |side| isdn::Config { hunting: isdn::Hunting::Ascending, ..common::with_hold(common::config(side)) };
    let mut pair = common::up(common::ends_with(upward(isdn::Side::User), upward(isdn::Side::Network)));
    let (left, right) = held_by_user(&mut pair);
    pair.ladder = sansio::sim::Ladder::new(pair.now());
    then(&mut pair, |p, now| {
        p.left.retrieve(now, left);
        p.right.setup(now, speech("200")).unwrap();
    });
    let second = offered(&pair.left_events);
    then(&mut pair, |p, now| p.left.alerting(now, second, Vec::new()));
    then(&mut pair, |p, now| p.right.accept_retrieve(now, right));
    insta::assert_snapshot!(pair.ladder);
    assert!(pair.left_events.contains(&Event::Retrieved { call: left, result: Ok(2.into()) }));
    assert_eq!((in_use(&pair.left), in_use(&pair.right)), (vec![1, 2], vec![1, 2]));
}
