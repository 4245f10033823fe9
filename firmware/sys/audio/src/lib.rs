//! Safe ALSA: the line-in of a sound card as music on hold, its line-out for paging or to monitor one channel.
//!
//! The telephone line is the clock. Whoever owns a [`Capture`] or a [`Playback`] asks for a block of 10 ms, or hands one over,
//! each time the line does; the card has a clock of its own. What differs gathers in the card's buffer, which is kept near a few
//! blocks by leaving one out or giving one twice, and each of these is counted.
//!
//! ```no_run
//! use audio::{BLOCK, Capture, Playback, Read};
//! let mut music = Capture::open("hw:CARD=PCH,DEV=0")?; // or "default", or one of `audio::devices()`
//! let mut paging = Playback::open("default")?;
//! let mut block = [0; BLOCK];
//! // then, each 10 ms of the line:
//! if let Read::Gone(loss) = music.read(&mut block) {
//!     // Said once; from now on there is silence. Reopen it elsewhere: that may wait, `read` and `write` never do.
//!     eprintln!("music on hold: {loss}");
//! }
//! paging.write(&block);
//! # Ok::<(), audio::Error>(())
//! ```
//!
//! - [`Capture`], [`Playback`]: 8000 Hz, mono, 16 bit. A card that has not got that is opened through ALSA's `plug`, which
//!   converts; [`Setup`] says so.
//! - [`devices`]: what a settings page offers.
//! - [`Stream`]: what the two ask of a card; [`Card`] is a real one, tests have others.
//!
//! `read` and `write` neither wait nor allocate nor take a lock of ours; they make two to four system calls (libasound has a lock
//! for each stream, which nobody else takes). Opening, reopening and closing do wait: not on a media thread.
//!
//! Left out: descriptors to poll (the line's beat is enough), mixer levels, other rates, and a good low-pass filter: what
//! `plug` converts from 48000 Hz is interpolated in straight lines unless Debian's libasound2-plugins is there.
#![allow(unsafe_code, reason = "samples go in and out by a call that alsa marks unsafe; its block says why it is sound")]
#![warn(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::undocumented_unsafe_blocks)]
#![warn(clippy::wildcard_enum_match_arm)]

mod capture;
mod card;
mod care;
mod device;
mod drift;
mod error;
mod fault;
mod name;
mod offer;
mod playback;
mod stream;

pub use capture::{Capture, Read};
pub use card::Card;
pub use care::Counters;
pub use device::{Device, devices};
pub use error::Error;
pub use fault::{Fault, Loss};
pub use offer::Offer;
pub use playback::{Playback, Written};
pub use stream::{Direction, Setup, Stream};

/// Samples in a block: 10 ms.
pub const BLOCK: usize = 80;

/// Samples a second.
pub const SAMPLE_RATE: u32 = 8000;
