//! Bearer capability (Q.931 4.5.5).
//!
//! Coding standard, transfer capability, mode, rate and layer 1 protocol are read; octets after them (multi-rate, layer
//! 1 details, layers 2 and 3) are kept as they are.

use super::Invalid;

/// Extension bit: no further octet of this group follows (Q.931 4.5.1).
const LAST: u8 = 0x80;
/// Octet 5: layer 1 identification 01, with no octet 5a after it.
const LAYER1: u8 = 0xa0;
const LAYER1_MASK: u8 = 0xe0;

/// What follows the octet that ends the group at the head of `bytes`.
fn after_group(bytes: &[u8]) -> Result<&[u8], Invalid> {
    let last = bytes.iter().position(|octet| octet & LAST != 0).ok_or(Invalid)?;
    bytes.get(last + 1..).ok_or(Invalid)
}

/// Information transfer capability (Q.931 table 4-6, octet 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TransferCapability {
    /// 0: speech.
    Speech,
    /// 8: unrestricted digital information.
    Unrestricted,
    /// 9: restricted digital information.
    Restricted,
    /// 16: 3.1 kHz audio.
    Audio31,
    /// 17: unrestricted digital information with tones, once 7 kHz audio.
    UnrestrictedWithTones,
    /// 24: video.
    Video,
    /// Any other value.
    Other(u8),
}

impl TransferCapability {
    /// From five bits.
    #[must_use]
    pub const fn from_bits(bits: u8) -> Self {
        match bits & 0x1f {
            0x00 => Self::Speech,
            0x08 => Self::Unrestricted,
            0x09 => Self::Restricted,
            0x10 => Self::Audio31,
            0x11 => Self::UnrestrictedWithTones,
            0x18 => Self::Video,
            other => Self::Other(other),
        }
    }

    /// The five bits.
    #[must_use]
    pub const fn bits(self) -> u8 {
        match self {
            Self::Speech => 0x00,
            Self::Unrestricted => 0x08,
            Self::Restricted => 0x09,
            Self::Audio31 => 0x10,
            Self::UnrestrictedWithTones => 0x11,
            Self::Video => 0x18,
            Self::Other(bits) => bits & 0x1f,
        }
    }
}

/// Bearer capability element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BearerCapability {
    /// Coding standard, 0 for ITU-T.
    pub coding: u8,
    /// What is carried.
    pub capability: TransferCapability,
    /// Transfer mode: 0 circuit, 2 packet.
    pub mode: u8,
    /// Transfer rate: 16 is 64 kbit/s.
    pub rate: u8,
    /// User information layer 1 protocol: 2 is G.711 mu-law, 3 is G.711 A-law.
    pub layer1: Option<u8>,
    /// Octets after those above, as they came.
    pub rest: Vec<u8>,
}

impl BearerCapability {
    /// Transfer rate of one B-channel (Q.931 table 4-6, octet 4).
    pub const RATE_64: u8 = 0x10;
    /// G.711 mu-law (octet 5).
    pub const LAYER1_MU_LAW: u8 = 2;
    /// G.711 A-law (octet 5).
    pub const LAYER1_A_LAW: u8 = 3;

    /// A 64 kbit/s circuit.
    #[must_use]
    pub const fn circuit(capability: TransferCapability, layer1: Option<u8>) -> Self {
        Self { coding: 0, capability, mode: 0, rate: Self::RATE_64, layer1, rest: Vec::new() }
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Invalid> {
        let &[first, second, ref rest @ ..] = bytes else { return Err(Invalid) };
        if first & LAST == 0 {
            return Err(Invalid);
        }
        // Octets 4a and 4b (structure, symmetry) of older editions say nothing that a 64 kbit/s circuit needs.
        let rest = if second & LAST == 0 { after_group(rest)? } else { rest };
        let (layer1, rest) = match rest.split_first() {
            Some((octet, after)) if octet & LAYER1_MASK == LAYER1 => (Some(octet & 0x1f), after),
            Some(_) | None => (None, rest),
        };
        Ok(Self {
            coding: first >> 5 & 3,
            capability: TransferCapability::from_bits(first),
            mode: second >> 5 & 3,
            rate: second & 0x1f,
            layer1,
            rest: rest.to_vec(),
        })
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut bytes =
            vec![LAST | (self.coding & 3) << 5 | self.capability.bits(), LAST | (self.mode & 3) << 5 | self.rate & 0x1f];
        bytes.extend(self.layer1_group());
        bytes
    }

    /// Octet 5 and all after it, as on the wire.
    pub(crate) fn layer1_group(&self) -> Vec<u8> {
        self.layer1.map(|layer1| LAYER1 | layer1 & 0x1f).into_iter().chain(self.rest.iter().copied()).collect()
    }
}
