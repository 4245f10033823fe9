//! Comfort noise: payloads of RFC 3389, noise of the level and colour described, and silence told from speech.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use media::BLOCK;
use media::comfort_noise::{Detector, Generator, Payload};
use sansio::sim::SplitMix64;

fn unit(random: &mut SplitMix64) -> f64 {
    (random.next_u64() >> 11) as f64 / (1u64 << 53) as f64 * 2.0 - 1.0
}

/// Level in dB below a square wave of full scale, which is what RFC 3389 section 3.1 measures by.
fn dbov(samples: &[i16]) -> f64 {
    let mean = samples.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>() / samples.len() as f64;
    10.0 * (mean / 32768.0f64.powi(2)).log10()
}

fn noise(payload: &Payload, count: usize) -> Vec<i16> {
    let mut generator = Generator::new(99);
    generator.describe(payload);
    let mut samples = vec![0; count];
    generator.fill(&mut samples);
    samples
}

#[test]
fn payload_has_the_octets_of_the_standard() {
    // Section 3.2: N = 127 is 0, each step is 258/32768.
    let payload = Payload::parse(&[45, 127, 254, 0]);
    assert_eq!((payload.level, payload.order), (45, 3));
    assert_eq!(payload.coefficients[0], 0.0);
    assert!((payload.coefficients[1] - 127.0 * 258.0 / 32768.0).abs() < 1e-6);
    assert!((payload.coefficients[2] + 127.0 * 258.0 / 32768.0).abs() < 1e-6);
    let mut bytes = [0; 11];
    assert_eq!(payload.emit(&mut bytes), Some(4));
    assert_eq!(bytes[..4], [45, 127, 254, 0]);
    assert_eq!(payload.emit(&mut bytes[..3]), None);
}

#[test]
fn every_payload_is_read_and_read_again() {
    for length in 0..20u8 {
        let bytes: Vec<u8> = (0..length).map(|n| n.wrapping_mul(37)).collect();
        let payload = Payload::parse(&bytes);
        let mut again = [0; 11];
        let written = payload.emit(&mut again).unwrap();
        assert_eq!(Payload::parse(&again[..written]), payload);
    }
    assert_eq!(Payload::parse(&[0x80 | 30]).level, 30, "the first bit is reserved (section 3.1)");
}

#[test]
fn noise_has_the_level_that_was_told() {
    for level in [30, 40, 50, 60] {
        let told = -f64::from(level);
        assert!((dbov(&noise(&Payload::white(level), 16_000)) - told).abs() < 0.5, "{level}");
        let coloured = Payload::parse(&[level, 50, 160, 110, 140]);
        assert!((dbov(&noise(&coloured, 16_000)) - told).abs() < 1.0, "{level}, coloured");
    }
    assert!(noise(&Payload::white(127), 800).iter().all(|sample| *sample == 0));
}

#[test]
fn extreme_coefficients_stay_within_bounds() {
    for octet in [0, 254, 255] {
        let samples = noise(&Payload::parse(&[40, octet, octet, octet, octet, octet, octet, octet, octet, octet, octet]), 80_000);
        assert!(dbov(&samples) < -20.0, "{octet}: {}", dbov(&samples));
    }
}

#[test]
fn level_changes_smoothly() {
    let mut generator = Generator::new(5);
    generator.describe(&Payload::white(60));
    let mut samples = [0; 800];
    generator.fill(&mut samples);
    generator.describe(&Payload::white(40));
    let levels: Vec<f64> = (0..30)
        .map(|_| {
            let mut block = [0; 160];
            generator.fill(&mut block);
            dbov(&block)
        })
        .collect();
    assert!(levels[0] < -43.0, "not at once: {levels:?}");
    assert!((levels[29] + 40.0).abs() < 1.5, "{levels:?}");
    assert!(levels.windows(2).all(|pair| pair[1] - pair[0] < 7.0), "{levels:?}");
}

/// Blocks of noise of an amplitude, as linear samples.
fn blocks(random: &mut SplitMix64, amplitude: f64, count: usize) -> Vec<[i16; BLOCK]> {
    (0..count).map(|_| std::array::from_fn(|_| (unit(random) * amplitude) as i16)).collect()
}

#[test]
fn speech_is_speech_and_a_pause_is_silence_after_200_ms() {
    let mut random = SplitMix64::new(4);
    let mut detector = Detector::default();
    for block in blocks(&mut random, 60.0, 300) {
        detector.is_speech(&block);
    }
    for _ in 0..5 {
        assert!(blocks(&mut random, 1500.0, 100).iter().all(|block| detector.is_speech(block)));
        let pause: Vec<bool> = blocks(&mut random, 60.0, 100).iter().map(|block| detector.is_speech(block)).collect();
        let silent = pause.iter().position(|speech| !speech).unwrap();
        assert_eq!(silent, 20);
        assert!(pause[silent..].iter().all(|speech| !speech));
    }
}

#[test]
fn tone_is_never_taken_for_silence_however_long_it_lasts() {
    let mut detector = Detector::default();
    let mut n = 0.0f64;
    for _ in 0..6_000 {
        // -25 dBm0.
        let block = std::array::from_fn(|_| {
            n += 1.0;
            ((n * 425.0 / 8000.0 * core::f64::consts::TAU).sin() * 1250.0) as i16
        });
        assert!(detector.is_speech(&block));
    }
}

#[test]
fn silence_is_described_by_its_level_and_its_colour_comes_back() {
    let mut random = SplitMix64::new(8);
    let mut detector = Detector::default();
    // Low-passed noise: the lag-1 correlation is that of the filter.
    let mut state = 0.0;
    let mut all = vec![];
    for _ in 0..200 {
        let block: [i16; BLOCK] = std::array::from_fn(|_| {
            state = 0.8 * state + unit(&mut random) * 40.0;
            state as i16
        });
        detector.is_speech(&block);
        all.extend(block);
    }
    let payload = detector.silence();
    assert!((f64::from(payload.level) + dbov(&all)).abs() < 1.5, "{payload:?}");
    let made = noise(&payload, 16_000);
    let correlation = |samples: &[i16]| {
        let product: f64 = samples.windows(2).map(|pair| f64::from(pair[0]) * f64::from(pair[1])).sum();
        product / samples.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>()
    };
    assert!((correlation(&made) - correlation(&all)).abs() < 0.1, "{} and {}", correlation(&made), correlation(&all));
}
