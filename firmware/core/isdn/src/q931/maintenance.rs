//! SERVICE and SERVICE ACKNOWLEDGE: a channel is taken out of service, or given back (ANSI T1.607, as AT&T and National ISDN have it).
//!
//! They are messages of another protocol on the same link: the discriminator is not call control's, the rest is built alike, and which
//! message type means what depends on the discriminator ([`Maintenance`]). Left out: loop back and continuity check, which are read as
//! what they are to calls: the channel cannot be used.
//!
//! A channel identification that ends before its channel (`A9`, or `E9 8n` of a group's span n) names the whole interface, or its D-channel:
//! gateways of other makers send it so. No public document says how the exchanges do.

use super::ie::{ChannelIdentification, Element, id};
use super::message::PROTOCOL_DISCRIMINATOR;
use super::{CallReference, Maintenance, Malformed, Message, MessageType};

/// Change status element.
const CHANGE_STATUS: u8 = 0x01;
/// Change status: the extension bit, and preference "channel".
const CHANNEL_STATUS: u8 = 0xc0;
/// Change status: the channel carries calls.
const IN_SERVICE: u8 = 0;
/// Change status: it does not.
const OUT_OF_SERVICE: u8 = 2;

/// The discriminators of maintenance.
pub(crate) const DISCRIMINATORS: [u8; 2] = [0x03, 0x43];

/// What a maintenance message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ServiceType {
    /// A status is told.
    Service,
    /// It was taken note of.
    Acknowledge,
    /// Neither, in this dialect.
    Other(u8),
}

/// A maintenance message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// The global call reference.
    pub reference: CallReference,
    /// Which message.
    pub service_type: ServiceType,
    /// Status, 0 to 63: 0 in service, 1 loop back, 2 out of service; `None` when it was not said.
    pub status: Option<u8>,
    /// Which channel; without a channel number the whole interface or its D-channel; `None` when it was not said or cannot be read.
    pub channel: Option<ChannelIdentification>,
}

/// A channel identification where it may end before its channel: in maintenance messages, and in RESTART of a whole span.
pub(crate) fn channel_or_interface(element: &Element) -> Option<ChannelIdentification> {
    if let Element::ChannelIdentification(channel) = element {
        return Some(channel.clone());
    }
    let Element::Malformed { id: id::CHANNEL_IDENTIFICATION, bytes } = element else { return None };
    ChannelIdentification::decode_without_channel(bytes)
}

impl Service {
    /// SERVICE for one channel.
    #[must_use]
    pub fn channel(slot: u8, in_service: bool) -> Self {
        Self::of(ChannelIdentification::one(slot, true), in_service)
    }

    /// SERVICE for what the element names.
    #[must_use]
    pub const fn of(channel: ChannelIdentification, in_service: bool) -> Self {
        Self {
            reference: CallReference::global(false),
            service_type: ServiceType::Service,
            status: Some(if in_service { IN_SERVICE } else { OUT_OF_SERVICE }),
            channel: Some(channel),
        }
    }

    /// The answer: the same, acknowledged.
    #[must_use]
    pub fn acknowledge(&self) -> Self {
        Self { reference: self.reference.reply(), service_type: ServiceType::Acknowledge, ..self.clone() }
    }

    /// Whether calls may use the channel.
    #[must_use]
    pub fn is_in_service(&self) -> bool {
        self.status == Some(IN_SERVICE)
    }

    /// Reads a message of the discriminator that `dialect` has.
    ///
    /// # Errors
    /// [`Malformed`] when it is another protocol's or too short; nothing panics.
    pub fn parse(bytes: &[u8], dialect: Maintenance) -> Result<Self, Malformed> {
        let (&discriminator, rest) = bytes.split_first().ok_or(Malformed::Short { octets: 0 })?;
        if discriminator != dialect.discriminator {
            return Err(Malformed::Discriminator(discriminator));
        }
        let mut as_call_control = vec![PROTOCOL_DISCRIMINATOR];
        as_call_control.extend(rest);
        let message = Message::parse(&as_call_control)?;
        let code = message.message_type.code();
        let service_type = if code == dialect.service {
            ServiceType::Service
        } else if code == dialect.acknowledge {
            ServiceType::Acknowledge
        } else {
            ServiceType::Other(code)
        };
        let status = message.first(|element| {
            let Element::Unknown { codeset: 0, id: CHANGE_STATUS, bytes } = element else { return None };
            bytes.first().map(|octet| octet & 0x3f)
        });
        let channel = message.first(channel_or_interface);
        Ok(Self { reference: message.reference, service_type, status, channel })
    }

    /// The message as bytes.
    #[must_use]
    pub fn emit(&self, dialect: Maintenance) -> Vec<u8> {
        let code = match self.service_type {
            ServiceType::Service => dialect.service,
            ServiceType::Acknowledge => dialect.acknowledge,
            ServiceType::Other(code) => code,
        };
        let status = |status: u8| Element::Unknown { codeset: 0, id: CHANGE_STATUS, bytes: vec![CHANNEL_STATUS | status & 0x3f] };
        let message = Message::new(self.reference, MessageType::from_code(code))
            .with_all(self.status.map(status))
            .with_all(self.channel.clone().map(Element::ChannelIdentification));
        let mut bytes = message.emit();
        if let Some(first) = bytes.first_mut() {
            *first = dialect.discriminator;
        }
        bytes
    }
}
