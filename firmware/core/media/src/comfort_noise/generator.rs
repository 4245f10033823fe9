//! Makes noise of a level and spectrum, both of which change smoothly.

use super::{MOST_COEFFICIENTS, Payload};

/// Largest amplitude of 16 bit samples: 0 dBov is a square wave of it (RFC 3389 section 3.1).
const OVERLOAD: f32 = 32768.0;
/// Share of the way to the new level and spectrum made with each sample: three quarters of it in 50 ms.
const APPROACH: f32 = 1.0 / 288.0;
/// Largest coefficient: the filter must stay stable with what single precision makes of it.
const STABLE: f32 = 0.98;

/// See the module header.
#[derive(Debug, Clone)]
pub struct Generator {
    random: u32,
    /// Wanted and present root mean square, in samples of 16 bit.
    wanted: f32,
    level: f32,
    wanted_coefficients: [f32; MOST_COEFFICIENTS],
    coefficients: [f32; MOST_COEFFICIENTS],
    /// Backward errors of the lattice.
    state: [f32; MOST_COEFFICIENTS],
}

impl Generator {
    /// Silent. `seed` makes the noise of one stream unlike that of another.
    #[must_use]
    pub const fn new(seed: u32) -> Self {
        Self {
            random: seed | 1,
            wanted: 0.0,
            level: 0.0,
            wanted_coefficients: [0.0; MOST_COEFFICIENTS],
            coefficients: [0.0; MOST_COEFFICIENTS],
            state: [0.0; MOST_COEFFICIENTS],
        }
    }

    /// Takes a description. The first after [`Generator::stop`] holds at once, later ones are approached.
    pub fn describe(&mut self, payload: &Payload) {
        self.wanted = OVERLOAD * 10f32.powf(-f32::from(payload.level.min(127)) / 20.0);
        for (place, coefficient) in self.wanted_coefficients.iter_mut().zip(payload.coefficients) {
            *place = coefficient.clamp(-STABLE, STABLE);
        }
        if self.level == 0.0 {
            self.level = self.wanted;
            self.coefficients = self.wanted_coefficients;
        }
    }

    /// Speech goes on: the next description holds at once.
    pub const fn stop(&mut self) {
        self.level = 0.0;
        self.state = [0.0; MOST_COEFFICIENTS];
    }

    /// Whether a description was taken since [`Generator::stop`].
    #[must_use]
    pub fn is_described(&self) -> bool {
        self.level > 0.0
    }

    /// Fills samples with noise.
    pub fn fill(&mut self, samples: &mut [i16]) {
        for sample in samples {
            self.level += (self.wanted - self.level) * APPROACH;
            for (present, wanted) in self.coefficients.iter_mut().zip(self.wanted_coefficients) {
                *present += (wanted - *present) * APPROACH;
            }
            // The filter makes 1/(product of 1 - k squared) of the power (a lattice whose input is white).
            let gain: f32 = self.coefficients.iter().map(|k| 1.0 - k * k).product();
            let excitation = self.uniform() * self.level * gain.sqrt();
            // `as` saturates.
            *sample = self.filter(excitation).round() as i16;
        }
    }

    /// Uniform with a root mean square of 1.
    fn uniform(&mut self) -> f32 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 17;
        self.random ^= self.random << 5;
        (self.random as f32 / 2f32.powi(31) - 1.0) * 3f32.sqrt()
    }

    /// All-pole lattice.
    fn filter(&mut self, input: f32) -> f32 {
        let mut forward = input;
        for stage in (0..MOST_COEFFICIENTS).rev() {
            let k = self.coefficients.get(stage).copied().unwrap_or(0.0);
            let backward = self.state.get(stage).copied().unwrap_or(0.0);
            forward -= k * backward;
            if let Some(next) = self.state.get_mut(stage + 1) {
                *next = backward + k * forward;
            }
        }
        if let Some(first) = self.state.first_mut() {
            *first = forward;
        }
        forward
    }
}
