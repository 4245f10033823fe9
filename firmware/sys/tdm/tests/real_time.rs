//! The real-time clock. Nothing here asserts that something happens soon enough: a loaded machine may be late, but the
//! count of ticks and slips together follows the clock.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
mod joined;
use std::time::{Duration, Instant};

use joined::{SocketPath, serve_until, span_events};
use tdm::virtual_span::{Clock, VirtualNetwork, VirtualUser, pair};
use tdm::{Alarms, Mode, Span, SpanEvent, SpanInfo};

#[test]
fn ticks_and_slips_together_are_the_time_that_passed() {
    let before = Instant::now();
    let (mut network, mut user) = pair(SpanInfo::e1("span1"), Clock::RealTime).unwrap();
    let mut near = user.open(1, Mode::Audio).unwrap();
    let user = std::thread::spawn(move || {
        let mut blocks = 0_u64;
        serve_until(&mut user, |user, new| {
            blocks += u64::from(new);
            while joined::read_block(&mut *near).is_some() {}
            span_events(user).contains(&SpanEvent::FarEndGone)
        });
        (blocks, user.counters().slips)
    });
    let started = Instant::now();
    let mut brought = 0_u64;
    serve_until(&mut network, |_, blocks| {
        brought += u64::from(blocks);
        started.elapsed() >= Duration::from_millis(300)
    });
    // Every tick that was sent is in here, answered or not.
    let slips = network.counters().slips;
    drop(network);
    let elapsed = before.elapsed();
    let (heard, user_slips) = user.join().unwrap();
    assert!(u128::from(brought + slips) <= elapsed.as_millis() / 10, "{brought} blocks and {slips} slips in {elapsed:?}");
    assert!(u128::from(heard) <= elapsed.as_millis() / 10, "{heard} blocks in {elapsed:?}");
    assert!(heard + user_slips + slips >= 28, "{heard} blocks, {user_slips} and {slips} slips in 300 ms");
}

#[test]
fn clock_error_in_ppm_changes_the_period() {
    let period = |clock: Clock| clock.period().map(|period| period.as_nanos());
    assert_eq!(period(Clock::RealTime), Some(10_000_000));
    assert_eq!(period(Clock::RealTimePpm(0)), Some(10_000_000));
    assert_eq!(period(Clock::RealTimePpm(50)), Some(9_999_500));
    assert_eq!(period(Clock::RealTimePpm(-50)), Some(10_000_500));
    assert_eq!(period(Clock::RealTimePpm(i32::MAX)), Some(9_090_909));
    assert_eq!(period(Clock::RealTimePpm(i32::MIN)), Some(11_111_111));
    assert_eq!(period(Clock::LockStep), None);
}

#[test]
fn fast_clock_ticks_more_often_than_a_slow_one() {
    // Far apart, so that the comparison holds however the machine is loaded: both are read by one thread.
    let (mut fast, _far) = pair(SpanInfo::e1("fast"), Clock::RealTimePpm(100_000)).unwrap();
    let (mut slow, _away) = pair(SpanInfo::e1("slow"), Clock::RealTimePpm(-100_000)).unwrap();
    drop((_far, _away));
    let (mut fast_ticks, mut slow_ticks) = (0, 0);
    while slow_ticks < 30 {
        serve_until(&mut slow, |_, _| true);
        slow_ticks = slow.counters().blocks + slow.counters().slips;
        fast.service().unwrap();
        fast_ticks = fast.counters().blocks + fast.counters().slips;
    }
    assert!(fast_ticks > slow_ticks + 3, "{fast_ticks} against {slow_ticks}");
}

/// Runs both ends in this thread for as many blocks as the network end shall get, without waiting.
fn run_blocks(network: &mut VirtualNetwork, user: &mut VirtualUser, blocks: u64) {
    let until = network.counters().blocks + blocks;
    while network.counters().blocks < until {
        network.service().unwrap();
        user.service().unwrap();
    }
}

