//! `cargo xtask not-run`: what a run of the test suite leaves out, one `NOT RUN name: reason` a line, so that a green run does not hide it.
//!
//! Two sources: what cannot run here at all, from `hw-tests/not-run.toml`, and the tests with `#[ignore]`, found by reading the sources.

use crate::check::{LoadError, Workspace, ignored_tests};
use crate::tree::Tree;
use serde::Deserialize;

/// Where the list is, from the top of the tree.
pub const LIST: &str = "hw-tests/not-run.toml";

/// Why the list cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum NotRunError {
    /// The file cannot be read.
    #[error("cannot read {LIST}")]
    Read(#[source] std::io::Error),
    /// The file is not the list it should be.
    #[error("{LIST} is no list of [[not-run]] with name and reason")]
    Parse(#[source] toml::de::Error),
    /// The sources cannot be read.
    #[error(transparent)]
    Sources(#[from] LoadError),
    /// A row says nothing.
    #[error("{LIST}: row {0} has an empty name or reason")]
    Empty(usize),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    #[serde(rename = "not-run")]
    rows: Vec<Row>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    name: String,
    reason: String,
}

/// Prints both lists of this tree. Always true: leaving a test out is allowed, not saying so is not.
pub fn run(tree: &Tree) -> Result<bool, NotRunError> {
    let text = std::fs::read_to_string(tree.root.join(LIST)).map_err(NotRunError::Read)?;
    for line in lines(&text)?.into_iter().chain(ignored_lines(&Workspace::load(tree)?)) {
        println!("{line}");
    }
    Ok(true)
}

/// The lines of the tests with `#[ignore]`; that each has a reason, `cargo xtask check` demands.
pub fn ignored_lines(workspace: &Workspace) -> Vec<String> {
    let line = |test: crate::check::IgnoredTest| {
        format!("NOT RUN {} ({}): {}", test.name, test.place, test.reason.as_deref().unwrap_or("no reason given"))
    };
    ignored_tests(workspace).into_iter().map(line).collect()
}

/// The lines of the list.
pub fn lines(text: &str) -> Result<Vec<String>, NotRunError> {
    let list: List = toml::from_str(text).map_err(NotRunError::Parse)?;
    if let Some(index) = list.rows.iter().position(|row| row.name.trim().is_empty() || row.reason.trim().is_empty()) {
        return Err(NotRunError::Empty(index + 1));
    }
    Ok(list.rows.iter().map(|row| format!("NOT RUN {}: {}", row.name, row.reason)).collect())
}
