//! Which of our crates may import which: the table of the design's section 3 ("May import"), row by row.
//!
//! What a crate may import, its tests and build script may import too; a few tests may import more. A crate without a row is
//! an error, so a new crate cannot slip in without a decision. Module rules inside `call` are in `neutral_words.rs`.

use super::finding::Finding;
use super::workspace::{Crate, Kind, Workspace};

const RULE: &str = "imports";

/// One row: these crates may import those. `core/*` and `sys/*` stand for all crates of that folder of `firmware`.
struct Row {
    who: &'static [&'static str],
    may: &'static [&'static str],
    /// What only `[dev-dependencies]` may name besides.
    tests: &'static [&'static str],
}

const fn row(who: &'static [&'static str], may: &'static [&'static str]) -> Row {
    Row { who, may, tests: &[] }
}

const TABLE: [Row; 10] = [
    // Its tests speak to the control socket as every client does.
    Row { who: &["gateway"], may: &["core/*", "sys/*"], tests: &["client"] },
    row(&["web", "updater", "cli"], &["client", "model"]),
    // The root helper speaks one small protocol of its own.
    row(&["client", "spans"], &["model"]),
    row(&["call"], &["isdn", "line", "sip", "media", "sansio", "model"]),
    row(&["isdn", "line", "sip", "media"], &["sansio"]),
    row(&["tdm"], &["ring"]),
    row(&["sansio", "model", "ring", "dsp", "audio"], &[]),
    row(&["exchange", "fuzz", "hw-tests"], &["core/*", "sys/*", "client"]),
    // Strangers in hw-tests/peers are part of hw-tests.
    row(&["hw-tests/peers/*"], &["core/*", "sys/*", "client"]),
    row(&["xtask"], &[]),
];

/// Crates against the table.
pub(super) fn check(workspace: &Workspace) -> Vec<Finding> {
    workspace.crates.iter().flat_map(|package| check_crate(workspace, package)).collect()
}

fn check_crate(workspace: &Workspace, package: &Crate) -> Vec<Finding> {
    let Some(row) = TABLE.iter().find(|row| row.who.iter().any(|who| stands_for(who, package))) else {
        let message = format!("{} has no row in the import table: decide what it may import first", package.name);
        return vec![Finding::error(RULE, package.manifest(), message)];
    };
    let mut findings = Vec::new();
    for dependency in package.dependencies.iter().filter(|dependency| dependency.ours) {
        let Some(wanted) = workspace.crates.iter().find(|other| other.name == dependency.name) else { continue };
        let in_tests = dependency.kind == Kind::Test && row.tests.iter().any(|may| stands_for(may, wanted));
        if wanted.name != package.name && !in_tests && !row.may.iter().any(|may| stands_for(may, wanted)) {
            let may = if row.may.is_empty() { "none of ours".to_owned() } else { row.may.join(", ") };
            let message = format!("{} may not import {} (it may import {may})", package.name, wanted.name);
            findings.push(Finding::error(RULE, package.manifest(), message));
        }
        if let Some(rename) = &dependency.rename {
            let message =
                format!("{} is renamed to {rename}: our crates keep their names, the module rules go by them", wanted.name);
            findings.push(Finding::error(RULE, package.manifest(), message));
        }
    }
    findings
}

/// True when an entry of the table, a name or a folder with `/*`, stands for this crate.
fn stands_for(entry: &str, package: &Crate) -> bool {
    match entry.strip_suffix("/*") {
        Some(folder) => {
            let parent = package.folder.rsplit_once('/').map_or("", |(parent, _)| parent);
            parent == folder || parent.strip_prefix("firmware/") == Some(folder)
        }
        None => package.name == entry,
    }
}
