//! Who takes part in a call, and what they say of it: numbers and names, diversions, subaddresses, user-to-user information,
//! what the bearer carries.
//!
//! Elements that only another ISDN leg can use (high and low layer compatibility) are kept as octets and never read.

use std::fmt;

/// Whether the called party may see the calling number (Q.951.3, RFC 3323).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Presentation {
    /// It may be shown.
    #[default]
    Allowed,
    /// The caller asked that it not be shown.
    Restricted,
    /// The network has none to show.
    Unavailable,
}

/// Who vouches for a calling number (Q.931 4.5.10 screening indicator).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Screening {
    /// The user gave it and nobody checked.
    #[default]
    UserNotScreened,
    /// The user gave it and the network found it right.
    UserPassed,
    /// The user gave it and the network found it wrong.
    UserFailed,
    /// The network gave it.
    Network,
}

/// A number and what is known of its form (Q.931 type of number).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Number {
    /// Digits, `*` and `#`, without a leading `+`.
    pub digits: String,
    /// International, so that a SIP leg writes it with `+`.
    pub international: bool,
}

impl Number {
    /// Whether it has digits and only what a telephone can dial: 0 to 9, `*` and `#`.
    #[must_use]
    pub fn is_dialable(&self) -> bool {
        !self.digits.is_empty() && self.digits.chars().all(|c| c.is_ascii_digit() || matches!(c, '*' | '#'))
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plus = if self.international { "+" } else { "" };
        write!(f, "{plus}{}", self.digits)
    }
}

impl From<&str> for Number {
    fn from(text: &str) -> Self {
        let (digits, international) = text.strip_prefix('+').map_or((text, false), |rest| (rest, true));
        Self { digits: digits.to_owned(), international }
    }
}

/// A party by number and name: who calls, who answered, who diverted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// The number, empty if none is known.
    pub number: Number,
    /// Whether it may be shown.
    pub presentation: Presentation,
    /// Who vouches for it.
    pub screening: Screening,
    /// A name to show.
    pub name: Option<String>,
}

/// Why a call was diverted (Q.931 4.6.7, RFC 5806, RFC 4458).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DiversionReason {
    /// Not said, or none of the others.
    #[default]
    Unknown,
    /// The called party was busy.
    Busy,
    /// It did not answer.
    NoReply,
    /// Always.
    Unconditional,
    /// It chose so while it was alerted.
    Deflection,
    /// It was out of order or could not be reached.
    OutOfOrder,
    /// The called terminal did it.
    ByTerminal,
}

/// One diversion that a call has been through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diversion {
    /// Who diverted.
    pub by: Identity,
    /// Why.
    pub reason: DiversionReason,
}

/// A subaddress (Q.931 4.5.8, 4.5.9; the `isub` parameter of RFC 3966, RFC 4715).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subaddress {
    /// Type: 0 NSAP (X.213), 2 user specified.
    pub kind: u8,
    /// The number of address signals is odd (BCD only).
    pub odd: bool,
    /// Up to 20 octets; of an NSAP the first is its AFI.
    pub octets: Vec<u8>,
}

/// User-user information (Q.931 4.5.30, RFC 7433 and 7434): what one end's application says to the other's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserToUser {
    /// Protocol discriminator: 0 user specific, 4 IA5 characters.
    pub protocol: u8,
    /// Up to 128 octets.
    pub octets: Vec<u8>,
}

/// What the bearer carries (Q.931 4.5.5).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Bearer {
    /// Speech.
    #[default]
    Speech,
    /// 3.1 kHz audio: fax and modems; nothing may be done to it that speech bears.
    Audio31,
    /// Bits as they are, no audio.
    Data {
        /// Transfer capability (Q.931 table 4-6), 8 unrestricted.
        capability: u8,
        /// How a lower rate, such as 56 kbit/s, fills the channel: octets 5 to 5d of the bearer capability, never read.
        adaption: Option<Vec<u8>>,
    },
}

impl Bearer {
    /// 64 kbit/s as they are.
    pub const UNRESTRICTED: Self = Self::Data { capability: 8, adaption: None };
}

/// What only another ISDN leg can use.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Compatibility {
    /// Low layer compatibility (Q.931 4.5.19).
    pub low_layer: Option<Vec<u8>>,
    /// High layer compatibility (Q.931 4.5.17).
    pub high_layer: Option<Vec<u8>>,
}
