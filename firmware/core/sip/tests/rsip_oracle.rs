//! rsip 0.4 as a second opinion: what both accept, both must read alike.
//!
//! Known faults of rsip that the comparison makes allowance for: it rejects folding, compact forms it does not know, IPv6 references, `tel:`,
//! `;phone-context` in the user part; it loses a user part of dots; it prints its own reason phrase and `transport=` in capitals; its bodies are right only without bytes above 127.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests")]

use std::cell::Cell;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use rsip::prelude::*;
use sip::{Message, NameAddr};

fn token() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9][a-zA-Z0-9.!%*_+~-]{0,8}"
}

fn uri() -> impl Strategy<Value = String> {
    let user = prop_oneof![Just(String::new()), "[a-z0-9][a-z0-9+-]{0,7}@".prop_map(|user: String| user)];
    let host = prop_oneof![Just("192.0.2.7"), Just("example.com"), Just("a-b.example.org")];
    let port = prop_oneof![Just(""), Just(":5060"), Just(":15061")];
    let params = prop_oneof![Just(""), Just(";transport=tcp"), Just(";user=phone"), Just(";lr"), Just(";transport=udp;lr")];
    (prop_oneof![Just("sip:"), Just("sips:")], user, host, port, params)
        .prop_map(|(scheme, user, host, port, params)| format!("{scheme}{user}{host}{port}{params}"))
}

fn name_addr() -> impl Strategy<Value = String> {
    let display = prop_oneof![Just(String::new()), "[A-Z][a-z]{1,6} ", "\"[a-zA-Z .]{1,10}\" "];
    let tag = prop_oneof![Just(String::new()), token().prop_map(|tag| format!(";tag={tag}"))];
    (display, uri(), tag).prop_map(|(display, uri, tag)| format!("{display}<{uri}>{tag}"))
}

fn start_line() -> impl Strategy<Value = (String, &'static str)> {
    let method = prop_oneof![
        Just("OPTIONS"),
        Just("BYE"),
        Just("INVITE"),
        Just("CANCEL"),
        Just("REGISTER"),
        Just("MESSAGE"),
        Just("INFO")
    ];
    let status = (
        prop_oneof![Just(100u16), Just(180), Just(183), Just(200), Just(302), Just(404), Just(486), Just(503), Just(603)],
        "[A-Za-z ]{0,12}",
    );
    prop_oneof![
        (method.clone(), uri()).prop_map(|(method, uri)| (format!("{method} {uri} SIP/2.0"), method)),
        (status, method).prop_map(|((status, phrase), method)| (format!("SIP/2.0 {status} {phrase}"), method)),
    ]
}

fn extra_header() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("Allow: INVITE, ACK, BYE".to_owned()),
        Just("Supported: timer, 100rel".to_owned()),
        Just("User-Agent: Some Agent/1.0 (x; y)".to_owned()),
        Just("Require: x".to_owned()),
        Just("Subject: a, b; c=\"d\"".to_owned()),
        (token(), "[ -~]{0,20}").prop_map(|(name, value)| format!("X-{name}: {value}")),
        name_addr().prop_map(|addr| format!("P-Asserted-Identity: {addr}")),
        name_addr().prop_map(|addr| format!("Record-Route: {addr}")),
    ]
}

