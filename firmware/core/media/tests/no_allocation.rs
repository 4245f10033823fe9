//! After a stream is made, nothing that runs per packet, block, report or second takes memory. Counted by an allocator of its own.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod trace;

use std::time::Duration;

use media::rtp::Packet;
use media::{BLOCK, Codec, Filled, Format, Mode, Stream, StreamConfig, rtcp};
use trace::{listener, peer};

#[test]
#[allow(clippy::disallowed_methods, reason = "virtual time needs one real instant to start from")]
fn stream_at_work_takes_no_memory() {
    let mut stream =
        Stream::new(StreamConfig { suppress_silence: true, telephone_event: Some(101), ..listener(Mode::VOICE, true) });
    let start = std::time::Instant::now();
    let wall = Duration::from_secs(3_913_056_000);
    let reports = peer_reports();
    let (mut sent, mut reports_sent, mut seconds) = (0, 0, 0);
    let counted = allocation_counter::measure(|| {
        let mut bytes = [0; 512];
        for block in 0..6_000u32 {
            let now = start + Duration::from_millis(u64::from(block) * 10);
            let number = block / 2;
            // Lost, late, reordered, twice, comfort noise, events, nonsense: each has its turn.
            if block % 2 == 0 && number % 17 != 3 {
                let shift = if number % 29 == 5 { 3 } else { 0 };
                let length = packet(number.saturating_sub(shift)).emit(&mut bytes).unwrap();
                stream.handle_rtp(now, peer(), &bytes[..length]);
            }
            if block % 100 == 50 {
                stream.handle_rtp(now, peer(), b"no rtp at all");
                stream.handle_rtcp(now, peer(), &reports);
                stream.handle_rtcp(now, peer(), b"no rtcp");
            }
            let loud = if (block / 200) % 2 == 0 { 0x2A } else { 0xD5 };
            stream.line_to_ip(now, &[loud, 0xD5, loud, 0x55].repeat_to());
            let mut heard = [0; BLOCK];
            stream.ip_to_line(&mut heard);
            if stream.poll_timeout().is_some_and(|at| at <= now) {
                stream.handle_timeout(now, wall);
            }
            while let Some(transmit) = stream.poll_transmit() {
                match transmit.kind {
                    media::TransmitKind::Rtp => sent += 1,
                    media::TransmitKind::Rtcp => reports_sent += 1,
                }
            }
            while stream.poll_event().is_some() {}
            seconds += u32::from(stream.poll_quality().is_some());
        }
    });
    let stats = stream.stats();
    assert_eq!(counted.count_total, 0, "{counted:?}");
    assert_eq!(seconds, 60);
    assert!(sent > 1000 && reports_sent > 5 && stats.comfort_noise_sent > 5, "{stats:?}");
    assert!(stats.concealed + stats.underruns > 100 && stats.digits > 5 && stats.comfort_noise > 5, "{stats:?}");
    assert!(stats.extended_reports_received > 50 && stream.peer_metrics().is_some(), "{stats:?}");
}

/// A block by repeating four octets, without memory.
trait Repeat {
    fn repeat_to(self) -> [u8; BLOCK];
}

impl Repeat for [u8; 4] {
    fn repeat_to(self) -> [u8; BLOCK] {
        std::array::from_fn(|at| self[at % 4])
    }
}

fn packet(number: u32) -> Packet<'static> {
    let (payload_type, payload): (u8, &'static [u8]) = match number % 100 {
        60 => (13, &[60, 120, 130]),
        70..=72 => (101, &[5, 0x8A, 0, 160]),
        _ => (8, &[0x2A; 160]),
    };
    Packet {
        marker: false,
        payload_type,
        sequence: number as u16,
        timestamp: number * 160,
        ssrc: 7,
        csrcs: &[],
        extension: None,
        payload,
        padding: 0,
    }
}

fn peer_reports() -> Vec<u8> {
    let mut bytes = vec![0; 512];
    let mut composer = rtcp::Composer::new(&mut bytes, 7);
    let block = rtcp::ReportBlock {
        ssrc: 0x1234_5678,
        fraction_lost: 1,
        cumulative_lost: 2,
        highest_sequence: 3,
        jitter: 4,
        last_sr: 5,
        delay_since_last_sr: 6,
    };
    composer.report(Some(rtcp::SenderInformation { ntp: 1, rtp: 2, packets: 3, octets: 4 }), Some(&block));
    composer.description("peer");
    composer.metrics(&rtcp::VoipMetrics { ssrc: 0x1234_5678, ..rtcp::VoipMetrics::default() });
    composer.goodbye();
    let length = composer.finish().unwrap();
    bytes.truncate(length);
    bytes
}

#[test]
#[allow(clippy::disallowed_methods, reason = "virtual time needs one real instant to start from")]
fn stream_of_an_encoded_codec_takes_no_memory() {
    let mut stream = Stream::new(StreamConfig { format: Format::of(Codec::G722), ..listener(Mode::VOICE, true) });
    let start = std::time::Instant::now();
    let (mut holes, mut lines) = (0, 0);
    let counted = allocation_counter::measure(|| {
        let mut bytes = [0; 512];
        for block in 0..3_000u32 {
            let now = start + Duration::from_millis(u64::from(block) * 10);
            let number = block / 2;
            if block % 2 == 0 && number % 17 != 3 {
                // The peer sends A-law for a while, and the buffer changes with it.
                let payload_type = if (500..600).contains(&number) { 8 } else { 9 };
                let packet = Packet { payload_type, payload: &[0x2A; 160], ..packet(number) };
                let length = packet.emit(&mut bytes).unwrap();
                stream.handle_rtp(now, peer(), &bytes[..length]);
            }
            let mut octets = [0; BLOCK];
            match stream.ip_to_line(&mut octets) {
                Filled::Encoded | Filled::Silence => stream.line_to_ip(now, &octets),
                Filled::Holed => {
                    holes += 1;
                    stream.miss_block(now);
                }
                Filled::Line => {
                    lines += 1;
                    stream.line_to_ip(now, &octets);
                }
            }
            stream.sounded(&[100; BLOCK]);
            while stream.poll_transmit().is_some() {}
            while stream.poll_event().is_some() {}
        }
    });
    assert_eq!(counted.count_total, 0, "{counted:?}");
    assert!(holes > 100 && lines > 150, "{holes} {lines}");
}
