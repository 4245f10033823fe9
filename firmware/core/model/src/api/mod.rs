//! The control API's vocabulary: paths, bodies and events, version 1.
//!
//! HTTP with JSON bodies over a Unix socket, served by junctord. Events come as server-sent events on
//! [`path::EVENTS`], each one [`Event`] as JSON. Errors are [`Fault`] bodies (RFC 9457).
//!
//! Times are milliseconds since the Unix epoch in UTC, durations milliseconds, unless a name says otherwise.

mod bit_error_test;
mod call;
mod event;
mod fault;
mod hardware;
pub mod path;
mod recorder;
mod span;

use serde::{Deserialize, Serialize};

pub use bit_error_test::{BitErrorTest, BitErrorTestRequest};
pub use call::{Call, CallDetail, CallLeg, CallRecord, CallState, LadderLine, LegStatus, Party, Quality, QualitySecond};
pub use event::Event;
pub use fault::Fault;
pub use hardware::Hardware;
pub use recorder::{Happening, Recorded, Recording};
pub use span::{
    Alarms, Area, Channel, ChannelUse, ClockStatus, DChannelCounters, DChannelRole, LineCounters, LinkState, Maintenance,
    MaintenanceMode, MaintenanceRequest, RestartRequest, Span, SpanState, Verdict,
};

/// `GET` [`path::STATUS`]: the box at a glance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Status {
    /// The box's name from the configuration.
    pub name: String,
    /// junctord's version.
    pub version: String,
    /// When junctord started.
    pub started_at: i64,
    /// Spans in configuration order.
    pub spans: Vec<Span>,
    /// SIP peers in configuration order.
    pub peers: Vec<Peer>,
    /// Calls that are not over.
    pub calls: Vec<Call>,
    /// Counters since the start.
    pub counters: Counters,
    /// The media threads: the one of the spans, and the one of calls between SIP peers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub media: Vec<MediaThread>,
}

/// How a media thread takes in what comes to its RTP sockets; figures since the start, a second old at most.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaThread {
    /// `media` or `mediation`.
    pub name: String,
    /// How it waits for its packets: `io_uring` or `epoll`.
    pub poller: String,
    /// Packets taken in.
    pub received: u64,
    /// Packets dropped because they were longer than any that is understood.
    pub too_long: u64,
    /// Packets dropped because their call was over.
    pub stale: u64,
    /// Times that more came than the buffers hold; nothing is lost by that.
    pub buffers_empty: u64,
    /// Times that the kernel ended a receive, which was begun again.
    pub rearmed: u64,
}

/// A SIP peer's state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Peer {
    /// Its name from the configuration.
    pub name: String,
    /// Its address, such as `udp:127.0.0.1:5062`.
    pub address: String,
    /// Whether it answered the last OPTIONS ping; `None` when it is not pinged or has not been yet.
    pub reachable: Option<bool>,
    /// Calls with it now.
    pub calls: u32,
}

/// Counters since junctord started.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counters {
    /// Calls that came in.
    pub calls: u64,
    /// Calls that were answered.
    pub answered: u64,
    /// Calls that ended, answered or not.
    pub ended: u64,
    /// SIP messages that could not be understood.
    pub malformed_sip: u64,
    /// LAPD frames and Q.931 messages that could not be understood.
    pub malformed_isdn: u64,
    /// RTP and RTCP packets that could not be understood.
    pub malformed_rtp: u64,
    /// Call records that wait to be stored.
    pub records_waiting: u64,
    /// Call records lost because the store could not take them.
    pub records_lost: u64,
    /// Seconds of calls' quality lost because the disk did not follow.
    #[serde(default)]
    pub quality_lost: u64,
    /// Events lost between the media threads and the engine because a queue was full.
    pub events_lost: u64,
}

/// `POST` [`path::CONFIGURATION_CHECK`]: what would be wrong with a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigurationCheck {
    /// Whether the document could be used.
    pub usable: bool,
    /// Errors and warnings.
    pub problems: Vec<crate::settings::Problem>,
}
