//! A line whose figures a test moves from second to second, and its diagnosis.

use std::time::{Duration, Instant};

use call::diagnosis::{DFigures, Diagnosis, Sample};
use model::api::{Alarms, Area, Verdict};

/// See the module header.
pub struct Line {
    pub diagnosis: Diagnosis,
    pub sample: Sample,
    now: Instant,
    second: i64,
    /// How often the verdict became another.
    pub changes: u32,
}

impl Line {
    /// A primary rate span with its link up.
    pub fn new() -> Self {
        let d_channel = Some(DFigures { up: true, timeslot: 16, ..DFigures::default() });
        let sample = Sample { d_channel, ..Sample::default() };
        Self { diagnosis: Diagnosis::default(), sample, now: Instant::now(), second: 0, changes: 0 }
    }

    /// Runs for `seconds`, changing the figures before each.
    pub fn run(&mut self, seconds: u32, mut change: impl FnMut(&mut Sample)) -> &mut Self {
        for _ in 0..seconds {
            change(&mut self.sample);
            self.now += Duration::from_secs(1);
            self.second += 1;
            self.changes += u32::from(self.diagnosis.handle_sample(self.now, self.second * 1000, self.sample.clone()));
        }
        self
    }

    pub fn alarms(&mut self, names: &[&str]) -> &mut Self {
        self.sample.alarms = Alarms(names.iter().map(|name| (*name).to_owned()).collect());
        self
    }

    pub fn verdict(&self) -> Verdict {
        self.diagnosis.verdict().cloned().unwrap()
    }

    pub fn area(&self) -> Area {
        self.verdict().area
    }
}

/// The D-channel's figures.
pub fn d(sample: &mut Sample) -> &mut DFigures {
    sample.d_channel.as_mut().unwrap()
}
