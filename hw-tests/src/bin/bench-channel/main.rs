//! `cargo xtask bench channel`: what a call between a timeslot and SRTP costs of a core, everything that is done for its blocks included.
//!
//! 240 channels in turn, as on a full box, whose memory does not fit into the caches, 10 ms at a time: echo canceller of 128 ms with its
//! reference, fax detectors both ways, DTMF receiver with the gate that takes digits out, A-law, packets of 20 ms with SRTP
//! (AES_CM_128_HMAC_SHA1_80) both ways, adaptive jitter buffer, concealment, quality figures, and RTCP as often as in life.
//!
//! A program cannot import the gateway's media thread, so [`channel`] puts the same parts together in the same order. What differs: nothing is
//! read from or written to the kernel (spans, sockets, ring), there is no capture, no search for the call of a datagram, no word to the
//! engine, and SRTP, which the gateway has not got yet, is done where it will be. So this is what the work costs, and more than live calls reach.
//! Lines and peers ([`surroundings`]) run in between; their time does not count.
//!
//! The parts' figures are shares of the whole, taken in other blocks of the same channels.

mod channel;
mod part;
mod surroundings;
mod traffic;

use std::sync::Arc;
use std::time::{Duration, Instant};

use channel::Channel;
use hw_tests::bench::{Bench, Figure, thread_cpu};
use media::srtp::{Keys as SrtpKeys, Mki, Policy, Suite};
use media::tone::{KeyOnset, Keys};
use media::{BLOCK, g711};
use part::{Blind, Part, Probe, Watch};
use surroundings::{Surroundings, Voices};
use traffic::{LAW, Traffic};

/// Channels of a full box.
const CHANNELS: usize = 240;
/// Design: channels that a core is to carry.
const TARGET: f64 = 700.0;
/// Blocks before those that count: cancellers have converged, jitter buffers have found their depth, each line has keyed a digit.
const WARM_UP: usize = 400;
/// Blocks timed as a whole, and then watched part by part.
const SPELL: usize = 10;
const SPELLS: usize = 40;

fn main() {
    let bench = Bench::new("channel");
    let mut full = FullBox::new(bench.choose(CHANNELS, 8));
    for _ in 0..WARM_UP {
        full.block(&mut Blind, |_| {});
    }
    let (micros, parts) = full.measure(bench.choose(SPELLS, 1));
    full.check();
    let name = format!("TDM to SRTP and back, echo 128 ms, DTMF and fax detectors, {CHANNELS} channels in turn");
    bench.print(Figure::higher(&name, "channels a core", 10_000.0 / micros).target(TARGET));
    bench.print(Figure::lower("10 ms of a channel", "us", micros));
    for part in Part::ALL {
        bench.print(Figure::lower(&format!("10 ms of a channel: {}", part.name()), "us", parts.share(part) * micros));
    }
}

/// All channels with their lines and peers.
struct FullBox {
    channels: Vec<(Channel, Surroundings, Traffic)>,
    voices: Voices,
    began: Instant,
    blocks: u32,
}

impl FullBox {
    fn new(channels: usize) -> Self {
        let (keys, onset) = (Arc::new(Keys::new(LAW)), Arc::new(KeyOnset::default()));
        let policy = Policy::new(Suite::AesCm128HmacSha1_80);
        let silence = [g711::silence(LAW); BLOCK];
        let traffic = Traffic { arrived: Vec::new(), line: silence, sent: Vec::new(), written: silence };
        let open = |number: u32| {
            let secret = |end: u8| SrtpKeys::new([number as u8; 16], [end; 14], Mki::NONE);
            let (own, peer) = (secret(1), secret(2));
            let channel = Channel::new(number, &keys, &onset, policy, [&own, &peer]);
            (channel, Surroundings::new(number, &keys, policy, [&own, &peer]), traffic.clone())
        };
        let channels = (0..channels as u32).map(open).collect();
        Self { channels, voices: Voices::load(), began: Instant::now(), blocks: 0 }
    }

    /// Microseconds of CPU that a block of a channel takes, and which part takes how much of it.
    fn measure(&mut self, spells: usize) -> (f64, Watch) {
        let (mut whole, mut parts) = (Duration::ZERO, Watch::new());
        for _ in 0..spells {
            for _ in 0..SPELL {
                whole += self.block(&mut Blind, |_| {});
            }
            for _ in 0..SPELL {
                self.watched_block(&mut parts);
            }
        }
        while parts.all().is_zero() {
            self.watched_block(&mut parts);
        }
        (whole.as_secs_f64() * 1e6 / (spells * SPELL * self.channels.len()) as f64, parts)
    }

    /// One block of each channel; the CPU time that the channels took. `begin` is called when the lines and peers are done.
    fn block<P: Probe>(&mut self, probe: &mut P, begin: impl FnOnce(&mut P)) -> Duration {
        let passed = Duration::from_millis(10) * self.blocks;
        let times = (self.began + passed, Duration::from_secs(4_000_000_000) + passed);
        // Every second call began 10 ms later, so that not all packets fall into the same blocks.
        let late = self.blocks == 0;
        let mut taking_part: Vec<_> = self.channels.iter_mut().enumerate().filter(|(at, _)| !late || at % 2 == 0).collect();
        for (_, (_, surroundings, traffic)) in &mut taking_part {
            surroundings.turn(&self.voices, times, traffic);
        }
        let before = thread_cpu();
        begin(probe);
        for (_, (channel, _, traffic)) in &mut taking_part {
            channel.block(traffic, times, probe);
        }
        self.blocks += 1;
        thread_cpu() - before
    }

    /// One block of each channel, part by part. Not counted when somebody else had the core meanwhile, since the parts are timed by the wall.
    fn watched_block(&mut self, sum: &mut Watch) {
        let mut watch = Watch::new();
        let cpu = self.block(&mut watch, Watch::begin);
        if watch.all() < cpu.mul_f64(1.02) {
            sum.add(&watch);
        }
    }

    /// That all this was work: a call in which nothing is said, heard or found is cheap.
    fn check(&self) {
        let count = |of: fn(&Channel) -> u64| self.channels.iter().map(|(channel, ..)| of(channel)).sum::<u64>();
        let (sent, received) = (count(|c| c.stats().packets_sent), count(|c| c.stats().packets_received));
        let reports = count(|c| c.stats().reports_sent + c.stats().reports_received);
        let (concealed, heard, keyed) = (count(|c| c.stats().concealed), count(|c| c.heard), count(|c| c.keyed));
        let opened: u64 = self.channels.iter().map(|(_, surroundings, _)| surroundings.opened).sum();
        let found = count(|c| u64::from(c.echo_figures().erl_db.is_some_and(|db| (9.0..15.0).contains(&db))));
        eprintln!(
            "bench-channel: {} blocks each: {sent} packets sent, {opened} opened, {received} received, {concealed} blocks concealed, \
             {reports} reports, {keyed} digits, {heard} fax tones, {found} echo paths found",
            self.blocks
        );
        let channels = self.channels.len() as u64;
        let packets = u64::from(self.blocks) * channels / 2 * 9 / 10;
        assert!(sent > packets && opened > packets && received > packets, "no packet in 20 ms");
        assert!(keyed >= channels && reports >= channels && concealed >= channels && heard == 0);
        assert!(found >= channels * 9 / 10, "cancellers without an echo path");
    }
}
