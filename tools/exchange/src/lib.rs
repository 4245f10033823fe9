//! The telephone network at the far end of a span: answers, refuses and places calls, speaks, listens and records.
//!
//! [`Exchange`] is the network side of one primary rate interface on one [`tdm::Span`], driven by one thread:
//!
//! ```text
//! poll(exchange.poll_fd(), exchange.next_timeout())
//! exchange.service()?                      span, D-channel, calls, audio
//! while let Some(report) = exchange.poll_report() { .. }
//! ```
//!
//! [`Plan`] says how it treats the numbers that are called; [`serve`](mod@serve) puts it behind a control socket (JSON, one
//! object a line: [`control`]); [`client`] and [`load`] are the other end of that socket. The program `junctor-exchange` is
//! nothing but these.
//!
//! On a span in lock step its time is the span's: 10 ms a block, so that "clears after one second" is 100 blocks however
//! fast they pass.
//!
//! Left out: overlap dialling, supplementary services, CAS and analog lines, recording before the answer.
#![forbid(unsafe_code)]
#![warn(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

mod call;
pub mod client;
pub mod control;
mod engine;
pub mod load;
pub mod plan;
pub mod probe;
pub mod report;
pub mod serve;
pub mod sound;

pub use engine::{Exchange, FarSpan, Settings, Time};
pub use plan::{Plan, Treatment};
pub use report::Report;

/// Why the exchange could not start, go on or do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The span broke.
    #[error("the span failed")]
    Span(#[from] tdm::Error),
    /// A WAV file cannot be played or written.
    #[error("{path}: {reason}")]
    Sound {
        /// The file.
        path: String,
        /// What is wrong.
        reason: String,
    },
    /// The control socket cannot be used.
    #[error("{doing}")]
    Control {
        /// What was tried, with the path.
        doing: String,
        /// Why it failed.
        source: std::io::Error,
    },
    /// The D-channel cannot take a call.
    #[error("refused: cause {0}")]
    Refused(isdn::CauseValue),
    /// The other end of the control socket said something unexpected, or nothing any more.
    #[error("control socket: {0}")]
    Answer(String),
}

impl Error {
    pub(crate) fn control(doing: impl Into<String>, source: impl Into<std::io::Error>) -> Self {
        Self::Control { doing: doing.into(), source: source.into() }
    }
}
