//! Statistics of loss after the jitter buffer: runs for the E-model, bursts and gaps for RTCP XR.
//!
//! The line's blocks are what is seen, so a packet is as many blocks as the peer puts into one. Bursts and gaps follow
//! RFC 3611 section 4.7.2 and appendix A.2: a burst begins and ends with a loss and has fewer than [`GMIN`] good packets in a row.

/// Good packets in a row that end a burst (RFC 3611 section 4.7.2 recommends 16).
pub const GMIN: u8 = 16;

/// What a packet was when it was due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Due {
    Played,
    Missing,
}

/// See the module header.
#[derive(Debug, Clone, Default)]
pub struct Loss {
    played: u64,
    missing: u64,
    /// Runs of missing packets.
    runs: u64,
    /// Blocks of the present packet, and what they are.
    good_blocks: u32,
    bad_blocks: u32,
    bursts: Bursts,
}

/// The counts of appendix A.2, in packets.
#[derive(Debug, Clone, Copy, Default)]
struct Bursts {
    /// Packets since the last missing one.
    since: u64,
    /// Missing and all packets within the present burst, if it is one.
    open_missing: u64,
    open_length: u64,
    burst_missing: u64,
    burst_length: u64,
    bursts: u64,
    gap_missing: u64,
    gap_length: u64,
    gaps: u64,
}

/// What RTCP XR tells of bursts and gaps (RFC 3611 section 4.7.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BurstsAndGaps {
    /// Share missing within bursts, in 1/256.
    pub burst_density: u8,
    /// Share missing within gaps, in 1/256.
    pub gap_density: u8,
    /// Mean length of a burst in packets.
    pub burst_packets: u32,
    /// Mean length of a gap in packets.
    pub gap_packets: u32,
}

impl Loss {
    /// Takes a block that was due; `per_packet` is how many blocks the peer's packets have.
    pub fn block(&mut self, missing: bool, per_packet: u32) {
        let per_packet = per_packet.max(1);
        if missing {
            self.good_blocks = 0;
            if self.bad_blocks == 0 {
                self.runs += 1;
            }
            self.bad_blocks += 1;
            // The first block of a packet counts it: half a packet that is missing is one that is.
            if self.bad_blocks % per_packet == 1 || per_packet == 1 {
                self.packet(Due::Missing);
            }
        } else {
            self.bad_blocks = 0;
            self.good_blocks += 1;
            if self.good_blocks >= per_packet {
                self.good_blocks = 0;
                self.packet(Due::Played);
            }
        }
    }

    fn packet(&mut self, due: Due) {
        match due {
            Due::Played => {
                self.played += 1;
                self.bursts.since += 1;
            }
            Due::Missing => {
                self.missing += 1;
                self.bursts.missing();
            }
        }
    }

    /// Packets that were due.
    #[must_use]
    pub const fn due(&self) -> u64 {
        self.played + self.missing
    }

    /// Packets of these that were not there.
    #[must_use]
    pub const fn missing(&self) -> u64 {
        self.missing
    }

    /// Share missing in per cent.
    #[must_use]
    pub fn percent(&self) -> f64 {
        if self.due() == 0 { 0.0 } else { 100.0 * self.missing as f64 / self.due() as f64 }
    }

    /// Mean run of missing packets over the mean run of random loss (G.107 clause 7.5); 1 when nothing was missing.
    #[must_use]
    pub fn burst_ratio(&self) -> f64 {
        if self.runs == 0 || self.played == 0 {
            return 1.0;
        }
        let mean = self.missing as f64 / self.runs as f64;
        mean * (1.0 - self.percent() / 100.0)
    }

    /// Bursts and gaps so far, the present ones included.
    #[must_use]
    pub fn bursts_and_gaps(&self) -> BurstsAndGaps {
        let bursts = self.bursts.closed();
        let density =
            |missing: u64, length: u64| u8::try_from((missing * 256).checked_div(length).unwrap_or(0)).unwrap_or(u8::MAX);
        let mean = |length: u64, count: u64| u32::try_from(length.checked_div(count).unwrap_or(0)).unwrap_or(u32::MAX);
        BurstsAndGaps {
            burst_density: density(bursts.burst_missing, bursts.burst_length),
            gap_density: density(bursts.gap_missing, bursts.gap_length),
            burst_packets: mean(bursts.burst_length, bursts.bursts),
            gap_packets: mean(bursts.gap_length, bursts.gaps),
        }
    }
}

impl Bursts {
    fn missing(&mut self) {
        if self.open_length > 0 && self.since < u64::from(GMIN) {
            self.open_missing += 1;
            self.open_length += self.since + 1;
        } else {
            self.close();
            self.gap_length += self.since;
            self.open_missing = 1;
            self.open_length = 1;
        }
        self.since = 0;
    }

    /// A single loss among good packets belongs to the gap; more are a burst.
    fn close(&mut self) {
        if self.open_missing > 1 {
            self.bursts += 1;
            self.burst_missing += self.open_missing;
            self.burst_length += self.open_length;
            self.gaps += 1;
        } else {
            self.gap_missing += self.open_missing;
            self.gap_length += self.open_length;
        }
        self.open_missing = 0;
        self.open_length = 0;
    }

    /// As if the call ended now.
    fn closed(mut self) -> Self {
        self.close();
        self.gap_length += self.since;
        self.gaps += 1;
        self
    }
}
