//! The parser against bytes nobody would send: it never panics, and what it accepts it prints again.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests")]

use proptest::prelude::*;
use sip::msg::{CSeq, Params, Via};
use sip::{Message, NameAddr, Uri, describe};

const VALID: &str = "INVITE sip:5550100;phone-context=redmond@contoso.com;user=phone SIP/2.0\r\nVia: SIP/2.0/UDP [2001:db8::1]:5060;branch=z9hG4bK1;rport, SIP/2.0/TCP b\r\n\
    f: \"A, \\\"B\\\"\"\r\n <sip:a@b>;tag=1\r\nTo : sip:b@c\r\nCall-ID: x@y\r\nCSeq: 00010 INVITE\r\nm: <sip:a@192.0.2.1>\r\nReason: Q.850;cause=16\r\nRecord-Route: <sip:p;lr>, <sip:q>\r\n\
    Content-Type: multipart/mixed;boundary=b\r\nContent-Length: 48\r\n\r\n--b\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--b--";

fn touch_everything(bytes: &[u8]) {
    let _ = describe(bytes);
    let Ok(message) = Message::parse(bytes) else { return };
    let headers = message.headers();
    let _ = (headers.from(), headers.to(), headers.contact(), headers.via(), headers.cseq(), headers.reason_q850());
    let _ = (headers.max_forwards(), headers.content_type(), headers.list("Via"), headers.list("Record-Route"));
    if let Message::Request(request) = &message {
        let _ = (request.sdp(), request.uri.user_number(), request.uri.socket_addr());
    }
    let printed = message.to_bytes();
    let again = Message::parse(&printed).expect("what was accepted is accepted again");
    assert_eq!(again, message);
    assert_eq!(again.to_bytes(), printed);
}

#[test]
fn valid_sample_is_valid() {
    let message = Message::parse(VALID.as_bytes()).unwrap();
    assert_eq!(message.to_bytes(), VALID.as_bytes(), "byte for byte");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_byte_string_is_survived(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        touch_everything(&bytes);
    }

    #[test]
    fn every_damaged_message_is_survived(edits in prop::collection::vec((0..VALID.len(), any::<u8>(), 0u8..4), 1..12)) {
        let mut bytes = VALID.as_bytes().to_vec();
        for (at, byte, kind) in edits {
            let at = at.min(bytes.len().saturating_sub(1));
            match kind {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                2 => { bytes.remove(at); }
                _ => bytes.insert(at, b"\r\n \t;,<>\"\\@:="[usize::from(byte) % 13]),
            }
            if bytes.is_empty() { return Ok(()); }
        }
        touch_everything(&bytes);
    }

    #[test]
    fn every_text_is_survived_by_the_typed_parsers(text in "[ -~\t\r\n\u{e9}]{0,60}") {
        if let Ok(uri) = Uri::parse(&text) {
            prop_assert_eq!(Uri::parse(&uri.to_string()), Ok(uri));
        }
        if let Ok(addr) = NameAddr::parse(&text) {
            prop_assert_eq!(NameAddr::parse(&addr.to_string()), Ok(addr));
        }
        if let Ok(via) = Via::parse(&text) {
            prop_assert_eq!(Via::parse(&via.to_string()), Ok(via));
        }
        let _ = CSeq::parse(&text);
        let _ = Params::default().get(&text);
    }

    #[test]
    fn uri_built_from_any_user_is_read_back(user in "\\PC{1,20}", port in proptest::option::of(1u16..)) {
        let uri = Uri::sip(Some(&user), "192.0.2.1", port);
        let read = Uri::parse(&uri.to_string()).unwrap();
        prop_assert_eq!(read.user_number(), Some(user.as_str()));
        prop_assert_eq!(read, uri);
    }

    #[test]
    fn display_name_of_any_text_is_read_back(display in "\\PC{1,20}") {
        let addr = NameAddr::new(Uri::sip(None, "h", None)).with_display(&display);
        prop_assert_eq!(NameAddr::parse(&addr.to_string()), Ok(addr));
    }
}
