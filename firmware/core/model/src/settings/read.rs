//! TOML text to checked settings. Form errors carry the path of the key, unknown keys are errors.

use serde::{Deserialize, Serialize};

use super::check_span::check_span;
use super::{Problem, Settings, Severity, Span, validate};

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
    let settings: Settings = match parse(text) {
        Ok(settings) => settings,
        Err(problem) => return Reading { settings: None, problems: vec![problem] },
    };
    let problems = validate(&settings);
    let usable = problems.iter().all(|problem| problem.severity != Severity::Error);
    Reading { settings: usable.then_some(settings), problems }
}

/// What came of reading one span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpanReading {
    /// The span; `None` when any problem is an error.
    pub span: Option<Span>,
    /// Errors and warnings. Paths are those of a document with this span alone.
    pub problems: Vec<Problem>,
}

/// A document with one `[[span]]` and nothing else.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SpanDocument {
    #[serde(rename = "span")]
    spans: Vec<Span>,
}

/// Parses a document that holds one `[[span]]` and nothing else, and checks that span by itself: whether its name and device clash
/// with other spans', or a route with its signalling, only the whole document can tell.
#[must_use]
pub fn read_span(text: &str) -> SpanReading {
    let spans = match parse::<SpanDocument>(text) {
        Ok(document) => document.spans,
        Err(problem) => return SpanReading { span: None, problems: vec![problem] },
    };
    let [span] = spans.as_slice() else {
        let problem = Problem::error("span", format!("{} spans", spans.len()), "one [[span]]");
        return SpanReading { span: None, problems: vec![problem] };
    };
    let mut problems = Vec::new();
    check_span(0, span, &mut problems);
    let usable = problems.iter().all(|problem| problem.severity != Severity::Error);
    SpanReading { span: usable.then(|| span.clone()), problems }
}

/// A span as a document that [`read_span`] reads, or as a part of the whole document.
#[must_use]
pub fn write_span(span: &Span) -> String {
    let document = SpanDocument { spans: vec![span.clone()] };
    // Only a socket's path that is not UTF-8 could not be written, and no document can hold one.
    toml::to_string(&document).unwrap_or_else(|error| format!("# this span cannot be written: {error}\n"))
}

/// A whole document that [`read`] reads.
#[must_use]
pub fn write(settings: &Settings) -> String {
    // As in write_span: nothing that a document can hold fails.
    toml::to_string(settings).unwrap_or_else(|error| format!("# this configuration cannot be written: {error}\n"))
}

fn parse<T: for<'de> Deserialize<'de>>(text: &str) -> Result<T, Problem> {
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
