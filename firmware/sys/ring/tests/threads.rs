//! A ring that is made in one thread and used in another, also when the first has ended meanwhile.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
mod both;
use both::{expect_quiet, on_both_back_ends, pair, read_out, readable, ring, wait};
use ring::{Interest, Token};
use std::io::Write;
use std::os::fd::AsFd;
use std::sync::mpsc;
use std::thread;

on_both_back_ends! {
    fn watched_here_moved_waits_there(backend: Backend) {
        let (ours, mut theirs) = pair();
        let mut ring = ring(backend);
        ring.watch(Token(1), ours.as_fd(), Interest::READ).unwrap();
        let reader = ours.try_clone().unwrap();
        let (go_on, waited) = mpsc::channel();
        let there = thread::spawn(move || {
            for _ in 0..20 {
                assert_eq!(wait(&mut *ring), [readable(1)]);
                assert_eq!(read_out(&reader), 5);
                expect_quiet(&mut *ring);
                go_on.send(()).unwrap();
            }
            ring
        });
        for _ in 0..20 {
            theirs.write_all(b"block").unwrap();
            waited.recv().unwrap();
        }
        let ring = there.join().unwrap();
        assert_eq!(ring.counters().moved, u64::from(backend == ring::Backend::IoUring));
    }

    fn watching_thread_has_ended_is_still_reported(backend: Backend) {
        let (ours, mut theirs) = pair();
        let (wake, other) = pair();
        let first = thread::spawn(move || {
            let mut ring = ring(backend);
            ring.watch(Token(1), ours.as_fd(), Interest::READ).unwrap();
            ring.watch(Token(2), wake.as_fd(), Interest::READ).unwrap();
            expect_quiet(&mut *ring);
            (ring, ours, wake)
        });
        let (mut ring, ours, _wake) = first.join().unwrap();
        for _ in 0..3 {
            theirs.write_all(b"block").unwrap();
            assert_eq!(wait(&mut *ring), [readable(1)]);
            assert_eq!(read_out(&ours), 5);
            expect_quiet(&mut *ring);
        }
        drop(other);
        assert!(wait(&mut *ring)[0].gone);
    }

    fn edge_pending_at_the_move_is_reported(backend: Backend) {
        let (ours, mut theirs) = pair();
        let mut ring = ring(backend);
        ring.watch(Token(1), ours.as_fd(), Interest::READ).unwrap();
        expect_quiet(&mut *ring);
        theirs.write_all(b"block").unwrap();
        thread::spawn(move || assert_eq!(wait(&mut *ring), [readable(1)])).join().unwrap();
    }

    fn unwatched_there_file_is_released(backend: Backend) {
        let (reader, writer) = pair();
        let mut ring = ring(backend);
        ring.watch(Token(1), writer.as_fd(), Interest::READ).unwrap();
        drop(writer);
        expect_quiet(&mut *ring);
        let there = thread::spawn(move || {
            // Only moved for this: nothing has been waited for here yet.
            ring.unwatch(Token(1)).unwrap();
            std::io::Read::read(&mut &reader, &mut [0]).unwrap()
        });
        assert_eq!(there.join().unwrap(), 0, "the end of the stream, for nobody holds the far end");
    }

    fn watches_from_two_threads_are_all_reported(backend: Backend) {
        let (one, mut one_far) = pair();
        let (two, mut two_far) = pair();
        let mut ring = ring(backend);
        ring.watch(Token(1), one.as_fd(), Interest::READ).unwrap();
        let near_two = two.try_clone().unwrap();
        let mut ring = thread::spawn(move || {
            ring.watch(Token(2), near_two.as_fd(), Interest::READ).unwrap();
            ring
        }).join().unwrap();
        one_far.write_all(b"a").unwrap();
        two_far.write_all(b"b").unwrap();
        let mut seen = wait(&mut *ring);
        if seen.len() == 1 {
            seen.extend(wait(&mut *ring));
        }
        assert_eq!(seen, [readable(1), readable(2)]);
    }
}
