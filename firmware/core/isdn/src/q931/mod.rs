//! Q.931: messages, information elements, call states and timers of circuit-switched call control.
//!
//! [`Message`] and [`ie`] are the wire; a call is one machine, driven only by [`Interface`](crate::Interface).
//! Left out in this cut: suspend and resume (rejected), packet mode.

pub(crate) mod call;
pub(crate) mod clearing;
pub(crate) mod hold;
pub mod ie;
pub mod maintenance;
pub(crate) mod mandatory;
mod message;
pub(crate) mod overlap;
pub(crate) mod retrieve;
pub(crate) mod said;
pub mod segment;
pub(crate) mod services;
pub(crate) mod status;
mod timer;
pub mod variant;

pub use message::{CallReference, Malformed, Message, MessageType};
pub use timer::{TIMERS, Timer, TimerRow, TimerTable};
pub use variant::{Maintenance, VARIANTS, Variant, VariantRow};
