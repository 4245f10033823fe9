//! The 2100 Hz tone disabler against tones made by the definitions of V.25 and V.8, on either direction.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod g168;

use media::BLOCK;
use media::echo::{Canceller, Config, State};
use std::f64::consts::TAU;

/// A tone: hertz, turn in degrees every 450 ms, depth of 15 Hz modulation (V.8 ANSam: 0.2).
#[derive(Clone, Copy)]
struct Tone(f64, f64, f64);

impl Tone {
    fn block(self, number: usize, dbm0: f64) -> [i16; BLOCK] {
        let peak = g168::rms_of(dbm0) * 2f64.sqrt();
        std::array::from_fn(|n| {
            let at = (number * BLOCK + n) as f64 / 8000.0;
            let turns = (at / 0.45).floor();
            let envelope = 1.0 + self.2 * (TAU * 15.0 * at).sin();
            (peak * envelope * (TAU * (self.0 * at + turns * self.1 / 360.0)).sin()) as i16
        })
    }
}

/// Blocks until the canceller is disabled, of `seconds`; the tone comes from the line or is sent to it.
fn disabled_after(tone: Tone, dbm0: f64, from_line: bool, seconds: usize) -> Option<usize> {
    let mut canceller = Canceller::new(Config::default());
    (0..seconds * 100).find(|number| {
        let block = tone.block(*number, dbm0);
        let (mut received, reference) = if from_line { (block, [0; BLOCK]) } else { ([0; BLOCK], block) };
        canceller.process(&mut received, &reference);
        canceller.figures().state == State::Disabled
    })
}

#[test]
fn reversing_tone_on_either_direction_disables_within_a_second() {
    for from_line in [true, false] {
        for hertz in [2079.0, 2100.0, 2121.0] {
            for turn in [155.0, 180.0, 205.0] {
                for (dbm0, depth) in [(-31.0, 0.0), (-12.0, 0.2), (-6.0, 0.0)] {
                    let after = disabled_after(Tone(hertz, turn, depth), dbm0, from_line, 2);
                    assert!(after.is_some_and(|blocks| blocks <= 100), "{hertz} Hz, {turn} degrees, {dbm0} dBm0: {after:?}");
                }
            }
        }
    }
}

#[test]
fn tone_that_is_not_the_answering_tone_leaves_the_canceller_on() {
    for (hertz, turn) in [(2100.0, 0.0), (2100.0, 110.0), (2225.0, 180.0), (1950.0, 180.0), (1300.0, 180.0), (1004.0, 180.0)] {
        assert_eq!(disabled_after(Tone(hertz, turn, 0.0), -12.0, true, 5), None, "{hertz} Hz, {turn} degrees");
    }
}

#[test]
fn disabled_passes_the_line_untouched() {
    let mut canceller = Canceller::new(Config::default());
    let tone = Tone(2100.0, 180.0, 0.0);
    for number in 0..200 {
        let block = tone.block(number, -12.0);
        let mut received = block;
        canceller.process(&mut received, &tone.block(number + 7, -12.0));
        if number > 110 {
            assert_eq!(received, block);
        }
    }
}

/// State after `blocks` of silence behind the tone.
fn after_silence(blocks: usize) -> State {
    let mut canceller = Canceller::new(Config::default());
    for number in 0..100 {
        canceller.process(&mut Tone(2100.0, 180.0, 0.0).block(number, -12.0), &[0; BLOCK]);
    }
    assert_eq!(canceller.figures().state, State::Disabled);
    for _ in 0..blocks {
        canceller.process(&mut [8; BLOCK], &[8; BLOCK]);
    }
    canceller.figures().state
}

#[test]
fn disabled_silence_in_both_directions_releases_between_100_and_400_ms() {
    assert_eq!(after_silence(10), State::Disabled);
    assert_eq!(after_silence(24), State::Disabled);
    assert_eq!(after_silence(40), State::Active);
}

#[test]
fn disabled_stays_so_while_one_direction_is_loud() {
    let mut canceller = Canceller::new(Config::default());
    for number in 0..100 {
        canceller.process(&mut Tone(2100.0, 180.0, 0.0).block(number, -12.0), &[0; BLOCK]);
    }
    for number in 0..500 {
        canceller.process(&mut [0; BLOCK], &Tone(1800.0, 0.0, 0.0).block(number, -25.0));
        assert_eq!(canceller.figures().state, State::Disabled);
    }
}

/// Level of a weak near end that is let through while `hertz` is sent to the line, in dBm0.
fn weak_near_end_under(hertz: f64) -> f64 {
    let mut canceller = Canceller::new(Config::default());
    let mut sum = 0.0;
    for number in 0..300 {
        let mut received = Tone(400.0, 0.0, 0.0).block(number, -40.0);
        canceller.process(&mut received, &Tone(hertz, 0.0, 0.0).block(number, -10.0));
        if number >= 50 {
            sum += received.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>();
        }
    }
    assert_eq!(canceller.figures().state, State::Active);
    g168::dbm0_of((sum / 250.0 / BLOCK as f64).sqrt())
}

#[test]
fn plain_tone_switches_off_the_non_linear_processor_only() {
    let (answering, other) = (weak_near_end_under(2100.0), weak_near_end_under(1500.0));
    assert!((answering + 40.0).abs() < 1.0, "{answering:.1} dBm0 under 2100 Hz");
    assert!(other < -50.0, "{other:.1} dBm0 under 1500 Hz");
}

#[test]
fn speech_like_signals_do_not_disable() {
    // Two seconds each of a tone sweep through 2100 Hz and of pairs of tones with 2100 Hz in them.
    let sweep = |number: usize| Tone(1500.0 + (number % 200) as f64 * 8.0, 180.0, 0.2).block(number, -15.0);
    let mut canceller = Canceller::new(Config::default());
    for number in 0..2000 {
        canceller.process(&mut sweep(number), &[0; BLOCK]);
        assert_eq!(canceller.figures().state, State::Active);
    }
}

#[test]
fn bypassed_passes_everything_and_says_so() {
    let mut canceller = Canceller::new(Config::default());
    canceller.bypass(true);
    let mut received = [123; BLOCK];
    canceller.process(&mut received, &[456; BLOCK]);
    assert_eq!((received, canceller.figures().state), ([123; BLOCK], State::Bypassed));
    canceller.bypass(false);
    assert_eq!(canceller.figures().state, State::Active);
}
