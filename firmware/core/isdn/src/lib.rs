//! ISDN primary rate signalling: Q.921 data link and Q.931 basic call, user and network side, in the variants of
//! [`q931::VARIANTS`].
//!
//! [`Interface`] is one primary rate D-channel, or several for one group of spans: link, calls and the table of the B-channels, driven by the
//! five calls:
//!
//! ```
//! # use std::time::Instant;
//! # fn drive(now: Instant, frame: &[u8]) {
//! use isdn::{Config, Framing, Interface, Number, Setup, Side};
//!
//! let mut span = Interface::new(Config::new("span1", Side::User, Framing::E1));
//! span.start(now);                                        // bring the link up
//! span.handle_frame(now, frame);                          // LAPD from the D-channel, without FCS
//! span.handle_timeout(now);                               // a spurious call does nothing
//! let refused = span.setup(now, Setup::speech(Number::new("5551001")));
//! while let Some(frame) = span.poll_transmit() { /* to the D-channel */ }
//! while let Some(event) = span.poll_event() { /* to the call engine */ }
//! let wake = span.poll_timeout();
//! # }
//! ```
//!
//! After any call drain `poll_transmit` and `poll_event` until both are empty, then ask `poll_timeout` once.
//!
//! Several spans may share D-channels ([`Config::nfas`]: Q.931 annex F): then each D-channel has its frames, by the interface identifier of its
//! span, and each span its layer 1:
//!
//! ```
//! # use std::time::Instant;
//! # fn drive(now: Instant, frame: &[u8]) {
//! use isdn::{Config, Framing, Interface, Nfas, NfasSpan, Side};
//!
//! let spans = vec![NfasSpan::with_backup(1, Framing::T1), NfasSpan::bearers_only(2, Framing::T1)];
//! let mut group = Interface::new(Config { nfas: Some(Nfas { spans }), ..Config::new("group1", Side::User, Framing::T1) });
//! group.start(now);                                       // both links
//! group.handle_frame_on(now, 1, frame);                   // from the D-channel that stands by
//! group.handle_layer1_on(now, 2, false);                  // an alarm of the span without a D-channel
//! for d_channel in [0, 1] {
//!     while let Some(frame) = group.poll_transmit_on(d_channel) { /* to this D-channel */ }
//! }
//! # }
//! ```
//!
//! Left out in this cut: supplementary services other than names, diversions and hold, services without a call (Q.932), the basic rate interface.
//!
//! Words: a *channel* is a B-channel, and a *slot* the number that Q.931 gives it on its span; *outgoing* is a call that this end set
//! up, *incoming* one that the far end did, whatever the side; *side* is user or network.
#![forbid(unsafe_code)]
#![warn(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::wildcard_enum_match_arm)]

mod addressing;
pub mod cause;
mod channels;
mod context;
pub mod decode;
mod event;
pub mod facility;
mod interface;
pub mod number;
pub mod q921;
pub mod q931;
mod setup;

pub use cause::{Cause, CauseValue, Location};
pub use channels::{Channel, ChannelState, ChannelStatus, Hunting};
pub use event::{CallStatus, Event, Stats, Who};
pub use interface::{
    BadGroup, Config, DChannelState, DChannelStatus, Framing, Interface, MAX_INTERFACE, Nfas, NfasSpan, NotBlocked, Refused,
};
pub use number::{CallingNumber, Number, NumberingPlan, Presentation, RedirectReason, Redirecting, Screening, TypeOfNumber};
pub use q931::ie::{ProgressIndicator, TransferCapability};
pub use q931::{Variant, ie};
pub use setup::{Bearer, Connected, Law, RateAdaption, Setup};

/// Which side of the interface this end is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// Terminal or private exchange.
    User,
    /// Public or private network.
    Network,
}

/// A call on one interface. Local to it, counted up from 1, reused only after 2^32 calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(
    /// The number.
    pub u32,
);
