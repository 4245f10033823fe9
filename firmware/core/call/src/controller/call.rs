//! One call as the controller keeps it: its legs, where it stands, and how it ended.

use std::time::Instant;

use media::{Direction, Offer};
use model::api::{CallState, Party};
use model::country::ToneKind;

use super::Trunk;
use crate::words::{CallId, Identity, LegId, MediaQuality, Release, RtpTerminal, Setup, SpanId, Terminal};

/// One leg of a call, seen from the controller.
#[derive(Debug)]
pub(super) struct Leg {
    pub(super) id: LegId,
    pub(super) trunk: Trunk,
    /// The leg said Released: its id is dead.
    pub(super) over: bool,
    /// Where its audio is, once known; a held channel is not the call's any more.
    pub(super) terminal: Option<Terminal>,
    /// Its far side holds the call.
    pub(super) holds: bool,
    /// The span and timeslot that it has, or had before it was held: in a group of spans not always the trunk's own.
    pub(super) channel: Option<(SpanId, u8)>,
    /// Our side of an RTP leg.
    pub(super) rtp: Option<Rtp>,
}

/// Our side of an RTP leg.
#[derive(Debug)]
pub(super) struct Rtp {
    /// Our port, ours until the media threads have closed it.
    pub(super) port: u16,
    /// What we offer, or answer with: address, formats in order of preference.
    pub(super) ours: Offer,
    /// The far side is told of digits in signalling, not here.
    pub(super) digits_in_signalling: bool,
    /// Silence is not sent to it, if it takes comfort noise.
    pub(super) silence_suppression: bool,
}

impl Leg {
    pub(super) const fn new(id: LegId, trunk: Trunk, rtp: Option<Rtp>) -> Self {
        Self { id, trunk, over: false, terminal: None, holds: false, channel: None, rtp }
    }

    /// Takes what the far side sent in its offer or answer as the place to send to.
    ///
    /// `agreed` holds one codec; `remote` is where the far side listens and which way it wants audio to flow.
    pub(super) fn agree(&mut self, remote: &Offer, agreed: &Offer) {
        let (Some(rtp), Some(format)) = (&self.rtp, agreed.formats.first()) else { return };
        self.terminal = Some(Terminal::Rtp(RtpTerminal {
            local_port: rtp.port,
            remote: remote.address,
            format: *format,
            telephone_event: agreed.telephone_event,
            digits_in_signalling: rtp.digits_in_signalling,
            comfort_noise: agreed.comfort_noise,
            silence_suppression: rtp.silence_suppression,
            ptime_ms: agreed.ptime_ms,
            direction: agreed.direction,
        }));
    }

    /// Its audio is here.
    pub(super) fn settle(&mut self, terminal: Terminal) {
        if let Terminal::Channel { span, timeslot } = &terminal {
            self.channel = Some((*span, *timeslot));
        }
        self.terminal = Some(terminal);
    }

    /// What we offer its far side when the session changes: nothing is wanted of it while the other side holds.
    pub(super) fn offer_while(&self, other_holds: bool) -> Option<Offer> {
        let direction = if other_holds { Direction::SendOnly } else { Direction::SendRecv };
        self.rtp.as_ref().map(|rtp| Offer { direction, ..rtp.ours.clone() })
    }
}

/// Where the audio path stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Path {
    /// Nothing is to be heard yet.
    Idle,
    /// Audio is wanted as soon as both ends are known.
    Wanted,
    /// The media threads have it.
    Open,
    /// Disconnect was sent; Closed is awaited.
    Closing,
    /// Nothing is open and nothing will be, but perhaps a tone.
    Closed,
}

/// One call.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) id: CallId,
    pub(super) setup: Setup,
    pub(super) from: Leg,
    pub(super) to: Option<Leg>,
    pub(super) state: CallState,
    pub(super) path: Path,
    /// What its caller hears from us for want of a connection.
    pub(super) tone: Option<ToneKind>,
    /// Its record is out; what is left of it is a caller who hears why.
    pub(super) recorded: bool,
    pub(super) started: Instant,
    /// First sign of the called side: alerting, early audio or answer.
    pub(super) first_sign: Option<Instant>,
    pub(super) alerted: bool,
    pub(super) answered: Option<Instant>,
    /// Why the call ends and who ended it; set once.
    pub(super) release: Option<(Release, Party)>,
    pub(super) quality: Option<MediaQuality>,
    /// What the called side said of itself before it answered.
    pub(super) learned: Identity,
}

impl Call {
    /// The leg with this id.
    pub(super) fn leg_mut(&mut self, id: LegId) -> Option<&mut Leg> {
        if self.from.id == id { Some(&mut self.from) } else { self.to.as_mut().filter(|leg| leg.id == id) }
    }

    /// The leg on the other side of this one, unless it is over.
    pub(super) fn other(&self, id: LegId) -> Option<&Leg> {
        let other = if self.from.id == id { self.to.as_ref() } else { Some(&self.from) };
        other.filter(|leg| !leg.over)
    }

    /// Whether `id` is the incoming leg.
    pub(super) fn is_from(&self, id: LegId) -> bool {
        self.from.id == id
    }

    /// Both legs are over and no media is open.
    pub(super) fn is_finished(&self) -> bool {
        self.from.over && self.tone.is_none() && self.is_over_but_for_its_tone()
    }

    /// Nothing is left of it, unless its caller hears why it failed.
    pub(super) fn is_over_but_for_its_tone(&self) -> bool {
        let caller_is_gone = self.from.over || (self.tone.is_some() && self.release.is_some());
        caller_is_gone && self.to.as_ref().is_none_or(|leg| leg.over) && matches!(self.path, Path::Closed)
    }

    /// RTP ports that this call holds.
    pub(super) fn ports(&self) -> impl Iterator<Item = u16> + '_ {
        std::iter::once(&self.from).chain(self.to.as_ref()).filter_map(|leg| leg.rtp.as_ref()).map(|rtp| rtp.port)
    }
}
