//! Safe spandsp: tones, register signals, FSK, G.722, loss concealment, and an echo canceller.
//!
//! [spandsp](https://www.soft-switch.org/) 3.0.0 in C (LGPL-2.1) is built and linked by `spandsp-sys`, a copy of the crate of
//! that name with the changes that its CHANGES.md lists. Nothing of it shows here: samples and octets go in and out as slices,
//! what was heard is polled.
//!
//! | module | what | by |
//! |---|---|---|
//! | [`dtmf`] | digits of telephone keypads, both ways | Q.23, Q.24 |
//! | [`mf_r1`], [`mf_r2`] | register signals of trunks, both ways | Q.320-Q.323, Q.441-Q.457 |
//! | [`fsk`] | bytes for caller id, both ways | Bell 202, V.23, V.21 |
//! | [`supervisory`] | dial tone, ringback, busy of one country, heard | country data of the caller |
//! | [`connect_tone`] | fax and modem tones, both ways | T.30, V.8, V.25 |
//! | [`g722`] | wide-band speech, both ways | G.722 |
//! | [`plc`] | holes in narrow-band speech | G.711 appendix I in spirit |
//! | [`echo`] | the echo of a line | |
//!
//! ```
//! use dsp::dtmf::{Event, Receiver, ReceiverSettings, Sender, SenderSettings};
//! let mut sender = Sender::new(SenderSettings::default())?;
//! let mut receiver = Receiver::new(ReceiverSettings::default())?;
//! sender.push("42#")?;
//! let mut heard = String::new();
//! for _ in 0..100 {
//!     let mut block = [0; 80]; // 10 ms
//!     sender.tx(&mut block);
//!     receiver.rx(&block);
//!     while let Some(event) = receiver.poll_event() {
//!         match event {
//!             Event::Begin { digit, .. } => heard.push(digit),
//!             Event::End { .. } => {}
//!         }
//!     }
//! }
//! assert_eq!(heard, "42#");
//! # Ok::<(), dsp::Error>(())
//! ```
//!
//! Every object owns its state: `Send`, not `Sync`, freed when dropped. After construction nothing allocates, blocks or
//! prints. Levels are dBm0: a sine that fills the range of 16 bits has +3.14. Left out for now: T.30 and T.38 (the copy can
//! build them by its feature `fax`), V.18, other codecs.
//!
//! # Unsafe code
//!
//! `handle` holds the rules, `ffi` the declarations, and each component calls into C only in its own file.
#![allow(unsafe_code, reason = "calls into spandsp; each block says why it is sound")]
#![warn(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::undocumented_unsafe_blocks)]
#![warn(clippy::wildcard_enum_match_arm)]

pub mod connect_tone;
pub mod dtmf;
pub mod echo;
mod error;
mod events;
mod ffi;
pub mod fsk;
pub mod g722;
mod handle;
pub mod mf_r1;
pub mod mf_r2;
pub mod plc;
pub mod supervisory;

pub use error::Error;

/// Samples a second, everywhere but on the wide side of [`g722`].
pub const SAMPLE_RATE: usize = 8000;
