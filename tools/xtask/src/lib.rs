//! `cargo xtask`: what the project demands of itself (`check`), how fast it is (`bench`), how long it lasts (`long`), how
//! much nonsense its parsers survive (`fuzz`), whether it works over DAHDI (`hw-test`) and what a run of the tests leaves out
//! (`not-run`).
//!
//! A library beside the binary, so that the tests in `tests/` drive the same code. Nothing here imports a crate of the project.

pub mod bench;
pub mod check;
pub mod fuzz;
pub mod hw_test;
pub mod long;
pub mod not_run;
mod tree;

pub use tree::{Tree, TreeError};
