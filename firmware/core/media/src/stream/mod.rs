//! One RTP session of one call leg (RFC 3550, profile RFC 3551), paced by the span's clock.
//!
//! The media thread calls [`Stream::line_to_ip`] and [`Stream::ip_to_line`] once a block and hands in what the two
//! sockets receive; the crate header shows how. After `new` nothing is allocated.
//!
//! **Whose packets are taken.** Without `symmetric`: those from the peer's IP address, any port. With it, the stream
//! follows the source of the first valid packet, once, and then takes and sends only there; a packet from the signalled
//! address still wins over another source taken before. RTCP comes from the same IP address. Everything else is counted.
//!
//! **Which source.** One SSRC at a time; two packets in a row of another one make it the new source.
//!
//! Both G.711 payload types are always understood in a call of speech, whatever was agreed for sending, because an offerer must take every
//! codec it offered (RFC 3264 section 5.1).
//!
//! **Encoded codecs** ([`crate::Codec::is_encoded`]: G.722). Their octets go in and out as they are: the layer above gives blocks of them to
//! [`Stream::line_to_ip`], and [`Filled`] says what it gets from [`Stream::ip_to_line`]. They are understood while they are what is sent.

mod incoming;
mod metrics;
mod outgoing;
mod passing;
mod playback;
mod reports;
mod silence;
mod stats;

use core::net::SocketAddr;
use core::time::Duration;
use std::collections::VecDeque;
use std::time::Instant;

use sansio::Timers;

pub use outgoing::{Transmit, TransmitKind};
pub use passing::Passing;
pub use playback::Filled;
pub use stats::StreamStats;

use crate::comfort_noise;
use crate::jitter::{LONGEST_PAYLOAD, Mode};
use crate::rtcp::VoipMetrics;
use crate::telephone_event::{Receiver, Sender, SenderConfig};
use crate::{BLOCK, Direction, Format, Law, g711};
use incoming::{Latch, Source};
use outgoing::{Packetiser, Queue};
use passing::Offsets;
use playback::Playback;
use reports::{Heard, Reports, Sent};
use silence::{Suppressor, Verdict};

/// Silence after which [`Event::RtpTimeout`] comes. R2 mediation servers use the same 30 s.
const SILENCE: Duration = Duration::from_secs(30);
/// Events that wait for `poll_event` at most.
const EVENTS: usize = 64;

/// Timers of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timer {
    /// When the next RTCP report is due.
    Report,
    /// When neither RTP nor RTCP came for too long.
    Silence,
}

impl Timer {
    /// Timers with default and clause, as the UI shows them.
    pub const TABLE: [(Self, Duration, &'static str); 2] = [
        (Self::Report, reports::REPORT_INTERVAL, "RFC 3550 section 6.2; 0.5 to 1.5 times, the first one half"),
        (Self::Silence, SILENCE, "no standard: what mediation servers use"),
    ];
}

/// What a stream is made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamConfig {
    /// Own synchronisation source; random.
    pub ssrc: u32,
    /// Sequence number of the first packet; random (RFC 3550 section 5.1).
    pub first_sequence: u16,
    /// Timestamp of the first sample; random (RFC 3550 section 5.1).
    pub first_timestamp: u32,
    /// Codec to send.
    pub format: Format,
    /// Law of the span.
    pub line_law: Law,
    /// Milliseconds in a packet sent: 10 to 60 in steps of 10, others are brought there.
    pub ptime_ms: u8,
    /// Depth of the jitter buffer; [`Mode::VOICE`] is usual, [`Mode::Data`] for fax and data.
    pub jitter: Mode,
    /// Whether what is missing is made up ([`crate::concealment`]) and announced silence filled with noise. Otherwise both
    /// are silence. Without effect in [`Mode::Data`], whose octets are never touched.
    pub conceal: bool,
    /// Whether comfort noise was agreed on (RFC 3389, payload type 13).
    pub comfort_noise: bool,
    /// Whether silence is not sent but described, while comfort noise is agreed on. Without effect in [`Mode::Data`] and for what is no G.711.
    pub suppress_silence: bool,
    /// Whether reports carry VoIP metrics (RFC 3611 section 4.7).
    pub extended_reports: bool,
    /// Agreed payload type of telephone events.
    pub telephone_event: Option<u8>,
    /// Where the peer receives RTP; an unspecified address or port 0 means: send nothing.
    pub remote: SocketAddr,
    /// Whether to follow the source of the first valid packet.
    pub symmetric: bool,
    /// Canonical name for RTCP, at most 255 octets of UTF-8, the same for all streams of an endpoint.
    pub cname: String,
    /// Which way media flows, seen from this end.
    pub direction: Direction,
}

