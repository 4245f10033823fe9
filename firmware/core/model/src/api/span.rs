//! Spans and channels as the control API shows them.

use serde::{Deserialize, Serialize};

use crate::settings::{Framing, Side};

/// One span.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// Its name from the configuration.
    pub name: String,
    /// E1 or T1.
    pub framing: Framing,
    /// Which end of the D-channel this box is.
    pub side: Side,
    /// `virtual` or `dahdi`.
    pub back_end: String,
    /// Line alarms.
    pub alarms: Alarms,
    /// State of the D-channel's data link.
    pub link: LinkState,
    /// B-channels in timeslot order.
    pub channels: Vec<Channel>,
    /// Blocks of 10 ms lost or repeated because the ends' clocks differ or a thread was late.
    pub slips: u64,
    /// Data link and message counters.
    pub d_channel: DChannelCounters,
}

impl Span {
    /// Whether a new call can be placed on it.
    #[must_use]
    pub fn in_service(&self) -> bool {
        self.link == LinkState::Up && self.alarms.is_clear()
    }
}

/// Line alarms by name, in DAHDI's words; empty means a clear line.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Alarms(pub Vec<String>);

impl Alarms {
    /// Whether no alarm stands.
    #[must_use]
    pub fn is_clear(&self) -> bool {
        self.0.is_empty()
    }
}

/// State of the data link (Q.921 multiple frame operation).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LinkState {
    /// Established.
    Up,
    /// Released, or being established.
    Down,
}

/// One B-channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Channel {
    /// Timeslot, 1 to 31.
    pub timeslot: u8,
    /// What it is doing.
    pub state: ChannelUse,
    /// The call on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<u64>,
}

/// What a channel is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChannelUse {
    /// Free.
    Idle,
    /// Part of a call.
    InUse,
    /// Not to be used: alarm, link down, or taken out of service.
    OutOfService,
}

/// Counters of one D-channel since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DChannelCounters {
    /// LAPD frames sent.
    pub frames_sent: u64,
    /// LAPD frames received.
    pub frames_received: u64,
    /// Frames sent again.
    pub retransmissions: u64,
    /// Frames or messages that could not be understood.
    pub malformed: u64,
    /// How often the link went down.
    pub link_failures: u64,
}
