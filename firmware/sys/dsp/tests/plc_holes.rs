//! Holes of 10 ms in a vowel made here are filled with what was there; long ones fade to silence.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod signals;

use dsp::plc::Concealer;
use signals::{RATE, clip, level};
use std::f64::consts::TAU;

/// A voiced vowel: harmonics of the pitch under the resonances of an "a" (700, 1200 and 2600 Hz), at about -14 dBm0.
fn vowel(pitch: f64, samples: usize) -> Vec<i16> {
    let share = |hz: f64| {
        let near = |centre: f64, width: f64| 1.0 / (1.0 + ((hz - centre) / width).powi(2));
        near(700.0, 130.0) + 0.5 * near(1200.0, 150.0) + 0.2 * near(2600.0, 200.0)
    };
    let wave = |at: usize| {
        let harmonic = |number: usize| {
            let hz = pitch * number as f64;
            share(hz) * (TAU * hz * at as f64 / RATE + number as f64).sin()
        };
        let count = (3400.0 / pitch) as usize;
        clip(4000.0 * (1..=count).map(harmonic).sum::<f64>())
    };
    (0..samples).map(wave).collect()
}

/// How alike two stretches are: 1 is the same but for the level.
fn correlation(a: &[i16], b: &[i16]) -> f64 {
    let sum = |f: &dyn Fn(f64, f64) -> f64| -> f64 { a.iter().zip(b).map(|(a, b)| f(f64::from(*a), f64::from(*b))).sum() };
    sum(&|a, b| a * b) / (sum(&|a, _| a * a) * sum(&|_, b| b * b)).sqrt().max(1e-9)
}

#[test]
fn hole_of_10_ms_in_a_vowel_is_filled_alike() {
    for pitch in [85.0, 110.0, 160.0, 220.0, 300.0] {
        let original = vowel(pitch, 4000);
        let mut heard = original.clone();
        let mut concealer = Concealer::new().unwrap();
        for (number, block) in heard.chunks_mut(80).enumerate() {
            if number == 25 {
                concealer.fill(block);
            } else {
                concealer.good(block);
            }
        }
        let hole = 2000..2080;
        let alike = correlation(&original[hole.clone()], &heard[hole.clone()]);
        println!("figure: correlation at a pitch of {pitch} Hz = {alike:.3}");
        assert!(alike > 0.8, "pitch {pitch} Hz: r = {alike}");
        assert!((level(&original[hole.clone()]) - level(&heard[hole])).abs() < 3.0, "pitch {pitch} Hz: another level");
        assert_eq!(original[..2000], heard[..2000], "good samples before the hole are left as they are");
        assert_eq!(original[2160..], heard[2160..], "good samples a block after the hole are left as they are");
    }
}

#[test]
fn long_hole_fades_to_silence_and_speech_comes_back() {
    let mut concealer = Concealer::new().unwrap();
    let mut samples = vowel(120.0, 1600);
    let loud = level(&samples);
    concealer.good(&mut samples);
    let mut levels = Vec::new();
    for _ in 0..10 {
        let mut block = [1; 80];
        concealer.fill(&mut block);
        levels.push(level(&block));
    }
    assert!((levels[0] - loud).abs() < 3.0, "{levels:?} after {loud}");
    assert!(levels[..5].windows(2).all(|pair| pair[1] < pair[0]), "{levels:?}");
    assert!(levels[5..].iter().all(|level| *level < -90.0), "silence after 50 ms: {levels:?}");
    let mut samples = vowel(120.0, 160);
    let original = samples.clone();
    concealer.good(&mut samples);
    assert_eq!(samples[60..], original[60..]);
}

#[test]
fn hole_before_any_sound_and_hole_of_an_hour_are_silence() {
    let mut concealer = Concealer::new().unwrap();
    let mut block = [7; 80];
    concealer.fill(&mut block);
    assert_eq!(block, [0; 80]);
    let mut samples = vowel(120.0, 800);
    concealer.good(&mut samples);
    let mut long = vec![7; 80_000];
    for _ in 0..360 {
        concealer.fill(&mut long);
    }
    assert!(long.iter().all(|sample| *sample == 0));
    concealer.good(&mut []);
    concealer.fill(&mut []);
}
