//! One call: its states and how it is set up and answered (Q.931 5.1 and 5.2).
//!
//! States are named by what this end has done; [`Call::state_number`] gives the number that Q.931 has for them, which
//! depends on side and direction: an outgoing call goes 1, 3, 4, 10 at the user and 6, 9, 7, 10 at the network.
//! Clearing is in `clearing.rs`, status and loss of the link in `status.rs`.

use std::time::Instant;

use sansio::Timers;

use super::hold::Auxiliary;
use super::ie::{ChannelSelection, Element, ProgressIndicator, UserUser};
use super::overlap::Dialled;
use super::retrieve::Retrieve;
use super::said::Said;
use super::{CallReference, Message, MessageType, Timer, mandatory};
use crate::cause::{Cause, CauseValue};
use crate::channels::{Channel, ChannelState};
use crate::context::Context;
use crate::event::{CallStatus, Event, Who};
use crate::number::Number;
use crate::setup::{Connected, progress};
use crate::{CallId, Side};

/// Why and by whom a call ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ending {
    pub(crate) cause: Cause,
    pub(crate) by: Who,
}

/// State of a call.
#[derive(Debug)]
pub(crate) enum State {
    /// U1, N6: SETUP sent, kept for its one repeat.
    SetupSent { setup: Box<Message>, repeated: bool },
    /// U2, N25: SETUP ACKNOWLEDGE received, the far end wants more digits.
    OverlapSending,
    /// U3, N9: CALL PROCEEDING received.
    OutgoingProceeding,
    /// U4, N7: ALERTING received.
    OutgoingAlerting,
    /// U6, N1: SETUP received.
    Present,
    /// U25, N2: SETUP ACKNOWLEDGE sent, the far end sends its digits.
    OverlapReceiving,
    /// U9, N3: CALL PROCEEDING sent.
    IncomingProceeding,
    /// U7, N4: ALERTING sent.
    IncomingAlerting,
    /// U8: CONNECT sent. The network side goes straight to Active, but for QSIG.
    ConnectSent,
    /// 10.
    Active,
    /// U11, N12: DISCONNECT sent, with `wire_cause`.
    DisconnectSent { ending: Ending, wire_cause: Cause },
    /// U12, N11: DISCONNECT received. `fault` is what was wrong with it, to be said in RELEASE.
    DisconnectReceived { ending: Ending, fault: Option<Cause> },
    /// 19: RELEASE sent, kept for its one repeat.
    ReleaseSent { ending: Ending, release: Box<Message>, repeated: bool },
    /// Cleared by the layer above while the link was down: the far end may still have the call, and is told by RELEASE
    /// when the link comes back. Until then the channel stays taken.
    ReleaseOwed { said: Said },
    /// 0: over.
    Null,
}

/// Messages that carry a call forward.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    SetupAcknowledge,
    Proceeding,
    Alerting,
    Progress,
    Connect,
    ConnectAcknowledge,
}

#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) id: CallId,
    /// As this end writes it in its messages.
    pub(crate) reference: CallReference,
    pub(crate) channel: Option<Channel>,
    /// Whether an outgoing SETUP named its channel as exclusive.
    pub(crate) exclusive: bool,
    pub(crate) state: State,
    /// Its auxiliary state.
    pub(crate) auxiliary: Auxiliary,
    /// What of its number is still to be sent.
    pub(crate) dialled: Dialled,
    pub(crate) timers: Timers<Timer>,
    /// STATUS ENQUIRY sent and not answered.
    pub(crate) enquiries: u8,
    /// What is to be said of the services that SETUP asked for, with the first response.
    pub(crate) answers: Vec<Element>,
    /// User-user information of the message that ends it, not told yet.
    pub(crate) farewell: Option<UserUser>,
    /// When the far end was heard last.
    pub(crate) heard: Instant,
    /// Span of the D-channel on which that was, or on which the call began.
    pub(crate) heard_on: u8,
    /// The layer above has been told that the call is over.
    pub(crate) told: bool,
}

impl Call {
    pub(crate) const fn is_outgoing(&self) -> bool {
        !self.reference.to_origin
    }

    pub(crate) const fn is_over(&self) -> bool {
        matches!(self.state, State::Null)
    }

