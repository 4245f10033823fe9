//! A-law and mu-law of ITU-T G.711, as they are on the line (A-law with even bits inverted, mu-law with all inverted).
//!
//! The peer has its own few lines of it, so that a mistake in the codec under test does not cancel itself out here.

const EVEN_BITS: u8 = 0x55;
/// The sign bit of an octet before inversion of A-law's even bits; mu-law inverts it too.
const SIGN: u8 = 0x80;
/// G.711 table 2a: 33 of 14 bits, which makes every segment of mu-law begin at a power of two.
const BIAS: u16 = 33 << 2;
/// The largest magnitude that mu-law has an octet for, of 16 bits.
const MU_CLIP: u16 = 0x7fff - BIAS;

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Law {
    /// E1.
    A,
    /// T1.
    Mu,
}

impl Law {
    /// The octet of silence.
    #[must_use]
    pub const fn silence(self) -> u8 {
        match self {
            Self::A => 0xd5,
            Self::Mu => 0xff,
        }
    }

    /// One octet of the line to a linear sample of 16 bits.
    #[must_use]
    pub fn decode(self, octet: u8) -> i16 {
        match self {
            Self::A => decode_a(octet),
            Self::Mu => decode_mu(octet),
        }
    }

    /// A linear sample to the octet of the line.
    #[must_use]
    pub fn encode(self, sample: i16) -> u8 {
        match self {
            Self::A => encode_a(sample),
            Self::Mu => encode_mu(sample),
        }
    }
}

/// G.711 table 1a, scaled to 16 bit.
fn decode_a(octet: u8) -> i16 {
    let code = octet ^ EVEN_BITS;
    let segment = (code >> 4) & 0x07;
    let step = (i16::from(code & 0x0f) << 4) + 8;
    let magnitude = match segment {
        0 => step,
        _ => (step + 0x100) << (segment - 1),
    };
    if code & SIGN != 0 { magnitude } else { -magnitude }
}

fn encode_a(sample: i16) -> u8 {
    let positive = sample >= 0;
    // Negative values are counted from -1, so that both signs have the same decision values.
    let magnitude = if positive { sample } else { !sample }.cast_unsigned() >> 4;
    // Eleven bits are left: the segment is the place of the highest bit above the lowest five.
    let segment = u8::try_from(11 - magnitude.leading_zeros().saturating_sub(5).min(11)).unwrap_or(0).saturating_sub(4);
    let shift = segment.saturating_sub(1);
    let mantissa = u8::try_from((magnitude >> shift) & 0x0f).unwrap_or(0);
    let code = (segment << 4) | mantissa | if positive { SIGN } else { 0 };
    code ^ EVEN_BITS
}

/// G.711 table 2a, scaled to 16 bit.
fn decode_mu(octet: u8) -> i16 {
    let code = !octet;
    let biased = ((u16::from(code & 0x0f) << 3) + BIAS) << ((code >> 4) & 0x07);
    // At most 0x1f << 10: it fits.
    let magnitude = (biased - BIAS).cast_signed();
    if code & SIGN == 0 { magnitude } else { -magnitude }
}

fn encode_mu(sample: i16) -> u8 {
    let biased = sample.unsigned_abs().min(MU_CLIP) + BIAS;
    // The bias puts the highest bit at 7 or above.
    let segment = u8::try_from(8_u32.saturating_sub(biased.leading_zeros())).unwrap_or(0);
    let mantissa = u8::try_from((biased >> (segment + 3)) & 0x0f).unwrap_or(0);
    !((segment << 4) | mantissa | if sample < 0 { SIGN } else { 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Mu-law's second zero, the negative one, which no sample needs.
    const NEGATIVE_ZERO: u8 = 0x7f;

    #[test]
    fn every_octet_survives_decode_and_encode() {
        for law in [Law::A, Law::Mu] {
            for octet in (0..=u8::MAX).filter(|octet| law == Law::A || *octet != NEGATIVE_ZERO) {
                assert_eq!(law.encode(law.decode(octet)), octet, "{law:?} octet {octet:#04x} is {}", law.decode(octet));
            }
            assert_eq!(law.decode(law.silence()).unsigned_abs() / 9, 0, "{law:?}");
        }
        assert_eq!(Law::Mu.decode(NEGATIVE_ZERO), 0);
    }

    #[test]
    fn known_values_of_the_standard() {
        // G.711 table 1a: the smallest positive value is 11010101 on the line, the largest 10101010 and 32256 in 16 bit.
        let a = |sample| Law::A.encode(sample);
        assert_eq!((a(0), a(32767), a(-32768)), (0xd5, 0xaa, 0x2a));
        assert_eq!((Law::A.decode(0xd5), Law::A.decode(0xaa), Law::A.decode(0x2a)), (8, 32256, -32256));
        // Table 2a: zero is 11111111 on the line, the largest positive value 10000000 and 8031 of 14 bits.
        let mu = |sample| Law::Mu.encode(sample);
        assert_eq!((mu(0), mu(32767), mu(-32768)), (0xff, 0x80, 0x00));
        assert_eq!((Law::Mu.decode(0xff), Law::Mu.decode(0x80), Law::Mu.decode(0x00)), (0, 8031 << 2, -(8031 << 2)));
    }

    #[test]
    fn coding_error_stays_within_half_a_step() {
        for sample in i16::MIN..=i16::MAX {
            let magnitude = i32::from(sample).abs();
            // Mu-law's steps are those of the biased magnitude.
            let bounds = [(Law::A, 32256_u16, (magnitude / 32).max(8)), (Law::Mu, 8031 << 2, (magnitude + i32::from(BIAS)) / 32)];
            for (law, largest, half_step) in bounds {
                let error = (i32::from(law.decode(law.encode(sample))) - i32::from(sample)).abs();
                let bound = half_step + 1;
                assert!(error <= bound || sample.unsigned_abs() > largest, "{law:?} sample {sample}: error {error}");
            }
        }
    }
}
