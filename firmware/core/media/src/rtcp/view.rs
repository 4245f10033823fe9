//! A compound RTCP packet read in place: what a stream needs of it, without taking memory.

use super::extended::{VOIP_METRICS, VoipMetrics};
use super::packet_type::{EXTENDED_REPORT, GOODBYE, RECEIVER_REPORT, SENDER_REPORT, SOURCE_DESCRIPTION};
use super::parse::{Malformed, Raw, next_raw, parse_block, walk_extended_blocks, walk_goodbye, walk_source_description};
use super::{REPORT_BLOCK, ReportBlock};
use crate::octets::Reader;

/// The packets of a datagram, in order. Ends behind the first malformed one.
#[derive(Debug, Clone)]
pub struct Compound<'a> {
    reader: Reader<'a>,
    failed: bool,
}

/// One packet of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View<'a> {
    /// SR (RFC 3550 section 6.4.1).
    SenderReport {
        /// Who reports.
        ssrc: u32,
        /// Wall clock when sent.
        ntp: u64,
        /// What it received.
        blocks: Blocks<'a>,
    },
    /// RR (section 6.4.2).
    ReceiverReport {
        /// Who reports.
        ssrc: u32,
        /// What it received.
        blocks: Blocks<'a>,
    },
    /// SDES.
    SourceDescription,
    /// BYE.
    Goodbye,
    /// XR (RFC 3611) with its first VoIP metrics block, when it has one.
    ExtendedReport(Option<VoipMetrics>),
    /// Any other type.
    Other {
        /// Packet type, 192 to 223.
        packet_type: u8,
    },
}

/// Report blocks on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blocks<'a>(&'a [u8]);

impl Blocks<'_> {
    /// One after another.
    pub fn iter(&self) -> impl Iterator<Item = ReportBlock> + '_ {
        self.0.chunks_exact(REPORT_BLOCK).filter_map(|octets| parse_block(&mut Reader::new(octets)))
    }
}

/// The packets of a datagram.
#[must_use]
pub const fn view(bytes: &[u8]) -> Compound<'_> {
    Compound { reader: Reader::new(bytes), failed: false }
}

impl Compound<'_> {
    /// Reads to the end.
    ///
    /// # Errors
    /// The first thing that is wrong; an empty datagram is wrong too.
    pub fn check(self) -> Result<(), Malformed> {
        let mut any = false;
        for packet in self {
            packet?;
            any = true;
        }
        if any { Ok(()) } else { Err(Malformed::Empty) }
    }
}

impl<'a> Iterator for Compound<'a> {
    type Item = Result<View<'a>, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed || self.reader.is_empty() {
            return None;
        }
        let packet = next_raw(&mut self.reader).and_then(|raw| {
            let packet_type = raw.packet_type;
            view_of(raw).ok_or(Malformed::Short { packet_type, part: "fields" })
        });
        self.failed = packet.is_err();
        Some(packet)
    }
}

fn view_of(raw: Raw<'_>) -> Option<View<'_>> {
    let Raw { packet_type, count, body } = raw;
    let mut reader = Reader::new(body);
    match packet_type {
        SENDER_REPORT => {
            let (ssrc, ntp) = (reader.u32()?, reader.u64()?);
            reader.bytes(12)?;
            let blocks = Blocks(reader.bytes(usize::from(count) * REPORT_BLOCK)?);
            Some(View::SenderReport { ssrc, ntp, blocks })
        }
        RECEIVER_REPORT => {
            let ssrc = reader.u32()?;
            let blocks = Blocks(reader.bytes(usize::from(count) * REPORT_BLOCK)?);
            Some(View::ReceiverReport { ssrc, blocks })
        }
        SOURCE_DESCRIPTION => walk_source_description(body, count, |_| {}).map(|()| View::SourceDescription),
        GOODBYE => walk_goodbye(body, count, |_| {}).map(|_| View::Goodbye),
        EXTENDED_REPORT => {
            let mut metrics = None;
            walk_extended_blocks(body, |block_type, _, content| {
                if block_type == VOIP_METRICS {
                    metrics = metrics.or_else(|| VoipMetrics::parse(content));
                }
            })?;
            Some(View::ExtendedReport(metrics))
        }
        packet_type => Some(View::Other { packet_type }),
    }
}
