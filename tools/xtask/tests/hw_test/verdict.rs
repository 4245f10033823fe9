//! QEMU's status, the console and the report together: each alone can fail a run.

use std::time::Duration;
use xtask::hw_test::boot::Ending;
use xtask::hw_test::report::Report;
use xtask::hw_test::verdict::{ending_problem, problems};

const fn ending(status: Option<i32>, timed_out: bool) -> Ending {
    Ending { status, timed_out, host: Duration::from_secs(7) }
}

const RAN: Ending = ending(Some(33), false);
const CONSOLE: &str = "guest: 6.1.0, DAHDI 2.11, up for 2 s\nguest: PASSED\n";

fn passed() -> Report {
    let mut report = Report::new("guest", &["a".to_owned()]);
    report.take("end a 0 1");
    report.take("done 1 2");
    report
}

#[test]
fn run_that_is_right_in_all_three_has_no_problem() {
    assert_eq!(problems(&passed(), &RAN, CONSOLE, ""), Vec::<String>::new());
    // The serial port ends lines as terminals do.
    assert_eq!(problems(&passed(), &RAN, "guest: PASSED\r\n", ""), Vec::<String>::new());
}

#[test]
fn only_the_status_of_a_finished_run_is_good() {
    assert_eq!(ending_problem(&RAN), None);
    for (ending, words) in [
        (ending(Some(0), false), "status 0: it powered off"),
        (ending(Some(1), false), "status 1: QEMU's own error"),
        (ending(Some(35), false), "status 35: it gave up"),
        (ending(Some(7), false), "status 7: which means nothing"),
        (ending(None, false), "ended by a signal"),
        (ending(None, true), "ended after 7 s"),
        // In time is in time: a status that came too late does not count.
        (ending(Some(33), true), "ended after 7 s"),
    ] {
        let problem = ending_problem(&ending).unwrap();
        assert!(problem.contains(words), "{problem}");
    }
}

#[test]
fn console_without_its_last_words_is_a_problem() {
    for console in ["", "guest: FAILED: no 9p modules\n", "echo guest: PASSED\n"] {
        let found = problems(&passed(), &RAN, console, "");
        assert!(found.len() == 1 && found[0].contains("does not say"), "{found:?}");
    }
}

#[test]
fn oops_on_the_console_or_in_the_log_is_a_problem_though_all_passed() {
    let oops = "Oops: 0002 [#1]\nRIP: 0010:dahdi_receive\n";
    for (console, log) in [(format!("{oops}{CONSOLE}"), ""), (CONSOLE.to_owned(), oops)] {
        let found = problems(&passed(), &RAN, &console, log);
        assert!(found.len() == 1 && found[0].contains("the kernel broke") && found[0].contains("dahdi_receive"), "{found:?}");
    }
}
