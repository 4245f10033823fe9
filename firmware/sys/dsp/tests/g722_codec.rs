//! G.722 at 64 kbit/s against FFmpeg's encoder and decoder, bit by bit (tests/vectors/g722), and there and back again.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod signals;

use dsp::Error;
use dsp::g722::{AudioRate, Decoder, Encoder};
use std::f64::consts::TAU;

const OCTETS: &[u8] = include_bytes!("vectors/g722/octets.g722");
const DECODED: &[u8] = include_bytes!("vectors/g722/decoded.raw");

/// 0.8 s of a rising triangle wave and noise, each at several levels, full range included. Integers only, so that every machine
/// makes the same.
fn signal() -> Vec<i16> {
    let (mut phase, mut step, mut seed) = (0_u32, 0x0080_0000_u32, 12_345_u32);
    let mut sample = |at: usize| {
        phase = phase.wrapping_add(step);
        step += 0x8000;
        seed = seed.wrapping_mul(1_103_515_245).wrapping_add(12_345);
        let noise = (seed >> 16 & 0x7ff) as i32 - 1024;
        let triangle = ((phase >> 16) as i32 - 32_768).abs() - 16_384;
        let loud = [3, 0, 2, 1][at / 800 % 4];
        let hiss = [1, 4, 0, 2][at / 1100 % 4];
        ((triangle * loud).div_euclid(2) + noise * hiss).clamp(-32_768, 32_767) as i16
    };
    (0..12_800).map(&mut sample).collect()
}

fn encoded(rate: AudioRate, samples: &[i16]) -> Vec<u8> {
    let mut encoder = Encoder::new(rate).unwrap();
    let mut octets = vec![0; samples.len() / rate.samples_per_octet()];
    for (from, to) in samples.chunks(160 * rate.samples_per_octet()).zip(octets.chunks_mut(160)) {
        encoder.encode(from, to).unwrap();
    }
    octets
}

fn decoded(rate: AudioRate, octets: &[u8]) -> Vec<i16> {
    let mut decoder = Decoder::new(rate).unwrap();
    let mut samples = vec![0; octets.len() * rate.samples_per_octet()];
    decoder.decode(octets, &mut samples).unwrap();
    samples
}

/// How many dB the error lies below the signal, at the delay that fits best. Edges are left out.
fn clarity(original: &[i16], copy: &[i16]) -> f64 {
    let at = |delay: usize| {
        let pairs = || original.iter().zip(&copy[delay..]).skip(800).take(original.len() - 1600);
        let signal: f64 = pairs().map(|(a, _)| f64::from(*a).powi(2)).sum();
        let error: f64 = pairs().map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2)).sum();
        10.0 * (signal / error.max(1.0)).log10()
    };
    (0..32).map(at).fold(f64::MIN, f64::max)
}

/// A tone of 440 and another of `hz`.
fn two_tones(rate: f64, hz: f64) -> Vec<i16> {
    let wave = |at: usize| {
        let time = at as f64 / rate;
        signals::clip(6000.0 * (TAU * 440.0 * time).sin() + 3000.0 * (TAU * hz * time).sin())
    };
    (0..rate as usize).map(wave).collect()
}

#[test]
fn encoder_makes_the_octets_that_ffmpeg_makes() {
    assert_eq!(encoded(AudioRate::Wide, &signal()), OCTETS);
}

#[test]
fn decoder_makes_the_samples_that_ffmpeg_makes() {
    let wanted: Vec<i16> = DECODED.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect();
    assert_eq!(decoded(AudioRate::Wide, OCTETS), wanted);
}

#[test]
fn wide_audio_survives_there_and_back() {
    let original = two_tones(16_000.0, 5200.0);
    let clarity = clarity(&original, &decoded(AudioRate::Wide, &encoded(AudioRate::Wide, &original)));
    println!("figure: G.722 there and back at 16 kHz = {clarity:.1} dB");
    assert!(clarity > 20.0, "{clarity} dB");
}

#[test]
fn narrow_audio_survives_there_and_back() {
    let original = two_tones(8000.0, 1700.0);
    let clarity = clarity(&original, &decoded(AudioRate::Narrow, &encoded(AudioRate::Narrow, &original)));
    println!("figure: G.722 there and back at 8 kHz = {clarity:.1} dB");
    assert!(clarity > 25.0, "{clarity} dB");
}

#[test]
fn narrow_end_hears_the_lower_band_of_a_wide_one() {
    let octets = encoded(AudioRate::Wide, &two_tones(16_000.0, 1700.0));
    let samples = decoded(AudioRate::Narrow, &octets);
    assert_eq!(samples.len(), 8000);
    let loud = signals::level(&samples[800..]);
    let wanted = signals::level(&two_tones(8000.0, 1700.0));
    assert!((loud - wanted).abs() < 1.0, "{loud} dBm0, wanted {wanted}");
}

#[test]
fn any_octets_decode() {
    let mut dice = signals::Dice::new(722);
    let octets: Vec<u8> = (0..20_000).map(|_| (dice.unit() * 256.0) as u8).collect();
    for rate in [AudioRate::Wide, AudioRate::Narrow] {
        assert_eq!(decoded(rate, &octets).len(), 20_000 * rate.samples_per_octet());
    }
}

#[test]
fn lengths_that_do_not_fit_are_refused() {
    let wrong = |what, found, expected| Err(Error::Length { what, found, expected });
    let mut encoder = Encoder::new(AudioRate::Wide).unwrap();
    assert_eq!(encoder.encode(&[0; 319], &mut [0; 160]), wrong("samples to encode", 319, 320));
    assert_eq!(encoder.encode(&[0; 321], &mut [0; 160]), wrong("samples to encode", 321, 320));
    let mut decoder = Decoder::new(AudioRate::Narrow).unwrap();
    assert_eq!(decoder.decode(&[0; 160], &mut [0; 320]), wrong("samples to decode into", 320, 160));
    assert_eq!(decoder.decode(&[], &mut []), Ok(()));
}
