//! Connections: pieces, closing, failing, pings.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests")]

mod bench;

use std::time::Duration;

use bench::{Alone, flow, invite, pair, request, ringing, up};
use sip::{EndedBy, Event, PingFailed, RejectedWhy, Transport, Uri};

fn tcp() -> Alone {
    let mut alone = Alone::new();
    alone.flow.transport = Transport::Tcp;
    alone
}

#[test]
fn message_in_pieces_is_answered_once_whole() {
    let mut alone = tcp();
    let text = request("OPTIONS", "a", "", 1, "", "").replace('\n', "\r\n");
    for piece in text.as_bytes().chunks(7) {
        assert!(alone.sent().is_empty());
        alone.endpoint.handle_stream(alone.now, alone.flow, piece);
    }
    assert_eq!(alone.sent().len(), 1);
    assert_eq!(alone.endpoint.stats().transactions, 0, "timer J is zero on a connection");
}

#[test]
fn garbage_asks_to_close_the_connection_and_a_new_one_starts_afresh() {
    let mut alone = tcp();
    alone.endpoint.handle_stream(alone.now, alone.flow, b"GET / HTTP/1.1\r\n\r\n");
    assert!(matches!(&alone.events()[..], [Event::CloseStream { .. }]));
    alone.endpoint.handle_stream(alone.now, alone.flow, request("OPTIONS", "a", "", 1, "", "").replace('\n', "\r\n").as_bytes());
    assert_eq!(alone.sent().len(), 1);
}

#[test]
fn refused_connection_rejects_the_call_with_503() {
    let mut alone = tcp();
    let call = alone.endpoint.invite(alone.now, invite(alone.flow));
    alone.sent();
    alone.endpoint.handle_send_failed(alone.now, alone.flow, "connection refused");
    let phrase = "connection refused".to_owned();
    assert_eq!(alone.events(), [Event::Rejected { call, response: None, status: 503, phrase, why: RejectedWhy::Transport }]);
    assert_eq!((alone.endpoint.stats().calls, alone.endpoint.stats().transactions), (0, 0));
}

#[test]
fn failure_on_one_flow_leaves_others_alone() {
    let mut alone = tcp();
    alone.endpoint.invite(alone.now, invite(alone.flow));
    let other = sip::Flow { remote: "192.0.2.99:5060".parse().unwrap(), ..alone.flow };
    alone.endpoint.handle_send_failed(alone.now, other, "unreachable");
    assert!(alone.events().is_empty());
}

#[test]
fn closed_connection_fails_unanswered_calls_and_keeps_ringing_ones() {
    let mut ends = pair();
    let (_, _) = ringing(&mut ends, Transport::Tcp);
    ends.run_for(Duration::from_secs(1));
    let now = ends.now();
    let second = ends.left.invite(now, invite(flow(Transport::Tcp)));
    ends.left.handle_stream_closed(now, flow(Transport::Tcp));
    ends.drain();
    let rejected: Vec<_> = ends
        .left_events
        .iter()
        .filter_map(|e| if let Event::Rejected { call, why, .. } = e { Some((*call, *why)) } else { None })
        .collect();
    assert_eq!(rejected, [(second, RejectedWhy::Transport)]);
    assert_eq!(ends.left.stats().calls, 1);
}

#[test]
fn call_outlives_its_connection_and_bye_takes_a_new_one() {
    let mut alone = tcp();
    let flow = sip::Flow { remote: "192.0.2.1:40000".parse().unwrap(), ..alone.flow };
    alone.endpoint.handle_stream(alone.now, flow, request("INVITE", "a", "", 1, "", "").replace('\n', "\r\n").as_bytes());
    let call = bench::incoming(&alone.events());
    alone.endpoint.accept(alone.now, call, &[], None);
    let tag = bench::to_tag(alone.sent().last().unwrap());
    alone.endpoint.handle_stream(alone.now, flow, request("ACK", "b", &tag, 1, "", "").replace('\n', "\r\n").as_bytes());
    alone.endpoint.handle_stream_closed(alone.now, flow);
    alone.endpoint.hangup(alone.now, call, 0, None, &[]);
    let bye = alone.endpoint.poll_transmit().unwrap();
    assert_eq!(bye.flow.remote.to_string(), "192.0.2.1:5060", "the peer's Contact");
    alone.endpoint.handle_send_failed(alone.now, bye.flow, "refused");
    assert!(alone.events().contains(&Event::Ended { call, by: EndedBy::Us, request: None }));
}

#[test]
fn ping_is_answered_times_out_or_fails() {
    let mut ends = pair();
    let now = ends.now();
    let uri = Uri::sip(None, "192.0.2.2", None);
    let first = ends.left.options(now, bench::udp(), uri.clone());
    ends.run_for(Duration::from_secs(1));
    ends.forward.drop_next(100);
    let now = ends.now();
    let second = ends.left.options(now, bench::udp(), uri.clone());
    ends.run();
    let now = ends.now();
    let third = ends.left.options(now, bench::udp(), uri);
    ends.left.handle_send_failed(now, bench::udp(), "ICMP");
    ends.drain();
    let expected = [(first, Ok(200)), (second, Err(PingFailed::Timeout)), (third, Err(PingFailed::Transport))];
    let expected = expected.map(|(ping, result)| Event::OptionsAnswered { ping, flow: bench::udp(), result });
    assert_eq!(ends.left_events, expected);
    insta::assert_snapshot!(ends.ladder);
}

#[test]
fn calls_in_a_row_leave_nothing_behind() {
    let mut ends = pair();
    for _ in 0..50 {
        ends.left_events.clear();
        ends.right_events.clear();
        let (alice, _) = up(&mut ends, Transport::Tcp);
        let now = ends.now();
        ends.left.hangup(now, alice, 0, None, &[]);
        ends.run();
    }
    for end in [&ends.left, &ends.right] {
        let stats = end.stats();
        assert_eq!((stats.calls, stats.transactions, stats.repeats_out, stats.misuse, stats.malformed), (0, 0, 0, 0, 0));
        assert_eq!(end.poll_timeout(), None);
    }
}
