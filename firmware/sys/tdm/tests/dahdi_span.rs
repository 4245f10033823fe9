//! A DAHDI span as a `Span`: its clock, what it watches, alarms, counters, timeslots.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod dahdi_fake;
mod dahdi_open;

use std::time::{Duration, Instant};

use dahdi_fake::FakeSpan;
use dahdi_open::{Opened, channels, e1_config, turn};
use tdm::dahdi::ioctl::value;
use tdm::dahdi::{ChannelKind, Place, SpanConfig, Start};
use tdm::{Alarms, BLOCK, ClockRole, Error, Law, Mode, Span, SpanEvent, SpanKind};

const CAS: ChannelKind = ChannelKind::Cas { idle_bits: 13 };

/// Services the span until `done`, at most three seconds.
fn service_until(opened: &mut Opened, done: impl Fn(&Opened) -> bool) {
    let end = Instant::now() + Duration::from_secs(3);
    while !done(opened) {
        assert!(Instant::now() < end, "it did not come");
        std::thread::sleep(Duration::from_millis(5));
        opened.span.service().unwrap();
    }
}

#[test]
fn info_says_what_the_span_is() {
    let opened = Opened::e1();
    let info = opened.span.info();
    assert_eq!((info.name.as_str(), info.hardware_id.as_str(), info.back_end), ("span1", "A1/1", "dahdi"));
    assert_eq!((info.kind, info.law, info.timeslots, info.d_channel), (SpanKind::E1, Law::A, 31, Some(16)));
    assert_eq!((info.clock, opened.span.kernel_number()), (ClockRole::Master, opened.number));
    let follower = Opened::with(FakeSpan::e1("A1", 1), SpanConfig { clock_priority: 2, ..e1_config() });
    assert_eq!(follower.span.info().clock, ClockRole::Slave);
}

#[test]
fn pacer_that_nobody_uses_gives_the_clock() {
    let mut opened = Opened::e1();
    for blocks in [0, 1, 0, 3] {
        for _ in 0..blocks {
            opened.line(31, 0);
        }
        assert_eq!(opened.span.service().unwrap().blocks, blocks);
    }
    assert_eq!(opened.span.counters().blocks, 4);
}

#[test]
fn pacer_in_use_gives_the_clock_only_when_it_has_a_block() {
    let mut opened = Opened::e1();
    let mut channel = opened.talk(31, Mode::Audio);
    assert_eq!(opened.span.service().unwrap().blocks, 0);
    opened.line(31, 9);
    assert_eq!(opened.span.service().unwrap().blocks, 1);
    assert_eq!(turn(&mut *channel, || 109), [9]);
    assert_eq!(opened.span.service().unwrap().blocks, 0);
    assert_eq!(opened.span.counters().blocks, 1);
    drop(channel);
    opened.line(31, 9);
    assert_eq!(opened.span.service().unwrap().blocks, 1, "given back, the span reads it again");
    assert_eq!(opened.span.counters().blocks, 2);
}

#[test]
fn pacer_keeps_the_phase_of_its_blocks_when_it_is_opened() {
    let mut opened = Opened::e1();
    opened.fake.clear_log();
    let _pacer = opened.talk(31, Mode::Audio);
    let _other = opened.talk(2, Mode::Audio);
    assert_eq!(opened.fake.logged("ch31 DAHDI_FLUSH 2"), 2);
    assert_eq!(opened.fake.logged("ch31 DAHDI_FLUSH 3"), 0, "its received half block must stay");
    assert_eq!(opened.fake.logged("ch2 DAHDI_FLUSH 3"), 2);
}

#[test]
fn port_that_can_go_on_hook_is_pacer_only_for_want_of_another() {
    let mut opened = Opened::t1_of(&[ChannelKind::EAndM, ChannelKind::Fxs(Start::Loop), CAS, ChannelKind::B]);
    opened.line(2, 0);
    assert_eq!(opened.span.service().unwrap().blocks, 0);
    opened.line(4, 0);
    assert_eq!(opened.span.service().unwrap().blocks, 1);
    let mut opened = Opened::t1_of(&[ChannelKind::EAndM; 2]);
    opened.line(2, 0);
    assert_eq!(opened.span.service().unwrap().blocks, 1);
}

#[test]
fn pacer_and_d_channel_are_watched_for_data_and_signalling_ports_for_events() {
    let watches =
        |opened: &Opened| opened.span.watches().iter().map(|watch| (watch.key, watch.readable, watch.urgent)).collect::<Vec<_>>();
    assert_eq!(watches(&Opened::e1()), [(16, true, true), (31, true, true)]);
    assert_eq!(watches(&Opened::e1_of(&[CAS, CAS])), [(1, false, true), (2, true, true)]);
    let d_only = SpanConfig { channels: channels(&[ChannelKind::D { hardware_hdlc: false }]), ..e1_config() };
    assert_eq!(watches(&Opened::with(FakeSpan::e1("A1", 1), d_only)), [(1, true, true)]);
}

#[test]
fn timeslot_in_use_unknown_or_of_another_kind_is_refused() {
    let mut opened = Opened::e1_of(&[ChannelKind::B, CAS]);
    let first = opened.span.open(1, Mode::Audio).unwrap();
    assert!(matches!(opened.span.open(1, Mode::Audio), Err(Error::Busy { slot: 1 })));
    assert!(matches!(opened.span.open(3, Mode::Audio), Err(Error::NoSuchTimeslot { slot: 3, timeslots: 2 })));
    assert!(matches!(opened.span.open(2, Mode::Audio), Err(Error::WrongMode { slot: 2, mode: Mode::Cas, .. })));
    drop(first);
    assert!(opened.span.open(1, Mode::Audio).is_ok(), "given back");
}

