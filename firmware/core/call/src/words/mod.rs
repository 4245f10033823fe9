//! The neutral call words: all that crosses between a leg and the controller.
//!
//! Each word is weighed against every kind of leg (ISDN, R2, E&M, analog, SIP). A leg translates its protocol's
//! messages to and from these and keeps to itself what only its protocol knows.
//!
//! First cut: the words of a basic call and of hold. Transfer, charge, fax and message waiting join as further variants.

mod party;

use std::fmt;
use std::net::SocketAddr;

use media::{Direction, Format, Offer};
use model::country::ToneKind;

pub use self::party::{
    Bearer, Compatibility, Diversion, DiversionReason, Identity, Number, Presentation, Screening, Subaddress, UserToUser,
};

/// A leg, unique for the life of the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LegId(pub u64);

/// A call, unique on the box.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CallId(pub u64);

impl fmt::Display for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "call{}", self.0)
    }
}

/// A span, by its place in the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SpanId(pub usize);

/// A SIP peer, by its place in the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PeerId(pub usize);

/// Setup: somebody wants to talk.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Setup {
    /// The called number.
    pub called: Number,
    /// The called number may not be whole: [`FromLeg::MoreDigits`] may follow, and a leg that can says so to its far side.
    pub may_grow: bool,
    /// The called party's subaddress.
    pub called_subaddress: Option<Subaddress>,
    /// The calling party.
    pub calling: Identity,
    /// The calling party's subaddress.
    pub calling_subaddress: Option<Subaddress>,
    /// A second number of the calling party, where its network says the user's beside its own.
    pub second_calling: Option<Identity>,
    /// The called party is asked to pay.
    pub reverse_charge: bool,
    /// Diversions that the call has been through, the last one first.
    pub diversions: Vec<Diversion>,
    /// What the caller's application says to the called one.
    pub user_to_user: Option<UserToUser>,
    /// What the bearer is to carry.
    pub bearer: Bearer,
    /// For another ISDN leg.
    pub compatibility: Compatibility,
    /// From a leg: what its caller hears from this box alone. Means nothing to the other leg.
    pub tones: Tones,
    /// From a leg: what its far side offers. To a leg: what we offer. TDM legs have none.
    pub media: Option<Offer>,
}

/// Which call progress tones a caller hears from this box or from nobody.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tones {
    /// None: somebody beyond the leg plays them, or the telephone makes its own.
    #[default]
    NotOurs,
    /// Ringback. A call that fails is released at once: nothing can be heard then.
    Ringback,
    /// Ringback, and why the call failed.
    All,
}

/// Progress or alerting.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Progressing {
    /// Tones or announcements come in the voice path, so the other side should cut it through.
    pub in_band: bool,
    /// From a leg: the negotiated far side. To a leg: our answer, when early audio is to flow.
    pub media: Option<Offer>,
}

/// The called side answered.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answered {
    /// Who answered, when the far side says so.
    pub connected: Option<Identity>,
    /// The subaddress of who answered.
    pub connected_subaddress: Option<Subaddress>,
    /// What the answering party's application says.
    pub user_to_user: Option<UserToUser>,
    /// From a leg: the negotiated far side. To a leg: our answer.
    pub media: Option<Offer>,
}

/// Who caused a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The far side of the leg that says so.
    FarSide,
    /// This box.
    Box,
}

/// Why a leg or call ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// Q.850 cause value, 1 to 127.
    pub cause: u8,
    /// The SIP status that said so, if one did.
    pub status: Option<u16>,
    /// In words, for the ladder and the call record.
    pub reason: String,
    /// Who caused it.
    pub origin: Origin,
    /// What the application of the side that ends it says.
    pub user_to_user: Option<UserToUser>,
}

impl Release {
    /// A release that this box decides.
    #[must_use]
    pub fn by_box(cause: u8, reason: impl Into<String>) -> Self {
        Self { cause, status: None, reason: reason.into(), origin: Origin::Box, user_to_user: None }
    }

    /// A release that the far side of a leg asked for.
    #[must_use]
    pub fn by_far_side(cause: u8, status: Option<u16>, reason: impl Into<String>) -> Self {
        Self { cause, status, reason: reason.into(), origin: Origin::FarSide, user_to_user: None }
    }
}

