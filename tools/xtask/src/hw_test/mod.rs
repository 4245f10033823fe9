//! `cargo xtask hw-test [FILTER]`: the tests of `hw-tests/tests/dahdi` over DAHDI, inside QEMU or on a rig with real cards.
//!
//! ```text
//! hw-tests/guest/kernel   Debian's kernel, its modules and DAHDI's, cached by version
//! programs                our programs and the test program, built by cargo; the list of tests, before anything runs
//! guest_tree              what the guest has in it: programs, the libraries they want, scripts; packed by cpio
//! boot                    QEMU, bounded in time, ended by its own process id
//! report                  the lines the guest sends, against the list; a test that never reported has failed
//! on_host                 tests that read what the guest left, by programs that it does not have: run after it, on this machine
//! console                 the kernel's own words: an oops is a failure whatever the tests say
//! verdict                 QEMU's exit status, console and report together
//! rig                     `--rig FILE`: the same tests on this machine, after its cards were found to be the right ones
//! ```
//!
//! The guest's time goes by executed instructions (`-icount`): a busy host makes a run longer, not different. Everything that a
//! run leaves is in `target/hw-test`: `serial.log`, `dmesg.log` and `results/`, a log a test.

pub mod boot;
pub mod console;
pub mod guest_tree;
pub mod programs;
pub mod report;
pub mod rig;
pub mod verdict;

use crate::tree::Tree;
use report::Report;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// The command line of `cargo xtask hw-test`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Only the tests whose name contains this
    filter: Option<String>,
    /// The tests with `#[ignore]`, the long forms, instead of the others
    #[arg(long)]
    ignored: bool,
    /// A guest instruction takes 2^N ns: 0 is the fastest guest and the longest wait
    #[arg(long, default_value_t = 0, value_name = "N", value_parser = clap::value_parser!(u8).range(0..=10))]
    shift: u8,
    /// Programs built for release
    #[arg(long)]
    release: bool,
    /// Build as `cargo build --workspace --all-targets` does, which then costs nothing after it; only what is needed otherwise
    #[arg(long)]
    workspace: bool,
    /// What a test may take, in seconds of guest time [default: 120, with --ignored 1200]
    #[arg(long, value_name = "SECONDS")]
    limit: Option<u32>,
    /// What the whole guest may take, in seconds of this machine [default: 480, with --ignored 7200]
    #[arg(long, value_name = "SECONDS")]
    host_limit: Option<u32>,
    /// Run on this machine, whose cards this file lists, instead of in QEMU
    #[arg(long, value_name = "FILE")]
    rig: Option<PathBuf>,
    /// Where to look for the cards of --rig
    #[arg(long, value_name = "FOLDER", default_value = "/sys", requires = "rig")]
    sysfs_root: PathBuf,
}

