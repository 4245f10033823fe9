//! A held call is retrieved (Q.932 6.2): the messages. Its channel is found by `interface/hold.rs`, since others may have it.

use std::time::Instant;

use super::call::Call;
use super::clearing::cause_of;
use super::hold::{Auxiliary, Phase};
use super::ie::Element;
use super::{Message, MessageType, Timer};
use crate::Side;
use crate::cause::Cause;
use crate::channels::Channel;
use crate::context::Context;
use crate::event::Event;

/// A RETRIEVE for which a channel must be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Retrieve {
    /// The layer above is asked.
    Ask,
    /// This end, which wanted the same, answers at once.
    Accept,
}

impl Call {
    /// RETRIEVE and T-RETRIEVE, for the channel that the call was given.
    pub(crate) fn request_retrieve(&mut self, now: Instant, channel: Channel, exclusive: bool, context: &mut Context) {
        let named = Element::ChannelIdentification(context.addressing.name(channel, exclusive));
        context.send(self.message(MessageType::Retrieve).with(named));
        self.channel = Some(channel);
        self.exclusive = exclusive;
        self.auxiliary = Auxiliary::RetrieveRequested;
        self.start(now, Timer::TRetrieve, context);
    }

    /// Answers a RETRIEVE, or says what it wants a channel for.
    pub(crate) fn receive_retrieve(&mut self, context: &mut Context) -> Option<Retrieve> {
        if !context.hold {
            self.reject(MessageType::RetrieveReject, context);
            return None;
        }
        match (self.hold_phase(), self.auxiliary) {
            (Phase::Clearing, _) => context.stats.unexpected_messages += 1,
            (Phase::Open, Auxiliary::Held) => return Some(Retrieve::Ask),
            (Phase::Open, Auxiliary::RetrieveRequested) => match context.side {
                Side::Network => tracing::debug!("{}: retrieve collision, ours stands", self.tag(context)),
                Side::User => {
                    self.timers.stop(Timer::TRetrieve);
                    self.become_held(context);
                    return Some(Retrieve::Accept);
                }
            },
            (
                Phase::Open,
                Auxiliary::Idle | Auxiliary::HoldRequested | Auxiliary::HoldIndicated | Auxiliary::RetrieveIndicated,
            )
            | (Phase::TooEarly, _) => self.wrong_state(MessageType::RetrieveReject, context),
        }
        None
    }

    /// RETRIEVE ACKNOWLEDGE with the channel that the call has.
    pub(crate) fn acknowledge_retrieve(&mut self, context: &mut Context) {
        let named = self.channel.map(|channel| Element::ChannelIdentification(context.addressing.name(channel, true)));
        context.send(self.message(MessageType::RetrieveAcknowledge).with_all(named));
        self.auxiliary = Auxiliary::Idle;
    }

    pub(crate) fn accept_retrieve(&mut self, context: &mut Context) {
        if self.is_in(Auxiliary::RetrieveIndicated, "accept retrieve", context) {
            self.acknowledge_retrieve(context);
        }
    }

    /// The call stays held, and its channel is free again.
    pub(crate) fn refuse_retrieve(&mut self, cause: Cause, context: &mut Context) {
        if self.is_in(Auxiliary::RetrieveIndicated, "refuse retrieve", context) {
            self.become_held(context);
            self.reject_with(MessageType::RetrieveReject, cause, context);
        }
    }

    /// The call has a channel again: the one that the far end names, by the rules of a first response to SETUP.
    pub(crate) fn receive_retrieve_acknowledge(&mut self, now: Instant, message: &Message, context: &mut Context) {
        if !self.answers(Auxiliary::RetrieveRequested, message, context) {
            return;
        }
        self.timers.stop(Timer::TRetrieve);
        self.auxiliary = Auxiliary::Idle;
        match self.settle_channel(message, context) {
            Ok(channel) => context.event(Event::Retrieved { call: self.id, result: Ok(channel) }),
            // The far end has the call on a channel that it cannot have here.
            Err(value) => self.clear(now, context.cause(value), context),
        }
    }

    pub(crate) fn receive_retrieve_reject(&mut self, message: &Message, context: &mut Context) {
        if self.answers(Auxiliary::RetrieveRequested, message, context) {
            self.timers.stop(Timer::TRetrieve);
            self.retrieve_failed(cause_of(message, context), context);
        }
    }

    pub(crate) fn retrieve_failed(&mut self, cause: Cause, context: &mut Context) {
        self.become_held(context);
        context.event(Event::Retrieved { call: self.id, result: Err(cause) });
    }
}
