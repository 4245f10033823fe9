//! RFC 3261 figures 7 and 8 (server transactions) with RFC 6026, row by row; and which request belongs to which transaction.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests")]

use std::time::{Duration, Instant};

use sip::msg::{Message, Method, Request, Response};
use sip::transaction::{InviteServer, Reliability, Server, ServerEvent, ServerKey, Timing};

fn request(method: &str, via: &str, number: u32) -> Request {
    let text = format!(
        "{method} sip:b SIP/2.0\r\nVia: {via}\r\nFrom: <sip:a>;tag=1\r\nTo: <sip:b>\r\nCall-ID: x\r\nCSeq: {number} {method}\r\nContact: <sip:a>\r\n\r\n"
    );
    match Message::parse(text.as_bytes()).unwrap() {
        Message::Request(request) => request,
        Message::Response(response) => panic!("{response:?}"),
    }
}

fn invite(reliability: Reliability) -> (InviteServer, Instant) {
    let machine = InviteServer::new(&request("INVITE", "SIP/2.0/UDP a;branch=z9hG4bK1", 1), reliability, Timing::default());
    (machine, Instant::now())
}

fn answer(status: u16) -> Response {
    Response::new(status, "x")
}

fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

#[test]
fn invite_proceeding_repeat_gets_the_last_provisional() {
    let (mut machine, now) = invite(Reliability::Unreliable);
    machine.handle_request(now, &Method::Invite);
    assert_eq!(machine.poll_transmit(), None, "nothing was said yet");
    for status in [100, 180] {
        assert!(machine.respond(now, &answer(status)));
        let sent = machine.poll_transmit().unwrap();
        machine.handle_request(now, &Method::Invite);
        assert_eq!(machine.poll_transmit(), Some(sent));
    }
    machine.handle_request(now, &Method::Ack);
    assert!(machine.poll_event().is_none() && machine.is_proceeding() && machine.poll_timeout().is_none());
}

#[test]
fn invite_refused_repeats_by_g_until_h() {
    let (mut machine, start) = invite(Reliability::Unreliable);
    assert!(machine.respond(start, &answer(486)));
    machine.poll_transmit().unwrap();
    let (mut times, mut events) = (Vec::new(), Vec::new());
    while let Some(at) = machine.poll_timeout() {
        machine.handle_timeout(at);
        while machine.poll_transmit().is_some() {
            times.push((at - start).as_millis());
        }
        events.extend(machine.poll_event().map(|e| ((at - start).as_millis(), e)));
    }
    assert_eq!(times, [500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500]);
    assert_eq!(events, [(32_000, ServerEvent::Timeout)]);
    assert!(machine.is_terminated());
}

#[test]
fn invite_refused_over_a_connection_does_not_repeat_but_waits_for_the_ack() {
    let (mut machine, start) = invite(Reliability::Reliable);
    machine.respond(start, &answer(486));
    machine.poll_transmit().unwrap();
    assert_eq!(machine.poll_timeout(), Some(start + ms(32_000)));
    machine.handle_request(start, &Method::Ack);
    assert!(machine.is_terminated(), "timer I is zero");
}

#[test]
fn invite_refused_acked_absorbs_acks_until_i() {
    let (mut machine, start) = invite(Reliability::Unreliable);
    machine.respond(start, &answer(486));
    machine.poll_transmit().unwrap();
    machine.handle_request(start, &Method::Invite);
    assert!(machine.poll_transmit().is_some(), "a repeat gets the answer again");
    machine.handle_request(start + ms(100), &Method::Ack);
    assert_eq!(machine.poll_event(), Some(ServerEvent::Acked));
    machine.handle_request(start + ms(200), &Method::Ack);
    machine.handle_request(start + ms(200), &Method::Invite);
    assert_eq!((machine.poll_transmit(), machine.poll_event(), machine.poll_timeout()), (None, None, Some(start + ms(5_100))));
    machine.handle_timeout(start + ms(5_100));
    assert!(machine.is_terminated());
}

#[test]
fn invite_accepted_absorbs_repeats_until_l_and_passes_2xx_on() {
    let (mut machine, start) = invite(Reliability::Unreliable);
    assert!(machine.respond(start, &answer(200)));
    machine.poll_transmit().unwrap();
    assert!(!machine.takes_ack());
    machine.handle_request(start, &Method::Invite);
    assert_eq!(machine.poll_transmit(), None, "RFC 6026: the user repeats the 2xx");
    assert!(machine.respond(start + ms(500), &answer(200)) && machine.poll_transmit().is_some());
    assert!(!machine.respond(start, &answer(486)) && !machine.respond(start, &answer(180)));
    assert_eq!((machine.poll_transmit(), machine.poll_timeout()), (None, Some(start + ms(32_000))));
    machine.handle_timeout(start + ms(32_000));
    assert!(machine.is_terminated());
}

#[test]
fn other_repeat_gets_what_was_answered_until_j() {
    let start = Instant::now();
    let mut machine = Server::new(Reliability::Unreliable, Timing::default());
    machine.handle_repeat();
    assert_eq!(machine.poll_transmit(), None);
    for status in [100, 200] {
        assert!(machine.respond(start, &answer(status)));
        let sent = machine.poll_transmit().unwrap();
        machine.handle_repeat();
        assert_eq!(machine.poll_transmit(), Some(sent));
    }
    assert!(!machine.respond(start, &answer(404)), "one final answer only");
    assert_eq!(machine.poll_timeout(), Some(start + ms(32_000)));
    machine.handle_timeout(start + ms(32_000));
    assert!(machine.is_terminated());
}

#[test]
fn other_answered_over_a_connection_ends_at_once() {
    let mut machine = Server::new(Reliability::Reliable, Timing::default());
    machine.respond(Instant::now(), &answer(200));
    assert!(machine.poll_transmit().is_some() && machine.is_terminated());
}

#[test]
fn requests_match_by_branch_sent_by_and_method() {
    let key = |method: &str, via: &str| ServerKey::of(&request(method, via, 1)).unwrap();
    let invite = key("INVITE", "SIP/2.0/UDP Host:5060;branch=z9hG4bK1");
    assert_eq!(
        key("ACK", "SIP/2.0/UDP host;branch=z9hG4bK1"),
        invite,
        "ACK counts as INVITE; 5060 is the default; case of the host"
    );
    assert_ne!(key("INVITE", "SIP/2.0/UDP host:5070;branch=z9hG4bK1"), invite);
    assert_ne!(key("INVITE", "SIP/2.0/UDP host;branch=z9hG4bK2"), invite);
    let cancel = key("CANCEL", "SIP/2.0/UDP host;branch=z9hG4bK1");
    assert_ne!(cancel, invite);
    assert_eq!(cancel.with_method(Method::Invite), invite);
}

#[test]
fn requests_without_rfc3261_branch_match_by_call_and_number() {
    let key = |method: &str, number: u32| ServerKey::of(&request(method, "SIP/2.0/UDP host", number)).unwrap();
    assert_eq!(key("ACK", 1), key("INVITE", 1));
    assert_ne!(key("INVITE", 2), key("INVITE", 1));
    let cookie_only = |number| ServerKey::of(&request("OPTIONS", "SIP/2.0/UDP host;branch=z9hG4bK", number)).unwrap();
    assert_ne!(cookie_only(1), cookie_only(2), "RFC 4475 3.2.1");
}
