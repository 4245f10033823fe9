//! Digits of a far side on a line: how long each sounds, how far apart, in which order, and what a lost release does.

use std::sync::Arc;

use media::tone::{Keyed, Keys, LONGEST_MS, MOST_WAITING, PAUSE_MS, SHORTEST_MS};
use media::{BLOCK, Law, g711};

/// What one block is to the listener.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Heard {
    Call,
    Pause,
    /// The digit whose two frequencies are in it.
    Tone(char),
}

fn keyed(law: Law) -> Keyed {
    Keyed::new(Arc::new(Keys::new(law)), law)
}

/// Power of one frequency in a block, by Goertzel's sum.
fn power(samples: &[f64], hz: f64) -> f64 {
    let turn = std::f64::consts::TAU * hz / 8000.0;
    let (sine, cosine) = samples.iter().zip(0..).fold((0.0, 0.0), |(sine, cosine), (sample, at)| {
        let phase = turn * f64::from(at);
        (sine + sample * phase.sin(), cosine + sample * phase.cos())
    });
    sine * sine + cosine * cosine
}

fn strongest(samples: &[f64], group: [f64; 4]) -> usize {
    (0..4).max_by(|a, b| power(samples, group[*a]).total_cmp(&power(samples, group[*b]))).unwrap()
}

fn hear(keyed: &mut Keyed, law: Law) -> Heard {
    let mut block = [0x11; BLOCK];
    if !keyed.fill(&mut block) {
        assert_eq!(block, [0x11; BLOCK], "the call's own audio is left alone");
        return Heard::Call;
    }
    if block == [g711::silence(law); BLOCK] {
        return Heard::Pause;
    }
    let samples: Vec<f64> = block.iter().map(|octet| f64::from(g711::decode(law, *octet))).collect();
    let row = strongest(&samples, [697.0, 770.0, 852.0, 941.0]);
    let column = strongest(&samples, [1209.0, 1336.0, 1477.0, 1633.0]);
    Heard::Tone(["123A", "456B", "789C", "*0#D"][row].chars().nth(column).unwrap())
}

/// Runs of the same thing in so many blocks, in milliseconds.
fn runs(keyed: &mut Keyed, law: Law, blocks: u32) -> Vec<(Heard, u32)> {
    let mut runs: Vec<(Heard, u32)> = Vec::new();
    for _ in 0..blocks {
        let heard = hear(keyed, law);
        match runs.last_mut() {
            Some((last, ms)) if *last == heard => *ms += 10,
            _ => runs.push((heard, 10)),
        }
    }
    runs
}

#[test]
fn nothing_is_keyed_the_call_is_heard() {
    assert_eq!(runs(&mut keyed(Law::A), Law::A, 100), [(Heard::Call, 1000)]);
}

#[test]
fn every_digit_keyed_sounds_with_its_own_frequencies_in_both_laws() {
    for law in [Law::A, Law::Mu] {
        let digits = "1234567890*#ABCD";
        let mut keyed = keyed(law);
        for digit in digits.chars() {
            assert!(keyed.release(digit, 100), "{digit}");
        }
        let heard: String = runs(&mut keyed, law, 300)
            .iter()
            .filter_map(|(heard, ms)| match heard {
                Heard::Tone(digit) => Some((*digit, *ms)),
                Heard::Call | Heard::Pause => None,
            })
            .inspect(|(digit, ms)| assert_eq!(*ms, 100, "{digit}"))
            .map(|(digit, _)| digit)
            .collect();
        assert_eq!(heard, digits);
    }
}

#[test]
fn short_digit_is_made_long_enough_and_the_next_one_waits_for_a_pause() {
    let mut keyed = keyed(Law::A);
    for digit in ['5', '5'] {
        keyed.press(digit);
        keyed.release(digit, 20);
    }
    let (tone, pause) = ((Heard::Tone('5'), SHORTEST_MS), (Heard::Pause, PAUSE_MS));
    assert_eq!(runs(&mut keyed, Law::A, 30), [tone, pause, tone, pause, (Heard::Call, 300 - 2 * (SHORTEST_MS + PAUSE_MS))]);
}

#[test]
fn pressed_digit_sounds_at_once_and_as_long_as_it_is_pressed() {
    let mut keyed = keyed(Law::A);
    keyed.press('9');
    assert_eq!(runs(&mut keyed, Law::A, 70), [(Heard::Tone('9'), 700)]);
    keyed.release('9', 720);
    assert_eq!(runs(&mut keyed, Law::A, 10), [(Heard::Tone('9'), 20), (Heard::Pause, PAUSE_MS), (Heard::Call, 20)]);
}

#[test]
fn release_that_never_comes_ends_the_digit_after_ten_seconds() {
    let mut keyed = keyed(Law::A);
    keyed.press('1');
    assert_eq!(runs(&mut keyed, Law::A, 1_010), [(Heard::Tone('1'), LONGEST_MS), (Heard::Pause, PAUSE_MS), (Heard::Call, 40)]);
}

#[test]
fn flash_letters_and_a_flood_are_refused() {
    let mut keyed = keyed(Law::A);
    for digit in ['!', 'E', ' '] {
        assert!(!keyed.press(digit) && !keyed.release(digit, 100), "{digit:?}");
    }
    let taken = (0..1000).filter(|_| keyed.release('3', 100)).count();
    assert_eq!(taken, MOST_WAITING);
}
