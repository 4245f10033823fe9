//! What can go wrong with a ring or a wake-up, each with what to do about it.

use crate::{Backend, Token};
use std::io;

/// A failure of [`Ring`](crate::Ring), [`open`](crate::open) or [`Wake`](crate::Wake).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The kernel does not offer the back end.
    #[error("{backend} is refused: {source}; {}", cure(*.backend))]
    Refused {
        /// Which.
        backend: Backend,
        /// The kernel's reason.
        source: io::Error,
    },
    /// The descriptor could not be duplicated.
    #[error("descriptor {token} cannot be duplicated: {source}; raise LimitNOFILE= of the service (two descriptors a channel)")]
    Duplicate {
        /// Whose.
        token: Token,
        /// The kernel's reason.
        source: io::Error,
    },
    /// The descriptor cannot be waited for, for example a regular file.
    #[error("descriptor {token} cannot be waited for: {source}")]
    Watch {
        /// Whose.
        token: Token,
        /// The kernel's reason.
        source: io::Error,
    },
    /// The token is not watched.
    #[error("descriptor {0} is not watched")]
    NotWatched(Token),
    /// The kernel does not end the poll of a descriptor.
    #[error("the kernel has not ended the poll of descriptor {token} within 2 s: its device cannot be opened anew yet")]
    Stuck {
        /// Whose.
        token: Token,
    },
    /// Waiting itself failed.
    #[error("waiting for descriptors failed: {0}")]
    Wait(#[source] io::Error),
    /// No eventfd could be made or duplicated.
    #[error("no eventfd can be made: {0}; raise LimitNOFILE= of the service")]
    Wake(#[source] io::Error),
}

fn cure(backend: Backend) -> &'static str {
    match backend {
        Backend::IoUring => {
            "check kernel.io_uring_disabled and SystemCallFilter= of the service (Linux 5.13 or newer), or choose epoll"
        }
        Backend::Epoll => "check LimitNOFILE= and SystemCallFilter= of the service",
    }
}
