//! The channel of a held call is free for others, and a retrieved call gets one that is free (Q.932 6.2; Q.931 5.1.2, 5.2.3).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests fail by panic")]

mod common;

use common::{
    SETUP, answered_from_user, cause, config, ends_with, held_by_user, holding_ends, in_use, inject, offered, raw_with, speech,
    then, up, with_hold,
};
use isdn::{CauseValue, Config, Connected, Event, Side};

const HOLD: &[u8] = &[0x08, 0x02, 0x00, 0x01, 0x24];

/// RETRIEVE with octets 3 to 3.3 of a channel identification.
fn retrieve(channel: &[u8]) -> Vec<u8> {
    let mut message = vec![0x08, 0x02, 0x00, 0x01, 0x31];
    if !channel.is_empty() {
        message.extend([0x18, u8::try_from(channel.len()).unwrap()]);
        message.extend(channel);
    }
    message
}

/// The network side with a call that the user held, and another of its own on channel 31.
fn held() -> (common::Raw, isdn::CallId) {
    let mut pair = raw_with(with_hold(Config { channels: vec![1, 2, 31], ..config(Side::Network) }));
    inject(&mut pair, &[SETUP]);
    let (call, now) = (offered(&pair.left_events), pair.now());
    pair.left.connect(now, call, Connected::default());
    inject(&mut pair, &[HOLD]);
    let now = pair.now();
    pair.left.accept_hold(now, call);
    pair.left.setup(now, speech("200")).unwrap();
    inject(&mut pair, &[]);
    assert_eq!(in_use(&pair.left), [31]);
    (pair, call)
}

#[test]
fn channel_of_a_held_call_goes_to_another_and_the_first_is_retrieved_on_the_next() {
    let mut pair = holding_ends();
    let (left, right) = held_by_user(&mut pair);
    pair.ladder = sansio::sim::Ladder::new(pair.now());
    let second = then(&mut pair, |p, now| p.left.setup(now, speech("5551002")).unwrap());
    let at_network = offered(&pair.right_events);
    then(&mut pair, |p, now| p.right.connect(now, at_network, Connected::default()));
    assert_eq!((in_use(&pair.left), in_use(&pair.right)), (vec![1], vec![1]));
    then(&mut pair, |p, now| p.left.retrieve(now, left));
    then(&mut pair, |p, now| p.right.accept_retrieve(now, right));
    insta::assert_snapshot!(pair.ladder);
    assert!(pair.left_events.contains(&Event::Retrieved { call: left, result: Ok(2.into()) }));
    let of = |call| pair.left.calls().find(|status| status.call == call).unwrap().channel;
    assert_eq!((of(second), of(left)), (Some(1.into()), Some(2.into())));
}

#[test]
fn retrieve_with_no_channel_free_fails_with_cause_34_and_nothing_is_sent() {
    let one = |side| with_hold(Config { channels: vec![5], ..config(side) });
    let mut pair = up(ends_with(one(Side::User), one(Side::Network)));
    let (left, right) = held_by_user(&mut pair);
    let second = then(&mut pair, |p, now| p.left.setup(now, speech("5551002")).unwrap());
    let at_network = offered(&pair.right_events);
    then(&mut pair, |p, now| p.right.connect(now, at_network, Connected::default()));
    let sent = pair.left.stats().messages_sent;
    then(&mut pair, |p, now| p.left.retrieve(now, left));
    let failed =
        |e: &Event| matches!(e, Event::Retrieved { result: Err(cause), .. } if cause.value == CauseValue::NO_CHANNEL_AVAILABLE);
    assert!(pair.left_events.iter().any(failed));
    assert_eq!(pair.left.stats().messages_sent, sent);
    then(&mut pair, |p, now| p.left.clear(now, second, cause(CauseValue::NORMAL_CLEARING)));
    then(&mut pair, |p, now| p.right.clear(now, at_network, cause(CauseValue::NORMAL_CLEARING)));
    then(&mut pair, |p, now| p.left.retrieve(now, left));
    then(&mut pair, |p, now| p.right.accept_retrieve(now, right));
    assert_eq!((in_use(&pair.left), in_use(&pair.right)), (vec![5], vec![5]));
}

