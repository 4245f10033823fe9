//! RTCP of a stream: reports both ways, round trip, loss as the far end sees it, goodbye, silence.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod bench;

use std::time::Duration;

use bench::{Call, WALL, config, left_address, right_address};
use media::rtcp::{self, Packet};
use media::{Codec, Direction, Event, Format, StreamConfig};
use sansio::sim::{Disturbance, Ladder};

/// Lets both ends run for `seconds` and gives what the left one sent on RTCP, with its time.
fn reports_of_left(call: &mut Call, seconds: u64) -> Vec<(Duration, Vec<Packet>)> {
    call.run_for(Duration::from_secs(seconds));
    assert!(call.left.reports.iter().all(|(_, to, _)| *to == "192.0.2.2:5001".parse().unwrap()));
    call.left.reports.iter().map(|(at, _, packets)| (*at - call.start, packets.clone())).collect()
}

#[test]
fn reports_come_about_every_five_seconds_and_the_first_sooner() {
    let mut call = Call::plain();
    let times: Vec<u128> = reports_of_left(&mut call, 120).into_iter().map(|(at, _)| at.as_millis()).collect();
    assert!((1_250..=3_760).contains(&times[0]), "{times:?}");
    let gaps: Vec<u128> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(gaps.iter().all(|gap| (2_490..=7_510).contains(gap)), "{gaps:?}");
    assert!((18..=32).contains(&times.len()), "{}", times.len());
    assert!(gaps.iter().any(|gap| *gap < 4_500) && gaps.iter().any(|gap| *gap > 5_500), "not in step: {gaps:?}");
}

#[test]
fn sender_report_tells_wall_clock_rtp_clock_and_counts() {
    let mut call = Call::plain();
    let reports = reports_of_left(&mut call, 20);
    for (at, packets) in reports {
        let [Packet::SenderReport(report), Packet::SourceDescription(chunks)] = packets.as_slice() else { panic!("{packets:?}") };
        assert_eq!(chunks[0].items, [(rtcp::CNAME, b"1111@junctor".to_vec())]);
        let wall = WALL + at;
        assert_eq!(report.ntp >> 32, wall.as_secs() & 0xFFFF_FFFF);
        let fraction = (report.ntp & 0xFFFF_FFFF) as f64 / 2f64.powi(32);
        assert!((fraction - f64::from(wall.subsec_nanos()) / 1e9).abs() < 1e-6);
        // The line's first block came at time 0 and ended there: its first sample is 80 before.
        let samples = u32::try_from(at.as_micros() / 125).unwrap() + 80;
        let off = report.rtp.wrapping_sub((u32::MAX - 1_000).wrapping_add(samples)).cast_signed();
        assert!(off.abs() <= 1, "{off}");
        assert_eq!(report.packets, samples / 160);
        assert_eq!(report.octets, samples / 160 * 160);
    }
}

#[test]
fn stream_that_only_receives_sends_receiver_reports() {
    let left = StreamConfig { direction: Direction::RecvOnly, ..config(0x1111, right_address()) };
    let mut call = Call::new(left, config(2, left_address()), Disturbance::default(), 1);
    let reports = reports_of_left(&mut call, 20);
    assert!(reports.len() >= 3);
    assert!(reports.iter().all(|(_, packets)| matches!(packets[0], Packet::ReceiverReport(_))), "{reports:?}");
}

#[test]
fn round_trip_is_measured_from_reports() {
    let disturbance = Disturbance { delay: Duration::from_millis(35), ..Disturbance::default() };
    let mut call = Call::new(config(1, right_address()), config(2, left_address()), disturbance, 1);
    call.run_for(Duration::from_secs(30));
    for end in [&call.left, &call.right] {
        let rtt = end.stream.stats().rtt.unwrap();
        assert!(rtt.abs_diff(Duration::from_millis(70)) < Duration::from_micros(50), "{rtt:?}");
    }
}

#[test]
fn far_end_tells_what_it_lost_of_ours() {
    let mut call = Call::plain();
    call.forward.disturb(Disturbance { loss: 0.1, ..Disturbance::default() });
    call.run_for(Duration::from_secs(60));
    let (left, right) = (call.left.stream.stats(), call.right.stream.stats());
    assert!((200..400).contains(&right.lost), "{right:?}");
    let told = u64::try_from(left.peer_lost).unwrap();
    assert!(told <= right.lost && told + 60 > right.lost, "told {told}, lost {}", right.lost);
    assert!((5..60).contains(&left.peer_fraction_lost), "{left:?}");
    assert_eq!((left.lost, right.peer_lost), (0, 0));
}