#[test]
fn alarm_that_a_channel_tells_is_declared_after_its_debounce_and_ends_a_second_after_it() {
    let mut opened = Opened::e1();
    opened.span.service().unwrap();
    assert_eq!((opened.span_events(), opened.span.alarms()), (vec![], Alarms::NONE));
    opened.fake.alarm(opened.number, value::ALARM_RED | value::ALARM_LOS);
    opened.span.service().unwrap();
    assert_eq!(opened.span.alarms(), Alarms::NONE, "a moment is no alarm");
    let red = Alarms::RED | Alarms::LOS;
    service_until(&mut opened, |opened| opened.span.alarms() == red);
    assert_eq!(opened.span_events(), [SpanEvent::AlarmsChanged { alarms: red }]);
    let begin = Instant::now();
    opened.fake.alarm(opened.number, 0);
    service_until(&mut opened, |opened| opened.span.alarms() == Alarms::NONE);
    assert!(begin.elapsed() >= Duration::from_secs(1), "{:?}", begin.elapsed());
    let expected = [red | Alarms::RECOVER, Alarms::NONE].map(|alarms| SpanEvent::AlarmsChanged { alarms });
    assert_eq!(opened.span_events(), expected);
}

#[test]
fn alarm_of_which_no_channel_tells_is_seen_within_a_second() {
    let mut opened = Opened::e1();
    opened.fake.span(opened.number, |span| span.alarms = value::ALARM_BLUE);
    service_until(&mut opened, |opened| opened.span.alarms() == Alarms::BLUE);
}

#[test]
fn alarm_told_just_before_the_only_channel_is_opened_is_not_lost() {
    let mut opened = Opened::e1_of(&[ChannelKind::B]);
    opened.span.service().unwrap();
    opened.fake.alarm(opened.number, value::ALARM_RED);
    let _channel = opened.span.open(1, Mode::Audio).unwrap();
    opened.fake.clear_log();
    opened.span.service().unwrap();
    assert_eq!(opened.fake.logged("DAHDI_SPANSTAT"), 1, "looked at at once");
}

#[test]
fn alarms_that_are_on_when_the_span_is_opened_count_at_once() {
    let opened = Opened::with(FakeSpan { alarms: value::ALARM_YELLOW, ..FakeSpan::e1("A1", 1) }, e1_config());
    assert_eq!(opened.span.alarms(), Alarms::YELLOW);
}

#[test]
fn counters_rise_each_second_with_the_slips_of_the_probe_and_begin_anew_when_asked() {
    let mut opened = Opened::e1();
    let probe = opened.span.probe();
    assert_eq!((probe.span(), probe.kernel_number()), ("span1", opened.number));
    probe.read_slips(&*opened.fake.sys()).unwrap();
    service_until(&mut opened, |opened| opened.fake.logged("DAHDI_SPANSTAT") >= 3);
    opened.fake.span(opened.number, |span| {
        span.stat.bpvcount = 12;
        span.stat.irqmisses = 3;
        span.slips = 4;
    });
    probe.read_slips(&*opened.fake.sys()).unwrap();
    service_until(&mut opened, |opened| opened.span.counters().bpv > 0);
    let counters = opened.span.counters();
    assert_eq!((counters.bpv, counters.irq_misses, counters.slips, counters.errored_seconds), (12, 3, 4, 1));
    probe.reset_counters();
    service_until(&mut opened, |opened| opened.span.counters().bpv == 0);
}

#[test]
fn state_that_cannot_be_read_once_is_read_again() {
    let mut opened = Opened::e1();
    opened.fake.alarm(opened.number, value::ALARM_RED);
    opened.fake.refuse("DAHDI_SPANSTAT", nix::libc::EIO, 1);
    opened.span.service().unwrap();
    service_until(&mut opened, |opened| opened.span.alarms() == Alarms::RED);
}

#[test]
fn idle_signalling_port_does_not_hoard_alarm_events_until_there_is_no_room_for_its_own() {
    let mut opened = Opened::e1_of(&[ChannelKind::B, CAS]);
    opened.fake.clear_log();
    for _ in 0..40 {
        opened.fake.alarm(opened.number, value::ALARM_RED);
        opened.fake.alarm(opened.number, 0);
    }
    let waiting = |opened: &Opened| opened.fake.channel(opened.channo(2), |channel| channel.events.len());
    assert!(waiting(&opened) > 60);
    service_until(&mut opened, |opened| waiting(opened) == 0);
}

#[test]
fn dynamic_span_is_opened_with_its_law_and_carries_audio() {
    let place = Place::Dynamic { driver: "loc".to_owned(), address: "1:0".to_owned(), channels: 31, timing: 0 };
    let config = SpanConfig { place, ..e1_config() };
    let fake = dahdi_fake::FakeKernel::new();
    let mut span = tdm::dahdi::DahdiSpan::open(&fake.sys(), config).unwrap_or_else(|refused| panic!("{refused}"));
    assert_eq!(span.info().hardware_id, "dynamic:loc/1:0");
    let mut channel = span.open(5, Mode::Audio).unwrap();
    assert!(matches!(channel.read(&mut [0; BLOCK]), Err(Error::WouldBlock)));
    assert_eq!(fake.play(5, 1)[0][0], Law::A.silence());
    assert_eq!(fake.channel(5, |channel| channel.law), value::LAW_ALAW);
}
