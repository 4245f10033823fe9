//! One end of a call: a timeslot, an RTP session, or nobody because its side holds.

use std::time::Instant;

use call::words::{CallId, SpanId};
use media::echo::Figures;
use media::{BLOCK, Law, g711};

use super::rtp_socket::RtpSocket;
use super::timeslot::Timeslot;

/// See the module header.
pub(super) enum End {
    Timeslot(Box<Timeslot>),
    /// An RTP session, which converts to the other end's law itself.
    Rtp(Box<RtpSocket>),
    /// A side that holds and has left its channel: nothing comes from it, by the law that the other end converts from or to.
    Held {
        law: Law,
    },
}

impl End {
    pub(super) const fn span(&self) -> Option<SpanId> {
        match self {
            Self::Timeslot(timeslot) => Some(timeslot.span),
            Self::Rtp(_) | Self::Held { .. } => None,
        }
    }

    pub(super) const fn law(&self) -> Option<Law> {
        match self {
            Self::Timeslot(timeslot) => Some(timeslot.law),
            Self::Held { law } => Some(*law),
            Self::Rtp(_) => None,
        }
    }

    /// Takes one block from this end; false when there is none.
    pub(super) fn read(&mut self, block: &mut [u8; BLOCK]) -> bool {
        match self {
            Self::Timeslot(timeslot) => timeslot.read(block),
            Self::Rtp(socket) => {
                socket.read_block(block);
                true
            }
            Self::Held { law } => {
                block.fill(g711::silence(*law));
                true
            }
        }
    }

    /// Whether its side keeps the other one waiting, and leaves it to the box what is heard meanwhile.
    pub(super) fn holds(&self, now: Instant) -> bool {
        match self {
            Self::Timeslot(_) => false,
            Self::Rtp(socket) => socket.holds(now),
            Self::Held { .. } => true,
        }
    }

    /// Gives one block to this end.
    pub(super) fn write(&mut self, call: CallId, now: Instant, block: &[u8; BLOCK]) {
        match self {
            Self::Timeslot(timeslot) => timeslot.write(block),
            Self::Rtp(socket) => socket.write_block(call, now, block),
            Self::Held { .. } => {}
        }
    }

    pub(super) fn socket(&mut self) -> Option<&mut RtpSocket> {
        match self {
            Self::Timeslot(_) | Self::Held { .. } => None,
            Self::Rtp(socket) => Some(socket),
        }
    }

    pub(super) fn rtp(&self) -> Option<&RtpSocket> {
        match self {
            Self::Timeslot(_) | Self::Held { .. } => None,
            Self::Rtp(socket) => Some(socket),
        }
    }

    pub(super) fn timeslot(&mut self) -> Option<&mut Timeslot> {
        match self {
            Self::Timeslot(timeslot) => Some(timeslot),
            Self::Rtp(_) | Self::Held { .. } => None,
        }
    }

    /// How the box's own echo canceller does on its line.
    pub(super) fn echo_figures(&self) -> Option<Figures> {
        match self {
            Self::Timeslot(timeslot) => timeslot.echo_figures(),
            Self::Rtp(_) | Self::Held { .. } => None,
        }
    }

    /// Whether digits come from it as telephone events.
    pub(super) fn has_events(&self) -> bool {
        self.rtp().is_some_and(RtpSocket::takes_events)
    }

    /// Whether its far side is told of digits in signalling, and hears nothing of them.
    pub(super) fn is_told_in_signalling(&self) -> bool {
        self.rtp().is_some_and(RtpSocket::is_told_in_signalling)
    }

    /// Whether digits go to it in another form than their tones.
    pub(super) fn wants_digits(&self) -> bool {
        self.has_events() || self.is_told_in_signalling()
    }

    /// The other side presses a digit.
    pub(super) fn press(&mut self, digit: char) {
        match self {
            Self::Timeslot(timeslot) => timeslot.press(digit),
            Self::Rtp(socket) => socket.press(digit),
            Self::Held { .. } => {}
        }
    }

    /// It is released after so many milliseconds; whether this side gets it.
    pub(super) fn release(&mut self, digit: char, ms: u32) -> bool {
        match self {
            Self::Timeslot(timeslot) => timeslot.release(digit, ms),
            Self::Rtp(socket) => socket.release(digit, ms),
            Self::Held { .. } => true,
        }
    }

    /// Whether it is this timeslot.
    pub(super) fn is_channel(&self, wanted: SpanId, slot: u8) -> bool {
        match self {
            Self::Timeslot(timeslot) => timeslot.span == wanted && timeslot.slot() == slot,
            Self::Rtp(_) | Self::Held { .. } => false,
        }
    }
}
