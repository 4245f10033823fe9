//! An answered call changes its media: hold and retrieve by either side, another address or codec.
//!
//! A SIP side holds by what it offers (RFC 3264 8.4) and keeps its port. An ISDN side holds by HOLD (Q.932 6.2) and leaves its channel to
//! other calls. Whichever it is, the other side is told by what it has: an offer that asks for nothing, NOTIFY. What it hears meanwhile is
//! the media threads' business: music on hold, or silence.

use media::{Direction, Offer};
use model::api::CallState;

use super::call::{Call, Path};
use super::{Controller, Order};
use crate::words::{LegId, MediaCommand, Terminal, ToLeg};

/// Q.850 cause 69, requested facility not implemented: what libpri refuses HOLD with too.
const NOT_IMPLEMENTED: u8 = 69;

impl Controller {
    /// A SIP side proposes other media: hold, resume, another address or codec.
    pub(super) fn media_offer(&mut self, call: &mut Call, leg: LegId, theirs: &Offer) {
        let other_holds = call.other(leg).is_some_and(|other| other.holds);
        let bearer = call.setup.bearer.clone();
        let Some(side) = call.leg_mut(leg) else { return };
        let Some(port) = side.rtp.as_ref().map(|rtp| rtp.port) else { return };
        // Everything we can do, not what was last agreed: a resume must be able to undo a hold.
        let mut ours = self.our_offer(side.trunk, port, &bearer);
        if other_holds {
            ours.direction = Direction::SendOnly;
        }
        let answer = ours.answer(theirs).map_err(|why| why.to_string());
        let is_agreed = answer.is_ok();
        if let Ok(agreed) = &answer {
            side.agree(theirs, agreed);
            self.redirect(call, leg);
        }
        self.tell(leg, ToLeg::MediaAnswer(answer));
        if is_agreed {
            self.holds(call, leg, !theirs.direction.receives());
        }
    }

    /// A SIP side answered what we proposed.
    pub(super) fn media_answer(&mut self, call: &mut Call, leg: LegId, agreed: &Offer) {
        if let Some(side) = call.leg_mut(leg) {
            side.agree(agreed, agreed);
            self.redirect(call, leg);
        }
    }

    /// The media threads learn where a side's RTP is now.
    fn redirect(&mut self, call: &mut Call, leg: LegId) {
        let terminal = call.leg_mut(leg).and_then(|side| side.terminal.clone());
        if let (Path::Open, Some(Terminal::Rtp(terminal))) = (call.path, terminal) {
            self.orders.push_back(Order::Media(MediaCommand::Redirect { call: call.id, terminal }));
        }
    }

    /// A side holds the call, or does so no more; the other one is told when that is new.
    fn holds(&mut self, call: &mut Call, leg: LegId, holds: bool) {
        let Some(side) = call.leg_mut(leg) else { return };
        if std::mem::replace(&mut side.holds, holds) == holds {
            return;
        }
        let who = if call.is_from(leg) { "the caller" } else { "the called side" };
        self.note(call, if holds { format!("held by {who}") } else { format!("held by {who} no more") });
        let Some(other) = call.other(leg) else { return };
        let (other, offer) = (other.id, other.offer_while(holds));
        self.tell(other, if holds { ToLeg::HoldRequest(offer) } else { ToLeg::RetrieveRequest(offer) });
    }

    /// A side with a channel holds: its channel is closed before it may be another call's.
    pub(super) fn hold_request(&mut self, call: &mut Call, leg: LegId) {
        let may = matches!((call.state, call.path), (CallState::Answered, Path::Open));
        let channel = call.leg_mut(leg).filter(|side| may && !side.holds).and_then(|side| side.terminal.take());
        let Some(terminal) = channel else { return self.tell(leg, ToLeg::HoldResult(Err(NOT_IMPLEMENTED))) };
        self.orders.push_back(Order::Media(MediaCommand::Hold { call: call.id, terminal }));
        self.tell(leg, ToLeg::HoldResult(Ok(())));
        self.holds(call, leg, true);
    }

    /// A side that left its channel is back on this one.
    pub(super) fn retrieve_request(&mut self, call: &mut Call, leg: LegId, terminal: Terminal) {
        let may = matches!((call.state, call.path), (CallState::Answered, Path::Open));
        let Some(side) = call.leg_mut(leg).filter(|side| may && side.holds) else {
            return self.tell(leg, ToLeg::RetrieveResult(Err(NOT_IMPLEMENTED)));
        };
        side.settle(terminal.clone());
        self.tell(leg, ToLeg::RetrieveResult(Ok(())));
        self.orders.push_back(Order::Media(MediaCommand::Retrieve { call: call.id, terminal }));
        self.holds(call, leg, false);
    }
}
