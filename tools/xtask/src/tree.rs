//! Where the project's files are and what cargo says about them: one `cargo metadata` call, shared by every command.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The platform of the box: packages that only other platforms need are not looked at.
const PLATFORM: &str = "x86_64-unknown-linux-gnu";

/// A checkout and cargo's description of it.
#[derive(Debug)]
pub struct Tree {
    /// The workspace's folder.
    pub root: PathBuf,
    /// Members and resolved packages for the box's platform, default features.
    pub metadata: cargo_metadata::Metadata,
}

/// Why a checkout could not be described.
#[derive(Debug, thiserror::Error)]
pub enum TreeError {
    /// Cargo refused; its own words follow.
    #[error("cargo metadata failed in {folder}")]
    Metadata {
        /// Where it ran.
        folder: PathBuf,
        /// What it said.
        #[source]
        source: cargo_metadata::Error,
    },
}

impl Tree {
    /// Describes the workspace that holds `folder`. Cargo.lock must be up to date: nothing is written.
    pub fn load(folder: &Path) -> Result<Self, TreeError> {
        let metadata = describe(folder, &[])?;
        Ok(Self { root: metadata.workspace_root.clone().into_std_path_buf(), metadata })
    }

    /// The same with every feature of ours on: also what a default build leaves out.
    pub fn with_all_features(&self) -> Result<cargo_metadata::Metadata, TreeError> {
        describe(&self.root, &["--all-features"])
    }

    /// The cargo that runs us, to run it again at the workspace's root.
    pub fn cargo(&self) -> Command {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.current_dir(&self.root);
        command
    }

    /// The name and package of every binary whose name starts with `prefix`.
    pub fn binaries(&self, prefix: &str) -> Vec<(String, String)> {
        let mut found: Vec<_> = self
            .metadata
            .workspace_packages()
            .into_iter()
            .flat_map(|package| package.targets.iter().map(move |target| (target, package)))
            .filter(|(target, _)| target.is_bin() && target.name.starts_with(prefix))
            .map(|(target, package)| (target.name.clone(), package.name.to_string()))
            .collect();
        found.sort();
        found
    }
}

fn describe(folder: &Path, more: &[&str]) -> Result<cargo_metadata::Metadata, TreeError> {
    let options = ["--locked", "--filter-platform", PLATFORM].iter().chain(more).map(|option| (*option).to_owned());
    cargo_metadata::MetadataCommand::new()
        .current_dir(folder)
        .other_options(options.collect::<Vec<_>>())
        .exec()
        .map_err(|source| TreeError::Metadata { folder: folder.to_owned(), source })
}
