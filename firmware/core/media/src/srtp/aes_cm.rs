//! AES in counter mode as SRTP uses it (RFC 3711 section 4.1.1).
//!
//! The counter block is salt, SSRC and packet index exclusive-ored, each at its place, with 16 bits of block counter below:
//! one packet may have 2^16 blocks, 1 MiB, which no datagram reaches.

use std::fmt;

use aes::Aes128Enc;
use aes::cipher::{InnerIvInit, KeyInit, StreamCipherCore};
use ctr::{CtrCore, flavors::Ctr128BE};
use zeroize::Zeroize;

/// A session key and a session salt. Printed without them, wiped when dropped.
pub struct AesCm {
    cipher: Aes128Enc,
    /// The salt times 2^16.
    offset: u128,
}

impl AesCm {
    /// Of session key and session salt.
    #[must_use]
    pub fn new(key: &[u8; 16], salt: &[u8; 14]) -> Self {
        let offset = salt.iter().fold(0, |sum: u128, octet| sum << 8 | u128::from(*octet)) << 16;
        Self { cipher: Aes128Enc::new(key.into()), offset }
    }

    /// Encrypts or decrypts, which is the same: packet `index` (48 bits in SRTP, 31 in SRTCP) of source `ssrc`.
    pub fn apply(&self, ssrc: u32, index: u64, data: &mut [u8]) {
        let counter = self.offset ^ u128::from(ssrc) << 64 ^ u128::from(index) << 16;
        CtrCore::<_, Ctr128BE>::inner_iv_init(&self.cipher, &counter.to_be_bytes().into()).apply_keystream_partial(data.into());
    }
}

impl Drop for AesCm {
    fn drop(&mut self) {
        self.offset.zeroize();
    }
}

impl fmt::Debug for AesCm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AesCm").finish_non_exhaustive()
    }
}
