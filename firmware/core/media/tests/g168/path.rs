//! The cancelled end: echo path models of G.168 Annex D behind a pure delay, a near end, and G.711 on the way in and out.

use super::{Convolution, numbers};
use media::{BLOCK, Law, g711};

/// A model: its clause, its coefficients, its scale (the clause's K).
pub(crate) const MODELS: [(&str, &str, f64); 8] = [
    ("D.2", include_str!("../vectors/g168/d2.txt"), 1.39e-5),
    ("D.3", include_str!("../vectors/g168/d3.txt"), 1.44e-5),
    ("D.4", include_str!("../vectors/g168/d4.txt"), 1.52e-5),
    ("D.5", include_str!("../vectors/g168/d5.txt"), 1.77e-5),
    ("D.6", include_str!("../vectors/g168/d6.txt"), 9.33e-6),
    ("D.7", include_str!("../vectors/g168/d7.txt"), 1.51e-5),
    ("D.8", include_str!("../vectors/g168/d8.txt"), 2.33e-5),
    ("D.9", include_str!("../vectors/g168/d9.txt"), 1.33e-5),
];

/// An echo path with its hybrid.
#[derive(Debug, Clone)]
pub(crate) struct Path {
    response: Convolution,
    law: Option<Law>,
}

impl Path {
    /// Model number 0 to 7 (D.2 to D.9) with an echo return loss in dB and a pure delay in samples.
    pub(crate) fn new(model: usize, erl: f64, delay: usize) -> Self {
        let (_, text, scale) = MODELS[model];
        let gain = scale * 10f64.powf(-erl / 20.0);
        let taps = numbers(text).into_iter().map(|tap| tap * gain);
        Self::of(std::iter::repeat_n(0.0, delay).chain(taps).collect())
    }

    pub(crate) fn of(response: Vec<f64>) -> Self {
        Self { response: Convolution::new(&response), law: Some(Law::A) }
    }

    /// No echo at all.
    pub(crate) fn open() -> Self {
        Self::of(vec![0.0])
    }

    pub(crate) fn without_law(mut self) -> Self {
        self.law = None;
        self
    }

    /// Another path from here on, for what is under way too.
    pub(crate) fn change_to(&mut self, other: Self) {
        self.response.change_to(other.response);
        self.law = other.law;
    }

    fn through_law(&self, sample: i16) -> i16 {
        self.law.map_or(sample, |law| g711::decode(law, g711::encode(law, sample)))
    }

    /// Rin as it is on the line (and so the reference), and Sin with the near end added.
    pub(crate) fn block(&mut self, rin: &[i16; BLOCK], near: &[i16; BLOCK]) -> ([i16; BLOCK], [i16; BLOCK]) {
        let reference = rin.map(|sample| self.through_law(sample));
        let echo = self.response.block(reference.iter().copied().map(f64::from));
        let sin = std::array::from_fn(|n| {
            let near = f64::from(self.through_law(near[n]));
            self.through_law((echo[n] + near).round().clamp(-32768.0, 32767.0) as i16)
        });
        (reference, sin)
    }
}
