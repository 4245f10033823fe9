//! What a stream does with datagrams that are not its peer's audio: bad octets, strangers, new sources, events, noise.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod bench;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bench::{Call, config, right_address};
use media::rtp::Packet;
use media::{BLOCK, Codec, Direction, Event, Format, Stream, StreamConfig, StreamStats};
use proptest::prelude::*;

/// The peer's packet number `n` of 20 ms.
fn audio(n: u16) -> Packet<'static> {
    Packet {
        marker: false,
        payload_type: 8,
        sequence: n,
        timestamp: u32::from(n) * 160,
        ssrc: 7,
        csrcs: &[],
        extension: None,
        payload: &[0x11; 160],
        padding: 0,
    }
}

struct Bench {
    stream: Stream,
    now: Instant,
}

impl Bench {
    fn new(config: StreamConfig) -> Self {
        Self { stream: Stream::new(config), now: Call::plain().start }
    }

    fn plain() -> Self {
        Self::new(config(1, right_address()))
    }

    fn symmetric() -> Self {
        Self::new(StreamConfig { symmetric: true, ..config(1, right_address()) })
    }

    fn receive_from(&mut self, from: SocketAddr, packet: &Packet<'_>) {
        let mut bytes = [0; 2048];
        let length = packet.emit(&mut bytes).unwrap();
        self.stream.handle_rtp(self.now, from, &bytes[..length]);
        self.now += Duration::from_millis(20);
    }

    fn receive(&mut self, packet: &Packet<'_>) {
        self.receive_from(right_address(), packet);
    }

    fn events(&mut self) -> Vec<Event> {
        std::iter::from_fn(|| self.stream.poll_event()).collect()
    }

    /// Where the next packet goes.
    fn sends_to(&mut self) -> SocketAddr {
        for _ in 0..2 {
            self.stream.line_to_ip(self.now, &[0; BLOCK]);
        }
        let to = self.stream.poll_transmit().unwrap().to;
        while self.stream.poll_transmit().is_some() {}
        to
    }
}

/// Counters after `packets` packets of the peer were taken, with `other` on top.
fn taken(packets: u64, stats: StreamStats, other: StreamStats) -> StreamStats {
    StreamStats { packets_received: packets, bytes_received: packets * 160, jitter: stats.jitter, ..other }
}

fn stranger() -> SocketAddr {
    "198.51.100.66:6666".parse().unwrap()
}

#[test]
fn bad_octets_are_counted_and_change_nothing_else() {
    let mut bench = Bench::plain();
    for bytes in [&[][..], &[0x80; 11], &[0x40; 40], b"INVITE sip:x SIP/2.0"] {
        bench.stream.handle_rtp(bench.now, right_address(), bytes);
        bench.stream.handle_rtcp(bench.now, right_address(), bytes);
    }
    bench.receive(&Packet { payload: &[0; 1601], ..audio(1) });
    let expected = StreamStats { malformed: 5, malformed_rtcp: 4, ..StreamStats::default() };
    assert_eq!(bench.stream.stats(), expected);
    assert_eq!(bench.events(), []);
}

#[test]
fn payload_types_that_were_not_agreed_are_counted_and_both_g711_are_taken() {
    let mut bench = Bench::plain();
    for (n, payload_type) in (0..).zip([8, 0, 9, 18, 96, 101, 72, 127]) {
        bench.receive(&Packet { payload_type, payload: &[1; 4], ..audio(n) });
    }
    let stats = bench.stream.stats();
    assert_eq!((stats.packets_received, stats.wrong_payload_type), (3, 5), "8, 0 and 101 are agreed");
}

#[test]
fn third_party_is_counted_and_not_heard() {
    let mut bench = Bench::plain();
    bench.receive(&audio(1));
    for n in 1..=5 {
        bench.receive_from(stranger(), &Packet { ssrc: 66, ..audio(n) });
    }
    let reports = media::rtcp::emit(&[media::rtcp::Packet::Goodbye(media::rtcp::Goodbye { sources: vec![7], reason: vec![] })]);
    bench.stream.handle_rtcp(bench.now, stranger(), &reports);
    bench.receive(&audio(2));
    let stats = bench.stream.stats();
    assert_eq!(stats, taken(2, stats, StreamStats { foreign_source: 6, ..StreamStats::default() }));
    assert_eq!(bench.events(), [Event::FirstPacket { from: right_address() }]);
    assert_eq!(bench.sends_to(), right_address());
}

#[test]
fn asymmetric_peer_on_another_port_of_its_address_is_heard_and_sent_to_where_it_said() {
    let mut bench = Bench::plain();
    bench.receive_from("192.0.2.2:7777".parse().unwrap(), &audio(1));
    assert_eq!(bench.stream.stats().packets_received, 1);
    assert_eq!(bench.sends_to(), right_address());
}

