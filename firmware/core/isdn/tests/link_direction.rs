//! What the counters tell of a looped line, a far end on the same side, and one that refuses (Q.921 table 1, 5.5).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests fail by panic")]

mod common;

use common::{links, ms};

#[test]
fn own_sabme_back_at_once_is_a_loop_and_later_a_far_end_on_the_same_side() {
    let mut pair = links();
    let now = pair.now();
    pair.left.establish(now);
    let sabme = pair.left.poll_transmit().unwrap();
    pair.left.handle_frame(now + ms(100), &sabme);
    let stats = pair.left.stats();
    assert_eq!((stats.wrong_direction, stats.looped, stats.same_side), (1, 1, 0));
    pair.left.handle_frame(now + ms(101), &sabme);
    let stats = pair.left.stats();
    assert_eq!((stats.wrong_direction, stats.looped, stats.same_side), (2, 1, 1));
    assert_eq!((stats.sabme_received, stats.frames_received), (0, 0));
}

#[test]
fn sabme_disc_and_dm_are_counted_by_kind() {
    let mut pair = links();
    let now = pair.now();
    // SABME, DISC and DM from the network.
    for frame in [[0x02, 0x01, 0x7f], [0x02, 0x01, 0x53], [0x00, 0x01, 0x1f]] {
        pair.left.handle_frame(now, &frame);
    }
    let stats = pair.left.stats();
    assert_eq!((stats.sabme_received, stats.disc_received, stats.dm_received), (1, 1, 1));
    assert_eq!((stats.frames_received, stats.looped, stats.same_side), (3, 0, 0));
}
