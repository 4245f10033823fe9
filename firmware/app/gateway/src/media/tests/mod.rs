//! The pieces of the media thread by themselves: sockets and sessions, timeslots on a virtual span, digits in audio, sound cards, G.722, comfort noise.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod allocations;
mod bridge;
mod cards;
mod comfort_noise;
mod digit_relay;
mod monitor;
mod music;
mod peer_hold;
mod signals;
mod sockets;
mod timeslot;
mod wideband;
