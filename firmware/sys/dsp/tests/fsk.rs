//! FSK: bytes from our sender and from a modulator made here, with noise; carrier, framing errors, the runs before a message.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod signals;

use dsp::Error;
use dsp::fsk::{Event, Modem, Receiver, Sender};
use signals::{Babble, Dice, RATE, clip, peak, rms};
use std::f64::consts::TAU;

/// Mark and space in Hz (V.21, V.23, Bell 202).
fn frequencies(modem: Modem) -> (f64, f64) {
    match modem {
        Modem::Bell202 => (1200.0, 2200.0),
        Modem::V23Forward => (1300.0, 2100.0),
        Modem::V23Backward => (390.0, 450.0),
        Modem::V21Channel1 => (980.0, 1180.0),
        Modem::V21Channel2 => (1650.0, 1850.0),
    }
}

/// 8N1 with mark before and behind, phase continuous, bit edges at their exact times.
fn modulated(modem: Modem, bytes: &[u8], dbm0: f64, drift: f64) -> Vec<f64> {
    let mut bits = vec![true; 20];
    for byte in bytes {
        bits.push(false);
        bits.extend((0..8).map(|place| byte >> place & 1 == 1));
        bits.push(true);
    }
    bits.extend([true; 10]);
    let per_bit = RATE / (f64::from(modem.bit_rate()) * drift);
    let (mark, space) = frequencies(modem);
    let mut phase = 0.0_f64;
    (0..(bits.len() as f64 * per_bit) as usize)
        .map(|at| {
            phase += TAU * if bits[(at as f64 / per_bit) as usize] { mark } else { space } / RATE;
            peak(dbm0) * phase.sin()
        })
        .collect()
}

fn events(modem: Modem, samples: &[i16]) -> Vec<Event> {
    let mut receiver = Receiver::new(modem).unwrap();
    let mut all = Vec::new();
    for block in samples.chunks(80) {
        receiver.rx(block);
        all.extend(std::iter::from_fn(|| receiver.poll_event()));
    }
    assert_eq!(receiver.lost(), 0);
    all
}

fn bytes(events: &[Event]) -> Vec<u8> {
    let byte = |event: &Event| match event {
        Event::Byte(byte) => Some(*byte),
        Event::CarrierUp | Event::CarrierDown => None,
    };
    events.iter().filter_map(byte).collect()
}

fn every_byte() -> Vec<u8> {
    (0..=255).collect()
}

#[test]
fn every_byte_of_our_sender_is_received() {
    for modem in Modem::ALL {
        let mut sender = Sender::new(modem, -14).unwrap();
        sender.push_mark(20).unwrap();
        sender.push_bytes(&every_byte()).unwrap();
        sender.push_mark(4).unwrap();
        let mut samples = vec![0; 8000];
        let mut all = Vec::new();
        loop {
            let made = sender.tx(&mut samples);
            all.extend_from_slice(&samples);
            if made < samples.len() {
                break;
            }
        }
        let events = events(modem, &all);
        assert_eq!(bytes(&events), every_byte(), "{modem:?}");
        assert_eq!((events.first(), events.last()), (Some(&Event::CarrierUp), Some(&Event::CarrierDown)), "{modem:?}");
    }
}

#[test]
fn every_byte_of_another_modulator_is_received() {
    for modem in Modem::ALL {
        // V.23 and Bell 202 allow 1 %, and a telephone line has losses.
        for (dbm0, drift) in [(-9.0, 1.0), (-25.0, 1.0), (-14.0, 0.99), (-14.0, 1.01)] {
            let samples: Vec<i16> = modulated(modem, &every_byte(), dbm0, drift).into_iter().map(clip).collect();
            assert_eq!(bytes(&events(modem, &samples)), every_byte(), "{modem:?} {dbm0} dBm0, speed {drift}");
        }
    }
}

#[test]
fn bytes_20_db_above_noise_are_received() {
    let mut dice = Dice::new(3);
    for modem in [Modem::Bell202, Modem::V23Forward, Modem::V21Channel2] {
        let noise = rms(-34.0);
        let clean = modulated(modem, &every_byte(), -14.0, 1.0);
        let samples: Vec<i16> = clean.into_iter().map(|sample| clip(sample + noise * dice.gauss())).collect();
        assert_eq!(bytes(&events(modem, &samples)), every_byte(), "{modem:?}");
    }
}

