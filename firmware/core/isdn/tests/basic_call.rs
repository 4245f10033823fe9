//! Basic calls between user and network, both ways, set up, answered and cleared (Q.931 5.1 to 5.3).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests fail by panic")]

mod common;

use common::{all_idle, answered_from_network, answered_from_user, cause, ends, offered, released, seconds, speech, then, up};
use isdn::{
    CallingNumber, CauseValue, ChannelState, Connected, Event, Location, Number, Presentation, ProgressIndicator, Redirecting,
    Screening, TypeOfNumber, Who, q931::Timer,
};

#[test]
fn call_from_user_is_answered_and_user_clears() {
    let mut pair = up(ends());
    let (left, right) = answered_from_user(&mut pair);
    assert_eq!(pair.left.calls().next().unwrap().state, 10);
    assert_eq!(pair.right.calls().next().unwrap().state, 10);
    then(&mut pair, |p, now| p.left.clear(now, left, cause(CauseValue::NORMAL_CLEARING)));
    then(&mut pair, |p, now| p.right.clear(now, right, cause(CauseValue::NORMAL_CLEARING)));
    insta::assert_snapshot!(pair.ladder);
    assert!(all_idle(&pair.left) && all_idle(&pair.right));
}

#[test]
fn call_from_network_is_answered_and_network_clears() {
    let mut pair = up(ends());
    let (left, right) = answered_from_network(&mut pair);
    then(&mut pair, |p, now| p.right.clear(now, right, cause(CauseValue::NORMAL_CLEARING)));
    then(&mut pair, |p, now| p.left.clear(now, left, cause(CauseValue::NORMAL_CLEARING)));
    insta::assert_snapshot!(pair.ladder);
    assert!(all_idle(&pair.left) && all_idle(&pair.right));
}

#[test]
fn answer_without_alerting_names_the_channel_in_connect() {
    let mut pair = up(ends());
    then(&mut pair, |p, now| p.left.setup(now, speech("1")).unwrap());
    let right = offered(&pair.right_events);
    then(&mut pair, |p, now| p.right.connect(now, right, Connected::default()));
    insta::assert_snapshot!(pair.ladder);
}

#[test]
fn busy_before_answer_is_one_release_complete() {
    let mut pair = up(ends());
    then(&mut pair, |p, now| p.left.setup(now, speech("5552000")).unwrap());
    let right = offered(&pair.right_events);
    then(&mut pair, |p, now| p.right.clear(now, right, cause(CauseValue::USER_BUSY)));
    insta::assert_snapshot!(pair.ladder);
    assert_eq!(released(&pair.left_events), [(CauseValue::USER_BUSY, Who::Peer)]);
    assert_eq!(released(&pair.right_events), [(CauseValue::USER_BUSY, Who::Us)]);
    assert!(all_idle(&pair.left) && all_idle(&pair.right));
}

#[test]
fn unallocated_after_proceeding_is_disconnect() {
    let mut pair = up(ends());
    let left = then(&mut pair, |p, now| p.left.setup(now, speech("5553000")).unwrap());
    let right = offered(&pair.right_events);
    then(&mut pair, |p, now| p.right.proceeding(now, right, Vec::new()));
    then(&mut pair, |p, now| p.right.clear(now, right, cause(CauseValue::UNALLOCATED_NUMBER)));
    then(&mut pair, |p, now| p.left.clear(now, left, cause(CauseValue::NORMAL_CLEARING)));
    insta::assert_snapshot!(pair.ladder);
    assert_eq!(released(&pair.left_events), [(CauseValue::UNALLOCATED_NUMBER, Who::Peer)]);
    assert_eq!(released(&pair.right_events), [(CauseValue::UNALLOCATED_NUMBER, Who::Us)]);
}

