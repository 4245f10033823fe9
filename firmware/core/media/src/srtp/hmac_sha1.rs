//! HMAC-SHA1 (RFC 2104), the message authentication of both suites (RFC 3711 section 4.2.1).

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use zeroize::Zeroizing;

/// Octets of the whole code; a tag is its front.
pub const WHOLE: usize = 20;
/// Octets of a block of SHA-1.
const BLOCK: usize = 64;

/// An authentication key, with the state of the hash behind it. Printed without it.
#[derive(Clone)]
pub struct HmacSha1 {
    keyed: Hmac<Sha1>,
}

impl HmacSha1 {
    /// Of a key of 160 bits, as SRTP has it.
    #[must_use]
    pub fn new(key: &[u8; 20]) -> Self {
        // HMAC fills a short key up to a block with zeros (RFC 2104 section 2).
        let mut block = Zeroizing::new([0; BLOCK]);
        for (target, octet) in block.iter_mut().zip(key) {
            *target = *octet;
        }
        Self { keyed: Hmac::new((&*block).into()) }
    }

    /// The code of two parts, one behind the other.
    #[must_use]
    pub fn code(&self, first: &[u8], second: &[u8]) -> [u8; WHOLE] {
        self.over(first, second).finalize().into_bytes().into()
    }

    /// Whether `tag` is the front of their code, in a time that does not depend on how much of it is right. An empty tag is
    /// never right.
    #[must_use]
    pub fn verify(&self, first: &[u8], second: &[u8], tag: &[u8]) -> bool {
        self.over(first, second).verify_truncated_left(tag).is_ok()
    }

    fn over(&self, first: &[u8], second: &[u8]) -> Hmac<Sha1> {
        let mut code = self.keyed.clone();
        code.update(first);
        code.update(second);
        code
    }
}

impl fmt::Debug for HmacSha1 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HmacSha1").finish_non_exhaustive()
    }
}
