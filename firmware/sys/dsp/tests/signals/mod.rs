//! Signals for the tests, from sines of our own: nothing of them comes from spandsp. Noise is seeded.
#![allow(dead_code, unreachable_pub, reason = "each test file uses some of it")]

use std::f64::consts::TAU;

/// Samples a second.
pub const RATE: f64 = 8000.0;

/// Level of a sine that fills the range, in dBm0 (G.711 has 3.14 for A-law).
const FULL_SCALE: f64 = 3.139;

/// Peak of a sine of that level.
pub fn peak(dbm0: f64) -> f64 {
    32767.0 * 10_f64.powf((dbm0 - FULL_SCALE) / 20.0)
}

/// Root of the mean square of a level in dBm0.
pub fn rms(dbm0: f64) -> f64 {
    peak(dbm0) / 2_f64.sqrt()
}

/// Level in dBm0.
pub fn level(samples: &[i16]) -> f64 {
    let square: f64 = samples.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>() / samples.len().max(1) as f64;
    20.0 * (square.sqrt() * 2_f64.sqrt() / 32767.0).max(1e-9).log10() + FULL_SCALE
}

/// Rounds and clips, as a codec does.
pub fn clip(value: f64) -> i16 {
    value.round().clamp(-32768.0, 32767.0) as i16
}

/// A seeded source of numbers (xorshift64*).
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// 0 to 1, never 1.
    pub fn unit(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// Gaussian with a deviation of 1.
    pub fn gauss(&mut self) -> f64 {
        (-2.0 * (1.0 - self.unit()).ln()).sqrt() * (TAU * self.unit()).cos()
    }
}

/// A tone: frequency in Hz and level in dBm0.
pub type Part = (f64, f64);

/// The sum of some sines for `ms`, unclipped.
pub fn tones(parts: &[Part], ms: f64) -> Vec<f64> {
    let count = (RATE * ms / 1000.0).round() as usize;
    (0..count).map(|at| parts.iter().map(|(hz, dbm0)| peak(*dbm0) * (TAU * hz * at as f64 / RATE + 0.3).sin()).sum()).collect()
}

/// Nothing for `ms`.
pub fn silence(ms: f64) -> Vec<f64> {
    vec![0.0; (RATE * ms / 1000.0).round() as usize]
}

/// Adds white noise of that level over the whole band, then clips.
pub fn with_noise(signal: &[f64], dbm0: f64, dice: &mut Dice) -> Vec<i16> {
    let deviation = rms(dbm0);
    signal.iter().map(|sample| clip(sample + deviation * dice.gauss())).collect()
}

/// Clips.
pub fn clean(signal: &[f64]) -> Vec<i16> {
    signal.iter().map(|sample| clip(*sample)).collect()
}

/// The two frequencies of a DTMF digit (Q.23).
pub fn dtmf(digit: char) -> (f64, f64) {
    let at = "123A456B789C*0#D".find(digit).expect("a digit");
    ([697.0, 770.0, 852.0, 941.0][at / 4], [1209.0, 1336.0, 1477.0, 1633.0][at % 4])
}

/// Speech-like sound: glottal pulses of a wandering pitch, or noise, through three resonances that wander from vowel to vowel,
/// in syllables with pauses. It has no meaning, but the harmonics that imitate digits.
#[derive(Debug)]
pub struct Babble {
    dice: Dice,
    phase: f64,
    left: usize,
    long: usize,
    voiced: bool,
    pitch: f64,
    glide: f64,
    gain: f64,
    formants: [Resonance; 3],
}

#[derive(Debug, Clone, Copy, Default)]
struct Resonance {
    hz: f64,
    width: f64,
    past: [f64; 2],
}

impl Resonance {
    fn next(&mut self, input: f64) -> f64 {
        let radius = (-std::f64::consts::PI * self.width / RATE).exp();
        let angle = TAU * self.hz / RATE;
        let [one, two] = self.past;
        let output = (1.0 - radius) * input + 2.0 * radius * angle.cos() * one - radius * radius * two;
        self.past = [output, one];
        output
    }
}

impl Babble {
    pub fn new(seed: u64) -> Self {
        let (dice, formants) = (Dice::new(seed), [Resonance::default(); 3]);
        Self { dice, phase: 0.0, left: 0, long: 1, voiced: false, pitch: 120.0, glide: 0.0, gain: 0.0, formants }
    }

    fn syllable(&mut self) {
        let dice = &mut self.dice;
        self.long = (RATE * dice.between(0.06, 0.35)) as usize;
        self.left = self.long;
        self.voiced = dice.unit() < 0.75;
        self.pitch = dice.between(80.0, 320.0);
        self.glide = dice.between(0.8, 1.25);
        self.gain = if dice.unit() < 0.2 { 0.0 } else { peak(dice.between(-25.0, -6.0)) };
        let ranges = [(250.0, 900.0), (800.0, 2400.0), (2200.0, 3300.0)];
        for (formant, (low, high)) in self.formants.iter_mut().zip(ranges) {
            formant.hz = dice.between(low, high);
            formant.width = dice.between(40.0, 150.0);
        }
    }

    /// The next sample.
    pub fn next_sample(&mut self) -> i16 {
        if self.left == 0 {
            self.syllable();
        }
        let done = 1.0 - self.left as f64 / self.long as f64;
        self.left -= 1;
        let pitch = self.pitch * self.glide.powf(done);
        self.phase += pitch / RATE;
        let pulse = if self.phase >= 1.0 {
            self.phase -= 1.0;
            (RATE / pitch).sqrt() * 6.0
        } else {
            0.0
        };
        let source = if self.voiced { pulse } else { self.dice.gauss() };
        let envelope = (done * std::f64::consts::PI).sin().max(0.0).sqrt();
        let sound: f64 = [1.0, 0.6, 0.3].iter().zip(&mut self.formants).map(|(share, one)| share * one.next(source)).sum();
        clip(sound * self.gain * envelope * 0.5 + self.dice.gauss() * 4.0)
    }

    pub fn block<const N: usize>(&mut self) -> [i16; N] {
        std::array::from_fn(|_| self.next_sample())
    }
}
