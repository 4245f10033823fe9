//! Reads a compound RTCP packet (RFC 3550 sections 6.4 to 6.7, validity A.2).

use thiserror::Error;

use super::packet_type::{GOODBYE, RECEIVER_REPORT, SENDER_REPORT, SOURCE_DESCRIPTION};
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
        packets.push(parse_packet(&mut reader)?);
    }
    if packets.is_empty() { Err(Malformed::Empty) } else { Ok(packets) }
}

fn parse_packet(reader: &mut Reader<'_>) -> Result<Packet, Malformed> {
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
    let count = first & 0x1F;
    let parsed = match packet_type {
        SENDER_REPORT => parse_sender_report(body, count).map(Packet::SenderReport),
        RECEIVER_REPORT => parse_receiver_report(body, count).map(Packet::ReceiverReport),
        SOURCE_DESCRIPTION => parse_source_description(body, count).map(Packet::SourceDescription),
        GOODBYE => parse_goodbye(body, count).map(Packet::Goodbye),
        other => Some(Packet::Other { packet_type: other, count, body: body.to_vec() }),
    };
    parsed.ok_or(Malformed::Short { packet_type, part: "fields" })
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

fn parse_block(reader: &mut Reader<'_>) -> Option<ReportBlock> {
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

fn parse_source_description(body: &[u8], count: u8) -> Option<Vec<Chunk>> {
    let mut reader = Reader::new(body);
    (0..count).map(|_| parse_chunk(&mut reader)).collect()
}

fn parse_chunk(reader: &mut Reader<'_>) -> Option<Chunk> {
    let ssrc = reader.u32()?;
    let mut items = Vec::new();
    let mut length = 0usize;
    loop {
        let kind = reader.u8()?;
        length += 1;
        if kind == 0 {
            break;
        }
        let text_length = usize::from(reader.u8()?);
        items.push((kind, reader.bytes(text_length)?.to_vec()));
        length += 1 + text_length;
    }
    // The list of items ends with one or more zero octets, up to the next 32 bit boundary (section 6.5).
    reader.bytes(length.next_multiple_of(4) - length)?;
    Some(Chunk { ssrc, items })
}

fn parse_goodbye(body: &[u8], count: u8) -> Option<Goodbye> {
    let mut reader = Reader::new(body);
    let sources = (0..count).map(|_| reader.u32()).collect::<Option<Vec<u32>>>()?;
    let reason = match reader.u8() {
        None => Vec::new(),
        Some(length) => reader.bytes(usize::from(length))?.to_vec(),
    };
    Some(Goodbye { sources, reason })
}
