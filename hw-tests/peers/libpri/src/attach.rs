//! What the engine is attached to: an end of a virtual span ([`crate::line`]) or channels of DAHDI ([`crate::dahdi`]).
//!
//! The loop of [`crate::run`] waits for [`Attached::wanted`], then calls [`Attached::service`], which moves frames and audio
//! between span and engine and never blocks.

use std::fmt;
use std::time::Instant;

use nix::poll::PollFd;

use crate::dahdi::DahdiError;
use crate::engine::Engine;
use crate::report::LineFaults;

/// A span, as the loop sees it.
pub trait Attached {
    /// What to poll.
    fn wanted(&self) -> Vec<PollFd<'_>>;
    /// The span's alarms, `none` if there is none.
    fn alarms(&self) -> String;
    /// Why no call may be placed now.
    fn call_obstacle(&self) -> Option<String>;
    /// Cuts the line of a span, or mends it.
    fn cut(&mut self, interface: u8, cut: bool) -> Result<(), LineError>;
    /// Moves everything that can be moved; returns what happened on the span, a line each.
    fn service(&mut self, now: Instant, engine: &mut Engine) -> Result<Vec<String>, LineError>;
    /// Sends what libpri has, in its order.
    fn send_frames(&mut self, engine: &mut Engine) -> Result<(), LineError>;
    /// What was lost on the span since the start.
    fn faults(&self) -> LineFaults;
}

/// A span that broke, or cannot be had.
#[derive(Debug)]
pub enum LineError {
    /// The virtual span.
    Virtual(tdm::Error),
    /// DAHDI.
    Dahdi(DahdiError),
}

impl fmt::Display for LineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Virtual(error) => error.fmt(f),
            Self::Dahdi(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for LineError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Virtual(error) => error.source(),
            Self::Dahdi(error) => error.source(),
        }
    }
}

impl From<tdm::Error> for LineError {
    fn from(error: tdm::Error) -> Self {
        Self::Virtual(error)
    }
}

impl From<DahdiError> for LineError {
    fn from(error: DahdiError) -> Self {
        Self::Dahdi(error)
    }
}
