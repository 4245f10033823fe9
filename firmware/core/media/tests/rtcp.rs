//! RTCP compounds: known octets, what is refused, round trips.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use media::rtcp::{
    CNAME, Chunk, Composer, ExtendedBlock, ExtendedReport, Goodbye, Malformed, Packet, ReceiverReport, ReportBlock,
    SenderInformation, SenderReport, View, VoipMetrics, emit, parse, view,
};
use proptest::prelude::*;

const BLOCK: ReportBlock = ReportBlock {
    ssrc: 0x0102_0304,
    fraction_lost: 64,
    cumulative_lost: -2,
    highest_sequence: 0x0001_FFFE,
    jitter: 17,
    last_sr: 0xAABB_CCDD,
    delay_since_last_sr: 65536,
};

#[test]
fn receiver_report_with_name_has_the_octets_of_the_standard() {
    let packets = [
        Packet::ReceiverReport(ReceiverReport { ssrc: 0x1122_3344, blocks: vec![BLOCK], extension: vec![] }),
        Packet::SourceDescription(vec![Chunk { ssrc: 0x1122_3344, items: vec![(CNAME, b"a@b".to_vec())] }]),
    ];
    let expected = [
        0x81, 201, 0, 7, 0x11, 0x22, 0x33, 0x44, // RR, one block, 8 words
        1, 2, 3, 4, 64, 0xFF, 0xFF, 0xFE, 0, 1, 0xFF, 0xFE, 0, 0, 0, 17, 0xAA, 0xBB, 0xCC, 0xDD, 0, 1, 0, 0, //
        0x81, 202, 0, 3, 0x11, 0x22, 0x33, 0x44, 1, 3, b'a', b'@', b'b', 0, 0, 0, // SDES, at least one zero behind
    ];
    assert_eq!(emit(&packets), expected);
    assert_eq!(parse(&expected).unwrap(), packets);
}

#[test]
fn name_that_ends_on_a_word_gets_a_whole_word_of_zeros() {
    let packets = [Packet::SourceDescription(vec![Chunk { ssrc: 1, items: vec![(CNAME, b"ab".to_vec())] }])];
    let bytes = emit(&packets);
    assert_eq!(bytes.len(), 4 + 4 + 4 + 4);
    assert_eq!(parse(&bytes).unwrap(), packets);
}

#[test]
fn unknown_type_is_kept_and_what_follows_it_is_read() {
    let bytes = [0x85, 205, 0, 1, 1, 2, 3, 4, 0x81, 203, 0, 1, 0, 0, 0, 9];
    let expected = [
        Packet::Other { packet_type: 205, count: 5, body: vec![1, 2, 3, 4] },
        Packet::Goodbye(Goodbye { sources: vec![9], reason: vec![] }),
    ];
    assert_eq!(parse(&bytes).unwrap(), expected);
}

#[test]
fn padding_behind_the_last_packet_is_dropped() {
    let bytes = [0xA0, 201, 0, 2, 0, 0, 0, 5, 0, 0, 0, 4];
    assert_eq!(parse(&bytes).unwrap(), [Packet::ReceiverReport(ReceiverReport { ssrc: 5, blocks: vec![], extension: vec![] })]);
    let bytes = [0xA0, 201, 0, 2, 0, 0, 0, 5, 0, 0, 0, 16];
    assert_eq!(parse(&bytes), Err(Malformed::Padding { count: 16, available: 8 }));
}

#[test]
fn bad_octets_are_named() {
    assert_eq!(parse(&[]), Err(Malformed::Empty));
    assert_eq!(parse(&[0x80]), Err(Malformed::Short { packet_type: 0, part: "header" }));
    assert_eq!(parse(&[0x40, 200, 0, 0]), Err(Malformed::Version(1)));
    assert_eq!(parse(&[0x80, 8, 0, 0]), Err(Malformed::Type(8)));
    assert_eq!(parse(&[0x80, 200, 0, 1, 0, 0, 0]), Err(Malformed::Short { packet_type: 200, part: "body" }));
    assert_eq!(parse(&[0x81, 201, 0, 1, 0, 0, 0, 1]), Err(Malformed::Short { packet_type: 201, part: "fields" }));
}

