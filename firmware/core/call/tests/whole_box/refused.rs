//! Calls that the far side refuses, that no route takes, or that cannot be understood.

use insta::assert_snapshot;
use model::api::Party;
use sip::Event;

use crate::bench::{Bench, PHONE_OFFER, cause, flow_from, route, sdp};

/// The phone calls 100 and the exchange refuses with `value`: status and Reason that the phone gets.
fn refused_by_exchange(value: u8) -> (u16, Option<u8>) {
    let mut bench = Bench::new();
    bench.phone_calls("100");
    let far = bench.offered_to_exchange();
    bench.at_exchange(|x, now| x.clear(now, far, cause(value)));
    bench.assert_idle();
    assert_eq!((bench.record().cause, bench.record().ended_by), (value, Party::Called));
    bench.refused_at_phone().unwrap()
}

/// The exchange calls 200 and the phone refuses with `status`: the cause that the exchange gets.
fn refused_by_phone(status: u16, headers: &[(String, String)]) -> u8 {
    let mut bench = Bench::new();
    bench.exchange_calls("200");
    let far = bench.offered_to_phone();
    bench.at_phone(|p, now| p.hangup(now, far, status, None, headers));
    bench.assert_idle();
    assert_eq!((bench.record().sip_status, bench.record().ended_by), (Some(status), Party::Called));
    bench.cleared_at_exchange().unwrap()
}

#[test]
fn isdn_causes_reach_the_sip_caller_as_status_and_reason() {
    for (value, status) in [
        (1, 404),
        (3, 404),
        (17, 486),
        (18, 408),
        (19, 480),
        (21, 403),
        (28, 484),
        (31, 480),
        (34, 503),
        (38, 503),
        (41, 503),
        (47, 503),
        (127, 500),
    ] {
        assert_eq!(refused_by_exchange(value), (status, Some(value)), "cause {value}");
    }
}

#[test]
fn sip_statuses_reach_the_isdn_caller_as_causes() {
    for (status, value) in
        [(404, 1), (408, 102), (480, 18), (484, 28), (486, 17), (488, 65), (500, 41), (503, 41), (600, 17), (603, 21), (604, 1)]
    {
        assert_eq!(refused_by_phone(status, &[]), value, "status {status}");
    }
}

#[test]
fn sip_reason_header_goes_before_the_status() {
    let reason = ("Reason".to_owned(), "Q.850;cause=34;text=\"no circuit\"".to_owned());
    assert_eq!(refused_by_phone(480, &[reason]), 34);
}

#[test]
fn busy_exchange_answers_the_sip_caller_486() {
    let mut bench = Bench::new();
    let (_, far) = bench.ringing_from_phone();
    bench.at_exchange(|x, now| x.clear(now, far, cause(17)));
    assert_snapshot!(bench.story(1));
    bench.assert_idle();
}

#[test]
fn busy_phone_clears_the_isdn_caller_with_17() {
    let mut bench = Bench::new();
    bench.exchange_calls("200");
    let far = bench.offered_to_phone();
    bench.at_phone(|p, now| p.hangup(now, far, 486, None, &[]));
    assert_snapshot!(bench.story(1));
    bench.assert_idle();
}

#[test]
fn no_route_from_sip_is_404_with_reason_1() {
    let mut bench = Bench::new();
    bench.phone_calls("999");
    assert_eq!(bench.refused_at_phone(), Some((404, Some(1))));
    assert_snapshot!(bench.story(1));
    bench.assert_idle();
    assert_eq!((bench.record().cause, bench.record().ended_by), (1, Party::Box));
    assert_eq!(bench.record().to, None);
}

#[test]
fn no_route_from_isdn_is_release_complete_with_cause_1() {
    let mut bench = Bench::new();
    bench.exchange_calls("999");
    assert_eq!(bench.cleared_at_exchange(), Some(1));
    assert_snapshot!(bench.story(1));
    bench.assert_idle();
}

#[test]
fn number_with_letters_to_isdn_is_484() {
    let mut bench = Bench::with(|s| s.routes.push(route("phone", "", "span1", 0, "")));
    bench.phone_calls("alice");
    assert_eq!(bench.refused_at_phone(), Some((484, Some(28))));
    bench.assert_idle();
}

