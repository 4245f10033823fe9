//! What the exchange tells: one JSON object a line on the control socket, named by its `event`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::probe::Verdict;

/// Who cleared a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// This exchange.
    Us,
    /// The far end.
    Peer,
    /// A timer of Q.931.
    Timer,
    /// Loss of the link or the line.
    Link,
}

/// Which end placed a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// This exchange.
    Outgoing,
    /// The far end.
    Incoming,
}

/// Something that happened. `at_ms` counts from the call's SETUP.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[allow(missing_docs, reason = "fields say what they are: timeslot, Q.850 cause, ms")]
pub enum Report {
    /// The data link is up.
    LinkUp,
    /// The data link was lost.
    LinkDown,
    /// The line's alarms changed.
    Alarms { alarms: String },
    /// SETUP was sent.
    Placed { call: u32, called: String, calling: String },
    /// SETUP arrived.
    Incoming { call: u32, channel: u8, called: String, calling: Option<String>, name: Option<String> },
    /// CALL PROCEEDING arrived, or another first response that named the channel.
    Proceeding { call: u32, at_ms: u64, channel: Option<u8> },
    /// ALERTING arrived, or was sent for an incoming call.
    Alerting { call: u32, at_ms: u64, in_band: bool, post_dial_delay_ms: f64 },
    /// PROGRESS arrived.
    Progress { call: u32, at_ms: u64, cause: Option<u8>, in_band: bool },
    /// CONNECT arrived, or was sent for an incoming call. The post-dial delay ends with ALERTING, or here when there was none.
    Connected { call: u32, at_ms: u64, channel: Option<u8>, setup_ms: f64, post_dial_delay_ms: f64 },
    /// DISCONNECT arrived.
    Clearing { call: u32, at_ms: u64, cause: u8, cause_name: &'static str, in_band: bool },
    /// The call is over and its channel free.
    Released(Released),
    /// A call could not even be placed.
    Refused { cause: Option<u8>, reason: String },
    /// A frame on the D-channel, in words.
    Frame { sent: bool, text: String },
    /// A request could not be read or done.
    Error { reason: String },
    /// A request without another answer was done.
    Done,
    /// Answer to `status`.
    Status(Box<Status>),
}

impl Report {
    /// The call it is about.
    #[must_use]
    pub const fn call(&self) -> Option<u32> {
        match self {
            Self::Placed { call, .. }
            | Self::Incoming { call, .. }
            | Self::Proceeding { call, .. }
            | Self::Alerting { call, .. }
            | Self::Progress { call, .. }
            | Self::Connected { call, .. }
            | Self::Clearing { call, .. }
            | Self::Released(Released { call, .. }) => Some(*call),
            Self::LinkUp
            | Self::LinkDown
            | Self::Alarms { .. }
            | Self::Refused { .. }
            | Self::Frame { .. }
            | Self::Error { .. }
            | Self::Done
            | Self::Status(_) => None,
        }
    }
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Released {
    /// Its number.
    pub call: u32,
    /// Since SETUP.
    pub at_ms: u64,
    /// Q.850 value.
    pub cause: u8,
    /// Its name.
    pub cause_name: &'static str,
    /// Who cleared.
    pub by: By,
    /// The timeslot it had.
    pub channel: Option<u8>,
    /// Since CONNECT; absent when it was never connected.
    pub connected_ms: Option<u64>,
    /// Blocks of audio heard while connected.
    pub blocks_heard: u64,
    /// Blocks of silence sent for want of audio: this process was late.
    pub underruns: u64,
    /// What the probe found, when one was asked for and the call was connected.
    pub probe: Option<ProbeResult>,
    /// The recording, complete.
    pub record: Option<PathBuf>,
}

/// Whether the call's own audio came back.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProbeResult {
    /// Enough of it did.
    pub verified: bool,
    /// From sending to hearing.
    pub delay_ms: u64,
    /// Share of blocks that agree, 0 to 1.
    pub agreement: f64,
}

impl From<Verdict> for ProbeResult {
    fn from(verdict: Verdict) -> Self {
        Self { verified: verdict.verified, delay_ms: verdict.delay_ms, agreement: (verdict.agreement * 1000.0).round() / 1000.0 }
    }
}

/// What the exchange does now and has done so far.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Status {
    /// The data link is up.
    pub link_up: bool,
    /// The line's alarms, `none` or e.g. `RED|LOS`.
    pub alarms: String,
    /// Calls that live.
    pub calls: Vec<CallLine>,
    /// B-channels that are not idle.
    pub channels_in_use: usize,
    /// Calls so far.
    pub totals: Totals,
    /// The span's counters.
    pub span: SpanCounters,
    /// The D-channel's counters.
    pub d_channel: DChannelCounters,
}

/// One call in [`Status`].
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "fields say what they are")]
pub struct CallLine {
    pub call: u32,
    pub direction: Direction,
    pub called: String,
    pub calling: Option<String>,
    pub channel: Option<u8>,
    pub connected: bool,
    pub age_ms: u64,
}

/// Calls since the start.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// Calls from the far end.
    pub incoming: u64,
    /// Calls placed here.
    pub outgoing: u64,
    /// Of both, those that were connected.
    pub connected: u64,
    /// Ended calls by Q.850 cause.
    pub released: BTreeMap<u8, u64>,
    /// Calls that could not even be placed.
    pub refused: u64,
}

/// Counters of the span that matter to a test.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "as in tdm::Counters")]
pub struct SpanCounters {
    pub blocks: u64,
    pub slips: u64,
    pub underruns: u64,
    pub overruns: u64,
    pub errored_seconds: u64,
    pub malformed: u64,
    pub refused: u64,
    pub connections: u64,
}

impl From<tdm::Counters> for SpanCounters {
    fn from(counters: tdm::Counters) -> Self {
        let tdm::Counters { blocks, slips, underruns, overruns, errored_seconds, malformed, refused, connections, .. } = counters;
        Self { blocks, slips, underruns, overruns, errored_seconds, malformed, refused, connections }
    }
}

/// Counters of the D-channel that matter to a test.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "as in isdn::Stats")]
pub struct DChannelCounters {
    pub messages_sent: u64,
    pub messages_received: u64,
    pub malformed: u64,
    pub unexpected: u64,
    pub errors_reported: u64,
    pub glare: u64,
}

impl From<isdn::Stats> for DChannelCounters {
    fn from(stats: isdn::Stats) -> Self {
        Self {
            messages_sent: stats.messages_sent,
            messages_received: stats.messages_received,
            malformed: stats.malformed,
            unexpected: stats.unexpected_messages + stats.wrong_reference + stats.unknown_messages,
            errors_reported: stats.errors_reported,
            glare: stats.glare,
        }
    }
}
