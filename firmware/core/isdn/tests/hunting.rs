//! The order in which an interface takes its free channels.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests fail by panic")]

mod common;

use common::{Ends, cause, config, ends_with, offered, speech, then, up};
use isdn::{CallId, CauseValue, ChannelState, Config, Hunting, Side};

/// Both ends; the user's has only these channels.
fn hunting(hunting: Hunting, channels: &[u8]) -> Ends {
    let user = Config { hunting, channels: channels.to_vec(), ..config(Side::User) };
    up(ends_with(user, config(Side::Network)))
}

/// A call of the user, and the channel it took.
fn call(pair: &mut Ends) -> (CallId, u8) {
    let call = then(pair, |p, now| p.left.setup(now, speech("1")).unwrap());
    let of = |channel: &&isdn::ChannelStatus| channel.state == ChannelState::InUse(call);
    (call, pair.left.channels().iter().find(of).unwrap().channel.slot)
}

fn end(pair: &mut Ends, call: CallId) {
    let right = offered(&pair.right_events);
    then(pair, |p, now| p.right.clear(now, right, cause(CauseValue::USER_BUSY)));
    assert!(pair.left.calls().all(|status| status.call != call));
}

/// Channels of so many calls, one after the other.
fn in_a_row(pair: &mut Ends, calls: usize) -> Vec<u8> {
    let one = |_| {
        let (id, slot) = call(pair);
        end(pair, id);
        slot
    };
    (0..calls).map(one).collect()
}

/// Channels of so many calls that stay.
fn at_once(pair: &mut Ends, calls: usize) -> Vec<u8> {
    (0..calls).map(|_| call(pair).1).collect()
}

#[test]
fn ascending_and_descending_begin_at_their_end_each_time() {
    for (order, row, once) in [(Hunting::Ascending, [1; 3], [1, 2, 3]), (Hunting::Descending, [4; 3], [4, 3, 2])] {
        let mut pair = hunting(order, &[1, 2, 3, 4]);
        assert_eq!(in_a_row(&mut pair, 3), row);
        assert_eq!(at_once(&mut pair, 3), once);
    }
}

#[test]
fn round_robin_goes_on_behind_the_last_one_taken() {
    let mut pair = hunting(Hunting::RoundRobin, &[2, 3, 5]);
    assert_eq!(in_a_row(&mut pair, 5), [2, 3, 5, 2, 3]);
}

#[test]
fn least_used_takes_each_as_often_as_the_others() {
    let mut pair = hunting(Hunting::LeastUsed, &[1, 2, 3]);
    assert_eq!(in_a_row(&mut pair, 3), [1, 2, 3]);
    let (first, slot) = call(&mut pair);
    assert_eq!(slot, 1);
    assert_eq!(in_a_row(&mut pair, 2), [2, 3]);
    // Channel 1 is taken: the two others have had two calls each, 2 the one that began longer ago.
    assert_eq!(in_a_row(&mut pair, 1), [2]);
    then(&mut pair, |p, now| p.left.clear(now, first, cause(CauseValue::NORMAL_CLEARING)));
}

#[test]
fn even_and_odd_first_take_the_others_when_theirs_are_gone() {
    assert_eq!(at_once(&mut hunting(Hunting::EvenFirst, &[1, 2, 3, 4]), 4), [2, 4, 1, 3]);
    assert_eq!(at_once(&mut hunting(Hunting::OddFirst, &[1, 2, 3, 4]), 4), [1, 3, 2, 4]);
}
