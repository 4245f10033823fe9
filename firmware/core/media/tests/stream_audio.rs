//! Audio through two streams: content arrives, octet for octet, and every counter says what happened.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod bench;

use std::time::Duration;

use bench::{Call, config, delay_of, left_address, right_address};
use media::g711::{SILENCE_A, SILENCE_MU, a_to_mu, mu_to_a};
use media::rtp::Packet;
use media::{BLOCK, Codec, Direction, Format, Law, Stream, StreamStats, TransmitKind};
use sansio::sim::Disturbance;

const TEN_SECONDS: Duration = Duration::from_secs(10);

/// What a stream counts in ten undisturbed seconds, its RTCP aside.
fn undisturbed(stats: StreamStats) -> StreamStats {
    StreamStats {
        packets_sent: 500,
        bytes_sent: 80_000,
        packets_received: 500,
        bytes_received: 80_000,
        rtt: stats.rtt,
        reports_sent: stats.reports_sent,
        reports_received: stats.reports_received,
        ..StreamStats::default()
    }
}

#[test]
fn speech_arrives_whole_both_ways_over_a_good_link() {
    let mut call = Call::plain();
    call.run_for(TEN_SECONDS);
    for (said, heard) in [(&call.left.said, &call.right.heard), (&call.right.said, &call.left.heard)] {
        let delay = delay_of(said, heard, SILENCE_A);
        assert_eq!(delay, 320, "10 ms until the packet is whole, 10 ms of link, 20 ms until the buffer holds 40");
        let first = heard.iter().position(|octet| *octet != SILENCE_A).unwrap();
        assert_eq!(heard[first..], said[first - delay..said.len() - delay]);
    }
    for end in [&call.left, &call.right] {
        let stats = end.stream.stats();
        assert_eq!(stats, undisturbed(stats));
        assert_eq!((stats.reports_sent, stats.reports_received), (2, 2), "{stats:?}");
    }
}

#[test]
fn every_packet_time_carries_the_speech() {
    for ptime_ms in [10, 20, 30, 40, 50, 60] {
        let left = media::StreamConfig { ptime_ms, jitter: media::Mode::Fixed { depth_ms: 60 }, ..config(1, right_address()) };
        let right = media::StreamConfig { jitter: media::Mode::Fixed { depth_ms: 60 }, ..config(2, left_address()) };
        let mut call = Call::new(left, right, Disturbance::default(), 1);
        call.run_for(Duration::from_secs(3));
        let (said, heard) = (&call.left.said, &call.right.heard);
        let delay = delay_of(said, heard, SILENCE_A);
        let first = heard.iter().position(|octet| *octet != SILENCE_A).unwrap();
        assert_eq!(heard[first..], said[first - delay..said.len() - delay], "{ptime_ms} ms");
        assert_eq!(call.left.stream.stats().packets_sent, 3000 / u64::from(ptime_ms));
        assert_eq!(call.right.stream.stats().underruns, 0, "{ptime_ms} ms");
    }
}

#[test]
fn lines_of_two_laws_hear_each_other_converted_once() {
    // A-law line sends PCMU to a mu-law line, which sends PCMU back.
    let left = media::StreamConfig { format: Format::of(Codec::Pcmu), ..config(1, right_address()) };
    let right = media::StreamConfig { format: Format::of(Codec::Pcmu), line_law: Law::Mu, ..config(2, left_address()) };
    let mut call = Call::new(left, right, Disturbance::default(), 1);
    call.run_for(Duration::from_secs(2));
    let as_mu: Vec<u8> = call.left.said.iter().map(|octet| a_to_mu(*octet)).collect();
    let delay = delay_of(&as_mu, &call.right.heard, SILENCE_MU);
    assert_eq!(call.right.heard[8000..], as_mu[8000 - delay..16_000 - delay]);
    let as_a: Vec<u8> = call.right.said.iter().map(|octet| mu_to_a(*octet)).collect();
    let delay = delay_of(&as_a, &call.left.heard, SILENCE_A);
    assert_eq!(call.left.heard[8000..], as_a[8000 - delay..16_000 - delay]);
}

#[test]
fn lossy_jittery_link_gives_silence_for_what_is_lost_and_the_rest_in_place() {
    let disturbance = Disturbance {
        loss: 0.05,
        duplicate: 0.02,
        delay: Duration::from_millis(10),
        jitter: Duration::from_millis(35),
        in_order: false,
    };
    let config = |ssrc, remote| media::StreamConfig { jitter: media::Mode::Fixed { depth_ms: 80 }, ..config(ssrc, remote) };
    let mut call = Call::new(config(1, right_address()), config(2, left_address()), disturbance, 42);
    call.run_for(TEN_SECONDS);
    let (said, heard) = (&call.left.said, &call.right.heard);
    let delay = delay_of(said, heard, SILENCE_A);
    let mut silent_blocks = 0;
    for (index, block) in heard.chunks(BLOCK).enumerate().skip(20) {
        let at = index * BLOCK;
        if block.iter().all(|octet| *octet == SILENCE_A) {
            silent_blocks += 1;
        } else {
            assert_eq!(block, &said[at - delay..at - delay + BLOCK], "block {index}");
        }
    }
    let stats = call.right.stream.stats();
    assert_eq!(stats.reports_received, call.left.stream.stats().reports_sent, "all that the link lost was RTP");
    let lost = call.forward.lost;
    let expected = StreamStats {
        packets_sent: 500,
        bytes_sent: 80_000,
        packets_received: 498 - lost, // two are on their way
        bytes_received: (498 - lost) * 160,
        lost,
        duplicate: 9,
        reordered: stats.reordered,
        jitter: stats.jitter,
        concealed: silent_blocks,
        reports_sent: stats.reports_sent,
        reports_received: stats.reports_received,
        rtt: stats.rtt,
        peer_lost: stats.peer_lost,
        peer_fraction_lost: stats.peer_fraction_lost,
        peer_jitter: stats.peer_jitter,
        ..StreamStats::default()
    };
    assert_eq!(stats, expected);
    assert_eq!(silent_blocks, 2 * (lost - 1), "the last loss is not yet due");
    assert!(stats.reordered > 30, "{stats:?}");
    assert!((60..140).contains(&stats.jitter), "0 to 35 ms evenly spread differ by 12 ms, 93 samples, in the mean: {stats:?}");
}

