//! Roll-over of the sequence numbers (RFC 3711 section 3.3.1): with loss and reordering around 65535 and 0, at the start, at the end.

use crate::packets::{ends, protect, rtp, unprotect};
use media::srtp::{ProtectError, UnprotectError};

/// Sends `sent` in this order, delivers `delivered` in that one; every packet of it must be taken.
#[track_caller]
fn all_taken(sent: impl IntoIterator<Item = u32>, delivered: &[u32]) {
    let (mut sender, mut receiver) = ends();
    let packets: std::collections::BTreeMap<u32, Vec<u8>> =
        sent.into_iter().map(|number| (number, protect(&mut sender, &rtp(1, number as u16)))).collect();
    for number in delivered {
        let opened = unprotect(&mut receiver, &packets[number]);
        assert_eq!(opened, Ok(rtp(1, *number as u16)), "{number} of {delivered:?}");
    }
}

const WRAP: u32 = 65_536;

#[test]
fn wrap_without_loss_is_followed() {
    all_taken(WRAP - 200..WRAP + 200, &(WRAP - 200..WRAP + 200).collect::<Vec<_>>());
}

#[test]
fn three_wraps_are_followed() {
    let numbers: Vec<_> = (0..3 * WRAP + 100).step_by(211).collect();
    all_taken(numbers.clone(), &numbers);
}

#[test]
fn wrap_is_followed_when_packets_next_to_it_are_lost() {
    for lost in [vec![WRAP - 1], vec![WRAP], vec![WRAP - 1, WRAP], (WRAP - 50..WRAP + 50).collect()] {
        let delivered: Vec<_> = (WRAP - 100..WRAP + 100).filter(|number| !lost.contains(number)).collect();
        all_taken(WRAP - 100..WRAP + 100, &delivered);
    }
}

#[test]
fn wrap_is_followed_when_nearly_half_of_all_numbers_are_lost() {
    all_taken([WRAP - 32_700, WRAP - 1, WRAP + 67], &[WRAP - 32_700, WRAP + 67]);
    all_taken((0..2 * WRAP).step_by(32_767), &(0..2 * WRAP).step_by(32_767).collect::<Vec<_>>());
}

#[test]
fn packets_that_cross_at_the_wrap_are_taken() {
    all_taken(WRAP - 5..WRAP + 5, &[WRAP - 5, WRAP, WRAP - 1, WRAP + 1, WRAP - 2, WRAP + 4, WRAP - 4, WRAP + 3]);
    // The window reaches back over it.
    all_taken(WRAP - 70..WRAP + 60, &[WRAP - 70, WRAP + 57, WRAP - 69, WRAP + 58, WRAP - 1]);
}

#[test]
fn sender_that_is_given_packets_across_the_wrap_numbers_them_rightly() {
    all_taken([WRAP - 2, WRAP, WRAP - 1, WRAP + 1], &[WRAP - 2, WRAP - 1, WRAP, WRAP + 1]);
}

#[test]
fn packet_before_the_wrap_is_replayed_only_as_itself() {
    let (mut sender, mut receiver) = ends();
    let packets: Vec<_> = (WRAP - 10..WRAP + 10).map(|number| protect(&mut sender, &rtp(1, number as u16))).collect();
    for packet in &packets {
        assert!(unprotect(&mut receiver, packet).is_ok());
    }
    assert_eq!(unprotect(&mut receiver, &packets[9]), Err(UnprotectError::Replayed { ssrc: 1, index: 65_535 }));
    assert_eq!(unprotect(&mut receiver, &packets[10]), Err(UnprotectError::Replayed { ssrc: 1, index: 65_536 }));
}

#[test]
fn number_that_returns_after_a_wrap_is_another_packet() {
    let (mut sender, mut receiver) = ends();
    let first = protect(&mut sender, &rtp(1, 7));
    assert!(unprotect(&mut receiver, &first).is_ok());
    for number in (0..WRAP).step_by(20_000).skip(1) {
        assert!(unprotect(&mut receiver, &protect(&mut sender, &rtp(1, number as u16))).is_ok());
    }
    let second = protect(&mut sender, &rtp(1, 7));
    assert_ne!(first, second);
    // A round later the first one counts as the number of this round, and its tag says that it is not.
    assert!(unprotect(&mut receiver, &first).is_err());
    assert!(unprotect(&mut receiver, &second).is_ok());
}

