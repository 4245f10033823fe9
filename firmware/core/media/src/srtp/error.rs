//! Why a packet was not protected or not taken. A packet of a failed call is left as it was.

use thiserror::Error;

use super::keys::Mki;
use crate::octets::NoRoom;

/// Why a packet could not be protected: our caller's fault, or the end of a key's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ProtectError {
    /// It ends inside its header.
    #[error("packet of {length} octets ends inside its {part}")]
    TooShort {
        /// Octets of the packet.
        length: usize,
        /// What is cut.
        part: &'static str,
    },
    /// Version other than 2.
    #[error("version is {0}, not 2")]
    Version(u8),
    /// Tag, MKI and index do not fit behind the packet.
    #[error(transparent)]
    NoRoom(#[from] NoRoom),
    /// This index was used before: a second packet with it would give away both (RFC 3711 section 9.1).
    #[error("packet {index} of ssrc {ssrc:#010x} was sent before")]
    Repeated {
        /// Whose.
        ssrc: u32,
        /// Roll-over counter and sequence number.
        index: u64,
    },
    /// Too far behind the newest one to know whether it was sent before; also a counter that would be set back.
    #[error("index {index} of ssrc {ssrc:#010x} is too far behind {highest}")]
    TooOld {
        /// Whose.
        ssrc: u32,
        /// Its index.
        index: u64,
        /// The newest one.
        highest: u64,
    },
    /// 2^48 packets, or 2^31 reports (RFC 3711 section 9.2): a new session is needed.
    #[error("all packet indices of ssrc {ssrc:#010x} are used up")]
    KeyExhausted {
        /// Whose.
        ssrc: u32,
    },
    /// More SSRCs than a sender keeps. It forgets none, since a forgotten one would begin again with old keystream.
    #[error("ssrc {ssrc:#010x} is one more than {most}")]
    TooManySources {
        /// The one too many.
        ssrc: u32,
        /// How many there can be.
        most: usize,
    },
}

/// Why a packet was refused: the peer's or a stranger's doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum UnprotectError {
    /// It ends inside the named part.
    #[error("packet of {length} octets ends inside its {part}")]
    TooShort {
        /// Octets of the packet.
        length: usize,
        /// What is cut.
        part: &'static str,
    },
    /// Version other than 2.
    #[error("version is {0}, not 2")]
    Version(u8),
    /// No master key of that name.
    #[error("no master key has the mki {}:{}", .0.value(), .0.length())]
    UnknownMki(Mki),
    /// The tag is another one: other key, changed on the way, or a roll-over counter that differs.
    #[error("packet of ssrc {ssrc:#010x} is not authentic")]
    NotAuthentic {
        /// Whose it says it is.
        ssrc: u32,
    },
    /// Taken before.
    #[error("packet {index} of ssrc {ssrc:#010x} was taken before")]
    Replayed {
        /// Whose.
        ssrc: u32,
        /// Roll-over counter and sequence number, or the SRTCP index.
        index: u64,
    },
    /// Further behind the newest one than the window reaches.
    #[error("packet {index} of ssrc {ssrc:#010x} is too far behind {highest}")]
    TooOld {
        /// Whose.
        ssrc: u32,
        /// Its index.
        index: u64,
        /// The newest one.
        highest: u64,
    },
    /// The sequence numbers wrapped when the roll-over counter was at its end (RFC 3711 section 9.2).
    #[error("all packet indices of ssrc {ssrc:#010x} are used up")]
    KeyExhausted {
        /// Whose.
        ssrc: u32,
    },
}

/// Why keys cannot take over: our caller's or the peer's fault, found before a packet comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RekeyError {
    /// All MKIs of a session are of one length (RFC 4568 section 6.1), or nobody could find them in a packet.
    #[error("mki of {new} octets in a session with mkis of {present}")]
    MkiLength {
        /// Octets of the new one.
        new: usize,
        /// Octets of those in use.
        present: usize,
    },
}
