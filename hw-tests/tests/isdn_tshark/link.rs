//! What the data link sends and an interface never asks it for: RNR while it is busy, DISC to take the link down.

use crate::tape::{Tape, Taped, describe, seconds};
use isdn::{Framing, Side, q921};
use sansio::sim::Pair;
use std::time::{Duration, Instant};

/// A link on tape and one that is not, which polls when the line was silent for so long; the link up.
fn links(tape: &Tape, side: Side, peer_polls: Duration) -> Pair<Taped<q921::Link>, q921::Link> {
    let other = if side == Side::User { Side::Network } else { Side::User };
    let us = q921::Link::new(side, q921::Config::new(side));
    let peer = q921::Link::new(other, q921::Config { t203: peer_polls, ..q921::Config::new(other) });
    let us = ("us", tape.on(side, us));
    let mut pair = Pair::new(Instant::now(), us, ("peer", peer), describe as fn(&Vec<u8>) -> String);
    let now = pair.now();
    pair.left.machine.establish(now);
    pair.run_for(seconds(1));
    assert!(pair.left.machine.is_established());
    pair
}

/// RNR of its own accord and as answer to the polls that it brings. One that is lost, with a far end that polls seldom: RNR as a poll.
pub fn busy(tape: &Tape, _: Framing, side: Side) {
    for (lost, peer_polls) in [(0, seconds(3)), (1, seconds(3600))] {
        let mut pair = links(tape, side, peer_polls);
        let now = pair.now();
        pair.forward.drop_next(lost);
        pair.left.machine.set_busy(now, true);
        pair.run_for(seconds(30));
        let now = pair.now();
        pair.left.machine.set_busy(now, false);
        pair.run_for(seconds(30));
    }
}

/// DISC and UA.
pub fn released(tape: &Tape, _: Framing, side: Side) {
    let mut pair = links(tape, side, seconds(10));
    let now = pair.now();
    pair.left.machine.release(now);
    pair.run_for(seconds(1));
    assert!(!pair.left.machine.is_established());
}
