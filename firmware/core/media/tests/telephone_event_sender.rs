//! Sending telephone events (RFC 4733 section 2.5.1), and that what is sent arrives as one digit whatever is lost on the way.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::time::Duration;

use media::BLOCK;
use media::telephone_event::{Digit, Payload, Receiver, Report, Sender, SenderConfig};
use sansio::sim::SplitMix64;

const START: u32 = u32::MAX - 799; // the timestamps wrap after ten blocks

/// Reports with the block that they came in, over so many blocks.
fn run(sender: &mut Sender, blocks: u32) -> Vec<(u32, Report)> {
    let mut sent = Vec::new();
    for block in 0..blocks {
        sender.handle_block(START.wrapping_add(block * BLOCK as u32));
        while let Some(report) = sender.poll_report() {
            sent.push((block, report));
        }
    }
    sent
}

fn sender(interval_ms: u32, pause_ms: u32) -> Sender {
    Sender::new(SenderConfig { interval_ms, pause_ms, volume: 7 })
}

/// Block, marker, end, duration.
fn shape(sent: &[(u32, Report)]) -> Vec<(u32, bool, bool, u16)> {
    sent.iter().map(|(block, report)| (*block, report.marker, report.payload.end, report.payload.duration)).collect()
}

#[test]
fn digit_of_120_ms_has_marker_updates_and_three_ends() {
    let mut sender = sender(50, 50);
    assert!(sender.release('#', 120));
    let sent = run(&mut sender, 40);
    let wanted = [
        (0, true, false, 80),
        (5, false, false, 480),
        (10, false, false, 880),
        (11, false, true, 960),
        (16, false, true, 960),
        (21, false, true, 960),
    ];
    assert_eq!(shape(&sent), wanted);
    for (_, report) in &sent {
        assert_eq!((report.timestamp, report.payload.event, report.payload.volume), (START, 11, 7), "all name the start");
    }
    assert!(sender.is_idle());
}

#[test]
fn updates_follow_the_packet_time_where_that_is_asked_for() {
    let mut sender = sender(20, 0);
    sender.release('1', 65);
    let wanted = [
        (0, true, false, 80),
        (2, false, false, 240),
        (4, false, false, 400),
        (6, false, true, 520),
        (8, false, true, 520),
        (10, false, true, 520),
    ];
    assert_eq!(shape(&run(&mut sender, 20)), wanted);
}

#[test]
fn digit_as_short_as_a_block_begins_and_ends_at_once() {
    let mut sender = sender(50, 0);
    sender.release('1', 0);
    let wanted = [(0, true, true, 80), (5, false, true, 80), (10, false, true, 80)];
    assert_eq!(shape(&run(&mut sender, 20)), wanted, "the marker is on the first packet only");
}

#[test]
fn press_of_ten_seconds_goes_on_in_a_second_segment() {
    let mut sender = sender(50, 0);
    sender.release('5', 10_000);
    let sent = run(&mut sender, 1100);
    let boundary = START.wrapping_add(0xFFFF);
    let (first, second): (Vec<_>, Vec<_>) = sent.iter().map(|(_, report)| *report).partition(|report| report.timestamp == START);
    assert!(second.iter().all(|report| report.timestamp == boundary));
    assert!(first.iter().all(|report| !report.payload.end), "no segment but the last one ends the event");
    assert_eq!(first.iter().filter(|report| report.payload.duration == 0xFFFF).count(), 3, "the segment's last report, repeated");
    assert_eq!(sent.iter().filter(|(_, report)| report.marker).count(), 1, "no segment is a new event");
    assert!(sent[0].1.marker);
    assert_eq!(u32::from(second[0].payload.duration), 821 * 80 - 65_535, "blocks go on in step with the line");
    let ends: Vec<_> = second.iter().filter(|report| report.payload.end).map(|report| report.payload.duration).collect();
    assert_eq!(ends, [(80_000 - 65_535) as u16; 3]);
}

#[test]
fn queued_digits_keep_their_pause_and_their_order() {
    let mut sender = sender(20, 70);
    for digit in "12".chars() {
        assert!(sender.release(digit, 100));
    }
    let starts: Vec<_> = run(&mut sender, 60)
        .into_iter()
        .filter(|(_, report)| report.marker)
        .map(|(block, report)| (block, report.payload.event, report.timestamp))
        .collect();
    let second = START.wrapping_add(17 * 80);
    assert_eq!(starts, [(0, 1, START), (17, 2, second)], "ten blocks of digit, seven of pause");
}

