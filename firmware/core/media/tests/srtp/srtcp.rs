//! SRTCP (RFC 3711 section 3.4): index with the E bit, MKI, tag of 80 bits with both suites, replay, the end of the index.

use crate::packets::{default_policy, ends, keys, protect, protect_rtcp, rtcp, rtp, unprotect, unprotect_rtcp};
use media::srtp::{Mki, Policy, ProtectError, Receiver, ReceiverStats, Sender, Suite, UnprotectError};

#[test]
fn every_suite_and_mki_length_opens_the_reports_that_it_protected() {
    for suite in Suite::ALL {
        for mki in (0..=4).map(|length| Mki::new(u32::from(length), length).unwrap()) {
            let policy = Policy::new(suite);
            let (mut sender, mut receiver) = (Sender::new(policy, &keys(mki)), Receiver::new(policy, &keys(mki)));
            for tail in [0, 1, 20, 44, 1000] {
                let report = rtcp(7, tail);
                let protected = protect_rtcp(&mut sender, &report);
                assert_eq!(protected.len(), report.len() + 4 + mki.length() + 10, "{suite:?} {mki:?}");
                assert_eq!(protected[..8], report[..8], "header and ssrc stay in the clear");
                assert_eq!(unprotect_rtcp(&mut receiver, &protected), Ok(report));
            }
        }
    }
}

#[test]
fn index_counts_from_0_with_the_e_bit_in_front() {
    let (mut sender, _) = ends();
    for index in 0..5_u32 {
        let protected = protect_rtcp(&mut sender, &rtcp(7, 4));
        assert_eq!(protected[12..16], (0x8000_0000 | index).to_be_bytes());
    }
}

#[test]
fn unencrypted_report_has_no_e_bit_and_is_taken_whatever_the_receivers_policy() {
    let policy = Policy { encrypt_rtcp: false, ..default_policy() };
    let mut sender = Sender::new(policy, &keys(Mki::NONE));
    let mut receiver = Receiver::new(default_policy(), &keys(Mki::NONE));
    let report = rtcp(7, 20);
    let protected = protect_rtcp(&mut sender, &report);
    assert_eq!((&protected[..28], &protected[28..32]), (&report[..], &[0; 4][..]));
    assert_eq!(unprotect_rtcp(&mut receiver, &protected), Ok(report.clone()));
    // And the other way round: the E bit decides.
    let mut receiver = Receiver::new(policy, &keys(Mki::NONE));
    let encrypted = protect_rtcp(&mut Sender::new(default_policy(), &keys(Mki::NONE)), &report);
    assert_eq!(unprotect_rtcp(&mut receiver, &encrypted), Ok(report));
}

#[test]
fn report_taken_twice_is_replayed_and_one_out_of_order_is_taken() {
    let (mut sender, mut receiver) = ends();
    let reports: Vec<_> = (0..200).map(|_| protect_rtcp(&mut sender, &rtcp(7, 20))).collect();
    for at in [3, 1, 2, 0, 199, 72] {
        assert!(unprotect_rtcp(&mut receiver, &reports[at]).is_ok(), "{at}");
    }
    assert_eq!(unprotect_rtcp(&mut receiver, &reports[72]), Err(UnprotectError::Replayed { ssrc: 7, index: 72 }));
    assert_eq!(unprotect_rtcp(&mut receiver, &reports[71]), Err(UnprotectError::TooOld { ssrc: 7, index: 71, highest: 199 }));
    assert_eq!(receiver.stats(), ReceiverStats { rtcp: 6, replayed: 1, too_old: 1, ..ReceiverStats::default() });
}

#[test]
fn reports_and_packets_of_a_source_are_counted_apart() {
    let (mut sender, mut receiver) = ends();
    for sequence in 0..5 {
        assert!(unprotect(&mut receiver, &protect(&mut sender, &rtp(7, sequence))).is_ok());
        assert!(unprotect_rtcp(&mut receiver, &protect_rtcp(&mut sender, &rtcp(7, 20))).is_ok());
    }
    assert_eq!(receiver.stats(), ReceiverStats { rtp: 5, rtcp: 5, ..ReceiverStats::default() });
}

#[test]
fn reports_of_two_sources_are_counted_apart() {
    let (mut sender, _) = ends();
    let index = |protected: Vec<u8>| u32::from_be_bytes(protected[12..16].try_into().unwrap()) & 0x7FFF_FFFF;
    assert_eq!([7, 8, 7, 8].map(|ssrc| index(protect_rtcp(&mut sender, &rtcp(ssrc, 4)))), [0, 0, 1, 1]);
}

#[test]
fn last_index_is_used_and_the_next_refused() {
    let (mut sender, mut receiver) = ends();
    sender.set_rtcp_index(7, 0x7FFF_FFFE).unwrap();
    for _ in 0..2 {
        let report = rtcp(7, 20);
        assert_eq!(unprotect_rtcp(&mut receiver, &protect_rtcp(&mut sender, &report)), Ok(report));
    }
    let mut buffer = [0x80; 64];
    buffer[4..8].copy_from_slice(&7_u32.to_be_bytes());
    assert_eq!(sender.protect_rtcp(&mut buffer, 28), Err(ProtectError::KeyExhausted { ssrc: 7 }));
    assert_eq!(buffer[8..], [0x80; 56], "a refused report was changed");
    assert_eq!(sender.set_rtcp_index(7, 0x8000_0000), Err(ProtectError::KeyExhausted { ssrc: 7 }));
    assert_eq!(sender.stats().exhausted, 1);
}

#[test]
fn index_is_not_set_back() {
    let (mut sender, _) = ends();
    sender.set_rtcp_index(7, 10).unwrap();
    protect_rtcp(&mut sender, &rtcp(7, 4));
    assert_eq!(sender.set_rtcp_index(7, 10), Err(ProtectError::TooOld { ssrc: 7, index: 10, highest: 10 }));
    sender.set_rtcp_index(7, 11).unwrap();
    assert_eq!(protect_rtcp(&mut sender, &rtcp(7, 4))[12..16], [0x80, 0, 0, 11]);
}
