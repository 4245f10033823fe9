//! The data link or layer 1 fails under calls (Q.931 5.8.8, 5.8.9) and comes back.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests fail by panic")]

mod common;

use common::{all_idle, answered_from_user, cause, ends, ms, offered, released, seconds, speech, then, up};
use isdn::{CauseValue, Event, Who, q931::Timer};

fn layer1(pair: &mut common::Ends, up: bool) {
    let now = pair.now();
    pair.left.handle_layer1(now, up);
    pair.right.handle_layer1(now, up);
    pair.drain();
}

#[test]
fn active_call_survives_an_alarm_shorter_than_t309() {
    let mut pair = up(ends());
    let (left, _) = answered_from_user(&mut pair);
    pair.ladder = sansio::sim::Ladder::new(pair.now());
    layer1(&mut pair, false);
    pair.run_for(seconds(80));
    layer1(&mut pair, true);
    pair.run_for(seconds(1));
    insta::assert_snapshot!(pair.ladder);
    assert!(released(&pair.left_events).is_empty() && released(&pair.right_events).is_empty());
    pair.run_for(seconds(30));
    assert_eq!(pair.left.calls().next().unwrap().state, 10);
    assert_eq!(pair.right.calls().next().unwrap().state, 10);
    then(&mut pair, |p, now| p.left.clear(now, left, cause(CauseValue::NORMAL_CLEARING)));
}

#[test]
fn active_call_is_released_when_t309_expires() {
    let mut pair = up(ends());
    answered_from_user(&mut pair);
    layer1(&mut pair, false);
    pair.run_for(seconds(91));
    let expected = [(CauseValue::DESTINATION_OUT_OF_ORDER, Who::Timer(Timer::T309))];
    assert_eq!(released(&pair.left_events), expected);
    assert_eq!(released(&pair.right_events), expected);
    assert!(all_idle(&pair.left) && all_idle(&pair.right));
    assert!(pair.left.poll_timeout().is_none(), "nothing is tried while layer 1 is down");
}

#[test]
fn ringing_call_is_released_with_the_link() {
    let mut pair = up(ends());
    then(&mut pair, |p, now| p.left.setup(now, speech("1")).unwrap());
    let right = offered(&pair.right_events);
    then(&mut pair, |p, now| p.right.alerting(now, right, Vec::new()));
    layer1(&mut pair, false);
    let expected = [(CauseValue::DESTINATION_OUT_OF_ORDER, Who::Link)];
    assert_eq!(released(&pair.left_events), expected);
    assert_eq!(released(&pair.right_events), expected);
}

#[test]
fn setup_is_refused_while_the_link_is_down() {
    let mut pair = up(ends());
    layer1(&mut pair, false);
    let now = pair.now();
    assert_eq!(pair.left.setup(now, speech("1")).unwrap_err().cause, CauseValue::DESTINATION_OUT_OF_ORDER);
    layer1(&mut pair, true);
    pair.run_for(ms(100));
    let now = pair.now();
    assert!(pair.left.setup(now, speech("1")).is_ok());
}

#[test]
fn call_that_ended_at_one_end_meanwhile_ends_at_the_other() {
    let mut pair = up(ends());
    let (left, _) = answered_from_user(&mut pair);
    layer1(&mut pair, false);
    then(&mut pair, |p, now| p.left.clear(now, left, cause(CauseValue::NORMAL_CLEARING)));
    assert_eq!(released(&pair.left_events), [(CauseValue::NORMAL_CLEARING, Who::Us)], "the layer above does not wait");
    assert_eq!(pair.left.calls().count(), 0);
    assert_eq!(pair.left.channels()[0].state, isdn::ChannelState::Restarting, "the channel does");
    pair.ladder = sansio::sim::Ladder::new(pair.now());
    layer1(&mut pair, true);
    pair.run_for(seconds(1));
    insta::assert_snapshot!(pair.ladder);
    assert_eq!(released(&pair.right_events), [(CauseValue::NORMAL_CLEARING, Who::Peer)]);
    assert_eq!(released(&pair.left_events).len(), 1, "told once");
    assert!(all_idle(&pair.left) && all_idle(&pair.right));
}

