//! Packet loss concealment on linear samples of 8000 Hz, after the idea of G.711 Appendix I.
//!
//! What is missing is made from the last pitch periods of what was heard: one period repeated for 10 ms, two for the next,
//! three from then on, full for 10 ms and then faded to nothing at 60 ms. What comes back is faded in over the
//! continued repetition. Appendix I delays all audio by 3.75 ms to overlap the first seam; here the seam is closed by a
//! correction that fades away (the step between the last sample heard and the first made), so nothing is delayed.
//!
//! Drive it: each run of samples that came goes through [`Concealer::heard`], each run that did not is filled by
//! [`Concealer::conceal`]. After `new` nothing is allocated. Left out: the periodic noise of long vowels mixed with noise.

/// Samples of history: three periods of the longest pitch and a quarter more, as Appendix I has it (48.75 ms).
const HISTORY: usize = 390;
/// Longest and shortest pitch looked for, 66 and 200 Hz (Appendix I clause I.2.2).
const LONGEST_PITCH: usize = 120;
const SHORTEST_PITCH: usize = 40;
/// Samples that are compared to find the pitch: 20 ms.
const COMPARED: usize = 160;
/// The coarse search looks at every second lag and every second sample.
const COARSE: usize = 2;
/// Samples of 10 ms.
const STEP: usize = 80;
/// Samples concealed after which there is silence: 60 ms.
const SILENT_AFTER: usize = 6 * STEP;
/// Longest overlap when audio comes back: 10 ms.
const LONGEST_OVERLAP: usize = 80;

/// See the module header.
#[derive(Debug, Clone)]
pub struct Concealer {
    /// The latest samples heard or made, the newest last.
    history: [f32; HISTORY],
    /// The history as it was when the gap began.
    source: [f32; HISTORY],
    gap: Gap,
}

/// The present gap.
#[derive(Debug, Clone, Copy)]
struct Gap {
    /// Samples made so far; 0 when there is none.
    made: usize,
    pitch: usize,
    /// Periods repeated.
    periods: usize,
    /// Where in them the next sample is.
    at: usize,
    /// Step between the last sample heard and what would have preceded the first one made.
    step: f32,
}

impl Gap {
    const NONE: Self = Self { made: 0, pitch: SHORTEST_PITCH, periods: 1, at: 0, step: 0.0 };

    const fn quarter(&self) -> usize {
        self.pitch / 4
    }
}

impl Default for Concealer {
    fn default() -> Self {
        Self { history: [0.0; HISTORY], source: [0.0; HISTORY], gap: Gap::NONE }
    }
}

impl Concealer {
    /// Forgets what was heard: a new source.
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    /// Whether the next samples heard will be changed: a gap was just concealed.
    #[must_use]
    pub const fn is_in_gap(&self) -> bool {
        self.gap.made > 0
    }

    /// Takes samples that came. After a gap their beginning is faded in over the continued concealment; true when so.
    pub fn heard(&mut self, samples: &mut [i16]) -> bool {
        let blends = self.gap.made > 0;
        if blends {
            self.blend(samples);
            self.gap = Gap::NONE;
        }
        self.remember(samples);
        blends
    }

    /// Fills samples that did not come.
    pub fn conceal(&mut self, samples: &mut [i16]) {
        for sample in samples.iter_mut() {
            if self.gap.made == 0 {
                self.begin();
            }
            *sample = to_sample(self.next());
        }
        self.remember(samples);
    }

    /// Appendix I: a quarter of the pitch, and 4 ms for each 10 ms of gap beyond the first, at most 10 ms.
    fn blend(&mut self, samples: &mut [i16]) {
        let beyond = self.gap.made.saturating_sub(STEP) / STEP;
        let overlap = (self.gap.quarter() + 32 * beyond).min(LONGEST_OVERLAP).min(samples.len());
        for (at, sample) in samples.iter_mut().take(overlap).enumerate() {
            let weight = (at + 1) as f32 / (overlap + 1) as f32;
            *sample = to_sample(f32::from(*sample) * weight + self.next() * (1.0 - weight));
        }
    }

