//! The message layer by example: URIs, addresses, Via, headers, bodies.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests")]

use sip::msg::{CSeq, Params, Via};
use sip::{Headers, Message, Method, NameAddr, Request, Uri, describe};

fn parse(text: &str) -> Message {
    Message::parse(text.replace('\n', "\r\n").as_bytes()).unwrap()
}

fn headers(lines: &str) -> Headers {
    let text = format!(
        "OPTIONS sip:a SIP/2.0\nVia: SIP/2.0/UDP a\nFrom: <sip:a>;tag=1\nTo: <sip:b>\nCall-ID: 1\nCSeq: 1 OPTIONS\n{lines}\n"
    );
    parse(&text).headers().clone()
}

#[test]
fn uri_printed_is_what_was_parsed() {
    for text in [
        "sip:alice@example.com",
        "sips:alice:secret@example.com:5061;transport=tcp;lr",
        "sip:example.com",
        "sip:[2001:db8::1]:5062;transport=udp",
        "sip:+14255550100@[2001:db8::9:1];user=phone",
        "sip:5550100;phone-context=redmond@contoso.com",
        "sip:5550100;phone-context=+1;ext=7@contoso.com;user=phone",
        "sip:*98%23@pbx.example.com",
        "sip:a?b;;c@example.com;x=;y",
        "sip:a@example.com?subject=hi&priority=urgent",
        "sip:a.b-c_d@under_score.example.com",
        "tel:+1-201-555-0123",
        "tel:7042;phone-context=example.com",
        "tel:*31#;phone-context=+49",
        "mailto:someone@example.com",
        "soap.beep://192.0.2.103:3002",
    ] {
        assert_eq!(Uri::parse(text).unwrap().to_string(), text);
    }
}

#[test]
fn uri_with_phone_context_in_user_part_splits_number_and_context() {
    let uri = Uri::parse("sip:5550100;phone-context=redmond@contoso.com;user=phone").unwrap();
    assert_eq!((uri.user_number(), uri.phone_context(), uri.host()), (Some("5550100"), Some("redmond"), Some("contoso.com")));
    let Uri::Sip(sip) = &uri else { panic!() };
    assert_eq!((sip.param("user"), sip.param("phone-context"), sip.port()), (Some("phone"), None, None));
    let tel = Uri::parse("tel:7042;phone-context=example.com").unwrap();
    assert_eq!((tel.user_number(), tel.phone_context()), (Some("7042"), Some("example.com")));
}

#[test]
fn uri_with_escapes_gives_the_number_behind_them() {
    assert_eq!(Uri::parse("sip:%2B4930%23@example.com").unwrap().user_number(), Some("+4930#"));
    assert_eq!(Uri::parse("sip:%ff@example.com").unwrap().user_number(), Some("\u{fffd}"));
}

#[test]
fn uri_that_is_none_is_refused() {
    for text in [
        "",
        "sip",
        "sip:",
        "sip:a@",
        "sip:a@b:99999",
        "sip:a@b:x",
        "sip:a@[::1",
        "sip:a@[zz]",
        "sip:a%2@b",
        "sip:a%zz@b",
        "tel:",
        "tel:abc xyz",
        "tel:xyz",
        "<sip:a@b>",
        "sip:a b@c",
        "1sip:a@b",
        "sip:a@b c",
        "sip:\u{0}@b",
        "sip:a@b:-1",
        "sip:a@b\\c",
    ] {
        assert!(Uri::parse(text).is_err(), "{text:?}");
    }
}

#[test]
fn uri_built_escapes_what_a_user_part_may_not_hold() {
    assert_eq!(Uri::sip(Some("*98#"), "pbx", None).to_string(), "sip:*98%23@pbx");
    assert_eq!(Uri::sip(Some("a@b;c"), "::1", Some(5062)).to_string(), "sip:a%40b%3Bc@[::1]:5062");
    assert_eq!(Uri::sip(Some("a@b;c"), "::1", None).user_number(), Some("a@b;c"));
    let uri = Uri::sip(Some("2160"), "gw.example.com", None)
        .with_user_param("phone-context", "dialstring")
        .with_param("user", Some("phone"));
    assert_eq!(uri.to_string(), "sip:2160;phone-context=dialstring@gw.example.com;user=phone");
    assert_eq!(Uri::tel("+49 30 1234").to_string(), "tel:+49301234");
}

#[test]
fn uri_of_an_address_says_where_to_send() {
    let at = |text: &str| Uri::parse(text).unwrap().socket_addr().map(|a| a.to_string());
    assert_eq!(at("sip:a@192.0.2.1").as_deref(), Some("192.0.2.1:5060"));
    assert_eq!(at("sips:a@[2001:db8::1]").as_deref(), Some("[2001:db8::1]:5061"));
    assert_eq!(at("sip:a@192.0.2.1:6000").as_deref(), Some("192.0.2.1:6000"));
    assert_eq!(at("sip:a@example.com"), None);
}

