//! One direction of a call over a bad network in virtual time: seeded loss, jitter and clock drift, and what a line hears of it.
//!
//! What is said is speech-like in its loudness (syllables, pauses) and noise otherwise, so that each block of 10 ms is unlike every
//! other: what the line hears is found again in what was said, octet for octet, and loss, delay and slips are measured on that and
//! not on the stream's own counters.
#![allow(dead_code, reason = "each test file uses its part")]

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use media::rtp::Packet;
use media::{BLOCK, Codec, Direction, Format, Law, Mode, Quality, Stream, StreamConfig, StreamStats, g711};
use sansio::sim::SplitMix64;

const BLOCK_US: u64 = 10_000;

/// What the network does to each packet.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Network {
    pub(crate) loss: Loss,
    pub(crate) jitter: Jitter,
    /// Sender's clock against the line's, parts per million.
    pub(crate) drift_ppm: i64,
    /// Whether a packet may overtake another.
    pub(crate) reorders: bool,
    /// Milliseconds in a packet.
    pub(crate) ptime_ms: u64,
    /// From when on, in ms, packets take so many ms longer.
    pub(crate) step: Option<(u64, u64)>,
    /// When the jitter ends, in ms.
    pub(crate) jitter_ends_ms: u64,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Loss {
    None,
    /// Each packet by itself.
    Random(f64),
    /// Gilbert's two states: chance to fall into the one that loses all, chance to leave it.
    Gilbert(f64, f64),
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Jitter {
    None,
    /// Evenly from 0 to so many ms.
    Uniform(f64),
    /// Gamma of this shape (a whole number: a sum of exponentials) and mean in ms.
    Gamma(u32, f64),
}

pub(crate) const GOOD: Network = Network {
    loss: Loss::None,
    jitter: Jitter::None,
    drift_ppm: 0,
    reorders: true,
    ptime_ms: 20,
    step: None,
    jitter_ends_ms: u64::MAX,
};

fn unit(random: &mut SplitMix64) -> f64 {
    (random.next_u64() >> 11) as f64 / (1u64 << 53) as f64
}

impl Jitter {
    fn us(self, random: &mut SplitMix64) -> u64 {
        let ms = match self {
            Self::None => 0.0,
            Self::Uniform(most) => unit(random) * most,
            Self::Gamma(shape, mean) => (0..shape).map(|_| -(1.0 - unit(random)).ln()).sum::<f64>() * mean / f64::from(shape),
        };
        (ms * 1000.0) as u64
    }
}

/// Loudness: talk spurts of 1 to 3 s in syllables of 200 ms, pauses of 0.4 to 1.6 s.
struct Speaker {
    random: SplitMix64,
    talking: bool,
    left: u64,
    at: u64,
}

impl Speaker {
    const fn new(seed: u64) -> Self {
        Self { random: SplitMix64::new(seed), talking: false, left: 50, at: 0 }
    }

    /// The next block in A-law, and whether it is a pause.
    fn block(&mut self) -> ([u8; BLOCK], bool) {
        if self.left == 0 {
            self.talking = !self.talking;
            self.left = if self.talking { 100 + self.random.below(200) } else { 40 + self.random.below(120) };
            self.at = 0;
        }
        self.left -= 1;
        self.at += 1;
        // -20 dBm0 in the middle of a syllable, 12 dB less between two; -58 dBm0 in a pause.
        let syllable = 0.25 + 0.75 * (self.at as f64 * core::f64::consts::PI / 20.0).sin().abs();
        let amplitude = if self.talking { 2700.0 * syllable } else { 34.0 };
        let block = std::array::from_fn(|_| g711::encode(Law::A, ((unit(&mut self.random) * 2.0 - 1.0) * amplitude) as i16));
        (block, !self.talking)
    }
}

/// One block said.
#[derive(Debug, Clone, Copy)]
struct Said {
    pause: bool,
    /// When its packet arrived, if it did.
    arrived: Option<u64>,
    heard: bool,
}

/// What was measured.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) stats: StreamStats,
    pub(crate) blocks_said: u64,
    /// Blocks whose packet the network lost, and blocks never heard, in per cent.
    pub(crate) network_loss: f64,
    pub(crate) effective_loss: f64,
    /// Time that packets waited for their turn, in ms: mean of each second, and each packet.
    pub(crate) waits_by_second: Vec<f64>,
    pub(crate) waits: Vec<f64>,
    /// What the stream said each second.
    pub(crate) quality: Vec<Quality>,
    pub(crate) rating: (f64, f64),
    /// Places where what is heard skips or stalls: the block said there, and whether that is speech.
    pub(crate) steps: Vec<(u64, i64, bool)>,
}

