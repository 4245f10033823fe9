//! From one law to the other by the decoder output value numbers of G.711 tables 3 and 4.
//!
//! The tables equate the overload points (4096 in A-law, 8159 in mu-law) and are chosen so that mu-A-mu changes only the
//! lowest bit of the eight smallest odd values. Both are given here by their runs, counted from 0; the pair 80/81 follows
//! the corrected printing, in which mu value 81 becomes A value 80 and A value 80 becomes mu value 81.

use crate::Law;

const MU_TO_A: [u8; 256] = build_table(Law::Mu);
const A_TO_MU: [u8; 256] = build_table(Law::A);

/// A-law octet for a mu-law octet (table 3).
#[must_use]
#[expect(clippy::indexing_slicing, reason = "an octet indexes a table of 256")]
pub const fn mu_to_a(octet: u8) -> u8 {
    MU_TO_A[octet as usize]
}

/// Mu-law octet for an A-law octet (table 4).
#[must_use]
#[expect(clippy::indexing_slicing, reason = "an octet indexes a table of 256")]
pub const fn a_to_mu(octet: u8) -> u8 {
    A_TO_MU[octet as usize]
}

/// Converts `octets` in place; does nothing when both laws are the same.
pub fn convert(from: Law, to: Law, octets: &mut [u8]) {
    match (from, to) {
        (Law::A, Law::A) | (Law::Mu, Law::Mu) => {}
        (Law::A, Law::Mu) => octets.iter_mut().for_each(|octet| *octet = a_to_mu(*octet)),
        (Law::Mu, Law::A) => octets.iter_mut().for_each(|octet| *octet = mu_to_a(*octet)),
    }
}

/// Octets of `from` to octets of the other law.
#[expect(clippy::indexing_slicing, reason = "the index runs to the table's length, at compile time")]
const fn build_table(from: Law) -> [u8; 256] {
    let mut table = [0; 256];
    let mut index = 0;
    while index < table.len() {
        let octet = index as u8;
        // Sign in bit 7 of both laws; A-law inverts the even bits below it, mu-law all of them.
        let sign = octet & 0x80;
        table[index] = sign
            | match from {
                Law::A => 0x7F ^ a_value_to_mu_value((octet & 0x7F) ^ 0x55),
                Law::Mu => 0x55 ^ mu_value_to_a_value((octet & 0x7F) ^ 0x7F),
            };
        index += 1;
    }
    table
}

/// Table 3, value numbers less 1.
const fn mu_value_to_a_value(value: u8) -> u8 {
    match value {
        0..=15 => value / 2,
        16..=31 => value - 8,
        32..=35 => 24 + 2 * (value - 32),
        36..=47 => value - 4,
        48 => 45,
        49..=63 => value - 2,
        64..=80 => value - 1,
        _ => value,
    }
}

/// Table 4, value numbers less 1.
const fn a_value_to_mu_value(value: u8) -> u8 {
    match value {
        0..=7 => 2 * value + 1,
        8..=23 => value + 8,
        24..=31 => 32 + (value - 24) / 2,
        32..=43 => value + 4,
        44..=47 => 48 + (value - 44) / 2,
        48..=61 => value + 2,
        62..=63 => 64,
        64..=79 => value + 1,
        _ => value,
    }
}
