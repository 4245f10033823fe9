//! Speech does not make digits: synthesised babble, and the speech that the test exchange plays (espeak-ng).
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod signals;

use dsp::dtmf::{Event, Receiver, ReceiverSettings};
use signals::{Babble, level};

/// Digits begun in `seconds` of babble.
fn false_digits(seconds: usize, seed: u64) -> Vec<char> {
    let mut babble = Babble::new(seed);
    let mut receiver = Receiver::new(ReceiverSettings::default()).unwrap();
    let mut found = Vec::new();
    for _ in 0..seconds * 50 {
        receiver.rx(&babble.block::<160>());
        while let Some(event) = receiver.poll_event() {
            if let Event::Begin { digit, .. } = event {
                found.push(digit);
            }
        }
    }
    found
}

#[test]
fn babble_is_as_loud_as_speech() {
    let mut babble = Babble::new(1);
    let samples: Vec<i16> = (0..80_000).map(|_| babble.next_sample()).collect();
    let loud = level(&samples);
    assert!((-25.0..-5.0).contains(&loud), "{loud} dBm0");
    let clipped = samples.iter().filter(|sample| sample.unsigned_abs() >= 32767).count();
    assert!(clipped < 800, "{clipped} of 80000 samples clipped");
}

#[test]
fn two_minutes_of_babble_make_no_digit() {
    assert_eq!(false_digits(120, 7), [] as [char; 0]);
}

#[test]
fn speech_of_the_exchange_makes_no_digit() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../tools/exchange/speech/answer.wav");
    let samples: Vec<i16> = hound::WavReader::open(file).unwrap().samples().map(Result::unwrap).collect();
    let mut receiver = Receiver::new(ReceiverSettings::default()).unwrap();
    for gain in [1_i16, 2, 4] {
        let louder: Vec<i16> = samples.iter().map(|sample| sample.saturating_mul(gain)).collect();
        receiver.rx(&louder);
        assert_eq!(receiver.poll_event(), None, "gain {gain}");
    }
}

#[test]
#[ignore = "long: cargo xtask long dtmf-talk-off-hour"]
fn an_hour_of_babble_makes_no_digit() {
    let found = false_digits(3600, 3600);
    println!("figure: speech-like sound = 3600 s");
    println!("figure: false digits = {}", found.len());
    assert_eq!(found, [] as [char; 0]);
}
