//! Numbers as Q.931 carries them: digits with type, plan, presentation, screening and reason of redirection.
//!
//! Left out: subaddresses, which travel as unknown elements.

/// Type of number (Q.931 table 4-9).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum TypeOfNumber {
    /// 0
    #[default]
    Unknown,
    /// 1
    International,
    /// 2
    National,
    /// 3
    NetworkSpecific,
    /// 4
    Subscriber,
    /// 6
    Abbreviated,
    /// Reserved: 5 or 7.
    Other(u8),
}

impl TypeOfNumber {
    /// From three bits.
    #[must_use]
    pub const fn from_bits(bits: u8) -> Self {
        match bits & 7 {
            0 => Self::Unknown,
            1 => Self::International,
            2 => Self::National,
            3 => Self::NetworkSpecific,
            4 => Self::Subscriber,
            6 => Self::Abbreviated,
            other => Self::Other(other),
        }
    }

    /// The three bits.
    #[must_use]
    pub const fn bits(self) -> u8 {
        match self {
            Self::Unknown => 0,
            Self::International => 1,
            Self::National => 2,
            Self::NetworkSpecific => 3,
            Self::Subscriber => 4,
            Self::Abbreviated => 6,
            Self::Other(bits) => bits & 7,
        }
    }
}

/// Numbering plan (Q.931 table 4-9).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum NumberingPlan {
    /// 0
    Unknown,
    /// 1: E.164.
    #[default]
    Isdn,
    /// 3: X.121.
    Data,
    /// 4: F.69.
    Telex,
    /// 8
    National,
    /// 9
    Private,
    /// Any other value.
    Other(u8),
}

impl NumberingPlan {
    /// From four bits.
    #[must_use]
    pub const fn from_bits(bits: u8) -> Self {
        match bits & 0x0f {
            0 => Self::Unknown,
            1 => Self::Isdn,
            3 => Self::Data,
            4 => Self::Telex,
            8 => Self::National,
            9 => Self::Private,
            other => Self::Other(other),
        }
    }

    /// The four bits.
    #[must_use]
    pub const fn bits(self) -> u8 {
        match self {
            Self::Unknown => 0,
            Self::Isdn => 1,
            Self::Data => 3,
            Self::Telex => 4,
            Self::National => 8,
            Self::Private => 9,
            Self::Other(bits) => bits & 0x0f,
        }
    }
}

/// Presentation indicator (Q.931 table 4-11).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Presentation {
    /// 0: may be shown.
    #[default]
    Allowed,
    /// 1: must not be shown.
    Restricted,
    /// 2: number not available due to interworking.
    NotAvailable,
    /// 3
    Reserved,
}

impl Presentation {
    /// From two bits.
    #[must_use]
    pub const fn from_bits(bits: u8) -> Self {
        match bits & 3 {
            0 => Self::Allowed,
            1 => Self::Restricted,
            2 => Self::NotAvailable,
            _ => Self::Reserved,
        }
    }

    /// The two bits.
    #[must_use]
    pub const fn bits(self) -> u8 {
        match self {
            Self::Allowed => 0,
            Self::Restricted => 1,
            Self::NotAvailable => 2,
            Self::Reserved => 3,
        }
    }
}

/// Screening indicator (Q.931 table 4-11).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Screening {
    /// 0: user-provided, not screened.
    #[default]
    NotScreened,
    /// 1: user-provided, verified and passed.
    Passed,
    /// 2: user-provided, verified and failed.
    Failed,
    /// 3: network provided.
    Network,
}

impl Screening {
    /// From two bits.
    #[must_use]
    pub const fn from_bits(bits: u8) -> Self {
        match bits & 3 {
            0 => Self::NotScreened,
            1 => Self::Passed,
            2 => Self::Failed,
            _ => Self::Network,
        }
    }

    /// The two bits.
    #[must_use]
    pub const fn bits(self) -> u8 {
        match self {
            Self::NotScreened => 0,
            Self::Passed => 1,
            Self::Failed => 2,
            Self::Network => 3,
        }
    }
}

/// Why a call was redirected (ETS 300 207-1 and Q.931 4.6.7).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum RedirectReason {
    /// 0
    #[default]
    Unknown,
    /// 1: call forwarding busy.
    Busy,
    /// 2: call forwarding no reply.
    NoReply,
    /// 4: call deflection.
    Deflection,
    /// 9: called terminal out of order.
    OutOfOrder,
    /// 10: forwarding by the called terminal.
    ByTerminal,
    /// 15: call forwarding unconditional.
    Unconditional,
    /// Any other value.
    Other(u8),
}

impl RedirectReason {
    /// From four bits.
    #[must_use]
    pub const fn from_bits(bits: u8) -> Self {
        match bits & 0x0f {
            0 => Self::Unknown,
            1 => Self::Busy,
            2 => Self::NoReply,
            4 => Self::Deflection,
            9 => Self::OutOfOrder,
            10 => Self::ByTerminal,
            15 => Self::Unconditional,
            other => Self::Other(other),
        }
    }

    /// The four bits.
    #[must_use]
    pub const fn bits(self) -> u8 {
        match self {
            Self::Unknown => 0,
            Self::Busy => 1,
            Self::NoReply => 2,
            Self::Deflection => 4,
            Self::OutOfOrder => 9,
            Self::ByTerminal => 10,
            Self::Unconditional => 15,
            Self::Other(bits) => bits & 0x0f,
        }
    }
}

/// A party number: digits, type and plan.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Number {
    /// Printable IA5 characters, usually `0-9`, `*` and `#`.
    pub digits: String,
    /// Type of number.
    pub ton: TypeOfNumber,
    /// Numbering plan.
    pub npi: NumberingPlan,
}

impl Number {
    /// Longest number that is sent, in digits.
    pub const MAX_DIGITS: usize = 64;

    /// `digits` of unknown type in the ISDN numbering plan.
    #[must_use]
    pub fn new(digits: impl Into<String>) -> Self {
        Self { digits: digits.into(), ton: TypeOfNumber::Unknown, npi: NumberingPlan::Isdn }
    }

    /// Whether it can be sent: printable IA5 only, and not longer than [`Number::MAX_DIGITS`].
    #[must_use]
    pub fn is_sendable(&self) -> bool {
        self.digits.len() <= Self::MAX_DIGITS && self.digits.bytes().all(|byte| (0x20..0x7f).contains(&byte))
    }
}

/// A calling or connected number (Q.931 4.5.10, Q.951-5).
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct CallingNumber {
    /// The number; may be empty when it is restricted or not available.
    pub number: Number,
    /// Whether it may be shown.
    pub presentation: Presentation,
    /// Who vouches for it.
    pub screening: Screening,
}

/// A redirecting number (Q.931 4.6.7).
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Redirecting {
    /// The number that redirected.
    pub number: Number,
    /// Whether it may be shown.
    pub presentation: Presentation,
    /// Who vouches for it.
    pub screening: Screening,
    /// Why it redirected.
    pub reason: RedirectReason,
}
