//! Names of the companding laws, and the table of codecs that RTP can carry (RFC 3551 section 6, RFC 4040).
//!
//! A codec is a variant and its row: what it is called, whether its payload type is fixed, and what its octets are. A licensed one
//! takes a row like any other; whoever turns its octets into samples lives where such code may live, outside of core.

/// Companding law of G.711.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Law {
    /// A-law: E1, Europe and most of the world.
    A,
    /// mu-law: T1, North America and Japan.
    Mu,
}

/// A codec that an offer can name. All have the RTP clock of 8000 Hz.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Codec {
    /// G.711 A-law.
    Pcma,
    /// G.711 mu-law.
    Pcmu,
    /// G.722 at 64 kbit/s: an octet each 125 us, of two samples at 16 kHz. Its RTP clock is 8000 Hz all the same (RFC 3551 section 4.5.2).
    G722,
    /// The 64 kbit/s of a data call as they are (RFC 4040).
    Clearmode,
}

/// What is fixed of a codec.
struct Row {
    /// Encoding name in `a=rtpmap`, as IANA registered it.
    name: &'static str,
    /// Payload type of RFC 3551 table 4, where it has one.
    payload_type: Option<u8>,
    /// The law of its octets, where they are G.711.
    law: Option<Law>,
}

impl Codec {
    /// Every codec that this crate knows.
    pub const ALL: [Self; 4] = [Self::Pcma, Self::Pcmu, Self::G722, Self::Clearmode];

    const fn row(self) -> Row {
        match self {
            Self::Pcma => Row { name: "PCMA", payload_type: Some(8), law: Some(Law::A) },
            Self::Pcmu => Row { name: "PCMU", payload_type: Some(0), law: Some(Law::Mu) },
            Self::G722 => Row { name: "G722", payload_type: Some(9), law: None },
            Self::Clearmode => Row { name: "CLEARMODE", payload_type: None, law: None },
        }
    }

    /// Encoding name in `a=rtpmap`, as IANA registered it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.row().name
    }

    /// The codec of an encoding name, in whatever case.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|codec| codec.name().eq_ignore_ascii_case(name))
    }

    /// Companding law of the payload; `None` when it is not G.711.
    #[must_use]
    pub const fn law(self) -> Option<Law> {
        self.row().law
    }

    /// The codec whose payload is the law itself, so that a line of this law needs no conversion.
    #[must_use]
    pub const fn of_law(law: Law) -> Self {
        match law {
            Law::A => Self::Pcma,
            Law::Mu => Self::Pcmu,
        }
    }

    /// Whether its octets are bits as they are, with which nothing may be done: no conversion, no concealment, no slip for a clock.
    #[must_use]
    pub const fn is_clear(self) -> bool {
        match self {
            Self::Pcma | Self::Pcmu | Self::G722 => false,
            Self::Clearmode => true,
        }
    }

    /// Whether its octets are sound that only a decoder makes samples of, one that lives outside of core.
    #[must_use]
    pub const fn is_encoded(self) -> bool {
        self.law().is_none() && !self.is_clear()
    }
}

/// A codec and the payload type by which a session knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Format {
    /// Which.
    pub codec: Codec,
    /// 0 to 127.
    pub payload_type: u8,
}

impl Format {
    /// What we call clear mode in offers of ours; any number from 96 to 127 would do (RFC 3551 section 3).
    const CLEARMODE: u8 = 97;

    /// A codec by its own payload type, or by the one that our offers give it.
    #[must_use]
    pub const fn of(codec: Codec) -> Self {
        let payload_type = match codec.row().payload_type {
            Some(fixed) => fixed,
            None => Self::CLEARMODE,
        };
        Self { codec, payload_type }
    }

    /// The codec of a payload type that needs no `a=rtpmap`.
    #[must_use]
    pub fn of_payload_type(payload_type: u8) -> Option<Self> {
        let codec = Codec::ALL.into_iter().find(|codec| codec.row().payload_type == Some(payload_type))?;
        Some(Self { codec, payload_type })
    }
}
