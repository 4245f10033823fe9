//! Every Rust file, tests too, begins with a `//!` header that says what it is.

use super::finding::Finding;
use super::workspace::{SourceFile, Workspace};

const RULE: &str = "header";
/// Shorter than this, a header says nothing ("tests", "the parser").
const SHORTEST: usize = 20;

/// First lines against the rule.
pub(super) fn check(workspace: &Workspace) -> Vec<Finding> {
    workspace.files.iter().filter_map(check_file).collect()
}

fn check_file(file: &SourceFile) -> Option<Finding> {
    let header: Vec<_> = file.text.lines().map_while(|line| line.strip_prefix("//!")).map(str::trim).collect();
    let header = header.join(" ");
    let message = match header.trim() {
        "" => "must begin with a //! header: what it is, which clause, what it leaves out",
        "placeholder" => "is still a placeholder",
        text if text.len() < SHORTEST => "has a header that says nothing",
        _ => return None,
    };
    Some(Finding::error(RULE, format!("{}:1", file.path), message))
}
