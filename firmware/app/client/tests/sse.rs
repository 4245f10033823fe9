//! The server-sent events parser: the standard's cases, every way of cutting, any bytes.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use client::sse::{LONGEST_MESSAGE, Message, Parser, TooLong};
use proptest::prelude::*;

fn read(chunks: &[&[u8]]) -> Vec<Message> {
    let mut parser = Parser::default();
    chunks.iter().for_each(|chunk| parser.push(chunk).unwrap());
    std::iter::from_fn(|| parser.next_message()).collect()
}

fn message(event: &str, data: &str) -> Message {
    Message { event: event.into(), data: data.into() }
}

#[test]
fn several_data_lines_become_one_text() {
    assert_eq!(read(&[b"data: YHOO\ndata: +2\ndata: 10\n\n"]), [message("message", "YHOO\n+2\n10")]);
}

#[test]
fn comments_unknown_fields_and_one_space_are_dropped() {
    let text = b": comment\nid: 1\nretry: 5\nwhat\nevent:call\ndata:  two spaces\n\n";
    assert_eq!(read(&[text]), [message("call", " two spaces")]);
}

#[test]
fn empty_data_is_a_message_and_no_data_is_none() {
    assert_eq!(read(&[b"event: x\n\ndata\n\ndata\ndata\n\n"]), [message("message", ""), message("message", "\n")]);
}

#[test]
fn all_three_line_ends_are_one_each() {
    assert_eq!(
        read(&[b"data: a\r\n\r\ndata: b\r\rdata: c\n\n"]),
        [message("message", "a"), message("message", "b"), message("message", "c")]
    );
}

#[test]
fn byte_order_mark_before_the_first_line_is_dropped() {
    assert_eq!(read(&[b"\xef\xbb\xbfdata: a\n\n"]), [message("message", "a")]);
}

#[test]
fn message_cut_off_by_the_end_is_none() {
    assert_eq!(read(&[b"data: a\n\ndata: b\n"]), [message("message", "a")]);
}

#[test]
fn endless_line_is_refused_instead_of_filling_memory() {
    let mut parser = Parser::default();
    let chunk = vec![b'x'; 1 << 16];
    let outcome = (0..=LONGEST_MESSAGE >> 16).try_for_each(|_| parser.push(&chunk));
    assert_eq!(outcome, Err(TooLong));
}

#[test]
fn endless_message_is_refused_instead_of_filling_memory() {
    let mut parser = Parser::default();
    let line = format!("data: {}\n", "x".repeat(1 << 16));
    let outcome = (0..=LONGEST_MESSAGE >> 16).try_for_each(|_| parser.push(line.as_bytes()));
    assert_eq!(outcome, Err(TooLong));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn survives_every_byte_string(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let mut parser = Parser::default();
        parser.push(&bytes).unwrap();
        while parser.next_message().is_some() {}
    }

    #[test]
    fn how_the_stream_is_cut_makes_no_difference(
        pieces in prop::collection::vec(prop::sample::select(vec!["data", ":", " ", "é", "\r", "\n", "\r\n", "event: x", "\n\n"]), 0..60),
        cut in 1usize..7,
    ) {
        let text = pieces.concat();
        let cuts: Vec<&[u8]> = text.as_bytes().chunks(cut).collect();
        prop_assert_eq!(read(&cuts), read(&[text.as_bytes()]));
    }
}
