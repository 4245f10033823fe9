//! Nothing is allocated for a block or a packet once a call has begun: a timeslot with echo canceller, detectors and digits joined to RTP, and a call
//! whose packets pass through. Counted around what the thread does for a call; waiting and the spans have tests of their own (`ring`).

use std::net::{IpAddr, Ipv4Addr, UdpSocket};
use std::time::{Duration, Instant};

use allocation_counter::measure;
use call::words::{CallId, SpanId};
use media::{BLOCK, Codec, Format, Law, g711};
use model::settings::Canceller;
use tdm::virtual_span::{Clock, VirtualNetwork, VirtualUser, pair};
use tdm::{Channel, Mode, Span, SpanInfo};

use super::super::connection::{Carries, Connection};
use super::super::digit_relay::DigitRelay;
use super::super::echo::EchoChoice;
use super::super::end::End;
use super::super::sound::Sound;
use super::super::timeslot::{Timeslot, Voice};
use super::cards::sound;
use super::signals::{blocks, speech, tones};
use super::sockets::{port, session_of};

const LOCALHOST: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

fn peer() -> UdpSocket {
    let peer = UdpSocket::bind((LOCALHOST, 0)).unwrap();
    peer.set_nonblocking(true).unwrap();
    peer
}

/// 20 ms of A-law with this number.
fn packet(number: u8, octets: &[u8]) -> Vec<u8> {
    let mut packet = vec![0x80, 8, 0, number, 0, 0, 0, 0, 1, 2, 3, 4];
    packet[4..8].copy_from_slice(&(u32::from(number) * 160).to_be_bytes());
    packet.extend(octets);
    packet
}

struct OnALine {
    network: VirtualNetwork,
    user: VirtualUser,
    far: Box<dyn Channel>,
    connection: Connection,
    sound: Sound,
    peer: UdpSocket,
    port: u16,
    payload_type: u8,
}

impl OnALine {
    fn new(codec: Codec) -> Self {
        let (mut network, mut user) = pair(SpanInfo::e1("e1"), Clock::LockStep).unwrap();
        let far = network.open(1, Mode::Audio).unwrap();
        let near = user.open(1, Mode::Audio).unwrap();
        let voice = Voice::new(EchoChoice::new(Canceller::Own, 128)).unwrap();
        let keys = std::sync::Arc::new(media::tone::Keys::new(Law::A));
        let timeslot = End::Timeslot(Box::new(Timeslot::new(SpanId(0), Law::A, near, &keys, voice)));
        let (peer, port) = (peer(), port(LOCALHOST));
        let rtp = End::Rtp(Box::new(session_of(codec, port, &peer, 46, Some(101))));
        let relay = DigitRelay::new(Law::A, &std::sync::Arc::default()).unwrap();
        let carries = Carries { law: Law::A, clear: false };
        let connection = Connection::new(CallId(1), timeslot, rtp, [Some(relay), None], carries);
        let payload_type = Format::of(codec).payload_type;
        Self { network, user, far, connection, sound: sound().0, peer, port, payload_type }
    }

    /// One block of the line, and every second one a packet; what was allocated for the call.
    fn block(&mut self, now: Instant, number: u8, said: &[u8; BLOCK]) -> u64 {
        self.network.service().unwrap();
        self.user.service().unwrap();
        self.network.service().unwrap();
        let mut heard = [0; BLOCK];
        while self.far.read(&mut heard).is_ok() {
            self.far.write(said).unwrap();
        }
        // One in ten is lost.
        let packet = (number.is_multiple_of(2) && number % 20 != 8).then(|| {
            let mut packet = packet(number / 2, &[0x12; 160]);
            packet[1] = self.payload_type;
            packet
        });
        let from = self.peer.local_addr().unwrap();
        let (connection, sound, port) = (&mut self.connection, &mut self.sound, self.port);
        let counted = measure(|| {
            if let Some(packet) = &packet {
                connection.take(now, port, from, packet);
            }
            connection.pump(now, sound);
        });
        let mut octets = [0; 512];
        while self.peer.recv(&mut octets).is_ok() {}
        counted.count_total
    }
}

#[test]
fn timeslot_with_everything_on_allocates_nothing_for_a_block() {
    for codec in [Codec::Pcmu, Codec::G722] {
        let mut line = OnALine::new(codec);
        let start = Instant::now();
        let said = blocks(&speech(3 * 8000, 5));
        let mut allocated = 0;
        for (index, block) in said.iter().enumerate().take(250) {
            let now = start + Duration::from_millis(10 * index as u64);
            let count = line.block(now, u8::try_from(index).unwrap(), block);
            // The call's first moments have words for the ladder.
            allocated += if index < 50 { 0 } else { count };
        }
        assert_eq!(allocated, 0, "in 200 blocks");
        let quality = line.connection.close().quality.unwrap();
        assert!(quality.packets_received > 100 && quality.lost > 5, "{quality:?}");
    }
}

#[test]
fn digit_on_a_line_allocates_its_line_in_the_ladder_and_no_more() {
    let mut line = OnALine::new(Codec::Pcmu);
    let start = Instant::now();
    let mut said = blocks(&speech(8000, 5));
    said.extend(blocks(&tones(&[(770.0, -9.0), (1336.0, -7.0)], 800)));
    said.resize(220, [g711::silence(Law::A); BLOCK]);
    let counts: Vec<u64> = (0..220_u8)
        .map(|index| line.block(start + Duration::from_millis(10 * u64::from(index)), index, &said[usize::from(index)]))
        .collect();
    assert!(counts[50..].iter().filter(|count| **count > 0).count() == 1, "{counts:?}");
}

#[test]
fn packets_that_pass_allocate_nothing() {
    let (peers, ports) = ([peer(), peer()], [port(LOCALHOST), port(LOCALHOST)]);
    let [a, b] =
        [(0, Codec::Pcma), (1, Codec::Pcmu)].map(|(index, codec)| session_of(codec, ports[index], &peers[index], 46, None));
    let carries = Carries { law: Law::A, clear: false };
    let mut connection = Connection::new(CallId(1), End::Rtp(Box::new(a)), End::Rtp(Box::new(b)), [None, None], carries);
    assert!(connection.bridges());
    let (start, from) = (Instant::now(), peers[0].local_addr().unwrap());
    let mut allocated = 0;
    for number in 0..=u8::MAX {
        let (now, packet) = (start + Duration::from_millis(20 * u64::from(number)), packet(number, &[0x12; 160]));
        let count = measure(|| {
            connection.take(now, ports[0], from, &packet);
            connection.look_after(now);
        });
        allocated += if number < 10 { 0 } else { count.count_total };
    }
    assert_eq!(allocated, 0, "for 246 packets and the reports between them");
}
