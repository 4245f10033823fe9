//! Errors as RFC 9457 problem details.

use serde::{Deserialize, Serialize};

/// The body of every answer that is not a success; media type `application/problem+json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// HTTP status code, repeated from the answer.
    pub status: u16,
    /// What kind of problem, the same words each time.
    pub title: String,
    /// What happened this time and what to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The path of the offending key, where a configuration document is at fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.title)?;
        self.detail.iter().try_for_each(|detail| write!(f, ": {detail}"))
    }
}
