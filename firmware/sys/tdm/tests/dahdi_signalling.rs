//! Signalling of DAHDI channels: ABCD bits, E&M, and the hook states of analog ports over bits or a card's own driver.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod dahdi_fake;
mod dahdi_open;

use dahdi_fake::{FakeKernel, FakeSpan};
use dahdi_open::{Opened, e1_config, events, turn};
use tdm::dahdi::ioctl::{Request, ToneZoneHeader, ToneZoneImage, value};
use tdm::dahdi::{ChannelKind, DahdiSpan, SpanConfig, Start};
use tdm::{AnalogPort, BLOCK, Channel, ChannelEvent, Error, Hook, Mode, Span};

const CAS: ChannelKind = ChannelKind::Cas { idle_bits: 0b1101 };
const FXS: Mode = Mode::Analog(AnalogPort::Fxs);
const FXO: Mode = Mode::Analog(AnalogPort::Fxo);
/// The timeslot that the tests use; another is the span's pacer.
const SLOT: u8 = 2;

fn open(opened: &mut Opened, mode: Mode) -> Box<dyn Channel> {
    opened.span.open(SLOT, mode).unwrap()
}

fn hooks(opened: &Opened) -> Vec<i32> {
    opened.fake.channel(opened.channo(SLOT), |channel| std::mem::take(&mut channel.hooks))
}

fn tell(opened: &Opened, code: i32) {
    opened.fake.event(opened.channo(SLOT), code);
}

#[test]
fn bits_are_sent_masked_to_four_and_idle_when_the_channel_is_dropped() {
    let mut opened = Opened::e1_of(&[CAS; 3]);
    let channo = opened.channo(SLOT);
    let sent = |opened: &Opened| opened.fake.channel(channo, |channel| channel.sent_bits);
    let mut channel = open(&mut opened, Mode::Cas);
    channel.set_bits(0b0001).unwrap();
    assert_eq!(sent(&opened), 0b0001);
    channel.set_bits(0xf5).unwrap();
    assert_eq!(sent(&opened), 0b0101);
    drop(channel);
    assert_eq!(sent(&opened), 0b1101);
}

#[test]
fn bits_received_are_told_once_each_and_without_the_neighbours() {
    let mut opened = Opened::e1_of(&[CAS; 3]);
    let channo = opened.channo(SLOT);
    opened.fake.bits(channo, 0xb9);
    let mut channel = open(&mut opened, Mode::Cas);
    assert_eq!(channel.bits(), 0b1001, "what is on the line already is known at once");
    assert_eq!(events(&mut *channel), [], "and is no change");
    opened.fake.bits(channo, 0x19);
    assert_eq!(events(&mut *channel), [], "only the neighbour's changed");
    for bits in 0..16 {
        opened.fake.bits(channo, bits | 0x50);
        assert_eq!(events(&mut *channel), [ChannelEvent::BitsChanged(bits.try_into().unwrap())]);
        assert_eq!(i32::from(channel.bits()), bits);
        opened.fake.bits(channo, bits | 0xa0);
        assert_eq!(events(&mut *channel), []);
    }
}

#[test]
fn bits_changed_twice_between_two_looks_are_told_as_they_are() {
    let mut opened = Opened::e1_of(&[CAS; 3]);
    let channo = opened.channo(SLOT);
    let mut channel = open(&mut opened, Mode::Cas);
    opened.fake.bits(channo, 1);
    opened.fake.bits(channo, 5);
    assert_eq!(events(&mut *channel), [ChannelEvent::BitsChanged(5)]);
}

#[test]
fn bits_that_change_while_audio_is_read_do_not_stop_it() {
    let mut opened = Opened::e1_of(&[CAS; 3]);
    let mut channel = opened.talk(SLOT, Mode::Cas);
    opened.line(SLOT, 1);
    opened.fake.bits(opened.channo(SLOT), 5);
    assert_eq!(turn(&mut *channel, || 101), [1]);
    assert_eq!(opened.queued(SLOT), 2);
    assert_eq!(events(&mut *channel), [ChannelEvent::BitsChanged(5)]);
}

#[test]
fn audio_channel_has_neither_bits_nor_hooks() {
    let mut opened = Opened::e1();
    let mut channel = open(&mut opened, Mode::Audio);
    assert_eq!(channel.set_bits(1).unwrap_err().to_string(), "timeslot 2 is open as Audio, which cannot set signalling bits");
    assert!(matches!(channel.hook(Hook::OffHook), Err(Error::WrongMode { .. })));
    let mut opened = Opened::e1_of(&[CAS; 3]);
    let mut channel = open(&mut opened, Mode::Cas);
    assert!(matches!(channel.hook(Hook::OffHook), Err(Error::WrongMode { .. })));
}