fn block() -> impl Strategy<Value = ReportBlock> {
    (any::<u32>(), any::<u8>(), -0x80_0000i32..0x80_0000, any::<u32>(), any::<u32>(), any::<u32>(), any::<u32>()).prop_map(
        |(ssrc, fraction_lost, cumulative_lost, highest_sequence, jitter, last_sr, delay_since_last_sr)| ReportBlock {
            ssrc,
            fraction_lost,
            cumulative_lost,
            highest_sequence,
            jitter,
            last_sr,
            delay_since_last_sr,
        },
    )
}

fn words(most: usize) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<[u8; 4]>(), 0..=most).prop_map(|words| words.concat())
}

fn extended_block() -> impl Strategy<Value = ExtendedBlock> {
    prop_oneof![
        prop::array::uniform32(any::<u8>()).prop_map(|content| ExtendedBlock::VoipMetrics(VoipMetrics::parse(&content).unwrap())),
        (any::<u8>(), 1u8..=255, words(4)).prop_map(|(block_type, specific, content)| ExtendedBlock::Other {
            block_type,
            specific,
            content
        }),
    ]
}

fn packet() -> impl Strategy<Value = Packet> {
    let text = || prop::collection::vec(any::<u8>(), 0..20);
    let blocks = || prop::collection::vec(block(), 0..4);
    prop_oneof![
        (any::<[u32; 4]>(), any::<u64>(), blocks(), words(2)).prop_map(
            |([ssrc, rtp, packets, octets], ntp, blocks, extension)| {
                Packet::SenderReport(SenderReport { ssrc, ntp, rtp, packets, octets, blocks, extension })
            }
        ),
        (any::<u32>(), blocks(), words(2)).prop_map(|(ssrc, blocks, extension)| Packet::ReceiverReport(ReceiverReport {
            ssrc,
            blocks,
            extension
        })),
        prop::collection::vec(
            (any::<u32>(), prop::collection::vec((1u8..=255, text()), 0..4)).prop_map(|(ssrc, items)| Chunk { ssrc, items }),
            0..4
        )
        .prop_map(Packet::SourceDescription),
        (prop::collection::vec(any::<u32>(), 0..4), text())
            .prop_map(|(sources, reason)| Packet::Goodbye(Goodbye { sources, reason })),
        (prop_oneof![204u8..=206, 208u8..=223], 0u8..32, words(5)).prop_map(|(packet_type, count, body)| Packet::Other {
            packet_type,
            count,
            body
        }),
        (any::<u32>(), 0u8..32, prop::collection::vec(extended_block(), 0..3))
            .prop_map(|(ssrc, reserved, blocks)| Packet::ExtendedReport(ExtendedReport { ssrc, reserved, blocks })),
    ]
}

/// A compound whose XR has a VoIP metrics block, octet by octet after the picture in RFC 3611 section 4.7.
#[test]
fn voip_metrics_are_read_field_by_field_and_written_again() {
    let mut bytes = vec![0x80, 207, 0, 10, 0, 0, 0, 9, 7, 0, 0, 8, 0, 0, 0, 5];
    bytes.extend([1, 2, 3, 4, 0, 5, 0, 6, 0, 7, 0, 8, 0xEC, 0xBA, 127, 16, 93, 127, 44, 43, 0xB0, 0, 0, 40, 0, 60, 0, 200]);
    let metrics = VoipMetrics {
        ssrc: 5,
        loss_rate: 1,
        discard_rate: 2,
        burst_density: 3,
        gap_density: 4,
        burst_duration: 5,
        gap_duration: 6,
        round_trip_delay: 7,
        end_system_delay: 8,
        signal_level: 0xEC,
        noise_level: 0xBA,
        rerl: 127,
        gmin: 16,
        r_factor: 93,
        external_r_factor: 127,
        mos_lq: 44,
        mos_cq: 43,
        receiver_configuration: 0xB0,
        reserved: 0,
        buffer_nominal: 40,
        buffer_maximum: 60,
        buffer_absolute_maximum: 200,
    };
    let report = ExtendedReport { ssrc: 9, reserved: 0, blocks: vec![ExtendedBlock::VoipMetrics(metrics)] };
    let packets = [Packet::ExtendedReport(report)];
    assert_eq!(parse(&bytes).unwrap(), packets);
    assert_eq!(emit(&packets), bytes);
    let viewed: Vec<_> = view(&bytes).collect();
    assert_eq!(viewed, [Ok(View::ExtendedReport(Some(metrics)))]);
    let mut composed = [0; 44];
    let mut composer = Composer::new(&mut composed, 9);
    composer.metrics(&metrics);
    assert_eq!(composer.finish(), Ok(44));
    assert_eq!(composed, *bytes);
}

