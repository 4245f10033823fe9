//! Which call a message is for, and what is answered when there is none (Q.931 5.8.1 to 5.8.3).

use std::time::Instant;

use super::{Interface, InterfaceTimer};
use crate::CallId;
use crate::cause::CauseValue;
use crate::ie::Element;
use crate::q931::maintenance::DISCRIMINATORS;
use crate::q931::segment::Assembled;
use crate::q931::{CallReference, Message, MessageType, Timer};

/// State of the global call reference in a STATUS about it: null (Q.931 4.5.7).
const GLOBAL_STATE_NULL: u8 = 0;

impl Interface {
    /// What the link brought: a message, or a segment of one.
    pub(super) fn assemble(&mut self, now: Instant, bytes: &[u8]) {
        self.timers.stop(InterfaceTimer::T314);
        let (assembled, broken_off) = self.reassembly.handle(bytes);
        if broken_off {
            self.spoiled("is broken off by another message");
        }
        match assembled {
            Assembled::Whole(message) => self.receive(now, &message),
            Assembled::Part => self.timers.set(InterfaceTimer::T314, now + self.context.timers.get(Timer::T314)),
            Assembled::Spoiled => self.spoiled("has segments that do not follow each other"),
        }
    }

    /// The next segment did not come.
    pub(super) fn t314_expired(&mut self) {
        if self.reassembly.give_up() {
            self.spoiled("stops in the middle");
        }
    }

    fn spoiled(&mut self, how: &str) {
        self.context.stats.malformed += 1;
        tracing::warn!("q931[{}]: malformed: a segmented message {how}", self.context.name);
    }

    /// A layer 3 message.
    fn receive(&mut self, now: Instant, bytes: &[u8]) {
        self.context.stats.messages_received += 1;
        if bytes.first().is_some_and(|discriminator| DISCRIMINATORS.contains(discriminator)) {
            return self.receive_service(now, bytes);
        }
        let message = match Message::parse(bytes) {
            Ok(message) => message,
            Err(malformed) => {
                self.context.stats.malformed += 1;
                tracing::warn!("q931[{}]: malformed: {malformed}", self.context.name);
                return;
            }
        };
        let malformed = message.elements.iter().filter(|element| matches!(element, Element::Malformed { .. })).count();
        self.context.stats.elements_invalid += u64::try_from(malformed).unwrap_or(u64::MAX);
        if message.reference.is_dummy() {
            // Services without a call (Q.932) are not here yet.
            self.context.stats.unknown_messages += 1;
        } else if message.reference.is_global() {
            self.receive_global(&message);
        } else if let Some(id) = self.find(message.reference) {
            let wanted = self.calls.get_mut(&id).and_then(|call| call.receive(now, &message, &mut self.context));
            if let Some(wanted) = wanted {
                self.find_channel_again(id, wanted, &message);
            }
        } else {
            self.receive_unrelated(now, &message);
        }
    }

    /// The call that a received reference names: its flag says whether this end allocated the value.
    fn find(&self, received: CallReference) -> Option<CallId> {
        let ours = received.to_origin;
        self.calls
            .values()
            .find(|call| !call.is_over() && call.is_outgoing() == ours && call.reference.value == received.value)
            .map(|call| call.id)
    }

    /// A reference that names no call (Q.931 5.8.3.2).
    fn receive_unrelated(&mut self, now: Instant, message: &Message) {
        let reference = message.reference.reply();
        let context = &mut self.context;
        if message.message_type == MessageType::Setup && !message.reference.to_origin {
            return self.incoming_setup(now, message);
        }
        context.stats.wrong_reference += 1;
        tracing::debug!("q931[{}]: {} for unknown call reference {}", context.name, message.message_type, message.reference);
        if matches!(message.message_type, MessageType::Setup | MessageType::ReleaseComplete) {
            // d) SETUP with the flag of the answering side, c) RELEASE COMPLETE: nothing is answered.
        } else if message.message_type == MessageType::Status {
            let state = message.first(|e| if let Element::CallState(state) = e { Some(state.0) } else { None });
            if state != Some(0) {
                context.refuse(reference, context.cause(CauseValue::MESSAGE_NOT_COMPATIBLE_WITH_STATE));
            }
        } else if message.message_type == MessageType::Resume {
            // No call is ever suspended here (Q.931 5.6.5).
            let cause = Element::Cause(context.cause(CauseValue::NO_CALL_SUSPENDED));
            context.send(Message::new(reference, MessageType::ResumeReject).with(cause));
        } else if message.message_type == MessageType::StatusEnquiry {
            context.send_status(reference, context.cause(CauseValue::STATUS_ENQUIRY_RESPONSE), 0);
        } else {
            // a) anything else, b) RELEASE.
            context.refuse(reference, context.cause(CauseValue::INVALID_CALL_REFERENCE));
        }
    }

    /// The global call reference: restart, and nothing else (Q.931 5.8.3.2 f).
    fn receive_global(&mut self, message: &Message) {
        if message.message_type == MessageType::Restart {
            self.receive_restart(message);
        } else if message.message_type == MessageType::RestartAcknowledge {
            self.receive_restart_acknowledge(message);
        } else if message.message_type == MessageType::Status {
            self.context.stats.errors_reported += 1;
            tracing::warn!("q931[{}]: status on the global call reference: {:?}", self.context.name, message.elements);
        } else {
            self.context.stats.wrong_reference += 1;
            let cause = self.context.cause(CauseValue::INVALID_CALL_REFERENCE);
            self.context.send_status(message.reference.reply(), cause, GLOBAL_STATE_NULL);
        }
    }
}
