//! User-user information in DISCONNECT, RELEASE and RELEASE COMPLETE, sent and received by both sides.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests fail by panic")]

mod common;

use common::{
    Ends, all_idle, answered_from_network, answered_from_user, cause, ends, inject, ms, offered, raw, seconds, speech, then, up,
};
use isdn::ie::UserUser;
use isdn::{CauseValue, Event, Side};

const CLEARING: isdn::Cause = cause(CauseValue::NORMAL_CLEARING);

fn said(text: &str) -> UserUser {
    UserUser { protocol: UserUser::IA5, octets: text.as_bytes().to_vec() }
}

/// What the clearing events said: DISCONNECT's first.
fn heard(events: &[Event]) -> Vec<Option<UserUser>> {
    let of = |event: &Event| {
        let (Event::Clearing { user_user, .. } | Event::Released { user_user, .. }) = event else { return None };
        Some(user_user.clone())
    };
    events.iter().filter_map(of).collect()
}

fn clean(pair: &Ends) {
    assert!(all_idle(&pair.left) && all_idle(&pair.right), "{}", pair.ladder);
    let stats = [pair.left.stats(), pair.right.stats()];
    assert!(stats.iter().all(|stats| stats.misuse + stats.unexpected_messages + stats.elements_invalid == 0), "{stats:?}");
}

#[test]
fn disconnect_and_release_carry_it_each_way() {
    for by_user in [true, false] {
        let mut pair = up(ends());
        let (left, right) = if by_user { answered_from_user(&mut pair) } else { answered_from_network(&mut pair) };
        if by_user {
            then(&mut pair, |p, now| p.left.clear_saying(now, left, CLEARING, said("bye")));
            then(&mut pair, |p, now| p.right.clear_saying(now, right, CLEARING, said("ciao")));
        } else {
            then(&mut pair, |p, now| p.right.clear_saying(now, right, CLEARING, said("bye")));
            then(&mut pair, |p, now| p.left.clear_saying(now, left, CLEARING, said("ciao")));
        }
        let (first, second) = (heard(&pair.left_events), heard(&pair.right_events));
        let (begins, answers) = if by_user { (first, second) } else { (second, first) };
        assert_eq!((begins, answers), (vec![Some(said("ciao"))], vec![Some(said("bye")), None]), "{}", pair.ladder);
        clean(&pair);
    }
}

#[test]
fn call_refused_at_once_has_it_in_release_complete() {
    let mut pair = up(ends());
    then(&mut pair, |p, now| p.left.setup(now, speech("5551001")).unwrap());
    let right = offered(&pair.right_events);
    then(&mut pair, |p, now| p.right.clear_saying(now, right, cause(CauseValue::USER_BUSY), said("later")));
    assert_eq!(heard(&pair.left_events), [Some(said("later"))], "{}", pair.ladder);
    clean(&pair);
}

#[test]
fn call_that_rings_is_given_up_with_it_in_disconnect() {
    let mut pair = up(ends());
    let left = then(&mut pair, |p, now| p.left.setup(now, speech("5551001")).unwrap());
    let right = offered(&pair.right_events);
    then(&mut pair, |p, now| p.right.alerting(now, right, Vec::new()));
    then(&mut pair, |p, now| p.left.clear_saying(now, left, CLEARING, said("bye")));
    assert_eq!(heard(&pair.right_events), [Some(said("bye"))]);
    then(&mut pair, |p, now| p.right.clear(now, right, CLEARING));
    assert_eq!(heard(&pair.left_events), [None]);
    clean(&pair);
}

#[test]
fn both_clear_at_once_and_each_hears_the_other() {
    let mut pair = up(ends());
    let (left, right) = answered_from_user(&mut pair);
    then(&mut pair, |p, now| {
        p.left.clear_saying(now, left, CLEARING, said("from left"));
        p.right.clear_saying(now, right, CLEARING, said("from right"));
    });
    // A DISCONNECT that crosses ours is answered at once and tells of no clearing: what it said comes with the end.
    let (left, right) = (heard(&pair.left_events), heard(&pair.right_events));
    assert_eq!((left, right), (vec![Some(said("from right"))], vec![Some(said("from left"))]), "{}", pair.ladder);
    clean(&pair);
}

#[test]
fn release_and_release_complete_out_of_the_blue_tell_what_they_said() {
    for code in [0x4d, 0x5a] {
        let mut pair = raw(Side::Network);
        inject(&mut pair, &[common::SETUP]);
        let message = [0x08, 0x02, 0x00, 0x01, code, 0x08, 0x02, 0x80, 0x90, 0x7e, 0x03, 0x04, b'h', b'i'];
        inject(&mut pair, &[&message]);
        assert_eq!(heard(&pair.left_events), [Some(said("hi"))], "{code:02x}");
    }
}

#[test]
fn disconnect_unanswered_is_followed_by_a_release_without_it() {
    let mut pair = raw(Side::Network);
    inject(&mut pair, &[common::SETUP]);
    let (call, now) = (offered(&pair.left_events), pair.now());
    pair.left.proceeding(now, call, Vec::new());
    pair.left.clear_saying(now, call, CLEARING, said("hi"));
    let first = common::answers(&mut pair, ms(50));
    assert_eq!(first[1], "DISCONNECT cr=1' cause=16 user-user=[68, 69]");
    assert_eq!(common::answers(&mut pair, seconds(31)), ["RELEASE cr=1' cause=16"]);
}

#[test]
fn cleared_while_the_link_is_down_says_it_when_the_link_is_back() {
    let mut pair = up(ends());
    let (left, _) = answered_from_user(&mut pair);
    let now = pair.now();
    pair.left.handle_layer1(now, false);
    pair.left.clear_saying(now, left, CLEARING, said("bye"));
    pair.run_for(ms(50));
    then(&mut pair, |p, now| p.left.handle_layer1(now, true));
    pair.run_for(seconds(2));
    assert_eq!(heard(&pair.right_events), [Some(said("bye"))], "{}", pair.ladder);
    clean(&pair);
}

#[test]
fn longest_goes_whole_and_a_longer_one_is_left_out_and_the_call_cleared() {
    let mut pair = up(ends());
    for (octets, arrives) in [(UserUser::MAX, true), (UserUser::MAX + 1, false)] {
        let (left, right) = answered_from_user(&mut pair);
        pair.right_events.clear();
        let long = said(&"u".repeat(octets));
        then(&mut pair, |p, now| p.left.clear_saying(now, left, CLEARING, long.clone()));
        assert_eq!(heard(&pair.right_events), [arrives.then_some(long)]);
        then(&mut pair, |p, now| p.right.clear(now, right, CLEARING));
    }
    assert_eq!(pair.left.stats().misuse, 1);
    assert!(all_idle(&pair.left) && all_idle(&pair.right));
}
