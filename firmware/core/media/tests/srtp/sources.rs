//! Several SSRCs in one session: each has its own counters, and their tables are bounded.

use crate::packets::{ends, protect, rtcp, rtp, unprotect};
use media::srtp::{ProtectError, RECEIVER_SOURCES, ReceiverStats, SENDER_SOURCES, UnprotectError};

#[test]
fn ssrc_that_changes_in_a_call_is_taken() {
    let (mut sender, mut receiver) = ends();
    for (ssrc, first) in [(1, 65_530), (2, 100), (1, 4), (3, 65_534)] {
        for offset in 0..10 {
            let packet = rtp(ssrc, u16::wrapping_add(first, offset));
            assert_eq!(unprotect(&mut receiver, &protect(&mut sender, &packet)), Ok(packet), "ssrc {ssrc} +{offset}");
        }
    }
}

#[test]
fn source_that_wrapped_does_not_move_the_others() {
    let (mut sender, mut receiver) = ends();
    for sequence in [65_535, 0] {
        assert!(unprotect(&mut receiver, &protect(&mut sender, &rtp(1, sequence))).is_ok());
    }
    let other = protect(&mut sender, &rtp(2, 0));
    assert!(unprotect(&mut receiver, &other).is_ok());
    assert_eq!(unprotect(&mut receiver, &other), Err(UnprotectError::Replayed { ssrc: 2, index: 0 }));
}

#[test]
fn receiver_forgets_the_source_that_was_silent_longest() {
    let (mut sender, mut receiver) = ends();
    let most = RECEIVER_SOURCES as u32;
    let first: Vec<_> = (0..=most).map(|ssrc| protect(&mut sender, &rtp(ssrc, 10))).collect();
    for packet in &first[..RECEIVER_SOURCES] {
        assert!(unprotect(&mut receiver, packet).is_ok());
    }
    // Source 0 speaks again, so that 1 is the oldest when one more comes.
    assert!(unprotect(&mut receiver, &protect(&mut sender, &rtp(0, 11))).is_ok());
    assert!(unprotect(&mut receiver, &first[RECEIVER_SOURCES]).is_ok());
    assert_eq!(receiver.stats().forgotten_sources, 1);
    for ssrc in (0..=RECEIVER_SOURCES).filter(|ssrc| *ssrc != 1) {
        assert!(matches!(unprotect(&mut receiver, &first[ssrc]), Err(UnprotectError::Replayed { .. })), "ssrc {ssrc}");
    }
    // It goes on when it speaks again.
    assert!(unprotect(&mut receiver, &protect(&mut sender, &rtp(1, 11))).is_ok());
}

#[test]
fn stranger_takes_no_place_in_the_table() {
    let (mut sender, mut receiver) = ends();
    assert!(unprotect(&mut receiver, &protect(&mut sender, &rtp(1, 10))).is_ok());
    for ssrc in 100..200 {
        let mut forged = protect(&mut sender, &rtp(1, 11 + ssrc as u16));
        forged[8..12].copy_from_slice(&u32::to_be_bytes(ssrc));
        assert_eq!(unprotect(&mut receiver, &forged), Err(UnprotectError::NotAuthentic { ssrc }));
    }
    assert_eq!(receiver.stats(), ReceiverStats { rtp: 1, not_authentic: 100, ..ReceiverStats::default() });
}

#[test]
fn sender_refuses_one_ssrc_too_many_and_keeps_those_it_has() {
    let (mut sender, _) = ends();
    for ssrc in 0..SENDER_SOURCES as u32 {
        protect(&mut sender, &rtp(ssrc, 1));
    }
    let refused = ProtectError::TooManySources { ssrc: 99, most: SENDER_SOURCES };
    let mut packet = rtp(99, 1);
    packet.resize(200, 0);
    assert_eq!(sender.protect(&mut packet, 172), Err(refused));
    let mut report = rtcp(99, 8);
    report.resize(200, 0);
    assert_eq!(sender.protect_rtcp(&mut report, 16), Err(refused));
    assert_eq!(sender.set_roll_over_counter(99, 1), Err(refused));
    assert_eq!(sender.set_rtcp_index(99, 1), Err(refused));
    assert_eq!(sender.stats().too_many_sources, 2);
    protect(&mut sender, &rtp(0, 2));
}
