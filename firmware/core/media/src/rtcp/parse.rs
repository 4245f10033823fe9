//! Reads a compound RTCP packet (RFC 3550 sections 6.4 to 6.7, validity A.2).

use thiserror::Error;

use super::extended::{ExtendedBlock, ExtendedReport, VOIP_METRICS, VoipMetrics};
use super::packet_type::{EXTENDED_REPORT, GOODBYE, RECEIVER_REPORT, SENDER_REPORT, SOURCE_DESCRIPTION};
use super::{Chunk, Goodbye, Packet, ReceiverReport, ReportBlock, SenderReport};
use crate::octets::Reader;

/// Packet types that can be RTCP at all (RFC 5761 section 4).
const TYPES: core::ops::RangeInclusive<u8> = 192..=223;

/// Why octets are no compound RTCP packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Malformed {
    /// The datagram is empty.
    #[error("rtcp datagram is empty")]
    Empty,
    /// The datagram ends inside a packet.
    #[error("rtcp packet type {packet_type} ends inside its {part}")]
    Short {
        /// Type of that packet; 0 when not even that was there.
        packet_type: u8,
        /// The part that is cut.
        part: &'static str,
    },
    /// Version other than 2.
    #[error("rtcp version is {0}, not 2")]
    Version(u8),
    /// A type outside 192 to 223.
    #[error("rtcp packet type is {0}, not 192 to 223")]
    Type(u8),
    /// The padding count is 0 or more than there is.
    #[error("rtcp padding count is {count} with {available} octets left")]
    Padding {
        /// The last octet.
        count: u8,
        /// Octets after the header.
        available: usize,
    },
}

/// Takes a datagram apart.
///
/// # Errors
/// [`Malformed`] when any packet in it is cut or is not RTCP version 2.
pub fn parse(bytes: &[u8]) -> Result<Vec<Packet>, Malformed> {
    let mut reader = Reader::new(bytes);
    let mut packets = Vec::new();
    while !reader.is_empty() {
        let raw = next_raw(&mut reader)?;
        let packet_type = raw.packet_type;
        packets.push(parse_packet(raw).ok_or(Malformed::Short { packet_type, part: "fields" })?);
    }
    if packets.is_empty() { Err(Malformed::Empty) } else { Ok(packets) }
}

/// One packet, its body unread.
#[derive(Debug, Clone, Copy)]
pub(super) struct Raw<'a> {
    pub(super) packet_type: u8,
    /// The five bits beside the version.
    pub(super) count: u8,
    /// Behind the 4 octet header, without padding.
    pub(super) body: &'a [u8],
}

pub(super) fn next_raw<'a>(reader: &mut Reader<'a>) -> Result<Raw<'a>, Malformed> {
    let [first, packet_type] = reader.array().ok_or(Malformed::Short { packet_type: 0, part: "header" })?;
    if first >> 6 != 2 {
        return Err(Malformed::Version(first >> 6));
    }
    if !TYPES.contains(&packet_type) {
        return Err(Malformed::Type(packet_type));
    }
    let words = reader.u16().ok_or(Malformed::Short { packet_type, part: "header" })?;
    let mut body = reader.bytes(4 * usize::from(words)).ok_or(Malformed::Short { packet_type, part: "body" })?;
    if first & 0x20 != 0 {
        body = strip_padding(body)?;
    }
    Ok(Raw { packet_type, count: first & 0x1F, body })
}

fn parse_packet(raw: Raw<'_>) -> Option<Packet> {
    let Raw { packet_type, count, body } = raw;
    match packet_type {
        SENDER_REPORT => parse_sender_report(body, count).map(Packet::SenderReport),
        RECEIVER_REPORT => parse_receiver_report(body, count).map(Packet::ReceiverReport),
        SOURCE_DESCRIPTION => parse_source_description(body, count).map(Packet::SourceDescription),
        GOODBYE => parse_goodbye(body, count).map(Packet::Goodbye),
        EXTENDED_REPORT => parse_extended_report(body, count).map(Packet::ExtendedReport),
        other => Some(Packet::Other { packet_type: other, count, body: body.to_vec() }),
    }
}

fn strip_padding(body: &[u8]) -> Result<&[u8], Malformed> {
    let count = body.last().copied().unwrap_or(0);
    let wrong = Malformed::Padding { count, available: body.len() };
    if count == 0 || !count.is_multiple_of(4) {
        return Err(wrong);
    }
    let length = body.len().checked_sub(usize::from(count)).ok_or(wrong)?;
    body.get(..length).ok_or(wrong)
}