#[test]
fn name_addr_in_all_its_forms_is_read() {
    for (text, display, uri, tag) in [
        ("<sip:a@b>;tag=1", None, "sip:a@b", Some("1")),
        ("sip:a@b;tag=1", None, "sip:a@b", Some("1")),
        ("\"A, \\\"B\\\" <x>\" <sip:a@b;tag=uri> ; TAG = 2", Some("A, \"B\" <x>"), "sip:a@b;tag=uri", Some("2")),
        ("A. B  C<sip:a@b>", Some("A. B C"), "sip:a@b", None),
        ("\"\" <tel:+1;phone-context=x>", Some(""), "tel:+1;phone-context=x", None),
        ("J\u{fc}rgen <sip:a@b>;p=\"x;y\";tag=3", Some("J\u{fc}rgen"), "sip:a@b", Some("3")),
    ] {
        let addr = NameAddr::parse(text).unwrap();
        assert_eq!((addr.display.as_deref(), addr.uri.to_string().as_str(), addr.tag()), (display, uri, tag), "{text}");
        assert_eq!(NameAddr::parse(&addr.to_string()).unwrap(), addr, "{text}");
    }
}

#[test]
fn name_addr_that_is_none_is_refused() {
    for text in [
        "",
        "<>",
        "<sip:a@b",
        "\"A <sip:a@b>",
        "A, B <sip:a@b>",
        "sip:a@b?x=y",
        "<sip:a@b> x",
        "<sip:a@b>;;tag=1",
        "\"A\" sip:a@b",
        "<sip:a@b>;=x",
    ] {
        assert!(NameAddr::parse(text).is_err(), "{text:?}");
    }
}

#[test]
fn via_with_white_space_everywhere_is_read() {
    let via = Via::parse("SIP  / 2.0  /  TCP     spindle.example.com  :  5070  ;  branch  =   z9hG4bK9ikj8  ; rport").unwrap();
    assert_eq!(
        (via.transport.as_str(), via.host.as_str(), via.port, via.branch()),
        ("TCP", "spindle.example.com", Some(5070), Some("z9hG4bK9ikj8"))
    );
    assert_eq!(via.to_string(), "SIP/2.0/TCP spindle.example.com:5070;branch=z9hG4bK9ikj8;rport");
    let v6 = Via::parse("SIP/2.0/UDP [2001:db8::9:1]:5060;received=[2001:db8::9:255];branch=z9hG4bKas3").unwrap();
    assert_eq!(v6.response_addr().unwrap().to_string(), "[2001:db8::9:255]:5060");
    for text in ["SIP/2.0/UDP", "SIP/2.0/UDP ", "SIP/1.0/UDP a", "HTTP/2.0/UDP a", "SIP/2.0/UDP a;;b", "SIP/2.0/U P a:x", ""] {
        assert!(Via::parse(text).is_err(), "{text:?}");
    }
}

#[test]
fn via_source_is_noted_as_rfc3581_says() {
    let noted = |text: &str| {
        let mut via = Via::parse(text).unwrap();
        via.note_source("192.0.2.9:7000".parse().unwrap());
        (via.to_string(), via.response_addr().unwrap().to_string())
    };
    assert_eq!(
        noted("SIP/2.0/UDP 192.0.2.9:5070;branch=x"),
        ("SIP/2.0/UDP 192.0.2.9:5070;branch=x".into(), "192.0.2.9:5070".into())
    );
    assert_eq!(noted("SIP/2.0/UDP pc;branch=x"), ("SIP/2.0/UDP pc;branch=x;received=192.0.2.9".into(), "192.0.2.9:5060".into()));
    assert_eq!(
        noted("SIP/2.0/UDP 10.0.0.1:5070;rport;branch=x"),
        ("SIP/2.0/UDP 10.0.0.1:5070;rport=7000;branch=x;received=192.0.2.9".into(), "192.0.2.9:7000".into())
    );
    // A sender may not point our answers at somebody else.
    assert_eq!(noted("SIP/2.0/UDP 192.0.2.9;received=198.51.100.1"), ("SIP/2.0/UDP 192.0.2.9".into(), "192.0.2.9:5060".into()));
}

