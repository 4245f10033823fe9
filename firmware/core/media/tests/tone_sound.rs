//! Tones: frequency, level and modulation as a meter on the line would find them. The level's measure is the digital milliwatt of G.711
//! (tables 5 and 6), eight octets that are 0 dBm0 at 1000 Hz by definition.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod spectrum;

use media::tone::dtmf::{HIGH, Keying, LOW, frequencies, steps};
use media::tone::{Component, Pattern, PatternError, Sound, Step};
use media::{Law, g711};
use spectrum::{SECOND, at, frequency, generator, part, rms, samples};

const LAWS: [Law; 2] = [Law::A, Law::Mu];

/// Root mean square of 0 dBm0: G.711 table 5 (A-law) and 6 (mu-law).
fn milliwatt(law: Law) -> f64 {
    let octets: [u8; 8] = match law {
        Law::A => [0x34, 0x21, 0x21, 0x34, 0xB4, 0xA1, 0xA1, 0xB4],
        Law::Mu => [0x1E, 0x0B, 0x0B, 0x1E, 0x9E, 0x8B, 0x8B, 0x9E],
    };
    rms(&octets.map(|octet| g711::decode(law, octet)))
}

fn dbm0(rms: f64, law: Law) -> f64 {
    20.0 * (rms / milliwatt(law)).log10()
}

#[track_caller]
fn assert_within(found: f64, wanted: f64, tolerance: f64, what: &str) {
    assert!((found - wanted).abs() <= tolerance, "{what}: {found}, wanted {wanted} within {tolerance}");
}

#[test]
fn level_is_the_digital_milliwatts_in_samples_and_in_octets() {
    for law in LAWS {
        for level in [0.0, -10.0, -24.0, 3.0] {
            let steady = [Step::steady(&[at(1000.0, level)])];
            let heard = samples(&mut generator(&[], &steady, law), SECOND);
            assert_within(dbm0(rms(&heard), law), level, 0.1, &format!("{law:?} samples"));
            let mut octets = vec![0; SECOND];
            generator(&[], &steady, law).fill_octets(law, &mut octets);
            let decoded: Vec<_> = octets.iter().map(|octet| g711::decode(law, *octet)).collect();
            assert_within(dbm0(rms(&decoded), law), level, 0.1, &format!("{law:?} octets"));
        }
    }
}

#[test]
fn frequencies_are_within_a_tenth_of_a_hertz_over_a_second() {
    for hz in [16.6, 300.0, 383.333, 425.0, 941.0, 1428.5, 2600.0, 3399.9] {
        let heard = samples(&mut generator(&[], &[Step::steady(&[at(hz, -10.0)])], Law::A), SECOND);
        // Measured from beside it, so that the meter cannot find what it was told.
        assert_within(frequency(&heard, hz + 0.3), hz, 0.01, "frequency");
    }
}

#[test]
fn two_to_four_frequencies_each_have_their_level() {
    let howler = [at(1400.0, -10.0), at(2060.0, -13.0), at(2450.0, -16.0), at(2600.0, -19.0)];
    for law in LAWS {
        for count in 1..=4 {
            let heard = samples(&mut generator(&[], &[Step::steady(&howler[..count])], law), SECOND);
            for Component { hz, dbm0: level } in howler[..count].iter().copied() {
                let (amplitude, _) = part(&heard, hz, 0);
                assert_within(dbm0(amplitude / 2_f64.sqrt(), law), level, 0.1, &format!("{hz} Hz of {count}"));
            }
        }
    }
}

#[test]
fn modulated_tone_has_its_sidebands_and_the_level_of_the_whole() {
    for depth in [0.0, 0.5, 1.0] {
        let sound = Sound::Modulated { carrier: at(400.0, -10.0), by: 25.0, depth };
        let heard = samples(&mut generator(&[], &[Step { sound, ms: None }], Law::A), SECOND);
        assert_within(dbm0(rms(&heard), Law::A), -10.0, 0.1, "the whole");
        let (carrier, _) = part(&heard, 400.0, 0);
        for side in [375.0, 425.0] {
            assert_within(part(&heard, side, 0).0 / carrier, depth / 2.0, 0.001, &format!("{side} Hz at depth {depth}"));
        }
    }
}

