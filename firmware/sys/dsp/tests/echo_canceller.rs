//! The echo canceller takes an echo made here out of a line, at each tail; what it refuses; what freezing and forgetting do.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod signals;

use dsp::Error;
use dsp::echo::{Canceller, CancellerSettings};
use signals::{Dice, clip, level, rms};

/// White noise of -12 dBm0, and what a hybrid `delay` samples away returns of it: three reflections, 8 dB below and less.
fn line(samples: usize, delay: usize, dice: &mut Dice) -> (Vec<i16>, Vec<i16>) {
    let sent: Vec<i16> = (0..samples).map(|_| clip(rms(-12.0) * dice.gauss())).collect();
    let before = |at: usize, by: usize| at.checked_sub(by).map_or(0.0, |at| f64::from(sent[at]));
    let returned = |at: usize| clip(0.3 * before(at, delay) - 0.2 * before(at, delay + 3) + 0.12 * before(at, delay + 9));
    let received = (0..samples).map(returned).collect();
    (sent, received)
}

fn canceller(tail_ms: u16) -> Canceller {
    Canceller::new(CancellerSettings { tail_ms, ..CancellerSettings::default() }).unwrap()
}

/// By how many dB the last second is quieter than it came.
fn loss(canceller: &mut Canceller, sent: &[i16], received: &[i16]) -> f64 {
    let mut cleaned = received.to_vec();
    for (sent, cleaned) in sent.chunks(80).zip(cleaned.chunks_mut(80)) {
        canceller.process(sent, cleaned).unwrap();
    }
    let last = received.len() - 8000;
    level(&received[last..]) - level(&cleaned[last..])
}

#[test]
fn echo_at_the_end_of_each_tail_is_cancelled() {
    for tail_ms in [16, 32, 64, 128] {
        // It learns the slower the longer its tail is.
        let (sent, received) = line(80_000, usize::from(tail_ms) * 8 - 20, &mut Dice::new(6));
        let loss = loss(&mut canceller(tail_ms), &sent, &received);
        println!("figure: echo return loss enhancement at {tail_ms} ms = {loss:.1} dB");
        assert!(loss > 25.0, "tail {tail_ms} ms: {loss} dB");
    }
}

#[test]
fn echo_beyond_the_tail_is_not_cancelled() {
    let (sent, received) = line(40_000, 200, &mut Dice::new(6));
    let loss = loss(&mut canceller(16), &sent, &received);
    assert!(loss < 3.0, "{loss} dB");
}

#[test]
fn residue_is_muted_when_asked() {
    let (sent, received) = line(40_000, 100, &mut Dice::new(6));
    let settings = CancellerSettings { tail_ms: 32, suppress_residue: true, ..CancellerSettings::default() };
    let muted = loss(&mut Canceller::new(settings).unwrap(), &sent, &received);
    assert!(muted > 60.0, "{muted} dB");
    let noisy = CancellerSettings { comfort_noise: true, high_pass: true, ..settings };
    let noise = loss(&mut Canceller::new(noisy).unwrap(), &sent, &received);
    assert!(noise > 10.0, "{noise} dB");
}

#[test]
fn frozen_canceller_keeps_what_it_learnt_and_learns_nothing() {
    let mut dice = Dice::new(6);
    let (sent, received) = line(40_000, 100, &mut dice);
    let mut one = canceller(32);
    one.set_adapting(false);
    assert!(loss(&mut one, &sent, &received) < 1.0);
    one.set_adapting(true);
    let learnt = loss(&mut one, &sent, &received);
    one.set_adapting(false);
    let kept = loss(&mut one, &sent, &received);
    assert!(learnt > 25.0 && kept > 20.0, "{learnt} dB, then {kept} dB");
    one.reset();
    assert!(loss(&mut one, &sent, &received) < 1.0);
}

#[test]
fn loudest_signals_and_silence_are_borne() {
    let mut dice = Dice::new(8);
    for tail_ms in [16, 20, 128] {
        let mut one = canceller(tail_ms);
        for round in 0..400 {
            let mut any = |loud: f64| -> [i16; 80] {
                std::array::from_fn(|_| if loud == 0.0 { 0 } else { clip(40_000.0 * loud * dice.gauss()) })
            };
            let (sent, mut received) = (any(f64::from(round % 3)), any(f64::from(round / 7 % 3)));
            one.process(&sent, &mut received).unwrap();
        }
    }
}

#[test]
fn unequal_lengths_and_tails_out_of_range_are_refused() {
    let refused = canceller(16).process(&[0; 79], &mut [0; 80]);
    assert_eq!(refused, Err(Error::Length { what: "reference samples", found: 79, expected: 80 }));
    for tail_ms in [0, 15, 129, u16::MAX] {
        let settings = CancellerSettings { tail_ms, ..CancellerSettings::default() };
        assert!(matches!(Canceller::new(settings), Err(Error::OutOfRange { .. })), "{tail_ms}");
    }
}
