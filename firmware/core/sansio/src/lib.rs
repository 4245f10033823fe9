//! The five-call contract of every protocol machine, its timers, and the simulation that tests it.
//!
//! A machine is pure: time and randomness come in as arguments, bytes and events go out by queues.
//!
//! ```text
//! m.handle_<input>(now, ..)      mutate once, then drain:
//! m.handle_timeout(now)          a spurious call does nothing
//! m.poll_transmit() -> Option    bytes or messages to send
//! m.poll_event() -> Option       what the layer above must know
//! m.poll_timeout() -> Option     when to call handle_timeout
//! ```
//!
//! **Drain contract.** After any `handle_*` call (and after any command of the layer above) call `poll_transmit` and
//! `poll_event` until both return `None`, then `poll_timeout` once. The deadline it returned before is void.
//!
//! This crate holds no word of any protocol: a protocol's own vocabulary does not belong here.
//! [`sim`] is the test bench for machines; it stays in this crate because it is pure and small.
#![forbid(unsafe_code)]
#![warn(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::wildcard_enum_match_arm)]

mod machine;
pub mod sim;
mod timers;

pub use machine::{Machine, Peer};
pub use timers::Timers;