#[test]
fn goodbye_is_a_report_a_name_and_bye_and_the_last_report() {
    let mut call = Call::plain();
    call.run_for(Duration::from_secs(1));
    call.left.stream.goodbye();
    call.drain();
    let (_, _, packets) = call.left.reports.last().unwrap();
    let [Packet::ReceiverReport(report), Packet::SourceDescription(_), Packet::Goodbye(goodbye)] = packets.as_slice() else {
        panic!("{packets:?}")
    };
    assert_eq!((report.blocks.len(), report.blocks[0].ssrc, goodbye.sources.as_slice()), (1, 0x2222, [0x1111].as_slice()));
    call.advance(Duration::from_millis(100));
    assert_eq!(call.right.stream.stats().goodbyes_received, 1);
    let sent = call.left.stream.stats().reports_sent;
    call.advance(Duration::from_secs(20));
    assert_eq!(call.left.stream.stats().reports_sent, sent);
}

#[test]
fn silence_of_30_s_is_told_once_until_something_comes_again() {
    let mut call = Call::plain();
    call.run_for(Duration::from_secs(1));
    call.right.events.clear();
    call.forward.disturb(Disturbance { loss: 1.0, ..Disturbance::default() });
    call.run_for(Duration::from_secs(100));
    assert_eq!(call.right.events, [Event::RtpTimeout { silent_for: Duration::from_secs(30) }]);
    call.forward.disturb(Disturbance::default());
    call.run_for(Duration::from_secs(1));
    call.forward.disturb(Disturbance { loss: 1.0, ..Disturbance::default() });
    call.run_for(Duration::from_secs(40));
    assert_eq!(call.right.events.len(), 2, "{:?}", call.right.events);
    assert!(call.left.events.iter().all(|event| !matches!(event, Event::RtpTimeout { .. })));
}

#[test]
fn stream_that_never_hears_anything_tells_so_after_30_s() {
    let mut call = Call::plain();
    call.backward.disturb(Disturbance { loss: 1.0, ..Disturbance::default() });
    call.run_for(Duration::from_secs(35));
    assert_eq!(call.left.events, [Event::RtpTimeout { silent_for: Duration::from_secs(30) }]);
}

#[test]
fn reports_alone_keep_a_held_call_alive() {
    let mut call = Call::plain();
    call.run_for(Duration::from_secs(1));
    // The far end sends nothing but RTCP; this end would receive.
    call.right.stream.redirect(left_address(), Format::of(Codec::Pcma), Direction::RecvOnly);
    call.run_for(Duration::from_secs(90));
    assert!(call.left.events.iter().all(|event| !matches!(event, Event::RtpTimeout { .. })), "{:?}", call.left.events);
}

#[test]
fn end_that_does_not_receive_never_times_out() {
    let mut call = Call::plain();
    call.left.stream.redirect(right_address(), Format::of(Codec::Pcma), Direction::Inactive);
    call.backward.disturb(Disturbance { loss: 1.0, ..Disturbance::default() });
    call.run_for(Duration::from_secs(60));
    assert_eq!(call.left.events, []);
}

#[test]
fn ladder_of_reports_between_two_streams() {
    let mut call = Call::plain();
    call.run_for(Duration::from_secs(20));
    call.left.stream.goodbye();
    call.right.stream.goodbye();
    call.drain();
    let named = |from, to, reports: Vec<(std::time::Instant, std::net::SocketAddr, Vec<Packet>)>| {
        reports.into_iter().map(move |(at, _, packets)| (at, from, to, packets))
    };
    let mut all: Vec<_> = named("left", "right", call.left.reports).chain(named("right", "left", call.right.reports)).collect();
    all.sort_by_key(|(at, ..)| *at);
    let mut ladder = Ladder::new(call.start);
    for (at, from, to, packets) in all {
        ladder.message(at, from, to, &describe(&packets), "");
    }
    insta::assert_snapshot!(ladder);
}

fn describe(packets: &[Packet]) -> String {
    let words: Vec<String> = packets
        .iter()
        .map(|packet| match packet {
            Packet::SenderReport(report) => {
                let blocks: Vec<String> = report
                    .blocks
                    .iter()
                    .map(|block| format!("about={:x} lost={} lsr={}", block.ssrc, block.cumulative_lost, block.last_sr != 0))
                    .collect();
                format!("SR packets={} {}", report.packets, blocks.join(" "))
            }
            Packet::ReceiverReport(report) => format!("RR blocks={}", report.blocks.len()),
            Packet::SourceDescription(_) => "SDES".into(),
            Packet::Goodbye(_) => "BYE".into(),
            Packet::ExtendedReport(report) => format!("XR blocks={}", report.blocks.len()),
            Packet::Other { packet_type, .. } => format!("type {packet_type}"),
        })
        .collect();
    words.join(" + ")
}
