//! [`Refused`]: why a span could not be had, with its name and the cure.

use std::io;

/// A span, a channel or a request was refused. `Display` names the span, what was tried and the cure; the source is the kernel's error.
#[derive(Debug, thiserror::Error)]
#[error("span \"{span}\": cannot {doing}: {cure}")]
pub struct Refused {
    /// The span's name in the configuration.
    pub span: String,
    /// What was tried, in words.
    pub doing: String,
    /// What to do about it.
    pub cure: String,
    /// Whether the device is not there (yet): worth trying again later.
    pub missing: bool,
    /// What the kernel said.
    #[source]
    pub source: Option<io::Error>,
}
