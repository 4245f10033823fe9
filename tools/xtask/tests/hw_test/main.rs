//! `cargo xtask hw-test` without a guest: what it makes of lines, consoles, exit statuses, lists, libraries and rigs.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod console;
mod guest_tree;
mod kernel_script;
mod programs;
mod report;
mod rig;
mod run_tests;
mod verdict;
