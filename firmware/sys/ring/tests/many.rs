//! Many descriptors, and queues that are too small for them: nothing is lost, ended polls are armed again.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
mod both;
use both::{QUIET, SOON, expect_quiet, on_both_back_ends, ring};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use ring::{Interest, Ring, Token, Wake, open_sized};
use std::collections::BTreeSet;
use std::os::fd::AsFd;
use std::time::Instant;

fn watched(ring: &mut dyn Ring, count: u64) -> Vec<Wake> {
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    setrlimit(Resource::RLIMIT_NOFILE, hard.min(16384), hard).unwrap();
    let all: Vec<_> = (0..count).map(|_| Wake::new().unwrap()).collect();
    for (token, one) in all.iter().enumerate() {
        ring.watch(Token(token as u64), one.as_fd(), Interest::BOTH).unwrap();
    }
    all
}

/// Waits, drains what is reported, until all of these have been; each at most once a wait, and none but these.
fn expect_exactly(ring: &mut dyn Ring, all: &[Wake], mut expected: BTreeSet<u64>) {
    let (mut ready, start) = (Vec::new(), Instant::now());
    while !expected.is_empty() {
        assert!(start.elapsed() < SOON, "never reported: {expected:?}");
        ring.wait(Some(QUIET), &mut ready).unwrap();
        let tokens: BTreeSet<_> = ready.iter().map(|one| one.token).collect();
        assert_eq!(tokens.len(), ready.len(), "a token twice in one report");
        for one in &ready {
            all[one.token.0 as usize].drain();
            assert!(one.readable && !one.urgent && !one.gone, "{one:?}");
            // A second report of an edge is allowed where the queue overflowed; one of a descriptor that was quiet is not.
            expected.remove(&one.token.0);
        }
    }
}

on_both_back_ends! {
    fn a_thousand_descriptors_each_is_reported(backend: Backend) {
        let mut ring = ring(backend);
        let all = watched(&mut *ring, 1000);
        expect_quiet(&mut *ring);
        for every in [1, 7, 333] {
            let woken: BTreeSet<u64> = (0..1000).step_by(every).collect();
            for token in &woken {
                all[*token as usize].wake();
            }
            expect_exactly(&mut *ring, &all, woken);
            expect_quiet(&mut *ring);
        }
        for token in 0..1000 {
            ring.unwatch(Token(token)).unwrap();
        }
        all.iter().for_each(Wake::wake);
        expect_quiet(&mut *ring);
    }

    fn queue_overflows_nothing_is_lost_and_all_are_armed_again(backend: Backend) {
        let mut ring = open_sized(Some(backend), 1).unwrap().ring;
        let all = watched(&mut *ring, 64);
        expect_quiet(&mut *ring);
        for _ in 0..20 {
            all.iter().for_each(Wake::wake);
            expect_exactly(&mut *ring, &all, (0..64).collect());
        }
        expect_quiet(&mut *ring);
        let counted = ring.counters();
        assert!(counted.overflowed > 0, "{counted:?}");
        if backend == ring::Backend::IoUring {
            assert!(counted.rearmed > 0 && counted.hand_polls >= counted.rearmed, "{counted:?}");
            assert_eq!((counted.given_up, counted.moved), (0, 0));
        }
        for token in 0..64 {
            ring.unwatch(Token(token)).unwrap();
        }
    }

    fn queue_overflows_while_watches_come_and_go(backend: Backend) {
        let mut ring = open_sized(Some(backend), 1).unwrap().ring;
        let all = watched(&mut *ring, 32);
        for round in 0..50 {
            all.iter().for_each(Wake::wake);
            let token = round % 32;
            ring.unwatch(Token(token)).unwrap();
            let others: BTreeSet<u64> = (0..32).filter(|other| *other != token).collect();
            expect_exactly(&mut *ring, &all, others);
            all[token as usize].drain();
            ring.watch(Token(token), all[token as usize].as_fd(), Interest::BOTH).unwrap();
        }
        assert!(ring.counters().overflowed > 0);
    }

    fn large_ring_does_not_overflow(backend: Backend) {
        let mut ring = ring(backend);
        let all = watched(&mut *ring, 120);
        for _ in 0..50 {
            all.iter().for_each(Wake::wake);
            expect_exactly(&mut *ring, &all, (0..120).collect());
        }
        let counted = ring.counters();
        assert_eq!((counted.overflowed, counted.rearmed, counted.hand_polls), (0, 0, 0), "{counted:?}");
        assert_eq!((counted.reported, counted.stale), (120 * 50, 0), "{counted:?}");
    }
}
