//! Hold and retrieve as the layer above asks for it, and the channel that a retrieved call gets.
//!
//! Which channel is settled as for SETUP (Q.931 5.1.2, 5.2.3, 5.7): this end names one, preferred or exclusive as it does in SETUP; of what
//! the far end names a preferred one that is taken gives way to another and an exclusive one to cause 44; where a call of the network and a
//! RETRIEVE of the user meet on one channel, the network has it.

use std::time::Instant;

use super::Interface;
use crate::CallId;
use crate::cause::{Cause, CauseValue};
use crate::event::Event;
use crate::ie::Element;
use crate::q931::hold::Auxiliary;
use crate::q931::retrieve::Retrieve;
use crate::q931::{Message, MessageType};

impl Interface {
    /// HOLD for a call that is proceeding, rings or is active; [`Event::Held`] says what came of it, unless the call is cleared before.
    pub fn hold(&mut self, now: Instant, call: CallId) {
        self.command(now, call, |call, context| call.request_hold(now, context));
    }

    /// HOLD ACKNOWLEDGE for [`Event::HoldRequested`]: the call has no channel any more, and another may have it at once.
    pub fn accept_hold(&mut self, now: Instant, call: CallId) {
        self.command(now, call, |call, context| call.accept_hold(context));
    }

    /// HOLD REJECT for [`Event::HoldRequested`].
    pub fn refuse_hold(&mut self, now: Instant, call: CallId, cause: Cause) {
        self.command(now, call, |call, context| call.refuse_hold(cause, context));
    }

    /// RETRIEVE for a held call, on a free channel; [`Event::Retrieved`] says what came of it, unless the call is cleared before. It stays held
    /// when no channel is free (cause 34).
    pub fn retrieve(&mut self, now: Instant, call: CallId) {
        let (slot, exclusive) = (self.context.channels.hunt(), self.exclusive);
        self.command(now, call, |call, context| {
            if !call.is_in(Auxiliary::Held, "retrieve", context) {
                return;
            }
            match slot.filter(|slot| context.channels.claim(*slot, call.id)) {
                Some(slot) => call.request_retrieve(now, slot, exclusive, context),
                None => call.retrieve_failed(context.cause(CauseValue::NO_CHANNEL_AVAILABLE), context),
            }
        });
    }

    /// RETRIEVE ACKNOWLEDGE for [`Event::RetrieveRequested`], with the channel that the event named.
    pub fn accept_retrieve(&mut self, now: Instant, call: CallId) {
        self.command(now, call, |call, context| call.accept_retrieve(context));
    }

    /// RETRIEVE REJECT for [`Event::RetrieveRequested`]: the call stays held.
    pub fn refuse_retrieve(&mut self, now: Instant, call: CallId, cause: Cause) {
        self.command(now, call, |call, context| call.refuse_retrieve(cause, context));
    }

    /// RETRIEVE from the far end, for a call that `wanted` says what to do with: a channel is found, or the call stays held.
    pub(super) fn find_channel_again(&mut self, id: CallId, wanted: Retrieve, message: &Message) {
        let named = message.first(|e| if let Element::ChannelIdentification(channel) = e { Some(channel) } else { None });
        let chosen = self.choose_channel(named, id);
        let (Some(call), context) = (self.calls.get_mut(&id), &mut self.context) else { return };
        match (chosen, wanted) {
            (Ok(channel), Retrieve::Ask) => {
                call.channel = Some(channel);
                call.auxiliary = Auxiliary::RetrieveIndicated;
                context.event(Event::RetrieveRequested { call: id, channel });
            }
            (Ok(channel), Retrieve::Accept) => {
                call.channel = Some(channel);
                call.acknowledge_retrieve(context);
                context.event(Event::Retrieved { call: id, result: Ok(channel) });
            }
            (Err(value), wanted) => {
                let cause = context.cause(value);
                call.reject_with(MessageType::RetrieveReject, cause.clone(), context);
                if wanted == Retrieve::Accept {
                    call.retrieve_failed(cause, context);
                }
            }
        }
    }
}
