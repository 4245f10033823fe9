//! MF R2: each signal of both directions, from sines made here by ITU-T Q.441 and Q.455 and from our own sender.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod signals;

use dsp::mf_r2::{Direction, Event, Receiver, Sender, Signal};
use signals::{Babble, Dice, clean, silence, tones, with_noise};

const BOTH: [Direction; 2] = [Direction::Forward, Direction::Backward];

/// The frequencies of a signal (Q.441 table 5): two of six, in the order 0+1, 0+2, 1+2, 0+4 and so on.
fn frequencies(direction: Direction, signal: Signal) -> (f64, f64) {
    const PAIRS: [(usize, usize); 15] =
        [(0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3), (0, 4), (1, 4), (2, 4), (3, 4), (0, 5), (1, 5), (2, 5), (3, 5), (4, 5)];
    let six = match direction {
        Direction::Forward => [1380.0, 1500.0, 1620.0, 1740.0, 1860.0, 1980.0],
        Direction::Backward => [1140.0, 1020.0, 900.0, 780.0, 660.0, 540.0],
    };
    let (x, y) = PAIRS[usize::from(signal.number()) - 1];
    (six[x], six[y])
}

/// Each signal for 80 ms with 80 ms between.
fn sent(direction: Direction, lead_ms: f64, off_hz: f64, dbm0: f64, twist_db: f64) -> Vec<f64> {
    let mut samples = silence(lead_ms);
    for signal in Signal::all() {
        let (x, y) = frequencies(direction, signal);
        samples.extend(tones(&[(x + off_hz, dbm0), (y - off_hz, dbm0 + twist_db)], 80.0));
        samples.extend(silence(80.0));
    }
    samples
}

fn heard(direction: Direction, samples: &[i16]) -> Vec<Event> {
    let mut receiver = Receiver::new(direction).unwrap();
    let mut events = Vec::new();
    for block in samples.chunks(40) {
        receiver.rx(block);
        events.extend(std::iter::from_fn(|| receiver.poll_event()));
    }
    assert_eq!(receiver.lost(), 0);
    events
}

fn all() -> Vec<Event> {
    Signal::all().flat_map(|signal| [Event::Begin(signal), Event::End]).collect()
}

fn leads() -> impl Iterator<Item = f64> {
    (0..17).map(f64::from)
}

#[test]
fn each_signal_of_both_directions_begins_and_ends_once() {
    for direction in BOTH {
        for lead in leads() {
            // Q.455: -5 to -35 dBm0 where the exchange's level is 0.
            for dbm0 in [-5.0, -11.5, -25.0, -35.0] {
                assert_eq!(
                    heard(direction, &clean(&sent(direction, lead, 0.0, dbm0, 0.0))),
                    all(),
                    "{direction:?} {lead} {dbm0}"
                );
            }
        }
    }
}

#[test]
fn frequencies_10_hz_off_and_levels_5_db_apart_are_heard() {
    for direction in BOTH {
        for lead in leads() {
            for (off, twist) in [(10.0, 0.0), (-10.0, 0.0), (0.0, 5.0), (0.0, -5.0)] {
                let samples = clean(&sent(direction, lead, off, -15.0, twist));
                assert_eq!(heard(direction, &samples), all(), "{direction:?} {lead} {off} {twist}");
            }
        }
    }
}

#[test]
fn signals_15_db_above_noise_are_heard() {
    let mut dice = Dice::new(2);
    for direction in BOTH {
        for lead in leads() {
            let samples = with_noise(&sent(direction, lead, 0.0, -15.0, 0.0), -27.0, &mut dice);
            assert_eq!(heard(direction, &samples), all(), "{direction:?} {lead}");
        }
    }
}

#[test]
fn signals_of_the_other_direction_are_not_heard() {
    for (listening, sending) in [(BOTH[0], BOTH[1]), (BOTH[1], BOTH[0])] {
        assert_eq!(heard(listening, &clean(&sent(sending, 5.0, 0.0, -11.5, 0.0))), [], "{listening:?}");
    }
}

#[test]
fn our_sender_is_heard_until_it_is_told_otherwise() {
    for direction in BOTH {
        let mut sender = Sender::new(direction).unwrap();
        let mut receiver = Receiver::new(direction).unwrap();
        let mut block = [0; 40];
        for signal in Signal::all() {
            for (wanted, blocks) in [(Some(signal), 20), (None, 8)] {
                sender.send(wanted);
                for _ in 0..blocks {
                    sender.tx(&mut block);
                    receiver.rx(&block);
                }
                assert_eq!(receiver.current(), wanted, "{direction:?} {signal:?}");
            }
        }
    }
}

#[test]
fn signal_numbers_end_at_fifteen() {
    assert_eq!((Signal::new(0), Signal::new(16)), (None, None));
    assert_eq!(Signal::new(15).map(Signal::number), Some(15));
}

#[test]
fn two_minutes_of_babble_make_few_signals() {
    // A register listens only while it waits for a signal, and R2 has no other guard: how often is a figure, not a fault.
    let mut babble = Babble::new(9);
    for direction in BOTH {
        let samples: Vec<i16> = (0..960_000).map(|_| babble.next_sample()).collect();
        let begun = heard(direction, &samples).into_iter().filter(|event| matches!(event, Event::Begin(_))).count();
        println!("figure: false signals {direction:?} = {begun}");
        assert!(begun < 120, "{begun}");
    }
}
