//! Restart (Q.931 5.5): channels brought to idle by the far end's word, and by ours when a call ended without an answer.
//!
//! The global call reference carries one restart at a time; further channels wait. Left out: T317 (channels are restarted
//! at once, nothing is waited for) and the periodic restart of idle channels.

use std::time::Instant;

use super::{Interface, InterfaceTimer};
use crate::CallId;
use crate::cause::CauseValue;
use crate::channels::{Channel, ChannelState, ChannelStatus};
use crate::event::Who;
use crate::ie::{ChannelIdentification, Element, RestartClass};
use crate::q931::call::Ending;
use crate::q931::maintenance::channel_or_interface;
use crate::q931::{CallReference, Message, MessageType, Timer, mandatory};

/// N316: how often RESTART is sent before the channel is out of service (Q.931 5.5.1.2).
const MAX_RESTARTS: u8 = 2;

/// The restart that this end is waiting for.
#[derive(Debug, Default)]
pub(super) struct Restarts {
    /// Channel and how often RESTART was sent for it.
    current: Option<(Channel, u8)>,
}

impl Interface {
    /// RESTART from the far end (Q.931 5.5.2).
    pub(super) fn receive_restart(&mut self, message: &Message) {
        let reference = message.reference.reply();
        self.context.stats.restarts_received += 1;
        let Restart { class, named, channels } = match read_restart(message, self) {
            Ok(restart) => restart,
            Err((value, diagnostics)) => {
                let cause = self.context.cause(value).with_diagnostics(&diagnostics);
                return self.context.send_status(reference, cause, 0);
            }
        };
        for channel in channels {
            self.restart_channel(channel);
        }
        let acknowledge = Message::new(reference, MessageType::RestartAcknowledge)
            .with_all(named.map(Element::ChannelIdentification))
            .with(Element::RestartIndicator(class));
        self.context.send(acknowledge);
    }

