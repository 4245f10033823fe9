//! Telephone events: one digit for many packets, whatever is lost of them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::time::Duration;

use media::telephone_event::{Digit, Payload, Receiver, digit_of_event, event_of_digit};

const fn report(event: u8, duration: u16, end: bool) -> Payload {
    Payload { event, end, reserved: false, volume: 10, duration }
}

const fn digit(digit: char, ms: u64) -> Option<Digit> {
    Some(Digit { digit, duration: Duration::from_millis(ms) })
}

#[test]
fn payload_has_the_octets_of_the_standard_and_every_payload_comes_back() {
    assert_eq!(report(11, 800, true).emit(), [11, 0x8A, 0x03, 0x20]);
    for flags in 0..=255 {
        let octets = [5, flags, 1, 2];
        assert_eq!(Payload::parse(&octets).unwrap().emit(), octets);
    }
    assert_eq!(Payload::parse(&[1, 2, 3]), None);
    assert_eq!(Payload::parse(&[1, 2, 3, 4, 9, 9, 9, 9]).unwrap().emit(), [1, 2, 3, 4]);
}

#[test]
fn digits_and_events_name_each_other() {
    for (event, digit) in (0..=16).zip("0123456789*#ABCD!".chars()) {
        assert_eq!(digit_of_event(event), Some(digit));
        assert_eq!(event_of_digit(digit), Some(event));
    }
    assert_eq!(event_of_digit('d'), Some(15));
    assert_eq!(digit_of_event(17), None);
    assert_eq!(event_of_digit('x'), None);
}

#[test]
fn end_sent_three_times_is_one_digit() {
    let mut receiver = Receiver::default();
    assert_eq!(receiver.handle_report(1000, report(5, 160, false)), None);
    assert_eq!(receiver.handle_report(1000, report(5, 320, false)), None);
    assert_eq!(receiver.handle_report(1000, report(5, 480, true)), digit('5', 60));
    assert_eq!(receiver.handle_report(1000, report(5, 480, true)), None);
    assert_eq!(receiver.handle_report(1000, report(5, 480, true)), None);
}

#[test]
fn only_the_end_arrives_and_the_digit_is_whole() {
    let mut receiver = Receiver::default();
    assert_eq!(receiver.handle_report(u32::MAX, report(10, 800, true)), digit('*', 100));
    assert_eq!(receiver.handle_report(200, report(10, 800, true)), digit('*', 100), "the same key again, over the wrap");
}

#[test]
fn lost_end_is_found_by_the_next_digit() {
    let mut receiver = Receiver::default();
    receiver.handle_report(1000, report(1, 160, false));
    assert_eq!(receiver.handle_report(3000, report(2, 160, false)), digit('1', 20));
    assert_eq!(receiver.handle_report(1000, report(1, 480, true)), None, "a straggler of the first");
    assert_eq!(receiver.handle_report(3000, report(2, 480, true)), digit('2', 60));
}

#[test]
fn lost_end_is_found_by_audio_well_behind_it() {
    let mut receiver = Receiver::default();
    receiver.handle_report(1000, report(1, 160, false));
    assert_eq!(receiver.handle_audio(1320), None, "audio beside the event ends nothing");
    assert_eq!(receiver.handle_audio(1961), digit('1', 20));
    assert_eq!(receiver.handle_audio(2200), None);
}

#[test]
fn event_without_digit_gives_none() {
    let mut receiver = Receiver::default();
    assert_eq!(receiver.handle_report(1000, report(40, 160, true)), None);
    assert_eq!(receiver.handle_report(2000, report(0, 160, true)), digit('0', 20));
}
