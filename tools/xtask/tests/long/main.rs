//! `cargo xtask long`: the catalogue, figures in a run's output, and what is recorded.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::PathBuf;
use xtask::Tree;
use xtask::long::evidence::{Evidence, Figure, date_and_time};
use xtask::long::{CATALOGUE, LongError, LongRun, find, record};

fn folder(test: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("long").join(test);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// A workspace of one package whose program prints `text` and exits with `status`.
fn program(test: &str, text: &str, status: u8) -> Tree {
    let root = folder(test);
    fs::create_dir_all(root.join("src")).unwrap();
    // The tests may share a target folder: each needs a package name of its own.
    let manifest = format!("[package]\nname = \"run-{test}\"\nedition = \"2024\"\n\n[workspace]\n");
    fs::write(root.join("Cargo.toml"), manifest).unwrap();
    let main = format!("fn main() {{ println!({text:?}); std::process::exit({status}); }}\n");
    fs::write(root.join("src/main.rs"), main).unwrap();
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let lock = std::process::Command::new(cargo).current_dir(&root).args(["generate-lockfile", "--offline"]).status();
    assert!(lock.unwrap().success());
    Tree::load(&root).unwrap()
}

const RUN: LongRun = LongRun {
    name: "a-run",
    shows: "That a run is recorded",
    folder: "firmware/docs/evidence",
    programs: &[],
    cargo: &["run", "--quiet", "--offline"],
};

fn evidence(passed: bool) -> Evidence {
    Evidence {
        date: "2026-11-22 03:04".to_owned(),
        commit: "0123456789".to_owned(),
        machine: "2 cores of a machine".to_owned(),
        seconds: 61,
        passed,
        figures: vec![Figure { name: "lost packets".to_owned(), value: "0".to_owned() }],
    }
}

#[test]
fn names_are_unique_and_fit_a_file() {
    for run in CATALOGUE {
        assert!(run.name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'), "{}", run.name);
        assert_eq!(CATALOGUE.iter().filter(|other| other.name == run.name).count(), 1);
    }
}

#[test]
fn unknown_run_names_those_there_are() {
    let error = find(&CATALOGUE, "calls-for-ever").unwrap_err();
    assert_eq!(
        error.to_string(),
        "no long run calls-for-ever, there is calls-30-for-60s, calls-500-in-a-row, dahdi-120-channels-for-60s, dahdi-200-calls-in-a-row, \
         switch-types, jitter, echo-g168, isdn-million-mutations, dtmf-talk-off-hour"
    );
    assert_eq!(find(&CATALOGUE, "calls-500-in-a-row").unwrap().name, "calls-500-in-a-row");
}

#[test]
fn figure_is_found_behind_what_the_test_runner_wrote() {
    let wanted = Figure { name: "delay p99".to_owned(), value: "0.25 ms".to_owned() };
    assert_eq!(Figure::parse("figure: delay p99 = 0.25 ms"), Some(wanted.clone()));
    assert_eq!(Figure::parse("test calls_30_for_60s ... figure: delay p99 = 0.25 ms"), Some(wanted));
    assert_eq!(Figure::parse("figure: nothing"), None);
    assert_eq!(Figure::parse("figure:  = 3"), None);
    assert_eq!(Figure::parse("running 1 test"), None);
}

#[test]
fn date_is_that_of_the_calendar() {
    assert_eq!(date_and_time(0), "1970-01-01 00:00");
    assert_eq!(date_and_time(951_782_399), "2000-02-28 23:59");
    assert_eq!(date_and_time(951_782_400), "2000-02-29 00:00");
    assert_eq!(date_and_time(1_735_689_599), "2024-12-31 23:59");
    assert_eq!(date_and_time(4_107_542_400), "2100-03-01 00:00");
}

#[test]
fn evidence_is_appended_below_one_head() {
    let file = folder("append").join("a-run.md");
    evidence(true).append(&RUN, &file).unwrap();
    evidence(false).append(&RUN, &file).unwrap();
    let wanted = "\
# a-run

That a run is recorded. Command: `cargo xtask long a-run`.

## 2026-11-22 03:04, commit 0123456789: passed

2 cores of a machine; 61 s with build.

| figure | value |
|---|---|
| lost packets | 0 |

## 2026-11-22 03:04, commit 0123456789: FAILED

2 cores of a machine; 61 s with build.

| figure | value |
|---|---|
| lost packets | 0 |
";
    assert_eq!(fs::read_to_string(file).unwrap(), wanted);
}

#[test]
fn run_that_passes_is_recorded() {
    let tree = program("passes", "hello\nfigure: calls = 500 calls", 0);
    assert!(record(&tree, &RUN).unwrap());
    let text = fs::read_to_string(tree.root.join("firmware/docs/evidence/a-run.md")).unwrap();
    assert!(text.contains(": passed\n") && text.contains("| calls | 500 calls |"), "{text}");
}

#[test]
fn run_that_fails_after_a_figure_is_recorded_as_failed() {
    let tree = program("fails", "figure: calls = 499 calls", 3);
    assert!(!record(&tree, &RUN).unwrap());
    let text = fs::read_to_string(tree.root.join("firmware/docs/evidence/a-run.md")).unwrap();
    assert!(text.contains(": FAILED\n") && text.contains("| calls | 499 calls |"), "{text}");
}

#[test]
fn run_without_a_figure_fails_and_is_not_recorded() {
    let tree = program("silent", "running 0 tests", 0);
    assert!(matches!(record(&tree, &RUN), Err(LongError::NothingMeasured { .. })));
    assert!(!tree.root.join("firmware/docs/evidence/a-run.md").exists());
}
