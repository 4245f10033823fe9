//! The engine on channels of DAHDI that Debian's `dahdi_cfg` has configured.
//!
//! The peer speaks to the kernel by its own few requests ([`kernel`]) and shares no line with the product's DAHDI code: what
//! the two agree on, the kernel says. Semantics: `drivers/dahdi/dahdi-base.c` of DAHDI 2.11. [`channel`] is a D- or B-channel,
//! [`line`](mod@line) a whole span.
//!
//! Left out: hardware HDLC, echo cancellers, the timers and gains of channels.

pub mod channel;
pub mod kernel;
pub mod line;

use std::fmt;
use std::io;

/// A channel that cannot be had, or broke.
#[derive(Debug)]
pub enum DahdiError {
    /// The kernel refused.
    Io {
        /// DAHDI's number of the channel.
        channel: u32,
        /// Doing what.
        doing: &'static str,
        /// Why.
        source: io::Error,
    },
    /// The channel is there, but not as it has to be.
    Unfit {
        /// DAHDI's number of the channel.
        channel: u32,
        /// What it is, and what was expected.
        what: String,
    },
}

impl fmt::Display for DahdiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { channel, doing, .. } => write!(f, "DAHDI channel {channel}: cannot {doing}"),
            Self::Unfit { channel, what } => write!(f, "DAHDI channel {channel}: {what}"),
        }
    }
}

impl std::error::Error for DahdiError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            Self::Unfit { .. } => None,
        }
    }
}
