//! The four transaction machines (RFC 3261 section 17, corrected by RFC 6026), each on its own.
//!
//! A client transaction is made from a request and sends it; a server transaction is made when a request came. Each has the five calls of
//! `sansio`; drain `poll_transmit` and `poll_event` after every call, and drop the machine when [`State`-like](InviteClient::is_terminated)
//! `is_terminated` says so. Which transaction a message belongs to is decided outside: see [`ServerKey`] and [`ClientKey`].
//!
//! Left out: timer C, which only proxies have.

mod client;
mod invite_client;
mod invite_server;
mod key;
mod server;
mod timer;

pub use client::Client;
pub use invite_client::InviteClient;
pub use invite_server::InviteServer;
pub use key::{ClientKey, ServerKey};
pub use server::Server;
pub use timer::{TIMERS, Timer, TimerRow, Timing};

use crate::msg::Response;

/// What a client transaction tells its user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientEvent {
    /// 100 to 199.
    Provisional(Box<Response>),
    /// 200 to 699. An INVITE may bring several 2xx (RFC 6026 section 7.2).
    Final(Box<Response>),
    /// Timer B or F: no answer. The user takes it for 408 (RFC 3261 section 8.1.3.1).
    Timeout,
    /// The request could not be sent. The user takes it for 503 (RFC 3261 section 8.1.3.1).
    TransportFailed(String),
}

/// What a server transaction tells its user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServerEvent {
    /// The ACK to a final answer of 300 or more came.
    Acked,
    /// Timer H: that ACK never came.
    Timeout,
}

/// Whether the transport repeats by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reliability {
    /// TCP, TLS.
    Reliable,
    /// UDP.
    Unreliable,
}
