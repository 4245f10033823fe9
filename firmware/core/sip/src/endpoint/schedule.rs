//! Deadlines of many things at once, ordered: thousands of transactions linger for 32 s each, so no linear table.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;
use std::time::Instant;

#[derive(Debug)]
pub(super) struct Schedule<K> {
    ordered: BTreeSet<(Instant, K)>,
    deadlines: HashMap<K, Instant>,
}

impl<K: Copy + Ord + Hash> Schedule<K> {
    pub(super) fn new() -> Self {
        Self { ordered: BTreeSet::new(), deadlines: HashMap::new() }
    }

    /// Sets, moves or removes the deadline of `key`.
    pub(super) fn set(&mut self, key: K, deadline: Option<Instant>) {
        let before = match deadline {
            Some(at) => self.deadlines.insert(key, at),
            None => self.deadlines.remove(&key),
        };
        if before == deadline {
            return;
        }
        if let Some(before) = before {
            self.ordered.remove(&(before, key));
        }
        if let Some(at) = deadline {
            self.ordered.insert((at, key));
        }
    }

    pub(super) fn next(&self) -> Option<Instant> {
        self.ordered.first().map(|(at, _)| *at)
    }

    /// Takes one key that is due.
    pub(super) fn expire(&mut self, now: Instant) -> Option<K> {
        let (_, key) = *self.ordered.first().filter(|(at, _)| *at <= now)?;
        self.set(key, None);
        Some(key)
    }
}
