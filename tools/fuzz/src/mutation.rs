//! Small changes to inputs, from a seeded generator: blind, but the same at each run and without any instrumentation.

use sansio::sim::SplitMix64;

/// Octets at which lengths, counts and signs turn over, and those that structure text.
const TELLING: [u8; 24] = [
    0, 1, 2, 3, 4, 0x0F, 0x10, 0x20, 0x3F, 0x40, 0x7E, 0x7F, 0x80, 0x81, 0xC0, 0xFE, 0xFF, b'\r', b'\n', b' ', b':', b';', b'"',
    b',',
];
/// Numbers that do not fit where numbers are kept.
const NUMBERS: [&[u8]; 6] = [b"0", b"-1", b"65536", b"4294967296", b"18446744073709551616", b"00000000000000000001"];
/// No input grows beyond this.
const LONGEST: usize = 4096;

/// Makes new inputs out of old ones.
#[derive(Debug, Clone)]
pub struct Mutator {
    random: SplitMix64,
}

impl Mutator {
    /// The sequence of `seed`.
    pub const fn new(seed: u64) -> Self {
        Self { random: SplitMix64::new(seed) }
    }

    /// One of `seeds` with one to six changes. Without seeds, it starts from nothing.
    pub fn next_input(&mut self, seeds: &[Vec<u8>]) -> Vec<u8> {
        let input = self.pick(seeds).cloned().unwrap_or_default();
        self.mutate(input, seeds)
    }

    /// `input` with one to six changes, some of which bring in pieces of `others`.
    pub fn mutate(&mut self, mut input: Vec<u8>, others: &[Vec<u8>]) -> Vec<u8> {
        for _ in 0..=self.below(6) {
            self.change(&mut input, others);
        }
        input.truncate(LONGEST);
        input
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.random.below(bound as u64)).unwrap_or(0)
    }

    fn pick<'a, T>(&mut self, among: &'a [T]) -> Option<&'a T> {
        let at = self.below(among.len());
        among.get(at)
    }

    fn change(&mut self, input: &mut Vec<u8>, seeds: &[Vec<u8>]) {
        let at = self.below(input.len());
        let until = at + self.below(input.len().saturating_sub(at).min(64) + 1);
        match self.below(9) {
            0 => self.overwrite(input, at, |octet, random| octet ^ (1 << random.below(8))),
            1 => self.overwrite(input, at, |_, random| TELLING[usize::try_from(random.below(24)).unwrap_or(0)]),
            2 => self.overwrite(input, at, |octet, _| octet.wrapping_add(1)),
            3 => input.truncate(at),
            4 => drop(input.drain(at..until)),
            5 => {
                let again = input[at..until].to_vec();
                input.splice(at..at, again);
            }
            6 => {
                let telling = *self.pick(&TELLING).unwrap_or(&0);
                input.insert(at, telling);
            }
            7 => self.replace_number(input, at),
            _ => self.splice_other(input, at, seeds),
        }
    }

    fn overwrite(&mut self, input: &mut [u8], at: usize, with: fn(u8, &mut SplitMix64) -> u8) {
        if let Some(octet) = input.get_mut(at) {
            *octet = with(*octet, &mut self.random);
        }
    }

    /// The next number in text becomes one that overflows something.
    fn replace_number(&mut self, input: &mut Vec<u8>, at: usize) {
        let Some(start) = input[at..].iter().position(u8::is_ascii_digit).map(|offset| at + offset) else { return };
        let length = input[start..].iter().take_while(|octet| octet.is_ascii_digit()).count();
        let number = self.pick(&NUMBERS).copied().unwrap_or(b"0");
        input.splice(start..start + length, number.iter().copied());
    }

    /// A piece of another seed goes in here.
    fn splice_other(&mut self, input: &mut Vec<u8>, at: usize, seeds: &[Vec<u8>]) {
        let Some(other) = self.pick(seeds) else { return };
        let from = self.below(other.len());
        let length = self.below(other.len().saturating_sub(from).min(128) + 1);
        input.splice(at..at, other[from..from + length].iter().copied());
    }
}
