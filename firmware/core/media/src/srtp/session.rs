//! One master key at work: the session keys of SRTP and SRTCP.

use std::fmt;

use super::aes_cm::AesCm;
use super::derivation::{Derivation, Label};
use super::hmac_sha1::HmacSha1;
use super::keys::{Keys, Mki};

/// Cipher and authentication of one of the two protocols.
#[derive(Debug)]
pub(super) struct Protection {
    pub(super) cipher: AesCm,
    pub(super) authentication: HmacSha1,
}

/// What is derived from a master key. Printed without secrets, wiped when dropped.
pub(super) struct Session {
    pub(super) mki: Mki,
    pub(super) rtp: Protection,
    pub(super) rtcp: Protection,
}

impl Session {
    pub(super) fn new(keys: &Keys) -> Self {
        let (key, salt) = keys.parts();
        let derivation = Derivation::new(&key, &salt);
        let protection = |encryption, authentication, salt| Protection {
            cipher: AesCm::new(&derivation.derive(encryption), &derivation.derive(salt)),
            authentication: HmacSha1::new(&derivation.derive(authentication)),
        };
        Self {
            mki: keys.mki(),
            rtp: protection(Label::RtpEncryption, Label::RtpAuthentication, Label::RtpSalt),
            rtcp: protection(Label::RtcpEncryption, Label::RtcpAuthentication, Label::RtcpSalt),
        }
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("mki", &self.mki).finish_non_exhaustive()
    }
}
