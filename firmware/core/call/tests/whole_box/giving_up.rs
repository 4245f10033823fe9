//! The caller gives up before the answer.

use insta::assert_snapshot;
use model::api::Party;

use crate::bench::{Bench, PHONE, PHONE_OFFER, address, cause, ms, sdp, seconds};

#[test]
fn ringing_sip_caller_cancels_isdn_is_disconnected() {
    let mut bench = Bench::new();
    let (phone, _) = bench.ringing_from_phone();
    bench.at_phone(|p, now| p.hangup(now, phone, 487, None, &[]));
    assert_snapshot!(bench.story(1));
    assert_eq!(bench.refused_at_phone(), Some((487, None)));
    bench.assert_idle();
}

#[test]
fn cancel_with_reason_gives_isdn_that_cause() {
    let mut bench = Bench::new();
    let (phone, _) = bench.ringing_from_phone();
    let reason = ("Reason".to_owned(), "SIP;cause=200, Q.850;cause=26".to_owned());
    bench.at_phone(|p, now| p.hangup(now, phone, 487, None, &[reason]));
    assert_eq!(bench.cleared_at_exchange(), Some(26));
    bench.assert_idle();
    assert_eq!(bench.record().cause, 26);
}

#[test]
fn sip_caller_cancels_before_the_exchange_reacts() {
    let mut bench = Bench::new();
    let phone = bench.phone_calls("100");
    bench.at_phone(|p, now| p.hangup(now, phone, 487, None, &[]));
    assert_eq!(bench.cleared_at_exchange(), Some(16));
    bench.assert_idle();
    assert_eq!((bench.record().ended_by, bench.record().post_dial_delay_ms), (Party::Caller, None));
}

#[test]
fn ringing_isdn_caller_clears_sip_is_cancelled() {
    let mut bench = Bench::new();
    let (near, _) = bench.ringing_from_exchange();
    bench.at_exchange(|x, now| x.clear(now, near, cause(16)));
    assert_snapshot!(bench.story(1));
    assert!(bench.sent("CANCEL ")[0].contains("Reason: Q.850;cause=16;"), "{:?}", bench.sent("CANCEL "));
    bench.assert_idle();
}

#[test]
fn isdn_caller_clears_before_the_peer_reacts_then_100_brings_the_cancel() {
    let mut bench = Bench::new();
    bench.silent.push(address(PHONE));
    let near = bench.exchange_calls("200");
    bench.at_exchange(|x, now| x.clear(now, near, cause(16)));
    // RFC 3261 9.1: no CANCEL before a provisional answer; the ISDN side is released meanwhile.
    assert!(bench.sent("CANCEL ").is_empty());
    assert_eq!(bench.engine.held().channels, 0);
    assert!(bench.records.is_empty());
    bench.silent.clear();
    bench.run(seconds(2));
    assert_eq!(bench.sent("CANCEL ").len(), 1);
    bench.assert_idle();
    assert_eq!(bench.record().ended_by, Party::Caller);
}

#[test]
fn isdn_caller_clears_and_the_peer_never_reacts() {
    let mut bench = Bench::new();
    bench.silent.push(address(PHONE));
    let near = bench.exchange_calls("200");
    bench.at_exchange(|x, now| x.clear(now, near, cause(16)));
    bench.assert_idle();
    assert_eq!((bench.record().cause, bench.record().ended_by), (16, Party::Caller));
}

#[test]
fn sip_200_that_crosses_our_cancel_is_acknowledged_and_ended() {
    let mut bench = Bench::new();
    let (near, far) = bench.ringing_from_exchange();
    let now = bench.now();
    bench.exchange.clear(now, near, cause(16));
    bench.phone.accept(now, far, &[], sdp(PHONE_OFFER));
    // The 200 is sent before the CANCEL arrives and comes after it was sent.
    bench.sip_to_box.disturb(sansio::sim::Disturbance { delay: ms(15), ..Default::default() });
    bench.run(ms(200));
    assert_snapshot!(bench.story(1));
    assert!(!bench.answered_at_exchange());
    bench.assert_idle();
}

#[test]
fn isdn_connect_that_crosses_the_sip_cancel_is_cleared() {
    let mut bench = Bench::new();
    let (phone, far) = bench.ringing_from_phone();
    let now = bench.now();
    bench.phone.hangup(now, phone, 487, None, &[]);
    bench.exchange.connect(now, far, isdn::Connected::default());
    bench.run(ms(200));
    bench.assert_idle();
    let record = bench.record();
    // Whichever came first: one end, one record, no dialog left.
    assert_eq!((record.cause, record.ended_by), (16, Party::Caller), "{}", bench.story(1));
}
