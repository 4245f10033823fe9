//! A call from either side, answered, cleared by either side.

use insta::assert_snapshot;

use crate::bench::{Bench, cause};

#[test]
fn answered_call_from_sip_cleared_by_its_caller() {
    let mut bench = Bench::new();
    let (phone, _) = bench.answered_from_phone();
    bench.at_phone(|p, now| p.hangup(now, phone, 480, None, &[]));
    assert_snapshot!(bench.story(1));
    bench.assert_idle();
}

#[test]
fn answered_call_from_sip_cleared_by_the_called_side() {
    let mut bench = Bench::new();
    let (_, far) = bench.answered_from_phone();
    bench.at_exchange(|x, now| x.clear(now, far, cause(16)));
    assert_snapshot!(bench.story(1));
    bench.assert_idle();
}

#[test]
fn answered_call_from_isdn_cleared_by_its_caller() {
    let mut bench = Bench::new();
    let (near, _) = bench.answered_from_exchange();
    bench.at_exchange(|x, now| x.clear(now, near, cause(16)));
    assert_snapshot!(bench.story(1));
    bench.assert_idle();
}

#[test]
fn answered_call_from_isdn_cleared_by_the_called_side() {
    let mut bench = Bench::new();
    let (_, phone) = bench.answered_from_exchange();
    bench.at_phone(|p, now| p.hangup(now, phone, 480, None, &[]));
    assert_snapshot!(bench.story(1));
    bench.assert_idle();
}
