//! What a channel is between, whose time does not count: a line with an echo, and a peer behind a network.
//!
//! Both sides speak whole sentences with a pause of other length behind each, so that one speaks, both, or none. The line's hybrid sends six
//! reflections back, 12 dB down in all, from 4 to 54 ms on. Once in ten seconds the line keys a digit. The network delays a packet by 0 to
//! 20 ms and loses one in 128.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hw_tests::audio::Audio;
use hw_tests::speech;
use media::srtp::{Keys as SrtpKeys, Policy, Receiver, Sender};
use media::tone::{Keyed, Keys};
use media::{BLOCK, Stream, TransmitKind, g711};

use super::channel::PRIME;
use super::traffic::{Datagram, LAW, Traffic, address, session};

/// Samples of what was on the line that are kept, a power of two beyond the longest echo.
const KEPT: usize = 2048;
const REFLECTIONS: [(usize, f32); 6] = [(0, 0.2), (7, -0.11), (16, 0.07), (29, -0.05), (50, 0.03), (104, -0.02)];
/// Blocks from one digit of the line to the next.
const DIGIT_EVERY: usize = 1000;

/// Sentences and pauses of both sides, shared by all channels.
pub(crate) struct Voices {
    near: Vec<i16>,
    far: Vec<i16>,
}

impl Voices {
    pub(crate) fn load() -> Self {
        let said = |path, pause_ms| Audio::load(path).then(&Audio::silence(pause_ms)).to_i16();
        Self { near: said(&speech::town(), 2_000), far: said(&speech::river(), 3_300) }
    }
}

/// See the module header.
pub(crate) struct Surroundings {
    number: usize,
    blocks: usize,
    /// What was on the line, by sample number.
    on_line: [f32; KEPT],
    keyed: Keyed,
    peer: Stream,
    sender: Sender,
    receiver: Receiver,
    under_way: VecDeque<(usize, Datagram)>,
    noise: u32,
    /// Datagrams of the channel that were opened.
    pub(crate) opened: u64,
}

impl Surroundings {
    /// Those of a channel that has the other end of the keys.
    pub(crate) fn new(number: u32, keys: &Arc<Keys>, policy: Policy, [theirs, own]: [&SrtpKeys; 2]) -> Self {
        Self {
            number: number as usize,
            blocks: 0,
            on_line: [0.0; KEPT],
            keyed: Keyed::new(keys.clone(), LAW),
            peer: Stream::new(session(number, 0x2000_0000, address(1))),
            sender: Sender::new(policy, own),
            receiver: Receiver::new(policy, theirs),
            under_way: VecDeque::new(),
            noise: number + 1,
            opened: 0,
        }
    }

    /// Takes what the channel made of the block before, and gives it the next one.
    pub(crate) fn turn(&mut self, voices: &Voices, (now, wall): (Instant, Duration), traffic: &mut Traffic) {
        if self.blocks > 0 {
            let start = (self.blocks - 1 + PRIME) * BLOCK;
            for (at, octet) in traffic.written.iter().enumerate() {
                self.on_line[(start + at) % KEPT] = f32::from(g711::decode(LAW, *octet));
            }
        }
        for mut datagram in traffic.sent.drain(..) {
            self.opened += u64::from(!datagram.open(&mut self.receiver).is_empty());
        }
        traffic.line = self.line(&voices.near);
        self.send(&voices.far, (now, wall));
        traffic.arrived.clear();
        while let Some((_, datagram)) = self.under_way.pop_front_if(|(due, _)| *due <= self.blocks) {
            traffic.arrived.push(datagram);
        }
        self.blocks += 1;
    }

    fn line(&mut self, near: &[i16]) -> [u8; BLOCK] {
        let start = self.blocks * BLOCK;
        if self.blocks % DIGIT_EVERY == 100 + self.number {
            self.keyed.release('5', 100);
        }
        let gain = 0.4 + 0.05 * (self.number % 12) as f32;
        let said = |at| f32::from(near[(start + at + self.number * 1_777) % near.len()]) * gain;
        let mut block = std::array::from_fn(|at| g711::encode(LAW, said(at) as i16));
        self.keyed.fill(&mut block);
        for (at, octet) in block.iter_mut().enumerate() {
            let sum = f32::from(g711::decode(LAW, *octet)) + self.echo(start + at) + self.hiss();
            *octet = g711::encode(LAW, sum as i16);
        }
        block
    }

    fn echo(&self, at: usize) -> f32 {
        let flat = 32 + self.number * 13 % 400;
        let reflection = |(delay, gain)| gain * self.on_line[at.wrapping_sub(flat + delay) % KEPT];
        REFLECTIONS.into_iter().map(reflection).sum()
    }

    /// Some -66 dBm0 of noise.
    fn hiss(&mut self) -> f32 {
        (self.random() >> 16) as f32 / 65_536.0 * 40.0 - 20.0
    }

    fn random(&mut self) -> u32 {
        self.noise = self.noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        self.noise
    }

    fn send(&mut self, far: &[i16], (now, wall): (Instant, Duration)) {
        let start = self.blocks * BLOCK + self.number * 2_311;
        let block = std::array::from_fn(|at| g711::encode(LAW, far[(start + at) % far.len()]));
        self.peer.line_to_ip(now, &block);
        if self.peer.poll_timeout().is_some_and(|at| at <= now) {
            self.peer.handle_timeout(now, wall);
        }
        let random = self.random();
        while let Some(transmit) = self.peer.poll_transmit() {
            let datagram = Datagram::protect(&mut self.sender, transmit.kind, transmit.bytes);
            if transmit.kind == TransmitKind::Rtcp || random >> 25 != 0 {
                self.under_way.push_back((self.blocks + (random >> 20) as usize % 3, datagram));
            }
        }
    }
}