/// From a leg to the controller.
#[derive(Debug, Clone, PartialEq)]
pub enum FromLeg {
    /// A new incoming call on this leg.
    Setup(Box<Setup>),
    /// More of the called number of an incoming leg.
    MoreDigits {
        /// These follow those that came before.
        digits: String,
        /// Nothing comes after them.
        complete: bool,
        /// What the far side offers now, if it does so anew.
        media: Option<Offer>,
    },
    /// An outgoing leg takes more of the called number.
    NeedDigits,
    /// The far side has all it needs.
    Proceeding,
    /// The called side is being alerted.
    Alerting(Progressing),
    /// Something to hear, or a hint of how the call fares.
    Progress(Progressing),
    /// The called side answered.
    Answer(Answered),
    /// The leg's B-channel is acknowledged: its media may open.
    ChannelReady(Terminal),
    /// The name or number of the leg's party became known or changed: what is not known stays empty.
    PartyUpdate(Identity),
    /// Something was keyed in the call, in signalling (keypad facility), not as a tone. It may hold more than digits and has no length.
    Keypad(String),
    /// A digit was pressed for a known time, said in signalling.
    Digit {
        /// `0` to `9`, `*`, `#`, `A` to `D`.
        digit: char,
        /// For how long.
        ms: u32,
    },
    /// The hook was flashed.
    Flash,
    /// The far side did not take the digit of a [`ToLeg::Digit`]; the call goes on unless [`FromLeg::Released`] follows.
    DigitRefused {
        /// Which.
        digit: char,
        /// Why.
        reason: String,
    },
    /// The far side proposes other media (hold, another address).
    MediaOffer(Offer),
    /// What became of the media that [`ToLeg::HoldRequest`] or [`ToLeg::RetrieveRequest`] proposed. One that refuses is not heard of.
    MediaAnswer(Offer),
    /// The far side of an answered call asks to hold it, and leaves its channel then; answered by [`ToLeg::HoldResult`]. A leg without channels
    /// holds by [`FromLeg::MediaOffer`].
    HoldRequest,
    /// The far side of a held call asks for it again, on this channel; answered by [`ToLeg::RetrieveResult`].
    RetrieveRequest(Terminal),
    /// The far side cleared; the leg waits for our [`ToLeg::Release`].
    Clearing(Release),
    /// The leg is over; its channel or dialog is free and its id is dead.
    Released(Release),
}

/// From the controller to a leg.
#[derive(Debug, Clone, PartialEq)]
pub enum ToLeg {
    /// More of the called number; a leg that has sent all it had to passes over them.
    MoreDigits {
        /// These follow those that it has.
        digits: String,
        /// Nothing comes after them.
        complete: bool,
    },
    /// More of the called number is taken, if the far side has any.
    NeedDigits,
    /// We have all we need; the channel is acknowledged by this.
    Proceeding,
    /// The called side is being alerted.
    Alerting(Progressing),
    /// Early audio or a hint.
    Progress(Progressing),
    /// Answered.
    Answer(Answered),
    /// Something was keyed at the other side of an answered call. A leg whose far side has no such thing passes over it; to RTP
    /// they go as [`MediaCommand::Digits`].
    Keypad(String),
    /// A digit was pressed at the other side of an answered call, and this leg's far side is told of digits in signalling
    /// ([`RtpTerminal::digits_in_signalling`]).
    Digit {
        /// `0` to `9`, `*`, `#`, `A` to `D`.
        digit: char,
        /// For how long.
        ms: u32,
    },
    /// Our answer to [`FromLeg::MediaOffer`], or why not (SIP 488).
    MediaAnswer(Result<Offer, String>),
    /// Whether the far side may hold; if so its channel is not the call's any more. The error is a Q.850 cause.
    HoldResult(Result<(), u8>),
    /// Whether the far side has the call again, on the channel that it was told. The error is a Q.850 cause: the call stays held.
    RetrieveResult(Result<(), u8>),
    /// The other side of the call holds it: the far side is told, by the media that it is offered where it has such.
    HoldRequest(Option<Offer>),
    /// The other side of the call holds it no more.
    RetrieveRequest(Option<Offer>),
    /// Clear, whatever the state asks for.
    Release(Release),
    /// The same, with a tone on the channel of a caller who gets all tones from us: the leg leaves him the channel for as long as its
    /// protocol lets it, and says Released then. A further Release cuts that short.
    ReleaseWithTone(Release),
}

/// One end of an audio connection.
#[derive(Debug, Clone, PartialEq)]
pub enum Terminal {
    /// A timeslot of a span.
    Channel {
        /// The span.
        span: SpanId,
        /// The timeslot.
        timeslot: u8,
    },
    /// An RTP session.
    Rtp(RtpTerminal),
}

/// An RTP session as the media threads open it.
#[derive(Debug, Clone, PartialEq)]
pub struct RtpTerminal {
    /// Our even port; RTCP is one above.
    pub local_port: u16,
    /// Where to send RTP.
    pub remote: SocketAddr,
    /// The codec both agreed on, and its payload type.
    pub format: Format,
    /// Payload type of telephone events, if both agreed on them.
    pub telephone_event: Option<u8>,
    /// The far side is told of digits in signalling: those that are keyed in the audio or as events of the other end are not sent to this
    /// one but reported, as [`MediaReport::Digit`]. [`MediaCommand::Digits`] does not come for it.
    pub digits_in_signalling: bool,
    /// Both agreed on comfort noise (RFC 3389).
    pub comfort_noise: bool,
    /// Silence is not sent, where comfort noise was agreed on.
    pub silence_suppression: bool,
    /// Packet time in milliseconds.
    pub ptime_ms: u8,
    /// Whether we send, receive or both.
    pub direction: Direction,
}

