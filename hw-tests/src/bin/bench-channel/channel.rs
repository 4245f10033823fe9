//! One channel of the box: what the media thread does for each of its blocks, from the same crates and in the same order as the gateway's
//! `media::{connection, timeslot, echo, digit_relay, modem_watch, rtp_socket}`, which a program cannot import.

use std::sync::Arc;
use std::time::{Duration, Instant};

use dsp::connect_tone::{self, Listen};
use dsp::dtmf::{self, ReceiverSettings};
use media::echo::{Canceller, Config, Figures, ReferenceRing};
use media::srtp::{Keys as SrtpKeys, Policy, Receiver, Sender};
use media::tone::{KeyGate, KeyOnset, Keyed, Keys};
use media::{BLOCK, Stream, StreamStats, TransmitKind, g711};

use super::part::{Part, Probe};
use super::traffic::{Datagram, LAW, Traffic, address, session};

/// Blocks written ahead when a channel is opened.
pub(crate) const PRIME: usize = 2;
/// Samples of them that are still to come when a block was read: all but the block that was on the line meanwhile.
const AHEAD: usize = (PRIME - 1) * BLOCK;
/// See the module header.
pub(crate) struct Channel {
    canceller: Box<Canceller>,
    written: ReferenceRing,
    from_line: ModemWatch,
    to_line: ModemWatch,
    digits: dtmf::Receiver,
    gate: KeyGate,
    sounding: bool,
    keyed_to_ip: Keyed,
    keyed_to_line: Keyed,
    stream: Stream,
    sender: Sender,
    receiver: Receiver,
    /// Tones of faxes and modems.
    pub(crate) heard: u64,
    /// Digits of the line that went out as telephone events.
    pub(crate) keyed: u64,
}

impl Channel {
    /// The one whose packets have `keys`, its peer's `peer_keys`.
    pub(crate) fn new(number: u32, keys: &Arc<Keys>, onset: &Arc<KeyOnset>, policy: Policy, secrets: [&SrtpKeys; 2]) -> Self {
        let mut written = ReferenceRing::new(32, 0);
        written.write(&[0; PRIME * BLOCK]);
        let [own, peer] = secrets;
        Self {
            canceller: Box::new(Canceller::new(Config { tail_ms: 128, ..Config::default() })),
            written,
            from_line: ModemWatch::new(),
            to_line: ModemWatch::new(),
            digits: dtmf::Receiver::new(ReceiverSettings::default()).expect("a receiver"),
            gate: KeyGate::new(onset.clone(), LAW),
            sounding: false,
            keyed_to_ip: Keyed::new(keys.clone(), LAW),
            keyed_to_line: Keyed::new(keys.clone(), LAW),
            stream: Stream::new(session(number, 0x1000_0000, address(2))),
            sender: Sender::new(policy, own),
            receiver: Receiver::new(policy, peer),
            heard: 0,
            keyed: 0,
        }
    }

    /// All of a block.
    pub(crate) fn block(&mut self, traffic: &mut Traffic, (now, wall): (Instant, Duration), probe: &mut impl Probe) {
        for datagram in &mut traffic.arrived {
            self.take(now, datagram, probe);
        }
        if self.stream.poll_timeout().is_some_and(|at| at <= now) {
            self.stream.handle_timeout(now, wall);
        }
        while self.stream.poll_event().is_some() {}
        probe.done(Part::Stream);
        let mut block = traffic.line;
        self.read(&mut block, probe);
        self.relay_digits(&mut block, probe);
        self.send(now, block, &mut traffic.sent, probe);
        self.stream.ip_to_line(&mut block);
        let _ = std::hint::black_box(self.stream.poll_quality());
        probe.done(Part::Stream);
        self.write(&mut block, probe);
        traffic.written = block;
        self.heard += u64::from(self.from_line.poll()) + u64::from(self.to_line.poll());
        probe.done(Part::Rest);
    }

