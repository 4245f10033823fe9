//! Channels out of use at this end, by its administrator or for a test, and at the far end, by SERVICE messages where the variant has them.
//!
//! A call that asks for a blocked channel is given another, or refused with cause 44 where it insists (Q.931 5.1.2, 5.2.3.1); RESTART of it
//! is acknowledged and changes nothing. The far end is told where it can be: it acknowledges, and what it has not acknowledged it is
//! told again when the link comes up and by the audit. A channel that is out of service at the far end is not taken for calls of this end, until
//! the far end gives it back or has a call on it. A call that is on it goes on.

use std::time::Instant;

use super::Interface;
use crate::channels::ChannelState;
use crate::event::Event;
use crate::q931::Maintenance;
use crate::q931::maintenance::{Service, ServiceType};

/// Why a channel was not blocked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotBlocked {
    /// The interface has no such B-channel.
    #[error("there is no channel {0}")]
    NoSuchChannel(u8),
    /// A call has it.
    #[error("a call has channel {0}")]
    InUse(u8),
    /// It is being restarted: whether the far end still has a call on it is not known.
    #[error("channel {0} is being restarted")]
    Restarting(u8),
    /// It is blocked already.
    #[error("channel {0} is under test")]
    Blocked(u8),
}

/// What the far end has been told of channels and has not acknowledged: channel, and whether it is in service.
#[derive(Debug, Default)]
pub(super) struct Unacknowledged(Vec<(u8, bool)>);

impl Interface {
    /// Takes a channel out of use that no call has.
    ///
    /// # Errors
    /// [`NotBlocked`]; nothing has changed then.
    pub fn block(&mut self, now: Instant, slot: u8) -> Result<(), NotBlocked> {
        match self.context.channels.state(slot) {
            Some(ChannelState::Idle | ChannelState::OutOfService) => {
                self.context.channels.set(slot, ChannelState::Blocked);
                self.tell(now, slot, false);
                Ok(())
            }
            Some(ChannelState::InUse(_)) => Err(NotBlocked::InUse(slot)),
            Some(ChannelState::Restarting) => Err(NotBlocked::Restarting(slot)),
            Some(ChannelState::Blocked) => Err(NotBlocked::Blocked(slot)),
            None => Err(NotBlocked::NoSuchChannel(slot)),
        }
    }

    /// Gives a blocked channel back; any other stays as it is.
    pub fn unblock(&mut self, now: Instant, slot: u8) {
        if self.context.channels.state(slot) == Some(ChannelState::Blocked) {
            self.context.channels.set(slot, ChannelState::Idle);
            self.tell(now, slot, true);
        }
    }

    /// Tells the far end of a channel, if the variant has words for it.
    fn tell(&mut self, now: Instant, slot: u8, in_service: bool) {
        if let Some(dialect) = self.context.variant.maintenance {
            self.unacknowledged.0.retain(|(told, _)| *told != slot);
            self.unacknowledged.0.push((slot, in_service));
            self.send_service(now, &Service::channel(slot, in_service), dialect);
        }
    }

    /// Tells again what was not acknowledged.
    pub(super) fn tell_again(&mut self, now: Instant) {
        let Some(dialect) = self.context.variant.maintenance else { return };
        for (slot, in_service) in self.unacknowledged.0.clone() {
            self.send_service(now, &Service::channel(slot, in_service), dialect);
        }
    }

    /// A new link: the far end may have forgotten which channels are blocked.
    pub(super) fn tell_all_blocked(&mut self, now: Instant) {
        let blocked = self.channels().iter().filter(|channel| channel.state == ChannelState::Blocked);
        let slots: Vec<u8> = blocked.map(|channel| channel.slot).collect();
        self.unacknowledged.0.retain(|(slot, _)| !slots.contains(slot));
        self.unacknowledged.0.extend(slots.into_iter().map(|slot| (slot, false)));
        self.tell_again(now);
    }

    fn send_service(&mut self, now: Instant, service: &Service, dialect: Maintenance) {
        if !self.context.link_up {
            return;
        }
        match self.link.data(now, service.emit(dialect)) {
            Ok(()) => self.context.stats.messages_sent += 1,
            Err(reason) => {
                self.context.stats.messages_not_sent += 1;
                tracing::warn!("q931[{}]: SERVICE not sent: {reason}", self.context.name);
            }
        }
    }

    /// A message with the discriminator of maintenance.
    pub(super) fn receive_service(&mut self, now: Instant, bytes: &[u8]) {
        let Some(dialect) = self.context.variant.maintenance else {
            // Another protocol's, to be ignored (Q.931 5.8.1).
            self.context.stats.malformed += 1;
            return tracing::warn!("q931[{}]: SERVICE, which {} has not", self.context.name, self.context.variant.name);
        };
        let service = match Service::parse(bytes, dialect) {
            Ok(service) => service,
            Err(malformed) => {
                self.context.stats.malformed += 1;
                return tracing::warn!("q931[{}]: malformed SERVICE: {malformed}", self.context.name);
            }
        };
        let slots = service.channel.as_ref().map(|channel| channel.slots()).unwrap_or_default();
        match service.service_type {
            ServiceType::Service => {
                for slot in &slots {
                    self.far_end_says(*slot, service.is_in_service());
                }
                self.send_service(now, &service.acknowledge(), dialect);
            }
            ServiceType::Acknowledge => {
                let told = |(slot, in_service): &(u8, bool)| slots.contains(slot) && *in_service == service.is_in_service();
                self.unacknowledged.0.retain(|one| !told(one));
            }
            ServiceType::Other(code) => {
                self.context.stats.unknown_messages += 1;
                tracing::warn!("q931[{}]: maintenance message {code:02x} is not known", self.context.name);
            }
        }
    }

    fn far_end_says(&mut self, slot: u8, in_service: bool) {
        if self.context.channels.set_far_end(slot, in_service) {
            tracing::info!(
                "q931[{}]: channel {slot} is {} at the far end",
                self.context.name,
                if in_service { "in service" } else { "out of service" }
            );
            self.context.event(Event::ChannelService { channel: slot, in_service });
        }
    }
}