/// What the layer above must know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The far side presses a digit: the first packet of its telephone event. One that came whole is only ended.
    DigitBegan {
        /// `0` to `9`, `*`, `#`, `A` to `D`, `!` for a flash.
        digit: char,
    },
    /// A telephone event ended.
    Digit {
        /// `0` to `9`, `*`, `#`, `A` to `D`, `!` for a flash.
        digit: char,
        /// How long it lasted.
        duration: Duration,
    },
    /// The first valid RTP packet came, from here.
    FirstPacket {
        /// Source address.
        from: SocketAddr,
    },
    /// The peer sends as another source now.
    SsrcChanged {
        /// The source before.
        old: u32,
        /// The source now.
        new: u32,
    },
    /// Neither RTP nor RTCP came for so long. Not repeated until something has come again. Never while this end does not
    /// receive.
    RtpTimeout {
        /// The silence so far.
        silent_for: Duration,
    },
}

/// One RTP session. See the module header.
#[derive(Debug, Clone)]
pub struct Stream {
    ssrc: u32,
    format: Format,
    line_law: Law,
    telephone_event: Option<u8>,
    comfort_noise: bool,
    direction: Direction,
    latch: Latch,
    source: Source,
    packetiser: Packetiser,
    queue: Queue,
    reports: Reports,
    extended_reports: bool,
    peer_metrics: Option<VoipMetrics>,
    playback: Playback,
    /// Of the source that is passed on to this peer.
    offsets: Option<Offsets>,
    /// Number of the packet that the meter was last told of, while packets are passed on.
    metered: Option<u16>,
    /// When silence is not sent.
    suppressor: Option<Suppressor>,
    digits: Receiver,
    keying: Sender,
    /// A received payload in line law.
    scratch: Box<[u8]>,
    timers: Timers<Timer>,
    events: VecDeque<Event>,
    /// First and latest `now`; `None` before the first call that has one.
    clock: Option<Clock>,
    first_packet_seen: bool,
    counters: StreamStats,
}

#[derive(Debug, Clone, Copy)]
struct Clock {
    first: Instant,
    latest: Instant,
    /// When the line's latest block came, which the packetiser's timestamp belongs to.
    line: Instant,
    /// When something valid came last, or waiting for it began.
    alive: Instant,
}

impl Stream {
    /// A stream that has sent and received nothing. Its timers start with the first call that has a `now`.
    #[must_use]
    pub fn new(config: StreamConfig) -> Self {
        Self {
            ssrc: config.ssrc,
            format: config.format,
            line_law: config.line_law,
            telephone_event: config.telephone_event,
            comfort_noise: config.comfort_noise,
            direction: config.direction,
            latch: Latch::new(config.remote, config.symmetric),
            source: Source::Unheard,
            packetiser: Packetiser::new(config.ssrc, config.first_sequence, config.first_timestamp, config.ptime_ms),
            queue: Queue::new(config.remote),
            reports: Reports::new(config.ssrc, config.cname),
            extended_reports: config.extended_reports,
            peer_metrics: None,
            playback: Playback::new(config.jitter, config.format.codec, config.line_law, config.conceal, config.ssrc),
            offsets: None,
            metered: None,
            suppressor: config.suppress_silence.then(Suppressor::default),
            digits: Receiver::default(),
            keying: Sender::new(SenderConfig { interval_ms: config.ptime_ms.into(), ..SenderConfig::default() }),
            scratch: vec![0; LONGEST_PAYLOAD].into_boxed_slice(),
            timers: Timers::with_capacity(Timer::TABLE.len()),
            events: VecDeque::with_capacity(EVENTS),
            clock: None,
            first_packet_seen: false,
            counters: StreamStats::default(),
        }
    }

