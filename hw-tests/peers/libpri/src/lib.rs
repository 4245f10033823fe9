//! libpri (Debian's libpri-dev) as a peer: an ISDN stack that nobody here wrote, at the far end of a virtual span or of DAHDI.
//!
//! **Licence.** libpri is GPL-2. It is linked into this test program only; the program joins a virtual span by its socket,
//! or has channels of the kernel, and is never shipped, and nothing that is shipped links it.
//!
//! - [`stack`]: libpri itself behind a safe interface, joined to nothing.
//! - [`engine`]: its calls, answered by the number [`plan`], with their [`audio`], on an E1 or T1 ([`framing`]).
//! - [`attach`]: what they are put on, an end of a virtual span ([`line`](mod@line)) or a span of DAHDI ([`dahdi`]); several
//!   for a [`group`] whose spans share D-channels ([`channel`]).
//! - [`control`] and [`report`]: the JSON lines of the control socket; [`run`](mod@run) is the program's loop.
//!
//! What libpri does on the wire is left as it is, quirks included, with one exception: `pri_hangup_fix_enable` is set, since
//! without it libpri clears with RELEASE COMPLETE in states where Q.931 5.3 forbids that.
#![allow(unsafe_code, reason = "libpri is C: ffi.rs declares it, stack calls it; dahdi/kernel.rs issues the ioctls")]
#![warn(missing_docs, clippy::undocumented_unsafe_blocks)]

pub mod attach;
pub mod audio;
pub mod channel;
pub mod control;
pub mod dahdi;
pub mod engine;
mod ffi;
pub mod framing;
pub mod g711;
pub mod group;
pub mod line;
pub mod plan;
pub mod report;
pub mod run;
pub mod stack;
pub mod switch_type;
