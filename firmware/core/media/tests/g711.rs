//! G.711 against the values of its tables, and the properties the tables are to have.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use media::Law;
use media::g711::{SILENCE_A, SILENCE_MU, a_to_mu, convert, decode, decode_slice, encode, encode_slice, mu_to_a};

#[test]
fn a_law_codes_decode_to_table_1a() {
    // Value numbers 1, 16, 17, 32, 33, 64, 128 of table 1a: output values in 1/4096, times 8.
    let known = [(0xD5, 1), (0xDA, 31), (0xC5, 33), (0xCA, 63), (0xF5, 66), (0xE5, 132), (0xEA, 252), (0xAA, 4032)];
    for (octet, value) in known {
        assert_eq!(decode(Law::A, octet), value * 8, "{octet:02x}");
        assert_eq!(decode(Law::A, octet ^ 0x80), -value * 8, "{octet:02x} negative");
    }
}

#[test]
fn mu_law_codes_decode_to_table_2a() {
    // Output values y0, y1, y15, y16, y32, y127 of table 2a in 1/8159, times 4.
    let known = [(0xFF, 0), (0xFE, 2), (0xF0, 30), (0xEF, 33), (0xDF, 99), (0x80, 8031)];
    for (octet, value) in known {
        assert_eq!(decode(Law::Mu, octet), value * 4, "{octet:02x}");
        assert_eq!(decode(Law::Mu, octet ^ 0x80), -value * 4, "{octet:02x} negative");
    }
}

#[test]
fn every_code_decoded_and_encoded_is_itself() {
    for octet in 0..=255u8 {
        assert_eq!(encode(Law::A, decode(Law::A, octet)), octet);
        // Mu-law has two zeros; linear has one.
        let expected = if octet == 0x7F { 0xFF } else { octet };
        assert_eq!(encode(Law::Mu, decode(Law::Mu, octet)), expected);
    }
}

/// Half the width of the decision interval of a code, in linear units: doubles with each segment.
fn half_interval(law: Law, octet: u8) -> i32 {
    match law {
        // Table 1a: steps of 2/4096 in segments 0 and 1, then doubling.
        Law::A => 8 << ((octet ^ 0x55) >> 4 & 7).saturating_sub(1),
        // Table 2a: steps of 2/8159 in segment 0, then doubling.
        Law::Mu => 4 << ((!octet >> 4) & 7),
    }
}

#[test]
fn every_sample_lies_in_the_interval_of_its_code() {
    for law in [Law::A, Law::Mu] {
        for sample in -32124..=32124i16 {
            let octet = encode(law, sample);
            let error = (i32::from(decode(law, octet)) - i32::from(sample)).abs();
            assert!(error <= half_interval(law, octet), "{law:?} {sample}: {octet:02x} is {error} off");
        }
    }
}

#[test]
fn code_changes_at_the_decision_values_of_the_tables() {
    // x1, x17, x33, x113, x127 of table 1a in 1/4096, with the codes below and above.
    for (value, below, above) in
        [(2, 0xD5, 0xD4), (32, 0xDA, 0xC5), (64, 0xCA, 0xF5), (2048, 0xA5 ^ 0x1F, 0xA5), (3968, 0xAB, 0xAA)]
    {
        assert_eq!(encode(Law::A, value * 8), above, "{value}");
        assert_eq!(encode(Law::A, value * 8 - 1), below, "{value}");
    }
    // x1, x2, x16, x17, x127 of table 2a in 1/8159.
    for (value, below, above) in [(1, 0xFF, 0xFE), (3, 0xFE, 0xFD), (31, 0xF0, 0xEF), (35, 0xEF, 0xEE), (7903, 0x81, 0x80)] {
        assert_eq!(encode(Law::Mu, value * 4), above, "{value}");
        assert_eq!(encode(Law::Mu, value * 4 - 1), below, "{value}");
    }
}

#[test]
fn extremes_encode_to_the_last_interval() {
    assert_eq!(encode(Law::A, i16::MAX), 0xAA);
    assert_eq!(encode(Law::A, i16::MIN), 0x2A);
    assert_eq!(encode(Law::Mu, i16::MAX), 0x80);
    assert_eq!(encode(Law::Mu, i16::MIN), 0x00);
}

