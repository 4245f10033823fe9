//! The tests of G.168 clause 6.4.2 that a program can do, each as one row: limit and figure, both in dBm0 but where said.

use super::arrangement::Arrangement;
use super::limits::{WITH_NLP, figure_11};
use super::path::Path;
use super::signal::Signal;
use media::echo::Config;

/// One line at one level.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Case {
    pub(crate) tail_ms: u16,
    /// Model number, 0 for D.2.
    pub(crate) model: usize,
    /// Pure delay, samples.
    pub(crate) delay: usize,
    pub(crate) erl: f64,
    /// Level of Rin, dBm0.
    pub(crate) level: f64,
}

#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) test: &'static str,
    pub(crate) limit: f64,
    pub(crate) figure: f64,
}

impl Row {
    pub(crate) fn passed(&self) -> bool {
        self.figure <= self.limit
    }
}

impl Case {
    fn path(&self) -> Path {
        Path::new(self.model, self.erl, self.delay)
    }

    fn other_path(&self) -> Path {
        Path::new((self.model + 1) % 8, self.erl, self.delay)
    }

    fn linear(&self) -> Arrangement {
        Arrangement::linear(self.tail_ms, self.path())
    }

    fn css(&self) -> Signal {
        Signal::css(self.level)
    }

    fn converged(&self) -> Arrangement {
        let mut arrangement = self.linear();
        arrangement.run(&mut self.css(), &mut Signal::silence(), 5.0);
        arrangement
    }

    /// All rows of this case.
    pub(crate) fn rows(&self) -> Vec<Row> {
        let mut rows = self.convergence();
        rows.extend([self.double_talk_3a(), self.double_talk(0.0, 10.0, "3B(a)")]);
        rows.extend([self.double_talk(-6.0, 3.0, "3B(b)"), self.leak(), self.open_path(), self.narrow_band(), self.stability()]);
        rows.extend(self.comfort_noise());
        rows
    }

    /// The rows of test 2.
    pub(crate) fn convergence(&self) -> Vec<Row> {
        let mut rows = self.convergence_with_nlp();
        rows.extend(self.convergence_without_nlp());
        rows.push(self.noise());
        rows
    }

    fn convergence_with_nlp(&self) -> Vec<Row> {
        let mut arrangement = Arrangement::new(Config { tail_ms: self.tail_ms, ..Config::default() }, self.path());
        let mut rows = Vec::new();
        for (test, path) in [("2A(a)", None), ("2A(b)", Some(self.other_path()))] {
            path.into_iter().for_each(|path| arrangement.path.change_to(path));
            let mut css = self.css();
            arrangement.run(&mut css, &mut Signal::silence(), 1.0);
            rows.push(Row { test, limit: WITH_NLP, figure: arrangement.residual(&mut css, 5.0) });
        }
        rows
    }

    fn convergence_without_nlp(&self) -> Vec<Row> {
        let mut arrangement = self.linear();
        let mut rows = Vec::new();
        for (tests, path) in [(["2B(a) 1 s", "2B(a) 10 s"], None), (["2B(b) 1 s", "2B(b) 10 s"], Some(self.other_path()))] {
            path.into_iter().for_each(|path| arrangement.path.change_to(path));
            let mut css = self.css();
            arrangement.run(&mut css, &mut Signal::silence(), 1.0);
            rows.push(Row { test: tests[0], limit: self.level - 20.0, figure: arrangement.residual(&mut css, 0.35) });
            arrangement.run(&mut css, &mut Signal::silence(), 8.65);
            rows.push(Row { test: tests[1], limit: figure_11(self.level), figure: arrangement.residual(&mut css, 2.0) });
        }
        rows
    }

    fn noise(&self) -> Row {
        let mut arrangement = self.linear();
        let mut css = self.css();
        let level = (self.level - 15.0).min(-30.0);
        arrangement.run(&mut css, &mut Signal::hoth_noise(level, 5), 1.0);
        let limit = arrangement.near.take_peak();
        arrangement.hold();
        arrangement.run(&mut css, &mut Signal::silence(), 0.5);
        Row { test: "2C", limit, figure: arrangement.residual(&mut css, 5.0) }
    }

