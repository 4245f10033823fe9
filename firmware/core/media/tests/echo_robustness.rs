//! Inputs that are no telephony: full-scale noise, constant offsets, anything of proptest. The canceller stays finite and finds back.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod g168;

use g168::arrangement::Arrangement;
use g168::path::Path;
use g168::signal::Signal;
use media::BLOCK;
use media::echo::{Canceller, Config};
use proptest::prelude::*;
use sansio::sim::SplitMix64;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn any_input_at_any_tail_leaves_figures_finite(tail_ms: u16, nlp: bool, seed: u64, shift in 0u32..16) {
        let mut random = SplitMix64::new(seed);
        let mut canceller = Canceller::new(Config { tail_ms, nlp, ..Config::default() });
        for block in 0..300u32 {
            let shift = if block % 100 < 50 { shift } else { 0 };
            let mut any = || std::array::from_fn::<i16, BLOCK, _>(|_| (random.next_u64() as i16) >> shift);
            let (mut received, reference) = (any(), any());
            if block % 37 == 0 {
                canceller.freeze(seed as u16 % 30);
            }
            canceller.process(&mut received, &reference);
            let figures = canceller.figures();
            prop_assert!(figures.erl_db.is_none_or(f32::is_finite) && figures.erle_db.is_none_or(f32::is_finite), "{figures:?}");
        }
    }
}

#[test]
fn full_scale_square_wave_does_not_keep_it_from_converging_afterwards() {
    let mut arrangement = Arrangement::linear(64, Path::new(3, 6.0, 100));
    for block in 0..300 {
        let sign = if block % 2 == 0 { i16::MAX } else { i16::MIN };
        arrangement.canceller.process(&mut [sign; BLOCK], &[!sign; BLOCK]);
    }
    let mut css = Signal::css(-10.0);
    arrangement.run(&mut css, &mut Signal::silence(), 5.0);
    let left = arrangement.residual(&mut css, 1.0);
    assert!(left < -35.0, "{left:.1} dBm0 left");
}

#[test]
fn constant_offset_is_not_learnt_as_echo() {
    let mut arrangement = Arrangement::linear(64, Path::new(3, 6.0, 100).without_law());
    let mut css = Signal::css(-10.0);
    for _ in 0..500 {
        let (reference, mut sin) = arrangement.path.block(&css.block(), &[300; BLOCK]);
        arrangement.canceller.process(&mut sin, &reference);
    }
    let left = arrangement.residual(&mut css, 1.0);
    assert!(left < -40.0, "{left:.1} dBm0 left");
}

#[test]
fn converged_return_loss_is_told() {
    for erl in [6.0, 12.0, 20.0] {
        let mut arrangement = Arrangement::linear(64, Path::of([vec![0.0; 90], vec![10f64.powf(-erl / 20.0)]].concat()));
        arrangement.run(&mut Signal::white_noise(-12.0, 3), &mut Signal::silence(), 5.0);
        let figures = arrangement.canceller.figures();
        assert!((f64::from(figures.erl_db.unwrap()) - erl).abs() < 0.5, "{erl} dB: {figures:?}");
        assert!(figures.erle_db.unwrap() > 20.0 && !figures.double_talk, "{figures:?}");
    }
}

#[test]
fn reset_forgets_the_line() {
    let mut arrangement = Arrangement::linear(64, Path::new(3, 6.0, 100));
    arrangement.run(&mut Signal::css(-10.0), &mut Signal::silence(), 3.0);
    arrangement.canceller.reset();
    let figures = arrangement.canceller.figures();
    assert_eq!((figures.erl_db, figures.erle_db), (None, None));
    let mut fresh = Canceller::new(Config { tail_ms: 64, nlp: false, ..Config::default() });
    let mut path = Path::new(1, 6.0, 0);
    let mut css = Signal::css(-10.0);
    for _ in 0..200 {
        let (reference, sin) = path.block(&css.block(), &[0; BLOCK]);
        let (mut again, mut anew) = (sin, sin);
        arrangement.canceller.process(&mut again, &reference);
        fresh.process(&mut anew, &reference);
        assert_eq!(again, anew);
    }
}
