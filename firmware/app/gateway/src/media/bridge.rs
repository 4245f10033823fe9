//! Calls whose two ends are RTP and speak the same: each packet passes on as it comes, without a jitter buffer and without waiting for a beat
//! ([`media::Passing`]).
//!
//! Not where something is to be made of what passes: another codec, digits in another form, comfort noise for one that
//! does not take its description, music while one side holds. A digit that the box itself keys, and someone who listens to the call, end it for the rest of the call.

use std::net::SocketAddr;
use std::time::Instant;

use call::words::CallId;
use media::Event;

use super::connection::Told;
use super::end::End;
use super::rtp_socket::RtpSocket;

/// Whether packets of either end can be sent to the other as they are, but for G.711's law.
pub(super) fn is_possible(a: &End, b: &End) -> bool {
    let (Some(a), Some(b)) = (a.rtp(), b.rtp()) else { return false };
    let same_audio = a.codec() == b.codec() || (a.codec().law().is_some() && b.codec().law().is_some());
    let same_digits = a.takes_events() == b.takes_events() && !a.is_told_in_signalling() && !b.is_told_in_signalling();
    let same_silence = a.takes_noise() == b.takes_noise() && !a.suppresses_silence() && !b.suppresses_silence();
    same_audio && same_digits && same_silence && !a.is_holding() && !b.is_holding()
}

/// Passes on what came to a port; false when that is no end's RTP port.
pub(super) fn pass([a, b]: [&mut End; 2], call: CallId, now: Instant, (port, from, octets): (u16, SocketAddr, &[u8])) -> bool {
    let (Some(a), Some(b)) = (a.socket(), b.socket()) else { return false };
    let (came_to, other) = if a.port() == port {
        (a, b)
    } else if b.port() == port {
        (b, a)
    } else {
        return false;
    };
    if let Some(passing) = came_to.accept(call, now, from, octets) {
        other.pass(call, now, &passing);
    }
    true
}

/// Notes what a session has to say; its digits have passed already.
pub(super) fn note_events(socket: &mut RtpSocket, told: &mut Told) {
    while let Some(event) = socket.poll_event() {
        if !matches!(event, Event::DigitBegan { .. }) {
            told.event(&event);
        }
    }
}
