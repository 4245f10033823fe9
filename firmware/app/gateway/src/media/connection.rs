//! One call's audio: two ends and what moves between them each 10 ms.
//!
//! A channel is read until it would block, and an RTP end joined to it gives as many blocks as were read: the line is the clock. Two
//! channels are each read and written for themselves; their spans' clocks may differ.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::os::fd::BorrowedFd;
use std::sync::Arc;
use std::time::Instant;

use call::words::{CallId, MediaQuality, RtpTerminal, SpanId, Terminal};
use media::tone::{Keyed, Keys};
use media::{BLOCK, Event, Law, StreamStats, g711};
use tdm::Channel;

use super::rtp_socket::RtpSocket;

/// Blocks written ahead when a channel is opened, so that a late wake-up does not leave the line without a block.
const PRIME: usize = 2;
/// Blocks moved at once from one end: more than 200 ms late is lost rather than chased.
const MOST_AT_ONCE: usize = 20;

/// How long a digit sounds of which no duration was said.
const KEYED_MS: u32 = 100;

/// What a call carries.
#[derive(Debug, Clone, Copy)]
pub(super) struct Carries {
    /// The law of its RTP end, and of both ends of a data call.
    pub(super) law: Law,
    /// Data, whose octets pass as they are.
    pub(super) clear: bool,
}

/// One end.
pub(super) enum End {
    /// A timeslot; `law` is the span's. Digits of the other side are keyed on it.
    Channel { span: SpanId, law: Law, channel: Box<dyn Channel>, keyed: Box<Keyed> },
    /// An RTP session, which converts to the other end's law itself.
    Rtp(Box<RtpSocket>),
    /// A side that holds and has left its channel: the other end hears silence, by the law that it converts from or to.
    Held { law: Law },
}

/// A call's two ends.
pub(super) struct Connection {
    pub(super) call: CallId,
    a: End,
    b: End,
    carries: Carries,
    /// Blocks that channels missed which the call has no more.
    missed: u64,
    /// What there is to say of them.
    note: Option<String>,
    /// For the ladder, since they were last fetched.
    notes: VecDeque<String>,
}

impl End {
    /// A channel's end, its write queue primed with silence.
    pub(super) fn channel(span: SpanId, law: Law, mut channel: Box<dyn Channel>, keys: &Arc<Keys>) -> Self {
        for _ in 0..PRIME {
            // A queue that is shorter is full; a DAHDI channel fills its own when its audio begins, and refuses until then: both fine.
            let _ = channel.write(&[g711::silence(law); BLOCK]);
        }
        let keyed = Box::new(Keyed::new(keys.clone(), law));
        Self::Channel { span, law, channel, keyed }
    }

    const fn span(&self) -> Option<SpanId> {
        match self {
            Self::Channel { span, .. } => Some(*span),
            Self::Rtp(_) | Self::Held { .. } => None,
        }
    }

    const fn law(&self) -> Option<Law> {
        match self {
            Self::Channel { law, .. } | Self::Held { law } => Some(*law),
            Self::Rtp(_) => None,
        }
    }

    /// Takes one block from this end; false when there is none.
    fn read(&mut self, block: &mut [u8; BLOCK]) -> bool {
        match self {
            Self::Channel { channel, .. } => matches!(channel.read(block), Ok(BLOCK)),
            Self::Rtp(socket) => {
                socket.read_block(block);
                true
            }
            Self::Held { law } => {
                block.fill(g711::silence(*law));
                true
            }
        }
    }

    /// Gives one block to this end.
    fn write(&mut self, call: CallId, now: Instant, block: &[u8; BLOCK]) {
        match self {
            // A full write queue: the line takes blocks slower than they come, the span counts the overrun.
            Self::Channel { channel, keyed, .. } => {
                let mut block = *block;
                keyed.fill(&mut block);
                drop(channel.write(&block));
            }
            Self::Rtp(socket) => socket.write_block(call, now, block),
            Self::Held { .. } => {}
        }
    }

    fn socket(&mut self) -> Option<&mut RtpSocket> {
        match self {
            Self::Channel { .. } | Self::Held { .. } => None,
            Self::Rtp(socket) => Some(socket),
        }
    }

    /// The other side presses a digit.
    fn press(&mut self, digit: char) {
        match self {
            Self::Channel { keyed, .. } => drop(keyed.press(digit)),
            Self::Rtp(socket) => socket.press(digit),
            Self::Held { .. } => {}
        }
    }

