//! re-INVITE: both ways, refused, glare, lost dialogs, no ACK.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests")]

mod bench;

use std::time::Duration;

use bench::{Ends, OFFER, pair, sdp, up};
use sip::{Body, CallId, EndedBy, Event, Transport};

/// Lets Bob answer re-INVITEs as `answer` says for `span`.
fn answering(pair: &mut Ends, span: Duration, answer: &dyn Fn() -> Result<Body, u16>) {
    let end = pair.now() + span;
    let (mut left_seen, mut right_seen) = (pair.left_events.len(), pair.right_events.len());
    pair.drain();
    while pair.next_wake().is_some_and(|wake| wake <= end) {
        pair.step();
        let now = pair.now();
        for event in pair.right_events.split_off(right_seen) {
            if let Event::Reinvited { call, .. } = &event {
                pair.right.answer_reinvite(now, *call, answer());
            }
            pair.right_events.push(event);
        }
        for event in pair.left_events.split_off(left_seen) {
            if let Event::Reinvited { call, .. } = &event {
                pair.left.answer_reinvite(now, *call, answer());
            }
            pair.left_events.push(event);
        }
        pair.drain();
        (left_seen, right_seen) = (pair.left_events.len(), pair.right_events.len());
    }
}

fn connected() -> (Ends, CallId, CallId) {
    let mut pair = pair();
    let (alice, bob) = up(&mut pair, Transport::Udp);
    pair.run_for(Duration::from_secs(5));
    (pair, alice, bob)
}

fn ok() -> Result<Body, u16> {
    Ok(Body::sdp(OFFER))
}

#[test]
fn up_reinvite_by_either_end_is_answered() {
    let (mut pair, alice, bob) = connected();
    let now = pair.now();
    pair.left.reinvite(now, alice, sdp());
    answering(&mut pair, Duration::from_secs(10), &ok);
    let now = pair.now();
    pair.right.reinvite(now, bob, sdp());
    answering(&mut pair, Duration::from_secs(10), &ok);
    insta::assert_snapshot!(pair.ladder);
    for events in [&pair.left_events, &pair.right_events] {
        assert!(events.iter().any(|e| matches!(e, Event::ReinviteAnswered { result: Ok(_), .. })));
        assert!(events.iter().any(|e| matches!(e, Event::ReinviteConfirmed { .. })));
    }
}

#[test]
fn up_reinvite_refused_leaves_the_call_up() {
    let (mut pair, alice, _) = connected();
    let now = pair.now();
    pair.left.reinvite(now, alice, sdp());
    answering(&mut pair, Duration::from_secs(10), &|| Err(488));
    assert_eq!(pair.left_events.last(), Some(&Event::ReinviteAnswered { call: alice, result: Err(488) }));
    let now = pair.now();
    pair.left.hangup(now, alice, 0, None, &[]);
    pair.run();
    assert!(matches!(pair.right_events.last(), Some(Event::Ended { by: EndedBy::Peer, .. })));
}

#[test]
fn glare_both_get_491_wait_and_succeed() {
    let (mut pair, alice, bob) = connected();
    let now = pair.now();
    pair.left.reinvite(now, alice, sdp());
    pair.right.reinvite(now, bob, sdp());
    answering(&mut pair, Duration::from_secs(20), &ok);
    insta::assert_snapshot!(pair.ladder);
    // Bob does not own the Call-ID, so he tries first and wins; that makes Alice's offer stale or she tries after him.
    assert!(pair.right_events.iter().any(|e| matches!(e, Event::ReinviteAnswered { result: Ok(_), .. })));
    assert!(pair.left_events.iter().any(|e| matches!(e, Event::ReinviteAnswered { .. })));
}

#[test]
fn second_reinvite_while_the_first_is_open_is_told_491_at_once() {
    let (mut pair, alice, _) = connected();
    let now = pair.now();
    pair.left.reinvite(now, alice, sdp());
    pair.left.reinvite(now, alice, sdp());
    pair.drain();
    assert_eq!(pair.left_events.last(), Some(&Event::ReinviteAnswered { call: alice, result: Err(491) }));
}

#[test]
fn reinvite_to_a_peer_that_lost_the_dialog_ends_the_call() {
    let (mut pair, alice, _) = connected();
    pair.right = bench::endpoint(77);
    let now = pair.now();
    pair.left.reinvite(now, alice, sdp());
    pair.run();
    let end = &pair.left_events[pair.left_events.len() - 2..];
    assert_eq!(end[0], Event::ReinviteAnswered { call: alice, result: Err(481) });
    assert_eq!(end[1], Event::Ended { call: alice, by: EndedBy::SessionLost, request: None });
    assert_eq!(pair.right.stats().unknown_dialog, 1);
}

#[test]
fn reinvite_without_answer_ends_the_call() {
    let (mut pair, alice, _) = connected();
    pair.forward.drop_next(1000);
    let now = pair.now();
    pair.left.reinvite(now, alice, sdp());
    pair.run();
    assert!(pair.left_events.contains(&Event::ReinviteAnswered { call: alice, result: Err(408) }));
    assert_eq!(pair.left_events.last(), Some(&Event::Ended { call: alice, by: EndedBy::SessionLost, request: None }));
}

#[test]
fn reinvite_that_the_peer_never_decides_is_given_up_after_three_minutes() {
    let (mut pair, alice, _) = connected();
    let now = pair.now();
    pair.left.reinvite(now, alice, sdp());
    pair.run_for(Duration::from_secs(179));
    assert_eq!(pair.left.stats().calls, 1);
    pair.run_for(Duration::from_secs(2));
    assert_eq!(pair.left_events.last(), Some(&Event::Ended { call: alice, by: EndedBy::SessionLost, request: None }));
    pair.run();
    assert_eq!((pair.left.stats().transactions, pair.right.stats().transactions), (0, 0));
}

#[test]
fn accepted_reinvite_without_ack_ends_the_call() {
    let (mut pair, alice, bob) = connected();
    let now = pair.now();
    pair.left.reinvite(now, alice, sdp());
    pair.run_for(Duration::from_millis(15));
    pair.forward.drop_next(1000);
    let now = pair.now();
    pair.right.answer_reinvite(now, bob, ok());
    pair.run_for(Duration::from_secs(40));
    assert_eq!(pair.right_events.last(), Some(&Event::Ended { call: bob, by: EndedBy::NoAck, request: None }));
}

#[test]
fn bye_while_a_reinvite_is_open_answers_it_487() {
    let (mut pair, alice, bob) = connected();
    let now = pair.now();
    pair.left.reinvite(now, alice, sdp());
    pair.run_for(Duration::from_millis(15));
    let now = pair.now();
    pair.right.hangup(now, bob, 0, None, &[]);
    pair.run();
    insta::assert_snapshot!(pair.ladder);
    assert_eq!((pair.left.stats().calls, pair.right.stats().calls), (0, 0));
}