    fn double_talk_3a(&self) -> Row {
        let mut arrangement = self.linear();
        let mut css = self.css();
        arrangement.run(&mut css, &mut Signal::near_css(self.level - 15.0), 5.0);
        let limit = arrangement.near.take_peak();
        arrangement.hold();
        arrangement.run(&mut css, &mut Signal::silence(), 0.5);
        Row { test: "3A", limit, figure: arrangement.residual(&mut css, 5.0) }
    }

    fn double_talk(&self, near: f64, above: f64, test: &'static str) -> Row {
        let mut arrangement = self.converged();
        let mut css = self.css();
        arrangement.run(&mut css, &mut Signal::near_css(self.level + near), 5.0);
        arrangement.hold();
        arrangement.run(&mut css, &mut Signal::silence(), 0.5);
        Row { test, limit: figure_11(self.level) + above, figure: arrangement.residual(&mut css, 5.0) }
    }

    fn leak(&self) -> Row {
        let mut arrangement = self.converged();
        arrangement.run(&mut Signal::silence(), &mut Signal::silence(), 120.0);
        arrangement.hold();
        Row { test: "4", limit: figure_11(self.level) + 10.0, figure: arrangement.residual(&mut self.css(), 5.0) }
    }

    fn open_path(&self) -> Row {
        let mut arrangement = self.converged();
        arrangement.path.change_to(Path::open());
        let mut css = self.css();
        arrangement.run(&mut css, &mut Signal::silence(), 1.0);
        Row { test: "5", limit: -37.0, figure: arrangement.residual(&mut css, 2.0) }
    }

    fn narrow_band(&self) -> Row {
        const TONES: [&[f64]; 8] =
            [&[697.0], &[941.0], &[1336.0], &[1633.0], &[697.0, 1209.0], &[770.0, 1336.0], &[852.0, 1477.0], &[941.0, 1633.0]];
        let mut arrangement = self.converged();
        for tones in TONES {
            arrangement.run(&mut Signal::tones(tones, self.level), &mut Signal::silence(), 5.0);
        }
        arrangement.hold();
        let mut css = self.css();
        arrangement.run(&mut css, &mut Signal::silence(), 1.0);
        Row { test: "6", limit: figure_11(self.level) + 10.0, figure: arrangement.residual(&mut css, 5.0) }
    }

    fn stability(&self) -> Row {
        let mut arrangement = self.linear();
        let mut tone = Signal::tones(&[697.0], self.level);
        arrangement.run(&mut tone, &mut Signal::silence(), 110.0);
        Row { test: "7", limit: figure_11(self.level), figure: arrangement.residual(&mut tone, 10.0) }
    }

    /// Difference between the noise put in and the background, as magnitude in dB.
    fn comfort_noise(&self) -> Vec<Row> {
        let mut arrangement = Arrangement::new(Config { tail_ms: self.tail_ms, ..Config::default() }, self.path());
        arrangement.run(&mut self.css(), &mut Signal::silence(), 5.0);
        let mut rows = Vec::new();
        for (test, level, seconds) in [("9 match", -45.0, 30.0), ("9 down", -55.0, 10.0), ("9 up", -45.0, 10.0)] {
            let mut near = Signal::hoth_noise(level, 9);
            arrangement.run(&mut Signal::silence(), &mut near, seconds);
            let mut rin = Signal::hoth_noise(-10.0, 2);
            arrangement.run(&mut rin, &mut near, 2.0);
            let mut difference = 0.0;
            for _ in 0..70 {
                arrangement.run(&mut rin, &mut near, 0.01);
                difference += (arrangement.sout.now() - arrangement.near.now()) / 70.0;
            }
            rows.push(Row { test, limit: 2.0, figure: difference.abs() });
        }
        rows
    }
}
