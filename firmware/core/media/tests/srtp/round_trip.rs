//! What one end protects the other opens, for every shape of packet; what does not fit is refused untouched.

use crate::packets::{ROOM, default_policy, ends, keys, protect, rich_rtp, rtp, unprotect};
use media::srtp::{Mki, Policy, ProtectError, Receiver, Sender, SenderStats, Suite};
use proptest::prelude::*;

fn every_mki() -> [Mki; 5] {
    [(0, 0), (1, 1), (0x0102, 2), (0xFF_FFFF, 3), (0x8000_0001, 4)].map(|(value, length)| Mki::new(value, length).unwrap())
}

#[test]
fn every_suite_and_mki_length_opens_what_it_protected() {
    for suite in Suite::ALL {
        for mki in every_mki() {
            let policy = Policy::new(suite);
            let (mut sender, mut receiver) = (Sender::new(policy, &keys(mki)), Receiver::new(policy, &keys(mki)));
            for sequence in 0..50 {
                let packet = rtp(1, sequence);
                let protected = protect(&mut sender, &packet);
                assert_eq!(protected.len(), packet.len() + policy.rtp_overhead(mki), "{suite:?} {mki:?}");
                assert_eq!(protected[..12], packet[..12], "the header stays in the clear");
                assert_ne!(protected[12..172], packet[12..], "the payload does not");
                assert_eq!(&protected[172..172 + mki.length()], mki.as_bytes());
                assert_eq!(unprotect(&mut receiver, &protected), Ok(packet));
            }
        }
    }
}

#[test]
fn tags_have_the_lengths_of_their_suites() {
    let mki = Mki::new(1, 1).unwrap();
    let overheads = Suite::ALL.map(|suite| {
        let policy = Policy::new(suite);
        (policy.rtp_overhead(Mki::NONE), policy.rtp_overhead(mki), policy.rtcp_overhead(Mki::NONE), policy.rtcp_overhead(mki))
    });
    assert_eq!(overheads, [(10, 11, 14, 15), (4, 5, 14, 15)]);
}

#[test]
fn header_with_csrcs_and_extension_stays_in_the_clear() {
    let (mut sender, mut receiver) = ends();
    let packet = rich_rtp(5, 15, Some(3), 40, 4);
    let protected = protect(&mut sender, &packet);
    let header = 12 + 60 + 4 + 12;
    assert_eq!(protected[..header], packet[..header]);
    assert_ne!(protected[header..packet.len()], packet[header..]);
    assert_eq!(unprotect(&mut receiver, &protected), Ok(packet));
}

#[test]
fn same_payload_at_another_index_or_source_is_encrypted_differently() {
    let (mut sender, _) = ends();
    let mut seen = std::collections::BTreeSet::new();
    for ssrc in 0..4 {
        for sequence in 0..64 {
            let mut packet = rtp(ssrc, sequence);
            packet[12..].fill(0);
            assert!(seen.insert(protect(&mut sender, &packet)[12..172].to_vec()), "ssrc {ssrc} sequence {sequence}");
        }
    }
}

#[test]
fn unencrypted_policy_leaves_the_payload_and_still_authenticates() {
    let policy = Policy { encrypt_rtp: false, ..default_policy() };
    let (mut sender, mut receiver) = (Sender::new(policy, &keys(Mki::NONE)), Receiver::new(policy, &keys(Mki::NONE)));
    let packet = rtp(1, 1);
    let mut protected = protect(&mut sender, &packet);
    assert_eq!(protected[..172], packet);
    assert_eq!(unprotect(&mut receiver, &protected), Ok(packet));
    protected[100] ^= 1;
    protected[3] = 2;
    assert!(unprotect(&mut receiver, &protected).is_err());
}

#[test]
fn buffer_one_octet_too_small_is_refused_untouched() {
    let (mut sender, mut receiver) = ends();
    let packet = rtp(1, 1);
    let mut buffer = packet.clone();
    buffer.resize(172 + 9, 0xEE);
    let before = buffer.clone();
    let refused = sender.protect(&mut buffer, 172).unwrap_err();
    assert_eq!(refused.to_string(), "buffer of 181 octets is too small for 182");
    assert_eq!(buffer, before);
    assert!(matches!(sender.protect(&mut buffer, usize::MAX), Err(ProtectError::NoRoom(_))));
    // The index was not used up.
    let protected = protect(&mut sender, &packet);
    assert_eq!(unprotect(&mut receiver, &protected), Ok(packet));
    assert_eq!(sender.stats(), SenderStats { rtp: 1, malformed: 2, ..SenderStats::default() });
}

#[test]
fn what_is_no_rtp_is_refused_by_the_sender() {
    let (mut sender, _) = ends();
    let mut buffer = [0x80; 64];
    let short = |length, part| Err(ProtectError::TooShort { length, part });
    assert_eq!(sender.protect(&mut buffer, 11), short(11, "fixed header"));
    buffer[0] = 0x8F;
    assert_eq!(sender.protect(&mut buffer, 40), short(40, "csrc list"));
    buffer[0] = 0x90;
    assert_eq!(sender.protect(&mut buffer, 14), short(14, "header extension"));
    assert_eq!(sender.protect(&mut buffer, 40), short(40, "header extension"));
    buffer[0] = 0x40;
    assert_eq!(sender.protect(&mut buffer, 40), Err(ProtectError::Version(1)));
    assert_eq!(sender.protect_rtcp(&mut buffer, 40), Err(ProtectError::Version(1)));
    buffer[0] = 0x80;
    assert_eq!(sender.protect_rtcp(&mut buffer, 7), short(7, "rtcp header"));
    assert_eq!(sender.stats(), SenderStats { malformed: 7, ..SenderStats::default() });
}

proptest! {
    #[test]
    fn any_packet_that_is_protected_is_opened_to_the_same(
        sequence: u16, csrcs in 0..16_usize, extension in proptest::option::of(0..20_usize), payload in 0..1400_usize,
        padding: u8, short_tag: bool, mki in 0..5_usize,
    ) {
        let policy = Policy::new(Suite::ALL[usize::from(short_tag)]);
        let keys = keys(every_mki()[mki]);
        let (mut sender, mut receiver) = (Sender::new(policy, &keys), Receiver::new(policy, &keys));
        let packet = rich_rtp(sequence, csrcs, extension, payload, padding);
        prop_assert!(packet.len() < ROOM);
        let protected = protect(&mut sender, &packet);
        prop_assert_eq!(unprotect(&mut receiver, &protected), Ok(packet));
    }
}