#[test]
fn symmetric_stream_follows_the_first_valid_packet_once() {
    let behind_nat: SocketAddr = "203.0.113.5:9000".parse().unwrap();
    let mut bench = Bench::symmetric();
    assert_eq!(bench.sends_to(), right_address());
    bench.stream.handle_rtp(bench.now, stranger(), &[0; 3]);
    assert_eq!(bench.sends_to(), right_address(), "octets that are no RTP decide nothing");
    bench.receive_from(behind_nat, &audio(1));
    assert_eq!(bench.sends_to(), behind_nat);
    bench.receive_from(stranger(), &audio(2));
    assert_eq!(bench.sends_to(), behind_nat);
    assert_eq!(bench.stream.stats().foreign_source, 1);
    assert_eq!(bench.stream.remote(), behind_nat);
}

#[test]
fn signalled_address_wins_over_a_faster_stranger() {
    let mut bench = Bench::symmetric();
    bench.receive_from(stranger(), &audio(1));
    assert_eq!(bench.sends_to(), stranger());
    bench.receive(&audio(2));
    assert_eq!(bench.sends_to(), right_address());
    bench.receive_from(stranger(), &audio(3));
    assert_eq!(bench.sends_to(), right_address());
}

#[test]
fn redirect_lets_a_symmetric_stream_follow_anew() {
    let mut bench = Bench::symmetric();
    bench.receive_from("203.0.113.5:9000".parse().unwrap(), &audio(1));
    let moved: SocketAddr = "192.0.2.77:4444".parse().unwrap();
    bench.stream.redirect(moved, Format::of(Codec::Pcma), Direction::SendRecv);
    assert_eq!(bench.sends_to(), moved);
    bench.receive_from("203.0.113.6:9000".parse().unwrap(), &audio(2));
    assert_eq!(bench.sends_to(), "203.0.113.6:9000".parse().unwrap());
}

#[test]
fn re_invite_with_the_same_address_keeps_the_source_that_was_followed() {
    let behind_nat: SocketAddr = "203.0.113.5:9000".parse().unwrap();
    let mut bench = Bench::symmetric();
    bench.receive_from(behind_nat, &audio(1));
    bench.stream.redirect(right_address(), Format::of(Codec::Pcmu), Direction::SendRecv);
    assert_eq!(bench.sends_to(), behind_nat);
}

#[test]
fn two_packets_in_a_row_of_a_new_ssrc_change_the_source() {
    let mut bench = Bench::plain();
    for n in 1..=4 {
        bench.receive(&audio(n));
    }
    bench.receive(&Packet { ssrc: 8, ..audio(900) }); // once, and then the old one again
    bench.receive(&audio(5));
    bench.receive(&Packet { ssrc: 8, ..audio(901) });
    assert_eq!(bench.events(), [Event::FirstPacket { from: right_address() }]);
    bench.receive(&Packet { ssrc: 8, ..audio(902) });
    bench.receive(&Packet { ssrc: 8, ..audio(903) });
    assert_eq!(bench.events(), [Event::SsrcChanged { old: 7, new: 8 }]);
    let stats = bench.stream.stats();
    assert_eq!(stats, taken(7, stats, StreamStats { ssrc_changes: 1, stray: 2, ..StreamStats::default() }));
    let mut block = [0; BLOCK];
    bench.stream.ip_to_line(&mut block);
    assert_eq!(block, [0x11; BLOCK], "the new source plays");
}

#[test]
fn sender_that_restarts_its_numbers_is_followed() {
    let mut bench = Bench::plain();
    for n in [1, 2, 3, 40_000, 40_001, 40_002] {
        bench.receive(&audio(n));
    }
    let stats = bench.stream.stats();
    assert_eq!(stats, taken(5, stats, StreamStats { resets: 1, stray: 1, ..StreamStats::default() }));
    assert_eq!(stats.jitter, 0, "a restart is not jitter");
}