#[test]
fn next_digit_waits_until_the_end_was_sent_three_times() {
    let mut sender = sender(50, 0);
    sender.release('1', 100);
    sender.release('2', 100);
    let sent = run(&mut sender, 60);
    let second = sent.iter().position(|(_, report)| report.payload.event == 2).unwrap();
    assert_eq!(sent[..second].iter().filter(|(_, report)| report.payload.end).count(), 3);
    assert!(sent[second..].iter().all(|(_, report)| report.payload.event == 2), "one event after the other");
}

#[test]
fn sender_says_which_blocks_are_the_events() {
    let mut sender = sender(20, 0);
    assert!(sender.is_idle());
    sender.release('1', 30);
    let blocks: Vec<_> = (0..6).map(|block| sender.handle_block(block * 80)).collect();
    assert_eq!(blocks, [true, true, true, false, false, false]);
}

#[test]
fn what_is_no_digit_and_what_is_too_much_is_refused() {
    let mut sender = sender(20, 0);
    assert!(!sender.release('x', 100));
    assert!((0..64).all(|_| sender.release('1', 100)));
    assert!(!sender.release('1', 100));
    sender.clear();
    assert!(sender.is_idle());
}

/// What a receiver makes of these reports when `lost` says which do not arrive, with a block of its own for each of the sender's.
fn received(sent: &[(u32, Report)], blocks: u32, mut lost: impl FnMut(&Report) -> bool) -> Vec<Digit> {
    let mut receiver = Receiver::default();
    let mut digits = Vec::new();
    let mut sent = sent.iter().peekable();
    for block in 0..blocks {
        while let Some((_, report)) = sent.next_if(|(at, _)| *at == block) {
            if !lost(report) {
                digits.extend(receiver.handle_report(report.timestamp, report.payload));
            }
        }
        digits.extend(receiver.handle_block());
    }
    digits
}

const fn digit(digit: char, ms: u64) -> Digit {
    Digit { digit, duration: Duration::from_millis(ms) }
}

#[test]
fn whatever_is_lost_leaves_one_digit_and_mostly_the_whole_of_it() {
    let mut sender = sender(50, 50);
    sender.release('9', 170);
    let sent = run(&mut sender, 60);
    assert_eq!(sent.len(), 7);
    let mut whole = 0;
    for mask in 0_u32..1 << sent.len() {
        let arrives = |number: usize| mask >> number & 1 == 0;
        let mut number = 0;
        let digits = received(&sent, 120, |_| {
            number += 1;
            !arrives(number - 1)
        });
        let arrived: Vec<_> = (0..sent.len()).filter(|number| arrives(*number)).map(|number| sent[number]).collect();
        let until = arrived.iter().position(|(_, report)| report.payload.end);
        // Three updates in a row that do not come may end an event (unless updates were slow before), whatever comes later.
        let quick = |arrived: &[(u32, Report)]| arrived.windows(2).all(|pair| pair[1].0 - pair[0].0 <= 15);
        if until.is_some_and(|until| quick(&arrived[..=until])) {
            assert_eq!(digits, [digit('9', 170)], "lost {mask:07b}");
            whole += 1;
        } else if !arrived.is_empty() {
            assert!(
                digits.len() == 1 && digits[0].digit == '9' && digits[0].duration <= Duration::from_millis(170),
                "lost {mask:07b}"
            );
        } else {
            assert_eq!(digits, []);
        }
    }
    assert!(whole > 90, "{whole} of 128");
}

#[test]
fn number_keyed_over_a_lossy_link_arrives_digit_for_digit() {
    let mut random = SplitMix64::new(4733);
    for round in 0..200 {
        let number = "0123456789*#ABCD";
        let mut sender = sender(20, 60);
        number.chars().for_each(|digit| assert!(sender.release(digit, 80)));
        let sent = run(&mut sender, 400);
        assert!(sender.is_idle());
        // A fifth of the packets is lost: of the seven of a digit one arrives nearly always, and where none does nobody could know.
        let mut arrived = std::collections::BTreeSet::new();
        let digits = received(&sent, 500, |report| {
            let lost = random.below(5) == 0;
            if !lost {
                arrived.insert(report.payload.event);
            }
            lost
        });
        let heard: String = digits.iter().map(|digit| digit.digit).collect();
        let wanted: String =
            number.chars().enumerate().filter(|(event, _)| arrived.contains(&(*event as u8))).map(|(_, c)| c).collect();
        assert_eq!(heard, wanted, "round {round}");
    }
}

