//! A stream of G.722: octets pass as they are, what is missing is told instead of made up, and G.711 is understood between them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod bench;

use std::time::Instant;

use bench::{BLOCK_TIME, config, left_address, right_address};
use media::g711::{SILENCE_A, a_to_mu, mu_to_a};
use media::rtp::Packet;
use media::{BLOCK, Codec, Direction, Filled, Format, Mode, Stream, StreamConfig};

/// G.722's silence.
const SILENCE: u8 = 0xfa;

fn g722(ssrc: u32) -> StreamConfig {
    StreamConfig { format: Format::of(Codec::G722), telephone_event: None, conceal: true, ..config(ssrc, right_address()) }
}

/// Packets of 20 ms that come each 20 ms, those of `lost` aside; what each block was, and its octets.
fn hear(stream: &mut Stream, packets: u8, payload_type: u8, lost: &[u8]) -> Vec<(Filled, [u8; BLOCK])> {
    let start = start();
    let mut heard = vec![];
    for block in 0..2 * u32::from(packets) {
        let now = start + BLOCK_TIME * block;
        let number = u8::try_from(block / 2).unwrap();
        if block % 2 == 0 && !lost.contains(&number) {
            stream.handle_rtp(now, right_address(), &packet(number, payload_type));
        }
        let mut octets = [0; BLOCK];
        let filled = stream.ip_to_line(&mut octets);
        heard.push((filled, octets));
    }
    heard
}

#[allow(clippy::disallowed_methods, reason = "virtual time needs one real instant to start from")]
fn start() -> Instant {
    Instant::now()
}

/// A packet of 20 ms; its octets are its number, but for the last, which is one more.
fn packet(number: u8, payload_type: u8) -> Vec<u8> {
    let mut payload = [number; 2 * BLOCK];
    payload[2 * BLOCK - 1] += 1;
    let packet = Packet {
        marker: false,
        payload_type,
        sequence: number.into(),
        timestamp: u32::from(number) * 160,
        ssrc: 7,
        csrcs: &[],
        extension: None,
        payload: &payload,
        padding: 0,
    };
    let mut octets = [0; 512];
    let length = packet.emit(&mut octets).unwrap();
    octets[..length].to_vec()
}

/// Payload type, number, timestamp, marker and octets of all that waits.
fn sent(stream: &mut Stream) -> Vec<(u8, u16, u32, bool, Vec<u8>)> {
    let mut packets = vec![];
    while let Some(transmit) = stream.poll_transmit() {
        let packet = Packet::parse(transmit.bytes).unwrap();
        packets.push((packet.payload_type, packet.sequence, packet.timestamp, packet.marker, packet.payload.to_vec()));
    }
    packets
}

#[test]
fn octets_of_g722_come_through_as_they_were_sent_at_payload_type_9() {
    let mut stream = Stream::new(g722(1));
    let octets: [u8; BLOCK] = std::array::from_fn(|at| u8::try_from(at * 3).unwrap());
    stream.line_to_ip(start(), &octets);
    stream.line_to_ip(start(), &octets);
    assert_eq!(sent(&mut stream), [(9, 65_530, u32::MAX - 1_000, true, octets.repeat(2))]);
    let heard = hear(&mut stream, 50, 9, &[]);
    let first = heard.iter().position(|(filled, _)| *filled == Filled::Encoded).unwrap();
    assert_eq!(first, 2, "40 ms are waited for");
    assert!(heard[..first].iter().all(|(filled, octets)| *filled == Filled::Silence && *octets == [SILENCE; BLOCK]));
    for (number, blocks) in (0u8..).zip(heard[first..].chunks(2)) {
        let whole: Vec<u8> = blocks.iter().flat_map(|(_, octets)| octets).copied().collect();
        assert!(blocks.iter().all(|(filled, _)| *filled == Filled::Encoded));
        assert_eq!(whole, packet(number, 9)[12..]);
    }
}

#[test]
fn lost_packet_of_g722_is_told_and_not_made_up() {
    let mut stream = Stream::new(g722(1));
    let heard = hear(&mut stream, 20, 9, &[7]);
    let holed: Vec<usize> =
        heard.iter().enumerate().filter(|(_, (filled, _))| *filled == Filled::Holed).map(|(at, _)| at).collect();
    assert_eq!(holed, [16, 17]);
    assert!(holed.iter().all(|at| heard[*at].1 == [SILENCE; BLOCK]));
    assert_eq!(stream.stats().concealed, 2);
}

#[test]
fn block_with_a_hole_says_which_octets_came() {
    let mut stream = Stream::new(g722(1));
    // Packets of 15 ms: the second half of a block is in the packet that is lost.
    let mut seen = vec![];
    for number in (0..8u16).filter(|number| *number != 4) {
        let payload = [1; 120];
        let packet = Packet {
            marker: false,
            payload_type: 9,
            sequence: number,
            timestamp: u32::from(number) * 120,
            ssrc: 7,
            csrcs: &[],
            extension: None,
            payload: &payload,
            padding: 0,
        };
        let mut octets = [0; 512];
        let length = packet.emit(&mut octets).unwrap();
        stream.handle_rtp(start(), right_address(), &octets[..length]);
    }
    for _ in 0..9 {
        let filled = stream.ip_to_line(&mut [0; BLOCK]);
        seen.push((filled, stream.present().iter().filter(|present| **present).count(), stream.present()[0]));
    }
    assert_eq!(seen[5], (Filled::Encoded, 80, true));
    assert_eq!(seen[6], (Filled::Holed, 0, false));
    assert_eq!(seen[7], (Filled::Holed, 40, false));
    assert_eq!(seen[8], (Filled::Encoded, 80, true));
}

