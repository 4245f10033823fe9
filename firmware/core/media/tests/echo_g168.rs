//! The canceller in the tests of G.168 2A, 2B, 2C, 3A, 3B, 4, 5, 6, 7 and 9, on the Recommendation's own echo path models (source:
//! `tests/vectors/g168/README.md`). The short form runs one model at each tail and some hard cases of test 2, the long form all of
//! them at three levels.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod g168;

use g168::path::MODELS;
use g168::suite::{Case, Row};
use std::collections::BTreeMap;

fn print(case: Case, rows: &[Row]) {
    for row in rows {
        let Case { tail_ms, model, delay, erl, level } = case;
        let verdict = if row.passed() { "passed" } else { "MISSED" };
        let (name, ..) = MODELS[model];
        println!(
            "| {tail_ms} | {name} | {} | {erl:.0} | {level:.0} | {} | {:.1} | {:.1} | {verdict} |",
            delay / 8,
            row.test,
            row.limit,
            row.figure
        );
    }
}

fn head() {
    println!("| tail ms | model | delay ms | ERL dB | Rin dBm0 | test | limit | figure | |");
    println!("|---|---|---|---|---|---|---|---|---|");
}

#[test]
fn one_model_at_each_tail_passes_every_test() {
    let cases = [(16, 0, 0, -10.0), (32, 4, 64, -20.0), (64, 6, 320, -30.0), (128, 3, 800, -10.0)];
    let mut missed = Vec::new();
    head();
    for (tail_ms, model, delay, level) in cases {
        let case = Case { tail_ms, model, delay, erl: 6.0, level };
        let rows = case.rows();
        print(case, &rows);
        missed.extend(rows.into_iter().filter(|row| !row.passed()).map(|row| (tail_ms, row)));
    }
    assert!(missed.is_empty(), "{missed:?}");
}

/// Lines on which a second was too short for an earlier canceller: after a change of path, and in noise.
#[test]
fn longest_tail_new_path_or_noise_a_second_is_enough() {
    let mut missed = Vec::new();
    head();
    for (model, delay, erl, level) in [(1, 0, 6.0, -10.0), (1, 800, 6.0, -20.0), (5, 800, 6.0, -30.0), (6, 0, 6.0, -10.0)] {
        let case = Case { tail_ms: 128, model, delay, erl, level };
        let rows = case.convergence();
        print(case, &rows);
        missed.extend(rows.into_iter().filter(|row| !row.passed()).map(|row| (model, row)));
    }
    assert!(missed.is_empty(), "{missed:?}");
}

/// Figures of one test at one tail: how many, how many missed, and the worst distance to the limit.
#[derive(Default)]
struct Summary {
    figures: u32,
    missed: u32,
    worst: f64,
}

#[test]
#[ignore = "long: cargo xtask long echo-g168"]
fn every_model_at_every_tail_misses_at_most_one_figure_in_a_thousand_and_only_of_convergence() {
    let mut summaries: BTreeMap<(&str, u16), Summary> = BTreeMap::new();
    head();
    for (tail_ms, delay) in [(16, 0), (32, 64), (64, 320), (128, 0), (128, 800)] {
        for model in 0..MODELS.len() {
            for (level, erl) in [-10.0, -20.0, -30.0].into_iter().flat_map(|level| [(level, 6.0), (level, 20.0)]) {
                let case = Case { tail_ms, model, delay, erl, level };
                let rows = case.rows();
                print(case, &rows);
                for row in rows {
                    let summary =
                        summaries.entry((row.test, tail_ms)).or_insert_with(|| Summary { worst: f64::MIN, ..Summary::default() });
                    summary.figures += 1;
                    summary.missed += u32::from(!row.passed());
                    summary.worst = summary.worst.max(row.figure - row.limit);
                }
            }
        }
    }
    let (mut figures, mut missed) = (0, 0);
    for ((test, tail_ms), summary) in &summaries {
        println!("figure: test {test}, tail {tail_ms} ms, worst against limit = {:.1} dB", summary.worst);
        println!("figure: test {test}, tail {tail_ms} ms, missed = {} of {}", summary.missed, summary.figures);
        figures += summary.figures;
        missed += summary.missed;
        assert!(summary.missed == 0 || test.starts_with('2'), "{test} is no test of convergence");
    }
    println!("figure: all tests, missed = {missed} of {figures}");
    assert!(missed * 1000 <= figures);
}
