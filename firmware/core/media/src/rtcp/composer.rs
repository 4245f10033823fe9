//! Writes a compound RTCP packet into a buffer of the caller, without taking memory.

use super::extended::{VOIP_METRICS, VOIP_METRICS_LENGTH, VoipMetrics};
use super::packet_type::{EXTENDED_REPORT, GOODBYE, RECEIVER_REPORT, SENDER_REPORT, SOURCE_DESCRIPTION};
use super::{CNAME, REPORT_BLOCK, ReportBlock};
use crate::octets::{NoRoom, Writer};

/// Octets of the sender information behind the SSRC (RFC 3550 section 6.4.1).
const SENDER_INFORMATION: usize = 20;

/// What a sender report says of its sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SenderInformation {
    /// Wall clock.
    pub ntp: u64,
    /// The same instant on the RTP clock.
    pub rtp: u32,
    /// Packets sent since the start.
    pub packets: u32,
    /// Payload octets sent since the start.
    pub octets: u32,
}

/// Puts packets one behind the other. All of one source, with at most one report block.
#[derive(Debug)]
pub struct Composer<'a> {
    writer: Writer<'a>,
    ssrc: u32,
}

impl<'a> Composer<'a> {
    /// Begins a compound of `ssrc`.
    #[must_use]
    pub const fn new(buffer: &'a mut [u8], ssrc: u32) -> Self {
        Self { writer: Writer::new(buffer), ssrc }
    }

    /// Header and SSRC; `body` is what follows the SSRC, in octets.
    fn header(&mut self, packet_type: u8, count: u8, body: usize) {
        let words = u16::try_from(1 + body / 4).unwrap_or(u16::MAX);
        self.writer.put(&[0x80 | (count & 0x1F), packet_type]);
        self.writer.put(&words.to_be_bytes());
        self.writer.put(&self.ssrc.to_be_bytes());
    }

    fn blocks(&mut self, block: Option<&ReportBlock>) {
        if let Some(block) = block {
            put_block(block, |octets| self.writer.put(octets));
        }
    }

    /// SR, or RR when nothing is said of the sender.
    pub fn report(&mut self, sender: Option<SenderInformation>, block: Option<&ReportBlock>) {
        let blocks = if block.is_some() { REPORT_BLOCK } else { 0 };
        let count = u8::from(block.is_some());
        if let Some(sender) = sender {
            self.header(SENDER_REPORT, count, SENDER_INFORMATION + blocks);
            self.writer.put(&sender.ntp.to_be_bytes());
            self.writer.put(&sender.rtp.to_be_bytes());
            self.writer.put(&sender.packets.to_be_bytes());
            self.writer.put(&sender.octets.to_be_bytes());
        } else {
            self.header(RECEIVER_REPORT, count, blocks);
        }
        self.blocks(block);
    }

    /// SDES with the canonical name; beyond 255 octets it is cut off.
    pub fn description(&mut self, cname: &str) {
        let name = cname.as_bytes();
        let name = name.get(..usize::from(u8::MAX)).unwrap_or(name);
        // Type, length, name, and at least one zero octet (section 6.5).
        let items = 2 + name.len();
        let padded = (items + 1).next_multiple_of(4);
        self.header(SOURCE_DESCRIPTION, 1, padded);
        self.writer.put(&[CNAME, u8::try_from(name.len()).unwrap_or(u8::MAX)]);
        self.writer.put(name);
        self.writer.zeros(padded - items);
    }

    /// XR with one block of VoIP metrics (RFC 3611 section 4.7).
    pub fn metrics(&mut self, metrics: &VoipMetrics) {
        self.header(EXTENDED_REPORT, 0, 4 + VOIP_METRICS_LENGTH);
        self.writer.put(&[VOIP_METRICS, 0]);
        self.writer.put(&u16::try_from(VOIP_METRICS_LENGTH / 4).unwrap_or(0).to_be_bytes());
        put_metrics(metrics, |octets| self.writer.put(octets));
    }

    /// BYE.
    pub fn goodbye(&mut self) {
        self.header(GOODBYE, 1, 0);
    }

    /// How many octets were written.
    ///
    /// # Errors
    /// [`NoRoom`] when the buffer is too small.
    pub fn finish(self) -> Result<usize, NoRoom> {
        self.writer.finish()
    }
}

pub(super) fn put_block(block: &ReportBlock, mut put: impl FnMut(&[u8])) {
    let lost = block.cumulative_lost.clamp(-0x80_0000, 0x7F_FFFF).cast_unsigned() & 0x00FF_FFFF;
    put(&block.ssrc.to_be_bytes());
    put(&((u32::from(block.fraction_lost) << 24) | lost).to_be_bytes());
    put(&block.highest_sequence.to_be_bytes());
    put(&block.jitter.to_be_bytes());
    put(&block.last_sr.to_be_bytes());
    put(&block.delay_since_last_sr.to_be_bytes());
}

pub(super) fn put_metrics(metrics: &VoipMetrics, mut put: impl FnMut(&[u8])) {
    put(&metrics.ssrc.to_be_bytes());
    put(&[metrics.loss_rate, metrics.discard_rate, metrics.burst_density, metrics.gap_density]);
    for time in [metrics.burst_duration, metrics.gap_duration, metrics.round_trip_delay, metrics.end_system_delay] {
        put(&time.to_be_bytes());
    }
    put(&[metrics.signal_level, metrics.noise_level, metrics.rerl, metrics.gmin]);
    put(&[metrics.r_factor, metrics.external_r_factor, metrics.mos_lq, metrics.mos_cq]);
    put(&[metrics.receiver_configuration, metrics.reserved]);
    for time in [metrics.buffer_nominal, metrics.buffer_maximum, metrics.buffer_absolute_maximum] {
        put(&time.to_be_bytes());
    }
}