    /// Takes note of the time; starts the timers when it is the first.
    fn tick(&mut self, now: Instant) {
        match &mut self.clock {
            Some(clock) => clock.latest = clock.latest.max(now),
            None => {
                self.clock = Some(Clock { first: now, latest: now, line: now, alive: now });
                // The first report comes after half an interval (RFC 3550 section 6.2).
                let interval = self.reports.next_interval() / 2;
                self.timers.set(Timer::Report, now + interval);
                self.rearm_silence(now);
            }
        }
    }

    fn rearm_silence(&mut self, now: Instant) {
        if let Some(clock) = &mut self.clock {
            clock.alive = now;
        }
        if self.direction.receives() {
            self.timers.set(Timer::Silence, now + SILENCE);
        } else {
            self.timers.stop(Timer::Silence);
        }
    }

    /// Takes one block from the line, in line law, or octets of an encoded codec when that is what is sent; now and then a packet is whole
    /// and waits in `poll_transmit`.
    pub fn line_to_ip(&mut self, now: Instant, block: &[u8; BLOCK]) {
        let Some(to) = self.next_block(now) else { return };
        let is_voice = !matches!(self.playback.buffer.mode(), Mode::Data { .. }) && self.format.codec.law().is_some();
        let suppresses = is_voice && self.comfort_noise;
        let suppressor = self.suppressor.as_mut().filter(|_| suppresses);
        let whole = self.packetiser.collect(block);
        let verdict = suppressor.map_or(Verdict::Speech, |suppressor| {
            suppressor.block(self.line_law, block);
            if whole { suppressor.judge() } else { Verdict::Silence }
        });
        if whole {
            self.send(to, &verdict);
        }
    }

    /// The block that was to be sent is missing: the peer, which gets no packet for it but its number, conceals it in its own way. What was
    /// collected before goes out, as a shorter packet.
    pub fn miss_block(&mut self, now: Instant) {
        let Some(to) = self.next_block(now) else { return };
        if !self.packetiser.collected().is_empty() {
            self.send_audio(to);
        }
        self.packetiser.miss();
    }

    /// A block of the line's time begins: where its audio goes, when it goes anywhere.
    fn next_block(&mut self, now: Instant) -> Option<SocketAddr> {
        self.tick(now);
        if let Some(clock) = &mut self.clock {
            clock.line = now;
        }
        // What may pass later follows what the line said.
        self.offsets = None;
        let to = self.latch.rtp();
        if !self.direction.sends() || is_nowhere(to) || self.send_events(to) {
            self.packetiser.pass();
            return None;
        }
        Some(to)
    }

    fn send(&mut self, to: SocketAddr, verdict: &Verdict) {
        match verdict {
            Verdict::Speech => self.send_audio(to),
            Verdict::Describe(silence) => self.send_silence(to, silence),
            Verdict::Silence => {
                self.packetiser.suppress();
                self.counters.suppressed += 1;
            }
        }
    }

    fn send_audio(&mut self, to: SocketAddr) {
        if let Some(law) = self.format.codec.law() {
            g711::convert(self.line_law, law, self.packetiser.collected());
        }
        let octets = self.packetiser.collected().len();
        let payload_type = self.format.payload_type;
        let packetiser = &mut self.packetiser;
        let queued = self.queue.push(TransmitKind::Rtp, to, |buffer| packetiser.emit(payload_type, buffer));
        self.count_sent(queued, octets);
    }

    fn send_silence(&mut self, to: SocketAddr, silence: &comfort_noise::Payload) {
        let mut payload = [0; 1 + comfort_noise::MOST_COEFFICIENTS];
        let length = silence.emit(&mut payload).unwrap_or(0);
        let payload = payload.get(..length).unwrap_or_default();
        let packetiser = &mut self.packetiser;
        let emit = |buffer: &mut [u8]| packetiser.emit_silence(comfort_noise::PAYLOAD_TYPE, payload, buffer);
        let queued = self.queue.push(TransmitKind::Rtp, to, emit);
        self.counters.comfort_noise_sent += u64::from(queued);
        self.count_sent(queued, length);
    }

