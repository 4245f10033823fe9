//! Connect tones: each receiver hears its own tones, of our sender and from sines made here by T.30, V.8 and V.25, and no others.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod signals;

use dsp::connect_tone::{Event, Listen, Receiver, Sender, Tone};
use signals::{Babble, RATE, clean, clip, peak, silence, tones};
use std::f64::consts::TAU;

fn events(listen: Listen, samples: &[i16]) -> Vec<Event> {
    let mut receiver = Receiver::new(listen).unwrap();
    let mut all = Vec::new();
    for block in samples.chunks(160) {
        receiver.rx(block);
        all.extend(std::iter::from_fn(|| receiver.poll_event()));
    }
    assert_eq!(receiver.lost(), 0);
    all
}

/// The tones that a receiver reported, in order.
fn heard(listen: Listen, samples: &[i16]) -> Vec<Tone> {
    let tone = |event| match event {
        Event::Begin { tone, .. } => Some(tone),
        Event::End => None,
    };
    events(listen, samples).into_iter().filter_map(tone).collect()
}

/// What each receiver is to report last for each tone; `None` is nothing at all.
fn wanted(listen: Listen, tone: Tone) -> Option<Tone> {
    let own = match listen {
        Listen::Cng => tone == Tone::Cng,
        Listen::Answer => matches!(tone, Tone::Ced | Tone::CedPhaseReversed | Tone::AnsAm | Tone::AnsAmPhaseReversed),
        Listen::V21Preamble => tone == Tone::V21Preamble,
        Listen::AnswerOrPreamble => !matches!(tone, Tone::Cng | Tone::BellAnswer | Tone::Calling),
        Listen::BellAnswer => tone == Tone::BellAnswer,
        Listen::Calling => tone == Tone::Calling,
    };
    own.then_some(tone)
}

/// Six seconds, with half a second of silence behind.
fn of_our_sender(tone: Tone) -> Vec<i16> {
    let mut sender = Sender::new(tone).unwrap();
    let mut samples = vec![0; 48_000];
    for block in samples.chunks_mut(160) {
        sender.tx(block);
    }
    samples.extend([0; 4000]);
    samples
}

/// Made here: 2100 Hz for three seconds, reversed every 450 ms, amplitude modulated by 20 % at 15 Hz (V.8 section 3.1).
fn answer(reversed: bool, modulated: bool, dbm0: f64) -> Vec<i16> {
    let wave = |at: usize| {
        let time = at as f64 / RATE;
        let sign = if reversed && (time / 0.45) as u64 % 2 == 1 { -1.0 } else { 1.0 };
        let swing = if modulated { 1.0 + 0.2 * (TAU * 15.0 * time).sin() } else { 1.0 };
        clip(peak(dbm0) * sign * swing * (TAU * 2100.0 * time).sin())
    };
    let mut samples = clean(&silence(200.0));
    samples.extend((0..24_000).map(wave));
    samples.extend([0; 4000]);
    samples
}

#[test]
fn each_receiver_hears_its_tones_of_our_sender_and_no_others() {
    for tone in Tone::ALL {
        let samples = of_our_sender(tone);
        for listen in Listen::ALL {
            assert_eq!(heard(listen, &samples).last().copied(), wanted(listen, tone), "{listen:?} for {tone:?}");
        }
    }
}

#[test]
fn kinds_of_answer_tone_made_elsewhere_are_told_apart() {
    for dbm0 in [-11.0, -30.0] {
        for (reversed, modulated, tone) in [
            (false, false, Tone::Ced),
            (true, false, Tone::CedPhaseReversed),
            (false, true, Tone::AnsAm),
            (true, true, Tone::AnsAmPhaseReversed),
        ] {
            let samples = answer(reversed, modulated, dbm0);
            for listen in Listen::ALL {
                let last = heard(listen, &samples).last().copied();
                assert_eq!(last, wanted(listen, tone), "{listen:?} for {tone:?} at {dbm0} dBm0");
            }
        }
    }
}

#[test]
fn single_frequencies_made_elsewhere_are_heard_within_their_tolerance() {
    // T.30: CNG 1100 Hz within 38 Hz; V.25: calling tone 1300 within 15 Hz, answer 2100 within 15 Hz.
    for (hz, within, listen, tone) in [
        (1100.0, 30.0, Listen::Cng, Tone::Cng),
        (1300.0, 15.0, Listen::Calling, Tone::Calling),
        (2100.0, 15.0, Listen::Answer, Tone::Ced),
        (2225.0, 15.0, Listen::BellAnswer, Tone::BellAnswer),
    ] {
        for off in [-within, 0.0, within] {
            let mut samples = clean(&tones(&[(hz + off, -20.0)], 600.0));
            samples.extend([0; 1600]);
            assert_eq!(heard(listen, &samples), [tone], "{tone:?} off by {off} Hz");
        }
        for off in [-150.0, 150.0] {
            assert_eq!(heard(listen, &clean(&tones(&[(hz + off, -20.0)], 1000.0))), [], "{tone:?} off by {off} Hz");
        }
    }
}

