//! spandsp prints nothing: a process that uses every component has nothing on its standard output and its standard error.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::Command;

#[test]
fn process_that_uses_every_component_prints_nothing() {
    let output = Command::new(env!("CARGO_BIN_EXE_dsp-exercise")).output().unwrap();
    assert_eq!((String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)), ("".into(), "".into()));
    assert!(output.status.success(), "{}", output.status);
}
