//! A stream that conceals, suppresses silence and reports: what the peer is told, what goes on while it holds, and what a peer that
//! misbehaves is counted as.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod bench;

use std::time::Duration;

use bench::{Call, config, left_address, right_address};
use media::g711::{SILENCE_A, decode};
use media::rtcp::{ExtendedBlock, Packet, VoipMetrics};
use media::{BLOCK, Codec, Direction, Event, Format, Law, Mode, StreamConfig, TransmitKind, rtp};
use sansio::sim::Disturbance;

fn voice(ssrc: u32, remote: std::net::SocketAddr) -> StreamConfig {
    StreamConfig {
        jitter: Mode::VOICE,
        conceal: true,
        comfort_noise: true,
        suppress_silence: true,
        extended_reports: true,
        ..config(ssrc, remote)
    }
}

fn voice_call(disturbance: Disturbance) -> Call {
    Call::new(voice(0x1111, right_address()), voice(0x2222, left_address()), disturbance, 1)
}

/// A line block of random sign at a linear amplitude.
fn noise(amplitude: i16, seed: usize) -> [u8; BLOCK] {
    std::array::from_fn(|at| {
        let up = (at * 7919 + seed * 104_729) % 13 < 6;
        media::g711::encode(Law::A, if up { amplitude } else { -amplitude })
    })
}

fn level_dbm0(octets: &[u8]) -> f64 {
    let mean = octets.iter().map(|octet| f64::from(decode(Law::A, *octet)).powi(2)).sum::<f64>() / octets.len() as f64;
    20.0 * (mean.sqrt() / 15_888.0).log10()
}

fn metrics(packets: &[Packet]) -> Vec<VoipMetrics> {
    packets
        .iter()
        .filter_map(|packet| match packet {
            Packet::ExtendedReport(report) => Some(report.blocks.iter()),
            _ => None,
        })
        .flatten()
        .filter_map(|block| match block {
            ExtendedBlock::VoipMetrics(metrics) => Some(*metrics),
            ExtendedBlock::Other { .. } => None,
        })
        .collect()
}

#[test]
fn lossy_call_is_told_to_the_peer_and_rated_each_second() {
    let mut call = voice_call(Disturbance { delay: Duration::from_millis(40), ..Disturbance::default() });
    call.forward.disturb(Disturbance { loss: 0.05, delay: Duration::from_millis(40), ..Disturbance::default() });
    let mut seconds = vec![];
    for _ in 0..120 {
        call.run_for(Duration::from_secs(1));
        seconds.extend(call.right.stream.poll_quality());
    }
    assert_eq!(seconds.iter().map(|quality| quality.second).collect::<Vec<_>>(), (0..120).collect::<Vec<_>>());
    let rated = seconds.iter().skip(10).map(|quality| quality.mos).sum::<f64>() / 110.0;
    assert!((3.5..4.1).contains(&rated), "{rated}");
    let loss = seconds.iter().map(|quality| quality.loss_percent).sum::<f64>() / 120.0;
    assert!((4.0..6.0).contains(&loss), "{loss}");
    let last = seconds[119];
    assert!((60.0..120.0).contains(&last.delay_ms), "40 ms of network, 20 of packet, the buffer: {last:?}");
    assert!(last.level_dbm0.unwrap() > -10.0, "random octets are loud: {last:?}");
    let told = *call.left.stream.peer_metrics().unwrap();
    assert_eq!((told.ssrc, told.gmin, told.receiver_configuration), (0x1111, 16, 0xB0));
    assert!((9..=17).contains(&told.loss_rate), "5 % of 256 are 13: {told:?}");
    assert_eq!((told.discard_rate, told.buffer_absolute_maximum), (0, 200));
    assert!((78..=82).contains(&told.round_trip_delay), "{told:?}");
    assert!((36..=40).contains(&told.mos_cq) && told.mos_lq >= told.mos_cq, "{told:?}");
    let (r, mos) = call.right.stream.rating();
    assert!((70.0..85.0).contains(&r) && (3.6..4.1).contains(&mos), "{r} {mos}");
    assert_eq!(call.left.stream.stats().extended_reports_received, call.right.stream.stats().reports_sent);
}

#[test]
fn stream_that_heard_nothing_reports_no_metrics() {
    let mut call = voice_call(Disturbance::default());
    call.backward.disturb(Disturbance { loss: 1.0, ..Disturbance::default() });
    call.run_for(Duration::from_secs(20));
    assert!(call.left.reports.len() > 2);
    assert!(call.left.reports.iter().all(|(_, _, packets)| metrics(packets).is_empty()));
}

