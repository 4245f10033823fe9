//! How a call ends (Q.931 5.3): DISCONNECT, RELEASE, RELEASE COMPLETE, their collisions and their timers.

use std::time::Instant;

use super::call::{Call, Ending, State};
use super::ie::{Element, ProgressIndicator, UserUser};
use super::said::{Said, user_user};
use super::{Message, MessageType, Timer};
use crate::Side;
use crate::cause::{Cause, CauseValue};
use crate::channels::ChannelState;
use crate::context::Context;
use crate::event::{Event, Who};
use crate::setup::progress;

/// The cause of a clearing message; 31 stands in for one that is missing or invalid (Q.931 5.8.6).
pub(crate) fn cause_of(message: &Message, context: &Context) -> Cause {
    let cause = message.first(|element| if let Element::Cause(cause) = element { Some(cause.clone()) } else { None });
    cause.unwrap_or_else(|| context.cause(CauseValue::NORMAL_UNSPECIFIED))
}

/// User-user information that is not too long to be sent.
fn fitting(said: UserUser, context: &mut Context) -> Option<UserUser> {
    let fits = said.octets.len() <= UserUser::MAX;
    if !fits {
        context.misuse(&format!("user-user information of {} octets, at most {} can be", said.octets.len(), UserUser::MAX));
    }
    fits.then_some(said)
}

impl Call {
    /// The layer above ends the call: by whatever message the state asks for.
    pub(crate) fn clear(&mut self, now: Instant, cause: Cause, context: &mut Context) {
        self.clear_with(now, Said::from(cause), context, false);
    }

    /// The same, and `said` goes into that message.
    pub(crate) fn clear_saying(&mut self, now: Instant, cause: Cause, said: UserUser, context: &mut Context) {
        let user_user = fitting(said, context);
        self.clear_with(now, Said { cause, user_user }, context, false);
    }

    fn clear_with(&mut self, now: Instant, said: Said, context: &mut Context, in_band: bool) {
        let by_us = Ending { cause: said.cause.clone(), by: Who::Us };
        if !context.link_up {
            return self.owe_release(now, by_us, said, context);
        }
        match &self.state {
            // A first response that refuses is RELEASE COMPLETE (Q.931 5.3.2 a).
            State::Present => {
                context.refuse(self.reference, said);
                self.finish(by_us, context);
            }
            State::SetupSent { .. }
            | State::OverlapSending
            | State::OverlapReceiving
            | State::OutgoingProceeding
            | State::OutgoingAlerting
            | State::IncomingProceeding
            | State::IncomingAlerting
            | State::ConnectSent
            | State::Active => {
                if in_band {
                    self.disconnect_in_band(now, by_us, said, context);
                } else {
                    self.disconnect(now, by_us, said, context);
                }
            }
            State::DisconnectReceived { ending, fault } => {
                let (ending, cause) = (ending.clone(), fault.clone().unwrap_or(said.cause));
                self.release(now, ending, Said { cause, ..said }, context);
            }
            // Its tone has been heard long enough: as if T306 had expired.
            State::DisconnectSent { .. } if self.timers.is_running(Timer::T306) => self.t305_expired(now, context),
            // On its way out already.
            State::DisconnectSent { .. } | State::ReleaseSent { .. } | State::ReleaseOwed { .. } | State::Null => {}
        }
    }

    /// DISCONNECT and T305 (Q.931 5.3.3, 5.3.4).
    pub(crate) fn disconnect(&mut self, now: Instant, ending: Ending, said: impl Into<Said>, context: &mut Context) {
        let said = said.into();
        let wire_cause = said.cause.clone();
        context.send(self.message(MessageType::Disconnect).with_all(said.elements()));
        self.enter(now, State::DisconnectSent { ending, wire_cause }, context);
    }

    fn disconnect_in_band(&mut self, now: Instant, ending: Ending, said: Said, context: &mut Context) {
        let wire_cause = said.cause.clone();
        let in_band = ProgressIndicator::new(ProgressIndicator::IN_BAND, context.location());
        let message = self.message(MessageType::Disconnect).with_all(said.elements());
        context.send(message.with(Element::Progress(in_band)));
        self.enter(now, State::DisconnectSent { ending, wire_cause }, context);
        self.timers.stop(Timer::T305);
        self.start(now, Timer::T306, context);
    }

    /// DISCONNECT that says that a tone or an announcement is on the channel, and T306 (Q.931 5.3.4.1). Only a network side may: elsewhere,
    /// before the far end knows the channel, and while the call is held, it is an ordinary clearing.
    pub(crate) fn clear_in_band(&mut self, now: Instant, cause: Cause, said: Option<UserUser>, context: &mut Context) {
        let channel_known = self.channel.is_some() && !matches!(self.state, State::Present | State::SetupSent { .. });
        let user_user = said.and_then(|said| fitting(said, context));
        self.clear_with(now, Said { cause, user_user }, context, channel_known && context.side == Side::Network);
    }

    /// RELEASE and T308 (Q.931 5.3.3, 5.3.4).
    pub(crate) fn release(&mut self, now: Instant, ending: Ending, said: impl Into<Said>, context: &mut Context) {
        let release = self.message(MessageType::Release).with_all(said.into().elements());
        context.send(release.clone());
        self.enter(now, State::ReleaseSent { ending, release: Box::new(release), repeated: false }, context);
    }