#[test]
fn press_of_twenty_seconds_is_one_digit_of_twenty_seconds() {
    let mut sender = sender(50, 0);
    sender.release('0', 20_000);
    let sent = run(&mut sender, 2100);
    assert_eq!(received(&sent, 2200, |_| false), [digit('0', 20_000)]);
    assert_eq!(received(&sent, 2200, |report| report.payload.duration == 0xFFFF), [digit('0', 20_000)], "segments' ends lost");
}

#[test]
fn event_whose_updates_stop_ends_after_three_intervals() {
    let mut receiver = Receiver::default();
    let report = |duration| Payload { event: 4, end: false, reserved: false, volume: 10, duration };
    receiver.handle_report(1000, report(400));
    assert_eq!((0..15).find_map(|_| receiver.handle_block()), None);
    assert_eq!(receiver.handle_block(), Some(digit('4', 50)));
    assert_eq!(receiver.handle_report(1000, report(800)), None, "too late: the digit was told");
    // A sender that updates each 100 ms is waited for three times as long.
    receiver.handle_report(9000, report(800));
    assert_eq!((0..10).find_map(|_| receiver.handle_block()), None);
    receiver.handle_report(9000, report(1600));
    assert_eq!((0..30).find_map(|_| receiver.handle_block()), None);
    assert_eq!(receiver.handle_block(), Some(digit('4', 200)));
}

#[test]
fn repeats_of_an_update_do_not_keep_an_event_alive() {
    let mut receiver = Receiver::default();
    let report = Payload { event: 4, end: false, reserved: false, volume: 10, duration: 400 };
    let ended = (0..40).find_map(|_| {
        receiver.handle_report(1000, report);
        receiver.handle_block()
    });
    assert_eq!(ended, Some(digit('4', 50)));
}

#[test]
fn sending_allocates_nothing() {
    let mut sender = sender(20, 20);
    let mut receiver = Receiver::default();
    let counted = allocation_counter::measure(|| {
        for block in 0..2000_u32 {
            if block % 50 == 0 {
                sender.release('5', 90);
            }
            sender.handle_block(block * 80);
            while let Some(report) = sender.poll_report() {
                receiver.handle_report(report.timestamp, report.payload);
            }
            receiver.handle_block();
        }
    });
    assert_eq!(counted.count_total, 0);
}

#[test]
fn held_digit_released_after_300_ms_lasts_as_long() {
    let mut sender = sender(50, 50);
    assert!(sender.press('5'));
    let mut sent = run(&mut sender, 30);
    assert!(sent.iter().all(|(_, report)| !report.payload.end), "{sent:?}");
    assert!(sender.release('5', 300));
    sent = run(&mut sender, 30);
    assert_eq!(shape(&sent), [(0, false, true, 2480), (5, false, true, 2480), (10, false, true, 2480)]);
    assert!(sender.is_idle());
}

#[test]
fn held_digit_never_released_ends_after_ten_seconds() {
    let mut sender = sender(50, 50);
    assert!(sender.press('5'));
    let sent = run(&mut sender, 1_200);
    let total: u32 = {
        let starts: Vec<u32> = sent.iter().map(|(_, report)| report.timestamp).collect();
        let last = sent.last().unwrap().1;
        last.timestamp.wrapping_sub(starts[0]) + u32::from(last.payload.duration)
    };
    assert_eq!(total, 80_000);
    assert!(sender.is_idle());
}

#[test]
fn digit_pressed_while_another_is_held_waits_for_it() {
    let mut sender = sender(50, 20);
    assert!(sender.press('1') && sender.press('2'));
    run(&mut sender, 10);
    assert!(sender.release('1', 100) && sender.release('2', 80));
    let sent = run(&mut sender, 60);
    let events: Vec<u8> = sent.iter().filter(|(_, report)| report.payload.end).map(|(_, report)| report.payload.event).collect();
    assert_eq!(events, [1, 1, 1, 2, 2, 2]);
}
