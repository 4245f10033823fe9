//! One SIP leg and the session descriptions that cross it (RFC 3264): the only reader and writer of SDP text.

use media::Offer;
use media::sdp::{self, Origin};
use sip::{Body, Flow};

use super::dialling::Dialling;
use super::digits::Digits;
use super::renewal::Renewal;
use crate::route::Trunk;
use crate::words::{LegId, Release};

/// One SIP leg.
#[derive(Debug)]
pub(super) struct Leg {
    pub(super) id: LegId,
    pub(super) trunk: Trunk,
    /// Where an incoming leg came from.
    pub(super) flow: Option<Flow>,
    /// Whether the number of an incoming leg may grow.
    pub(super) dialling: Dialling,
    /// What the session is to be while it is up.
    pub(super) renewal: Renewal,
    /// What its far side is to be told by INFO.
    pub(super) digits: Digits,
    /// Our last offer.
    ours: Option<Offer>,
    /// The peer's offer as text, on an incoming leg or from its last re-INVITE.
    theirs: Option<String>,
    /// What the peer's answer agreed to: a 200 may leave it out when a 183 had it.
    agreed: Option<Offer>,
    /// Our last description, and its version.
    said: Option<String>,
    version: u64,
    /// Why we end it, once we do: what Released then says.
    pub(super) ending: Option<Release>,
}

impl Leg {
    /// An incoming leg whose INVITE offered `theirs`.
    pub(super) fn incoming(id: LegId, trunk: Trunk, flow: Flow, theirs: Option<String>) -> Self {
        Self { flow: Some(flow), theirs, ..Self::new(id, trunk) }
    }

    fn new(id: LegId, trunk: Trunk) -> Self {
        Self {
            id,
            trunk,
            flow: None,
            dialling: Dialling::Settled,
            renewal: Renewal::default(),
            digits: Digits::default(),
            ours: None,
            theirs: None,
            agreed: None,
            said: None,
            version: 1,
            ending: None,
        }
    }

    /// An outgoing leg, and the offer for its INVITE.
    pub(super) fn outgoing(id: LegId, trunk: Trunk, ours: Offer) -> (Self, Body) {
        let text = sdp::offer_to_sdp(&ours, Origin { id: id.0, version: 1 });
        let leg = Self { ours: Some(ours), said: Some(text.clone()), ..Self::new(id, trunk) };
        (leg, Body::sdp(text))
    }

    /// What a re-INVITE is to offer now, if anything: a new version of our description.
    pub(super) fn renew(&mut self) -> Option<Body> {
        let offer = self.renewal.next()?;
        self.version += 1;
        let text = sdp::offer_to_sdp(&offer, Origin { id: self.id.0, version: self.version });
        self.ours = Some(offer);
        self.said = Some(text.clone());
        Some(Body::sdp(text))
    }

    /// The peer offers something new.
    pub(super) fn offered(&mut self, theirs: String) {
        self.theirs = Some(theirs);
    }

    /// Our answer to the peer's offer. What says the same keeps its version, else it goes up by one (RFC 3264 section 8).
    pub(super) fn answer(&mut self, answer: &Offer) -> Option<Body> {
        let theirs = self.theirs.as_deref()?;
        let id = self.id.0;
        let describe = |version| sdp::answer_to_sdp(theirs, answer, Origin { id, version }).ok();
        let mut text = describe(self.version)?;
        if self.said.as_ref().is_some_and(|said| *said != text) {
            self.version += 1;
            text = describe(self.version)?;
        }
        self.said = Some(text.clone());
        Some(Body::sdp(text))
    }

    /// What the peer's answer agrees to; remembers it.
    pub(super) fn answered(&mut self, text: Option<&[u8]>) -> Option<Offer> {
        let text = String::from_utf8_lossy(text?);
        match sdp::read_answer(self.ours.as_ref()?, &text) {
            Ok(agreed) => {
                self.agreed = Some(agreed.clone());
                Some(agreed)
            }
            Err(why) => {
                tracing::warn!("sip[leg{}]{{early}}: answer that cannot be used: {why}", self.id.0);
                None
            }
        }
    }

    /// What was agreed to before, for a 200 that repeats nothing (RFC 3261 section 13.2.1).
    pub(super) fn agreed_before(&self) -> Option<Offer> {
        self.agreed.clone()
    }
}
