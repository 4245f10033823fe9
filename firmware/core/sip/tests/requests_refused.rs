//! What an endpoint answers by itself (RFC 3261 sections 8.2, 9.2, 12.2.2), to raw messages.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests")]

mod bench;

use std::time::Duration;

use bench::{Alone, OFFER, request, sdp, to_tag};
use sip::{Body, Config, EndedBy, Endpoint, Event};

fn status(answers: &[String]) -> &str {
    answers.last().map_or("", |answer| answer.split("\r\n").next().unwrap().strip_prefix("SIP/2.0 ").unwrap_or(answer))
}

fn invite(branch: &str, extra: &str) -> String {
    request("INVITE", branch, "", 1, &format!("Content-Type: application/sdp\n{extra}"), &OFFER.replace("\r\n", "\n"))
}

/// An endpoint with one call, up; gives our tag too.
fn with_call() -> (Alone, sip::CallId, String) {
    let mut alone = Alone::new();
    alone.send(&invite("first", ""));
    let call = bench::incoming(&alone.events());
    alone.endpoint.accept(alone.now, call, &[], sdp());
    let tag = to_tag(&alone.sent()[0]);
    alone.send(&request("ACK", "ack", &tag, 1, "", ""));
    assert!(matches!(&alone.events()[..], [Event::Confirmed { .. }]));
    (alone, call, tag)
}

#[test]
fn method_that_we_do_not_serve_is_405_and_unknown_is_501() {
    let mut alone = Alone::new();
    for method in ["REGISTER", "NOTIFY", "MESSAGE", "SUBSCRIBE", "REFER", "UPDATE", "PRACK", "PUBLISH"] {
        let answers = alone.send(&request(method, method, "", 1, "", ""));
        assert_eq!(status(&answers), "405 Method Not Allowed", "{method}");
        assert!(answers[0].contains("\r\nAllow: INVITE, ACK, CANCEL, BYE, OPTIONS, INFO\r\n"));
    }
    assert_eq!(status(&alone.send(&request("FROBNICATE", "f", "", 1, "", ""))), "501 Not Implemented");
    assert_eq!(status(&alone.send(&request("invite", "i", "", 1, "", ""))), "501 Not Implemented", "case counts");
    assert_eq!(alone.endpoint.stats().refused, 10);
    assert!(alone.events().is_empty());
}

#[test]
fn request_repeated_gets_the_same_answer_again() {
    let mut alone = Alone::new();
    let first = alone.send(&request("MESSAGE", "m", "", 1, "", ""));
    assert_eq!(alone.send(&request("MESSAGE", "m", "", 1, "", "")), first);
    assert_eq!(alone.endpoint.stats().repeats_out, 1);
}

#[test]
fn invite_that_cannot_be_served_is_refused() {
    for (from, to, expected, header) in [
        ("Content-Type: application/sdp", "Content-Type: text/plain", "415 Unsupported Media Type", "Accept: application/sdp"),
        ("Content-Type: application/sdp\n", "", "415 Unsupported Media Type", "Accept: application/sdp"),
        (
            "Content-Type: application/sdp",
            "e: gzip\nc: application/sdp",
            "415 Unsupported Media Type",
            "Accept-Encoding: identity",
        ),
        (
            "Max-Forwards: 70",
            "Max-Forwards: 70\nRequire: 100rel, x\nRequire: y",
            "420 Bad Extension",
            "Unsupported: 100rel, x, y",
        ),
        ("Max-Forwards: 70", "Max-Forwards: 0", "483 Too Many Hops", ""),
        ("INVITE sip:100@192.0.2.2", "INVITE urn:service:sos", "416 Unsupported URI Scheme", ""),
    ] {
        let mut alone = Alone::new();
        let answers = alone.send(&invite("a", "").replacen(from, to, 1));
        assert_eq!(status(&answers), expected, "{to:?}");
        assert!(answers[0].contains(header), "{}", answers[0]);
        assert_ne!(to_tag(&answers[0]), "");
        assert!(alone.events().is_empty());
        let ack = request("ACK", "a", &to_tag(&answers[0]), 1, "", "");
        assert!(alone.send(&ack).is_empty());
        alone.endpoint.handle_timeout(alone.now + Duration::from_secs(6));
        assert_eq!(alone.endpoint.stats().transactions, 0, "the ACK ended the transaction");
    }
}

