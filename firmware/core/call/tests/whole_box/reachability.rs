//! OPTIONS both ways: how we answer a peer's pings, and what our pings tell of a peer.

use call::Event;
use sip::{PingFailed, Uri};

use crate::bench::{BOX, Bench, PHONE, address, phone_flow, seconds};

/// The box's answer to the phone's OPTIONS.
fn pinged(bench: &mut Bench) -> Result<u16, PingFailed> {
    bench.at_phone(|p, now| p.options(now, phone_flow(), Uri::sip_at(None, address(BOX))));
    let of = |event: &sip::Event| match event {
        sip::Event::OptionsAnswered { result, .. } => Some(*result),
        _ => None,
    };
    bench.phone_events.iter().rev().find_map(of).expect("no answer")
}

/// What the box told of its peer so far.
fn told(bench: &Bench) -> Vec<Option<bool>> {
    let of = |event: &Event| match event {
        Event::Peer(peer) => Some(peer.reachable),
        _ => None,
    };
    bench.events.iter().filter_map(of).collect()
}

#[test]
fn options_is_503_while_the_only_span_is_down_and_200_after() {
    let mut bench = Bench::dark(|_| {});
    assert_eq!(pinged(&mut bench), Ok(503));
    bench.line(true);
    bench.run(seconds(1));
    assert_eq!(pinged(&mut bench), Ok(200));
    bench.line(false);
    assert_eq!(pinged(&mut bench), Ok(503));
    bench.line(true);
    bench.run(seconds(3));
    assert_eq!(pinged(&mut bench), Ok(200));
}

#[test]
fn options_is_503_while_every_channel_is_busy() {
    let mut bench = Bench::new();
    for _ in 0..30 {
        bench.phone_calls("100");
    }
    assert_eq!(pinged(&mut bench), Ok(503));
    bench.at_box(|b, now| b.hang_up_all(now, "test is over"));
    assert_eq!(pinged(&mut bench), Ok(200));
    bench.assert_idle();
}

#[test]
fn options_is_200_when_there_is_no_span_to_be_down() {
    let mut bench = Bench::dark(|s| {
        s.spans.clear();
        s.routes.clear();
    });
    assert_eq!(pinged(&mut bench), Ok(200));
}

#[test]
fn our_pings_mark_a_peer_reachable_unreachable_and_reachable_again() {
    let mut bench = Bench::with(|s| s.peers[0].options_seconds = 60);
    bench.run(seconds(1));
    assert_eq!(told(&bench), [Some(true)]);
    assert_eq!(bench.engine.peers()[0].reachable, Some(true));
    bench.silent.push(address(PHONE));
    // The next ping, and timer F.
    bench.run(seconds(60 + 33));
    assert_eq!(told(&bench), [Some(true), Some(false)]);
    bench.silent.clear();
    bench.run(seconds(60));
    assert_eq!(told(&bench), [Some(true), Some(false), Some(true)]);
}

#[test]
fn peer_whose_pings_cannot_be_sent_or_are_answered_503_is_unreachable() {
    let mut bench = Bench::with(|s| s.peers[0].options_seconds = 60);
    bench.phone.set_available(Err((503, "full".into())));
    bench.run(seconds(61));
    assert_eq!(bench.engine.peers()[0].reachable, Some(false));
    bench.phone.set_available(Ok(()));
    bench.run(seconds(60));
    assert_eq!(bench.engine.peers()[0].reachable, Some(true));
    bench.unreachable.push(address(PHONE));
    bench.run(seconds(60));
    assert_eq!(bench.engine.peers()[0].reachable, Some(false));
}

#[test]
fn peer_that_is_not_pinged_is_neither() {
    let mut bench = Bench::new();
    bench.run(seconds(120));
    assert_eq!(bench.engine.peers()[0].reachable, None);
    assert!(bench.sent("OPTIONS ").is_empty());
}
