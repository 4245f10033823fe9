//! Supervisory tones by frequency and cadence, from sines made here: Germany's and North America's (ITU-T E.180 supplement 2).
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod signals;

use dsp::Error;
use dsp::supervisory::{Detector, Event, Segment, Tone};
use signals::{Babble, Dice, Part, clean, silence, tones, with_noise};

fn tone(segments: &[Segment]) -> Tone {
    Tone { segments: segments.to_vec() }
}

fn cadence(frequencies: (u16, u16), on: u32, off: u32) -> Tone {
    let range = |ms: u32| (ms * 8 / 10, Some(ms * 12 / 10));
    let ((on_min, on_max), (off_min, off_max)) = (range(on), range(off));
    let once = [Segment::tone(frequencies.0, frequencies.1, on_min, on_max), Segment::silence(off_min, off_max)];
    tone(&once.repeat(if on < 1000 { 2 } else { 1 }))
}

/// Ringback 1 s / 4 s, busy 480 ms / 480 ms, congestion 240 / 240, dial tone without end, all of 425 Hz.
fn germany() -> Vec<Tone> {
    let dial = tone(&[Segment::tone(425, 0, 1500, None)]);
    vec![cadence((425, 0), 1000, 4000), cadence((425, 0), 480, 480), cadence((425, 0), 240, 240), dial]
}

/// Ringback 440+480 Hz 2 s / 4 s, busy 480+620 0.5 / 0.5, reorder 480+620 0.25 / 0.25, dial tone 350+440.
fn north_america() -> Vec<Tone> {
    let dial = tone(&[Segment::tone(350, 440, 1500, None)]);
    vec![cadence((440, 480), 2000, 4000), cadence((480, 620), 500, 500), cadence((480, 620), 250, 250), dial]
}

fn repeated(parts: &[Part], on: f64, off: f64, times: usize) -> Vec<f64> {
    let mut samples = silence(300.0);
    for _ in 0..times {
        samples.extend(tones(parts, on));
        samples.extend(silence(off));
    }
    samples
}

fn events(tones: &[Tone], samples: &[i16]) -> Vec<Event> {
    let mut detector = Detector::new(tones).unwrap();
    let mut all = Vec::new();
    for block in samples.chunks(160) {
        detector.rx(block);
        all.extend(std::iter::from_fn(|| detector.poll_event()));
    }
    assert_eq!(detector.lost(), 0);
    all
}

fn first(tones: &[Tone], samples: &[i16]) -> Option<Event> {
    events(tones, samples).first().copied()
}

#[test]
fn german_tones_are_told_apart_by_cadence() {
    for dbm0 in [-5.0, -15.0, -30.0] {
        let one = [(425.0, dbm0)];
        for (index, on, off, times) in [(0, 1000.0, 4000.0, 2), (1, 480.0, 480.0, 4), (2, 240.0, 240.0, 6), (3, 3000.0, 0.0, 1)] {
            let heard = first(&germany(), &clean(&repeated(&one, on, off, times)));
            assert_eq!(heard, Some(Event::Begin(index)), "{dbm0} dBm0, {on}/{off} ms");
        }
    }
}

#[test]
fn american_tones_are_told_apart_by_frequency_and_cadence() {
    for dbm0 in [-10.0, -25.0] {
        let two = |a: f64, b: f64| [(a, dbm0), (b, dbm0)];
        let wanted = north_america();
        for (index, parts, on, off, times) in [
            (0, two(440.0, 480.0), 2000.0, 4000.0, 2),
            (1, two(480.0, 620.0), 500.0, 500.0, 4),
            (2, two(480.0, 620.0), 250.0, 250.0, 6),
            (3, two(350.0, 440.0), 3000.0, 0.0, 1),
        ] {
            let heard = first(&wanted, &clean(&repeated(&parts, on, off, times)));
            assert_eq!(heard, Some(Event::Begin(index)), "{dbm0} dBm0, {parts:?}");
        }
    }
}

