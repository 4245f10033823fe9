//! Numbers that come in pieces: overlap sending (Q.931 5.1.3) and overlap receiving (5.2.4).
//!
//! SETUP ACKNOWLEDGE asks for more digits, INFORMATION brings them, sending complete or silence (T302) ends them. Digits are read from the
//! called party number or, as North American switches send them, from the keypad facility; we send the called party number.

use std::time::Instant;

use super::call::{Call, State};
use super::ie::{Element, ProgressIndicator};
use super::{Message, MessageType, Timer};
use crate::context::Context;
use crate::event::Event;
use crate::number::Number;

/// Digits of an outgoing call that wait for SETUP ACKNOWLEDGE, and whether they are the last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Dialled {
    /// Type and plan of the number, as SETUP had them; its digits are those that wait.
    pub(crate) number: Number,
    /// Nothing comes after them.
    pub(crate) complete: bool,
}

impl Call {
    /// SETUP ACKNOWLEDGE came: what waits is sent, and the layer above hears that more is wanted unless that was all.
    pub(crate) fn overlap_sending(&mut self, now: Instant, progress: Vec<ProgressIndicator>, context: &mut Context) {
        self.enter(now, State::OverlapSending, context);
        let Dialled { number, complete } = self.dialled.clone();
        if complete || !number.digits.is_empty() {
            // A number that was whole in SETUP: sending complete is what the far end must hear.
            self.send_digits(now, context);
        }
        if !complete {
            context.event(Event::NeedDigits { call: self.id, progress });
        }
    }

    /// Digits of the layer above. In states that want none (any more) they come too late, which is nobody's fault.
    pub(crate) fn more_digits(&mut self, now: Instant, digits: &str, complete: bool, context: &mut Context) {
        if !self.is_outgoing() {
            return context.misuse("digits for an incoming call");
        }
        if self.dialled.complete || !Number::new(digits).is_sendable() {
            return context.misuse(&format!("digits {digits:?} that cannot be sent, or after the last"));
        }
        self.dialled.number.digits.push_str(digits);
        self.dialled.complete = complete;
        match self.state {
            // They go with the answer to SETUP ACKNOWLEDGE.
            State::SetupSent { .. } => {}
            State::OverlapSending => self.send_digits(now, context),
            State::OutgoingProceeding
            | State::OutgoingAlerting
            | State::Present
            | State::OverlapReceiving
            | State::IncomingProceeding
            | State::IncomingAlerting
            | State::ConnectSent
            | State::Active
            | State::DisconnectSent { .. }
            | State::DisconnectReceived { .. }
            | State::ReleaseSent { .. }
            | State::ReleaseOwed { .. }
            | State::Null => tracing::debug!("{}: digits {digits:?} come too late", self.tag(context)),
        }
    }

    /// INFORMATION with what waits; each starts T304 anew (Q.931 5.1.3).
    fn send_digits(&mut self, now: Instant, context: &mut Context) {
        let digits = std::mem::take(&mut self.dialled.number.digits);
        let mut message = self.message(MessageType::Information);
        if self.dialled.complete {
            message = message.with(Element::SendingComplete);
        }
        if !digits.is_empty() {
            message = message.with(Element::CalledNumber(Number { digits, ..self.dialled.number.clone() }));
        }
        context.send(message);
        self.start(now, Timer::T304, context);
    }

    /// SETUP ACKNOWLEDGE: the number is not known to be whole (Q.931 5.2.4).
    pub(crate) fn need_digits(&mut self, now: Instant, progress: Vec<ProgressIndicator>, context: &mut Context) {
        if !matches!(self.state, State::Present) {
            return context.misuse(&format!("need digits in state {}", self.state_name()));
        }
        self.respond(MessageType::SetupAcknowledge, progress.into_iter().map(Element::Progress), context);
        self.enter(now, State::OverlapReceiving, context);
    }

    /// INFORMATION from the far end.
    pub(crate) fn receive_information(&mut self, now: Instant, message: &Message, context: &mut Context) {
        let called = message.first(|e| if let Element::CalledNumber(number) = e { Some(number.digits.clone()) } else { None });
        let keyed = || message.first(|e| if let Element::Keypad(digits) = e { Some(digits.clone()) } else { None });
        let digits = called.or_else(keyed);
        let complete = message.elements.contains(&Element::SendingComplete);
        if matches!(self.state, State::OverlapReceiving) {
            if complete {
                self.timers.stop(Timer::T302);
            } else {
                self.start(now, Timer::T302, context);
            }
            context.event(Event::MoreDigits { call: self.id, digits: digits.unwrap_or_default(), complete });
        } else if !self.told {
            let display = message.first(|e| if let Element::Display(text) = e { Some(text.clone()) } else { None });
            context.event(Event::Information { call: self.id, keypad: digits, display });
        }
    }

    /// T302: the digits that came are all there are. Whether they are enough the layer above knows (Q.931 5.2.4).
    pub(crate) fn t302_expired(&self, context: &mut Context) {
        context.event(Event::MoreDigits { call: self.id, digits: String::new(), complete: true });
    }
}
