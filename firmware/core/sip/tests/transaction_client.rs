//! RFC 3261 figures 5 and 6 (client transactions) with RFC 6026, row by row.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests")]

use std::time::{Duration, Instant};

use sip::msg::{Message, Method, Request, Response, Uri};
use sip::transaction::{Client, ClientEvent, InviteClient, Reliability, TIMERS, Timer, Timing};

fn request(method: Method) -> Request {
    let mut request = Request::new(method.clone(), Uri::parse("sip:b@192.0.2.2").unwrap());
    for (name, value) in [
        ("Via", "SIP/2.0/UDP a;branch=z9hG4bK1"),
        ("Route", "<sip:r;lr>"),
        ("Max-Forwards", "70"),
        ("From", "<sip:a>;tag=1"),
        ("To", "<sip:b>"),
        ("Call-ID", "x"),
        ("Contact", "<sip:a@a>"),
    ] {
        request.headers.push(name, value);
    }
    request.headers.push("CSeq", &format!("5 {method}"));
    request.set_body(Some(("application/sdp", b"v=0")));
    request
}

fn response(status: u16) -> Response {
    let mut response = Response::new(status, "x");
    response.headers.push("To", "<sip:b>;tag=2");
    response.headers.push("CSeq", "5 INVITE");
    response
}

fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

/// Times (ms after the start) at which `machine` sends or tells something, run by its own deadlines.
macro_rules! run {
    ($machine:expr, $start:expr) => {{
        let (mut sent, mut told) = (Vec::new(), Vec::new());
        while let Some(at) = $machine.poll_timeout() {
            $machine.handle_timeout(at);
            let after = u64::try_from((at - $start).as_millis()).unwrap();
            while $machine.poll_transmit().is_some() {
                sent.push(after);
            }
            while let Some(event) = $machine.poll_event() {
                told.push((after, event));
            }
        }
        (sent, told)
    }};
}

fn invite(reliability: Reliability) -> (InviteClient, Instant) {
    let start = Instant::now();
    let mut machine = InviteClient::new(start, request(Method::Invite), reliability, Timing::default());
    assert!(machine.poll_transmit().is_some() && machine.poll_transmit().is_none());
    (machine, start)
}

fn options(reliability: Reliability) -> (Client, Instant) {
    let start = Instant::now();
    let mut machine = Client::new(start, &request(Method::Options), reliability, Timing::default());
    assert!(machine.poll_transmit().is_some() && machine.poll_transmit().is_none());
    (machine, start)
}

#[test]
fn invite_calling_unanswered_repeats_by_a_and_ends_by_b() {
    let (mut machine, start) = invite(Reliability::Unreliable);
    assert_eq!(run!(machine, start), (vec![500, 1_500, 3_500, 7_500, 15_500, 31_500], vec![(32_000, ClientEvent::Timeout)]));
    assert!(machine.is_terminated());
    assert_eq!(machine.repeats(), 6);
    let (mut machine, start) = invite(Reliability::Reliable);
    assert_eq!(run!(machine, start), (vec![], vec![(32_000, ClientEvent::Timeout)]));
}

#[test]
fn invite_calling_provisional_stops_repeats_for_good() {
    let (mut machine, start) = invite(Reliability::Unreliable);
    machine.handle_response(start + ms(100), response(180));
    machine.handle_response(start + ms(200), response(183));
    assert!(matches!(machine.poll_event(), Some(ClientEvent::Provisional(r)) if r.status == 180));
    assert!(matches!(machine.poll_event(), Some(ClientEvent::Provisional(r)) if r.status == 183));
    assert_eq!((machine.poll_timeout(), machine.is_unanswered()), (None, false));
}

#[test]
fn invite_refused_sends_the_ack_that_17_1_1_3_describes_and_lingers_by_d() {
    let (mut machine, start) = invite(Reliability::Unreliable);
    machine.handle_response(start + ms(100), response(486));
    let bytes = machine.poll_transmit().unwrap();
    let Ok(Message::Request(ack)) = Message::parse(&bytes) else { panic!() };
    assert_eq!(
        String::from_utf8(ack.to_bytes()).unwrap(),
        "ACK sip:b@192.0.2.2 SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\nRoute: <sip:r;lr>\r\nMax-Forwards: 70\r\nFrom: <sip:a>;tag=1\r\n\
         Call-ID: x\r\nCSeq: 5 ACK\r\nTo: <sip:b>;tag=2\r\nContent-Length: 0\r\n\r\n"
    );
    assert!(matches!(machine.poll_event(), Some(ClientEvent::Final(r)) if r.status == 486));
    machine.handle_response(start + ms(600), response(486));
    assert_eq!((machine.poll_transmit(), machine.poll_event()), (Some(bytes), None), "ACK again, told once");
    machine.handle_response(start + ms(700), response(180));
    machine.handle_response(start + ms(700), response(200));
    assert_eq!((machine.poll_transmit(), machine.poll_event()), (None, None));
    assert_eq!(machine.poll_timeout(), Some(start + ms(32_100)));
    machine.handle_timeout(start + ms(32_100));
    assert!(machine.is_terminated());
}

