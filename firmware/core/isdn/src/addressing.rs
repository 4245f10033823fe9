//! How a B-channel is named in a message: with or without its span (Q.931 4.5.13, octet 3.1).
//!
//! A channel without an interface identifier is on the span whose D-channel carries the message. Where one D-channel serves one span it is
//! never written, and not looked at when it comes. In a group every message of this end names the span until it is sent; only then is it known
//! which D-channel carries it, and the identifier is left out where it may be. What is echoed goes back as it came.

use crate::channels::Channel;
use crate::ie::{ChannelIdentification, Element};
use crate::q931::{Message, MessageType};

#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Addressing {
    /// Several spans share the D-channel.
    pub(crate) group: bool,
    /// The identifier is written also for channels of the span whose D-channel carries the message.
    pub(crate) always: bool,
    /// Span of the D-channel in service, or of the one that was last.
    pub(crate) serving: u8,
}

impl Addressing {
    /// The element for `channel`, to be shortened when it is sent.
    pub(crate) fn name(&self, channel: Channel, exclusive: bool) -> ChannelIdentification {
        let interface = self.group.then_some(channel.interface);
        ChannelIdentification { interface, ..ChannelIdentification::one(channel.slot, exclusive) }
    }

    /// The same as the D-channel in service carries it.
    pub(crate) fn name_now(&self, channel: Channel, exclusive: bool) -> ChannelIdentification {
        let mut named = self.name(channel, exclusive);
        self.shorten_one(&mut named);
        named
    }

    /// Which span a received element means.
    pub(crate) fn interface(&self, named: &ChannelIdentification) -> u8 {
        if self.group { named.interface.unwrap_or(self.serving) } else { 0 }
    }

    /// Which channels a received element means, ascending; none for "any" and "no channel".
    pub(crate) fn channels(&self, named: &ChannelIdentification) -> Vec<Channel> {
        let interface = self.interface(named);
        named.slots().into_iter().map(|slot| Channel { interface, slot }).collect()
    }

    /// The message as the D-channel in service carries it.
    pub(crate) fn shorten(&self, message: &Message) -> Message {
        let mut message = message.clone();
        if message.message_type == MessageType::RestartAcknowledge {
            return message;
        }
        for element in &mut message.elements {
            if let Element::ChannelIdentification(channel) = element {
                self.shorten_one(channel);
            }
        }
        message
    }

    fn shorten_one(&self, named: &mut ChannelIdentification) {
        if !self.always {
            named.interface = named.interface.filter(|interface| *interface != self.serving);
        }
    }
}