    fn count_sent(&mut self, queued: bool, octets: usize) {
        if queued {
            self.counters.packets_sent += 1;
            self.counters.bytes_sent += u64::try_from(octets).unwrap_or(0);
        } else {
            self.packetiser.discard();
            self.counters.send_overflows += 1;
        }
    }

    /// Begins the digit's telephone event, after those that were given before; audio pauses meanwhile. It lasts until
    /// [`Stream::release_digit`]. False, and nothing is sent, when events were not agreed, the character is none of
    /// [`crate::telephone_event::event_of_digit`], or too many wait.
    pub fn press_digit(&mut self, digit: char) -> bool {
        self.telephone_event.is_some() && self.keying.press(digit)
    }

    /// Ends the event of a digit that lasted `ms` milliseconds; without a beginning the whole is sent. False as for [`Stream::press_digit`].
    pub fn release_digit(&mut self, digit: char, ms: u32) -> bool {
        self.telephone_event.is_some() && self.keying.release(digit, ms)
    }

    /// Queues the reports that are due; true when this block belongs to an event and its audio is not sent.
    fn send_events(&mut self, to: SocketAddr) -> bool {
        let Some(payload_type) = self.telephone_event else { return false };
        let in_event = self.keying.handle_block(self.packetiser.timestamp());
        while let Some(report) = self.keying.poll_report() {
            let packetiser = &mut self.packetiser;
            if self.queue.push(TransmitKind::Rtp, to, |buffer| packetiser.emit_event(payload_type, report, buffer)) {
                self.counters.packets_sent += 1;
                self.counters.bytes_sent += u64::try_from(report.payload.emit().len()).unwrap_or(0);
            } else {
                self.counters.send_overflows += 1;
            }
        }
        in_event
    }

    /// Fills one block for the line and says what it is: in line law, with silence, or what [`StreamConfig::conceal`] makes up, for what is
    /// not there; or octets of an encoded codec.
    pub fn ip_to_line(&mut self, block: &mut [u8; BLOCK]) -> Filled {
        let ended = self.digits.handle_block();
        self.report_digit(ended);
        let (filled, second) = if self.direction.receives() { self.playback.pull(block) } else { self.playback.deaf(block) };
        if second {
            self.complete_second();
        }
        filled
    }

    /// For each octet of the last block of [`Stream::ip_to_line`], whether it was received.
    #[must_use]
    pub const fn present(&self) -> &[bool; BLOCK] {
        self.playback.buffer.present()
    }

    /// The samples that the layer above made of an encoded block, for the level of the second.
    pub fn sounded(&mut self, samples: &[i16; BLOCK]) {
        self.playback.meter.sound(samples);
    }

