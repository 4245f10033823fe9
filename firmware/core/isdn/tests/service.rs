//! SERVICE: a channel out of service at either end (ANSI T1.607), in AT&T's and National ISDN's messages.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests fail by panic")]

mod common;

use common::{Ends, config, ends_with, ms, raw_with, seconds, speech, then, up};
use isdn::q931::Maintenance;
use isdn::q931::maintenance::{Service, ServiceType};
use isdn::{ChannelState, Config, Event, Interface, Side, Variant};

fn ends_of(variant: Variant) -> Ends {
    ends_with(Config { variant, ..config(Side::User) }, Config { variant, ..config(Side::Network) })
}

fn out_at_far_end(interface: &Interface) -> Vec<u8> {
    interface.channels().iter().filter(|status| status.out_at_far_end).map(|status| status.channel.slot).collect()
}

#[test]
fn blocked_channel_is_told_to_the_far_end_and_given_back() {
    for variant in [Variant::NationalIsdn2, Variant::Dms100, Variant::Att4Ess, Variant::Lucent5Ess] {
        let mut pair = up(ends_of(variant));
        then(&mut pair, |p, now| p.left.block(now, 30).unwrap());
        assert_eq!(out_at_far_end(&pair.right), [30], "{variant:?}");
        assert_eq!(pair.right_events, [Event::ChannelService { channel: 30.into(), in_service: false }]);
        // The network hunts downward from 31.
        then(&mut pair, |p, now| p.right.setup(now, speech("1")).unwrap());
        then(&mut pair, |p, now| p.right.setup(now, speech("1")).unwrap());
        let taken = |slot: usize| matches!(pair.right.channels()[slot].state, ChannelState::InUse(_));
        assert!(taken(29) && taken(27) && !taken(28), "31 and 29 are taken, 30 is not");
        then(&mut pair, |p, now| p.left.unblock(now, 30));
        assert_eq!(out_at_far_end(&pair.right), [0; 0], "{variant:?}");
        // Acknowledged: no audit tells it again.
        let sent = pair.left.stats().messages_sent;
        pair.run_for(seconds(3));
        assert_eq!(pair.left.stats().messages_sent, sent);
    }
}

#[test]
fn euroisdn_tells_nobody_and_ignores_service() {
    let mut pair = up(ends_of(Variant::EuroIsdn));
    let before = pair.left.stats().messages_sent;
    then(&mut pair, |p, now| p.left.block(now, 30).unwrap());
    assert_eq!(pair.left.stats().messages_sent, before);
    assert_eq!(out_at_far_end(&pair.right), [0; 0]);
    let mut raw = common::raw(Side::User);
    let service = [0x03, 0x02, 0x00, 0x00, 0x0f, 0x01, 0x01, 0xc2, 0x18, 0x03, 0xa9, 0x83, 0x85];
    assert_eq!(common::inject(&mut raw, &[&service]), [""; 0]);
    assert_eq!((out_at_far_end(&raw.left).len(), raw.left.stats().malformed), (0, 1));
}

#[test]
fn channel_configured_out_of_service_is_told_when_the_link_comes_up() {
    let user = Config { variant: Variant::NationalIsdn2, out_of_service: vec![3, 4], ..config(Side::User) };
    let pair = up(ends_with(user, Config { variant: Variant::NationalIsdn2, ..config(Side::Network) }));
    assert_eq!(out_at_far_end(&pair.right), [3, 4]);
    assert_eq!(pair.left.channels()[2].state, ChannelState::Blocked);
}

#[test]
fn service_that_is_not_acknowledged_is_told_again_by_the_audit() {
    let mut pair = raw_with(Config { variant: Variant::Att4Ess, ..config(Side::User) });
    let now = pair.now();
    pair.left.block(now, 5).unwrap();
    let sent = common::answers(&mut pair, seconds(302));
    assert_eq!(sent, ["SERVICE cr=0 status=2 channel=5 excl"; 2]);
    let acknowledge = [0x03, 0x02, 0x80, 0x00, 0x07, 0x01, 0x01, 0xc2, 0x18, 0x03, 0xa9, 0x83, 0x85];
    assert_eq!(common::inject(&mut pair, &[&acknowledge]), [""; 0]);
    assert_eq!(common::answers(&mut pair, seconds(302)), [""; 0]);
}

#[test]
fn call_of_the_far_end_on_a_channel_that_it_took_out_brings_it_back() {
    let mut pair = raw_with(Config { variant: Variant::Lucent5Ess, ..config(Side::User) });
    let service = [0x03, 0x02, 0x00, 0x00, 0x0f, 0x01, 0x01, 0xc2, 0x18, 0x03, 0xa9, 0x83, 0x81];
    let answer = common::inject(&mut pair, &[&service]);
    assert_eq!(answer, ["SERVICE ACKNOWLEDGE cr=0' status=2 channel=1 excl"]);
    assert_eq!(out_at_far_end(&pair.left), [1]);
    common::inject(&mut pair, &[common::SETUP]);
    assert_eq!((pair.left.calls().count(), out_at_far_end(&pair.left).len()), (1, 0));
}

#[test]
fn service_during_a_call_leaves_the_call_and_takes_the_channel_afterwards() {
    let mut pair = raw_with(Config { variant: Variant::Dms100, ..config(Side::User) });
    common::inject(&mut pair, &[common::SETUP]);
    let service = [0x03, 0x02, 0x00, 0x00, 0x0f, 0x01, 0x01, 0xc2, 0x18, 0x03, 0xa9, 0x83, 0x81];
    common::inject(&mut pair, &[&service]);
    assert_eq!(pair.left.calls().count(), 1);
    let (call, now) = (common::offered(&pair.left_events), pair.now());
    pair.left.clear(now, call, common::cause(isdn::CauseValue::USER_BUSY));
    pair.run_for(ms(50));
    let channel = pair.left.channels()[0];
    assert!(channel.state == ChannelState::Idle && !channel.is_free(), "{channel:?}");
}

#[test]
fn octets_are_those_of_the_dialect() {
    let dialect = |variant: Variant| variant.row().maintenance.unwrap();
    let octets = |variant| Service::channel(5, false).emit(dialect(variant));
    assert_eq!(octets(Variant::Att4Ess), [0x03, 2, 0, 0, 0x0f, 1, 1, 0xc2, 0x18, 3, 0xa9, 0x83, 0x85]);
    assert_eq!(octets(Variant::NationalIsdn2), [0x43, 2, 0, 0, 0x07, 1, 1, 0xc2, 0x18, 3, 0xa9, 0x83, 0x85]);
    let Maintenance { acknowledge, .. } = dialect(Variant::NationalIsdn2);
    let answer = Service::channel(5, false).acknowledge();
    assert_eq!((answer.service_type, answer.emit(dialect(Variant::NationalIsdn2))[4]), (ServiceType::Acknowledge, acknowledge));
}
