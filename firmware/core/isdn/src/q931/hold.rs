//! Hold and retrieve (Q.932 6.2): the auxiliary state of a call, beside its call state, and the messages that change it.
//!
//! A held call has no channel: HOLD ACKNOWLEDGE frees it for other calls, RETRIEVE (`retrieve.rs`) finds one again. It may be held
//! from the moment that the far end has all it needs until it is cleared, and be retrieved by either end. When both ends ask at once the network's
//! request stands: the network ignores the user's, and a user takes the network's for the answer to its own. Both timers are 4 s; these
//! three, and the causes 69 and 101 of a refusal, are as libpri has them.
//!
//! Left out: a channel that the network reserves for the user who holds (an option of service, meant for terminals on a basic access; here
//! others may have it at once), telling the held party by NOTIFY, which is the layer above's to do.

use std::time::Instant;

use super::call::{Call, State};
use super::clearing::cause_of;
use super::ie::Element;
use super::{Message, MessageType, Timer};
use crate::Side;
use crate::cause::{Cause, CauseValue};
use crate::channels::ChannelState;
use crate::context::Context;
use crate::event::Event;

/// Auxiliary state of a call.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Auxiliary {
    /// Not held.
    #[default]
    Idle,
    /// HOLD sent, T-HOLD runs.
    HoldRequested,
    /// HOLD received: the layer above is to answer.
    HoldIndicated,
    /// Held: the call has no channel.
    Held,
    /// RETRIEVE sent, T-RETRIEVE runs. The call has the channel that it named, unless a call of the network took it.
    RetrieveRequested,
    /// RETRIEVE received: the layer above is to answer. The call has the channel it will use.
    RetrieveIndicated,
}

/// Whether a call state goes with hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// The far end does not have all it needs yet.
    TooEarly,
    Open,
    Clearing,
}

impl Timer {
    /// Whether it runs beside the timers of the call state.
    pub(crate) const fn is_of_hold(self) -> bool {
        matches!(self, Self::THold | Self::TRetrieve)
    }
}

impl Call {
    pub(super) const fn hold_phase(&self) -> Phase {
        match self.state {
            State::SetupSent { .. } | State::OverlapSending | State::Present | State::OverlapReceiving => Phase::TooEarly,
            State::OutgoingProceeding
            | State::OutgoingAlerting
            | State::IncomingProceeding
            | State::IncomingAlerting
            | State::ConnectSent
            | State::Active => Phase::Open,
            State::DisconnectSent { .. }
            | State::DisconnectReceived { .. }
            | State::ReleaseSent { .. }
            | State::ReleaseOwed { .. }
            | State::Null => Phase::Clearing,
        }
    }

    /// Whether the timers of hold go on in this call state.
    pub(crate) fn keeps_hold_timers(&self) -> bool {
        self.hold_phase() == Phase::Open
    }

    /// Whether the call is open to hold, with this auxiliary state; otherwise `what` is misuse.
    pub(crate) fn is_in(&self, wanted: Auxiliary, what: &str, context: &mut Context) -> bool {
        let may = context.hold && self.hold_phase() == Phase::Open && self.auxiliary == wanted;
        if !may {
            context.misuse(&format!("{what} in state {}, {:?}", self.state_name(), self.auxiliary));
        }
        may
    }

    /// HOLD and T-HOLD.
    pub(crate) fn request_hold(&mut self, now: Instant, context: &mut Context) {
        if self.is_in(Auxiliary::Idle, "hold", context) {
            context.send(self.message(MessageType::Hold));
            self.auxiliary = Auxiliary::HoldRequested;
            self.start(now, Timer::THold, context);
        }
    }

    /// The layer above lets the far end hold the call.
    pub(crate) fn accept_hold(&mut self, context: &mut Context) {
        if self.is_in(Auxiliary::HoldIndicated, "accept hold", context) {
            self.acknowledge_hold(context);
        }
    }

    fn acknowledge_hold(&mut self, context: &mut Context) {
        context.send(self.message(MessageType::HoldAcknowledge));
        self.become_held(context);
    }

    pub(crate) fn refuse_hold(&mut self, cause: Cause, context: &mut Context) {
        if self.is_in(Auxiliary::HoldIndicated, "refuse hold", context) {
            self.auxiliary = Auxiliary::Idle;
            self.reject_with(MessageType::HoldReject, cause, context);
        }
    }

