//! Master key, master salt and MKI, as the `inline` key parameter of `a=crypto` carries them (RFC 4568 section 6.1).
//!
//! What is secret here is never printed and is wiped from memory when it is dropped.

use std::fmt;

use thiserror::Error;
use zeroize::Zeroizing;

/// Octets of a master key of 128 bits.
const KEY: usize = 16;
/// Octets of a master salt of 112 bits.
const SALT: usize = 14;
/// Octets of key and salt together: what the base64 of an `inline` parameter holds.
pub const INLINE: usize = KEY + SALT;

/// An MKI that cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BadMki {
    /// RFC 4568 allows up to 128 octets, this transform 4.
    #[error("mki of {0} octets: at most 4 are supported")]
    TooLong(u8),
    /// The value needs more octets than that.
    #[error("mki value {value} does not fit into {length} octets")]
    TooLarge {
        /// The value.
        value: u32,
        /// The octets it was to have.
        length: u8,
    },
}

/// Master key identifier: which master key a packet was made with, in 0 to 4 octets behind its payload.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Mki {
    octets: [u8; 4],
    length: u8,
}

impl Mki {
    /// No MKI in packets.
    pub const NONE: Self = Self { octets: [0; 4], length: 0 };

    /// `value` in `length` octets, most significant first, as `|value:length` in an `inline` parameter.
    ///
    /// # Errors
    /// [`BadMki`] for a length above 4 and for a value that does not fit. A length of 0 has the value 0 only: [`Mki::NONE`].
    pub const fn new(value: u32, length: u8) -> Result<Self, BadMki> {
        if length > 4 {
            return Err(BadMki::TooLong(length));
        }
        let bits = 8 * length as u32;
        if bits < 32 && value >> bits != 0 {
            return Err(BadMki::TooLarge { value, length });
        }
        // Left-aligned; the length 0 has nothing to align.
        let octets = if bits == 0 { [0; 4] } else { (value << (32 - bits)).to_be_bytes() };
        Ok(Self { octets, length })
    }

    /// Octets on the wire, 0 to 4.
    #[must_use]
    pub const fn length(self) -> usize {
        self.length as usize
    }

    /// The number that SDP states.
    #[must_use]
    pub const fn value(self) -> u32 {
        let bits = 8 * self.length as u32;
        if bits == 0 { 0 } else { u32::from_be_bytes(self.octets) >> (32 - bits) }
    }

    /// As it stands in a packet.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.octets.get(..self.length()).unwrap_or(&[])
    }

    /// Of octets as they stand in a packet; more than 4 are no MKI of ours.
    pub(super) fn from_wire(bytes: &[u8]) -> Option<Self> {
        let mut octets = [0; 4];
        octets.get_mut(..bytes.len())?.copy_from_slice(bytes);
        Some(Self { octets, length: u8::try_from(bytes.len()).ok()? })
    }
}

impl fmt::Debug for Mki {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mki({}:{})", self.value(), self.length)
    }
}

/// Key material of one direction. Printed without its secrets, wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Keys {
    inline: Zeroizing<[u8; INLINE]>,
    mki: Mki,
}

impl Keys {
    /// Of master key, master salt and the MKI that names them.
    #[must_use]
    pub fn new(key: [u8; KEY], salt: [u8; SALT], mki: Mki) -> Self {
        let (key, salt) = (Zeroizing::new(key), Zeroizing::new(salt));
        let mut inline = Zeroizing::new([0; INLINE]);
        for (target, octet) in inline.iter_mut().zip(key.iter().chain(salt.iter())) {
            *target = *octet;
        }
        Self { inline, mki }
    }

    /// Of key and salt as an `inline` parameter has them one behind the other, base64 undone.
    #[must_use]
    pub fn from_inline(inline: [u8; INLINE], mki: Mki) -> Self {
        Self { inline: Zeroizing::new(inline), mki }
    }

    /// Key and salt for an `inline` parameter, base64 to be done. Secret: never to be logged.
    #[must_use]
    pub fn inline(&self) -> &[u8; INLINE] {
        &self.inline
    }

    /// The MKI of packets that are made with them.
    #[must_use]
    pub const fn mki(&self) -> Mki {
        self.mki
    }

    /// Master key and master salt.
    pub(super) fn parts(&self) -> (Zeroizing<[u8; KEY]>, Zeroizing<[u8; SALT]>) {
        let mut key = Zeroizing::new([0; KEY]);
        let mut salt = Zeroizing::new([0; SALT]);
        for (target, octet) in key.iter_mut().chain(salt.iter_mut()).zip(self.inline.iter()) {
            *target = *octet;
        }
        (key, salt)
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").field("mki", &self.mki).finish_non_exhaustive()
    }
}
