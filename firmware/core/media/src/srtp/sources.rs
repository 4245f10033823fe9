//! What is kept for each SSRC, in tables that never grow: room is taken once, at construction.

use super::replay::Window;

/// SSRCs that a sender may use in one session.
pub const SENDER_SOURCES: usize = 16;
/// SSRCs that a receiver keeps at a time; the one that was silent longest makes room for another.
pub const RECEIVER_SOURCES: usize = 8;

/// The state of one protocol of one source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    /// No packet yet. In SRTP the roll-over counter to begin with, in SRTCP the index.
    Starting(u32),
    /// Packets with these indices.
    Running(Window),
}

impl Progress {
    /// One more packet.
    pub(super) fn accept(&mut self, index: u64) {
        match self {
            Self::Starting(_) => *self = Self::Running(Window::new(index)),
            Self::Running(window) => window.accept(index),
        }
    }
}

/// One SSRC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Source {
    pub(super) ssrc: u32,
    pub(super) rtp: Progress,
    pub(super) rtcp: Progress,
    /// The table's count of packets when the last one of this source was taken.
    used: u64,
}

impl Source {
    const fn new(ssrc: u32) -> Self {
        Self { ssrc, rtp: Progress::Starting(0), rtcp: Progress::Starting(0), used: 0 }
    }
}

/// A bounded table of sources.
#[derive(Debug)]
pub(super) struct Sources {
    entries: Vec<Source>,
    most: usize,
    packets: u64,
}

impl Sources {
    pub(super) fn new(most: usize) -> Self {
        Self { entries: Vec::with_capacity(most), most, packets: 0 }
    }

    /// The source as it is, or as it would begin.
    pub(super) fn look(&self, ssrc: u32) -> Source {
        self.entries.iter().find(|source| source.ssrc == ssrc).copied().unwrap_or_else(|| Source::new(ssrc))
    }

    /// Whether there is a place for this source without taking another's.
    pub(super) fn has_room_for(&self, ssrc: u32) -> bool {
        self.entries.len() < self.most || self.entries.iter().any(|source| source.ssrc == ssrc)
    }

    /// Writes a source back after a packet of it; true when another one had to make room.
    pub(super) fn keep(&mut self, source: Source) -> bool {
        self.packets = self.packets.saturating_add(1);
        let source = Source { used: self.packets, ..source };
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.ssrc == source.ssrc) {
            *entry = source;
            return false;
        }
        if self.entries.len() < self.most {
            self.entries.push(source);
            return false;
        }
        if let Some(oldest) = self.entries.iter_mut().min_by_key(|entry| entry.used) {
            *oldest = source;
        }
        true
    }
}
