//! Digits in audio: each is heard, and next to nothing of its tones is left in the audio that goes on.

use std::sync::Arc;

use media::tone::dtmf;
use media::{BLOCK, Law};

use super::super::digit_relay::{DigitRelay, Keyed};
use super::signals::{blocks, level, speech, tones};

/// The digits that were heard, with their lengths, and the audio that went on.
fn relayed(signal: &[f64]) -> (Vec<(char, u32)>, Vec<u8>) {
    let mut relay = DigitRelay::new(Law::A, &Arc::default()).unwrap();
    let (mut heard, mut left) = (Vec::new(), Vec::new());
    for mut block in blocks(signal) {
        relay.pass(&mut block, |keyed| match keyed {
            Keyed::Began(_) => {}
            Keyed::Ended { digit, ms } => heard.push((digit, ms)),
        });
        left.extend(block);
    }
    (heard, left)
}

#[test]
fn digits_of_q24_are_heard_and_less_than_minus_50_dbm0_is_left() {
    let mut loudest = f64::NEG_INFINITY;
    for digit in "0123456789ABCD*#".chars() {
        let (low, high) = dtmf::frequencies(digit).unwrap();
        for (low_db, high_db, offset, ms) in
            [(-7.0, -7.0, 0.0, 100), (-25.0, -25.0, 0.015, 60), (-5.0, -12.5, -0.015, 45), (-9.0, -5.5, 0.01, 45)]
        {
            // Whatever the place in a block at which it begins.
            for begins in [0, 13, 40, 79] {
                let mut signal = vec![0.0; 10 * BLOCK + begins];
                signal.extend(tones(&[(low * (1.0 + offset), low_db), (high * (1.0 - offset), high_db)], ms * 8));
                signal.extend(vec![0.0; 12 * BLOCK]);
                let (heard, left) = relayed(&signal);
                assert_eq!(heard.iter().map(|(digit, _)| *digit).collect::<String>(), digit.to_string());
                // The level of the digit's own time, not of the pauses around it.
                let digit_time = &left[11 * BLOCK..11 * BLOCK + begins + ms * 8];
                loudest = loudest.max(level(digit_time));
            }
        }
    }
    println!("figure: loudest rest of a digit = {loudest:.1} dBm0");
    assert!(loudest < -50.0, "{loudest} dBm0");
}

#[test]
fn long_press_is_one_digit_of_its_length() {
    let mut signal = tones(&[(770.0, -9.0), (1336.0, -7.0)], 3 * 8000);
    signal.extend(vec![0.0; 10 * BLOCK]);
    let (heard, _) = relayed(&signal);
    assert!(matches!(heard[..], [('5', ms)] if (2_960..=3_040).contains(&ms)), "{heard:?}");
}

#[test]
fn speech_goes_on_one_block_later_and_is_not_touched() {
    let signal = speech(60 * 8000, 7);
    let (heard, left) = relayed(&signal);
    assert_eq!(heard, []);
    let sent: Vec<u8> = blocks(&signal).concat();
    assert_eq!(left[BLOCK..], sent[..sent.len() - BLOCK]);
}

/// What the test exchange says (espeak-ng): single blocks of it look like keys.
#[test]
fn spoken_words_lose_little() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../tools/exchange/speech/answer.wav");
    let wav = std::fs::read(file).unwrap();
    // A canonical header of 44 octets, then samples of 16 bits.
    let spoken: Vec<f64> = wav[44..].as_chunks::<2>().0.iter().map(|octets| f64::from(i16::from_le_bytes(*octets))).collect();
    let (heard, left) = relayed(&spoken);
    assert_eq!(heard, []);
    let sent: Vec<u8> = blocks(&spoken).concat();
    let pairs = sent.as_chunks::<BLOCK>().0.iter().zip(left.as_chunks::<BLOCK>().0.iter().skip(1));
    let (all, lost) = pairs.fold((0, 0), |(all, lost), (sent, left)| (all + 1, lost + usize::from(sent != left)));
    println!("figure: blocks of speech silenced = {lost} of {all}");
    assert!(lost * 100 < all, "{lost} of {all}");
}