#[test]
fn headers_are_found_in_compact_form_any_case_and_over_lines() {
    let headers =
        headers("k: timer, 100rel\nSUPPORTED : replaces\nm: <sip:x>, \"a, b\" <sip:y>;q=1\nX-Folded: one\n two\n\t three\n");
    assert_eq!(headers.get("supported"), Some("timer, 100rel"));
    assert_eq!(headers.list("Supported").unwrap(), ["timer", "100rel", "replaces"]);
    assert!(headers.list_contains("Supported", "REPLACES") && !headers.list_contains("Supported", "gruu"));
    assert_eq!(headers.list("Contact").unwrap(), ["<sip:x>", "\"a, b\" <sip:y>;q=1"]);
    assert_eq!(headers.get("x-folded"), Some("one two three"));
    assert_eq!(headers.get_all("k").count(), 2);
    assert_eq!(headers.call_id(), Some("1"));
}

#[test]
fn headers_set_replaces_in_place_and_push_cannot_break_the_line() {
    let mut headers = Headers::default();
    for (name, value) in [("A", "1"), ("B", "2"), ("A", "3"), ("C", "4")] {
        headers.push(name, value);
    }
    headers.set("a", "new");
    headers.push("Evil\r\nX", "x\r\nInjected: yes");
    let lines: Vec<_> = headers.iter().map(|h| format!("{}: {}", h.name(), h.value())).collect();
    assert_eq!(lines, ["a: new", "B: 2", "C: 4", "EvilX: x  Injected: yes"]);
}

#[test]
fn reason_header_gives_its_q850_cause() {
    let cause = |line: &str| headers(&format!("Reason: {line}\n")).reason_q850();
    assert_eq!(cause("Q.850;cause=16;text=\"Normal, clearing\""), Some(16));
    assert_eq!(cause("SIP;cause=480, q.850 ; cause = 17"), Some(17));
    assert_eq!(cause("Q.850;cause=\"34\""), Some(34));
    assert_eq!(cause("SIP;cause=200"), None);
    assert_eq!(cause("Q.850;cause=300"), None);
    assert_eq!(cause("Q.850"), None);
}

#[test]
fn cseq_and_numbers_have_bounds() {
    assert_eq!(CSeq::parse("0009   INVITE").unwrap(), CSeq { number: 9, method: Method::Invite });
    for text in ["", "1", "INVITE", "-1 INVITE", "4294967296 INVITE", "1 INVITE x", "1 IN<VITE"] {
        assert!(CSeq::parse(text).is_err(), "{text:?}");
    }
    assert_eq!(headers("Max-Forwards: 0070\n").max_forwards(), Some(70));
}

#[test]
fn bytes_that_are_not_utf8_pass_through() {
    let mut bytes = b"MESSAGE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\nFROM : \"J\xfcrgen\"\r\n\t<sip:a@b>;tag=1\r\nt:<sip:b>\r\ni:1\r\nCSeq:1   MESSAGE\r\nContent-Length:  5\r\n\r\n".to_vec();
    bytes.extend_from_slice(&[0, 255, 13, 10, 0]);
    let message = Message::parse(&bytes).unwrap();
    assert_eq!(message.to_bytes(), bytes);
    assert_eq!(message.headers().from().unwrap().display.as_deref(), Some("J\u{fffd}rgen"));
    assert_eq!(message.body(), [0, 255, 13, 10, 0]);
}

#[test]
fn body_is_cut_at_content_length_and_whole_without_it() {
    let text = |length: &str| {
        format!(
            "OPTIONS sip:a SIP/2.0\nVia: SIP/2.0/UDP a\nFrom: <sip:a>;tag=1\nTo: <sip:b>\nCall-ID: 1\nCSeq: 1 OPTIONS\n{length}\nbody"
        )
    };
    assert_eq!(parse(&text("Content-Length: 2\n")).body(), b"bo");
    assert_eq!(parse(&text("")).body(), b"body");
    for bad in ["Content-Length: 5\n", "l: 4\nContent-Length: 4\n", "l: -4\n", "l: four\n", "l: 99999999999999999999\n", "l:\n"] {
        assert!(Message::parse(text(bad).replace('\n', "\r\n").as_bytes()).is_err(), "{bad:?}");
    }
}

#[test]
fn sdp_is_found_alone_and_within_multipart() {
    let mut request = Request::new(Method::Invite, Uri::parse("sip:a@b").unwrap());
    request.set_body(Some(("Application/SDP;charset=utf-8", b"v=0")));
    assert_eq!(request.sdp(), Some(&b"v=0"[..]));
    let body = b"preamble\r\n--b1\r\nContent-Type: text/plain\r\n\r\nhi\r\n--b1\r\nContent-ID: 1\r\ncontent-type:application/sdp\r\n\r\nv=0\r\ns=-\r\n\r\n--b1--\r\n";
    request.set_body(Some(("multipart/mixed;boundary=\"b1\"", body)));
    assert_eq!(request.sdp(), Some(&b"v=0\r\ns=-\r\n"[..]));
    request.set_body(Some(("text/plain", b"v=0")));
    assert_eq!(request.sdp(), None);
    request.set_body(None);
    assert_eq!((request.sdp(), request.headers.get("Content-Length")), (None, Some("0")));
}