#[test]
fn digits_come_once_each_and_are_silence_on_the_line() {
    let mut bench = Bench::plain();
    bench.receive(&audio(1));
    bench.receive(&audio(2));
    let event = |n, duration: u16, end| {
        let [high, low] = duration.to_be_bytes();
        (n, [5, if end { 0x8A } else { 0x0A }, high, low])
    };
    for (n, payload) in
        [event(3, 160, false), event(4, 320, false), event(5, 480, true), event(6, 480, true), event(7, 480, true)]
    {
        bench.receive(&Packet { payload_type: 101, timestamp: 3 * 160, payload: &payload, marker: n == 3, ..audio(n) });
    }
    bench.receive(&Packet { timestamp: 6 * 160, ..audio(8) });
    let digit = Event::Digit { digit: '5', duration: Duration::from_millis(60) };
    let began = Event::DigitBegan { digit: '5' };
    assert_eq!(bench.events(), [Event::FirstPacket { from: right_address() }, began, digit]);
    let mut heard = vec![];
    for _ in 0..12 {
        let mut block = [0; BLOCK];
        bench.stream.ip_to_line(&mut block);
        heard.push(block[0]);
    }
    assert_eq!(heard, [0x11, 0x11, 0x11, 0x11, 0xD5, 0xD5, 0xD5, 0xD5, 0xD5, 0xD5, 0x11, 0x11]);
    let stats = bench.stream.stats();
    let expected =
        StreamStats { packets_received: 8, bytes_received: 500, digits: 1, jitter: stats.jitter, ..StreamStats::default() };
    assert_eq!(stats, expected);
    bench.receive(&Packet { payload_type: 101, payload: &[5, 0], ..audio(9) });
    assert_eq!(bench.stream.stats().malformed, 1, "an event of two octets");
}

#[test]
fn comfort_noise_makes_a_pause_that_is_no_underrun() {
    let mut bench = Bench::plain();
    for n in 1..=2 {
        bench.receive(&audio(n));
    }
    bench.receive(&Packet { payload_type: 13, payload: &[60], ..audio(3) });
    let mut block = [0; BLOCK];
    for _ in 0..100 {
        bench.stream.ip_to_line(&mut block);
    }
    assert_eq!(block, [0xD5; BLOCK]);
    let stats = bench.stream.stats();
    assert_eq!((stats.comfort_noise, stats.underruns), (1, 0));
}

#[test]
fn end_that_does_not_receive_counts_what_comes_and_plays_silence() {
    let mut bench = Bench::new(StreamConfig { direction: Direction::SendOnly, ..config(1, right_address()) });
    for n in 1..=5 {
        bench.receive(&audio(n));
    }
    let mut block = [0; BLOCK];
    bench.stream.ip_to_line(&mut block);
    assert_eq!(block, [0xD5; BLOCK]);
    assert_eq!(bench.stream.stats(), StreamStats { unwanted: 5, ..StreamStats::default() });
}

#[test]
fn flood_of_events_is_bounded() {
    let mut bench = Bench::plain();
    for n in 0..100u16 {
        let payload = [1, 0x80, 0, 160];
        bench.receive(&Packet { payload_type: 101, timestamp: u32::from(n) * 1600, payload: &payload, ..audio(n) });
    }
    let stats = bench.stream.stats();
    assert_eq!((bench.events().len(), stats.digits, stats.event_overflows), (64, 100, 37));
}

#[test]
fn symmetric_stream_reports_to_where_reports_come_from() {
    let mut bench = Bench::symmetric();
    bench.receive_from("203.0.113.5:9000".parse().unwrap(), &audio(1));
    let report = media::rtcp::ReceiverReport { ssrc: 7, blocks: vec![], extension: vec![] };
    let report = media::rtcp::emit(&[media::rtcp::Packet::ReceiverReport(report)]);
    for (from, expected) in [("203.0.113.5:31234", "203.0.113.5:31234"), ("203.0.113.5:999", "203.0.113.5:31234")] {
        bench.stream.handle_rtcp(bench.now, from.parse().unwrap(), &report);
        bench.stream.goodbye();
        assert_eq!(bench.stream.poll_transmit().unwrap().to, expected.parse().unwrap());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_datagrams_are_survived(
        datagrams in prop::collection::vec((any::<bool>(), prop::collection::vec(any::<u8>(), 0..200), any::<bool>()), 0..40)
    ) {
        let mut bench = Bench::symmetric();
        let mut block = [0; BLOCK];
        for (rtcp, mut bytes, plausible) in datagrams {
            if plausible && bytes.len() > 2 {
                bytes[0] = 0x80 | (bytes[0] & 0x3F);
                bytes[1] = if rtcp { 200 + bytes[1] % 5 } else { [8, 0, 13, 101][usize::from(bytes[1] % 4)] };
            }
            if rtcp {
                bench.stream.handle_rtcp(bench.now, right_address(), &bytes);
            } else {
                bench.stream.handle_rtp(bench.now, right_address(), &bytes);
            }
            bench.stream.ip_to_line(&mut block);
            bench.now += Duration::from_millis(10);
        }
        prop_assert!(bench.stream.stats().packets_received <= 40);
    }
}
