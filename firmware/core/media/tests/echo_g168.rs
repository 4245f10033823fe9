//! The canceller in the tests of G.168 2A, 2B, 2C, 3A, 3B, 4, 5, 6, 7 and 9, on the Recommendation's own echo path models (source:
//! `tests/vectors/g168/README.md`). The short form runs one model at each tail, the long form all of them at three levels.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod g168;

use g168::path::MODELS;
use g168::suite::{Case, Row};

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

#[test]
#[ignore = "long: cargo xtask long echo-g168"]
fn every_model_at_every_tail_passes_every_test() {
    let mut rows = 0;
    let mut missed = 0;
    head();
    for (tail_ms, delay) in [(16, 0), (32, 64), (64, 320), (128, 0), (128, 800)] {
        for model in 0..MODELS.len() {
            for level in [-10.0, -20.0, -30.0] {
                for erl in [6.0, 20.0] {
                    let case = Case { tail_ms, model, delay, erl, level };
                    let of_case = case.rows();
                    print(case, &of_case);
                    rows += of_case.len();
                    missed += of_case.iter().filter(|row| !row.passed()).count();
                }
            }
        }
    }
    println!("\n{rows} figures, {missed} missed");
    assert_eq!(missed, 0);
}
