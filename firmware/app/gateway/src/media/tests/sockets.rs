//! A thread's sockets: what goes out is marked, what comes in reaches its session, ports are free after the call.

use std::collections::HashMap;
use std::io::IoSliceMut;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::os::fd::AsRawFd;
use std::sync::Arc;
use std::time::Instant;

use call::words::{CallId, RtpTerminal};
use media::tone::Keys;
use media::{BLOCK, Codec, Direction, Format, Law};
use model::settings;
use nix::sys::socket::{ControlMessageOwned, MsgFlags, SockaddrStorage, recvmsg, setsockopt, sockopt};

use super::super::connection::{Carries, Connection};
use super::super::end::End;
use super::super::rtp_socket::RtpSocket;
use super::super::sockets::Sockets;
use super::cards::sound;

/// An even port that is free, and so is the next, at this moment.
pub(super) fn port(address: IpAddr) -> u16 {
    loop {
        let port = UdpSocket::bind((address, 0)).unwrap().local_addr().unwrap().port() & !1;
        if [port, port + 1].into_iter().all(|port| UdpSocket::bind((address, port)).is_ok()) {
            return port;
        }
    }
}

fn session(local_port: u16, peer: &UdpSocket, dscp: u8, telephone_event: Option<u8>) -> RtpSocket {
    session_of(Codec::Pcma, local_port, peer, dscp, telephone_event)
}

/// An RTP end of 20 ms both ways, without events or comfort noise.
pub(super) fn terminal_of(codec: Codec, local_port: u16, remote: SocketAddr) -> RtpTerminal {
    RtpTerminal {
        local_port,
        remote,
        format: Format::of(codec),
        telephone_event: None,
        digits_in_signalling: false,
        comfort_noise: false,
        silence_suppression: false,
        ptime_ms: 20,
        direction: Direction::SendRecv,
    }
}

pub(super) fn session_of(codec: Codec, local_port: u16, peer: &UdpSocket, dscp: u8, telephone_event: Option<u8>) -> RtpSocket {
    let remote = peer.local_addr().unwrap();
    let terminal = RtpTerminal { telephone_event, ..terminal_of(codec, local_port, remote) };
    let settings = settings::Media { address: remote.ip(), dscp, ..settings::Media::default() };
    RtpSocket::open(&terminal, Law::A, &settings, &Arc::new(Keys::new(Law::A)), None).unwrap()
}

fn traffic_class(peer: &UdpSocket) -> u8 {
    let mut octets = [0; 512];
    let mut space = nix::cmsg_space!([i32; 4]);
    let mut buffers = [IoSliceMut::new(&mut octets)];
    let message = recvmsg::<SockaddrStorage>(peer.as_raw_fd(), &mut buffers, Some(&mut space), MsgFlags::empty()).unwrap();
    message
        .cmsgs()
        .unwrap()
        .find_map(|message| match message {
            ControlMessageOwned::Ipv4Tos(class) => Some(class),
            ControlMessageOwned::Ipv6TClass(class) => u8::try_from(class).ok(),
            _ => None,
        })
        .unwrap()
}

#[test]
fn packets_of_both_families_carry_the_dscp_of_the_settings() {
    for address in [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)] {
        for dscp in [46, 0] {
            let peer = UdpSocket::bind((address, 0)).unwrap();
            match address {
                IpAddr::V4(_) => setsockopt(&peer, sockopt::IpRecvTos, &true).unwrap(),
                IpAddr::V6(_) => setsockopt(&peer, sockopt::Ipv6RecvTClass, &true).unwrap(),
            }
            let mut session = session(port(address), &peer, dscp, None);
            for _ in 0..2 {
                session.write_block(CallId(1), Instant::now(), &[0xd5; BLOCK]);
            }
            assert_eq!(traffic_class(&peer), dscp << 2, "{address}");
        }
    }
}

/// An RTP packet of 20 ms with this number.
fn packet(number: u8) -> [u8; 172] {
    let mut packet = [0xd5; 172];
    packet[..12].copy_from_slice(&[0x80, 8, 0, number, 0, 0, number, 160, 1, 2, 3, 4]);
    packet
}

