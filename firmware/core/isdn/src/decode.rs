//! One line of text for any LAPD frame: what ladders, traces and status pages show.
//!
//! Not a decoder: what it leaves out is in the capture.

use std::fmt::Write as _;

use crate::ie::{self, ChannelIdentification, ChannelSelection, Element};
use crate::q921::{Body, Frame, SAPI_CALL_CONTROL, TEI_PRIMARY_RATE};
use crate::q931::maintenance::{Service, ServiceType};
use crate::q931::{Malformed, Message, VARIANTS};

/// The frame in words: `SABME p=1`, `RR n(r)=1`, `I n(s)=0 n(r)=0 SETUP cr=1 channel=1 excl called=5551001`.
///
/// A call reference with `'` goes to the side that allocated it. Never panics; bytes that are no frame are shown in hex.
#[must_use]
pub fn describe(bytes: &[u8]) -> String {
    let frame = match Frame::parse(bytes) {
        Ok(frame) => frame,
        Err(malformed) => return format!("? {malformed}: {bytes:02x?}"),
    };
    let mut text = frame.to_string();
    if frame.address.sapi != SAPI_CALL_CONTROL || frame.address.tei != TEI_PRIMARY_RATE {
        let _ = write!(text, " sapi={} tei={}", frame.address.sapi, frame.address.tei);
    }
    match &frame.body {
        Body::Information { info, .. } => {
            let _ = write!(text, " {}", describe_message(info));
        }
        Body::Unnumbered { info, .. } if !info.is_empty() => {
            let _ = write!(text, " {info:02x?}");
        }
        Body::Unnumbered { .. } | Body::Supervisory { .. } => {}
    }
    text
}

/// A layer 3 message in words. Never panics.
#[must_use]
pub fn describe_message(bytes: &[u8]) -> String {
    let message = match Message::parse(bytes) {
        Ok(message) => message,
        Err(Malformed::Discriminator(discriminator)) => {
            let dialect = VARIANTS.iter().filter_map(|row| row.maintenance).find(|one| one.discriminator == discriminator);
            let service = dialect.and_then(|dialect| Service::parse(bytes, dialect).ok());
            return service
                .map_or_else(|| format!("? discriminator {discriminator:02x}: {bytes:02x?}"), |one| describe_service(&one));
        }
        Err(malformed) => return format!("? {malformed}: {bytes:02x?}"),
    };
    let mut text = format!("{} cr={}", message.message_type, message.reference);
    for element in &message.elements {
        let _ = write!(text, "{}", describe_element(element));
    }
    text
}

fn describe_service(service: &Service) -> String {
    let name = match service.service_type {
        ServiceType::Service => "SERVICE".to_owned(),
        ServiceType::Acknowledge => "SERVICE ACKNOWLEDGE".to_owned(),
        ServiceType::Other(code) => format!("MAINTENANCE {code:02x}"),
    };
    let status = service.status.map(|status| format!(" status={status}")).unwrap_or_default();
    let channel = service.channel.as_ref().map(describe_channel).unwrap_or_default();
    format!("{name} cr={}{status}{channel}", service.reference)
}

/// Nothing for elements that are the same in every call, ` name=value` for the others.
fn describe_element(element: &Element) -> String {
    match element {
        Element::BearerCapability(_)
        | Element::SendingComplete
        | Element::HighLayerCompatibility(_)
        | Element::LowLayerCompatibility(_) => String::new(),
        Element::Segmented(part) => format!(" segment={}{}", if part.first { "first+" } else { "" }, part.remaining),
        Element::Cause(cause) => format!(" cause={}", cause.value.0),
        Element::CallIdentity(identity) => format!(" identity={identity:02x?}"),
        Element::CallState(state) => format!(" state={}", state.0),
        Element::ChannelIdentification(channel) => describe_channel(channel),
        Element::Facility(facility) => format!(" facility={facility:02x?}"),
        Element::Progress(progress) => format!(" progress={}", progress.description),
        Element::NetworkSpecific(facilities) => format!(" network-specific={:02x?}", facilities.facility),
        Element::Notification(description) => format!(" notification={description}"),
        Element::Display(text) => format!(" display={text:?}"),
        Element::DateTime(time) => format!(" date={:02}-{:02}-{:02}", time.year, time.month, time.day),
        Element::Keypad(digits) => format!(" keypad={digits}"),
        Element::Signal(signal) => format!(" signal={signal}"),
        Element::ReverseCharging(indication) => format!(" reverse-charging={indication}"),
        Element::ConnectedNumber(connected) => format!(" connected={}", connected.number.digits),
        Element::ConnectedSubaddress(sub) => format!(" connected-subaddress={:02x?}", sub.octets),
        Element::CallingNumber(calling) => format!(" calling={}", calling.number.digits),
        Element::CallingSubaddress(sub) => format!(" calling-subaddress={:02x?}", sub.octets),
        Element::CalledNumber(called) => format!(" called={}", called.digits),
        Element::CalledSubaddress(sub) => format!(" called-subaddress={:02x?}", sub.octets),
        Element::RedirectingNumber(redirecting) => format!(" redirecting={}", redirecting.number.digits),
        Element::RedirectionNumber(redirection) => format!(" redirection={}", redirection.number.digits),
        Element::TransitNetwork(network) => format!(" transit-network={}", network.digits),
        Element::RestartIndicator(class) => format!(" restart={class:?}"),
        Element::UserUser(user) => format!(" user-user={:02x?}", user.octets),
        Element::MoreData => " more-data".to_owned(),
        Element::CongestionLevel(level) => format!(" congestion={level}"),
        Element::RepeatIndicator(what) => format!(" repeat={what}"),
        Element::Unknown { codeset: 0, id, bytes } => match ie::id::name_of_opaque(*id) {
            Some(name) => format!(" {name}={bytes:02x?}"),
            None => format!(" ie={id:02x}"),
        },
        Element::Unknown { codeset, id, .. } => format!(" ie={codeset}/{id:02x}"),
        Element::Malformed { id, bytes } => format!(" malformed={id:02x}{bytes:02x?}"),
    }
}

fn describe_channel(channel: &ChannelIdentification) -> String {
    let which = match &channel.selection {
        ChannelSelection::None => "none".to_owned(),
        ChannelSelection::Any => "any".to_owned(),
        ChannelSelection::Numbers(_) | ChannelSelection::Map(_) => {
            channel.slots().iter().map(u8::to_string).collect::<Vec<_>>().join(",")
        }
    };
    let interface = channel.interface.map(|interface| format!("{interface}/")).unwrap_or_default();
    format!(" channel={interface}{which}{}", if channel.exclusive { " excl" } else { "" })
}
