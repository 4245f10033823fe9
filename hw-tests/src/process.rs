//! A child program: its output goes to a file, a test can wait for a line of it, and dropping it stops it.
//!
//! Only programs started here are ever signalled, by their own process id. Each is started through `setpriv --pdeathsig`
//! (util-linux), so that the kernel stops it when the test process is killed: start programs from the thread that keeps
//! them, since the signal comes when that thread ends.

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// How long a program may take to end after SIGTERM, before SIGKILL.
const PATIENCE: Duration = Duration::from_secs(3);

/// A running (or ended) child program.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts `program` with `arguments`; standard output and error go to `log`, standard input is empty.
    #[track_caller]
    pub fn start<S: AsRef<std::ffi::OsStr>>(program: &Path, arguments: impl IntoIterator<Item = S>, log: PathBuf) -> Self {
        let mut command = launcher();
        command.arg(program).args(arguments);
        Self::start_command(command, &program.display().to_string(), log)
    }

    /// Starts `program` as [`Self::start`] does, with another working directory.
    #[track_caller]
    pub fn start_in<S: AsRef<std::ffi::OsStr>>(
        directory: &Path,
        program: &Path,
        arguments: impl IntoIterator<Item = S>,
        log: PathBuf,
    ) -> Self {
        let mut command = launcher();
        command.arg(program).args(arguments).current_dir(directory);
        Self::start_command(command, &program.display().to_string(), log)
    }

    #[track_caller]
    fn start_command(mut command: Command, name: &str, log: PathBuf) -> Self {
        let file = File::create(&log).unwrap_or_else(|e| panic!("cannot make {}: {e}", log.display()));
        let both = file.try_clone().unwrap_or_else(|e| panic!("cannot share {}: {e}", log.display()));
        let child =
            command.stdin(Stdio::null()).stdout(file).stderr(both).spawn().unwrap_or_else(|e| panic!("cannot start {name}: {e}"));
        Self { name: name.to_owned(), child, log }
    }

    /// Its process id (setpriv becomes the program: the id does not change).
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it has written so far.
    pub fn log_text(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(&self.log).unwrap_or_default()).into_owned()
    }

    /// The last lines it wrote, for a message about what went wrong.
    pub fn log_tail(&self) -> String {
        tail(&self.log_text(), 60)
    }

    /// Waits until it has written a line that contains `text`; panics when it ends or `limit` passes first.
    #[track_caller]
    pub fn wait_for_line(&mut self, text: &str, limit: Duration) -> String {
        let end = Instant::now() + limit;
        loop {
            // Asked before the log is read, so that the last words of a program that ended are still seen.
            let ended = self.ended();
            if let Some(line) = self.log_text().lines().find(|line| line.contains(text)) {
                return line.to_owned();
            }
            if let Some(status) = ended {
                panic!("{} ended with {status} before it wrote {text:?}:\n{}", self.name, self.log_tail());
            }
            assert!(Instant::now() < end, "{} did not write {text:?} within {limit:?}:\n{}", self.name, self.log_tail());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Its exit status, if it has ended.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Waits for its end; `None` if `limit` passes first.
    pub fn wait(&mut self, limit: Duration) -> Option<ExitStatus> {
        let end = Instant::now() + limit;
        loop {
            if let Some(status) = self.ended() {
                return Some(status);
            }
            if Instant::now() >= end {
                return None;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Sends it a signal, if it still runs.
    pub fn signal(&mut self, signal: Signal) {
        if self.ended().is_none() {
            // The id is ours until the child is waited for, so this cannot reach a stranger.
            let _ = kill(Pid::from_raw(self.child.id().cast_signed()), signal);
        }
    }

    /// SIGTERM, then SIGKILL when that does not end it within three seconds.
    pub fn stop(&mut self) -> Option<ExitStatus> {
        self.signal(Signal::SIGTERM);
        self.wait(PATIENCE).or_else(|| {
            self.signal(Signal::SIGKILL);
            self.wait(PATIENCE)
        })
    }
}

/// `setpriv`, which becomes the program; before it `chrt`, where that is permitted: telephones, lines and the box keep the
/// time of the world, which does not wait for a compiler on the same machine. Measured with ten compilers on two cores: a
/// 10 ms beat is up to 49 ms late at normal priority, 43 ms at nice -15, 0.6 ms at real-time priority.
fn launcher() -> Command {
    const PRIVILEGES: [&str; 4] = ["setpriv", "--pdeathsig", "TERM", "--"];
    const REAL_TIME: [&str; 3] = ["chrt", "--rr", "10"];
    static PERMITTED: OnceLock<bool> = OnceLock::new();
    let tried = || Command::new(REAL_TIME[0]).args(&REAL_TIME[1..]).arg("true").stderr(Stdio::null()).status();
    let words: &[&str] = if *PERMITTED.get_or_init(|| tried().is_ok_and(|status| status.success())) {
        &[REAL_TIME.as_slice(), &PRIVILEGES].concat()
    } else {
        &PRIVILEGES
    };
    let mut command = Command::new(words[0]);
    command.args(&words[1..]);
    command
}

impl Drop for Process {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The last `lines` lines of a text.
pub fn tail(text: &str, lines: usize) -> String {
    let all: Vec<&str> = text.lines().collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}

/// The directory of our own programs: `target/<profile>`, where a program of this package runs, and which holds the `deps`
/// directory where a test runs.
#[track_caller]
pub fn program_directory() -> PathBuf {
    let running = std::env::current_exe().unwrap_or_else(|e| panic!("cannot find the running program: {e}"));
    let deps = running.ancestors().find(|a| a.file_name().is_some_and(|n| n == "deps"));
    let directory = deps.unwrap_or(&running).parent();
    directory.unwrap_or_else(|| panic!("{} is in no directory", running.display())).to_owned()
}

/// One of our own programs, built beside the running test, or in the folder that `JUNCTOR_PROGRAMS` names: the guest of
/// `cargo xtask hw-test` has no target folder. Panics with the command that builds it when it is missing.
#[track_caller]
pub fn our_program(name: &str, package: &str) -> PathBuf {
    let directory = std::env::var_os("JUNCTOR_PROGRAMS").map_or_else(program_directory, PathBuf::from);
    let path = directory.join(name);
    assert!(
        path.exists(),
        "{} does not exist: run `cargo build -p {package}` with the test's profile and target directory first",
        path.display()
    );
    path
}

/// A program of the system; panics with the Debian package that has it when it is missing.
#[track_caller]
pub fn system_program(name: &str, package: &str) -> PathBuf {
    let path = PathBuf::from("/usr/bin").join(name);
    assert!(path.exists(), "{} does not exist: install the Debian package {package}", path.display());
    path
}
