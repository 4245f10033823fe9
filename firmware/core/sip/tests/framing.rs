//! Cutting streams: chunks of any size, keep-alives, bounds, garbage.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests")]

use proptest::prelude::*;
use sip::msg::{Limits, StreamFramer};

fn message(body: &str) -> String {
    format!("OPTIONS sip:a SIP/2.0\r\nVia: SIP/2.0/TCP a\r\nl : {}\r\n\r\n{body}", body.len())
}

fn all(framer: &mut StreamFramer) -> Vec<Vec<u8>> {
    std::iter::from_fn(|| framer.next_message().unwrap()).collect()
}

fn broken_by(limits: Limits, bytes: &[u8]) -> String {
    let mut framer = StreamFramer::new(limits);
    framer.feed(bytes);
    loop {
        match framer.next_message() {
            Ok(Some(_)) => {}
            Ok(None) => return String::new(),
            Err(error) => {
                framer.feed(message("").as_bytes());
                assert_eq!(framer.next_message(), Err(error.clone()), "an error is final");
                return error.what;
            }
        }
    }
}

#[test]
fn stream_of_messages_and_keep_alives_is_cut() {
    let mut framer = StreamFramer::new(Limits::default());
    framer.feed(format!("\r\n\r\n{}\r\n\r\n{}{}", message("one"), message(""), message("\r\n\r\n")).as_bytes());
    let messages = all(&mut framer);
    assert_eq!(messages, [message("one").into_bytes(), message("").into_bytes(), message("\r\n\r\n").into_bytes()]);
    assert_eq!(framer.keep_alives(), 4);
}

#[test]
fn message_without_content_length_has_no_body() {
    let bytes = "OPTIONS sip:a SIP/2.0\r\nVia: SIP/2.0/TCP a\r\n\r\n";
    let mut framer = StreamFramer::new(Limits::default());
    framer.feed(format!("{bytes}{bytes}").as_bytes());
    assert_eq!(all(&mut framer).len(), 2);
    assert!(broken_by(Limits::default(), format!("{bytes}v=0\r\no=-\r\n").as_bytes()).contains("where a message should start"));
}

#[test]
fn garbage_breaks_the_stream_at_once() {
    for garbage in [&b"\x16\x03\x01\x02\x00"[..], b"GET / HTTP/1.1\r\n", b"\0\0\0\0", b"{\"json\":1}", b"hello\r\n", b"SIP;x"] {
        assert_ne!(broken_by(Limits::default(), garbage), "", "{garbage:?}");
    }
}

#[test]
fn bounds_break_the_stream() {
    let limits = Limits { header: 100, body: 10 };
    assert_eq!(broken_by(limits, message("0123456789").as_bytes()), "");
    assert_eq!(broken_by(limits, message("0123456789a").as_bytes()), "body of 11 bytes is more than 10");
    let long = format!("OPTIONS sip:a SIP/2.0\r\nX: {}", "x".repeat(100));
    assert_eq!(broken_by(limits, long.as_bytes()), "headers of more than 100 bytes");
    assert_eq!(broken_by(limits, "x".repeat(101).as_bytes()), "headers of more than 100 bytes");
    assert!(broken_by(limits, b"OPTIONS sip:a SIP/2.0\r\nl: 1\r\nl: 1\r\n\r\n").contains("more than one"));
    assert!(broken_by(limits, b"OPTIONS sip:a SIP/2.0\r\nl: -1\r\n\r\n").contains("no number"));
    assert!(broken_by(limits, b"OPTIONS sip:a SIP/2.0\r\nContent Length: 1\r\n\r\n").contains("no header name"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_chunking_gives_the_same_messages(
        bodies in prop::collection::vec("[a-z\r\n]{0,40}", 1..5),
        blanks in prop::collection::vec(0usize..3, 5),
        cuts in prop::collection::vec(1usize..50, 1..60),
    ) {
        let mut stream = String::new();
        for (body, blank) in bodies.iter().zip(&blanks) {
            stream.push_str(&"\r\n".repeat(*blank));
            stream.push_str(&message(body));
        }
        let mut whole = StreamFramer::new(Limits::default());
        whole.feed(stream.as_bytes());
        let expected = all(&mut whole);
        prop_assert_eq!(expected.len(), bodies.len());
        let mut framer = StreamFramer::new(Limits::default());
        let (mut rest, mut got, mut cuts) = (stream.as_bytes(), Vec::new(), cuts.into_iter().cycle());
        while !rest.is_empty() {
            let (chunk, after) = rest.split_at(cuts.next().unwrap().min(rest.len()));
            framer.feed(chunk);
            got.extend(all(&mut framer));
            rest = after;
        }
        prop_assert_eq!(got, expected);
        prop_assert_eq!(framer.keep_alives(), whole.keep_alives());
    }

    #[test]
    fn framer_survives_every_byte_string(chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..64), 0..8)) {
        let mut framer = StreamFramer::new(Limits { header: 200, body: 200 });
        for chunk in chunks {
            framer.feed(&chunk);
            while let Ok(Some(_)) = framer.next_message() {}
        }
    }
}
