//! Overlap sending and receiving (Q.931 5.1.3, 5.2.4), both sides in both roles.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests fail by panic")]

mod common;

use common::{Ends, answers, cause, ends, inject, offered, raw, released, seconds, speech, then, up};
use isdn::{CallId, CauseValue, Connected, Event, Location, Number, ProgressIndicator, Setup, Side, TypeOfNumber, Who};

/// A number of which only this is known yet.
fn begun(digits: &str) -> Setup {
    let called = Number { ton: TypeOfNumber::National, ..Number::new(digits) };
    Setup { sending_complete: false, ..Setup::speech(called) }
}

/// The digits that came, piece by piece; `!` where they were the last.
fn digits(events: &[Event]) -> Vec<String> {
    let of = |event: &Event| match event {
        Event::MoreDigits { digits, complete, .. } => Some(format!("{digits}{}", if *complete { "!" } else { "" })),
        _ => None,
    };
    events.iter().filter_map(of).collect()
}

/// A call whose far end wants more digits: its name at both ends.
fn overlap_from_user(pair: &mut Ends, setup: Setup) -> (CallId, CallId) {
    let left = then(pair, |p, now| p.left.setup(now, setup).unwrap());
    let right = offered(&pair.right_events);
    let dial_tone = ProgressIndicator::new(ProgressIndicator::IN_BAND, Location::PublicLocal);
    then(pair, |p, now| p.right.need_digits(now, right, vec![dial_tone]));
    (left, right)
}

#[test]
fn number_dialled_in_pieces_is_answered_once_it_is_whole() {
    let mut pair = up(ends());
    let (left, right) = overlap_from_user(&mut pair, begun(""));
    assert!(pair.left_events.iter().any(|e| matches!(e, Event::NeedDigits { progress, .. } if progress[0].is_in_band())));
    assert_eq!((pair.left.calls().next().unwrap().state, pair.right.calls().next().unwrap().state), (2, 2));
    for piece in ["5", "55"] {
        then(&mut pair, |p, now| p.left.more_digits(now, left, piece, false));
    }
    then(&mut pair, |p, now| p.left.more_digits(now, left, "1001", true));
    assert_eq!(digits(&pair.right_events), ["5", "55", "1001!"]);
    then(&mut pair, |p, now| p.right.proceeding(now, right, Vec::new()));
    then(&mut pair, |p, now| p.right.alerting(now, right, Vec::new()));
    then(&mut pair, |p, now| p.right.connect(now, right, Connected::default()));
    insta::assert_snapshot!(pair.ladder);
}

#[test]
fn network_dials_a_user_in_pieces() {
    let mut pair = up(ends());
    let right = then(&mut pair, |p, now| p.right.setup(now, begun("2")).unwrap());
    let left = offered(&pair.left_events);
    then(&mut pair, |p, now| p.left.need_digits(now, left, Vec::new()));
    assert_eq!((pair.left.calls().next().unwrap().state, pair.right.calls().next().unwrap().state), (25, 25));
    then(&mut pair, |p, now| p.right.more_digits(now, right, "00", false));
    then(&mut pair, |p, now| p.left.connect(now, left, Connected::default()));
    assert_eq!(digits(&pair.left_events), ["00"]);
    assert!(pair.right_events.iter().any(|event| matches!(event, Event::Connected { .. })));
}

#[test]
fn digits_keyed_before_the_far_end_asks_wait_for_it() {
    let mut pair = up(ends());
    let left = then(&mut pair, |p, now| p.left.setup(now, begun("5")).unwrap());
    then(&mut pair, |p, now| p.left.more_digits(now, left, "1", false));
    then(&mut pair, |p, now| p.left.more_digits(now, left, "2", false));
    let right = offered(&pair.right_events);
    then(&mut pair, |p, now| p.right.need_digits(now, right, Vec::new()));
    assert_eq!(digits(&pair.right_events), ["12"]);
}

#[test]
fn whole_number_that_is_asked_for_more_is_said_to_be_complete() {
    let mut pair = up(ends());
    overlap_from_user(&mut pair, speech("5551001"));
    assert_eq!(digits(&pair.right_events), ["!"]);
    assert!(!pair.left_events.iter().any(|event| matches!(event, Event::NeedDigits { .. })));
}