#[test]
fn invite_refused_over_a_connection_ends_at_once() {
    let (mut machine, start) = invite(Reliability::Reliable);
    machine.handle_response(start, response(486));
    assert!(machine.poll_transmit().is_some() && machine.is_terminated());
}

#[test]
fn invite_accepted_lets_every_2xx_through_until_m() {
    let (mut machine, start) = invite(Reliability::Unreliable);
    for at in [0, 500, 31_000] {
        machine.handle_response(start + ms(at), response(200));
        assert!(matches!(machine.poll_event(), Some(ClientEvent::Final(r)) if r.is_success()));
    }
    machine.handle_response(start, response(486));
    assert_eq!((machine.poll_transmit(), machine.poll_event()), (None, None), "no ACK from here, no refusal after 2xx");
    machine.handle_timeout(start + ms(32_000));
    assert!(machine.is_terminated());
    machine.handle_response(start + ms(33_000), response(200));
    assert_eq!(machine.poll_event(), None);
}

#[test]
fn invite_that_cannot_be_sent_says_why() {
    let (mut machine, _) = invite(Reliability::Unreliable);
    machine.transport_failed("no route");
    assert_eq!(machine.poll_event(), Some(ClientEvent::TransportFailed("no route".to_owned())));
    assert!(machine.is_terminated() && machine.poll_timeout().is_none());
}

#[test]
fn cancel_shares_via_number_and_route_with_its_invite() {
    let (machine, _) = invite(Reliability::Unreliable);
    let cancel = String::from_utf8(machine.cancel().to_bytes()).unwrap();
    assert_eq!(
        cancel,
        "CANCEL sip:b@192.0.2.2 SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\nRoute: <sip:r;lr>\r\nMax-Forwards: 70\r\nFrom: <sip:a>;tag=1\r\n\
         To: <sip:b>\r\nCall-ID: x\r\nCSeq: 5 CANCEL\r\nContent-Length: 0\r\n\r\n"
    );
}

#[test]
fn other_trying_unanswered_repeats_by_e_up_to_t2_and_ends_by_f() {
    let (mut machine, start) = options(Reliability::Unreliable);
    let expected = vec![500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500];
    assert_eq!(run!(machine, start), (expected, vec![(32_000, ClientEvent::Timeout)]));
    let (mut machine, start) = options(Reliability::Reliable);
    assert_eq!(run!(machine, start), (vec![], vec![(32_000, ClientEvent::Timeout)]));
}

#[test]
fn other_proceeding_repeats_every_t2_and_ends_by_f() {
    let (mut machine, start) = options(Reliability::Unreliable);
    machine.handle_response(start + ms(100), response(100));
    assert!(matches!(machine.poll_event(), Some(ClientEvent::Provisional(_))));
    let expected = vec![4_100, 8_100, 12_100, 16_100, 20_100, 24_100, 28_100];
    assert_eq!(run!(machine, start), (expected, vec![(32_000, ClientEvent::Timeout)]));
}

#[test]
fn other_answered_absorbs_repeats_until_k() {
    let (mut machine, start) = options(Reliability::Unreliable);
    machine.handle_response(start + ms(100), response(404));
    assert!(matches!(machine.poll_event(), Some(ClientEvent::Final(r)) if r.status == 404));
    machine.handle_response(start + ms(200), response(404));
    machine.handle_response(start + ms(200), response(100));
    assert_eq!((machine.poll_event(), machine.poll_timeout()), (None, Some(start + ms(5_100))));
    machine.handle_timeout(start + ms(5_100));
    assert!(machine.is_terminated());
    let (mut machine, start) = options(Reliability::Reliable);
    machine.handle_response(start, response(200));
    assert!(machine.is_terminated());
}

#[test]
fn other_that_cannot_be_sent_says_why() {
    let (mut machine, _) = options(Reliability::Reliable);
    machine.transport_failed("refused");
    assert_eq!(machine.poll_event(), Some(ClientEvent::TransportFailed("refused".to_owned())));
    assert!(machine.is_terminated());
}

#[test]
fn spurious_timeouts_do_nothing() {
    let (mut machine, start) = invite(Reliability::Unreliable);
    machine.handle_timeout(start + ms(499));
    assert_eq!((machine.poll_transmit(), machine.poll_event()), (None, None));
}

#[test]
fn timer_table_says_what_the_machines_do() {
    let timing = Timing::default();
    for row in TIMERS {
        assert_eq!(timing.length(row.timer, Reliability::Unreliable), ms(row.default_ms), "{:?} {}", row.timer, row.clause);
    }
    for timer in [Timer::D, Timer::I, Timer::J, Timer::K] {
        assert_eq!(timing.length(timer, Reliability::Reliable), Duration::ZERO, "{timer:?}");
    }
    let fast = Timing { t1: ms(10), ..timing };
    assert_eq!(fast.length(Timer::D, Reliability::Unreliable), ms(32_000), "at least 32 s");
    assert_eq!(fast.length(Timer::B, Reliability::Unreliable), ms(640));
}