#[test]
fn owed_release_that_is_not_answered_ends_in_a_restart() {
    let mut pair = common::raw(isdn::Side::User);
    common::inject(&mut pair, &[common::SETUP]);
    let call = offered(&pair.left_events);
    let now = pair.now();
    pair.left.connect(now, call, isdn::Connected::default());
    common::inject(&mut pair, &[&[0x08, 0x02, 0x00, 0x01, 0x0f]]);
    let now = pair.now();
    pair.right.release(now);
    pair.run_for(ms(50));
    let now = pair.now();
    pair.left.clear(now, call, cause(CauseValue::NORMAL_CLEARING));
    let release = "RELEASE cr=1' cause=16";
    let answers = common::answers(&mut pair, seconds(12));
    assert_eq!(answers, [release, release, "RESTART cr=0 channel=1 excl restart=IndicatedChannels"]);
}

#[test]
fn call_cleared_while_the_link_is_down_frees_its_channel_when_t309_expires() {
    let mut pair = up(ends());
    let (left, _) = answered_from_user(&mut pair);
    layer1(&mut pair, false);
    then(&mut pair, |p, now| p.left.clear(now, left, cause(CauseValue::NORMAL_CLEARING)));
    then(&mut pair, |p, now| p.left.clear(now, left, cause(CauseValue::NORMAL_CLEARING)));
    assert_eq!(pair.left.stats().misuse, 1, "its name is dead");
    pair.run_for(seconds(91));
    assert!(all_idle(&pair.left));
    assert_eq!(released(&pair.left_events), [(CauseValue::NORMAL_CLEARING, Who::Us)]);
}

#[test]
fn far_end_that_restarts_unnoticed_has_its_calls_released() {
    let mut pair = up(ends());
    answered_from_user(&mut pair);
    pair.right = isdn::Interface::new(common::config(isdn::Side::Network));
    let now = pair.now();
    pair.right.start(now);
    pair.run_for(seconds(1));
    assert_eq!(released(&pair.left_events), [(CauseValue::TEMPORARY_FAILURE, Who::Peer)], "{}", pair.ladder);
    assert!(all_idle(&pair.left) && all_idle(&pair.right));
    assert_eq!(pair.left_events.iter().filter(|event| **event == Event::LinkDown).count(), 0);
}

#[test]
fn silent_far_end_takes_the_link_down_and_it_is_tried_for_ever() {
    let mut pair = up(ends());
    pair.forward.drop_next(usize::MAX);
    pair.backward.drop_next(usize::MAX);
    pair.run_for(seconds(60));
    assert!(!pair.left.link_up() && !pair.right.link_up());
    assert_eq!(pair.left_events, [Event::LinkDown]);
    pair.forward.drop_next(0);
    pair.backward.drop_next(0);
    pair.run_for(seconds(10));
    assert_eq!(pair.left_events, [Event::LinkDown, Event::LinkUp]);
    assert_eq!(pair.right_events, [Event::LinkDown, Event::LinkUp]);
}

#[test]
fn far_end_that_starts_anew_without_its_calls_has_them_released() {
    let mut pair = up(ends());
    answered_from_user(&mut pair);
    // The network restarts: it knows nothing, and its DISC tells the user so.
    pair.right = isdn::Interface::new(common::config(isdn::Side::Network));
    let now = pair.now();
    pair.left.handle_frame(now, &[0x02, 0x01, 0x53]);
    pair.right.start(now);
    pair.run_for(seconds(2));
    assert_eq!(released(&pair.left_events), [(CauseValue::TEMPORARY_FAILURE, Who::Peer)], "{}", pair.ladder);
    assert!(all_idle(&pair.left) && all_idle(&pair.right));
}