#[test]
fn tone_that_ends_is_reported_once() {
    let mut samples = repeated(&[(425.0, -15.0)], 480.0, 480.0, 5);
    samples.extend(silence(2000.0));
    assert_eq!(events(&germany(), &clean(&samples)), [Event::Begin(1), Event::End]);
}

#[test]
fn noise_20_db_below_is_borne() {
    let mut dice = Dice::new(5);
    let samples = with_noise(&repeated(&[(425.0, -15.0)], 480.0, 480.0, 5), -35.0, &mut dice);
    // The pauses are noise of -35 dBm0: no silence to the detector, but no tone either.
    assert_eq!(first(&germany(), &samples), Some(Event::Begin(1)));
}

#[test]
fn wrong_frequency_and_wrong_cadence_are_not_heard() {
    for (hz, on, off) in [(500.0, 480.0, 480.0), (360.0, 480.0, 480.0), (425.0, 700.0, 700.0), (425.0, 480.0, 1500.0)] {
        let samples = clean(&repeated(&[(hz, -15.0)], on, off, 4));
        assert_eq!(first(&germany(), &samples), None, "{hz} Hz {on}/{off} ms");
    }
}

#[test]
fn minute_of_babble_makes_no_tone() {
    let mut babble = Babble::new(17);
    let samples: Vec<i16> = (0..480_000).map(|_| babble.next_sample()).collect();
    for tones in [germany(), north_america()] {
        assert_eq!(first(&tones, &samples), None);
    }
}

#[test]
fn order_of_frequencies_does_not_matter() {
    let both = [(480.0, -15.0), (620.0, -15.0)];
    let samples = clean(&repeated(&both, 500.0, 500.0, 4));
    // 620 Hz is known first, then both, then the other way round.
    let known = tone(&[Segment::tone(620, 0, 60, None)]);
    for (a, b) in [(480, 620), (620, 480)] {
        let wanted = [known.clone(), cadence((a, b), 500, 500)];
        assert_eq!(first(&wanted, &samples), Some(Event::Begin(1)), "{a}+{b}");
    }
}

#[test]
fn tones_that_spandsp_could_not_bear_are_refused() {
    let why = |tones: &[Tone]| match Detector::new(tones) {
        Err(Error::BadTone { tone, why }) => (tone, why),
        other => panic!("{other:?}"),
    };
    let on = Segment::tone(425, 0, 100, Some(200));
    assert_eq!(why(&[germany()[0].clone(), tone(&[])]), (1, "must have 1 to 10 segments"));
    assert_eq!(why(&[tone(&[on; 11])]), (0, "must have 1 to 10 segments"));
    assert_eq!(why(&[tone(&[Segment::tone(425, 430, 1, None)])]), (0, "has two frequencies within 10 Hz"));
    assert_eq!(why(&[tone(&[Segment::tone(0, 430, 1, None)])]), (0, "has a second frequency without a first"));
    assert_eq!(why(&[tone(&[Segment::tone(4100, 0, 1, None)])]), (0, "has a frequency that is not 300 to 3000 Hz"));
    assert!(why(&[tone(&[Segment::tone(425, 0, 300, Some(200))])]).1.contains("a least above the most"));
    assert!(why(&[tone(&[Segment::silence(0, Some(0))])]).1.contains("a length"));
    let many: Vec<Tone> = (0..33).map(|at| tone(&[Segment::tone(300 + 60 * at, 0, 1, None)])).collect();
    assert_eq!(why(&many), (32, "with those before it has more than 32 frequencies"));
    // 418 Hz merges with 425 and 410, which are then one and the same.
    let merging = tone(&[Segment::tone(418, 0, 1, None), Segment::tone(410, 425, 1, None)]);
    assert_eq!(why(&[merging]), (0, "has two frequencies that share a filter"));
}

#[test]
fn detector_without_tones_hears_nothing_and_returns() {
    assert_eq!(first(&[], &clean(&tones(&[(425.0, -10.0)], 2000.0))), None);
    let ten = tone(&[Segment::tone(425, 0, 20, Some(60)); 10]);
    assert_eq!(first(&[ten], &clean(&tones(&[(425.0, -10.0)], 2000.0))), None);
}