    /// It is released after so many milliseconds; whether this side gets it.
    fn release(&mut self, digit: char, ms: u32) -> bool {
        match self {
            Self::Channel { keyed, .. } => keyed.release(digit, ms),
            Self::Rtp(socket) => socket.release(digit, ms),
            Self::Held { .. } => true,
        }
    }

    fn rtp(&self) -> Option<&RtpSocket> {
        match self {
            Self::Channel { .. } | Self::Held { .. } => None,
            Self::Rtp(socket) => Some(socket),
        }
    }

    /// Whether it is this timeslot.
    fn is_channel(&self, wanted: SpanId, timeslot: u8) -> bool {
        match self {
            Self::Channel { span, channel, .. } => *span == wanted && channel.slot() == timeslot,
            Self::Rtp(_) | Self::Held { .. } => false,
        }
    }
}

impl Connection {
    pub(super) const fn new(call: CallId, a: End, b: End, carries: Carries) -> Self {
        Self { call, a, b, carries, missed: 0, note: None, notes: VecDeque::new() }
    }

    pub(super) const fn carries(&self) -> Carries {
        self.carries
    }

    /// The side with this channel holds and leaves it.
    pub(super) fn hold(&mut self, span: SpanId, timeslot: u8) {
        let law = self.carries.law;
        let mut ends = [&mut self.a, &mut self.b].into_iter();
        let left = ends.find(|end| end.is_channel(span, timeslot)).map(|end| {
            let law = end.law().unwrap_or(law);
            std::mem::replace(end, End::Held { law })
        });
        drop(ends);
        left.into_iter().for_each(|end| self.leave(end));
    }

    /// A side that held has this end now.
    pub(super) fn retrieve(&mut self, retrieved: End) {
        let mut ends = [&mut self.a, &mut self.b].into_iter();
        if let Some(end) = ends.find(|end| matches!(end, End::Held { .. })) {
            *end = retrieved;
        }
    }

    /// Counts what a channel missed before it is closed.
    fn leave(&mut self, end: End) {
        let End::Channel { channel, .. } = end else { return };
        let counters = channel.counters();
        let missed = counters.underruns + counters.overruns;
        self.missed += missed;
        if missed > 0 {
            let slot = channel.slot();
            self.note = Some(format!("timeslot {slot}: {} underruns, {} overruns", counters.underruns, counters.overruns));
        }
    }

    /// The span whose clock moves this call; `None` when both ends are RTP.
    pub(super) fn clock(&self) -> Option<SpanId> {
        self.a.span().or_else(|| self.b.span())
    }

    /// Whether one of its ends is a channel of this span.
    pub(super) fn touches(&self, span: SpanId) -> bool {
        self.a.span() == Some(span) || self.b.span() == Some(span)
    }

    /// Its UDP sockets by their ports.
    pub(super) fn sockets(&self) -> impl Iterator<Item = (u16, BorrowedFd<'_>)> {
        [&self.a, &self.b].into_iter().filter_map(End::rtp).flat_map(RtpSocket::sockets)
    }

    /// A datagram that came to one of its ports.
    pub(super) fn take(&mut self, now: Instant, port: u16, from: SocketAddr, octets: &[u8]) {
        let call = self.call;
        for end in [&mut self.a, &mut self.b] {
            if end.socket().is_some_and(|socket| socket.take(call, now, port, from, octets)) {
                return;
            }
        }
    }

    /// Moves what there is each way; between two RTP ends one block.
    pub(super) fn pump(&mut self, now: Instant) {
        let call = self.call;
        for end in [&mut self.a, &mut self.b] {
            if let Some(socket) = end.socket() {
                socket.run_timers(now);
            }
        }
        relay_events(&mut self.a, &mut self.b, &mut self.notes);
        relay_events(&mut self.b, &mut self.a, &mut self.notes);
        let (a, b) = (&mut self.a, &mut self.b);
        match (a.span().is_some(), b.span().is_some()) {
            (true, false) => paced(call, now, a, b),
            (false, true) => paced(call, now, b, a),
            (true, true) => {
                for _ in 0..MOST_AT_ONCE {
                    if !(carry(call, now, a, b) | carry(call, now, b, a)) {
                        break;
                    }
                }
            }
            (false, false) => {
                carry(call, now, a, b);
                carry(call, now, b, a);
            }
        }
    }

    /// Notes for the ladder since the last call.
    pub(super) fn poll_note(&mut self) -> Option<String> {
        self.notes.pop_front()
    }

