//! A line without echo, as a digital call's: what the near end says while the far end talks passes unharmed once it has looked for one.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod g168;

use g168::signal::Signal;
use media::echo::{Canceller, Config};

/// By how many dB what was changed of the near end is below it, second by second.
fn changed(far: &mut Signal, near: &mut Signal, seconds: usize) -> Vec<f64> {
    let mut canceller = Canceller::new(Config::default());
    (0..seconds)
        .map(|_| {
            let (mut spoken, mut changed) = (0.0, 1e-3);
            for _ in 0..100 {
                let near = near.block();
                let mut heard = near;
                canceller.process(&mut heard, &far.block());
                for (near, heard) in near.into_iter().zip(heard) {
                    spoken += f64::from(near).powi(2);
                    changed += f64::from(heard.saturating_sub(near)).powi(2);
                }
            }
            10.0 * (spoken / changed).log10()
        })
        .collect()
}

/// Speech that the live tests use too (espeak-ng).
const RIVER: &[u8] = include_bytes!("../../../../hw-tests/vectors/speech/river.wav");
const TOWN: &[u8] = include_bytes!("../../../../hw-tests/vectors/speech/town.wav");

/// A file with a header of 44 octets and samples of 16 bits.
fn speech(wav: &[u8], dbm0: f64) -> Signal {
    let samples = wav[44..].as_chunks::<2>().0.iter().map(|octets| f64::from(i16::from_le_bytes(*octets)));
    Signal::of(samples.collect(), dbm0)
}

/// What is changed of the near end is 11 dB below it in every second after the first two, which hold what the canceller needs for learning.
fn expect_unharmed(what: &str, changed: &[f64]) {
    assert!(changed[2..].iter().all(|below| *below > 11.0), "{what}: changed of the near end, dB below it: {changed:.0?}");
}

#[test]
fn both_talk_from_the_first_moment_near_end_of_any_loudness_is_not_cut() {
    for near in [-9.0, -15.0, -21.0] {
        let seconds = changed(&mut Signal::css(-15.0), &mut Signal::near_css(near), 8);
        expect_unharmed(&format!("composite signal at {near} dBm0"), &seconds);
        let (mut river, mut town) = (speech(RIVER, -15.0), speech(TOWN, near));
        expect_unharmed(&format!("speech at {near} dBm0"), &changed(&mut river, &mut town, 8));
    }
}