#[test]
fn e_and_m_trunk_seizes_winks_and_hangs_up() {
    let mut opened = Opened::t1_of(&[ChannelKind::EAndM; 3]);
    let channo = opened.channo(SLOT);
    let mut channel = open(&mut opened, Mode::EAndM);
    channel.hook(Hook::Wink).unwrap();
    assert!(matches!(channel.hook(Hook::Start), Err(Error::WouldBlock)), "the wink is still being sent");
    opened.fake.hook_complete(channo);
    assert_eq!(events(&mut *channel), [ChannelEvent::HookComplete]);
    channel.hook(Hook::Start).unwrap();
    opened.fake.hook_complete(channo);
    channel.hook(Hook::Flash).unwrap();
    opened.fake.hook_complete(channo);
    assert_eq!(events(&mut *channel), [ChannelEvent::HookComplete; 2]);
    channel.hook(Hook::OnHook).unwrap();
    assert_eq!(hooks(&opened), [value::WINK, value::START, value::FLASH, value::ONHOOK]);

    tell(&opened, value::EVENT_WINKFLASH);
    tell(&opened, value::EVENT_RINGOFFHOOK);
    tell(&opened, value::EVENT_ONHOOK);
    let expected = [Hook::Wink, Hook::OffHook, Hook::OnHook].map(ChannelEvent::Hook);
    assert_eq!(events(&mut *channel), expected);
}

#[test]
fn e_and_m_in_the_e1_variant_is_the_same() {
    let mut opened = Opened::e1_of(&[ChannelKind::EAndME1; 3]);
    let mut channel = open(&mut opened, Mode::EAndM);
    channel.hook(Hook::OffHook).unwrap();
    assert_eq!(hooks(&opened), [value::OFFHOOK]);
    tell(&opened, value::EVENT_RINGOFFHOOK);
    assert_eq!(events(&mut *channel), [ChannelEvent::Hook(Hook::OffHook)]);
}

#[test]
fn seizure_without_a_tone_zone_says_what_to_set() {
    let config = SpanConfig { channels: dahdi_open::channels(&[ChannelKind::EAndM; 3]), ..t1_config() };
    let mut opened = Opened::with(FakeSpan::t1("A1", 1), config);
    let mut channel = open(&mut opened, Mode::EAndM);
    let refused = channel.hook(Hook::Start).unwrap_err();
    assert_eq!(refused.to_string(), "unsupported: timeslot 2: cannot seize it while no tone zone is loaded; set tone_zone");
}

#[test]
fn port_takes_the_zone_of_its_span_whatever_the_systems_default() {
    let fake = FakeKernel::new();
    fake.add(FakeSpan::t1("A1", 1));
    let header = ToneZoneHeader { zone: 9, ..ToneZoneHeader::default() };
    let other = ToneZoneImage { header, ..ToneZoneImage::default() };
    fake.sys().open("/dev/dahdi/ctl").unwrap().ioctl(Request::LoadZone(&other)).unwrap();
    let channels = dahdi_open::channels(&[ChannelKind::Fxs(Start::Loop), ChannelKind::B]);
    let config = SpanConfig { channels, tone_zone: Some("us".to_owned()), ..t1_config() };
    let _span = DahdiSpan::open(&fake.sys(), config).unwrap();
    let us = fake.state().zones.iter().find(|zone| zone.number != 9).unwrap().number;
    assert_eq!(fake.channel(1, |channel| channel.zone), Some(us));
    assert_eq!(fake.channel(2, |channel| channel.zone), Some(9), "a channel without hook needs none");
}

fn t1_config() -> SpanConfig {
    SpanConfig::primary_rate("span1", e1_config().place, tdm::SpanKind::T1)
}

