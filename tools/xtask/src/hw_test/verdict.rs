//! Whether a guest's run counts: QEMU's exit status, the console and the report must all say so.
//!
//! The guest writes one byte to QEMU's debug exit device, which makes the status 2 * byte + 1: 0x10 (33) when all was run, 0x11
//! (35) when not. Nothing maps to 0 or 1, which QEMU has of its own: 0 is a guest that powered off or rebooted, 1 QEMU's error.

use super::boot::Ending;
use super::console;
use super::report::Report;

/// The guest ran all tests, whatever became of them.
const RAN: i32 = 33;
/// The guest gave up.
const GAVE_UP: i32 = 35;
/// What the console must say last.
const LAST_WORDS: &str = "guest: PASSED";

/// What a boot's ending means; nothing when it is the right one.
pub fn ending_problem(ending: &Ending) -> Option<String> {
    if ending.timed_out {
        return Some(format!("guest: ended after {} s, its limit on this machine", ending.host.as_secs()));
    }
    let meaning = match ending.status {
        Some(RAN) => return None,
        Some(GAVE_UP) => "it gave up; the console says why",
        Some(0) => "it powered off, panicked or rebooted without a result",
        Some(1) => "QEMU's own error, see above",
        Some(_) => "which means nothing here",
        None => return Some("guest: QEMU was ended by a signal".to_owned()),
    };
    Some(format!("guest: QEMU's status {}: {meaning}", ending.status.unwrap_or_default()))
}

/// All that is wrong besides tests that failed. `console` and `log` are the console's text and the kernel's log.
pub fn problems(report: &Report, ending: &Ending, console: &str, log: &str) -> Vec<String> {
    let mut problems = report.problems();
    problems.extend(ending_problem(ending));
    if !console.lines().any(|line| line.trim() == LAST_WORDS) {
        problems.push(format!("guest: the console does not say {LAST_WORDS:?}"));
    }
    let fault = console::first_fault(console).or_else(|| console::first_fault(log));
    problems.extend(fault.map(|fault| format!("guest: the kernel broke:\n{fault}")));
    problems
}
