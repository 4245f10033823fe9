//! Restart (Q.931 5.5): channels brought to idle by the far end's word, and by ours when a call ended without an answer.
//!
//! The global call reference carries one restart at a time; further channels wait. Left out: T317 (channels are restarted
//! at once, nothing is waited for) and the periodic restart of idle channels.

use std::time::Instant;

use super::{Interface, InterfaceTimer};
use crate::CallId;
use crate::cause::CauseValue;
use crate::channels::{ChannelState, ChannelStatus};
use crate::event::Who;
use crate::ie::{ChannelIdentification, Element, RestartClass};
use crate::q931::call::Ending;
use crate::q931::{CallReference, Message, MessageType, Timer, mandatory};

/// N316: how often RESTART is sent before the channel is out of service (Q.931 5.5.1.2).
const MAX_RESTARTS: u8 = 2;

/// The restart that this end is waiting for.
#[derive(Debug, Default)]
pub(super) struct Restarts {
    /// Channel and how often RESTART was sent for it.
    current: Option<(u8, u8)>,
}

impl Interface {
    /// RESTART from the far end (Q.931 5.5.2).
    pub(super) fn receive_restart(&mut self, message: &Message) {
        let reference = message.reference.reply();
        self.context.stats.restarts_received += 1;
        let (class, named) = match read_restart(message, self) {
            Ok(restart) => restart,
            Err((value, diagnostics)) => {
                let cause = self.context.cause(value).with_diagnostics(&diagnostics);
                return self.context.send_status(reference, cause, 0);
            }
        };
        let slots = match &named {
            Some(named) => named.slots(),
            None => self.channels().iter().map(|channel| channel.slot).collect(),
        };
        for slot in slots {
            self.restart_slot(slot);
        }
        let acknowledge = Message::new(reference, MessageType::RestartAcknowledge)
            .with_all(named.map(Element::ChannelIdentification))
            .with(Element::RestartIndicator(class));
        self.context.send(acknowledge);
    }

    /// Clears the call on `slot` without a message and makes the channel idle.
    fn restart_slot(&mut self, slot: u8) {
        match self.context.channels.state(slot) {
            Some(ChannelState::InUse(call)) => self.clear_for_restart(call),
            Some(ChannelState::Restarting | ChannelState::OutOfService) => {
                if self.restarts.current.is_some_and(|(current, _)| current == slot) {
                    self.stop_waiting();
                }
                self.context.channels.set(slot, ChannelState::Idle);
            }
            Some(ChannelState::Idle | ChannelState::Blocked) | None => {}
        }
    }

    fn clear_for_restart(&mut self, id: CallId) {
        let cause = self.context.cause(CauseValue::TEMPORARY_FAILURE);
        if let Some(call) = self.calls.get_mut(&id) {
            call.finish(Ending { cause, by: Who::Peer }, &mut self.context);
        }
    }

    /// RESTART ACKNOWLEDGE for our RESTART (Q.931 5.5.1.1).
    pub(super) fn receive_restart_acknowledge(&mut self, message: &Message) {
        let named = message.first(|e| if let Element::ChannelIdentification(channel) = e { Some(channel.slots()) } else { None });
        match self.restarts.current {
            // The channel may be left out of the answer: only one restart is under way.
            Some((slot, _)) if named.as_ref().is_none_or(|slots| slots.contains(&slot)) => {
                self.stop_waiting();
                self.context.channels.set(slot, ChannelState::Idle);
            }
            Some(_) | None => {
                self.context.stats.unexpected_messages += 1;
                tracing::warn!("q931[{}]: restart acknowledge for {named:?} nobody waits for", self.context.name);
            }
        }
    }

    /// Begins the next restart if none is under way; says whether there is a message to send.
    pub(super) fn restart_channels(&mut self, now: Instant) -> bool {
        if self.restarts.current.is_some() || !self.context.link_up {
            return false;
        }
        // A call that still owes its RELEASE will free the channel by that.
        let owed = |slot: u8| self.calls.values().any(|call| call.told && call.channel == Some(slot));
        let waits = |channel: &&ChannelStatus| channel.state == ChannelState::Restarting && !owed(channel.slot);
        let Some(slot) = self.channels().iter().find(waits).map(|channel| channel.slot) else { return false };
        self.send_restart(now, slot, 1);
        true
    }