#[test]
fn caller_clears_while_ringing_and_both_are_released() {
    let mut pair = up(ends());
    let left = then(&mut pair, |p, now| p.left.setup(now, speech("5554000")).unwrap());
    let right = offered(&pair.right_events);
    then(&mut pair, |p, now| p.right.alerting(now, right, Vec::new()));
    then(&mut pair, |p, now| p.left.clear(now, left, cause(CauseValue::NORMAL_CLEARING)));
    then(&mut pair, |p, now| p.right.clear(now, right, cause(CauseValue::NORMAL_CLEARING)));
    assert_eq!(released(&pair.left_events), [(CauseValue::NORMAL_CLEARING, Who::Us)]);
    assert_eq!(released(&pair.right_events), [(CauseValue::NORMAL_CLEARING, Who::Peer)]);
    assert!(all_idle(&pair.left) && all_idle(&pair.right));
}

#[test]
fn no_answer_is_cleared_by_t301_at_the_calling_end() {
    let mut pair = up(ends());
    then(&mut pair, |p, now| p.left.setup(now, speech("5554000")).unwrap());
    let right = offered(&pair.right_events);
    then(&mut pair, |p, now| p.right.alerting(now, right, Vec::new()));
    pair.run_for(seconds(179));
    assert_eq!(pair.left.calls().next().unwrap().state, 4);
    pair.run_for(seconds(2));
    let clearing = pair.right_events.iter().any(|e| matches!(e, Event::Clearing { cause, .. } if cause.value.0 == 102));
    assert!(clearing, "{}", pair.ladder);
    then(&mut pair, |p, now| p.right.clear(now, right, cause(CauseValue::NORMAL_CLEARING)));
    assert_eq!(released(&pair.left_events), [(CauseValue::NO_ANSWER, Who::Timer(Timer::T301))]);
    assert!(all_idle(&pair.left) && all_idle(&pair.right));
}

#[test]
fn silence_after_proceeding_is_cleared_by_t310() {
    let mut pair = up(ends());
    then(&mut pair, |p, now| p.right.setup(now, speech("200")).unwrap());
    let left = offered(&pair.left_events);
    then(&mut pair, |p, now| p.left.proceeding(now, left, Vec::new()));
    pair.run_for(seconds(11));
    then(&mut pair, |p, now| p.left.clear(now, left, cause(CauseValue::NORMAL_CLEARING)));
    assert_eq!(released(&pair.right_events), [(CauseValue::NO_USER_RESPONDING, Who::Timer(Timer::T310))]);
}

#[test]
fn progress_stops_t310_and_carries_in_band_and_cause() {
    let mut pair = up(ends());
    then(&mut pair, |p, now| p.right.setup(now, speech("200")).unwrap());
    let left = offered(&pair.left_events);
    let in_band = ProgressIndicator::new(ProgressIndicator::IN_BAND, Location::PrivateLocal);
    then(&mut pair, |p, now| p.left.progress(now, left, vec![in_band], Some(cause(CauseValue::USER_BUSY))));
    insta::assert_snapshot!(pair.ladder);
    pair.run_for(seconds(60));
    assert!(released(&pair.right_events).is_empty());
}

#[test]
fn all_that_setup_says_arrives() {
    let mut pair = up(ends());
    let mut setup = speech("4989123456");
    setup.called.ton = TypeOfNumber::International;
    setup.calling = Some(CallingNumber {
        number: Number { digits: "3012345".to_owned(), ton: TypeOfNumber::National, ..Number::default() },
        presentation: Presentation::Restricted,
        screening: Screening::Network,
    });
    setup.redirecting = Some(Redirecting { number: Number::new("77"), ..Redirecting::default() });
    setup.display = Some("Ada".to_owned());
    setup.progress = vec![ProgressIndicator::new(ProgressIndicator::ORIGINATION_NOT_ISDN, Location::User)];
    setup.other = vec![isdn::ie::Element::HighLayerCompatibility(vec![0x91, 0x81])];
    then(&mut pair, |p, now| p.left.setup(now, setup.clone()).unwrap());
    setup.bearer.law = Some(isdn::Law::A);
    let Event::Setup { setup: arrived, channel, .. } = &pair.right_events[0] else { panic!("{:?}", pair.right_events) };
    assert_eq!((arrived.as_ref(), *channel), (&setup, 1.into()));
}

