//! The C side as Rust sees it: the twin of `shim.h`, and nothing else.
//!
//! Only [`crate::stack`] calls what is declared here. A test below compares the struct sizes of both sides.

use std::ffi::{c_char, c_int, c_void};

/// A libpri controller with its two frame queues.
#[repr(C)]
pub(crate) struct Peer {
    _opaque: [u8; 0],
}

pub(crate) const LINK_UP: i32 = 1;
pub(crate) const LINK_DOWN: i32 = 2;
pub(crate) const RING: i32 = 3;
pub(crate) const PROCEEDING: i32 = 4;
pub(crate) const ALERTING: i32 = 5;
pub(crate) const PROGRESS: i32 = 6;
pub(crate) const ANSWER: i32 = 7;
pub(crate) const HANGUP_REQUEST: i32 = 8;
pub(crate) const HANGUP: i32 = 9;
pub(crate) const HANGUP_ACK: i32 = 10;
pub(crate) const RESTART: i32 = 11;
pub(crate) const CONFIG_ERROR: i32 = 12;
pub(crate) const OTHER: i32 = 13;
pub(crate) const NEED_DIGITS: i32 = 14;
pub(crate) const DIGITS: i32 = 15;
pub(crate) const SERVICE: i32 = 16;
pub(crate) const SERVICE_ACK: i32 = 17;
pub(crate) const RESTART_ACK: i32 = 18;
pub(crate) const HOLD: i32 = 19;
pub(crate) const HOLD_ACK: i32 = 20;
pub(crate) const HOLD_REJECT: i32 = 21;
pub(crate) const RETRIEVE: i32 = 22;
pub(crate) const RETRIEVE_ACK: i32 = 23;
pub(crate) const RETRIEVE_REJECT: i32 = 24;
pub(crate) const KEYPAD: i32 = 25;

/// `struct peer_event`.
#[repr(C)]
pub(crate) struct PeerEvent {
    pub(crate) kind: i32,
    pub(crate) channel: i32,
    pub(crate) flexible: i32,
    pub(crate) cause: i32,
    pub(crate) progress: i32,
    pub(crate) presentation: i32,
    pub(crate) called_plan: i32,
    pub(crate) calling_plan: i32,
    pub(crate) capability: i32,
    pub(crate) layer1: i32,
    pub(crate) complete: i32,
    pub(crate) raw: i32,
    pub(crate) call: *mut c_void,
    pub(crate) called: [c_char; 64],
    pub(crate) calling: [c_char; 64],
    pub(crate) text: [c_char; 64],
    pub(crate) redirecting: [c_char; 64],
    pub(crate) redirecting_reason: i32,
    pub(crate) interface: i32,
}

impl PeerEvent {
    pub(crate) const fn empty() -> Self {
        Self {
            kind: 0,
            channel: -1,
            flexible: 0,
            cause: -1,
            progress: 0,
            presentation: 0,
            called_plan: 0,
            calling_plan: 0,
            capability: 0,
            layer1: 0,
            complete: 0,
            raw: 0,
            call: std::ptr::null_mut(),
            called: [0; 64],
            calling: [0; 64],
            text: [0; 64],
            redirecting: [0; 64],
            redirecting_reason: 0,
            interface: -1,
        }
    }
}

/// `struct peer_setup`.
#[repr(C)]
pub(crate) struct PeerSetup {
    pub(crate) called: *const c_char,
    pub(crate) calling: *const c_char,
    pub(crate) name: *const c_char,
    pub(crate) called_plan: i32,
    pub(crate) calling_plan: i32,
    pub(crate) presentation: i32,
    pub(crate) channel: i32,
    pub(crate) exclusive: i32,
    pub(crate) capability: i32,
    pub(crate) layer1: i32,
    pub(crate) complete: i32,
    pub(crate) redirecting_reason: i32,
    pub(crate) redirecting: *const c_char,
}

unsafe extern "C" {
    pub(crate) fn peer_new(
        name: *const c_char,
        network: c_int,
        switch_type: c_int,
        overlap: c_int,
        facility: c_int,
        hold: c_int,
        hear: c_int,
        debug: c_int,
    ) -> *mut Peer;
    pub(crate) fn peer_enslave(master: *mut Peer, slave: *mut Peer);
    pub(crate) fn peer_set_timer(peer: *mut Peer, timer: *const c_char, value: c_int) -> c_int;
    pub(crate) fn peer_receive(peer: *mut Peer, frame: *const u8, length: usize, event: *mut PeerEvent) -> c_int;
    pub(crate) fn peer_run_timers(peer: *mut Peer, event: *mut PeerEvent) -> c_int;
    pub(crate) fn peer_next_timer_ms(peer: *mut Peer) -> i64;
    pub(crate) fn peer_transmit(peer: *mut Peer, frame: *mut u8, room: usize) -> i64;
    pub(crate) fn peer_place(peer: *mut Peer, setup: *const PeerSetup) -> *mut c_void;
    pub(crate) fn peer_need_digits(peer: *mut Peer, call: *mut c_void, channel: c_int) -> c_int;
    pub(crate) fn peer_digit(peer: *mut Peer, call: *mut c_void, digit: c_char) -> c_int;
    pub(crate) fn peer_keypad(peer: *mut Peer, call: *mut c_void, digits: *const c_char) -> c_int;
    pub(crate) fn peer_proceeding(peer: *mut Peer, call: *mut c_void, channel: c_int) -> c_int;
    pub(crate) fn peer_alerting(peer: *mut Peer, call: *mut c_void, channel: c_int) -> c_int;
    pub(crate) fn peer_answer(peer: *mut Peer, call: *mut c_void, channel: c_int) -> c_int;
    pub(crate) fn peer_restart(peer: *mut Peer, channel: c_int) -> c_int;
    pub(crate) fn peer_service(peer: *mut Peer, span: c_int, channel: c_int, status: c_int) -> c_int;
    pub(crate) fn peer_hold(peer: *mut Peer, call: *mut c_void) -> c_int;
    pub(crate) fn peer_hold_accept(peer: *mut Peer, call: *mut c_void) -> c_int;
    pub(crate) fn peer_retrieve(peer: *mut Peer, call: *mut c_void, channel: c_int) -> c_int;
    pub(crate) fn peer_retrieve_accept(peer: *mut Peer, call: *mut c_void, channel: c_int) -> c_int;
    pub(crate) fn peer_retrieve_refuse(peer: *mut Peer, call: *mut c_void, cause: c_int) -> c_int;
    pub(crate) fn peer_hangup(peer: *mut Peer, call: *mut c_void, cause: c_int, user_user: *const c_char) -> c_int;
}

#[cfg(test)]
mod tests {
    use super::*;

    unsafe extern "C" {
        fn peer_event_size() -> usize;
        fn peer_setup_size() -> usize;
    }

    /// A field added on one side only would shift all that follows.
    #[test]
    fn structs_have_the_same_size_on_both_sides() {
        // SAFETY: both functions only return a constant.
        let c_side = unsafe { (peer_event_size(), peer_setup_size()) };
        assert_eq!(c_side, (size_of::<PeerEvent>(), size_of::<PeerSetup>()));
    }
}
