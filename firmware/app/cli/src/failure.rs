//! What goes wrong, and the exit code it means.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Why a command did not succeed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The request had no result.
    Client(client::Error),
    /// A file named on the command line cannot be read or written.
    File { path: PathBuf, error: io::Error },
    /// Standard output cannot be written.
    Output(io::Error),
    /// Whoever read our output has seen enough.
    ReaderGone,
    /// The answer itself is the bad news and was printed.
    AlreadySaid,
    /// junctord ended the event stream.
    StreamEnded,
}

impl Failure {
    pub(crate) fn output(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe { Self::ReaderGone } else { Self::Output(error) }
    }

    pub(crate) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |error| Self::File { path: path.to_owned(), error }
    }

    /// What to tell, if anything.
    pub(crate) fn text(&self) -> Option<String> {
        match self {
            Self::Client(error) => Some(crate::table::printable(&error.to_string())),
            Self::File { path, error } => Some(format!("{}: {error}", path.display())),
            Self::Output(error) => Some(format!("cannot write to standard output: {error}")),
            Self::StreamEnded => Some("junctord ended the event stream: it was stopped or restarted".into()),
            Self::ReaderGone | Self::AlreadySaid => None,
        }
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::ReaderGone => ExitCode::SUCCESS,
            Self::Client(client::Error::Connect { .. }) => ExitCode::from(3),
            Self::File { .. } => ExitCode::from(2),
            Self::Client(_) | Self::Output(_) | Self::AlreadySaid | Self::StreamEnded => ExitCode::from(1),
        }
    }
}

impl From<client::Error> for Failure {
    fn from(error: client::Error) -> Self {
        Self::Client(error)
    }
}
