//! The way in: who may send to a stream, which source it follows, and what each payload type means.

use core::net::SocketAddr;
use std::time::Instant;

use super::{Event, Stream};
use crate::comfort_noise;
use crate::jitter::LONGEST_PAYLOAD;
use crate::reception::{Reception, Verdict};
use crate::rtcp::{self, Blocks, View};
use crate::rtp::Packet;
use crate::telephone_event::{Digit, Payload};
use crate::{Codec, Format, g711};

/// Longest piece of a telephone event that is taken as silence at once: 100 ms, more than the time between reports.
const EVENT_PIECE: u32 = 800;

/// Where the peer is, and how surely.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Latch {
    /// Only what was signalled counts.
    Signalled { rtp: SocketAddr },
    /// The first valid packet will decide.
    Open { rtp: SocketAddr },
    /// It has decided.
    Latched { signalled: SocketAddr, rtp: SocketAddr, rtcp: Option<SocketAddr> },
}

impl Latch {
    pub(super) const fn new(rtp: SocketAddr, symmetric: bool) -> Self {
        if symmetric { Self::Open { rtp } } else { Self::Signalled { rtp } }
    }

    pub(super) const fn signalled(&self) -> SocketAddr {
        match self {
            Self::Signalled { rtp } | Self::Open { rtp } => *rtp,
            Self::Latched { signalled, .. } => *signalled,
        }
    }

    pub(super) const fn rtp(&self) -> SocketAddr {
        match self {
            Self::Signalled { rtp } | Self::Open { rtp } | Self::Latched { rtp, .. } => *rtp,
        }
    }

    /// The port after RTP's, or where RTCP was seen to come from.
    pub(super) const fn rtcp(&self) -> SocketAddr {
        match self {
            Self::Latched { rtcp: Some(rtcp), .. } => *rtcp,
            Self::Signalled { rtp } | Self::Open { rtp } | Self::Latched { rtp, rtcp: None, .. } => {
                let mut next = *rtp;
                next.set_port(rtp.port().saturating_add(1));
                next
            }
        }
    }

    pub(super) const fn redirect(&mut self, to: SocketAddr) {
        *self = match self {
            Self::Signalled { .. } => Self::Signalled { rtp: to },
            Self::Open { .. } | Self::Latched { .. } => Self::Open { rtp: to },
        };
    }

    /// Whether a valid RTP packet from `from` is the peer's.
    fn admit_rtp(&mut self, from: SocketAddr) -> bool {
        match self {
            Self::Signalled { rtp } => rtp.ip() == from.ip(),
            Self::Open { rtp } => {
                *self = Self::Latched { signalled: *rtp, rtp: from, rtcp: None };
                true
            }
            Self::Latched { signalled, rtp, rtcp } => {
                if *rtp == from {
                    return true;
                }
                // Someone else was faster than the peer: the signalled address wins.
                if *signalled == from {
                    *rtp = from;
                    *rtcp = None;
                    return true;
                }
                false
            }
        }
    }

    /// Whether a valid RTCP packet from `from` is the peer's.
    fn admit_rtcp(&mut self, from: SocketAddr) -> bool {
        match self {
            Self::Signalled { rtp } | Self::Open { rtp } => rtp.ip() == from.ip(),
            Self::Latched { rtp, rtcp, .. } => {
                let known = rtp.ip() == from.ip();
                if known && rtcp.is_none() {
                    *rtcp = Some(from);
                }
                known
            }
        }
    }
}

/// The source that is followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Source {
    /// No packet yet.
    Unheard,
    /// One source, and perhaps another that showed up once: its SSRC and the number that would prove it.
    Heard { reception: Reception, contender: Option<(u32, u16)> },
}

impl Source {
    pub(super) const fn reception(&self) -> Option<&Reception> {
        match self {
            Self::Unheard => None,
            Self::Heard { reception, .. } => Some(reception),
        }
    }

    pub(super) const fn reception_mut(&mut self) -> Option<&mut Reception> {
        match self {
            Self::Unheard => None,
            Self::Heard { reception, .. } => Some(reception),
        }
    }
}

/// What a payload type means here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    Audio(Codec),
    TelephoneEvent,
    ComfortNoise,
}

impl Stream {
    /// Takes a datagram that came to the RTP socket.
    pub fn handle_rtp(&mut self, now: Instant, from: SocketAddr, bytes: &[u8]) {
        if let Some((packet, meaning)) = self.admit(now, from, bytes) {
            self.play(&packet, meaning);
        }
    }

