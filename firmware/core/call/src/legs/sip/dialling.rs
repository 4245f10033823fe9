//! Numbers that SIP callers dial in pieces (RFC 3578): each piece is an INVITE with all digits so far, of the same Call-ID and From tag.
//!
//! The longer INVITE takes the shorter one's place on its leg: the far side hears of the new digits only, and the shorter is
//! answered by 484. Once anything but 100 was answered a longer INVITE is a call of its own.

use std::time::Instant;

use media::sdp;
use sip::{CallId, Request};

use super::{Out, SipLegs, identity};
use crate::words::FromLeg;

/// What an INVITE dialled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dialled {
    /// Its successor has the same.
    from_tag: String,
    called: String,
}

impl Dialled {
    pub(super) fn of(request: &Request) -> Self {
        let from_tag = request.headers.from().and_then(|from| from.tag().map(str::to_owned)).unwrap_or_default();
        Self { from_tag, called: identity::called(request).to_string() }
    }
}

/// Whether the number of an incoming leg may grow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Dialling {
    /// Nobody has said that more is taken.
    Dialled(Dialled),
    /// The called side takes more.
    Open(Dialled),
    /// Something was answered: no more is taken.
    Settled,
}

impl Dialling {
    /// Something but 100 is answered.
    pub(super) fn settle(&mut self) {
        *self = Self::Settled;
    }
}

impl SipLegs {
    /// The called side takes more digits.
    pub(super) fn may_go_on(&mut self, call: CallId) {
        if let Some(leg) = self.calls.get_mut(&call)
            && let Dialling::Dialled(dialled) = &leg.dialling
        {
            leg.dialling = Dialling::Open(dialled.clone());
        }
    }

    /// The call whose number this INVITE goes on with, and the digits that it adds.
    pub(super) fn goes_on(&self, request: &Request) -> Option<(CallId, String)> {
        let leg = self.names.leg_named(request.headers.call_id()?)?;
        let call = *self.ids.get(&leg)?;
        let before = match &self.calls.get(&call)?.dialling {
            Dialling::Open(dialled) => dialled,
            Dialling::Dialled(_) | Dialling::Settled => return None,
        };
        let now = Dialled::of(request);
        let added = now.called.strip_prefix(&before.called).filter(|_| now.from_tag == before.from_tag)?;
        let digits = !added.is_empty() && added.chars().all(|c| c.is_ascii_digit() || matches!(c, '*' | '#'));
        digits.then(|| (call, added.to_owned()))
    }

    /// The INVITE of `after` takes the place of that of `before`.
    pub(super) fn grown(&mut self, now: Instant, [before, after]: [CallId; 2], digits: String, request: &Request, out: &mut Out) {
        let Some(mut leg) = self.calls.remove(&before) else { return };
        self.endpoint.hangup(now, before, 484, None, &[]);
        leg.dialling = Dialling::Open(Dialled::of(request));
        let text = request.sdp().map(|text| String::from_utf8_lossy(text).into_owned());
        let media = text.as_deref().and_then(|text| sdp::read_offer(text).ok());
        if let (Some(text), Some(_)) = (text, &media) {
            leg.offered(text);
        }
        out.say(leg.id, leg.trunk, FromLeg::MoreDigits { digits, complete: false, media });
        self.ids.insert(leg.id, after);
        self.calls.insert(after, leg);
    }
}
