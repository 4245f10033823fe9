//! The end of ISDN legs: one by one on the controller's word, all of a span at once, and what [`FromLeg::Released`] says then.

use std::time::Instant;

use isdn::{CallId, Cause, CauseValue, Who};

use super::translate::user_to_user_to_isdn;
use super::{IsdnSpan, cause_text};
use crate::legs::Out;
use crate::words::{FromLeg, LegId, Release};

impl IsdnSpan {
    /// By whatever message the call's state asks for; with a tone, as [`isdn::Interface::clear_in_band`] can leave it.
    pub(super) fn release(&mut self, now: Instant, leg: LegId, call: CallId, release: Release, with_tone: bool) {
        let cause = Cause::new(CauseValue(release.cause), self.location());
        match (with_tone, release.user_to_user.as_ref().map(user_to_user_to_isdn)) {
            (true, said) => self.interface.clear_in_band(now, call, cause, said),
            (false, Some(said)) => self.interface.clear_saying(now, call, cause, said),
            (false, None) => self.interface.clear(now, call, cause),
        }
        // A second word for a leg that leaves its caller a tone changes nothing of why it ended.
        self.ending.entry(leg).or_insert(release);
    }

    /// Begins to end every leg that is not ending yet, ends the tones of those that are, and says how many are left.
    pub(in crate::legs) fn clear_all(&mut self, now: Instant, release: &Release, out: &mut Out) -> usize {
        let legs: Vec<(LegId, CallId)> = self.legs.iter().map(|(leg, call)| (*leg, *call)).collect();
        for (leg, call) in legs {
            self.ending.entry(leg).or_insert_with(|| release.clone());
            // One that ends already minds it only while it leaves its caller a tone.
            self.interface.clear(now, call, Cause::new(CauseValue(release.cause), self.location()));
        }
        self.pump(now, out);
        self.legs.len()
    }

    /// Ends every leg at once, because the span is taken away: the far end is told, but not waited for.
    pub(in crate::legs) fn give_up(&mut self, now: Instant, release: &Release, out: &mut Out) {
        let legs: Vec<(LegId, CallId)> = self.legs.iter().map(|(leg, call)| (*leg, *call)).collect();
        for (leg, call) in legs {
            self.ending.insert(leg, release.clone());
            self.interface.clear(now, call, Cause::new(CauseValue(release.cause), self.location()));
            self.pump(now, out);
            // Unless clearing took no answer, as for a call that had not been heard of there.
            if self.legs.remove(&leg).is_some() {
                self.calls.remove(&call);
                if self.forget_incomplete(call).is_none() {
                    out.say(leg, self.trunk(), FromLeg::Released(release.clone()));
                }
            }
        }
        self.changed = true;
    }

    /// `said` is what the far end said, if it ended the call.
    pub(super) fn released(&mut self, call: CallId, said: Release, by: Who, out: &mut Out) {
        let Some(leg) = self.calls.remove(&call) else { return };
        self.legs.remove(&leg);
        self.changed = true;
        let release = self.ending.remove(&leg).unwrap_or_else(|| match by {
            Who::Peer => said,
            Who::Us => Release::by_box(said.cause, cause_text(said.cause)),
            Who::Timer(timer) => Release::by_box(said.cause, format!("{timer:?} expired")),
            Who::Link => Release::by_box(said.cause, format!("the D-channel of span {} went down", self.settings.name)),
        });
        // Given up while it was dialled: nobody has heard of it.
        if self.forget_incomplete(call).is_none() {
            out.say(leg, self.trunk(), FromLeg::Released(release));
        }
    }
}
