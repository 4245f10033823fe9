//! Child programs, ports and directories: only our own are touched, and nothing is left behind.
#![allow(clippy::unwrap_used, reason = "tests")]

use hw_tests::ports::{free_port, free_ports, wait_until_bound};
use hw_tests::process::{Process, our_program, tail};
use hw_tests::scratch::Scratch;
use hw_tests::{Transport, process};
use std::collections::BTreeSet;
use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::Duration;

const SOON: Duration = Duration::from_secs(5);

fn shell(scratch: &Scratch, script: &str) -> Process {
    Process::start(Path::new("/bin/sh"), ["-c", script], scratch.join("log"))
}

fn runs(id: u32) -> bool {
    // A zombie still has a directory; its command line is empty.
    std::fs::read(format!("/proc/{id}/cmdline")).is_ok_and(|line| !line.is_empty())
}

#[test]
fn line_is_waited_for_and_drop_stops_the_program() {
    let scratch = Scratch::new("process");
    let mut process = shell(&scratch, "sleep 0.2; echo ready now; exec sleep 60");
    assert_eq!(process.wait_for_line("ready", SOON), "ready now");
    let id = process.id();
    assert!(runs(id));
    drop(process);
    assert!(!runs(id));
}

#[test]
fn program_deaf_to_term_is_killed() {
    let scratch = Scratch::new("deaf");
    let mut process = shell(&scratch, "trap '' TERM; echo deaf; while :; do sleep 0.1; done");
    process.wait_for_line("deaf", SOON);
    let status = process.stop().unwrap();
    assert_eq!(status.code(), None, "{status}");
}

#[test]
fn program_that_ends_too_early_is_told_with_its_last_words() {
    let scratch = Scratch::new("early");
    let mut process = shell(&scratch, "echo something else; exit 3");
    let panic = catch_unwind(AssertUnwindSafe(|| process.wait_for_line("ready", SOON))).unwrap_err();
    let message = panic.downcast_ref::<String>().unwrap();
    assert!(message.contains("exit status: 3") && message.contains("something else"), "{message}");
}

#[test]
fn exit_status_and_output_are_kept() {
    let scratch = Scratch::new("status");
    let mut process = shell(&scratch, "echo out; echo err >&2; exit 7");
    assert_eq!(process.wait(SOON).unwrap().code(), Some(7));
    assert_eq!(process.log_text(), "out\nerr\n");
    assert_eq!(tail("a\nb\nc", 2), "b\nc");
}

#[test]
fn scratch_directory_is_gone_afterwards() {
    let scratch = Scratch::new("gone");
    std::fs::write(scratch.join("file"), "text").unwrap();
    let (first, second) = (scratch.subdirectory("part"), scratch.subdirectory("part"));
    assert_ne!(first, second);
    let path = scratch.path().to_owned();
    drop(scratch);
    assert!(!path.exists());
}

#[test]
fn ports_are_distinct_even_and_bindable() {
    let ports: Vec<u16> = (0..50).map(|_| free_port()).collect();
    assert_eq!(ports.iter().collect::<BTreeSet<_>>().len(), ports.len());
    for port in ports {
        assert_eq!(port % 2, 0);
        UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).unwrap();
    }
}

#[test]
fn bound_port_is_passed_over_and_seen_as_bound() {
    let first = free_ports(2);
    let udp = UdpSocket::bind((Ipv4Addr::LOCALHOST, first)).unwrap();
    let tcp = TcpListener::bind((Ipv4Addr::LOCALHOST, first)).unwrap();
    wait_until_bound(Transport::Udp, first, SOON);
    wait_until_bound(Transport::Tcp, first, SOON);
    for _ in 0..300 {
        assert_ne!(free_ports(2), first);
    }
    drop((udp, tcp));
}

#[test]
#[should_panic(expected = "nobody bound")]
fn port_that_nobody_binds_is_told() {
    wait_until_bound(Transport::Udp, free_port(), Duration::from_millis(50));
}

#[test]
#[should_panic(expected = "cargo build -p no-such-package")]
fn missing_program_of_ours_is_told_with_the_command_that_builds_it() {
    assert!(process::program_directory().join("deps").exists());
    our_program("no-such-program", "no-such-package");
}
