//! The D-channel in service fails and one that stands by takes over (Q.931 annex F).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests fail by panic")]

mod common;

use common::group::{answered_from_user, call_states, cut, d_channel_events, fresh, group, layer1, states, t1, t1_from, then};
use common::{all_idle, cause, ms, offered, released, seconds, speech};
use isdn::DChannelState::{InService, MaintenanceBusy, OutOfService, Standby};
use isdn::q931::Timer;
use isdn::{CauseValue, Connected, Event, Framing, Variant, Who};

#[test]
fn both_d_channels_come_up_and_the_first_serves() {
    let mut pair = group(Framing::T1, Variant::NationalIsdn2);
    let now = pair.now();
    pair.left.start(now);
    pair.right.start(now);
    pair.run_for(ms(100));
    insta::assert_snapshot!(pair.ladder);
}

#[test]
fn backup_that_is_up_waits_for_the_first_until_its_try_has_failed() {
    let mut pair = group(Framing::T1, Variant::NationalIsdn2);
    cut(&mut pair, 0, true);
    let now = pair.now();
    pair.left.start(now);
    pair.right.start(now);
    pair.run_for(seconds(3));
    assert!(!pair.left.link_up());
    pair.run_for(seconds(2));
    assert!(pair.left.link_up() && pair.right.link_up());
    assert_eq!((states(&pair.left), states(&pair.right)), (vec![OutOfService, InService], vec![OutOfService, InService]));
    assert_eq!(d_channel_events(&pair.left_events), [(1, Standby), (1, InService)]);
}

#[test]
fn active_call_on_another_span_stays_when_the_first_d_channel_loses_layer_1() {
    let mut pair = t1_from(1);
    let (left, _, channel) = answered_from_user(&mut pair);
    assert_eq!(channel.to_string(), "1/1");
    fresh(&mut pair);
    layer1(&mut pair, 0, false);
    pair.run_for(seconds(1));
    insta::assert_snapshot!(pair.ladder);
    assert_eq!(call_states(&pair), (vec![10], vec![10]));
    assert_eq!((states(&pair.left), states(&pair.right)), (vec![OutOfService, InService], vec![OutOfService, InService]));
    then(&mut pair, |p, now| p.left.clear(now, left, cause(CauseValue::NORMAL_CLEARING)));
    assert_eq!(released(&pair.right_events).len() + pair.right.calls().count(), 1);
}

#[test]
fn active_call_stays_when_the_first_d_channel_falls_silent_and_no_link_event_is_seen() {
    let mut pair = t1();
    answered_from_user(&mut pair);
    fresh(&mut pair);
    cut(&mut pair, 0, true);
    pair.run_for(seconds(60));
    assert_eq!(call_states(&pair), (vec![10], vec![10]));
    assert_eq!((states(&pair.left), states(&pair.right)), (vec![OutOfService, InService], vec![OutOfService, InService]));
    for events in [&pair.left_events, &pair.right_events] {
        assert!(!events.contains(&Event::LinkDown) && released(events).is_empty(), "{}", pair.ladder);
    }
    assert_eq!(pair.left.stats().switch_overs + pair.right.stats().switch_overs, 1, "one end switches, the other follows");
}

#[test]
fn call_in_set_up_goes_on_over_the_backup() {
    let mut pair = t1();
    let left = then(&mut pair, |p, now| p.left.setup(now, speech("5551001")).unwrap());
    let right = offered(&pair.right_events);
    then(&mut pair, |p, now| p.right.alerting(now, right, Vec::new()));
    fresh(&mut pair);
    cut(&mut pair, 0, true);
    pair.run_for(seconds(30));
    then(&mut pair, |p, now| p.right.connect(now, right, Connected::default()));
    assert_eq!(call_states(&pair), (vec![10], vec![10]), "{}", pair.ladder);
    assert!(pair.left_events.iter().any(|event| matches!(event, Event::Connected { call, .. } if *call == left)));
}

#[test]
fn setup_lost_with_the_first_d_channel_is_repeated_on_the_backup() {
    let mut pair = t1_from(1);
    cut(&mut pair, 0, true);
    then(&mut pair, |p, now| p.left.setup(now, speech("5551001")).unwrap());
    fresh(&mut pair);
    layer1(&mut pair, 0, false);
    pair.run_for(seconds(5));
    insta::assert_snapshot!(pair.ladder);
    assert_eq!(pair.right.calls().count(), 1);
}

