//! What the calls of one interface share: settings, channel table, and the queues by which they speak.

use std::collections::VecDeque;

use crate::addressing::Addressing;
use crate::cause::{Cause, CauseValue, Location};
use crate::channels::Channels;
use crate::event::{Event, Stats};
use crate::facility::InvokeIds;
use crate::ie::Element;
use crate::q931::said::Said;
use crate::q931::{CallReference, Message, MessageType, TimerTable, VariantRow};
use crate::{Side, ie};

#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) name: String,
    pub(crate) side: Side,
    pub(crate) variant: &'static VariantRow,
    /// Calls may be held.
    pub(crate) hold: bool,
    pub(crate) invoke_ids: InvokeIds,
    pub(crate) timers: TimerTable,
    pub(crate) channels: Channels,
    pub(crate) addressing: Addressing,
    /// Whether the data link is up as far as layer 3 was told.
    pub(crate) link_up: bool,
    /// Another D-channel has taken over, and the far end has not been heard there yet (Q.931 T321).
    pub(crate) switching: bool,
    pub(crate) messages: VecDeque<Message>,
    pub(crate) events: VecDeque<Event>,
    pub(crate) stats: Stats,
}

impl Context {
    /// Location of causes that arise at this end.
    pub(crate) const fn location(&self) -> Location {
        self.variant.location(self.side)
    }

    pub(crate) fn cause(&self, value: CauseValue) -> Cause {
        Cause::new(value, self.location())
    }

    pub(crate) fn send(&mut self, message: Message) {
        self.messages.push_back(message);
    }

    pub(crate) fn event(&mut self, event: Event) {
        self.events.push_back(event);
    }

    /// RELEASE COMPLETE for a reference that has no call here (Q.931 5.8.3.2).
    pub(crate) fn refuse(&mut self, reference: CallReference, said: impl Into<Said>) {
        self.send(Message::new(reference, MessageType::ReleaseComplete).with_all(said.into().elements()));
    }

    /// STATUS with the call state that this end is in.
    pub(crate) fn send_status(&mut self, reference: CallReference, cause: Cause, state: u8) {
        let state = Element::CallState(ie::CallStateValue(state));
        self.send(Message::new(reference, MessageType::Status).with(Element::Cause(cause)).with(state));
    }

    /// A command of the layer above that cannot be carried out.
    pub(crate) fn misuse(&mut self, what: &str) {
        self.stats.misuse += 1;
        tracing::warn!("q931[{}]: misuse: {what}", self.name);
    }
}
