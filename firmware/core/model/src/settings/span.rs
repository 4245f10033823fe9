//! `[[span]]`: one E1, T1 or analog card, what signalling it has and what carries it.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::Echo;
use super::dahdi::{ChannelKind, DahdiSpan, SpanChannel};

/// `[[span]]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// The trunk's name in routes, logs and pages.
    pub name: String,
    /// E1, T1 or an analog card.
    #[serde(default)]
    pub framing: Framing,
    /// How calls are signalled. Only `pri` spans carry calls in this release; others are configured and watched.
    #[serde(default)]
    pub signalling: Signalling,
    /// Which end of the D-channel this box is.
    #[serde(default)]
    pub side: Side,
    /// Which variant of ISDN the far end speaks.
    #[serde(default)]
    pub switch_type: SwitchType,
    /// B-channels, by timeslot, that no call may use. Switches that know SERVICE messages are told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub out_of_service: Vec<u8>,
    /// Which B-channel an outgoing call takes first.
    #[serde(default)]
    pub hunting: Hunting,
    /// Whether a called number that arrives in pieces is waited for, until sending complete or 15 s without a digit (T302 of Q.931); otherwise
    /// what SETUP has is taken for the whole.
    #[serde(default)]
    pub overlap_receiving: bool,
    /// Numbers of SIP callers may grow while they are dialled here: SETUP does not say that they are whole, and what a longer INVITE brings
    /// (RFC 3578) follows. Off by default: an exchange that waits for more digits delays each call.
    #[serde(default)]
    pub overlap_sending: bool,
    /// How long an incoming call waits for its caller's name, in milliseconds, where the network says in SETUP that it follows (National
    /// ISDN): 0 to 3000. A name that comes later is shown here and not told to the SIP side.
    #[serde(default = "name_wait")]
    pub name_wait_ms: u16,
    /// The far end may hold calls and fetch them back (HOLD and RETRIEVE, Q.932 6.2): a held call leaves its B-channel to others. Without it HOLD
    /// is refused with cause 69.
    #[serde(default = "allowed")]
    pub hold: bool,
    /// Whether callers on this span hear ringback, and why their calls failed, from this box.
    #[serde(default)]
    pub progress_tones: ProgressTones,
    /// Network-specific facility that every SETUP asks for, the octet that the carrier names (Q.931 4.5.21): 0xe1 is AT&T's SDN, 0xe3 its Megacom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network_facility: Option<u8>,
    /// Its place among spans that share D-channels (NFAS, Q.931 annex F); absent: it has its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nfas: Option<NfasMember>,
    /// Who cancels the echo of its calls.
    #[serde(default)]
    pub echo: Echo,
    /// What carries it.
    pub back_end: BackEnd,
}

/// A span's place among spans that share D-channels. The span with interface 0 has the preferred one; by its name the group is the trunk
/// of every incoming call, and its side, switch type and hunting are the group's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NfasMember {
    /// The group's name; spans that say the same belong together.
    pub group: String,
    /// Interface identifier, 0 to 126, as agreed with the far end (Q.931 4.5.13).
    pub interface: u8,
    /// What is in the timeslot of the D-channel.
    pub d_channel: NfasDChannel,
}

/// What a span of a group has in the timeslot of the D-channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NfasDChannel {
    /// The D-channel that is preferred: on interface 0.
    Primary,
    /// One that stands by; in the order of the spans in the document they take over.
    Backup,
    /// A further B-channel.
    None,
}

const fn name_wait() -> u16 {
    1000
}

const fn allowed() -> bool {
    true
}

impl Span {
    /// Whether calls can be routed over it in this release.
    #[must_use]
    pub const fn carries_calls(&self) -> bool {
        matches!(self.signalling, Signalling::Pri)
    }

    /// Whether a D-channel of another span signals for it, and it has none.
    const fn is_bearers_only(&self) -> bool {
        matches!(self.nfas, Some(NfasMember { d_channel: NfasDChannel::None, .. }))
    }

    /// Its DAHDI settings, when DAHDI carries it.
    #[must_use]
    pub fn dahdi(&self) -> Option<&DahdiSpan> {
        match &self.back_end {
            BackEnd::Virtual { .. } => None,
            BackEnd::Dahdi(dahdi) => Some(dahdi),
        }
    }

    /// The timeslot of the D-channel, if there is one.
    #[must_use]
    pub const fn d_channel(&self) -> Option<u8> {
        match self.signalling {
            Signalling::Pri if self.is_bearers_only() => None,
            Signalling::Pri => self.framing.d_channel(),
            Signalling::Cas | Signalling::Em | Signalling::Analog => None,
        }
    }

    /// How many channels the span has by its settings; `None` when only the card knows (an analog card).
    #[must_use]
    pub fn channel_count(&self) -> Option<u8> {
        let dynamic = self.dahdi().and_then(|dahdi| dahdi.dynamic.as_ref());
        dynamic.map(|dynamic| dynamic.channels(self.framing)).or_else(|| self.framing.timeslots())
    }

