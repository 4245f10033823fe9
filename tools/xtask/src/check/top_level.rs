//! The top of the checkout holds what the layout names and nothing else, so that a newcomer sees the map at once.

use super::finding::Finding;
use super::workspace::Workspace;

const RULE: &str = "top-level";
const EXACTLY: [&str; 10] = [
    "Cargo.toml",
    "Cargo.lock",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "firmware",
    "board",
    "yocto-layer",
    "hw-tests",
    "tools",
];

/// Names at the top against the list; names that begin with a dot are not looked at.
pub(super) fn check(workspace: &Workspace) -> Vec<Finding> {
    let there = |name: &str| workspace.top_level.iter().any(|found| found == name);
    let missing =
        EXACTLY.iter().filter(|name| !there(name)).map(|name| Finding::error(RULE, *name, "is missing at the top level"));
    let strange = workspace.top_level.iter().filter(|name| !name.starts_with('.') && !EXACTLY.contains(&name.as_str()));
    let strange =
        strange.map(|name| Finding::error(RULE, name, "does not belong at the top level: find its place in the layout"));
    missing.chain(strange).collect()
}
