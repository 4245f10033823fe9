//! A canceller, a path and two meters, run block by block.

use super::level::Meter;
use super::path::Path;
use super::signal::Signal;
use media::BLOCK;
use media::echo::{Canceller, Config};

pub(crate) struct Arrangement {
    pub(crate) canceller: Canceller,
    pub(crate) path: Path,
    /// Rin as on the line, and what leaves the canceller less the near end (which is what echo is left, and what is lost of the near end).
    pub(crate) rin: Meter,
    pub(crate) left: Meter,
    /// What leaves the canceller, near end and all; the near end alone.
    pub(crate) sout: Meter,
    pub(crate) near: Meter,
}

impl Arrangement {
    pub(crate) fn new(config: Config, path: Path) -> Self {
        let canceller = Canceller::new(config);
        Self { canceller, path, rin: Meter::new(), left: Meter::new(), sout: Meter::new(), near: Meter::new() }
    }

    /// Linear filter alone.
    pub(crate) fn linear(tail_ms: u16, path: Path) -> Self {
        Self::new(Config { tail_ms, nlp: false, ..Config::default() }, path)
    }

    pub(crate) fn run(&mut self, rin: &mut Signal, near: &mut Signal, seconds: f64) {
        for _ in 0..(seconds * 100.0).round() as usize {
            self.block(rin, near);
        }
    }

    pub(crate) fn block(&mut self, rin: &mut Signal, near: &mut Signal) -> [i16; BLOCK] {
        let near = near.block();
        let (reference, mut sin) = self.path.block(&rin.block(), &near);
        self.canceller.process(&mut sin, &reference);
        let left: [i16; BLOCK] = std::array::from_fn(|n| sin[n].saturating_sub(near[n]));
        self.rin.block(&reference);
        self.left.block(&left);
        self.sout.block(&sin);
        self.near.block(&near);
        sin
    }

    /// Adaptation rests, as G.168 has it before residual echo is measured.
    pub(crate) fn hold(&mut self) {
        self.canceller.freeze(u16::MAX);
    }

    pub(crate) fn forget_peaks(&mut self) {
        for meter in [&mut self.rin, &mut self.left, &mut self.sout, &mut self.near] {
            meter.take_peak();
        }
    }

    /// Highest level of the echo left over `seconds` of `rin` alone.
    pub(crate) fn residual(&mut self, rin: &mut Signal, seconds: f64) -> f64 {
        self.left.take_peak();
        self.run(rin, &mut Signal::silence(), seconds);
        self.left.take_peak()
    }
}
