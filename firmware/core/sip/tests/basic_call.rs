//! Calls between two endpoints without trouble: as ladders, over UDP and TCP.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests")]

mod bench;

use std::time::Duration;

use bench::{pair, ringing, up};
use sip::{EndedBy, Event, Stats, Transport};

#[test]
fn up_hangup_by_caller_ends_both() {
    let mut pair = pair();
    let (alice, bob) = up(&mut pair, Transport::Udp);
    pair.run_for(Duration::from_secs(10));
    let now = pair.now();
    let reason = [("Reason".to_owned(), "Q.850;cause=16".to_owned())];
    pair.left.hangup(now, alice, 0, None, &reason);
    pair.run();
    insta::assert_snapshot!(pair.ladder);
    let Some(Event::Ended { call, by: EndedBy::Peer, request: Some(bye) }) = pair.right_events.last() else {
        panic!("{:?}", pair.right_events)
    };
    assert_eq!(*call, bob);
    assert_eq!(bye.headers.reason_q850(), Some(16));
    assert_eq!(pair.left_events.last(), Some(&Event::Ended { call: alice, by: EndedBy::Us, request: None }));
    let sent = Stats { requests_in: 3, responses_in: 0, messages_out: 4, ..Stats::default() };
    assert_eq!(pair.right.stats(), sent, "no call, no transaction, no repeat may be left");
}

#[test]
fn up_hangup_by_callee_over_tcp_ends_both_without_lingering() {
    let mut pair = pair();
    let (_, bob) = up(&mut pair, Transport::Tcp);
    pair.run_for(Duration::from_secs(40));
    let now = pair.now();
    pair.right.hangup(now, bob, 0, None, &[]);
    pair.run_for(Duration::from_secs(1));
    insta::assert_snapshot!(pair.ladder);
    assert_eq!((pair.left.stats().calls, pair.left.stats().transactions), (0, 0));
    assert_eq!((pair.right.stats().calls, pair.right.stats().transactions), (0, 0));
}

#[test]
fn ringing_refusal_rejects_the_call() {
    let mut pair = pair();
    let (alice, bob) = ringing(&mut pair, Transport::Udp);
    let now = pair.now();
    pair.right.hangup(now, bob, 486, Some("Engaged"), &[("Reason".to_owned(), "Q.850;cause=17;text=\"busy, sorry\"".to_owned())]);
    pair.run();
    insta::assert_snapshot!(pair.ladder);
    let Some(Event::Rejected { call, response: Some(response), status: 486, phrase, .. }) = pair.left_events.last() else {
        panic!("{:?}", pair.left_events)
    };
    assert_eq!((*call, phrase.as_str(), response.headers.reason_q850()), (alice, "Engaged", Some(17)));
}

#[test]
fn ringing_for_minutes_repeats_the_provisional_answer() {
    let mut pair = pair();
    let (_, bob) = ringing(&mut pair, Transport::Udp);
    pair.run_for(Duration::from_secs(130));
    let now = pair.now();
    pair.right.hangup(now, bob, 480, None, &[]);
    pair.run();
    insta::assert_snapshot!(pair.ladder);
}
