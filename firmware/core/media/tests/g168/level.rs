//! The level meter: band filter of G.168 6.4.1.2.1, then a running mean of the square over 35 ms.

use super::{Convolution, dbm0_of, numbers};
use media::BLOCK;

pub(crate) struct Meter {
    filter: Convolution,
    square: f64,
    peak: f64,
}

impl Meter {
    pub(crate) fn new() -> Self {
        let taps = numbers(include_str!("../vectors/g168/level_filter.txt"));
        Self { filter: Convolution::new(&taps), square: 0.0, peak: 0.0 }
    }

    pub(crate) fn block(&mut self, samples: &[i16; BLOCK]) {
        for filtered in self.filter.block(samples.iter().copied().map(f64::from)) {
            self.square += (filtered * filtered - self.square) / (8000.0 * 0.035);
            self.peak = self.peak.max(self.square);
        }
    }

    /// Level now, in dBm0.
    pub(crate) fn now(&self) -> f64 {
        dbm0_of(self.square.sqrt())
    }

    /// Highest level since the last call, in dBm0.
    pub(crate) fn take_peak(&mut self) -> f64 {
        let peak = dbm0_of(self.peak.sqrt());
        self.peak = self.square;
        peak
    }
}
