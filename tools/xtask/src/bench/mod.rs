//! `cargo xtask bench [area] [--json]`: the frame around the bench programs.
//!
//! An area is a binary of the workspace named `bench-<area>`. It measures once and prints its figures, one JSON [`Row`] a line,
//! and nothing else, on standard output. This frame builds release, runs every program several times in turn (A B A B, since
//! the machine differs from minute to minute), pins it to one core and prints the medians. A program that brings its own load
//! generator moves that to another core; `JUNCTOR_BENCH_CORE` tells it which core is being measured.
//!
//! A program that starts other programs of the workspace finds them beside itself; its package says which, so that they are
//! built too:
//!
//! ```text
//! [package.metadata.bench]
//! call = ["junctord", "junctor-exchange"]
//! ```
//!
//! `--quick` shows that everything still runs: one run, which `JUNCTOR_BENCH_QUICK=1` asks the programs to keep short, of the
//! dev build that the tests have made already. A release build of all dependencies would take longer than all runs together.

pub mod median;
pub mod row;
mod table;

use crate::tree::Tree;
pub use median::{Summary, merge};
pub use row::Row;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
pub use table::table;

const PREFIX: &str = "bench-";

/// The command line of `cargo xtask bench`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Only this area; all when left out
    area: Option<String>,
    /// One JSON object a line instead of the table
    #[arg(long)]
    json: bool,
    /// How often each program runs
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=1000))]
    runs: u16,
    /// The core to pin to; the last one when left out
    #[arg(long)]
    core: Option<usize>,
    /// One short run of the dev build, to show that the programs work; its figures are not to be compared
    #[arg(long, conflicts_with = "runs")]
    quick: bool,
}

/// How the programs are run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Course {
    /// How often each.
    pub runs: u16,
    /// On which core.
    pub core: usize,
    /// Whether each run is to be as short as it can be.
    pub quick: bool,
}

/// Why there are no figures.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// A name that no program has.
    #[error("no area {wanted}, there is {there}")]
    UnknownArea {
        /// What was asked for.
        wanted: String,
        /// What there is.
        there: String,
    },
    /// Nothing to run.
    #[error("no bench program: an area is a binary named {PREFIX}<area>")]
    NoArea,
    /// A package says that a program of its needs one that nobody has.
    #[error("{area} needs the program {program}, which is in no package of the workspace")]
    UnknownProgram {
        /// Who needs it.
        area: String,
        /// What it needs.
        program: String,
    },
    /// A package's list of programs is no list of names.
    #[error("package.metadata.bench.{area} of {package}: expected a list of programs, found {found}")]
    BadNeeds {
        /// For which area.
        area: String,
        /// Whose manifest.
        package: String,
        /// What stands there.
        found: String,
    },
    /// A program could not be started.
    #[error("cannot run {program}")]
    Start {
        /// Which.
        program: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A program failed.
    #[error("{program} failed: {status}")]
    Failed {
        /// Which.
        program: String,
        /// How it ended.
        status: std::process::ExitStatus,
    },
    /// A program printed something else.
    #[error("bench program of area {area} printed a bad line")]
    Row {
        /// Whose.
        area: String,
        /// What is wrong.
        #[source]
        source: row::RowError,
    },
    /// The runs do not fit together.
    #[error(transparent)]
    Merge(#[from] median::MergeError),
}

/// One area and where its program is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Area {
    /// As in `call`.
    pub name: String,
    /// The package that holds the program.
    pub package: String,
}

/// The areas wanted, out of `binaries` (name, package): all, or the one named.
pub fn choose(binaries: &[(String, String)], wanted: Option<&str>) -> Result<Vec<Area>, BenchError> {
    let area = |(binary, package): &(String, String)| {
        Some(Area { name: binary.strip_prefix(PREFIX)?.to_owned(), package: package.clone() })
    };
    let all: Vec<Area> = binaries.iter().filter_map(area).collect();
    if all.is_empty() {
        return Err(BenchError::NoArea);
    }
    let Some(wanted) = wanted else { return Ok(all) };
    let there: Vec<_> = all.iter().map(|area| area.name.clone()).collect();
    let one: Vec<Area> = all.into_iter().filter(|area| area.name == wanted).collect();
    if one.is_empty() {
        return Err(BenchError::UnknownArea { wanted: wanted.to_owned(), there: there.join(", ") });
    }
    Ok(one)
}

