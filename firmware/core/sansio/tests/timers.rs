//! The timer table: what expires, in which order, and what a restart does.
#![allow(clippy::disallowed_methods, reason = "virtual time needs one real instant to start from")]

use std::time::{Duration, Instant};

use sansio::Timers;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Timer {
    T200,
    T203,
}

#[test]
fn two_due_timers_expire_earliest_first_and_once() {
    let start = Instant::now();
    let mut timers = Timers::new();
    timers.set(Timer::T203, start + Duration::from_secs(2));
    timers.set(Timer::T200, start + Duration::from_secs(1));
    let late = start + Duration::from_secs(3);
    assert_eq!(timers.expire(late), Some(Timer::T200));
    assert_eq!(timers.expire(late), Some(Timer::T203));
    assert_eq!(timers.expire(late), None);
}

#[test]
fn running_timer_set_again_moves_its_deadline() {
    let start = Instant::now();
    let mut timers = Timers::new();
    timers.set(Timer::T200, start + Duration::from_secs(1));
    timers.set(Timer::T200, start + Duration::from_secs(5));
    assert_eq!(timers.expire(start + Duration::from_secs(1)), None);
    assert_eq!(timers.next_deadline(), Some(start + Duration::from_secs(5)));
}

#[test]
fn stopped_timer_does_not_expire() {
    let start = Instant::now();
    let mut timers = Timers::new();
    timers.set(Timer::T200, start);
    assert!(timers.stop(Timer::T200));
    assert!(!timers.stop(Timer::T200));
    assert_eq!(timers.expire(start), None);
}
