//! Restart of channels by the far end and by this end (Q.931 5.5, 5.3.4).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests fail by panic")]

mod common;

use common::{
    all_idle, answered_from_user, answers, cause, config, ends, inject, ms, offered, raw, raw_with, released, seconds, then, up,
};
use isdn::{CauseValue, ChannelState, Config, Side, Who};

fn with_call(slot: u8) -> common::Raw {
    // The audit would give the channel another chance too.
    let mut pair = raw_with(Config { audit: None, ..config(Side::User) });
    let mut setup = common::SETUP.to_vec();
    setup[15] = 0x80 | slot;
    inject(&mut pair, &[&setup]);
    pair
}

#[test]
fn restart_of_a_channel_clears_its_call_and_is_acknowledged() {
    let mut pair = with_call(3);
    let restart = [0x08, 0x02, 0x00, 0x00, 0x46, 0x18, 0x03, 0xa9, 0x83, 0x83, 0x79, 0x01, 0x80];
    assert_eq!(inject(&mut pair, &[&restart]), ["RESTART ACKNOWLEDGE cr=0' channel=3 excl restart=IndicatedChannels"]);
    assert_eq!(released(&pair.left_events), [(CauseValue::TEMPORARY_FAILURE, Who::Peer)]);
    assert!(all_idle(&pair.left));
}

#[test]
fn restart_of_another_channel_leaves_the_call() {
    let mut pair = with_call(3);
    let restart = [0x08, 0x02, 0x00, 0x00, 0x46, 0x18, 0x03, 0xa9, 0x83, 0x84, 0x79, 0x01, 0x80];
    assert_eq!(inject(&mut pair, &[&restart]).len(), 1);
    assert!(released(&pair.left_events).is_empty());
}

#[test]
fn restart_of_the_interface_clears_every_call() {
    let mut pair = with_call(3);
    for class in [0x86, 0x87] {
        assert_eq!(inject(&mut pair, &[&[0x08, 0x02, 0x00, 0x00, 0x46, 0x79, 0x01, class]]).len(), 1);
        assert!(all_idle(&pair.left));
    }
}

#[test]
fn restart_with_errors_is_answered_by_status() {
    let cases: [(&[u8], u8); 4] = [
        (&[], 96),
        (&[0x79, 0x01, 0x80], 96),
        (&[0x79, 0x01, 0x81], 100),
        (&[0x18, 0x03, 0xa9, 0x83, 0x90, 0x79, 0x01, 0x80], 82),
    ];
    for (elements, cause) in cases {
        let mut pair = with_call(3);
        let restart = [&[0x08, 0x02, 0x00, 0x00, 0x46], elements].concat();
        assert_eq!(inject(&mut pair, &[&restart]), [format!("STATUS cr=0' cause={cause} state=0")]);
        assert_eq!(pair.left.calls().count(), 1);
    }
}

/// A call whose clearing the far end never answers: DISCONNECT, RELEASE twice, RESTART.
fn silent_clearing() -> common::Raw {
    let mut pair = with_call(3);
    let call = offered(&pair.left_events);
    let now = pair.now();
    pair.left.alerting(now, call, Vec::new());
    pair.left.clear(now, call, cause(CauseValue::NORMAL_CLEARING));
    let sent = answers(&mut pair, seconds(30 + 4 + 4 + 1));
    let release = "RELEASE cr=1' cause=16";
    let restart = "RESTART cr=0 channel=3 excl restart=IndicatedChannels";
    assert_eq!(sent[1..], ["DISCONNECT cr=1' cause=16", release, release, restart]);
    assert_eq!(released(&pair.left_events), [(CauseValue::NORMAL_CLEARING, Who::Us)]);
    assert_eq!(pair.left.channels()[2].state, ChannelState::Restarting);
    pair
}

#[test]
fn unanswered_release_restarts_the_channel_and_acknowledge_frees_it() {
    let mut pair = silent_clearing();
    inject(&mut pair, &[&[0x08, 0x02, 0x80, 0x00, 0x4e, 0x18, 0x03, 0xa9, 0x83, 0x83, 0x79, 0x01, 0x80]]);
    assert!(all_idle(&pair.left));
    assert_eq!(answers(&mut pair, seconds(300)), [""; 0], "T316 has stopped");
}

#[test]
fn unanswered_restart_is_repeated_then_the_channel_is_out_of_service() {
    let mut pair = silent_clearing();
    assert_eq!(answers(&mut pair, seconds(300)).len(), 1);
    assert_eq!(pair.left.channels()[2].state, ChannelState::OutOfService);
    // A reset of the link and a new link each give the channel another chance.
    let restart = "RESTART cr=0 channel=3 excl restart=IndicatedChannels";
    let now = pair.now();
    pair.right.establish(now);
    assert_eq!(answers(&mut pair, seconds(3)), [restart]);
    assert_eq!(answers(&mut pair, seconds(300)), [restart]);
    assert_eq!(pair.left.channels()[2].state, ChannelState::OutOfService);
    let now = pair.now();
    pair.right.release(now);
    assert_eq!(answers(&mut pair, seconds(3)), [restart]);
}

#[test]
fn call_on_a_channel_out_of_service_brings_it_back() {
    let mut pair = silent_clearing();
    answers(&mut pair, seconds(300));
    let mut setup = common::SETUP.to_vec();
    setup[15] = 0x83;
    inject(&mut pair, &[&setup]);
    assert!(matches!(pair.left.channels()[2].state, ChannelState::InUse(_)));
}

#[test]
fn acknowledge_nobody_waits_for_is_counted() {
    let mut pair = raw(Side::User);
    inject(&mut pair, &[&[0x08, 0x02, 0x80, 0x00, 0x4e, 0x79, 0x01, 0x87]]);
    pair.run_for(ms(10));
    assert_eq!(pair.left.stats().unexpected_messages, 1);
}

#[test]
fn restart_on_our_own_account_ends_calls_and_idles_every_channel() {
    let mut pair = up(ends());
    answered_from_user(&mut pair);
    let slots: Vec<isdn::Channel> = pair.left.channels().iter().map(|status| status.channel).collect();
    then(&mut pair, |p, now| p.left.restart(now, &slots));
    assert_eq!(released(&pair.left_events), [(CauseValue::TEMPORARY_FAILURE, Who::Us)]);
    pair.run_for(seconds(5));
    assert_eq!(released(&pair.right_events), [(CauseValue::TEMPORARY_FAILURE, Who::Peer)]);
    assert!(all_idle(&pair.left) && all_idle(&pair.right));
    let stats = pair.left.stats();
    assert_eq!((stats.restarts_sent, pair.right.stats().restarts_received), (30, 30));
}
