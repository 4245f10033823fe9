//! Why a call failed, as a PBX hears it: DISCONNECT with a tone, for as long as the PBX or T306 lets it.

use call::Held;
use call::words::{CallId, MediaCommand};
use insta::assert_snapshot;
use isdn::{Event, Who};
use model::api::Party;
use model::country::ToneKind;

use crate::bench::{Bench, Media, PHONE_OFFER, cause, ms, route, sdp, seconds};
use crate::tones_owed::{pbx, tones, with};

/// What a lingering caller holds: his leg and his channel.
const LEG_AND_CHANNEL: Held = Held { calls: 0, legs: 1, isdn_legs: 1, sip_legs: 0, channels: 1, ports: 0 };

/// The PBX calls the phone, which is busy: the PBX hears it.
fn busy() -> (Bench, isdn::CallId) {
    let mut bench = pbx();
    let near = bench.exchange_calls("200");
    let far = bench.offered_to_phone();
    bench.at_phone(|p, now| p.hangup(now, far, 486, None, &[]));
    assert_eq!(tones(&bench), [Some(ToneKind::Busy)], "{}", bench.story(1));
    assert_eq!(bench.engine.held(), LEG_AND_CHANNEL);
    (bench, near)
}

/// The release that the PBX heard of, and who caused it.
fn released(bench: &Bench) -> Vec<(u8, Who)> {
    let of = |event: &Event| if let Event::Released { cause, by, .. } = event { Some((cause.value.0, *by)) } else { None };
    bench.exchange_events.iter().filter_map(of).collect()
}

#[test]
fn busy_phone_gives_the_pbx_disconnect_with_busy_tone_until_the_pbx_releases() {
    let (mut bench, near) = busy();
    bench.run(seconds(10));
    assert_eq!(released(&bench), []);
    bench.at_exchange(|x, now| x.clear(now, near, cause(16)));
    assert_eq!(bench.engine.held(), Held::default());
    assert_snapshot!(bench.story(1));
    bench.assert_idle();
}

#[test]
fn busy_tone_that_nobody_ends_is_released_after_t306() {
    let (mut bench, _) = busy();
    bench.run(seconds(29));
    assert_eq!(released(&bench), []);
    bench.run(seconds(1));
    assert_eq!(released(&bench), [(17, Who::Peer)]);
    assert_eq!(bench.engine.held(), Held::default());
    bench.assert_idle();
}

#[test]
fn busy_tone_is_heard_while_record_and_counters_say_that_the_call_is_over() {
    let (mut bench, near) = busy();
    let record = bench.record().clone();
    assert_eq!((record.cause, record.sip_status, record.ended_by), (17, Some(486), Party::Called));
    let counters = bench.engine.counters();
    assert_eq!((counters.calls, counters.ended), (1, 1));
    assert!(bench.engine.controller().call(CallId(1)).is_none());
    assert_eq!(bench.engine.peers()[0].calls, 0);
    bench.run(seconds(20));
    bench.at_exchange(|x, now| x.clear(now, near, cause(16)));
    bench.assert_idle();
    assert_eq!(bench.record(), &record, "one record, whatever the tone lasted");
}

#[test]
fn ringback_turns_into_busy_tone_in_the_same_place() {
    let mut bench = pbx();
    let (near, far) = bench.ringing_from_exchange();
    bench.at_phone(|p, now| p.hangup(now, far, 486, None, &[]));
    assert!(matches!(bench.commands[..], [MediaCommand::Tone { .. }, MediaCommand::Tone { .. }]), "{:?}", bench.commands);
    assert_eq!(tones(&bench), [Some(ToneKind::Ringback), Some(ToneKind::Busy)]);
    bench.at_exchange(|x, now| x.clear(now, near, cause(16)));
    assert!(matches!(bench.commands[..], [_, _, MediaCommand::Disconnect { .. }]), "{:?}", bench.commands);
    bench.assert_idle();
}

#[test]
fn early_media_is_closed_before_the_tone_and_its_figures_are_kept() {
    let mut bench = pbx();
    let near = bench.exchange_calls("200");
    let far = bench.offered_to_phone();
    bench.at_phone(|p, now| p.provisional(now, far, 183, &[], sdp(PHONE_OFFER)));
    bench.at_phone(|p, now| p.hangup(now, far, 503, None, &[]));
    assert!(
        matches!(
            bench.commands[..],
            [
                MediaCommand::Connect { .. },
                MediaCommand::Disconnect { .. },
                MediaCommand::Tone { tone: Some(ToneKind::Congestion), .. }
            ]
        ),
        "{:?}",
        bench.commands
    );
    assert_eq!((bench.record().quality.unwrap().packets_sent, bench.engine.held()), (50, LEG_AND_CHANNEL));
    bench.at_exchange(|x, now| x.clear(now, near, cause(16)));
    bench.assert_idle();
}

#[test]
fn causes_are_heard_as_the_tones_that_exchanges_give() {
    for (status, value, tone) in [
        (486, 17, ToneKind::Busy),
        (480, 18, ToneKind::Busy),
        (603, 21, ToneKind::Busy),
        (503, 41, ToneKind::Congestion),
        (488, 65, ToneKind::Congestion),
        (404, 1, ToneKind::SpecialInformation),
        (484, 28, ToneKind::SpecialInformation),
    ] {
        let mut bench = pbx();
        bench.exchange_calls("200");
        let far = bench.offered_to_phone();
        bench.at_phone(|p, now| p.hangup(now, far, status, None, &[]));
        assert_eq!((bench.cleared_at_exchange(), tones(&bench)), (Some(value), vec![Some(tone)]), "status {status}");
        bench.assert_idle();
    }
}