#[test]
fn reports_go_on_from_the_same_source_while_held_and_in_silence() {
    for direction in [Direction::SendOnly, Direction::RecvOnly, Direction::Inactive] {
        let mut call = voice_call(Disturbance::default());
        call.run_for(Duration::from_secs(5));
        call.left.stream.redirect(right_address(), Format::of(Codec::Pcma), direction);
        let before = call.left.reports.len();
        call.run_for(Duration::from_secs(60));
        let held: Vec<_> = call.left.reports.iter().skip(before).collect();
        assert!(held.len() >= 8, "{direction:?}: {} reports", held.len());
        for (_, _, packets) in &held {
            let ssrc = match &packets[0] {
                Packet::SenderReport(report) => report.ssrc,
                Packet::ReceiverReport(report) => report.ssrc,
                other => panic!("{other:?}"),
            };
            assert_eq!(ssrc, 0x1111);
        }
        call.left.stream.redirect(right_address(), Format::of(Codec::Pcma), Direction::SendRecv);
        call.run_for(Duration::from_secs(1));
        assert_eq!(call.right.stream.stats().ssrc_changes, 0);
    }
}

#[test]
fn pause_of_the_line_is_described_and_heard_as_noise_of_its_level() {
    let mut call = voice_call(Disturbance::default());
    let (mut heard, mut types) = (vec![], vec![]);
    let right = right_address();
    for n in 0..1_000usize {
        // Speech at -20 dBm0 for 2 s, a pause at -50 for 6 s, speech again.
        let talking = !(200..800).contains(&n);
        call.left.stream.line_to_ip(call.now, &noise(if talking { 1600 } else { 50 }, n));
        while let Some(transmit) = call.left.stream.poll_transmit() {
            assert_eq!((transmit.kind, transmit.to), (TransmitKind::Rtp, right));
            let packet = rtp::Packet::parse(transmit.bytes).unwrap();
            types.push((n, packet.payload_type, packet.marker, packet.sequence, packet.timestamp));
            call.right.stream.handle_rtp(call.now, left_address(), transmit.bytes);
        }
        let mut block = [0; BLOCK];
        call.right.stream.ip_to_line(&mut block);
        heard.extend(block);
        call.now += Duration::from_millis(10);
    }
    let noise_packets: Vec<_> = types.iter().filter(|(_, payload_type, ..)| *payload_type == 13).collect();
    assert!((5..=8).contains(&noise_packets.len()), "one at first, one a second: {noise_packets:?}");
    assert!((219..=223).contains(&noise_packets[0].0), "200 ms of hangover: {noise_packets:?}");
    let sequences: Vec<u16> = types.iter().map(|(.., sequence, _)| *sequence).collect();
    assert!(sequences.windows(2).all(|pair| pair[1] == pair[0].wrapping_add(1)), "no number is left out");
    let first_again = types.iter().find(|(n, payload_type, ..)| *n >= 800 && *payload_type == 8).unwrap();
    assert!(first_again.2, "a talk spurt begins with the marker");
    assert_eq!(first_again.4, (u32::MAX - 1_000).wrapping_add(800 * 80), "the clock ran on");
    let pause = level_dbm0(&heard[400 * BLOCK..790 * BLOCK]);
    assert!((pause + 50.0).abs() < 2.0, "{pause} dBm0");
    let silent =
        heard[300 * BLOCK..790 * BLOCK].chunks(BLOCK).filter(|block| block.iter().all(|octet| *octet == SILENCE_A)).count();
    assert_eq!(silent, 0, "noise and not silence");
    let (sent, got) = (call.left.stream.stats(), call.right.stream.stats());
    assert!(sent.suppressed > 250, "{sent:?}");
    assert_eq!(
        (got.underruns, got.concealed, got.late, got.lost, got.slips_inserted, got.slips_dropped),
        (0, 0, 0, 0, 0, 0),
        "{got:?}"
    );
}

#[test]
fn silence_is_sent_when_comfort_noise_was_not_agreed_on_or_the_call_carries_data() {
    for config in [
        StreamConfig { comfort_noise: false, ..voice(1, right_address()) },
        StreamConfig { suppress_silence: false, ..voice(1, right_address()) },
        StreamConfig { jitter: Mode::Data { depth_ms: 100 }, ..voice(1, right_address()) },
    ] {
        let mut call = Call::new(config, voice(2, left_address()), Disturbance::default(), 1);
        for _ in 0..300 {
            call.left.stream.line_to_ip(call.now, &[SILENCE_A; BLOCK]);
            while call.left.stream.poll_transmit().is_some() {}
        }
        assert_eq!(call.left.stream.stats().packets_sent, 150);
    }
}

#[test]
fn data_call_hears_every_octet_as_it_was_said_and_holes_as_silence() {
    let data = |ssrc, remote| StreamConfig { jitter: Mode::Data { depth_ms: 60 }, ..voice(ssrc, remote) };
    let mut call = Call::new(data(1, right_address()), data(2, left_address()), Disturbance::default(), 1);
    call.forward.disturb(Disturbance { loss: 0.02, ..Disturbance::default() });
    call.run_for(Duration::from_secs(20));
    let delay = bench::delay_of(&call.left.said, &call.right.heard, SILENCE_A);
    for (n, block) in call.right.heard.chunks(BLOCK).enumerate().skip(20) {
        let at = n * BLOCK - delay;
        assert!(block == &call.left.said[at..at + BLOCK] || block.iter().all(|octet| *octet == SILENCE_A), "block {n}");
    }
}

