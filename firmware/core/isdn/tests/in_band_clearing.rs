//! The network clears and leaves a tone on the channel (Q.931 5.3.4.1, T306).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests fail by panic")]

mod common;

use common::{Raw, all_idle, answered_from_user, answers, cause, ends, inject, ms, offered, raw, released, seconds, then, up};
use isdn::ie::UserUser;
use isdn::{CauseValue, Connected, Event, Side, Who};

#[test]
fn tone_of_the_network_is_told_to_the_user_who_releases_when_it_likes() {
    let mut pair = up(ends());
    let (left, right) = answered_from_user(&mut pair);
    then(&mut pair, |p, now| p.right.clear_in_band(now, right, cause(CauseValue::USER_BUSY), None));
    let clearing = |event: &Event| matches!(event, Event::Clearing { in_band: true, .. });
    assert!(pair.left_events.iter().any(clearing), "{:?}", pair.left_events);
    assert_eq!((pair.left.calls().count(), pair.right.calls().count()), (1, 1), "the tone is heard");
    pair.run_for(seconds(10));
    then(&mut pair, |p, now| p.left.clear(now, left, cause(CauseValue::NORMAL_CLEARING)));
    assert!(all_idle(&pair.left) && all_idle(&pair.right));
    assert_eq!(released(&pair.right_events), [(CauseValue::USER_BUSY, Who::Us)]);
}

#[test]
fn tone_that_nobody_ends_is_released_after_t306_with_the_same_cause() {
    let mut pair = raw(Side::Network);
    inject(&mut pair, &[common::SETUP]);
    let (call, now) = (offered(&pair.left_events), pair.now());
    pair.left.connect(now, call, Connected::default());
    answers(&mut pair, ms(50));
    let now = pair.now();
    pair.left.clear_in_band(now, call, cause(CauseValue::USER_BUSY), None);
    assert_eq!(answers(&mut pair, seconds(29)), ["DISCONNECT cr=1' cause=17 progress=8"]);
    assert_eq!(answers(&mut pair, seconds(2)), ["RELEASE cr=1' cause=17"]);
}

#[test]
fn user_has_no_tones_to_leave() {
    let mut pair = up(ends());
    let (left, _) = answered_from_user(&mut pair);
    then(&mut pair, |p, now| p.left.clear_in_band(now, left, cause(CauseValue::NORMAL_CLEARING), None));
    let clearing = |event: &Event| matches!(event, Event::Clearing { in_band: false, .. });
    assert!(pair.right_events.iter().any(clearing), "{:?}", pair.right_events);
}

/// A user whose call rings here gets DISCONNECT with a tone.
fn tone_while_alerting(said: Option<UserUser>) -> (Raw, isdn::CallId) {
    let mut pair = raw(Side::Network);
    inject(&mut pair, &[common::SETUP]);
    let (call, now) = (offered(&pair.left_events), pair.now());
    pair.left.proceeding(now, call, vec![]);
    pair.left.alerting(now, call, vec![]);
    answers(&mut pair, ms(50));
    let now = pair.now();
    pair.left.clear_in_band(now, call, cause(CauseValue::USER_BUSY), said);
    (pair, call)
}

#[test]
fn tone_that_is_cleared_again_is_released_at_once() {
    let (mut pair, call) = tone_while_alerting(None);
    assert_eq!(answers(&mut pair, seconds(5)), ["DISCONNECT cr=1' cause=17 progress=8"]);
    let now = pair.now();
    pair.left.clear(now, call, cause(CauseValue::NORMAL_CLEARING));
    pair.left.clear(now, call, cause(CauseValue::NORMAL_CLEARING));
    assert_eq!(answers(&mut pair, ms(50)), ["RELEASE cr=1' cause=17"]);
    assert_eq!(pair.left.stats().misuse, 0);
}

#[test]
fn disconnect_without_a_tone_that_is_cleared_again_waits_for_its_answer() {
    let mut pair = raw(Side::Network);
    inject(&mut pair, &[common::SETUP]);
    let (call, now) = (offered(&pair.left_events), pair.now());
    pair.left.proceeding(now, call, vec![]);
    answers(&mut pair, ms(50));
    let now = pair.now();
    pair.left.clear(now, call, cause(CauseValue::USER_BUSY));
    pair.left.clear(now, call, cause(CauseValue::USER_BUSY));
    assert_eq!(answers(&mut pair, seconds(5)), ["DISCONNECT cr=1' cause=17"]);
}

#[test]
fn tone_with_user_user_information_has_both_in_disconnect() {
    let (mut pair, _) = tone_while_alerting(Some(UserUser { protocol: UserUser::IA5, octets: b"later".to_vec() }));
    let sent = answers(&mut pair, seconds(5));
    assert!(
        matches!(&sent[..], [one] if one.starts_with("DISCONNECT") && one.contains("progress=8") && one.contains("user")),
        "{sent:?}"
    );
}

#[test]
fn tone_before_the_channel_is_acknowledged_is_a_plain_refusal() {
    let mut pair = raw(Side::Network);
    inject(&mut pair, &[common::SETUP]);
    let (call, now) = (offered(&pair.left_events), pair.now());
    pair.left.clear_in_band(now, call, cause(CauseValue::USER_BUSY), None);
    assert_eq!(answers(&mut pair, ms(50)), ["RELEASE COMPLETE cr=1' cause=17"]);
}

#[test]
fn user_that_disconnects_while_it_hears_a_tone_is_released() {
    let mut pair = up(ends());
    let (left, right) = answered_from_user(&mut pair);
    then(&mut pair, |p, now| {
        p.right.clear_in_band(now, right, cause(CauseValue::USER_BUSY), None);
        p.left.clear(now, left, cause(CauseValue::NORMAL_CLEARING));
    });
    assert!(all_idle(&pair.left) && all_idle(&pair.right), "{}", pair.ladder);
}

#[test]
fn link_that_is_lost_under_a_tone_ends_the_call() {
    let mut pair = up(ends());
    let (_, right) = answered_from_user(&mut pair);
    then(&mut pair, |p, now| p.right.clear_in_band(now, right, cause(CauseValue::USER_BUSY), None));
    let now = pair.now();
    pair.right.handle_layer1(now, false);
    pair.run_for(ms(10));
    assert_eq!(released(&pair.right_events), [(CauseValue::DESTINATION_OUT_OF_ORDER, Who::Link)]);
}