#[test]
fn caller_id_message_with_seizure_and_mark_is_received() {
    // EN 300 659-1: 300 bits of seizure, 180 of mark, then the message, here "date and time, number 5551001".
    let message = b"\x80\x13\x01\x0811270450\x02\x075551001";
    let mut sender = Sender::new(Modem::V23Forward, -14).unwrap();
    sender.push_seizure(300).unwrap();
    sender.push_mark(180).unwrap();
    sender.push_bytes(message).unwrap();
    let bits = 300 + 180 + 10 * message.len();
    assert_eq!(sender.waiting(), bits);
    let mut samples = vec![0; 16_000];
    let made = sender.tx(&mut samples);
    // One bit of mark before the first.
    assert!(made.abs_diff((bits + 1) * 8000 / 1200) <= 1, "{made} samples of {bits} bits");
    let received = bytes(&events(Modem::V23Forward, &samples));
    assert!(received.ends_with(message), "{received:02x?}");
    // A channel seizure looks like the byte 0x55.
    assert!(received[..received.len() - message.len()].iter().filter(|byte| **byte == 0x55).count() > 20, "{received:02x?}");
}

#[test]
fn sender_that_ran_dry_goes_on_with_what_comes() {
    let mut sender = Sender::new(Modem::Bell202, -14).unwrap();
    let mut samples = [0; 4000];
    let mut all = Vec::new();
    for text in [b"first", b"later"] {
        sender.push_mark(20).unwrap();
        sender.push_bytes(text).unwrap();
        sender.push_mark(4).unwrap();
        assert!(sender.tx(&mut samples) < 4000);
        all.extend_from_slice(&samples);
        assert_eq!(sender.tx(&mut samples), 0);
        assert!(samples.iter().all(|sample| *sample == 0));
    }
    assert_eq!(bytes(&events(Modem::Bell202, &all)), b"firstlater");
}

#[test]
fn more_than_the_queue_holds_is_refused_whole() {
    let mut sender = Sender::new(Modem::Bell202, -14).unwrap();
    assert_eq!(sender.push_bytes(&[0; 410]), Err(Error::QueueFull { wanted: 4100, room: 4096 }));
    assert_eq!(sender.waiting(), 0);
    sender.push_bytes(&[0; 409]).unwrap();
    assert_eq!(sender.push_mark(7), Err(Error::QueueFull { wanted: 7, room: 6 }));
    assert!(matches!(Sender::new(Modem::Bell202, 1), Err(Error::OutOfRange { .. })));
}

#[test]
fn minute_of_babble_makes_framing_errors_and_no_message() {
    let mut babble = Babble::new(11);
    let mut receiver = Receiver::new(Modem::V23Forward).unwrap();
    let mut received = Vec::new();
    for _ in 0..6000 {
        receiver.rx(&babble.block::<80>());
        while let Some(event) = receiver.poll_event() {
            if let Event::Byte(byte) = event {
                received.push(byte);
            }
        }
    }
    assert!(receiver.framing_errors() > 0);
    // EN 300 659-3: type 0x80, length, so many bytes, and one that makes the sum 0.
    let message = |at: &usize| {
        let rest = &received[*at..];
        let whole = rest.get(1).and_then(|long| rest.get(..usize::from(*long) + 3));
        rest[0] == 0x80 && whole.is_some_and(|whole| whole.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte)) == 0)
    };
    assert_eq!((0..received.len()).find(message), None);
}

#[test]
fn lost_samples_cost_bytes_but_not_the_carrier() {
    let samples: Vec<i16> = modulated(Modem::Bell202, &every_byte(), -14.0, 1.0).into_iter().map(clip).collect();
    let mut receiver = Receiver::new(Modem::Bell202).unwrap();
    receiver.rx(&samples[..4000]);
    receiver.fill_in(160);
    receiver.rx(&samples[4160..]);
    let all: Vec<Event> = std::iter::from_fn(|| receiver.poll_event()).collect();
    assert!(!all.contains(&Event::CarrierDown));
    let bytes = bytes(&all);
    assert!(bytes.len() >= 250 && bytes.ends_with(&[253, 254, 255]), "{} bytes", bytes.len());
}
