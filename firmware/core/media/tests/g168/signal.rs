//! Test signals: composite source signals of G.168 Annex C (band-limited), noise, tones, silence.

use super::{numbers, rms_of};
use media::BLOCK;
use sansio::sim::SplitMix64;
use std::f64::consts::TAU;

/// Sampling rate of the numbers of Annex C.
const ANNEX_C_RATE: f64 = 44_100.0;
const RATE: f64 = 8000.0;

/// An endless signal.
#[derive(Debug, Clone)]
pub(crate) struct Signal {
    samples: Vec<f64>,
    at: usize,
    gain: f64,
}

impl Signal {
    /// Played over and over, so loud that its mean over the loud parts is `dbm0`.
    fn looped(samples: Vec<f64>, dbm0: f64) -> Self {
        let loud: Vec<f64> = samples.iter().copied().filter(|sample| *sample != 0.0).collect();
        let rms = (loud.iter().map(|s| s * s).sum::<f64>() / loud.len().max(1) as f64).sqrt();
        let gain = if rms > 0.0 { rms_of(dbm0) / rms } else { 0.0 };
        Self { samples, at: 0, gain }
    }

    pub(crate) fn silence() -> Self {
        Self::looped(vec![0.0], -120.0)
    }

    /// C.1 and C.2: voiced sound 48.62 ms, pseudo noise 200 ms, pause 101.38 ms, then all inverted.
    pub(crate) fn css(dbm0: f64) -> Self {
        let voiced = voiced(include_str!("../vectors/g168/css_c1.txt"), 389);
        Self::composite(voiced, speech_like_noise(1, 1600), 811, dbm0)
    }

    /// C.3, for the near end: voiced sound 72.69 ms, noise 200 ms, pause 127.31 ms, then all inverted.
    pub(crate) fn near_css(dbm0: f64) -> Self {
        let voiced = voiced(include_str!("../vectors/g168/css_c3.txt"), 582);
        let mut random = SplitMix64::new(3);
        let noise = (0..1600).map(|_| gauss(&mut random)).collect();
        Self::composite(voiced, noise, 1018, dbm0)
    }

    fn composite(voiced: Vec<f64>, noise: Vec<f64>, pause: usize, dbm0: f64) -> Self {
        let power = |samples: &[f64]| samples.iter().map(|s| s * s).sum::<f64>() / samples.len() as f64;
        let scale = (power(&voiced) / power(&noise)).sqrt();
        let mut once = voiced;
        once.extend(noise.iter().map(|sample| sample * scale));
        once.extend(std::iter::repeat_n(0.0, pause));
        let inverted: Vec<f64> = once.iter().map(|sample| -sample).collect();
        once.extend(inverted);
        Self::looped(once, dbm0)
    }

    pub(crate) fn white_noise(dbm0: f64, seed: u64) -> Self {
        let mut random = SplitMix64::new(seed);
        Self::looped((0..80_000).map(|_| gauss(&mut random)).collect(), dbm0)
    }

    /// Noise with the slope of room noise (Hoth): one pole.
    pub(crate) fn hoth_noise(dbm0: f64, seed: u64) -> Self {
        let mut random = SplitMix64::new(seed);
        let mut last = 0.0;
        let mut next = || {
            last = 0.625 * last + 0.375 * gauss(&mut random);
            last
        };
        Self::looped((0..80_000).map(|_| next()).collect(), dbm0)
    }

    /// Sines of the same level each; a second of them, so whole numbers of hertz.
    pub(crate) fn tones(hertz: &[f64], dbm0_each: f64) -> Self {
        let sine = |n: usize, hertz: f64| (TAU * hertz * n as f64 / RATE).sin();
        let samples: Vec<f64> = (0..8000).map(|n| hertz.iter().map(|f| sine(n, *f)).sum()).collect();
        Self::looped(samples, dbm0_each + 10.0 * (hertz.len() as f64).log10())
    }

    /// Any samples, looped, scaled to a level.
    pub(crate) fn of(samples: Vec<f64>, dbm0: f64) -> Self {
        Self::looped(samples, dbm0)
    }

    pub(crate) fn block(&mut self) -> [i16; BLOCK] {
        std::array::from_fn(|_| self.next())
    }

    fn next(&mut self) -> i16 {
        let sample = self.samples[self.at] * self.gain;
        self.at = (self.at + 1) % self.samples.len();
        sample.round().clamp(-32768.0, 32767.0) as i16
    }
}

/// A normal number: twelve even ones.
pub(crate) fn gauss(random: &mut SplitMix64) -> f64 {
    (0..12).map(|_| random.next_u64() as f64 / u64::MAX as f64).sum::<f64>() - 6.0
}

/// `length` samples at 8 kHz of a period given at 44.1 kHz: its harmonics below 3600 Hz, by their Fourier series.
fn voiced(text: &str, length: usize) -> Vec<f64> {
    let period = numbers(text);
    let base = ANNEX_C_RATE / period.len() as f64;
    let harmonics: Vec<(f64, f64, f64)> = (1..)
        .map(|k| f64::from(k) * base)
        .take_while(|hertz| *hertz < 3600.0)
        .map(|hertz| {
            let angle = |n: usize| TAU * hertz * n as f64 / ANNEX_C_RATE;
            let sum = |f: fn(f64) -> f64| {
                2.0 / period.len() as f64 * period.iter().enumerate().map(|(n, s)| s * f(angle(n))).sum::<f64>()
            };
            (hertz, sum(f64::cos), sum(f64::sin))
        })
        .collect();
    let sample = |n: usize| {
        let at = n as f64 / RATE;
        harmonics.iter().map(|(hertz, c, s)| c * (TAU * hertz * at).cos() + s * (TAU * hertz * at).sin()).sum()
    };
    (0..length).map(sample).collect()
}

/// Pseudo noise: sines 5 Hz apart with random signs of phase and the slope of Annex C's band-limited signal.
fn speech_like_noise(seed: u64, length: usize) -> Vec<f64> {
    const STEP: f64 = 5.0;
    let mut random = SplitMix64::new(seed);
    let mut samples = vec![0.0; length];
    for index in 10..736 {
        let hertz = STEP * f64::from(index);
        let sign = if random.next_u64() & 1 == 0 { 1.0 } else { -1.0 };
        let amplitude = sign * 10f64.powf(slope(hertz) / 20.0);
        for (n, sample) in samples.iter_mut().enumerate() {
            *sample += amplitude * (TAU * hertz * n as f64 / RATE + 0.4 * f64::from(index % 7)).cos();
        }
    }
    samples
}

/// Level in dB over frequency, straight lines between these points.
fn slope(hertz: f64) -> f64 {
    const POINTS: [(f64, f64); 9] = [
        (50.0, -25.8),
        (100.0, -12.8),
        (200.0, 17.4),
        (215.0, 17.8),
        (500.0, 12.2),
        (1000.0, 7.2),
        (2850.0, 0.0),
        (3600.0, -2.0),
        (3680.0, -30.0),
    ];
    let pair = POINTS.windows(2).find(|pair| hertz <= pair[1].0);
    pair.map_or(-60.0, |pair| {
        let ((from, low), (to, high)) = (pair[0], pair[1]);
        low + (high - low) * (hertz - from) / (to - from)
    })
}
