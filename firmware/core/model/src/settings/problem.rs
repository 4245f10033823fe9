//! One thing that is wrong with a configuration, in words an administrator can act on.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Whether a problem keeps the document from being used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The document is refused; the running configuration stays.
    Error,
    /// The document works, but hardly as meant.
    Warning,
}

/// The path of a key, what it holds and what it should hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Whether the document can be used.
    pub severity: Severity,
    /// The key's path, such as `peer[0].ptime_ms`; empty for the document as a whole.
    pub path: String,
    /// What was found and what is expected.
    pub text: String,
}

impl Problem {
    /// An error at `path`.
    #[must_use]
    pub fn error(path: impl Into<String>, found: impl fmt::Display, expected: impl fmt::Display) -> Self {
        Self { severity: Severity::Error, path: path.into(), text: format!("found {found}, expected {expected}") }
    }

    /// A warning at `path`.
    #[must_use]
    pub fn warning(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, path: path.into(), text: text.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let path = if self.path.is_empty() { "configuration" } else { &self.path };
        write!(f, "{severity}: {path}: {}", self.text)
    }
}
