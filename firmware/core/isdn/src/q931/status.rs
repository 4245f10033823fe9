//! Errors and status of one call (Q.931 5.8.4, 5.8.10, 5.8.11) and loss of the data link under it (5.8.8, 5.8.9).

use std::time::{Duration, Instant};

use super::call::{Call, Ending, State};
use super::ie::Element;
use super::{Message, MessageType, Timer};
use crate::cause::{Cause, CauseValue};
use crate::context::Context;
use crate::event::Who;

/// STATUS ENQUIRY is sent this often before the call is cleared (Q.931 5.8.10 leaves the number open).
const MAX_ENQUIRIES: u8 = 2;

impl Call {
    pub(crate) fn send_status(&self, cause: Cause, context: &mut Context) {
        let state = self.state_number(context.side);
        context.send_status(self.reference, cause, state);
    }

    /// A message that exists but that this state does not expect.
    pub(crate) fn unexpected(&self, message: &Message, context: &mut Context) {
        context.stats.unexpected_messages += 1;
        tracing::warn!("{}: unexpected {}", self.tag(context), message.message_type);
        self.answer_with(CauseValue::MESSAGE_NOT_COMPATIBLE_WITH_STATE, message, context);
    }

    /// A message that is not known or not implemented.
    pub(crate) fn not_implemented(&self, message: &Message, context: &mut Context) {
        context.stats.unknown_messages += 1;
        tracing::warn!("{}: {} is not implemented", self.tag(context), message.message_type);
        self.answer_with(CauseValue::MESSAGE_TYPE_NOT_IMPLEMENTED, message, context);
    }

    /// A service that is not given: the call goes on.
    pub(crate) fn reject(&self, with: MessageType, context: &mut Context) {
        let cause = Element::Cause(context.cause(CauseValue::FACILITY_NOT_IMPLEMENTED));
        context.send(self.message(with).with(cause));
    }

    fn answer_with(&self, value: CauseValue, message: &Message, context: &mut Context) {
        let cause = context.cause(value).with_diagnostics(&[message.message_type.code()]);
        self.send_status(cause, context);
    }

    /// STATUS from the far end (Q.931 5.8.11).
    pub(crate) fn receive_status(&mut self, now: Instant, message: &Message, context: &mut Context) {
        let state = message.first(|e| if let Element::CallState(state) = e { Some(state.0) } else { None });
        let cause = message.first(|e| if let Element::Cause(cause) = e { Some(cause.clone()) } else { None });
        let (Some(state), Some(cause)) = (state, cause) else { return };
        let answers_enquiry = cause.value == CauseValue::STATUS_ENQUIRY_RESPONSE;
        if answers_enquiry {
            self.timers.stop(Timer::T322);
            self.enquiries = 0;
        } else {
            context.stats.errors_reported += 1;
            tracing::warn!("{}: far end in state {state} reports {cause} {:02x?}", self.tag(context), cause.diagnostics);
        }
        if state == 0 {
            return self.gone_at_far_end(cause, context);
        }
        // Only the answer to an enquiry is sure to have been sent after the far end read all that we sent.
        if answers_enquiry && matches!(self.state, State::Active) && !matches!(state, 8 | 10 | 11 | 12 | 19) {
            let cause = context.cause(CauseValue::MESSAGE_NOT_COMPATIBLE_WITH_STATE);
            self.disconnect(now, Ending { cause: cause.clone(), by: Who::Us }, cause, context);
        }
    }

    /// The far end has no such call: release everything.
    fn gone_at_far_end(&mut self, cause: Cause, context: &mut Context) {
        let ending = match &self.state {
            State::ReleaseSent { ending, .. }
            | State::DisconnectSent { ending, .. }
            | State::DisconnectReceived { ending, .. } => ending.clone(),
            State::SetupSent { .. }
            | State::OverlapSending
            | State::OverlapReceiving
            | State::OutgoingProceeding
            | State::OutgoingAlerting
            | State::Present
            | State::IncomingProceeding
            | State::IncomingAlerting
            | State::ConnectSent
            | State::Active
            | State::ReleaseOwed { .. }
            | State::Null => {
                let cause = if cause.value == CauseValue::STATUS_ENQUIRY_RESPONSE {
                    context.cause(CauseValue::TEMPORARY_FAILURE)
                } else {
                    cause
                };
                Ending { cause, by: Who::Peer }
            }
        };
        self.finish(ending, context);
    }

    /// The data link is down: an active call waits for T309, any other is cleared (Q.931 5.8.9).
    pub(crate) fn link_lost(&mut self, now: Instant, context: &mut Context) {
        if !matches!(self.state, State::Active) {
            let cause = context.cause(CauseValue::DESTINATION_OUT_OF_ORDER);
            return self.finish(Ending { cause, by: Who::Link }, context);
        }
        self.forget_hold_requests(context);
        self.timers.stop(Timer::T322);
        if !self.timers.is_running(Timer::T309) {
            self.start(now, Timer::T309, context);
        }
    }

