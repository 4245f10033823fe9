//! RTP packets: fields, what is refused, and that no octets harm.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use media::NoRoom;
use media::rtp::{Extension, Malformed, Packet};
use proptest::prelude::*;

const PLAIN: [u8; 14] = [0x80, 0x88, 0x12, 0x34, 0, 0, 0, 0xA0, 0xDE, 0xAD, 0xBE, 0xEF, 0xD5, 0xD5];

#[test]
fn plain_packet_gives_its_fields() {
    let packet = Packet::parse(&PLAIN).unwrap();
    let expected = Packet {
        marker: true,
        payload_type: 8,
        sequence: 0x1234,
        timestamp: 160,
        ssrc: 0xDEAD_BEEF,
        csrcs: &[],
        extension: None,
        payload: &[0xD5, 0xD5],
        padding: 0,
    };
    assert_eq!(packet, expected);
}

#[test]
fn csrcs_extension_and_padding_are_not_payload() {
    let bytes = [
        0xB2, 0x00, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, // V=2 P X CC=2
        0, 0, 0, 7, 0, 0, 0, 8, // CSRCs
        0xBE, 0xDE, 0, 1, 9, 9, 9, 9, // extension of one word
        1, 2, 3, 0, 0, 3, // payload 1 2 3, padding of 3
    ];
    let packet = Packet::parse(&bytes).unwrap();
    assert_eq!(packet.contributors().collect::<Vec<_>>(), [7, 8]);
    assert_eq!(packet.extension, Some(Extension { profile: 0xBEDE, data: &[9, 9, 9, 9] }));
    assert_eq!(packet.payload, [1, 2, 3]);
    assert_eq!(packet.padding, 3);
    let mut out = [0; 64];
    assert_eq!(packet.emit(&mut out).unwrap(), bytes.len());
    assert_eq!(out[..bytes.len()], bytes);
}

#[test]
fn every_truncation_of_a_full_header_is_short() {
    let bytes = [0x91, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 7, 0xBE, 0xDE, 0, 1, 9, 9, 9, 9];
    for length in 0..bytes.len() {
        assert!(matches!(Packet::parse(&bytes[..length]), Err(Malformed::Short { .. })), "{length}");
    }
    assert!(Packet::parse(&bytes).is_ok());
}

#[test]
fn wrong_version_and_wrong_padding_are_named() {
    assert_eq!(Packet::parse(&[0x40; 12]), Err(Malformed::Version(1)));
    let mut bytes = PLAIN;
    bytes[0] = 0xA0;
    bytes[13] = 0;
    assert_eq!(Packet::parse(&bytes), Err(Malformed::Padding { count: 0, available: 2 }));
    bytes[13] = 3;
    assert_eq!(Packet::parse(&bytes), Err(Malformed::Padding { count: 3, available: 2 }));
    bytes[13] = 2;
    assert_eq!(Packet::parse(&bytes).unwrap().payload, []);
}

#[test]
fn small_buffer_is_refused_with_the_size_needed() {
    let packet = Packet::parse(&PLAIN).unwrap();
    assert_eq!(packet.emit(&mut [0; 13]), Err(NoRoom { needed: 14, have: 13 }));
    assert_eq!(packet.emitted_length(), 14);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn parse_survives_every_byte_string_and_what_it_takes_it_gives_back(bytes in prop::collection::vec(any::<u8>(), 0..120)) {
        if let Ok(packet) = Packet::parse(&bytes) {
            let mut out = [0; 256];
            let length = packet.emit(&mut out).unwrap();
            prop_assert_eq!(length, bytes.len());
            prop_assert_eq!(Packet::parse(&out[..length]).unwrap(), packet);
        }
    }

    #[test]
    fn parse_of_emit_is_the_packet(
        marker: bool, payload_type in 0u8..128, sequence: u16, timestamp: u32, ssrc: u32,
        csrcs in 0usize..16, extension in prop::option::of((any::<u16>(), 0usize..6)),
        payload in prop::collection::vec(any::<u8>(), 0..100), padding: u8,
    ) {
        let filler = [0x5A; 64];
        let packet = Packet {
            marker, payload_type, sequence, timestamp, ssrc,
            csrcs: &filler[..4 * csrcs],
            extension: extension.map(|(profile, words)| Extension { profile, data: &filler[..4 * words] }),
            payload: &payload,
            padding,
        };
        let mut out = [0; 512];
        let length = packet.emit(&mut out).unwrap();
        prop_assert_eq!(length, packet.emitted_length());
        prop_assert_eq!(Packet::parse(&out[..length]).unwrap(), packet);
    }
}
