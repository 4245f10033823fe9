//! CANCEL: while ringing, before any answer, and when it crosses the 200.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests")]

mod bench;

use std::time::Duration;

use bench::{incoming, invite, pair, ringing, sdp, udp};
use sip::{EndedBy, Event, RejectedWhy, Transport};

fn reason() -> [(String, String); 1] {
    [("Reason".to_owned(), "Q.850;cause=16".to_owned())]
}

#[test]
fn ringing_hangup_cancels_and_both_end() {
    let mut pair = pair();
    let (alice, _) = ringing(&mut pair, Transport::Udp);
    pair.run_for(Duration::from_secs(2));
    let now = pair.now();
    pair.left.hangup(now, alice, 0, None, &reason());
    pair.run();
    insta::assert_snapshot!(pair.ladder);
    let Some(Event::Cancelled { request, .. }) = pair.right_events.last() else { panic!("{:?}", pair.right_events) };
    assert_eq!(request.headers.reason_q850(), Some(16));
    assert!(matches!(pair.left_events.last(), Some(Event::Rejected { status: 487, why: RejectedWhy::Answer, .. })));
}

#[test]
fn unanswered_hangup_cancels_after_the_first_provisional() {
    let mut pair = pair();
    pair.forward.drop_next(1);
    let now = pair.now();
    let alice = pair.left.invite(now, invite(udp()));
    pair.left.hangup(now, alice, 0, None, &reason());
    pair.run();
    insta::assert_snapshot!(pair.ladder);
    assert!(matches!(pair.left_events.as_slice(), [Event::Trying { .. }, Event::Rejected { status: 487, .. }]));
}

#[test]
fn unanswered_hangup_with_silent_peer_ends_by_timer_b() {
    let mut pair = pair();
    pair.forward.drop_next(1000);
    let now = pair.now();
    let alice = pair.left.invite(now, invite(udp()));
    pair.left.hangup(now, alice, 0, None, &[]);
    pair.run();
    insta::assert_snapshot!(pair.ladder);
    assert!(matches!(pair.left_events.as_slice(), [Event::Rejected { status: 408, why: RejectedWhy::Timeout, .. }]));
}

#[test]
fn cancel_that_crosses_the_200_becomes_bye() {
    let mut pair = pair();
    let (alice, bob) = ringing(&mut pair, Transport::Udp);
    pair.run_for(Duration::from_secs(1));
    let now = pair.now();
    pair.left.hangup(now, alice, 0, None, &reason());
    pair.right.accept(now, bob, &[], sdp());
    pair.run();
    insta::assert_snapshot!(pair.ladder);
    assert_eq!(pair.left_events.last(), Some(&Event::Ended { call: alice, by: EndedBy::Us, request: None }));
    let Some(Event::Ended { by: EndedBy::Peer, request: Some(bye), .. }) = pair.right_events.last() else {
        panic!("{:?}", pair.right_events)
    };
    assert_eq!(bye.headers.reason_q850(), Some(16));
    assert_eq!(incoming(&pair.right_events), bob);
}

#[test]
fn cancelled_invite_without_final_answer_is_given_up() {
    let mut pair = pair();
    let (alice, _) = ringing(&mut pair, Transport::Udp);
    pair.run_for(Duration::from_secs(1));
    pair.forward.drop_next(1000);
    let now = pair.now();
    pair.left.hangup(now, alice, 0, None, &[]);
    pair.run_for(Duration::from_secs(40));
    assert!(matches!(pair.left_events.last(), Some(Event::Rejected { status: 408, why: RejectedWhy::Timeout, .. })));
    assert_eq!(pair.left.stats().calls, 0);
}
