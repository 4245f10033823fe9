//! `cargo xtask check` against small workspaces: a clean one passes, and each rule, broken once, is caught by name and file.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod fixture;

mod bans;
mod core_lints;
mod headers;
mod ignored;
mod imports;
mod licences;
mod manifests;
mod neutral_words;
mod program;
mod sizes;
mod top_level;
mod unsafe_code;
