//! The audit: calls that were long silent are asked after, channels out of service are tried again (Q.931 5.8.10, 5.5).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests fail by panic")]

mod common;

use common::{all_idle, answered_from_user, answers, config, ends, inject, ms, offered, raw, released, seconds, up};
use isdn::{CauseValue, ChannelState, Config, Connected, Event, Side, Who};

/// Two periods of five minutes: within so long a stuck call is found.
const TWO_PERIODS: u64 = 602;

#[test]
fn call_that_both_ends_know_goes_on_over_many_audits() {
    let mut pair = up(ends());
    answered_from_user(&mut pair);
    pair.run_for(seconds(3600));
    assert_eq!((pair.left.calls().count(), pair.right.calls().count()), (1, 1));
    assert_eq!((pair.left.stats().errors_reported, pair.right.stats().errors_reported), (0, 0));
}

/// A call that is answered and whose far end then knows nothing of it any more.
fn forgotten_call() -> common::Raw {
    let mut pair = raw(Side::Network);
    inject(&mut pair, &[common::SETUP]);
    let (call, now) = (offered(&pair.left_events), pair.now());
    pair.left.connect(now, call, Connected::default());
    answers(&mut pair, ms(50));
    pair
}

#[test]
fn call_that_the_far_end_has_forgotten_is_asked_after_and_ends() {
    let mut pair = forgotten_call();
    let sent = answers(&mut pair, seconds(TWO_PERIODS));
    assert_eq!(sent, ["STATUS ENQUIRY cr=1'"]);
    // STATUS: cause 30, call state 0.
    inject(&mut pair, &[&[0x08, 0x02, 0x00, 0x01, 0x7d, 0x08, 0x02, 0x80, 0x9e, 0x14, 0x01, 0x00]]);
    assert_eq!(released(&pair.left_events), [(CauseValue::TEMPORARY_FAILURE, Who::Peer)]);
    assert!(all_idle(&pair.left));
}

#[test]
fn call_whose_far_end_does_not_answer_the_audit_is_cleared() {
    let mut pair = forgotten_call();
    // T322 twice, T305, T308 twice.
    let sent = answers(&mut pair, seconds(TWO_PERIODS + 8 + 30 + 8));
    let enquiry = "STATUS ENQUIRY cr=1'";
    assert_eq!(sent[..3], [enquiry, enquiry, "DISCONNECT cr=1' cause=41"]);
    assert_eq!(pair.left.calls().count(), 0);
}

#[test]
fn call_that_was_heard_of_lately_is_not_asked_after() {
    let mut pair = forgotten_call();
    answers(&mut pair, seconds(290));
    // NOTIFY.
    inject(&mut pair, &[&[0x08, 0x02, 0x00, 0x01, 0x6e, 0x27, 0x01, 0x80]]);
    assert_eq!(answers(&mut pair, seconds(30)), [""; 0]);
}

#[test]
fn audit_that_is_turned_off_asks_nobody() {
    let mut pair = common::raw_with(Config { audit: None, ..config(Side::Network) });
    inject(&mut pair, &[common::SETUP]);
    let (call, now) = (offered(&pair.left_events), pair.now());
    pair.left.connect(now, call, Connected::default());
    answers(&mut pair, ms(50));
    assert_eq!(answers(&mut pair, seconds(TWO_PERIODS)), [""; 0]);
}

#[test]
fn channel_out_of_service_is_restarted_by_the_audit() {
    let mut pair = forgotten_call();
    let call = pair.left.calls().next().unwrap().call;
    let now = pair.now();
    pair.left.clear(now, call, common::cause(CauseValue::NORMAL_CLEARING));
    // T305, T308 twice, T316 twice.
    answers(&mut pair, seconds(30 + 8 + 240 + 2));
    assert_eq!(pair.left.channels()[0].state, ChannelState::OutOfService);
    let sent = answers(&mut pair, seconds(25));
    assert!(sent.contains(&"RESTART cr=0 channel=1 excl restart=IndicatedChannels".to_owned()), "{sent:?}");
    inject(&mut pair, &[&[0x08, 0x02, 0x80, 0x00, 0x4e, 0x18, 0x03, 0xa9, 0x83, 0x81, 0x79, 0x01, 0x80]]);
    assert!(all_idle(&pair.left));
    assert!(!pair.left_events.iter().any(|event| matches!(event, Event::ChannelFreed { .. })), "no channel lost its call");
}
