//! Spans of DAHDI: cards, and the kernel's dynamic spans (`loc` pairs, TDM over Ethernet).
//!
//! - [`ioctl`]: numbers and layouts; the only unsafe code of this crate. [`system`]: the seam to the operating system.
//! - [`config`]: what a span is to be. [`configure`]: makes it so, without `dahdi_cfg`, and undoes it. [`tone_zone`]: the cadences
//!   without which a port cannot ring.
//! - [`detect`]: what the kernel has, by stable names. [`refused`]: why something was refused and what to do about it.
//! - [`alarms`], [`line_state`], [`counters`], [`clock`], [`maintenance`]: layer 1 and its one owner of state.
//! - [`DahdiSpan`]: all of it as a [`crate::Span`], with channels that carry audio, frames, ABCD bits and hook states.
//!
//! No call here waits. What only root may write (span types, assignment, the master span) is asked of `junctor-spans`.

pub mod alarms;
mod channel;
pub mod clock;
pub mod config;
pub mod configure;
pub mod counters;
pub mod detect;
pub mod ioctl;
pub mod line_state;
pub mod maintenance;
mod port;
pub mod refused;
mod span;
pub mod system;
pub mod tone_zone;

pub use config::{ChannelConfig, ChannelKind, EchoCanceller, LineCode, LineFraming, Place, SpanConfig, Start};
pub use refused::Refused;
pub use span::DahdiSpan;
pub use system::{DahdiFile, DahdiSys, Kernel};
