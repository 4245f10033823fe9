//! Octets for a data call to carry, and how many of them arrived as they were, by far ends that play and record sound.

use crate::audio::Audio;
use crate::g711::{Encoder, Law, decode};

/// Octets that are looked for as a whole: clocks of two processes may repeat or leave out some on a busy machine.
const PIECE: usize = 20;
const MS: usize = 4_000;

/// Four seconds of octets of every value but 0x7f and 0xff, in no order: mu-law's two zeros, which a recording does not tell apart.
#[must_use]
pub fn noise() -> Vec<u8> {
    let seeds = std::iter::successors(Some(7_u32), |seed| Some(seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223)));
    seeds.map(|seed| seed.to_be_bytes()[0]).filter(|octet| !matches!(octet, 0x7f | 0xff)).take(8 * MS).collect()
}

/// The sound that puts these octets on a line of this law.
#[must_use]
pub fn samples(law: Law, octets: &[u8]) -> Audio {
    Audio::from_i16(&octets.iter().map(|octet| decode(law, *octet)).collect::<Vec<_>>())
}

/// The octets that were on the line when this was heard.
#[must_use]
pub fn octets(law: Law, heard: &Audio) -> Vec<u8> {
    let encoder = Encoder::new(law);
    heard.to_i16().into_iter().map(|sample| encoder.encode(sample)).collect()
}

/// How much of `sent` was heard in whole pieces, in percent.
#[must_use]
pub fn percent_heard(sent: &[u8], heard: &[u8]) -> usize {
    let pieces: Vec<&[u8]> = sent.chunks_exact(PIECE).collect();
    let found = pieces.iter().filter(|piece| heard.windows(PIECE).any(|window| window == **piece)).count();
    found * 100 / pieces.len().max(1)
}
