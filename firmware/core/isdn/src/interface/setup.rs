//! New calls in both directions, and the choice of their channel (Q.931 5.1.1, 5.1.2, 5.2.2, 5.2.3, 5.7).

use std::time::Instant;

use sansio::Timers;

use super::{Interface, Refused};
use crate::cause::CauseValue;
use crate::channels::{Channel, ChannelState};
use crate::event::Event;
use crate::ie::{BearerCapability, ChannelIdentification, ChannelSelection, Element};
use crate::number::Number;
use crate::q931::call::{Call, State};
use crate::q931::hold::Auxiliary;
use crate::q931::overlap::Dialled;
use crate::q931::services;
use crate::q931::{CallReference, Message, MessageType, mandatory};
use crate::setup::Setup;
use crate::{CallId, Side};

/// Call reference values of two octets have 15 bits (Q.931 4.3).
const MAX_REFERENCE: u16 = 0x7fff;

impl Interface {
    /// Sets up an outgoing call on a free channel.
    ///
    /// # Errors
    /// [`Refused`] when it cannot be tried; no call exists then and no event follows.
    pub fn setup(&mut self, now: Instant, setup: Setup) -> Result<CallId, Refused> {
        let refuse = |cause| Err(Refused { cause });
        if !self.context.link_up {
            return refuse(CauseValue::DESTINATION_OUT_OF_ORDER);
        }
        let [calling, second] =
            [&setup.calling, &setup.second_calling].map(|calling| calling.as_ref().map(|calling| &calling.number));
        let keypad = setup.keypad.clone().map(Number::new);
        let redirecting = setup.redirecting.as_ref().map(|redirecting| &redirecting.number);
        if [Some(&setup.called), calling, second, redirecting, keypad.as_ref()]
            .into_iter()
            .flatten()
            .any(|number| !number.is_sendable())
        {
            return refuse(CauseValue::INVALID_NUMBER_FORMAT);
        }
        let (Some(channel), Some(reference)) = (self.context.channels.hunt(), self.free_reference()) else {
            return refuse(CauseValue::NO_CHANNEL_AVAILABLE);
        };
        let elements = self.context.variant.setup_elements(&setup, self.law, &mut self.context.invoke_ids);
        let named = Element::ChannelIdentification(self.context.addressing.name(channel, self.exclusive));
        let message = Message::new(reference, MessageType::Setup).with(named).with_all(elements);
        if self.in_frames(&message.emit()).is_none() {
            return refuse(CauseValue::PROTOCOL_ERROR);
        }
        let id = self.next_call();
        self.last_reference = reference.value;
        self.context.channels.claim(channel, id);
        self.context.stats.calls_outgoing += 1;
        self.context.send(message.clone());
        let mut call = new_call(now, self.context.addressing.serving, id, reference, channel);
        call.exclusive = self.exclusive;
        call.dialled = Dialled { number: Number { digits: String::new(), ..setup.called }, complete: setup.sending_complete };
        call.enter(now, State::SetupSent { setup: Box::new(message), repeated: false }, &self.context);
        self.calls.insert(id, call);
        self.settle(now);
        Ok(id)
    }

    /// SETUP from the far end with a new call reference.
    pub(super) fn incoming_setup(&mut self, now: Instant, message: &Message) {
        let reference = message.reference.reply();
        let id = self.next_call();
        let services = services::read(message, self.context.variant.facility);
        let admitted = if services.clear { Err((CauseValue::FACILITY_REJECTED, Vec::new())) } else { self.admit(message, id) };
        let (bearer, channel) = match admitted {
            Ok(admitted) => admitted,
            Err((value, diagnostics)) => {
                self.context.stats.calls_refused += 1;
                let cause = self.context.cause(value).with_diagnostics(&diagnostics);
                tracing::warn!("q931[{} cr{reference}]: setup refused: {cause}", self.context.name);
                return self.context.refuse(reference, cause);
            }
        };
        self.context.stats.calls_incoming += 1;
        let mut call = new_call(now, self.context.addressing.serving, id, reference, channel);
        call.answers = services.answers;
        call.enter(now, State::Present, &self.context);
        self.calls.insert(id, call);
        let setup = Setup::from_message(message, &bearer, self.context.variant.facility);
        self.context.event(Event::Setup { call: id, channel, setup: Box::new(setup) });
    }

    /// What a SETUP must have for a call to begin, or the cause and diagnostics to refuse it with.
    fn admit(&mut self, message: &Message, id: CallId) -> Result<(BearerCapability, Channel), (CauseValue, Vec<u8>)> {
        if let Some(fault) = mandatory::check(message, self.context.side, false) {
            if fault.cause == CauseValue::MANDATORY_ELEMENT_MISSING {
                self.context.stats.elements_missing += 1;
            }
            return Err((fault.cause, fault.elements));
        }
        let bearer = message.first(|e| if let Element::BearerCapability(bearer) = e { Some(bearer.clone()) } else { None });
        let is_circuit = |b: &BearerCapability| b.coding == 0 && b.mode == 0 && b.rate == BearerCapability::RATE_64;
        let bearer = bearer.filter(is_circuit).ok_or((CauseValue::BEARER_NOT_IMPLEMENTED, Vec::new()))?;
        let named = message.first(|e| if let Element::ChannelIdentification(channel) = e { Some(channel) } else { None });
        let channel = self.choose_channel(named, id).map_err(|cause| (cause, Vec::new()))?;
        Ok((bearer, channel))
    }