#[test]
fn invite_with_tel_uri_or_multipart_or_optional_body_is_taken() {
    for (from, to) in [
        ("INVITE sip:100@192.0.2.2", "INVITE tel:+4930123;phone-context=x"),
        ("application/sdp", "multipart/mixed;boundary=x"),
        ("Content-Type: application/sdp", "Content-Type: text/plain\nContent-Disposition: info;handling=optional"),
        ("Max-Forwards: 70\n", ""),
    ] {
        let mut alone = Alone::new();
        assert_eq!(status(&alone.send(&invite("a", "").replacen(from, to, 1))), "100 Trying", "{to:?}");
        assert!(matches!(&alone.events()[..], [Event::Incoming { .. }]));
    }
}

#[test]
fn malformed_request_is_400_and_says_why() {
    for (from, to, expected) in [
        ("Call-ID: raw@192.0.2.1\n", "", "400 Bad Request (missing Call-ID)"),
        ("To: <sip:100@192.0.2.2>\n", "", "400 Bad Request (missing To)"),
        ("CSeq: 1 INVITE", "CSeq: 1 ACK", "400 Bad Request (CSeq method ACK in a INVITE request)"),
        ("Contact: <sip:200@192.0.2.1:5060>\n", "", "400 Bad Request (INVITE without Contact)"),
        ("Contact: <sip:200@192.0.2.1:5060>", "Contact: *", "400 Bad Request (no usable Contact)"),
        ("SIP/2.0\n", "SIP/4.0\n", "505 Version Not Supported (version 'SIP/4.0')"),
        ("tag=peer", "tag=peer;;", "400 Bad Request (From: empty parameter in ';tag=peer;;')"),
    ] {
        let mut alone = Alone::new();
        let answers = alone.send(&invite("a", "").replacen(from, to, 1));
        assert_eq!(status(&answers), expected, "{to:?}");
        assert_eq!(alone.endpoint.stats().calls, 0);
    }
    let mut alone = Alone::new();
    let again = invite("a", "").replacen("Call-ID: raw@192.0.2.1\n", "", 1);
    assert_eq!(alone.send(&again), alone.send(&again), "stateless answers do not change");
    assert!(matches!(&alone.events()[..], [Event::Malformed { .. }, Event::Malformed { .. }]));
    assert_eq!(alone.endpoint.stats().malformed, 2);
}

#[test]
fn malformed_ack_response_and_garbage_get_no_answer() {
    let mut alone = Alone::new();
    assert!(alone.send(&request("ACK", "a", "x", 1, "", "").replace("CSeq: 1 ACK", "CSeq: x")).is_empty());
    assert!(alone.send("SIP/2.0 999 Nope\nVia: SIP/2.0/UDP a\n\n").is_empty());
    assert!(alone.send_bytes(b"\x00\x01\x02 garbage").is_empty());
    assert!(alone.send_bytes(&[0xff; 70_000]).is_empty());
    assert_eq!(alone.endpoint.stats().malformed, 4);
    assert!(alone.send_bytes(b"\r\n\r\n").is_empty() && alone.send_bytes(&[0; 4]).is_empty());
    assert_eq!((alone.endpoint.stats().malformed, alone.endpoint.stats().keep_alives), (4, 2));
}

#[test]
fn request_without_its_dialog_is_481() {
    let mut alone = Alone::new();
    assert_eq!(status(&alone.send(&request("BYE", "a", "nope", 2, "", ""))), "481 Call/Transaction Does Not Exist");
    assert_eq!(status(&alone.send(&request("BYE", "b", "", 2, "", ""))), "481 Call/Transaction Does Not Exist");
    assert_eq!(status(&alone.send(&request("CANCEL", "c", "", 1, "", ""))), "481 Call/Transaction Does Not Exist");
    assert_eq!(status(&alone.send(&request("INVITE", "d", "nope", 2, "", ""))), "481 Call/Transaction Does Not Exist");
    assert!(alone.send(&request("ACK", "e", "nope", 1, "", "")).is_empty());
    assert_eq!(alone.endpoint.stats().unknown_dialog, 5);
}

#[test]
fn bye_with_foreign_from_tag_does_not_end_the_call() {
    let (mut alone, _, tag) = with_call();
    let foreign = request("BYE", "x", &tag, 2, "", "").replace("tag=peer", "tag=other");
    assert_eq!(status(&alone.send(&foreign)), "481 Call/Transaction Does Not Exist");
    assert!(alone.events().is_empty());
}

