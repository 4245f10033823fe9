//! Records that wait for the disk: bounded, the oldest goes first when it overflows.

use std::collections::VecDeque;

use model::api::CallRecord;

/// Most records that wait in memory (DESIGN 7).
pub(super) const CAPACITY: usize = 10_000;

/// Records in the order they came.
#[derive(Debug, Default)]
pub(super) struct Spool {
    records: VecDeque<Box<CallRecord>>,
}

impl Spool {
    /// Adds a record; true when the oldest had to go for it.
    pub(super) fn push(&mut self, record: Box<CallRecord>) -> bool {
        let full = self.records.len() >= CAPACITY;
        if full {
            self.records.pop_front();
        }
        self.records.push_back(record);
        full
    }

    pub(super) fn len(&self) -> usize {
        self.records.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// The oldest `count` records.
    pub(super) fn first(&self, count: usize) -> impl Iterator<Item = &CallRecord> {
        self.records.iter().take(count).map(Box::as_ref)
    }

    /// Takes the oldest `count` records out.
    pub(super) fn take(&mut self, count: usize) -> impl Iterator<Item = Box<CallRecord>> + '_ {
        self.records.drain(..count.min(self.records.len()))
    }
}
