//! The number plan: how the exchange treats a number that is called.

use std::str::FromStr;
use std::time::Duration;

use isdn::CauseValue;

/// How long a subscriber takes to answer unless the rule says otherwise.
const ANSWER_AFTER: Duration = Duration::from_millis(200);

/// What becomes of a call to a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Treatment {
    /// Rings, answers after this time and speaks; clears by itself so long after the answer, if at all.
    Answer {
        /// From SETUP to CONNECT.
        after: Duration,
        /// From CONNECT to DISCONNECT.
        clear_after: Option<Duration>,
    },
    /// Rings, answers after this time and returns what it hears.
    Echo {
        /// From SETUP to CONNECT.
        after: Duration,
    },
    /// Rings for ever.
    Ring,
    /// Is refused at once.
    Reject(CauseValue),
}

/// Why a rule could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{0}' is no rule: PREFIX=answer[:MS], echo[:MS], clear:MS (answers, clears so long after), ring, busy, unallocated, \
     congested or reject:CAUSE (1 to 127)"
)]
pub struct BadRule(String);

/// One rule: numbers that begin so are treated so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Leading digits; empty for every number.
    pub prefix: String,
    /// What becomes of the call.
    pub treatment: Treatment,
}

impl FromStr for Rule {
    type Err = BadRule;

    fn from_str(text: &str) -> Result<Self, BadRule> {
        let bad = || BadRule(text.to_owned());
        let (prefix, treatment) = text.split_once('=').ok_or_else(bad)?;
        if !prefix.chars().all(|digit| digit.is_ascii_digit() || matches!(digit, '*' | '#')) {
            return Err(bad());
        }
        let (word, value) = treatment.split_once(':').map_or((treatment, None), |(word, value)| (word, Some(value)));
        let millis = |default: Option<Duration>| match value {
            None => default.ok_or_else(bad),
            Some(value) => value.parse().map(Duration::from_millis).map_err(|_| bad()),
        };
        let plain = |cause| if value.is_none() { Ok(Treatment::Reject(cause)) } else { Err(bad()) };
        let treatment = match word {
            "answer" => Treatment::Answer { after: millis(Some(ANSWER_AFTER))?, clear_after: None },
            "clear" => Treatment::Answer { after: ANSWER_AFTER, clear_after: Some(millis(None)?) },
            "echo" => Treatment::Echo { after: millis(Some(ANSWER_AFTER))? },
            "ring" if value.is_none() => Treatment::Ring,
            "busy" => plain(CauseValue::USER_BUSY)?,
            "unallocated" => plain(CauseValue::UNALLOCATED_NUMBER)?,
            "congested" => plain(CauseValue::NO_CHANNEL_AVAILABLE)?,
            "reject" => {
                let cause = value.and_then(|value| value.parse().ok()).filter(|cause| (1..=127).contains(cause));
                Treatment::Reject(CauseValue(cause.ok_or_else(bad)?))
            }
            _ => return Err(bad()),
        };
        Ok(Self { prefix: prefix.to_owned(), treatment })
    }
}

/// The rules of an exchange. The longest prefix wins; of two alike the one added later. No rule: unallocated (cause 1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan(Vec<Rule>);

impl Default for Plan {
    /// 5551 answers and speaks, 5552 is busy, 5553 unallocated, 5554 rings for ever, 5555 answers and clears after a second,
    /// 5556 is congested (cause 34), 5557 returns what it hears.
    fn default() -> Self {
        let rule = |prefix: &str, treatment| Rule { prefix: prefix.to_owned(), treatment };
        let answer = |clear_after| Treatment::Answer { after: ANSWER_AFTER, clear_after };
        Self(vec![
            rule("5551", answer(None)),
            rule("5552", Treatment::Reject(CauseValue::USER_BUSY)),
            rule("5553", Treatment::Reject(CauseValue::UNALLOCATED_NUMBER)),
            rule("5554", Treatment::Ring),
            rule("5555", answer(Some(Duration::from_secs(1)))),
            rule("5556", Treatment::Reject(CauseValue::NO_CHANNEL_AVAILABLE)),
            rule("5557", Treatment::Echo { after: ANSWER_AFTER }),
        ])
    }
}

impl Plan {
    /// No rules: every number is unallocated.
    #[must_use]
    pub const fn empty() -> Self {
        Self(Vec::new())
    }

    /// Adds a rule; it wins over an older one with the same prefix.
    pub fn add(&mut self, rule: Rule) {
        self.0.push(rule);
    }

    /// What becomes of a call to `called`.
    #[must_use]
    pub fn treat(&self, called: &str) -> Treatment {
        let matching = self.0.iter().filter(|rule| called.starts_with(&rule.prefix));
        // Of equals max_by_key gives the last.
        matching
            .max_by_key(|rule| rule.prefix.len())
            .map_or(Treatment::Reject(CauseValue::UNALLOCATED_NUMBER), |rule| rule.treatment)
    }
}
