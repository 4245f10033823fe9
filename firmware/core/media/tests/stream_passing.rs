//! A call whose two ends are RTP: what comes to one stream leaves by the other at once, as one source with all its gaps.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use media::rtp::Packet;
use media::{Codec, Direction, Event, Format, Law, Mode, Stream, StreamConfig, TransmitKind, g711};

const LEFT: &str = "192.0.2.1:4000";
const RIGHT: &str = "192.0.2.2:5000";

fn stream(remote: &str, codec: Codec, telephone_event: Option<u8>) -> Stream {
    Stream::new(StreamConfig {
        ssrc: 0xaaaa_0000,
        first_sequence: 65_530,
        first_timestamp: u32::MAX - 100,
        format: Format::of(codec),
        line_law: Law::A,
        ptime_ms: 20,
        jitter: Mode::VOICE,
        conceal: true,
        comfort_noise: false,
        suppress_silence: false,
        extended_reports: false,
        telephone_event,
        remote: remote.parse().unwrap(),
        symmetric: true,
        cname: "box".into(),
        direction: Direction::SendRecv,
    })
}

/// A packet of 20 ms with this number; its audio is the number.
fn packet(ssrc: u32, sequence: u16, payload_type: u8, payload: &[u8]) -> Vec<u8> {
    let mut octets = [0; 600];
    let packet = Packet {
        marker: false,
        payload_type,
        sequence,
        timestamp: u32::from(sequence).wrapping_mul(160),
        ssrc,
        csrcs: &[],
        extension: None,
        payload,
        padding: 0,
    };
    let length = packet.emit(&mut octets).unwrap();
    octets[..length].to_vec()
}

struct Call {
    left: Stream,
    right: Stream,
    now: Instant,
}

impl Call {
    #[expect(clippy::disallowed_methods, reason = "an Instant has to come from somewhere; all others are counted from it")]
    fn new(left: Codec, right: Codec) -> Self {
        Self { left: stream(LEFT, left, Some(101)), right: stream(RIGHT, right, Some(96)), now: Instant::now() }
    }

    /// What leaves by the right when this comes to the left, with its destination.
    fn arrives(&mut self, octets: &[u8]) -> Vec<(SocketAddr, Vec<u8>)> {
        self.now += Duration::from_millis(20);
        if let Some(passing) = self.left.accept_rtp(self.now, LEFT.parse().unwrap(), octets) {
            self.right.pass(self.now, &passing);
        }
        let mut sent = Vec::new();
        while let Some(transmit) = self.right.poll_transmit() {
            assert_eq!(transmit.kind, TransmitKind::Rtp);
            sent.push((transmit.to, transmit.bytes.to_vec()));
        }
        sent
    }

    /// Number, timestamp and marker of the one packet that leaves.
    fn leaves(&mut self, octets: &[u8]) -> (u16, u32, bool) {
        let sent = self.arrives(octets);
        let packet = Packet::parse(&sent[0].1).unwrap();
        assert_eq!((sent.len(), packet.ssrc, sent[0].0), (1, 0xaaaa_0000, RIGHT.parse().unwrap()));
        (packet.sequence, packet.timestamp, packet.marker)
    }
}

#[test]
fn packets_of_one_source_keep_their_distances_over_loss_reordering_and_wrap() {
    let mut call = Call::new(Codec::Pcma, Codec::Pcma);
    let first = call.leaves(&packet(7, 65_533, 8, &[1; 160]));
    assert_eq!(first, (65_530, u32::MAX - 100, true), "where the stream would have begun itself");
    for (sequence, after) in [(65_534, 1), (0, 3), (65_535, 2), (9, 12)] {
        let timestamp = (u32::from(sequence).wrapping_mul(160)).wrapping_sub(65_533 * 160).wrapping_add(first.1);
        assert_eq!(call.leaves(&packet(7, sequence, 8, &[1; 160])), (65_530_u16.wrapping_add(after), timestamp, false));
    }
    assert!(call.arrives(&packet(7, 9, 8, &[1; 160])).is_empty(), "a duplicate stays here");
    assert_eq!((call.left.stats().packets_received, call.left.stats().duplicate), (5, 1));
    assert_eq!(call.right.stats().packets_sent, 5);
}

#[test]
fn new_source_goes_on_where_the_last_one_ended() {
    let mut call = Call::new(Codec::Pcma, Codec::Pcma);
    let (last, at, _) = call.leaves(&packet(7, 100, 8, &[1; 160]));
    // Two packets in a row make it the source (the first of them is a stray).
    assert!(call.arrives(&packet(9, 40_000, 8, &[1; 160])).is_empty());
    assert_eq!(call.leaves(&packet(9, 40_001, 8, &[1; 160])), (last.wrapping_add(1), at.wrapping_add(160), true));
}

#[test]
fn laws_are_converted_and_events_take_the_peers_number() {
    let mut call = Call::new(Codec::Pcma, Codec::Pcmu);
    let sent = call.arrives(&packet(7, 1, 8, &[0x12; 160]));
    let expected = [g711::a_to_mu(0x12); 160];
    assert_eq!((sent[0].1[1] & 0x7f, &sent[0].1[12..]), (0, &expected[..]));
    let sent = call.arrives(&packet(7, 2, 101, &[5, 0x0a, 0, 160]));
    assert_eq!((sent[0].1[1] & 0x7f, &sent[0].1[12..]), (96, &[5, 0x0a, 0, 160][..]));
    assert!(matches!(call.left.poll_event(), Some(Event::FirstPacket { .. })));
    assert_eq!(call.left.poll_event(), Some(Event::DigitBegan { digit: '5' }));
}

#[test]
fn peer_that_only_sends_gets_nothing() {
    let mut call = Call::new(Codec::Pcma, Codec::Pcma);
    call.right.redirect(RIGHT.parse().unwrap(), Format::of(Codec::Pcma), Direction::RecvOnly);
    assert!(call.arrives(&packet(7, 1, 8, &[1; 160])).is_empty());
    assert_eq!(call.left.stats().packets_received, 1);
}

#[test]
fn lost_packets_are_in_the_quality_of_the_second() {
    let mut call = Call::new(Codec::Pcma, Codec::Pcma);
    for sequence in (0..60).filter(|sequence| sequence % 10 != 3) {
        call.arrives(&packet(7, sequence, 8, &[0x12; 160]));
    }
    let quality = call.left.poll_quality().unwrap();
    assert_eq!((quality.second, quality.loss_percent), (0, 10.0));
    assert_eq!(call.left.stats().lost, 6);
    assert!(call.left.rating().1 < 4.0, "{:?}", call.left.rating());
}

#[test]
fn stranger_and_wrong_payload_type_are_not_passed_on() {
    let mut call = Call::new(Codec::Pcma, Codec::Pcma);
    call.arrives(&packet(7, 1, 8, &[1; 160]));
    assert!(call.arrives(&packet(7, 2, 77, &[1; 160])).is_empty());
    let octets = packet(7, 3, 8, &[1; 160]);
    assert!(call.left.accept_rtp(call.now, "198.51.100.9:4000".parse().unwrap(), &octets).is_none());
    assert_eq!((call.left.stats().foreign_source, call.left.stats().wrong_payload_type), (1, 1));
}
