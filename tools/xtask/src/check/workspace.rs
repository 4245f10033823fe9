//! The plain data that the rules look at, and the only place of `check` that reads the disk.

use crate::tree::{Tree, TreeError};
use cargo_metadata::{DependencyKind, Metadata, Package, PackageId};
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::{fs, io};

/// Folders whose Rust files are ours.
const SOURCE_FOLDERS: [&str; 5] = ["firmware", "board", "yocto-layer", "hw-tests", "tools"];
/// Folders that hold what programs made.
const MADE_FOLDERS: [&str; 3] = ["target", "node_modules", ".git"];

/// Everything that the rules may ask about.
#[derive(Debug)]
pub struct Workspace {
    /// Our crates.
    pub crates: Vec<Crate>,
    /// Our crates and all that they need, resolved for the box's platform with default features.
    pub graph: Graph,
    /// The same with every feature of ours on.
    pub everything: Graph,
    /// Every Rust file of ours.
    pub files: Vec<SourceFile>,
    /// The names at the top of the checkout that git would keep.
    pub top_level: Vec<String>,
    /// The text of `tools/licences.toml`; `None` when there is no such file.
    pub licences: Option<String>,
    /// Where the checkout is, for rules that ask whether a file exists.
    pub root: PathBuf,
}

/// One member of the workspace.
#[derive(Debug)]
pub struct Crate {
    /// The package's name.
    pub name: String,
    /// Its folder below the root, as in `firmware/core/sip`.
    pub folder: String,
    /// What its manifest asks for, of ours and of others.
    pub dependencies: Vec<Dependency>,
    /// `[lints] workspace = true`.
    pub inherits_lints: bool,
    /// The licence that its manifest states.
    pub licence: Option<String>,
    /// True when its manifest lets it be published.
    pub publishable: bool,
    /// Its features and what each switches on.
    pub features: BTreeMap<String, Vec<String>>,
    /// The root file of its library, below the workspace's root.
    pub library: Option<String>,
}

impl Crate {
    /// Its manifest below the root.
    pub fn manifest(&self) -> String {
        format!("{}/Cargo.toml", self.folder)
    }

    /// True for a file of this crate: the deepest crate around a file owns it.
    pub fn holds(&self, file: &SourceFile) -> bool {
        file.path.strip_prefix(&self.folder).is_some_and(|rest| rest.starts_with('/'))
    }
}

/// Which table of a manifest a dependency stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `[dependencies]`
    Normal,
    /// `[build-dependencies]`
    Build,
    /// `[dev-dependencies]`
    Test,
}

impl From<DependencyKind> for Kind {
    fn from(kind: DependencyKind) -> Self {
        match kind {
            DependencyKind::Development => Self::Test,
            DependencyKind::Build => Self::Build,
            DependencyKind::Normal | DependencyKind::Unknown => Self::Normal,
        }
    }
}

/// One line of a manifest's dependency table.
#[derive(Debug)]
pub struct Dependency {
    /// The package's own name.
    pub name: String,
    /// The name it is given here, if another.
    pub rename: Option<String>,
    /// Its table.
    pub kind: Kind,
    /// True for a member of the workspace.
    pub ours: bool,
    /// The features asked for.
    pub features: Vec<String>,
}

/// Who needs whom, after resolution.
#[derive(Debug)]
pub struct Graph {
    /// All of them, ours too.
    pub packages: Vec<Resolved>,
}

/// One package of the graph.
#[derive(Debug)]
pub struct Resolved {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The folder of its sources.
    pub folder: PathBuf,
    /// The licence expression of its manifest.
    pub licence: Option<String>,
    /// The features that are on.
    pub features: Vec<String>,
    /// True for a member of the workspace.
    pub ours: bool,
    /// True when it runs in the compiler and not in our programs.
    pub compiler_plugin: bool,
    /// Positions in [`Graph::packages`] of what it needs.
    pub needs: Vec<(usize, Kind)>,
}

/// One Rust file.
#[derive(Debug)]
pub struct SourceFile {
    /// Below the root, with `/`.
    pub path: String,
    /// Its text.
    pub text: String,
    /// Its syntax, or where and why it has none.
    pub syntax: Result<syn::File, (usize, String)>,
}

/// Why the workspace could not be read.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A file or folder could not be read.
    #[error("cannot read {path}")]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A manifest is not TOML.
    #[error("cannot parse {path}")]
    Manifest {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: toml::de::Error,
    },
    /// Cargo refused.
    #[error(transparent)]
    Tree(#[from] TreeError),
    /// Cargo gave no dependency graph.
    #[error("cargo metadata gave no dependency graph")]
    NoGraph,
}

fn read(path: &Path) -> Result<String, LoadError> {
    fs::read_to_string(path).map_err(|source| LoadError::Read { path: path.to_owned(), source })
}

