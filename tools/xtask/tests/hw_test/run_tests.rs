//! `hw-tests/guest/run-tests` as a script: with programs that pass, fail, hang, and claim what they did not do.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

/// What libtest says of one test that passed.
const PASSED: &str = "echo 'test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 9 filtered out'";

/// Runs one test, a shell script, with this time limit; what run-tests said, and the folder of results.
fn run(script: &str, limit: u32) -> (Vec<String>, PathBuf) {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = format!("xtask-run-tests-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let folder = std::env::temp_dir().join(name);
    fs::create_dir_all(&folder).unwrap();
    let (program, list) = (folder.join("program"), folder.join("list"));
    fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(&list, format!("a::b {limit}\n")).unwrap();
    let run_tests = concat!(env!("CARGO_MANIFEST_DIR"), "/../../hw-tests/guest/run-tests");
    let output = Command::new(run_tests).arg(&list).arg(&program).arg(&folder).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    (String::from_utf8(output.stdout).unwrap().lines().map(ToOwned::to_owned).collect(), folder)
}

/// The status in the line `end a::b STATUS SECONDS`.
#[track_caller]
fn status(script: &str, limit: u32) -> String {
    let (lines, folder) = run(script, limit);
    let _ = fs::remove_dir_all(folder);
    assert_eq!((lines.len(), lines[0].as_str()), (3, "begin a::b"), "{lines:?}");
    let words: Vec<&str> = lines[1].split(' ').collect();
    assert!(words[..2] == ["end", "a::b"] && words[3].parse::<f64>().is_ok(), "{lines:?}");
    assert!(lines[2].starts_with("done 1 "), "{lines:?}");
    words[2].to_owned()
}

#[test]
fn program_that_passed_is_status_0() {
    assert_eq!(status(PASSED, 10), "0");
}

#[test]
fn program_that_failed_keeps_its_status() {
    assert_eq!(status("exit 101", 10), "101");
}

#[test]
fn program_that_ends_well_without_having_run_the_test_is_no_pass() {
    assert_eq!(status("echo 'test result: ok. 0 passed; 0 failed; 0 ignored'", 10), "not-one-test");
    assert_eq!(status("true", 10), "not-one-test");
}

#[test]
fn program_that_hangs_is_stopped_at_its_limit() {
    assert_eq!(status("sleep 60", 1), "137");
}

#[test]
fn what_a_failed_test_wrote_is_kept() {
    let (_, folder) = run("echo words; echo left >\"$JUNCTOR_TEST_DIR/file\"; exit 101", 10);
    assert_eq!(fs::read_to_string(folder.join("a.b.log")).unwrap(), "words\n");
    assert_eq!(fs::read_to_string(folder.join("a.b.kept/file")).unwrap(), "left\n");
    let _ = fs::remove_dir_all(folder);
}
