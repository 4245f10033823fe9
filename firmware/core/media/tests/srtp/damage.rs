//! Hostile bytes: cut, flipped, forged, of another key. Refused without a trace, before anything is decrypted.

use crate::packets::{
    default_policy, ends, keys, other_keys, protect, protect_rtcp, rich_rtp, rtcp, rtp, unprotect, unprotect_rtcp,
};
use media::srtp::{Mki, Policy, Receiver, ReceiverStats, Sender, Suite, UnprotectError};
use proptest::prelude::*;

#[test]
fn packet_with_any_bit_flipped_is_refused_and_the_right_one_still_taken() {
    let mki = Mki::new(1, 1).unwrap();
    for suite in Suite::ALL {
        let policy = Policy::new(suite);
        let (mut sender, mut receiver) = (Sender::new(policy, &keys(mki)), Receiver::new(policy, &keys(mki)));
        let packet = rich_rtp(9, 2, Some(1), 60, 0);
        let protected = protect(&mut sender, &packet);
        for bit in 0..8 * protected.len() {
            let mut flipped = protected.clone();
            flipped[bit / 8] ^= 0x80 >> (bit % 8);
            let refused = unprotect(&mut receiver, &flipped).unwrap_err();
            let in_mki = bit / 8 == packet.len();
            assert_eq!(matches!(refused, UnprotectError::UnknownMki(_)), in_mki, "bit {bit}: {refused}");
        }
        assert_eq!(unprotect(&mut receiver, &protected), Ok(packet));
    }
}

#[test]
fn report_with_any_bit_flipped_is_refused_and_the_right_one_still_taken() {
    let (mut sender, mut receiver) = ends();
    let report = rtcp(7, 44);
    let protected = protect_rtcp(&mut sender, &report);
    for bit in 0..8 * protected.len() {
        let mut flipped = protected.clone();
        flipped[bit / 8] ^= 0x80 >> (bit % 8);
        unprotect_rtcp(&mut receiver, &flipped).unwrap_err();
    }
    assert_eq!(unprotect_rtcp(&mut receiver, &protected), Ok(report));
}

#[test]
fn packet_cut_anywhere_is_refused() {
    let mki = Mki::new(300, 2).unwrap();
    let (mut sender, mut receiver) = (Sender::new(default_policy(), &keys(mki)), Receiver::new(default_policy(), &keys(mki)));
    let protected = protect(&mut sender, &rich_rtp(9, 3, Some(4), 30, 2));
    let report = protect_rtcp(&mut sender, &rtcp(7, 20));
    for length in 0..protected.len() {
        unprotect(&mut receiver, &protected[..length]).unwrap_err();
    }
    for length in 0..report.len() {
        unprotect_rtcp(&mut receiver, &report[..length]).unwrap_err();
    }
    assert_eq!(receiver.stats().rtp + receiver.stats().rtcp, 0);
    assert!(unprotect(&mut receiver, &protected).is_ok() && unprotect_rtcp(&mut receiver, &report).is_ok());
}

#[test]
fn refusals_say_what_is_cut() {
    let (_, mut receiver) = ends();
    let short = |length, part| Err(UnprotectError::TooShort { length, part });
    assert_eq!(unprotect(&mut receiver, &[]), short(0, "trailer"));
    assert_eq!(unprotect(&mut receiver, &[0x80; 9]), short(9, "trailer"));
    assert_eq!(unprotect(&mut receiver, &[0x80; 21]), short(21, "fixed header"));
    assert_eq!(unprotect(&mut receiver, &[0x8F; 81]), short(81, "csrc list"));
    assert_eq!(unprotect(&mut receiver, &[0x90; 60]), short(60, "header extension"));
    assert_eq!(unprotect(&mut receiver, &[0xC0; 60]), Err(UnprotectError::Version(3)));
    assert_eq!(unprotect_rtcp(&mut receiver, &[0x80; 13]), short(13, "trailer"));
    assert_eq!(unprotect_rtcp(&mut receiver, &[0x80; 21]), short(21, "rtcp header"));
    assert_eq!(unprotect_rtcp(&mut receiver, &[0x00; 22]), Err(UnprotectError::Version(0)));
    assert_eq!(receiver.stats(), ReceiverStats { malformed: 9, ..ReceiverStats::default() });
}

#[test]
fn packet_of_another_key_or_salt_is_not_authentic() {
    let (_, mut receiver) = ends();
    let mut stranger = Sender::new(default_policy(), &other_keys(Mki::NONE));
    let refused = unprotect(&mut receiver, &protect(&mut stranger, &rtp(1, 1)));
    assert_eq!(refused, Err(UnprotectError::NotAuthentic { ssrc: 1 }));
    let refused = unprotect_rtcp(&mut receiver, &protect_rtcp(&mut stranger, &rtcp(1, 8)));
    assert_eq!(refused, Err(UnprotectError::NotAuthentic { ssrc: 1 }));
    assert_eq!(receiver.stats(), ReceiverStats { not_authentic: 2, ..ReceiverStats::default() });
}

#[test]
fn packet_with_the_short_tag_is_no_packet_of_the_long_one() {
    let (_, mut receiver) = ends();
    let mut sender = Sender::new(Policy::new(Suite::AesCm128HmacSha1_32), &keys(Mki::NONE));
    assert!(unprotect(&mut receiver, &protect(&mut sender, &rtp(1, 1))).is_err());
    // SRTCP has the tag of 80 bits with both.
    let report = rtcp(1, 8);
    assert_eq!(unprotect_rtcp(&mut receiver, &protect_rtcp(&mut sender, &report)), Ok(report));
}

#[test]
fn rtp_is_no_rtcp_though_both_have_one_master_key() {
    let (mut sender, mut receiver) = ends();
    let protected = protect(&mut sender, &rtp(1, 1));
    assert!(matches!(unprotect_rtcp(&mut receiver, &protected), Err(UnprotectError::NotAuthentic { .. })));
    assert!(unprotect(&mut receiver, &protected).is_ok());
}

proptest! {
    #[test]
    fn any_bytes_are_refused_without_a_panic(bytes: Vec<u8>, mki in 0..5_u8, short_tag: bool) {
        let policy = Policy::new(Suite::ALL[usize::from(short_tag)]);
        let mut receiver = Receiver::new(policy, &keys(Mki::new(0, mki).unwrap()));
        prop_assert!(unprotect(&mut receiver, &bytes).is_err());
        prop_assert!(unprotect_rtcp(&mut receiver, &bytes).is_err());
    }
}
