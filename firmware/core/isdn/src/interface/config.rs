//! Settings of one interface and their defaults by side and framing.

use std::time::Duration;

use super::Nfas;
use crate::channels::Hunting;
use crate::q931::{TimerTable, Variant};
use crate::setup::Law;
use crate::{Side, q921};

/// Period of the audit: a stuck call is found within two of them.
const AUDIT: Duration = Duration::from_secs(300);

/// Framing of the span, which says which channels are B-channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Framing {
    /// 2048 kbit/s: B-channels 1 to 15 and 17 to 31, D-channel 16.
    E1,
    /// 1544 kbit/s: B-channels 1 to 23, D-channel 24.
    T1,
}

impl Framing {
    /// Numbers of the B-channels.
    #[must_use]
    pub fn b_channels(self) -> Vec<u8> {
        match self {
            Self::E1 => (1..=15).chain(17..=31).collect(),
            Self::T1 => (1..=23).collect(),
        }
    }

    /// Number of the D-channel.
    #[must_use]
    pub const fn d_channel(self) -> u8 {
        match self {
            Self::E1 => 16,
            Self::T1 => 24,
        }
    }
}

/// Settings of one interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Name of the span, for log lines.
    pub name: String,
    /// User or network.
    pub side: Side,
    /// What the far end speaks; any variant goes with either framing.
    pub variant: Variant,
    /// E1 or T1.
    pub framing: Framing,
    /// The data link.
    pub link: q921::Config,
    /// Timers of call control.
    pub timers: TimerTable,
    /// Law that speech and audio have on this span.
    pub law: Law,
    /// Usable B-channels by number.
    pub channels: Vec<u8>,
    /// B-channels that calls must not use, from the beginning; a variant with SERVICE messages tells the far end.
    pub out_of_service: Vec<u8>,
    /// Order in which free channels are taken.
    pub hunting: Hunting,
    /// Whether an outgoing SETUP names its channel as exclusive; otherwise the far end may choose another.
    pub exclusive: bool,
    /// Whether the far end is known to take messages in segments (Q.931 annex H, an option): a message that is too long for a frame is sent
    /// so, and not at all otherwise. Segments received are put together in any case.
    pub segmentation: bool,
    /// Whether calls may be held, by either end, where the variant has that; otherwise HOLD and RETRIEVE are rejected with cause 69.
    pub hold: bool,
    /// How often calls and channels are looked after, and how long a call may be silent before it is; `None` never.
    pub audit: Option<Duration>,
    /// The further spans that the D-channel signals for, and the D-channels that stand by for it; `None` without a group.
    pub nfas: Option<Nfas>,
}

impl Config {
    /// Defaults. The user hunts upward and prefers its channel, the network hunts downward and insists on its own, so
    /// that calls of both ends seldom meet on one channel, and when they do the network's wins (Q.931 5.7).
    #[must_use]
    pub fn new(name: impl Into<String>, side: Side, framing: Framing) -> Self {
        let (hunting, exclusive) = match side {
            Side::User => (Hunting::Ascending, false),
            Side::Network => (Hunting::Descending, true),
        };
        Self {
            name: name.into(),
            side,
            variant: Variant::EuroIsdn,
            framing,
            link: q921::Config::new(side),
            timers: TimerTable::defaults(side),
            law: match framing {
                Framing::E1 => Law::A,
                Framing::T1 => Law::Mu,
            },
            channels: framing.b_channels(),
            out_of_service: Vec::new(),
            hunting,
            exclusive,
            segmentation: false,
            hold: false,
            audit: Some(AUDIT),
            nfas: None,
        }
    }
}
