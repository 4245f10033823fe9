//! A received frame in the form that the states take, and what is counted of it before they see it.
//!
//! The C/R bit tells a command from a response by the side that sent it (Q.921 3.3.2, table 1). A frame that has it wrong comes from a looped
//! line or from a far end on this end's side; which of the two, is told by its time. Driven by `Link::handle_frame`.

use std::time::{Duration, Instant};

use super::link::Link;
use super::{Body, Event, Frame, MdlError, Supervisory, Unnumbered};
use crate::Side;

/// How long a loop may take to bring a frame back: transmit queue, line and receive queue. Far below T200, so that a far end that sends the
/// same by itself is seldom taken for one.
const LOOP_DELAY: Duration = Duration::from_millis(100);

/// A frame as the states see it.
#[derive(Debug)]
pub(super) enum Received {
    Information {
        ns: u8,
        nr: u8,
        poll: bool,
        info: Vec<u8>,
    },
    Supervisory {
        kind: Supervisory,
        nr: u8,
        poll_final: bool,
        command: bool,
    },
    SetMode {
        poll: bool,
    },
    Disconnect {
        poll: bool,
    },
    Acknowledge {
        is_final: bool,
    },
    DisconnectedMode {
        is_final: bool,
    },
    /// Frame rejection condition, or FRMR.
    Rejection(MdlError),
}

impl Link {
    /// Whether a frame is the copy of our last command, back within the delay of a loop.
    pub(super) fn is_looped(&self, now: Instant, bytes: &[u8]) -> bool {
        let soon = |at: &Instant| now.saturating_duration_since(*at) <= LOOP_DELAY;
        self.last_command.as_ref().is_some_and(|(at, sent)| sent == bytes && soon(at))
    }

    pub(super) const fn count_received(&mut self, received: &Received) {
        self.stats.frames_received += 1;
        match received {
            Received::SetMode { .. } => self.stats.sabme_received += 1,
            Received::Disconnect { .. } => self.stats.disc_received += 1,
            Received::DisconnectedMode { .. } => self.stats.dm_received += 1,
            Received::Information { .. }
            | Received::Supervisory { .. }
            | Received::Acknowledge { .. }
            | Received::Rejection(_) => {}
        }
    }

    const fn count_wrong_direction(&mut self, received: &Received, looped: bool) {
        self.stats.wrong_direction += 1;
        if looped {
            self.stats.looped += 1;
        } else if matches!(received, Received::SetMode { .. }) {
            self.stats.same_side += 1;
        }
    }

    /// A frame in the form the states take; `None` when it is counted here and needs no reaction. `looped`: it is our own.
    pub(super) fn classify(&mut self, frame: Frame, looped: bool) -> Option<Received> {
        // A command from the network has C/R = 1, a command from the user has 0 (Q.921 table 1).
        let command = frame.address.command_response == (self.side == Side::User);
        let (received, is_command) = match frame.body {
            Body::Information { ns, nr, poll, info } => (Received::Information { ns, nr, poll, info }, true),
            Body::Supervisory { kind, nr, poll_final } => {
                return Some(Received::Supervisory { kind, nr, poll_final, command });
            }
            Body::Unnumbered { kind, poll_final, info } => match kind {
                Unnumbered::SetMode => (Received::SetMode { poll: poll_final }, true),
                Unnumbered::Disconnect => (Received::Disconnect { poll: poll_final }, true),
                Unnumbered::Acknowledge => (Received::Acknowledge { is_final: poll_final }, false),
                Unnumbered::DisconnectedMode => (Received::DisconnectedMode { is_final: poll_final }, false),
                Unnumbered::FrameReject => (Received::Rejection(MdlError::K), false),
                Unnumbered::Information => {
                    self.events.push_back(Event::UnitData(info));
                    return None;
                }
                Unnumbered::Exchange => {
                    self.stats.ignored += 1;
                    return None;
                }
            },
        };
        if command != is_command {
            self.count_wrong_direction(&received, looped);
            tracing::warn!("{}: {received:?} with the wrong c/r bit: line looped, or both ends are the same side", self.tag());
            return None;
        }
        Some(received)
    }
}