#[test]
fn invite_that_came_by_two_ways_is_482() {
    let mut alone = Alone::new();
    assert_eq!(status(&alone.send(&invite("a", ""))), "100 Trying");
    assert_eq!(status(&alone.send(&invite("b", ""))), "482 Loop Detected");
    assert_eq!(alone.events().len(), 1);
}

#[test]
fn request_with_lower_sequence_number_is_500() {
    let (mut alone, _, tag) = with_call();
    assert!(status(&alone.send(&request("BYE", "old", &tag, 0, "", ""))).starts_with("500 Server Internal Error"));
    assert!(alone.events().is_empty());
    assert_eq!(status(&alone.send(&request("OPTIONS", "o", &tag, 7, "", ""))), "200 OK");
    assert!(status(&alone.send(&request("BYE", "b5", &tag, 5, "", ""))).starts_with("500"));
    assert_eq!(status(&alone.send(&request("BYE", "b8", &tag, 8, "", ""))), "200 OK");
    assert!(matches!(&alone.events()[..], [Event::Ended { by: EndedBy::Peer, .. }]));
}

#[test]
fn ack_with_the_branch_of_the_invite_confirms_the_call() {
    let mut alone = Alone::new();
    alone.send(&invite("same", ""));
    let call = bench::incoming(&alone.events());
    alone.endpoint.accept(alone.now, call, &[], sdp());
    let tag = to_tag(&alone.sent()[0]);
    alone.send(&request("ACK", "same", &tag, 1, "", ""));
    assert!(matches!(&alone.events()[..], [Event::Confirmed { .. }]));
}

#[test]
fn bye_before_our_answer_cancels_the_call() {
    let mut alone = Alone::new();
    alone.send(&invite("a", ""));
    let call = bench::incoming(&alone.events());
    alone.endpoint.provisional(alone.now, call, 183, &[], None);
    let tag = to_tag(&alone.sent()[0]);
    let answers = alone.send(&request("BYE", "b", &tag, 2, "", ""));
    assert!(answers[0].starts_with("SIP/2.0 200 OK") && answers[1].starts_with("SIP/2.0 487 "), "{answers:?}");
    assert!(matches!(&alone.events()[..], [Event::Cancelled { .. }]));
}

#[test]
fn cancel_after_our_answer_changes_nothing() {
    let mut alone = Alone::new();
    alone.send(&invite("a", ""));
    let call = bench::incoming(&alone.events());
    alone.endpoint.accept(alone.now, call, &[], sdp());
    alone.sent();
    assert_eq!(status(&alone.send(&request("CANCEL", "a", "", 1, "", ""))), "200 OK");
    assert!(alone.events().is_empty());
    assert_eq!(alone.endpoint.stats().calls, 1);
}

#[test]
fn second_invite_before_the_first_is_answered_is_500() {
    let mut alone = Alone::new();
    alone.send(&invite("a", ""));
    let call = bench::incoming(&alone.events());
    alone.endpoint.provisional(alone.now, call, 180, &[], None);
    let tag = to_tag(&alone.sent()[0]);
    let answers = alone.send(&request("INVITE", "b", &tag, 2, "", ""));
    assert!(answers[1].starts_with("SIP/2.0 500 ") && answers[1].contains("\r\nRetry-After: "), "{answers:?}");
}

#[test]
fn options_is_answered_as_we_are_available() {
    let mut alone = Alone::new();
    let answers = alone.send(&request("OPTIONS", "a", "", 1, "", ""));
    assert_eq!(status(&answers), "200 OK");
    for header in ["Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, INFO", "Accept: application/sdp", "Supported:", "Server: Junctor"] {
        assert!(answers[0].contains(&format!("\r\n{header}")), "{header}");
    }
    alone.endpoint.set_available(Err((503, "no trunk".to_owned())));
    assert_eq!(status(&alone.send(&request("OPTIONS", "b", "", 2, "", ""))), "503 no trunk");
    // RFC 4475 3.3.11: an end answers whatever Max-Forwards says.
    let zero = request("OPTIONS", "c", "", 3, "", "").replace("Max-Forwards: 70", "Max-Forwards: 0");
    assert_eq!(status(&alone.send(&zero)), "503 no trunk");
}

