//! `cargo xtask not-run`: what the test suite cannot run here, from `hw-tests/not-run.toml`, one `NOT RUN name: reason` a line.

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

/// Prints the list of this tree.
pub fn run(tree: &Tree) -> Result<bool, NotRunError> {
    let text = std::fs::read_to_string(tree.root.join(LIST)).map_err(NotRunError::Read)?;
    for line in lines(&text)? {
        println!("{line}");
    }
    Ok(true)
}

/// The lines to print.
pub fn lines(text: &str) -> Result<Vec<String>, NotRunError> {
    let list: List = toml::from_str(text).map_err(NotRunError::Parse)?;
    if let Some(index) = list.rows.iter().position(|row| row.name.trim().is_empty() || row.reason.trim().is_empty()) {
        return Err(NotRunError::Empty(index + 1));
    }
    Ok(list.rows.iter().map(|row| format!("NOT RUN {}: {}", row.name, row.reason)).collect())
}
