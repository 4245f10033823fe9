//! Speech or silence, block by block, and how the silence sounds.
//!
//! A block is speech when its level is 6 dB above the noise floor, which follows quiet blocks at once down and 2 dB a second
//! up. Above -34 dBm0 everything is speech, so that tones and music never become the floor; below -60 dBm0 nothing is.
//! Silence begins 200 ms after the last speech. Left out: spectral features; a fricative below the floor is lost.

use super::{MOST_COEFFICIENTS, Payload};
use crate::BLOCK;

/// Level in dB relative to the overload: 0 dBov less 6.15 is 0 dBm0.
const DBOV_OF_0_DBM0: f32 = -6.15;
const ALWAYS_SPEECH: f32 = -34.0 + DBOV_OF_0_DBM0;
const NEVER_SPEECH: f32 = -60.0 + DBOV_OF_0_DBM0;
/// Highest floor: 6 dB below what is always speech.
const HIGHEST_FLOOR: f32 = ALWAYS_SPEECH - MARGIN;
const LOWEST_FLOOR: f32 = -78.0;
const MARGIN: f32 = 6.0;
/// dB a block.
const FLOOR_RISE: f32 = 0.02;
/// Blocks (200 ms) of silence before it counts.
const HANGOVER: u32 = 20;
/// Coefficients sent: enough for the tilt and one resonance of a room, few enough for 5 octets.
const ORDER: usize = 4;
/// Share of a block in the running average of level and correlation.
const AVERAGE: f32 = 0.1;

/// See the module header.
#[derive(Debug, Clone)]
pub struct Detector {
    floor: f32,
    quiet_blocks: u32,
    /// Running autocorrelation of quiet blocks, lags 0 to `ORDER`.
    correlation: [f32; ORDER + 1],
}

impl Default for Detector {
    fn default() -> Self {
        Self { floor: HIGHEST_FLOOR, quiet_blocks: 0, correlation: [0.0; ORDER + 1] }
    }
}

impl Detector {
    /// Takes a block of linear samples; true when it is to be sent as speech.
    pub fn is_speech(&mut self, block: &[i16; BLOCK]) -> bool {
        let correlation = autocorrelation(block);
        let level = dbov(correlation.first().copied().unwrap_or(0.0));
        let loud = level > NEVER_SPEECH && (level > ALWAYS_SPEECH || level > self.floor + MARGIN);
        self.floor = level.min(self.floor + FLOOR_RISE).clamp(LOWEST_FLOOR, HIGHEST_FLOOR);
        if loud {
            self.quiet_blocks = 0;
            return true;
        }
        self.quiet_blocks = self.quiet_blocks.saturating_add(1);
        let share = if self.quiet_blocks == 1 { 1.0 } else { AVERAGE };
        for (place, new) in self.correlation.iter_mut().zip(correlation) {
            *place += (new - *place) * share;
        }
        self.quiet_blocks <= HANGOVER
    }

    /// How the silence sounds, averaged over 100 ms.
    #[must_use]
    pub fn silence(&self) -> Payload {
        let power = self.correlation.first().copied().unwrap_or(0.0);
        let mut payload = Payload::white((-dbov(power)).round().clamp(0.0, 127.0) as u8);
        payload.order = ORDER;
        reflection(&self.correlation, &mut payload.coefficients);
        payload
    }
}

fn autocorrelation(block: &[i16; BLOCK]) -> [f32; ORDER + 1] {
    let mut result = [0.0; ORDER + 1];
    for (lag, place) in result.iter_mut().enumerate() {
        let later = block.get(lag..).unwrap_or_default();
        let sum: f32 = block.iter().zip(later).map(|(a, b)| f32::from(*a) * f32::from(*b)).sum();
        *place = sum / BLOCK as f32;
    }
    result
}

/// Level of a mean square; at least -127.
fn dbov(mean_square: f32) -> f32 {
    (10.0 * (mean_square / (32768.0 * 32768.0)).log10()).max(-127.0)
}

/// Levinson-Durbin: reflection coefficients of the all-pole lattice whose output has this correlation.
fn reflection(correlation: &[f32; ORDER + 1], coefficients: &mut [f32; MOST_COEFFICIENTS]) {
    let mut predictor = [0.0f32; ORDER + 1];
    let mut error = correlation.first().copied().unwrap_or(0.0) * 1.0001 + 1.0;
    for order in 1..=ORDER {
        let mut sum = correlation.get(order).copied().unwrap_or(0.0);
        for (lag, a) in predictor.iter().enumerate().take(order).skip(1) {
            sum += a * correlation.get(order - lag).copied().unwrap_or(0.0);
        }
        let k = (-sum / error).clamp(-0.95, 0.95);
        let before = predictor;
        for (lag, place) in predictor.iter_mut().enumerate().take(order).skip(1) {
            *place += k * before.get(order - lag).copied().unwrap_or(0.0);
        }
        if let Some(place) = predictor.get_mut(order) {
            *place = k;
        }
        if let Some(place) = coefficients.get_mut(order - 1) {
            *place = k;
        }
        error *= 1.0 - k * k;
    }
}
