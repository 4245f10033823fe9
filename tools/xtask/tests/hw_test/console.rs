//! The kernel's words: what counts as broken, and what does not.

use xtask::hw_test::console::{first_fault, tail};

#[test]
fn ordinary_boot_has_no_fault() {
    let text = "[    0.000000] Linux version 6.1.0\n[    2.122346] dahdi: loading out-of-tree module taints kernel.\n\
                [    2.3] TDMoX: No master.\nguest: PASSED\n";
    assert_eq!(first_fault(text), None);
    assert_eq!(first_fault(""), None);
}

#[test]
fn each_kind_of_fault_is_found() {
    for line in [
        "Kernel panic - not syncing: Fatal exception",
        "Oops: 0000 [#1] PREEMPT SMP NOPTI",
        "BUG: kernel NULL pointer dereference, address: 0000000000000008",
        "WARNING: CPU: 0 PID: 77 at kernel/softirq.c:376",
        "watchdog: BUG: soft lockup - CPU#0 stuck for 22s!",
        "general protection fault, probably for non-canonical address",
        "rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:",
        "INFO: task junctord:12 blocked for more than 120 seconds.",
        "Out of memory: Killed process 99 (junctord)",
    ] {
        let text = format!("[    1.0] fine\n[    9.5] {line}\n[    9.6] Call Trace:\n");
        let fault = first_fault(&text).unwrap_or_else(|| panic!("not found: {line}"));
        assert_eq!(fault, format!("[    9.5] {line}\n[    9.6] Call Trace:"));
    }
}

#[test]
fn fault_is_shown_with_what_follows_but_not_the_whole_log() {
    let text: String = std::iter::once("BUG: x\n".to_owned()).chain((0..100).map(|n| format!("line {n}\n"))).collect();
    assert_eq!(first_fault(&text).unwrap().lines().count(), 30);
}

#[test]
fn tail_is_the_last_lines_and_all_of_a_short_text() {
    assert_eq!(tail("a\nb\nc\n", 2), "b\nc");
    assert_eq!(tail("a\n", 30), "a");
    assert_eq!(tail("", 3), "");
}
