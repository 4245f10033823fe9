//! What runs in the guest: the test program and our programs that it starts, built by cargo, and the list of the tests.

use super::{HwTestError, io, output_of};
use crate::tree::Tree;
use cargo_metadata::Message;
use std::collections::{BTreeMap, BTreeSet};
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The package and name of the test program.
const TESTS: (&str, &str) = ("hw-tests", "dahdi");

/// Our programs that tests start, (package, name).
const OURS: [(&str, &str); 5] = [
    ("gateway", "junctord"),
    ("cli", "junctor"),
    ("spans", "junctor-spans"),
    ("exchange", "junctor-exchange"),
    ("libpri-peer", "libpri-peer"),
];

/// What a dev build optimises all the same: the guest counts instructions, and comparing speech takes most of them.
const FAST: [&str; 1] = ["hw-tests"];

/// Where the built programs are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Programs {
    /// The libtest program.
    pub tests: PathBuf,
    /// Name and file of each program of ours.
    pub ours: BTreeMap<String, PathBuf>,
}

/// Builds all of them in one run of cargo.
pub fn build(tree: &Tree, release: bool, workspace: bool) -> Result<Programs, HwTestError> {
    let there: BTreeSet<(String, String)> = tree.binaries("").into_iter().map(|(name, package)| (package, name)).collect();
    let mut command = tree.cargo();
    command.args(["build", "--message-format=json-render-diagnostics", "--quiet"]);
    for package in FAST {
        command.arg("--config").arg(format!("profile.dev.package.{package}.opt-level=2"));
    }
    if release {
        command.arg("--release");
    }
    if workspace {
        command.args(["--workspace", "--all-targets"]);
    } else {
        command.args(["--package", TESTS.0, "--test", TESTS.1]);
        for (package, name) in OURS {
            if !there.contains(&(package.to_owned(), name.to_owned())) {
                return Err(HwTestError::Missing {
                    what: format!("program {name} of package {package}"),
                    cure: "see OURS in hw_test/programs.rs",
                });
            }
            command.args(["--package", package, "--bin", name]);
        }
    }
    let mut child = command.stdout(Stdio::piped()).spawn().map_err(io("cannot run cargo build"))?;
    let mut built = BTreeMap::new();
    for message in child.stdout.take().into_iter().flat_map(|output| Message::parse_stream(BufReader::new(output))) {
        if let Message::CompilerArtifact(artifact) = message.map_err(io("cannot read what cargo build prints"))? {
            // A program is built a second time as its own unit test: that one is not meant.
            let wanted = artifact.target.is_test() || (artifact.target.is_bin() && !artifact.profile.test);
            let package = tree.metadata.packages.iter().find(|package| package.id == artifact.package_id);
            if let (true, Some(package), Some(file)) = (wanted, package, artifact.executable) {
                built.insert((package.name.to_string(), artifact.target.name), file.into_std_path_buf());
            }
        }
    }
    let status = child.wait().map_err(io("cannot wait for cargo build"))?;
    if !status.success() {
        return Err(HwTestError::Failed { what: "cargo build".to_owned(), status });
    }
    let find = |(package, name): (&str, &str)| {
        let found = built.get(&(package.to_owned(), name.to_owned())).cloned();
        found.ok_or_else(|| HwTestError::Missing {
            what: format!("{name} of package {package}"),
            cure: "cargo build did not make it",
        })
    };
    let ours = OURS.into_iter().map(|one| find(one).map(|file| (one.1.to_owned(), file)));
    Ok(Programs { ours: ours.collect::<Result<_, _>>()?, tests: find(TESTS)? })
}

/// One test of the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Test {
    /// As libtest names it, `smoke::dahdi_answers`.
    pub name: String,
    /// Whether it has `#[ignore]`.
    pub ignored: bool,
}

/// The tests of a libtest program, by its own word.
pub fn list(program: &Path) -> Result<Vec<Test>, HwTestError> {
    let ask = |more: &[&str]| output_of(Command::new(program).args(["--list", "--format", "terse"]).args(more));
    let ignored: BTreeSet<String> = names(&ask(&["--ignored"])?).collect();
    Ok(names(&ask(&[])?).map(|name| Test { ignored: ignored.contains(&name), name }).collect())
}

/// The names in what `--list --format terse` prints.
pub fn names(text: &str) -> impl Iterator<Item = String> {
    text.lines().filter_map(|line| line.strip_suffix(": test")).map(ToOwned::to_owned)
}

/// The tests that a run is to have: those with `#[ignore]` or the others, and of these the ones that `filter` names.
pub fn choose(tests: &[Test], filter: Option<&str>, ignored: bool) -> Result<Vec<String>, HwTestError> {
    let kind: Vec<&Test> = tests.iter().filter(|test| test.ignored == ignored).collect();
    let chosen: Vec<String> =
        kind.iter().filter(|test| filter.is_none_or(|filter| test.name.contains(filter))).map(|test| test.name.clone()).collect();
    if chosen.is_empty() {
        let names: Vec<&str> = kind.iter().map(|test| test.name.as_str()).collect();
        return Err(HwTestError::NoTest {
            filter: filter.unwrap_or_default().to_owned(),
            there: kind.len(),
            names: names.join(", "),
        });
    }
    Ok(chosen)
}