#[test]
fn network_end_stalls_ten_ticks_are_made_up_the_rest_are_slips_at_both_ends() {
    let (mut network, mut user) = pair(SpanInfo::e1("span1"), Clock::RealTime).unwrap();
    run_blocks(&mut network, &mut user, 1);
    let (slips, user_slips) = (network.counters().slips, user.counters().slips);
    std::thread::sleep(Duration::from_millis(250));
    run_blocks(&mut network, &mut user, 12);
    let lost = network.counters().slips - slips;
    assert!(lost >= 13, "{lost}");
    assert_eq!(user.counters().slips - user_slips, lost, "the gap in the numbers is the same count");
    assert!(span_events(&mut network).contains(&SpanEvent::Slip { blocks: lost as u32 }));
}

/// The user end, which echoes, stalls for some blocks: what it heard and what of it came back, by number, and the slips.
fn stalled_echo() -> ([Vec<u8>; 2], u64) {
    let (mut network, mut user) = pair(SpanInfo::e1("span1"), Clock::RealTime).unwrap();
    let (mut near, mut far) = (network.open(1, Mode::Audio).unwrap(), user.open(1, Mode::Audio).unwrap());
    let (mut said, mut heard, mut echoed) = (0_u8, Vec::new(), Vec::new());
    let mut turn = |with_user: bool| {
        network.service().unwrap();
        while let Some(block) = joined::read_block(&mut *near) {
            echoed.extend(block.first().copied().filter(|octet| *octet < 100));
            said += u8::from(said < 99);
            near.write(&[said; 80]).unwrap();
        }
        if with_user {
            user.service().unwrap();
            while let Some(block) = joined::read_block(&mut *far) {
                heard.extend(block.first().copied().filter(|octet| *octet < 100));
                far.write(&block).unwrap();
            }
        }
        (echoed.len(), network.counters().slips + user.counters().slips)
    };
    while turn(true).0 < 10 {}
    let stalled = Instant::now();
    while stalled.elapsed() < Duration::from_millis(60) {
        turn(false);
    }
    while turn(true).0 < 40 {}
    let (_, slips) = turn(true);
    ([heard, echoed], slips)
}

#[test]
fn user_end_stalls_for_six_blocks_what_both_say_arrives_whole() {
    // A machine that lets this thread wait for the rest of 100 ms makes slips; then the next try counts.
    let heard = std::iter::repeat_with(stalled_echo).find(|(_, slips)| *slips == 0).unwrap().0;
    for blocks in heard {
        assert!(blocks.windows(2).all(|pair| pair[1] == pair[0] + 1), "{blocks:?}");
    }
}

#[test]
fn user_end_stalls_for_longer_both_ends_count_what_is_lost() {
    let (mut network, mut user) = pair(SpanInfo::e1("span1"), Clock::RealTime).unwrap();
    run_blocks(&mut network, &mut user, 1);
    let (slips, user_slips) = (network.counters().slips, user.counters().slips);
    let stalled = Instant::now();
    while stalled.elapsed() < Duration::from_millis(250) {
        network.service().unwrap();
    }
    run_blocks(&mut network, &mut user, 13);
    let lost = network.counters().slips - slips;
    assert!(lost >= 13, "{lost}");
    assert_eq!(user.counters().slips - user_slips, lost, "the gap in the numbers is the same count");
}

#[test]
fn user_end_hangs_network_end_takes_it_for_gone_and_takes_it_back() {
    let at = SocketPath::new("hangs");
    let mut network = VirtualNetwork::listen(at.path(), SpanInfo::e1("network"), Clock::RealTime).unwrap();
    let mut user = VirtualUser::connect(at.path(), SpanInfo::e1("user")).unwrap();
    while !network.alarms().is_none() {
        network.service().unwrap();
        user.service().unwrap();
    }
    serve_until(&mut network, |network, _| network.alarms() == Alarms::RED);
    assert_eq!(network.counters().refused, 1);
    while !(network.counters().connections == 2 && user.alarms().is_none()) {
        network.service().unwrap();
        user.service().unwrap();
    }
}

#[test]
fn network_end_hangs_user_end_goes_on_by_itself() {
    let (mut network, mut user) = pair(SpanInfo::e1("span1"), Clock::RealTime).unwrap();
    while !user.alarms().is_none() {
        network.service().unwrap();
        user.service().unwrap();
    }
    serve_until(&mut user, |user, _| user.alarms() == Alarms::RED);
    let blocks = user.counters().blocks;
    serve_until(&mut user, |user, _| user.counters().blocks >= blocks + 5);
    assert_eq!(user.counters().refused, 1);
}