#[test]
fn nothing_is_heard_beside_the_tone() {
    let heard = samples(&mut generator(&[], &[Step::steady(&[at(425.0, -10.0)])], Law::A), SECOND);
    let (amplitude, phase) = part(&heard, 425.0, 0);
    let rest: Vec<f64> = heard
        .iter()
        .enumerate()
        .map(|(index, sample)| {
            let turns = 425.0 * index as f64 / SECOND as f64 + phase;
            f64::from(*sample) - amplitude * (turns * std::f64::consts::TAU).sin()
        })
        .collect();
    let noise = (rest.iter().map(|value| value * value).sum::<f64>() / rest.len() as f64).sqrt();
    // Rounding to whole samples is 0.29; 0.5 leaves no room for a click anywhere in the second.
    assert!(noise < 0.5 && rest.iter().all(|value| value.abs() < 1.5), "noise {noise}");
}

#[test]
fn every_digit_has_its_two_frequencies_and_levels() {
    let keying = Keying { low_dbm0: -8.0, high_dbm0: -5.5, on_ms: 1000, off_ms: 50 };
    for digit in "0123456789*#ABCD".chars() {
        let (low, high) = frequencies(digit).unwrap();
        let heard = samples(&mut generator(&steps(&digit.to_string(), &keying).unwrap(), &[], Law::Mu), SECOND);
        for hz in LOW.into_iter().chain(HIGH) {
            let level = dbm0(part(&heard, hz, 0).0 / 2_f64.sqrt(), Law::Mu);
            if hz == low {
                assert_within(level, -8.0, 0.1, "low group");
            } else if hz == high {
                assert_within(level, -5.5, 0.1, "high group");
            } else {
                assert!(level < -60.0, "{digit}: {hz} Hz at {level} dBm0");
            }
        }
        assert_within(frequency(&heard, low + 0.3), low, 0.1, "low group");
        assert_within(frequency(&heard, high + 0.3), high, 0.1, "high group");
    }
}

#[test]
fn keys_are_those_of_q23() {
    assert_eq!(frequencies('1'), Some((697.0, 1209.0)));
    assert_eq!(frequencies('#'), Some((941.0, 1477.0)));
    assert_eq!(frequencies('d'), Some((941.0, 1633.0)));
    assert_eq!(frequencies('!'), None);
    assert_eq!(steps("12x", &Keying::default()), None);
    let pairs: std::collections::BTreeSet<_> =
        "0123456789*#ABCD".chars().map(|digit| format!("{:?}", frequencies(digit).unwrap())).collect();
    assert_eq!(pairs.len(), 16);
}

#[test]
fn what_cannot_be_played_is_refused_with_its_step() {
    let good = Step::on(&[at(425.0, -10.0)], 100);
    let refused = |once: &[Step], repeat: &[Step]| Pattern::new(once, repeat, Law::A).unwrap_err();
    let steady = |components: &[Component]| refused(&[], &[good.clone(), Step::steady(components)]);
    assert_eq!(refused(&[], &[]), PatternError::Empty);
    assert_eq!(refused(&[], &[Step::on(&[at(425.0, -10.0)], 0)]), PatternError::NoTime);
    assert_eq!(
        refused(&[Step::steady(&[at(425.0, -10.0)])], std::slice::from_ref(&good)),
        PatternError::NeverReached { step: 0 }
    );
    assert_eq!(steady(&[at(4000.0, -10.0)]), PatternError::Frequency { step: 1, hz: 4000.0 });
    assert!(matches!(steady(&[at(f64::NAN, -10.0)]), PatternError::Frequency { step: 1, .. }));
    assert_eq!(steady(&[]), PatternError::Components { step: 1, count: 0 });
    assert_eq!(steady(&[at(425.0, -30.0); 5]), PatternError::Components { step: 1, count: 5 });
    assert!(matches!(steady(&[at(425.0, 3.2)]), PatternError::Overload { step: 1, .. }), "above the law's load");
    assert!(matches!(steady(&[at(425.0, f64::NAN)]), PatternError::Overload { step: 1, .. }));
    assert!(matches!(steady(&[at(350.0, -2.0), at(440.0, -2.0)]), PatternError::Overload { step: 1, .. }), "only together");
    let swell = |depth| Step { sound: Sound::Modulated { carrier: at(400.0, -10.0), by: 25.0, depth }, ms: None };
    assert_eq!(refused(&[], &[swell(1.5)]), PatternError::Depth { step: 0, depth: 1.5 });
    assert!(steady(&[at(425.0, 3.2)]).to_string().starts_with("step 1: a peak of 1.00"), "0.06 dB above 3.14 dBm0");
}