pub(crate) fn percentile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let index = ((sorted.len() as f64 * share) as usize).min(sorted.len().saturating_sub(1));
    sorted.get(index).copied().unwrap_or(0.0)
}

pub(crate) fn peer() -> SocketAddr {
    "192.0.2.2:5000".parse().unwrap()
}

pub(crate) fn listener(jitter: Mode, conceal: bool) -> StreamConfig {
    StreamConfig {
        ssrc: 0x1234_5678,
        first_sequence: 1,
        first_timestamp: 1,
        format: Format::of(Codec::Pcma),
        line_law: Law::A,
        ptime_ms: 20,
        jitter,
        conceal,
        comfort_noise: true,
        suppress_silence: false,
        extended_reports: true,
        telephone_event: None,
        remote: peer(),
        symmetric: false,
        cname: "trace".into(),
        direction: Direction::SendRecv,
    }
}

/// A packet under way: arrival in us, number.
type Flight = (u64, u64);

/// Lets `span` pass.
#[allow(clippy::disallowed_methods, reason = "virtual time needs one real instant to start from")]
pub(crate) fn run(network: Network, mode: Mode, span: Duration, seed: u64) -> Outcome {
    let start = Instant::now();
    // What is heard is found again only where nothing is made up; what is rated is a stream that conceals.
    let (mut stream, mut concealing) = (Stream::new(listener(mode, false)), Stream::new(listener(mode, true)));
    let blocks_per_packet = network.ptime_ms / 10;
    let packets = span.as_millis() as u64 / network.ptime_ms;
    let mut speaker = Speaker::new(seed);
    let (mut random, mut lossy) = (SplitMix64::new(seed ^ 0x5555), false);
    let mut said: Vec<Said> = Vec::new();
    let mut octets: Vec<[u8; BLOCK]> = Vec::new();
    let mut index: HashMap<[u8; BLOCK], u64> = HashMap::new();
    let mut flights: Vec<Flight> = Vec::new();
    let mut last_arrival = 0;
    for number in 0..packets {
        let lost = match network.loss {
            Loss::None => false,
            Loss::Random(share) => random.chance(share),
            Loss::Gilbert(fall, rise) => {
                lossy = if lossy { !random.chance(rise) } else { random.chance(fall) };
                lossy
            }
        };
        // A fast sender's packets leave sooner, by the line's clock.
        let sent = (number + 1) * network.ptime_ms * 1000;
        let sent = sent.saturating_add_signed(-(sent as i64 * network.drift_ppm / 1_000_000));
        let jitter = network.jitter.us(&mut random);
        let jitter = if sent / 1000 < network.jitter_ends_ms { jitter } else { 0 };
        let step = network.step.filter(|(from, _)| sent / 1000 >= *from).map_or(0, |(_, ms)| ms * 1000);
        let mut arrival = sent + 10_000 + jitter + step;
        if !network.reorders {
            arrival = arrival.max(last_arrival);
        }
        last_arrival = last_arrival.max(arrival);
        for _ in 0..blocks_per_packet {
            let (block, pause) = speaker.block();
            index.insert(block, said.len() as u64);
            said.push(Said { pause, arrived: (!lost).then_some(arrival), heard: false });
            octets.push(block);
        }
        if !lost {
            flights.push((arrival, number));
        }
    }
    flights.sort_unstable();

    let mut flights = flights.into_iter().peekable();
    let pulls = packets * blocks_per_packet;
    let (mut waits, mut quality, mut steps) = (Vec::new(), Vec::new(), Vec::new());
    let (mut second, mut waits_by_second) = (Vec::new(), Vec::new());
    let mut before: Option<(u64, u64)> = None;
    for pull in 0..pulls {
        // The line ticks 3 ms beside the sender's packets.
        let now_us = pull * BLOCK_US + 3_000;
        while let Some((arrival, number)) = flights.next_if(|(arrival, _)| *arrival <= now_us) {
            let first = (number * blocks_per_packet) as usize;
            let payload: Vec<u8> = octets[first..first + blocks_per_packet as usize].concat();
            let packet = Packet {
                marker: number == 0,
                payload_type: 8,
                sequence: (number + 60_000) as u16,
                timestamp: (number * blocks_per_packet * 80) as u32,
                ssrc: 7,
                csrcs: &[],
                extension: None,
                payload: &payload,
                padding: 0,
            };
            let mut bytes = [0; 1024];
            let length = packet.emit(&mut bytes).unwrap();
            let at = start + Duration::from_micros(arrival);
            stream.handle_rtp(at, peer(), &bytes[..length]);
            concealing.handle_rtp(at, peer(), &bytes[..length]);
        }
        let mut block = [0; BLOCK];
        concealing.ip_to_line(&mut block);
        quality.extend(concealing.poll_quality());
        stream.ip_to_line(&mut block);
        if let Some(number) = index.get(&block).copied() {
            let here = &mut said[number as usize];
            here.heard = true;
            let wait = (now_us - here.arrived.unwrap()) as f64 / 1000.0;
            // The first block of a packet: the others wait for it, whatever the buffer does.
            if number.is_multiple_of(blocks_per_packet) {
                waits.push(wait);
                second.push(wait);
            }
            if let Some((old_pull, old_number)) = before {
                let step = (number as i64 - old_number as i64) - (pull as i64 - old_pull as i64);
                if step != 0 {
                    let (from, to) = (old_number.min(number), old_number.max(number));
                    let in_speech = said[from as usize..=to as usize].iter().any(|said| !said.pause);
                    steps.push((number, step, in_speech));
                }
            }
            before = Some((pull, number));
        }
        if (pull + 1).is_multiple_of(100) && !second.is_empty() {
            waits_by_second.push(second.iter().sum::<f64>() / second.len() as f64);
            second.clear();
        }
    }
    // What may still be waiting, and what came before playout began, is left out.
    let (from, to) = (20, said.len().saturating_sub(60));
    let judged = &said[from..to];
    let share = |count: usize| 100.0 * count as f64 / judged.len() as f64;
    assert_eq!(stream.stats(), concealing.stats());
    Outcome {
        stats: stream.stats(),
        blocks_said: judged.len() as u64,
        network_loss: share(judged.iter().filter(|said| said.arrived.is_none()).count()),
        effective_loss: share(judged.iter().filter(|said| !said.heard).count()),
        waits_by_second,
        waits,
        quality,
        rating: concealing.rating(),
        steps,
    }
}

