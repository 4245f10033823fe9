//! Random packets and orders of arrival, from a seed.

use media::rtp::{Extension, Packet};
use media::srtp::{Keys, Mki};
use sansio::sim::SplitMix64;

/// Room behind a packet for what SRTP adds.
const ROOM: usize = 64;

pub(crate) struct Random(pub(crate) SplitMix64);

impl Random {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(SplitMix64::new(seed))
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.0.below(bound as u64)).unwrap()
    }

    pub(crate) fn octets(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.0.next_u64() as u8).collect()
    }

    pub(crate) fn keys(&mut self, mki: Mki) -> Keys {
        Keys::from_inline(self.octets(30).try_into().unwrap(), mki)
    }

    /// An RTP packet of any shape.
    pub(crate) fn rtp(&mut self, ssrc: u32, sequence: u16) -> Vec<u8> {
        let (csrcs, words) = (self.below(16), self.below(10));
        let csrcs = if self.below(2) == 0 { self.octets(4 * csrcs) } else { Vec::new() };
        let extension = self.octets(4 * words);
        let payload = if self.below(4) == 0 { self.below(8) } else { self.below(1401) };
        let payload = self.octets(payload);
        let packet = Packet {
            marker: self.below(2) == 0,
            payload_type: self.0.next_u64() as u8 & 0x7F,
            sequence,
            timestamp: self.0.next_u64() as u32,
            ssrc,
            csrcs: &csrcs,
            // Of no profile that anybody reads.
            extension: (self.below(3) == 0).then_some(Extension { profile: 0x1234, data: &extension }),
            payload: &payload,
            padding: if self.below(4) == 0 { 1 + self.0.next_u64() as u8 % 255 } else { 0 },
        };
        let mut bytes = vec![0; packet.emitted_length()];
        packet.emit(&mut bytes).unwrap();
        bytes
    }

    /// A receiver report with some octets behind it, a multiple of 4 as RTCP has it.
    pub(crate) fn rtcp(&mut self, ssrc: u32) -> Vec<u8> {
        let mut bytes = vec![0x80, 201, 0, 1];
        bytes.extend(ssrc.to_be_bytes());
        let tail = 4 * self.below(60);
        bytes.extend(self.octets(tail));
        bytes
    }

    /// `count` numbers from `first` on, each displaced by up to `reach` places, some missing, some twice.
    pub(crate) fn arrivals(&mut self, first: u64, count: u64, reach: usize) -> Vec<u64> {
        let mut arrivals: Vec<(usize, u64)> = Vec::new();
        for number in first..first + count {
            for _ in 0..[1, 1, 1, 1, 1, 1, 0, 2][self.below(8)] {
                arrivals.push((arrivals.len() + self.below(reach), number));
            }
        }
        arrivals.sort();
        arrivals.into_iter().map(|(_, number)| number).collect()
    }
}

/// The packet with room behind it.
pub(crate) fn with_room(packet: &[u8]) -> Vec<u8> {
    let mut buffer = packet.to_vec();
    buffer.resize(packet.len() + ROOM, 0);
    buffer
}
