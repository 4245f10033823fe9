//! Fuzz targets: one for each parser of bytes that a stranger sends, and one for each machine that such bytes drive.
//!
//! A [`Target`] is a plain function: it takes any bytes, panics when a promise is broken, and says whether the bytes were
//! accepted. The promises are: no panic; what was accepted and is emitted again is accepted again and means the same; how a
//! stream was cut makes no difference; nothing answers for ever.
//!
//! Two drivers run the same targets:
//!
//! - `tests/bounded.rs`: the seeds and a fixed number of mutations of them, the same at each run (`JUNCTOR_FUZZ_INPUTS` for more);
//! - `cargo xtask fuzz TARGET --seconds N`: libFuzzer with coverage guidance, for as long as wanted.
//!
//! Seeds lie in `seeds/<target>/`; one whose name begins with `bad-` must be refused. An input that once crashed a target is
//! added there, so that the tests run it for ever.
#![forbid(unsafe_code)]

pub mod mutation;
pub mod targets;

pub use targets::{TARGETS, Target, find};
