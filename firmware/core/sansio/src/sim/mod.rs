//! Two machines, two seeded links and a virtual clock: years of timers in milliseconds.
//!
//! [`Pair`] joins two [`Peer`](crate::Peer)s by two [`Link`]s and records a [`Ladder`]. Time jumps to the next deadline
//! or arrival; nothing waits. The start instant is an argument, because core reads no clock.

mod ladder;
mod link;
mod pair;
mod random;

pub use ladder::Ladder;
pub use link::{Disturbance, Link};
pub use pair::Pair;
pub use random::SplitMix64;
