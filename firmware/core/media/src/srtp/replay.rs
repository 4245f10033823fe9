//! Which of the newest packets have been seen (RFC 3711 section 3.3.2).

/// Packets that the window reaches back over, the newest included. The standard asks for at least 64.
pub const WINDOW: u64 = 128;

/// Why an index is not a new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stale {
    /// Seen.
    Seen,
    /// Before the window: nobody knows.
    BeforeWindow,
}

/// The window. It begins with a first index, which counts as seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    highest: u64,
    /// Bit n set: `highest - n` was seen.
    seen: u128,
}

impl Window {
    pub(super) const fn new(first: u64) -> Self {
        Self { highest: first, seen: 1 }
    }

    /// The highest index so far.
    pub(super) const fn highest(&self) -> u64 {
        self.highest
    }

    /// Whether an index is new. Changes nothing: a packet counts as seen only once it proved authentic.
    pub(super) const fn check(&self, index: u64) -> Result<(), Stale> {
        if index > self.highest {
            return Ok(());
        }
        let behind = self.highest - index;
        if behind >= WINDOW {
            Err(Stale::BeforeWindow)
        } else if self.seen >> behind & 1 == 1 {
            Err(Stale::Seen)
        } else {
            Ok(())
        }
    }

    /// Counts an index as seen.
    pub(super) fn accept(&mut self, index: u64) {
        if index > self.highest {
            let ahead = u32::try_from(index - self.highest).unwrap_or(u32::MAX);
            self.seen = self.seen.checked_shl(ahead).unwrap_or(0) | 1;
            self.highest = index;
        } else {
            let behind = u32::try_from(self.highest - index).unwrap_or(u32::MAX);
            self.seen |= 1u128.checked_shl(behind).unwrap_or(0);
        }
    }
}