#[test]
fn metrics_block_of_another_length_is_kept_and_a_cut_one_is_malformed() {
    let bytes = [0x80, 207, 0, 3, 0, 0, 0, 9, 7, 0, 0, 1, 1, 2, 3, 4];
    let block = ExtendedBlock::Other { block_type: 7, specific: 0, content: vec![1, 2, 3, 4] };
    let report = ExtendedReport { ssrc: 9, reserved: 0, blocks: vec![block] };
    assert_eq!(parse(&bytes).unwrap(), [Packet::ExtendedReport(report)]);
    let bytes = [0x80, 207, 0, 2, 0, 0, 0, 9, 7, 0, 0, 1];
    let cut = Malformed::Short { packet_type: 207, part: "fields" };
    assert_eq!(parse(&bytes), Err(cut));
    assert_eq!(view(&bytes).check(), Err(cut));
}

/// What a stream writes is what the owning types would.
#[test]
fn composer_writes_what_emit_writes() {
    let block = ReportBlock {
        ssrc: 7,
        fraction_lost: 3,
        cumulative_lost: -2,
        highest_sequence: 70_000,
        jitter: 9,
        last_sr: 10,
        delay_since_last_sr: 11,
    };
    for cname in ["", "a", "ab", "abc", "abcd", "box@192.0.2.1"] {
        for sender in [None, Some(SenderInformation { ntp: 1 << 40, rtp: 2, packets: 3, octets: 4 })] {
            let mut buffer = [0xFF; 512];
            let mut composer = Composer::new(&mut buffer, 5);
            composer.report(sender, Some(&block));
            composer.description(cname);
            composer.goodbye();
            let length = composer.finish().unwrap();
            let report = match sender {
                Some(SenderInformation { ntp, rtp, packets, octets }) => Packet::SenderReport(SenderReport {
                    ssrc: 5,
                    ntp,
                    rtp,
                    packets,
                    octets,
                    blocks: vec![block],
                    extension: vec![],
                }),
                None => Packet::ReceiverReport(ReceiverReport { ssrc: 5, blocks: vec![block], extension: vec![] }),
            };
            let name = Packet::SourceDescription(vec![Chunk { ssrc: 5, items: vec![(CNAME, cname.as_bytes().to_vec())] }]);
            let packets = [report, name, Packet::Goodbye(Goodbye { sources: vec![5], reason: vec![] })];
            assert_eq!(buffer[..length], emit(&packets), "{cname}");
        }
    }
    assert!(Composer::new(&mut [0; 3], 5).finish().is_ok());
    let mut short = [0; 20];
    let mut composer = Composer::new(&mut short, 5);
    composer.description("name");
    composer.goodbye();
    assert!(composer.finish().is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn parse_survives_every_byte_string(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert_eq!(view(&bytes).check(), parse(&bytes).map(|_| ()));
    }

    #[test]
    fn parse_survives_every_body_behind_a_good_header(
        first in 0x80u8..0xC0, packet_type in 200u8..208, body in words(20)
    ) {
        let mut bytes = vec![first, packet_type, 0, u8::try_from(body.len() / 4).unwrap()];
        bytes.extend(body);
        // What is read in place is refused for the same reason as what is taken apart.
        prop_assert_eq!(view(&bytes).check(), parse(&bytes).map(|_| ()));
        if let Ok(packets) = parse(&bytes) {
            prop_assert_eq!(parse(&emit(&packets)).unwrap(), packets);
        }
    }

    #[test]
    fn parse_of_emit_is_the_compound(packets in prop::collection::vec(packet(), 1..5)) {
        prop_assert_eq!(parse(&emit(&packets)).unwrap(), packets);
    }
}
