//! Spans that are missing, fail, return, are configured anew, or carry no calls.

use call::LineReport;
use call::words::SpanId;
use model::api::{Alarms, BitErrorTest, ChannelUse, LineCounters, LinkState, SpanState};
use model::settings::{self, Framing, Hunting, Settings, Signalling, Span};

use crate::bench::{Bench, ms, route, seconds};

const SPAN: SpanId = SpanId(0);
const OTHER: SpanId = SpanId(1);

fn missing() -> SpanState {
    SpanState::Missing { why: "no device 1TE435F/1".into() }
}

/// A second span, of this text.
fn with_other(s: &mut Settings, toml: &str) {
    s.spans.push(settings::read_span(toml).span.unwrap());
}

const CAS: &str = "[[span]]\nname = \"r2\"\nsignalling = \"cas\"\nback_end.dahdi = { hardware = \"A1/1\", channels = [{ slots = \"1-3\", kind = \"cas\" }] }\n";

#[test]
fn span_missing_ends_nothing_elsewhere_and_refuses_calls_with_cause_34() {
    let mut bench = Bench::new();
    bench.at_box(|engine, now| engine.handle_span_state(now, SPAN, missing()));
    let shown = bench.engine.span(SPAN).unwrap();
    assert_eq!((&shown.state, shown.link, shown.in_service()), (&missing(), LinkState::Down, false));
    bench.phone_calls("100");
    assert_eq!(bench.refused_at_phone(), Some((503, Some(34))));
    let record = bench.record();
    assert!(record.reason.contains("span span1 is not there"), "{record:?}");
}

#[test]
fn span_back_comes_up_with_its_next_line_state() {
    let mut bench = Bench::new();
    bench.at_box(|engine, now| engine.handle_span_state(now, SPAN, missing()));
    // A report that was on its way must not bring it up.
    bench.at_box(|engine, now| engine.handle_line(now, SPAN, Alarms::default(), false));
    assert!(!bench.engine.span(SPAN).unwrap().in_service());
    bench.at_box(|engine, now| engine.handle_span_state(now, SPAN, SpanState::Running));
    bench.line(true);
    bench.run(seconds(3));
    assert!(bench.engine.span(SPAN).unwrap().in_service(), "{:?}", bench.engine.span(SPAN));
    bench.answered_from_phone();
}

#[test]
fn span_configured_anew_ends_its_call_at_both_ends_and_takes_the_new_settings() {
    let mut bench = Bench::new();
    bench.answered_from_phone();
    let new = |engine: &call::Engine| -> Span {
        let name = engine.span(SPAN).unwrap().name;
        let toml = format!("[[span]]\nname = \"{name}\"\nhunting = \"descending\"\nback_end.virtual.socket = \"span1.sock\"\n");
        settings::read_span(&toml).span.unwrap()
    };
    let settings = new(&bench.engine);
    assert_eq!(settings.hunting, Hunting::Descending);
    bench.at_box(|engine, now| engine.reconfigure_span(now, SPAN, settings));
    let record = bench.record();
    assert_eq!((record.cause, record.reason.as_str()), (41, "span span1 is being configured anew"));
    assert_eq!(bench.cleared_at_exchange(), Some(41));
    assert_eq!((bench.engine.held().legs, bench.engine.held().channels, bench.engine.held().ports), (0, 0, 0));
    assert_eq!(bench.engine.span(SPAN).unwrap().link, LinkState::Down);
    bench.line(false);
    bench.line(true);
    bench.run(seconds(3));
    bench.answered_from_phone();
    // Hunted from the top now.
    let used: Vec<u8> =
        bench.engine.span(SPAN).unwrap().channels.iter().filter(|c| c.state == ChannelUse::InUse).map(|c| c.timeslot).collect();
    assert_eq!(used, [31]);
}

#[test]
fn span_with_many_calls_lets_all_of_them_go_and_takes_no_more() {
    let mut bench = Bench::new();
    for _ in 0..20 {
        bench.answered_from_phone();
    }
    assert_eq!(bench.at_box(|engine, now| engine.let_go_of_span(now, SPAN)), 20);
    bench.phone_calls("100");
    bench.run(ms(500));
    assert_eq!(bench.refused_at_phone(), Some((503, Some(34))));
    assert_eq!(bench.at_box(|engine, now| engine.let_go_of_span(now, SPAN)), 0);
    let anew = bench.records.iter().filter(|record| record.cause == 41 && record.reason.contains("configured anew"));
    assert_eq!(anew.count(), 20);
    assert_eq!(bench.exchange.calls().count(), 0, "the far end was told of every one");
}

