//! What breaks under a call: the line, the peer, the audio.

use insta::assert_snapshot;
use model::api::Party;
use sip::Transport;

use crate::bench::{BOX, Bench, IN_BAND, Media, PHONE, PHONE_OFFER, address, ms, sdp, seconds};

#[test]
fn short_alarm_under_an_answered_call_leaves_it_up() {
    let mut bench = Bench::new();
    let (phone, _) = bench.answered_from_phone();
    bench.line(false);
    bench.run(seconds(30));
    bench.line(true);
    bench.run(seconds(30));
    assert!(bench.records.is_empty(), "{}", bench.story(1));
    bench.at_phone(|p, now| p.hangup(now, phone, 480, None, &[]));
    bench.assert_idle();
    assert_eq!(bench.record().ended_by, Party::Caller);
}

#[test]
fn long_alarm_under_an_answered_call_ends_it_with_27() {
    let mut bench = Bench::new();
    bench.answered_from_phone();
    bench.line(false);
    // Q.931 T309.
    bench.run(seconds(91));
    assert!(bench.sent("BYE ")[0].contains("Reason: Q.850;cause=27;"), "{:?}", bench.sent("BYE "));
    assert_snapshot!(bench.story(1));
    bench.assert_idle();
    assert_eq!((bench.record().cause, bench.record().ended_by), (27, Party::Box));
}

#[test]
fn alarm_while_ringing_refuses_the_sip_caller_at_once() {
    let mut bench = Bench::new();
    bench.ringing_from_phone();
    bench.line(false);
    bench.run(ms(100));
    assert_eq!(bench.refused_at_phone(), Some((502, Some(27))));
    bench.assert_idle();
}

#[test]
fn alarm_while_ringing_cancels_the_sip_side() {
    let mut bench = Bench::new();
    bench.ringing_from_exchange();
    bench.line(false);
    bench.run(ms(100));
    assert_eq!(bench.sent("CANCEL ").len(), 1);
    bench.assert_idle();
}

#[test]
fn silent_peer_gives_the_isdn_caller_41_before_the_networks_t310() {
    let mut bench = Bench::new();
    bench.silent.push(address(PHONE));
    bench.exchange_calls("200");
    bench.run(ms(7_800));
    assert_eq!(bench.cleared_at_exchange(), None);
    bench.run(ms(200));
    assert_eq!(bench.cleared_at_exchange(), Some(41));
    // The channel is free; the dialog that may yet come waits for timer B.
    assert_eq!((bench.engine.held().channels, bench.engine.held().sip_legs), (0, 1));
    bench.run(seconds(32));
    assert_snapshot!(bench.story(1));
    bench.assert_idle();
    assert_eq!(bench.record().ended_by, Party::Box);
}

#[test]
fn peer_that_reacts_late_and_slowly_keeps_the_call() {
    let mut bench = Bench::with(|s| s.sip.ring_seconds = 180);
    bench.silent.push(address(PHONE));
    bench.exchange_calls("200");
    bench.run(seconds(7));
    bench.silent.clear();
    // The repeat at 7.5 s gets through and is answered 100; then nothing for longer than timer B.
    bench.run(seconds(40));
    assert_eq!(bench.cleared_at_exchange(), None, "{}", bench.story(1));
    let far = bench.offered_to_phone();
    bench.at_phone(|p, now| p.accept(now, far, &[], sdp(PHONE_OFFER)));
    assert!(bench.answered_at_exchange());
    bench.at_phone(|p, now| p.hangup(now, far, 480, None, &[]));
    bench.assert_idle();
}

#[test]
fn peer_that_answers_after_the_caller_was_cleared_is_ended_too() {
    let mut bench = Bench::new();
    bench.silent.push(address(PHONE));
    bench.exchange_calls("200");
    bench.run(seconds(9));
    assert_eq!(bench.cleared_at_exchange(), Some(41));
    bench.silent.clear();
    // The repeat at 15.5 s gets through: 100, and the CANCEL that waited for it.
    bench.run(seconds(8));
    assert_eq!(bench.sent("CANCEL ").len(), 1, "{}", bench.story(1));
    bench.assert_idle();
}