    /// State 0: the channel is free and the layer above is told.
    pub(crate) fn finish(&mut self, ending: Ending, context: &mut Context) {
        self.finish_with(ending, ChannelState::Idle, context);
    }

    /// State 0, and the channel waits for the answer to RESTART.
    pub(crate) fn finish_for_restart(&mut self, ending: Ending, context: &mut Context) {
        self.finish_with(ending, ChannelState::Restarting, context);
    }

    fn finish_with(&mut self, ending: Ending, then: ChannelState, context: &mut Context) {
        if self.is_over() {
            return;
        }
        tracing::debug!("{}: released, {} by {:?}", self.tag(context), ending.cause, ending.by);
        self.timers.stop_all();
        self.state = State::Null;
        match (self.told, self.channel) {
            (true, Some(channel)) => context.channels.settle(channel, then),
            (false, _) | (true, None) => context.channels.release(self.id, then),
        }
        self.tell(ending, context);
    }

    /// Tells the layer above, once, that the call is over.
    fn tell(&mut self, ending: Ending, context: &mut Context) {
        if !self.told {
            self.told = true;
            let Ending { cause, by } = ending;
            context.event(Event::Released { call: self.id, channel: self.channel, cause, by, user_user: self.farewell.take() });
        }
    }

    /// The layer above need not wait for the link, but the far end must hear of it: it may not have noticed the loss.
    fn owe_release(&mut self, now: Instant, ending: Ending, said: Said, context: &mut Context) {
        self.enter(now, State::ReleaseOwed { said }, context);
        context.channels.release(self.id, ChannelState::Restarting);
        self.tell(ending, context);
    }

    pub(crate) fn receive_disconnect(&mut self, now: Instant, message: &Message, fault: Option<Cause>, context: &mut Context) {
        match &self.state {
            // Clear collision: each side releases (Q.931 5.3.5).
            State::DisconnectSent { ending, wire_cause } => {
                let (ending, wire_cause) = (ending.clone(), wire_cause.clone());
                self.farewell = user_user(message);
                self.release(now, ending, wire_cause, context);
            }
            State::ReleaseSent { .. } | State::ReleaseOwed { .. } | State::Null => context.stats.unexpected_messages += 1,
            State::DisconnectReceived { .. } => self.unexpected(message, context),
            State::SetupSent { .. }
            | State::OverlapSending
            | State::OverlapReceiving
            | State::OutgoingProceeding
            | State::OutgoingAlerting
            | State::Present
            | State::IncomingProceeding
            | State::IncomingAlerting
            | State::ConnectSent
            | State::Active => {
                let cause = cause_of(message, context);
                let in_band = progress(message).iter().any(|indicator| indicator.description == ProgressIndicator::IN_BAND);
                let in_band = in_band && self.channel.is_some();
                let ending = Ending { cause: cause.clone(), by: Who::Peer };
                self.enter(now, State::DisconnectReceived { ending, fault }, context);
                context.event(Event::Clearing { call: self.id, cause, in_band, user_user: user_user(message) });
            }
        }
    }

    pub(crate) fn receive_release(&mut self, message: &Message, fault: Option<Cause>, context: &mut Context) {
        self.farewell = user_user(message).or_else(|| self.farewell.take());
        let by_peer = Ending { cause: cause_of(message, context), by: Who::Peer };
        let ending = match &self.state {
            // Clear collision: both have sent RELEASE, neither answers (Q.931 5.3.5).
            State::ReleaseSent { ending, .. } => {
                let ending = ending.clone();
                return self.finish(ending, context);
            }
            State::DisconnectSent { ending, .. } | State::DisconnectReceived { ending, .. } => ending.clone(),
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
            | State::Null => by_peer,
        };
        context.send(self.message(MessageType::ReleaseComplete).with_all(fault.map(Element::Cause)));
        self.finish(ending, context);
    }

    pub(crate) fn receive_release_complete(&mut self, message: &Message, context: &mut Context) {
        self.farewell = user_user(message).or_else(|| self.farewell.take());
        let by_peer = Ending { cause: cause_of(message, context), by: Who::Peer };
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
            | State::Null => by_peer,
        };
        self.finish(ending, context);
    }

    /// DISCONNECT unanswered, or its tone heard long enough: RELEASE with the same cause (T305, T306).
    pub(crate) fn t305_expired(&mut self, now: Instant, context: &mut Context) {
        let State::DisconnectSent { ending, wire_cause } = &self.state else { return };
        let (ending, wire_cause) = (ending.clone(), wire_cause.clone());
        self.release(now, ending, wire_cause, context);
    }

    /// RELEASE once more, then the channel goes into maintenance, from which a restart takes it.
    pub(crate) fn t308_expired(&mut self, now: Instant, context: &mut Context) {
        let State::ReleaseSent { ending, release, repeated } = &mut self.state else { return };
        if !*repeated {
            *repeated = true;
            context.send(Message::clone(release));
            return self.start(now, Timer::T308, context);
        }
        let ending = ending.clone();
        self.finish_with(ending, ChannelState::Restarting, context);
    }
}