    /// Every channel that has a use, in timeslot order: the B-channels of a PRI span (its D-channel is
    /// [`Span::d_channel`]), or what the channel list says. Slots that cannot be read or come twice count once; [`super::validate`] names
    /// them.
    #[must_use]
    pub fn channels(&self) -> Vec<SpanChannel> {
        match self.signalling {
            Signalling::Pri => {
                let slots = 1..=self.framing.timeslots().unwrap_or(0);
                let b_channel = |slot| SpanChannel { slot, kind: ChannelKind::B, idle_bits: 0 };
                slots.filter(|slot| self.d_channel() != Some(*slot)).map(b_channel).collect()
            }
            Signalling::Cas | Signalling::Em | Signalling::Analog => {
                self.dahdi().map(DahdiSpan::listed_channels).unwrap_or_default()
            }
        }
    }
}

/// How calls are signalled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Signalling {
    /// ISDN primary rate: Q.931 over a D-channel.
    #[default]
    Pri,
    /// Channel associated signalling by ABCD bits, such as MFC-R2.
    Cas,
    /// E&M.
    Em,
    /// Loop, ground or kewl start: an analog card, or a channel bank behind an E1 or T1.
    Analog,
}

impl Signalling {
    /// The word in the configuration.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pri => "pri",
            Self::Cas => "cas",
            Self::Em => "em",
            Self::Analog => "analog",
        }
    }
}

/// Framing of a span.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Framing {
    /// 2048 kbit/s: 30 B-channels, D-channel in timeslot 16, A-law.
    #[default]
    E1,
    /// 1544 kbit/s: 23 B-channels, D-channel in timeslot 24, mu-law.
    T1,
    /// An analog card: no framing, one channel a port.
    Analog,
}

impl Framing {
    /// The word in the configuration.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::E1 => "e1",
            Self::T1 => "t1",
            Self::Analog => "analog",
        }
    }

    /// The timeslot of a primary rate D-channel.
    #[must_use]
    pub const fn d_channel(self) -> Option<u8> {
        match self {
            Self::E1 => Some(16),
            Self::T1 => Some(24),
            Self::Analog => None,
        }
    }

    /// The last timeslot, all before it being there too; `None` for an analog card, which has as many as it has ports.
    #[must_use]
    pub const fn timeslots(self) -> Option<u8> {
        match self {
            Self::E1 => Some(31),
            Self::T1 => Some(24),
            Self::Analog => None,
        }
    }
}

/// End of the D-channel.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The customer's end: towards a telephone network.
    #[default]
    User,
    /// The network's end: towards a PBX.
    Network,
}

/// Who plays call progress tones to the callers of a span.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ProgressTones {
    /// As telephone networks have it: the network's end plays them, so this box does where it is that.
    #[default]
    Auto,
    /// This box. On the user's end ringback only: a user may not leave a tone on a call that it clears (Q.931 5.3.4.1).
    On,
    /// Nobody, or the far end by itself.
    Off,
}

/// Variant of ISDN, by the name that exchanges have for it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SwitchType {
    /// ETSI: Europe and most of the world, E1 and T1.
    #[default]
    #[serde(rename = "euro-isdn")]
    EuroIsdn,
    /// National ISDN-2.
    Ni2,
    /// National ISDN-1.
    Ni1,
    /// Nortel DMS-100.
    Dms100,
    /// AT&T 4ESS.
    #[serde(rename = "4ess")]
    FourEss,
    /// Lucent 5ESS.
    #[serde(rename = "5ess")]
    FiveEss,
    /// Between private exchanges.
    Qsig,
    /// NTT INS-Net 1500.
    Ins1500,
}

/// Order in which B-channels are taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hunting {
    /// Lowest first on the user side, highest first on the network side, so that the two ends rarely collide.
    #[default]
    Auto,
    /// Lowest first.
    Ascending,
    /// Highest first.
    Descending,
    /// The next above the one taken last.
    RoundRobin,
    /// The one that has had the fewest calls.
    LeastUsed,
    /// Even ones first, where the far end begins with the odd ones.
    EvenFirst,
    /// Odd ones first.
    OddFirst,
}

/// What carries a span.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum BackEnd {
    /// A virtual span over a Unix socket; the far end (the exchange) owns the clock and listens.
    Virtual {
        /// The far end's socket. A relative path is below the state directory.
        socket: PathBuf,
    },
    /// The kernel's DAHDI: a card's port, or a dynamic span.
    Dahdi(Box<DahdiSpan>),
}

impl BackEnd {
    /// The word in the configuration.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Virtual { .. } => "virtual",
            Self::Dahdi(_) => "dahdi",
        }
    }
}
