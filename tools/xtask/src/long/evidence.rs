//! What a long run leaves behind: one section in its evidence file, newest last.

use super::catalogue::LongRun;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::{fs, io};

/// What stands before a figure in a line of output.
const MARK: &str = "figure: ";

/// One figure that a run printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// What was measured.
    pub name: String,
    /// Value and unit as printed.
    pub value: String,
}

impl Figure {
    /// Finds `figure: <name> = <value> <unit>` in a line; the test runner may have written before it on the same line.
    pub fn parse(line: &str) -> Option<Self> {
        let (_, figure) = line.split_once(MARK)?;
        let (name, value) = figure.split_once(" = ")?;
        let (name, value) = (name.trim().to_owned(), value.trim().to_owned());
        (!name.is_empty() && !value.is_empty()).then_some(Self { name, value })
    }
}

/// One run's result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// When it began, UTC.
    pub date: String,
    /// What was measured.
    pub commit: String,
    /// On what.
    pub machine: String,
    /// How long it took, build included.
    pub seconds: u64,
    /// Whether its command succeeded.
    pub passed: bool,
    /// What it printed.
    pub figures: Vec<Figure>,
}

impl Evidence {
    /// The section as Markdown.
    pub fn section(&self) -> String {
        let result = if self.passed { "passed" } else { "FAILED" };
        let Self { date, commit, machine, seconds, .. } = self;
        let mut text = format!(
            "\n## {date}, commit {commit}: {result}\n\n{machine}; {seconds} s with build.\n\n| figure | value |\n|---|---|\n"
        );
        for figure in &self.figures {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "| {} | {} |", figure.name, figure.value);
        }
        text
    }

    /// Appends the section to the run's file, which begins with what the run shows.
    pub fn append(&self, run: &LongRun, file: &Path) -> io::Result<()> {
        let head = format!("# {}\n\n{}. Command: `cargo xtask long {}`.\n", run.name, run.shows, run.name);
        let head = if file.exists() { String::new() } else { head };
        let mut file = fs::OpenOptions::new().create(true).append(true).open(file)?;
        file.write_all((head + &self.section()).as_bytes())
    }
}

/// `2026-11-22 03:04` from seconds since 1970, UTC.
pub fn date_and_time(seconds: u64) -> String {
    let (mut days, rest) = (seconds / 86_400, seconds % 86_400);
    let leap = |year: u64| (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400);
    let mut year = 1970;
    while days >= if leap(year) { 366 } else { 365 } {
        days -= if leap(year) { 366 } else { 365 };
        year += 1;
    }
    let february = if leap(year) { 29 } else { 28 };
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    format!("{year}-{month:02}-{:02} {:02}:{:02}", days + 1, rest / 3600, rest % 3600 / 60)
}

/// The processor and how many cores of it there are.
pub fn machine() -> String {
    let information = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model =
        information.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':').map(|(_, name)| name.trim()));
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    format!("{cores} cores of {}", model.unwrap_or("an unknown processor"))
}
