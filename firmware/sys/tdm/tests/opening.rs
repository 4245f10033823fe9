//! Opening and closing channels.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
mod joined;
use joined::Joined;
use tdm::virtual_span::{Clock, pair};
use tdm::{ChannelCounters, ClockRole, Error, Mode, Span, SpanInfo};

#[test]
fn open_twice_is_busy_until_dropped() {
    let mut joined = Joined::e1();
    let first = joined.user.open(7, Mode::Audio).unwrap();
    assert!(matches!(joined.user.open(7, Mode::Hdlc), Err(Error::Busy { slot: 7 })));
    assert!(joined.network.open(7, Mode::Audio).is_ok(), "the other end has its own");
    drop(first);
    assert!(joined.user.open(7, Mode::Hdlc).is_ok());
}

#[test]
fn timeslot_out_of_range_is_refused() {
    let mut joined = Joined::of(SpanInfo::t1("t1"));
    for slot in [0, 25, 255] {
        let refused = joined.user.open(slot, Mode::Audio).err().unwrap();
        assert_eq!(refused.to_string(), format!("no timeslot {slot}: the span has 1 to 24"));
    }
}

#[test]
fn reopened_channel_starts_clean() {
    let mut joined = Joined::e1();
    let mut near = joined.user.open(1, Mode::Audio).unwrap();
    near.write(&[1; 160]).unwrap();
    joined.ticks(5);
    drop(near);
    let mut near = joined.user.open(1, Mode::Audio).unwrap();
    assert_eq!(near.counters(), ChannelCounters::default());
    assert!(near.poll_event().is_none());
    assert!(joined::read_block(&mut *near).is_none());
    assert_eq!(joined.user.counters().underruns, 3, "the span keeps what its channels counted");
}

#[test]
fn span_dropped_channel_says_so() {
    let mut joined = Joined::e1();
    let mut near = joined.user.open(1, Mode::Audio).unwrap();
    drop(joined);
    assert!(matches!(near.read(&mut [0; 80]), Err(Error::SpanClosed)));
    assert!(matches!(near.write(&[0; 80]), Err(Error::SpanClosed)));
}

#[test]
fn ends_know_their_clock_role() {
    let joined = Joined::e1();
    assert_eq!(joined.network.info().clock, ClockRole::Master);
    assert_eq!(joined.user.info().clock, ClockRole::Slave);
    assert_eq!(joined.user.info().hardware_id, "virtual:span1");
}

#[test]
fn impossible_number_of_timeslots_is_refused() {
    for timeslots in [0, 64] {
        let info = SpanInfo { timeslots, ..SpanInfo::e1("odd") };
        assert!(matches!(pair(info, Clock::LockStep), Err(Error::Unsupported(_))));
    }
}
