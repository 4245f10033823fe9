//! SRTP and SRTCP: published vectors, round trips, what is refused, roll-over, replay, re-keying, sources, a lossy link.
//!
//! `vectors.rs` is proof against vectors of RFC 3711, RFC 2202 and libsrtp. The others show what both ends of ours agree on; the
//! proof against strangers in motion, libsrtp and webrtc-srtp, is in `hw-tests/tests/srtp`.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests")]

mod damage;
mod keys;
mod lossy_link;
mod packets;
mod rekey;
mod replay;
mod roll_over;
mod round_trip;
mod sources;
mod srtcp;
mod vectors;
