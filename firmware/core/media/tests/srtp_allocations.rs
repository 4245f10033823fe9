//! Nothing is allocated per packet: counted by the allocator of this program, after construction.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use media::srtp::{Keys, Mki, Policy, RECEIVER_SOURCES, Receiver, SENDER_SOURCES, Sender, Suite};

fn packet(ssrc: u32, sequence: u16) -> [u8; 200] {
    let mut packet = [0; 200];
    packet[0] = 0x80;
    packet[2..4].copy_from_slice(&sequence.to_be_bytes());
    packet[8..12].copy_from_slice(&ssrc.to_be_bytes());
    packet
}

#[test]
fn packets_and_reports_of_every_source_allocate_nothing() {
    for suite in Suite::ALL {
        let policy = Policy::new(suite);
        let keys = Keys::new([1; 16], [2; 14], Mki::new(1, 1).unwrap());
        let (mut sender, mut receiver) = (Sender::new(policy, &keys), Receiver::new(policy, &keys));
        let mut taken = 0;
        let counted = allocation_counter::measure(|| {
            // More sources than the receiver keeps, wraps, refusals: whatever a packet can lead to.
            for round in 0..150_u16 {
                for ssrc in 0..SENDER_SOURCES as u32 {
                    let mut rtp = packet(ssrc, round.wrapping_mul(1310));
                    let length = sender.protect(&mut rtp, 172).unwrap();
                    taken += u32::from(receiver.unprotect(&mut rtp[..length]).is_ok());
                    assert!(receiver.unprotect(&mut rtp[..length]).is_err());
                    let mut rtcp = packet(ssrc, 0);
                    rtcp[4..8].copy_from_slice(&ssrc.to_be_bytes());
                    let length = sender.protect_rtcp(&mut rtcp, 64).unwrap();
                    assert!(receiver.unprotect_rtcp(&mut rtcp[..length]).is_ok());
                }
            }
            assert!(sender.protect(&mut packet(999, 0), 172).is_err());
        });
        assert!(receiver.stats().forgotten_sources > 0, "{RECEIVER_SOURCES} were enough");
        assert!(taken >= 150, "{taken} packets were taken");
        assert_eq!((counted.count_total, counted.bytes_total), (0, 0), "{suite:?}");
    }
}

#[test]
fn counter_sees_what_construction_allocates() {
    let keys = Keys::new([1; 16], [2; 14], Mki::NONE);
    let counted = allocation_counter::measure(|| drop(Sender::new(Policy::new(Suite::AesCm128HmacSha1_80), &keys)));
    assert_eq!(counted.count_total, 1);
}