    /// Next datagram to send.
    pub fn poll_transmit(&mut self) -> Option<Transmit<'_>> {
        self.queue.pop()
    }

    /// Next event for the layer above.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// When to call [`Stream::handle_timeout`]; `None` before the first call that has a `now`.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.timers.next_deadline()
    }

    /// Runs what is due. `wall` is the time since 1900-01-01 00:00 UTC, for the NTP time in sender reports.
    pub fn handle_timeout(&mut self, now: Instant, wall: Duration) {
        self.tick(now);
        while let Some(timer) = self.timers.expire(now) {
            match timer {
                Timer::Report => self.send_report(now, wall),
                Timer::Silence => self.fall_silent(now),
            }
        }
    }

    fn send_report(&mut self, now: Instant, wall: Duration) {
        let interval = self.reports.next_interval();
        self.timers.set(Timer::Report, now + interval);
        let since_line = self.clock.map_or(Duration::ZERO, |clock| now.saturating_duration_since(clock.line));
        let samples = u32::try_from(since_line.as_micros() / 125).unwrap_or(0);
        let sent = Sent {
            packets: self.counters.packets_sent,
            octets: self.counters.bytes_sent,
            rtp_now: self.packetiser.timestamp().wrapping_add(samples),
        };
        let metrics = self.voip_metrics();
        let heard = Heard { reception: self.source.reception_mut(), metrics };
        let (to, reports) = (self.latch.rtcp(), &mut self.reports);
        // Judged by the RTP address: the port after port 0 is a port.
        if is_nowhere(self.latch.rtp()) {
            return;
        }
        let queued = self.queue.push(TransmitKind::Rtcp, to, |buffer| reports.report(now, wall, sent, heard, buffer));
        self.counters.reports_sent += u64::from(queued);
    }

    fn fall_silent(&mut self, now: Instant) {
        let silent_for = self.clock.map_or(SILENCE, |clock| now.saturating_duration_since(clock.alive));
        tracing::warn!("rtp[{}]{{{}}}: nothing for {silent_for:?} -> timeout", self.latch.rtp(), self.direction.name());
        self.push_event(Event::RtpTimeout { silent_for });
    }

    fn push_event(&mut self, event: Event) {
        if self.events.len() < EVENTS {
            self.events.push_back(event);
        } else {
            self.counters.event_overflows += 1;
        }
    }

    /// A new agreement on the same session (re-INVITE): peer's address, codec to send, direction seen from this end.
    /// Sequence numbers, timestamps and SSRC go on.
    pub fn redirect(&mut self, remote: SocketAddr, format: Format, direction: Direction) {
        if remote != self.latch.signalled() {
            self.latch.redirect(remote);
            self.reports.forget_peer();
        }
        if direction.receives() && !self.direction.receives() {
            self.playback.reset();
        }
        if format.codec.is_encoded() != self.format.codec.is_encoded() {
            // What was collected is of the other kind.
            self.packetiser.suppress();
        }
        self.format = format;
        self.direction = direction;
        if let Some(clock) = self.clock {
            self.rearm_silence(clock.latest);
        }
    }

    /// Whether comfort noise is agreed on from now on (re-INVITE).
    pub const fn set_comfort_noise(&mut self, agreed: bool) {
        self.comfort_noise = agreed;
    }

    /// Queues RTCP BYE, the last thing to send.
    pub fn goodbye(&mut self) {
        let Some(clock) = self.clock else { return };
        self.timers.stop(Timer::Report);
        if is_nowhere(self.latch.rtp()) {
            return;
        }
        let metrics = self.voip_metrics();
        let heard = Heard { reception: self.source.reception_mut(), metrics };
        let (to, reports) = (self.latch.rtcp(), &self.reports);
        let queued = self.queue.push(TransmitKind::Rtcp, to, |buffer| reports.goodbye(clock.latest, heard, buffer));
        self.counters.reports_sent += u64::from(queued);
    }

    /// Another depth or kind of jitter buffer from now on: [`Mode::Data`] when a fax is heard. What waits is played on.
    pub const fn set_jitter(&mut self, mode: Mode) {
        self.playback.buffer.set_mode(mode);
    }

    /// Another packet time from now on: 10 to 60 ms in steps of 10, others are brought there.
    pub fn set_ptime(&mut self, ptime_ms: u8) {
        self.packetiser.set_ptime(ptime_ms);
    }

    /// Counts so far.
    #[must_use]
    pub fn stats(&self) -> StreamStats {
        let buffer = self.playback.buffer.counters();
        let mut stats = self.counters;
        if let Some(reception) = self.source.reception() {
            stats.lost += reception.lost();
            stats.jitter = reception.jitter();
        }
        stats.late = buffer.late;
        stats.resets += buffer.resyncs;
        stats.timestamp_jumps = buffer.timestamp_jumps;
        stats.stray_timestamps = buffer.stray_timestamps;
        stats.overflows = buffer.overflows;
        stats.overflow_blocks = buffer.overflow_blocks;
        stats.underruns = buffer.underruns;
        stats.concealed = buffer.concealed;
        stats.slips_inserted = buffer.slips_inserted;
        stats.slips_dropped = buffer.slips_dropped;
        stats
    }

    /// Where RTP goes now: the signalled address, or the source that was followed.
    #[must_use]
    pub const fn remote(&self) -> SocketAddr {
        self.latch.rtp()
    }
}

/// An address that means: send nothing (RFC 3264 section 8.4).
const fn is_nowhere(to: SocketAddr) -> bool {
    to.ip().is_unspecified() || to.port() == 0
}
