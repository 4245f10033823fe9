//! Plays a pattern: where it is, and the phases of what sounds.

use std::sync::Arc;

use super::oscillator::sine;
use super::pattern::{MOST_COMPONENTS, Pattern, Piece, Voice};
use crate::{BLOCK, Law, g711};

/// Plays one [`Pattern`] from its beginning. Blocks may have any length; 80 samples are usual.
#[derive(Debug, Clone)]
pub struct Generator {
    pattern: Arc<Pattern>,
    /// The step that sounds; past the last one the tone is over.
    index: usize,
    /// Samples of that step that were played.
    played: u64,
    phases: [u64; MOST_COMPONENTS],
}

impl Generator {
    /// A generator that has played nothing.
    #[must_use]
    pub const fn new(pattern: Arc<Pattern>) -> Self {
        Self { pattern, index: 0, played: 0, phases: [0; MOST_COMPONENTS] }
    }

    /// Whether the tone has ended by itself; from then on there is silence.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.index >= self.pattern.pieces.len()
    }

    /// Fills `samples` with the next of the tone, silence after its end. Says how many of them the tone lasted.
    pub fn fill(&mut self, samples: &mut [i16]) -> usize {
        self.render(samples, |place, value| *place = value)
    }

    /// Adds the next of the tone to what is in `samples`, as in a call that another one waits for. Says how many of them the tone lasted.
    pub fn add_to(&mut self, samples: &mut [i16]) -> usize {
        self.render(samples, |place, value| *place = place.saturating_add(value))
    }

    /// Fills `octets` of a line with the next of the tone. Says how many of them the tone lasted.
    pub fn fill_octets(&mut self, law: Law, octets: &mut [u8]) -> usize {
        self.render(octets, |place, value| *place = g711::encode(law, value))
    }

    fn render<T>(&mut self, places: &mut [T], mut put: impl FnMut(&mut T, i16)) -> usize {
        let mut lasted = 0;
        for block in places.chunks_mut(BLOCK) {
            let mut values = [0.0; BLOCK];
            let values = values.get_mut(..block.len()).unwrap_or_default();
            lasted += self.play(values);
            for (place, value) in block.iter_mut().zip(values) {
                put(place, value.round() as i16);
            }
        }
        lasted
    }

    /// Adds the next samples to `values`, which are silence; says how many the tone lasted.
    fn play(&mut self, values: &mut [f32]) -> usize {
        let mut done = 0;
        while let Some(rest) = values.get_mut(done..)
            && !rest.is_empty()
            && let Some(&piece) = self.pattern.pieces.get(self.index)
        {
            let left = piece.samples.map_or(u64::MAX, |samples| samples.saturating_sub(self.played));
            let length = usize::try_from(left).unwrap_or(usize::MAX).min(rest.len());
            if let Some(now) = rest.get_mut(..length) {
                self.sound(&piece, now);
            }
            done += length;
            self.played = self.played.saturating_add(u64::try_from(length).unwrap_or(u64::MAX));
            if piece.samples.is_some_and(|samples| self.played >= samples) {
                self.advance(&piece);
            }
        }
        done
    }

    fn advance(&mut self, ended: &Piece) {
        self.played = 0;
        self.index += 1;
        let repeats = self.pattern.repeat_from < self.pattern.pieces.len();
        if self.index >= self.pattern.pieces.len() && repeats {
            self.index = self.pattern.repeat_from;
        }
        if matches!(ended.voice, Voice::Silence) {
            self.phases = [0; MOST_COMPONENTS];
        }
    }

    fn sound(&mut self, piece: &Piece, values: &mut [f32]) {
        match &piece.voice {
            Voice::Silence => {}
            Voice::Sum { partials, count } => {
                for (phase, partial) in self.phases.iter_mut().zip(partials).take(*count) {
                    for value in values.iter_mut() {
                        *value += partial.amplitude * sine(*phase);
                        *phase = phase.wrapping_add(partial.step);
                    }
                }
            }
            Voice::Modulated { carrier, by, depth } => {
                let [phase, swell, ..] = &mut self.phases;
                for value in values.iter_mut() {
                    *value += carrier.amplitude * (1.0 + depth * sine(*swell)) * sine(*phase);
                    *phase = phase.wrapping_add(carrier.step);
                    *swell = swell.wrapping_add(*by);
                }
            }
        }
    }
}
