//! One sample a second and the mean of the call, from the blocks that the line hears.

use core::time::Duration;

use super::emodel::{self, Impairment};
use super::loss::{BurstsAndGaps, Loss};
use crate::BLOCK;
use crate::jitter::{Depth, Played};

/// Blocks in a sample.
const SECOND: u32 = 100;
/// Mean square of 0 dBm0 (G.711 tables 1a and 2a: 3.14 dBm0 is a sine of 32256 at the peak).
const MEAN_SQUARE_OF_0_DBM0: f64 = 15_888.0 * 15_888.0;
/// Level of silence in dBm0: the least that is told.
const SILENCE_DBM0: f64 = -90.0;
/// Seconds over which the burst ratio of a sample is taken; one second has too few losses to tell.
const BURST_WINDOW: u32 = 10;

/// How a second sounded.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quality {
    /// Which second of the stream, from 0.
    pub second: u32,
    /// Mean level of what the line heard, in dBm0; -90 is silence. `None` when nobody made samples of what came.
    pub level_dbm0: Option<f64>,
    /// Share of packets that were not there when due, lost or late, in per cent.
    pub loss_percent: f64,
    /// Interarrival jitter (RFC 3550 A.8) in ms.
    pub jitter_ms: f64,
    /// Jitter buffer.
    pub depth: Depth,
    /// Delay from mouth to ear as far as it is known, in ms: half the round trip, one packet and the buffer.
    pub delay_ms: f64,
    /// Rating R (G.107).
    pub r: f64,
    /// MOS-CQE (G.107 annex B).
    pub mos: f64,
}

/// What the meter cannot see in the blocks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Situation {
    /// Interarrival jitter in units of 125 us.
    pub jitter: u32,
    /// The buffer.
    pub depth: Depth,
    /// Round trip, when it was measured.
    pub rtt: Option<Duration>,
    /// Blocks in the peer's packets.
    pub blocks_per_packet: u32,
    /// The codec.
    pub codec: Impairment,
}

/// See the module header.
#[derive(Debug, Clone, Default)]
pub struct Meter {
    blocks: u32,
    seconds: u32,
    /// Sum of the squares of this second's samples, and blocks of which there were samples.
    energy: u64,
    sounded: u32,
    second: Loss,
    recent: Loss,
    /// The burst ratio of the window before the present one.
    burst_ratio: f64,
    call: Loss,
    /// Sums over the seconds in which something was due.
    rated: u32,
    delay_sum: f64,
    last: Option<Quality>,
    fresh: bool,
    level_dbm0: Option<f64>,
    /// Lowest level of a second: the noise.
    noise_dbm0: Option<f64>,
}

impl Meter {
    /// Takes the samples of a block that the line heard.
    pub fn sound(&mut self, samples: &[i16; BLOCK]) {
        self.energy += samples.iter().map(|sample| u64::from(sample.unsigned_abs()).pow(2)).sum::<u64>();
        self.sounded += 1;
    }

    /// Takes a block for the line, from packets of `blocks_per_packet`; true with the last block of each second, when [`Meter::complete`]
    /// is to be called.
    pub fn block(&mut self, played: Played, blocks_per_packet: u32) -> bool {
        let missing = match played {
            Played::Audio | Played::Inserted => Some(false),
            Played::Concealed | Played::Underrun => Some(true),
            Played::Idle => None,
        };
        if let Some(missing) = missing {
            for loss in [&mut self.second, &mut self.recent, &mut self.call] {
                loss.block(missing, blocks_per_packet);
            }
        }
        self.blocks += 1;
        self.blocks >= SECOND
    }

    /// Makes the sample of the second that is over.
    pub fn complete(&mut self, situation: &Situation) {
        self.level_dbm0 = self.level();
        self.noise_dbm0 = match (self.noise_dbm0, self.level_dbm0) {
            (Some(noise), Some(level)) => Some(noise.min(level)),
            (noise, level) => noise.or(level),
        };
        let delay_ms = delay(situation);
        let loss_percent = self.second.percent();
        let r = emodel::rating(situation.codec, loss_percent, self.burst_ratio.max(self.recent.burst_ratio()), delay_ms);
        self.last = Some(Quality {
            second: self.seconds,
            level_dbm0: self.level_dbm0,
            loss_percent,
            jitter_ms: f64::from(situation.jitter) / 8.0,
            depth: situation.depth,
            delay_ms,
            r,
            mos: emodel::mos(r),
        });
        self.fresh = true;
        if self.second.due() > 0 {
            self.rated += 1;
            self.delay_sum += delay_ms;
        }
        self.seconds = self.seconds.saturating_add(1);
        self.blocks = 0;
        self.energy = 0;
        self.sounded = 0;
        self.second = Loss::default();
        if self.seconds.is_multiple_of(BURST_WINDOW) {
            self.burst_ratio = self.recent.burst_ratio();
            self.recent = Loss::default();
        }
    }

    /// Of the samples of this second.
    fn level(&self) -> Option<f64> {
        let mean_square = (self.sounded > 0).then(|| self.energy as f64 / (f64::from(self.sounded) * BLOCK as f64))?;
        Some((10.0 * (mean_square / MEAN_SQUARE_OF_0_DBM0).log10()).max(SILENCE_DBM0))
    }

    /// The sample of the last whole second, once.
    pub fn poll(&mut self) -> Option<Quality> {
        if core::mem::take(&mut self.fresh) { self.last } else { None }
    }

    /// Loss of the whole call.
    #[must_use]
    pub const fn call(&self) -> &Loss {
        &self.call
    }

    /// R of the whole call: its loss, its burst ratio, its mean delay.
    #[must_use]
    pub fn rating(&self, codec: Impairment) -> f64 {
        let delay = if self.rated == 0 { 0.0 } else { self.delay_sum / f64::from(self.rated) };
        emodel::rating(codec, self.call.percent(), self.call.burst_ratio(), delay)
    }

    /// R of the whole call without delay: what a listener alone would say.
    #[must_use]
    pub fn listening_rating(&self, codec: Impairment) -> f64 {
        emodel::rating(codec, self.call.percent(), self.call.burst_ratio(), 0.0)
    }

    /// Level of the last second and of the quietest one, in dBm0.
    #[must_use]
    pub fn levels(&self) -> Option<(f64, f64)> {
        self.level_dbm0.zip(self.noise_dbm0)
    }

    /// Bursts and gaps of the whole call.
    #[must_use]
    pub fn bursts_and_gaps(&self) -> BurstsAndGaps {
        self.call.bursts_and_gaps()
    }
}

fn delay(situation: &Situation) -> f64 {
    let network = situation.rtt.map_or(0.0, |rtt| rtt.as_secs_f64() * 500.0);
    network + f64::from(situation.blocks_per_packet) * 10.0 + f64::from(situation.depth.nominal_ms)
}
