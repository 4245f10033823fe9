//! `cargo xtask fuzz TARGET`: coverage-guided fuzzing of one parser, on the stable compiler.
//!
//! The targets are in `tools/fuzz`, where plain tests run them for a bounded number of inputs. This command builds the same
//! targets with LLVM's coverage instrumentation and the libFuzzer engine into a folder of their own below `target/fuzz`, starts
//! from the seeds in the repository, keeps what it finds in `target/fuzz/corpus` and writes a crashing input to
//! `target/fuzz/crashes`. Address sanitising would need a nightly compiler and gains nothing: the parsers have no unsafe code.

use crate::tree::Tree;
use std::path::{Path, PathBuf};
use std::process::Command;

const PLATFORM: &str = "x86_64-unknown-linux-gnu";
const PACKAGE: &str = "fuzz";
const PROGRAM: &str = "fuzz-coverage";
/// How rustc is told to count edges and compare operands; all of it is accepted by the stable compiler.
const INSTRUMENTATION: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1 -Cdebug-assertions -Coverflow-checks";

/// The command line of `cargo xtask fuzz`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Which parser; the list of them when left out
    target: Option<String>,
    /// For how long
    #[arg(long, default_value_t = 60)]
    seconds: u32,
}

/// Why nothing was fuzzed.
#[derive(Debug, thiserror::Error)]
#[error("{what}")]
pub struct FuzzError {
    what: String,
    #[source]
    source: std::io::Error,
}

fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> FuzzError {
    let what = what.into();
    move |source| FuzzError { what, source }
}

/// Builds, then fuzzes or lists. True when no input crashed.
pub fn run(tree: &Tree, arguments: &Arguments) -> Result<bool, FuzzError> {
    let folder = tree.metadata.target_directory.as_std_path().join("fuzz");
    let Some(program) = build(tree, &folder)? else { return Ok(false) };
    let mut command = Command::new(program);
    command.current_dir(&tree.root);
    if let Some(target) = &arguments.target {
        let corpus = folder.join("corpus").join(target);
        let crashes = folder.join("crashes").join(target);
        for made in [&corpus, &crashes] {
            std::fs::create_dir_all(made).map_err(io(format!("cannot make {}", made.display())))?;
        }
        let seeds = tree.root.join("tools/fuzz/seeds").join(target);
        command.env("JUNCTOR_FUZZ_TARGET", target).arg(corpus).args(seeds.is_dir().then_some(seeds));
        command.arg(format!("-artifact_prefix={}/", crashes.display()));
        command.arg(format!("-max_total_time={}", arguments.seconds)).args(["-max_len=4096", "-print_final_stats=1"]);
    }
    Ok(command.status().map_err(io("cannot run the fuzzer"))?.success())
}

fn build(tree: &Tree, folder: &Path) -> Result<Option<PathBuf>, FuzzError> {
    let mut command = tree.cargo();
    // With --target the flags reach our programs and not the build scripts of others.
    command.env("RUSTFLAGS", INSTRUMENTATION).env("CARGO_TARGET_DIR", folder);
    command.args(["build", "--quiet", "--release", "--target", PLATFORM, "--package", PACKAGE]);
    command.args(["--features", "coverage", "--bin", PROGRAM]);
    let built = command.status().map_err(io("cannot run cargo"))?.success();
    Ok(built.then(|| folder.join(PLATFORM).join("release").join(PROGRAM)))
}