    /// The packet, when it is the peer's and new; otherwise it was counted.
    pub(super) fn admit<'a>(&mut self, now: Instant, from: SocketAddr, bytes: &'a [u8]) -> Option<(Packet<'a>, Meaning)> {
        self.tick(now);
        let packet = match Packet::parse(bytes) {
            Ok(packet) if packet.payload.len() <= LONGEST_PAYLOAD => packet,
            Ok(packet) => {
                self.counters.malformed += 1;
                self.complain(self.counters.malformed, from, &format_args!("payload of {} octets", packet.payload.len()));
                return None;
            }
            Err(malformed) => {
                self.counters.malformed += 1;
                self.complain(self.counters.malformed, from, &malformed);
                return None;
            }
        };
        let Some(meaning) = self.meaning_of(packet.payload_type) else {
            self.counters.wrong_payload_type += 1;
            self.complain(self.counters.wrong_payload_type, from, &format_args!("payload type {}", packet.payload_type));
            return None;
        };
        if !self.latch.admit_rtp(from) {
            self.counters.foreign_source += 1;
            self.complain(self.counters.foreign_source, from, &"not the peer");
            return None;
        }
        self.rearm_silence(now);
        if !self.direction.receives() {
            self.counters.unwanted += 1;
            return None;
        }
        if !self.follow(now, &packet, meaning) {
            return None;
        }
        self.counters.packets_received += 1;
        self.counters.bytes_received += u64::try_from(packet.payload.len()).unwrap_or(0);
        if !self.first_packet_seen {
            self.first_packet_seen = true;
            self.push_event(Event::FirstPacket { from });
        }
        Some((packet, meaning))
    }

    /// One log line for the 1st, 2nd, 4th, 8th .. of a kind: a flood of bad packets is not a flood of lines.
    fn complain(&self, count: u64, from: SocketAddr, what: &dyn core::fmt::Display) {
        if count.is_power_of_two() {
            tracing::warn!(
                "rtp[{}]{{{}}}: {what} from {from} -> dropped, {count} so far",
                self.latch.rtp(),
                self.direction.name()
            );
        }
    }

    fn meaning_of(&self, payload_type: u8) -> Option<Meaning> {
        if Some(payload_type) == self.telephone_event {
            Some(Meaning::TelephoneEvent)
        } else if payload_type == self.format.payload_type {
            Some(Meaning::Audio(self.format.codec))
        } else if self.format.codec.is_clear() {
            // Sound in a data call would be taken for data.
            None
        } else if payload_type == comfort_noise::PAYLOAD_TYPE {
            Some(Meaning::ComfortNoise)
        } else {
            let known = Format::of_payload_type(payload_type).filter(|format| format.codec.law().is_some());
            known.map(|format| Meaning::Audio(format.codec))
        }
    }

    /// Judges SSRC and sequence number; true when the packet is to be played.
    fn follow(&mut self, now: Instant, packet: &Packet<'_>, meaning: Meaning) -> bool {
        let verdict = match &mut self.source {
            Source::Unheard => {
                self.source = Source::Heard { reception: Reception::new(packet.ssrc, packet.sequence), contender: None };
                Verdict::InOrder
            }
            Source::Heard { reception, contender } if reception.ssrc() == packet.ssrc => {
                *contender = None;
                reception.accept(packet.sequence)
            }
            Source::Heard { contender, .. } if *contender == Some((packet.ssrc, packet.sequence)) => {
                self.change_source(packet);
                Verdict::InOrder
            }
            Source::Heard { contender, .. } => {
                *contender = Some((packet.ssrc, packet.sequence.wrapping_add(1)));
                Verdict::Stray
            }
        };
        match verdict {
            Verdict::InOrder => {}
            Verdict::Reordered => self.counters.reordered += 1,
            Verdict::Duplicate => self.counters.duplicate += 1,
            Verdict::Stray => self.counters.stray += 1,
            Verdict::Restarted => {
                self.counters.resets += 1;
                self.playback.reset();
                self.metered = None;
                if let Some(reception) = self.source.reception_mut() {
                    reception.forget_transit();
                }
            }
        }
        if matches!(verdict, Verdict::Duplicate | Verdict::Stray) {
            return false;
        }
        // Event packets share one timestamp and would look like jitter.
        if matches!(meaning, Meaning::Audio(_))
            && let (Some(clock), Some(reception)) = (self.clock, self.source.reception_mut())
        {
            let samples = now.saturating_duration_since(clock.first).as_micros() / 125;
            reception.time(u32::try_from(samples & 0xFFFF_FFFF).unwrap_or(0), packet.timestamp);
        }
        true
    }

    fn change_source(&mut self, packet: &Packet<'_>) {
        let old = self.source.reception().map_or(0, |reception| {
            self.counters.lost += reception.lost();
            reception.ssrc()
        });
        self.counters.ssrc_changes += 1;
        self.source = Source::Heard { reception: Reception::new(packet.ssrc, packet.sequence), contender: None };
        self.playback.reset();
        self.metered = None;
        self.reports.forget_peer();
        tracing::debug!("rtp[{}]: ssrc {old:08x} -> {:08x}", self.latch.rtp(), packet.ssrc);
        self.push_event(Event::SsrcChanged { old, new: packet.ssrc });
    }

    fn play(&mut self, packet: &Packet<'_>, meaning: Meaning) {
        match meaning {
            Meaning::Audio(codec) => {
                if let Some(payload) = self.scratch.get_mut(..packet.payload.len()) {
                    payload.copy_from_slice(packet.payload);
                    self.playback.carry(codec);
                    if let Some(law) = codec.law() {
                        g711::convert(law, self.line_law, payload);
                    }
                    self.playback.buffer.push(packet.timestamp, payload);
                }
                let ended = self.digits.handle_audio(packet.timestamp);
                self.report_digit(ended);
            }
            Meaning::ComfortNoise => {
                self.counters.comfort_noise += 1;
                self.playback.describe_silence(&comfort_noise::Payload::parse(packet.payload));
            }
            Meaning::TelephoneEvent => {
                let Some(report) = self.hear_event(packet) else { return };
                let end = packet.timestamp.wrapping_add(u32::from(report.duration));
                let piece = u32::from(report.duration).min(EVENT_PIECE);
                self.playback.buffer.push_silence(end.wrapping_sub(piece), piece);
            }
        }
    }

    /// Takes note of a telephone event's report.
    pub(super) fn hear_event(&mut self, packet: &Packet<'_>) -> Option<Payload> {
        let Some(report) = Payload::parse(packet.payload) else {
            self.counters.malformed += 1;
            return None;
        };
        let before = self.digits.sounding();
        let ended = self.digits.handle_report(packet.timestamp, report);
        self.report_digit(ended);
        if let Some(digit) = self.digits.sounding().filter(|_| before.is_none() || ended.is_some()) {
            self.push_event(Event::DigitBegan { digit });
        }
        Some(report)
    }

    pub(super) fn report_digit(&mut self, digit: Option<Digit>) {
        if let Some(Digit { digit, duration }) = digit {
            self.counters.digits += 1;
            self.push_event(Event::Digit { digit, duration });
        }
    }

    /// Takes a datagram that came to the RTCP socket.
    pub fn handle_rtcp(&mut self, now: Instant, from: SocketAddr, bytes: &[u8]) {
        self.tick(now);
        if let Err(malformed) = rtcp::view(bytes).check() {
            self.counters.malformed_rtcp += 1;
            self.complain(self.counters.malformed_rtcp, from, &malformed);
            return;
        }
        if !self.latch.admit_rtcp(from) {
            self.counters.foreign_source += 1;
            self.complain(self.counters.foreign_source, from, &"not the peer");
            return;
        }
        self.rearm_silence(now);
        self.counters.reports_received += 1;
        for packet in rtcp::view(bytes).flatten() {
            self.handle_report(now, packet);
        }
    }

    fn handle_report(&mut self, now: Instant, packet: View<'_>) {
        match packet {
            View::SenderReport { ssrc, ntp, blocks } => {
                // Before the first RTP packet the reporter is taken for the source: it is the only one that can be.
                if self.source.reception().is_none_or(|reception| reception.ssrc() == ssrc) {
                    self.reports.handle_sender_report(now, ntp);
                }
                self.handle_blocks(now, blocks);
            }
            View::ReceiverReport { blocks, .. } => self.handle_blocks(now, blocks),
            View::Goodbye => self.counters.goodbyes_received += 1,
            View::ExtendedReport(metrics) => {
                self.counters.extended_reports_received += 1;
                self.peer_metrics = metrics.filter(|metrics| metrics.ssrc == self.ssrc).or(self.peer_metrics);
            }
            View::SourceDescription | View::Other { .. } => {}
        }
    }

    fn handle_blocks(&mut self, now: Instant, blocks: Blocks<'_>) {
        if let Some((block, rtt)) = self.reports.handle_blocks(now, blocks) {
            self.counters.peer_lost = block.cumulative_lost;
            self.counters.peer_fraction_lost = block.fraction_lost;
            self.counters.peer_jitter = block.jitter;
            self.counters.rtt = rtt.or(self.counters.rtt);
        }
    }
}