/// Magnitude of a code as share of the overload point, in which tables 3 and 4 compare the laws.
fn share(law: Law, octet: u8) -> f64 {
    match law {
        Law::A => f64::from(decode(law, octet)).abs() / 8.0 / 4096.0,
        Law::Mu => f64::from(decode(law, octet)).abs() / 4.0 / 8159.0,
    }
}

/// Positive code of `to` nearest to a positive code of `from`.
fn nearest(from: Law, to: Law, octet: u8) -> u8 {
    let wanted = share(from, octet);
    (0x80..=0xFFu8).min_by(|a, b| (share(to, *a) - wanted).abs().total_cmp(&(share(to, *b) - wanted).abs())).unwrap()
}

#[test]
fn conversion_gives_the_nearest_value_except_two_near_ties_of_table_3() {
    for octet in 0x80..=0xFFu8 {
        assert_eq!(share(Law::Mu, a_to_mu(octet)), share(Law::Mu, nearest(Law::A, Law::Mu, octet)), "A {octet:02x}");
    }
    let differing: Vec<u8> = (0x80..=0xFFu8).filter(|octet| mu_to_a(*octet) != nearest(Law::Mu, Law::A, *octet)).collect();
    // Value numbers 49 and 50: 115.97 lies between 114 and 118, 123.99 between 122 and 126.
    assert_eq!(differing, [0xCE, 0xCF]);
    assert_eq!(decode(Law::A, mu_to_a(0xCF)), 118 * 8);
    assert_eq!(decode(Law::A, mu_to_a(0xCE)), 126 * 8);
}

#[test]
fn conversion_keeps_the_sign() {
    for octet in 0..=255u8 {
        assert_eq!(mu_to_a(octet) & 0x80, octet & 0x80);
        assert_eq!(a_to_mu(octet) & 0x80, octet & 0x80);
    }
}

#[test]
fn mu_a_mu_changes_only_the_eight_smallest_even_value_numbers() {
    let changed: Vec<u8> = (0x80..=0xFFu8).rev().filter(|octet| a_to_mu(mu_to_a(*octet)) != *octet).collect();
    assert_eq!(changed, [0xFF, 0xFD, 0xFB, 0xF9, 0xF7, 0xF5, 0xF3, 0xF1]);
}

#[test]
fn conversion_there_and_back_twice_is_as_once() {
    for octet in 0..=255u8 {
        let once = a_to_mu(mu_to_a(octet));
        assert_eq!(a_to_mu(mu_to_a(once)), once);
        let once = mu_to_a(a_to_mu(octet));
        assert_eq!(mu_to_a(a_to_mu(once)), once);
    }
}

#[test]
fn converted_silence_stays_within_one_step_of_silence() {
    assert_eq!(mu_to_a(SILENCE_MU), SILENCE_A);
    assert!(decode(Law::Mu, a_to_mu(SILENCE_A)).abs() <= 8);
}

#[test]
fn slices_convert_in_place_and_same_law_is_left_alone() {
    let mut octets = [0x00, 0x7F, 0x80, 0xFF];
    convert(Law::Mu, Law::Mu, &mut octets);
    assert_eq!(octets, [0x00, 0x7F, 0x80, 0xFF]);
    convert(Law::Mu, Law::A, &mut octets);
    assert_eq!(octets, [0x2A, 0x55, 0xAA, 0xD5]);
}

#[test]
fn a_sine_survives_the_laws_with_38_db_signal_to_noise() {
    let sine: Vec<i16> =
        (0..800).map(|n| ((f64::from(n) * 2.0 * std::f64::consts::PI * 1020.0 / 8000.0).sin() * 10_000.0) as i16).collect();
    for law in [Law::A, Law::Mu] {
        let mut octets = [0; 800];
        let mut back = [0; 800];
        encode_slice(law, &sine, &mut octets);
        decode_slice(law, &octets, &mut back);
        let power: f64 = sine.iter().map(|s| f64::from(*s).powi(2)).sum();
        let noise: f64 = sine.iter().zip(back).map(|(a, b)| (f64::from(*a) - f64::from(b)).powi(2)).sum();
        let ratio = 10.0 * (power / noise).log10();
        assert!(ratio > 37.0, "{law:?}: {ratio:.1} dB");
    }
}
