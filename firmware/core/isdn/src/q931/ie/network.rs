//! Elements for the network: the carrier to take and what it is to do (Q.931 4.5.21, 4.5.29), the time it says (4.5.15).

use super::Invalid;
use super::party::{decode_digits, encode_digits};

/// Extension bit: no further octet of this group follows (Q.931 4.5.1).
const LAST: u8 = 0x80;

/// The network that an element is for: type and plan of its identification, and the identification.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct NetworkIdentification {
    /// Type of network identification: 0 user specified, 2 national, 3 international (Q.931 table 4-20).
    pub kind: u8,
    /// Network identification plan: 0 unknown, 1 carrier identification code, 3 data network identification code.
    pub plan: u8,
    /// IA5 characters.
    pub digits: String,
}

impl NetworkIdentification {
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Invalid> {
        let (octet, digits) = bytes.split_first().ok_or(Invalid)?;
        Ok(Self { kind: octet >> 4 & 7, plan: octet & 0x0f, digits: decode_digits(digits)? })
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut bytes = vec![LAST | (self.kind & 7) << 4 | self.plan & 0x0f];
        bytes.extend(encode_digits(&self.digits));
        bytes
    }
}

/// Network-specific facilities (Q.931 4.5.21).
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct NetworkSpecificFacilities {
    /// Whose facility it is; `None`: the network's that the interface leads to.
    pub network: Option<NetworkIdentification>,
    /// The specification, as that network has it.
    pub facility: Vec<u8>,
}

impl NetworkSpecificFacilities {
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Invalid> {
        let (length, rest) = bytes.split_first().ok_or(Invalid)?;
        let (network, facility) = rest.split_at_checked(usize::from(*length)).ok_or(Invalid)?;
        let network = if network.is_empty() { None } else { Some(NetworkIdentification::decode(network)?) };
        Ok(Self { network, facility: facility.to_vec() })
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let network = self.network.as_ref().map(NetworkIdentification::encode).unwrap_or_default();
        let mut bytes = vec![u8::try_from(network.len()).unwrap_or(u8::MAX)];
        bytes.extend(network);
        bytes.extend(&self.facility);
        bytes
    }
}

/// Date and time (Q.931 4.5.15), as the network's clock shows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DateTime {
    /// Year of the century, 0 to 99.
    pub year: u8,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// Hour and minute, where they are said.
    pub time: Option<(u8, u8)>,
    /// Second, where it is said.
    pub second: Option<u8>,
}

impl DateTime {
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Invalid> {
        let (&[year, month, day], rest) = bytes.split_first_chunk().ok_or(Invalid)?;
        let (time, second) = match *rest {
            [] => (None, None),
            [hour, minute] => (Some((hour, minute)), None),
            [hour, minute, second] => (Some((hour, minute)), Some(second)),
            _ => return Err(Invalid),
        };
        Ok(Self { year, month, day, time, second })
    }

    pub(crate) fn encode(self) -> Vec<u8> {
        let mut bytes = vec![self.year, self.month, self.day];
        if let Some((hour, minute)) = self.time {
            bytes.extend([hour, minute]);
            bytes.extend(self.second);
        }
        bytes
    }
}
