//! Which back end is opened: the one asked for or none; otherwise io_uring, and epoll where the kernel refuses it.
#![allow(unsafe_code, clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking, and needs raw calls")]
mod both;
use both::{expect_quiet, pair, readable, wait};
use nix::libc;
use ring::{Backend, Error, Interest, Token, open};
use std::io::Write;
use std::os::fd::AsFd;
use std::thread;

/// Refuses one system call to the calling thread with EPERM, as a service's SystemCallFilter= does.
fn refuse(call: libc::c_long) {
    let statement = |code: u32, jf: u8, k: u32| libc::sock_filter { code: code as u16, jt: 0, jf, k };
    let mut program = [
        statement(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, 0),
        statement(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, 1, call as u32),
        statement(libc::BPF_RET | libc::BPF_K, 0, libc::SECCOMP_RET_ERRNO | libc::EPERM as u32),
        statement(libc::BPF_RET | libc::BPF_K, 0, libc::SECCOMP_RET_ALLOW),
    ];
    let filter = libc::sock_fprog { len: program.len() as u16, filter: program.as_mut_ptr() };
    // SAFETY: takes numbers only.
    assert_eq!(unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) }, 0);
    // SAFETY: filter points to the program above; both live across the call, which copies them.
    assert_eq!(unsafe { libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &filter) }, 0);
}

#[test]
fn io_uring_works_here_is_preferred() {
    let opened = open(None).unwrap();
    assert_eq!((opened.ring.backend(), opened.refused.is_none()), (Backend::IoUring, true), "{opened:?}");
    assert_eq!(opened.ring.counters(), ring::RingCounters::default());
}

#[test]
fn each_back_end_asked_for_is_opened() {
    for backend in [Backend::IoUring, Backend::Epoll] {
        assert_eq!(open(Some(backend)).unwrap().ring.backend(), backend);
    }
}

#[test]
fn io_uring_refused_epoll_is_opened_and_says_why() {
    let filtered = thread::spawn(|| {
        refuse(libc::SYS_io_uring_setup);
        let mut opened = open(None).unwrap();
        assert_eq!(opened.ring.backend(), Backend::Epoll);
        let (refused, why) = opened.refused.as_ref().unwrap();
        assert_eq!((*refused, why.raw_os_error()), (Backend::IoUring, Some(libc::EPERM)));
        let (ours, mut theirs) = pair();
        opened.ring.watch(Token(1), ours.as_fd(), Interest::READ).unwrap();
        expect_quiet(&mut *opened.ring);
        theirs.write_all(b"block").unwrap();
        assert_eq!(wait(&mut *opened.ring), [readable(1)]);
    });
    filtered.join().unwrap();
}

#[test]
fn io_uring_set_up_but_not_entered_epoll_is_opened() {
    let filtered = thread::spawn(|| {
        refuse(libc::SYS_io_uring_enter);
        let opened = open(None).unwrap();
        let (refused, why) = opened.refused.unwrap();
        assert_eq!((opened.ring.backend(), refused), (Backend::Epoll, Backend::IoUring));
        assert_eq!(why.raw_os_error(), Some(libc::EPERM));
    });
    filtered.join().unwrap();
}

#[test]
fn io_uring_refused_but_asked_for_is_an_error_with_the_cure() {
    let filtered = thread::spawn(|| {
        refuse(libc::SYS_io_uring_setup);
        let told = open(Some(Backend::IoUring)).unwrap_err();
        assert!(matches!(told, Error::Refused { backend: Backend::IoUring, .. }));
        let text = told.to_string();
        let parts = ["io_uring is refused", "not permitted", "kernel.io_uring_disabled", "SystemCallFilter=", "epoll"];
        assert!(parts.iter().all(|part| text.contains(part)), "{text}");
    });
    filtered.join().unwrap();
}

#[test]
fn out_of_descriptors_watch_says_what_to_raise() {
    use nix::sys::resource::{Resource, setrlimit};
    // In a process of its own, for the limit is the whole process's and the other tests need descriptors.
    if std::env::var_os("RING_TEST_ALONE").is_none() {
        let exe = std::env::current_exe().unwrap();
        let mut alone = std::process::Command::new(exe);
        alone.args(["--exact", "out_of_descriptors_watch_says_what_to_raise"]).env("RING_TEST_ALONE", "1");
        let outcome = alone.output().unwrap();
        assert!(outcome.status.success() && String::from_utf8_lossy(&outcome.stdout).contains("1 passed"), "{outcome:?}");
        return;
    }
    for backend in [Backend::IoUring, Backend::Epoll] {
        let mut ring = open(Some(backend)).unwrap().ring;
        let (ours, _theirs) = pair();
        let (_, hard) = nix::sys::resource::getrlimit(Resource::RLIMIT_NOFILE).unwrap();
        setrlimit(Resource::RLIMIT_NOFILE, 4, hard).unwrap();
        let told = ring.watch(Token(1), ours.as_fd(), Interest::READ).unwrap_err();
        setrlimit(Resource::RLIMIT_NOFILE, 1024.min(hard), hard).unwrap();
        assert!(matches!(told, Error::Duplicate { .. }) && told.to_string().contains("LimitNOFILE="), "{told}");
        ring.watch(Token(1), ours.as_fd(), Interest::READ).unwrap();
    }
}
