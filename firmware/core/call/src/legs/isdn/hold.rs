//! Hold and retrieve (Q.932 6.2) between an interface and neutral words.
//!
//! The far end's HOLD goes to the controller, which closes the channel's audio before it is acknowledged and so free for other calls. That
//! the other side of a call holds is told by NOTIFY; the channel stays the call's, and no HOLD is sent.

use std::time::Instant;

use isdn::{CallId, Cause, CauseValue, Channel};
use model::settings::SwitchType;

use super::IsdnSpan;
use crate::legs::Out;
use crate::words::{FromLeg, Terminal};

/// Notification descriptions, as libpri has them.
const REMOTE_HOLD: u8 = 0x79;
const REMOTE_RETRIEVAL: u8 = 0x7a;

impl IsdnSpan {
    pub(super) fn retrieve_requested(&self, call: CallId, channel: Channel, out: &mut Out) {
        let terminal = Terminal::Channel { span: self.span_of(channel.interface), timeslot: channel.slot };
        self.say(call, FromLeg::RetrieveRequest(terminal), out);
    }

    pub(super) fn hold_result(&mut self, now: Instant, call: CallId, result: Result<(), u8>) {
        self.changed = true;
        match result {
            Ok(()) => self.interface.accept_hold(now, call),
            Err(cause) => self.interface.refuse_hold(now, call, Cause::new(CauseValue(cause), self.location())),
        }
    }

    pub(super) fn retrieve_result(&mut self, now: Instant, call: CallId, result: Result<(), u8>) {
        self.changed = true;
        match result {
            Ok(()) => self.interface.accept_retrieve(now, call),
            Err(cause) => self.interface.refuse_retrieve(now, call, Cause::new(CauseValue(cause), self.location())),
        }
    }

    /// The other side of the call holds it, or does so no more.
    pub(super) fn notify_of_hold(&mut self, now: Instant, call: CallId, holds: bool) {
        if self.knows_remote_hold() {
            self.interface.notify(now, call, if holds { REMOTE_HOLD } else { REMOTE_RETRIEVAL });
        }
    }

    /// The values are ETSI's; what other types make of them is not known.
    const fn knows_remote_hold(&self) -> bool {
        match self.settings.switch_type {
            SwitchType::EuroIsdn => true,
            SwitchType::Qsig
            | SwitchType::Ni2
            | SwitchType::Ni1
            | SwitchType::Dms100
            | SwitchType::FourEss
            | SwitchType::FiveEss
            | SwitchType::Ins1500 => false,
        }
    }
}
