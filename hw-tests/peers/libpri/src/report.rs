//! What the peer tells over its control socket: one JSON object a line, named by its `event`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;

use crate::channel::Channel;

/// Who cleared a call, held it or retrieved it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// This peer.
    Us,
    /// The far end, or libpri on a timer or a lost link.
    Peer,
}

/// Which end placed a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// This peer placed it.
    Outgoing,
    /// The far end placed it.
    Incoming,
}

/// Something that happened; `at_ms` counts from the SETUP of the call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[allow(missing_docs, reason = "fields say what they are: timeslot, Q.850 cause, progress indicator 8")]
pub enum Report {
    /// The data link is up; in a group, the first of its D-channels.
    LinkUp,
    /// The data link was lost; in a group, the last of its D-channels.
    LinkDown,
    /// The link of a D-channel of a group is up, or was lost.
    DChannel { interface: u8, up: bool },
    /// SETUP was sent.
    Placed { call: u32, channel: Channel },
    /// SETUP arrived.
    Incoming {
        call: u32,
        channel: Option<Channel>,
        called: String,
        calling: String,
        withheld: bool,
        data: bool,
        name: String,
        complete: bool,
        redirecting: Option<(String, u8)>,
    },
    /// CALL PROCEEDING arrived.
    Proceeding { call: u32, at_ms: u64, channel: Option<Channel> },
    /// ALERTING arrived, or was sent for an incoming call.
    Alerting { call: u32, at_ms: u64, in_band: bool },
    /// PROGRESS arrived.
    Progress { call: u32, at_ms: u64, cause: Option<u8>, in_band: bool },
    /// CONNECT arrived, or was sent for an incoming call.
    Connected { call: u32, at_ms: u64, channel: Channel },
    /// DISCONNECT arrived.
    Clearing { call: u32, at_ms: u64, cause: Option<u8> },
    /// A clearing message had user-user information.
    UserUser { call: u32, at_ms: u64, text: String },
    /// The call is over and its channel free.
    Released { call: u32, at_ms: u64, cause: Option<u8>, by: By, record: Option<PathBuf> },
    /// RESTART arrived; no channel means the whole interface.
    Restart { channel: Option<Channel> },
    /// RESTART ACKNOWLEDGE arrived.
    Restarted { channel: Option<Channel> },
    /// SERVICE arrived, or its acknowledgement; status 0 is in service, 2 out of service.
    Service { channel: Option<Channel>, status: Option<u8>, acknowledged: bool },
    /// INFORMATION with keypad facility came in the call.
    Keyed { call: u32, digits: String },
    /// The call is held and has no timeslot; by whom.
    Held { call: u32, at_ms: u64, by: By },
    /// HOLD was refused, or not answered.
    HoldRefused { call: u32, cause: u8 },
    /// The call has a timeslot again; who asked for it.
    Retrieved { call: u32, at_ms: u64, channel: Channel, by: By },
    /// RETRIEVE was refused, or not answered: the call is still held.
    RetrieveRefused { call: u32, cause: u8 },
    /// Another event of libpri, by its name.
    Other { text: String },
    /// A call could not be placed.
    Refused { reason: String },
    /// A request could not be read or done.
    Error { reason: String },
    /// A request without another answer was done.
    Done,
    /// Answer to `status`.
    Status(Status),
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
            | Self::UserUser { call, .. }
            | Self::Keyed { call, .. }
            | Self::Held { call, .. }
            | Self::HoldRefused { call, .. }
            | Self::Retrieved { call, .. }
            | Self::RetrieveRefused { call, .. }
            | Self::Released { call, .. } => Some(*call),
            Self::LinkUp
            | Self::LinkDown
            | Self::DChannel { .. }
            | Self::Restart { .. }
            | Self::Restarted { .. }
            | Self::Service { .. }
            | Self::Other { .. }
            | Self::Refused { .. }
            | Self::Error { .. }
            | Self::Done
            | Self::Status(_) => None,
        }
    }
}

/// The whole peer at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Status {
    /// `user` or `network`.
    pub side: &'static str,
    /// The data link is in multiframe operation.
    pub link_up: bool,
    /// The D-channels, the first before those of a group that stand by.
    pub d_channels: Vec<DChannelStatus>,
    /// Alarms of the span, `none` if there is none.
    pub alarms: String,
    /// Timeslots of calls that are not released.
    pub channels_in_use: usize,
    /// Those calls.
    pub calls: Vec<CallStatus>,
    /// What was lost on the line since the start.
    pub line: LineFaults,
    /// What was counted since the start.
    pub counters: Counters,
}

/// One D-channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct DChannelStatus {
    /// Its span.
    pub interface: u8,
    /// Its link is in multiframe operation.
    pub up: bool,
    /// New calls take it.
    pub serves: bool,
}

/// What was lost on the line since the start. Of a virtual span the peer knows none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct LineFaults {
    /// Times that a B-channel in a call had nothing to send.
    pub underruns: u64,
    /// Times that there was no room for what arrived.
    pub overruns: u64,
    /// Frames with a bad FCS, aborted or too long.
    pub bad_frames: u64,
}

impl std::ops::Add for LineFaults {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            underruns: self.underruns + other.underruns,
            overruns: self.overruns + other.overruns,
            bad_frames: self.bad_frames + other.bad_frames,
        }
    }
}

/// One call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CallStatus {
    /// Its number.
    pub call: u32,
    /// Who placed it.
    pub direction: Direction,
    /// `setup`, `alerting`, `connected` or `clearing`.
    pub state: &'static str,
    /// Its timeslot.
    pub channel: Option<Channel>,
    /// Called digits.
    pub called: String,
}

/// What was counted since the start.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Counters {
    /// LAPD frames from the far end.
    pub frames_received: u64,
    /// LAPD frames to the far end.
    pub frames_sent: u64,
    /// Calls placed here.
    pub placed: u64,
    /// Calls that arrived.
    pub incoming: u64,
    /// Calls that were connected, both ways.
    pub connected: u64,
    /// Calls released, by Q.850 cause (0: none was given).
    pub released: BTreeMap<u8, u64>,
}
