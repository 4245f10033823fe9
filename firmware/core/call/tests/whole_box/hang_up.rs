//! The administrator ends calls, in every state.

use call::words::CallId;
use insta::assert_snapshot;
use model::api::{CallState, Party};

use crate::bench::{Bench, cause};

/// Hangs up call 1 in whatever state it is, then checks its end.
fn hung_up(mut bench: Bench, state: CallState) -> Bench {
    assert_eq!(bench.engine.controller().call(CallId(1)).unwrap().state, state);
    assert!(bench.at_box(|b, now| b.hang_up(now, CallId(1), "ended by admin")));
    bench.assert_idle();
    let record = bench.record();
    assert_eq!((record.cause, record.ended_by, record.reason.as_str()), (31, Party::Box, "ended by admin"));
    assert!(!bench.at_box(|b, now| b.hang_up(now, CallId(1), "again")));
    bench
}

#[test]
fn call_from_sip_in_setup() {
    let mut bench = Bench::new();
    bench.phone_calls("100");
    let bench = hung_up(bench, CallState::Setup);
    assert_eq!((bench.refused_at_phone(), bench.cleared_at_exchange()), (Some((480, Some(31))), Some(31)));
}

#[test]
fn call_from_sip_while_ringing() {
    let mut bench = Bench::new();
    bench.ringing_from_phone();
    let bench = hung_up(bench, CallState::Ringing);
    assert_eq!((bench.refused_at_phone(), bench.cleared_at_exchange()), (Some((480, Some(31))), Some(31)));
}

#[test]
fn call_from_sip_that_is_answered() {
    let mut bench = Bench::new();
    bench.answered_from_phone();
    let bench = hung_up(bench, CallState::Answered);
    assert_eq!(bench.cleared_at_exchange(), Some(31));
    assert_snapshot!(bench.story(1));
}

#[test]
fn call_from_isdn_in_setup() {
    let mut bench = Bench::new();
    bench.exchange_calls("200");
    let bench = hung_up(bench, CallState::Setup);
    assert_eq!((bench.sent("CANCEL ").len(), bench.cleared_at_exchange()), (1, Some(31)));
}

#[test]
fn call_from_isdn_while_ringing() {
    let mut bench = Bench::new();
    bench.ringing_from_exchange();
    let bench = hung_up(bench, CallState::Ringing);
    assert_eq!((bench.sent("CANCEL ").len(), bench.cleared_at_exchange()), (1, Some(31)));
}

#[test]
fn call_from_isdn_that_is_answered() {
    let mut bench = Bench::new();
    bench.answered_from_exchange();
    let bench = hung_up(bench, CallState::Answered);
    assert_eq!((bench.sent("BYE ").len(), bench.cleared_at_exchange()), (1, Some(31)));
}

#[test]
fn call_that_is_clearing_keeps_its_first_reason() {
    let mut bench = Bench::new();
    let (phone, _) = bench.answered_from_phone();
    bench.clears = false;
    bench.at_phone(|p, now| p.hangup(now, phone, 480, None, &[]));
    assert_eq!(bench.engine.controller().call(CallId(1)).unwrap().state, CallState::Clearing);
    assert!(bench.at_box(|b, now| b.hang_up(now, CallId(1), "ended by admin")));
    // The exchange never answers DISCONNECT: T305, then RELEASE.
    bench.assert_idle();
    assert_eq!((bench.record().cause, bench.record().ended_by), (16, Party::Caller));
}

#[test]
fn every_call_at_once() {
    let mut bench = Bench::new();
    bench.answered_from_phone();
    bench.ringing_from_phone();
    bench.answered_from_exchange();
    let (near, _) = bench.ringing_from_exchange();
    bench.at_exchange(|x, now| x.clear(now, near, cause(16)));
    assert_eq!(bench.engine.held().calls, 3);
    bench.at_box(|b, now| b.hang_up_all(now, "the box is going down"));
    assert_eq!(bench.engine.held().calls, 0);
    bench.assert_idle();
    assert_eq!(bench.records.iter().filter(|record| record.reason == "the box is going down").count(), 3);
}

#[test]
fn no_call_with_this_number_is_false() {
    assert!(!Bench::new().at_box(|b, now| b.hang_up(now, CallId(7), "nobody")));
}
