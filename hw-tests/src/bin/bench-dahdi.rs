//! `cargo xtask bench dahdi`: what a channel costs over DAHDI, io_uring beside epoll, in instructions.
//!
//! The work is done by `hw-tests/tests/dahdi/bench_dahdi.rs` in the guest of `cargo xtask hw-test`, where a nanosecond of processor time
//! is an instruction, whatever this machine does meanwhile; this program starts it and reads what it left.

use hw_tests::bench::{Bench, Figure};
use std::path::Path;
use std::process::{Command, Stdio};

/// How the test begins a line with a figure: `BENCH dahdi io_uring 30 channels: 790587 ...`.
const MARK: &str = "BENCH dahdi ";

/// One line of the test.
struct Cost {
    backend: String,
    channels: String,
    instructions: f64,
}

fn main() {
    let bench = Bench::new("dahdi");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    // Built as the programs were that stand beside this one, so that nothing is compiled twice.
    let (test, build) = if cfg!(debug_assertions) { ("in_short", "--workspace") } else { ("by_both_rings", "--release") };
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(&root).args(["run", "--quiet", "--package", "xtask", "--", "hw-test", "--ignored", build]);
    let output = command.arg(format!("bench_dahdi::cost_of_a_channel_second_{test}")).stderr(Stdio::inherit()).output();
    let output = output.unwrap_or_else(|e| panic!("cannot run cargo: {e}"));
    let words = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "the guest: {}\n{words}", output.status);
    let costs = costs(&root.join("target/hw-test/results"));
    for cost in costs.iter().filter(|cost| cost.backend == "io_uring") {
        let name = format!("{} channels read and written every 10 ms, by io_uring", cost.channels);
        let by_epoll = costs.iter().find(|other| other.backend == "epoll" && other.channels == cost.channels);
        let by_epoll = by_epoll.unwrap_or_else(|| panic!("no figure of {} channels by epoll", cost.channels));
        let figure = Figure::lower(&name, "instructions a channel-second", cost.instructions);
        bench.print(figure.peer("the same by epoll", by_epoll.instructions));
    }
}

/// What the logs of the tests say.
fn costs(results: &Path) -> Vec<Cost> {
    let logs = std::fs::read_dir(results).unwrap_or_else(|e| panic!("cannot read {}: {e}", results.display()));
    let texts = logs.flatten().filter(|log| log.file_name().to_string_lossy().starts_with("bench_dahdi."));
    let texts: String = texts.map(|log| std::fs::read_to_string(log.path()).unwrap_or_default()).collect();
    let costs: Vec<Cost> = texts.lines().filter_map(cost).collect();
    assert!(!costs.is_empty(), "no figure in {}", results.display());
    costs
}

fn cost(line: &str) -> Option<Cost> {
    let mut words = line.split_once(MARK)?.1.split_whitespace();
    let (backend, channels) = (words.next()?.to_owned(), words.next()?.to_owned());
    let instructions = words.nth(1)?.parse().ok()?;
    Some(Cost { backend, channels, instructions })
}
