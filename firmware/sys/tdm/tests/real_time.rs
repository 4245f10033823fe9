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

#[test]
fn network_end_stalls_ten_ticks_are_made_up_the_rest_are_slips_at_both_ends() {
    let (mut network, mut user) = pair(SpanInfo::e1("span1"), Clock::RealTime).unwrap();
    while network.counters().blocks == 0 {
        network.service().unwrap();
        user.service().unwrap();
    }
    let (slips, user_slips) = (network.counters().slips, user.counters().slips);
    std::thread::sleep(Duration::from_millis(250));
    network.service().unwrap(); // sends ten
    user.service().unwrap();
    let lost = network.counters().slips - slips;
    assert!(lost >= 14, "{lost}");
    while user.counters().slips == user_slips {
        network.service().unwrap();
        user.service().unwrap();
    }
    assert_eq!(user.counters().slips - user_slips, lost, "the gap in the numbers is the same count");
    let settled = network.counters().blocks + 2;
    while network.counters().blocks < settled {
        network.service().unwrap();
        user.service().unwrap();
    }
    assert!(span_events(&mut network).contains(&SpanEvent::Slip { blocks: lost as u32 }));
}

#[test]
fn user_end_stalls_it_hears_the_last_ten_blocks_and_both_ends_count_the_rest() {
    let (mut network, mut user) = pair(SpanInfo::e1("span1"), Clock::RealTime).unwrap();
    while network.counters().blocks == 0 {
        network.service().unwrap();
        user.service().unwrap();
    }
    let sent_before = network.counters();
    // Nobody answers, so only the clock wakes this: at least 20 ticks are sent.
    for _ in 0..20 {
        serve_until(&mut network, |_, _| true);
    }
    let network_stalls = network.counters().slips - sent_before.slips;
    let before = user.counters();
    let blocks = user.service().unwrap().blocks;
    let lost = user.counters().slips - before.slips;
    assert_eq!(blocks, 10);
    assert!(lost >= 9, "{lost} late ticks");
    // The answers to the late ticks never come.
    network.service().unwrap();
    let missing = network.counters().slips - sent_before.slips - network_stalls;
    assert!(missing + network_stalls >= lost, "{missing} and {network_stalls} against {lost}");
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