#[test]
fn fxs_port_rings_and_sees_the_telephone() {
    for mut opened in
        [Opened::analog("sss", &[ChannelKind::Fxs(Start::Kewl); 3]), Opened::t1_of(&[ChannelKind::Fxs(Start::Kewl); 3])]
    {
        let mut channel = open(&mut opened, FXS);
        channel.hook(Hook::Ring).unwrap();
        tell(&opened, value::EVENT_RINGERON);
        tell(&opened, value::EVENT_RINGEROFF);
        tell(&opened, value::EVENT_RINGOFFHOOK);
        tell(&opened, value::EVENT_WINKFLASH);
        tell(&opened, value::EVENT_ONHOOK);
        let expected = [
            ChannelEvent::Ringer { on: true },
            ChannelEvent::Ringer { on: false },
            ChannelEvent::Hook(Hook::OffHook),
            ChannelEvent::Hook(Hook::Flash),
            ChannelEvent::Hook(Hook::OnHook),
        ];
        assert_eq!(events(&mut *channel), expected);
        channel.hook(Hook::RingOff).unwrap();
        assert_eq!(hooks(&opened), [value::RING, value::RINGOFF]);
    }
}

#[test]
fn fxo_port_sees_ringing_answers_flashes_and_is_cut_off() {
    for mut opened in
        [Opened::analog("ooo", &[ChannelKind::Fxo(Start::Kewl); 3]), Opened::t1_of(&[ChannelKind::Fxo(Start::Kewl); 3])]
    {
        let mut channel = open(&mut opened, FXO);
        tell(&opened, value::EVENT_RINGBEGIN);
        tell(&opened, value::EVENT_RINGOFFHOOK);
        assert_eq!(events(&mut *channel), [Hook::Ring, Hook::RingOff].map(ChannelEvent::Hook));
        channel.hook(Hook::OffHook).unwrap();
        channel.hook(Hook::Flash).unwrap();
        tell(&opened, value::EVENT_HOOKCOMPLETE);
        tell(&opened, value::EVENT_ONHOOK);
        assert_eq!(events(&mut *channel), [ChannelEvent::HookComplete, ChannelEvent::Hook(Hook::OnHook)]);
        channel.hook(Hook::OnHook).unwrap();
        assert_eq!(hooks(&opened), [value::OFFHOOK, value::FLASH, value::ONHOOK]);
    }
}

#[test]
fn kewl_port_that_still_drops_its_battery_is_tried_again_later() {
    let mut opened = Opened::t1_of(&[ChannelKind::Fxs(Start::Kewl); 3]);
    let mut channel = open(&mut opened, FXS);
    opened.fake.refuse("DAHDI_HOOK 1", nix::libc::EBUSY, 1);
    assert!(matches!(channel.hook(Hook::OffHook), Err(Error::WouldBlock)));
    channel.hook(Hook::OffHook).unwrap();
    tell(&opened, value::EVENT_HOOKCOMPLETE);
    assert_eq!(events(&mut *channel), [ChannelEvent::HookComplete]);
}

#[test]
fn polarity_of_an_fxo_port_follows_each_reversal_across_its_users() {
    let mut opened = Opened::analog("ooo", &[ChannelKind::Fxo(Start::Loop); 3]);
    let mut channel = open(&mut opened, FXO);
    tell(&opened, value::EVENT_POLARITY);
    assert_eq!(events(&mut *channel), [ChannelEvent::Polarity { reversed: true }]);
    drop(channel);
    // The exchange puts it back after the call.
    tell(&opened, value::EVENT_POLARITY);
    let mut channel = open(&mut opened, FXO);
    assert_eq!(events(&mut *channel), [ChannelEvent::Polarity { reversed: false }]);
    tell(&opened, value::EVENT_POLARITY);
    assert_eq!(events(&mut *channel), [ChannelEvent::Polarity { reversed: true }]);
}

#[test]
fn line_of_an_fxs_port_is_reversed_and_put_back_when_the_channel_is_dropped() {
    let mut opened = Opened::analog("sss", &[ChannelKind::Fxs(Start::Loop); 3]);
    let channo = opened.channo(SLOT);
    let mut channel = open(&mut opened, FXS);
    channel.set_polarity(true).unwrap();
    assert_eq!(opened.fake.channel(channo, |channel| channel.polarity), 1);
    drop(channel);
    assert_eq!(opened.fake.channel(channo, |channel| channel.polarity), 0);
}

#[test]
fn polarity_over_bits_is_unsupported_in_words() {
    let mut opened = Opened::t1_of(&[ChannelKind::Fxs(Start::Loop); 3]);
    let refused = open(&mut opened, FXS).set_polarity(true).unwrap_err();
    assert_eq!(refused.to_string(), "unsupported: timeslot 2: its driver cannot reverse it");
}