/// An end of a call's connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// `a` of [`MediaCommand::Connect`]: the incoming leg's.
    Incoming,
    /// `b`: the outgoing leg's.
    Outgoing,
}

/// From the controller to the media threads. One connection a call in this first cut.
#[derive(Debug, Clone, PartialEq)]
pub enum MediaCommand {
    /// Opens both ends and joins them.
    Connect {
        /// The call.
        call: CallId,
        /// The incoming leg's end.
        a: Terminal,
        /// The outgoing leg's end.
        b: Terminal,
        /// Data, whose octets pass as they are: no conversion of law.
        clear: bool,
    },
    /// An RTP end of a connected call changed its address, codec or direction.
    Redirect {
        /// The call.
        call: CallId,
        /// The end with this local port.
        terminal: RtpTerminal,
    },
    /// The end that is this channel is held: the channel is closed, and the other end hears silence.
    Hold {
        /// The call.
        call: CallId,
        /// The channel.
        terminal: Terminal,
    },
    /// A held end is this channel from now on.
    Retrieve {
        /// The call.
        call: CallId,
        /// The channel.
        terminal: Terminal,
    },
    /// Keys digits to one end: as telephone events where its far side takes them, else as tones.
    Digits {
        /// The call.
        call: CallId,
        /// The end.
        to: Terminal,
        /// `0` to `9`, `*`, `#`, `A` to `D`; others are passed over.
        digits: String,
        /// For how long each is pressed.
        ms: u32,
    },
    /// Plays a call progress tone to a channel in place of what the other end says, until another is asked for, or none, or the call is
    /// connected. A call without a connection gets its channel opened for it.
    Tone {
        /// The call.
        call: CallId,
        /// The channel.
        to: Terminal,
        /// Which; none stops it.
        tone: Option<ToneKind>,
    },
    /// Closes both ends; answered by [`MediaReport::Closed`] even if nothing was open.
    Disconnect {
        /// The call.
        call: CallId,
    },
}

/// From the media threads to the controller.
#[derive(Debug, Clone, PartialEq)]
pub enum MediaReport {
    /// Both ends are open and audio flows.
    Started {
        /// The call.
        call: CallId,
    },
    /// An end could not be opened: the call cannot be carried.
    Failed {
        /// The call.
        call: CallId,
        /// Why, with values.
        reason: String,
    },
    /// Something worth a line in the ladder, such as the first packet.
    Note {
        /// The call.
        call: CallId,
        /// What happened.
        text: String,
    },
    /// A digit was keyed at one end, as a tone or telephone event, which the media threads did not pass on to the other end because that
    /// is told of digits in signalling ([`RtpTerminal::digits_in_signalling`]). Said once, when its length is known.
    Digit {
        /// The call.
        call: CallId,
        /// The end where it was keyed.
        from: Side,
        /// `0` to `9`, `*`, `#`, `A` to `D`.
        digit: char,
        /// For how long it was pressed.
        ms: u32,
    },
    /// Both ends are closed.
    Closed {
        /// The call.
        call: CallId,
        /// Figures of the RTP end, if there was one; of the incoming leg's, if there were two.
        quality: Option<MediaQuality>,
    },
}

/// Media figures of an RTP session over its life.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct MediaQuality {
    /// RTP packets sent.
    pub packets_sent: u64,
    /// RTP packets received.
    pub packets_received: u64,
    /// RTP packets that never came.
    pub lost: u64,
    /// RTP packets that came too late.
    pub late: u64,
    /// RTP and RTCP packets that could not be understood.
    pub malformed: u64,
    /// Blocks of 10 ms due while the jitter buffer was empty.
    pub underruns: u64,
    /// Blocks with holes.
    pub concealed: u64,
    /// Blocks inserted for clock drift.
    pub slips_inserted: u64,
    /// Blocks dropped for clock drift.
    pub slips_dropped: u64,
    /// Times that the oldest audio was dropped because a burst arrived.
    pub overflows: u64,
    /// Blocks that the call's timeslots missed or refused.
    pub line_missed: u64,
    /// Blocks that these dropped.
    pub overflow_blocks: u64,
    /// Times that a timeslot's write queue did not follow on: what the echo canceller takes for the echo's origin moved.
    pub line_slips: u64,
    /// Interarrival jitter (RFC 3550 6.4.1) in milliseconds.
    pub jitter_ms: f64,
    /// Round trip from RTCP in milliseconds.
    pub round_trip_ms: Option<f64>,
    /// Rating R of what the line heard (G.107), over the call.
    pub r: Option<f64>,
    /// MOS-CQE (G.107 annex B) of the same.
    pub mos: Option<f64>,
    /// Echo return loss of the line as the box's own canceller estimated it at the end, dB.
    pub echo_return_loss_db: Option<f32>,
    /// By how much its linear filter made the echo weaker of late, dB.
    pub echo_enhancement_db: Option<f32>,
}
