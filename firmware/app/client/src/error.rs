//! What can go wrong with a request, by blame.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use model::api::Fault;

/// Why a request has no result.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The socket is not there, or not for us.
    #[error("cannot connect to {}: {}", socket.display(), advice(source))]
    Connect {
        /// The socket's path.
        socket: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// junctord refused or could not do it, and said why.
    #[error("{0}")]
    Fault(Fault),
    /// junctord took the request and then said nothing.
    #[error("no answer to {request} within {} s: junctord hangs or is overloaded", waited.as_secs())]
    Silent {
        /// Method and path.
        request: String,
        /// How long was waited.
        waited: Duration,
    },
    /// What came back is no answer of the control API: another version, or no junctord at all.
    #[error("broken answer to {request}: {what}")]
    Broken {
        /// Method and path.
        request: String,
        /// What was found.
        what: String,
    },
}

impl Error {
    pub(crate) fn broken(request: &str, what: impl std::fmt::Display) -> Self {
        Self::Broken { request: request.to_owned(), what: what.to_string() }
    }
}

fn advice(source: &io::Error) -> String {
    match source.kind() {
        io::ErrorKind::NotFound => "there is no such socket, check that junctord runs and the path".into(),
        io::ErrorKind::ConnectionRefused => "nobody listens there, check that junctord runs".into(),
        io::ErrorKind::PermissionDenied => "not permitted, check that your user is in group junctor-admin".into(),
        _ => format!("{source}, check that junctord runs"),
    }
}