/// Why the tests could not be run at all.
#[derive(Debug, thiserror::Error)]
pub enum HwTestError {
    /// A file or program could not be used.
    #[error("{what}")]
    Io {
        /// Doing what.
        what: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A program failed; what it said went to standard error.
    #[error("{what} failed: {status}")]
    Failed {
        /// Which.
        what: String,
        /// How it ended.
        status: std::process::ExitStatus,
    },
    /// Something that must be there is not.
    #[error("{what} is missing: {cure}")]
    Missing {
        /// What.
        what: String,
        /// What to do.
        cure: &'static str,
    },
    /// Nothing would be tested.
    #[error("no test's name contains {filter:?}; there are {there}: {names}")]
    NoTest {
        /// What was asked for, empty for all.
        filter: String,
        /// How many there are.
        there: usize,
        /// All of them.
        names: String,
    },
    /// The rig is not the one described.
    #[error(transparent)]
    Rig(#[from] rig::RigError),
}

fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> HwTestError {
    let what = what.into();
    move |source| HwTestError::Io { what, source }
}

/// Runs a program to its end and returns what it wrote to standard output; its standard error goes to ours.
fn output_of(command: &mut Command) -> Result<String, HwTestError> {
    let what = command.get_program().display().to_string();
    let ran = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output();
    let Output { status, stdout, .. } = ran.map_err(io(format!("cannot run {what}")))?;
    if status.success() { Ok(String::from_utf8_lossy(&stdout).into_owned()) } else { Err(HwTestError::Failed { what, status }) }
}

/// The run's folder, under the lock that keeps a second run out.
struct Workplace {
    folder: PathBuf,
    _lock: fs::File,
}

impl Workplace {
    fn take(tree: &Tree) -> Result<Self, HwTestError> {
        let folder = tree.metadata.target_directory.as_std_path().join("hw-test");
        fs::create_dir_all(&folder).map_err(io(format!("cannot make {}", folder.display())))?;
        let lock = fs::File::create(folder.join("lock")).map_err(io("cannot make the lock"))?;
        lock.lock().map_err(io("cannot take the lock"))?;
        Ok(Self { folder, _lock: lock })
    }

    /// An empty folder of this name.
    fn fresh(&self, name: &str) -> Result<PathBuf, HwTestError> {
        let folder = self.folder.join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(io(format!("cannot remove {}", folder.display())))?;
        }
        fs::create_dir_all(&folder).map_err(io(format!("cannot make {}", folder.display())))?;
        Ok(folder)
    }
}

/// Builds, runs, tells. True when every expected test passed and nothing else went wrong.
pub fn run(tree: &Tree, arguments: &Arguments) -> Result<bool, HwTestError> {
    // A rig that is not the right one is refused before anything is built.
    if let Some(file) = &arguments.rig {
        rig::check(file, &arguments.sysfs_root)?;
    }
    let workplace = Workplace::take(tree)?;
    let programs = programs::build(tree, arguments.release, arguments.workspace)?;
    let tests = programs::choose(&programs::list(&programs.tests)?, arguments.filter.as_deref(), arguments.ignored)?;
    let limit = arguments.limit.unwrap_or(if arguments.ignored { 1200 } else { 120 });
    let results = workplace.fresh("results")?;
    let run = Run { tree, workplace: &workplace, programs: &programs, results: &results, limit };
    // What reads the results comes last, whatever its name.
    let (readers, makers): (Vec<String>, Vec<String>) = tests.into_iter().partition(|test| test.starts_with(ON_HOST));
    let mut passed = true;
    let mut reports = Vec::new();
    if !makers.is_empty() {
        let (report, good) = match &arguments.rig {
            Some(file) => run.on_this_machine("rig", &makers, Some(file))?,
            None => run.in_guest(&makers, arguments)?,
        };
        passed &= good;
        reports.push(report);
    }
    if !readers.is_empty() {
        let (report, good) = run.on_this_machine("host", &readers, None)?;
        passed &= good;
        reports.push(report);
    }
    println!("{}", report::closing_line(&reports, passed));
    Ok(passed)
}

/// Tests whose name begins so run on this machine, after all others.
const ON_HOST: &str = "on_host::";

/// What every part of a run needs.
struct Run<'a> {
    tree: &'a Tree,
    workplace: &'a Workplace,
    programs: &'a programs::Programs,
    results: &'a Path,
    /// What a test may take, in seconds.
    limit: u32,
}

