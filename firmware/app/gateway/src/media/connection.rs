//! One call's audio: two ends and what moves between them each 10 ms.
//!
//! A channel is read until it would block, and an RTP end joined to it gives as many blocks as were read: the line is the clock. Two
//! channels are each read and written for themselves; their spans' clocks may differ.

use std::time::Instant;

use call::words::{CallId, MediaQuality, RtpTerminal, SpanId};
use media::{BLOCK, Law, StreamStats, g711};
use tdm::Channel;

use super::rtp_socket::RtpSocket;

/// Blocks written ahead when a channel is opened, so that a late wake-up does not leave the line without a block.
const PRIME: usize = 2;
/// Blocks moved at once from one end: more than 200 ms late is lost rather than chased.
const MOST_AT_ONCE: usize = 20;

/// One end.
pub(super) enum End {
    /// A timeslot; `law` is the span's.
    Channel { span: SpanId, law: Law, channel: Box<dyn Channel> },
    /// An RTP session, which converts to the other end's law itself.
    Rtp(Box<RtpSocket>),
}

/// A call's two ends.
pub(super) struct Connection {
    pub(super) call: CallId,
    a: End,
    b: End,
}

impl End {
    /// A channel's end, its write queue primed with silence.
    pub(super) fn channel(span: SpanId, law: Law, mut channel: Box<dyn Channel>) -> Self {
        for _ in 0..PRIME {
            // A queue that is shorter is full; a DAHDI channel fills its own when its audio begins, and refuses until then: both fine.
            let _ = channel.write(&[g711::silence(law); BLOCK]);
        }
        Self::Channel { span, law, channel }
    }

    const fn span(&self) -> Option<SpanId> {
        match self {
            Self::Channel { span, .. } => Some(*span),
            Self::Rtp(_) => None,
        }
    }

    const fn law(&self) -> Option<Law> {
        match self {
            Self::Channel { law, .. } => Some(*law),
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
        }
    }

    /// Gives one block to this end.
    fn write(&mut self, call: CallId, now: Instant, block: &[u8; BLOCK]) {
        match self {
            // A full write queue: the line takes blocks slower than they come, the span counts the overrun.
            Self::Channel { channel, .. } => drop(channel.write(block)),
            Self::Rtp(socket) => socket.write_block(call, now, block),
        }
    }

    fn socket(&mut self) -> Option<&mut RtpSocket> {
        match self {
            Self::Channel { .. } => None,
            Self::Rtp(socket) => Some(socket),
        }
    }
}

impl Connection {
    pub(super) const fn new(call: CallId, a: End, b: End) -> Self {
        Self { call, a, b }
    }

    /// The span whose clock moves this call; `None` when both ends are RTP.
    pub(super) fn clock(&self) -> Option<SpanId> {
        self.a.span().or_else(|| self.b.span())
    }

    /// Whether one of its ends is a channel of this span.
    pub(super) fn touches(&self, span: SpanId) -> bool {
        self.a.span() == Some(span) || self.b.span() == Some(span)
    }

    /// Moves what there is each way; between two RTP ends one block.
    pub(super) fn pump(&mut self, now: Instant) {
        let call = self.call;
        for end in [&mut self.a, &mut self.b] {
            if let Some(socket) = end.socket() {
                socket.receive(call, now);
            }
        }
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
        let note = self.a.socket().and_then(RtpSocket::poll_note);
        note.or_else(|| self.b.socket().and_then(RtpSocket::poll_note))
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
    pub(super) fn close(self) -> Closed {
        let call = self.call;
        let mut closed = Closed::default();
        let mut line_missed = 0;
        for end in [self.a, self.b] {
            match end {
                End::Rtp(socket) => {
                    let stats = socket.close(call);
                    closed.quality.get_or_insert_with(|| quality(&stats));
                }
                End::Channel { channel, .. } => {
                    let counters = channel.counters();
                    line_missed += counters.underruns + counters.overruns;
                    if counters.underruns + counters.overruns > 0 {
                        closed.note = Some(format!(
                            "timeslot {}: {} underruns, {} overruns",
                            channel.slot(),
                            counters.underruns,
                            counters.overruns
                        ));
                    }
                }
            }
        }
        if let Some(quality) = &mut closed.quality {
            quality.line_missed = line_missed;
        }
        closed
    }
}

/// What is left to say of a connection that was closed.
#[derive(Default)]
pub(super) struct Closed {
    pub(super) quality: Option<MediaQuality>,
    /// For the ladder: what its channels missed.
    pub(super) note: Option<String>,
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
