//! Names of the companding laws and of the codecs that RTP can carry (RFC 3551 section 6).

/// Companding law of G.711.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Law {
    /// A-law: E1, Europe and most of the world.
    A,
    /// mu-law: T1, North America and Japan.
    Mu,
}

/// A codec that an offer can name. The payload types are the static ones of RFC 3551 table 4.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Codec {
    /// G.711 A-law, payload type 8.
    Pcma,
    /// G.711 mu-law, payload type 0.
    Pcmu,
}

impl Codec {
    /// Every codec that this crate knows.
    pub const ALL: [Self; 2] = [Self::Pcma, Self::Pcmu];

    /// Payload type in the RTP header, 0 to 127.
    #[must_use]
    pub const fn payload_type(self) -> u8 {
        match self {
            Self::Pcma => 8,
            Self::Pcmu => 0,
        }
    }

    /// The codec of a static payload type.
    #[must_use]
    pub fn from_payload_type(payload_type: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|codec| codec.payload_type() == payload_type)
    }

    /// Encoding name in `a=rtpmap`, as IANA registered it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pcma => "PCMA",
            Self::Pcmu => "PCMU",
        }
    }

    /// Companding law of the payload.
    #[must_use]
    pub const fn law(self) -> Law {
        match self {
            Self::Pcma => Law::A,
            Self::Pcmu => Law::Mu,
        }
    }

    /// The codec whose payload is the law itself, so that a line of this law needs no conversion.
    #[must_use]
    pub const fn of_law(law: Law) -> Self {
        match law {
            Law::A => Self::Pcma,
            Law::Mu => Self::Pcmu,
        }
    }
}