    fn take(&mut self, now: Instant, datagram: &mut Datagram, probe: &mut impl Probe) {
        let kind = datagram.kind;
        let packet = datagram.open(&mut self.receiver);
        probe.done(Part::Srtp);
        match kind {
            TransmitKind::Rtp => self.stream.handle_rtp(now, address(2), packet),
            TransmitKind::Rtcp => self.stream.handle_rtcp(now, address(2), packet),
        }
        probe.done(Part::Stream);
    }

    fn read(&mut self, block: &mut [u8; BLOCK], probe: &mut impl Probe) {
        let mut samples = [0; BLOCK];
        g711::decode_slice(LAW, block, &mut samples);
        probe.done(Part::G711);
        let (reference, _) = self.written.read(self.written.written() - (AHEAD + BLOCK) as i64);
        self.canceller.process(&mut samples, &reference);
        probe.done(Part::Echo);
        g711::encode_slice(LAW, &samples, block);
        probe.done(Part::G711);
        self.from_line.listen(&samples);
        probe.done(Part::Fax);
    }

    fn relay_digits(&mut self, block: &mut [u8; BLOCK], probe: &mut impl Probe) {
        let mut samples = [0; BLOCK];
        g711::decode_slice(LAW, block, &mut samples);
        self.digits.rx(&samples);
        while let Some(event) = self.digits.poll_event() {
            match event {
                dtmf::Event::Begin { digit, .. } => {
                    self.sounding = true;
                    self.stream.press_digit(digit);
                }
                dtmf::Event::End { digit, samples } => {
                    self.sounding = false;
                    self.keyed += u64::from(self.stream.release_digit(digit, samples / 8));
                }
            }
        }
        self.gate.pass(block, self.sounding);
        probe.done(Part::Dtmf);
    }

    fn send(&mut self, now: Instant, mut block: [u8; BLOCK], sent: &mut Vec<Datagram>, probe: &mut impl Probe) {
        self.keyed_to_ip.fill(&mut block);
        probe.done(Part::Rest);
        self.stream.line_to_ip(now, &block);
        while let Some(transmit) = self.stream.poll_transmit() {
            let (kind, packet) = (transmit.kind, transmit.bytes);
            probe.done(Part::Stream);
            sent.push(Datagram::protect(&mut self.sender, kind, packet));
            probe.done(Part::Srtp);
        }
        probe.done(Part::Stream);
    }

    fn write(&mut self, block: &mut [u8; BLOCK], probe: &mut impl Probe) {
        let mut samples = [0; BLOCK];
        g711::decode_slice(LAW, block, &mut samples);
        probe.done(Part::G711);
        self.to_line.listen(&samples);
        probe.done(Part::Fax);
        self.keyed_to_line.fill(block);
        probe.done(Part::Rest);
        g711::decode_slice(LAW, block, &mut samples);
        probe.done(Part::G711);
        self.written.write(&samples);
        probe.done(Part::Echo);
    }

    pub(crate) fn echo_figures(&self) -> Figures {
        self.canceller.figures()
    }

    pub(crate) fn stats(&self) -> StreamStats {
        self.stream.stats()
    }
}

/// The gateway's, which counts what it hears in place of noting it.
struct ModemWatch {
    calling: connect_tone::Receiver,
    answering: connect_tone::Receiver,
}

impl ModemWatch {
    fn new() -> Self {
        let open = |listen| connect_tone::Receiver::new(listen).expect("a receiver");
        Self { calling: open(Listen::Cng), answering: open(Listen::AnswerOrPreamble) }
    }

    fn listen(&mut self, samples: &[i16; BLOCK]) {
        self.calling.rx(samples);
        self.answering.rx(samples);
    }

    fn poll(&mut self) -> bool {
        [&mut self.calling, &mut self.answering].into_iter().any(|receiver| receiver.poll_event().is_some())
    }
}
