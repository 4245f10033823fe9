//! What a canceller tells about itself.

use super::filter::Filter;
use super::spectrum::WINDOW;

/// Smoothing of the powers behind the enhancement, in blocks of single talk.
const SMOOTHING: f32 = 0.02;

/// What a canceller is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Cancels and learns.
    Active,
    /// Cancels; does not learn after a slip.
    Frozen,
    /// Switched off by a 2100 Hz tone with phase reversals, until both directions are silent.
    Disabled,
    /// Switched off by [`super::Canceller::bypass`].
    Bypassed,
}

/// How a canceller does, for quality records.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figures {
    /// Echo return loss of the path as estimated, dB; none before an estimate.
    pub erl_db: Option<f32>,
    /// Echo return loss enhancement of the linear filter in single talk of late, dB; none before there was any. It is bounded by the
    /// near end's noise.
    pub erle_db: Option<f32>,
    /// What it is doing.
    pub state: State,
    /// Both ends talked within the last 80 ms.
    pub double_talk: bool,
}

/// Power before and behind the linear filter.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Enhancement {
    received: f32,
    left: f32,
}

impl Enhancement {
    pub(super) fn follow(&mut self, received: f32, left: f32) {
        self.received += SMOOTHING * (received - self.received);
        self.left += SMOOTHING * (left - self.left);
    }

    pub(super) fn db(&self) -> Option<f32> {
        (self.received > 0.0 && self.left > 0.0).then(|| 10.0 * (self.received / self.left).log10())
    }
}

/// Energy of the impulse response, as loss: by Parseval the mean of its spectra's squares.
pub(super) fn return_loss(filter: &Filter) -> Option<f32> {
    let power = filter.power();
    // Each bin but the outer two stands for a positive and a negative frequency.
    let energy = 2.0 * power.iter().sum::<f32>() / WINDOW as f32;
    (energy > 0.0).then(|| -10.0 * energy.log10())
}