#[test]
fn other_span_configured_anew_leaves_the_call_alone() {
    let other = "[[span]]\nname = \"other\"\nframing = \"t1\"\nback_end.virtual.socket = \"other.sock\"\n";
    let mut bench = Bench::with(|s| with_other(s, other));
    bench.answered_from_phone();
    let settings = settings::read_span(&other.replace("t1", "e1")).span.unwrap();
    bench.at_box(|engine, now| engine.reconfigure_span(now, OTHER, settings));
    assert_eq!(bench.engine.span(OTHER).unwrap().framing, Framing::E1);
    assert_eq!((bench.engine.held().calls, bench.engine.held().channels), (1, 1));
    assert!(bench.records.is_empty());
}

#[test]
fn span_without_primary_rate_shows_its_channels_and_no_link() {
    let mut bench = Bench::with(|s| with_other(s, CAS));
    let shown = bench.engine.span(OTHER).unwrap();
    assert_eq!((shown.signalling, shown.link), (Signalling::Cas, LinkState::None));
    let states = |bench: &Bench| bench.engine.span(OTHER).unwrap().channels.iter().map(|c| c.state).collect::<Vec<_>>();
    assert_eq!(states(&bench), [ChannelUse::OutOfService; 3]);
    bench.at_box(|engine, now| engine.handle_line(now, OTHER, Alarms::default(), false));
    assert_eq!(states(&bench), [ChannelUse::Idle; 3]);
    bench.at_box(|engine, now| engine.handle_line(now, OTHER, Alarms(vec!["RED".into()]), true));
    assert_eq!(states(&bench), [ChannelUse::OutOfService; 3]);
}

#[test]
fn frame_for_a_span_without_primary_rate_is_nothing() {
    let mut bench = Bench::with(|s| with_other(s, CAS));
    bench.at_box(|engine, now| engine.handle_frame(now, OTHER, &[2, 1, 0x7f]));
    assert_eq!(bench.engine.span(OTHER).unwrap().d_channel.frames_received, 0);
}

#[test]
fn figures_reported_are_shown_and_become_a_verdict() {
    let mut bench = Bench::with(|s| s.routes.push(route("span1", "9", "phone", 0, "")));
    let mut counters = LineCounters::default();
    for _ in 0..15 {
        counters.slips += 1;
        counters.crc4 += 3;
        bench.at_box(|engine, now| engine.handle_line_report(now, SPAN, LineReport { counters, ..LineReport::default() }));
        bench.run(ms(900));
    }
    let shown = bench.engine.span(SPAN).unwrap();
    let verdict = shown.verdict.unwrap();
    assert_eq!(shown.line.slips, 15);
    assert!(verdict.text.starts_with("the two ends' clocks differ"), "{verdict:?}");
    assert!(verdict.evidence[0].contains("slips in the last minute"), "{verdict:?}");
}

fn under_test(bench: &mut Bench, timeslot: u8) -> Result<(), String> {
    bench.at_box(|engine, now| engine.begin_test(now, SPAN, timeslot))
}

fn report_of_test(bench: &mut Bench, timeslot: u8) -> Option<BitErrorTest> {
    let test = BitErrorTest { timeslot, in_sync: true, bits: 640, errors: 3, losses: 0, missed_blocks: 0 };
    let report = LineReport { bit_error_test: Some(test), ..LineReport::default() };
    bench.at_box(|engine, now| engine.handle_line_report(now, SPAN, report));
    bench.engine.span(SPAN).unwrap().bit_error_test
}

#[test]
fn timeslot_under_test_is_no_calls_until_the_test_ends() {
    let mut bench = Bench::new();
    under_test(&mut bench, 1).unwrap();
    assert!(under_test(&mut bench, 2).unwrap_err().contains("timeslot 1 of span span1 is under test"));
    assert_eq!(report_of_test(&mut bench, 1).unwrap().errors, 3);
    bench.answered_from_phone();
    let states = |bench: &Bench| {
        let channels = bench.engine.span(SPAN).unwrap().channels;
        channels[..2].iter().map(|channel| channel.state).collect::<Vec<_>>()
    };
    assert_eq!(states(&bench), [ChannelUse::OutOfService, ChannelUse::InUse]);
    bench.at_box(|engine, now| engine.end_test(now, SPAN));
    assert_eq!(states(&bench), [ChannelUse::Idle, ChannelUse::InUse]);
    assert_eq!(report_of_test(&mut bench, 1), None, "a report that was on its way");
    assert!(under_test(&mut bench, 2).unwrap_err().contains("a call has channel 2"));
}