#[test]
fn retrieve_names_a_free_channel_and_gets_it() {
    for channel in [&[0xa1, 0x83, 0x82][..], &[0xa9, 0x83, 0x82][..]] {
        let (mut pair, call) = held();
        inject(&mut pair, &[&retrieve(channel)]);
        assert!(pair.left_events.contains(&Event::RetrieveRequested { call, channel: 2.into() }));
        let now = pair.now();
        pair.left.accept_retrieve(now, call);
        assert_eq!(inject(&mut pair, &[]), ["RETRIEVE ACKNOWLEDGE cr=1' channel=2 excl"]);
        assert_eq!(in_use(&pair.left), [2, 31]);
    }
}

#[test]
fn retrieve_prefers_a_channel_in_use_and_gets_another() {
    let (mut pair, call) = held();
    inject(&mut pair, &[&retrieve(&[0xa1, 0x83, 0x9f])]);
    assert!(pair.left_events.contains(&Event::RetrieveRequested { call, channel: 2.into() }));
}

#[test]
fn retrieve_names_no_channel_or_any_and_the_network_chooses() {
    for channel in [&[][..], &[0xa3][..]] {
        let (mut pair, call) = held();
        inject(&mut pair, &[&retrieve(channel)]);
        assert!(pair.left_events.contains(&Event::RetrieveRequested { call, channel: 2.into() }));
    }
}

#[test]
fn retrieve_that_insists_on_what_cannot_be_had_is_rejected_and_the_call_stays_held() {
    for (channel, value) in [(&[0xa9, 0x83, 0x9f][..], 44), (&[0xa9, 0x83, 0x91][..], 82), (&[0xa0][..], 34), (&[0xac][..], 66)] {
        let (mut pair, call) = held();
        assert_eq!(inject(&mut pair, &[&retrieve(channel)]), [format!("RETRIEVE REJECT cr=1' cause={value}")]);
        assert!(pair.left.calls().any(|status| status.call == call && status.held));
        assert_eq!(in_use(&pair.left), [31]);
    }
}

#[test]
fn retrieve_is_rejected_with_cause_34_when_every_channel_is_taken() {
    let (mut pair, _) = held();
    let now = pair.now();
    pair.left.setup(now, speech("201")).unwrap();
    pair.left.setup(now, speech("202")).unwrap();
    inject(&mut pair, &[]);
    assert_eq!(inject(&mut pair, &[&retrieve(&[])]), ["RETRIEVE REJECT cr=1' cause=34"]);
}

#[test]
fn retrieve_acknowledged_on_a_channel_that_cannot_be_had_clears_the_call() {
    let (mut pair, call) = held();
    let now = pair.now();
    pair.left.retrieve(now, call);
    assert_eq!(inject(&mut pair, &[]), ["RETRIEVE cr=1' channel=2 excl"]);
    let acknowledge = [0x08, 0x02, 0x00, 0x01, 0x33, 0x18, 0x03, 0xa9, 0x83, 0x9f];
    assert_eq!(inject(&mut pair, &[&acknowledge]), ["DISCONNECT cr=1' cause=6"]);
    assert_eq!(inject(&mut pair, &[&[0x08, 0x02, 0x00, 0x01, 0x4d]]), ["RELEASE COMPLETE cr=1'"]);
    assert_eq!(in_use(&pair.left), [31], "what it had asked for is free");
}

#[test]
fn held_call_does_not_lose_its_name_to_the_audit_or_to_restart() {
    let mut pair = holding_ends();
    let (left, right) = held_by_user(&mut pair);
    // Two periods of the audit: the far end is asked after the call, and answers.
    pair.run_for(common::seconds(700));
    let slots: Vec<isdn::Channel> = pair.left.channels().iter().map(|channel| channel.channel).collect();
    then(&mut pair, |p, now| p.left.restart(now, &slots));
    pair.run_for(common::seconds(30));
    assert_eq!((pair.left.stats().channels_freed, pair.right.stats().channels_freed), (0, 0));
    then(&mut pair, |p, now| p.left.retrieve(now, left));
    then(&mut pair, |p, now| p.right.accept_retrieve(now, right));
    assert_eq!((in_use(&pair.left), in_use(&pair.right)), (vec![1], vec![1]));
}

#[test]
fn call_that_is_not_held_keeps_its_channel_until_the_answer_comes() {
    let mut pair = holding_ends();
    let (left, _) = answered_from_user(&mut pair);
    then(&mut pair, |p, now| p.left.hold(now, left));
    assert_eq!((in_use(&pair.left), in_use(&pair.right)), (vec![1], vec![1]));
}