/// Builds, runs, prints. True when every figure was measured; a missed target is no failure of the measurement.
pub fn run(tree: &Tree, arguments: &Arguments) -> Result<bool, BenchError> {
    let areas = choose(&tree.binaries(PREFIX), arguments.area.as_deref())?;
    let core = arguments.core.unwrap_or_else(|| std::thread::available_parallelism().map_or(0, |cores| cores.get() - 1));
    let runs = if arguments.quick { 1 } else { arguments.runs };
    let summaries = measure_all(tree, &areas, Course { runs, core, quick: arguments.quick })?;
    if arguments.json {
        for summary in &summaries {
            println!("{}", serde_json::json!(summary.row));
        }
    } else {
        print!("{}", table(&summaries));
    }
    Ok(true)
}

/// Builds the programs of `areas`, runs them in turn and takes the medians.
pub fn measure_all(tree: &Tree, areas: &[Area], course: Course) -> Result<Vec<Summary>, BenchError> {
    let programs = build(tree, areas, course.quick)?;
    let mut all: Vec<Vec<Row>> = Vec::new();
    for number in 1..=course.runs {
        eprintln!("run {number} of {} on core {}", course.runs, course.core);
        let mut rows = Vec::new();
        for (area, program) in areas.iter().zip(&programs) {
            rows.extend(measure(area, program, course)?);
        }
        all.push(rows);
    }
    Ok(merge(&all)?)
}

/// One build of all that the areas need; where each area's own program is.
fn build(tree: &Tree, areas: &[Area], quick: bool) -> Result<Vec<PathBuf>, BenchError> {
    let mut wanted = BTreeSet::new();
    for area in areas {
        wanted.insert((format!("{PREFIX}{}", area.name), area.package.clone()));
        wanted.extend(needs(tree, area)?);
    }
    let mut command = tree.cargo();
    command.args(["build", "--quiet"]);
    let profile = if quick {
        // The same selection as in tools/test: with another one cargo chooses other features and compiles anew.
        command.args(["--workspace", "--all-targets"]);
        "debug"
    } else {
        command.arg("--release");
        for (binary, package) in &wanted {
            command.args(["--package", package, "--bin", binary]);
        }
        "release"
    };
    finish("cargo build", command.status())?;
    let folder = tree.metadata.target_directory.as_std_path().join(profile);
    Ok(areas.iter().map(|area| folder.join(format!("{PREFIX}{}", area.name))).collect())
}

/// The programs (name, package) that the area's program starts, by the manifest of its package.
pub fn needs(tree: &Tree, area: &Area) -> Result<Vec<(String, String)>, BenchError> {
    let package = tree.metadata.workspace_packages().into_iter().find(|package| *package.name == area.package);
    let Some(value) = package.and_then(|package| package.metadata.get("bench")?.get(&area.name)) else { return Ok(Vec::new()) };
    let names: Vec<String> = serde_json::from_value(value.clone()).map_err(|_| BenchError::BadNeeds {
        area: area.name.clone(),
        package: area.package.clone(),
        found: value.to_string(),
    })?;
    let of_workspace = tree.binaries("");
    let find = |name: String| {
        let found = of_workspace.iter().find(|(binary, _)| *binary == name).cloned();
        found.ok_or_else(|| BenchError::UnknownProgram { area: area.name.clone(), program: name })
    };
    names.into_iter().map(find).collect()
}

fn finish(program: &str, status: std::io::Result<std::process::ExitStatus>) -> Result<(), BenchError> {
    let status = status.map_err(|source| BenchError::Start { program: program.to_owned(), source })?;
    if status.success() { Ok(()) } else { Err(BenchError::Failed { program: program.to_owned(), status }) }
}

/// One run of one program; its standard error goes to ours.
fn measure(area: &Area, program: &Path, course: Course) -> Result<Vec<Row>, BenchError> {
    let core = course.core.to_string();
    let name = format!("taskset --cpu-list {core} {}", program.display());
    let mut command = Command::new("taskset");
    command.args(["--cpu-list", &core]).arg(program).env("JUNCTOR_BENCH_CORE", &core).stderr(Stdio::inherit());
    if course.quick {
        command.env("JUNCTOR_BENCH_QUICK", "1");
    } else {
        command.env_remove("JUNCTOR_BENCH_QUICK");
    }
    let output = command.output().map_err(|source| BenchError::Start { program: name.clone(), source })?;
    finish(&name, Ok(output.status))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.map(|line| Row::parse(&area.name, line).map_err(|source| BenchError::Row { area: area.name.clone(), source })).collect()
}
