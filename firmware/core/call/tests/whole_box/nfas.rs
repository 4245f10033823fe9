//! Three T1 spans that share D-channels (NFAS): span1 has the preferred one, span2 a backup, span3 none.

use call::words::{MediaCommand, SpanId, Terminal};
use isdn::Channel;
use model::api::{ChannelUse, DChannelRole, LinkState};
use model::settings::{self, Framing, Hunting, NfasDChannel, NfasMember, Settings, Span, SwitchType};

use crate::bench::{Bench, PHONE_OFFER, cause, sdp, seconds};

fn group(settings: &mut Settings) {
    let member = |interface: u8, d_channel| Some(NfasMember { group: "pstn".into(), interface, d_channel });
    let first = &mut settings.spans[0];
    (first.framing, first.switch_type, first.nfas) = (Framing::T1, SwitchType::Ni2, member(0, NfasDChannel::Primary));
    let further = |interface: u8, d_channel| Span {
        name: format!("span{}", interface + 1),
        nfas: member(interface, d_channel),
        ..first.clone()
    };
    let further = [further(1, NfasDChannel::Backup), further(2, NfasDChannel::None)];
    settings.spans.extend(further);
}

fn bench() -> Bench {
    let mut bench = Bench::with(group);
    // The backup's link comes up too.
    bench.run(seconds(2));
    bench
}

fn roles(bench: &Bench) -> [Option<DChannelRole>; 3] {
    [0, 1, 2].map(|span| bench.engine.span(SpanId(span)).unwrap().d_channel_role)
}

fn in_use(bench: &Bench) -> Vec<(usize, u8)> {
    let of = |span: usize| {
        let channels = bench.engine.span(SpanId(span)).unwrap().channels;
        channels.into_iter().filter(|channel| channel.state == ChannelUse::InUse).map(move |channel| (span, channel.timeslot))
    };
    (0..3).flat_map(of).collect()
}

fn timeslots(command: &MediaCommand) -> Option<(usize, u8)> {
    match command {
        MediaCommand::Connect { a: Terminal::Channel { span, timeslot }, .. }
        | MediaCommand::Connect { b: Terminal::Channel { span, timeslot }, .. } => Some((span.0, *timeslot)),
        _ => None,
    }
}

#[test]
fn each_span_shows_its_channels_and_what_its_d_channel_does() {
    let bench = bench();
    assert_eq!(roles(&bench), [Some(DChannelRole::InService), Some(DChannelRole::Standby), None]);
    let counts = [0, 1, 2].map(|span| {
        let shown = bench.engine.span(SpanId(span)).unwrap();
        assert_eq!(shown.link, LinkState::Up);
        shown.channels.iter().filter(|channel| channel.state == ChannelUse::Idle).count()
    });
    assert_eq!(counts, [23, 23, 24]);
}

#[test]
fn calls_of_the_exchange_on_each_span_open_the_timeslot_there() {
    let mut bench = bench();
    let mut calls = Vec::new();
    for _ in 0..70 {
        calls.push(bench.exchange_calls("200"));
        let phone = bench.offered_to_phone();
        bench.at_phone(|p, now| p.accept(now, phone, &[], sdp(PHONE_OFFER)));
        bench.phone_events.clear();
    }
    let mut opened: Vec<(usize, u8)> = bench.commands.iter().filter_map(timeslots).collect();
    opened.sort_unstable();
    let every: Vec<(usize, u8)> =
        [(0, 23), (1, 23), (2, 24)].into_iter().flat_map(|(span, last)| (1..=last).map(move |slot| (span, slot))).collect();
    assert_eq!(opened, every);
    assert_eq!(in_use(&bench), every);
    for call in calls {
        bench.at_exchange(|x, now| x.clear(now, call, cause(16)));
    }
    bench.assert_idle();
}

#[test]
fn call_goes_on_when_the_d_channel_fails_and_is_cleared_over_the_backup() {
    let mut bench = Bench::with(|settings| {
        settings.spans[0].hunting = Hunting::Descending;
        group(settings);
    });
    bench.run(seconds(2));
    let (_, exchange) = bench.answered_from_phone();
    let held = in_use(&bench);
    assert_eq!(held, [(2, 24)]);
    bench.line_of(0, false);
    bench.run(seconds(6));
    assert_eq!(roles(&bench)[1], Some(DChannelRole::InService));
    let shown = bench.engine.span(SpanId(1)).unwrap();
    assert_eq!(shown.link, LinkState::Up);
    assert_eq!(in_use(&bench), held);
    bench.at_exchange(|x, now| x.clear(now, exchange, cause(16)));
    bench.assert_idle();
    // And a new one, over the backup.
    bench.answered_from_phone();
}

#[test]
fn span_without_a_d_channel_that_is_down_gets_no_call_and_the_others_do() {
    let mut bench = bench();
    bench.line_of(2, false);
    let taken = bench.engine.span(SpanId(2)).unwrap();
    assert!(taken.channels.iter().all(|channel| channel.state == ChannelUse::OutOfService));
    bench.answered_from_phone();
    assert!(in_use(&bench).iter().all(|(span, _)| *span != 2), "{:?}", in_use(&bench));
    bench.line_of(2, true);
    bench.run(seconds(1));
    assert!(bench.engine.span(SpanId(2)).unwrap().channels.iter().all(|channel| channel.state == ChannelUse::Idle));
}

#[test]
fn timeslot_of_another_span_is_restarted_there() {
    let mut bench = bench();
    bench.at_box(|engine, now| engine.restart_channels(now, SpanId(2), Some(24))).unwrap();
    bench.run(seconds(1));
    assert_eq!(bench.exchange.stats().restarts_received, 1);
    let why = bench.at_box(|engine, now| engine.restart_channels(now, SpanId(1), Some(24))).unwrap_err();
    assert_eq!(why, "timeslot 24 of span span2 is no B-channel");
    let channels = bench.exchange.channels();
    assert!(channels.iter().all(|status| status.state == isdn::ChannelState::Idle), "{channels:?}");
    assert!(channels.iter().any(|status| status.channel == Channel { interface: 2, slot: 24 }));
}

#[test]
fn group_that_cannot_be_is_refused_with_the_key_that_is_wrong() {
    let bad = |change: fn(&mut Settings)| {
        let mut settings = settings::read(include_str!("nfas.toml")).settings.unwrap();
        change(&mut settings);
        let problems = settings::validate(&settings);
        problems.into_iter().map(|problem| problem.to_string()).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(bad(|_| {}), "");
    insta::assert_snapshot!(bad(|s| s.spans[0].nfas = None));
    insta::assert_snapshot!(bad(|s| s.spans[2].nfas.as_mut().unwrap().interface = 1));
    insta::assert_snapshot!(bad(|s| s.spans[1].nfas.as_mut().unwrap().interface = 127));
    insta::assert_snapshot!(bad(|s| s.spans[1].nfas.as_mut().unwrap().d_channel = NfasDChannel::Primary));
    insta::assert_snapshot!(bad(|s| s.spans[1].framing = Framing::E1));
    insta::assert_snapshot!(bad(|s| s.spans.iter_mut().for_each(|span| span.switch_type = SwitchType::Qsig)));
}
