//! Nothing free: B-channels, RTP ports, a link. Always 5xx toward SIP, with the cause in Reason.

use model::api::{Alarms, CallRecord, LinkState};

use crate::bench::{Bench, seconds};
use call::words::SpanId;

#[test]
fn all_channels_busy_is_503_with_34_until_one_is_free() {
    let mut bench = Bench::new();
    let calls: Vec<_> = (0..30).map(|_| bench.phone_calls("100")).collect();
    assert_eq!(bench.engine.held().channels, 30);
    bench.phone_calls("100");
    assert_eq!(bench.refused_at_phone(), Some((503, Some(34))));
    bench.at_phone(|p, now| p.hangup(now, calls[7], 487, None, &[]));
    bench.phone_events.clear();
    bench.phone_calls("100");
    assert_eq!(bench.refused_at_phone(), None);
    bench.at_box(|b, now| b.hang_up_all(now, "test is over"));
    bench.assert_idle();
    let refused = |record: &&CallRecord| record.cause == 34;
    assert_eq!(bench.records.iter().filter(refused).count(), 1);
}

#[test]
fn link_that_never_came_up_is_503_with_34() {
    let mut bench = Bench::dark(|_| {});
    assert_eq!(bench.engine.span(SpanId(0)).unwrap().link, LinkState::Down);
    bench.phone_calls("100");
    assert_eq!(bench.refused_at_phone(), Some((503, Some(34))));
    assert_eq!(bench.record().reason, "the D-channel of span span1 is down");
}

#[test]
fn span_in_alarm_is_503_and_takes_calls_again_when_it_is_clear() {
    let mut bench = Bench::new();
    bench.line(false);
    assert_eq!(bench.engine.span(SpanId(0)).unwrap().alarms, Alarms(vec!["RED".into()]));
    bench.phone_calls("100");
    assert_eq!(bench.refused_at_phone(), Some((503, Some(34))));
    bench.line(true);
    bench.run(seconds(3));
    bench.answered_from_phone();
    bench.at_box(|b, now| b.hang_up_all(now, "test is over"));
    bench.assert_idle();
}

#[test]
fn rtp_ports_used_up_are_503_with_47_for_sip_and_cause_47_for_isdn() {
    let mut bench = Bench::with(|s| s.media.last_port = s.media.first_port + 1);
    let (phone, _) = bench.answered_from_phone();
    bench.phone_calls("100");
    assert_eq!(bench.refused_at_phone(), Some((503, Some(47))));
    bench.exchange_calls("200");
    assert_eq!(bench.cleared_at_exchange(), Some(47));
    // The one port serves the next call once the media threads have let it go.
    bench.at_phone(|p, now| p.hangup(now, phone, 480, None, &[]));
    bench.phone_events.clear();
    bench.answered_from_phone();
    bench.at_box(|b, now| b.hang_up_all(now, "test is over"));
    bench.assert_idle();
}
