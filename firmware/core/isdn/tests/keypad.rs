//! What is keyed in an answered call: INFORMATION with keypad facility, from either end.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests fail by panic")]

mod common;

use common::{all_idle, answered_from_network, answered_from_user, ends, then, up};
use isdn::Event;

fn keyed(events: &[Event]) -> Vec<&str> {
    events.iter().filter_map(digits).collect()
}

fn digits(event: &Event) -> Option<&str> {
    if let Event::Information { keypad, .. } = event { keypad.as_deref() } else { None }
}

#[test]
fn answered_call_digits_reach_the_other_end_both_ways() {
    for by_user in [true, false] {
        let mut pair = up(ends());
        let (left, right) = if by_user { answered_from_user(&mut pair) } else { answered_from_network(&mut pair) };
        then(&mut pair, |p, now| p.left.key(now, left, "*21#"));
        then(&mut pair, |p, now| p.right.key(now, right, "7"));
        assert_eq!((keyed(&pair.right_events), keyed(&pair.left_events)), (vec!["*21#"], vec!["7"]), "{}", pair.ladder);
        assert_eq!(pair.left.stats().misuse + pair.right.stats().misuse, 0);
    }
}

#[test]
fn digits_that_cannot_be_sent_are_misuse_and_nothing_goes_out() {
    let mut pair = up(ends());
    let (left, _) = answered_from_user(&mut pair);
    for digits in ["", "d\u{e9}j\u{e0}", &"1".repeat(300)] {
        then(&mut pair, |p, now| p.left.key(now, left, digits));
    }
    assert_eq!((keyed(&pair.right_events).len(), pair.left.stats().misuse), (0, 3), "{}", pair.ladder);
    assert!(!all_idle(&pair.left));
}
