//! A span's flight recorder, as the control API shows it.

use serde::{Deserialize, Serialize};

use super::{Alarms, Area, LinkState, SpanState};

/// `GET` [`super::path::SPAN_RECORDER`]: entries after a number, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recording {
    /// The entries.
    pub entries: Vec<Recorded>,
    /// Entries between the number asked for and the first of these that are no longer kept.
    pub lost: u64,
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// Counted up from 1 since junctord started.
    pub number: u64,
    /// When it happened.
    pub at: i64,
    /// What happened.
    pub what: Happening,
}

/// What a flight recorder notes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Happening {
    /// A D-channel frame crossed the line.
    Frame {
        /// Whether the box sent it.
        sent: bool,
        /// The frame in words.
        text: String,
        /// The call whose message it carries.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        call: Option<u64>,
    },
    /// The line's alarms became these.
    Alarms {
        /// All that stand.
        alarms: Alarms,
    },
    /// The data link came up or went down.
    Link {
        /// What it is now.
        link: LinkState,
    },
    /// The span was taken into use, or cannot be.
    State {
        /// What it is now.
        state: SpanState,
    },
    /// The diagnosis says another thing.
    Verdict {
        /// Where the trouble lies.
        area: Area,
        /// In one sentence.
        text: String,
    },
}
