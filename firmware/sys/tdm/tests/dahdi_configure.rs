//! Configuring spans in the scripted kernel: what is asked of it, in which order, and how it is undone.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod dahdi_fake;

use dahdi_fake::{FakeKernel, FakeSpan};
use tdm::dahdi::configure::{Configured, configure};
use tdm::dahdi::ioctl::value;
use tdm::dahdi::refused::Ask;
use tdm::dahdi::{ChannelConfig, ChannelKind, EchoCanceller, LineCode, LineFraming, Place, SpanConfig, Start};
use tdm::{Law, SpanKind};

fn hardware(id: &str) -> Place {
    Place::Hardware(id.to_owned())
}

fn loc(address: &str, channels: u8) -> Place {
    Place::Dynamic { driver: "loc".to_owned(), address: address.to_owned(), channels, timing: 0 }
}

fn e1(place: Place) -> SpanConfig {
    SpanConfig::primary_rate("north", place, SpanKind::E1)
}

fn with_channels(config: SpanConfig, kinds: &[(u8, ChannelKind)]) -> SpanConfig {
    let channels = kinds.iter().map(|(slot, kind)| ChannelConfig { slot: *slot, kind: *kind, impedance: None }).collect();
    SpanConfig { channels, ..config }
}

fn analog(place: Place, kinds: &[(u8, ChannelKind)]) -> SpanConfig {
    let analog = SpanConfig { kind: SpanKind::Analog, framing: LineFraming::Analog, law: Law::Mu, ..e1(place) };
    with_channels(analog, kinds)
}

fn made(fake: &FakeKernel, config: &SpanConfig) -> Configured {
    configure(&fake.sys(), config).unwrap_or_else(|refused| panic!("{refused}"))
}

/// What the log has of requests that change something, those of channels cut to the first and the last.
fn changes(fake: &FakeKernel) -> Vec<String> {
    let looks = ["DAHDI_GETVERSION", "DAHDI_SPANSTAT", "DAHDI_GET_PARAMS", "open /dev/dahdi/ctl", "ctl close"];
    let log: Vec<String> = fake.log().into_iter().filter(|line| !looks.iter().any(|look| line.contains(look))).collect();
    let kind = |line: &String| line.split_whitespace().nth(1).unwrap_or_default().to_owned();
    let inner = |index: usize| {
        index > 0
            && index + 1 < log.len()
            && kind(&log[index - 1]) == kind(&log[index])
            && kind(&log[index + 1]) == kind(&log[index])
    };
    (0..log.len()).filter(|index| !inner(*index)).map(|index| log[index].clone()).collect()
}

#[test]
fn a_configured_span_can_be_given_to_another_thread() {
    fn is_send<T: Send>() {}
    is_send::<Configured>();
}

#[test]
fn an_e1_port_is_configured_in_order_and_runs() {
    let fake = FakeKernel::new();
    fake.add(FakeSpan::e1("A1", 1));
    let configured = made(&fake, &SpanConfig { clock_priority: 1, ..e1(hardware("A1/1")) });
    assert_eq!(
        changes(&fake),
        [
            "ctl DAHDI_SPANCONFIG span=1 lbo=0 config=0x700 sync=1",
            "ctl DAHDI_CHANCONFIG chan=1 sig=0x80 law=2 idle=0",
            "ctl DAHDI_CHANCONFIG chan=31 sig=0x80 law=2 idle=0",
            "ctl DAHDI_STARTUP 1",
        ]
    );
    assert_eq!(fake.logged("ctl DAHDI_CHANCONFIG chan=16 sig=0x380 law=2 idle=0"), 1, "the D-channel");
    assert_eq!(fake.logged("DAHDI_CHANCONFIG"), 31);
    assert_eq!((configured.spanno, configured.channels.len(), configured.tone_zone), (1, 31, None));
    assert_eq!(configured.channels[15], (16, 16));
    assert!(fake.span(1, |span| span.running));
}

#[test]
fn a_t1_port_gets_its_own_numbers_and_mu_law() {
    let fake = FakeKernel::new();
    fake.add(FakeSpan::e1("A1", 1));
    fake.add(FakeSpan::t1("A1", 2));
    let config = SpanConfig { line_build_out: 3, ..SpanConfig::primary_rate("south", hardware("A1/2"), SpanKind::T1) };
    let configured = made(&fake, &config);
    assert_eq!(
        changes(&fake),
        [
            "ctl DAHDI_SPANCONFIG span=2 lbo=3 config=0xa0 sync=0",
            "ctl DAHDI_CHANCONFIG chan=32 sig=0x80 law=1 idle=0",
            "ctl DAHDI_CHANCONFIG chan=55 sig=0x380 law=1 idle=0",
            "ctl DAHDI_STARTUP 2",
        ]
    );
    assert_eq!((configured.spanno, configured.channels[23]), (2, (24, 55)));
}

