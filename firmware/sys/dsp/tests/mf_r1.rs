//! MF R1: each signal, from sines made here by ITU-T Q.322 and Q.323 and from our own sender.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod signals;

use dsp::Error;
use dsp::mf_r1::{Receiver, Sender, Signal};
use signals::{Dice, clean, silence, tones, with_noise};

/// The frequencies of a signal (Q.320 table 1).
fn frequencies(signal: Signal) -> (f64, f64) {
    match signal {
        Signal::Digit(1) => (700.0, 900.0),
        Signal::Digit(2) => (700.0, 1100.0),
        Signal::Digit(3) => (900.0, 1100.0),
        Signal::Digit(4) => (700.0, 1300.0),
        Signal::Digit(5) => (900.0, 1300.0),
        Signal::Digit(6) => (1100.0, 1300.0),
        Signal::Digit(7) => (700.0, 1500.0),
        Signal::Digit(8) => (900.0, 1500.0),
        Signal::Digit(9) => (1100.0, 1500.0),
        Signal::Digit(_) => (1300.0, 1500.0),
        Signal::Kp => (1100.0, 1700.0),
        Signal::St => (1500.0, 1700.0),
        Signal::StPrime => (900.0, 1700.0),
        Signal::StDoublePrime => (1300.0, 1700.0),
        Signal::StTriplePrime => (700.0, 1700.0),
    }
}

fn all() -> Vec<Signal> {
    Signal::all().collect()
}

/// All signals, their frequencies off by a factor and the second louder by some dB.
fn sent(lead_ms: f64, shift: f64, dbm0: f64, twist_db: f64) -> Vec<f64> {
    let mut samples = silence(lead_ms);
    for signal in all() {
        let (low, high) = frequencies(signal);
        let long = if signal == Signal::Kp { 100.0 } else { 68.0 };
        samples.extend(tones(&[(low * shift, dbm0), (high * shift, dbm0 + twist_db)], long));
        samples.extend(silence(68.0));
    }
    samples
}

fn heard(samples: &[i16]) -> Vec<Signal> {
    let mut receiver = Receiver::new().unwrap();
    let mut signals = Vec::new();
    for block in samples.chunks(80) {
        receiver.rx(block);
        signals.extend(std::iter::from_fn(|| receiver.poll_signal()));
    }
    signals
}

fn leads() -> impl Iterator<Item = f64> {
    (30..46).map(f64::from)
}

#[test]
fn each_signal_is_heard_once() {
    for lead in leads() {
        for dbm0 in [-3.0, -7.0, -20.0] {
            assert_eq!(heard(&clean(&sent(lead, 1.0, dbm0, 0.0))), all(), "lead {lead}, {dbm0} dBm0");
        }
    }
}

#[test]
fn frequencies_off_by_one_and_a_half_percent_and_unequal_levels_are_heard() {
    for lead in leads() {
        for (shift, twist) in [(0.985, 0.0), (1.015, 0.0), (1.0, 4.0), (1.0, -4.0)] {
            assert_eq!(heard(&clean(&sent(lead, shift, -10.0, twist))), all(), "lead {lead}, {shift}, {twist} dB");
        }
    }
}

#[test]
fn signals_20_db_above_noise_are_heard() {
    let mut dice = Dice::new(1);
    for lead in leads() {
        assert_eq!(heard(&with_noise(&sent(lead, 1.0, -10.0, 0.0), -27.0, &mut dice)), all(), "lead {lead}");
    }
}

#[test]
fn single_frequencies_and_three_are_no_signal() {
    for parts in [vec![(900.0, -7.0)], vec![(700.0, -7.0), (900.0, -7.0), (1100.0, -7.0)]] {
        let mut samples = silence(40.0);
        samples.extend(tones(&parts, 200.0));
        assert_eq!(heard(&clean(&samples)), [], "{parts:?}");
    }
}

#[test]
fn our_sender_is_heard() {
    let mut sender = Sender::new().unwrap();
    sender.push(&all()).unwrap();
    let mut samples = vec![0; 24_000];
    // 14 signals of 68 ms, KP of 100 ms, 15 pauses of 68 ms.
    assert_eq!(sender.tx(&mut samples), 8 * (14 * 68 + 100 + 15 * 68));
    samples.splice(..0, [0; 320]);
    assert_eq!(heard(&samples), all());
}

#[test]
fn digit_above_nine_and_more_than_the_queue_holds_are_refused() {
    let mut sender = Sender::new().unwrap();
    assert_eq!(sender.push(&[Signal::Digit(10)]), Err(Error::NotADigit('\n')));
    assert_eq!(sender.push(&[Signal::Digit(1); 129]), Err(Error::QueueFull { wanted: 129, room: 128 }));
    sender.push(&[Signal::Digit(1); 100]).unwrap();
    assert_eq!(sender.push(&[Signal::Digit(1); 29]), Err(Error::QueueFull { wanted: 29, room: 28 }));
    let mut samples = [0; 8000];
    assert_eq!(sender.tx(&mut samples), 8000);
}
