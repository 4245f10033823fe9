//! The part of a packet that stays in the clear (RFC 3711 sections 3.1 and 3.4), from hostile bytes.

use crate::octets::Reader;

/// Octets of an SRTCP packet that are never encrypted: header and SSRC of the first report.
pub(super) const RTCP_CLEAR: usize = 8;

/// Why there is no header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BadHeader {
    /// Cut inside the named part.
    Short(&'static str),
    /// Version other than 2.
    Version(u8),
}

/// What the transform needs of an RTP header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RtpHeader {
    pub(super) ssrc: u32,
    pub(super) sequence: u16,
    /// Octets before the payload: fixed header, CSRC list, header extension.
    pub(super) length: usize,
}

/// The header of an RTP packet without its trailer.
pub(super) fn rtp(packet: &[u8]) -> Result<RtpHeader, BadHeader> {
    let fixed = BadHeader::Short("fixed header");
    let mut reader = Reader::new(packet);
    let [first, _] = reader.array().ok_or(fixed)?;
    if first >> 6 != 2 {
        return Err(BadHeader::Version(first >> 6));
    }
    let sequence = reader.u16().ok_or(fixed)?;
    let _timestamp = reader.u32().ok_or(fixed)?;
    let ssrc = reader.u32().ok_or(fixed)?;
    reader.bytes(4 * usize::from(first & 0x0F)).ok_or(BadHeader::Short("csrc list"))?;
    if first & 0x10 != 0 {
        let [_, _, high, low] = reader.array().ok_or(BadHeader::Short("header extension"))?;
        let words = usize::from(u16::from_be_bytes([high, low]));
        reader.bytes(4 * words).ok_or(BadHeader::Short("header extension"))?;
    }
    Ok(RtpHeader { ssrc, sequence, length: packet.len() - reader.rest().len() })
}

/// The sender's SSRC of an RTCP compound.
pub(super) fn rtcp(packet: &[u8]) -> Result<u32, BadHeader> {
    let short = BadHeader::Short("rtcp header");
    let mut reader = Reader::new(packet);
    let [first, _, _, _] = reader.array().ok_or(short)?;
    if first >> 6 != 2 {
        return Err(BadHeader::Version(first >> 6));
    }
    reader.u32().ok_or(short)
}
