//! `cargo xtask long NAME`: runs too long for the test suite, whose figures are kept as evidence.
//!
//! A run is a command of the [`catalogue`]. It prints each figure as `figure: <name> = <value> <unit>` somewhere in a line of its
//! standard output. Its result, passed or failed, is appended to `NAME.md` in its folder, `firmware/docs/evidence` for most, with commit, date and
//! machine. A run that prints no figure measured nothing (a test's name was mistyped, say): it fails and is not recorded.

pub mod catalogue;
pub mod evidence;

use crate::tree::Tree;
pub use catalogue::{CATALOGUE, LongRun};
use evidence::{Evidence, Figure};
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// The command line of `cargo xtask long`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Which run; the list of them when left out
    name: Option<String>,
}

/// Why nothing was recorded.
#[derive(Debug, thiserror::Error)]
pub enum LongError {
    /// Not in the catalogue.
    #[error("no long run {wanted}, there is {there}")]
    Unknown {
        /// What was asked for.
        wanted: String,
        /// What there is.
        there: String,
    },
    /// The command or a file failed.
    #[error("{what}")]
    Io {
        /// Doing what.
        what: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The programs that it starts could not be built.
    #[error("the programs of {name} could not be built: {status}")]
    NotBuilt {
        /// Which run.
        name: String,
        /// How cargo ended.
        status: std::process::ExitStatus,
    },
    /// It ended without a figure.
    #[error("{name} printed no figure ({status}): nothing was measured, nothing is recorded")]
    NothingMeasured {
        /// Which run.
        name: String,
        /// How its command ended.
        status: std::process::ExitStatus,
    },
}

fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> LongError {
    let what = what.into();
    move |source| LongError::Io { what, source }
}

/// The run of that name.
pub fn find<'a>(catalogue: &'a [LongRun], wanted: &str) -> Result<&'a LongRun, LongError> {
    catalogue.iter().find(|run| run.name == wanted).ok_or_else(|| {
        let there: Vec<_> = catalogue.iter().map(|run| run.name).collect();
        LongError::Unknown { wanted: wanted.to_owned(), there: there.join(", ") }
    })
}

/// Lists the runs, or runs one and records it. True when it passed.
pub fn run(tree: &Tree, arguments: &Arguments) -> Result<bool, LongError> {
    let Some(name) = &arguments.name else {
        for run in CATALOGUE {
            println!("{:24} {}", run.name, run.shows);
        }
        return Ok(true);
    };
    record(tree, find(&CATALOGUE, name)?)
}

/// Runs one and appends its evidence. True when its command succeeded.
pub fn record(tree: &Tree, run: &LongRun) -> Result<bool, LongError> {
    let started = Instant::now();
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    // Before it begins: a run takes minutes, and the checkout may move on meanwhile.
    let commit = commit(tree)?;
    build(tree, run)?;
    let mut command = tree.cargo();
    let mut child = command.args(run.cargo).stdout(Stdio::piped()).spawn().map_err(io("cannot run cargo"))?;
    let mut figures = Vec::new();
    for line in child.stdout.take().into_iter().flat_map(|output| BufReader::new(output).lines()) {
        let line = line.map_err(io("cannot read what the run prints"))?;
        println!("{line}");
        figures.extend(Figure::parse(&line));
    }
    let status = child.wait().map_err(io("cannot wait for the run"))?;
    if figures.is_empty() {
        return Err(LongError::NothingMeasured { name: run.name.to_owned(), status });
    }
    let evidence = Evidence {
        date: evidence::date_and_time(seconds),
        commit,
        machine: evidence::machine(),
        seconds: started.elapsed().as_secs(),
        passed: status.success(),
        figures,
    };
    let folder = tree.root.join(run.folder);
    std::fs::create_dir_all(&folder).map_err(io(format!("cannot make {}", folder.display())))?;
    let file = folder.join(format!("{}.md", run.name));
    evidence.append(run, &file).map_err(io(format!("cannot write {}", file.display())))?;
    println!("recorded in {}", file.display());
    Ok(evidence.passed)
}

/// Builds the programs that a run starts.
fn build(tree: &Tree, run: &LongRun) -> Result<(), LongError> {
    if run.programs.is_empty() {
        return Ok(());
    }
    let mut command = tree.cargo();
    command.args(["build", "--quiet", "--release"]);
    for package in run.programs {
        command.args(["--package", package]);
    }
    let status = command.status().map_err(io("cannot run cargo build"))?;
    if status.success() { Ok(()) } else { Err(LongError::NotBuilt { name: run.name.to_owned(), status }) }
}

/// The commit that was measured, `+` behind it when the checkout differs from it.
fn commit(tree: &Tree) -> Result<String, LongError> {
    let git = |arguments: &[&str]| {
        let output = Command::new("git").current_dir(&tree.root).args(arguments).output().map_err(io("cannot run git"))?;
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let hash = git(&["rev-parse", "--short=10", "HEAD"])?;
    let changed = !git(&["status", "--porcelain", "--untracked-files=no"])?.is_empty();
    Ok(if hash.is_empty() { "none".to_owned() } else { hash + if changed { "+" } else { "" } })
}
