//! One thing that a rule found: where, which rule, what is wrong.

use std::fmt;

/// How bad it is. Errors sort before warnings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The check fails.
    Error,
    /// Printed; the check passes.
    Warning,
}

/// One breach of one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Error or warning.
    pub severity: Severity,
    /// The rule's short name, as in `imports`.
    pub rule: &'static str,
    /// A file below the root, with a line where there is one.
    pub place: String,
    /// What is wrong and what would be right.
    pub message: String,
}

impl Finding {
    pub(super) fn error(rule: &'static str, place: impl Into<String>, message: impl Into<String>) -> Self {
        Self { severity: Severity::Error, rule, place: place.into(), message: message.into() }
    }

    pub(super) fn warning(rule: &'static str, place: impl Into<String>, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(rule, place, message) }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(f, "{}: {severity}[{}]: {}", self.place, self.rule, self.message)
    }
}
