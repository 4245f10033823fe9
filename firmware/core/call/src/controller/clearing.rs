//! A call ends: both legs are told once, each says Released, the audio is closed, the record is written.
//!
//! A caller who hears why ([`super::tones`]) keeps his leg meanwhile; the record does not wait for that, and the other leg and the ports
//! are free at once.

use std::time::Instant;

use model::api::{CallState, Party};
use model::country::ToneKind;

use super::call::{Call, Path};
use super::{Controller, Event, MEDIA_CLOSE, Order, REACTION, Timer, tones};
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
    /// Ends a call for `release`; `by` is the leg whose far side asked for it. The first reason stays. A caller who gets his tones from us
    /// hears why.
    pub(super) fn clear(&mut self, now: Instant, call: &mut Call, by: Option<LegId>, release: Release) {
        let tone = tones::of_failure(call, by, &release);
        self.end(now, call, by, release, tone);
    }

    /// The same, and nobody hears why.
    pub(super) fn clear_in_silence(&mut self, now: Instant, call: &mut Call, by: Option<LegId>, release: Release) {
        self.end(now, call, by, release, None);
    }

    fn end(&mut self, now: Instant, call: &mut Call, by: Option<LegId>, release: Release, tone: Option<ToneKind>) {
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
        self.release_legs(call, &release, tone.is_some());
        call.release = Some((release, party));
        match tone {
            Some(tone) => self.leave_tone(now, call, tone),
            None => self.close_path(now, call),
        }
    }

    fn release_legs(&mut self, call: &Call, release: &Release, with_tone: bool) {
        if !call.from.over {
            let release = release.clone();
            self.tell(call.from.id, if with_tone { ToLeg::ReleaseWithTone(release) } else { ToLeg::Release(release) });
        }
        if let Some(to) = call.to.as_ref().filter(|to| !to.over) {
            self.tell(to.id, ToLeg::Release(release.clone()));
        }
    }

    /// Nothing is to be heard any more, a tone neither.
    pub(super) fn close_path(&mut self, now: Instant, call: &mut Call) {
        let has_tone = call.tone.take().is_some();
        match call.path {
            Path::Idle | Path::Wanted if !has_tone => call.path = Path::Closed,
            Path::Closing | Path::Closed if !has_tone => {}
            Path::Idle | Path::Wanted | Path::Open | Path::Closing | Path::Closed => {
                call.path = Path::Closing;
                self.timers.set((call.id, Timer::MediaClose), now + MEDIA_CLOSE);
                self.orders.push_back(Order::Media(MediaCommand::Disconnect { call: call.id }));
            }
        }
    }

    /// A leg is over. If the other is not, it is cleared for the same reason. A tone ends with the leg of who hears it.
    pub(super) fn released(&mut self, now: Instant, call: &mut Call, leg: LegId, release: Release) {
        if let Some(leg) = call.leg_mut(leg) {
            leg.over = true;
        }
        self.clear(now, call, Some(leg), release);
        if call.from.over {
            self.close_path(now, call);
        }
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

    /// Ends a call on the administrator's word, or the tone that is left of it; false if there is none with this number.
    pub fn hang_up(&mut self, now: Instant, id: CallId, why: &str) -> bool {
        let Some(mut call) = self.calls.remove(&id) else { return false };
        let release = Release::by_box(cause::NORMAL_UNSPECIFIED, why);
        if call.tone.is_some() && call.release.is_some() {
            self.tell(call.from.id, ToLeg::Release(release));
        } else {
            self.clear_in_silence(now, &mut call, None, release);
        }
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

    /// Nothing of the call is left, but for its tone perhaps: its ports are free, its record is due.
    pub(super) fn write_record(&mut self, now: Instant, call: &mut Call) {
        call.recorded = true;
        for port in call.ports() {
            self.ports.give(port);
        }
        self.counters.ended += 1;
        let record = self.record(now, call);
        self.events.push_back(Event::Ended(Box::new(record)));
    }

    pub(super) fn forget(&mut self, call: &Call) {
        self.timers.retain(|(id, _)| id != call.id);
        self.legs.remove(&call.from.id);
        if let Some(to) = &call.to {
            self.legs.remove(&to.id);
        }
    }
}

const fn name(party: Party) -> &'static str {
    match party {
        Party::Caller => "the caller",
        Party::Called => "the called side",
        Party::Box => "this box",
    }
}
