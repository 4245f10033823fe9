//! Where and how a media thread runs: its core (sched_setaffinity(2)), SCHED_FIFO (sched(7)), memory that stays (mlockall(2)).
//!
//! Each refusal names the capability or limit that is missing and the line of the systemd unit that gives it. Call
//! [`pin_to_core`] and [`set_real_time`] in the thread that is meant; [`lock_memory`] once for the process. All may fail on a
//! box that was not set up for them and the thread then works on without.

use nix::errno::Errno;
use nix::libc;
use nix::sched::{CpuSet, sched_setaffinity};
use nix::sys::mman::{MlockAllFlags, mlockall};
use nix::sys::resource::{RLIM_INFINITY, Resource, getrlimit};
use nix::unistd::Pid;
use std::io;

/// Bit of CAP_IPC_LOCK, see capabilities(7).
const CAP_IPC_LOCK: u32 = 14;

/// Why a thread was not placed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No such core, or not one for this process.
    #[error(
        "core {core} cannot be used (on line: {online}): name another core, or widen AllowedCPUs= and CPUAffinity= of the service"
    )]
    Core {
        /// As asked for, from 0.
        core: usize,
        /// The kernel's list, such as `0-3`.
        online: String,
    },
    /// The priority is none.
    #[error("real-time priority {0} is outside 1 to 99")]
    Priority(u8),
    /// No right to real time.
    #[error(
        "real-time priority {priority} is refused (limit RTPRIO is {limit}): give the service LimitRTPRIO={priority} or \
         AmbientCapabilities=CAP_SYS_NICE, and its control group real time (cpu.rt_runtime_us) where the kernel rations it"
    )]
    RealTime {
        /// As asked for.
        priority: u8,
        /// RLIMIT_RTPRIO as it stands.
        limit: u64,
    },
    /// No right to lock memory, or not all of it.
    #[error(
        "locking memory is refused (limit MEMLOCK is {limit} bytes): give the service LimitMEMLOCK=infinity or \
         AmbientCapabilities=CAP_IPC_LOCK"
    )]
    Memory {
        /// RLIMIT_MEMLOCK as it stands, bytes.
        limit: u64,
    },
    /// Anything else.
    #[error("{what} failed: {source}")]
    Kernel {
        /// The system call.
        what: &'static str,
        /// Its reason.
        source: io::Error,
    },
}

/// Lets the calling thread, and those that it starts, run on one core only, counted from 0.
///
/// # Errors
///
/// [`Error::Core`] when it is not there or not allowed.
pub fn pin_to_core(core: usize) -> Result<(), Error> {
    let unusable = || {
        let online = std::fs::read_to_string("/sys/devices/system/cpu/online").unwrap_or_default();
        Error::Core { core, online: online.trim().to_owned() }
    };
    let mut only = CpuSet::new();
    only.set(core).map_err(|_| unusable())?;
    match sched_setaffinity(Pid::from_raw(0), &only) {
        Ok(()) => Ok(()),
        Err(Errno::EINVAL) => Err(unusable()),
        Err(errno) => Err(Error::Kernel { what: "sched_setaffinity", source: errno.into() }),
    }
}

/// Gives the calling thread SCHED_FIFO with a priority of 1 (lowest) to 99. Threads that it starts do not inherit it.
///
/// # Errors
///
/// [`Error::Priority`] outside 1 to 99, [`Error::RealTime`] without the right.
pub fn set_real_time(priority: u8) -> Result<(), Error> {
    if !(1..=99).contains(&priority) {
        return Err(Error::Priority(priority));
    }
    // SAFETY: sched_param is plain numbers, for which zero is valid.
    let mut wanted: libc::sched_param = unsafe { std::mem::zeroed() };
    wanted.sched_priority = i32::from(priority);
    let policy = libc::SCHED_FIFO | libc::SCHED_RESET_ON_FORK;
    // SAFETY: the pointer is to a sched_param that lives across the call; process 0 is the calling thread.
    let answer = unsafe { libc::sched_setscheduler(0, policy, &wanted) };
    match Errno::result(answer) {
        Ok(_) => Ok(()),
        Err(Errno::EPERM) => Err(Error::RealTime { priority, limit: soft_limit(Resource::RLIMIT_RTPRIO) }),
        Err(errno) => Err(Error::Kernel { what: "sched_setscheduler", source: errno.into() }),
    }
}

/// Keeps all memory of the process, present and future, from being written to disk: no page of it is ever waited for again.
///
/// The stack of every later thread then takes real memory (2 MiB each by default). Refused with a finite RLIMIT_MEMLOCK and
/// without the capability even while that would suffice: some later allocation would hit the limit and end the process.
///
/// # Errors
///
/// [`Error::Memory`] without the right.
pub fn lock_memory() -> Result<(), Error> {
    let limit = soft_limit(Resource::RLIMIT_MEMLOCK);
    if limit != RLIM_INFINITY && !has_capability(CAP_IPC_LOCK) {
        return Err(Error::Memory { limit });
    }
    match mlockall(MlockAllFlags::MCL_CURRENT | MlockAllFlags::MCL_FUTURE) {
        Ok(()) => Ok(()),
        Err(Errno::EPERM) => Err(Error::Memory { limit }),
        Err(errno) => Err(Error::Kernel { what: "mlockall", source: errno.into() }),
    }
}

fn soft_limit(of: Resource) -> u64 {
    getrlimit(of).map_or(0, |(soft, _)| soft)
}

/// Whether the calling thread has a capability in effect, by /proc.
fn has_capability(bit: u32) -> bool {
    let status = std::fs::read_to_string("/proc/thread-self/status").unwrap_or_default();
    let effective = status.lines().find_map(|line| line.strip_prefix("CapEff:"));
    let effective = effective.and_then(|hex| u64::from_str_radix(hex.trim(), 16).ok()).unwrap_or(0);
    effective >> bit & 1 != 0
}
