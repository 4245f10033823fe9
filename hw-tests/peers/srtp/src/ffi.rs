//! The C side as Rust sees it: the twin of `shim.h`, and nothing else. Only [`crate::libsrtp`] calls it.

use std::ffi::{c_int, c_uint, c_void};

/// `struct peer_key`.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct PeerKey {
    pub(crate) inline_key: [u8; 30],
    pub(crate) mki: [u8; 4],
}

unsafe extern "C" {
    pub(crate) fn peer_open(
        inbound: c_int,
        short_tag: c_int,
        mki_length: c_int,
        keys: *const PeerKey,
        count: c_int,
    ) -> *mut c_void;
    pub(crate) fn peer_close(session: *mut c_void);
    pub(crate) fn peer_protect(
        session: *mut c_void,
        packet: *mut c_void,
        length: *mut c_int,
        use_mki: c_int,
        key: c_uint,
    ) -> c_int;
    pub(crate) fn peer_protect_rtcp(
        session: *mut c_void,
        packet: *mut c_void,
        length: *mut c_int,
        use_mki: c_int,
        key: c_uint,
    ) -> c_int;
    pub(crate) fn peer_unprotect(session: *mut c_void, packet: *mut c_void, length: *mut c_int, use_mki: c_int) -> c_int;
    pub(crate) fn peer_unprotect_rtcp(session: *mut c_void, packet: *mut c_void, length: *mut c_int, use_mki: c_int) -> c_int;
    pub(crate) fn peer_max_trailer() -> c_int;
}