#[test]
fn connected_number_arrives_with_the_answer() {
    let mut pair = up(ends());
    then(&mut pair, |p, now| p.left.setup(now, speech("1")).unwrap());
    let right = offered(&pair.right_events);
    let connected = Connected {
        number: Some(CallingNumber { number: Number::new("5550"), ..CallingNumber::default() }),
        ..Connected::default()
    };
    then(&mut pair, |p, now| p.right.connect(now, right, connected.clone()));
    let answer =
        pair.left_events.iter().find_map(|e| if let Event::Connected { connected, .. } = e { Some(connected) } else { None });
    assert_eq!(answer, Some(&connected));
}

#[test]
fn both_ends_clear_at_once_and_nothing_is_left() {
    let mut pair = up(ends());
    let (left, right) = answered_from_user(&mut pair);
    then(&mut pair, |p, now| {
        p.left.clear(now, left, cause(CauseValue::NORMAL_CLEARING));
        p.right.clear(now, right, cause(CauseValue::NORMAL_UNSPECIFIED));
    });
    assert_eq!(released(&pair.left_events), [(CauseValue::NORMAL_CLEARING, Who::Us)]);
    assert_eq!(released(&pair.right_events), [(CauseValue::NORMAL_UNSPECIFIED, Who::Us)]);
    assert!(all_idle(&pair.left) && all_idle(&pair.right), "{}", pair.ladder);
}

#[test]
fn network_hunts_downward_and_user_upward() {
    let mut pair = up(ends());
    then(&mut pair, |p, now| {
        p.left.setup(now, speech("1")).unwrap();
        p.right.setup(now, speech("2")).unwrap();
    });
    let in_use = |channel: &isdn::ChannelStatus| matches!(channel.state, ChannelState::InUse(_)).then_some(channel.channel.slot);
    assert_eq!(pair.left.channels().iter().filter_map(in_use).collect::<Vec<_>>(), [1, 31]);
    assert_eq!(pair.right.channels().iter().filter_map(in_use).collect::<Vec<_>>(), [1, 31]);
}

#[test]
fn thirty_first_call_is_refused_without_channel() {
    let mut pair = up(ends());
    for _ in 0..30 {
        then(&mut pair, |p, now| p.left.setup(now, speech("1")).unwrap());
    }
    let now = pair.now();
    assert_eq!(pair.left.setup(now, speech("1")).unwrap_err().cause, CauseValue::NO_CHANNEL_AVAILABLE);
    assert_eq!(pair.right.calls().count(), 30);
}

#[test]
fn commands_out_of_turn_are_counted_and_send_nothing() {
    let mut pair = up(ends());
    let (left, right) = answered_from_user(&mut pair);
    let sent = (pair.left.stats().messages_sent, pair.right.stats().messages_sent);
    then(&mut pair, |p, now| {
        p.left.alerting(now, left, Vec::new());
        p.right.proceeding(now, right, Vec::new());
        p.right.connect(now, right, Connected::default());
        p.right.clear(now, isdn::CallId(99), cause(CauseValue::NORMAL_CLEARING));
    });
    assert_eq!((pair.left.stats().misuse, pair.right.stats().misuse), (1, 3));
    assert_eq!((pair.left.stats().messages_sent, pair.right.stats().messages_sent), sent);
}

#[test]
fn numbers_that_cannot_be_sent_are_refused() {
    let mut pair = up(ends());
    let now = pair.now();
    for digits in ["55\n5", "55\u{e4}", &"1".repeat(65)] {
        assert_eq!(pair.left.setup(now, speech(digits)).unwrap_err().cause, CauseValue::INVALID_NUMBER_FORMAT);
    }
    let mut long = speech("1");
    long.other = vec![isdn::ie::Element::Unknown { codeset: 0, id: 0x7e, bytes: vec![4; 250] }];
    assert_eq!(pair.left.setup(now, long).unwrap_err().cause, CauseValue::PROTOCOL_ERROR);
    assert!(all_idle(&pair.left));
}
