//! The E-model against what G.107 and G.113 print, and bursts and gaps as RFC 3611 counts them.
//!
//! Published values: R 93.2 for the defaults (G.107 clause 7.7), MOS of R 50 to 90 (G.107 table B.1), Ie and Bpl of G.711
//! (G.113 table I.4).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use media::quality::emodel::{Impairment, mos, rating};
use media::quality::loss::{BurstsAndGaps, Loss};

#[test]
fn defaults_give_the_rating_that_the_standard_names() {
    let r = rating(Impairment::G711_CONCEALED, 0.0, 1.0, 0.0);
    assert!((r - 93.2).abs() < 0.05, "{r}");
}

#[test]
fn scores_are_those_of_table_b_1() {
    for (r, printed) in [(90.0, 4.34), (80.0, 4.03), (70.0, 3.60), (60.0, 3.10), (50.0, 2.58)] {
        assert!((mos(r) - printed).abs() <= 0.011, "R {r}: {} for {printed}", mos(r));
    }
    assert_eq!((mos(-5.0), mos(0.0), mos(100.0), mos(120.0)), (1.0, 1.0, 4.5, 4.5));
}

#[test]
fn loss_costs_what_ie_and_bpl_say() {
    // 95 * 5 / (5 + 25.1) and 95 * 2 / (2 + 4.3).
    assert!((Impairment::G711_CONCEALED.effective(5.0, 1.0) - 15.78).abs() < 0.01);
    assert!((Impairment::G711_BARE.effective(2.0, 1.0) - 30.16).abs() < 0.01);
    // Burst ratio 2: 95 * 5 / (2.5 + 25.1).
    assert!((Impairment::G711_CONCEALED.effective(5.0, 2.0) - 17.21).abs() < 0.01);
}

#[test]
fn delay_costs_little_up_to_150_ms_and_much_at_400() {
    let lost = |ms| 93.2 - rating(Impairment::G711_CONCEALED, 0.0, 1.0, ms);
    assert!(lost(100.0) < 3.0, "{}", lost(100.0));
    assert!(lost(150.0) < 5.0, "{}", lost(150.0));
    // G.114 figure I.1 shows R of about 64 to 70 at 400 ms.
    assert!((20.0..32.0).contains(&lost(400.0)), "{}", lost(400.0));
    let all: Vec<f64> = (0..100).map(|n| lost(f64::from(n) * 10.0)).collect();
    assert!(all.is_sorted(), "{all:?}");
}

/// Packets of two blocks: `x` missing, `.` there.
fn played(packets: &str) -> Loss {
    let mut loss = Loss::default();
    for packet in packets.chars() {
        for _ in 0..2 {
            loss.block(packet == 'x', 2);
        }
    }
    loss
}

#[test]
fn packets_and_not_blocks_are_counted() {
    let loss = played("....x...xx..");
    assert_eq!((loss.due(), loss.missing()), (12, 3));
    assert!((loss.percent() - 25.0).abs() < 1e-9);
    // Two runs, mean 1.5; random loss of a quarter has a mean of 4/3.
    assert!((loss.burst_ratio() - 1.125).abs() < 1e-9);
}

#[test]
fn losses_near_each_other_are_a_burst_and_others_a_gap() {
    let gap = ".".repeat(40);
    let loss = played(&format!("{gap}x{gap}x..xx....x{gap}"));
    let all = loss.bursts_and_gaps();
    // The burst of 10 packets has 4 missing (4/10 of 256 is 102); the gaps have 1 of 121.
    let expected = BurstsAndGaps { burst_density: 102, gap_density: 2, burst_packets: 10, gap_packets: 60 };
    assert_eq!(all, expected);
    let nothing = played(&gap).bursts_and_gaps();
    assert_eq!(nothing, BurstsAndGaps { gap_packets: 40, ..BurstsAndGaps::default() });
}