    /// Clears the call on `channel` without a message and makes the channel idle.
    fn restart_channel(&mut self, channel: Channel) {
        match self.context.channels.state(channel) {
            Some(ChannelState::InUse(call)) => self.clear_for_restart(call),
            Some(ChannelState::Restarting | ChannelState::OutOfService) => {
                if self.restarts.current.is_some_and(|(current, _)| current == channel) {
                    self.stop_waiting();
                }
                self.context.channels.set(channel, ChannelState::Idle);
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
        let named = named_channels(message).map(|named| self.context.addressing.channels(&named));
        match self.restarts.current {
            // The channel may be left out of the answer: only one restart is under way.
            Some((channel, _)) if named.as_ref().is_none_or(|channels| channels.contains(&channel)) => {
                self.stop_waiting();
                self.context.channels.set(channel, ChannelState::Idle);
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
        let owed = |channel| self.calls.values().any(|call| call.told && call.channel == Some(channel));
        let waits = |status: &&ChannelStatus| status.state == ChannelState::Restarting && !owed(status.channel);
        let Some(channel) = self.channels().iter().find(waits).map(|status| status.channel) else { return false };
        self.send_restart(now, channel, 1);
        true
    }

    /// RESTART unanswered: once more, then the channel is out of service until the far end or a new link says otherwise.
    pub(super) fn t316_expired(&mut self, now: Instant) {
        let Some((channel, sent)) = self.restarts.current else { return };
        if sent < MAX_RESTARTS {
            return self.send_restart(now, channel, sent + 1);
        }
        tracing::warn!("q931[{}]: channel {channel} out of service, restart was not answered", self.context.name);
        self.stop_waiting();
        self.context.channels.set(channel, ChannelState::OutOfService);
    }

    /// A link that came up or was reset may have lost our RESTART, and its far end may answer now: begin again.
    pub(super) fn retry_restarts(&mut self) {
        self.stop_waiting();
        let broken = self.channels().iter().filter(|status| status.state == ChannelState::OutOfService);
        let broken: Vec<Channel> = broken.map(|status| status.channel).collect();
        for channel in broken {
            self.context.channels.set(channel, ChannelState::Restarting);
        }
    }

    /// Restarts channels on this end's own account (Q.931 5.5.1): calls on them end with cause 41, without a message of their own. A channel
    /// that is blocked, or is not there, is left alone.
    pub fn restart(&mut self, now: Instant, channels: &[Channel]) {
        for channel in channels {
            match self.context.channels.state(*channel) {
                Some(ChannelState::InUse(call)) => {
                    let cause = self.context.cause(CauseValue::TEMPORARY_FAILURE);
                    if let Some(call) = self.calls.get_mut(&call) {
                        call.finish_for_restart(Ending { cause, by: Who::Us }, &mut self.context);
                    }
                }
                Some(ChannelState::Idle | ChannelState::OutOfService) => {
                    self.context.channels.set(*channel, ChannelState::Restarting);
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

    fn send_restart(&mut self, now: Instant, channel: Channel, sent: u8) {
        self.restarts.current = Some((channel, sent));
        self.context.stats.restarts_sent += 1;
        self.timers.set(InterfaceTimer::T316, now + self.context.timers.get(Timer::T316));
        let restart = Message::new(CallReference::global(false), MessageType::Restart)
            .with(Element::ChannelIdentification(self.context.addressing.name(channel, true)))
            .with(Element::RestartIndicator(RestartClass::IndicatedChannels));
        self.context.send(restart);
    }
}

/// What a RESTART asks for.
struct Restart {
    class: RestartClass,
    /// The element as it came, for the answer.
    named: Option<ChannelIdentification>,
    /// Which channels that is.
    channels: Vec<Channel>,
}

fn named_channels(message: &Message) -> Option<ChannelIdentification> {
    message.first(|e| if let Element::ChannelIdentification(channel) = e { Some(channel.clone()) } else { None })
}

/// Class and channels of a RESTART (Q.931 4.5.25). Otherwise cause and diagnostics of the STATUS to answer with.
fn read_restart(message: &Message, interface: &mut Interface) -> Result<Restart, (CauseValue, Vec<u8>)> {
    if let Some(fault) = mandatory::check(message, interface.context.side, false) {
        interface.context.stats.elements_missing += 1;
        return Err((fault.cause, fault.elements));
    }
    let missing = |id: u8| (CauseValue::MANDATORY_ELEMENT_MISSING, vec![id]);
    let class = message.first(|e| if let Element::RestartIndicator(class) = e { Some(*class) } else { None });
    let class = class.ok_or_else(|| missing(crate::ie::id::RESTART_INDICATOR))?;
    let addressing = interface.context.addressing;
    let all = || interface.channels().iter().map(|status| status.channel);
    match class {
        // The element must not be there, and means nothing.
        RestartClass::AllInterfaces => Ok(Restart { class, named: None, channels: all().collect() }),
        // The span that it names, or else the one whose D-channel brought it.
        RestartClass::SingleInterface => {
            let named = message.first(channel_or_interface);
            let span = named.as_ref().map_or(addressing.serving, |named| addressing.interface(named));
            let channels: Vec<Channel> = all().filter(|channel| channel.interface == span).collect();
            if channels.is_empty() {
                return Err((CauseValue::CHANNEL_DOES_NOT_EXIST, vec![span]));
            }
            Ok(Restart { class, named, channels })
        }
        RestartClass::IndicatedChannels => {
            let named = named_channels(message).ok_or_else(|| missing(crate::ie::id::CHANNEL_IDENTIFICATION))?;
            let channels = addressing.channels(&named);
            match channels.iter().find(|channel| interface.context.channels.state(**channel).is_none()) {
                Some(channel) => Err((CauseValue::CHANNEL_DOES_NOT_EXIST, vec![channel.slot])),
                None => Ok(Restart { class, named: Some(named), channels }),
            }
        }
    }
}
