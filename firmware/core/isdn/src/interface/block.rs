//! Channels out of use at this end, by its administrator or for a test, and at the far end, by SERVICE messages where the variant has them.
//!
//! A call that asks for a blocked channel is given another, or refused with cause 44 where it insists (Q.931 5.1.2, 5.2.3.1); RESTART of it
//! is acknowledged and changes nothing. The far end is told where it can be: it acknowledges, and what it has not acknowledged it is
//! told again when the link comes up and by the audit. A channel that is out of service at the far end is not taken for calls of this end, until
//! the far end gives it back or has a call on it. A call that is on it goes on.

use std::time::Instant;

use super::Interface;
use crate::channels::{Channel, ChannelState};
use crate::event::Event;
use crate::ie::ChannelIdentification;
use crate::q931::Maintenance;
use crate::q931::maintenance::{Service, ServiceType};

/// Why a channel was not blocked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotBlocked {
    /// The interface has no such B-channel.
    #[error("there is no channel {0}")]
    NoSuchChannel(Channel),
    /// A call has it.
    #[error("a call has channel {0}")]
    InUse(Channel),
    /// It is being restarted: whether the far end still has a call on it is not known.
    #[error("channel {0} is being restarted")]
    Restarting(Channel),
    /// It is blocked already.
    #[error("channel {0} is under test")]
    Blocked(Channel),
}

/// What the far end has been told of channels and has not acknowledged: channel, and whether it is in service.
#[derive(Debug, Default)]
pub(super) struct Unacknowledged(Vec<(Channel, bool)>);

impl Interface {
    /// Channels that the far end took out of service before this interface began, as whoever keeps that across a restart remembers it: it
    /// need not say so again.
    pub fn recall_out_at_far_end(&mut self, channels: impl IntoIterator<Item = Channel>) {
        for channel in channels {
            self.context.channels.set_far_end(channel, false);
        }
    }

    /// Takes a channel out of use that no call has.
    ///
    /// # Errors
    /// [`NotBlocked`]; nothing has changed then.
    pub fn block(&mut self, now: Instant, channel: impl Into<Channel>) -> Result<(), NotBlocked> {
        let channel = channel.into();
        match self.context.channels.state(channel) {
            Some(ChannelState::Idle | ChannelState::OutOfService) => {
                self.context.channels.set(channel, ChannelState::Blocked);
                self.tell(now, channel, false);
                Ok(())
            }
            Some(ChannelState::InUse(_)) => Err(NotBlocked::InUse(channel)),
            Some(ChannelState::Restarting) => Err(NotBlocked::Restarting(channel)),
            Some(ChannelState::Blocked) => Err(NotBlocked::Blocked(channel)),
            None => Err(NotBlocked::NoSuchChannel(channel)),
        }
    }

    /// Gives a blocked channel back; any other stays as it is.
    pub fn unblock(&mut self, now: Instant, channel: impl Into<Channel>) {
        let channel = channel.into();
        if self.context.channels.state(channel) == Some(ChannelState::Blocked) {
            self.context.channels.set(channel, ChannelState::Idle);
            self.tell(now, channel, true);
        }
    }

    /// Tells the far end of a channel, if the variant has words for it.
    fn tell(&mut self, now: Instant, channel: Channel, in_service: bool) {
        if let Some(dialect) = self.context.variant.maintenance {
            self.unacknowledged.0.retain(|(told, _)| *told != channel);
            self.unacknowledged.0.push((channel, in_service));
            self.send_service(now, &self.service_of(channel, in_service), dialect);
        }
    }

    /// Tells again what was not acknowledged.
    pub(super) fn tell_again(&mut self, now: Instant) {
        let Some(dialect) = self.context.variant.maintenance else { return };
        for (channel, in_service) in self.unacknowledged.0.clone() {
            self.send_service(now, &self.service_of(channel, in_service), dialect);
        }
    }

    /// A new link: the far end may have forgotten which channels are blocked.
    pub(super) fn tell_all_blocked(&mut self, now: Instant) {
        let blocked = self.channels().iter().filter(|channel| channel.state == ChannelState::Blocked);
        let blocked: Vec<Channel> = blocked.map(|status| status.channel).collect();
        self.unacknowledged.0.retain(|(channel, _)| !blocked.contains(channel));
        self.unacknowledged.0.extend(blocked.into_iter().map(|channel| (channel, false)));
        self.tell_again(now);
    }

    fn service_of(&self, channel: Channel, in_service: bool) -> Service {
        Service::of(self.context.addressing.name_now(channel, true), in_service)
    }

    fn send_service(&mut self, now: Instant, service: &Service, dialect: Maintenance) {
        // What waits for the link that takes over is told when it has.
        if !self.context.link_up || self.reinitialising {
            return;
        }
        match self.carry(now, service.emit(dialect)) {
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
        let channels = service.channel.as_ref().map(|named| self.context.addressing.channels(named)).unwrap_or_default();
        match service.service_type {
            ServiceType::Service => {
                for channel in channels {
                    self.far_end_says(channel, service.is_in_service());
                }
                self.send_service(now, &service.acknowledge(), dialect);
                self.far_end_says_of_d_channel(now, &service);
            }
            ServiceType::Acknowledge => {
                let told = |(channel, in_service): &(Channel, bool)| {
                    channels.contains(channel) && *in_service == service.is_in_service()
                };
                self.unacknowledged.0.retain(|one| !told(one));
            }
            ServiceType::Other(code) => {
                self.context.stats.unknown_messages += 1;
                tracing::warn!("q931[{}]: maintenance message {code:02x} is not known", self.context.name);
            }
        }
    }

    /// In a group the far end also says which D-channel it uses, when it takes one out of service or back: this end goes along.
    fn far_end_says_of_d_channel(&mut self, now: Instant, service: &Service) {
        let Some(interface) = service.channel.as_ref().and_then(|named| self.d_channel_named(named)) else { return };
        if !service.is_in_service() {
            tracing::info!("q931[{}]: D-channel {interface} is out of service at the far end", self.context.name);
            self.leave(now, interface);
        } else if self.d_channels.get(interface).is_some_and(|d_channel| d_channel.link.is_established()) {
            self.follow(now, interface);
        }
    }

    /// The span whose D-channel an element names: by the D-channel indicator, by no channel, or by its slot (Q.931 4.5.13).
    fn d_channel_named(&self, named: &ChannelIdentification) -> Option<u8> {
        let interface = self.context.addressing.interface(named);
        let slots = named.slots();
        let means_it = named.d_channel || slots.is_empty() || slots == [self.framing.d_channel()];
        (self.context.addressing.group && means_it && self.d_channels.get(interface).is_some()).then_some(interface)
    }

    fn far_end_says(&mut self, channel: Channel, in_service: bool) {
        if self.context.channels.set_far_end(channel, in_service) {
            tracing::info!(
                "q931[{}]: channel {channel} is {} at the far end",
                self.context.name,
                if in_service { "in service" } else { "out of service" }
            );
            self.context.event(Event::ChannelService { channel, in_service });
        }
    }
}
