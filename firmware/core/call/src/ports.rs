//! Which RTP ports are free. The media threads bind them; a port that cannot be bound fails the call.

use std::collections::VecDeque;

/// Even ports of a range, handed out in turn so that a port rests as long as possible before it is used again.
#[derive(Debug)]
pub struct PortPool {
    free: VecDeque<u16>,
    all: usize,
}

impl PortPool {
    /// Even ports from `first` to `last`, each with the odd port above it inside the range.
    #[must_use]
    pub fn new(first: u16, last: u16) -> Self {
        let free: VecDeque<u16> = (first..last).filter(|port| port.is_multiple_of(2)).collect();
        Self { all: free.len(), free }
    }

    /// Takes a port; `None` when all are in use.
    pub fn take(&mut self) -> Option<u16> {
        self.free.pop_front()
    }

    /// Gives a port back.
    pub fn give(&mut self, port: u16) {
        self.free.push_back(port);
    }

    /// How many are free.
    #[must_use]
    pub fn free(&self) -> usize {
        self.free.len()
    }

    /// How many are taken.
    #[must_use]
    pub fn in_use(&self) -> usize {
        self.all.saturating_sub(self.free.len())
    }
}
