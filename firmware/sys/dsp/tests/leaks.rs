//! Valgrind's memcheck over a process that uses every component: no leak, no read or write beyond, nothing used undefined.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::{Command, Output};

fn memcheck(arguments: &[&str]) -> Output {
    let mut command = Command::new("valgrind");
    command.args(["--quiet", "--error-exitcode=99", "--leak-check=full", "--show-leak-kinds=definite,possible"]);
    command.args(["--errors-for-leak-kinds=definite,possible", env!("CARGO_BIN_EXE_dsp-exercise")]);
    command.args(arguments).output().expect("valgrind is in the list of tools/packages test")
}

#[test]
fn process_that_uses_every_component_leaks_nothing() {
    let output = memcheck(&[]);
    assert!(output.status.success(), "{}\n{}", output.status, String::from_utf8_lossy(&output.stderr));
}

#[test]
fn leak_on_purpose_is_found() {
    let output = memcheck(&["leak"]);
    assert_eq!(output.status.code(), Some(99));
    let report = String::from_utf8_lossy(&output.stderr);
    assert!(report.contains("definitely lost") && report.contains("bell_mf_rx_init"), "{report}");
}
