//! Two streams on one virtual clock, joined by two seeded links: what each line says, what each line hears.
#![allow(dead_code, reason = "each test file uses its part")]

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use media::{BLOCK, Codec, Direction, Event, Format, Law, Mode, Stream, StreamConfig, TransmitKind, rtcp};
use sansio::sim::{Disturbance, Link, SplitMix64};

/// Time between blocks.
pub(crate) const BLOCK_TIME: Duration = Duration::from_millis(10);
/// A wall clock: 2024-01-01 in seconds since 1900.
pub(crate) const WALL: Duration = Duration::from_secs(3_913_056_000);

#[derive(Debug, Clone)]
pub(crate) struct Datagram {
    pub(crate) kind: TransmitKind,
    pub(crate) to: SocketAddr,
    pub(crate) bytes: Vec<u8>,
}

/// One end: a stream, its line, and the address it sends from.
pub(crate) struct End {
    pub(crate) stream: Stream,
    pub(crate) address: SocketAddr,
    pub(crate) said: Vec<u8>,
    pub(crate) heard: Vec<u8>,
    pub(crate) events: Vec<Event>,
    /// RTCP sent so far: when, where to, what.
    pub(crate) reports: Vec<(Instant, SocketAddr, Vec<rtcp::Packet>)>,
    voice: SplitMix64,
}

pub(crate) struct Call {
    pub(crate) left: End,
    pub(crate) right: End,
    pub(crate) forward: Link<Datagram>,
    pub(crate) backward: Link<Datagram>,
    pub(crate) start: Instant,
    pub(crate) now: Instant,
}

pub(crate) fn left_address() -> SocketAddr {
    "192.0.2.1:4000".parse().unwrap()
}

pub(crate) fn right_address() -> SocketAddr {
    "192.0.2.2:5000".parse().unwrap()
}

pub(crate) fn config(ssrc: u32, remote: SocketAddr) -> StreamConfig {
    StreamConfig {
        ssrc,
        first_sequence: 65_530, // wraps soon
        first_timestamp: u32::MAX - 1_000,
        format: Format::of(Codec::Pcma),
        line_law: Law::A,
        ptime_ms: 20,
        jitter: Mode::Fixed { depth_ms: 40 },
        conceal: false,
        comfort_noise: false,
        suppress_silence: false,
        extended_reports: false,
        telephone_event: Some(101),
        remote,
        symmetric: false,
        cname: format!("{ssrc:x}@junctor"),
        direction: Direction::SendRecv,
    }
}

impl End {
    fn new(config: StreamConfig, address: SocketAddr) -> Self {
        let voice = SplitMix64::new(u64::from(config.ssrc));
        Self { stream: Stream::new(config), address, said: vec![], heard: vec![], events: vec![], reports: vec![], voice }
    }

    /// Random octets are the hardest speech: each block is unlike every other.
    fn next_voice(&mut self) -> [u8; BLOCK] {
        std::array::from_fn(|_| u8::try_from(self.voice.next_u64() & 0xFF).unwrap())
    }

    fn drain(&mut self, now: Instant, link: &mut Link<Datagram>) {
        while let Some(transmit) = self.stream.poll_transmit() {
            if transmit.kind == TransmitKind::Rtcp {
                self.reports.push((now, transmit.to, rtcp::parse(transmit.bytes).unwrap()));
            }
            link.send(now, Datagram { kind: transmit.kind, to: transmit.to, bytes: transmit.bytes.to_vec() });
        }
        while let Some(event) = self.stream.poll_event() {
            self.events.push(event);
        }
    }

    fn receive(&mut self, now: Instant, from: SocketAddr, datagram: &Datagram) {
        match datagram.kind {
            TransmitKind::Rtp => self.stream.handle_rtp(now, from, &datagram.bytes),
            TransmitKind::Rtcp => {
                let from = SocketAddr::new(from.ip(), from.port() + 1);
                self.stream.handle_rtcp(now, from, &datagram.bytes);
            }
        }
    }

    fn block(&mut self, now: Instant) {
        let voice = self.next_voice();
        self.said.extend(voice);
        self.stream.line_to_ip(now, &voice);
        let mut block = [0; BLOCK];
        self.stream.ip_to_line(&mut block);
        self.heard.extend(block);
    }
}

impl Call {
    #[allow(clippy::disallowed_methods, reason = "virtual time needs one real instant to start from")]
    pub(crate) fn new(left: StreamConfig, right: StreamConfig, disturbance: Disturbance, seed: u64) -> Self {
        let start = Instant::now();
        Self {
            left: End::new(left, left_address()),
            right: End::new(right, right_address()),
            forward: Link::new(disturbance, seed),
            backward: Link::new(disturbance, seed + 1),
            start,
            now: start,
        }
    }

    pub(crate) fn plain() -> Self {
        Self::new(config(0x1111, right_address()), config(0x2222, left_address()), Disturbance::default(), 1)
    }

    pub(crate) fn wall(&self) -> Duration {
        WALL + (self.now - self.start)
    }

    /// Both lines' clocks tick for `span`; datagrams arrive at their own times in between.
    pub(crate) fn run_for(&mut self, span: Duration) {
        let blocks = span.as_millis() / BLOCK_TIME.as_millis();
        for _ in 0..blocks {
            self.left.block(self.now);
            self.right.block(self.now);
            self.advance(BLOCK_TIME);
        }
    }

    /// Lets time pass without the lines.
    pub(crate) fn advance(&mut self, span: Duration) {
        let end = self.now + span;
        self.drain();
        while let Some(at) = self.next_wake().filter(|at| *at <= end) {
            self.now = self.now.max(at);
            self.deliver();
            let wall = self.wall();
            self.left.stream.handle_timeout(self.now, wall);
            self.right.stream.handle_timeout(self.now, wall);
            self.drain();
        }
        self.now = end;
    }

    fn next_wake(&self) -> Option<Instant> {
        let timeouts = [self.left.stream.poll_timeout(), self.right.stream.poll_timeout()];
        [self.forward.next_arrival(), self.backward.next_arrival()].into_iter().chain(timeouts).flatten().min()
    }

    fn deliver(&mut self) {
        while let Some(datagram) = self.forward.receive(self.now) {
            self.right.receive(self.now, self.left.address, &datagram);
        }
        while let Some(datagram) = self.backward.receive(self.now) {
            self.left.receive(self.now, self.right.address, &datagram);
        }
    }

    pub(crate) fn drain(&mut self) {
        self.left.drain(self.now, &mut self.forward);
        self.right.drain(self.now, &mut self.backward);
    }
}

/// Samples by which `heard` trails `said`, found by the first block that is not silence; every later octet must be equal.
pub(crate) fn delay_of(said: &[u8], heard: &[u8], silence: u8) -> usize {
    let start = heard.iter().position(|octet| *octet != silence).unwrap();
    let first = &heard[start..start + BLOCK];
    let origin = said.windows(BLOCK).position(|window| window == first).unwrap();
    start - origin
}
