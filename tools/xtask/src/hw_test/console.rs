//! The kernel's own words on the console and in its log: an oops or a lock-up is a failure, whatever the tests say.

/// How a kernel begins to say that something broke.
const FAULTS: [&str; 11] = [
    "Kernel panic",
    "Oops:",
    "BUG:",
    "WARNING: CPU:",
    "soft lockup",
    "hard LOCKUP",
    "general protection fault",
    "rcu: INFO: rcu_",
    "blocked for more than",
    "Out of memory:",
    "UBSAN:",
];

/// How many lines are shown from a fault on: registers and trace.
const SHOWN: usize = 30;

/// The first fault in a kernel's text, with the lines behind it that explain it.
pub fn first_fault(text: &str) -> Option<String> {
    let lines: Vec<&str> = text.lines().collect();
    let at = lines.iter().position(|line| FAULTS.iter().any(|fault| line.contains(fault)))?;
    Some(lines.iter().skip(at).take(SHOWN).copied().collect::<Vec<_>>().join("\n"))
}

/// The last lines of a text.
pub fn tail(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines.get(lines.len().saturating_sub(count)..).unwrap_or_default().join("\n")
}