impl Outcome {
    /// 95th percentile of what the stream says of its nominal buffer delay (RFC 3611 section 4.7.7), from the 3rd second on.
    pub(crate) fn nominal_p95(&self) -> f64 {
        let nominal: Vec<f64> = self.quality.iter().skip(3).map(|quality| f64::from(quality.depth.nominal_ms)).collect();
        percentile(&nominal, 0.95)
    }

    /// The same of the mean wait of each second, measured from outside.
    pub(crate) fn wait_p95(&self) -> f64 {
        percentile(self.waits_by_second.get(3..).unwrap_or_default(), 0.95)
    }

    pub(crate) fn mean_mos(&self) -> f64 {
        let rated = self.quality.iter().skip(3);
        rated.clone().map(|quality| quality.mos).sum::<f64>() / rated.count() as f64
    }

    pub(crate) fn print(&self, name: &str) {
        println!("figure: {name}: network loss = {:.2} %", self.network_loss);
        println!("figure: {name}: effective loss = {:.2} %", self.effective_loss);
        println!("figure: {name}: p95 over seconds of the mean wait in the buffer = {:.1} ms", self.wait_p95());
        println!("figure: {name}: p95 over seconds of the nominal buffer delay told = {:.1} ms", self.nominal_p95());
        println!("figure: {name}: p95 over packets of the wait = {:.1} ms", percentile(&self.waits, 0.95));
        println!("figure: {name}: MOS of the call = {:.2} (R {:.1})", self.rating.1, self.rating.0);
        println!("figure: {name}: mean MOS of the seconds = {:.2}", self.mean_mos());
        let in_speech = self.steps.iter().filter(|(_, _, speech)| *speech).count();
        println!("figure: {name}: steps = {} ({in_speech} in speech)", self.steps.len());
        let s = &self.stats;
        println!(
            "{name}: late {} concealed {} underruns {} inserted {} dropped {} overflows {} resets {}",
            s.late, s.concealed, s.underruns, s.slips_inserted, s.slips_dropped, s.overflows, s.resets
        );
    }
}
