//! Four E1 pairs, 120 B-channels at once: every octet of every channel comes as it was sent, both ways, and nothing is lost.
//!
//! Our end is `tdm::dahdi` served by one ring in one thread; the far end is configured by `dahdi_cfg` and read and written as plain
//! files in a thread of its own. No echo canceller.

use crate::talk::Talk;
use hw_tests::scratch::Scratch;
use ring::Backend;
use std::time::{Duration, Instant};

fn talk(name: &str, backend: Backend, seconds: u64) {
    let (scratch, time) = (Scratch::new(name), Duration::from_secs(seconds));
    let mut talk = Talk::start(&scratch, 0, 4, backend);
    assert_eq!(talk.near.channels(), 120);
    let began = Instant::now();
    talk.near.run(time);
    let took = began.elapsed();
    assert!(took < time + Duration::from_millis(100), "the thread did not keep up: {took:?} for {time:?}");
    talk.stop().expect_exact(120, Talk::least(time));
}

#[test]
fn channels_120_of_four_e1_talking_by_io_uring_lose_nothing() {
    talk("channels-120-uring", Backend::IoUring, 5);
}

#[test]
fn channels_120_of_four_e1_talking_by_epoll_lose_nothing() {
    talk("channels-120-epoll", Backend::Epoll, 5);
}

#[test]
#[ignore = "long form: cargo xtask long dahdi-120-channels-for-60s"]
fn channels_120_of_four_e1_talking_a_minute_lose_nothing() {
    talk("channels-120-minute", Backend::IoUring, 60);
}