#[test]
fn peer_that_wrapped_before_it_was_heard_is_taken() {
    let (mut sender, mut receiver) = ends();
    let missed = protect(&mut sender, &rtp(1, 65_530));
    for number in 65_531..WRAP + 3 {
        protect(&mut sender, &rtp(1, number as u16));
    }
    for number in WRAP + 3..WRAP + 20 {
        let packet = rtp(1, number as u16);
        assert_eq!(unprotect(&mut receiver, &protect(&mut sender, &packet)), Ok(packet));
    }
    // And those before the wrap fit in behind.
    assert_eq!(unprotect(&mut receiver, &missed), Ok(rtp(1, 65_530)));
}

#[test]
fn peer_that_began_before_the_wrap_is_taken_from_there() {
    // The first packet heard is of the first round, with a number as it may be after a wrap.
    all_taken([5, 6, 7], &[5, 6, 7]);
    all_taken([40_000, 40_001], &[40_001, 40_000]);
}

#[test]
fn earlier_number_than_the_first_one_is_of_the_first_round() {
    let (mut sender, mut receiver) = ends();
    let (early, late) = (protect(&mut sender, &rtp(1, 10)), protect(&mut sender, &rtp(1, 60)));
    assert!(unprotect(&mut receiver, &late).is_ok());
    assert!(unprotect(&mut receiver, &early).is_ok());
}

#[test]
fn jump_of_more_than_half_the_numbers_in_the_first_round_stays_in_it() {
    let (mut sender, mut receiver) = ends();
    for number in [10, 50_000] {
        let packet = rtp(1, number);
        assert_eq!(unprotect(&mut receiver, &protect(&mut sender, &packet)), Ok(packet));
    }
}

#[test]
fn roll_over_counter_can_be_stated() {
    let (mut sender, mut receiver) = ends();
    sender.set_roll_over_counter(1, 0x8000_0001).unwrap();
    let packet = rtp(1, 40_000);
    let protected = protect(&mut sender, &packet);
    assert_eq!(unprotect(&mut receiver, &protected), Err(UnprotectError::NotAuthentic { ssrc: 1 }));
    receiver.set_roll_over_counter(1, 0x8000_0001);
    assert_eq!(unprotect(&mut receiver, &protected), Ok(packet));
}

#[test]
fn sender_does_not_go_back_to_a_roll_over_counter() {
    let (mut sender, _) = ends();
    sender.set_roll_over_counter(1, 5).unwrap();
    protect(&mut sender, &rtp(1, 9));
    assert_eq!(sender.set_roll_over_counter(1, 4), Err(ProtectError::TooOld { ssrc: 1, index: 4 << 16, highest: 5 << 16 | 9 }));
    // The same one changes nothing: what was sent counts as sent.
    sender.set_roll_over_counter(1, 5).unwrap();
    let mut again = rtp(1, 9);
    again.resize(200, 0);
    assert!(matches!(sender.protect(&mut again, 172), Err(ProtectError::Repeated { .. })));
    // A higher one begins a new round.
    sender.set_roll_over_counter(1, 6).unwrap();
    protect(&mut sender, &rtp(1, 9));
}

#[test]
fn last_round_ends_with_the_last_number_on_both_sides() {
    let (mut sender, mut receiver) = ends();
    sender.set_roll_over_counter(1, u32::MAX).unwrap();
    receiver.set_roll_over_counter(1, u32::MAX);
    for number in [65_500, 65_535] {
        let packet = rtp(1, number);
        assert_eq!(unprotect(&mut receiver, &protect(&mut sender, &packet)), Ok(packet));
    }
    let mut beyond = rtp(1, 0);
    beyond.resize(200, 0);
    assert_eq!(sender.protect(&mut beyond, 172), Err(ProtectError::KeyExhausted { ssrc: 1 }));
    assert_eq!(sender.stats().exhausted, 1);
    assert_eq!(unprotect(&mut receiver, &beyond[..182]), Err(UnprotectError::KeyExhausted { ssrc: 1 }));
    assert_eq!(receiver.stats().exhausted, 1);
    // What is late is still taken.
    let late = rtp(1, 65_534);
    assert_eq!(unprotect(&mut receiver, &protect(&mut sender, &late)), Ok(late));
}
