//! Services that an interface does not give are rejected by their own messages, and the call goes on (Q.931 5.6, Q.932 6.2); NOTIFY.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests fail by panic")]

mod common;

use common::{answered_from_user, ends, inject, offered, raw, then, up};
use isdn::{Connected, Event, Side};

#[test]
fn suspend_hold_and_retrieve_are_rejected_and_the_call_stays_active() {
    let mut pair = raw(Side::Network);
    inject(&mut pair, &[common::SETUP]);
    let (call, now) = (offered(&pair.left_events), pair.now());
    pair.left.connect(now, call, Connected::default());
    inject(&mut pair, &[]);
    for (code, answer) in [(0x25, "SUSPEND REJECT"), (0x24, "HOLD REJECT"), (0x31, "RETRIEVE REJECT")] {
        assert_eq!(inject(&mut pair, &[&[0x08, 0x02, 0x00, 0x01, code]]), [format!("{answer} cr=1' cause=69")]);
    }
    assert_eq!(pair.left.calls().next().unwrap().state, 10);
    assert_eq!(pair.left.stats().unknown_messages, 0);
}

#[test]
fn resume_is_rejected_for_no_call_is_ever_suspended() {
    let mut pair = raw(Side::Network);
    assert_eq!(inject(&mut pair, &[&[0x08, 0x02, 0x00, 0x07, 0x26, 0x10, 0x01, 0x05]]), ["RESUME REJECT cr=7' cause=85"]);
    assert_eq!(pair.left.calls().count(), 0);
}

#[test]
fn notify_goes_to_the_far_end_of_an_active_call_and_of_no_other() {
    let mut pair = up(ends());
    let (left, right) = answered_from_user(&mut pair);
    then(&mut pair, |p, now| p.left.notify(now, left, 0));
    assert!(pair.right_events.contains(&Event::Notify { call: right, notification: 0 }));
    then(&mut pair, |p, now| p.left.clear(now, left, common::cause(isdn::CauseValue::NORMAL_CLEARING)));
    then(&mut pair, |p, now| p.left.notify(now, left, 1));
    assert_eq!(pair.left.stats().misuse, 1);
}
