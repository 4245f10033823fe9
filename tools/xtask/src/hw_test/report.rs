//! What became of each test: the lines that `hw-tests/guest/run-tests` writes, against the list of what was expected.

use std::fmt;
use std::time::Duration;

/// A test that has reported.
#[derive(Debug, Clone, PartialEq)]
pub struct Finished {
    /// Where it ran, `guest` or `rig`.
    pub place: &'static str,
    /// As libtest names it.
    pub name: String,
    /// The program's exit status, or a word of run-tests.
    pub status: String,
    /// In the seconds of the place where it ran.
    pub seconds: f64,
}

impl Finished {
    /// Whether it passed.
    pub fn passed(&self) -> bool {
        self.status == "0"
    }

    /// What its status means, for one that failed.
    fn reason(&self) -> String {
        match self.status.as_str() {
            "101" => "a check failed".to_owned(),
            "137" => "stopped at its time limit".to_owned(),
            "left-spans" => "it left DAHDI spans behind".to_owned(),
            "not-one-test" => "the program did not run exactly this test".to_owned(),
            other => format!("its program ended with status {other}"),
        }
    }
}

impl fmt::Display for Finished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let result = if self.passed() { "PASS" } else { "FAIL" };
        write!(f, "{result} [{:8.3}s] {} dahdi::{}", self.seconds, self.place, self.name)?;
        if self.passed() { Ok(()) } else { write!(f, ": {}", self.reason()) }
    }
}

/// What is known of a run so far.
#[derive(Debug, Clone)]
pub struct Report {
    place: &'static str,
    expected: Vec<String>,
    begun: Vec<String>,
    finished: Vec<Finished>,
    /// The count and the seconds since boot of the closing line.
    done: Option<(usize, f64)>,
    strange: Vec<String>,
}

impl Report {
    /// Nothing is known yet of these tests, which run at `place`.
    pub fn new(place: &'static str, expected: &[String]) -> Self {
        Self { place, expected: expected.to_vec(), begun: Vec::new(), finished: Vec::new(), done: None, strange: Vec::new() }
    }

    /// Takes one line; returns the test that it finishes.
    pub fn take(&mut self, line: &str) -> Option<Finished> {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            [] => {}
            ["begin", name] => self.begun.push((*name).to_owned()),
            ["end", name, status, seconds] => {
                let known = self.expected.iter().any(|expected| expected == name);
                let again = self.finished.iter().any(|finished| finished.name == *name);
                if let (Ok(seconds), true, false) = (seconds.parse(), known, again) {
                    let finished =
                        Finished { place: self.place, name: (*name).to_owned(), status: (*status).to_owned(), seconds };
                    self.finished.push(finished.clone());
                    return Some(finished);
                }
                self.strange.push(line.to_owned());
            }
            ["done", count, seconds] => match (count.parse(), seconds.parse()) {
                (Ok(count), Ok(seconds)) if self.done.is_none() => self.done = Some((count, seconds)),
                _ => self.strange.push(line.to_owned()),
            },
            _ => self.strange.push(line.to_owned()),
        }
        None
    }

    /// Whether every expected test passed.
    pub fn all_passed(&self) -> bool {
        self.finished.len() == self.expected.len() && self.finished.iter().all(Finished::passed)
    }

    /// The tests that began and did not report.
    pub fn unfinished(&self) -> impl Iterator<Item = &str> {
        let reported = |name: &str| self.finished.iter().any(|finished| finished.name == name);
        self.begun.iter().map(String::as_str).filter(move |name| !reported(name))
    }

    /// What is wrong besides tests that failed: tests without a result, a run without an end, lines that mean nothing.
    pub fn problems(&self) -> Vec<String> {
        let reported = |name: &String| self.finished.iter().any(|finished| finished.name == *name);
        let silent = self.expected.iter().filter(|name| !reported(name)).map(|name| {
            let how = if self.begun.contains(name) { "it began and never ended" } else { "it never began" };
            format!("{} dahdi::{name}: no result, {how}", self.place)
        });
        let strange = self.strange.iter().map(|line| format!("{}: a line that means nothing here: {line:?}", self.place));
        let end = match self.done {
            None => Some(format!("{}: the run did not say that it was done", self.place)),
            Some((count, _)) if count != self.expected.len() => {
                Some(format!("{}: {count} tests were run of {}", self.place, self.expected.len()))
            }
            Some(_) => None,
        };
        silent.chain(strange).chain(end).collect()
    }

    /// How many of the expected tests passed, and how many did not: a test without a result failed.
    fn counts(&self) -> (usize, usize) {
        let passed = self.finished.iter().filter(|finished| finished.passed()).count();
        (passed, self.expected.len().saturating_sub(passed))
    }

    /// The closing line of its place; `host` is how long it took on this machine's clock.
    pub fn summary(&self, host: Duration) -> String {
        let (passed, failed) = self.counts();
        let here = self.done.map_or_else(|| "unknown".to_owned(), |(_, seconds)| format!("{seconds:.0} s"));
        let times = match self.place {
            "guest" => format!("guest time {here}, host time {} s", host.as_secs()),
            _ => format!("time {} s", host.as_secs()),
        };
        format!("{}: {} tests run: {passed} passed, {failed} failed ({times})", self.place, self.finished.len())
    }
}

/// The last line of a run: all places together. A run that is not `good` says so even when every test passed: the kernel may
/// have broken, or the guest not have ended as it should.
pub fn closing_line(reports: &[Report], good: bool) -> String {
    let (passed, failed) = reports.iter().map(Report::counts).fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    let failed = if good { failed } else { failed.max(1) };
    format!("hw-test: {passed} passed, {failed} failed")
}
