//! SRTP and SRTCP in place (RFC 3711), with master keys as SDP carries them (RFC 4568).
//!
//! [`Sender`] turns RTP and RTCP into SRTP and SRTCP in the buffer that holds the packet, [`Receiver`] turns them back. A
//! sender has the key of its own direction, a receiver that of the peer (RFC 4568 section 6.1: each side states the key that
//! it sends with). Neither allocates after construction and neither panics on any input. Both keep what must outlive a
//! packet: per SSRC the roll-over counter, the SRTCP index and a window against replay of [`WINDOW`] packets.
//!
//! ```
//! use media::srtp::{Keys, Mki, Policy, Receiver, Sender, Suite};
//!
//! let policy = Policy::new(Suite::AesCm128HmacSha1_80);
//! let keys = Keys::new([1; 16], [2; 14], Mki::NONE); // a real key is 30 random octets from the process
//! let mut sender = Sender::new(policy, &keys);
//! let mut receiver = Receiver::new(policy, &keys);
//!
//! let mut buffer = [0; 200];
//! buffer[0] = 0x80; // an RTP packet of 172 octets, and room for what SRTP adds
//! let length = sender.protect(&mut buffer, 172)?;
//! assert_eq!(length, 172 + policy.rtp_overhead(Mki::NONE));
//! assert_eq!(receiver.unprotect(&mut buffer[..length]), Ok(172));
//! # Ok::<(), media::srtp::ProtectError>(())
//! ```
//!
//! Order in the receiver (RFC 3711 section 3.3): master key by MKI, index by the sequence number, replay window,
//! authentication, and only then decryption and the update of what it keeps. A packet that is refused is left as it came.
//!
//! A re-key comes by [`Sender::rekey`] and [`Receiver::add_keys`], which keep the roll-over counters (RFC 3711 section
//! 3.3.1). A new session has a new [`Sender`] and [`Receiver`], whose counters begin at 0.
//!
//! Left out: key derivation rates other than 0, AES of 192 and 256 bits (RFC 6188), GCM (RFC 7714), F8, SRTP without
//! authentication (UNAUTHENTICATED_SRTP), encrypted header extensions (RFC 6904), key lifetimes stated in SDP, MKIs of more
//! than 4 octets, the text of `a=crypto`.

pub mod aes_cm;
pub mod derivation;
mod error;
mod header;
pub mod hmac_sha1;
mod index;
mod keys;
mod policy;
mod receiver;
mod replay;
mod sender;
mod session;
mod sources;

pub use error::{ProtectError, RekeyError, UnprotectError};
pub use keys::{BadMki, INLINE, Keys, Mki};
pub use policy::{Policy, Suite};
pub use receiver::{Receiver, ReceiverStats};
pub use replay::WINDOW;
pub use sender::{Sender, SenderStats};
pub use sources::{RECEIVER_SOURCES, SENDER_SOURCES};

/// What a packet grows by at most: a tag of 10 octets, an MKI of 4 and, in SRTCP, the index of 4.
pub const MAX_OVERHEAD: usize = 18;