    /// Keys digits to the end that is this timeslot or port.
    pub(super) fn key(&mut self, to: &Terminal, digits: &str) {
        for end in [&mut self.a, &mut self.b] {
            let wanted = match to {
                Terminal::Channel { span, timeslot } => end.is_channel(*span, *timeslot),
                Terminal::Rtp(terminal) => end.rtp().is_some_and(|socket| socket.port() == terminal.local_port),
            };
            for digit in digits.chars().filter(|_| wanted) {
                if !end.release(digit, KEYED_MS) {
                    self.notes.push_back(format!("digit {digit} not passed on: it is no key, or too many wait"));
                }
            }
        }
    }

    /// An RTP end moved or holds; found by its port.
    pub(super) fn redirect(&mut self, terminal: &RtpTerminal) {
        for end in [&mut self.a, &mut self.b] {
            if let Some(socket) = end.socket().filter(|socket| socket.port() == terminal.local_port) {
                socket.redirect(terminal);
            }
        }
    }

    /// Closes both ends; the figures are those of the first RTP end, and what the channels missed.
    pub(super) fn close(mut self) -> Closed {
        let nothing = End::Held { law: self.carries.law };
        let b = std::mem::replace(&mut self.b, nothing);
        let nothing = End::Held { law: self.carries.law };
        let a = std::mem::replace(&mut self.a, nothing);
        let mut figures = None;
        for end in [a, b] {
            match end {
                End::Rtp(socket) => {
                    let stats = socket.close(self.call);
                    figures.get_or_insert_with(|| quality(&stats));
                }
                end @ (End::Channel { .. } | End::Held { .. }) => self.leave(end),
            }
        }
        if let Some(quality) = &mut figures {
            quality.line_missed = self.missed;
        }
        Closed { quality: figures, note: self.note }
    }
}

/// What is left to say of a connection that was closed.
#[derive(Default)]
pub(super) struct Closed {
    pub(super) quality: Option<MediaQuality>,
    /// For the ladder: what its channels missed.
    pub(super) note: Option<String>,
}

/// Passes the digits of one end on to the other, and notes what its session has to say.
fn relay_events(from: &mut End, to: &mut End, notes: &mut VecDeque<String>) {
    let Some(socket) = from.socket() else { return };
    while let Some(event) = socket.poll_event() {
        let note = match event {
            Event::DigitBegan { digit } => {
                to.press(digit);
                continue;
            }
            Event::Digit { digit, duration } => {
                let ms = u32::try_from(duration.as_millis()).unwrap_or(u32::MAX);
                let passed = if to.release(digit, ms) { "" } else { ", not passed on" };
                format!("telephone event {digit} for {ms} ms{passed}")
            }
            Event::FirstPacket { from } => format!("first packet from {from}"),
            Event::SsrcChanged { old, new } => format!("source changed from {old:08x} to {new:08x}"),
            Event::RtpTimeout { silent_for } => format!("nothing received for {} s", silent_for.as_secs()),
        };
        notes.push_back(note);
    }
}

/// A channel and the RTP end that it paces.
fn paced(call: CallId, now: Instant, channel: &mut End, rtp: &mut End) {
    for _ in 0..MOST_AT_ONCE {
        if !carry(call, now, channel, rtp) {
            return;
        }
        carry(call, now, rtp, channel);
    }
}

/// Moves one block; false when there was none.
fn carry(call: CallId, now: Instant, from: &mut End, to: &mut End) -> bool {
    let mut block = [0; BLOCK];
    if !from.read(&mut block) {
        return false;
    }
    if let (Some(source), Some(target)) = (from.law(), to.law()) {
        g711::convert(source, target, &mut block);
    }
    to.write(call, now, &block);
    true
}

fn quality(stats: &StreamStats) -> MediaQuality {
    MediaQuality {
        packets_sent: stats.packets_sent,
        packets_received: stats.packets_received,
        lost: stats.lost,
        late: stats.late,
        malformed: stats.malformed + stats.malformed_rtcp,
        underruns: stats.underruns,
        concealed: stats.concealed,
        slips_inserted: stats.slips_inserted,
        slips_dropped: stats.slips_dropped,
        overflows: stats.overflows,
        line_missed: 0,
        // StreamStats has it in samples of 125 us.
        jitter_ms: f64::from(stats.jitter) / 8.0,
        round_trip_ms: stats.rtt.map(|round_trip| round_trip.as_secs_f64() * 1000.0),
    }
}