    fn begin(&mut self) {
        self.source = self.history;
        let pitch = find_pitch(&self.source);
        let last = at(&self.source, HISTORY - 1);
        let before_period = at(&self.source, HISTORY - 1 - pitch);
        self.gap = Gap { made: 0, pitch, periods: 1, at: 0, step: last - before_period };
    }

    /// The next sample made.
    fn next(&mut self) -> f32 {
        let gap = self.gap;
        let wanted_periods = (gap.made / STEP + 1).min(3);
        if wanted_periods > gap.periods {
            // The place in the period stays: more of the past is repeated.
            self.gap.periods = wanted_periods;
            self.gap.at = gap.at % gap.pitch;
        }
        let value = self.repeated(self.gap.periods, self.gap.at) + self.correction();
        let value = value * fade(self.gap.made);
        self.gap.at = (self.gap.at + 1) % (self.gap.pitch * self.gap.periods);
        self.gap.made = self.gap.made.saturating_add(1);
        value
    }

    /// A sample of the last `periods` periods; their end is overlapped with what came before their beginning, so that the
    /// repetition has no seam.
    fn repeated(&self, periods: usize, index: usize) -> f32 {
        let length = periods * self.gap.pitch;
        let plain = at(&self.source, HISTORY - length + index);
        let left = length - index;
        let quarter = self.gap.quarter();
        if left > quarter {
            return plain;
        }
        let weight = left as f32 / (quarter + 1) as f32;
        let before = at(&self.source, (HISTORY + index).saturating_sub(2 * length));
        plain * weight + before * (1.0 - weight)
    }

    /// Closes the first seam over a quarter of the pitch.
    fn correction(&self) -> f32 {
        let quarter = self.gap.quarter();
        if self.gap.made >= quarter {
            return 0.0;
        }
        self.gap.step * (quarter - self.gap.made) as f32 / (quarter + 1) as f32
    }

    fn remember(&mut self, samples: &[i16]) {
        let kept = samples.len().min(HISTORY);
        self.history.copy_within(kept.., 0);
        let places = self.history.iter_mut().rev();
        for (place, sample) in places.zip(samples.iter().rev()) {
            *place = f32::from(*sample);
        }
    }
}

/// Full for 10 ms, then down in a straight line to nothing at 60 ms.
fn fade(made: usize) -> f32 {
    if made <= STEP { 1.0 } else { SILENT_AFTER.saturating_sub(made) as f32 / (SILENT_AFTER - STEP) as f32 }
}

/// The lag at which the last 20 ms are most like what came before, by normalised correlation.
fn find_pitch(history: &[f32; HISTORY]) -> usize {
    let coarse = best_lag(history, SHORTEST_PITCH, LONGEST_PITCH, COARSE);
    best_lag(history, coarse.saturating_sub(1).max(SHORTEST_PITCH), (coarse + 1).min(LONGEST_PITCH), 1)
}

fn best_lag(history: &[f32; HISTORY], from: usize, to: usize, step: usize) -> usize {
    let mut best = (from, f32::MIN);
    for lag in (from..=to).step_by(step) {
        let like = likeness(history, lag, step);
        if like > best.1 {
            best = (lag, like);
        }
    }
    best.0
}

fn likeness(history: &[f32; HISTORY], lag: usize, step: usize) -> f32 {
    let recent = history.get(HISTORY - COMPARED..).unwrap_or_default();
    let before = history.get(HISTORY - COMPARED - lag..HISTORY - lag).unwrap_or_default();
    let (mut product, mut energy) = (0.0, 1.0);
    for (a, b) in recent.iter().zip(before).step_by(step) {
        product += a * b;
        energy += b * b;
    }
    product / energy.sqrt()
}

fn at(history: &[f32; HISTORY], index: usize) -> f32 {
    history.get(index).copied().unwrap_or(0.0)
}

fn to_sample(value: f32) -> i16 {
    // `as` saturates, and gives 0 for what is no number.
    value.round() as i16
}