    /// The call state of Q.931 2.1.1 (user) or 2.1.2 (network).
    pub(crate) const fn state_number(&self, side: Side) -> u8 {
        match (&self.state, side) {
            (State::Null, _) => 0,
            (State::SetupSent { .. }, Side::User) | (State::Present, Side::Network) => 1,
            (State::OverlapSending, Side::User) | (State::OverlapReceiving, Side::Network) => 2,
            (State::OutgoingProceeding, Side::User) | (State::IncomingProceeding, Side::Network) => 3,
            (State::OutgoingAlerting, Side::User) | (State::IncomingAlerting, Side::Network) => 4,
            (State::SetupSent { .. }, Side::Network) | (State::Present, Side::User) => 6,
            (State::OutgoingAlerting, Side::Network) | (State::IncomingAlerting, Side::User) => 7,
            (State::ConnectSent, _) => 8,
            (State::OutgoingProceeding, Side::Network) | (State::IncomingProceeding, Side::User) => 9,
            (State::Active, _) => 10,
            (State::DisconnectSent { .. }, Side::User) | (State::DisconnectReceived { .. }, Side::Network) => 11,
            (State::DisconnectReceived { .. }, Side::User) | (State::DisconnectSent { .. }, Side::Network) => 12,
            (State::ReleaseSent { .. } | State::ReleaseOwed { .. }, _) => 19,
            (State::OverlapSending, Side::Network) | (State::OverlapReceiving, Side::User) => 25,
        }
    }

