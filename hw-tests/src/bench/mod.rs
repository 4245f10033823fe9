//! What the programs `bench-<area>` share: how a figure is printed, how CPU time is taken, which core is measured.
//!
//! `cargo xtask bench` builds a program for release, pins it to one core, names that core in `JUNCTOR_BENCH_CORE` and reads one
//! JSON object a line from its standard output. Set to 1, `JUNCTOR_BENCH_QUICK` asks for a run that only shows that the program
//! works: its figures are as honest, but of too short a time to be compared.
//!
//! ```text
//! let bench = Bench::new("sip");
//! let rate = bench.per_cpu_second(|| { parse(MESSAGE); 1 });
//! bench.print(Figure::lower("parse a typical INVITE", "us", 1e6 / rate));
//! ```
//!
//! Figures are of CPU time, not of the clock on the wall: other programs on the machine then disturb them least.

mod cpu;

pub use cpu::{Cores, process_cpu, thread_cpu};

use serde_json::json;
use std::time::Duration;

/// How long one figure is measured, in CPU time.
const WHOLE: Duration = Duration::from_millis(1500);
const QUICK: Duration = Duration::from_millis(60);

/// One figure, with what it is compared to.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    name: String,
    unit: &'static str,
    value: f64,
    better: &'static str,
    target: Option<f64>,
    peer: Option<&'static str>,
    peer_value: Option<f64>,
}

impl Figure {
    /// A time, an amount of memory, a loss: less is better.
    pub fn lower(name: &str, unit: &'static str, value: f64) -> Self {
        let (target, peer, peer_value) = (None, None, None);
        Self { name: name.to_owned(), unit, value, better: "lower", target, peer, peer_value }
    }

    /// A rate: more is better.
    pub fn higher(name: &str, unit: &'static str, value: f64) -> Self {
        Self { better: "higher", ..Self::lower(name, unit, value) }
    }

    /// What the design asks for, in the figure's unit.
    pub fn target(mut self, target: f64) -> Self {
        self.target = Some(target);
        self
    }

    /// What somebody else's program reached at the same, in the same run.
    pub fn peer(mut self, peer: &'static str, value: f64) -> Self {
        (self.peer, self.peer_value) = (Some(peer), Some(value));
        self
    }

    /// Whose figure is on record but not measured here.
    pub fn recorded_peer(mut self, peer: &'static str) -> Self {
        self.peer = Some(peer);
        self
    }
}

/// A bench program of one area.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bench {
    area: &'static str,
    quick: bool,
}

impl Bench {
    /// The program of `area`, as quick as the environment asks for.
    pub fn new(area: &'static str) -> Self {
        if cfg!(debug_assertions) {
            eprintln!("bench-{area}: a debug build, its figures mean nothing");
        }
        Self { area, quick: std::env::var_os("JUNCTOR_BENCH_QUICK").is_some_and(|value| value == "1") }
    }

    /// One of two values, by whether the run is to be quick.
    pub fn choose<T>(self, whole: T, quick: T) -> T {
        if self.quick { quick } else { whole }
    }

    /// Prints a figure; the ratio to a peer is worked out by whoever takes the medians.
    #[track_caller]
    pub fn print(self, figure: Figure) {
        let Figure { name, unit, value, better, target, peer, peer_value } = figure;
        assert!(value.is_finite(), "{name} is {value} {unit}");
        let row = json!({
            "area": self.area, "name": name, "unit": unit, "value": value, "better": better,
            "target": target, "peer": peer, "peer_value": peer_value, "ratio": null,
        });
        println!("{row}");
    }

    /// Units of work in a second of this thread's CPU time. `batch` does some work and says how many units; its first run
    /// warms caches and tables and does not count.
    #[track_caller]
    pub fn per_cpu_second(self, mut batch: impl FnMut() -> u64) -> f64 {
        let mut nothing = || 0;
        self.per_cpu_second_in_turn(&mut batch, &mut nothing).0
    }

    /// The same of two kinds of work in turn, A B A B, so that a machine that changes its pace changes both.
    #[track_caller]
    pub fn per_cpu_second_in_turn(self, a: &mut dyn FnMut() -> u64, b: &mut dyn FnMut() -> u64) -> (f64, f64) {
        let rates = self.per_cpu_second_each(&mut || {}, &mut [a, b]);
        (rates.first().copied().unwrap_or_default(), rates.last().copied().unwrap_or_default())
    }

    /// The same of several kinds of work in turn, before each of which `prepare` runs, whose time does not count. The first one
    /// says when it is enough.
    #[track_caller]
    pub fn per_cpu_second_each(self, prepare: &mut dyn FnMut(), works: &mut [&mut dyn FnMut() -> u64]) -> Vec<f64> {
        let budget = self.choose(WHOLE, QUICK);
        for work in works.iter_mut() {
            prepare();
            work();
        }
        let mut done = vec![Work::default(); works.len()];
        while done.first().is_some_and(|first| first.cpu < budget) {
            for (of, work) in done.iter_mut().zip(works.iter_mut()) {
                prepare();
                of.add(work);
            }
        }
        done.into_iter().map(Work::rate).collect()
    }
}

/// What was done, and in how much CPU time.
#[derive(Debug, Clone, Copy, Default)]
struct Work {
    units: u64,
    cpu: Duration,
}

impl Work {
    fn add(&mut self, batch: &mut dyn FnMut() -> u64) {
        let before = thread_cpu();
        self.units += batch();
        self.cpu += thread_cpu().saturating_sub(before);
    }

    fn rate(self) -> f64 {
        self.units as f64 / self.cpu.as_secs_f64()
    }
}
