//! The pieces of the media thread by themselves: sockets and sessions, timeslots on a virtual span, digits in audio.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod allocations;
mod bridge;
mod digit_relay;
mod signals;
mod sockets;
mod timeslot;
