//! What is agreed for a session besides the keys: the crypto suite (RFC 4568 section 6.2) and what stays in the clear.

use super::keys::Mki;

/// Octets of E bit and SRTCP index (RFC 3711 section 3.4).
pub(super) const RTCP_INDEX: usize = 4;

/// Crypto suite, by the names of RFC 4568 section 6.2. Both use AES-128 in counter mode and HMAC-SHA1 with a key of 160 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Suite {
    /// Tags of 80 bits.
    AesCm128HmacSha1_80,
    /// Tags of 32 bits in SRTP; SRTCP keeps 80 (RFC 4568 section 6.2.2).
    AesCm128HmacSha1_32,
}

impl Suite {
    /// All of them, the stronger first.
    pub const ALL: [Self; 2] = [Self::AesCm128HmacSha1_80, Self::AesCm128HmacSha1_32];

    /// Its name in `a=crypto`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AesCm128HmacSha1_80 => "AES_CM_128_HMAC_SHA1_80",
            Self::AesCm128HmacSha1_32 => "AES_CM_128_HMAC_SHA1_32",
        }
    }

    /// The suite of that name. RFC 4568 section 9.2 writes the names in capitals; other spellings are none of ours.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|suite| suite.name() == name)
    }

    /// Octets of the authentication tag in SRTP.
    #[must_use]
    pub const fn rtp_tag(self) -> usize {
        match self {
            Self::AesCm128HmacSha1_80 => 10,
            Self::AesCm128HmacSha1_32 => 4,
        }
    }

    /// Octets of the authentication tag in SRTCP.
    #[must_use]
    pub const fn rtcp_tag(self) -> usize {
        match self {
            Self::AesCm128HmacSha1_80 | Self::AesCm128HmacSha1_32 => 10,
        }
    }
}

/// What both ends agreed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Policy {
    /// The crypto suite.
    pub suite: Suite,
    /// False after UNENCRYPTED_SRTP (RFC 4568 section 6.3.2): payloads are only authenticated.
    pub encrypt_rtp: bool,
    /// False after UNENCRYPTED_SRTCP: reports are only authenticated. It says what a sender does; a receiver goes by the E
    /// bit of each packet (RFC 3711 section 3.4).
    pub encrypt_rtcp: bool,
}

impl Policy {
    /// Everything encrypted, which is what a crypto suite means without session parameters.
    #[must_use]
    pub const fn new(suite: Suite) -> Self {
        Self { suite, encrypt_rtp: true, encrypt_rtcp: true }
    }

    /// Octets that SRTP adds to a packet.
    #[must_use]
    pub const fn rtp_overhead(self, mki: Mki) -> usize {
        mki.length() + self.suite.rtp_tag()
    }

    /// Octets that SRTCP adds to a compound.
    #[must_use]
    pub const fn rtcp_overhead(self, mki: Mki) -> usize {
        RTCP_INDEX + mki.length() + self.suite.rtcp_tag()
    }
}
