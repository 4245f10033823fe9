//! What we want a SIP session to be once it is up, and how far a re-INVITE has got with it (RFC 3261 14.1).
//!
//! One re-INVITE is under way at a time. What is wanted meanwhile waits, the last wish stands, and what the peer's own re-INVITE
//! crossed (491) is wanted still once that is done.

use media::Offer;

/// See the module's header.
#[derive(Debug, Default)]
pub(super) struct Renewal {
    /// Our 200 was acknowledged, or the peer's 200 came.
    up: bool,
    sent: Option<Offer>,
    wanted: Option<Offer>,
}

impl Renewal {
    /// The session is up: what is wanted may be sent.
    pub(super) const fn is_up(&mut self) {
        self.up = true;
    }

    /// What the session is to be.
    pub(super) fn want(&mut self, offer: Offer) {
        self.wanted = Some(offer);
    }

    /// What a re-INVITE is to offer now.
    pub(super) fn next(&mut self) -> Option<Offer> {
        if !self.up || self.sent.is_some() {
            return None;
        }
        self.sent = self.wanted.take();
        self.sent.clone()
    }

    /// Our re-INVITE is decided: `crossed` by the peer's, it is wanted still unless something else is.
    pub(super) fn decided(&mut self, crossed: bool) {
        let sent = self.sent.take();
        if crossed && self.wanted.is_none() {
            self.wanted = sent;
        }
    }
}