#[test]
fn calls_beyond_the_limit_are_503_but_calls_can_end() {
    let mut alone = Alone::new();
    alone.endpoint = Endpoint::new(Config { max_calls: 1, max_transactions: 3, ..Config::new([1; 32]) });
    alone.send(&invite("a", ""));
    let call = bench::incoming(&alone.events());
    alone.endpoint.accept(alone.now, call, &[], sdp());
    let tag = to_tag(&alone.sent()[0]);
    alone.send(&request("ACK", "k", &tag, 1, "", ""));
    let other = |branch: &str| invite(branch, "").replace("raw@", &format!("{branch}@"));
    let answers = alone.send(&other("b"));
    assert!(answers[0].starts_with("SIP/2.0 503 ") && answers[0].contains("\r\nRetry-After: "), "{answers:?}");
    alone.send(&request("OPTIONS", "c", "", 1, "", ""));
    assert_eq!(alone.endpoint.stats().transactions, 3);
    assert_eq!(
        status(&alone.send(&request("OPTIONS", "d", "", 1, "", ""))),
        "503 Service Unavailable",
        "no room for transactions"
    );
    assert_eq!(status(&alone.send(&request("BYE", "e", &tag, 2, "", ""))), "200 OK");
    assert_eq!((alone.endpoint.stats().overload, alone.endpoint.stats().calls), (2, 0));
}

#[test]
fn commands_for_no_call_or_at_the_wrong_time_are_counted_as_misuse() {
    let (mut alone, call, _) = with_call();
    let now = alone.now;
    alone.endpoint.accept(now, call, &[], sdp());
    alone.endpoint.provisional(now, call, 180, &[], None);
    alone.endpoint.answer_reinvite(now, call, Ok(Body::sdp("")));
    alone.endpoint.hangup(now, sip::CallId(99), 0, None, &[]);
    assert_eq!(alone.endpoint.stats().misuse, 4);
    assert!(alone.sent().is_empty() && alone.events().is_empty());
}

#[test]
fn headers_from_above_cannot_break_the_transaction() {
    let mut alone = Alone::new();
    alone.send(&invite("a", ""));
    let call = bench::incoming(&alone.events());
    let headers = [("Via", "x"), ("v", "x"), ("X-Note", "a\r\nCSeq: 9 BYE"), ("Server", "Other")]
        .map(|(n, v)| (n.to_owned(), v.to_owned()));
    alone.endpoint.provisional(alone.now, call, 180, &headers, None);
    let answer = alone.sent().remove(0);
    assert_eq!(alone.endpoint.stats().misuse, 2);
    assert!(answer.contains("\r\nX-Note: a  CSeq: 9 BYE\r\n") && answer.contains("\r\nServer: Other\r\n"), "{answer}");
    assert_eq!((answer.matches("Via:").count(), answer.matches("Server:").count()), (1, 1));
}

#[test]
fn answers_go_where_via_says() {
    let mut alone = Alone::new();
    let to = |alone: &mut Alone, text: String| {
        alone.endpoint.handle_datagram(
            alone.now,
            sip::Flow { remote: "192.0.2.77:4444".parse().unwrap(), ..alone.flow },
            text.replace('\n', "\r\n").as_bytes(),
        );
        let sent = alone.endpoint.poll_transmit().unwrap();
        (sent.flow.remote.to_string(), String::from_utf8(sent.bytes).unwrap())
    };
    let (remote, answer) = to(&mut alone, request("OPTIONS", "a", "", 1, "", ""));
    assert_eq!(remote, "192.0.2.77:5060", "received address, port of sent-by");
    assert!(answer.contains(";received=192.0.2.77"));
    let (remote, answer) = to(&mut alone, request("OPTIONS", "b;rport", "", 2, "", ""));
    assert_eq!(remote, "192.0.2.77:4444", "rport");
    assert!(answer.contains(";rport=4444"));
}

#[test]
fn peer_without_rfc3261_branch_is_served() {
    let mut alone = Alone::new();
    let old = |text: String| text.replace(";branch=z9hG4bKa", "");
    assert_eq!(status(&alone.send(&old(invite("a", "")))), "100 Trying");
    assert_eq!(status(&alone.send(&old(invite("a", "")))), "100 Trying", "a repeat");
    let call = bench::incoming(&alone.events());
    alone.endpoint.hangup(alone.now, call, 486, None, &[]);
    let tag = to_tag(&alone.sent()[0]);
    alone.send(&old(request("ACK", "a", &tag, 1, "", "")));
    alone.endpoint.handle_timeout(alone.now + Duration::from_secs(6));
    assert_eq!(alone.endpoint.stats().transactions, 0);
}
