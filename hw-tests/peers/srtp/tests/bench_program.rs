//! The bench program runs and prints its figures as `cargo xtask bench` reads them; a debug build's are not looked at otherwise.
#![allow(clippy::unwrap_used, reason = "tests")]

use serde_json::Value;
use std::process::Command;

#[test]
fn srtp_prints_a_figure_beside_each_stranger() {
    let output = Command::new(env!("CARGO_BIN_EXE_bench-srtp")).env("JUNCTOR_BENCH_QUICK", "1").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let rows: Vec<Value> =
        String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let peers: Vec<_> = rows.iter().map(|row| row["peer"].as_str().unwrap()).collect();
    assert_eq!(peers, ["webrtc-srtp-0.15", "libsrtp (Debian)", "libsrtp (Debian)"]);
    for row in rows {
        assert_eq!(row["area"], "srtp", "{row}");
        assert!(row["value"].as_f64().unwrap() > 0.0 && row["peer_value"].as_f64().unwrap() > 0.0, "{row}");
    }
}
