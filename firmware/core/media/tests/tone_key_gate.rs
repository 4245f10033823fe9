//! Digits are taken out of the audio that they were keyed in: nothing of them is left, and speech stays.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
#![allow(clippy::approx_constant, reason = "3.14 dBm0 is a level, not a circle")]

use std::f64::consts::TAU;
use std::sync::Arc;

use media::tone::{DOUBTFUL, KeyGate, KeyOnset, dtmf};
use media::{BLOCK, Law, g711};
use sansio::sim::SplitMix64;

/// Peak of a sine of that level (G.711 table 1a).
fn peak(dbm0: f64) -> f64 {
    32_256.0 * 10_f64.powf((dbm0 - 3.14) / 20.0)
}

fn tones(parts: &[(f64, f64)], from: usize, samples: usize) -> Vec<f64> {
    let one = |at: usize| {
        let sines = parts.iter().map(|(hz, dbm0)| peak(*dbm0) * (TAU * hz * at as f64 / 8000.0 + 0.3).sin());
        if at < from { 0.0 } else { sines.sum() }
    };
    (0..samples).map(one).collect()
}

fn blocks(signal: &[f64]) -> Vec<[i16; BLOCK]> {
    signal.as_chunks::<BLOCK>().0.iter().map(|block| block.map(|sample| sample.clamp(-32768.0, 32767.0) as i16)).collect()
}

/// Gaussian noise, near enough: twelve uniform numbers.
fn noise(dbm0: f64, samples: usize, seed: u64) -> Vec<f64> {
    let mut dice = SplitMix64::new(seed);
    let rms = peak(dbm0) / 2_f64.sqrt();
    let unit = |dice: &mut SplitMix64| (dice.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
    (0..samples).map(|_| rms * ((0..12).map(|_| unit(&mut dice)).sum::<f64>() - 6.0)).collect()
}

#[test]
fn whole_block_of_each_digit_at_q24s_limits_is_a_key() {
    let onset = KeyOnset::default();
    for digit in "0123456789ABCD*#".chars() {
        let (low, high) = dtmf::frequencies(digit).unwrap();
        for level in [-27.0, -10.0, 0.0] {
            for (low_db, high_db) in [(0.0, 0.0), (-8.0, 0.0), (0.0, -4.0), (0.0, -8.0)] {
                for offset in [-0.015, 0.0, 0.015] {
                    let parts = [(low * (1.0 + offset), level + low_db), (high * (1.0 - offset), level + high_db)];
                    // Two octaves of phases: a block begins anywhere in the tone.
                    for block in blocks(&tones(&parts, 0, 40 * BLOCK)) {
                        assert!(onset.is_key(&block), "{digit} at {level} {low_db} {high_db} {offset}");
                    }
                }
            }
        }
    }
}

#[test]
fn digit_15_db_above_noise_is_a_key() {
    let onset = KeyOnset::default();
    let signal = tones(&[(770.0, -10.0), (1336.0, -10.0)], 0, 400 * BLOCK);
    let noisy: Vec<f64> = signal.iter().zip(noise(-22.0, signal.len(), 5)).map(|(tone, noise)| tone + noise).collect();
    let missed = blocks(&noisy).iter().filter(|block| !onset.is_key(block)).count();
    assert_eq!(missed, 0, "of 400 blocks");
}

#[test]
fn noise_one_tone_and_dial_tone_are_no_keys() {
    let onset = KeyOnset::default();
    let one = tones(&[(770.0, -10.0)], 0, 40 * BLOCK);
    let dial = tones(&[(350.0, -13.0), (440.0, -13.0)], 0, 40 * BLOCK);
    let far_off = tones(&[(770.0 * 1.035, -10.0), (1336.0 * 1.035, -10.0)], 0, 40 * BLOCK);
    for signal in [one, dial, far_off, noise(-10.0, 400 * BLOCK, 1), vec![0.0; 4 * BLOCK]] {
        let keys = blocks(&signal).iter().filter(|block| onset.is_key(block)).count();
        assert_eq!(keys, 0);
    }
}

/// What is left of a digit that begins so many samples into its first block, lasts 100 ms, and is heard by a detector after 30 ms.
fn left_of_digit(begins: usize) -> Vec<u8> {
    let mut gate = KeyGate::new(Arc::new(KeyOnset::default()), Law::A);
    let mut signal = tones(&[(852.0, -7.0), (1477.0, -7.0)], begins, 10 * BLOCK + begins);
    signal.resize(20 * BLOCK, 0.0);
    let mut left = Vec::new();
    for (index, block) in blocks(&signal).into_iter().enumerate() {
        let mut octets = [0; BLOCK];
        g711::encode_slice(Law::A, &block, &mut octets);
        gate.pass(&mut octets, (4..14).contains(&index));
        left.extend(octets);
    }
    assert_eq!(gate.unconfirmed(), 0);
    left
}

#[test]
fn nothing_is_left_of_a_digit_wherever_in_a_block_it_begins() {
    for begins in 0..BLOCK {
        let loudest = left_of_digit(begins).into_iter().map(|octet| g711::decode(Law::A, octet).unsigned_abs()).max();
        // Silence is the smallest value of A-law.
        assert_eq!(loudest, Some(8), "beginning at {begins}");
    }
}

#[test]
fn tones_that_the_detector_does_not_confirm_are_let_through() {
    let mut gate = KeyGate::new(Arc::new(KeyOnset::default()), Law::A);
    let silent: Vec<bool> = blocks(&tones(&[(697.0, -7.0), (1209.0, -7.0)], 0, 20 * BLOCK))
        .into_iter()
        .map(|block| {
            let mut octets = [0; BLOCK];
            g711::encode_slice(Law::A, &block, &mut octets);
            gate.pass(&mut octets, false);
            octets == [g711::silence(Law::A); BLOCK]
        })
        .collect();
    let doubtful = usize::from(DOUBTFUL);
    assert!(silent[..doubtful].iter().all(|silent| *silent));
    assert!(silent[doubtful..].iter().all(|silent| !silent));
    assert_eq!(gate.unconfirmed(), 1);
}