#[test]
fn framing_and_code_are_said_in_the_kernels_bits() {
    let e1_of = |crc4, code| SpanConfig { framing: LineFraming::E1 { crc4 }, code, ..e1(hardware("A1/1")) };
    let t1_of = |framing, code| SpanConfig { framing, code, ..SpanConfig::primary_rate("t", hardware("A1/1"), SpanKind::T1) };
    for (config, bits) in [
        (e1_of(false, LineCode::Hdb3), "0x300"),
        (e1_of(true, LineCode::Ami), "0x540"),
        (t1_of(LineFraming::D4, LineCode::Ami), "0x50"),
        (t1_of(LineFraming::Esf, LineCode::B8zs), "0xa0"),
    ] {
        let fake = FakeKernel::new();
        fake.add(if config.kind == SpanKind::E1 { FakeSpan::e1("A1", 1) } else { FakeSpan::t1("A1", 1) });
        let _configured = made(&fake, &config);
        assert_eq!(fake.logged(&format!("config={bits}")), 1, "{bits}");
    }
}

#[test]
fn abcd_bits_take_timeslot_16_from_common_channel_signalling() {
    let fake = FakeKernel::new();
    fake.add(FakeSpan::e1("A1", 1));
    let _configured =
        made(&fake, &with_channels(e1(hardware("A1/1")), &[(1, ChannelKind::Cas { idle_bits: 0xfd }), (2, ChannelKind::B)]));
    assert_eq!(
        changes(&fake),
        [
            "ctl DAHDI_SPANCONFIG span=1 lbo=0 config=0x600 sync=0",
            "ctl DAHDI_CHANCONFIG chan=1 sig=0x8000 law=2 idle=13",
            "ctl DAHDI_CHANCONFIG chan=2 sig=0x80 law=2 idle=0",
            "ctl DAHDI_STARTUP 1",
        ]
    );
}

#[test]
fn every_kind_of_channel_has_its_signalling() {
    let fake = FakeKernel::new();
    fake.add(FakeSpan::t1("A1", 1));
    fake.add(FakeSpan::e1("A1", 2));
    let kinds = [
        (ChannelKind::EAndM, "0x40"),
        (ChannelKind::D { hardware_hdlc: true }, "0x80080"),
        (ChannelKind::Fxs(Start::Loop), "0x1008"),
        (ChannelKind::Fxs(Start::Ground), "0x1010"),
        (ChannelKind::Fxs(Start::Kewl), "0x1020"),
        (ChannelKind::Fxo(Start::Loop), "0x2001"),
        (ChannelKind::Fxo(Start::Ground), "0x2002"),
        (ChannelKind::Fxo(Start::Kewl), "0x2004"),
    ];
    let t1 = SpanConfig::primary_rate("t", hardware("A1/1"), SpanKind::T1);
    let slots: Vec<(u8, ChannelKind)> = (1..).zip(kinds.iter().map(|(kind, _)| *kind)).collect();
    let _t1 = made(&fake, &with_channels(t1, &slots));
    for (slot, (kind, sig)) in (1..).zip(kinds) {
        let line = format!("ctl DAHDI_CHANCONFIG chan={slot} sig={sig} law=1 idle=0");
        assert_eq!(fake.logged(&line), 1, "{kind:?}: {line}");
    }
    let _e1 = made(&fake, &with_channels(e1(hardware("A1/2")), &[(1, ChannelKind::EAndME1)]));
    assert_eq!(fake.logged("sig=0x20000"), 1);
}

#[test]
fn an_analog_card_has_no_line_to_configure_and_gets_its_tones() {
    let fake = FakeKernel::new();
    fake.add(FakeSpan::analog("8B1", "so"));
    let kinds = [(1, ChannelKind::Fxs(Start::Kewl)), (2, ChannelKind::Fxo(Start::Kewl))];
    let configured = made(&fake, &SpanConfig { tone_zone: Some("us".to_owned()), ..analog(hardware("8B1/1"), &kinds) });
    assert_eq!(
        changes(&fake),
        [
            "ctl DAHDI_CHANCONFIG chan=1 sig=0x1020 law=1 idle=0",
            "ctl DAHDI_CHANCONFIG chan=2 sig=0x2004 law=1 idle=0",
            "ctl DAHDI_LOADZONE zone=0 name=United States / North America steps=7",
            "ctl DAHDI_STARTUP 1",
        ]
    );
    assert_eq!(configured.tone_zone, Some(0));
}

