//! An eventfd (eventfd(2)) by which any thread wakes one that waits in a ring.
//!
//! The waiting thread watches it for [`Interest::READ`](crate::Interest::READ). Put the command into the queue first, then
//! `wake`; on waking `drain` first, then empty the queue: no order of the two threads then loses a command.

use crate::Error;
use nix::sys::eventfd::{EfdFlags, EventFd};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// Wakes a thread; clones wake the same one.
#[derive(Debug)]
pub struct Wake {
    counter: OwnedFd,
}

impl Wake {
    /// A new one, not woken.
    ///
    /// # Errors
    ///
    /// [`Error::Wake`]: the process is out of descriptors.
    pub fn new() -> Result<Self, Error> {
        let flags = EfdFlags::EFD_CLOEXEC | EfdFlags::EFD_NONBLOCK;
        let counter = EventFd::from_flags(flags).map_err(|errno| Error::Wake(errno.into()))?;
        Ok(Self { counter: counter.into() })
    }

    /// Makes it readable; never blocks, and as often as one likes.
    pub fn wake(&self) {
        // The one error that can come, EAGAIN, says that 2^64 - 2 wake-ups are pending already.
        let _ = nix::unistd::write(&self.counter, &1_u64.to_ne_bytes());
    }

    /// Makes it unreadable until the next [`wake`](Self::wake); never blocks.
    pub fn drain(&self) {
        // EAGAIN: nobody has woken us.
        let _ = nix::unistd::read(&self.counter, &mut [0; 8]);
    }

    /// Another handle on the same eventfd, for another thread.
    ///
    /// # Errors
    ///
    /// [`Error::Wake`]: the process is out of descriptors.
    pub fn try_clone(&self) -> Result<Self, Error> {
        let counter: io::Result<OwnedFd> = self.counter.try_clone();
        Ok(Self { counter: counter.map_err(Error::Wake)? })
    }
}

impl AsFd for Wake {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.counter.as_fd()
    }
}