impl Workspace {
    /// Reads the checkout that `tree` describes.
    pub fn load(tree: &Tree) -> Result<Self, LoadError> {
        let Tree { root, metadata } = tree;
        let crates = metadata.workspace_packages().into_iter().map(|package| describe(root, metadata, package));
        let mut files = Vec::new();
        for folder in SOURCE_FOLDERS {
            if root.join(folder).is_dir() {
                collect(root, &root.join(folder), &mut files)?;
            }
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let licences = root.join("tools/licences.toml");
        Ok(Self {
            crates: crates.collect::<Result<_, _>>()?,
            graph: resolve(metadata)?,
            // Without a feature of ours there is nothing to switch on, and cargo need not run again.
            everything: if metadata.workspace_packages().iter().all(|package| package.features.is_empty()) {
                resolve(metadata)?
            } else {
                resolve(&tree.with_all_features()?)?
            },
            files,
            top_level: top_level(root)?,
            licences: licences.is_file().then(|| read(&licences)).transpose()?,
            root: root.clone(),
        })
    }

    /// The crate that owns `file`: the deepest whose folder is around it.
    pub fn owner(&self, file: &SourceFile) -> Option<&Crate> {
        self.crates.iter().filter(|package| package.holds(file)).max_by_key(|package| package.folder.len())
    }
}

fn below(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).to_string_lossy().into_owned()
}

fn describe(root: &Path, metadata: &Metadata, package: &Package) -> Result<Crate, LoadError> {
    let manifest = package.manifest_path.as_std_path();
    let table: toml::Table =
        toml::from_str(&read(manifest)?).map_err(|source| LoadError::Manifest { path: manifest.to_owned(), source })?;
    let lints = table.get("lints").and_then(|lints| lints.get("workspace")).and_then(toml::Value::as_bool);
    let ours = |name: &str| metadata.workspace_packages().iter().any(|member| member.name == name);
    Ok(Crate {
        name: package.name.to_string(),
        folder: below(root, manifest.parent().unwrap_or(root)),
        dependencies: package
            .dependencies
            .iter()
            .map(|dependency| Dependency {
                name: dependency.name.clone(),
                rename: dependency.rename.clone(),
                kind: dependency.kind.into(),
                ours: dependency.path.is_some() && ours(&dependency.name),
                features: dependency.features.clone(),
            })
            .collect(),
        inherits_lints: lints == Some(true),
        licence: package.license.clone(),
        publishable: package.publish.as_ref().is_none_or(|registries| !registries.is_empty()),
        features: package.features.clone(),
        library: package.targets.iter().find(|target| target.is_lib()).map(|target| below(root, target.src_path.as_std_path())),
    })
}

fn resolve(metadata: &Metadata) -> Result<Graph, LoadError> {
    let nodes = &metadata.resolve.as_ref().ok_or(LoadError::NoGraph)?.nodes;
    let position: HashMap<&PackageId, usize> = nodes.iter().enumerate().map(|(at, node)| (&node.id, at)).collect();
    let packages: HashMap<&PackageId, &Package> = metadata.packages.iter().map(|package| (&package.id, package)).collect();
    let resolved = nodes.iter().map(|node| {
        let package = packages.get(&node.id).ok_or(LoadError::NoGraph)?;
        let needs = node.deps.iter().flat_map(|dependency| {
            let to = position.get(&dependency.pkg).copied();
            dependency.dep_kinds.iter().filter_map(move |kind| Some((to?, Kind::from(kind.kind))))
        });
        Ok(Resolved {
            name: package.name.to_string(),
            version: package.version.to_string(),
            folder: package.manifest_path.parent().map(|folder| folder.as_std_path().to_owned()).unwrap_or_default(),
            licence: package.license.clone(),
            features: node.features.iter().map(ToString::to_string).collect(),
            ours: metadata.workspace_members.contains(&node.id),
            compiler_plugin: package.targets.iter().any(cargo_metadata::Target::is_proc_macro),
            needs: needs.collect(),
        })
    });
    Ok(Graph { packages: resolved.collect::<Result<_, LoadError>>()? })
}

fn entries(folder: &Path) -> Result<Vec<fs::DirEntry>, LoadError> {
    let at = |source| LoadError::Read { path: folder.to_owned(), source };
    fs::read_dir(folder).map_err(at)?.collect::<Result<_, _>>().map_err(at)
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<SourceFile>) -> Result<(), LoadError> {
    for entry in entries(folder)? {
        let path = entry.path();
        let name = entry.file_name();
        if path.is_symlink() {
            continue;
        } else if path.is_dir() {
            if !MADE_FOLDERS.iter().any(|made| name == *made) {
                collect(root, &path, files)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = read(&path)?;
            let syntax = syn::parse_file(&text).map_err(|error| (error.span().start().line, error.to_string()));
            files.push(SourceFile { path: below(root, &path), text, syntax });
        }
    }
    Ok(())
}

/// What lies at the top and is not ignored: of `.gitignore` only plain names and `/name` are understood, as ours has no more.
fn top_level(root: &Path) -> Result<Vec<String>, LoadError> {
    let ignore = fs::read_to_string(root.join(".gitignore")).unwrap_or_default();
    let ignored = |name: &str| ignore.lines().any(|line| line.trim_end_matches('/').trim_start_matches('/') == name);
    let mut names: Vec<_> = entries(root)?.iter().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.retain(|name| !ignored(name));
    names.sort();
    Ok(names)
}
