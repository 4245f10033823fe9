//! Which leg a SIP message belongs to, by its Call-ID: for ladders and captures only.

use std::collections::{HashMap, VecDeque};

use crate::words::LegId;

/// Legs whose messages find their ladder, live and ended; more than the calls that can be at once.
const REMEMBERED: usize = 4_096;

/// Call-ID headers of recent legs, bounded. They outlive the leg for its last messages.
#[derive(Debug, Default)]
pub(super) struct Names {
    legs: HashMap<String, LegId>,
    order: VecDeque<String>,
}

impl Names {
    pub(super) fn learn(&mut self, call_id: &str, leg: LegId) {
        if self.legs.insert(call_id.to_owned(), leg).is_none() {
            self.order.push_back(call_id.to_owned());
        }
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.legs.remove(&oldest);
        }
    }

    /// The leg with this Call-ID.
    pub(super) fn leg_named(&self, call_id: &str) -> Option<LegId> {
        self.legs.get(call_id).copied()
    }

    /// The leg of a message.
    pub(super) fn leg_of(&self, bytes: &[u8]) -> Option<LegId> {
        self.legs.get(call_id(bytes)?).copied()
    }
}

/// The Call-ID header's value, found without parsing the message.
pub(super) fn call_id(bytes: &[u8]) -> Option<&str> {
    let head = bytes.split(|byte| *byte == b'\n');
    head.take_while(|line| !line.trim_ascii().is_empty()).find_map(|line| {
        let colon = line.iter().position(|byte| *byte == b':')?;
        let (name, value) = (line.get(..colon)?, line.get(colon + 1..)?);
        let is_it = name.trim_ascii().eq_ignore_ascii_case(b"call-id") || name.trim_ascii().eq_ignore_ascii_case(b"i");
        is_it.then(|| std::str::from_utf8(value.trim_ascii()).ok()).flatten()
    })
}
