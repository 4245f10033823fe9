//! Incoming calls that are not whole yet: the rest of the number is dialled (`overlap_receiving`), or the network says that the caller's name
//! follows and the span waits for it (`name_wait_ms`). The controller hears of a call when it is whole, or when it is waited for no longer.
//!
//! A name that comes later is told by itself, and what an INVITE has said by then stays said. While a name is waited for nothing is sent: the
//! wait is shorter than T303, within which the network expects an answer (Q.931 5.2.5.3).

use std::time::{Duration, Instant};

use isdn::{CallId, Channel};

use super::IsdnSpan;
use super::translate::setup_from_isdn;
use crate::legs::Out;
use crate::words::FromLeg;

/// An incoming call of which something is still to come.
#[derive(Debug)]
pub(super) struct Incomplete {
    setup: isdn::Setup,
    lacks_digits: bool,
    lacks_name: bool,
    /// Its channel, acknowledged by SETUP ACKNOWLEDGE.
    pub(super) channel: Option<Channel>,
}

impl IsdnSpan {
    /// SETUP.
    pub(super) fn incoming(&mut self, now: Instant, call: CallId, setup: isdn::Setup, out: &mut Out) {
        let wait = Duration::from_millis(self.settings.name_wait_ms.into());
        let lacks_digits = self.settings.overlap_receiving && !setup.sending_complete;
        let lacks_name = setup.name_follows && setup.display.is_none() && !wait.is_zero();
        if lacks_digits {
            self.interface.need_digits(now, call, Vec::new());
        }
        if lacks_name {
            self.names.set(call, now + wait);
        }
        self.incomplete.insert(call, Incomplete { setup, lacks_digits, lacks_name, channel: None });
        self.tell_if_whole(call, out);
    }

    /// More of the number.
    pub(super) fn collect(&mut self, call: CallId, digits: &str, complete: bool, out: &mut Out) {
        let Some(incomplete) = self.incomplete.get_mut(&call) else { return };
        incomplete.setup.called.digits.push_str(digits);
        incomplete.lacks_digits &= !complete;
        self.tell_if_whole(call, out);
    }

    /// The caller's name, in time.
    pub(super) fn named(&mut self, call: CallId, name: String, out: &mut Out) {
        self.names.stop(call);
        let Some(incomplete) = self.incomplete.get_mut(&call) else { return };
        incomplete.setup.display = Some(name);
        incomplete.lacks_name = false;
        self.tell_if_whole(call, out);
    }

    /// Names that did not come in time.
    pub(super) fn names_late(&mut self, now: Instant, out: &mut Out) {
        while let Some(call) = self.names.expire(now) {
            if let Some(incomplete) = self.incomplete.get_mut(&call) {
                incomplete.lacks_name = false;
            }
            self.tell_if_whole(call, out);
        }
    }

    fn tell_if_whole(&mut self, call: CallId, out: &mut Out) {
        if !self.incomplete.get(&call).is_some_and(|call| !call.lacks_digits && !call.lacks_name) {
            return;
        }
        let Some(Incomplete { setup, channel, .. }) = self.forget_incomplete(call) else { return };
        self.say(call, FromLeg::Setup(Box::new(setup_from_isdn(&setup, self.tones()))), out);
        if let Some(channel) = channel {
            self.channel_ready(call, channel, out);
        }
    }

    /// It is waited for no more.
    pub(super) fn forget_incomplete(&mut self, call: CallId) -> Option<Incomplete> {
        self.names.stop(call);
        self.incomplete.remove(&call)
    }
}
