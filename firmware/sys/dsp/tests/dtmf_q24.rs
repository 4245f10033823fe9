//! DTMF at the limits of ITU-T Q.24 (operational parameters, its table A-1), against sines made here.
//!
//! Q.24 gives each administration's values. Used are those that nearly all share: 40 ms of digit and of pause, frequencies
//! within 1.5 % accepted and beyond 3.5 % refused, 0 to -25 dBm a frequency, the high group 4 dB above to 8 dB below the low.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod signals;

use dsp::dtmf::{DIGITS, Event, Receiver, ReceiverSettings};
use signals::{Dice, clean, dtmf, silence, tones, with_noise};

/// How the digits of one test are sent.
#[derive(Debug, Clone, Copy)]
struct Sent {
    on_ms: f64,
    off_ms: f64,
    /// Factors of the two frequencies.
    shift: (f64, f64),
    /// Levels of low and high group.
    dbm0: (f64, f64),
}

const TYPICAL: Sent = Sent { on_ms: 40.0, off_ms: 40.0, shift: (1.0, 1.0), dbm0: (-10.0, -10.0) };

/// All sixteen, behind `lead_ms` of silence so that they meet the receiver's blocks elsewhere each time.
fn signal(sent: Sent, lead_ms: f64) -> Vec<f64> {
    let mut all = silence(lead_ms);
    for digit in DIGITS {
        let (low, high) = dtmf(digit);
        all.extend(tones(&[(low * sent.shift.0, sent.dbm0.0), (high * sent.shift.1, sent.dbm0.1)], sent.on_ms));
        all.extend(silence(sent.off_ms));
    }
    all.extend(silence(60.0));
    all
}

fn heard(samples: &[i16]) -> String {
    let mut receiver = Receiver::new(ReceiverSettings::default()).unwrap();
    let mut digits = String::new();
    for block in samples.chunks(80) {
        receiver.rx(block);
        while let Some(event) = receiver.poll_event() {
            match event {
                Event::Begin { digit, .. } => digits.push(digit),
                Event::End { digit, .. } => assert_eq!(digits.chars().last(), Some(digit)),
            }
        }
    }
    assert_eq!(receiver.lost(), 0);
    digits
}

fn all_digits() -> String {
    DIGITS.iter().collect()
}

/// Sixteen starts over one and a quarter of the receiver's blocks.
fn leads() -> impl Iterator<Item = f64> {
    (0..16).map(f64::from)
}

#[test]
fn each_digit_of_40_ms_is_heard_once() {
    for lead in leads() {
        assert_eq!(heard(&clean(&signal(TYPICAL, lead))), all_digits(), "lead {lead}");
    }
}

#[test]
fn digits_of_17_ms_are_not_heard() {
    // Q.24: what is shorter than 20 to 25 ms, by administration, is no signal. This receiver hears some from 18 ms on.
    for lead in leads() {
        assert_eq!(heard(&clean(&signal(Sent { on_ms: 17.0, ..TYPICAL }, lead))), "", "lead {lead}");
    }
}

#[test]
fn frequencies_off_by_one_and_a_half_percent_are_heard() {
    for lead in leads() {
        for low in [0.985, 1.0, 1.015] {
            for high in [0.985, 1.0, 1.015] {
                let sent = Sent { shift: (low, high), ..TYPICAL };
                assert_eq!(heard(&clean(&signal(sent, lead))), all_digits(), "lead {lead}, {low}, {high}");
            }
        }
    }
}

#[test]
fn frequencies_off_by_three_and_a_half_percent_are_refused() {
    for lead in leads() {
        for shift in [(0.965, 1.0), (1.035, 1.0), (1.0, 0.965), (1.0, 1.035), (0.965, 0.965), (1.035, 1.035)] {
            let sent = Sent { shift, on_ms: 100.0, ..TYPICAL };
            assert_eq!(heard(&clean(&signal(sent, lead))), "", "lead {lead}, {shift:?}");
        }
    }
}

#[test]
fn twist_up_to_the_limits_is_heard() {
    for lead in leads() {
        for twist in [4.0, 2.0, -4.0, -8.0] {
            let sent = Sent { dbm0: (-12.0, -12.0 + twist), ..TYPICAL };
            assert_eq!(heard(&clean(&signal(sent, lead))), all_digits(), "lead {lead}, twist {twist}");
        }
    }
}

#[test]
fn twist_far_beyond_the_limits_is_refused() {
    for lead in leads() {
        for twist in [7.0, -11.0] {
            let sent = Sent { dbm0: (-14.0, -14.0 + twist), ..TYPICAL };
            assert_eq!(heard(&clean(&signal(sent, lead))), "", "lead {lead}, twist {twist}");
        }
    }
}

#[test]
fn levels_from_0_to_minus_25_dbm_are_heard() {
    for lead in leads() {
        for dbm0 in [0.0, -3.0, -10.0, -20.0, -25.0] {
            let sent = Sent { dbm0: (dbm0, dbm0), ..TYPICAL };
            assert_eq!(heard(&clean(&signal(sent, lead))), all_digits(), "lead {lead}, {dbm0} dBm0");
        }
    }
}

#[test]
fn digits_15_db_above_noise_are_heard() {
    // Both frequencies together are 3 dB above each.
    let mut dice = Dice::new(24);
    let mut missed = 0;
    for lead in leads() {
        for dbm0 in [-5.0, -15.0, -25.0] {
            let sent = Sent { dbm0: (dbm0, dbm0), ..TYPICAL };
            let noisy = with_noise(&signal(sent, lead), dbm0 + 3.0 - 15.0, &mut dice);
            missed += usize::from(heard(&noisy) != all_digits());
        }
    }
    assert_eq!(missed, 0, "of 48 runs of sixteen digits");
}

#[test]
fn digit_is_reported_with_its_level_and_length() {
    let mut samples = clean(&tones(&[(770.0, -13.0), (1336.0, -13.0)], 200.0));
    samples.extend(clean(&silence(100.0)));
    let mut receiver = Receiver::new(ReceiverSettings::default()).unwrap();
    receiver.rx(&samples);
    let (Some(Event::Begin { digit: '5', level_dbm0 }), Some(Event::End { digit: '5', samples: long })) =
        (receiver.poll_event(), receiver.poll_event())
    else {
        panic!("not a 5 that begins and ends");
    };
    assert!((-11..=-9).contains(&level_dbm0), "{level_dbm0} dBm0 of both together, wanted -10");
    assert!((1400..=1804).contains(&long), "{long} samples of 1600");
    assert_eq!(receiver.poll_event(), None);
}

#[test]
fn lost_block_within_a_digit_does_not_split_it() {
    let samples = clean(&tones(&[(852.0, -10.0), (1477.0, -10.0)], 200.0));
    let mut receiver = Receiver::new(ReceiverSettings::default()).unwrap();
    receiver.rx(&samples[..720]);
    receiver.fill_in(80);
    receiver.rx(&samples[800..]);
    assert!(matches!(receiver.poll_event(), Some(Event::Begin { digit: '9', .. })));
    assert_eq!(receiver.poll_event(), None);
}
