//! What must be unique and hard to guess: tags, branches, Call-IDs (RFC 3261 sections 8.1.1.4, 8.1.1.7, 19.3).

use std::net::SocketAddr;
use std::time::Duration;

use rand_chacha::ChaCha12Rng;
use rand_core::{RngCore, SeedableRng};

use crate::msg::Via;

#[derive(Debug)]
pub(super) struct Identity {
    random: ChaCha12Rng,
    /// Keys the tags of stateless answers, which must be the same for every repeat of a request (RFC 3261 section 8.2.7).
    secret: u64,
}

impl Identity {
    pub(super) fn new(seed: [u8; 32]) -> Self {
        let mut random = ChaCha12Rng::from_seed(seed);
        let secret = random.next_u64();
        Self { random, secret }
    }

    /// 64 random bits; the standard asks for 32.
    pub(super) fn tag(&mut self) -> String {
        format!("{:016x}", self.random.next_u64())
    }

    pub(super) fn branch(&mut self) -> String {
        format!("{}{:016x}", Via::MAGIC_COOKIE, self.random.next_u64())
    }

    pub(super) fn call_id(&mut self, local: SocketAddr) -> String {
        format!("{:016x}{:016x}@{}", self.random.next_u64(), self.random.next_u64(), local.ip())
    }

    /// A tag that depends only on our secret and on `of` (FNV-1a; it need not be hard to guess).
    pub(super) fn stateless_tag(&self, of: &[&str]) -> String {
        let bytes = of.iter().flat_map(|part| part.bytes());
        let hash = bytes
            .fold(self.secret ^ 0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
        format!("{hash:016x}")
    }

    /// A random time from `low` to `high` in units of 10 ms (RFC 3261 section 14.1).
    pub(super) fn pause(&mut self, low_ms: u32, high_ms: u32) -> Duration {
        let steps = high_ms.saturating_sub(low_ms) / 10 + 1;
        Duration::from_millis(u64::from(low_ms + self.random.next_u32() % steps * 10))
    }
}
