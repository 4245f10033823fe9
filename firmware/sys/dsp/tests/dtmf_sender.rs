//! DTMF sender: what it sends is heard, in its timing and at its level; what it refuses.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod signals;

use dsp::Error;
use dsp::dtmf::{DIGITS, Event, Receiver, ReceiverSettings, Sender, SenderSettings};

#[test]
fn all_digits_are_heard_at_the_shortest_timing() {
    let digits: String = DIGITS.iter().collect();
    for twist_db in [-6, 0, 3] {
        let settings = SenderSettings { level_dbm0: -12, twist_db, on_ms: 40, off_ms: 40 };
        let mut sender = Sender::new(settings).unwrap();
        sender.push(&digits).unwrap();
        let mut samples = vec![0; 16_000];
        assert_eq!(sender.tx(&mut samples), 16 * 80 * 8);
        assert_eq!(sender.tx(&mut [0; 80]), 0);
        let mut receiver = Receiver::new(ReceiverSettings::default()).unwrap();
        receiver.rx(&samples);
        let digit = |event| match event {
            Event::Begin { digit, .. } => Some(digit),
            Event::End { .. } => None,
        };
        let heard: String = std::iter::from_fn(|| receiver.poll_event()).filter_map(digit).collect();
        assert_eq!(heard, digits, "twist {twist_db} dB");
    }
}

#[test]
fn digit_has_its_length_and_level() {
    let mut sender = Sender::new(SenderSettings { level_dbm0: -10, twist_db: 0, on_ms: 100, off_ms: 50 }).unwrap();
    sender.push("8").unwrap();
    let mut samples = [1; 1600];
    assert_eq!(sender.tx(&mut samples), 1200);
    let loud = signals::level(&samples[..800]);
    assert!((loud + 7.0).abs() < 0.3, "{loud} dBm0 of two frequencies of -10");
    assert!(samples[800..].iter().all(|sample| *sample == 0));
}

#[test]
fn strange_digits_too_many_and_settings_out_of_range_are_refused() {
    let mut sender = Sender::new(SenderSettings::default()).unwrap();
    assert_eq!(sender.push("12e"), Err(Error::NotADigit('e')));
    assert_eq!(sender.push(&"1".repeat(129)), Err(Error::QueueFull { wanted: 129, room: 128 }));
    sender.push(&"1".repeat(128)).unwrap();
    assert_eq!(sender.push("1"), Err(Error::QueueFull { wanted: 1, room: 0 }));
    assert_eq!(sender.push(""), Ok(()));
    let usual = SenderSettings::default();
    for wrong in [
        SenderSettings { level_dbm0: -2, ..usual },
        SenderSettings { level_dbm0: -4, twist_db: 2, ..usual },
        SenderSettings { twist_db: 5, ..usual },
        SenderSettings { on_ms: 0, ..usual },
        SenderSettings { off_ms: 10_001, ..usual },
    ] {
        assert!(matches!(Sender::new(wrong), Err(Error::OutOfRange { .. })), "{wrong:?}");
    }
    let wrong = ReceiverSettings { threshold_dbm0: f32::NAN, ..ReceiverSettings::default() };
    assert!(matches!(Receiver::new(wrong), Err(Error::OutOfRange { .. })));
}