#[test]
fn tone_is_reported_with_its_level_and_its_end() {
    let mut samples = clean(&tones(&[(1100.0, -13.0)], 500.0));
    samples.extend([0; 800]);
    let events = events(Listen::Cng, &samples);
    let [Event::Begin { tone: Tone::Cng, level_dbm0 }, Event::End] = events[..] else { panic!("{events:?}") };
    assert!((-14..=-12).contains(&level_dbm0), "{level_dbm0} dBm0 of -13");
}

#[test]
fn senders_keep_to_their_cadence_and_level() {
    let cng = of_our_sender(Tone::Cng);
    let loud = |range: std::ops::Range<usize>| signals::level(&cng[range]);
    assert!((loud(0..3900) + 11.0).abs() < 0.5, "{} dBm0", loud(0..3900));
    assert!(loud(4100..27_900) < -90.0);
    assert!((loud(28_100..31_900) + 11.0).abs() < 0.5);
    let mut sender = Sender::new(Tone::V21Preamble).unwrap();
    let mut samples = vec![0; 16_000];
    let made = sender.tx(&mut samples);
    assert!((9600..=9800).contains(&made), "{made} samples: 0.2 s of silence and 1 s within 15 %");
}

#[test]
fn babble_and_dtmf_are_no_connect_tones() {
    let mut babble = Babble::new(13);
    let mut samples: Vec<i16> = (0..480_000).map(|_| babble.next_sample()).collect();
    for digit in dsp::dtmf::DIGITS {
        let (low, high) = signals::dtmf(digit);
        samples.extend(clean(&tones(&[(low, -8.0), (high, -8.0)], 700.0)));
    }
    for listen in Listen::ALL {
        assert_eq!(heard(listen, &samples), [], "{listen:?}");
    }
}

/// What a receiver reports, each with the number of its block of 10 ms. `awake`: fed so that it never sleeps.
fn timed(listen: Listen, samples: &[i16], awake: bool) -> Vec<(Event, usize)> {
    let mut receiver = Receiver::new(listen).unwrap();
    let mut all = Vec::new();
    for (number, block) in samples.chunks(80).enumerate() {
        let mut block = block.to_vec();
        if awake && number % 5 == 0 && block.iter().all(|sample| sample.unsigned_abs() < 33) {
            block[0] = 33;
        }
        receiver.rx(&block);
        all.extend(std::iter::from_fn(|| receiver.poll_event()).map(|event| (event, number)));
    }
    all
}

/// Each tone of our sender at that level, with babble and then a pause before it, 40 ms to 4 s of noise that wakes nobody: short ones and
/// long ones, so that tones begin at any place of a block.
fn tones_after_pauses(dbm0: f64) -> Vec<i16> {
    let (mut dice, mut babble, mut samples) = (signals::Dice::new(21), Babble::new(5), Vec::new());
    let gain = 10_f64.powf((dbm0 + 11.0) / 20.0);
    for tone in Tone::ALL {
        samples.extend((0..8000).map(|_| babble.next_sample()));
        let noise = dice.between(1.0, 9.0);
        let pause = dice.between(300.0, 30_000.0) as usize;
        samples.extend((0..pause).map(|_| clip(dice.gauss() * noise).clamp(-32, 32)));
        samples.extend(of_our_sender(tone).into_iter().map(|sample| clip(f64::from(sample) * gain)));
    }
    samples
}

#[test]
fn receiver_that_sleeps_in_pauses_hears_the_same_at_the_same_time() {
    for dbm0 in [-12.0, -38.0] {
        let samples = tones_after_pauses(dbm0);
        for listen in Listen::ALL {
            let (sleeping, awake) = (timed(listen, &samples, false), timed(listen, &samples, true));
            let events = |all: &[(Event, usize)]| all.iter().map(|(event, _)| *event).collect::<Vec<_>>();
            assert_eq!(events(&sleeping), events(&awake), "{listen:?} at {dbm0} dBm0");
            let apart = sleeping.iter().zip(&awake).map(|((_, a), (_, b))| a.abs_diff(*b)).max();
            assert!(apart <= Some(1), "{listen:?} at {dbm0} dBm0: {apart:?} blocks apart");
            for tone in Tone::ALL.into_iter().filter(|tone| wanted(listen, *tone).is_some()) {
                let begins = |(event, _): &(Event, usize)| matches!(event, Event::Begin { tone: begun, .. } if *begun == tone);
                assert!(sleeping.iter().any(begins), "{listen:?} at {dbm0} dBm0: no {tone:?}");
            }
        }
    }
}
