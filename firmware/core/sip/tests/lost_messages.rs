//! Lost and doubled messages: the 200, the ACK, and everything by chance, in virtual time.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests")]

mod bench;

use std::time::Duration;

use bench::{invite, lossy, pair, ringing, sdp, udp, up};
use sip::{EndedBy, Event, Transport};

#[test]
fn lost_200_is_repeated_until_acked() {
    let mut pair = pair();
    let (_, bob) = ringing(&mut pair, Transport::Udp);
    pair.run_for(Duration::from_secs(1));
    pair.backward.drop_next(3);
    let now = pair.now();
    pair.right.accept(now, bob, &[], sdp());
    pair.run_for(Duration::from_secs(20));
    insta::assert_snapshot!(pair.ladder);
    assert!(matches!(pair.right_events.last(), Some(Event::Confirmed { .. })));
}

#[test]
fn lost_ack_is_sent_again_for_the_repeated_200() {
    let mut pair = pair();
    let (_, bob) = ringing(&mut pair, Transport::Udp);
    pair.run_for(Duration::from_secs(1));
    let now = pair.now();
    pair.right.accept(now, bob, &[], sdp());
    pair.forward.drop_next(2);
    pair.run_for(Duration::from_secs(20));
    insta::assert_snapshot!(pair.ladder);
    let answered = pair.left_events.iter().filter(|e| matches!(e, Event::Answered { .. })).count();
    assert_eq!(answered, 1, "a repeated 200 is no second answer");
}

#[test]
fn ack_never_comes_and_the_callee_ends_by_bye() {
    let mut pair = pair();
    let (_, bob) = ringing(&mut pair, Transport::Tcp);
    pair.run_for(Duration::from_secs(1));
    pair.forward.drop_next(1000);
    let now = pair.now();
    pair.right.accept(now, bob, &[], sdp());
    pair.run_for(Duration::from_secs(33));
    insta::assert_snapshot!(pair.ladder);
    assert_eq!(pair.right_events.last(), Some(&Event::Ended { call: bob, by: EndedBy::NoAck, request: None }));
    assert!(matches!(pair.left_events.last(), Some(Event::Ended { by: EndedBy::Peer, .. })));
}

#[test]
fn hangup_before_the_ack_waits_for_it() {
    let mut pair = pair();
    let (_, bob) = ringing(&mut pair, Transport::Udp);
    pair.run_for(Duration::from_secs(1));
    pair.forward.drop_next(1);
    let now = pair.now();
    pair.right.accept(now, bob, &[], sdp());
    pair.right.hangup(now, bob, 0, None, &[]);
    pair.run();
    insta::assert_snapshot!(pair.ladder);
    assert_eq!(pair.right_events.last(), Some(&Event::Ended { call: bob, by: EndedBy::Us, request: None }));
}

#[test]
fn lost_bye_is_repeated_and_gives_up_after_timer_f() {
    let mut pair = pair();
    let (alice, _) = up(&mut pair, Transport::Udp);
    pair.run_for(Duration::from_secs(1));
    pair.forward.drop_next(1000);
    let now = pair.now();
    pair.left.hangup(now, alice, 0, None, &[]);
    pair.run();
    insta::assert_snapshot!(pair.ladder);
    assert_eq!(pair.left_events.last(), Some(&Event::Ended { call: alice, by: EndedBy::Us, request: None }));
}

/// Whatever is lost or doubled, both ends come to the same end, and nothing is left over.
#[test]
fn calls_over_a_bad_link_end_cleanly() {
    for seed in 0..60 {
        let mut pair = lossy(0.25, seed);
        let now = pair.now();
        let alice = pair.left.invite(now, invite(udp()));
        let mut accepted = false;
        while pair.step() {
            let Some(bob) =
                pair.right_events.iter().find_map(|e| if let Event::Incoming { call, .. } = e { Some(*call) } else { None })
            else {
                continue;
            };
            if !accepted {
                accepted = true;
                let now = pair.now();
                pair.right.provisional(now, bob, 180, &[], None);
                pair.right.accept(now, bob, &[], sdp());
                pair.drain();
            }
            let up = |events: &[Event]| events.iter().any(|e| matches!(e, Event::Answered { .. } | Event::Confirmed { .. }));
            if up(&pair.left_events) && up(&pair.right_events) {
                break;
            }
        }
        let now = pair.now();
        pair.left.hangup(now, alice, 0, None, &[]);
        pair.run();
        for (name, end, events) in [("alice", &pair.left, &pair.left_events), ("bob", &pair.right, &pair.right_events)] {
            let last = |e: &&Event| matches!(e, Event::Ended { .. } | Event::Rejected { .. } | Event::Cancelled { .. });
            assert!(events.iter().filter(last).count() <= 1, "seed {seed} {name}: more than one end\n{}", pair.ladder);
            assert_eq!(
                (end.stats().transactions, end.stats().malformed, end.stats().misuse),
                (0, 0, 0),
                "seed {seed} {name}\n{}",
                pair.ladder
            );
        }
        assert_eq!(pair.left.stats().calls, 0, "seed {seed}\n{}", pair.ladder);
        // If every BYE was lost, Bob cannot know; that is what session timers are for.
        let bye_lost = pair.left.stats().timeouts > 0 || pair.ladder.to_string().matches("BYE").count() >= 10;
        assert!(pair.right.stats().calls == 0 || bye_lost, "seed {seed}\n{}", pair.ladder);
    }
}
