//! From one stream to another without a jitter buffer between them: a call whose two ends are RTP and speak the same.
//!
//! ```text
//! each arrival: if let Some(passing) = left.accept_rtp(now, from, bytes) { right.pass(now, &passing); }
//! ```
//!
//! A packet goes on at once, with this end's SSRC and with numbers and timestamps that keep the distances of those it came with: what was lost or
//! came out of order before is so behind, and the far end's jitter buffer sees it. A new source, or one whose numbers begin anew, goes on where the last one
//! ended. Each stream has its own RTCP, as when it plays. G.711's two laws are converted.
//!
//! The meter takes a packet that was passed over for lost, though it may come out of order later. Left out: other conversions, and packet times
//! that the far end did not ask for.

use core::net::SocketAddr;
use std::time::Instant;

use super::incoming::Meaning;
use super::outgoing::TransmitKind;
use super::{Stream, is_nowhere};
use crate::jitter::{LONGEST_PAYLOAD, Played};
use crate::rtp::Packet;
use crate::{BLOCK, Codec, comfort_noise, g711};

/// Missing packets that the meter is told of at once at most: more is no loss but a jump.
const MOST_MISSING: u16 = 100;

/// Distances from the number before that are no loss and no reordering, but a source that begins anew: MAX_DROPOUT and MAX_MISORDER of RFC 3550
/// annex A.1.
const JUMP: std::ops::Range<u16> = 3000..u16::MAX - 99;

/// A packet on its way from one stream to another.
#[derive(Debug, Clone)]
pub struct Passing<'a> {
    packet: Packet<'a>,
    meaning: Meaning,
}

/// What is added to numbers and timestamps of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Offsets {
    ssrc: u32,
    sequence: u16,
    timestamp: u32,
    /// The number that came last.
    latest: u16,
}

impl Stream {
    /// Takes a datagram that came to the RTP socket, as [`Stream::handle_rtp`] does, but gives it back instead of playing it.
    pub fn accept_rtp<'a>(&mut self, now: Instant, from: SocketAddr, bytes: &'a [u8]) -> Option<Passing<'a>> {
        let (packet, meaning) = self.admit(now, from, bytes)?;
        match meaning {
            Meaning::Audio(codec) => {
                let ended = self.digits.handle_audio(packet.timestamp);
                self.report_digit(ended);
                self.meter(&packet, codec);
            }
            Meaning::ComfortNoise => self.counters.comfort_noise += 1,
            Meaning::TelephoneEvent => {
                self.hear_event(&packet)?;
            }
        }
        Some(Passing { packet, meaning })
    }

    /// Sends what came to the other stream. False, and nothing is sent, when this peer does not receive now, or not such a thing.
    pub fn pass(&mut self, now: Instant, passing: &Passing<'_>) -> bool {
        self.tick(now);
        if let Some(clock) = &mut self.clock {
            clock.line = now;
        }
        let to = self.latch.rtp();
        let Some(payload_type) = self.payload_type_of(passing.meaning) else { return false };
        if !self.direction.sends() || is_nowhere(to) {
            return false;
        }
        let (offsets, begins) = self.offsets(&passing.packet);
        let mut octets = [0; LONGEST_PAYLOAD];
        let payload = self.converted(passing, &mut octets);
        let samples = u32::try_from(payload.len()).unwrap_or(0);
        let packet = Packet {
            marker: passing.packet.marker || begins,
            payload_type,
            sequence: passing.packet.sequence.wrapping_add(offsets.sequence),
            timestamp: passing.packet.timestamp.wrapping_add(offsets.timestamp),
            ssrc: 0,
            csrcs: &[],
            extension: None,
            payload,
            padding: 0,
        };
        let length = payload.len();
        let packetiser = &mut self.packetiser;
        let queued = self.queue.push(TransmitKind::Rtp, to, |buffer| packetiser.emit_passing(&packet, samples, buffer));
        if queued {
            self.counters.packets_sent += 1;
            self.counters.bytes_sent += u64::try_from(length).unwrap_or(0);
        } else {
            self.counters.send_overflows += 1;
        }
        queued
    }

    const fn payload_type_of(&self, meaning: Meaning) -> Option<u8> {
        match meaning {
            // The two laws are converted, an encoded codec passes to a peer that has it too.
            Meaning::Audio(codec) if codec.is_encoded() == self.format.codec.is_encoded() => Some(self.format.payload_type),
            Meaning::Audio(_) => None,
            Meaning::TelephoneEvent => self.telephone_event,
            Meaning::ComfortNoise if self.comfort_noise => Some(comfort_noise::PAYLOAD_TYPE),
            Meaning::ComfortNoise => None,
        }
    }

    /// In this peer's law.
    fn converted<'a>(&self, passing: &Passing<'a>, octets: &'a mut [u8; LONGEST_PAYLOAD]) -> &'a [u8] {
        let whole = passing.packet.payload;
        let Meaning::Audio(codec) = passing.meaning else { return whole };
        let (Some(from), Some(to)) = (codec.law(), self.format.codec.law()) else { return whole };
        let Some(payload) = octets.get_mut(..whole.len()).filter(|_| from != to) else { return whole };
        payload.copy_from_slice(whole);
        g711::convert(from, to, payload);
        payload
    }

    /// Those of the packet's source, and whether it is its first.
    fn offsets(&mut self, packet: &Packet<'_>) -> (Offsets, bool) {
        let known =
            self.offsets.filter(|known| known.ssrc == packet.ssrc && !JUMP.contains(&packet.sequence.wrapping_sub(known.latest)));
        let (sequence, timestamp) = self.packetiser.next();
        let mut offsets = known.unwrap_or_else(|| Offsets {
            ssrc: packet.ssrc,
            sequence: sequence.wrapping_sub(packet.sequence),
            timestamp: timestamp.wrapping_sub(packet.timestamp),
            latest: packet.sequence,
        });
        if packet.sequence.wrapping_sub(offsets.latest) < 0x8000 {
            offsets.latest = packet.sequence;
        }
        self.offsets = Some(offsets);
        (offsets, known.is_none())
    }

    /// Tells the meter what came and what did not.
    fn meter(&mut self, packet: &Packet<'_>, codec: Codec) {
        let blocks = u32::try_from(packet.payload.len().div_ceil(BLOCK)).unwrap_or(1).max(1);
        let missing = self.metered.map_or(0, |last| packet.sequence.wrapping_sub(last).wrapping_sub(1));
        if missing >= 0x8000 {
            return;
        }
        self.metered = Some(packet.sequence);
        let missing = if missing > MOST_MISSING { 0 } else { u32::from(missing) };
        for _ in 0..missing * blocks {
            if codec.law().is_some() {
                self.playback.meter.sound(&[0; BLOCK]);
            }
            self.meter_block(Played::Concealed, blocks);
        }
        for octets in packet.payload.chunks(BLOCK) {
            if let Some(law) = codec.law() {
                let mut samples = [0; BLOCK];
                g711::decode_slice(law, octets, &mut samples);
                self.playback.meter.sound(&samples);
            }
            self.meter_block(Played::Audio, blocks);
        }
    }

    fn meter_block(&mut self, played: Played, blocks: u32) {
        if self.playback.meter.block(played, blocks) {
            self.complete_second();
        }
    }
}