#[test]
fn a_canceller_is_attached_to_voice_channels_only() {
    let fake = FakeKernel::new();
    fake.add(FakeSpan::e1("A1", 1));
    let echo = EchoCanceller { module: "mg2".to_owned(), taps: 128, parameters: vec![("aggressive".to_owned(), 1)] };
    let configured = made(&fake, &SpanConfig { echo: Some(echo), ..e1(hardware("A1/1")) });
    let attached: Vec<i32> = (1..=31).filter(|channo| fake.channel(*channo, |channel| channel.canceller.is_some())).collect();
    assert_eq!(attached, (1..=31).filter(|slot| *slot != 16).collect::<Vec<_>>());
    fake.clear_log();
    drop(configured);
    assert_eq!(fake.logged("DAHDI_ATTACH_ECHOCAN"), 30);
    assert!((1..=31).all(|channo| fake.channel(channo, |channel| channel.canceller.is_none())));
}

#[test]
fn a_cards_own_canceller_is_taken_by_its_name_and_in_place_of_another() {
    for module in ["hwec", "mg2"] {
        let fake = FakeKernel::new();
        fake.add(FakeSpan { hardware_canceller: true, ..FakeSpan::e1("A1", 1) });
        let echo = EchoCanceller { module: module.to_owned(), taps: 128, parameters: Vec::new() };
        let _configured = made(&fake, &SpanConfig { echo: Some(echo), ..e1(hardware("A1/1")) });
        assert_eq!(fake.channel(1, |channel| channel.canceller.clone()).as_deref(), Some("hwec"), "{module}");
    }
}

#[test]
fn a_dropped_card_span_is_shut_down_and_stays_in_place() {
    let fake = FakeKernel::new();
    fake.add(FakeSpan::e1("A1", 1));
    let configured = made(&fake, &e1(hardware("A1/1")));
    fake.clear_log();
    drop(configured);
    assert_eq!(changes(&fake), ["ctl DAHDI_SHUTDOWN 1"]);
    assert!(!fake.span(1, |span| span.running));
    assert!((1..=31).all(|channo| fake.channel(channo, |channel| channel.sigtype == 0)));
    let _again = made(&fake, &e1(hardware("A1/1")));
}

#[test]
fn hardware_hdlc_is_taken_from_the_driver_before_the_shutdown() {
    let fake = FakeKernel::new();
    fake.add(FakeSpan::e1("A1", 1));
    let kinds = [(1, ChannelKind::B), (16, ChannelKind::D { hardware_hdlc: true })];
    let configured = made(&fake, &with_channels(e1(hardware("A1/1")), &kinds));
    fake.clear_log();
    drop(configured);
    assert_eq!(changes(&fake), ["ctl DAHDI_CHANCONFIG chan=16 sig=0x0 law=0 idle=0", "ctl DAHDI_SHUTDOWN 1"]);
}

#[test]
fn a_dynamic_span_is_created_with_its_law_and_destroyed() {
    let fake = FakeKernel::new();
    let configured = made(&fake, &e1(loc("0:0", 31)));
    assert_eq!(
        changes(&fake),
        [
            "ctl DAHDI_DYNAMIC_CREATE driver=loc address=0:0 channels=31 timing=0",
            "ctl DAHDI_SPANCONFIG span=1 lbo=0 config=0x700 sync=0",
            "ctl DAHDI_CHANCONFIG chan=1 sig=0x80 law=2 idle=0",
            "ctl DAHDI_CHANCONFIG chan=31 sig=0x80 law=2 idle=0",
            "ctl DAHDI_STARTUP 1",
        ]
    );
    assert_eq!((configured.spanno, configured.channels[30]), (1, (31, 31)));
    fake.clear_log();
    drop(configured);
    assert_eq!(changes(&fake), ["ctl DAHDI_SHUTDOWN 1", "ctl DAHDI_DYNAMIC_DESTROY driver=loc address=0:0 channels=31 timing=0"]);
    assert!(fake.state().spans.is_empty());
}

#[test]
fn a_dynamic_span_among_others_takes_the_lowest_free_number() {
    let fake = FakeKernel::new();
    let first = made(&fake, &e1(loc("0:0", 31)));
    let second = made(&fake, &SpanConfig { name: "second".to_owned(), ..e1(loc("0:1", 31)) });
    assert_eq!((first.spanno, second.spanno, second.channels[0]), (1, 2, (1, 32)));
    drop(first);
    let third = made(&fake, &SpanConfig { name: "third".to_owned(), ..e1(loc("1:0", 31)) });
    assert_eq!((third.spanno, third.channels[0]), (1, (1, 1)));
    assert_eq!((second.spanno, second.channels[0]), (2, (1, 32)));
}

