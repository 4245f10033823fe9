//! How a call sounds: the E-model, bursts of loss, and one sample a second.
//!
//! [`emodel`] is G.107 from loss, bursts and delay to R and MOS; [`loss`] is the statistics of RFC 3611; [`Meter`] puts them
//! together for one stream.

pub mod emodel;
pub mod loss;
mod meter;

pub use meter::{Meter, Quality, Situation};
