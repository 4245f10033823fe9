//! How a wait ends: by its timeout, by a wake-up from another thread, by a signal.
#![allow(unsafe_code, clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking, and needs raw calls")]
mod both;
use both::{SOON, expect_quiet, on_both_back_ends, pair, readable, ring, wait};
use nix::libc;
use nix::sys::pthread::{pthread_kill, pthread_self};
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};
use ring::{Interest, Ready, Token, Wake};
use std::io::Write;
use std::os::fd::AsFd;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

extern "C" fn noticed(_: libc::c_int) {}

on_both_back_ends! {
    fn nothing_comes_timeout_passes(backend: Backend) {
        let (ours, _theirs) = pair();
        let mut ring = ring(backend);
        ring.watch(Token(1), ours.as_fd(), Interest::BOTH).unwrap();
        let mut ready = vec![readable(5)];
        for timeout in [1, 20, 60].map(Duration::from_millis) {
            let start = Instant::now();
            ring.wait(Some(timeout), &mut ready).unwrap();
            let took = start.elapsed();
            assert!(took >= timeout && took < timeout + SOON, "{timeout:?} took {took:?}");
            assert_eq!(ready, [], "what was in the list is cleared");
        }
        assert_eq!(ring.counters().waits, 3);
    }

    fn nothing_watched_timeout_passes(backend: Backend) {
        let start = Instant::now();
        expect_quiet(&mut *ring(backend));
        assert!(start.elapsed() >= both::QUIET);
    }

    fn no_time_given_returns_at_once_with_what_is_there(backend: Backend) {
        let (ours, mut theirs) = pair();
        let mut ring = ring(backend);
        ring.watch(Token(1), ours.as_fd(), Interest::BOTH).unwrap();
        let mut ready = Vec::new();
        let start = Instant::now();
        ring.wait(Some(Duration::ZERO), &mut ready).unwrap();
        assert_eq!(ready, []);
        theirs.write_all(b"block").unwrap();
        ring.wait(Some(Duration::ZERO), &mut ready).unwrap();
        assert_eq!(ready, [readable(1)]);
        assert!(start.elapsed() < SOON);
    }

    fn endless_timeouts_data_comes_is_reported(backend: Backend) {
        for timeout in [None, Some(Duration::MAX), Some(Duration::from_secs(i64::MAX as u64)), Some(Duration::from_secs(1 << 33))] {
            let (ours, mut theirs) = pair();
            let mut ring = ring(backend);
            ring.watch(Token(1), ours.as_fd(), Interest::BOTH).unwrap();
            let writer = thread::spawn(move || {
                thread::sleep(both::QUIET);
                theirs.write_all(b"block").unwrap();
                theirs
            });
            let mut ready = Vec::new();
            ring.wait(timeout, &mut ready).unwrap();
            assert_eq!(ready, [readable(1)]);
            writer.join().unwrap();
        }
    }

    fn waiting_woken_from_another_thread_returns(backend: Backend) {
        let wake = Wake::new().unwrap();
        let mut ring = ring(backend);
        ring.watch(Token(3), wake.as_fd(), Interest::READ).unwrap();
        let (done, told) = mpsc::channel();
        let other = wake.try_clone().unwrap();
        let waker = thread::spawn(move || {
            for _ in 0..200 {
                other.wake();
                told.recv().unwrap();
            }
        });
        for _ in 0..200 {
            assert_eq!(wait(&mut *ring), [readable(3)]);
            wake.drain();
            done.send(()).unwrap();
        }
        waker.join().unwrap();
        expect_quiet(&mut *ring);
    }

    fn woken_many_times_before_the_wait_is_one_report(backend: Backend) {
        let wake = Wake::new().unwrap();
        let mut ring = ring(backend);
        wake.wake();
        ring.watch(Token(3), wake.as_fd(), Interest::READ).unwrap();
        for _ in 0..1000 {
            wake.wake();
        }
        assert_eq!(wait(&mut *ring), [readable(3)]);
        wake.drain();
        expect_quiet(&mut *ring);
        wake.drain();
        wake.wake();
        assert_eq!(wait(&mut *ring), [readable(3)]);
    }

    fn waiting_signal_comes_returns_with_nothing(backend: Backend) {
        let action = SigAction::new(SigHandler::Handler(noticed), SaFlags::SA_RESTART, SigSet::empty());
        // SAFETY: the handler does nothing, which is safe at any time.
        unsafe { sigaction(Signal::SIGUSR1, &action) }.unwrap();
        let (thread_is, whose) = mpsc::channel();
        let waiter = thread::spawn(move || {
            let (ours, mut theirs) = pair();
            let mut ring = ring(backend);
            ring.watch(Token(1), ours.as_fd(), Interest::READ).unwrap();
            thread_is.send(pthread_self()).unwrap();
            let mut ready: Vec<Ready> = Vec::new();
            ring.wait(None, &mut ready).unwrap();
            assert_eq!(ready, []);
            theirs.write_all(b"block").unwrap();
            assert_eq!(wait(&mut *ring), [readable(1)]);
        });
        let waiting = whose.recv().unwrap();
        // Again and again, for the first may come before it waits. The thread is joined below: its id stays valid until then.
        while !waiter.is_finished() {
            pthread_kill(waiting, Signal::SIGUSR1).ok();
            thread::sleep(Duration::from_millis(20));
        }
        waiter.join().unwrap();
    }
}

#[test]
fn wake_is_for_all_threads() {
    fn shared<T: Send + Sync>(_: &T) {}
    shared(&Wake::new().unwrap());
}
