//! The number plan: what the peer does with a call to it, by prefix of the called number.
//!
//! The defaults are those of the exchange simulator, so that a test finds the same numbers behind either far end. A rule
//! of the command line replaces the default of the same prefix; the longest prefix that fits decides; a number that no
//! prefix fits is unallocated (cause 1).

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// Q.850: unallocated (unassigned) number.
pub const UNALLOCATED: u8 = 1;

/// What happens to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Alert, then answer, then play; `clear_after` counts from the answer.
    Answer {
        /// Clear the call this long after the answer.
        clear_after: Option<Duration>,
        /// Send back what is heard, in place of the clip.
        echo: bool,
    },
    /// Alert for ever.
    Ring,
    /// Clear at once with this Q.850 cause.
    Refuse {
        /// Q.850 value.
        cause: u8,
    },
}

/// One rule, as in `5552=busy`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Called numbers that begin with this.
    pub prefix: String,
    /// What happens to them.
    pub action: Action,
}

/// A rule that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRule(String);

impl fmt::Display for BadRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "bad rule {:?}, expected PREFIX=answer|echo|ring|busy|unallocated|congested|clear:MS|refuse:CAUSE", self.0)
    }
}

impl std::error::Error for BadRule {}

impl FromStr for Rule {
    type Err = BadRule;

    fn from_str(text: &str) -> Result<Self, BadRule> {
        let bad = || BadRule(text.to_owned());
        let (prefix, action) = text.split_once('=').ok_or_else(bad)?;
        let (word, value) = action.split_once(':').map_or((action, None), |(word, value)| (word, Some(value)));
        let action = match (word, value) {
            ("answer", None) => Action::Answer { clear_after: None, echo: false },
            ("echo", None) => Action::Answer { clear_after: None, echo: true },
            ("clear", Some(ms)) => {
                Action::Answer { clear_after: Some(Duration::from_millis(ms.parse().map_err(|_| bad())?)), echo: false }
            }
            ("ring", None) => Action::Ring,
            ("busy", None) => Action::Refuse { cause: 17 },
            ("unallocated", None) => Action::Refuse { cause: UNALLOCATED },
            ("congested", None) => Action::Refuse { cause: 34 },
            ("refuse", Some(cause)) => {
                let cause = cause.parse().ok().filter(|cause| (1..=127).contains(cause)).ok_or_else(bad)?;
                Action::Refuse { cause }
            }
            _ => return Err(bad()),
        };
        Ok(Self { prefix: prefix.to_owned(), action })
    }
}

/// All rules.
#[derive(Debug, Clone)]
pub struct NumberPlan {
    rules: Vec<Rule>,
}

/// What each prefix does unless a rule says otherwise.
const DEFAULTS: [&str; 7] =
    ["5551=answer", "5552=busy", "5553=unallocated", "5554=ring", "5555=clear:1000", "5556=congested", "5557=echo"];

impl Default for NumberPlan {
    fn default() -> Self {
        Self { rules: DEFAULTS.iter().filter_map(|rule| rule.parse().ok()).collect() }
    }
}

impl NumberPlan {
    /// The defaults, with `rules` put over them.
    #[must_use]
    pub fn with(rules: impl IntoIterator<Item = Rule>) -> Self {
        let mut plan = Self::default();
        for rule in rules {
            plan.rules.retain(|known| known.prefix != rule.prefix);
            plan.rules.push(rule);
        }
        plan
    }

    /// What happens to a call to `called`.
    #[must_use]
    pub fn action(&self, called: &str) -> Action {
        let fitting = self.rules.iter().filter(|rule| called.starts_with(&rule.prefix));
        fitting.max_by_key(|rule| rule.prefix.len()).map_or(Action::Refuse { cause: UNALLOCATED }, |rule| rule.action)
    }
}
