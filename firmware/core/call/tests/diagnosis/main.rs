//! The diagnosis of a span: when a verdict is given, which, and its words.
#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "tests; virtual time needs one real instant to start from"
)]

mod line;
mod verdicts;
mod words;