impl Run<'_> {
    /// A line for each test, as `hw-tests/guest/run-tests` reads it.
    fn list(&self, tests: &[String]) -> String {
        tests.iter().map(|name| format!("{name} {}\n", self.limit)).collect()
    }

    /// The guest's archive, with the kernel that it is for.
    fn assemble(&self, tests: &[String]) -> Result<(PathBuf, PathBuf), HwTestError> {
        let scripts = self.tree.root.join("hw-tests/guest");
        let kernel = output_of(Command::new(scripts.join("kernel")).arg(self.workplace.folder.join("kernel")))?;
        let kernel = PathBuf::from(kernel.lines().last().unwrap_or_default());
        let root = self.workplace.fresh("root")?;
        let hw_tests = self.tree.root.join("hw-tests");
        let sources = guest_tree::Sources { kernel: &kernel, scripts: &scripts, hw_tests: &hw_tests, programs: self.programs };
        guest_tree::fill(&root, &sources)?;
        fs::write(root.join("etc/guest/tests"), self.list(tests)).map_err(io("cannot write the list of tests"))?;
        let initrd = self.workplace.folder.join("initrd");
        guest_tree::pack(&root, &initrd)?;
        Ok((kernel.join("vmlinux"), initrd))
    }

    fn in_guest(&self, tests: &[String], arguments: &Arguments) -> Result<(Report, bool), HwTestError> {
        let (kernel, initrd) = self.assemble(tests)?;
        let console = self.workplace.folder.join("serial.log");
        let shift = arguments.shift;
        let guest = boot::Guest { kernel: &kernel, initrd: &initrd, share: self.results, console: &console, shift };
        let limit = arguments.host_limit.unwrap_or(if arguments.ignored { 7200 } else { 480 });
        println!("guest: {} tests, shift={shift}, console in {}", tests.len(), console.display());
        let mut report = Report::new("guest", tests);
        let ending = boot::run(&guest, Duration::from_secs(limit.into()), |line| tell(&mut report, self.results, line))?;
        let words = fs::read(&console).map_err(io(format!("cannot read {}", console.display())))?;
        let dmesg = fs::read(self.results.join("dmesg.log")).unwrap_or_default();
        let words = String::from_utf8_lossy(&words);
        let problems = verdict::problems(&report, &ending, &words, &String::from_utf8_lossy(&dmesg));
        let good = close(&report, &problems, self.results, ending.host, Some(&console));
        Ok((report, good))
    }

    /// Runs the test program here; `rig` is the file that describes this machine's cards.
    fn on_this_machine(&self, place: &'static str, tests: &[String], rig: Option<&Path>) -> Result<(Report, bool), HwTestError> {
        let list = self.workplace.folder.join("tests");
        fs::write(&list, self.list(tests)).map_err(io("cannot write the list of tests"))?;
        let started = Instant::now();
        let mut command = Command::new(self.tree.root.join("hw-tests/guest/run-tests"));
        command.arg(&list).arg(&self.programs.tests).arg(self.results).env("JUNCTOR_RESULTS", self.results);
        command.envs(rig.map(|file| ("JUNCTOR_RIG", file)));
        let mut report = Report::new(place, tests);
        let status = boot::lines_of(&mut command, |line| tell(&mut report, self.results, line))?;
        let mut problems = report.problems();
        if !status.success() {
            problems.push(format!("run-tests failed: {status}"));
        }
        let good = close(&report, &problems, self.results, started.elapsed(), None);
        Ok((report, good))
    }
}

/// Takes one line of the run; prints the result that it brings, with the output of a test that failed.
fn tell(report: &mut Report, results: &Path, line: &str) {
    let Some(finished) = report.take(line) else { return };
    println!("{finished}");
    if finished.passed() {
        figures(results, &finished.name).iter().for_each(|figure| println!("{figure}"));
    } else {
        show_log(results, &finished.name);
    }
}

/// Lines of a test's log with a figure, as `cargo xtask long` looks for.
fn figures(results: &Path, test: &str) -> Vec<String> {
    let text = log_of(results, test);
    text.lines().filter_map(|line| Some(format!("figure: {}", line.split_once("figure: ")?.1))).collect()
}

fn log_of(results: &Path, test: &str) -> String {
    let file = results.join(format!("{}.log", test.replace("::", ".")));
    fs::read(&file).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}

fn show_log(results: &Path, test: &str) {
    println!("--- {} in {} ---\n{}\n---", test, results.display(), log_of(results, test).trim_end());
}

/// The last words: what went wrong and the summary. True when nothing did.
fn close(report: &Report, problems: &[String], results: &Path, host: Duration, console: Option<&Path>) -> bool {
    for name in report.unfinished() {
        show_log(results, name);
    }
    for problem in problems {
        println!("FAIL {problem}");
    }
    println!("{}", report.summary(host));
    let passed = problems.is_empty() && report.all_passed();
    if let Some(console) = console.filter(|_| !passed) {
        let text = fs::read(console).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
        println!("the console's last lines, from {}:\n{}", console.display(), console::tail(&text, 30));
    }
    passed
}
