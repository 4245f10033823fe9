//! The tables of timers that the operator sees, and what a changed timer does.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests fail by panic")]

mod common;

use std::time::Duration;

use common::{answers, raw, seconds, speech};
use isdn::q931::{TIMERS, Timer, TimerTable};
use isdn::{Config, Framing, Interface, Side, q921};

#[test]
fn every_timer_has_one_row_and_a_default_by_side() {
    for row in TIMERS {
        assert_eq!(TIMERS.iter().filter(|other| other.timer == row.timer).count(), 1, "{:?}", row.timer);
        assert_eq!(TimerTable::defaults(Side::User).get(row.timer), Duration::from_millis(row.user_ms));
        assert_eq!(TimerTable::defaults(Side::Network).get(row.timer), Duration::from_millis(row.network_ms));
        assert!(row.user_ms > 0 && row.network_ms > 0 && (row.clause.starts_with("Q.931 ") || row.clause.starts_with("Q.932 ")));
    }
    let of = |side, timer| TimerTable::defaults(side).get(timer).as_secs();
    assert_eq!((of(Side::User, Timer::T310), of(Side::Network, Timer::T310)), (60, 10));
    assert_eq!((of(Side::User, Timer::T303), of(Side::User, Timer::T305), of(Side::User, Timer::T308)), (4, 30, 4));
}

#[test]
fn t203_of_the_two_sides_is_one_second_apart() {
    let (user, network) = (q921::Config::new(Side::User), q921::Config::new(Side::Network));
    assert_eq!((user.t203, network.t203), (Duration::from_millis(10_500), Duration::from_millis(9_500)));
    assert_eq!((user.t200, user.n200, user.n201, user.window), (seconds(1), 3, 260, 7));
}

#[test]
fn changed_t303_repeats_setup_when_it_says() {
    let mut config = Config::new("user", Side::User, Framing::E1);
    config.timers.set(Timer::T303, seconds(9));
    let mut pair = raw(Side::User);
    pair.left = Interface::new(config);
    let now = pair.now();
    pair.left.start(now);
    pair.run_for(seconds(1));
    let now = pair.now();
    pair.left.setup(now, speech("1")).unwrap();
    assert_eq!(answers(&mut pair, seconds(8)).len(), 1);
    assert_eq!(answers(&mut pair, seconds(2)).len(), 1);
}
