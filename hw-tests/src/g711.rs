//! ITU-T G.711 for the tests' own RTP end, written apart from the box's own so that neither hides the other's mistake.
//!
//! Decoding follows tables 1a and 2a; encoding takes the code whose decoded value is nearest. Values are 16 bit: the 13 bit
//! A-law and 14 bit mu-law values moved up.

/// The companding law.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Law {
    /// A-law, RTP payload type 8.
    A,
    /// Mu-law, RTP payload type 0.
    Mu,
}

impl Law {
    /// The static RTP payload type (RFC 3551 table 4).
    pub fn payload_type(self) -> u8 {
        match self {
            Self::A => 8,
            Self::Mu => 0,
        }
    }
}

/// The 16 bit value of a code.
pub fn decode(law: Law, code: u8) -> i16 {
    match law {
        Law::A => decode_a(code),
        Law::Mu => decode_mu(code),
    }
}

fn decode_a(code: u8) -> i16 {
    // Even bits are inverted on the line (G.711 table 1, note); segment 0 and 1 share a step.
    let code = code ^ 0x55;
    let segment = (code >> 4) & 7;
    let step = i16::from(code & 15) * 2 + 1;
    let magnitude = if segment == 0 { step } else { (step + 32) << (segment - 1) };
    if code & 0x80 == 0 { -magnitude * 8 } else { magnitude * 8 }
}

fn decode_mu(code: u8) -> i16 {
    // All bits are inverted on the line; 33 is the bias of the segments.
    let code = !code;
    let segment = (code >> 4) & 7;
    let magnitude = ((i16::from(code & 15) * 2 + 33) << segment) - 33;
    if code & 0x80 == 0 { magnitude * 4 } else { -magnitude * 4 }
}

/// All codes of a law by value, for encoding.
#[derive(Debug)]
pub struct Encoder {
    by_value: Vec<(i16, u8)>,
}

impl Encoder {
    /// The encoder of a law.
    pub fn new(law: Law) -> Self {
        let mut by_value: Vec<(i16, u8)> = (0..=255).map(|code| (decode(law, code), code)).collect();
        by_value.sort_unstable();
        Self { by_value }
    }

    /// The code with the nearest value.
    pub fn encode(&self, value: i16) -> u8 {
        let above = self.by_value.partition_point(|&(v, _)| v < value);
        let candidates = &self.by_value[above.saturating_sub(1)..(above + 1).min(self.by_value.len())];
        candidates.iter().min_by_key(|&&(v, _)| (i32::from(v) - i32::from(value)).abs()).map_or(0, |&(_, code)| code)
    }
}
