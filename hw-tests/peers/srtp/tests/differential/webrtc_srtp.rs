//! Against webrtc-srtp 0.15, which has neither MKI nor the short tag: the same packets, opened both ways, across a wrap with loss and reordering.

use std::collections::BTreeSet;

use crate::packets::{Random, with_room};
use media::srtp::{Keys, Mki, Policy, Receiver, Sender, Suite, UnprotectError};
use webrtc_srtp::context::Context;
use webrtc_srtp::option::{srtcp_replay_protection, srtp_replay_protection};
use webrtc_srtp::protection_profile::ProtectionProfile;

const SSRC: u32 = 0xDEAD_BEEF;

const SUITE: Suite = Suite::AesCm128HmacSha1_80;

fn context(keys: &Keys) -> Context {
    let profile = ProtectionProfile::Aes128CmHmacSha1_80;
    let (key, salt) = keys.inline().split_at(16);
    let (rtp, rtcp) = (Some(srtp_replay_protection(128)), Some(srtcp_replay_protection(128)));
    Context::new(key, salt, profile, rtp, rtcp).unwrap()
}

#[test]
fn packets_across_a_wrap_are_the_same_and_opened_by_the_other() {
    for seed in 0..2 {
        let mut random = Random::new(seed);
        let (policy, keys) = (Policy::new(SUITE), random.keys(Mki::NONE));
        let (mut theirs, mut their_end) = (context(&keys), context(&keys));
        let (mut ours, mut our_end) = (Sender::new(policy, &keys), Receiver::new(policy, &keys));
        for sequence in (65_000..=65_535).chain(0..500) {
            let packet = random.rtp(SSRC, sequence);
            let from_them = theirs.encrypt_rtp(&packet).unwrap();
            let mut buffer = with_room(&packet);
            let length = ours.protect(&mut buffer, packet.len()).unwrap();
            assert_eq!(buffer[..length], from_them[..], "{sequence}");
            assert_eq!(their_end.decrypt_rtp(&buffer[..length]).unwrap()[..], packet);
            let opened = our_end.unprotect(&mut buffer[..length]).unwrap();
            assert_eq!(buffer[..opened], packet);
        }
    }
}

/// 0.15 takes some repeats across a wrap, so the verdict on those is ours alone; `libsrtp.rs` compares it.
#[test]
fn packets_that_are_lost_or_late_are_taken_by_both_and_repeats_by_us_never() {
    for seed in 0..2 {
        let mut random = Random::new(10 + seed);
        let (policy, keys) = (Policy::new(SUITE), random.keys(Mki::NONE));
        let (mut theirs, mut their_end) = (context(&keys), context(&keys));
        let mut our_end = Receiver::new(policy, &keys);
        let packets: Vec<_> = (0..1000_u32)
            .map(|number| theirs.encrypt_rtp(&random.rtp(SSRC, (65_100 + number) as u16)).unwrap().to_vec())
            .collect();
        let mut taken = BTreeSet::new();
        let arrivals = random.arrivals(0, 1000, 60);
        for number in &arrivals {
            let packet = &packets[usize::try_from(*number).unwrap()];
            let mut buffer = packet.clone();
            let ours = our_end.unprotect(&mut buffer);
            let theirs = their_end.decrypt_rtp(packet);
            if taken.insert(*number) {
                assert_eq!(buffer[..ours.unwrap()], theirs.unwrap()[..], "{number}");
            } else {
                assert!(matches!(ours, Err(UnprotectError::Replayed { .. })), "{number}: {ours:?}");
            }
        }
        assert!(taken.len() > 700 && arrivals.len() - taken.len() > 50, "{} of {}", taken.len(), arrivals.len());
    }
}

#[test]
fn reports_are_the_same_and_opened_by_the_other() {
    for seed in 0..2 {
        let mut random = Random::new(20 + seed);
        let (policy, keys) = (Policy::new(SUITE), random.keys(Mki::NONE));
        let (mut theirs, mut their_end) = (context(&keys), context(&keys));
        let (mut ours, mut our_end) = (Sender::new(policy, &keys), Receiver::new(policy, &keys));
        // It begins with index 1.
        ours.set_rtcp_index(SSRC, 1).unwrap();
        for _ in 0..300 {
            let report = random.rtcp(SSRC);
            let from_them = theirs.encrypt_rtcp(&report).unwrap();
            let mut buffer = with_room(&report);
            let length = ours.protect_rtcp(&mut buffer, report.len()).unwrap();
            assert_eq!(buffer[..length], from_them[..]);
            assert_eq!(their_end.decrypt_rtcp(&buffer[..length]).unwrap()[..], report);
            let opened = our_end.unprotect_rtcp(&mut buffer[..length]).unwrap();
            assert_eq!(buffer[..opened], report);
        }
    }
}

#[test]
fn first_report_with_index_0_is_taken() {
    let mut random = Random::new(30);
    let keys = random.keys(Mki::NONE);
    let mut ours = Sender::new(Policy::new(SUITE), &keys);
    let report = random.rtcp(SSRC);
    let mut buffer = with_room(&report);
    let length = ours.protect_rtcp(&mut buffer, report.len()).unwrap();
    assert_eq!(context(&keys).decrypt_rtcp(&buffer[..length]).unwrap()[..], report);
}

#[test]
fn damaged_packets_are_refused_by_both() {
    let mut random = Random::new(40);
    let keys = random.keys(Mki::NONE);
    let (mut theirs, mut their_end) = (context(&keys), context(&keys));
    let mut our_end = Receiver::new(Policy::new(SUITE), &keys);
    for sequence in 0..300 {
        let protected = theirs.encrypt_rtp(&random.rtp(SSRC, sequence)).unwrap().to_vec();
        let mut damaged = protected.clone();
        damaged[random.below(protected.len())] ^= 1 << random.below(8);
        assert!(their_end.decrypt_rtp(&damaged).is_err());
        assert!(our_end.unprotect(&mut damaged).is_err());
        assert!(their_end.decrypt_rtp(&protected).is_ok() && our_end.unprotect(&mut protected.clone()).is_ok());
    }
}
