//! The RTCP half of a stream: sender and receiver reports, VoIP metrics (RFC 3611), round trip, goodbye (RFC 3550 section 6).
//!
//! Two parties and 5 s leave out of section 6.3 what only large groups need: no bandwidth share, no reconsideration.

use core::time::Duration;
use std::time::Instant;

use crate::reception::Reception;
use crate::rtcp::{Blocks, Composer, ReportBlock, SenderInformation, VoipMetrics, middle_of_ntp};

/// Minimum interval between reports (RFC 3550 section 6.2).
pub(super) const REPORT_INTERVAL: Duration = Duration::from_secs(5);
/// Own sender reports remembered for the round trip.
const REMEMBERED: usize = 4;

/// What a sender report needs to know about the RTP side.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sent {
    pub(super) packets: u64,
    pub(super) octets: u64,
    /// RTP timestamp that belongs to the instant of the report.
    pub(super) rtp_now: u32,
}

/// What a report tells of the peer.
#[derive(Debug)]
pub(super) struct Heard<'a> {
    pub(super) reception: Option<&'a mut Reception>,
    pub(super) metrics: Option<VoipMetrics>,
}

/// RTCP state of one stream.
#[derive(Debug, Clone)]
pub(super) struct Reports {
    ssrc: u32,
    cname: String,
    random: u32,
    /// Middle NTP bits of own sender reports and when they were sent.
    own: [Option<(u32, Instant)>; REMEMBERED],
    next_own: usize,
    /// Middle NTP bits of the peer's last sender report and when it came.
    peer: Option<(u32, Instant)>,
    packets_at_last_report: u64,
}

impl Reports {
    pub(super) fn new(ssrc: u32, cname: String) -> Self {
        // xorshift needs a state that is not 0; the SSRC is random already.
        Self { ssrc, cname, random: ssrc | 1, own: [None; REMEMBERED], next_own: 0, peer: None, packets_at_last_report: 0 }
    }

    /// Time to the next report: 0.5 to 1.5 times the interval, so that ends do not fall into step (section 6.3.1).
    pub(super) fn next_interval(&mut self) -> Duration {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 17;
        self.random ^= self.random << 5;
        let thousandths = 500 + self.random % 1001;
        REPORT_INTERVAL * thousandths / 1000
    }

    /// The peer or its source changed: its reports no longer mean anything.
    pub(super) const fn forget_peer(&mut self) {
        self.peer = None;
    }

    fn block(&self, now: Instant, heard: Option<&mut Reception>) -> Option<ReportBlock> {
        let (last_sr, delay) = self.peer.map_or((0, 0), |(ntp, at)| (ntp, in_65536ths(now.saturating_duration_since(at))));
        heard.map(|reception| reception.report(last_sr, delay))
    }

    /// SR when something was sent since the last report, else RR, with the name (section 6.1) and the metrics.
    pub(super) fn report(
        &mut self,
        now: Instant,
        wall: Duration,
        sent: Sent,
        heard: Heard<'_>,
        buffer: &mut [u8],
    ) -> Option<usize> {
        let block = self.block(now, heard.reception);
        let sender = (sent.packets > self.packets_at_last_report).then(|| self.begin_sender_report(now, wall, sent));
        let mut composer = Composer::new(buffer, self.ssrc);
        composer.report(sender, block.as_ref());
        composer.description(&self.cname);
        if let Some(metrics) = heard.metrics {
            composer.metrics(&metrics);
        }
        composer.finish().ok()
    }

    fn begin_sender_report(&mut self, now: Instant, wall: Duration, sent: Sent) -> SenderInformation {
        self.packets_at_last_report = sent.packets;
        let ntp = ntp_of(wall);
        if let Some(place) = self.own.get_mut(self.next_own) {
            *place = Some((middle_of_ntp(ntp), now));
        }
        self.next_own = (self.next_own + 1) % REMEMBERED;
        SenderInformation { ntp, rtp: sent.rtp_now, packets: low_32(sent.packets), octets: low_32(sent.octets) }
    }

    /// RR, name, metrics and BYE (section 6.6): the last datagram.
    pub(super) fn goodbye(&self, now: Instant, heard: Heard<'_>, buffer: &mut [u8]) -> Option<usize> {
        let block = self.block(now, heard.reception);
        let mut composer = Composer::new(buffer, self.ssrc);
        composer.report(None, block.as_ref());
        composer.description(&self.cname);
        if let Some(metrics) = heard.metrics {
            composer.metrics(&metrics);
        }
        composer.goodbye();
        composer.finish().ok()
    }

    /// Takes note of the peer's sender report.
    pub(super) const fn handle_sender_report(&mut self, now: Instant, ntp: u64) {
        self.peer = Some((middle_of_ntp(ntp), now));
    }

    /// The peer's block about this stream, and the round trip when it names a sender report of ours.
    pub(super) fn handle_blocks(&self, now: Instant, blocks: Blocks<'_>) -> Option<(ReportBlock, Option<Duration>)> {
        let block = blocks.iter().find(|block| block.ssrc == self.ssrc)?;
        let sent = self.own.iter().flatten().find(|(ntp, _)| block.last_sr != 0 && *ntp == block.last_sr).map(|(_, at)| *at);
        // A - LSR - DLSR, with A and LSR on the same local clock.
        let held = Duration::from_nanos(u64::from(block.delay_since_last_sr) * 1_000_000_000 / 65536);
        let rtt = sent.and_then(|at| now.saturating_duration_since(at).checked_sub(held));
        Some((block, rtt))
    }
}

/// The last 32 bits of a counter, which is what wraps on the wire.
fn low_32(count: u64) -> u32 {
    u32::try_from(count & 0xFFFF_FFFF).unwrap_or(0)
}

fn in_65536ths(span: Duration) -> u32 {
    u32::try_from(span.as_nanos().saturating_mul(65536) / 1_000_000_000).unwrap_or(u32::MAX)
}

/// NTP format of a time since 1900; the seconds wrap in 2036 as the standard says.
fn ntp_of(wall: Duration) -> u64 {
    let fraction = (u64::from(wall.subsec_nanos()) << 32) / 1_000_000_000;
    (wall.as_secs() << 32) | fraction
}
