//! SIP over TCP: each message is in its ladder once, whatever segments it came in.

use sip::{Flow, Transport};

use crate::bench::{BOX, Bench, PHONE, address, ms};

/// The connection that the phone opened, seen from the box and from the phone.
fn at_box() -> Flow {
    Flow { transport: Transport::Tcp, local: address(BOX), remote: address("192.0.2.2:51000") }
}

fn at_phone() -> Flow {
    Flow { transport: Transport::Tcp, local: address("192.0.2.2:51000"), remote: address(BOX) }
}

fn bench() -> Bench {
    Bench::with(|s| s.peers[0].address = format!("tcp:{PHONE}").parse().unwrap())
}

/// An INVITE for 100 that the phone sends by a connection of its own, taken off the wire.
fn invite(bench: &mut Bench) -> (sip::CallId, Vec<u8>) {
    let now = bench.now();
    let call = bench.phone.invite(now, sip::Invite { flow: at_phone(), ..Bench::phone_invite("100") });
    (call, bench.phone.poll_transmit().unwrap().bytes)
}

fn hang_up(mut bench: Bench, calls: &[sip::CallId]) {
    for call in calls {
        bench.at_phone(|p, now| p.hangup(now, *call, 487, None, &[]));
    }
    bench.assert_idle();
}

#[test]
fn two_messages_in_one_segment_are_two_calls_with_a_line_each() {
    let mut bench = bench();
    let ((first, one), (second, two)) = (invite(&mut bench), invite(&mut bench));
    bench.at_box(|b, now| b.handle_stream(now, at_box(), &[one, two].concat()));
    for call in [1, 2] {
        assert_eq!(bench.lines(call, "INVITE sip:100"), 1, "{}", bench.story(call));
        assert_eq!(bench.lines(call, "SETUP"), 1, "{}", bench.story(call));
    }
    hang_up(bench, &[first, second]);
}

#[test]
fn message_in_many_segments_is_one_line() {
    let mut bench = bench();
    let (call, bytes) = invite(&mut bench);
    for piece in bytes.chunks(7) {
        bench.at_box(|b, now| b.handle_stream(now, at_box(), piece));
    }
    assert_eq!(bench.lines(1, "phone > box"), 1, "{}", bench.story(1));
    assert_eq!(bench.lines(1, "INVITE sip:100"), 1, "{}", bench.story(1));
    hang_up(bench, &[call]);
}

#[test]
fn stream_that_is_no_sip_is_closed_and_leaves_calls_alone() {
    let mut bench = bench();
    let (call, bytes) = invite(&mut bench);
    bench.at_box(|b, now| b.handle_stream(now, at_box(), &bytes));
    let before = bench.engine.counters().malformed_sip;
    bench.at_box(|b, now| b.handle_stream(now, at_box(), b"\x16\x03\x01\x02\x00"));
    bench.run(ms(100));
    assert_eq!(bench.engine.counters().malformed_sip, before + 1);
    assert_eq!((&bench.closed[..], bench.engine.held().calls), (&[at_box()][..], 1));
    hang_up(bench, &[call]);
}

#[test]
fn half_a_message_before_the_connection_closed_does_not_spoil_the_next() {
    let mut bench = bench();
    let ((first, one), (second, two)) = (invite(&mut bench), invite(&mut bench));
    bench.at_box(|b, now| b.handle_stream(now, at_box(), &one[..200]));
    bench.at_box(|b, now| b.handle_stream_closed(now, at_box()));
    bench.at_box(|b, now| b.handle_stream(now, at_box(), &two));
    assert_eq!(bench.engine.held().calls, 1);
    assert_eq!(bench.lines(1, "INVITE sip:100"), 1, "{}", bench.story(1));
    // The first INVITE never got anywhere: its caller gives it up by itself.
    let now = bench.now();
    bench.phone.handle_send_failed(now, at_phone(), "closed");
    hang_up(bench, &[first, second]);
}