#[test]
fn packets_reach_the_session_of_their_port_and_the_port_is_free_after_it() {
    for backend in [ring::Backend::IoUring, ring::Backend::Epoll] {
        let localhost = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let mut sockets = Sockets::batching(ring::open_batching(Some(backend)).unwrap().ring);
        let mut main = ring::open(Some(backend)).unwrap().ring;
        let mut connections = HashMap::new();
        let peer = UdpSocket::bind((localhost, 0)).unwrap();
        let ports = [port(localhost), port(localhost)];
        for (call, local) in (1..).map(CallId).zip(ports) {
            let end = End::Rtp(Box::new(session(local, &peer, 46, None)));
            let connection =
                Connection::new(call, End::Held { law: Law::A }, end, [None, None], Carries { law: Law::A, clear: false });
            sockets.add(&mut *main, &connection).unwrap();
            connections.insert(call, connection);
        }
        for number in 0..3 {
            peer.send_to(&packet(number), (localhost, ports[1])).unwrap();
        }
        peer.send_to(b"no report", (localhost, ports[1] + 1)).unwrap();
        sockets.receive(&mut *main, Instant::now(), &mut connections);
        let mut received = ports.into_iter().zip((1..).map(CallId)).map(|(port, call)| {
            let connection = connections.remove(&call).unwrap();
            sockets.remove(&mut *main, &connection);
            let quality = connection.close().quality.unwrap();
            UdpSocket::bind((localhost, port)).unwrap();
            (quality.packets_received, quality.malformed)
        });
        assert_eq!((received.next(), received.next()), (Some((0, 0)), Some((3, 1))), "{backend}");
    }
}

/// What the peer at the other end of a call between two SIP peers gets of a `5` that was pressed for 100 ms: each packet.
fn five_between_peers(telephone_event: Option<u8>) -> Vec<Vec<u8>> {
    let localhost = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let peers = [(); 2].map(|()| UdpSocket::bind((localhost, 0)).unwrap());
    peers[1].set_nonblocking(true).unwrap();
    let near = port(localhost);
    let a = End::Rtp(Box::new(session(near, &peers[0], 46, Some(101))));
    let b = End::Rtp(Box::new(session(port(localhost), &peers[1], 46, telephone_event)));
    let mut connection = Connection::new(CallId(1), a, b, [None, None], Carries { law: Law::A, clear: false });
    let (mut sound, _orders) = sound();
    let start = Instant::now();
    // RFC 4733: event 5, volume 10, 800 units of 125 us; the end is told three times.
    for (number, flags) in [(1, 0x0a), (2, 0x8a), (3, 0x8a), (4, 0x8a)] {
        let event = [0x80, 101, 0, number, 0, 0, 1, 0, 1, 2, 3, 4, 5, flags, 0x03, 0x20];
        connection.take(start, near, peers[0].local_addr().unwrap(), &event);
    }
    for block in 0..40 {
        connection.pump(start + std::time::Duration::from_millis(10 * block), &mut sound);
    }
    let mut octets = [0; 512];
    std::iter::from_fn(|| peers[1].recv(&mut octets).ok().map(|length| octets[..length].to_vec())).collect()
}

#[test]
fn event_of_a_peer_is_an_event_to_the_other() {
    let events: Vec<_> = five_between_peers(Some(96)).into_iter().filter(|packet| packet[1] & 0x7f == 96).collect();
    let ends = events.iter().filter(|packet| packet[12..] == [5, 0x80 | packet[13] & 0x3f, 0x03, 0x20]).count();
    assert_eq!(ends, 3, "{events:?}");
}

#[test]
fn event_of_a_peer_is_a_tone_to_one_that_takes_none() {
    let packets = five_between_peers(None);
    assert!(packets.iter().all(|packet| packet[1] & 0x7f == 8), "{packets:?}");
    let loud = packets.iter().filter(|packet| packet[12..].iter().any(|octet| octet & 0x7f != 0x55)).count();
    assert_eq!(loud, 5, "100 ms of tone in packets of 20 ms");
}
