//! Waiting allocates nothing once it has run for a while, nor do wake-ups.
#![allow(
    unsafe_code,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, and counts by an allocator"
)]
mod both;
use both::{on_both_back_ends, ring};
use ring::{Interest, Token, Wake};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::os::fd::AsFd;
use std::time::Duration;

thread_local!(static ALLOCATIONS: Cell<u64> = const { Cell::new(0) });

/// The system's allocator, counting for each thread.
struct Counting;

// SAFETY: every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: as promised by our caller.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as promised by our caller.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

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
