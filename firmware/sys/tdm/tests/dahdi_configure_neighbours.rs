//! Configuring, undoing and failing on one span, with another at work: no request touches it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod dahdi_fake;

use dahdi_fake::{FakeKernel, FakeSpan};
use tdm::dahdi::configure::configure;
use tdm::dahdi::ioctl::Request;
use tdm::dahdi::{ChannelConfig, ChannelKind, EchoCanceller, LineFraming, Place, SpanConfig, Start};
use tdm::{Law, SpanKind};

fn e1(name: &str, place: Place) -> SpanConfig {
    SpanConfig::primary_rate(name, place, SpanKind::E1)
}

fn hardware(id: &str) -> Place {
    Place::Hardware(id.to_owned())
}

fn loc(address: &str) -> Place {
    Place::Dynamic { driver: "loc".to_owned(), address: address.to_owned(), channels: 31, timing: 0 }
}

/// Spans and channels that the log's changing requests name, and requests that belong to the whole system.
fn touched(log: &[String]) -> (Vec<i32>, Vec<i32>, Vec<String>) {
    let (mut spans, mut channels, mut global) = (Vec::new(), Vec::new(), Vec::new());
    let number =
        |line: &str, key: &str| line.split_once(key).map(|(_, rest)| rest.split(' ').next().unwrap().parse::<i32>().unwrap());
    for line in log.iter().filter(|line| line.starts_with("ctl DAHDI_")) {
        let name = line.split(' ').nth(1).unwrap();
        match name {
            "DAHDI_GETVERSION" | "DAHDI_GET_PARAMS" | "DAHDI_SPANSTAT" => {}
            "DAHDI_SPANCONFIG" => spans.push(number(line, " span=").unwrap()),
            "DAHDI_STARTUP" | "DAHDI_SHUTDOWN" => spans.push(number(line, &format!("{name} ")).unwrap()),
            "DAHDI_CHANCONFIG" | "DAHDI_ATTACH_ECHOCAN" => channels.push(number(line, " chan=").unwrap()),
            _ => global.push(name.to_owned()),
        }
    }
    spans.sort_unstable();
    spans.dedup();
    channels.sort_unstable();
    channels.dedup();
    (spans, channels, global)
}

/// All of a channel that a neighbour could disturb.
fn picture(fake: &FakeKernel, channels: std::ops::RangeInclusive<i32>) -> Vec<String> {
    channels.map(|channo| fake.channel(channo, |channel| format!("{channel:?}"))).collect()
}

#[test]
fn a_span_configured_anew_leaves_its_neighbour_on_the_card_as_it_was() {
    let fake = FakeKernel::new();
    fake.add(FakeSpan::e1("A1", 1));
    fake.add(FakeSpan::e1("A1", 2));
    let echo = Some(EchoCanceller { module: "mg2".to_owned(), taps: 128, parameters: Vec::new() });
    let _neighbour = configure(&fake.sys(), &SpanConfig { echo: echo.clone(), ..e1("neighbour", hardware("A1/1")) }).unwrap();
    let call = fake.occupy(3);
    call.ioctl(Request::AudioMode(1)).unwrap();
    fake.receive(3, &[0x55; 80]);
    let before = picture(&fake, 1..=31);
    fake.clear_log();

    let first = configure(&fake.sys(), &e1("north", hardware("A1/2"))).unwrap();
    drop(first);
    let mut other = SpanConfig { echo, tone_zone: Some("us".to_owned()), ..e1("north", hardware("A1/2")) };
    other.channels.truncate(20);
    let second = configure(&fake.sys(), &other).unwrap();

    assert_eq!(picture(&fake, 1..=31), before);
    let (spans, channels, global) = touched(&fake.log());
    assert_eq!(spans, [2]);
    assert_eq!(channels, (32..=62).collect::<Vec<_>>());
    assert_eq!(global, ["DAHDI_LOADZONE"], "and that gives nobody another zone");
    let mut block = [0; 80];
    assert_eq!(call.read(&mut block).unwrap(), 80);
    drop(second);
}

#[test]
fn a_failure_on_one_span_leaves_its_neighbour_as_it_was() {
    let fake = FakeKernel::new();
    fake.add(FakeSpan::e1("A1", 1));
    fake.add(FakeSpan::e1("A1", 2));
    let _neighbour = configure(&fake.sys(), &e1("neighbour", hardware("A1/1"))).unwrap();
    let before = picture(&fake, 1..=31);
    fake.clear_log();
    fake.refuse("ctl DAHDI_STARTUP 2", nix::libc::EIO, 1);
    assert!(configure(&fake.sys(), &e1("north", hardware("A1/2"))).is_err());
    assert_eq!(picture(&fake, 1..=31), before);
    assert_eq!(touched(&fake.log()).0, [2]);
}

#[test]
fn a_dynamic_span_made_anew_leaves_its_other_end_as_it_was() {
    let fake = FakeKernel::new();
    let first = configure(&fake.sys(), &e1("north", loc("0:0"))).unwrap();
    let _far = configure(&fake.sys(), &e1("far", loc("0:1"))).unwrap();
    let call = fake.occupy(34);
    let before = picture(&fake, 32..=62);
    drop(first);
    fake.clear_log();
    let again = configure(&fake.sys(), &e1("north", loc("0:0"))).unwrap();
    assert_eq!(again.spanno, 1);
    assert_eq!(picture(&fake, 32..=62), before);
    assert_eq!(touched(&fake.log()).0, [1]);
    drop(call);
}

#[test]
fn a_second_span_with_tones_keeps_the_zone_that_the_first_one_uses() {
    let fake = FakeKernel::new();
    fake.add(FakeSpan::analog("8B1", "ss"));
    fake.add(FakeSpan { location: "slot 2".to_owned(), ..FakeSpan::analog("8B2", "ss") });
    let channels = vec![ChannelConfig { slot: 1, kind: ChannelKind::Fxs(Start::Loop), impedance: None }];
    let analog = |id: &str| SpanConfig {
        kind: SpanKind::Analog,
        framing: LineFraming::Analog,
        law: Law::Mu,
        channels: channels.clone(),
        tone_zone: Some("us".to_owned()),
        ..e1(id, hardware(&format!("{id}/1")))
    };
    let _first = configure(&fake.sys(), &analog("8B1")).unwrap();
    let rings = fake.occupy(1);
    let zone = fake.channel(1, |channel| channel.zone);
    let second = configure(&fake.sys(), &analog("8B2")).unwrap();
    drop(second);
    assert_eq!((fake.channel(1, |channel| channel.zone), fake.state().zones.len()), (zone, 1));
    drop(rings);
}

#[test]
fn a_missing_card_leaves_the_spans_that_are_there_to_be_configured() {
    let fake = FakeKernel::new();
    fake.add(FakeSpan::e1("A1", 1));
    let missing = configure(&fake.sys(), &e1("gone", hardware("B1/1"))).err().unwrap();
    assert!(missing.missing, "{missing}");
    assert!(configure(&fake.sys(), &e1("north", hardware("A1/1"))).is_ok());
}
