//! Tones made here: call progress tones and DTMF digits, sample by sample, for a line's 10 ms blocks.
//!
//! A [`Pattern`] is compiled once from plain [`Step`]s (frequencies in Hz, levels in dBm0, milliseconds) and can be shared by all channels that
//! play it; a [`Generator`] plays it on one of them. [`dtmf`] makes the steps of digits; [`Keyed`] plays those that a far side presses and
//! releases, and [`KeyGate`] takes those that are keyed in a channel's audio out of it.
//!
//! ```
//! use std::sync::Arc;
//! use media::{BLOCK, Law, tone::{Component, Generator, Pattern, Sound, Step}};
//!
//! let busy = [Step::on(&[Component { hz: 425.0, dbm0: -10.0 }], 480), Step::off(480)];
//! let pattern = Arc::new(Pattern::new(&[], &busy, Law::A)?);
//! let mut generator = Generator::new(pattern);
//! let mut block = [0_u8; BLOCK];
//! generator.fill_octets(Law::A, &mut block);
//! # Ok::<(), media::tone::PatternError>(())
//! ```
//!
//! - **Level.** Of each frequency, in dBm0 at the line's law: a sine of +3.14 dBm0 (A-law) or +3.17 dBm0 (mu-law) just reaches the coder's
//!   overload point (G.711 clause 5). A modulated tone's level is that of the whole.
//! - **Phase** runs on from block to block and from a frequency to the next one without a pause between them; after silence a tone begins at zero.
//! - **Time.** A step has exactly 8 samples a millisecond. Phase is a 64 bit fraction of a turn whose step is right to 2^-53, so nothing drifts.
//!
//! Nothing is allocated but in [`Pattern::new`]. Left out: soft edges (E.180 asks for none), frequencies that change within a step.

pub mod dtmf;
mod generator;
mod key_gate;
mod key_onset;
mod keyed;
mod oscillator;
mod pattern;

pub use generator::Generator;
pub use key_gate::{DOUBTFUL, KeyGate};
pub use key_onset::KeyOnset;
pub use keyed::{Keyed, Keys, LONGEST_MS, MOST_WAITING, PAUSE_MS, SHORTEST_MS};
pub use pattern::{Component, MOST_COMPONENTS, Pattern, PatternError, Sound, Step};
