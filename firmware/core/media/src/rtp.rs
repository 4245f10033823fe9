//! RTP packets on the wire (RFC 3550 section 5).
//!
//! [`Packet::parse`] borrows the datagram; CSRC list, header extension and padding are understood and can be emitted
//! again. Left out: the meaning of header extensions.

use thiserror::Error;

use crate::octets::{NoRoom, Reader, Writer};

/// Octets of the fixed header.
pub const HEADER: usize = 12;

/// Why octets are no RTP packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Malformed {
    /// The datagram ends inside the named part.
    #[error("rtp packet of {length} octets ends inside its {part}")]
    Short {
        /// Octets of the datagram.
        length: usize,
        /// The part that is cut.
        part: &'static str,
    },
    /// Version other than 2.
    #[error("rtp version is {0}, not 2")]
    Version(u8),
    /// The padding count is 0 or more than there is.
    #[error("rtp padding count is {count} with {available} octets left")]
    Padding {
        /// The last octet.
        count: u8,
        /// Octets after the header.
        available: usize,
    },
}

/// Header extension (RFC 3550 section 5.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extension<'a> {
    /// First 16 bits, defined by the profile.
    pub profile: u16,
    /// Extension data, a multiple of 4 octets.
    pub data: &'a [u8],
}

/// One RTP packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packet<'a> {
    /// Marker: start of a talk spurt in audio (RFC 3551 section 4.1), start of an event (RFC 4733).
    pub marker: bool,
    /// Payload type, 0 to 127.
    pub payload_type: u8,
    /// Sequence number.
    pub sequence: u16,
    /// Sampling instant of the first sample, in clock units (8000 Hz here).
    pub timestamp: u32,
    /// Synchronisation source.
    pub ssrc: u32,
    /// Contributing sources as they are on the wire, 4 octets each, at most 15.
    pub csrcs: &'a [u8],
    /// Header extension, when there is one.
    pub extension: Option<Extension<'a>>,
    /// What is carried.
    pub payload: &'a [u8],
    /// Padding octets behind the payload, the count octet included; 0 means none.
    pub padding: u8,
}

impl<'a> Packet<'a> {
    /// Reads a datagram.
    ///
    /// # Errors
    /// [`Malformed`] when it is not RTP version 2 or ends early.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let short = |part| Malformed::Short { length: bytes.len(), part };
        let mut reader = Reader::new(bytes);
        let [first, second] = reader.array().ok_or_else(|| short("fixed header"))?;
        if first >> 6 != 2 {
            return Err(Malformed::Version(first >> 6));
        }
        let sequence = reader.u16().ok_or_else(|| short("fixed header"))?;
        let timestamp = reader.u32().ok_or_else(|| short("fixed header"))?;
        let ssrc = reader.u32().ok_or_else(|| short("fixed header"))?;
        let csrcs = reader.bytes(4 * usize::from(first & 0x0F)).ok_or_else(|| short("csrc list"))?;
        let extension =
            if first & 0x10 == 0 { None } else { Some(parse_extension(&mut reader).ok_or_else(|| short("header extension"))?) };
        let (payload, padding) = if first & 0x20 == 0 { (reader.rest(), 0) } else { strip_padding(reader.rest())? };
        Ok(Self {
            marker: second & 0x80 != 0,
            payload_type: second & 0x7F,
            sequence,
            timestamp,
            ssrc,
            csrcs,
            extension,
            payload,
            padding,
        })
    }

    /// Contributing sources, in order.
    pub fn contributors(&self) -> impl Iterator<Item = u32> + '_ {
        self.csrcs.as_chunks::<4>().0.iter().map(|octets| u32::from_be_bytes(*octets))
    }

    /// Octets that [`Packet::emit`] writes.
    #[must_use]
    pub fn emitted_length(&self) -> usize {
        let extension = self.extension.map_or(0, |extension| 4 + extension.data.len());
        HEADER + self.csrcs.len() + extension + self.payload.len() + usize::from(self.padding)
    }

    /// Writes the packet to the front of `buffer` and says how many octets it took. Allocates nothing.
    ///
    /// A CSRC list of more than 15 entries, or CSRC and extension data that are no multiple of 4 octets, cannot be
    /// expressed; [`Packet::parse`] never gives one.
    ///
    /// # Errors
    /// [`NoRoom`] when `buffer` is too small; its content is then undefined.
    pub fn emit(&self, buffer: &mut [u8]) -> Result<usize, NoRoom> {
        let count = u8::try_from(self.csrcs.len() / 4).unwrap_or(15) & 0x0F;
        let padding = if self.padding > 0 { 0x20 } else { 0 };
        let extended = if self.extension.is_some() { 0x10 } else { 0 };
        let marker = if self.marker { 0x80 } else { 0 };
        let mut writer = Writer::new(buffer);
        writer.put(&[0x80 | padding | extended | count, marker | (self.payload_type & 0x7F)]);
        writer.put(&self.sequence.to_be_bytes());
        writer.put(&self.timestamp.to_be_bytes());
        writer.put(&self.ssrc.to_be_bytes());
        writer.put(self.csrcs);
        if let Some(extension) = self.extension {
            writer.put(&extension.profile.to_be_bytes());
            writer.put(&u16::try_from(extension.data.len() / 4).unwrap_or(u16::MAX).to_be_bytes());
            writer.put(extension.data);
        }
        writer.put(self.payload);
        if self.padding > 0 {
            writer.zeros(usize::from(self.padding) - 1);
            writer.put(&[self.padding]);
        }
        writer.finish()
    }
}

fn parse_extension<'a>(reader: &mut Reader<'a>) -> Option<Extension<'a>> {
    let profile = reader.u16()?;
    let words = reader.u16()?;
    Some(Extension { profile, data: reader.bytes(4 * usize::from(words))? })
}

fn strip_padding(rest: &[u8]) -> Result<(&[u8], u8), Malformed> {
    let count = rest.last().copied().unwrap_or(0);
    let wrong = Malformed::Padding { count, available: rest.len() };
    if count == 0 {
        return Err(wrong);
    }
    let length = rest.len().checked_sub(usize::from(count)).ok_or(wrong)?;
    rest.get(..length).map(|payload| (payload, count)).ok_or(wrong)
}
