//! The bit-error test in software: the sequence itself, finding it, counting what is wrong with it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod dahdi_fake;
mod dahdi_open;

use dahdi_open::Opened;
use proptest::prelude::*;
use tdm::dahdi::maintenance::prbs::{Checker, Generator, Tally};
use tdm::{BLOCK, Law, Mode};

const PERIOD: usize = 32_767;

fn sequence(octets: usize) -> Vec<u8> {
    let mut bytes = vec![0; octets];
    Generator::default().fill(&mut bytes);
    bytes
}

fn bits(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().flat_map(|byte| (0..8).rev().map(move |place| (byte >> place) & 1)).collect()
}

fn longest_run(bits: &[u8], of: u8) -> usize {
    bits.split(|bit| *bit != of).map(<[u8]>::len).max().unwrap()
}

/// O.150 clause 5.3: length 2^15-1, the longest run of zeros is 15 since the signal is inverted.
#[test]
fn sequence_has_the_length_and_the_runs_of_the_standard() {
    let bits = bits(&sequence(3 * PERIOD / 8 + 1));
    assert_eq!(bits[..PERIOD], bits[PERIOD..2 * PERIOD]);
    for divisor in [7, 31, 151] {
        assert_ne!(bits[..PERIOD], bits[PERIOD / divisor..PERIOD / divisor + PERIOD], "no shorter period");
    }
    let cyclic = &bits[..2 * PERIOD];
    assert_eq!((longest_run(cyclic, 0), longest_run(cyclic, 1)), (15, 14));
    assert_eq!(bits[..PERIOD].iter().filter(|bit| **bit == 0).count(), 16_384);
    // What is sent, inverted, is a sum modulo 2 of what was sent 14 and 15 bits before.
    for at in 15..PERIOD {
        assert_eq!(bits[at] ^ 1, (bits[at - 14] ^ 1) ^ (bits[at - 15] ^ 1), "bit {at}");
    }
}

#[test]
fn sequence_is_found_at_once_and_has_no_errors() {
    let mut checker = Checker::default();
    checker.check(&sequence(8_000));
    assert!(checker.in_sync());
    let tally = checker.tally();
    assert!(tally.bits >= 8 * 7_990, "{tally:?}");
    assert_eq!((tally.errors, tally.losses), (0, 0));
}

#[test]
fn lines_that_carry_something_else_are_not_taken_for_it() {
    let others: [Vec<u8>; 5] = [
        vec![0xff; 4_000],
        vec![0x00; 4_000],
        vec![Law::A.silence(); 4_000],
        (0..4_000_u32).map(|at| (at % 251) as u8).collect(),
        sequence(4_000).iter().map(|octet| octet.reverse_bits()).collect(),
    ];
    for other in others {
        let mut checker = Checker::default();
        checker.check(&other);
        assert_eq!((checker.in_sync(), checker.tally()), (false, Tally::default()), "{:?}", &other[..8]);
    }
}

#[test]
fn errors_put_in_are_counted_exactly() {
    let mut generator = Generator::default();
    let mut checker = Checker::default();
    let mut block = [0; BLOCK];
    for second in 0..100 {
        if second % 10 == 5 {
            generator.inject_errors(3);
        }
        generator.fill(&mut block);
        checker.check(&block);
    }
    let tally = checker.tally();
    assert_eq!((tally.errors, tally.losses, checker.in_sync()), (30, 0, true));
    assert!((tally.ratio() - 30.0 / tally.bits as f64).abs() < 1e-12);
}

#[test]
fn slip_of_an_octet_is_one_loss_and_no_errors() {
    let whole = sequence(10_000);
    // Anywhere in the window over which errors are weighed.
    let places = (5_000_usize..5_064).flat_map(|from| [1, -1, 80].map(|by: isize| (from, from.strict_add_signed(by))));
    for (from, to) in places {
        let mut checker = Checker::default();
        checker.check(&whole[..from]);
        checker.check(&whole[to..]);
        let tally = checker.tally();
        assert_eq!((tally.losses, checker.in_sync()), (1, true));
        assert_eq!(tally.errors, 0, "the moment of the loss is not counted: {from} to {to}");
    }
}

#[test]
fn interruption_is_a_loss_until_the_sequence_is_back() {
    let mut checker = Checker::default();
    checker.check(&sequence(1_000));
    checker.check(&[Law::A.silence(); 800]);
    assert!(!checker.in_sync());
    let bits = checker.tally().bits;
    checker.check(&sequence(1_000));
    let tally = checker.tally();
    assert!(checker.in_sync() && tally.bits > bits);
    assert_eq!((tally.losses, tally.errors), (1, 0));
}

#[test]
fn ratio_of_nothing_is_zero() {
    assert!(Checker::default().tally().ratio().abs() < f64::EPSILON);
}

/// The whole test as the box runs it: over a timeslot whose line is looped.
#[test]
fn looped_timeslot_is_tested_without_errors_and_a_skipped_wake_up_shows() {
    let mut opened = Opened::e1();
    let channo = opened.channo(5);
    let mut channel = opened.talk(5, Mode::Audio);
    let (mut generator, mut checker) = (Generator::default(), Checker::default());
    let mut run = |opened: &mut Opened, skip: std::ops::Range<usize>| {
        for at in 0..200 {
            let sent = opened.fake.play(channo, 1).pop().unwrap_or_else(|| vec![Law::A.silence(); BLOCK]);
            opened.fake.receive(channo, &sent);
            if skip.contains(&at) {
                continue;
            }
            let mut block = [0; BLOCK];
            while channel.read(&mut block).is_ok() {
                checker.check(&block);
                generator.fill(&mut block);
                let _ = channel.write(&block);
            }
        }
        (checker.tally().errors, checker.tally().losses, checker.in_sync())
    };
    assert_eq!(run(&mut opened, 0..0), (0, 0, true));
    assert_eq!(run(&mut opened, 100..101), (0, 0, true), "one skipped wake-up costs nothing");
    assert_eq!(run(&mut opened, 100..103), (0, 1, true), "more of them are an interruption");
}

proptest! {
    /// Scattered errors are all counted; synchronism is kept.
    #[test]
    fn scattered_errors_are_each_counted(places in prop::collection::btree_set(100_usize..1_000, 0..40)) {
        let mut bytes = sequence(1_000);
        for place in &places {
            bytes[*place] ^= 1 << (place % 8);
        }
        let mut checker = Checker::default();
        for block in bytes.chunks(BLOCK) {
            checker.check(block);
        }
        prop_assert_eq!(checker.tally().errors, places.len() as u64);
        prop_assert_eq!(checker.tally().losses, 0);
    }

    /// Anything at all is looked at without a panic, and errors are never more than bits.
    #[test]
    fn any_octets_are_looked_at(blocks in prop::collection::vec((any::<bool>(), prop::collection::vec(any::<u8>(), 0..200)), 0..30)) {
        let (mut generator, mut checker) = (Generator::default(), Checker::default());
        for (good, mut block) in blocks {
            if good {
                generator.fill(&mut block);
            }
            checker.check(&block);
            let tally = checker.tally();
            prop_assert!(tally.errors <= tally.bits);
        }
    }
}
