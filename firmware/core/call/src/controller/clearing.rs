//! A call ends: both legs are told once, each says Released, the audio is closed, the record is written.

use std::time::Instant;

use model::api::{CallState, Party};

use super::call::{Call, Path};
use super::{Controller, Event, MEDIA_CLOSE, Order, REACTION, Timer};
use crate::words::{CallId, LegId, MediaCommand, Origin, Release, ToLeg};

/// Q.850: no user responding, no answer from a user that was alerted, normal unspecified,
/// temporary failure.
mod cause {
    pub(super) const NO_USER_RESPONDING: u8 = 18;
    pub(super) const NO_ANSWER: u8 = 19;
    pub(super) const NORMAL_UNSPECIFIED: u8 = 31;
    pub(super) const TEMPORARY_FAILURE: u8 = 41;
}

impl Controller {
    /// Ends a call for `release`; `by` is the leg whose far side asked for it. The first reason stays.
    pub(super) fn clear(&mut self, now: Instant, call: &mut Call, by: Option<LegId>, release: Release) {
        if call.release.is_some() {
            return;
        }
        let party = match (by, release.origin) {
            (Some(leg), Origin::FarSide) if call.is_from(leg) => Party::Caller,
            (Some(_), Origin::FarSide) => Party::Called,
            (_, Origin::FarSide | Origin::Box) => Party::Box,
        };
        call.state = CallState::Clearing;
        self.timers.stop((call.id, Timer::Ring));
        self.timers.stop((call.id, Timer::Reaction));
        self.note(call, format!("cleared by {}, cause {}: {}", name(party), release.cause, release.reason));
        let legs: Vec<LegId> =
            [Some(&call.from), call.to.as_ref()].into_iter().flatten().filter(|leg| !leg.over).map(|leg| leg.id).collect();
        for leg in legs {
            self.tell(leg, ToLeg::Release(release.clone()));
        }
        call.release = Some((release, party));
        self.close_path(now, call);
    }

    fn close_path(&mut self, now: Instant, call: &mut Call) {
        match call.path {
            Path::Idle | Path::Wanted => call.path = Path::Closed,
            Path::Open => {
                call.path = Path::Closing;
                self.timers.set((call.id, Timer::MediaClose), now + MEDIA_CLOSE);
                self.orders.push_back(Order::Media(MediaCommand::Disconnect { call: call.id }));
            }
            Path::Closing | Path::Closed => {}
        }
    }

    /// A leg is over. If the other is not, it is cleared for the same reason.
    pub(super) fn released(&mut self, now: Instant, call: &mut Call, leg: LegId, release: Release) {
        if let Some(leg) = call.leg_mut(leg) {
            leg.over = true;
        }
        self.clear(now, call, Some(leg), release);
    }

    /// Silence is congestion (toward SIP 503), so that the caller's side tries another way.
    pub(super) fn reaction_expired(&mut self, now: Instant, call: &mut Call) {
        let peer = call.to.as_ref().map_or_else(String::new, |to| self.names.of(to.trunk));
        let reason = format!("peer {peer} did not react to the INVITE within {} s", REACTION.as_secs());
        self.clear(now, call, None, Release::by_box(cause::TEMPORARY_FAILURE, reason));
    }

    pub(super) fn ring_expired(&mut self, now: Instant, call: &mut Call) {
        let seconds = self.ring.as_secs();
        let release = if call.alerted {
            Release::by_box(cause::NO_ANSWER, format!("no answer within {seconds} s"))
        } else {
            Release::by_box(cause::NO_USER_RESPONDING, format!("no reaction of the called side within {seconds} s"))
        };
        self.clear(now, call, None, release);
    }

    /// Ends a call on the administrator's word; false if there is none with this number.
    pub fn hang_up(&mut self, now: Instant, id: CallId, why: &str) -> bool {
        let Some(mut call) = self.calls.remove(&id) else { return false };
        self.clear(now, &mut call, None, Release::by_box(cause::NORMAL_UNSPECIFIED, why));
        self.keep(now, call);
        true
    }

    /// Ends every call: the box is going down.
    pub fn hang_up_all(&mut self, now: Instant, why: &str) {
        let ids: Vec<CallId> = self.calls.keys().copied().collect();
        for id in ids {
            self.hang_up(now, id, why);
        }
    }

    /// Nothing of the call is left: its ports are free, its record is due.
    pub(super) fn finish(&mut self, now: Instant, call: Call) {
        self.timers.retain(|(id, _)| id != call.id);
        self.legs.remove(&call.from.id);
        if let Some(to) = &call.to {
            self.legs.remove(&to.id);
        }
        for port in call.ports() {
            self.ports.give(port);
        }
        self.counters.ended += 1;
        let record = self.record(now, &call);
        self.events.push_back(Event::Ended(Box::new(record)));
    }
}

const fn name(party: Party) -> &'static str {
    match party {
        Party::Caller => "the caller",
        Party::Called => "the called side",
        Party::Box => "this box",
    }
}
