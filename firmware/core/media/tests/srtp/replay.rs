//! The replay window (RFC 3711 section 3.3.2): what was taken is not taken again, and only what is authentic moves it.

use crate::packets::{ends, protect, rtp, unprotect};
use media::srtp::{ProtectError, ReceiverStats, SenderStats, UnprotectError, WINDOW};

#[test]
fn packet_taken_twice_is_replayed() {
    let (mut sender, mut receiver) = ends();
    let first = protect(&mut sender, &rtp(1, 10));
    let second = protect(&mut sender, &rtp(1, 11));
    for packet in [&first, &second] {
        assert!(unprotect(&mut receiver, packet).is_ok());
    }
    assert_eq!(unprotect(&mut receiver, &first), Err(UnprotectError::Replayed { ssrc: 1, index: 10 }));
    assert_eq!(unprotect(&mut receiver, &second), Err(UnprotectError::Replayed { ssrc: 1, index: 11 }));
    assert_eq!(receiver.stats(), ReceiverStats { rtp: 2, replayed: 2, ..ReceiverStats::default() });
}

#[test]
fn late_packet_is_taken_as_far_back_as_the_window_reaches() {
    let (mut sender, mut receiver) = ends();
    let packets: Vec<_> = (0..=200).map(|sequence| protect(&mut sender, &rtp(1, 1000 + sequence))).collect();
    assert!(unprotect(&mut receiver, &packets[200]).is_ok());
    let oldest = 200 - (usize::try_from(WINDOW).unwrap() - 1);
    assert_eq!(
        unprotect(&mut receiver, &packets[oldest - 1]),
        Err(UnprotectError::TooOld { ssrc: 1, index: 1000 + oldest as u64 - 1, highest: 1200 })
    );
    for packet in &packets[oldest..200] {
        assert!(unprotect(&mut receiver, packet).is_ok());
    }
    for packet in &packets[oldest..] {
        assert!(matches!(unprotect(&mut receiver, packet), Err(UnprotectError::Replayed { .. })));
    }
}

#[test]
fn step_of_just_a_window_forgets_what_was_before_it() {
    for step in [126, 127, 128, 129, 1000] {
        let (mut sender, mut receiver) = ends();
        let first = protect(&mut sender, &rtp(1, 1));
        let last = protect(&mut sender, &rtp(1, 1 + step));
        assert!(unprotect(&mut receiver, &first).is_ok());
        assert!(unprotect(&mut receiver, &last).is_ok());
        let again = unprotect(&mut receiver, &first).unwrap_err();
        let within = u64::from(step) < WINDOW;
        assert_eq!(matches!(again, UnprotectError::Replayed { .. }), within, "step {step}: {again}");
        assert_eq!(matches!(again, UnprotectError::TooOld { .. }), !within, "step {step}: {again}");
    }
}

#[test]
fn forged_packet_far_ahead_moves_nothing() {
    let (mut sender, mut receiver) = ends();
    assert!(unprotect(&mut receiver, &protect(&mut sender, &rtp(1, 100))).is_ok());
    for sequence in [101, 5_000, 32_000, 40_000, 65_535] {
        let mut forged = protect(&mut ends().0, &rtp(1, 100));
        forged[2..4].copy_from_slice(&u16::to_be_bytes(sequence));
        assert_eq!(unprotect(&mut receiver, &forged), Err(UnprotectError::NotAuthentic { ssrc: 1 }));
    }
    let next = rtp(1, 101);
    assert_eq!(unprotect(&mut receiver, &protect(&mut sender, &next)), Ok(next));
}

#[test]
fn sender_uses_no_index_twice() {
    let (mut sender, _) = ends();
    protect(&mut sender, &rtp(1, 500));
    protect(&mut sender, &rtp(1, 502));
    // In between is new.
    protect(&mut sender, &rtp(1, 501));
    let mut again = rtp(1, 501);
    again[40] ^= 0xFF;
    again.resize(200, 0);
    let before = again.clone();
    assert_eq!(sender.protect(&mut again, 172), Err(ProtectError::Repeated { ssrc: 1, index: 501 }));
    assert_eq!(again, before, "a refused packet was changed");
    let mut old = rtp(1, 300);
    old.resize(200, 0);
    assert_eq!(sender.protect(&mut old, 172), Err(ProtectError::TooOld { ssrc: 1, index: 300, highest: 502 }));
    assert_eq!(sender.stats(), SenderStats { rtp: 3, repeated: 2, ..SenderStats::default() });
}