fn message() -> impl Strategy<Value = String> {
    let via = (prop_oneof![Just("UDP"), Just("TCP")], prop_oneof![Just("192.0.2.9"), Just("h.example.com:5070")], token())
        .prop_map(|(transport, host, branch)| format!("SIP/2.0/{transport} {host};branch=z9hG4bK{branch}"));
    (start_line(), prop::collection::vec(via, 1..3), name_addr(), name_addr(), token(), any::<u32>(), prop::collection::vec(extra_header(), 0..4), "[a-z=\r\n ]{0,20}")
        .prop_map(|((start, method), vias, from, to, call_id, number, extra, body)| {
            let vias: String = vias.iter().map(|via| format!("Via: {via}\r\n")).collect();
            let extra: String = extra.iter().map(|header| format!("{header}\r\n")).collect();
            format!(
                "{start}\r\n{vias}From: {from}\r\nTo: {to}\r\nCall-ID: {call_id}\r\nCSeq: {number} {method}\r\nMax-Forwards: 70\r\n{extra}\
                 Contact: <sip:c@192.0.2.9>\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            )
        })
}

/// Names in small letters with their values, in order.
fn ours(message: &Message) -> Vec<(String, String)> {
    message.headers().iter().map(|h| (h.name().to_ascii_lowercase(), h.value().to_owned())).collect()
}

fn theirs(headers: &rsip::Headers) -> Vec<(String, String)> {
    let split = |header: &rsip::Header| {
        let text = header.to_string();
        let (name, value) = text.split_once(':').unwrap();
        (name.trim().to_ascii_lowercase(), value.trim().to_owned())
    };
    headers.iter().map(split).collect()
}

/// Compares; false when rsip does not accept the message.
fn compare(text: &str) -> Result<bool, TestCaseError> {
    let message = Message::parse(text.as_bytes()).map_err(|fault| TestCaseError::fail(format!("{fault}\n{text}")))?;
    let Ok(other) = rsip::SipMessage::try_from(text.as_bytes()) else { return Ok(false) };
    let (headers, body) = match (&message, &other) {
        (Message::Request(a), rsip::SipMessage::Request(b)) => {
            prop_assert_eq!(a.method.to_string(), b.method.to_string());
            prop_assert_eq!(a.uri.to_string().to_lowercase(), b.uri.to_string().to_lowercase());
            prop_assert_eq!(a.uri.user_number(), b.uri.user());
            (&b.headers, &b.body)
        }
        (Message::Response(a), rsip::SipMessage::Response(b)) => {
            prop_assert_eq!(a.status, b.status_code.code());
            (&b.headers, &b.body)
        }
        (a, b) => return Err(TestCaseError::fail(format!("{a:?} is not {b}"))),
    };
    prop_assert_eq!(ours(&message), theirs(headers));
    prop_assert_eq!(message.body(), &body[..]);
    compare_typed(&message, &other)?;
    Ok(true)
}

fn compare_typed(message: &Message, other: &rsip::SipMessage) -> Result<(), TestCaseError> {
    let headers = message.headers();
    if let Ok(cseq) = other.cseq_header().and_then(|cseq| cseq.typed()) {
        let ours = headers.cseq().unwrap();
        prop_assert_eq!((ours.number, ours.method.to_string()), (cseq.seq, cseq.method.to_string()));
    }
    if let Ok(via) = other.via_header().and_then(|via| via.typed()) {
        let ours = headers.via().unwrap();
        prop_assert_eq!(ours.branch(), via.branch().map(|branch| branch.value()));
        prop_assert_eq!(ours.transport, via.transport.to_string());
    }
    if let Ok(from) = other.from_header().and_then(|from| from.typed()) {
        let ours: NameAddr = headers.from().unwrap();
        prop_assert_eq!(ours.tag(), from.tag().map(|tag| tag.value()));
        prop_assert_eq!(ours.uri.to_string().to_lowercase(), from.uri.to_string().to_lowercase());
    }
    Ok(())
}

#[test]
fn what_both_accept_is_read_alike() {
    let (all, compared) = (Cell::new(0), Cell::new(0));
    let mut runner = TestRunner::new(Config { cases: 400, failure_persistence: None, ..Config::default() });
    runner
        .run(&message(), |text| {
            all.set(all.get() + 1);
            if compare(&text)? {
                compared.set(compared.get() + 1);
            }
            Ok(())
        })
        .unwrap();
    // The oracle is of use only if it takes most of what it is asked.
    assert!(compared.get() * 4 > all.get() * 3, "rsip took only {} of {}", compared.get(), all.get());
}
