//! What a span and its lent channels share: what one of them noticed, what they counted, and ports on their way back.
//!
//! Nothing here is locked while audio moves. A port holds this and this holds ports: [`Shared::close`] breaks the ring when the span
//! is closed.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

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
    /// Blocks that the pacer's user has read.
    pub(in crate::dahdi) paced: AtomicU64,
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