    /// RESTART unanswered: once more, then the channel is out of service until the far end or a new link says otherwise.
    pub(super) fn t316_expired(&mut self, now: Instant) {
        let Some((slot, sent)) = self.restarts.current else { return };
        if sent < MAX_RESTARTS {
            return self.send_restart(now, slot, sent + 1);
        }
        tracing::warn!("q931[{}]: channel {slot} out of service, restart was not answered", self.context.name);
        self.stop_waiting();
        self.context.channels.set(slot, ChannelState::OutOfService);
    }

    /// A link that came up or was reset may have lost our RESTART, and its far end may answer now: begin again.
    pub(super) fn retry_restarts(&mut self) {
        self.stop_waiting();
        let broken: Vec<u8> = self.channels().iter().filter(|c| c.state == ChannelState::OutOfService).map(|c| c.slot).collect();
        for slot in broken {
            self.context.channels.set(slot, ChannelState::Restarting);
        }
    }

    /// Restarts channels on this end's own account (Q.931 5.5.1): calls on them end with cause 41, without a message of their own. A channel
    /// that is blocked, or is not there, is left alone.
    pub fn restart(&mut self, now: Instant, slots: &[u8]) {
        for slot in slots {
            match self.context.channels.state(*slot) {
                Some(ChannelState::InUse(call)) => {
                    let cause = self.context.cause(CauseValue::TEMPORARY_FAILURE);
                    if let Some(call) = self.calls.get_mut(&call) {
                        call.finish_for_restart(Ending { cause, by: Who::Us }, &mut self.context);
                    }
                }
                Some(ChannelState::Idle | ChannelState::OutOfService) => {
                    self.context.channels.set(*slot, ChannelState::Restarting);
                }
                Some(ChannelState::Restarting | ChannelState::Blocked) | None => {}
            }
        }
        self.settle(now);
    }

    /// Whether a RESTART waits for its answer.
    pub(super) const fn is_restarting(&self) -> bool {
        self.restarts.current.is_some()
    }

    fn stop_waiting(&mut self) {
        self.restarts.current = None;
        self.timers.stop(InterfaceTimer::T316);
    }

    fn send_restart(&mut self, now: Instant, slot: u8, sent: u8) {
        self.restarts.current = Some((slot, sent));
        self.context.stats.restarts_sent += 1;
        self.timers.set(InterfaceTimer::T316, now + self.context.timers.get(Timer::T316));
        let restart = Message::new(CallReference::global(false), MessageType::Restart)
            .with(Element::ChannelIdentification(ChannelIdentification::one(slot, true)))
            .with(Element::RestartIndicator(RestartClass::IndicatedChannels));
        self.context.send(restart);
    }
}

type Restart = (RestartClass, Option<ChannelIdentification>);

/// Class and channels of a RESTART; no channels means all. Otherwise cause and diagnostics of the STATUS to answer with.
fn read_restart(message: &Message, interface: &mut Interface) -> Result<Restart, (CauseValue, Vec<u8>)> {
    if let Some(fault) = mandatory::check(message, interface.context.side, false) {
        interface.context.stats.elements_missing += 1;
        return Err((fault.cause, fault.elements));
    }
    let missing = |id: u8| (CauseValue::MANDATORY_ELEMENT_MISSING, vec![id]);
    let class = message.first(|e| if let Element::RestartIndicator(class) = e { Some(*class) } else { None });
    let class = class.ok_or_else(|| missing(crate::ie::id::RESTART_INDICATOR))?;
    let named = message.first(|e| if let Element::ChannelIdentification(channel) = e { Some(channel.clone()) } else { None });
    match class {
        RestartClass::SingleInterface | RestartClass::AllInterfaces => Ok((class, None)),
        RestartClass::IndicatedChannels => {
            let named = named.ok_or_else(|| missing(crate::ie::id::CHANNEL_IDENTIFICATION))?;
            let unknown = named.slots().into_iter().find(|slot| interface.context.channels.state(*slot).is_none());
            match unknown {
                Some(slot) => Err((CauseValue::CHANNEL_DOES_NOT_EXIST, vec![slot])),
                None => Ok((class, Some(named))),
            }
        }
    }
}
