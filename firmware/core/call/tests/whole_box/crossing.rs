//! Both sides end a call at the same moment, and words that come after the end.

use call::words::{CallId, MediaReport};
use insta::assert_snapshot;

use crate::bench::{Bench, cause, ms};

#[test]
fn bye_and_disconnect_cross() {
    let mut bench = Bench::new();
    let (phone, far) = bench.answered_from_phone();
    let now = bench.now();
    bench.phone.hangup(now, phone, 480, None, &[]);
    bench.exchange.clear(now, far, cause(16));
    bench.run(ms(200));
    assert_snapshot!(bench.story(1));
    bench.assert_idle();
}

#[test]
fn bye_comes_just_after_ours_was_sent() {
    let mut bench = Bench::new();
    let (phone, far) = bench.answered_from_phone();
    let now = bench.now();
    bench.exchange.clear(now, far, cause(16));
    bench.run(ms(5));
    let now = bench.now();
    bench.phone.hangup(now, phone, 480, None, &[]);
    bench.run(ms(200));
    assert_eq!(bench.lines(1, "200 OK to BYE"), 2, "each BYE is answered:\n{}", bench.story(1));
    bench.assert_idle();
}

#[test]
fn disconnect_comes_just_after_ours_was_sent() {
    let mut bench = Bench::new();
    let (phone, far) = bench.answered_from_phone();
    let now = bench.now();
    bench.phone.hangup(now, phone, 480, None, &[]);
    bench.run(ms(5));
    let now = bench.now();
    bench.exchange.clear(now, far, cause(16));
    bench.run(ms(200));
    bench.assert_idle();
    assert_eq!(bench.record().ended_by, model::api::Party::Caller);
}

#[test]
fn media_reports_after_the_end_change_nothing() {
    let mut bench = Bench::new();
    let (phone, _) = bench.answered_from_phone();
    bench.at_phone(|p, now| p.hangup(now, phone, 480, None, &[]));
    let call = CallId(1);
    for report in [
        MediaReport::Started { call },
        MediaReport::Failed { call, reason: "late".into() },
        MediaReport::Note { call, text: "late".into() },
        MediaReport::Closed { call, quality: None },
    ] {
        bench.at_box(|b, now| b.handle_media(now, report));
    }
    assert_eq!(bench.lines(1, "late"), 0);
    bench.assert_idle();
}
