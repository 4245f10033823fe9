//! Spans and their channels: the one trait that cards and virtual spans implement, and wrappers for any of them.
//!
//! A *span* is one E1, T1 or analog card; a *channel* is one 64 kbit/s timeslot of it (or one analog port), carrying audio,
//! audio with ABCD bits, or the frames of a D-channel. Audio is moved in blocks of [`BLOCK`] samples in the line's law; this
//! crate never looks into it.
//!
//! - [`Span`], [`Channel`]: the traits (module `span`).
//! - [`virtual_span`]: a pair of ends joined by a Unix socket; its network end owns the clock. No hardware.
//! - [`Tracer`], [`FaultInjector`]: wrap any span; serve tests and support traces alike.
//! - [`dahdi`]: cards and dynamic spans of the DAHDI kernel modules, behind the same traits.
//!
//! How to drive a span from one thread:
//!
//! ```text
//! poll(span.poll_fd())                 readable when service() has something to do
//! span.service()?                      never blocks; says how many blocks became readable
//! for each open audio channel:         read until WouldBlock, then write as many blocks as were read
//! for each D-channel:                  read until WouldBlock, write frames
//! drain span.poll_event(), channel.poll_event()
//! ```
//!
//! Channels may be moved to other threads. Closing is dropping. Nothing here is asynchronous; nothing blocks.
#![warn(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::undocumented_unsafe_blocks)]

pub mod dahdi;
mod fault;
mod span;
mod tracer;
pub mod virtual_span;

pub use fault::{Direction, FaultHandle, FaultInjector, SlipKind};
pub use span::{
    Alarms, AnalogPort, BLOCK, CHUNK, Channel, ChannelCounters, ChannelEvent, ClockRole, Counters, Error, Hook, Law, MAX_FRAME,
    Mode, Serviced, Span, SpanEvent, SpanInfo, SpanKind, Watch,
};
pub use tracer::{TraceRecord, Traced, Tracer};
