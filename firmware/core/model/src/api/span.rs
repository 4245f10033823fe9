//! Spans and channels as the control API shows them.

use serde::{Deserialize, Serialize};

use super::BitErrorTest;
use crate::settings::{Framing, Side, Signalling};

/// One span.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// Its name from the configuration.
    pub name: String,
    /// E1, T1 or an analog card.
    pub framing: Framing,
    /// How calls are signalled; only `pri` spans carry any in this release.
    pub signalling: Signalling,
    /// Which end of the D-channel this box is.
    pub side: Side,
    /// `virtual` or `dahdi`.
    pub back_end: String,
    /// The stable id of its hardware, where it has any.
    pub hardware: Option<String>,
    /// Whether the box could take it into use.
    pub state: SpanState,
    /// Line alarms.
    pub alarms: Alarms,
    /// State of the D-channel's data link.
    pub link: LinkState,
    /// B-channels in timeslot order, or the channels of the configured list.
    pub channels: Vec<Channel>,
    /// Counters of the line.
    pub line: LineCounters,
    /// Data link and message counters.
    pub d_channel: DChannelCounters,
    /// Where spans share D-channels: what its own is doing, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub d_channel_role: Option<DChannelRole>,
    /// Where its clock comes from, where that is known.
    pub clock: Option<ClockStatus>,
    /// What a technician has switched on.
    pub maintenance: Maintenance,
    /// The test of a timeslot that is running.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bit_error_test: Option<BitErrorTest>,
    /// What the counters say over time, once they say anything.
    pub verdict: Option<Verdict>,
}

impl Span {
    /// Whether a new call can be placed on it.
    #[must_use]
    pub fn in_service(&self) -> bool {
        self.state == SpanState::Running && self.link == LinkState::Up && self.alarms.is_clear()
    }
}

/// What a D-channel does among those that spans share (Q.931 annex F).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DChannelRole {
    /// It signals for all spans.
    InService,
    /// It is up and would take over.
    Standby,
    /// It failed, and another is taking over.
    MaintenanceBusy,
    /// It is down.
    OutOfService,
}

/// Whether the box could take a span into use.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum SpanState {
    /// In use. What the line says is another matter: see [`Alarms`].
    #[default]
    Running,
    /// Its hardware is not there (any more). It comes up by itself when it returns.
    Missing {
        /// What was looked for.
        why: String,
    },
    /// It is there and could not be configured or opened.
    Failed {
        /// What went wrong.
        why: String,
        /// What to do about it.
        cure: String,
    },
}

/// Counters of a line since the start or since they were reset. What a card or back end does not count stays 0.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineCounters {
    /// Bipolar violations.
    pub bpv: u64,
    /// CRC-4 errors.
    pub crc4: u64,
    /// E-bits: CRC-4 errors that the far end reports.
    pub ebit: u64,
    /// Errors in the frame alignment signal.
    pub fas: u64,
    /// Seconds with any error.
    pub errored_seconds: u64,
    /// Interrupts of the card that came too late.
    pub irq_misses: u64,
    /// Blocks lost or repeated because the ends' clocks differ or a thread was late.
    pub slips: u64,
    /// Times that the line had nothing to send on a channel.
    pub underruns: u64,
    /// Times that received audio was lost because nobody fetched it.
    pub overruns: u64,
}

/// Where a span's clock comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockStatus {
    /// As configured: 0 gives the clock, 1 to 15 takes it from the line.
    pub priority: u8,
    /// Whether this span is the one that all others follow now.
    pub is_master: bool,
    /// What the span's card is synchronised to now: a span's name, or `internal`.
    pub source: Option<String>,
}

/// What a technician has switched on, and what came of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mode", rename_all = "kebab-case")]
pub enum Maintenance {
    /// Nothing: the span carries traffic.
    #[default]
    None,
    /// What the box sends comes back to it.
    LocalLoop,
    /// What the line brings goes back to it, at the line's interface.
    LineLoop,
    /// The same behind the framer.
    PayloadLoop,
    /// A pseudo-random bit sequence is sent and looked for.
    Prbs {
        /// Bits that were wrong since it was switched on.
        errors: u64,
        /// Whether the sequence is recognised now.
        in_sync: bool,
    },
}

/// `POST` [`super::path::SPAN_MAINTENANCE`]: what to switch on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MaintenanceRequest {
    /// One at a time.
    pub mode: MaintenanceMode,
}

/// A state of [`Maintenance`] to ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MaintenanceMode {
    /// Back to traffic.
    None,
    /// See [`Maintenance::LocalLoop`].
    LocalLoop,
    /// See [`Maintenance::LineLoop`].
    LineLoop,
    /// See [`Maintenance::PayloadLoop`].
    PayloadLoop,
    /// See [`Maintenance::Prbs`].
    Prbs,
}

/// What is wrong with a span, or that nothing is, from its counters over time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Where to look.
    pub area: Area,
    /// In one sentence, with what to do.
    pub text: String,
    /// The figures that say so, one a line.
    pub evidence: Vec<String>,
    /// Since when.
    pub since: i64,
}

/// Where a span's trouble lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Area {
    /// Nowhere.
    Healthy,
    /// Cable, connector, card, line code, framing.
    Physical,
    /// The ends' clocks differ.
    Clock,
    /// The D-channel's data link.
    Layer2,
    /// The other end.
    FarEnd,
}

impl Area {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Physical => "physical",
            Self::Clock => "clock",
            Self::Layer2 => "layer2",
            Self::FarEnd => "far-end",
        }
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
    /// The span has no D-channel: its signalling is not `pri`.
    None,
}

/// One channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Channel {
    /// Timeslot, 1 to 31, or port of an analog card.
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

/// `POST` [`super::path::SPAN_RESTART`]: which B-channels to restart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RestartRequest {
    /// One timeslot; absent, every B-channel of the span.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeslot: Option<u8>,
}