#[test]
fn missing_or_wrong_parts_are_named() {
    let whole = "INVITE sip:a@b SIP/2.0\nVia: SIP/2.0/UDP a\nFrom: <sip:a>;tag=1\nTo: <sip:b>\nCall-ID: 1\nCSeq: 1 INVITE\nContact: <sip:a>\n\n";
    assert!(Message::parse(whole.replace('\n', "\r\n").as_bytes()).is_ok());
    let fault = |from: &str, to: &str| {
        let malformed = Message::parse(whole.replacen(from, to, 1).replace('\n', "\r\n").as_bytes()).unwrap_err();
        (malformed.status, malformed.what, malformed.request.is_some())
    };
    for (from, to, status, what) in [
        ("Via: SIP/2.0/UDP a\n", "", 400, "missing Via"),
        ("From: <sip:a>;tag=1\n", "", 400, "missing From"),
        ("To: <sip:b>\n", "", 400, "missing To"),
        ("Call-ID: 1\n", "", 400, "missing Call-ID"),
        ("Call-ID: 1\n", "Call-ID:\n", 400, "missing Call-ID"),
        ("CSeq: 1 INVITE\n", "", 400, "missing CSeq"),
        ("Contact: <sip:a>\n", "", 400, "INVITE without Contact"),
        ("CSeq: 1 INVITE", "CSeq: 1 BYE", 400, "CSeq method BYE in a INVITE request"),
        ("To: <sip:b>", "To <sip:b>", 400, "'To <sip' is no header name"),
        ("To: <sip:b>", "To: <sip:b>\nnonsense", 400, "header line 'nonsense' has no colon"),
        ("SIP/2.0\n", "SIP/3.0\n", 505, "version 'SIP/3.0'"),
        ("sip:a@b SIP/2.0\n", "sip:a@b\n", 400, "request line has no version"),
    ] {
        let (got_status, got_what, answerable) = fault(from, to);
        assert_eq!((got_status, answerable), (status, true), "{to:?}: {got_what}");
        assert!(got_what.starts_with(what.split(" <sip").next().unwrap()), "{to:?}: {got_what}");
    }
}

#[test]
fn bare_line_ends_and_nul_are_refused() {
    let base =
        "OPTIONS sip:a SIP/2.0\r\nVia: SIP/2.0/UDP a\r\nFrom: <sip:a>;tag=1\r\nTo: <sip:b>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n";
    for header in ["X: a\nEvil: b\r\n", "X: a\rb\r\n", "X: a\r\r\n", "X\n: a\r\n"] {
        assert!(Message::parse(format!("{base}{header}\r\n").as_bytes()).is_err(), "{header:?}");
    }
    assert!(Message::parse(format!("\r\n\r\n{base}\r\n").as_bytes()).is_ok(), "line ends before the message are skipped");
    assert!(Message::parse(base.replace("\r\n", "\n").as_bytes()).is_err());
}

#[test]
fn describe_gives_one_line() {
    let request = parse(
        "INVITE sip:100@127.0.0.1:5062 SIP/2.0\nv: SIP/2.0/UDP a\nf: <sip:a>;tag=1\nt: <sip:b>\ni: 1\nCSeq: 1 INVITE\nm: <sip:a>\nc: application/sdp\n\nv=0\n",
    );
    assert_eq!(describe(&request.to_bytes()), "INVITE sip:100@127.0.0.1:5062 (sdp)");
    assert_eq!(format!("{request:?}"), "INVITE sip:100@127.0.0.1:5062 (sdp)");
    let answer = |cseq: &str| {
        format!("SIP/2.0 200 OK\r\nv: SIP/2.0/UDP a\r\nf: <sip:a>;tag=1\r\nt: <sip:b>\r\ni: 1\r\nCSeq: 1 {cseq}\r\n\r\n")
    };
    assert_eq!(describe(answer("INVITE").as_bytes()), "200 OK");
    assert_eq!(describe(answer("BYE").as_bytes()), "200 OK to BYE");
    assert_eq!(describe(b"\r\n\r\n"), "keep-alive");
    assert_eq!(describe(b"\x16\x03\x01hello"), "hello (malformed: no empty line after the headers)");
}

#[test]
fn params_keep_order_and_quotes() {
    let via = Via::parse("SIP/2.0/UDP a;x=\"a;b\";y;Z=1").unwrap();
    let params: &Params = &via.params;
    assert_eq!((params.get("x"), params.get("y"), params.get("z"), params.get("w")), (Some("a;b"), Some(""), Some("1"), None));
    assert_eq!(params.to_string(), ";x=\"a;b\";y;Z=1");
}
