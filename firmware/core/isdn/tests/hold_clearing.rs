//! Held calls end as others do, without a channel (Q.931 5.3, 5.8.9).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests fail by panic")]

mod common;

use common::{Ends, all_idle, answered_from_user, cause, held_by_user, holding_ends, in_use, ms, released, seconds, then};
use isdn::{CallId, CauseValue, Event, Who};

fn both_idle(pair: &Ends) -> bool {
    all_idle(&pair.left) && all_idle(&pair.right)
}

fn clearing_of(events: &[Event]) -> Vec<(CallId, bool)> {
    let of = |e: &Event| if let Event::Clearing { call, in_band, .. } = e { Some((*call, *in_band)) } else { None };
    events.iter().filter_map(of).collect()
}

#[test]
fn held_call_is_cleared_by_the_end_that_holds_it() {
    let mut pair = holding_ends();
    let (left, right) = held_by_user(&mut pair);
    pair.ladder = sansio::sim::Ladder::new(pair.now());
    then(&mut pair, |p, now| p.left.clear(now, left, cause(CauseValue::NORMAL_CLEARING)));
    then(&mut pair, |p, now| p.right.clear(now, right, cause(CauseValue::NORMAL_CLEARING)));
    insta::assert_snapshot!(pair.ladder);
    assert!(both_idle(&pair));
}

#[test]
fn held_call_is_cleared_by_the_other_end_and_has_no_tone() {
    let mut pair = holding_ends();
    let (left, right) = held_by_user(&mut pair);
    then(&mut pair, |p, now| p.right.clear_in_band(now, right, cause(CauseValue::NORMAL_CLEARING), None));
    assert_eq!(clearing_of(&pair.left_events), [(left, false)]);
    then(&mut pair, |p, now| p.left.clear(now, left, cause(CauseValue::NORMAL_CLEARING)));
    assert!(both_idle(&pair));
}

#[test]
fn call_is_cleared_while_a_hold_or_a_retrieve_waits_for_its_answer() {
    for held in [false, true] {
        let mut pair = holding_ends();
        let (left, right) = if held { held_by_user(&mut pair) } else { answered_from_user(&mut pair) };
        then(&mut pair, |p, now| if held { p.left.retrieve(now, left) } else { p.left.hold(now, left) });
        then(&mut pair, |p, now| p.left.clear(now, left, cause(CauseValue::NORMAL_CLEARING)));
        then(&mut pair, |p, now| p.right.clear(now, right, cause(CauseValue::NORMAL_CLEARING)));
        assert!(both_idle(&pair), "{}", pair.ladder);
        pair.run_for(seconds(10));
        let told = |e: &Event| matches!(e, Event::Held { result: Err(_), .. } | Event::Retrieved { .. });
        assert!(!pair.left_events.iter().any(told), "Released says it all");
    }
}

#[test]
fn held_call_ends_when_the_link_is_down_longer_than_t309() {
    let mut pair = holding_ends();
    held_by_user(&mut pair);
    let now = pair.now();
    pair.left.handle_layer1(now, false);
    pair.right.handle_layer1(now, false);
    pair.run_for(seconds(80));
    assert_eq!((pair.left.calls().count(), pair.right.calls().count()), (1, 1));
    pair.run_for(seconds(20));
    let ended = [(CauseValue::DESTINATION_OUT_OF_ORDER, Who::Timer(isdn::q931::Timer::T309))];
    assert_eq!((released(&pair.left_events), released(&pair.right_events)), (ended.to_vec(), ended.to_vec()));
    assert!(both_idle(&pair));
}

#[test]
fn held_call_outlives_a_short_loss_of_the_link_and_is_retrieved() {
    let mut pair = holding_ends();
    let (left, right) = held_by_user(&mut pair);
    let now = pair.now();
    pair.left.handle_layer1(now, false);
    pair.right.handle_layer1(now, false);
    pair.run_for(seconds(5));
    let now = pair.now();
    pair.left.handle_layer1(now, true);
    pair.right.handle_layer1(now, true);
    pair.run_for(seconds(5));
    then(&mut pair, |p, now| p.left.retrieve(now, left));
    then(&mut pair, |p, now| p.right.accept_retrieve(now, right));
    assert_eq!((in_use(&pair.left), in_use(&pair.right)), (vec![1], vec![1]));
}

#[test]
fn request_that_the_link_took_with_it_is_over_at_both_ends() {
    for held in [false, true] {
        let mut pair = holding_ends();
        let (left, right) = if held { held_by_user(&mut pair) } else { answered_from_user(&mut pair) };
        then(&mut pair, |p, now| if held { p.left.retrieve(now, left) } else { p.left.hold(now, left) });
        let now = pair.now();
        pair.left.handle_layer1(now, false);
        pair.right.handle_layer1(now, false);
        pair.run_for(ms(100));
        // The layer above answers what it was asked before: nobody waits for it any more.
        let now = pair.now();
        if held {
            pair.right.accept_retrieve(now, right)
        } else {
            pair.right.accept_hold(now, right)
        }
        pair.run_for(seconds(5));
        let now = pair.now();
        pair.left.handle_layer1(now, true);
        pair.right.handle_layer1(now, true);
        pair.run_for(seconds(5));
        let slots = if held { Vec::new() } else { vec![1] };
        assert_eq!((in_use(&pair.left), in_use(&pair.right)), (slots.clone(), slots));
        assert!(pair.left.calls().all(|call| call.held == held) && pair.right.calls().all(|call| call.held == held));
    }
}

#[test]
fn held_call_cleared_while_the_link_is_down_is_released_at_the_far_end_later() {
    let mut pair = holding_ends();
    let (left, _) = held_by_user(&mut pair);
    let now = pair.now();
    pair.left.handle_layer1(now, false);
    pair.right.handle_layer1(now, false);
    pair.run_for(seconds(1));
    then(&mut pair, |p, now| p.left.clear(now, left, cause(CauseValue::NORMAL_CLEARING)));
    assert_eq!(released(&pair.left_events), [(CauseValue::NORMAL_CLEARING, Who::Us)]);
    let now = pair.now();
    pair.left.handle_layer1(now, true);
    pair.right.handle_layer1(now, true);
    pair.run_for(seconds(10));
    assert_eq!(released(&pair.right_events), [(CauseValue::NORMAL_CLEARING, Who::Peer)]);
    assert!(both_idle(&pair));
}