#[test]
fn pulse_digits_are_told_as_digits() {
    let mut opened = Opened::analog("sss", &[ChannelKind::Fxs(Start::Loop); 3]);
    let mut channel = open(&mut opened, FXS);
    tell(&opened, value::EVENT_PULSE_START);
    for digit in b"0159" {
        tell(&opened, 0x1_0000 | i32::from(*digit));
    }
    assert_eq!(events(&mut *channel), [b'0', b'1', b'5', b'9'].map(ChannelEvent::PulseDigit));
}

#[test]
fn events_that_no_port_can_use_are_dropped() {
    let mut opened = Opened::analog("so-", &[ChannelKind::Fxs(Start::Loop), ChannelKind::Fxo(Start::Loop)]);
    let mut channel = open(&mut opened, FXO);
    // Canceller and tone events, a detected DTMF digit, numbers nobody has given.
    for code in [19, 21, 23, 27, 31, 12_345, 0x1_0041, 0x2_0031, -1, i32::MIN, value::EVENT_BITSCHANGED] {
        tell(&opened, code);
    }
    assert_eq!(events(&mut *channel), []);
}

#[test]
fn telephone_off_hook_when_the_span_is_opened_is_told() {
    let fake = FakeKernel::new();
    fake.add(FakeSpan::analog("A1", "sss"));
    let channels = dahdi_open::channels(&[ChannelKind::Fxs(Start::Loop); 3]);
    fake.channel(SLOT.into(), |channel| channel.params.rxisoffhook = 1);
    let analog = Opened::analog("sss", &[ChannelKind::Fxs(Start::Loop); 3]);
    let config = SpanConfig { channels, ..analog.span.config().clone() };
    let mut span = DahdiSpan::open(&fake.sys(), config).unwrap();
    let mut channel = span.open(SLOT, FXS).unwrap();
    assert_eq!(events(&mut *channel), [ChannelEvent::Hook(Hook::OffHook)]);
}

#[test]
fn telephone_that_is_lifted_while_nobody_has_its_port_is_told_to_the_next() {
    let mut opened = Opened::analog("sss", &[ChannelKind::Fxs(Start::Loop); 3]);
    tell(&opened, value::EVENT_RINGOFFHOOK);
    let mut channel = open(&mut opened, FXS);
    assert_eq!(events(&mut *channel), [ChannelEvent::Hook(Hook::OffHook)]);
}

#[test]
fn dropped_channel_is_put_on_hook() {
    for (mut opened, mode) in [
        (Opened::t1_of(&[ChannelKind::EAndM; 3]), Mode::EAndM),
        (Opened::analog("sss", &[ChannelKind::Fxs(Start::Loop); 3]), FXS),
        (Opened::analog("ooo", &[ChannelKind::Fxo(Start::Loop); 3]), FXO),
    ] {
        drop(open(&mut opened, mode));
        assert_eq!(hooks(&opened), [value::ONHOOK]);
    }
}

#[test]
fn on_hook_begins_audio_anew_without_an_underrun() {
    let mut opened = Opened::t1_of(&[ChannelKind::EAndM; 3]);
    let mut channel = opened.talk(SLOT, Mode::EAndM);
    opened.line(SLOT, 1);
    turn(&mut *channel, || 101);
    channel.hook(Hook::OnHook).unwrap();
    assert_eq!(opened.queued(SLOT), 0, "the kernel empties it");
    opened.line(SLOT, 2);
    assert!(matches!(channel.read(&mut [0; BLOCK]), Err(Error::WouldBlock)));
    assert_eq!(opened.queued(SLOT), 2);
    opened.line(SLOT, 3);
    assert_eq!(turn(&mut *channel, || 103), [3]);
    assert_eq!((events(&mut *channel), channel.counters().underruns), (vec![], 0));
}

#[test]
fn impedance_is_set_on_a_card_and_passed_over_on_bits() {
    let mut analog = Opened::analog("ooo", &[ChannelKind::Fxo(Start::Loop); 3]).span.config().clone();
    analog.channels[1].impedance = Some(3);
    let opened = Opened::with(FakeSpan::analog("A1", "ooo"), analog);
    assert_eq!(opened.fake.channel(opened.channo(SLOT), |channel| channel.impedance), Some(3));
    let mut bits = Opened::t1_of(&[ChannelKind::Fxo(Start::Loop); 3]).span.config().clone();
    bits.channels[1].impedance = Some(3);
    Opened::with(FakeSpan::t1("A1", 1), bits);
}
