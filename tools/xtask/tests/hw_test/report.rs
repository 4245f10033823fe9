//! The lines of run-tests against the list: a test counts as passed only when it said so, once.

use std::time::Duration;
use xtask::hw_test::report::{Report, closing_line};

fn report(lines: &[&str]) -> Report {
    let mut report = Report::new("guest", &["a::one".to_owned(), "a::two".to_owned()]);
    for line in lines {
        report.take(line);
    }
    report
}

const GOOD: [&str; 5] = ["begin a::one", "end a::one 0 0.25", "begin a::two", "end a::two 0 1.5", "done 2 4.2"];

#[test]
fn all_reported_is_passed_without_problems() {
    let report = report(&GOOD);
    assert!(report.all_passed());
    assert_eq!(report.problems(), Vec::<String>::new());
    let summary = report.summary(Duration::from_secs(9));
    assert_eq!(summary, "guest: 2 tests run: 2 passed, 0 failed (guest time 4 s, host time 9 s)");
    assert_eq!(closing_line(&[report], true), "hw-test: 2 passed, 0 failed");
}

#[test]
fn finished_test_is_an_ordinary_line() {
    let mut report = report(&[]);
    let passed = report.take("end a::one 0 0.25").unwrap();
    assert_eq!(passed.to_string(), "PASS [   0.250s] guest dahdi::a::one");
    for (status, reason) in [
        ("101", "a check failed"),
        ("137", "stopped at its time limit"),
        ("left-spans", "it left DAHDI spans behind"),
        ("not-one-test", "the program did not run exactly this test"),
        ("134", "its program ended with status 134"),
    ] {
        let mut report = Report::new("rig", &["x".to_owned()]);
        let failed = report.take(&format!("end x {status} 2")).unwrap();
        assert_eq!(failed.to_string(), format!("FAIL [   2.000s] rig dahdi::x: {reason}"));
        assert!(!report.all_passed());
    }
}

#[test]
fn test_that_never_reported_is_a_failure() {
    let begun = report(&["begin a::one", "end a::one 0 1", "begin a::two"]);
    assert!(!begun.all_passed());
    assert_eq!(begun.unfinished().collect::<Vec<_>>(), ["a::two"]);
    let problems = begun.problems().join("\n");
    assert!(
        problems.contains("a::two: no result, it began and never ended") && problems.contains("did not say that it was done")
    );
    let silent = report(&["begin a::one", "end a::one 0 1", "done 1 3"]).problems().join("\n");
    assert!(silent.contains("a::two: no result, it never began") && silent.contains("1 tests were run of 2"), "{silent}");
    assert_eq!(closing_line(&[begun], false), "hw-test: 1 passed, 1 failed");
}

#[test]
fn results_of_no_expected_test_or_twice_count_for_nothing() {
    let twice = report(&["end a::one 101 1", "end a::one 0 1", "end a::two 0 1", "done 2 3"]);
    assert!(!twice.all_passed() && twice.problems().len() == 1, "{:?}", twice.problems());
    let stranger = report(&["end a::one 0 1", "end b::one 0 1", "done 2 3"]);
    assert!(!stranger.all_passed() && stranger.problems().len() == 2, "{:?}", stranger.problems());
}

#[test]
fn lines_that_mean_nothing_are_problems_and_never_results() {
    for line in ["end a::one 0", "end a::one 0 soon", "done two 3", "PASS a::one", "\u{fffd}\u{0}", "fail DAHDI cannot be loaded"]
    {
        let mut lines = GOOD.to_vec();
        lines.push(line);
        assert_eq!(report(&lines).problems().len(), 1, "{line:?}");
    }
    assert_eq!(report(&["", "  "]).problems().len(), 3);
}

#[test]
fn run_that_broke_otherwise_does_not_close_as_passed() {
    assert_eq!(closing_line(&[report(&GOOD)], false), "hw-test: 2 passed, 1 failed");
    assert_eq!(closing_line(&[report(&GOOD), report(&GOOD)], true), "hw-test: 4 passed, 0 failed");
}
