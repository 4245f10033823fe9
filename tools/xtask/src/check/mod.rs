//! `cargo xtask check`: the rules that no compiler checks, each in a file of its own.
//!
//! A rule is a function from plain data ([`Workspace`]) to [`Finding`]s; only `workspace.rs` reads the disk. Every rule has a
//! test in `tests/` in which it is broken once and must be caught.

mod bans;
mod core_lints;
mod finding;
mod headers;
mod ignored;
mod imports;
mod licences;
mod manifests;
mod neutral_words;
mod paths;
mod sizes;
mod top_level;
mod unsafe_code;
mod workspace;

use crate::tree::Tree;
pub use finding::{Finding, Severity};
pub use ignored::{IgnoredTest, ignored_tests};
use std::fmt;
pub use workspace::{LoadError, Workspace};

/// What all the rules together found.
#[derive(Debug)]
pub struct Report {
    /// Errors first, then warnings, each in the order of the rules.
    pub findings: Vec<Finding>,
    crates: usize,
    files: usize,
    packages: usize,
}

impl Report {
    /// True when nothing worse than a warning was found.
    pub fn clean(&self) -> bool {
        self.errors() == 0
    }

    fn errors(&self) -> usize {
        self.findings.iter().filter(|finding| finding.severity == Severity::Error).count()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.findings {
            writeln!(f, "{finding}")?;
        }
        let errors = self.errors();
        let warnings = self.findings.len() - errors;
        writeln!(
            f,
            "{} crates, {} source files, {} packages in the graph: {errors} errors, {warnings} warnings",
            self.crates, self.files, self.packages
        )
    }
}

/// Applies every rule to the workspace.
pub fn run(tree: &Tree) -> Result<Report, LoadError> {
    let workspace = Workspace::load(tree)?;
    let rules: [fn(&Workspace) -> Vec<Finding>; 11] = [
        imports::check,
        neutral_words::check,
        unsafe_code::check,
        headers::check,
        core_lints::check,
        manifests::check,
        ignored::check,
        licences::check,
        bans::check,
        top_level::check,
        sizes::check,
    ];
    let mut findings: Vec<_> = rules.into_iter().flat_map(|rule| rule(&workspace)).collect();
    findings.sort_by_key(|finding| finding.severity);
    Ok(Report {
        findings,
        crates: workspace.crates.len(),
        files: workspace.files.len(),
        packages: workspace.everything.packages.len(),
    })
}