    /// Claims a channel for the call `id`, which is coming in or is retrieved by the far end.
    pub(super) fn choose_channel(&mut self, named: Option<&ChannelIdentification>, id: CallId) -> Result<Channel, CauseValue> {
        let Some(named) = named else { return self.hunt_for(id) };
        if named.d_channel {
            return Err(CauseValue::CHANNEL_TYPE_NOT_IMPLEMENTED);
        }
        let channels = match named.selection {
            ChannelSelection::Any => return self.hunt_for(id),
            ChannelSelection::None => return Err(CauseValue::NO_CHANNEL_AVAILABLE),
            ChannelSelection::Numbers(_) | ChannelSelection::Map(_) => self.context.addressing.channels(named),
        };
        let channel = match channels.as_slice() {
            [channel] => *channel,
            [] => return Err(CauseValue::CHANNEL_DOES_NOT_EXIST),
            // More than one channel is a multi-rate call.
            [_, _, ..] => return Err(CauseValue::BEARER_NOT_IMPLEMENTED),
        };
        let obstacle = match self.context.channels.state(channel) {
            // Named by a far end that has not noticed yet.
            Some(_) if self.context.channels.is_line_down(channel) => CauseValue::REQUESTED_CHANNEL_NOT_AVAILABLE,
            // A call on a channel that never answered our RESTART shows that it works again.
            Some(ChannelState::Idle | ChannelState::OutOfService) => {
                self.context.channels.set(channel, ChannelState::InUse(id));
                return Ok(channel);
            }
            Some(ChannelState::InUse(other)) if self.gives_way(other) => {
                self.context.stats.glare += 1;
                if let Some(call) = self.calls.get_mut(&other) {
                    tracing::debug!("{}: channel {channel} lost to an incoming call", call.tag(&self.context));
                    call.channel = None;
                }
                self.context.channels.set(channel, ChannelState::InUse(id));
                return Ok(channel);
            }
            Some(ChannelState::InUse(other)) => {
                self.context.stats.glare += u64::from(self.awaits_response(other));
                CauseValue::REQUESTED_CHANNEL_NOT_AVAILABLE
            }
            Some(ChannelState::Restarting | ChannelState::Blocked) => CauseValue::REQUESTED_CHANNEL_NOT_AVAILABLE,
            None => CauseValue::CHANNEL_DOES_NOT_EXIST,
        };
        if named.exclusive { Err(obstacle) } else { self.hunt_for(id) }
    }

    fn hunt_for(&mut self, id: CallId) -> Result<Channel, CauseValue> {
        let channel = self.context.channels.hunt().ok_or(CauseValue::NO_CHANNEL_AVAILABLE)?;
        self.context.channels.claim(channel, id);
        Ok(channel)
    }

    /// Whether our call `other` leaves its channel to a call of the network that met it there (Q.931 5.7).
    fn gives_way(&self, other: CallId) -> bool {
        self.context.side == Side::User && self.awaits_response(other)
    }

    /// Whether its channel is one that this end asked for and the far end has not confirmed.
    fn awaits_response(&self, call: CallId) -> bool {
        self.calls
            .get(&call)
            .is_some_and(|call| matches!(call.state, State::SetupSent { .. }) || call.auxiliary == Auxiliary::RetrieveRequested)
    }

    fn next_call(&mut self) -> CallId {
        self.last_call = self.last_call.wrapping_add(1);
        while self.last_call == 0 || self.calls.contains_key(&CallId(self.last_call)) {
            self.last_call = self.last_call.wrapping_add(1);
        }
        CallId(self.last_call)
    }

    /// The next call reference value that no call of ours has.
    fn free_reference(&self) -> Option<CallReference> {
        let in_use = |value: u16| self.calls.values().any(|call| call.is_outgoing() && call.reference.value == value);
        let after = (1..=MAX_REFERENCE).map(|step| (self.last_reference.wrapping_add(step - 1) % MAX_REFERENCE) + 1);
        let value = after.into_iter().find(|value| !in_use(*value))?;
        Some(CallReference { value, to_origin: false, octets: self.context.variant.reference_octets })
    }
}

/// A call whose SETUP is on the D-channel of span `heard_on`.
fn new_call(now: Instant, heard_on: u8, id: CallId, reference: CallReference, channel: Channel) -> Call {
    Call {
        id,
        reference,
        channel: Some(channel),
        exclusive: false,
        state: State::Null,
        auxiliary: Auxiliary::Idle,
        dialled: Dialled::default(),
        timers: Timers::new(),
        enquiries: 0,
        heard: now,
        heard_on,
        answers: Vec::new(),
        farewell: None,
        told: false,
    }
}
