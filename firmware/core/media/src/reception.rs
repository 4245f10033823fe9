//! What one source sent and what of it arrived: sequence numbers, loss, jitter (RFC 3550 appendix A.1, A.3, A.8).

use crate::rtcp::ReportBlock;

/// A step forward below this is loss, above it a restart (RFC 3550 A.1).
const MAX_DROPOUT: u16 = 3000;
/// A step backward up to this is reordering (RFC 3550 A.1).
const MAX_MISORDER: u16 = 100;

/// What a sequence number says about its packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The next one, or one after a gap.
    InOrder,
    /// Overtaken by a later one, seen for the first time.
    Reordered,
    /// Seen before.
    Duplicate,
    /// Far off: not counted unless the next packet follows it.
    Stray,
    /// The second of two packets in a row after a jump: the sender restarted its numbers.
    Restarted,
}

/// Statistics about one synchronisation source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reception {
    ssrc: u32,
    /// First sequence number.
    base: i64,
    /// Highest sequence number, extended by the wraps.
    highest: i64,
    /// Bit n set: `highest - n` arrived. Covers [`MAX_MISORDER`].
    seen: u128,
    /// After a stray packet: the number that would prove a restart.
    restart_at: Option<u16>,
    received: u64,
    distinct: u64,
    /// Lost before the numbers restarted.
    lost_before: u64,
    transit: Option<u32>,
    /// Interarrival jitter, times 16.
    jitter_q4: u32,
    expected_prior: u64,
    received_prior: u64,
}

impl Reception {
    /// Starts with the first packet of `ssrc`, which counts as received.
    #[must_use]
    pub fn new(ssrc: u32, sequence: u16) -> Self {
        Self {
            ssrc,
            base: i64::from(sequence),
            highest: i64::from(sequence),
            seen: 1,
            restart_at: None,
            received: 1,
            distinct: 1,
            lost_before: 0,
            transit: None,
            jitter_q4: 0,
            expected_prior: 0,
            received_prior: 0,
        }
    }

    /// The source.
    #[must_use]
    pub const fn ssrc(&self) -> u32 {
        self.ssrc
    }

    /// Judges the next packet by its sequence number.
    pub fn accept(&mut self, sequence: u16) -> Verdict {
        let newest = u16::try_from(self.highest & 0xFFFF).unwrap_or(0);
        let ahead = sequence.wrapping_sub(newest);
        let behind = newest.wrapping_sub(sequence);
        if ahead == 0 {
            self.received += 1;
            Verdict::Duplicate
        } else if ahead < MAX_DROPOUT {
            self.advance(ahead);
            Verdict::InOrder
        } else if behind <= MAX_MISORDER {
            self.step_back(behind)
        } else if self.restart_at == Some(sequence) {
            self.restart(sequence);
            Verdict::Restarted
        } else {
            self.restart_at = Some(sequence.wrapping_add(1));
            Verdict::Stray
        }
    }

    fn advance(&mut self, ahead: u16) {
        self.highest += i64::from(ahead);
        self.seen = self.seen.checked_shl(u32::from(ahead)).unwrap_or(0) | 1;
        self.count_distinct();
    }

    fn step_back(&mut self, behind: u16) -> Verdict {
        let bit = 1u128 << behind;
        if self.seen & bit != 0 {
            self.received += 1;
            return Verdict::Duplicate;
        }
        self.seen |= bit;
        self.base = self.base.min(self.highest - i64::from(behind));
        self.count_distinct();
        Verdict::Reordered
    }

    fn count_distinct(&mut self) {
        self.received += 1;
        self.distinct += 1;
        self.restart_at = None;
    }

    fn restart(&mut self, sequence: u16) {
        let lost_before = self.lost();
        *self = Self { lost_before, jitter_q4: self.jitter_q4, ..Self::new(self.ssrc, sequence) };
    }

    /// Takes the relative transit time into the jitter (A.8): arrival and timestamp in clock units, both wrapping.
    pub fn time(&mut self, arrival: u32, timestamp: u32) {
        let transit = arrival.wrapping_sub(timestamp);
        if let Some(before) = self.transit.replace(transit) {
            let difference = transit.wrapping_sub(before).cast_signed().unsigned_abs();
            // A jump of the timestamps is not jitter.
            if difference < 0x0100_0000 {
                self.jitter_q4 = self.jitter_q4.saturating_add(difference).saturating_sub((self.jitter_q4 + 8) >> 4);
            }
        }
    }

    /// Forgets the last transit time: the timestamps made a jump.
    pub const fn forget_transit(&mut self) {
        self.transit = None;
    }

    /// Interarrival jitter in clock units.
    #[must_use]
    pub const fn jitter(&self) -> u32 {
        self.jitter_q4 >> 4
    }

    /// Packets from the first to the highest sequence number since the numbers last restarted.
    #[must_use]
    pub fn expected(&self) -> u64 {
        u64::try_from(self.highest - self.base + 1).unwrap_or(0)
    }

    /// Packets that never arrived; duplicates do not hide a loss.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.lost_before + self.expected().saturating_sub(self.distinct)
    }

    /// The report block about this source since the last report (A.3). `last_sr` and `delay_since_last_sr` are the
    /// caller's, who sees the sender reports.
    pub fn report(&mut self, last_sr: u32, delay_since_last_sr: u32) -> ReportBlock {
        let expected = self.expected();
        let expected_interval = expected.saturating_sub(self.expected_prior);
        let received_interval = self.received.saturating_sub(self.received_prior);
        self.expected_prior = expected;
        self.received_prior = self.received;
        let lost_interval = expected_interval.saturating_sub(received_interval);
        let fraction = (lost_interval << 8).checked_div(expected_interval).unwrap_or(0);
        let cumulative = i64::try_from(expected).unwrap_or(i64::MAX).saturating_sub_unsigned(self.received);
        ReportBlock {
            ssrc: self.ssrc,
            fraction_lost: u8::try_from(fraction).unwrap_or(u8::MAX),
            cumulative_lost: i32::try_from(cumulative.clamp(-0x80_0000, 0x7F_FFFF)).unwrap_or(0),
            highest_sequence: u32::try_from(self.highest & 0xFFFF_FFFF).unwrap_or(0),
            jitter: self.jitter(),
            last_sr,
            delay_since_last_sr,
        }
    }
}
