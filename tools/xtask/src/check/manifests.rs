//! What every manifest of ours must say: the workspace's lints, our licence, never published; in core, sys and app the
//! package is named as its folder.

use super::finding::Finding;
use super::workspace::{Crate, Workspace};

const RULE: &str = "manifest";
const LICENCE: &str = "MIT OR Apache-2.0";

/// Manifests against the rule.
pub(super) fn check(workspace: &Workspace) -> Vec<Finding> {
    workspace.crates.iter().flat_map(check_crate).collect()
}

fn check_crate(package: &Crate) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut demand = |met: bool, message: String| {
        if !met {
            findings.push(Finding::error(RULE, package.manifest(), message));
        }
    };
    demand(package.inherits_lints, "must say [lints] workspace = true".to_owned());
    demand(package.licence.as_deref() == Some(LICENCE), format!("must state license = \"{LICENCE}\" (license.workspace = true)"));
    demand(!package.publishable, "must say publish = false (publish.workspace = true)".to_owned());
    let folder = package.folder.rsplit_once('/').map_or(package.folder.as_str(), |(_, name)| name);
    let named = !package.folder.starts_with("firmware/") || folder == package.name;
    demand(named, format!("package {} must be named {folder} as its folder", package.name));
    findings
}
