//! RTCP XR (RFC 3611): the packet, and its VoIP metrics block (section 4.7). Other blocks are kept as octets.

use crate::octets::Reader;

/// Block type of VoIP metrics (section 4.7).
pub const VOIP_METRICS: u8 = 7;
/// Octets of that block behind its 4 octet header.
pub(crate) const VOIP_METRICS_LENGTH: usize = 32;
/// What stands for a level, ratio or score that is not known (section 4.7.4).
pub const UNAVAILABLE: u8 = 127;

/// XR (section 2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtendedReport {
    /// Who reports.
    pub ssrc: u32,
    /// The five reserved bits beside the version, kept.
    pub reserved: u8,
    /// In order.
    pub blocks: Vec<ExtendedBlock>,
}

/// One block of an XR (section 3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExtendedBlock {
    /// VoIP metrics.
    VoipMetrics(VoipMetrics),
    /// Any other type, unread.
    Other {
        /// Block type.
        block_type: u8,
        /// The octet behind it.
        specific: u8,
        /// Content, a multiple of 4 octets.
        content: Vec<u8>,
    },
}

/// VoIP metrics (section 4.7), fields in the order of the wire. Shares are in 1/256.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct VoipMetrics {
    /// The source reported about.
    pub ssrc: u32,
    /// Share of packets lost in the network since the start.
    pub loss_rate: u8,
    /// Share discarded by the jitter buffer since the start.
    pub discard_rate: u8,
    /// Share lost or discarded within bursts.
    pub burst_density: u8,
    /// Share lost or discarded within gaps.
    pub gap_density: u8,
    /// Mean burst in ms.
    pub burst_duration: u16,
    /// Mean gap in ms.
    pub gap_duration: u16,
    /// Round trip in ms, 0 when unknown.
    pub round_trip_delay: u16,
    /// Delay within this end system in ms.
    pub end_system_delay: u16,
    /// Level of speech in dBm0, two's complement; 127 when unknown.
    pub signal_level: u8,
    /// Level of silence in dBm0, two's complement; 127 when unknown.
    pub noise_level: u8,
    /// Residual echo return loss in dB; 127 when unknown.
    pub rerl: u8,
    /// Good packets in a row that end a burst.
    pub gmin: u8,
    /// Rating R, 0 to 100; 127 when unknown.
    pub r_factor: u8,
    /// R of another network's part of the call; 127 when unknown.
    pub external_r_factor: u8,
    /// MOS of listening, times 10; 127 when unknown.
    pub mos_lq: u8,
    /// MOS of conversation, times 10; 127 when unknown.
    pub mos_cq: u8,
    /// Concealment and jitter buffer kinds (section 4.7.6).
    pub receiver_configuration: u8,
    /// Reserved octet, kept.
    pub reserved: u8,
    /// Nominal jitter buffer delay in ms.
    pub buffer_nominal: u16,
    /// Present maximum in ms.
    pub buffer_maximum: u16,
    /// Absolute maximum in ms.
    pub buffer_absolute_maximum: u16,
}

impl VoipMetrics {
    /// Reads the content of a block; `None` when it has not exactly the octets of section 4.7.
    #[must_use]
    pub fn parse(content: &[u8]) -> Option<Self> {
        if content.len() != VOIP_METRICS_LENGTH {
            return None;
        }
        let mut reader = Reader::new(content);
        Some(Self {
            ssrc: reader.u32()?,
            loss_rate: reader.u8()?,
            discard_rate: reader.u8()?,
            burst_density: reader.u8()?,
            gap_density: reader.u8()?,
            burst_duration: reader.u16()?,
            gap_duration: reader.u16()?,
            round_trip_delay: reader.u16()?,
            end_system_delay: reader.u16()?,
            signal_level: reader.u8()?,
            noise_level: reader.u8()?,
            rerl: reader.u8()?,
            gmin: reader.u8()?,
            r_factor: reader.u8()?,
            external_r_factor: reader.u8()?,
            mos_lq: reader.u8()?,
            mos_cq: reader.u8()?,
            receiver_configuration: reader.u8()?,
            reserved: reader.u8()?,
            buffer_nominal: reader.u16()?,
            buffer_maximum: reader.u16()?,
            buffer_absolute_maximum: reader.u16()?,
        })
    }
}

/// Receiver configuration of section 4.7.6: enhanced concealment or none, adaptive or fixed jitter buffer, its rate of
/// adjustment unknown.
#[must_use]
pub const fn receiver_configuration(conceals: bool, adaptive: bool) -> u8 {
    let concealment = if conceals { 0b1000_0000 } else { 0b0100_0000 };
    let buffer = if adaptive { 0b0011_0000 } else { 0b0010_0000 };
    concealment | buffer
}