#[test]
fn rtp_of_the_first_packets_has_marker_numbers_and_wraps() {
    let mut stream = Stream::new(config(0xABCD, right_address()));
    let start = Call::plain().start;
    let mut seen = vec![];
    for n in 0..20u8 {
        stream.line_to_ip(start, &[n; BLOCK]);
        while let Some(transmit) = stream.poll_transmit() {
            assert_eq!((transmit.kind, transmit.to, transmit.bytes.len()), (TransmitKind::Rtp, right_address(), 172));
            let packet = Packet::parse(transmit.bytes).unwrap();
            assert_eq!((packet.payload_type, packet.ssrc), (8, 0xABCD));
            assert_eq!(packet.payload[..BLOCK], [n - 1; BLOCK]);
            assert_eq!(packet.payload[BLOCK..], [n; BLOCK]);
            seen.push((packet.marker, packet.sequence, packet.timestamp));
        }
    }
    assert_eq!(seen.len(), 10);
    for (n, (marker, sequence, timestamp)) in (0u16..).zip(seen) {
        assert_eq!(marker, n == 0);
        assert_eq!(sequence, 65_530u16.wrapping_add(n));
        assert_eq!(timestamp, (u32::MAX - 1_000).wrapping_add(u32::from(n) * 160));
    }
}

#[test]
fn undrained_queue_drops_new_packets_and_their_numbers() {
    let mut stream = Stream::new(config(1, right_address()));
    let start = Call::plain().start;
    for _ in 0..24 {
        stream.line_to_ip(start, &[1; BLOCK]);
    }
    let mut numbers = vec![];
    while let Some(transmit) = stream.poll_transmit() {
        numbers.push(Packet::parse(transmit.bytes).unwrap().sequence);
    }
    assert_eq!(numbers, [65_530, 65_531, 65_532, 65_533, 65_534, 65_535, 0, 1]);
    stream.line_to_ip(start, &[1; BLOCK]);
    stream.line_to_ip(start, &[1; BLOCK]);
    assert_eq!(Packet::parse(stream.poll_transmit().unwrap().bytes).unwrap().sequence, 6);
    assert_eq!(stream.stats().send_overflows, 4);
}

#[test]
fn hold_stops_audio_and_retrieve_resumes_it_with_a_marker() {
    let mut call = Call::plain();
    call.run_for(Duration::from_secs(1));
    call.left.stream.redirect(right_address(), Format::of(Codec::Pcma), Direction::Inactive);
    call.right.stream.redirect(left_address(), Format::of(Codec::Pcma), Direction::Inactive);
    call.run_for(Duration::from_secs(5));
    assert!(call.right.heard[16_000..].iter().all(|octet| *octet == SILENCE_A));
    assert_eq!(call.left.stream.stats().packets_sent, 50);
    call.left.stream.redirect(right_address(), Format::of(Codec::Pcmu), Direction::SendRecv);
    call.right.stream.redirect(left_address(), Format::of(Codec::Pcma), Direction::SendRecv);
    let block = [0x55; BLOCK];
    let now = call.now;
    call.left.stream.line_to_ip(now, &block);
    call.left.stream.line_to_ip(now, &block);
    let packet = call.left.stream.poll_transmit().unwrap();
    let packet = Packet::parse(packet.bytes).unwrap();
    assert_eq!((packet.marker, packet.payload_type, packet.payload[0]), (true, 0, a_to_mu(0x55)));
    assert_eq!(packet.timestamp, (u32::MAX - 1_000).wrapping_add(6 * 8000), "the clock ran on");
    call.run_for(Duration::from_secs(1));
    assert_eq!(call.right.stream.stats().lost, 1, "the packet that this test took");
    assert!(call.right.heard[52_000..].iter().any(|octet| *octet != SILENCE_A));
}

#[test]
fn nothing_is_sent_to_nowhere() {
    for remote in ["0.0.0.0:5000", "192.0.2.2:0", "[::]:5000"] {
        let mut call = Call::new(config(1, remote.parse().unwrap()), config(2, left_address()), Disturbance::default(), 1);
        call.run_for(TEN_SECONDS);
        assert_eq!(call.forward.carried, 0, "{remote}");
        assert_eq!(call.left.stream.stats().packets_sent, 0);
    }
}

#[test]
fn sender_with_another_clock_is_heard_without_loss_but_for_slips() {
    // The right line's clock is 500 ppm fast: one more block in 20 s; by hand, because the bench ticks both alike.
    let mut call = Call::plain();
    for _ in 0..30 {
        call.run_for(Duration::from_secs(2));
        let now = call.now;
        // The sender's extra block.
        call.right.stream.line_to_ip(now, &[0x11; BLOCK]);
        call.drain();
    }
    let stats = call.left.stream.stats();
    assert!((25..=30).contains(&stats.slips_dropped), "{stats:?}");
    assert_eq!((stats.late, stats.overflows, stats.concealed, stats.lost, stats.resets), (0, 0, 0, 0, 0), "{stats:?}");
}
