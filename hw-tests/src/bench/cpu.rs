//! CPU time of a thread and of another process, and the cores they run on.

use nix::errno::Errno;
use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::time::{ClockId, clock_getcpuclockid, clock_gettime};
use nix::unistd::Pid;
use std::time::Duration;

/// User and system time of the calling thread.
#[track_caller]
pub fn thread_cpu() -> Duration {
    read(ClockId::CLOCK_THREAD_CPUTIME_ID).unwrap_or_else(|e| panic!("this thread has no CPU clock: {e}"))
}

/// User and system time of all threads of a process, ended ones too: utime + stime of `/proc/PID/stat`, but in nanoseconds
/// instead of hundredths of a second.
#[track_caller]
pub fn process_cpu(id: u32) -> Duration {
    let clock = clock_getcpuclockid(Pid::from_raw(id.cast_signed()));
    clock.and_then(read).unwrap_or_else(|e| panic!("process {id} has no CPU clock: {e}"))
}

fn read(clock: ClockId) -> nix::Result<Duration> {
    clock_gettime(clock).map(Duration::from)
}

/// The core that is measured and the others, for a program that brings server and load generator.
///
/// A child runs where the thread that starts it runs: go to a core, then start the program that belongs there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cores {
    measured: usize,
}

impl Cores {
    /// By `JUNCTOR_BENCH_CORE`, otherwise the last core that this thread may use.
    #[track_caller]
    pub fn new() -> Self {
        let named = std::env::var("JUNCTOR_BENCH_CORE").ok();
        let measured = match named {
            Some(text) => text.parse().unwrap_or_else(|e| panic!("JUNCTOR_BENCH_CORE is {text:?}: {e}")),
            None => last_allowed(),
        };
        Self { measured }
    }

    /// From here on this thread and the programs that it starts run on the measured core.
    #[track_caller]
    pub fn go_to_measured(self) {
        run_on(|core| core == self.measured).unwrap_or_else(|e| panic!("cannot run on core {}: {e}", self.measured));
    }

    /// From here on they run on all others. A machine with one core has none: all share it, and the log says so.
    #[track_caller]
    pub fn go_to_others(self) {
        match run_on(|core| core != self.measured) {
            Ok(()) => {}
            Err(Errno::EINVAL) => {
                eprintln!("there is only core {}: the load generator takes time from what is measured", self.measured)
            }
            Err(error) => panic!("cannot leave core {}: {error}", self.measured),
        }
    }
}

impl Default for Cores {
    fn default() -> Self {
        Self::new()
    }
}

/// The kernel takes those of the set that exist, and refuses when none does.
fn run_on(wanted: impl Fn(usize) -> bool) -> nix::Result<()> {
    let mut set = CpuSet::new();
    for core in (0..CpuSet::count()).filter(|core| wanted(*core)) {
        set.set(core)?;
    }
    sched_setaffinity(Pid::from_raw(0), &set)
}

#[track_caller]
fn last_allowed() -> usize {
    let set = sched_getaffinity(Pid::from_raw(0)).unwrap_or_else(|e| panic!("cannot read this thread's cores: {e}"));
    (0..CpuSet::count()).rev().find(|core| set.is_set(*core).unwrap_or(false)).unwrap_or(0)
}
