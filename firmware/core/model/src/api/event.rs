//! What the event stream carries.

use serde::{Deserialize, Serialize};

use super::{Call, CallRecord, Counters, LadderLine, Peer, Span};

/// One server-sent event; the SSE event name is the `kind`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Event {
    /// A call began or changed.
    Call {
        /// The call as it is now.
        call: Call,
    },
    /// A call is over and its record is stored.
    CallEnded {
        /// The stored record.
        record: CallRecord,
    },
    /// Something crossed the box's edge for a call.
    Ladder {
        /// The call.
        call: u64,
        /// The new line.
        line: LadderLine,
    },
    /// A span's alarms, link or channels changed.
    Span {
        /// The span as it is now.
        span: Span,
    },
    /// A peer's state changed.
    Peer {
        /// The peer as it is now.
        peer: Peer,
    },
    /// Counters, at most once a second and only when they changed.
    Counters {
        /// Since the start.
        counters: Counters,
    },
    /// This listener was too slow and missed events: read the status again.
    Missed {
        /// How many.
        count: u64,
    },
}

impl Event {
    /// The event's name on the wire.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Call { .. } => "call",
            Self::CallEnded { .. } => "call-ended",
            Self::Ladder { .. } => "ladder",
            Self::Span { .. } => "span",
            Self::Peer { .. } => "peer",
            Self::Counters { .. } => "counters",
            Self::Missed { .. } => "missed",
        }
    }
}