#[test]
fn digits_after_proceeding_are_dropped_and_no_fault() {
    let mut pair = up(ends());
    let (left, right) = overlap_from_user(&mut pair, begun("5"));
    then(&mut pair, |p, now| p.right.proceeding(now, right, Vec::new()));
    then(&mut pair, |p, now| p.left.more_digits(now, left, "1", false));
    assert_eq!((digits(&pair.right_events).len(), pair.left.stats().misuse), (0, 0));
}

#[test]
fn digits_after_the_last_and_digits_that_are_none_are_misuse() {
    let mut pair = up(ends());
    let (left, right) = overlap_from_user(&mut pair, begun("5"));
    then(&mut pair, |p, now| p.left.more_digits(now, left, "1\n", false));
    then(&mut pair, |p, now| p.left.more_digits(now, left, "1", true));
    then(&mut pair, |p, now| p.left.more_digits(now, left, "2", false));
    then(&mut pair, |p, now| p.right.more_digits(now, right, "2", false));
    assert_eq!((pair.left.stats().misuse, pair.right.stats().misuse), (2, 1));
    assert_eq!(digits(&pair.right_events), ["1!"]);
}

#[test]
fn silence_after_setup_acknowledge_ends_the_number_by_t302_counted_from_the_last_digit() {
    let mut pair = up(ends());
    let (left, _) = overlap_from_user(&mut pair, begun(""));
    pair.run_for(seconds(14));
    then(&mut pair, |p, now| p.left.more_digits(now, left, "5", false));
    pair.run_for(seconds(14));
    assert_eq!(digits(&pair.right_events), ["5"]);
    pair.run_for(seconds(1));
    assert_eq!(digits(&pair.right_events), ["5", "!"]);
}

#[test]
fn far_end_that_falls_silent_in_overlap_is_cleared_by_t304_with_cause_28() {
    let mut pair = raw(Side::User);
    let now = pair.now();
    let call = pair.left.setup(now, begun("5")).unwrap();
    inject(&mut pair, &[&[0x08, 0x02, 0x80, 0x01, 0x0d, 0x18, 0x03, 0xa9, 0x83, 0x81]]);
    answers(&mut pair, seconds(20));
    let now = pair.now();
    pair.left.more_digits(now, call, "1", false);
    assert_eq!(answers(&mut pair, seconds(29)).len(), 1, "counted from the last digit");
    assert_eq!(answers(&mut pair, seconds(2)), ["DISCONNECT cr=1 cause=102"]);
    inject(&mut pair, &[&[0x08, 0x02, 0x80, 0x01, 0x4d, 0x08, 0x02, 0x80, 0x90]]);
    assert_eq!(released(&pair.left_events), [(CauseValue::INVALID_NUMBER_FORMAT, Who::Timer(isdn::q931::Timer::T304))]);
}

#[test]
fn digits_from_a_keypad_are_taken_as_digits() {
    let mut pair = raw(Side::User);
    let mut setup = common::SETUP.to_vec();
    setup.remove(5);
    inject(&mut pair, &[&setup]);
    let (call, now) = (offered(&pair.left_events), pair.now());
    pair.left.need_digits(now, call, Vec::new());
    inject(&mut pair, &[&[0x08, 0x02, 0x00, 0x01, 0x7b, 0x2c, 0x02, b'4', b'2']]);
    assert_eq!(digits(&pair.left_events), ["42"]);
}

#[test]
fn caller_who_gives_up_while_dialling_leaves_nothing() {
    let mut pair = up(ends());
    let (left, right) = overlap_from_user(&mut pair, begun("5"));
    then(&mut pair, |p, now| p.left.clear(now, left, cause(CauseValue::NORMAL_CLEARING)));
    then(&mut pair, |p, now| p.right.clear(now, right, cause(CauseValue::NORMAL_CLEARING)));
    assert!(common::all_idle(&pair.left) && common::all_idle(&pair.right));
}

#[test]
fn information_in_a_call_tells_what_was_keyed_and_shown() {
    let mut pair = raw(Side::User);
    inject(&mut pair, &[common::SETUP]);
    let (call, now) = (offered(&pair.left_events), pair.now());
    pair.left.connect(now, call, Connected::default());
    inject(&mut pair, &[&[0x08, 0x02, 0x00, 0x01, 0x7b, 0x28, 0x02, b'H', b'i', 0x2c, 0x01, b'9']]);
    let information = Event::Information { call, keypad: Some("9".into()), display: Some("Hi".into()) };
    assert!(pair.left_events.contains(&information), "{:?}", pair.left_events);
}