#[test]
fn no_answer_is_heard_as_busy_tone() {
    let mut bench = pbx();
    bench.ringing_from_exchange();
    bench.run(seconds(21));
    assert_eq!((bench.cleared_at_exchange(), tones(&bench)), (Some(19), vec![Some(ToneKind::Ringback), Some(ToneKind::Busy)]));
    bench.assert_idle();
}

#[test]
fn no_channel_to_the_called_side_is_heard_as_congestion_and_frees_the_route_at_once() {
    let mut bench = with(|s| s.routes.push(route("span1", "3", "span1", 1, "")));
    bench.exchange_calls("3100");
    let far = bench.offered_to_exchange();
    bench.at_exchange(|x, now| x.clear(now, far, cause(34)));
    assert_eq!((tones(&bench), bench.engine.held()), (vec![Some(ToneKind::Congestion)], LEG_AND_CHANNEL));
    bench.assert_idle();
}

#[test]
fn call_without_a_route_has_no_channel_for_a_tone() {
    let mut bench = pbx();
    bench.exchange_calls("999");
    assert_eq!((bench.lines(1, "RELEASE COMPLETE cr=1' cause=1"), tones(&bench)), (1, vec![]), "{}", bench.story(1));
    bench.assert_idle();
}

#[test]
fn answered_call_that_the_called_side_ends_has_no_tone() {
    let mut bench = pbx();
    let (_, far) = bench.answered_from_exchange();
    bench.at_phone(|p, now| p.hangup(now, far, 480, None, &[]));
    assert_eq!((tones(&bench), bench.lines(1, "DISCONNECT cr=1' cause=16 progress")), (vec![Some(ToneKind::Ringback)], 0));
    bench.assert_idle();
}

#[test]
fn caller_and_called_side_end_at_the_same_moment_nothing_stays() {
    let mut bench = pbx();
    let (near, far) = bench.ringing_from_exchange();
    let now = bench.now();
    bench.phone.hangup(now, far, 486, None, &[]);
    bench.exchange.clear(now, near, cause(16));
    bench.run(seconds(1));
    assert_eq!(bench.engine.held(), Held::default(), "{}", bench.story(1));
    bench.assert_idle();
}

#[test]
fn line_that_goes_down_under_a_tone_ends_it() {
    let (mut bench, _) = busy();
    bench.line(false);
    bench.run(seconds(5));
    assert_eq!(bench.engine.held(), Held::default(), "{}", bench.story(1));
    bench.line(true);
    bench.assert_idle();
}

#[test]
fn administrator_ends_a_tone_at_once() {
    let (mut bench, _) = busy();
    assert!(bench.at_box(|b, now| b.hang_up(now, CallId(1), "ended by admin")));
    assert_eq!((released(&bench), bench.engine.held()), (vec![(17, Who::Peer)], Held::default()), "{}", bench.story(1));
    assert_eq!(bench.record().cause, 17);
    bench.assert_idle();
}

#[test]
fn administrator_ends_a_call_and_leaves_no_tone() {
    let mut bench = pbx();
    bench.ringing_from_exchange();
    bench.at_box(|b, now| b.hang_up_all(now, "the box goes down"));
    assert_eq!((tones(&bench), bench.engine.held()), (vec![Some(ToneKind::Ringback)], Held::default()), "{}", bench.story(1));
    bench.assert_idle();
}

#[test]
fn span_that_is_configured_anew_ends_a_tone() {
    let (mut bench, _) = busy();
    assert_eq!(bench.at_box(|b, now| b.let_go_of_span(now, call::words::SpanId(0))), 1);
    assert_eq!(bench.engine.held(), Held::default(), "{}", bench.story(1));
    bench.assert_idle();
}

#[test]
fn media_threads_that_are_silent_hold_nothing_up() {
    let mut bench = pbx();
    bench.media = Media::Silent;
    let near = bench.exchange_calls("200");
    let far = bench.offered_to_phone();
    bench.at_phone(|p, now| p.provisional(now, far, 183, &[], sdp(PHONE_OFFER)));
    bench.at_phone(|p, now| p.hangup(now, far, 486, None, &[]));
    bench.run(ms(1100));
    assert_eq!((bench.records.len(), bench.engine.held()), (1, LEG_AND_CHANNEL));
    bench.at_exchange(|x, now| x.clear(now, near, cause(16)));
    bench.run(ms(1100));
    assert_eq!(bench.engine.held(), Held::default());
    bench.assert_idle();
}

#[test]
fn audio_that_cannot_be_opened_leaves_no_tone() {
    let mut bench = pbx();
    bench.media = Media::Fails;
    bench.exchange_calls("200");
    let far = bench.offered_to_phone();
    bench.at_phone(|p, now| p.provisional(now, far, 183, &[], sdp(PHONE_OFFER)));
    assert_eq!((tones(&bench), bench.cleared_at_exchange()), (vec![], Some(47)), "{}", bench.story(1));
    bench.assert_idle();
}
