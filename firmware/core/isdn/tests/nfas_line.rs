//! Layer 1 of one span of a group fails and comes back: its B-channels, and the calls on them (Q.931 5.8.9).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests fail by panic")]

mod common;

use common::group::{answered_from_user, call_states, fresh, layer1, states, t1, t1_from, then};
use common::{all_idle, offered, released, seconds, speech};
use isdn::DChannelState::{InService, Standby};
use isdn::{CauseValue, Channel, Event, Who, q931::Timer};

#[test]
fn channels_of_a_span_that_is_down_are_not_hunted_until_it_is_up() {
    let mut pair = t1_from(2);
    layer1(&mut pair, 2, false);
    assert_eq!(states(&pair.left), [InService, Standby], "it has no D-channel");
    let now = pair.now();
    assert_eq!(pair.left.setup(now, speech("1")).unwrap_err().cause, CauseValue::NO_CHANNEL_AVAILABLE);
    // The network hunts downward: on span 1 now.
    let call = pair.right.setup(now, speech("1")).unwrap();
    let channel = pair.right.calls().find(|status| status.call == call).unwrap().channel;
    assert_eq!(channel, Some(Channel { interface: 1, slot: 23 }));
    pair.run_for(seconds(1));
    assert!(pair.left.channels().iter().all(|status| status.line_down == (status.channel.interface == 2)));
    layer1(&mut pair, 2, true);
    assert_eq!(answered_from_user(&mut pair).2, Channel { interface: 2, slot: 1 });
}

#[test]
fn ringing_call_on_a_span_that_goes_down_ends_with_cause_27() {
    let mut pair = t1_from(2);
    then(&mut pair, |p, now| p.left.setup(now, speech("1")).unwrap());
    let right = offered(&pair.right_events);
    then(&mut pair, |p, now| p.right.alerting(now, right, Vec::new()));
    fresh(&mut pair);
    let now = pair.now();
    pair.left.handle_layer1_on(now, 2, false);
    pair.run_for(seconds(1));
    // The far end's layer above answers its Clearing.
    let cause = isdn::Cause::new(CauseValue::DESTINATION_OUT_OF_ORDER, isdn::Location::User);
    then(&mut pair, |p, now| p.right.clear(now, right, cause));
    insta::assert_snapshot!(pair.ladder);
    assert_eq!(released(&pair.left_events), [(CauseValue::DESTINATION_OUT_OF_ORDER, Who::Link)]);
    assert!(all_idle(&pair.left) && all_idle(&pair.right));
}

#[test]
fn call_offered_on_a_span_that_goes_down_is_refused() {
    let mut pair = t1_from(2);
    then(&mut pair, |p, now| p.left.setup(now, speech("1")).unwrap());
    let now = pair.now();
    pair.right.handle_layer1_on(now, 2, false);
    pair.run_for(seconds(1));
    assert_eq!(released(&pair.right_events), [(CauseValue::DESTINATION_OUT_OF_ORDER, Who::Link)]);
    assert_eq!(released(&pair.left_events), [(CauseValue::DESTINATION_OUT_OF_ORDER, Who::Peer)]);
}

#[test]
fn active_call_survives_a_short_alarm_of_its_span() {
    let mut pair = t1_from(2);
    answered_from_user(&mut pair);
    fresh(&mut pair);
    layer1(&mut pair, 2, false);
    pair.run_for(seconds(80));
    layer1(&mut pair, 2, true);
    pair.run_for(seconds(40));
    assert_eq!(call_states(&pair), (vec![10], vec![10]), "{}", pair.ladder);
    assert!(!pair.left_events.contains(&Event::LinkDown));
}

#[test]
fn active_call_on_a_span_that_stays_down_is_cleared_when_t309_expires() {
    let mut pair = t1_from(2);
    answered_from_user(&mut pair);
    fresh(&mut pair);
    layer1(&mut pair, 2, false);
    pair.run_for(seconds(91));
    let expected = [(CauseValue::DESTINATION_OUT_OF_ORDER, Who::Timer(Timer::T309))];
    assert_eq!(released(&pair.left_events), expected, "{}", pair.ladder);
    assert_eq!(released(&pair.right_events), expected);
    assert!(all_idle(&pair.left) && all_idle(&pair.right));
}

#[test]
fn call_on_the_span_whose_d_channel_fails_with_it_waits_for_t309_while_the_backup_serves() {
    let mut pair = t1();
    assert_eq!(answered_from_user(&mut pair).2, 1);
    fresh(&mut pair);
    layer1(&mut pair, 0, false);
    insta::assert_snapshot!(pair.ladder);
    assert_eq!((call_states(&pair), states(&pair.left)[1]), ((vec![10], vec![10]), InService));
    pair.run_for(seconds(91));
    assert_eq!(released(&pair.left_events), [(CauseValue::DESTINATION_OUT_OF_ORDER, Who::Timer(Timer::T309))]);
    assert!(all_idle(&pair.left) && all_idle(&pair.right));
}

#[test]
fn link_that_comes_back_before_the_span_does_not_end_the_wait() {
    let mut pair = t1_from(2);
    answered_from_user(&mut pair);
    for span in [2, 1, 0] {
        layer1(&mut pair, span, false);
    }
    pair.run_for(seconds(10));
    fresh(&mut pair);
    layer1(&mut pair, 0, true);
    assert!(pair.left_events.contains(&Event::LinkUp));
    assert_eq!(call_states(&pair), (vec![10], vec![10]));
    pair.run_for(seconds(85));
    assert_eq!(released(&pair.left_events), [(CauseValue::DESTINATION_OUT_OF_ORDER, Who::Timer(Timer::T309))]);
}

#[test]
fn incoming_call_on_a_span_that_is_down_here_is_refused_with_cause_44() {
    let mut pair = t1();
    let now = pair.now();
    pair.left.handle_layer1_on(now, 2, false);
    // The network does not know it, and insists on its channel.
    then(&mut pair, |p, now| p.right.setup(now, speech("1")).unwrap());
    assert_eq!(released(&pair.right_events), [(CauseValue::REQUESTED_CHANNEL_NOT_AVAILABLE, Who::Peer)]);
}

#[test]
fn frames_and_alarms_of_spans_that_are_not_there_are_counted() {
    let mut pair = t1();
    let now = pair.now();
    pair.left.handle_layer1_on(now, 9, false);
    pair.left.handle_frame_on(now, 2, &[0x02, 0x01, 0x7f]);
    assert_eq!(
        (pair.left.stats().misuse, pair.left.poll_transmit_on(2), states(&pair.left)),
        (2, None, vec![InService, Standby])
    );
}
