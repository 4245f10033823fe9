//! One block of the line's output lost or inserted, as after an under- or overrun of the write queue.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod g168;

use g168::arrangement::Arrangement;
use g168::path::Path;
use g168::signal::Signal;
use media::BLOCK;
use media::echo::{Canceller, Config, FREEZE_BLOCKS, ReferenceRing, State};

/// Echo left in each block, with a reference `late` blocks late from `slip` on; the box knows of the slip when `known`.
fn run(known: bool, late: usize, blocks: usize, slip: usize, back: usize) -> Vec<f64> {
    let mut canceller = Canceller::new(Config { nlp: false, ..Config::default() });
    let mut path = Path::new(2, 6.0, 240);
    let mut noise = Signal::white_noise(-12.0, 4);
    let mut past = [[0i16; BLOCK]; 2];
    let mut left = Vec::new();
    for block in 0..blocks {
        let (reference, mut sin) = path.block(&noise.block(), &[0; BLOCK]);
        past = [reference, past[0]];
        let slipped = (slip..back).contains(&block);
        if known && block == slip {
            canceller.freeze(FREEZE_BLOCKS);
        }
        canceller.process(&mut sin, &past[if slipped { late } else { 0 }]);
        let power: f64 = sin.iter().map(|s| f64::from(*s).powi(2)).sum::<f64>() / BLOCK as f64;
        left.push(g168::dbm0_of(power.sqrt()));
    }
    left
}

fn mean(levels: &[f64]) -> f64 {
    levels.iter().sum::<f64>() / levels.len() as f64
}

#[test]
fn one_block_underrun_enhancement_is_back_within_500_ms() {
    let left = run(true, 1, 900, 600, 601);
    let (before, after) = (mean(&left[550..600]), mean(&left[650..660]));
    assert!(after <= before + 3.0, "{before:.1} dBm0 before, {after:.1} dBm0 500 ms after");
}

#[test]
fn reference_late_by_a_block_for_good_converges_within_a_second() {
    let left = run(true, 1, 1000, 600, 1000);
    let (before, after) = (mean(&left[550..600]), mean(&left[700..710]));
    assert!(after <= before + 6.0, "{before:.1} dBm0 before, {after:.1} dBm0 a second after");
}

#[test]
fn frozen_says_so_for_as_long_as_asked() {
    let mut arrangement = Arrangement::linear(64, Path::new(0, 10.0, 0));
    arrangement.canceller.freeze(FREEZE_BLOCKS);
    for _ in 0..FREEZE_BLOCKS {
        assert_eq!(arrangement.canceller.figures().state, State::Frozen);
        arrangement.run(&mut Signal::silence(), &mut Signal::silence(), 0.01);
    }
    assert_eq!(arrangement.canceller.figures().state, State::Active);
}

#[test]
fn ring_read_gives_what_was_on_the_line() {
    let mut ring = ReferenceRing::new(8, 160);
    for block in 0..4i16 {
        ring.write(&std::array::from_fn::<i16, 80, _>(|n| block * 80 + n as i16));
    }
    assert_eq!(ring.read(160).0, std::array::from_fn(|n| n as i16));
    assert_eq!(ring.read(200), (std::array::from_fn(|n| n as i16 + 40), true));
    // Nothing was written yet when the line was read first, and nothing further yet than four blocks.
    assert_eq!(ring.read(80), ([0; BLOCK], false));
    assert!(!ring.read(480).1);
}

#[test]
fn ring_slip_moves_what_is_read() {
    let mut ring = ReferenceRing::new(8, 0);
    for block in 0..4 {
        ring.write(&[block; BLOCK]);
    }
    ring.slip(80);
    assert_eq!(ring.read(160), ([1; BLOCK], true));
    ring.slip(-160);
    assert_eq!((ring.read(160), ring.offset()), (([3; BLOCK], true), -80));
    ring.calibrate(0);
    assert_eq!(ring.read(160), ([2; BLOCK], true));
}

#[test]
fn ring_overwritten_samples_are_unknown() {
    let mut ring = ReferenceRing::new(2, 0);
    (0..5).for_each(|block| ring.write(&[block; BLOCK]));
    assert!(!ring.read(80).1);
    assert_eq!(ring.read(240), ([3; BLOCK], true));
    assert_eq!(ring.read(i64::MAX), ([0; BLOCK], false));
    assert_eq!(ring.read(i64::MIN), ([0; BLOCK], false));
}