    /// The data link is back: is the call still there (Q.931 5.8.9)? One whose span is down goes on waiting.
    pub(crate) fn link_back(&mut self, now: Instant, line_up: bool, context: &mut Context) {
        if let State::ReleaseOwed { said } = &self.state {
            let said = said.clone();
            self.release(now, Ending { cause: said.cause.clone(), by: Who::Us }, said, context);
        } else if line_up && self.timers.stop(Timer::T309) {
            self.enquire(now, context);
        }
    }

    /// Layer 1 of the call's span is down, and a D-channel of another span serves: as in 5.8.9, but the far end is told.
    pub(crate) fn line_lost(&mut self, now: Instant, context: &mut Context) {
        let cause = context.cause(CauseValue::DESTINATION_OUT_OF_ORDER);
        let ending = Ending { cause: cause.clone(), by: Who::Link };
        match &self.state {
            State::Active => {
                self.timers.stop(Timer::T322);
                self.start(now, Timer::T309, context);
            }
            State::Present => {
                context.refuse(self.reference, cause);
                self.finish(ending, context);
            }
            State::SetupSent { .. }
            | State::OverlapSending
            | State::OverlapReceiving
            | State::OutgoingProceeding
            | State::OutgoingAlerting
            | State::IncomingProceeding
            | State::IncomingAlerting
            | State::ConnectSent => self.disconnect(now, ending, cause, context),
            State::DisconnectSent { .. }
            | State::DisconnectReceived { .. }
            | State::ReleaseSent { .. }
            | State::ReleaseOwed { .. }
            | State::Null => {}
        }
    }

    /// Layer 1 of the call's span is back while a D-channel serves.
    pub(crate) fn line_back(&mut self, now: Instant, context: &mut Context) {
        if matches!(self.state, State::Active) && self.timers.stop(Timer::T309) {
            self.enquire(now, context);
        }
    }

    /// The data link was set up anew. When messages were lost overlap calls cannot go on (Q.931 5.8.8). Of calls that no
    /// timer of ours guards the far end is asked (5.8.10), since it may have restarted without them.
    pub(crate) fn link_reset(&mut self, now: Instant, lost: bool, context: &mut Context) {
        if lost && matches!(self.state, State::OverlapSending | State::OverlapReceiving) {
            let cause = context.cause(CauseValue::TEMPORARY_FAILURE);
            self.disconnect(now, Ending { cause: cause.clone(), by: Who::Link }, cause, context);
        } else if self.may_be_asked_after() && !self.timers.is_running(Timer::T322) {
            self.enquire(now, context);
        }
    }

    /// The audit: a call that is set up or ringing and of which nothing was heard for so long is asked after. The others have timers.
    pub(crate) fn ask_when_silent(&mut self, now: Instant, period: Duration, context: &mut Context) {
        let silent = now.saturating_duration_since(self.heard) >= period;
        if silent && self.may_be_asked_after() && !self.timers.is_running(Timer::T322) {
            tracing::debug!("{}: audit: nothing heard for {period:?}", self.tag(context));
            self.enquire(now, context);
        }
    }

    /// States that may last long, in which STATUS ENQUIRY disturbs nothing.
    const fn may_be_asked_after(&self) -> bool {
        match self.state {
            State::Active | State::IncomingProceeding | State::IncomingAlerting | State::OutgoingAlerting => true,
            State::SetupSent { .. }
            | State::OverlapSending
            | State::OverlapReceiving
            | State::OutgoingProceeding
            | State::Present
            | State::ConnectSent
            | State::DisconnectSent { .. }
            | State::DisconnectReceived { .. }
            | State::ReleaseSent { .. }
            | State::ReleaseOwed { .. }
            | State::Null => false,
        }
    }

    fn enquire(&mut self, now: Instant, context: &mut Context) {
        self.enquiries = self.enquiries.saturating_add(1);
        context.send(self.message(MessageType::StatusEnquiry));
        self.start(now, Timer::T322, context);
    }

    /// Neither the link came back nor, where the link is up, the span.
    pub(crate) fn t309_expired(&mut self, now: Instant, context: &mut Context) {
        let cause = context.cause(CauseValue::DESTINATION_OUT_OF_ORDER);
        let ending = Ending { cause: cause.clone(), by: Who::Timer(Timer::T309) };
        if context.link_up && matches!(self.state, State::Active) {
            return self.disconnect(now, ending, cause, context);
        }
        self.finish(ending, context);
    }

    pub(crate) fn t322_expired(&mut self, now: Instant, context: &mut Context) {
        // A far end that has not switched yet does not answer on the other D-channel, which T321 sees to.
        if self.enquiries < MAX_ENQUIRIES || context.switching {
            return self.enquire(now, context);
        }
        let cause = context.cause(CauseValue::TEMPORARY_FAILURE);
        self.disconnect(now, Ending { cause: cause.clone(), by: Who::Timer(Timer::T322) }, cause, context);
    }
}
