//! RTCP compound packets (RFC 3550 section 6, XR of RFC 3611): SR, RR, SDES, BYE, XR; others are kept as octets.
//!
//! [`parse`] takes a datagram apart into types that own what they hold, [`emit`] puts one together again: for tools and
//! tests. A stream takes no memory: it reads by [`view`] and writes by [`Composer`]. Reduced-size RTCP (RFC 5506), which
//! does not begin with a report, is accepted. Left out: APP and feedback messages, which come out as [`Packet::Other`];
//! items of SDES beyond their octets; XR blocks other than VoIP metrics.

mod composer;
mod emit;
pub mod extended;
mod parse;
mod view;

pub use composer::{Composer, SenderInformation};
pub use emit::emit;
pub use extended::{ExtendedBlock, ExtendedReport, VoipMetrics};
pub use parse::{Malformed, parse};
pub use view::{Blocks, Compound, View, view};

/// Octets of a report block.
pub(crate) const REPORT_BLOCK: usize = 24;

/// Packet type numbers (RFC 3550 section 12.1).
pub(crate) mod packet_type {
    pub(crate) const SENDER_REPORT: u8 = 200;
    pub(crate) const RECEIVER_REPORT: u8 = 201;
    pub(crate) const SOURCE_DESCRIPTION: u8 = 202;
    pub(crate) const GOODBYE: u8 = 203;
    /// RFC 3611 section 2.
    pub(crate) const EXTENDED_REPORT: u8 = 207;
}

/// SDES item type of the canonical name (RFC 3550 section 6.5.1).
pub const CNAME: u8 = 1;

/// One packet of a compound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Packet {
    /// SR: what a sender sent, and what it received.
    SenderReport(SenderReport),
    /// RR: what a receiver received.
    ReceiverReport(ReceiverReport),
    /// SDES.
    SourceDescription(Vec<Chunk>),
    /// BYE.
    Goodbye(Goodbye),
    /// XR.
    ExtendedReport(ExtendedReport),
    /// Any other type, unread.
    Other {
        /// Packet type, 192 to 223.
        packet_type: u8,
        /// The five bits beside the version: a count or a subtype.
        count: u8,
        /// Everything behind the 4 octet header, a multiple of 4 octets.
        body: Vec<u8>,
    },
}

/// SR (section 6.4.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SenderReport {
    /// Who reports.
    pub ssrc: u32,
    /// Wall clock when sent: seconds since 1900 in the upper 32 bits, fraction in the lower.
    pub ntp: u64,
    /// The same instant on the RTP clock.
    pub rtp: u32,
    /// Packets sent since the start.
    pub packets: u32,
    /// Payload octets sent since the start.
    pub octets: u32,
    /// At most 31.
    pub blocks: Vec<ReportBlock>,
    /// Profile-specific extension, kept.
    pub extension: Vec<u8>,
}

/// RR (section 6.4.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiverReport {
    /// Who reports.
    pub ssrc: u32,
    /// At most 31.
    pub blocks: Vec<ReportBlock>,
    /// Profile-specific extension, kept.
    pub extension: Vec<u8>,
}

/// What was received of one source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportBlock {
    /// The source reported about.
    pub ssrc: u32,
    /// Share lost since the last report, in 1/256.
    pub fraction_lost: u8,
    /// Packets lost since the start, -0x800000 to 0x7FFFFF; duplicates count against it.
    pub cumulative_lost: i32,
    /// Highest sequence number, wraps in the upper 16 bits.
    pub highest_sequence: u32,
    /// Interarrival jitter in clock units.
    pub jitter: u32,
    /// Middle 32 bits of the NTP time of the last SR from that source; 0 when none came.
    pub last_sr: u32,
    /// Time since that SR came, in 1/65536 s.
    pub delay_since_last_sr: u32,
}

/// What SDES says about one source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    /// The source.
    pub ssrc: u32,
    /// Item type (1 to 255) and its text (at most 255 octets), in order.
    pub items: Vec<(u8, Vec<u8>)>,
}

/// BYE (section 6.6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Goodbye {
    /// Who leaves, at most 31.
    pub sources: Vec<u32>,
    /// Why, as text; empty when not said.
    pub reason: Vec<u8>,
}

/// Middle 32 bits of an NTP time: what `last_sr` carries.
#[must_use]
pub const fn middle_of_ntp(ntp: u64) -> u32 {
    (ntp >> 16) as u32
}
