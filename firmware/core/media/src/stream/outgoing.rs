//! The way out: line blocks collected to packets, and the queue of datagrams. Allocates only when made.

use core::net::SocketAddr;

use crate::BLOCK;
use crate::rtp::{HEADER, Packet};
use crate::telephone_event::Report;

/// Blocks in the longest packet sent (60 ms).
const MOST_BLOCKS: usize = 6;
/// Octets in one place of the queue: the longest RTP packet is 492, the longest RTCP compound (SR with one block, SDES
/// with a name of 255 octets, XR with VoIP metrics, BYE) 372.
const SLOT: usize = 512;
const _: () = assert!(HEADER + MOST_BLOCKS * BLOCK <= SLOT);
/// Datagrams that wait for `poll_transmit` at most.
const SLOTS: usize = 8;

/// Which of the two ports a datagram belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransmitKind {
    /// From the RTP socket.
    Rtp,
    /// From the RTCP socket.
    Rtcp,
}

/// A datagram to send now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transmit<'a> {
    /// Which socket sends it.
    pub kind: TransmitKind,
    /// Where it goes.
    pub to: SocketAddr,
    /// What it carries.
    pub bytes: &'a [u8],
}

#[derive(Debug, Clone)]
struct Slot {
    kind: TransmitKind,
    to: SocketAddr,
    length: usize,
    bytes: [u8; SLOT],
}

/// Datagrams that wait to be sent.
#[derive(Debug, Clone)]
pub(super) struct Queue {
    slots: Box<[Slot]>,
    first: usize,
    waiting: usize,
}

impl Queue {
    pub(super) fn new(to: SocketAddr) -> Self {
        let slot = Slot { kind: TransmitKind::Rtp, to, length: 0, bytes: [0; SLOT] };
        Self { slots: vec![slot; SLOTS].into_boxed_slice(), first: 0, waiting: 0 }
    }

    /// Lets `fill` write a datagram and say its length; false when the queue is full or nothing was written.
    pub(super) fn push(&mut self, kind: TransmitKind, to: SocketAddr, fill: impl FnOnce(&mut [u8]) -> Option<usize>) -> bool {
        if self.waiting >= SLOTS {
            return false;
        }
        let index = (self.first + self.waiting) % SLOTS;
        let Some(slot) = self.slots.get_mut(index) else { return false };
        let Some(length) = fill(&mut slot.bytes) else { return false };
        slot.kind = kind;
        slot.to = to;
        slot.length = length;
        self.waiting += 1;
        true
    }

    pub(super) fn pop(&mut self) -> Option<Transmit<'_>> {
        self.waiting = self.waiting.checked_sub(1)?;
        let slot = self.slots.get(self.first)?;
        self.first = (self.first + 1) % SLOTS;
        Some(Transmit { kind: slot.kind, to: slot.to, bytes: slot.bytes.get(..slot.length)? })
    }
}

/// Collects line blocks until a packet is whole.
#[derive(Debug, Clone)]
pub(super) struct Packetiser {
    ssrc: u32,
    sequence: u16,
    /// Timestamp of the next sample of the line.
    timestamp: u32,
    blocks_per_packet: usize,
    collected: [u8; MOST_BLOCKS * BLOCK],
    blocks: usize,
    /// The next packet begins a talk spurt.
    marker: bool,
    /// Blocks in a row that are missing.
    missed: usize,
}

impl Packetiser {
    pub(super) fn new(ssrc: u32, sequence: u16, timestamp: u32, ptime_ms: u8) -> Self {
        Self {
            ssrc,
            sequence,
            timestamp,
            blocks_per_packet: blocks(ptime_ms),
            collected: [0; MOST_BLOCKS * BLOCK],
            blocks: 0,
            marker: true,
            missed: 0,
        }
    }

    /// Timestamp of the next sample.
    pub(super) const fn timestamp(&self) -> u32 {
        self.timestamp
    }

    /// The clock runs on but the block is not sent.
    pub(super) const fn pass(&mut self) {
        self.timestamp = self.timestamp.wrapping_add(BLOCK as u32);
        self.blocks = 0;
        self.marker = true;
    }

    /// Number and timestamp of the next packet.
    pub(super) const fn next(&self) -> (u16, u32) {
        (self.sequence, self.timestamp)
    }

