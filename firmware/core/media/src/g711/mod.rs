//! G.711 (11/1988): A-law and mu-law to and from linear samples, and from one law to the other.
//!
//! Linear samples are 16 bit, left justified: A-law's 13 bit values times 8, mu-law's 14 bit values times 4, so 3.14 dBm0
//! is 32256 in A-law (table 1a) and 3.17 dBm0 is 32124 in mu-law (table 2a). Decoding is a table built at compile time;
//! encoding finds the segment from the leading zeros. Conversion between the laws uses G.711's own tables 3 and 4, which
//! is not the same as decoding and encoding again. Left out: suppression of the all-zero octet on T1 lines (G.711
//! table 2a note 2).

mod conversion;

pub use conversion::{a_to_mu, convert, mu_to_a};

use crate::Law;

/// A-law octet that stands for silence (+0), even bits inverted as on the line.
pub const SILENCE_A: u8 = 0xD5;
/// Mu-law octet that stands for silence (+0).
pub const SILENCE_MU: u8 = 0xFF;

/// What a silent line of `law` carries.
#[must_use]
pub const fn silence(law: Law) -> u8 {
    match law {
        Law::A => SILENCE_A,
        Law::Mu => SILENCE_MU,
    }
}

/// Every second bit of an A-law octet is inverted on the line (G.711 table 1a note 2).
const A_EVEN_BITS: u8 = 0x55;
/// The bit that is 1 for positive values, in both laws.
const SIGN: u8 = 0x80;

const DECODE_A: [i16; 256] = build_decode_table(Law::A);
const DECODE_MU: [i16; 256] = build_decode_table(Law::Mu);

/// Linear value of one octet.
#[must_use]
#[expect(clippy::indexing_slicing, reason = "an octet indexes a table of 256")]
pub const fn decode(law: Law, octet: u8) -> i16 {
    match law {
        Law::A => DECODE_A[octet as usize],
        Law::Mu => DECODE_MU[octet as usize],
    }
}

/// Octet whose decision interval holds `sample`.
#[must_use]
pub const fn encode(law: Law, sample: i16) -> u8 {
    match law {
        Law::A => encode_a(sample),
        Law::Mu => encode_mu(sample),
    }
}

/// Decodes as many octets as both slices hold.
pub fn decode_slice(law: Law, octets: &[u8], samples: &mut [i16]) {
    for (sample, octet) in samples.iter_mut().zip(octets) {
        *sample = decode(law, *octet);
    }
}

/// Encodes as many samples as both slices hold.
pub fn encode_slice(law: Law, samples: &[i16], octets: &mut [u8]) {
    for (octet, sample) in octets.iter_mut().zip(samples) {
        *octet = encode(law, *sample);
    }
}

#[expect(clippy::indexing_slicing, reason = "the index runs to the table's length, at compile time")]
const fn build_decode_table(law: Law) -> [i16; 256] {
    let mut table = [0; 256];
    let mut index = 0;
    while index < table.len() {
        table[index] = match law {
            Law::A => decode_a(index as u8),
            Law::Mu => decode_mu(index as u8),
        };
        index += 1;
    }
    table
}

const fn decode_a(octet: u8) -> i16 {
    let bits = octet ^ A_EVEN_BITS;
    let segment = (bits >> 4) & 0x07;
    let step = (bits & 0x0F) as i16;
    // Table 1a in units of 1/4096 of full scale: the middle of the interval. Segments 0 and 1 have the same step.
    let magnitude = if segment == 0 { 2 * step + 1 } else { (2 * step + 33) << (segment - 1) };
    let value = magnitude * 8;
    if octet & SIGN != 0 { value } else { -value }
}

const fn decode_mu(octet: u8) -> i16 {
    let bits = !octet;
    let segment = (bits >> 4) & 0x07;
    let step = (bits & 0x0F) as i16;
    // Table 2a in units of 1/8159 of full scale.
    let magnitude = ((2 * step + 33) << segment) - 33;
    let value = magnitude * 4;
    if octet & SIGN != 0 { value } else { -value }
}

/// Magnitude without its sign; one's complement, so that -1 lies in the first negative interval.
const fn magnitude(sample: i16) -> u16 {
    (if sample < 0 { !sample } else { sample }) as u16
}

const fn encode_a(sample: i16) -> u8 {
    let sixteenths = magnitude(sample) >> 4; // 0 to 2047, the step of segments 0 and 1
    let bits = if sixteenths < 16 {
        sixteenths as u8
    } else {
        let exponent = sixteenths.ilog2() - 4;
        (((exponent + 1) as u8) << 4) | ((sixteenths >> exponent) & 0x0F) as u8
    };
    let sign = if sample < 0 { 0 } else { SIGN };
    (sign | bits) ^ A_EVEN_BITS
}

const fn encode_mu(sample: i16) -> u8 {
    let mut biased = (magnitude(sample) >> 2) + 33;
    if biased > 0x1FFF {
        biased = 0x1FFF; // overload: the last interval
    }
    let segment = biased.ilog2() - 5;
    let bits = ((segment as u8) << 4) | ((biased >> (segment + 1)) & 0x0F) as u8;
    let sign = if sample < 0 { SIGN } else { 0 };
    !(sign | bits)
}
