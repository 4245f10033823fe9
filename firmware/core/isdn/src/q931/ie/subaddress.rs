//! Subaddresses of the calling, called and connected party (Q.931 4.5.9, 4.5.11, Q.951-5) and user-user information (4.5.30).

use super::Invalid;

/// Extension bit: no further octet of this group follows (Q.931 4.5.1).
const LAST: u8 = 0x80;
/// Octet 3, bit 4: the number of address signals is odd.
const ODD: u8 = 0x08;
/// Octets of a subaddress at most (Q.931 4.5.9).
const MAX_SUBADDRESS: usize = 20;

/// A subaddress.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Subaddress {
    /// Type: 0 NSAP (X.213), 2 user specified.
    pub kind: u8,
    /// The number of address signals is odd (BCD only).
    pub odd: bool,
    /// Up to 20 octets; of an NSAP the first is its AFI, 0x50 for IA5 characters.
    pub octets: Vec<u8>,
}

impl Subaddress {
    /// NSAP.
    pub const NSAP: u8 = 0;
    /// User specified.
    pub const USER: u8 = 2;

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Invalid> {
        match bytes.split_first() {
            Some((first, octets)) if first & LAST != 0 && octets.len() <= MAX_SUBADDRESS => {
                Ok(Self { kind: first >> 4 & 7, odd: first & ODD != 0, octets: octets.to_vec() })
            }
            Some(_) | None => Err(Invalid),
        }
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut bytes = vec![LAST | (self.kind & 7) << 4 | if self.odd { ODD } else { 0 }];
        bytes.extend(self.octets.iter().take(MAX_SUBADDRESS));
        bytes
    }
}

/// User-user information.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UserUser {
    /// Protocol discriminator: 0 user specific, 4 IA5 characters (Q.931 table 4-26).
    pub protocol: u8,
    /// The information, up to [`UserUser::MAX`] octets.
    pub octets: Vec<u8>,
}

impl UserUser {
    /// IA5 characters.
    pub const IA5: u8 = 4;
    /// Octets of information at most: 131 of the whole element (Q.931 4.5.30).
    pub const MAX: usize = 128;

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Invalid> {
        bytes.split_first().map(|(protocol, octets)| Self { protocol: *protocol, octets: octets.to_vec() }).ok_or(Invalid)
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut bytes = vec![self.protocol];
        bytes.extend(&self.octets);
        bytes
    }
}