fn parse_sender_report(body: &[u8], count: u8) -> Option<SenderReport> {
    let mut reader = Reader::new(body);
    let ssrc = reader.u32()?;
    let ntp = reader.u64()?;
    let rtp = reader.u32()?;
    let packets = reader.u32()?;
    let octets = reader.u32()?;
    let blocks = parse_blocks(&mut reader, count)?;
    Some(SenderReport { ssrc, ntp, rtp, packets, octets, blocks, extension: reader.rest().to_vec() })
}

fn parse_receiver_report(body: &[u8], count: u8) -> Option<ReceiverReport> {
    let mut reader = Reader::new(body);
    let ssrc = reader.u32()?;
    let blocks = parse_blocks(&mut reader, count)?;
    Some(ReceiverReport { ssrc, blocks, extension: reader.rest().to_vec() })
}

fn parse_blocks(reader: &mut Reader<'_>, count: u8) -> Option<Vec<ReportBlock>> {
    (0..count).map(|_| parse_block(reader)).collect()
}

pub(super) fn parse_block(reader: &mut Reader<'_>) -> Option<ReportBlock> {
    let ssrc = reader.u32()?;
    let loss = reader.u32()?;
    Some(ReportBlock {
        ssrc,
        fraction_lost: loss.to_be_bytes().first().copied()?,
        // 24 bits, signed: shift up and arithmetically down again.
        cumulative_lost: (loss << 8).cast_signed() >> 8,
        highest_sequence: reader.u32()?,
        jitter: reader.u32()?,
        last_sr: reader.u32()?,
        delay_since_last_sr: reader.u32()?,
    })
}

/// What a walk through SDES meets.
pub(super) enum Described<'a> {
    /// The next source.
    Source(u32),
    /// An item about it: type and text.
    Item(u8, &'a [u8]),
}

pub(super) fn walk_source_description<'a>(body: &'a [u8], count: u8, mut meet: impl FnMut(Described<'a>)) -> Option<()> {
    let mut reader = Reader::new(body);
    for _ in 0..count {
        meet(Described::Source(reader.u32()?));
        let mut length = 0usize;
        loop {
            let kind = reader.u8()?;
            length += 1;
            if kind == 0 {
                break;
            }
            let text_length = usize::from(reader.u8()?);
            meet(Described::Item(kind, reader.bytes(text_length)?));
            length += 1 + text_length;
        }
        // The list of items ends with one or more zero octets, up to the next 32 bit boundary (section 6.5).
        reader.bytes(length.next_multiple_of(4) - length)?;
    }
    Some(())
}

fn parse_source_description(body: &[u8], count: u8) -> Option<Vec<Chunk>> {
    let mut chunks: Vec<Chunk> = Vec::new();
    walk_source_description(body, count, |met| match met {
        Described::Source(ssrc) => chunks.push(Chunk { ssrc, items: Vec::new() }),
        Described::Item(kind, text) => {
            if let Some(chunk) = chunks.last_mut() {
                chunk.items.push((kind, text.to_vec()));
            }
        }
    })?;
    Some(chunks)
}

/// Tells the sources, and gives the reason.
pub(super) fn walk_goodbye(body: &[u8], count: u8, mut source: impl FnMut(u32)) -> Option<&[u8]> {
    let mut reader = Reader::new(body);
    for _ in 0..count {
        source(reader.u32()?);
    }
    match reader.u8() {
        None => Some(&[]),
        Some(length) => reader.bytes(usize::from(length)),
    }
}

fn parse_goodbye(body: &[u8], count: u8) -> Option<Goodbye> {
    let mut sources = Vec::new();
    let reason = walk_goodbye(body, count, |source| sources.push(source))?.to_vec();
    Some(Goodbye { sources, reason })
}

/// Tells type, specific octet and content of each block of an XR, and gives who reports (RFC 3611 section 3).
pub(super) fn walk_extended_blocks<'a>(body: &'a [u8], mut block: impl FnMut(u8, u8, &'a [u8])) -> Option<u32> {
    let mut reader = Reader::new(body);
    let ssrc = reader.u32()?;
    while !reader.is_empty() {
        let [block_type, specific] = reader.array()?;
        let words = reader.u16()?;
        block(block_type, specific, reader.bytes(4 * usize::from(words))?);
    }
    Some(ssrc)
}

fn parse_extended_report(body: &[u8], reserved: u8) -> Option<ExtendedReport> {
    let mut blocks = Vec::new();
    let ssrc = walk_extended_blocks(body, |block_type, specific, content| {
        // A specific octet that is not 0 (reserved in section 4.7) is kept by keeping all octets.
        let metrics = if block_type == VOIP_METRICS && specific == 0 { VoipMetrics::parse(content) } else { None };
        blocks.push(metrics.map_or_else(
            || ExtendedBlock::Other { block_type, specific, content: content.to_vec() },
            ExtendedBlock::VoipMetrics,
        ));
    })?;
    Some(ExtendedReport { ssrc, reserved, blocks })
}
