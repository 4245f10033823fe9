//! Comfort noise of an RTP session: what a peer describes is heard, our silence is described only to a peer that wants that and not to a fax.

use std::net::{IpAddr, Ipv4Addr, UdpSocket};
use std::sync::Arc;
use std::time::{Duration, Instant};

use call::words::{CallId, RtpTerminal};
use media::tone::Keys;
use media::{BLOCK, Codec, Law, g711};
use model::settings;

use super::super::rtp_socket::RtpSocket;
use super::signals::level;
use super::sockets::{port, terminal_of};

const LOCALHOST: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const SILENCE: [u8; BLOCK] = [g711::silence(Law::A); BLOCK];

struct Session {
    socket: RtpSocket,
    peer: UdpSocket,
    now: Instant,
}

impl Session {
    fn new(codec: Codec, comfort_noise: bool, silence_suppression: bool) -> Self {
        let peer = UdpSocket::bind((LOCALHOST, 0)).unwrap();
        peer.set_nonblocking(true).unwrap();
        let terminal =
            RtpTerminal { comfort_noise, silence_suppression, ..terminal_of(codec, port(LOCALHOST), peer.local_addr().unwrap()) };
        let settings = settings::Media { address: LOCALHOST, ..settings::Media::default() };
        let socket = RtpSocket::open(&terminal, Law::A, &settings, &Arc::new(Keys::new(Law::A)), None).unwrap();
        Self { socket, peer, now: Instant::now() }
    }

    /// The payload types that the peer gets in 3 s of silence.
    fn silent(&mut self) -> Vec<u8> {
        let (mut octets, mut types) = ([0; 512], vec![]);
        for _ in 0..300 {
            self.now += Duration::from_millis(10);
            self.socket.write_block(CallId(1), self.now, &SILENCE);
            while self.peer.recv(&mut octets).is_ok() {
                types.push(octets[1] & 0x7f);
            }
        }
        types
    }

    /// A packet of the peer, and 20 ms of what the line hears.
    fn hear(&mut self, number: u8, payload_type: u8, payload: &[u8]) -> Vec<u8> {
        let [high, low] = (u16::from(number) * 160).to_be_bytes();
        let header = [0x80, payload_type, 0, number, 0, 0, high, low, 1, 2, 3, 4];
        let packet = [&header, payload].concat();
        let from = self.peer.local_addr().unwrap();
        let port = self.socket.port();
        if !payload.is_empty() {
            assert!(self.socket.take(CallId(1), self.now, port, from, &packet));
        }
        let mut blocks = [[0; BLOCK]; 2];
        blocks.iter_mut().for_each(|block| self.socket.read_block(block));
        blocks.concat()
    }
}

#[test]
fn silence_is_described_only_where_both_agreed_and_the_setting_asks_for_it() {
    for (codec, comfort_noise, silence_suppression, described) in [
        (Codec::Pcma, true, true, true),
        (Codec::Pcmu, true, true, true),
        (Codec::Pcma, true, false, false),
        (Codec::Pcma, false, true, false),
        (Codec::G722, true, true, false),
        (Codec::Clearmode, true, true, false),
    ] {
        let types = Session::new(codec, comfort_noise, silence_suppression).silent();
        let noise = types.iter().filter(|payload_type| **payload_type == 13).count();
        if described {
            assert!((1..=4).contains(&noise) && types.len() < 20, "{codec:?}: {types:?}");
        } else {
            assert_eq!((noise, types.len()), (0, 150), "{codec:?} {comfort_noise} {silence_suppression}");
        }
    }
}

#[test]
fn fax_that_was_heard_has_its_silence_sent_as_it_is() {
    let mut session = Session::new(Codec::Pcma, true, true);
    assert!(session.silent().len() < 20);
    session.socket.expect_data();
    assert_eq!(session.silent(), [8; 150]);
}

#[test]
fn silence_that_a_peer_describes_is_noise_of_its_level_for_the_line() {
    let mut session = Session::new(Codec::Pcma, true, false);
    for number in 0..10 {
        session.hear(number, 8, &[0x12; 160]);
    }
    // -56.15 dBov are -50 dBm0 (G.711 table 1a).
    session.hear(10, 13, &[56]);
    let mut heard = vec![];
    for _ in 0..100 {
        heard.extend(session.hear(11, 13, &[]));
    }
    let level = level(&heard[8000..]);
    println!("figure: silence described as -50 dBm0 = {level:.1} dBm0 on the line");
    assert!((level + 50.0).abs() < 2.0, "{level}");
}
