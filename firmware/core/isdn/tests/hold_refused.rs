//! Hold and retrieve that are refused, out of place, or unanswered (Q.932 6.2).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests fail by panic")]

mod common;

use common::{
    SETUP, answered_from_user, cause, config, held_by_user, holding_ends, in_use, inject, offered, raw_with, seconds, then,
    with_hold,
};
use isdn::{CauseValue, Connected, Event, Side};

const HOLD: &[u8] = &[0x08, 0x02, 0x00, 0x01, 0x24];
const HOLD_ACKNOWLEDGE: &[u8] = &[0x08, 0x02, 0x00, 0x01, 0x28];
const HOLD_REJECT: &[u8] = &[0x08, 0x02, 0x00, 0x01, 0x30];
const RETRIEVE: &[u8] = &[0x08, 0x02, 0x00, 0x01, 0x31];
const RETRIEVE_ACKNOWLEDGE: &[u8] = &[0x08, 0x02, 0x00, 0x01, 0x33];

fn holds(events: &[Event]) -> Vec<Result<(), CauseValue>> {
    let of =
        |e: &Event| if let Event::Held { result, .. } = e { Some(result.clone().map_err(|cause| cause.value)) } else { None };
    events.iter().filter_map(of).collect()
}

fn retrievals(events: &[Event]) -> Vec<Result<isdn::Channel, CauseValue>> {
    let of = |e: &Event| {
        if let Event::Retrieved { result, .. } = e { Some(result.clone().map_err(|cause| cause.value)) } else { None }
    };
    events.iter().filter_map(of).collect()
}

/// The network side with a call from the user that it has answered, against raw messages.
fn answered() -> (common::Raw, isdn::CallId) {
    let mut pair = raw_with(with_hold(config(Side::Network)));
    inject(&mut pair, &[SETUP]);
    let (call, now) = (offered(&pair.left_events), pair.now());
    pair.left.connect(now, call, Connected::default());
    inject(&mut pair, &[]);
    (pair, call)
}

#[test]
fn refused_hold_leaves_the_call_its_channel() {
    let mut pair = holding_ends();
    let (left, right) = answered_from_user(&mut pair);
    pair.ladder = sansio::sim::Ladder::new(pair.now());
    then(&mut pair, |p, now| p.left.hold(now, left));
    then(&mut pair, |p, now| p.right.refuse_hold(now, right, cause(CauseValue::FACILITY_REJECTED)));
    insta::assert_snapshot!(pair.ladder);
    assert_eq!((in_use(&pair.left), in_use(&pair.right)), (vec![1], vec![1]));
    then(&mut pair, |p, now| p.left.hold(now, left));
    then(&mut pair, |p, now| p.right.accept_hold(now, right));
    assert_eq!(holds(&pair.left_events), [Err(CauseValue::FACILITY_REJECTED), Ok(())]);
}

#[test]
fn refused_retrieve_leaves_the_call_held() {
    let mut pair = holding_ends();
    let (left, right) = held_by_user(&mut pair);
    pair.ladder = sansio::sim::Ladder::new(pair.now());
    then(&mut pair, |p, now| p.left.retrieve(now, left));
    then(&mut pair, |p, now| p.right.refuse_retrieve(now, right, cause(CauseValue::FACILITY_REJECTED)));
    insta::assert_snapshot!(pair.ladder);
    assert!(in_use(&pair.left).is_empty() && in_use(&pair.right).is_empty());
    assert!(pair.left.calls().all(|call| call.held) && pair.right.calls().all(|call| call.held));
}

#[test]
fn end_that_does_not_allow_hold_rejects_it_with_cause_69() {
    let mut pair = common::up(common::ends_with(with_hold(config(Side::User)), config(Side::Network)));
    let (left, _) = answered_from_user(&mut pair);
    then(&mut pair, |p, now| p.left.hold(now, left));
    assert_eq!(holds(&pair.left_events), [Err(CauseValue::FACILITY_NOT_IMPLEMENTED)]);
    assert_eq!(in_use(&pair.left), [1]);
}

#[test]
fn unanswered_hold_fails_after_t_hold_and_the_call_goes_on() {
    let (mut pair, call) = answered();
    let now = pair.now();
    pair.left.hold(now, call);
    assert_eq!(inject(&mut pair, &[]), ["HOLD cr=1'"]);
    pair.run_for(seconds(3));
    assert!(holds(&pair.left_events).is_empty());
    pair.run_for(seconds(2));
    assert_eq!(holds(&pair.left_events), [Err(CauseValue::RECOVERY_ON_TIMER_EXPIRY)]);
    assert_eq!((in_use(&pair.left), pair.left.calls().next().unwrap().state), (vec![1], 10));
    // Too late: the far end hears that nothing waits for it.
    assert_eq!(inject(&mut pair, &[HOLD_ACKNOWLEDGE]), ["STATUS cr=1' cause=101 state=10"]);
    assert_eq!(in_use(&pair.left), [1]);
}

