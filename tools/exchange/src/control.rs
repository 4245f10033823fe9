//! Requests on the control socket: JSON, one object a line, named by its `do`.
//!
//! ```text
//! {"do":"call","called":"100","calling":"5550001","play":"a.wav","record":"b.wav","clear_after_ms":5000}
//! {"do":"hangup","call":3}   {"do":"status"}   {"do":"alarm","on":true}   {"do":"watch"}   {"do":"trace"}   {"do":"shutdown"}
//! ```
//!
//! The connection that placed a call is told what becomes of it ([`crate::Report`]), each line with the request's `id`, if it
//! had one. When the connection closes, its calls are cleared.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Request {
    /// Places a call.
    Call(CallRequest),
    /// Clears a call.
    Hangup {
        /// Its number.
        call: u32,
        /// Q.850 value, default 16.
        cause: Option<u8>,
    },
    /// Puts loss of signal on the line, or takes it off.
    Alarm {
        /// On or off.
        on: bool,
    },
    /// From now on tell this connection of every call and of the line.
    Watch,
    /// From now on tell this connection of every frame on the D-channel.
    Trace,
    /// What is going on.
    Status,
    /// Clears all calls and ends.
    Shutdown,
}

/// A call to place; all but `called` may be left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CallRequest {
    /// Called digits.
    pub called: String,
    /// Calling digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calling: Option<String>,
    /// The calling number is not to be shown.
    #[serde(default)]
    pub withheld: bool,
    /// Calling name, sent as display.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// WAV file to say once connected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub play: Option<PathBuf>,
    /// Return what is heard instead.
    #[serde(default)]
    pub echo: bool,
    /// Send tones and look for them in what is heard: needs a far end that returns what it hears.
    #[serde(default)]
    pub probe: bool,
    /// WAV file for what is heard once connected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<PathBuf>,
    /// Clear so long after the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clear_after_ms: Option<u64>,
    /// Clear so long after SETUP when there was no answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub give_up_after_ms: Option<u64>,
    /// Returned with every line about the call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<serde_json::Value>,
}

impl CallRequest {
    pub(crate) fn clear_after(&self) -> Option<Duration> {
        self.clear_after_ms.map(Duration::from_millis)
    }

    pub(crate) fn give_up_after(&self) -> Option<Duration> {
        self.give_up_after_ms.map(Duration::from_millis)
    }
}
