//! The measure itself: it finds the same speech through what a telephone call does to it, and nothing else.
#![allow(clippy::unwrap_used, reason = "tests")]

use hw_tests::audio::{Audio, PER_MS, RATE};
use hw_tests::correlation::{correlation, windowed};
use hw_tests::g711::{Encoder, Law, decode};
use hw_tests::speech;

fn town() -> Audio {
    Audio::load(&speech::town())
}

fn river() -> Audio {
    Audio::load(&speech::river())
}

/// A small deterministic noise source (an LCG's high bits), -1.0..1.0.
fn noise(samples: usize) -> Vec<f32> {
    let mut state = 1_u32;
    let step = |s: &mut u32| {
        *s = s.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f32::from((*s >> 16) as i16) / 32768.0
    };
    (0..samples).map(|_| step(&mut state)).collect()
}

#[test]
fn same_file_correlates_fully() {
    let found = correlation(&town(), &town()).unwrap();
    assert_eq!(found.lag_ms, 0.0);
    assert!(found.r > 0.9999, "{found:?}");
    assert_eq!(found.overlap_ms, town().ms());
}

#[test]
fn delayed_quiet_and_noisy_is_found_at_its_lag() {
    let mut heard = Audio::silence(1237).then(&town());
    let hiss = noise(heard.samples.len());
    for (sample, hiss) in heard.samples.iter_mut().zip(hiss) {
        *sample = *sample * 0.2 + hiss * 0.001;
    }
    let found = correlation(&town(), &heard).unwrap();
    assert_eq!(found.lag_ms, 1237.0);
    assert!(found.r > 0.95, "{found:?}");
}

#[test]
fn heard_from_the_middle_has_a_negative_lag() {
    let heard = Audio { samples: town().samples[1500 * PER_MS..].to_vec() };
    let found = correlation(&town(), &heard).unwrap();
    assert_eq!(found.lag_ms, -1500.0);
    assert!(found.r > 0.9999, "{found:?}");
}

#[test]
fn through_both_laws_still_correlates() {
    for law in [Law::A, Law::Mu] {
        let encoder = Encoder::new(law);
        let heard: Vec<i16> = town().to_i16().iter().map(|&s| decode(law, encoder.encode(s))).collect();
        let found = correlation(&town(), &Audio::from_i16(&heard)).unwrap();
        assert!(found.r > 0.99, "{law:?} {found:?}");
    }
}

#[test]
fn other_speech_does_not_correlate() {
    for (reference, heard) in [(town(), river()), (river(), town())] {
        let found = correlation(&reference, &heard).unwrap();
        assert!(found.r < 0.3, "{found:?}");
        let later = correlation(&reference, &Audio::silence(900).then(&heard)).unwrap();
        assert!(later.r < 0.3, "{later:?}");
        let windows = windowed(&reference, &heard).unwrap();
        assert!(windows.median_r < 0.5, "{windows:?}");
    }
}

#[test]
fn inverted_polarity_does_not_correlate() {
    let heard = Audio { samples: town().samples.iter().map(|s| -s).collect() };
    let found = correlation(&town(), &heard).unwrap();
    assert!(found.r < 0.5, "{found:?}");
}

#[test]
fn silence_and_noise_and_nothing_give_no_match() {
    assert_eq!(correlation(&town(), &Audio::silence(6000)), None);
    assert_eq!(correlation(&town(), &Audio::silence(0)), None);
    assert_eq!(windowed(&town(), &Audio::silence(6000)), None);
    let hiss = Audio { samples: noise(6 * RATE) };
    let found = correlation(&town(), &hiss).unwrap();
    assert!(found.r < 0.1, "{found:?}");
}

#[test]
fn repeated_block_breaks_the_whole_but_not_the_windows() {
    let speech = town().samples;
    let middle = speech.len() / 2;
    let block = 10 * PER_MS;
    let mut heard = speech[..middle].to_vec();
    heard.extend_from_slice(&speech[middle - block..middle]);
    heard.extend_from_slice(&speech[middle..]);
    let heard = Audio { samples: heard };
    let whole = correlation(&town(), &heard).unwrap();
    assert!(whole.r < 0.9, "{whole:?}");
    let windows = windowed(&town(), &heard).unwrap();
    assert!(windows.median_r > 0.99, "{windows:?}");
    assert_eq!(windows.drift_ms, 10.0);
    assert!(windows.windows >= 5, "{windows:?}");
}

#[test]
fn every_second_packet_lost_fails_both_measures() {
    let mut heard = town();
    for (index, packet) in heard.samples.chunks_mut(20 * PER_MS).enumerate() {
        if index % 2 == 1 {
            packet.fill(0.0);
        }
    }
    assert!(correlation(&town(), &heard).unwrap().r < 0.9);
    assert!(windowed(&town(), &heard).unwrap().median_r < 0.9);
}

#[test]
fn level_is_in_db_below_full_scale() {
    let half = Audio { samples: vec![0.5; RATE] };
    assert!((half.level_dbfs() + 6.02).abs() < 0.01, "{}", half.level_dbfs());
    assert_eq!(Audio::silence(10).level_dbfs(), f32::NEG_INFINITY);
    assert!((-35.0..-10.0).contains(&town().level_dbfs()), "{}", town().level_dbfs());
}

#[test]
fn g711_known_values_and_round_trip() {
    // G.711 tables 1a and 2a: the smallest and largest positive values, in 13 and 14 bit units.
    assert_eq!(decode(Law::A, 0xd5), 8);
    assert_eq!(decode(Law::A, 0x55), -8);
    assert_eq!(decode(Law::A, 0xaa), 4032 * 8);
    assert_eq!(decode(Law::Mu, 0xff), 0);
    assert_eq!(decode(Law::Mu, 0x80), 8031 * 4);
    for law in [Law::A, Law::Mu] {
        let encoder = Encoder::new(law);
        for code in 0..=255 {
            assert_eq!(decode(law, encoder.encode(decode(law, code))), decode(law, code));
        }
    }
}
