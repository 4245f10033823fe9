//! The configuration document, `junctor.toml`: types and defaults. Every setting has a default that works.
//!
//! Drive it by [`read`]; what comes back has passed every check of form in [`validate`].

mod audio;
mod check_nfas;
mod check_span;
mod dahdi;
mod echo;
mod listen;
mod media;
mod problem;
mod read;
mod slots;
mod span;
mod validate;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use serde::{Deserialize, Serialize};

pub use audio::Audio;
pub use dahdi::{
    ChannelGroup, ChannelKind, DEFAULT_TONE_ZONE, DahdiSpan, DynamicSpan, EchoCanceller, Law, LineCode, SpanChannel, T1Framing,
};
pub use echo::{Canceller, Echo};
pub use listen::{ListenAddress, SipTransport};
pub use media::{Jitter, Media, Poller};
pub use problem::{Problem, Severity};
pub use read::{Reading, SpanReading, read, read_span, write, write_span};
pub use span::{BackEnd, Framing, Hunting, NfasDChannel, NfasMember, ProgressTones, Side, Signalling, Span, SwitchType};
pub use validate::validate;

/// The country unless told otherwise: as the default framing is E1, one of A-law.
pub const DEFAULT_COUNTRY: &str = "de";

/// The whole document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The name this box shows to people.
    pub name: String,
    /// The country whose tones are played and whose ring cadence holds (no line rings yet), by its ISO 3166 code: see [`crate::country`].
    pub country: String,
    /// SIP listening addresses and timers.
    pub sip: Sip,
    /// RTP addresses, ports and buffers.
    pub media: Media,
    /// Call captures as pcapng files.
    pub capture: Capture,
    /// Music on hold and listening to calls by a sound card.
    #[serde(skip_serializing_if = "Audio::is_unused")]
    pub audio: Audio,
    /// TDM spans.
    #[serde(rename = "span")]
    pub spans: Vec<Span>,
    /// SIP elements that calls are exchanged with.
    #[serde(rename = "peer")]
    pub peers: Vec<Peer>,
    /// Where calls go, first match wins.
    #[serde(rename = "route")]
    pub routes: Vec<Route>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            name: "junctor".into(),
            country: DEFAULT_COUNTRY.into(),
            sip: Sip::default(),
            media: Media::default(),
            capture: Capture::default(),
            audio: Audio::default(),
            spans: Vec::new(),
            peers: Vec::new(),
            routes: Vec::new(),
        }
    }
}

/// `[sip]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sip {
    /// Addresses to listen on, such as `udp:127.0.0.1:5060`.
    pub listen: Vec<ListenAddress>,
    /// How long an unanswered call may ring, in seconds, 1 to 600. Q.931 T301 is 180 s.
    pub ring_seconds: u32,
    /// Whether a call may come from an address that is no peer's. Such calls are routed as from trunk `unknown`.
    pub accept_unknown_peers: bool,
}

impl Default for Sip {
    fn default() -> Self {
        let loopback = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 5060);
        Self {
            listen: vec![
                ListenAddress { transport: SipTransport::Udp, address: loopback },
                ListenAddress { transport: SipTransport::Tcp, address: loopback },
            ],
            ring_seconds: 180,
            accept_unknown_peers: false,
        }
    }
}

/// `[capture]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Capture {
    /// Whether each call is written as a pcapng file of LAPD, SIP and RTP.
    pub calls: bool,
    /// Whether RTP is written too (it is most of the bytes).
    pub rtp: bool,
    /// Most files kept; the oldest go first. 1 to 100,000.
    pub keep: u32,
}

impl Default for Capture {
    fn default() -> Self {
        Self { calls: false, rtp: true, keep: 200 }
    }
}

/// `[[peer]]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Peer {
    /// The trunk's name in routes, logs and pages.
    pub name: String,
    /// Where its SIP requests are taken, such as `udp:127.0.0.1:5062`.
    pub address: ListenAddress,
    /// Codecs offered and accepted, most preferred first.
    #[serde(default = "both_laws")]
    pub codecs: Vec<Codec>,
    /// Packet time in milliseconds: 10, 20, 30, 40 or 60.
    #[serde(default = "twenty")]
    pub ptime_ms: u8,
    /// Whether our offers and answers name RFC 4733 telephone events, which become tones on the line, and what is keyed in ISDN
    /// signalling, or as tones where no events come from, becomes events. Off by default.
    #[serde(default)]
    pub telephone_event: bool,
    /// How the peer is told of digits that are keyed at the other side of an answered call: `rtp`, as telephone events where both sides
    /// agreed on them and else as tones, or `info`, by SIP INFO. Either is understood when it comes.
    #[serde(default)]
    pub digits: Digits,
    /// Whether silence is not sent to the peer but described by comfort noise (RFC 3389), where both sides agreed on that and on G.711. What
    /// the peer describes is understood without it. Off by default, and off in a call once a fax or modem is heard in it.
    #[serde(default)]
    pub silence_suppression: bool,
    /// How the peer is told that a call was diverted: `diversion`, `history-info`, `both` or `none`. Either is understood when it comes.
    #[serde(default)]
    pub diversion_header: DiversionHeader,
    /// Seconds between OPTIONS pings; 0 sends none.
    #[serde(default)]
    pub options_seconds: u32,
}

fn both_laws() -> Vec<Codec> {
    vec![Codec::Pcma, Codec::Pcmu]
}

const fn twenty() -> u8 {
    20
}

/// How a peer is told of digits that are keyed during a call.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Digits {
    /// In the RTP session: telephone events (RFC 4733), or tones.
    #[default]
    Rtp,
    /// INFO with a body of application/dtmf-relay.
    Info,
}

/// How a peer is told that a call was diverted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DiversionHeader {
    /// Diversion (RFC 5806), which voice mail systems look for.
    #[default]
    Diversion,
    /// History-Info (RFC 7044).
    HistoryInfo,
    /// Both.
    Both,
    /// It is not told.
    None,
}

/// A voice codec.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Codec {
    /// G.711 A-law, payload type 8.
    Pcma,
    /// G.711 mu-law, payload type 0.
    Pcmu,
    /// G.722 at 64 kbit/s, payload type 9: its whole band between two peers that both take it, the telephone's band towards a line or G.711.
    G722,
}

/// `[[route]]`: the called number's prefix chooses the trunk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// Only calls from this trunk (span or peer name); absent: from any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Leading characters of the called number, digits and a leading `+`; empty matches every number.
    pub prefix: String,
    /// Where the call goes: the name of a span or a peer.
    pub to: String,
    /// How many leading characters to take off the called number, at most the prefix's length.
    #[serde(default)]
    pub strip: u8,
    /// What to put before it afterwards.
    #[serde(default)]
    pub add: String,
}