#[test]
fn fax_that_is_heard_in_a_call_turns_the_buffer_to_data_without_a_break() {
    let mut call = voice_call(Disturbance::default());
    call.run_for(Duration::from_secs(3));
    call.right.stream.set_jitter(Mode::Data { depth_ms: 100 });
    call.run_for(Duration::from_secs(3));
    let delay = bench::delay_of(&call.left.said, &call.right.heard, SILENCE_A);
    assert_eq!(call.right.heard[16_000..48_000], call.left.said[16_000 - delay..48_000 - delay]);
}

#[test]
fn peer_that_changes_its_packet_time_in_the_call_is_heard_without_a_break() {
    let mut call = voice_call(Disturbance::default());
    for ptime_ms in [20, 60, 10, 30, 50, 40] {
        call.left.stream.set_ptime(ptime_ms);
        call.run_for(Duration::from_secs(5));
    }
    let (stats, sent) = (call.right.stream.stats(), call.left.stream.stats());
    assert_eq!((stats.lost, stats.late, stats.stray_timestamps, stats.timestamp_jumps), (0, 0, 0, 0), "{stats:?}");
    assert!((stats.packets_received..stats.packets_received + 3).contains(&sent.packets_sent));
    // Longer packets come later: the buffer grows by their length, and each block of that is counted.
    assert!(stats.underruns <= 6 && stats.slips_inserted <= 8, "{stats:?}");
}

#[test]
fn flood_at_ten_times_the_rate_is_counted_and_the_call_goes_on() {
    let mut call = voice_call(Disturbance::default());
    call.run_for(Duration::from_secs(2));
    let before = call.right.stream.stats();
    // Ten packets where one belongs, each with a number and a timestamp of its own.
    let mut number = 0u16;
    for _ in 0..100 {
        for _ in 0..5 {
            number += 1;
            let packet = rtp::Packet {
                marker: false,
                payload_type: 8,
                sequence: number,
                timestamp: u32::from(number) * 160,
                ssrc: 0x1111,
                csrcs: &[],
                extension: None,
                payload: &[0x11; 160],
                padding: 0,
            };
            let mut bytes = [0; 200];
            let length = packet.emit(&mut bytes).unwrap();
            call.right.stream.handle_rtp(call.now, left_address(), &bytes[..length]);
        }
        let mut block = [0; BLOCK];
        call.right.stream.ip_to_line(&mut block);
        call.now += Duration::from_millis(10);
    }
    let flooded = call.right.stream.stats();
    assert!(flooded.overflows > before.overflows + 5 && flooded.overflow_blocks > 500, "{flooded:?}");
    // The flood ends: the true sender's numbers are taken up again.
    call.run_for(Duration::from_secs(3));
    let stats = call.right.stream.stats();
    assert!(stats.packets_received > flooded.packets_received + 140, "{stats:?}");
    let delay = bench::delay_of(&call.left.said, &call.right.heard, SILENCE_A);
    let tail = call.right.heard.len() - 8_000;
    let known =
        call.right.heard[tail..].chunks(BLOCK).filter(|block| call.left.said.windows(BLOCK).any(|said| said == *block)).count();
    assert!(known > 95, "{known} of 100 blocks are the peer's again (delay {delay})");
}

#[test]
fn peer_that_falls_silent_is_told_after_30_s_while_the_line_goes_on() {
    let mut call = voice_call(Disturbance::default());
    call.run_for(Duration::from_secs(1));
    call.forward.disturb(Disturbance { loss: 1.0, ..Disturbance::default() });
    call.right.events.clear();
    call.run_for(Duration::from_secs(29));
    assert_eq!(call.right.events, []);
    call.run_for(Duration::from_secs(2));
    assert_eq!(call.right.events, [Event::RtpTimeout { silent_for: Duration::from_secs(30) }]);
}

#[test]
fn silence_is_sent_again_when_comfort_noise_is_agreed_on_no_more() {
    let mut call = Call::new(voice(1, right_address()), voice(2, left_address()), Disturbance::default(), 1);
    let mut sent = [0, 0];
    for (agreed, sent) in [true, false].into_iter().zip(&mut sent) {
        call.left.stream.set_comfort_noise(agreed);
        for _ in 0..300 {
            call.left.stream.line_to_ip(call.now, &[SILENCE_A; BLOCK]);
            while call.left.stream.poll_transmit().is_some() {
                *sent += 1;
            }
        }
    }
    assert!(sent[0] < 20 && sent[1] == 150, "{sent:?}");
}