#[test]
fn span_lost_under_test_comes_back_with_the_timeslot_for_calls() {
    let mut bench = Bench::new();
    under_test(&mut bench, 1).unwrap();
    bench.at_box(|engine, now| engine.handle_span_state(now, SPAN, missing()));
    assert!(under_test(&mut bench, 1).unwrap_err().contains("not there"));
    bench.at_box(|engine, now| engine.handle_span_state(now, SPAN, SpanState::Running));
    bench.line(true);
    bench.run(seconds(3));
    assert_eq!(bench.engine.span(SPAN).unwrap().channels[0].state, ChannelUse::Idle);
}

#[test]
fn timeslots_without_primary_rate_and_unknown_spans_cannot_be_tested() {
    let mut bench = Bench::with(|s| with_other(s, CAS));
    let refused = bench.at_box(|engine, now| engine.begin_test(now, OTHER, 1)).unwrap_err();
    assert!(refused.contains("span r2 has no B-channels"), "{refused}");
    assert!(bench.at_box(|engine, now| engine.begin_test(now, SpanId(7), 1)).is_err());
}

#[test]
fn timeslot_restarted_ends_its_call_at_both_ends_and_is_idle_again() {
    let mut bench = Bench::new();
    bench.answered_from_phone();
    let slot = bench.engine.span(SPAN).unwrap().channels.iter().find(|channel| channel.call.is_some()).unwrap().timeslot;
    bench.at_box(|engine, now| engine.restart_channels(now, SPAN, Some(slot))).unwrap();
    bench.run(seconds(1));
    assert_eq!(bench.exchange.stats().restarts_received, 1);
    assert_eq!(bench.exchange.calls().count(), 0);
    bench.assert_idle();
    let record = bench.record();
    assert_eq!((record.cause, record.ended_by), (41, model::api::Party::Box), "{record:?}");
    assert_eq!(record.reason, format!("timeslot {slot} was restarted by the administrator"));
    assert!(bench.engine.span(SPAN).unwrap().channels.iter().all(|channel| channel.state == ChannelUse::Idle));
}

#[test]
fn span_restarted_restarts_every_channel_one_after_the_other() {
    let mut bench = Bench::new();
    bench.answered_from_phone();
    bench.at_box(|engine, now| engine.restart_channels(now, SPAN, None)).unwrap();
    bench.run(seconds(5));
    assert_eq!(bench.exchange.stats().restarts_received, 30);
    bench.assert_idle();
    assert!(bench.engine.span(SPAN).unwrap().channels.iter().all(|channel| channel.state == ChannelUse::Idle));
    bench.answered_from_phone();
}

#[test]
fn what_is_no_channel_or_has_no_link_is_not_restarted_and_says_why() {
    let mut bench = Bench::new();
    let why = bench.at_box(|engine, now| engine.restart_channels(now, SPAN, Some(16))).unwrap_err();
    assert_eq!(why, "timeslot 16 of span span1 is no B-channel");
    bench.line(false);
    let why = bench.at_box(|engine, now| engine.restart_channels(now, SPAN, None)).unwrap_err();
    assert!(why.contains("D-channel of span span1 is down"), "{why}");
    bench.at_box(|engine, now| engine.handle_span_state(now, SPAN, missing()));
    assert_eq!(bench.at_box(|engine, now| engine.restart_channels(now, SPAN, None)).unwrap_err(), "span span1 is not there");
}

#[test]
fn channel_that_the_far_end_took_out_of_service_is_out_after_a_restart_too_until_it_is_given_back() {
    let ni2 = |settings: &mut Settings| settings.spans[0].switch_type = settings::SwitchType::Ni2;
    let mut bench = Bench::with(ni2);
    bench.at_exchange(|x, now| x.block(now, 1)).unwrap();
    assert_eq!(bench.engine.out_at_far_end(SPAN), [1]);
    let mut settings = Bench::settings();
    ni2(&mut settings);
    // Of 1 this exchange speaks again with its link; of 3 nobody says anything, it is only remembered.
    bench.restart_box(settings, vec![("span1".into(), vec![1, 3]), ("gone".into(), vec![2])]);
    let first = |bench: &Bench| bench.engine.span(SPAN).unwrap().channels[0].state;
    assert_eq!((first(&bench), bench.engine.out_at_far_end(SPAN)), (ChannelUse::OutOfService, vec![1, 3]));
    assert_eq!(bench.engine.span(SPAN).unwrap().channels[2].state, ChannelUse::OutOfService);
    bench.answered_from_phone();
    assert_eq!(first(&bench), ChannelUse::OutOfService);
    bench.at_exchange(|x, now| x.unblock(now, 1));
    assert_eq!((first(&bench), bench.engine.out_at_far_end(SPAN)), (ChannelUse::Idle, vec![3]));
}
