//! The control API's client: HTTP/1.1 and server-sent events over junctord's Unix socket.
//!
//! [`Client`] has one method for every path of [`model::api::path`]. Each call opens a connection of its own, so that a
//! `Client` is only a socket path and, for the web page, the name of the person who asks; it is cheap to clone and needs
//! no care when junctord restarts. [`Client::events`] follows what happens on the box.
//!
//! ```no_run
//! # async fn example() -> Result<(), client::Error> {
//! let client = client::Client::new("/run/junctor/control.sock");
//! let mut events = client.events().await?;
//! println!("{} spans", client.status().await?.spans.len());
//! while let Some(event) = events.next().await? {
//!     println!("{}", event.kind());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! To lose nothing, open the events first, then read the status, then apply the events to it.
//!
//! Left out on purpose: reconnecting (only the caller knows what it must read again), and any word of the API itself
//! (crate `model` has them).
#![forbid(unsafe_code)]
#![warn(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

mod calls;
mod connection;
mod error;
mod events;
pub mod sse;
pub mod time;

use std::path::{Path, PathBuf};

pub use calls::Capture;
pub use error::Error;
pub use events::Events;

/// Where junctord listens unless it was told otherwise.
pub const DEFAULT_SOCKET: &str = "/run/junctor/control.sock";

/// The header by which the web page states who asks.
pub const USER_HEADER: &str = "x-junctor-user";

/// The header by which the web page states what that user may do.
pub const ROLE_HEADER: &str = "x-junctor-role";

/// What a user of the web page may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Everything.
    Administrator,
    /// Look, and end calls.
    Operator,
    /// Look only.
    Viewer,
}

impl Role {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Operator => "operator",
            Self::Viewer => "viewer",
        }
    }
}

/// A way to ask junctord.
#[derive(Debug, Clone)]
pub struct Client {
    socket: PathBuf,
    on_behalf_of: Option<(String, Role)>,
}

impl Client {
    /// A client of the junctord that listens on `socket`. Connects only when asked something.
    #[must_use]
    pub fn new(socket: impl Into<PathBuf>) -> Self {
        Self { socket: socket.into(), on_behalf_of: None }
    }

    /// States in every request for whom it is made. Only the web page's own system user is believed.
    #[must_use]
    pub fn on_behalf_of(mut self, user: impl Into<String>, role: Role) -> Self {
        self.on_behalf_of = Some((user.into(), role));
        self
    }

    /// The socket's path.
    #[must_use]
    pub fn socket(&self) -> &Path {
        &self.socket
    }
}
