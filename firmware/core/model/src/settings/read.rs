//! TOML text to checked settings. Form errors carry the path of the key, unknown keys are errors.

use super::{Problem, Settings, Severity, validate};

/// What came of reading a document.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The settings; `None` when any problem is an error.
    pub settings: Option<Settings>,
    /// Errors and warnings, in document order where that is known.
    pub problems: Vec<Problem>,
}

/// Parses and validates a whole document.
///
/// ```
/// let reading = model::settings::read("[[peer]]\nname = \"phone\"\naddress = \"udp:127.0.0.1:5062\"\nptime_ms = 25\n");
/// assert_eq!(reading.problems[0].to_string(), "error: peer[0].ptime_ms: found 25, expected 10, 20, 30, 40 or 60");
/// ```
#[must_use]
pub fn read(text: &str) -> Reading {
    let settings = match parse(text) {
        Ok(settings) => settings,
        Err(problem) => return Reading { settings: None, problems: vec![problem] },
    };
    let problems = validate(&settings);
    let usable = problems.iter().all(|problem| problem.severity != Severity::Error);
    Reading { settings: usable.then_some(settings), problems }
}

fn parse(text: &str) -> Result<Settings, Problem> {
    let document = toml::Deserializer::parse(text).map_err(|error| problem(String::new(), text, &error))?;
    serde_path_to_error::deserialize(document).map_err(|error| {
        let path = error.path().to_string();
        problem(if path == "." { String::new() } else { path }, text, error.inner())
    })
}

fn problem(path: String, text: &str, error: &toml::de::Error) -> Problem {
    let line = error.span().and_then(|span| text.get(..span.start)).map(|before| before.matches('\n').count() + 1);
    let place = line.map_or_else(String::new, |line| format!("line {line}: "));
    Problem { severity: Severity::Error, path, text: format!("{place}{}", error.message().trim()) }
}
