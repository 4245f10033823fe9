//! What goes over the line and the network, and what the two ends of a session agreed on.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use media::srtp::{MAX_OVERHEAD, Receiver, Sender};
use media::{BLOCK, Codec, Direction, Format, Law, Mode, StreamConfig, TransmitKind};

pub(crate) const LAW: Law = Law::A;
/// Longest packet here, RTCP's.
const LONGEST: usize = 400 + MAX_OVERHEAD;

/// A datagram and its length.
#[derive(Debug, Clone)]
pub(crate) struct Datagram {
    pub(crate) kind: TransmitKind,
    pub(crate) buffer: [u8; LONGEST],
    pub(crate) length: usize,
}

impl Datagram {
    /// A packet protected by `sender`, in a buffer with room for what that adds.
    pub(crate) fn protect(sender: &mut Sender, kind: TransmitKind, packet: &[u8]) -> Self {
        let mut buffer = [0; LONGEST];
        buffer[..packet.len()].copy_from_slice(packet);
        let length = match kind {
            TransmitKind::Rtp => sender.protect(&mut buffer, packet.len()),
            TransmitKind::Rtcp => sender.protect_rtcp(&mut buffer, packet.len()),
        };
        Self { kind, buffer, length: length.expect("a packet can be protected") }
    }

    /// The packet that it holds.
    pub(crate) fn open(&mut self, receiver: &mut Receiver) -> &[u8] {
        let protected = &mut self.buffer[..self.length];
        let length = match self.kind {
            TransmitKind::Rtp => receiver.unprotect(protected),
            TransmitKind::Rtcp => receiver.unprotect_rtcp(protected),
        };
        &self.buffer[..length.expect("a packet of the peer")]
    }
}

/// What the kernel hands over for a block, and what it is given.
#[derive(Debug, Clone)]
pub(crate) struct Traffic {
    pub(crate) arrived: Vec<Datagram>,
    pub(crate) line: [u8; BLOCK],
    pub(crate) sent: Vec<Datagram>,
    pub(crate) written: [u8; BLOCK],
}

/// A session as the gateway makes it with the settings it comes with.
pub(crate) fn session(number: u32, source: u32, remote: SocketAddr) -> StreamConfig {
    StreamConfig {
        ssrc: source + number,
        first_sequence: 0,
        first_timestamp: number * 7_001,
        format: Format::of(Codec::Pcma),
        line_law: LAW,
        ptime_ms: 20,
        jitter: Mode::Adaptive { start_ms: 40, least_ms: 10, most_ms: 200 },
        conceal: true,
        comfort_noise: false,
        suppress_silence: false,
        extended_reports: true,
        telephone_event: Some(101),
        remote,
        symmetric: true,
        cname: "junctor@192.0.2.1".to_owned(),
        direction: Direction::SendRecv,
    }
}

/// Of a host of the network in the bench.
pub(crate) const fn address(host: u8) -> SocketAddr {
    SocketAddr::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, host)), 40_000)
}
