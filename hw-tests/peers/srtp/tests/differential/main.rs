//! `media::srtp` against strangers: the same packets from either side, each opened by the other, refused by both alike.
//!
//! `libsrtp.rs`: Debian's libsrtp, with and without MKI, two master keys, replays, damage. `webrtc_srtp.rs`: webrtc-srtp,
//! which has no MKI. Packets are random from fixed seeds: CSRC lists, header extensions, padding, 0 to 1400 octets, wraps.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod libsrtp;
mod packets;
mod webrtc_srtp;
