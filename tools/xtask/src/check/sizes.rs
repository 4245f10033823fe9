//! Files that have grown long: a warning to stop and think, not an error.

use super::finding::Finding;
use super::workspace::Workspace;

const RULE: &str = "size";
const LONG: usize = 600;

/// Files above the limit, longest first.
pub(super) fn check(workspace: &Workspace) -> Vec<Finding> {
    let mut long: Vec<_> = workspace.files.iter().map(|file| (file.text.lines().count(), &file.path)).collect();
    long.retain(|(lines, _)| *lines > LONG);
    long.sort_by(|a, b| b.cmp(a));
    let warn = |(lines, path): (usize, &String)| {
        Finding::warning(RULE, path, format!("{lines} lines: above {LONG}, ask what could stand on its own"))
    };
    long.into_iter().map(warn).collect()
}
