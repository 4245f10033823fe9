//! A fork brings several provisional answers and several 2xx: the first wins, the others are ACKed and ended (RFC 3261 section 13.2.2.4).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests")]

mod bench;

use std::time::Duration;

use bench::{Alone, invite};
use sip::{Event, describe};

/// Answers `invite` as the branch `tag` of a fork would.
fn answer(request: &str, status: &str, tag: &str, contact: &str) -> String {
    let copied: Vec<&str> =
        request.lines().filter(|l| ["Via:", "From:", "Call-ID:", "CSeq:"].iter().any(|n| l.starts_with(n))).collect();
    format!(
        "SIP/2.0 {status}\n{}\nTo: <sip:100@192.0.2.2>;tag={tag}\nContact: <{contact}>\nRecord-Route: <sip:192.0.2.9;lr>, <sip:192.0.2.8;lr>\nContent-Length: 0\n\n",
        copied.join("\n")
    )
}

#[test]
fn forked_200s_first_wins_others_are_acked_and_ended() {
    let mut alone = Alone::new();
    let (now, flow) = (alone.now, alone.flow);
    let call = alone.endpoint.invite(now, invite(flow));
    let request = alone.sent().remove(0);
    alone.send(&answer(&request, "180 Ringing", "one", "sip:one@192.0.2.21"));
    alone.send(&answer(&request, "180 Ringing", "two", "sip:two@192.0.2.22"));
    let first = alone.send(&answer(&request, "200 OK", "two", "sip:two@192.0.2.22"));
    assert_eq!(first.len(), 1);
    assert!(first[0].starts_with("ACK sip:two@192.0.2.22 SIP/2.0\r\n") && first[0].contains(";tag=two\r\n"), "{}", first[0]);
    let routes: Vec<&str> = first[0].lines().filter(|l| l.starts_with("Route:")).collect();
    assert_eq!(routes, ["Route: <sip:192.0.2.8;lr>", "Route: <sip:192.0.2.9;lr>"], "reversed for the caller");
    let second = alone.send(&answer(&request, "200 OK", "one", "sip:one@192.0.2.21"));
    let lines: Vec<String> = second.iter().map(|m| describe(m.as_bytes())).collect();
    assert_eq!(lines, ["ACK sip:one@192.0.2.21", "BYE sip:one@192.0.2.21"]);
    let again = alone.send(&answer(&request, "200 OK", "one", "sip:one@192.0.2.21"));
    assert_eq!(again, second[..1], "the same ACK, no second BYE");
    let again = alone.send(&answer(&request, "200 OK", "two", "sip:two@192.0.2.22"));
    assert_eq!(again, first, "the winner's ACK");
    let events = alone.events();
    assert!(
        matches!(&events[..], [Event::Provisional { .. }, Event::Provisional { .. }, Event::Answered { call: c, .. }] if *c == call)
    );
}

#[test]
fn request_in_dialog_goes_to_the_first_route() {
    let mut alone = Alone::new();
    let (now, flow) = (alone.now, alone.flow);
    let call = alone.endpoint.invite(now, invite(flow));
    let request = alone.sent().remove(0);
    alone.send(&answer(&request, "200 OK", "x", "sip:x@192.0.2.21"));
    alone.endpoint.hangup(now + Duration::from_secs(1), call, 0, None, &[]);
    let bye = alone.endpoint.poll_transmit().unwrap();
    assert_eq!(bye.flow.remote.to_string(), "192.0.2.8:5060");
    assert!(String::from_utf8(bye.bytes).unwrap().contains("CSeq: 2 BYE\r\n"));
}

#[test]
fn strict_router_gets_its_own_uri_in_the_request_line() {
    let mut alone = Alone::new();
    let (now, flow) = (alone.now, alone.flow);
    let call = alone.endpoint.invite(now, invite(flow));
    let request = alone.sent().remove(0);
    alone.send(&answer(&request, "200 OK", "x", "sip:x@192.0.2.21").replace("8;lr", "8"));
    alone.endpoint.hangup(now, call, 0, None, &[]);
    let bye = alone.sent().remove(0);
    assert!(bye.starts_with("BYE sip:192.0.2.8 SIP/2.0\r\n"), "{bye}");
    let routes: Vec<&str> = bye.lines().filter(|l| l.starts_with("Route:")).collect();
    assert_eq!(routes, ["Route: <sip:192.0.2.9;lr>", "Route: <sip:x@192.0.2.21>"]);
}

#[test]
fn answer_without_contact_rejects_the_call() {
    let mut alone = Alone::new();
    let (now, flow) = (alone.now, alone.flow);
    alone.endpoint.invite(now, invite(flow));
    let request = alone.sent().remove(0);
    let answer = answer(&request, "200 OK", "x", "sip:x@192.0.2.21").replace("Contact: <sip:x@192.0.2.21>\n", "");
    assert!(alone.send(&answer).is_empty());
    assert!(matches!(&alone.events()[..], [Event::Rejected { status: 502, .. }]));
    assert_eq!(alone.endpoint.stats().calls, 0);
}

#[test]
fn stray_responses_are_counted_and_dropped() {
    let mut alone = Alone::new();
    let (now, flow) = (alone.now, alone.flow);
    alone.endpoint.invite(now, invite(flow));
    let request = alone.sent().remove(0);
    let good = answer(&request, "200 OK", "x", "sip:x@192.0.2.21");
    assert!(alone.send(&good.replace("branch=z9hG4bK", "branch=z9hG4bKx")).is_empty());
    assert!(alone.send(&good.replacen("Via:", "Via: SIP/2.0/UDP 198.51.100.1;branch=z9hG4bK1\nVia:", 1)).is_empty());
    assert_eq!(alone.endpoint.stats().stray_responses, 2);
    assert!(alone.events().is_empty());
}
