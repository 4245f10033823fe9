//! Elements of one or two octets: cause, call state, progress, notification, restart, segmented message, and display text.
//!
//! Coding standards other than ITU-T are read as if they were ITU-T's, since their values are not known here.

use super::Invalid;
use crate::cause::{Cause, CauseValue, Location};

/// Extension bit: no further octet of this group follows (Q.931 4.5.1).
const LAST: u8 = 0x80;
/// A cause element is at most 32 octets, identifier and length included.
const MAX_DIAGNOSTICS: usize = 27;
/// A display element is at most 82 octets, identifier and length included (Q.931 4.5.16).
const MAX_DISPLAY: usize = 80;

/// Call state value (Q.931 4.5.7): the number of a state of figure 1, or of the global call reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CallStateValue(
    /// 0 to 63.
    pub u8,
);

impl CallStateValue {
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Invalid> {
        bytes.first().map(|octet| Self(octet & 0x3f)).ok_or(Invalid)
    }

    pub(crate) fn encode(self) -> Vec<u8> {
        vec![self.0 & 0x3f]
    }
}

/// Progress indicator (Q.931 4.5.23).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ProgressIndicator {
    /// Where it was set.
    pub location: Location,
    /// The description, 0 to 127; see the constants.
    pub description: u8,
}

impl ProgressIndicator {
    /// Call is not end-to-end ISDN; further progress may come in-band.
    pub const NOT_END_TO_END_ISDN: u8 = 1;
    /// Destination is not ISDN.
    pub const DESTINATION_NOT_ISDN: u8 = 2;
    /// Origination is not ISDN.
    pub const ORIGINATION_NOT_ISDN: u8 = 3;
    /// Call has returned to the ISDN.
    pub const RETURNED_TO_ISDN: u8 = 4;
    /// Interworking has changed the telecommunication service.
    pub const SERVICE_CHANGED: u8 = 5;
    /// In-band information or an appropriate pattern is now available.
    pub const IN_BAND: u8 = 8;

    /// A description set at `location`.
    #[must_use]
    pub const fn new(description: u8, location: Location) -> Self {
        Self { location, description }
    }

    /// Whether the far end may be sending tones or announcements (descriptions 1 and 8).
    #[must_use]
    pub const fn is_in_band(self) -> bool {
        matches!(self.description, Self::NOT_END_TO_END_ISDN | Self::IN_BAND)
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Invalid> {
        match bytes {
            [first, second, ..] if first & LAST != 0 => {
                Ok(Self { location: Location::from_bits(*first), description: second & 0x7f })
            }
            _ => Err(Invalid),
        }
    }

    pub(crate) fn encode(self) -> Vec<u8> {
        vec![LAST | self.location.bits(), LAST | self.description]
    }
}

/// Class of a restart (Q.931 4.5.25).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RestartClass {
    /// 0: the channels in the channel identification element.
    IndicatedChannels,
    /// 6: a single interface.
    SingleInterface,
    /// 7: all interfaces under this D-channel.
    AllInterfaces,
}

impl RestartClass {
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Invalid> {
        match bytes.first().ok_or(Invalid)? & 7 {
            0 => Ok(Self::IndicatedChannels),
            6 => Ok(Self::SingleInterface),
            7 => Ok(Self::AllInterfaces),
            _ => Err(Invalid),
        }
    }

    pub(crate) fn encode(self) -> Vec<u8> {
        vec![
            LAST | match self {
                Self::IndicatedChannels => 0,
                Self::SingleInterface => 6,
                Self::AllInterfaces => 7,
            },
        ]
    }
}

pub(super) fn decode_cause(bytes: &[u8]) -> Result<Cause, Invalid> {
    let (&first, rest) = bytes.split_first().ok_or(Invalid)?;
    // Octet 3a, the recommendation, is there when octet 3 does not end the group.
    let rest = if first & LAST == 0 { rest.get(1..).ok_or(Invalid)? } else { rest };
    let (&value, diagnostics) = rest.split_first().ok_or(Invalid)?;
    Ok(Cause {
        value: CauseValue(value & 0x7f),
        location: Location::from_bits(first),
        diagnostics: diagnostics.iter().take(MAX_DIAGNOSTICS).copied().collect(),
    })
}

pub(super) fn encode_cause(cause: &Cause) -> Vec<u8> {
    let mut bytes = vec![LAST | cause.location.bits(), LAST | cause.value.0];
    bytes.extend(cause.diagnostics.iter().take(MAX_DIAGNOSTICS));
    bytes
}

/// What a SEGMENT is a part of (Q.931 4.5.26).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Segmented {
    /// It is the first.
    pub first: bool,
    /// How many follow, 0 to 127.
    pub remaining: u8,
    /// Type of the message that was cut.
    pub message_type: u8,
}

impl Segmented {
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Invalid> {
        match *bytes {
            [count, message_type] => Ok(Self { first: count & 0x80 != 0, remaining: count & 0x7f, message_type }),
            _ => Err(Invalid),
        }
    }

    pub(crate) fn encode(self) -> Vec<u8> {
        vec![u8::from(self.first) << 7 | self.remaining & 0x7f, self.message_type]
    }
}

/// An element of one octet.
pub(super) fn decode_octet(bytes: &[u8]) -> Result<u8, Invalid> {
    bytes.first().copied().ok_or(Invalid)
}

pub(super) fn decode_notification(bytes: &[u8]) -> Result<u8, Invalid> {
    bytes.first().map(|octet| octet & 0x7f).ok_or(Invalid)
}

/// Text of a display element. Some networks put a type octet with bit 8 set first; control characters become spaces.
pub(super) fn decode_display(bytes: &[u8]) -> String {
    let text = match bytes.split_first() {
        Some((first, rest)) if first & 0x80 != 0 => rest,
        Some(_) | None => bytes,
    };
    text.iter().map(|&byte| char::from(byte)).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// IA5 only; what IA5 does not have becomes a question mark.
pub(crate) fn encode_display(text: &str) -> Vec<u8> {
    text.chars().take(MAX_DISPLAY).map(|c| if c == ' ' || c.is_ascii_graphic() { c as u8 } else { b'?' }).collect()
}
