//! ABCD bits, hook signals and polarity over a virtual span.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
mod joined;
use joined::{Joined, channel_events};
use tdm::{AnalogPort, ChannelEvent, Error, Hook, Mode, Span, SpanInfo};

#[test]
fn bits_changed_far_end_is_told_once() {
    let mut joined = Joined::e1();
    let mut far = joined.network.open(5, Mode::Cas).unwrap();
    let mut near = joined.user.open(5, Mode::Cas).unwrap();
    far.set_bits(0b1001).unwrap();
    joined.ticks(2);
    far.set_bits(0b1001).unwrap();
    joined.tick();
    assert_eq!(channel_events(&mut *near), [ChannelEvent::BitsChanged(0b1001)]);
    near.set_bits(0b0001).unwrap();
    joined.tick();
    assert_eq!(channel_events(&mut *far), [ChannelEvent::BitsChanged(0b0001)]);
    assert_eq!((near.bits(), far.bits()), (0b1001, 0b0001));
}

#[test]
fn bits_sent_before_the_far_channel_opened_are_read_there() {
    let mut joined = Joined::e1();
    let mut far = joined.network.open(5, Mode::Cas).unwrap();
    far.set_bits(0b1101).unwrap();
    joined.tick();
    let mut near = joined.user.open(5, Mode::Cas).unwrap();
    assert_eq!(near.bits(), 0b1101);
    assert_eq!(channel_events(&mut *near), []);
}

#[test]
fn cas_channel_carries_audio_too() {
    let mut joined = Joined::e1();
    let mut far = joined.network.open(5, Mode::Cas).unwrap();
    let mut near = joined.user.open(5, Mode::Cas).unwrap();
    far.set_bits(1).unwrap();
    far.write(&[0x2a; 80]).unwrap();
    joined.tick();
    assert_eq!(joined::read_block(&mut *near), Some([0x2a; 80]));
    assert_eq!(near.bits(), 1);
}

#[test]
fn hook_signals_and_polarity_arrive_in_order_none_lost() {
    let mut joined = Joined::of(SpanInfo::analog("card", 8));
    let mut phone = joined.user.open(8, Mode::Analog(AnalogPort::Fxo)).unwrap();
    let mut exchange = joined.network.open(8, Mode::Analog(AnalogPort::Fxs)).unwrap();
    let hooks = [Hook::Ring, Hook::RingOff, Hook::OnHook, Hook::OffHook, Hook::Wink, Hook::Flash, Hook::Start];
    for hook in hooks {
        exchange.hook(hook).unwrap();
    }
    exchange.set_polarity(true).unwrap();
    exchange.set_polarity(false).unwrap();
    joined.ticks(10);
    let mut expected: Vec<ChannelEvent> = hooks.into_iter().map(ChannelEvent::Hook).collect();
    expected.extend([ChannelEvent::Polarity { reversed: true }, ChannelEvent::Polarity { reversed: false }]);
    assert_eq!(channel_events(&mut *phone), expected);
    phone.hook(Hook::OffHook).unwrap();
    joined.tick();
    assert_eq!(channel_events(&mut *exchange), [ChannelEvent::Hook(Hook::OffHook)]);
}

#[test]
fn signalling_of_another_mode_is_refused() {
    let mut joined = Joined::e1();
    let refused = |result: Result<(), Error>| assert!(matches!(result, Err(Error::WrongMode { slot: 2, .. })), "{result:?}");
    let mut audio = joined.user.open(2, Mode::Audio).unwrap();
    refused(audio.set_bits(1));
    refused(audio.hook(Hook::OnHook));
    drop(audio);
    let mut cas = joined.user.open(2, Mode::Cas).unwrap();
    refused(cas.hook(Hook::OnHook));
    refused(cas.set_polarity(true));
}
