//! Setting the data link up and taking it down (Q.921 5.5).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests fail by panic")]

mod common;

use common::{links, links_up, ms, seconds};
use isdn::q921::{Event, MdlError};

#[test]
fn sabme_is_answered_by_ua_and_both_are_established() {
    let mut pair = links();
    let now = pair.now();
    pair.left.establish(now);
    pair.run_for(ms(100));
    insta::assert_snapshot!(pair.ladder);
}

#[test]
fn sabme_of_both_ends_crosses_and_both_are_established_once() {
    let mut pair = links();
    let now = pair.now();
    pair.left.establish(now);
    pair.right.establish(now);
    pair.run_for(ms(100));
    insta::assert_snapshot!(pair.ladder);
    assert_eq!(pair.left_events, [Event::Established]);
    assert_eq!(pair.right_events, [Event::Established]);
}

#[test]
fn sabme_is_repeated_n200_times_then_link_is_released() {
    let mut pair = links();
    pair.forward.drop_next(usize::MAX);
    let now = pair.now();
    pair.left.establish(now);
    pair.run();
    insta::assert_snapshot!(pair.ladder);
    assert_eq!(pair.left_events, [Event::Error(MdlError::G), Event::Released]);
}

#[test]
fn disc_is_answered_by_ua_and_both_are_released() {
    let mut pair = links_up();
    let now = pair.now();
    pair.left.release(now);
    pair.run();
    insta::assert_snapshot!(pair.ladder);
    assert_eq!(pair.left_events, [Event::Released]);
    assert_eq!(pair.right_events, [Event::Released]);
}

#[test]
fn disc_is_repeated_n200_times_then_link_is_released() {
    let mut pair = links_up();
    pair.forward.drop_next(usize::MAX);
    let now = pair.now();
    pair.left.release(now);
    pair.run_for(seconds(5));
    assert_eq!(pair.left_events, [Event::Error(MdlError::H), Event::Released]);
}

#[test]
fn dm_answers_disc_when_not_established() {
    let mut pair = links();
    let now = pair.now();
    // DISC from the user, P=1.
    pair.right.handle_frame(now, &[0x00, 0x01, 0x53]);
    // DM from the network, F=1: a response has C/R = 0 there.
    assert_eq!(pair.right.poll_transmit(), Some(vec![0x00, 0x01, 0x1f]));
    assert_eq!(pair.right.poll_event(), None);
}

#[test]
fn dm_answer_to_sabme_releases() {
    let mut pair = links();
    let now = pair.now();
    pair.left.establish(now);
    assert_eq!(pair.left.poll_transmit(), Some(vec![0x00, 0x01, 0x7f]));
    pair.left.handle_frame(now, &[0x00, 0x01, 0x1f]);
    assert_eq!(pair.left.poll_event(), Some(Event::Released));
    assert_eq!(pair.left.poll_timeout(), None);
}

#[test]
fn release_asked_while_establishing_follows_establishment() {
    let mut pair = links();
    let now = pair.now();
    pair.left.establish(now);
    pair.left.release(now);
    pair.run();
    assert_eq!(pair.left_events, [Event::Established, Event::Released]);
    assert_eq!(pair.right_events, [Event::Established, Event::Released]);
}

#[test]
fn frames_of_both_sides_have_the_c_r_bits_of_table_1() {
    let mut pair = links();
    let now = pair.now();
    pair.left.establish(now);
    let sabme = pair.left.poll_transmit().unwrap();
    assert_eq!(sabme, [0x00, 0x01, 0x7f], "SABME command from the user");
    pair.right.handle_frame(now, &sabme);
    let ua = pair.right.poll_transmit().unwrap();
    assert_eq!(ua, [0x00, 0x01, 0x73], "UA response from the network");
    pair.left.handle_frame(now, &ua);
    pair.right.data(now, vec![8]).unwrap();
    let i = pair.right.poll_transmit().unwrap();
    assert_eq!(i, [0x02, 0x01, 0x00, 0x00, 8], "I command from the network");
    pair.left.handle_frame(now, &i);
    assert_eq!(pair.left.poll_transmit().unwrap(), [0x02, 0x01, 0x01, 0x02], "RR response from the user");
    pair.left.data(now, vec![9]).unwrap();
    let i = pair.left.poll_transmit().unwrap();
    assert_eq!(i, [0x00, 0x01, 0x00, 0x02, 9], "I command from the user");
    pair.right.handle_frame(now, &i);
    assert_eq!(pair.right.poll_transmit().unwrap(), [0x00, 0x01, 0x01, 0x02], "RR response from the network");
    let t203 = pair.right.poll_timeout().unwrap();
    let mut other = links();
    other.right.establish(now);
    assert_eq!(other.right.poll_transmit().unwrap(), [0x02, 0x01, 0x7f], "SABME command from the network");
    assert!(t203 > now);
}

#[test]
fn own_frames_that_come_back_are_counted_and_ignored() {
    let mut pair = links();
    let now = pair.now();
    pair.left.establish(now);
    let sabme = pair.left.poll_transmit().unwrap();
    pair.left.handle_frame(now, &sabme);
    assert_eq!(pair.left.stats().wrong_direction, 1);
    assert_eq!(pair.left.poll_transmit(), None);
}

#[test]
fn frames_for_other_links_are_counted_and_ignored() {
    let mut pair = links_up();
    let now = pair.now();
    pair.left.handle_frame(now, &[0x02, 0x03, 0x7f]);
    pair.left.handle_frame(now, &[0xfe, 0xff, 0x03, 0x0f]);
    assert_eq!(pair.left.stats().not_for_us, 2);
    assert_eq!(pair.left.poll_transmit(), None);
}
