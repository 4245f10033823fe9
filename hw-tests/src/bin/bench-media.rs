//! `cargo xtask bench media`: RTP streams in virtual time, without sockets and without a span.
//!
//! Thirty calls, as many as an E1 carries: each a stream that packs what the line says into 20 ms packets and plays what the
//! packets of its peer hold, reports by RTCP included. A packet is cut, sent, taken, buffered and played, so one packet costs
//! one sending and one receiving end, and a call-second is 50 of them.

use hw_tests::bench::{Bench, Figure};
use media::{BLOCK, Codec, Direction, Format, Law, Mode, Stream, StreamConfig, TransmitKind, g711};
use std::hint::black_box;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

const CALLS: u16 = 30;
const BLOCK_TIME: Duration = Duration::from_millis(10);
/// 2024-01-01 in seconds since 1900.
const WALL: Duration = Duration::from_secs(3_913_056_000);
/// Octets of a packet of 20 ms.
const PACKET: usize = 2 * BLOCK;

fn main() {
    let bench = Bench::new("media");
    streams(bench, Codec::Pcma, "A-law on both sides");
    streams(bench, Codec::Pcmu, "mu-law packets, A-law line");
    conversion(bench);
}

fn streams(bench: Bench, codec: Codec, what: &str) {
    let mut calls = Calls::new(codec);
    let packets = bench.per_cpu_second(|| calls.second());
    calls.check();
    bench.print(Figure::lower(&format!("packet sent, received and played, {what}"), "us", 1e6 / packets));
    bench.print(Figure::lower(&format!("CPU of streams, {what}"), "ms per call-second", 1e3 * 50.0 / packets));
}

fn conversion(bench: Bench) {
    const PACKETS: u64 = 1000;
    let mut payload: [u8; PACKET] = std::array::from_fn(|index| index as u8);
    let rate = bench.per_cpu_second(|| {
        for _ in 0..PACKETS {
            g711::convert(Law::Mu, Law::A, black_box(&mut payload));
        }
        PACKETS
    });
    bench.print(Figure::lower("160 octets of mu-law to A-law", "us", 1e6 / rate));
}

/// Both ends of all calls, and the clock.
struct Calls {
    pairs: Vec<[End; 2]>,
    start: Instant,
    now: Instant,
    blocks: u64,
}

struct End {
    stream: Stream,
    address: SocketAddr,
}

impl Calls {
    fn new(codec: Codec) -> Self {
        let start = Instant::now();
        let pair = |call: u16| {
            let [left, right] = [1, 2].map(|end| SocketAddr::from(([192, 0, 2, end], 10_000 + 2 * call)));
            [End::new(codec, left, right), End::new(codec, right, left)]
        };
        Self { pairs: (0..CALLS).map(pair).collect(), start, now: start, blocks: 0 }
    }

    /// One second of all calls; how many packets were received in it.
    fn second(&mut self) -> u64 {
        let before = self.received();
        for _ in 0..100 {
            self.block();
        }
        self.received() - before
    }

    fn block(&mut self) {
        let wall = WALL + (self.now - self.start);
        let said = [self.blocks as u8; BLOCK];
        for [left, right] in &mut self.pairs {
            left.line(self.now, &said);
            right.line(self.now, &said);
            left.carry(self.now, wall, right);
            right.carry(self.now, wall, left);
        }
        self.now += BLOCK_TIME;
        self.blocks += 1;
    }

    fn received(&self) -> u64 {
        self.pairs.iter().flatten().map(|end| end.stream.stats().packets_received).sum()
    }

    /// What was measured was a call: each packet that was sent came and none was thrown away.
    #[track_caller]
    fn check(&self) {
        for end in self.pairs.iter().flatten() {
            let stats = end.stream.stats();
            let wrong = [stats.lost, stats.late, stats.malformed, stats.foreign_source, stats.send_overflows, stats.overflows];
            assert_eq!((stats.packets_sent, wrong), (self.blocks / 2, [0; 6]), "{stats:?}");
            assert!(stats.packets_received + 1 >= stats.packets_sent, "{stats:?}");
        }
    }
}

impl End {
    fn new(codec: Codec, address: SocketAddr, remote: SocketAddr) -> Self {
        let stream = Stream::new(StreamConfig {
            ssrc: u32::from(address.port()) << 1 | u32::from(address < remote),
            first_sequence: 65_000,
            first_timestamp: u32::MAX - 100_000,
            format: Format::of(codec),
            line_law: Law::A,
            ptime_ms: 20,
            jitter: Mode::VOICE,
            conceal: true,
            comfort_noise: true,
            suppress_silence: false,
            extended_reports: true,
            telephone_event: Some(101),
            remote,
            symmetric: true,
            cname: format!("{address}@junctor"),
            direction: Direction::SendRecv,
        });
        Self { stream, address }
    }

    fn line(&mut self, now: Instant, said: &[u8; BLOCK]) {
        self.stream.line_to_ip(now, said);
        let mut heard = [0; BLOCK];
        self.stream.ip_to_line(&mut heard);
        black_box(heard);
    }

    /// Runs its timers and hands what it sends to its peer.
    fn carry(&mut self, now: Instant, wall: Duration, to: &mut Self) {
        if self.stream.poll_timeout().is_some_and(|due| due <= now) {
            self.stream.handle_timeout(now, wall);
        }
        while let Some(transmit) = self.stream.poll_transmit() {
            match transmit.kind {
                TransmitKind::Rtp => to.stream.handle_rtp(now, self.address, transmit.bytes),
                TransmitKind::Rtcp => {
                    let from = SocketAddr::new(self.address.ip(), self.address.port() + 1);
                    to.stream.handle_rtcp(now, from, transmit.bytes);
                }
            }
        }
        while to.stream.poll_event().is_some() {}
    }
}
