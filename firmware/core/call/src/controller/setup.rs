//! A call begins: route it, prepare its audio, start the outgoing leg.

use std::time::Instant;

use media::Offer;
use model::api::CallState;
use model::settings::Digits;

use super::call::{Call, Leg, Path, Rtp};
use super::{Controller, Order, REACTION, Timer, Trunk};
use crate::route::Destination;
use crate::words::{Bearer, CallId, Identity, LegId, Release, Setup, ToLeg};

/// Q.850 causes that the controller itself gives.
mod cause {
    pub(super) const UNALLOCATED: u8 = 1;
    pub(super) const INVALID_NUMBER_FORMAT: u8 = 28;
    pub(super) const RESOURCE_UNAVAILABLE: u8 = 47;
    pub(super) const BEARER_NOT_IMPLEMENTED: u8 = 65;
}

impl Controller {
    /// A setup on `leg`. `out` is the id that the outgoing leg gets, if there is one.
    pub(super) fn begin(&mut self, now: Instant, leg: LegId, trunk: Trunk, setup: Setup, out: LegId) {
        let id = CallId(self.next_call);
        self.next_call += 1;
        self.counters.calls += 1;
        self.legs.insert(leg, id);
        let mut call = Call {
            id,
            setup,
            from: Leg::new(leg, trunk, None),
            to: None,
            state: CallState::Setup,
            path: Path::Idle,
            tone: None,
            recorded: false,
            started: now,
            first_sign: None,
            alerted: false,
            answered: None,
            release: None,
            quality: None,
            learned: Identity::default(),
        };
        if let Err(release) = self.connect_legs(now, &mut call, out) {
            self.clear(now, &mut call, None, release);
        }
        self.keep(now, call);
    }

    fn connect_legs(&mut self, now: Instant, call: &mut Call, out: LegId) -> Result<(), Release> {
        let destination = self.destination(call)?;
        self.prepare_incoming(call)?;
        let to = Leg::new(out, destination.trunk, self.rtp_for(destination.trunk, &call.setup.bearer)?);
        let media = to.rtp.as_ref().map(|rtp| rtp.ours.clone());
        let setup = Setup { called: destination.called, media, ..call.setup.clone() };
        self.legs.insert(out, call.id);
        call.to = Some(to);
        self.timers.set((call.id, Timer::Ring), now + self.ring);
        // An ISDN leg has its own T303.
        if matches!(destination.trunk, Trunk::Peer(_)) {
            self.timers.set((call.id, Timer::Reaction), now + REACTION);
        }
        self.tell(call.from.id, ToLeg::Proceeding);
        self.orders.push_back(Order::Originate { leg: out, trunk: destination.trunk, setup: Box::new(setup) });
        Ok(())
    }

    fn destination(&self, call: &Call) -> Result<Destination, Release> {
        let called = &call.setup.called;
        self.router.route(call.from.trunk, called).ok_or_else(|| {
            let from = self.names.of(call.from.trunk);
            // A caller who dials in pieces is asked to go on (SIP 484, RFC 3578 section 2).
            if call.setup.may_grow && self.router.may_lead_on(call.from.trunk, called) {
                let reason = format!("number {called} from {from} is too short for any route");
                return Release::by_box(cause::INVALID_NUMBER_FORMAT, reason);
            }
            Release::by_box(cause::UNALLOCATED, format!("no route for number {called} from {from}"))
        })
    }

    /// More of the called number: for the record, and for the outgoing leg. A new offer is answered in place of the old one.
    pub(super) fn more_digits(&mut self, call: &mut Call, leg: LegId, digits: String, complete: bool, media: Option<Offer>) {
        if !call.is_from(leg) {
            return;
        }
        call.setup.called.digits.push_str(&digits);
        if let (Some(theirs), Some(rtp)) = (media, call.from.rtp.as_ref()) {
            let ours = self.our_offer(call.from.trunk, rtp.port, &call.setup.bearer);
            if let Ok(agreed) = ours.answer(&theirs) {
                call.from.rtp = Some(Rtp { ours: agreed.clone(), ..*rtp });
                call.from.agree(&theirs, &agreed);
            }
        }
        if let Some(to) = &call.to {
            self.tell(to.id, ToLeg::MoreDigits { digits, complete });
        }
    }

    /// Answers the incoming leg's media offer in thought, so that a call that cannot have audio is refused at once.
    fn prepare_incoming(&mut self, call: &mut Call) -> Result<(), Release> {
        let is_ip = !matches!(call.from.trunk, Trunk::Span(_));
        if !is_ip {
            return Ok(());
        }
        let not_acceptable = |why: String| Release { status: Some(488), ..Release::by_box(cause::BEARER_NOT_IMPLEMENTED, why) };
        let theirs: Offer = call.setup.media.clone().ok_or_else(|| not_acceptable("the INVITE offers no audio".into()))?;
        call.from.rtp = self.rtp_for(call.from.trunk, &call.setup.bearer)?;
        let Some(rtp) = call.from.rtp.as_mut() else { return Ok(()) };
        let agreed = rtp.ours.answer(&theirs).map_err(|why| not_acceptable(why.to_string()))?;
        rtp.ours = agreed.clone();
        call.from.agree(&theirs, &agreed);
        Ok(())
    }

    /// Our side of the RTP of a leg towards `trunk` that carries `bearer`; `None` for a TDM trunk.
    fn rtp_for(&mut self, trunk: Trunk, bearer: &Bearer) -> Result<Option<Rtp>, Release> {
        match trunk {
            Trunk::Span(_) => Ok(None),
            Trunk::Peer(_) | Trunk::Unknown => {
                let port = self.ports.take().ok_or_else(|| {
                    Release::by_box(
                        cause::RESOURCE_UNAVAILABLE,
                        "every RTP port is in use: widen media.first_port to media.last_port",
                    )
                })?;
                let peer = self.peer(trunk);
                Ok(Some(Rtp {
                    port,
                    ours: self.our_offer(trunk, port, bearer),
                    digits_in_signalling: peer.is_some_and(|peer| peer.digits == Digits::Info),
                    silence_suppression: peer.is_some_and(|peer| peer.silence_suppression),
                }))
            }
        }
    }
}
