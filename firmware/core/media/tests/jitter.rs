//! The jitter buffer: order restored, holes silent, drift slipped, jumps followed.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use media::BLOCK;
use media::Law;
use media::jitter::{Buffer, Content, JitterCounters, Mode, Played};
use proptest::prelude::*;

const SILENCE: u8 = 0xD5;

/// Packet of 20 ms number `n`, every octet telling its number.
fn packet(n: u8) -> [u8; 160] {
    [n; 160]
}

fn push(buffer: &mut Buffer, n: u8) {
    buffer.push(u32::from(n) * 160, &packet(n));
}

fn pull(buffer: &mut Buffer) -> (u8, Played) {
    let mut block = [0; BLOCK];
    let played = buffer.pull(&mut block);
    assert!(block.iter().all(|octet| *octet == block[0]), "mixed block {block:?}");
    (block[0], played)
}

fn heard(buffer: &mut Buffer, blocks: usize) -> Vec<u8> {
    (0..blocks).map(|_| pull(buffer).0).collect()
}

/// A buffer of 40 ms that plays, packets 1 and 2 in it.
fn playing() -> Buffer {
    let mut buffer = Buffer::new(Mode::Fixed { depth_ms: 40 }, Content::Companded(Law::A));
    push(&mut buffer, 1);
    push(&mut buffer, 2);
    buffer
}

#[test]
fn playout_starts_when_depth_is_reached() {
    let mut buffer = Buffer::new(Mode::Fixed { depth_ms: 40 }, Content::Companded(Law::A));
    assert_eq!(pull(&mut buffer), (SILENCE, Played::Idle));
    push(&mut buffer, 1);
    assert_eq!(pull(&mut buffer), (SILENCE, Played::Idle));
    push(&mut buffer, 2);
    assert_eq!(buffer.fill_ms(), 40);
    assert_eq!(heard(&mut buffer, 4), [1, 1, 2, 2]);
    assert_eq!(buffer.counters(), JitterCounters::default());
}

#[test]
fn reordered_packets_play_in_order() {
    let mut buffer = playing();
    for n in [4, 3, 6, 5] {
        push(&mut buffer, n);
    }
    assert_eq!(heard(&mut buffer, 12), [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6]);
    assert_eq!(buffer.counters(), JitterCounters::default());
}

#[test]
fn packet_before_the_first_plays_first_while_filling() {
    let mut buffer = Buffer::new(Mode::Fixed { depth_ms: 60 }, Content::Companded(Law::A));
    for n in [2, 1, 3] {
        push(&mut buffer, n);
    }
    assert_eq!(heard(&mut buffer, 6), [1, 1, 2, 2, 3, 3]);
}

#[test]
fn lost_packet_is_silence_in_its_place() {
    let mut buffer = playing();
    push(&mut buffer, 4);
    assert_eq!(heard(&mut buffer, 8), [1, 1, 2, 2, SILENCE, SILENCE, 4, 4]);
    assert_eq!(buffer.counters(), JitterCounters { concealed: 2, ..Default::default() });
}

#[test]
fn late_packet_is_counted_and_its_late_half_is_cut() {
    let mut buffer = playing();
    push(&mut buffer, 4);
    assert_eq!(heard(&mut buffer, 5), [1, 1, 2, 2, SILENCE]);
    push(&mut buffer, 3); // its second half is still of use
    push(&mut buffer, 1); // nothing of it is
    assert_eq!(heard(&mut buffer, 3), [3, 4, 4]);
    assert_eq!(buffer.counters(), JitterCounters { concealed: 1, late: 1, ..Default::default() });
}

#[test]
fn empty_buffer_and_a_late_sender_inserts_one_block() {
    let mut buffer = playing();
    assert_eq!(heard(&mut buffer, 5), [1, 1, 2, 2, SILENCE]);
    push(&mut buffer, 3);
    push(&mut buffer, 4);
    assert_eq!(heard(&mut buffer, 4), [3, 3, 4, 4], "nothing of packet 3 is lost");
    assert_eq!(buffer.counters(), JitterCounters { underruns: 1, slips_inserted: 1, ..Default::default() });
}

#[test]
fn empty_buffer_and_a_lost_packet_adds_no_delay() {
    let mut buffer = playing();
    assert_eq!(heard(&mut buffer, 6), [1, 1, 2, 2, SILENCE, SILENCE]);
    push(&mut buffer, 4); // 3 was lost
    assert_eq!(heard(&mut buffer, 2), [4, 4]);
    assert_eq!(buffer.counters(), JitterCounters { underruns: 2, ..Default::default() });
}

#[test]
fn long_outage_fills_anew_and_plays_from_there() {
    let mut buffer = playing();
    heard(&mut buffer, 100);
    push(&mut buffer, 51);
    assert_eq!(pull(&mut buffer), (SILENCE, Played::Idle));
    push(&mut buffer, 52);
    assert_eq!(heard(&mut buffer, 4), [51, 51, 52, 52]);
}