    /// Writes a packet that came from elsewhere; the next one follows the latest so far.
    pub(super) fn emit_passing(&mut self, packet: &Packet<'_>, samples: u32, buffer: &mut [u8]) -> Option<usize> {
        let next = packet.sequence.wrapping_add(1);
        if next.wrapping_sub(self.sequence) < 0x8000 {
            (self.sequence, self.timestamp) = (next, packet.timestamp.wrapping_add(samples));
        }
        Packet { ssrc: self.ssrc, ..*packet }.emit(buffer).ok()
    }

    /// The clock runs on but the block was lost. A number is used up for each packet's worth, so that the far end counts and conceals it.
    pub(super) const fn miss(&mut self) {
        self.timestamp = self.timestamp.wrapping_add(BLOCK as u32);
        if self.missed.is_multiple_of(self.blocks_per_packet) {
            self.sequence = self.sequence.wrapping_add(1);
        }
        self.missed += 1;
    }

    /// Takes a block; true when the packet is now whole and [`Packetiser::emit`] is to be called.
    pub(super) fn collect(&mut self, block: &[u8; BLOCK]) -> bool {
        let start = self.blocks * BLOCK;
        if let Some(place) = self.collected.get_mut(start..start + BLOCK) {
            place.copy_from_slice(block);
        }
        self.blocks += 1;
        self.missed = 0;
        self.timestamp = self.timestamp.wrapping_add(BLOCK as u32);
        self.blocks >= self.blocks_per_packet
    }

    /// The collected line octets, to be converted in place.
    pub(super) fn collected(&mut self) -> &mut [u8] {
        let length = self.blocks * BLOCK;
        self.collected.get_mut(..length).unwrap_or_default()
    }

    /// Writes the packet, starts the next one, and says how long the datagram is.
    pub(super) fn emit(&mut self, payload_type: u8, buffer: &mut [u8]) -> Option<usize> {
        let payload = self.collected.get(..self.blocks * BLOCK).unwrap_or_default();
        let written = self.packet(payload_type, self.marker, payload).emit(buffer).ok();
        self.sequence = self.sequence.wrapping_add(1);
        self.blocks = 0;
        self.marker = false;
        written
    }

    /// Writes a description of the silence in the packet's place.
    pub(super) fn emit_silence(&mut self, payload_type: u8, payload: &[u8], buffer: &mut [u8]) -> Option<usize> {
        let written = self.packet(payload_type, false, payload).emit(buffer).ok();
        self.sequence = self.sequence.wrapping_add(1);
        self.suppress();
        written
    }

    fn packet<'a>(&self, payload_type: u8, marker: bool, payload: &'a [u8]) -> Packet<'a> {
        let samples = u32::try_from(self.blocks * BLOCK).unwrap_or(0);
        Packet {
            marker,
            payload_type,
            sequence: self.sequence,
            timestamp: self.timestamp.wrapping_sub(samples),
            ssrc: self.ssrc,
            csrcs: &[],
            extension: None,
            payload,
            padding: 0,
        }
    }

    /// The packet is silence and not sent: no number is used up, the next one begins a talk spurt.
    pub(super) const fn suppress(&mut self) {
        self.blocks = 0;
        self.marker = true;
    }

    /// Another packet time; the packet that is being collected ends with it when it is long enough.
    pub(super) fn set_ptime(&mut self, ptime_ms: u8) {
        self.blocks_per_packet = blocks(ptime_ms);
    }

    /// Writes a telephone event's report; its number is used up even when there is no room for it.
    pub(super) fn emit_event(&mut self, payload_type: u8, report: Report, buffer: &mut [u8]) -> Option<usize> {
        let packet = Packet {
            marker: report.marker,
            payload_type,
            sequence: self.sequence,
            timestamp: report.timestamp,
            ssrc: self.ssrc,
            csrcs: &[],
            extension: None,
            payload: &report.payload.emit(),
            padding: 0,
        };
        self.sequence = self.sequence.wrapping_add(1);
        packet.emit(buffer).ok()
    }

    /// The packet cannot be sent: its number is used up nevertheless, so that the far end counts it as lost.
    pub(super) const fn discard(&mut self) {
        self.sequence = self.sequence.wrapping_add(1);
        self.blocks = 0;
    }
}

fn blocks(ptime_ms: u8) -> usize {
    usize::from(crate::offer::nearest_ptime(u32::from(ptime_ms)) / 10).clamp(1, MOST_BLOCKS)
}
