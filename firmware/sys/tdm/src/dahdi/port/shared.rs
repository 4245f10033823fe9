//! What a span and its lent channels share: what one of them noticed, what they counted, and ports on their way back.
//!
//! Nothing here is locked while audio moves. A port holds this and this holds ports: [`Shared::close`] breaks the ring when the span
//! is closed.

use std::os::fd::{AsFd, OwnedFd};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::Port;

/// What a span and its lent channels tell each other.
#[derive(Default)]
pub(in crate::dahdi) struct Shared {
    /// A channel saw an alarm begin or end: the span looks at once.
    pub(in crate::dahdi) alarm_event: AtomicBool,
    /// The device is gone, or the span was closed.
    pub(in crate::dahdi) gone: AtomicBool,
    pub(in crate::dahdi) underruns: AtomicU64,
    pub(in crate::dahdi) overruns: AtomicU64,
    /// Blocks that were read of the pacer, whoever read them.
    pub(in crate::dahdi) paced: AtomicU64,
    /// The pacer's descriptor, for polling only; empty when no channel has audio.
    pacer: OnceLock<OwnedFd>,
    /// Ports that channels gave back; `None` once the span is closed, so that they are closed too. Locked when a channel is opened or
    /// closed, never while audio moves.
    returned: Mutex<Returned>,
}

/// See [`Shared`].
struct Returned(Option<Vec<Port>>);

impl Default for Returned {
    fn default() -> Self {
        Self(Some(Vec::new()))
    }
}

impl Shared {
    /// To be said once, before any channel is lent.
    pub(in crate::dahdi) fn set_pacer(&self, fd: OwnedFd) {
        // A second one would be the span's own mistake; the first stays.
        let _ = self.pacer.set(fd);
    }

    /// Whether the pacer has a block that nobody has read. A removed device shows here too.
    pub(in crate::dahdi) fn pacer_is_ready(&self) -> bool {
        let Some(fd) = self.pacer.get() else { return false };
        let mut wanted = [PollFd::new(fd.as_fd(), PollFlags::POLLIN | PollFlags::POLLPRI)];
        let Ok(1..) = poll(&mut wanted, PollTimeout::ZERO) else { return false };
        let shown = wanted.first().and_then(PollFd::revents).unwrap_or(PollFlags::empty());
        if shown.intersects(PollFlags::POLLERR | PollFlags::POLLHUP | PollFlags::POLLNVAL) {
            self.gone.store(true, Ordering::Relaxed);
        }
        shown.contains(PollFlags::POLLIN)
    }

    pub(in crate::dahdi) fn give_back(&self, port: Port) {
        if let Some(ports) = &mut self.returned.lock().unwrap_or_else(PoisonError::into_inner).0 {
            ports.push(port);
        }
    }

    pub(in crate::dahdi) fn take_returned(&self) -> Vec<Port> {
        let mut returned = self.returned.lock().unwrap_or_else(PoisonError::into_inner);
        returned.0.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// The span is closed: its lent channels fail from now on, and what they give back is closed.
    pub(in crate::dahdi) fn close(&self) {
        self.gone.store(true, Ordering::Relaxed);
        let ports = self.returned.lock().unwrap_or_else(PoisonError::into_inner).0.take();
        drop(ports);
    }

    pub(in crate::dahdi) fn is_gone(&self) -> bool {
        self.gone.load(Ordering::Relaxed)
    }
}
