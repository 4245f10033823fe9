//! `cargo xtask bench [area] [--json]`: the frame around the bench programs.
//!
//! An area is a binary of the workspace named `bench-<area>`. It measures once and prints its figures, one JSON [`Row`] a line,
//! and nothing else, on standard output. This frame builds release, runs every program several times in turn (A B A B, since
//! the machine differs from minute to minute), pins it to one core and prints the medians. A program that brings its own load
//! generator moves that to another core; `JUNCTOR_BENCH_CORE` tells it which core is being measured.

pub mod median;
pub mod row;
mod table;

use crate::tree::Tree;
pub use median::{Summary, merge};
pub use row::Row;
use std::path::PathBuf;
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
    let summaries = measure_all(tree, &areas, arguments.runs, core)?;
    if arguments.json {
        for summary in &summaries {
            println!("{}", serde_json::json!(summary.row));
        }
    } else {
        print!("{}", table(&summaries));
    }
    Ok(true)
}

/// Builds the programs of `areas`, runs them in turn `runs` times on `core` and takes the medians.
pub fn measure_all(tree: &Tree, areas: &[Area], runs: u16, core: usize) -> Result<Vec<Summary>, BenchError> {
    let programs = areas.iter().map(|area| build(tree, area)).collect::<Result<Vec<_>, _>>()?;
    let mut all: Vec<Vec<Row>> = Vec::new();
    for number in 1..=runs {
        eprintln!("run {number} of {runs} on core {core}");
        let mut rows = Vec::new();
        for (area, program) in areas.iter().zip(&programs) {
            rows.extend(measure(area, program, core)?);
        }
        all.push(rows);
    }
    Ok(merge(&all)?)
}

fn build(tree: &Tree, area: &Area) -> Result<PathBuf, BenchError> {
    let binary = format!("{PREFIX}{}", area.name);
    let mut command = tree.cargo();
    command.args(["build", "--quiet", "--release", "--package", &area.package, "--bin", &binary]);
    finish("cargo build", command.status())?;
    Ok(tree.metadata.target_directory.as_std_path().join("release").join(binary))
}

fn finish(program: &str, status: std::io::Result<std::process::ExitStatus>) -> Result<(), BenchError> {
    let status = status.map_err(|source| BenchError::Start { program: program.to_owned(), source })?;
    if status.success() { Ok(()) } else { Err(BenchError::Failed { program: program.to_owned(), status }) }
}

/// One run of one program; its standard error goes to ours.
fn measure(area: &Area, program: &std::path::Path, core: usize) -> Result<Vec<Row>, BenchError> {
    let name = format!("taskset --cpu-list {core} {}", program.display());
    let core = core.to_string();
    let mut command = Command::new("taskset");
    command.args(["--cpu-list", &core]).arg(program).env("JUNCTOR_BENCH_CORE", &core).stderr(Stdio::inherit());
    let output = command.output().map_err(|source| BenchError::Start { program: name.clone(), source })?;
    finish(&name, Ok(output.status))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.map(|line| Row::parse(&area.name, line).map_err(|source| BenchError::Row { area: area.name.clone(), source })).collect()
}
