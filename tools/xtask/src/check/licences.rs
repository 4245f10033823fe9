//! The licence of every package in the graph, tests, tools and optional features included, against the list in `tools/licences.toml`.
//!
//! A manifest can be wrong or silent. A correction there names crate, version and the files that were read; when the graph
//! has another version, the correction is void and somebody must read again. A licence that is not on the list for all may be
//! accepted for one crate by a decision record.

use super::finding::Finding;
use super::workspace::{Graph, Resolved, Workspace};
use serde::Deserialize;
use spdx::{Expression, ParseMode};
use std::path::Path;

const RULE: &str = "licences";
const FILE: &str = "tools/licences.toml";
const LOCK: &str = "Cargo.lock";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Licences {
    /// SPDX names that any package may have.
    allowed: Vec<String>,
    #[serde(default)]
    correction: Vec<Correction>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Correction {
    #[serde(rename = "crate")]
    name: String,
    version: String,
    /// What the files say, as an SPDX expression.
    licence: String,
    /// The files read, below the crate's folder.
    read: Vec<String>,
    /// What is wrong with the manifest.
    why: String,
    /// Licences accepted for this crate only.
    #[serde(default)]
    accepts: Vec<String>,
    /// The record that accepts them.
    decision: Option<String>,
}

impl Correction {
    fn matches(&self, package: &Resolved) -> bool {
        self.name == package.name && self.version == package.version
    }
}

/// Packages and corrections against each other.
pub(super) fn check(workspace: &Workspace) -> Vec<Finding> {
    let Some(text) = &workspace.licences else {
        return vec![Finding::error(RULE, FILE, "is missing: it lists the licences that are allowed")];
    };
    let licences: Licences = match toml::from_str(text) {
        Ok(licences) => licences,
        Err(error) => return vec![Finding::error(RULE, FILE, error.to_string().trim_end().replace('\n', " "))],
    };
    let corrections = licences.correction.iter();
    let mut findings: Vec<_> =
        corrections.flat_map(|correction| check_correction(correction, &workspace.everything, &workspace.root)).collect();
    for package in workspace.everything.packages.iter().filter(|package| !package.ours) {
        let correction = licences.correction.iter().find(|correction| correction.matches(package));
        if let Err(message) = judge(package, correction, &licences.allowed) {
            let message = format!("{} {}: {message}", package.name, package.version);
            findings.push(Finding::error(RULE, LOCK, message));
        }
    }
    findings
}

fn check_correction(correction: &Correction, graph: &Graph, root: &Path) -> Vec<Finding> {
    let Correction { name, version, .. } = correction;
    let mut messages = Vec::new();
    let versions: Vec<_> = graph.packages.iter().filter(|package| package.name == *name).collect();
    match versions.iter().find(|package| correction.matches(package)) {
        Some(package) => {
            let missing = correction.read.iter().filter(|file| !package.folder.join(file).is_file());
            messages.extend(missing.map(|file| format!("{name} {version} has no file {file} to have been read")));
        }
        None if versions.is_empty() => {} // written ahead of the crate's arrival
        None => {
            let found: Vec<_> = versions.iter().map(|package| package.version.as_str()).collect();
            let found = found.join(", ");
            messages.push(format!("{name} was read at {version}, the graph has {found}: read the licence of that version"));
        }
    }
    if correction.read.is_empty() || correction.why.trim().is_empty() {
        messages.push(format!("{name} {version}: a correction names the files read and says why"));
    }
    if !correction.accepts.is_empty() && !correction.decision.as_ref().is_some_and(|record| root.join(record).is_file()) {
        let record = correction.decision.as_deref().unwrap_or("none named");
        messages.push(format!("{name} {version}: what it accepts needs a decision record that exists ({record})"));
    }
    messages.into_iter().map(|message| Finding::error(RULE, FILE, message)).collect()
}

fn judge(package: &Resolved, correction: Option<&Correction>, allowed: &[String]) -> Result<(), String> {
    let stated = correction.map(|correction| &correction.licence).or(package.licence.as_ref());
    let stated = stated.ok_or_else(|| format!("states no licence: read its files and correct it in {FILE}"))?;
    // Old manifests write MIT/Apache-2.0 for "or".
    let expression = Expression::parse_mode(stated, ParseMode::LAX).map_err(|error| format!("\"{stated}\": {}", error.reason))?;
    let accepts = correction.map_or(&[][..], |correction| &correction.accepts);
    let fits = |name: &str| allowed.iter().chain(accepts).any(|allowed| allowed == name);
    expression.evaluate_with_failures(|requirement| fits(&requirement.to_string())).map_err(|failures| {
        let names: Vec<_> = failures.iter().map(|failure| failure.req.to_string()).collect();
        format!("{stated}: {} not on the allow-list", names.join(", "))
    })
}
