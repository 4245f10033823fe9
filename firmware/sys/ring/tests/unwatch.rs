//! The end of a watch: the file is let go, nothing stale is reported, a token can be used again or replaced.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
mod both;
use both::{expect_quiet, on_both_back_ends, pair, read_out, readable, ring, wait};
use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::unistd::{pipe2, read};
use ring::{Error, Interest, Ring, Token};
use std::fs::File;
use std::io::Write;
use std::os::fd::{AsFd, OwnedFd};

/// A pipe whose reader sees the end when the last reference to its writer is gone.
fn pipe() -> (OwnedFd, OwnedFd) {
    pipe2(OFlag::O_NONBLOCK | OFlag::O_CLOEXEC).unwrap()
}

fn at_end(reader: &OwnedFd) -> bool {
    match read(reader, &mut [0; 8]) {
        Ok(0) => true,
        Err(Errno::EAGAIN) => false,
        other => panic!("{other:?}"),
    }
}

on_both_back_ends! {
    fn watched_caller_closes_file_lives_on(backend: Backend) {
        let (ours, mut theirs) = pair();
        let reader = ours.try_clone().unwrap();
        let mut ring = ring(backend);
        ring.watch(Token(1), ours.as_fd(), Interest::READ).unwrap();
        drop(ours);
        theirs.write_all(b"block").unwrap();
        assert_eq!(wait(&mut *ring), [readable(1)]);
        assert_eq!(read_out(&reader), 5);
    }

    fn unwatched_file_is_released(backend: Backend) {
        let mut ring = ring(backend);
        for _ in 0..100 {
            let (reader, writer) = pipe();
            ring.watch(Token(1), writer.as_fd(), Interest::BOTH).unwrap();
            drop(writer);
            assert!(!at_end(&reader), "the ring holds its own duplicate");
            ring.unwatch(Token(1)).unwrap();
            assert!(at_end(&reader), "the ring still holds the file");
        }
    }

    fn unwatched_among_others_only_that_file_is_released(backend: Backend) {
        let mut ring = ring(backend);
        let pipes: Vec<_> = (0..40).map(|at| {
            let (reader, writer) = pipe();
            ring.watch(Token(at), writer.as_fd(), Interest::BOTH).unwrap();
            reader
        }).collect();
        expect_quiet(&mut *ring);
        for at in (0..40).step_by(2) {
            ring.unwatch(Token(at)).unwrap();
        }
        for (at, reader) in pipes.iter().enumerate() {
            assert_eq!(at_end(reader), at % 2 == 0, "pipe {at}");
        }
        expect_quiet(&mut *ring);
    }

    fn ring_dropped_files_are_released(backend: Backend) {
        let mut ring = ring(backend);
        let readers: Vec<_> = (0..40).map(|at| {
            let (reader, writer) = pipe();
            ring.watch(Token(at), writer.as_fd(), Interest::READ).unwrap();
            reader
        }).collect();
        drop(ring);
        assert!(readers.iter().all(at_end));
    }

    fn unwatched_with_a_pending_edge_nothing_is_reported(backend: Backend) {
        let (ours, mut theirs) = pair();
        let mut ring = ring(backend);
        ring.watch(Token(1), ours.as_fd(), Interest::READ).unwrap();
        expect_quiet(&mut *ring);
        theirs.write_all(b"block").unwrap();
        ring.unwatch(Token(1)).unwrap();
        expect_quiet(&mut *ring);
        theirs.write_all(b"block").unwrap();
        expect_quiet(&mut *ring);
    }

    fn token_used_again_has_no_stale_event(backend: Backend) {
        let mut ring = ring(backend);
        for _ in 0..50 {
            let (old, mut old_far) = pair();
            let (new, mut new_far) = pair();
            ring.watch(Token(1), old.as_fd(), Interest::READ).unwrap();
            old_far.write_all(b"old").unwrap();
            ring.unwatch(Token(1)).unwrap();
            ring.watch(Token(1), new.as_fd(), Interest::READ).unwrap();
            old_far.write_all(b"old").unwrap();
            let mut ready = Vec::new();
            ring.wait(Some(std::time::Duration::ZERO), &mut ready).unwrap();
            assert_eq!(ready, []);
            new_far.write_all(b"new").unwrap();
            assert_eq!(wait(&mut *ring), [readable(1)]);
            ring.unwatch(Token(1)).unwrap();
        }
    }

    fn token_watched_again_replaces_and_releases_the_old(backend: Backend) {
        let mut ring = ring(backend);
        let (reader, writer) = pipe();
        let (old, mut old_far) = pair();
        let (new, mut new_far) = pair();
        ring.watch(Token(1), writer.as_fd(), Interest::READ).unwrap();
        drop(writer);
        ring.watch(Token(1), old.as_fd(), Interest::READ).unwrap();
        assert!(at_end(&reader), "the replaced watch still holds its file");
        old_far.write_all(b"old").unwrap();
        ring.watch(Token(1), new.as_fd(), Interest::READ).unwrap();
        old_far.write_all(b"old").unwrap();
        expect_quiet(&mut *ring);
        new_far.write_all(b"new").unwrap();
        assert_eq!(wait(&mut *ring), [readable(1)]);
    }

    fn same_descriptor_watched_again_with_other_interest_counts(backend: Backend) {
        let (ours, mut theirs) = pair();
        let mut ring = ring(backend);
        ring.watch(Token(1), ours.as_fd(), Interest::URGENT).unwrap();
        theirs.write_all(b"block").unwrap();
        expect_quiet(&mut *ring);
        ring.watch(Token(1), ours.as_fd(), Interest::READ).unwrap();
        assert_eq!(wait(&mut *ring), [readable(1)]);
    }

    fn one_descriptor_under_two_tokens_is_reported_for_both(backend: Backend) {
        let (ours, mut theirs) = pair();
        let mut ring = ring(backend);
        ring.watch(Token(1), ours.as_fd(), Interest::READ).unwrap();
        ring.watch(Token(2), ours.as_fd(), Interest::READ).unwrap();
        theirs.write_all(b"block").unwrap();
        let mut seen = wait(&mut *ring);
        if seen.len() == 1 {
            seen.extend(wait(&mut *ring));
        }
        assert_eq!(seen, [readable(1), readable(2)]);
    }

    fn unknown_token_unwatched_is_an_error(backend: Backend) {
        let mut ring = ring(backend);
        let told = ring.unwatch(Token(9)).unwrap_err();
        assert!(matches!(told, Error::NotWatched(Token(9))));
        assert_eq!(told.to_string(), "descriptor 9 is not watched");
    }

    fn unpollable_descriptor_is_refused_and_the_old_watch_stays(backend: Backend) {
        let (ours, mut theirs) = pair();
        let mut ring = ring(backend);
        ring.watch(Token(1), ours.as_fd(), Interest::READ).unwrap();
        for path in ["/proc/self/exe", "/dev/null", "/"] {
            let told = ring.watch(Token(1), File::open(path).unwrap().as_fd(), Interest::READ);
            assert!(matches!(told, Err(Error::Watch { token: Token(1), .. })), "{path}: {told:?}");
        }
        expect_quiet(&mut *ring);
        theirs.write_all(b"block").unwrap();
        assert_eq!(wait(&mut *ring), [readable(1)]);
    }
}

#[test]
fn late_completions_of_ended_watches_are_no_news() {
    let mut ring: Box<dyn Ring> = ring(ring::Backend::IoUring);
    let (ours, mut theirs) = pair();
    for _ in 0..1000 {
        ring.watch(Token(1), ours.as_fd(), Interest::READ).unwrap();
        theirs.write_all(b"x").unwrap();
        ring.unwatch(Token(1)).unwrap();
        assert_eq!(read_out(&ours), 1);
    }
    let mut ready = Vec::new();
    ring.wait(Some(both::QUIET), &mut ready).unwrap();
    assert_eq!((ready.len(), ring.counters().reported), (0, 0));
}
