//! A channel that is taken out of use at this end: calls go around it, restarts leave it (Q.931 5.1.2, 5.2.3.1, 5.5).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests fail by panic")]

mod common;

use common::{answered_from_user, answers, ends, inject, ms, raw, speech, then, up};
use isdn::{ChannelState, NotBlocked, Side};

#[test]
fn idle_channel_blocked_is_not_hunted_until_it_is_given_back() {
    let mut pair = up(ends());
    let blocked: Vec<u8> = pair.left.channels().iter().map(|status| status.channel.slot).collect();
    let now = pair.now();
    blocked.iter().for_each(|slot| pair.left.block(now, *slot).unwrap());
    then(&mut pair, |p, now| p.left.setup(now, speech("1")).unwrap_err());
    pair.left.unblock(now, 7);
    let call = then(&mut pair, |p, now| p.left.setup(now, speech("1")).unwrap());
    assert_eq!(pair.left.channels()[6].state, ChannelState::InUse(call));
}

#[test]
fn exclusive_call_on_a_blocked_channel_is_refused_with_cause_44() {
    let mut pair = raw(Side::User);
    let now = pair.now();
    pair.left.block(now, 1).unwrap();
    assert_eq!(inject(&mut pair, &[common::SETUP]), ["RELEASE COMPLETE cr=1' cause=44"]);
    assert_eq!(pair.left.channels()[0].state, ChannelState::Blocked);
}

#[test]
fn preferred_call_on_a_blocked_channel_is_given_another() {
    let mut pair = raw(Side::User);
    let now = pair.now();
    pair.left.block(now, 1).unwrap();
    let mut setup = common::SETUP.to_vec();
    // Octet 3 of the channel identification: preferred (Q.931 4.5.13).
    setup[13] = 0xa1;
    inject(&mut pair, &[&setup]);
    let (call, now) = (common::offered(&pair.left_events), pair.now());
    pair.left.alerting(now, call, Vec::new());
    let sent = answers(&mut pair, ms(50));
    let in_use = |channel: &&isdn::ChannelStatus| channel.state == ChannelState::InUse(call);
    let given = pair.left.channels().iter().find(in_use).unwrap().channel.slot;
    assert!(given != 1 && sent[0].contains(&format!("channel={given} ")), "{given} {sent:?}");
}

#[test]
fn restart_of_a_blocked_channel_is_acknowledged_and_leaves_it_blocked() {
    let mut pair = raw(Side::User);
    let now = pair.now();
    pair.left.block(now, 3).unwrap();
    let restart = [0x08, 0x02, 0x00, 0x00, 0x46, 0x18, 0x03, 0xa9, 0x83, 0x83, 0x79, 0x01, 0x80];
    assert_eq!(inject(&mut pair, &[&restart]), ["RESTART ACKNOWLEDGE cr=0' channel=3 excl restart=IndicatedChannels"]);
    assert_eq!(pair.left.channels()[2].state, ChannelState::Blocked);
}

#[test]
fn channel_with_a_call_or_blocked_already_or_unknown_is_not_blocked() {
    let mut pair = up(ends());
    answered_from_user(&mut pair);
    let now = pair.now();
    pair.left.block(now, 2).unwrap();
    assert_eq!(pair.left.block(now, 1), Err(NotBlocked::InUse(1.into())));
    assert_eq!(pair.left.block(now, 2), Err(NotBlocked::Blocked(2.into())));
    assert_eq!(pair.left.block(now, 16), Err(NotBlocked::NoSuchChannel(16.into())));
    pair.left.unblock(now, 1);
    assert!(matches!(pair.left.channels()[0].state, ChannelState::InUse(_)));
}