#[test]
fn unanswered_status_enquiry_clears_the_call() {
    let mut pair = common::raw(isdn::Side::User);
    common::inject(&mut pair, &[common::SETUP]);
    let call = offered(&pair.left_events);
    let now = pair.now();
    pair.left.connect(now, call, isdn::Connected::default());
    // CONNECT ACKNOWLEDGE.
    common::inject(&mut pair, &[&[0x08, 0x02, 0x00, 0x01, 0x0f]]);
    let now = pair.now();
    pair.right.release(now);
    let answers = common::answers(&mut pair, seconds(20));
    assert_eq!(answers[..3], ["STATUS ENQUIRY cr=1'", "STATUS ENQUIRY cr=1'", "DISCONNECT cr=1' cause=41"]);
}

/// An outgoing call of the user, active, and its link lost and back: STATUS ENQUIRY is out.
fn enquiring() -> common::Raw {
    let mut pair = common::raw(isdn::Side::User);
    let now = pair.now();
    pair.left.setup(now, speech("1")).unwrap();
    pair.run_for(ms(50));
    common::inject(&mut pair, &[&[0x08, 0x02, 0x80, 0x01, 0x07]]);
    let now = pair.now();
    pair.right.release(now);
    let answers = common::answers(&mut pair, seconds(2));
    assert_eq!(answers, ["STATUS ENQUIRY cr=1"]);
    pair
}

#[test]
fn answer_to_the_enquiry_decides_whether_the_call_goes_on() {
    for (state, expected) in [(10, vec![]), (4, vec!["DISCONNECT cr=1 cause=101"])] {
        let mut pair = enquiring();
        let status = [0x08, 0x02, 0x80, 0x01, 0x7d, 0x08, 0x02, 0x82, 0x9e, 0x14, 0x01, state];
        assert_eq!(common::inject(&mut pair, &[&status]), expected, "state {state}");
        assert_eq!(common::answers(&mut pair, seconds(10)), [""; 0], "T322 has stopped");
    }
}

#[test]
fn link_set_up_anew_clears_overlap_calls_and_keeps_the_others() {
    let mut pair = common::raw(isdn::Side::User);
    let now = pair.now();
    for _ in 0..2 {
        pair.left.setup(now, speech("1")).unwrap();
    }
    pair.run_for(ms(50));
    // SETUP ACKNOWLEDGE for the first, CALL PROCEEDING for the second.
    common::inject(&mut pair, &[&[0x08, 0x02, 0x80, 0x01, 0x0d], &[0x08, 0x02, 0x80, 0x02, 0x02]]);
    // The answer to STATUS ENQUIRY is lost and so unacknowledged when SABME comes.
    pair.forward.drop_next(1);
    common::inject(&mut pair, &[&[0x08, 0x02, 0x80, 0x02, 0x75]]);
    let now = pair.now();
    pair.right.establish(now);
    let answers = common::answers(&mut pair, ms(100));
    assert_eq!(answers, ["DISCONNECT cr=1 cause=41"], "and no STATUS ENQUIRY where T310 guards the call");
    assert!(pair.left.link_up());
    assert_eq!(pair.left.calls().map(|call| call.state).collect::<Vec<_>>(), [11, 3]);
}

/// A line that recovers carries frames before its alarm is said to be over.
#[test]
fn far_end_without_its_calls_that_sets_the_link_up_before_layer_1_is_said_to_be_up_has_them_released() {
    let mut pair = up(ends());
    answered_from_user(&mut pair);
    layer1(&mut pair, false);
    pair.run_for(seconds(3));
    pair.right = isdn::Interface::new(common::config(isdn::Side::Network));
    let now = pair.now();
    pair.right.start(now);
    pair.run_for(seconds(10));
    assert!(pair.left.link_up());
    assert_eq!(released(&pair.left_events), [(CauseValue::TEMPORARY_FAILURE, Who::Peer)], "{}", pair.ladder);
    assert!(all_idle(&pair.left) && all_idle(&pair.right));
}
