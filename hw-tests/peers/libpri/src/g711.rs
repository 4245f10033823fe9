//! A-law of ITU-T G.711, as it is on the line (even bits inverted).
//!
//! The peer has its own few lines of it, so that a mistake in the codec under test does not cancel itself out here.

const EVEN_BITS: u8 = 0x55;
const POSITIVE: u8 = 0x80;

/// One octet of the line to a linear sample (G.711 table 1a, scaled to 16 bit).
#[must_use]
pub fn decode(octet: u8) -> i16 {
    let code = octet ^ EVEN_BITS;
    let segment = (code >> 4) & 0x07;
    let step = (i16::from(code & 0x0f) << 4) + 8;
    let magnitude = match segment {
        0 => step,
        _ => (step + 0x100) << (segment - 1),
    };
    if code & POSITIVE != 0 { magnitude } else { -magnitude }
}

/// A linear sample to the octet of the line.
#[must_use]
pub fn encode(sample: i16) -> u8 {
    let positive = sample >= 0;
    // Negative values are counted from -1, so that both signs have the same decision values.
    let magnitude = if positive { sample } else { !sample }.cast_unsigned() >> 4;
    // Eleven bits are left: the segment is the place of the highest bit above the lowest five.
    let segment = u8::try_from(11 - magnitude.leading_zeros().saturating_sub(5).min(11)).unwrap_or(0).saturating_sub(4);
    let shift = segment.saturating_sub(1);
    let mantissa = u8::try_from((magnitude >> shift) & 0x0f).unwrap_or(0);
    let code = (segment << 4) | mantissa | if positive { POSITIVE } else { 0 };
    code ^ EVEN_BITS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_octet_survives_decode_and_encode() {
        for octet in 0..=u8::MAX {
            assert_eq!(encode(decode(octet)), octet, "octet {octet:#04x} is {}", decode(octet));
        }
    }

    #[test]
    fn known_values_of_the_standard() {
        // G.711 table 1a: the smallest positive value is 11010101 on the line, the largest 10101010 and 32256 in 16 bit.
        assert_eq!((encode(0), encode(32767), encode(-32768)), (0xd5, 0xaa, 0x2a));
        assert_eq!((decode(0xd5), decode(0xaa), decode(0x2a)), (8, 32256, -32256));
    }

    #[test]
    fn coding_error_stays_within_half_a_step() {
        for sample in i16::MIN..=i16::MAX {
            let error = (i32::from(decode(encode(sample))) - i32::from(sample)).abs();
            let bound = (i32::from(sample).abs() / 32).max(8) + 1;
            assert!(error <= bound || sample.unsigned_abs() > 32256, "sample {sample}: error {error}");
        }
    }
}
