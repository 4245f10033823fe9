//! SIP (RFC 3261): messages, transactions, dialogs, and the user agent core that stands on them.
//!
//! - [`msg`]: the message layer. Keeps every byte of a header and of a body; frames streams.
//! - [`transaction`]: the four machines of RFC 3261 section 17 with the Accepted state of RFC 6026.
//! - [`dialog`]: RFC 3261 section 12: tags, route set, remote target, sequence numbers.
//! - [`Endpoint`]: the user agent core. Bytes go in with the [`Flow`] they came by; bytes and [`Event`]s come out.
//!
//! INFO is for digits only ([`msg::dtmf`]). Left out so far: TLS, REFER, PRACK and UPDATE, digest, registration, session timers, SRV
//! lookups, the move of large requests from UDP to TCP (RFC 3261 section 18.1.1), `maddr`. The shapes leave a place for each.
//!
//! ```
//! use std::time::Instant;
//! use sip::{Config, Endpoint, Event, Flow, Transport};
//!
//! fn drive(endpoint: &mut Endpoint, now: Instant, flow: Flow, datagram: &[u8]) {
//!     endpoint.handle_datagram(now, flow, datagram);
//!     while let Some(transmit) = endpoint.poll_transmit() {
//!         let _ = (transmit.flow.remote, transmit.bytes); // to the socket
//!     }
//!     while let Some(event) = endpoint.poll_event() {
//!         if let Event::Incoming { call, .. } = event {
//!             endpoint.provisional(now, call, 180, &[], None); // and drain again
//!         }
//!     }
//!     let _wake_me_at = endpoint.poll_timeout();
//! }
//! ```
#![forbid(unsafe_code)]
#![warn(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::wildcard_enum_match_arm)]

pub mod dialog;
mod endpoint;
pub mod msg;
pub mod transaction;

pub use endpoint::{
    Body, CallId, Config, EndedBy, Endpoint, Event, Flow, Invite, PingFailed, PingId, RejectedWhy, Stats, Transmit, Transport,
};
pub use msg::describe;
pub use msg::{Headers, Message, Method, NameAddr, Request, Response, Uri};