#[test]
fn a_dynamic_span_without_a_number_waits_for_root_and_is_then_taken() {
    let fake = FakeKernel::new();
    fake.state().auto_assign = false;
    let refused = configure(&fake.sys(), &e1(loc("0:0", 31))).err().unwrap();
    let device = "dynamic:loc:0".to_owned();
    assert_eq!(refused.ask.as_deref(), Some(&Ask::Assign { device, port: 1 }), "{refused}");
    assert!(!refused.missing);
    assert_eq!(fake.state().spans.len(), 1, "it must be there to be given a number");
    fake.assign("DYN/loc/0:0", 1);
    let configured = made(&fake, &e1(loc("0:0", 31)));
    assert_eq!(configured.spanno, 1);
    drop(configured);
    assert!(fake.state().spans.is_empty());
}

/// As a junctord that was killed leaves it.
fn leave_behind(fake: &FakeKernel, config: &SpanConfig) {
    std::mem::forget(made(fake, config));
    let ids: Vec<u64> = fake.state().open_files.keys().copied().collect();
    for id in ids {
        fake.state().close(id);
    }
}

#[test]
fn what_a_killed_junctord_left_is_shut_down_and_configured_anew() {
    for place in [hardware("A1/1"), loc("0:0", 31)] {
        let fake = FakeKernel::new();
        fake.add(FakeSpan::e1("A1", 1));
        leave_behind(&fake, &e1(place.clone()));
        fake.clear_log();
        let configured = made(&fake, &e1(place.clone()));
        let shutdown = format!("ctl DAHDI_SHUTDOWN {}", configured.spanno);
        assert_eq!(changes(&fake).iter().filter(|line| **line == shutdown).count(), 1, "{place:?}");
        assert!(fake.span(configured.spanno, |span| span.running));
        drop(configured);
        assert_eq!(fake.state().spans.len(), 1, "{place:?}: the card alone is left");
    }
}

#[test]
fn what_was_left_half_done_is_taken_over() {
    let fake = FakeKernel::new();
    fake.add(FakeSpan::e1("A1", 1));
    fake.channel(1, |channel| channel.sigtype = value::SIG_CLEAR);
    let configured = made(&fake, &e1(hardware("A1/1")));
    assert_eq!(configured.channels.len(), 31);
}

#[test]
fn a_zone_that_is_loaded_already_is_used() {
    let fake = FakeKernel::new();
    fake.add(FakeSpan::analog("8B1", "ss"));
    let config =
        SpanConfig { tone_zone: Some("us".to_owned()), ..analog(hardware("8B1/1"), &[(1, ChannelKind::Fxs(Start::Loop))]) };
    drop(made(&fake, &config));
    fake.clear_log();
    let configured = made(&fake, &config);
    assert_eq!(configured.tone_zone, Some(0));
    assert_eq!(fake.logged("ch1 DAHDI_SETTONEZONE 0"), 1, "it was asked whether the zone is there");
    assert_eq!(fake.logged("DAHDI_FREEZONE"), 0);
    assert_eq!(fake.logged("DAHDI_DEFAULTZONE"), 0);
    assert_eq!(fake.state().zones.len(), 1);
    assert_eq!(fake.channel(1, |channel| channel.open), None, "the channel that was asked is closed again");
}

#[test]
fn a_card_that_was_replaced_is_not_touched_by_what_its_predecessor_leaves() {
    let fake = FakeKernel::new();
    fake.add(FakeSpan::e1("A1", 1));
    let configured = made(&fake, &e1(hardware("A1/1")));
    fake.remove(1);
    fake.state().spans.clear();
    fake.add(FakeSpan { name: "TE4/1/1".to_owned(), location: "PCI Bus 06 Slot 01".to_owned(), ..FakeSpan::e1("B1", 1) });
    let successor = made(&fake, &SpanConfig { name: "new".to_owned(), ..e1(hardware("B1/1")) });
    assert_eq!(successor.spanno, configured.spanno, "the number went to the new card");
    fake.clear_log();
    drop(configured);
    assert_eq!(changes(&fake), Vec::<String>::new());
    assert!(fake.span(1, |span| span.running));
}

#[test]
fn undoing_after_a_removal_asks_nothing_more() {
    let fake = FakeKernel::new();
    fake.add(FakeSpan::e1("A1", 1));
    let configured = made(&fake, &e1(hardware("A1/1")));
    fake.remove(1);
    fake.clear_log();
    drop(configured);
    assert_eq!(changes(&fake), Vec::<String>::new());
}