#[test]
fn invite_from_an_unknown_source_is_403_and_no_call() {
    let mut bench = Bench::new();
    bench.at_phone(|p, now| p.invite(now, sip::Invite { flow: flow_from("192.0.2.9:5060"), ..Bench::phone_invite("100") }));
    assert_eq!(bench.refused_at_phone(), Some((403, None)));
    bench.assert_idle();
    assert_eq!(bench.engine.counters().calls, 0);
}

#[test]
fn invite_from_an_unknown_source_is_routed_when_that_is_allowed() {
    let mut bench = Bench::with(|s| {
        s.sip.accept_unknown_peers = true;
        s.routes.push(route("unknown", "1", "span1", 0, ""));
    });
    let flow = flow_from("192.0.2.9:5060");
    let call = bench.at_phone(|p, now| p.invite(now, sip::Invite { flow, ..Bench::phone_invite("100") }));
    let far = bench.offered_to_exchange();
    bench.at_exchange(|x, now| x.connect(now, far, isdn::Connected::default()));
    assert!(bench.answered_at_phone());
    bench.at_phone(|p, now| p.hangup(now, call, 480, None, &[]));
    bench.assert_idle();
    assert_eq!(bench.record().from.trunk, "unknown");
}

/// Status of the answer to an INVITE with this body.
fn answer_to_body(body: Option<sip::Body>) -> u16 {
    let mut bench = Bench::new();
    bench.at_phone(|p, now| p.invite(now, sip::Invite { body, ..Bench::phone_invite("100") }));
    let (status, _) = bench.refused_at_phone().unwrap();
    assert!(!bench.exchange_events.iter().any(|event| matches!(event, isdn::Event::Setup { .. })));
    bench.assert_idle();
    status
}

#[test]
fn invite_whose_audio_cannot_be_used_is_488_and_never_reaches_isdn() {
    assert_eq!(answer_to_body(sdp(&PHONE_OFFER.replace("RTP/AVP 8 0 101", "RTP/AVP 18"))), 488, "no codec");
    assert_eq!(answer_to_body(sdp(&PHONE_OFFER.replace("RTP/AVP", "RTP/SAVP"))), 488, "no transport");
    assert_eq!(answer_to_body(sdp(&PHONE_OFFER.replace("m=audio", "m=video"))), 488, "no audio");
    assert_eq!(answer_to_body(None), 488, "no offer");
}

#[test]
fn invite_whose_sdp_is_malformed_is_400() {
    assert_eq!(answer_to_body(sdp("this is no session description")), 400);
}

#[test]
fn codec_that_the_peer_may_not_use_is_488_with_cause_65() {
    let mut bench = Bench::with(|s| s.peers[0].codecs = vec![model::settings::Codec::Pcmu]);
    let body = sdp(&PHONE_OFFER.replace("RTP/AVP 8 0 101", "RTP/AVP 8"));
    bench.at_phone(|p, now| p.invite(now, sip::Invite { body, ..Bench::phone_invite("100") }));
    assert_eq!(bench.refused_at_phone(), Some((488, Some(65))));
    bench.assert_idle();
}

/// The phone answers the exchange's call with this body.
fn answered_with(body: Option<sip::Body>) -> Bench {
    let mut bench = Bench::new();
    bench.exchange_calls("200");
    let far = bench.offered_to_phone();
    bench.at_phone(|p, now| p.accept(now, far, &[], body));
    bench
}

#[test]
fn answer_without_our_codec_clears_both_sides_with_65_at_once() {
    let mut bench = answered_with(sdp(&PHONE_OFFER.replace("RTP/AVP 8 0 101", "RTP/AVP 18")));
    assert_snapshot!(bench.story(1));
    assert_eq!(bench.cleared_at_exchange(), Some(65));
    let byes: Vec<_> = bench.phone_events.iter().filter(|event| matches!(event, Event::Ended { .. })).collect();
    assert!(matches!(byes[..], [Event::Ended { request: Some(bye), .. }] if bye.headers.reason_q850() == Some(65)), "{byes:?}");
    bench.assert_idle();
    assert_eq!(bench.record().ended_by, Party::Box);
}

#[test]
fn answer_without_sdp_clears_both_sides_with_65() {
    let mut bench = answered_with(None);
    assert_eq!(bench.cleared_at_exchange(), Some(65));
    bench.assert_idle();
}
