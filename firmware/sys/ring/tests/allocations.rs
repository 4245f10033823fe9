//! Waiting allocates nothing once it has run for a while, nor do wake-ups.
#![allow(
    unsafe_code,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, and counts by an allocator"
)]
mod both;
mod counting;
use both::{on_both_back_ends, ring};
use counting::ALLOCATIONS;
use ring::{Interest, Token, Wake};
use std::os::fd::AsFd;
use std::time::Duration;

on_both_back_ends! {
    fn running_waits_allocate_nothing(backend: Backend) {
        let mut ring = ring(backend);
        let all: Vec<_> = (0..100).map(|_| Wake::new().unwrap()).collect();
        for (token, one) in all.iter().enumerate() {
            ring.watch(Token(token as u64), one.as_fd(), Interest::BOTH).unwrap();
        }
        let mut ready = Vec::with_capacity(100);
        let mut round = |ring: &mut dyn ring::Ring| {
            all.iter().for_each(Wake::wake);
            ring.wait(Some(Duration::from_secs(5)), &mut ready).unwrap();
            ready.iter().for_each(|one| all[one.token.0 as usize].drain());
            let reported = ready.len();
            ring.wait(Some(Duration::from_micros(10)), &mut ready).unwrap();
            reported + ready.len()
        };
        round(&mut *ring);
        let before = ALLOCATIONS.get();
        let reported: usize = (0..50).map(|_| round(&mut *ring)).sum();
        assert_eq!((reported, ALLOCATIONS.get() - before), (5000, 0));
        drop(Box::new(1_u8));
        assert!(ALLOCATIONS.get() > before, "the allocator does not count");
    }
}