#[test]
fn peer_that_cannot_be_reached_gives_the_isdn_caller_38_at_once() {
    let mut bench = Bench::new();
    bench.unreachable.push(address(PHONE));
    bench.exchange_calls("200");
    assert_eq!(bench.cleared_at_exchange(), Some(38));
    assert_eq!(bench.record().reason, "the peer cannot be reached: connection refused");
    bench.assert_idle();
}

#[test]
fn connection_that_closes_before_the_answer_gives_the_isdn_caller_38() {
    let mut bench = Bench::with(|s| s.peers[0].address = "tcp:192.0.2.2:5060".parse().unwrap());
    bench.silent.push(address(PHONE));
    bench.exchange_calls("200");
    let flow = sip::Flow { transport: Transport::Tcp, local: address(BOX), remote: address(PHONE) };
    bench.at_box(|b, now| b.handle_stream_closed(now, flow));
    assert_eq!(bench.cleared_at_exchange(), Some(38), "{}", bench.story(1));
    bench.assert_idle();
}

#[test]
fn sip_caller_that_never_acknowledges_is_ended_with_102() {
    let mut bench = Bench::new();
    let (_, far) = bench.ringing_from_phone();
    bench.silent.push(address(PHONE));
    bench.at_exchange(|x, now| x.connect(now, far, isdn::Connected::default()));
    bench.run(seconds(33));
    assert_eq!(bench.cleared_at_exchange(), Some(102), "{}", bench.story(1));
    bench.silent.clear();
    bench.at_phone(|p, now| p.hangup(now, sip::CallId(1), 487, None, &[]));
    bench.assert_idle();
}

#[test]
fn audio_that_cannot_be_opened_at_the_answer_clears_both_sides_with_47() {
    let mut bench = Bench::new();
    bench.media = Media::Fails;
    bench.answered_from_phone();
    assert_snapshot!(bench.story(1));
    assert_eq!(bench.cleared_at_exchange(), Some(47));
    assert!(bench.sent("BYE ")[0].contains("Reason: Q.850;cause=47;"), "{:?}", bench.sent("BYE "));
    bench.assert_idle();
    assert_eq!((bench.record().ended_by, bench.record().quality), (Party::Box, None));
}

#[test]
fn early_audio_that_cannot_be_opened_refuses_the_sip_caller_with_503() {
    let mut bench = Bench::new();
    bench.media = Media::Fails;
    bench.phone_calls("100");
    let far = bench.offered_to_exchange();
    bench.at_exchange(|x, now| x.progress(now, far, vec![IN_BAND], None));
    assert_eq!(bench.refused_at_phone(), Some((503, Some(47))));
    bench.assert_idle();
}

#[test]
fn media_threads_that_never_answer_delay_the_record_by_one_second_only() {
    let mut bench = Bench::new();
    bench.media = Media::Silent;
    let (phone, _) = bench.answered_from_phone();
    bench.at_phone(|p, now| p.hangup(now, phone, 480, None, &[]));
    bench.run(ms(800));
    assert!(bench.records.is_empty());
    assert_eq!(bench.engine.held().ports, 1);
    bench.run(ms(200));
    assert_eq!(bench.record().quality, None);
    bench.assert_idle();
}

#[test]
fn garbage_from_the_wire_is_counted_and_disturbs_no_call() {
    let mut bench = Bench::new();
    let (phone, _) = bench.answered_from_phone();
    let flow = sip::Flow { transport: Transport::Udp, local: address(BOX), remote: address(PHONE) };
    for garbage in
        [&b""[..], b"\xff", b"\x00\x01", b"INVITE", b"\x02\x01\x01\x01\x09\xff\xff", b"SIP/2.0 200 OK\r\n\r\n", &[0; 70_000]]
    {
        bench.at_box(|b, now| b.handle_datagram(now, flow, garbage));
        bench.at_box(|b, now| b.handle_frame(now, call::words::SpanId(0), garbage));
        bench.at_box(|b, now| b.handle_frame(now, call::words::SpanId(9), garbage));
        bench.at_box(|b, now| b.handle_stream(now, sip::Flow { transport: Transport::Tcp, ..flow }, garbage));
    }
    let counters = bench.engine.counters();
    assert!(counters.malformed_sip >= 3 && counters.malformed_isdn >= 3, "{counters:?}");
    assert!(bench.records.is_empty());
    bench.at_phone(|p, now| p.hangup(now, phone, 480, None, &[]));
    bench.assert_idle();
}