    /// The auxiliary state is held, and the channel is free.
    pub(crate) fn become_held(&mut self, context: &mut Context) {
        tracing::debug!("{}: held, channel {:?} is free", self.tag(context), self.channel);
        context.channels.release(self.id, ChannelState::Idle);
        self.channel = None;
        self.auxiliary = Auxiliary::Held;
    }

    pub(crate) fn receive_hold(&mut self, context: &mut Context) {
        if !context.hold {
            return self.reject(MessageType::HoldReject, context);
        }
        match (self.hold_phase(), self.auxiliary) {
            // It crossed our clearing message, or follows the far end's.
            (Phase::Clearing, _) => context.stats.unexpected_messages += 1,
            (Phase::Open, Auxiliary::Idle) => {
                self.auxiliary = Auxiliary::HoldIndicated;
                context.event(Event::HoldRequested { call: self.id });
            }
            (Phase::Open, Auxiliary::HoldRequested) => match context.side {
                Side::Network => tracing::debug!("{}: hold collision, ours stands", self.tag(context)),
                Side::User => {
                    self.timers.stop(Timer::THold);
                    self.acknowledge_hold(context);
                    context.event(Event::Held { call: self.id, result: Ok(()) });
                }
            },
            (
                Phase::Open,
                Auxiliary::HoldIndicated | Auxiliary::Held | Auxiliary::RetrieveRequested | Auxiliary::RetrieveIndicated,
            )
            | (Phase::TooEarly, _) => self.wrong_state(MessageType::HoldReject, context),
        }
    }

    pub(crate) fn receive_hold_acknowledge(&mut self, message: &Message, context: &mut Context) {
        if self.answers(Auxiliary::HoldRequested, message, context) {
            self.timers.stop(Timer::THold);
            self.become_held(context);
            context.event(Event::Held { call: self.id, result: Ok(()) });
        }
    }

    pub(crate) fn receive_hold_reject(&mut self, message: &Message, context: &mut Context) {
        if self.answers(Auxiliary::HoldRequested, message, context) {
            self.timers.stop(Timer::THold);
            self.hold_failed(cause_of(message, context), context);
        }
    }

    fn hold_failed(&mut self, cause: Cause, context: &mut Context) {
        self.auxiliary = Auxiliary::Idle;
        context.event(Event::Held { call: self.id, result: Err(cause) });
    }

    /// T-HOLD or T-RETRIEVE: the request failed.
    pub(crate) fn hold_timer_expired(&mut self, timer: Timer, context: &mut Context) {
        let cause = context.cause(CauseValue::RECOVERY_ON_TIMER_EXPIRY);
        if timer == Timer::THold {
            self.hold_failed(cause, context);
        } else {
            self.retrieve_failed(cause, context);
        }
    }

    /// The link is lost, and with it what the far end asked for: its own timer ends that.
    pub(crate) fn forget_hold_requests(&mut self, context: &mut Context) {
        match self.auxiliary {
            Auxiliary::HoldIndicated => self.auxiliary = Auxiliary::Idle,
            Auxiliary::RetrieveIndicated => self.become_held(context),
            Auxiliary::Idle | Auxiliary::HoldRequested | Auxiliary::Held | Auxiliary::RetrieveRequested => {}
        }
    }

    /// Whether `message` answers the request that this end made: one that comes too late, or out of the blue, is not expected.
    pub(super) fn answers(&self, request: Auxiliary, message: &Message, context: &mut Context) -> bool {
        if !context.hold {
            self.not_implemented(message, context);
            return false;
        }
        match self.hold_phase() {
            Phase::Clearing => context.stats.unexpected_messages += 1,
            Phase::Open | Phase::TooEarly if self.auxiliary != request => self.unexpected(message, context),
            Phase::Open | Phase::TooEarly => return true,
        }
        false
    }

    pub(super) fn wrong_state(&self, with: MessageType, context: &mut Context) {
        self.reject_with(with, context.cause(CauseValue::MESSAGE_NOT_COMPATIBLE_WITH_STATE), context);
    }

    pub(crate) fn reject_with(&self, with: MessageType, cause: Cause, context: &mut Context) {
        context.send(self.message(with).with(Element::Cause(cause)));
    }
}