#[test]
fn announced_silence_is_no_underrun() {
    let mut buffer = playing();
    heard(&mut buffer, 4);
    buffer.announce_silence();
    assert_eq!(pull(&mut buffer), (SILENCE, Played::Idle));
    heard(&mut buffer, 200);
    push(&mut buffer, 103);
    push(&mut buffer, 104);
    assert_eq!(heard(&mut buffer, 4), [103, 103, 104, 104]);
    assert_eq!(buffer.counters(), JitterCounters::default());
}

#[test]
fn telephone_event_is_silence_and_no_loss() {
    let mut buffer = playing();
    for duration in [160, 320, 480] {
        buffer.push_silence(3 * 160, duration);
    }
    push(&mut buffer, 6);
    assert_eq!(heard(&mut buffer, 12), [1, 1, 2, 2, SILENCE, SILENCE, SILENCE, SILENCE, SILENCE, SILENCE, 6, 6]);
    assert_eq!(buffer.counters(), JitterCounters::default());
}

#[test]
fn burst_after_an_outage_keeps_the_newest() {
    let mut buffer = playing();
    heard(&mut buffer, 4);
    for n in 3..=20 {
        push(&mut buffer, n);
    }
    assert!(buffer.fill_ms() <= 40 + 120 + 20, "{}", buffer.fill_ms());
    assert!(buffer.counters().overflows > 0);
    let rest = heard(&mut buffer, 18);
    assert_eq!(*rest.iter().rfind(|n| **n != SILENCE).unwrap(), 20);
    assert!(rest.is_sorted_by_key(|n| if *n == SILENCE { u8::MAX } else { *n }), "{rest:?}");
}

#[test]
fn single_stray_timestamp_is_not_played_and_a_jump_is_followed() {
    let mut buffer = playing();
    buffer.push(1_000_000, &packet(99));
    push(&mut buffer, 3);
    assert_eq!(heard(&mut buffer, 6), [1, 1, 2, 2, 3, 3]);
    buffer.push(2_000_000, &packet(100));
    buffer.push(2_000_160, &packet(101));
    buffer.push(2_000_320, &packet(102));
    assert_eq!(heard(&mut buffer, 4), [101, 101, 102, 102]);
    assert_eq!(buffer.counters(), JitterCounters { timestamp_jumps: 1, stray_timestamps: 2, ..Default::default() });
}

#[test]
fn timestamps_that_fall_back_a_little_are_followed_after_eight_late_packets() {
    let mut buffer = Buffer::new(Mode::Fixed { depth_ms: 40 }, Content::Companded(Law::A));
    for n in 20..=28 {
        push(&mut buffer, n);
    }
    heard(&mut buffer, 10);
    for n in 1..=10 {
        push(&mut buffer, n);
        pull(&mut buffer);
    }
    let counters = buffer.counters();
    assert_eq!((counters.late, counters.resyncs), (8, 1));
    assert_eq!(heard(&mut buffer, 4), [9, 9, 10, 10], "8 plays while 9 and 10 come");
}

#[test]
fn timestamp_wrap_is_seamless() {
    let mut buffer = Buffer::new(Mode::Fixed { depth_ms: 40 }, Content::Companded(Law::A));
    let start = 0u32.wrapping_sub(240);
    for n in 0..4u8 {
        buffer.push(start.wrapping_add(u32::from(n) * 160), &packet(n));
    }
    assert_eq!(heard(&mut buffer, 8), [0, 0, 1, 1, 2, 2, 3, 3]);
}

/// A sender with its clock off by `ppm`, for `seconds`; its packets arrive at once.
fn drift(ppm: i64, seconds: i64) -> JitterCounters {
    let mut buffer = Buffer::new(Mode::Fixed { depth_ms: 40 }, Content::Companded(Law::A));
    let mut sent = 0u32;
    for block in 0..seconds * 100 {
        let sender_samples = block * 80 + block * 80 * ppm / 1_000_000;
        while i64::from(sent) * 160 + 160 <= sender_samples {
            buffer.push(sent * 160, &packet(7));
            sent += 1;
        }
        pull(&mut buffer);
    }
    buffer.counters()
}

#[test]
fn fast_sender_drops_one_block_each_time_10_ms_have_gathered() {
    let counters = drift(200, 300);
    // 300 s at 200 ppm are 60 ms; the buffer may keep up to 30 of them.
    assert!((3..=6).contains(&counters.slips_dropped), "{counters:?}");
    assert_eq!(counters, JitterCounters { slips_dropped: counters.slips_dropped, ..Default::default() });
}

#[test]
fn slow_sender_inserts_one_block_each_time_10_ms_are_missing() {
    let counters = drift(-200, 300);
    assert!((3..=6).contains(&counters.slips_inserted), "{counters:?}");
    let slips = counters.slips_inserted;
    assert_eq!(counters, JitterCounters { slips_inserted: slips, underruns: slips, ..Default::default() });
}

