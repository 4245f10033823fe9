//! Session keys out of a master key (RFC 3711 section 4.3), with the key derivation rate 0: once, for all packets.

use zeroize::Zeroizing;

use super::aes_cm::AesCm;

/// What a derived key is for (RFC 3711 section 4.3.1 and 4.3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Label {
    /// 0: encryption key of SRTP.
    RtpEncryption,
    /// 1: authentication key of SRTP.
    RtpAuthentication,
    /// 2: salt of SRTP.
    RtpSalt,
    /// 3: encryption key of SRTCP.
    RtcpEncryption,
    /// 4: authentication key of SRTCP.
    RtcpAuthentication,
    /// 5: salt of SRTCP.
    RtcpSalt,
}

impl Label {
    /// The octet.
    #[must_use]
    pub const fn value(self) -> u8 {
        match self {
            Self::RtpEncryption => 0,
            Self::RtpAuthentication => 1,
            Self::RtpSalt => 2,
            Self::RtcpEncryption => 3,
            Self::RtcpAuthentication => 4,
            Self::RtcpSalt => 5,
        }
    }
}

/// A master key and its salt, ready to derive from.
#[derive(Debug)]
pub struct Derivation {
    /// The generator of section 4.3.3 is AES-CM with `x` as its salt: SSRC and index are 0, the label comes in as an index.
    generator: AesCm,
}

impl Derivation {
    /// Of master key and master salt.
    #[must_use]
    pub fn new(key: &[u8; 16], salt: &[u8; 14]) -> Self {
        Self { generator: AesCm::new(key, salt) }
    }

    /// `N` octets for that purpose.
    #[must_use]
    pub fn derive<const N: usize>(&self, label: Label) -> Zeroizing<[u8; N]> {
        let mut derived = Zeroizing::new([0; N]);
        // key_id is the label above 48 bits of index DIV rate, which are 0 with the rate 0.
        self.generator.apply(0, u64::from(label.value()) << 48, derived.as_mut_slice());
        derived
    }
}
