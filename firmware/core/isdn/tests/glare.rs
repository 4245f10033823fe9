//! Both ends choose the same channel, or the far end names one that cannot be had (Q.931 5.1.2, 5.2.3, 5.7).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests fail by panic")]

mod common;

use common::{all_idle, cause, config, ends_with, offered, raw, released, speech, then, up};
use isdn::{CauseValue, ChannelState, Event, Hunting, Side, Who};

fn upward(side: Side) -> isdn::Config {
    isdn::Config { hunting: Hunting::Ascending, ..config(side) }
}

#[test]
fn both_choose_one_channel_network_keeps_it_and_user_gets_another() {
    let mut pair = up(ends_with(upward(Side::User), upward(Side::Network)));
    then(&mut pair, |p, now| {
        p.left.setup(now, speech("5551001")).unwrap();
        p.right.setup(now, speech("200")).unwrap();
    });
    let (at_user, at_network) = (offered(&pair.left_events), offered(&pair.right_events));
    then(&mut pair, |p, now| p.left.alerting(now, at_user, Vec::new()));
    then(&mut pair, |p, now| p.right.alerting(now, at_network, Vec::new()));
    insta::assert_snapshot!(pair.ladder);
    assert_eq!((pair.left.stats().glare, pair.right.stats().glare), (1, 1));
    let in_use = |channel: &isdn::ChannelStatus| matches!(channel.state, ChannelState::InUse(_)).then_some(channel.channel.slot);
    assert_eq!(pair.left.channels().iter().filter_map(in_use).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(pair.right.channels().iter().filter_map(in_use).collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn both_insist_on_one_channel_and_the_users_call_is_refused() {
    let user = isdn::Config { exclusive: true, ..upward(Side::User) };
    let mut pair = up(ends_with(user, upward(Side::Network)));
    then(&mut pair, |p, now| {
        p.left.setup(now, speech("5551001")).unwrap();
        p.right.setup(now, speech("200")).unwrap();
    });
    assert_eq!(released(&pair.left_events), [(CauseValue::REQUESTED_CHANNEL_NOT_AVAILABLE, Who::Peer)]);
    assert!(released(&pair.right_events).is_empty());
    let at_user = offered(&pair.left_events);
    then(&mut pair, |p, now| p.left.clear(now, at_user, cause(CauseValue::USER_BUSY)));
    assert!(all_idle(&pair.left) && all_idle(&pair.right), "{}", pair.ladder);
}

#[test]
fn last_channel_chosen_by_both_leaves_the_network_call() {
    let one = |side| isdn::Config { channels: vec![5], ..config(side) };
    let mut pair = up(ends_with(one(Side::User), one(Side::Network)));
    then(&mut pair, |p, now| {
        p.left.setup(now, speech("5551001")).unwrap();
        p.right.setup(now, speech("200")).unwrap();
    });
    assert_eq!(released(&pair.left_events), [(CauseValue::NO_CHANNEL_AVAILABLE, Who::Peer)]);
    assert_eq!(pair.right.calls().count(), 1);
    assert_eq!(pair.left.calls().count(), 1);
}

#[test]
fn preferred_channel_out_of_reach_is_replaced_and_exclusive_is_refused() {
    let setup = |octet3: u8, slot: u8| {
        let mut setup = common::SETUP.to_vec();
        setup[13] = octet3;
        setup[15] = 0x80 | slot;
        setup
    };
    let cases = [(0xa9, 16, Err(82)), (0xa9, 40, Err(82)), (0xa1, 16, Ok(31)), (0xa9, 7, Ok(7)), (0xa1, 7, Ok(7))];
    for (octet3, slot, expected) in cases {
        let mut pair = raw(Side::Network);
        let answers = common::inject(&mut pair, &[&setup(octet3, slot)]);
        match expected {
            Ok(channel) => {
                let got = pair
                    .left_events
                    .iter()
                    .find_map(|e| if let Event::Setup { channel, .. } = e { Some(*channel) } else { None });
                assert_eq!(got, Some(channel.into()), "{octet3:02x} {slot}");
            }
            Err(cause) => assert_eq!(answers, [format!("RELEASE COMPLETE cr=1' cause={cause}")]),
        }
    }
}

#[test]
fn channel_forms_of_setup_are_understood() {
    let cases: [(&[u8], u8); 4] = [
        (&[0xa9, 0x83, 0x83], 3),
        // Slot map of E1: bit 4 of the third octet is timeslot 11.
        (&[0xa9, 0x93, 0x00, 0x00, 0x08, 0x00], 11),
        // Last bit not set.
        (&[0xa9, 0x83, 0x03], 3),
        (&[0xab], 31),
    ];
    for (channel, slot) in cases {
        let mut pair = raw(Side::Network);
        let mut setup = common::SETUP[..11].to_vec();
        setup.extend([0x18, u8::try_from(channel.len()).unwrap()]);
        setup.extend(channel);
        common::inject(&mut pair, &[&setup]);
        assert!(matches!(pair.left_events[..], [Event::Setup { channel, .. }] if channel == slot), "{:?}", pair.left_events);
    }
}

#[test]
fn other_channel_in_first_response_is_taken_only_when_ours_was_preferred() {
    // CALL PROCEEDING from the network with channel 9 exclusive, to call reference 1 of the user.
    let proceeding = [0x08, 0x02, 0x80, 0x01, 0x02, 0x18, 0x03, 0xa9, 0x83, 0x89];
    for exclusive in [false, true] {
        let mut pair = raw(Side::User);
        pair.left = isdn::Interface::new(isdn::Config { exclusive, ..config(Side::User) });
        let now = pair.now();
        pair.left.start(now);
        pair.run_for(common::ms(100));
        pair.left_events.clear();
        let now = pair.now();
        let call = pair.left.setup(now, speech("1")).unwrap();
        let answers = common::inject(&mut pair, &[&proceeding]);
        if exclusive {
            assert_eq!(answers.last().unwrap(), "RELEASE cr=1 cause=6");
        } else {
            assert_eq!(pair.left_events[0], Event::ChannelReady { call, channel: 9.into() });
            assert_eq!(pair.left.channels()[0].state, ChannelState::Idle);
        }
    }
}

#[test]
fn call_that_lost_its_channel_needs_another_in_the_first_response() {
    let mut pair = raw(Side::User);
    let now = pair.now();
    pair.left.setup(now, speech("1")).unwrap();
    pair.run_for(common::ms(50));
    // The network's call takes channel 1, and its CALL PROCEEDING names no channel for ours.
    let answers = common::inject(&mut pair, &[common::SETUP, &[0x08, 0x02, 0x80, 0x01, 0x02]]);
    assert_eq!(answers, ["RELEASE cr=1 cause=6"]);
    assert_eq!(pair.left.calls().map(|call| call.channel).collect::<Vec<_>>(), [None, Some(1.into())]);
}
