//! Silence suppression on the way out: which packets are speech, and when the silence is described to the peer.

use crate::comfort_noise::{Detector, Payload};
use crate::{BLOCK, Law, g711};

/// Blocks (1 s) after which an unchanged silence is described again: a peer that lost the first description has none.
const REPEAT: u32 = 100;
/// dB by which the level must differ to be described at once.
const NEWS: u8 = 3;

/// What to do with a packet that is whole.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Verdict {
    /// Send it.
    Speech,
    /// Send this instead.
    Describe(Payload),
    /// Send nothing.
    Silence,
}

/// See the module header.
#[derive(Debug, Clone, Default)]
pub(super) struct Suppressor {
    detector: Detector,
    /// The packet that is being collected has speech.
    speech: bool,
    /// Level last described, and blocks since; `None` in speech.
    described: Option<(u8, u32)>,
}

impl Suppressor {
    /// Takes a block of the line.
    pub(super) fn block(&mut self, law: Law, block: &[u8; BLOCK]) {
        let mut samples = [0; BLOCK];
        g711::decode_slice(law, block, &mut samples);
        self.speech |= self.detector.is_speech(&samples);
        if let Some((_, since)) = &mut self.described {
            *since = since.saturating_add(1);
        }
    }

    /// The packet of the blocks so far is whole.
    pub(super) fn judge(&mut self) -> Verdict {
        if core::mem::take(&mut self.speech) {
            self.described = None;
            return Verdict::Speech;
        }
        let silence = self.detector.silence();
        let known = self.described.is_some_and(|(level, since)| level.abs_diff(silence.level) < NEWS && since < REPEAT);
        if known {
            return Verdict::Silence;
        }
        self.described = Some((silence.level, 0));
        Verdict::Describe(silence)
    }
}