#[test]
fn g711_of_a_peer_that_agreed_on_g722_is_heard_in_the_lines_law() {
    let mut stream = Stream::new(StreamConfig { conceal: false, ..g722(1) });
    hear(&mut stream, 10, 9, &[]);
    let start = start();
    let mut heard = vec![];
    for number in 10..20 {
        stream.handle_rtp(start, right_address(), &packet(number, 0));
        for _ in 0..2 {
            let mut octets = [0; BLOCK];
            heard.push((stream.ip_to_line(&mut octets), octets[0]));
        }
    }
    assert!(heard.iter().all(|(filled, _)| *filled == Filled::Line), "what is not there is silence in the law of the line");
    assert_eq!(heard[0].1, SILENCE_A);
    assert!(heard.contains(&(Filled::Line, mu_to_a(15))), "{heard:?}");
}

#[test]
fn g722_that_was_not_agreed_on_is_counted_and_not_heard() {
    let mut stream = Stream::new(config(1, right_address()));
    let heard = hear(&mut stream, 10, 9, &[]);
    assert!(heard.iter().all(|heard| *heard == (Filled::Line, [SILENCE_A; BLOCK])));
    assert_eq!((stream.stats().wrong_payload_type, stream.stats().packets_received), (10, 0));
}

#[test]
fn session_that_moves_to_g711_sends_no_octet_of_g722_in_it() {
    let mut stream = Stream::new(g722(1));
    let now = start();
    stream.line_to_ip(now, &[SILENCE; BLOCK]);
    stream.redirect(left_address(), Format::of(Codec::Pcmu), Direction::SendRecv);
    for _ in 0..2 {
        stream.line_to_ip(now, &[0x2a; BLOCK]);
    }
    let packets = sent(&mut stream);
    assert_eq!(packets, [(0, 65_530, u32::MAX - 920, true, vec![a_to_mu(0x2a); 160])]);
}

#[test]
fn lost_blocks_that_are_passed_on_are_missing_numbers_to_the_next_peer() {
    let mut stream = Stream::new(g722(1));
    let (now, first) = (start(), u32::MAX - 1_000);
    for block in [Some(1), Some(1), Some(2), None, None, Some(3), Some(3)] {
        match block {
            Some(octet) => stream.line_to_ip(now, &[octet; BLOCK]),
            None => stream.miss_block(now),
        }
    }
    let packets = sent(&mut stream);
    assert_eq!(packets[0], (9, 65_530, first, true, vec![1; 160]));
    assert_eq!(packets[1], (9, 65_531, first + 160, false, vec![2; 80]), "what there is goes out at once");
    assert_eq!(packets[2], (9, 65_533, first.wrapping_add(400), false, vec![3; 160]));
    assert_eq!(packets.len(), 3);
}

#[test]
fn silence_of_g722_is_sent_whatever_was_asked_for() {
    let mut stream = Stream::new(StreamConfig { comfort_noise: true, suppress_silence: true, ..g722(1) });
    for _ in 0..200 {
        // As samples of A-law this is silence.
        stream.line_to_ip(start(), &[SILENCE_A; BLOCK]);
        assert!(sent(&mut stream).iter().all(|packet| packet.0 == 9));
    }
    assert_eq!((stream.stats().packets_sent, stream.stats().comfort_noise_sent), (100, 0));
}

#[test]
fn second_of_g722_has_a_level_only_when_someone_decoded_it() {
    for decoded in [false, true] {
        let mut stream = Stream::new(StreamConfig { jitter: Mode::VOICE, ..g722(1) });
        let start = start();
        for block in 0..100u32 {
            if block % 2 == 0 {
                stream.handle_rtp(start + BLOCK_TIME * block, right_address(), &packet(u8::try_from(block / 2).unwrap(), 9));
            }
            stream.ip_to_line(&mut [0; BLOCK]);
            if decoded {
                stream.sounded(&[1589; BLOCK]);
            }
        }
        let quality = stream.poll_quality().unwrap();
        assert_eq!(quality.level_dbm0.map(f64::round), decoded.then_some(-20.0), "a tenth of 0 dBm0");
        assert!((89.9..90.5).contains(&quality.r), "93.2 less the 2 of the codec and 1 of 30 ms: {quality:?}");
    }
}

#[test]
fn lost_packets_of_g722_cost_quality() {
    let mut stream = Stream::new(g722(1));
    let lost: Vec<u8> = (0..50).filter(|number| number % 10 == 5).collect();
    hear(&mut stream, 50, 9, &lost);
    let quality = stream.poll_quality().unwrap();
    assert!((9.0..11.0).contains(&quality.loss_percent) && quality.r < 70.0, "{quality:?}");
}
