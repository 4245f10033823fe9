//! Placement: what is allowed takes effect, what is not says which right is missing and who gives it.
#![allow(unsafe_code, clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking, and needs raw calls")]
use nix::libc;
use nix::sched::{CpuSet, sched_getaffinity};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::unistd::Pid;
use ring::placement::{Error, lock_memory, pin_to_core, set_real_time};
use std::thread;

/// Runs it in a thread that has no rights: user nobody, which drops the capabilities of this thread only, and limits lowered.
fn without_rights<T: Send + 'static>(run: impl FnOnce() -> T + Send + 'static) -> T {
    setrlimit(Resource::RLIMIT_RTPRIO, 0, getrlimit(Resource::RLIMIT_RTPRIO).unwrap().1).unwrap();
    setrlimit(Resource::RLIMIT_MEMLOCK, 65536, getrlimit(Resource::RLIMIT_MEMLOCK).unwrap().1).unwrap();
    let powerless = move || {
        if nix::unistd::geteuid().is_root() {
            // SAFETY: takes numbers only; the bare system call changes the calling thread alone.
            assert_eq!(unsafe { libc::syscall(libc::SYS_setresuid, 65534, 65534, 65534) }, 0);
        }
        run()
    };
    thread::spawn(powerless).join().unwrap()
}

/// Policy and priority of the calling thread.
fn scheduling() -> (i32, i32) {
    // SAFETY: sched_param is plain numbers, for which zero is valid.
    let mut param: libc::sched_param = unsafe { std::mem::zeroed() };
    // SAFETY: the pointer is to a sched_param that lives across the call.
    assert_eq!(unsafe { libc::sched_getparam(0, &mut param) }, 0);
    // SAFETY: takes a number only.
    let policy = unsafe { libc::sched_getscheduler(0) };
    (policy & !libc::SCHED_RESET_ON_FORK, param.sched_priority)
}

#[test]
fn core_there_only_the_calling_thread_is_pinned() {
    let everywhere = sched_getaffinity(Pid::from_raw(0)).unwrap();
    let allowed: Vec<_> = (0..CpuSet::count()).filter(|core| everywhere.is_set(*core).unwrap()).collect();
    for core in allowed {
        let pinned = thread::spawn(move || {
            pin_to_core(core).unwrap();
            sched_getaffinity(Pid::from_raw(0)).unwrap()
        });
        let mut only = CpuSet::new();
        only.set(core).unwrap();
        assert_eq!(pinned.join().unwrap(), only);
    }
    assert_eq!(sched_getaffinity(Pid::from_raw(0)).unwrap(), everywhere);
}

#[test]
fn core_not_there_names_those_that_are() {
    for core in [CpuSet::count() - 1, CpuSet::count(), usize::MAX] {
        let told = thread::spawn(move || pin_to_core(core)).join().unwrap().unwrap_err();
        let online = std::fs::read_to_string("/sys/devices/system/cpu/online").unwrap();
        assert!(matches!(&told, Error::Core { core: named, online: list } if *named == core && *list == online.trim()), "{told}");
        assert!(told.to_string().contains("AllowedCPUs="), "{told}");
    }
}

#[test]
fn priority_outside_its_range_is_refused() {
    for priority in [0, 100, 255] {
        let told = set_real_time(priority).unwrap_err();
        assert_eq!(told.to_string(), format!("real-time priority {priority} is outside 1 to 99"));
    }
}

#[test]
fn real_time_without_the_right_names_limit_and_capability() {
    let told = without_rights(|| set_real_time(50)).unwrap_err();
    assert!(matches!(told, Error::RealTime { priority: 50, limit: 0 }), "{told}");
    let text = told.to_string();
    assert!(["LimitRTPRIO=50", "CAP_SYS_NICE"].iter().all(|part| text.contains(part)), "{text}");
}

#[test]
fn real_time_with_the_right_takes_effect_and_is_not_inherited() {
    let outcome = thread::spawn(|| {
        let outcome = set_real_time(7);
        (outcome, scheduling(), thread::spawn(scheduling).join().unwrap())
    });
    match outcome.join().unwrap() {
        (Ok(()), here, child) => assert_eq!((here, child), ((libc::SCHED_FIFO, 7), (libc::SCHED_OTHER, 0))),
        (Err(told), here, _) => {
            assert!(!nix::unistd::geteuid().is_root(), "root was refused: {told}");
            assert!(matches!(told, Error::RealTime { priority: 7, limit: 0..7 }), "{told}");
            assert_eq!(here, (libc::SCHED_OTHER, 0));
        }
    }
}

#[test]
fn memory_without_the_right_is_refused_before_anything_is_locked() {
    let told = without_rights(lock_memory).unwrap_err();
    assert!(matches!(told, Error::Memory { limit: 65536 }), "{told}");
    let text = told.to_string();
    assert!(["LimitMEMLOCK=infinity", "CAP_IPC_LOCK"].iter().all(|part| text.contains(part)), "{text}");
}

#[test]
fn memory_with_the_right_is_locked() {
    let locked = || {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmLck:")).unwrap().to_owned();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap()
    };
    match lock_memory() {
        Ok(()) => {
            assert!(locked() > 1000, "{} kB", locked());
            nix::sys::mman::munlockall().unwrap();
        }
        Err(told) => {
            assert!(!nix::unistd::geteuid().is_root(), "root was refused: {told}");
            assert!(matches!(told, Error::Memory { .. }), "{told}");
        }
    }
}
