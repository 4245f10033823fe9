//! Sequence numbers of one source: wraps, losses, duplicates, restarts; jitter and report blocks.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use media::reception::{Reception, Verdict};
use proptest::prelude::*;

#[test]
fn sequence_wrap_is_no_loss_and_counts_a_cycle() {
    let mut reception = Reception::new(7, 65534);
    for sequence in [65535, 0, 1] {
        assert_eq!(reception.accept(sequence), Verdict::InOrder);
    }
    assert_eq!(reception.lost(), 0);
    assert_eq!(reception.report(0, 0).highest_sequence, 0x0001_0001);
}

#[test]
fn packet_that_fills_a_gap_is_reordered_and_no_longer_lost() {
    let mut reception = Reception::new(7, 10);
    assert_eq!(reception.accept(12), Verdict::InOrder);
    assert_eq!(reception.lost(), 1);
    assert_eq!(reception.accept(11), Verdict::Reordered);
    assert_eq!(reception.lost(), 0);
}

#[test]
fn packet_before_the_first_moves_the_base() {
    let mut reception = Reception::new(7, 10);
    assert_eq!(reception.accept(9), Verdict::Reordered);
    assert_eq!(reception.accept(11), Verdict::InOrder);
    assert_eq!(reception.lost(), 0);
}

#[test]
fn duplicates_do_not_hide_a_loss() {
    let mut reception = Reception::new(7, 10);
    for (sequence, verdict) in
        [(10, Verdict::Duplicate), (12, Verdict::InOrder), (12, Verdict::Duplicate), (10, Verdict::Duplicate)]
    {
        assert_eq!(reception.accept(sequence), verdict, "{sequence}");
    }
    assert_eq!(reception.lost(), 1);
    // The report follows A.3, in which duplicates count as received.
    assert_eq!(reception.report(0, 0).cumulative_lost, -2);
}

#[test]
fn single_far_packet_is_stray_and_two_in_a_row_restart() {
    let mut reception = Reception::new(7, 10);
    reception.accept(12);
    assert_eq!(reception.accept(40_000), Verdict::Stray);
    assert_eq!(reception.accept(13), Verdict::InOrder);
    assert_eq!(reception.accept(40_000), Verdict::Stray);
    assert_eq!(reception.accept(40_001), Verdict::Restarted);
    assert_eq!(reception.accept(40_002), Verdict::InOrder);
    assert_eq!(reception.lost(), 1, "what was lost before the restart stays lost");
}

#[test]
fn report_gives_the_share_lost_since_the_report_before() {
    let mut reception = Reception::new(7, 0);
    for sequence in (2..100).step_by(2) {
        reception.accept(sequence);
    }
    let report = reception.report(0x1234, 5);
    assert_eq!((report.fraction_lost, report.cumulative_lost), (126, 49), "49 of 99 are 126/256");
    assert_eq!((report.last_sr, report.delay_since_last_sr), (0x1234, 5));
    for sequence in 99..200 {
        reception.accept(sequence);
    }
    let report = reception.report(0, 0);
    assert_eq!((report.fraction_lost, report.cumulative_lost), (0, 49));
}

#[test]
fn jitter_is_zero_for_even_arrivals_and_follows_a8_for_others() {
    let mut reception = Reception::new(7, 0);
    for n in 0..50u32 {
        reception.time(5_000 + n * 160, n * 160);
    }
    assert_eq!(reception.jitter(), 0);
    // Every second packet 10 ms late: |D| is 80 each time, so the estimate goes to 80.
    for n in 50..250u32 {
        reception.time(5_000 + n * 160 + 80 * (n % 2), n * 160);
    }
    assert!((78..=80).contains(&reception.jitter()), "{}", reception.jitter());
}

#[test]
fn timestamp_jump_is_not_jitter() {
    let mut reception = Reception::new(7, 0);
    reception.time(0, 0);
    reception.time(160, 0x4000_0000);
    assert_eq!(reception.jitter(), 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_sequence_numbers_are_survived(first: u16, numbers in prop::collection::vec(any::<u16>(), 0..300)) {
        let mut reception = Reception::new(1, first);
        for number in numbers {
            reception.accept(number);
            reception.time(u32::from(number), u32::from(first));
        }
        reception.report(0, 0);
    }

    #[test]
    fn shuffled_window_loses_nothing(first: u16, order in Just((0u16..60).collect::<Vec<_>>()).prop_shuffle()) {
        let mut reception = Reception::new(1, first);
        for offset in order {
            reception.accept(first.wrapping_add(offset));
        }
        prop_assert_eq!(reception.lost(), 0);
    }
}
