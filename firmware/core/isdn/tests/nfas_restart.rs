//! Restart in a group: channels, one span, all spans (Q.931 4.5.25, 5.5), and SERVICE of a channel on another span.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests fail by panic")]

mod common;

use common::group::{Group, answered_from_user, config, group_of, t1, t1_from, then, up};
use common::{all_idle, ms, released, seconds};
use isdn::{CauseValue, Channel, ChannelState, Framing, Side, Variant, Who, decode::describe_message};

/// Sends the user a RESTART with these elements on the first D-channel; its answer.
fn restart(pair: &mut Group, elements: &[u8]) -> String {
    let now = pair.now();
    let sent = u8::try_from(pair.left.stats().messages_received).unwrap();
    let received = u8::try_from(pair.left.stats().messages_sent).unwrap();
    let header = [0x02, 0x01, sent << 1, received << 1, 0x08, 0x02, 0x00, 0x00, 0x46];
    pair.left.handle_frame_on(now, 0, &[&header, elements].concat());
    let answer = pair.left.poll_transmit_on(0).unwrap();
    pair.drain();
    describe_message(&answer[4..])
}

/// A call on each of spans 0 and 1.
fn two_calls() -> Group {
    let mut user = config(Side::User, Framing::T1, Variant::NationalIsdn2);
    user.channels = vec![5];
    let mut pair = up(group_of(user, config(Side::Network, Framing::T1, Variant::NationalIsdn2)));
    assert_eq!(answered_from_user(&mut pair).2, 5);
    assert_eq!(answered_from_user(&mut pair).2, Channel { interface: 1, slot: 1 });
    pair.left_events.clear();
    pair
}

fn spans_with_calls(pair: &Group) -> Vec<u8> {
    pair.left.calls().map(|call| call.channel.unwrap().interface).collect()
}

#[test]
fn restart_of_one_span_clears_its_calls_and_no_others() {
    // Class 6, with the span in channel identification: no channel, an indicated one that is left out, any.
    for (octet3, which) in [(0xe8, "channel=1/none excl"), (0xe9, "malformed=18[e9, 81]"), (0xeb, "channel=1/any excl")] {
        let mut pair = two_calls();
        let answer = restart(&mut pair, &[0x18, 0x02, octet3, 0x81, 0x79, 0x01, 0x86]);
        assert_eq!(answer, format!("RESTART ACKNOWLEDGE cr=0' {which} restart=SingleInterface"));
        assert_eq!(released(&pair.left_events), [(CauseValue::TEMPORARY_FAILURE, Who::Peer)]);
        assert_eq!(spans_with_calls(&pair), [0]);
    }
}

#[test]
fn restart_of_the_span_of_the_d_channel_need_not_name_it() {
    let mut pair = two_calls();
    let answer = restart(&mut pair, &[0x79, 0x01, 0x86]);
    assert_eq!(answer, "RESTART ACKNOWLEDGE cr=0' restart=SingleInterface");
    assert_eq!(spans_with_calls(&pair), [1]);
}

#[test]
fn restart_of_all_spans_clears_every_call() {
    let mut pair = two_calls();
    assert_eq!(restart(&mut pair, &[0x79, 0x01, 0x87]), "RESTART ACKNOWLEDGE cr=0' restart=AllInterfaces");
    assert!(all_idle(&pair.left));
}

#[test]
fn restart_of_a_channel_of_another_span_clears_the_call_there() {
    let mut pair = two_calls();
    let answer = restart(&mut pair, &[0x18, 0x04, 0xe9, 0x81, 0x83, 0x81, 0x79, 0x01, 0x80]);
    assert_eq!(answer, "RESTART ACKNOWLEDGE cr=0' channel=1/1 excl restart=IndicatedChannels");
    assert_eq!(spans_with_calls(&pair), [0]);
}

#[test]
fn restart_of_a_span_that_is_not_there_is_answered_with_cause_82() {
    let mut pair = two_calls();
    let answer = restart(&mut pair, &[0x18, 0x02, 0xe8, 0x89, 0x79, 0x01, 0x86]);
    assert_eq!(answer, "STATUS cr=0' cause=82 state=0");
    assert_eq!(spans_with_calls(&pair), [0, 1]);
}

#[test]
fn own_restart_names_the_span_of_each_channel() {
    let mut pair = t1_from(2);
    let (.., channel) = answered_from_user(&mut pair);
    let others = pair.left.channels().iter().map(|status| status.channel).filter(|other| *other != channel).take(3);
    let channels: Vec<Channel> = others.chain([channel]).collect();
    then(&mut pair, |p, now| p.left.restart(now, &channels));
    pair.run_for(seconds(1));
    assert_eq!(released(&pair.left_events), [(CauseValue::TEMPORARY_FAILURE, Who::Us)]);
    assert_eq!(released(&pair.right_events), [(CauseValue::TEMPORARY_FAILURE, Who::Peer)]);
    assert!(all_idle(&pair.left) && all_idle(&pair.right));
}

#[test]
fn restart_unanswered_on_the_d_channel_that_failed_is_repeated_on_the_backup() {
    let mut pair = t1();
    let channel = Channel { interface: 2, slot: 9 };
    common::group::cut(&mut pair, 0, true);
    then(&mut pair, |p, now| p.left.restart(now, &[channel]));
    common::group::layer1(&mut pair, 0, false);
    pair.run_for(seconds(1));
    let state = pair.left.channels().iter().find(|status| status.channel == channel).unwrap().state;
    assert_eq!(state, ChannelState::Idle, "{}", pair.ladder);
}

#[test]
fn channel_of_another_span_is_blocked_by_service_with_its_span() {
    let mut pair = t1();
    let channel = Channel { interface: 2, slot: 24 };
    then(&mut pair, |p, now| p.left.block(now, channel).unwrap());
    pair.run_for(ms(50));
    let out: Vec<Channel> =
        pair.right.channels().iter().filter(|status| status.out_at_far_end).map(|status| status.channel).collect();
    assert_eq!(out, [channel]);
    then(&mut pair, |p, now| p.left.unblock(now, channel));
    assert!(pair.right.channels().iter().all(|status| !status.out_at_far_end));
}
