//! The bench programs that need no peer run, and print figures as `cargo xtask bench` reads them. What they print here, in a
//! debug build and a fraction of a second, is not looked at otherwise.
#![allow(clippy::unwrap_used, reason = "tests")]

use serde_json::Value;
use std::process::Command;

const KEYS: [&str; 9] = ["area", "better", "name", "peer", "peer_value", "ratio", "target", "unit", "value"];

/// What the program prints, each line checked for its form.
fn figures(area: &str, program: &str) -> Vec<Value> {
    let output = Command::new(program).env("JUNCTOR_BENCH_QUICK", "1").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let rows: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for row in &rows {
        let mut keys: Vec<_> = row.as_object().unwrap().keys().map(String::as_str).collect();
        keys.sort_unstable();
        assert_eq!(keys, KEYS, "{row}");
        assert_eq!(row["area"], area, "{row}");
        assert!(row["value"].as_f64().unwrap() > 0.0, "{row}");
        assert!(["lower", "higher"].contains(&row["better"].as_str().unwrap()), "{row}");
    }
    let mut names: Vec<_> = rows.iter().map(|row| row["name"].to_string()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), rows.len(), "a figure is told from others by its name");
    rows
}

#[test]
fn sip_prints_calls_by_both_transports_and_parsing_beside_rsip() {
    let rows = figures("sip", env!("CARGO_BIN_EXE_bench-sip"));
    assert_eq!(rows.len(), 4);
    let beside: Vec<_> = rows.iter().filter(|row| row["peer"] == "rsip-0.4").collect();
    assert_eq!(beside.len(), 2);
    assert!(beside.iter().all(|row| row["peer_value"].as_f64().unwrap() > 0.0));
}

#[test]
fn media_prints_streams_of_both_laws_and_conversion() {
    assert_eq!(figures("media", env!("CARGO_BIN_EXE_bench-media")).len(), 5);
}

#[test]
fn span_prints_blocks_and_frames() {
    assert_eq!(figures("span", env!("CARGO_BIN_EXE_bench-span")).len(), 4);
}

#[test]
fn isdn_prints_the_load_of_eight_spans_and_the_time_of_a_frame() {
    let rows = figures("isdn", env!("CARGO_BIN_EXE_bench-isdn"));
    let targets: Vec<_> = rows.iter().map(|row| (row["unit"].as_str().unwrap(), row["target"].as_f64())).collect();
    assert_eq!(targets, [("% of a core", Some(20.0)), ("us", None), ("us", Some(10.0))]);
}