    pub(crate) const fn state_name(&self) -> &'static str {
        match self.state {
            State::SetupSent { .. } => "setup sent",
            State::OverlapSending => "overlap sending",
            State::OverlapReceiving => "overlap receiving",
            State::OutgoingProceeding => "outgoing call proceeding",
            State::OutgoingAlerting => "call delivered",
            State::Present => "call present",
            State::IncomingProceeding => "incoming call proceeding",
            State::IncomingAlerting => "call received",
            State::ConnectSent => "connect request",
            State::Active => "active",
            State::DisconnectSent { .. } => "disconnect sent",
            State::DisconnectReceived { .. } => "disconnect received",
            State::ReleaseSent { .. } => "release request",
            State::ReleaseOwed { .. } => "release owed",
            State::Null => "null",
        }
    }

    pub(crate) fn status(&self, side: Side) -> CallStatus {
        CallStatus {
            call: self.id,
            channel: self.channel,
            held: self.auxiliary == Auxiliary::Held,
            outgoing: self.is_outgoing(),
            reference: self.reference.value,
            state: self.state_number(side),
            state_name: self.state_name(),
        }
    }

    /// Head of a log line: `q931[span1 call3 cr5]{U10}`.
    pub(crate) fn tag(&self, context: &Context) -> String {
        let side = match context.side {
            Side::User => 'U',
            Side::Network => 'N',
        };
        let number = self.state_number(context.side);
        format!("q931[{} call{} cr{}]{{{side}{number}}}", context.name, self.id.0, self.reference)
    }

    /// Goes to `state`: all timers stop but those of hold, the new state's own starts.
    pub(crate) fn enter(&mut self, now: Instant, state: State, context: &Context) {
        let tag = self.tag(context);
        self.state = state;
        let keeps_hold_timers = self.keeps_hold_timers();
        self.timers.retain(|timer| keeps_hold_timers && timer.is_of_hold());
        self.enquiries = 0;
        let timer = match self.state {
            State::SetupSent { .. } => Some(Timer::T303),
            State::OverlapSending => Some(Timer::T304),
            State::OverlapReceiving => Some(Timer::T302),
            State::OutgoingProceeding => Some(Timer::T310),
            State::OutgoingAlerting => Some(Timer::T301),
            State::ConnectSent => Some(Timer::T313),
            State::DisconnectSent { .. } => Some(Timer::T305),
            State::ReleaseSent { .. } => Some(Timer::T308),
            State::ReleaseOwed { .. } => Some(Timer::T309),
            State::Present
            | State::IncomingProceeding
            | State::IncomingAlerting
            | State::Active
            | State::DisconnectReceived { .. }
            | State::Null => None,
        };
        if let Some(timer) = timer {
            self.start(now, timer, context);
        }
        tracing::debug!("{tag}: -> {} {timer:?}", self.state_name());
    }

    pub(crate) fn start(&mut self, now: Instant, timer: Timer, context: &Context) {
        self.timers.set(timer, now + context.timers.get(timer));
    }

    pub(crate) fn message(&self, message_type: MessageType) -> Message {
        Message::new(self.reference, message_type)
    }

    /// A message from the far end; says what a RETRIEVE wants, for which a channel must be found.
    pub(crate) fn receive(&mut self, now: Instant, message: &Message, context: &mut Context) -> Option<Retrieve> {
        self.heard = now;
        self.heard_on = context.addressing.serving;
        let first_clearing = !matches!(self.state, State::DisconnectSent { .. } | State::ReleaseSent { .. });
        let fault = mandatory::check(message, context.side, first_clearing);
        if let Some(fault) = &fault {
            // Invalid contents were counted when the message was read.
            context.stats.elements_missing += u64::from(fault.cause == CauseValue::MANDATORY_ELEMENT_MISSING);
            tracing::warn!("{}: {} with {} in {:02x?}", self.tag(context), message.message_type, fault.cause, fault.elements);
        }
        let fault = fault.map(|fault| context.cause(fault.cause).with_diagnostics(&fault.elements));
        tracing::debug!("{}: {}", self.tag(context), message.message_type);
        // Clearing messages are acted on whatever is wrong with them (Q.931 5.8.6).
        let clears =
            matches!(message.message_type, MessageType::Disconnect | MessageType::Release | MessageType::ReleaseComplete);
        match fault {
            Some(cause) if !clears => {
                self.send_status(cause, context);
                None
            }
            fault => self.act_on(now, message, fault, context),
        }
    }

    fn act_on(&mut self, now: Instant, message: &Message, fault: Option<Cause>, context: &mut Context) -> Option<Retrieve> {
        match message.message_type {
            MessageType::Disconnect => self.receive_disconnect(now, message, fault, context),
            MessageType::Release => self.receive_release(message, fault, context),
            MessageType::ReleaseComplete => self.receive_release_complete(message, context),
            MessageType::SetupAcknowledge => self.advance(now, Step::SetupAcknowledge, message, context),
            MessageType::CallProceeding => self.advance(now, Step::Proceeding, message, context),
            MessageType::Alerting => self.advance(now, Step::Alerting, message, context),
            MessageType::Progress => self.advance(now, Step::Progress, message, context),
            MessageType::Connect => self.advance(now, Step::Connect, message, context),
            MessageType::ConnectAcknowledge => self.advance(now, Step::ConnectAcknowledge, message, context),
            MessageType::Status => self.receive_status(now, message, context),
            MessageType::StatusEnquiry => {
                self.send_status(context.cause(CauseValue::STATUS_ENQUIRY_RESPONSE), context);
            }
            MessageType::Notify => {
                let notification = message.first(|e| if let Element::Notification(n) = e { Some(*n) } else { None });
                if let Some(notification) = notification {
                    context.event(Event::Notify { call: self.id, notification });
                }
            }
            MessageType::Information => self.receive_information(now, message, context),
            MessageType::Facility => self.receive_facility(now, message, context),
            // Nothing here sends user information.
            MessageType::CongestionControl => {}
            // A repeat of the SETUP that began this call (Q.931 5.8.3.2 e).
            MessageType::Setup => context.stats.wrong_reference += 1,
            MessageType::Restart | MessageType::RestartAcknowledge => self.unexpected(message, context),
            // Services that this interface does not give are rejected by their own messages (Q.931 5.6.3).
            MessageType::Suspend => self.reject(MessageType::SuspendReject, context),
            MessageType::Hold => self.receive_hold(context),
            MessageType::HoldAcknowledge => self.receive_hold_acknowledge(message, context),
            MessageType::HoldReject => self.receive_hold_reject(message, context),
            MessageType::Retrieve => return self.receive_retrieve(context),
            MessageType::RetrieveAcknowledge => self.receive_retrieve_acknowledge(now, message, context),
            MessageType::RetrieveReject => self.receive_retrieve_reject(message, context),
            MessageType::UserInformation
            | MessageType::SuspendReject
            | MessageType::ResumeReject
            | MessageType::Resume
            | MessageType::SuspendAcknowledge
            | MessageType::ResumeAcknowledge
            | MessageType::Segment
            | MessageType::Register
            | MessageType::Unknown(_) => self.not_implemented(message, context),
        }
        None
    }

    /// Acts on a message that carries the call forward, or answers that the state does not expect it.
    fn advance(&mut self, now: Instant, step: Step, message: &Message, context: &mut Context) {
        match &self.state {
            State::SetupSent { .. } => self.in_setup_sent(now, step, message, context),
            State::OverlapSending | State::OutgoingProceeding | State::OutgoingAlerting => {
                self.in_outgoing(now, step, message, context);
            }
            State::ConnectSent => match step {
                Step::ConnectAcknowledge => {
                    self.enter(now, State::Active, context);
                    context.event(Event::Established { call: self.id });
                }
                Step::SetupAcknowledge | Step::Proceeding | Step::Alerting | Step::Progress | Step::Connect => {
                    self.unexpected(message, context);
                }
            },
            State::Active => match step {
                // The network side does not wait for it, and a user need not send it (Q.931 5.1.8).
                Step::ConnectAcknowledge => {}
                Step::SetupAcknowledge | Step::Proceeding | Step::Alerting | Step::Progress | Step::Connect => {
                    self.unexpected(message, context);
                }
            },
            State::Present | State::OverlapReceiving | State::IncomingProceeding | State::IncomingAlerting => {
                self.unexpected(message, context);
            }
            // It crossed our clearing message, which answers it.
            State::DisconnectSent { .. }
            | State::DisconnectReceived { .. }
            | State::ReleaseSent { .. }
            | State::ReleaseOwed { .. }
            | State::Null => {
                context.stats.unexpected_messages += 1;
            }
        }
    }

    /// First response to our SETUP: it settles the channel.
    fn in_setup_sent(&mut self, now: Instant, step: Step, message: &Message, context: &mut Context) {
        if step == Step::ConnectAcknowledge {
            return self.unexpected(message, context);
        }
        match self.settle_channel(message, context) {
            Ok(channel) => context.event(Event::ChannelReady { call: self.id, channel }),
            Err(value) => {
                let cause = context.cause(value);
                return self.release(now, Ending { cause: cause.clone(), by: Who::Us }, cause, context);
            }
        }
        self.in_outgoing(now, step, message, context);
    }

    fn in_outgoing(&mut self, now: Instant, step: Step, message: &Message, context: &mut Context) {
        let call = self.id;
        let proceeding_expected = matches!(self.state, State::SetupSent { .. } | State::OverlapSending);
        match step {
            Step::SetupAcknowledge if matches!(self.state, State::SetupSent { .. }) => {
                self.overlap_sending(now, progress(message), context);
            }
            Step::Proceeding if proceeding_expected => {
                self.enter(now, State::OutgoingProceeding, context);
                context.event(Event::Proceeding { call, progress: progress(message) });
            }
            Step::Alerting if !matches!(self.state, State::OutgoingAlerting) => {
                self.enter(now, State::OutgoingAlerting, context);
                context.event(Event::Alerting { call, progress: progress(message) });
            }
            Step::Progress => {
                // Some switches send PROGRESS and never CALL PROCEEDING: it says as much.
                if proceeding_expected {
                    self.enter(now, State::OutgoingProceeding, context);
                }
                self.timers.stop(Timer::T310);
                let cause = message.first(|e| if let Element::Cause(cause) = e { Some(cause.clone()) } else { None });
                context.event(Event::Progress { call, progress: progress(message), cause });
            }
            Step::Connect => {
                self.enter(now, State::Active, context);
                context.send(self.message(MessageType::ConnectAcknowledge));
                context.event(Event::Connected { call, connected: Connected::from_message(message, context.variant.facility) });
            }
            Step::SetupAcknowledge | Step::Proceeding | Step::Alerting | Step::ConnectAcknowledge => {
                self.unexpected(message, context);
            }
        }
    }

    /// Takes the channel that the first response names (Q.931 5.1.2, 5.2.3.1). Cause 6 when it cannot be had.
    pub(crate) fn settle_channel(&mut self, message: &Message, context: &mut Context) -> Result<Channel, CauseValue> {
        let named = message.first(|e| if let Element::ChannelIdentification(c) = e { Some(c) } else { None });
        let named = match named.map(|channel| (&channel.selection, context.addressing.channels(channel))) {
            Some((ChannelSelection::Numbers(_) | ChannelSelection::Map(_), channels)) => match channels.as_slice() {
                [channel] => Some(*channel),
                _ => return Err(CauseValue::CHANNEL_UNACCEPTABLE),
            },
            Some((ChannelSelection::None | ChannelSelection::Any, _)) | None => None,
        };
        match (named, self.channel) {
            (None, Some(own)) => Ok(own),
            (Some(channel), Some(own)) if channel == own => Ok(own),
            (Some(channel), own)
                if (!self.exclusive || own.is_none())
                    && context.channels.state(channel) == Some(ChannelState::Idle)
                    && !context.channels.is_line_down(channel) =>
            {
                context.channels.release(self.id, ChannelState::Idle);
                context.channels.claim(channel, self.id);
                self.channel = Some(channel);
                Ok(channel)
            }
            (Some(_), _) | (None, None) => Err(CauseValue::CHANNEL_UNACCEPTABLE),
        }
    }

    /// CALL PROCEEDING with the channel.
    pub(crate) fn proceeding(&mut self, now: Instant, progress: Vec<ProgressIndicator>, context: &mut Context) {
        if !matches!(self.state, State::Present | State::OverlapReceiving) {
            return context.misuse(&format!("proceeding in state {}", self.state_name()));
        }
        self.respond(MessageType::CallProceeding, progress.into_iter().map(Element::Progress), context);
        self.enter(now, State::IncomingProceeding, context);
    }

    /// ALERTING, with the channel when it is the first response.
    pub(crate) fn alerting(&mut self, now: Instant, progress: Vec<ProgressIndicator>, context: &mut Context) {
        if !matches!(self.state, State::Present | State::OverlapReceiving | State::IncomingProceeding) {
            return context.misuse(&format!("alerting in state {}", self.state_name()));
        }
        self.respond(MessageType::Alerting, progress.into_iter().map(Element::Progress), context);
        self.enter(now, State::IncomingAlerting, context);
    }

    /// PROGRESS, after CALL PROCEEDING when that has not been sent (Q.931 5.2.6).
    pub(crate) fn progress(
        &mut self,
        now: Instant,
        progress: Vec<ProgressIndicator>,
        cause: Option<Cause>,
        context: &mut Context,
    ) {
        let may =
            matches!(self.state, State::Present | State::OverlapReceiving | State::IncomingProceeding | State::IncomingAlerting);
        if !may || progress.is_empty() {
            let count = progress.len();
            return context.misuse(&format!("progress with {count} indicators in state {}", self.state_name()));
        }
        if matches!(self.state, State::Present | State::OverlapReceiving) {
            self.proceeding(now, Vec::new(), context);
        }
        let elements = progress.into_iter().map(Element::Progress).chain(cause.map(Element::Cause));
        let message = self.message(MessageType::Progress).with_all(elements);
        context.send(message);
    }

    /// CONNECT. The user side waits for CONNECT ACKNOWLEDGE, the network side of most variants does not (Q.931 5.1.8, 5.2.8).
    pub(crate) fn connect(&mut self, now: Instant, connected: &Connected, context: &mut Context) {
        let may =
            matches!(self.state, State::Present | State::OverlapReceiving | State::IncomingProceeding | State::IncomingAlerting);
        if !may {
            return context.misuse(&format!("connect in state {}", self.state_name()));
        }
        let elements = context.variant.connect_elements(connected, &mut context.invoke_ids);
        self.respond(MessageType::Connect, elements, context);
        if context.variant.awaits_acknowledge(context.side) {
            self.enter(now, State::ConnectSent, context);
        } else {
            self.enter(now, State::Active, context);
            context.event(Event::Established { call: self.id });
        }
    }

    /// INFORMATION with what was keyed (keypad facility), in an answered call.
    pub(crate) fn key(&self, digits: &str, context: &mut Context) {
        let sendable = !digits.is_empty() && Number::new(digits).is_sendable();
        if !sendable || !matches!(self.state, State::Active) {
            return context.misuse(&format!("keypad {digits:?} in state {}", self.state_name()));
        }
        context.send(self.message(MessageType::Information).with(Element::Keypad(digits.to_owned())));
    }

    /// NOTIFY: what the far end is to know of its partner (Q.931 5.9).
    pub(crate) fn notify(&self, description: u8, context: &mut Context) {
        match self.state {
            State::OutgoingAlerting | State::IncomingAlerting | State::Active => {
                context.send(self.message(MessageType::Notify).with(Element::Notification(description)));
            }
            State::SetupSent { .. }
            | State::OverlapSending
            | State::OutgoingProceeding
            | State::Present
            | State::OverlapReceiving
            | State::IncomingProceeding
            | State::ConnectSent
            | State::DisconnectSent { .. }
            | State::DisconnectReceived { .. }
            | State::ReleaseSent { .. }
            | State::ReleaseOwed { .. }
            | State::Null => context.misuse(&format!("notify in state {}", self.state_name())),
        }
    }

    /// A response to SETUP; the first one names the channel, and media may open.
    pub(crate) fn respond(&self, message_type: MessageType, elements: impl IntoIterator<Item = Element>, context: &mut Context) {
        let mut message = self.message(message_type).with_all(elements);
        if let (State::Present, Some(channel)) = (&self.state, self.channel) {
            message = message.with(Element::ChannelIdentification(context.addressing.name(channel, true)));
            message = message.with_all(self.answers.iter().cloned());
            context.event(Event::ChannelReady { call: self.id, channel });
        }
        context.send(message);
    }

    /// Runs the timers that are due.
    pub(crate) fn handle_timeout(&mut self, now: Instant, context: &mut Context) {
        while let Some(timer) = self.timers.expire(now) {
            tracing::debug!("{}: {timer:?} expired", self.tag(context));
            self.expired(now, timer, context);
        }
    }

    fn expired(&mut self, now: Instant, timer: Timer, context: &mut Context) {
        let value = match timer {
            Timer::T302 => return self.t302_expired(context),
            Timer::T303 => return self.t303_expired(now, context),
            Timer::T305 | Timer::T306 => return self.t305_expired(now, context),
            Timer::T308 => return self.t308_expired(now, context),
            Timer::T309 => return self.t309_expired(now, context),
            Timer::T322 => return self.t322_expired(now, context),
            Timer::THold | Timer::TRetrieve => return self.hold_timer_expired(timer, context),
            // They belong to the interface, or never run.
            Timer::T307
            | Timer::T312
            | Timer::T314
            | Timer::T316
            | Timer::T317
            | Timer::T318
            | Timer::T319
            | Timer::T320
            | Timer::T321 => return,
            Timer::T301 => CauseValue::NO_ANSWER,
            Timer::T304 => CauseValue::INVALID_NUMBER_FORMAT,
            Timer::T310 => self.silent_cause(context),
            Timer::T313 => CauseValue::RECOVERY_ON_TIMER_EXPIRY,
        };
        let ending = Ending { cause: context.cause(value), by: Who::Timer(timer) };
        let wire_cause = context.cause(CauseValue::RECOVERY_ON_TIMER_EXPIRY);
        self.disconnect(now, ending, wire_cause, context);
    }

    /// What the caller hears when the far end is silent: a user that does not respond, or a network that fails.
    const fn silent_cause(&self, context: &Context) -> CauseValue {
        match context.side {
            Side::User => CauseValue::RECOVERY_ON_TIMER_EXPIRY,
            Side::Network => CauseValue::NO_USER_RESPONDING,
        }
    }

    /// SETUP once more, then RELEASE COMPLETE (Q.931 tables 9-1 and 9-2).
    fn t303_expired(&mut self, now: Instant, context: &mut Context) {
        let State::SetupSent { setup, repeated } = &mut self.state else { return };
        if !*repeated {
            *repeated = true;
            context.send(Message::clone(setup));
            return self.start(now, Timer::T303, context);
        }
        context.refuse(self.reference, context.cause(CauseValue::RECOVERY_ON_TIMER_EXPIRY));
        let cause = context.cause(self.silent_cause(context));
        self.finish(Ending { cause, by: Who::Timer(Timer::T303) }, context);
    }
}
