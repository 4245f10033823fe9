//! The `cargo xtask` command line. Exit status 0: done and clean; 1: a rule is broken or a run failed; 2: wrong usage.

use clap::{Parser, Subcommand};
use std::error::Error;
use std::process::ExitCode;
use xtask::{Tree, bench, check, fuzz, hw_test, long, not_run};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Checks, benchmarks, hardware tests and long runs of the project")]
struct Arguments {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Layers, unsafe code, headers, licences, bans, ignored tests, top level, file sizes
    Check,
    /// Release benchmarks: the median of several runs on one core
    Bench(bench::Arguments),
    /// A run too long for the test suite; its figures go to firmware/docs/evidence
    Long(long::Arguments),
    /// Coverage-guided fuzzing of one parser
    Fuzz(fuzz::Arguments),
    /// The tests over DAHDI, in QEMU or on a rig with real cards
    HwTest(hw_test::Arguments),
    /// What a run of the test suite leaves out, with the reasons
    NotRun,
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            let mut source = error.source();
            while let Some(cause) = source {
                eprintln!("  because: {cause}");
                source = cause.source();
            }
            ExitCode::FAILURE
        }
    }
}

/// True when all went well; false when the command has already said what did not.
fn run(task: Task) -> Result<bool, Box<dyn Error>> {
    let tree = Tree::load(&std::env::current_dir()?)?;
    match task {
        Task::Check => {
            let report = check::run(&tree)?;
            print!("{report}");
            Ok(report.clean())
        }
        Task::Bench(arguments) => Ok(bench::run(&tree, &arguments)?),
        Task::Long(arguments) => Ok(long::run(&tree, &arguments)?),
        Task::Fuzz(arguments) => Ok(fuzz::run(&tree, &arguments)?),
        Task::HwTest(arguments) => Ok(hw_test::run(&tree, &arguments)?),
        Task::NotRun => Ok(not_run::run(&tree)?),
    }
}