#[test]
fn exact_sender_never_slips() {
    assert_eq!(drift(0, 300), JitterCounters::default());
}

/// 40 ms at first, 10 to 200 ms afterwards.
fn adaptive() -> Buffer {
    Buffer::new(Mode::VOICE, Content::Companded(Law::A))
}

#[test]
fn late_packet_of_a_young_adaptive_buffer_is_played_whole_and_the_buffer_is_deeper() {
    let mut buffer = adaptive();
    for n in [1, 2, 4] {
        push(&mut buffer, n);
    }
    assert_eq!(heard(&mut buffer, 5), [1, 1, 2, 2, SILENCE]);
    push(&mut buffer, 3);
    assert_eq!(heard(&mut buffer, 4), [3, 3, 4, 4]);
    assert_eq!(buffer.counters(), JitterCounters { concealed: 1, slips_inserted: 1, ..Default::default() });
}

#[test]
fn packet_lost_in_an_adaptive_buffer_adds_no_delay() {
    let mut buffer = adaptive();
    for n in [1, 2, 4] {
        push(&mut buffer, n);
    }
    assert_eq!(heard(&mut buffer, 8), [1, 1, 2, 2, SILENCE, SILENCE, 4, 4]);
    assert_eq!(buffer.counters(), JitterCounters { concealed: 2, ..Default::default() });
}

#[test]
fn packet_lost_at_the_end_of_an_adaptive_buffer_adds_no_delay() {
    let mut buffer = adaptive();
    push(&mut buffer, 1);
    push(&mut buffer, 2);
    assert_eq!(heard(&mut buffer, 6), [1, 1, 2, 2, SILENCE, SILENCE]);
    push(&mut buffer, 4);
    assert_eq!(heard(&mut buffer, 2), [4, 4]);
    assert_eq!(buffer.counters(), JitterCounters { underruns: 2, ..Default::default() });
}

#[test]
fn outage_of_an_adaptive_buffer_that_delivers_late_loses_nothing_and_is_told_as_depth() {
    let mut buffer = adaptive();
    push(&mut buffer, 1);
    push(&mut buffer, 2);
    assert_eq!(heard(&mut buffer, 4), [1, 1, 2, 2]);
    assert_eq!(heard(&mut buffer, 6), [SILENCE; 6]);
    for n in 3..=6 {
        push(&mut buffer, n);
    }
    assert_eq!(heard(&mut buffer, 8), [3, 3, 4, 4, 5, 5, 6, 6]);
    assert_eq!(buffer.counters(), JitterCounters { underruns: 6, slips_inserted: 6, ..Default::default() });
    // Packet 2, the fastest, came at 0 and would be played 60 ms later than the 20 at which it was.
    assert_eq!(buffer.depth().unwrap().maximum_ms, 80);
    assert_eq!(buffer.depth().unwrap().absolute_maximum_ms, 200);
}

#[test]
fn announced_silence_of_an_adaptive_buffer_ends_at_the_wanted_delay() {
    let mut buffer = adaptive();
    push(&mut buffer, 1);
    push(&mut buffer, 2);
    heard(&mut buffer, 4);
    buffer.announce_silence();
    heard(&mut buffer, 16); // 200 ms have passed: packet 11 is due to come
    push(&mut buffer, 11);
    assert_eq!(pull(&mut buffer), (SILENCE, Played::Idle), "it came as fast as packet 1, and waits as long as the least");
    push(&mut buffer, 12);
    assert_eq!(heard(&mut buffer, 4), [11, 11, 12, 12]);
    assert_eq!(buffer.counters(), JitterCounters::default());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_packets_are_survived(
        depth: u16,
        kind in 0u8..3,
        packets in prop::collection::vec((any::<u32>(), 0usize..2000, 0usize..4, any::<bool>(), 0u8..10), 0..60),
    ) {
        let mode = match kind {
            0 => Mode::Fixed { depth_ms: depth },
            1 => Mode::Data { depth_ms: depth },
            _ => Mode::Adaptive { start_ms: depth, least_ms: depth / 2, most_ms: depth },
        };
        let mut buffer = Buffer::new(mode, Content::Companded(Law::A));
        let mut block = [0; BLOCK];
        for (timestamp, length, pulls, near, other) in packets {
            let timestamp = if near { timestamp % 20_000 } else { timestamp };
            match other {
                0 => buffer.push_silence(timestamp, u32::try_from(length).unwrap()),
                1 => buffer.announce_silence(),
                _ => buffer.push(timestamp, &vec![1; length]),
            }
            for _ in 0..pulls {
                buffer.pull(&mut block);
            }
            prop_assert!(block.iter().all(|octet| [0, 1, SILENCE].contains(octet)));
            prop_assert!(buffer.fill_ms() <= 1024);
        }
    }
}
