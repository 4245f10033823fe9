//! Strangers to our SRTP: libsrtp (Debian's libsrtp2-dev, with MKI) behind a safe interface, and webrtc-srtp.
//!
//! Neither is shipped. libsrtp has the licence BSD-3-Clause; it is linked into the tests and the bench program of this package
//! only. `tests/` tries both against `media::srtp` in both directions, `src/bin/bench-srtp.rs` measures all three in turn.
#![allow(unsafe_code, reason = "libsrtp is C: ffi.rs declares it, libsrtp.rs calls it")]
#![warn(missing_docs, clippy::undocumented_unsafe_blocks)]

mod ffi;
pub mod libsrtp;
