//! Digits through two streams: telephone events on the wire in place of audio, one digit at the far end, and the audio goes on in step.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod bench;

use std::time::Duration;

use bench::{BLOCK_TIME, Call, config, delay_of, left_address, right_address};
use media::g711::SILENCE_A;
use media::rtp::Packet;
use media::telephone_event::Payload;
use media::{BLOCK, Event, Stream, StreamConfig};
use sansio::sim::Disturbance;

const SECOND: Duration = Duration::from_secs(1);

fn digits(events: &[Event]) -> Vec<(char, u128)> {
    let digit = |event: &Event| match event {
        Event::Digit { digit, duration } => Some((*digit, duration.as_millis())),
        Event::DigitBegan { .. } | Event::FirstPacket { .. } | Event::SsrcChanged { .. } | Event::RtpTimeout { .. } => None,
    };
    events.iter().filter_map(digit).collect()
}

#[test]
fn digit_is_told_when_it_begins_and_when_it_ends() {
    let mut call = Call::plain();
    call.run_for(SECOND);
    for digit in "77".chars() {
        assert!(call.left.stream.release_digit(digit, 500));
    }
    call.run_for(SECOND / 4);
    let began = |events: &[Event]| events.iter().filter(|event| **event == Event::DigitBegan { digit: '7' }).count();
    assert_eq!((began(&call.right.events), digits(&call.right.events)), (1, vec![]));
    call.run_for(2 * SECOND);
    assert_eq!((began(&call.right.events), digits(&call.right.events)), (2, vec![('7', 500), ('7', 500)]));
}

#[test]
fn digits_sent_arrive_once_each_and_audio_goes_on_in_step() {
    let mut call = Call::plain();
    call.run_for(SECOND);
    for digit in "4*".chars() {
        assert!(call.left.stream.release_digit(digit, 100));
    }
    call.run_for(2 * SECOND);
    assert_eq!(digits(&call.right.events), [('4', 100), ('*', 100)]);
    assert_eq!(call.right.stream.stats().digits, 2);
    assert_eq!(digits(&call.left.events), []);
    let (said, heard) = (&call.left.said, &call.right.heard);
    let delay = delay_of(said, heard, SILENCE_A);
    // Before and after the digits every octet is where it would be without them.
    for range in [2000..7000, 14_000..24_000] {
        assert_eq!(heard[range.clone()], said[range.start - delay..range.end - delay]);
    }
    let events = 8000 + delay..8800 + delay;
    assert!(heard[events].iter().all(|octet| *octet == SILENCE_A), "nothing of the line is heard during the digit");
}

#[test]
fn digits_survive_a_link_that_loses_a_tenth() {
    let disturbance = Disturbance { loss: 0.1, ..Disturbance::default() };
    let mut call = Call::new(config(1, right_address()), config(2, left_address()), disturbance, 7);
    let number = "08154711#";
    number.chars().for_each(|digit| assert!(call.left.stream.release_digit(digit, 90)));
    call.run_for(4 * SECOND);
    let heard: String = digits(&call.right.events).into_iter().map(|(digit, _)| digit).collect();
    assert_eq!(heard, number);
}

/// Packets of one block of the line after the other.
#[allow(clippy::disallowed_methods, reason = "virtual time needs one real instant to start from")]
fn packets(stream: &mut Stream, blocks: u32) -> Vec<(bool, u8, u16, u32, Vec<u8>)> {
    let start = std::time::Instant::now();
    let mut packets = Vec::new();
    for block in 0..blocks {
        stream.line_to_ip(start + block * BLOCK_TIME, &[0x55; BLOCK]);
        while let Some(transmit) = stream.poll_transmit() {
            let packet = Packet::parse(transmit.bytes).unwrap();
            packets.push((packet.marker, packet.payload_type, packet.sequence, packet.timestamp, packet.payload.to_vec()));
        }
    }
    packets
}

#[test]
fn event_packets_share_numbers_with_audio_and_have_their_own_timestamps() {
    let first = StreamConfig { first_sequence: 65_534, first_timestamp: 1000, ..config(1, right_address()) };
    let mut stream = Stream::new(first);
    stream.release_digit('7', 50);
    let sent = packets(&mut stream, 12);
    let numbers: Vec<_> = sent.iter().map(|packet| packet.2).collect();
    assert_eq!(numbers, [65_534, 65_535, 0, 1, 2, 3, 4, 5], "one row of numbers for both");
    let (events, audio): (Vec<_>, Vec<_>) = sent.into_iter().partition(|packet| packet.1 == 101);
    assert!(events.iter().all(|packet| packet.3 == 1000));
    let payloads: Vec<_> =
        events.iter().map(|packet| Payload::parse(&packet.4).unwrap()).map(|p| (p.event, p.end, p.duration)).collect();
    assert_eq!(payloads, [(7, false, 80), (7, false, 240), (7, true, 400), (7, true, 400), (7, true, 400)]);
    assert_eq!(events.iter().map(|packet| packet.0).collect::<Vec<_>>(), [true, false, false, false, false]);
    let audio: Vec<_> = audio.iter().map(|packet| (packet.0, packet.3)).collect();
    assert_eq!(audio, [(true, 1400), (false, 1560), (false, 1720)], "five blocks of event, then audio in step with the line");
}

#[test]
fn digit_without_agreed_events_is_refused_and_audio_does_not_stop() {
    let mut stream = Stream::new(StreamConfig { telephone_event: None, ..config(1, right_address()) });
    assert!(!stream.release_digit('1', 100));
    assert_eq!(packets(&mut stream, 20).len(), 10);
    let mut stream = Stream::new(config(1, right_address()));
    assert!(!stream.release_digit('x', 100));
}

#[test]
fn event_that_nothing_follows_ends_by_itself() {
    let mut call = Call::plain();
    call.run_for(SECOND);
    assert!(call.left.stream.release_digit('3', 5000));
    call.run_for(SECOND / 2);
    // The sender falls silent in the middle of the digit: no end, no audio.
    for _ in 0..100 {
        let mut block = [0; BLOCK];
        call.right.stream.ip_to_line(&mut block);
        call.advance(BLOCK_TIME);
    }
    let heard = digits(&call.right.events);
    assert!(matches!(heard.as_slice(), [('3', 450..=500)]), "{heard:?}");
}