#[test]
fn unanswered_retrieve_fails_after_t_retrieve_and_the_call_stays_held() {
    let (mut pair, call) = answered();
    inject(&mut pair, &[HOLD]);
    let now = pair.now();
    pair.left.accept_hold(now, call);
    inject(&mut pair, &[]);
    let now = pair.now();
    pair.left.retrieve(now, call);
    assert_eq!(inject(&mut pair, &[]), ["RETRIEVE cr=1' channel=31 excl"]);
    assert_eq!(in_use(&pair.left), [31], "kept for the answer");
    pair.run_for(seconds(5));
    assert_eq!(retrievals(&pair.left_events), [Err(CauseValue::RECOVERY_ON_TIMER_EXPIRY)]);
    assert!(in_use(&pair.left).is_empty() && pair.left.calls().all(|call| call.held));
    assert_eq!(inject(&mut pair, &[RETRIEVE_ACKNOWLEDGE]), ["STATUS cr=1' cause=101 state=10"]);
}

#[test]
fn reject_without_a_cause_is_a_reject() {
    let (mut pair, call) = answered();
    let now = pair.now();
    pair.left.hold(now, call);
    inject(&mut pair, &[HOLD_REJECT]);
    assert_eq!(holds(&pair.left_events), [Err(CauseValue::NORMAL_UNSPECIFIED)]);
}

#[test]
fn hold_and_retrieve_in_the_wrong_state_are_rejected_with_cause_101() {
    let mut pair = raw_with(with_hold(config(Side::Network)));
    inject(&mut pair, &[SETUP]);
    let call = offered(&pair.left_events);
    assert_eq!(inject(&mut pair, &[HOLD]), ["HOLD REJECT cr=1' cause=101"], "nothing was answered yet");
    let now = pair.now();
    pair.left.connect(now, call, Connected::default());
    inject(&mut pair, &[]);
    assert_eq!(inject(&mut pair, &[RETRIEVE]), ["RETRIEVE REJECT cr=1' cause=101"], "not held");
    assert_eq!(inject(&mut pair, &[HOLD]), [] as [String; 0], "the layer above is asked");
    assert_eq!(inject(&mut pair, &[HOLD]), ["HOLD REJECT cr=1' cause=101"], "asked already");
    let now = pair.now();
    pair.left.accept_hold(now, call);
    assert_eq!(inject(&mut pair, &[]), ["HOLD ACKNOWLEDGE cr=1'"]);
    assert_eq!(inject(&mut pair, &[HOLD]), ["HOLD REJECT cr=1' cause=101"], "held already");
    assert_eq!(inject(&mut pair, &[RETRIEVE]), [] as [String; 0], "the layer above is asked");
    assert_eq!(inject(&mut pair, &[RETRIEVE]), ["RETRIEVE REJECT cr=1' cause=101"], "asked already");
    assert_eq!(pair.left.stats().misuse, 0);
}

#[test]
fn answers_to_nothing_are_unexpected_and_without_hold_not_implemented() {
    let (mut pair, _) = answered();
    for code in [0x28, 0x30, 0x33, 0x37] {
        assert_eq!(inject(&mut pair, &[&[0x08, 0x02, 0x00, 0x01, code]]), ["STATUS cr=1' cause=101 state=10"]);
    }
    let mut pair = raw_with(config(Side::Network));
    inject(&mut pair, &[SETUP]);
    assert_eq!(inject(&mut pair, &[HOLD_ACKNOWLEDGE]), ["STATUS cr=1' cause=97 state=1"]);
}

#[test]
fn commands_out_of_place_are_misuse_and_send_nothing() {
    let mut pair = holding_ends();
    let (left, right) = answered_from_user(&mut pair);
    let sent = pair.left.stats().messages_sent;
    then(&mut pair, |p, now| p.left.retrieve(now, left));
    then(&mut pair, |p, now| p.left.accept_hold(now, left));
    then(&mut pair, |p, now| p.left.refuse_hold(now, left, cause(CauseValue::FACILITY_REJECTED)));
    then(&mut pair, |p, now| p.left.accept_retrieve(now, left));
    then(&mut pair, |p, now| p.left.refuse_retrieve(now, left, cause(CauseValue::FACILITY_REJECTED)));
    then(&mut pair, |p, now| p.left.hold(now, isdn::CallId(99)));
    assert_eq!((pair.left.stats().misuse, pair.left.stats().messages_sent), (6, sent));
    then(&mut pair, |p, now| p.right.clear(now, right, cause(CauseValue::NORMAL_CLEARING)));
    then(&mut pair, |p, now| p.left.hold(now, left));
    assert_eq!(pair.left.stats().misuse, 7);
}
