//! Nobody answers within `sip.ring_seconds`.

use insta::assert_snapshot;
use model::api::Party;

use crate::bench::{Bench, seconds};

#[test]
fn alerted_isdn_side_does_not_answer_caller_gets_480_with_19() {
    let mut bench = Bench::new();
    bench.ringing_from_phone();
    bench.run(seconds(19));
    assert_eq!(bench.refused_at_phone(), None);
    bench.run(seconds(1));
    assert_eq!(bench.refused_at_phone(), Some((480, Some(19))));
    assert_snapshot!(bench.story(1));
    bench.assert_idle();
    assert_eq!((bench.record().cause, bench.record().ended_by), (19, Party::Box));
}

#[test]
fn isdn_side_that_only_proceeds_gives_408_with_18() {
    let mut bench = Bench::new();
    bench.phone_calls("100");
    let far = bench.offered_to_exchange();
    bench.at_exchange(|x, now| x.proceeding(now, far, vec![]));
    bench.run(seconds(21));
    assert_eq!(bench.refused_at_phone(), Some((408, Some(18))));
    bench.assert_idle();
}

#[test]
fn ringing_phone_does_not_answer_isdn_caller_gets_19_and_the_phone_a_cancel() {
    let mut bench = Bench::new();
    bench.ringing_from_exchange();
    bench.run(seconds(21));
    assert_eq!(bench.cleared_at_exchange(), Some(19));
    assert_snapshot!(bench.story(1));
    bench.assert_idle();
}

#[test]
fn phone_that_only_tries_gives_the_isdn_caller_18() {
    let mut bench = Bench::new();
    bench.exchange_calls("200");
    bench.run(seconds(21));
    assert_eq!(bench.cleared_at_exchange(), Some(18));
    bench.assert_idle();
}

#[test]
fn answered_call_outlives_the_ring_time() {
    let mut bench = Bench::new();
    let (phone, _) = bench.answered_from_phone();
    bench.run(seconds(600));
    assert!(bench.records.is_empty());
    bench.at_phone(|p, now| p.hangup(now, phone, 480, None, &[]));
    bench.assert_idle();
}
