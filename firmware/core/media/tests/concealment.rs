//! Concealment of lost audio: no seam, no delay, nothing after 60 ms, and nearer to what was lost than silence is.
//!
//! The speech is a synthetic vowel (harmonics of a gliding pitch with a formant), so that what was lost is known.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use media::concealment::Concealer;

const BLOCK: usize = 80;

/// A vowel whose pitch glides a little, `count` samples.
fn vowel(pitch_hz: f64, count: usize) -> Vec<i16> {
    let mut phase = 0.0f64;
    (0..count)
        .map(|n| {
            let hz = pitch_hz * (1.0 + 0.02 * (n as f64 / 8000.0 * 4.0).sin());
            phase += hz / 8000.0 * core::f64::consts::TAU;
            let sum: f64 = (1..=20)
                .filter(|harmonic| f64::from(*harmonic) * hz < 3600.0)
                .map(|harmonic| {
                    let f = f64::from(harmonic) * hz;
                    let formants = 1.0 / (1.0 + ((f - 600.0) / 150.0).powi(2)) + 0.4 / (1.0 + ((f - 1700.0) / 200.0).powi(2));
                    formants * (phase * f64::from(harmonic)).cos()
                })
                .sum();
            (sum * 6000.0) as i16
        })
        .collect()
}

/// Plays `signal` with the blocks in `lost` concealed.
fn play(signal: &[i16], lost: impl Fn(usize) -> bool) -> Vec<i16> {
    let mut concealer = Concealer::default();
    let mut out = signal.to_vec();
    for (index, block) in out.chunks_mut(BLOCK).enumerate() {
        if lost(index) {
            block.fill(0);
            concealer.conceal(block);
        } else {
            concealer.heard(block);
        }
    }
    out
}

fn energy(samples: &[i16]) -> f64 {
    samples.iter().map(|sample| f64::from(*sample).powi(2)).sum()
}

fn steepest(samples: &[i16]) -> i32 {
    samples.windows(2).map(|pair| (i32::from(pair[1]) - i32::from(pair[0])).abs()).max().unwrap()
}

#[test]
fn lost_20_ms_of_a_vowel_are_made_again_nearer_than_silence() {
    // The waveform itself is compared, in which a pitch that is off by half a sample counts as an error: 3 dB is little to ask of each
    // vowel, 9 dB of all of them is not.
    let gains = [80.0, 100.0, 125.0, 160.0, 190.0].map(|pitch| {
        let signal = vowel(pitch, 8000);
        let heard = play(&signal, |block| block == 50 || block == 51);
        let gap = 50 * BLOCK..52 * BLOCK;
        let error: Vec<i16> = gap.clone().map(|n| heard[n].saturating_sub(signal[n])).collect();
        let gain = 10.0 * (energy(&signal[gap]) / energy(&error)).log10();
        println!("figure: concealment of 20 ms of a vowel of {pitch} Hz: error below the vowel = {gain:.1} dB");
        gain
    });
    assert!(gains.iter().all(|gain| *gain > 3.0), "{gains:?}");
    assert!(gains.iter().sum::<f64>() / 5.0 > 9.0, "{gains:?}");
}

#[test]
fn seams_are_no_steeper_than_the_vowel_itself() {
    for pitch in [80.0, 101.0, 133.0, 177.0] {
        let signal = vowel(pitch, 8000);
        for length in [1, 2, 3, 5] {
            let heard = play(&signal, |block| (50..50 + length).contains(&block));
            let (own, made) = (steepest(&signal), steepest(&heard));
            assert!(made <= own * 3 / 2, "{pitch} Hz, {length} blocks: step of {made}, {own} in the vowel");
        }
    }
}

#[test]
fn audio_before_the_gap_and_10_ms_behind_it_is_untouched() {
    let signal = vowel(110.0, 8000);
    let heard = play(&signal, |block| block == 50);
    assert_eq!(heard[..50 * BLOCK], signal[..50 * BLOCK], "no delay");
    assert_eq!(heard[52 * BLOCK..], signal[52 * BLOCK..]);
}

#[test]
fn concealment_is_full_for_10_ms_and_nothing_after_60_ms() {
    let signal = vowel(110.0, 16_000);
    let heard = play(&signal, |block| block >= 100);
    let block = |n: usize| energy(&heard[(100 + n) * BLOCK..(101 + n) * BLOCK]);
    let before = energy(&signal[90 * BLOCK..100 * BLOCK]) / 10.0;
    assert!(block(0) > before / 2.0, "{} of {before}", block(0));
    for n in 1..6 {
        assert!(block(n + 1) < block(n).max(1.0), "block {} is louder than the one before", n + 1);
    }
    assert!(heard[106 * BLOCK..].iter().all(|sample| *sample == 0));
}

#[test]
fn silence_is_concealed_by_silence() {
    let heard = play(&[0; 4000], |block| block % 3 == 0);
    assert!(heard.iter().all(|sample| *sample == 0));
}

#[test]
fn loudest_octets_and_gaps_of_every_length_are_survived() {
    let mut concealer = Concealer::default();
    let mut block = [0i16; 200];
    for length in 0..=200usize {
        for (n, sample) in block.iter_mut().enumerate() {
            *sample = if (n / 7).is_multiple_of(2) { i16::MAX } else { i16::MIN };
        }
        concealer.heard(&mut block[..length]);
        concealer.conceal(&mut block[..200 - length]);
    }
    concealer.conceal(&mut []);
    concealer.heard(&mut []);
}
