//! Calls: two legs in neutral words, the back-to-back controller between them, routing and cause mapping.
//!
//! [`Engine`] is the whole box without its sockets, devices and threads: one sans-IO machine that owns every leg. The
//! gateway feeds it D-channel frames, SIP datagrams and media reports, and carries out what it sends.
//!
//! ```text
//!   isdn::Interface ── legs/isdn ──┐                       ┌── legs/sip ── sip::Endpoint
//!                                  ├── words ─ controller ─┤
//!          (line) ── legs/line ──┘  FromLeg      ToLeg   └─ media commands ── media threads
//! ```
//!
//! Only `legs/*` names a signalling protocol. The controller speaks [`words`], and would not change if a leg were MFC-R2.
//!
//! **How to drive it**: the five calls of `sansio`, with several `handle_*` inputs. After each input drain
//! [`Engine::poll_transmit`] and [`Engine::poll_event`], then ask [`Engine::poll_timeout`].
//!
//! Left out in this first cut: more than one outgoing leg at a time, transfer, hold music, tones, numbering plans.
#![forbid(unsafe_code)]
#![warn(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::wildcard_enum_match_arm)]

pub mod cause_map;
pub mod controller;
pub mod diagnosis;
mod engine;
pub mod legs;
mod ports;
mod route;
pub mod words;

pub use engine::{Engine, Event, Held, Plan, Transmit};
pub use legs::span::LineReport;
pub use ports::PortPool;
pub use route::{Destination, Router, Trunk};
