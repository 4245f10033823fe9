//! Calls between two SIP peers: packets pass as they come, without a beat, as long as nothing is to be made of them.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::time::Instant;

use call::words::{CallId, RtpTerminal, Terminal};
use media::{Codec, Direction, Law, g711};

use super::super::connection::{Carries, Connection};
use super::super::end::End;
use super::cards::sound;
use super::sockets::{port, session_of, terminal_of};

/// A box between two peers of these codecs and events.
struct Between {
    connection: Connection,
    peers: [UdpSocket; 2],
    ports: [u16; 2],
}

impl Between {
    fn new(codecs: [Codec; 2], events: [Option<u8>; 2]) -> Self {
        let localhost = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let peers = [(); 2].map(|()| UdpSocket::bind((localhost, 0)).unwrap());
        peers.iter().for_each(|peer| peer.set_nonblocking(true).unwrap());
        let ports = [port(localhost), port(localhost)];
        let [a, b] =
            [0, 1].map(|index| End::Rtp(Box::new(session_of(codecs[index], ports[index], &peers[index], 46, events[index]))));
        let connection = Connection::new(CallId(1), a, b, [None, None], Carries { law: Law::A, clear: false });
        Self { connection, peers, ports }
    }

    fn address(&self, peer: usize) -> SocketAddr {
        self.peers[peer].local_addr().unwrap()
    }

    /// A peer sends 20 ms of one octet.
    fn says(&mut self, peer: usize, number: u8, payload_type: u8, octet: u8) {
        let mut packet = [octet; 172];
        packet[..12].copy_from_slice(&[0x80, payload_type, 0, number, 0, 0, number, 160, 1, 2, 3, 4]);
        self.connection.take(Instant::now(), self.ports[peer], self.address(peer), &packet);
    }

    /// What a peer has got: payload types and first octets of audio.
    fn got(&self, peer: usize) -> Vec<(u8, u8)> {
        let mut octets = [0; 512];
        let packets = std::iter::from_fn(|| self.peers[peer].recv(&mut octets).ok().map(|_| (octets[1] & 0x7f, octets[12])));
        packets.collect()
    }
}

#[test]
fn peers_of_two_laws_hear_each_other_at_once() {
    let mut between = Between::new([Codec::Pcma, Codec::Pcmu], [None, None]);
    assert!(between.connection.bridges());
    between.says(0, 1, 8, 0x12);
    assert_eq!(between.got(1), [(0, g711::a_to_mu(0x12))], "no beat was needed");
    between.says(1, 1, 0, 0x34);
    assert_eq!(between.got(0), [(8, g711::mu_to_a(0x34))]);
    let quality = between.connection.close().quality.unwrap();
    assert_eq!((quality.packets_sent, quality.packets_received), (1, 1));
    assert!(quality.mos.is_some());
}

#[test]
fn other_digits_or_codecs_need_the_beat() {
    assert!(!Between::new([Codec::Pcma, Codec::Pcma], [Some(101), None]).connection.bridges());
    assert!(!Between::new([Codec::Pcma, Codec::Clearmode], [None, None]).connection.bridges());
    assert!(Between::new([Codec::Pcma, Codec::Pcma], [Some(101), Some(96)]).connection.bridges());
}

#[test]
fn digits_of_the_box_end_the_bridge_and_audio_goes_on() {
    let mut between = Between::new([Codec::Pcma, Codec::Pcma], [Some(101), Some(96)]);
    between.says(0, 1, 8, 0x12);
    assert_eq!(between.got(1), [(8, 0x12)]);
    let terminal = RtpTerminal { telephone_event: Some(96), ..terminal_of(Codec::Pcma, between.ports[1], between.address(1)) };
    between.connection.key(&Terminal::Rtp(terminal), "7", 100);
    assert!(!between.connection.bridges());
    let (mut heard, mut sound) = (Vec::new(), sound().0);
    for number in 2..40 {
        between.says(0, number, 8, 0x12);
        (0..2).for_each(|_| between.connection.pump(Instant::now(), &mut sound));
        heard.extend(between.got(1));
    }
    assert!(heard.contains(&(96, 7)), "{heard:?}");
    assert!(heard.iter().filter(|packet| **packet == (8, 0x12)).count() > 20, "{heard:?}");
}

#[test]
fn peer_that_holds_needs_the_beat_for_music_and_passes_again_afterwards() {
    let mut between = Between::new([Codec::Pcma, Codec::Pcma], [None, None]);
    between.says(0, 1, 8, 0x12);
    let terminal = |between: &Between, direction| RtpTerminal {
        direction,
        ..terminal_of(Codec::Pcma, between.ports[1], between.address(1))
    };
    let held = terminal(&between, Direction::Inactive);
    between.connection.redirect(&held);
    assert!(!between.connection.bridges());
    let back = terminal(&between, Direction::SendRecv);
    between.connection.redirect(&back);
    assert!(between.connection.bridges());
    between.says(0, 2, 8, 0x34);
    assert_eq!(between.got(1), [(8, 0x12), (8, 0x34)]);
}
