//! The merged ladders of calls: what crossed the box's edge, in order, bounded in lines and calls.

use std::collections::{HashMap, VecDeque};

use model::api::LadderLine;

/// Calls whose ladders are kept, live ones among them.
const KEPT_CALLS: usize = 250;
/// Lines kept of one call; a call that says more is being attacked or is a day long.
const KEPT_LINES: usize = 400;

/// Ladders of live calls and of the last ones that are over, 250 in all.
#[derive(Debug, Default)]
pub(crate) struct Ladders {
    lines: HashMap<u64, Vec<LadderLine>>,
    order: VecDeque<u64>,
}

impl Ladders {
    /// Adds a line; false when the call's ladder is full.
    pub(crate) fn add(&mut self, call: u64, line: LadderLine) -> bool {
        if !self.lines.contains_key(&call) {
            self.order.push_back(call);
            if self.order.len() > KEPT_CALLS
                && let Some(oldest) = self.order.pop_front()
            {
                self.lines.remove(&oldest);
            }
        }
        let lines = self.lines.entry(call).or_default();
        let room = lines.len() < KEPT_LINES;
        if room {
            lines.push(line);
        }
        room
    }

    /// The call's lines so far.
    pub(crate) fn of(&self, call: u64) -> Vec<LadderLine> {
        self.lines.get(&call).cloned().unwrap_or_default()
    }
}