#[test]
fn first_d_channel_that_is_back_stands_by() {
    let mut pair = t1();
    layer1(&mut pair, 0, false);
    assert_eq!(d_channel_events(&pair.left_events), [(0, MaintenanceBusy), (0, OutOfService), (1, InService)]);
    fresh(&mut pair);
    layer1(&mut pair, 0, true);
    assert_eq!((states(&pair.left), states(&pair.right)), (vec![Standby, InService], vec![Standby, InService]));
    assert_eq!(pair.left_events, [Event::DChannel { interface: 0, state: Standby }]);
    // And takes over when the backup fails.
    fresh(&mut pair);
    layer1(&mut pair, 1, false);
    assert_eq!((states(&pair.left), states(&pair.right)), (vec![InService, OutOfService], vec![InService, OutOfService]));
    answered_from_user(&mut pair);
    assert_eq!(call_states(&pair), (vec![10], vec![10]));
}

#[test]
fn no_d_channel_left_is_link_down_and_t309() {
    let mut pair = t1_from(2);
    let (_, _, channel) = answered_from_user(&mut pair);
    assert_eq!(channel.to_string(), "2/1");
    fresh(&mut pair);
    layer1(&mut pair, 0, false);
    assert!(!pair.left_events.contains(&Event::LinkDown));
    layer1(&mut pair, 1, false);
    assert!(pair.left_events.contains(&Event::LinkDown) && pair.right_events.contains(&Event::LinkDown));
    assert_eq!(call_states(&pair), (vec![10], vec![10]));
    pair.run_for(seconds(91));
    let expected = [(CauseValue::DESTINATION_OUT_OF_ORDER, Who::Timer(Timer::T309))];
    assert_eq!((released(&pair.left_events).as_slice(), released(&pair.right_events).as_slice()), (&expected[..], &expected[..]));
}

#[test]
fn backup_that_comes_back_before_t309_keeps_the_call_and_asks_after_it() {
    let mut pair = t1_from(1);
    answered_from_user(&mut pair);
    layer1(&mut pair, 0, false);
    layer1(&mut pair, 1, false);
    fresh(&mut pair);
    pair.run_for(seconds(10));
    layer1(&mut pair, 1, true);
    pair.run_for(seconds(1));
    insta::assert_snapshot!(pair.ladder);
    assert_eq!(call_states(&pair), (vec![10], vec![10]));
}

#[test]
fn failed_d_channel_is_held_down_until_the_far_end_answers_on_the_other() {
    let mut pair = t1();
    answered_from_user(&mut pair);
    fresh(&mut pair);
    // Only the user sees that it fails: its frames are lost and the network's link still stands.
    let now = pair.now();
    pair.left.handle_frame_on(now, 0, &[0x02, 0x01, 0x53]);
    pair.drain();
    assert_eq!(states(&pair.left)[0], MaintenanceBusy);
    pair.run_for(seconds(3));
    insta::assert_snapshot!(pair.ladder);
    assert_eq!((states(&pair.left), states(&pair.right)), (vec![Standby, InService], vec![Standby, InService]));
    assert_eq!(call_states(&pair), (vec![10], vec![10]));
}

#[test]
fn cleared_calls_leave_every_channel_idle_after_the_switch() {
    let mut pair = t1();
    let (left, ..) = answered_from_user(&mut pair);
    cut(&mut pair, 0, true);
    pair.run_for(seconds(60));
    then(&mut pair, |p, now| p.left.clear(now, left, cause(CauseValue::NORMAL_CLEARING)));
    let right = pair.right.calls().next().unwrap().call;
    then(&mut pair, |p, now| p.right.clear(now, right, cause(CauseValue::NORMAL_CLEARING)));
    assert!(all_idle(&pair.left) && all_idle(&pair.right), "{}", pair.ladder);
}

#[test]
fn messages_wait_while_the_link_that_takes_over_is_set_up_anew() {
    let mut pair = t1_from(1);
    let (left, right, _) = answered_from_user(&mut pair);
    fresh(&mut pair);
    let now = pair.now();
    pair.left.handle_layer1_on(now, 0, false);
    pair.right.handle_layer1_on(now, 0, false);
    pair.left.clear(now, left, cause(CauseValue::NORMAL_CLEARING));
    pair.run_for(ms(100));
    assert!(pair.right_events.iter().any(|event| matches!(event, Event::Clearing { .. })), "{}", pair.ladder);
    then(&mut pair, |p, now| p.right.clear(now, right, cause(CauseValue::NORMAL_CLEARING)));
    assert_eq!(released(&pair.left_events), [(CauseValue::NORMAL_CLEARING, Who::Us)]);
    assert_eq!(pair.left.stats().messages_not_sent + pair.right.stats().messages_not_sent, 0);
}
