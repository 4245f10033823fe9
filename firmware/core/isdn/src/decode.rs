//! One line of text for any LAPD frame: what ladders, traces and status pages show.
//!
//! Not a decoder: what it leaves out is in the capture.

use std::fmt::Write as _;

use crate::ie::{ChannelIdentification, ChannelSelection, Element};
use crate::q921::{Body, Frame, SAPI_CALL_CONTROL, TEI_PRIMARY_RATE};
use crate::q931::Message;

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
        Err(malformed) => return format!("? {malformed}: {bytes:02x?}"),
    };
    let mut text = format!("{} cr={}", message.message_type, message.reference);
    for element in &message.elements {
        let _ = write!(text, "{}", describe_element(element));
    }
    text
}

/// Nothing for elements that are the same in every call, ` name=value` for the others.
fn describe_element(element: &Element) -> String {
    match element {
        Element::BearerCapability(_) | Element::SendingComplete | Element::HighLayerCompatibility(_) => String::new(),
        Element::Cause(cause) => format!(" cause={}", cause.value.0),
        Element::CallState(state) => format!(" state={}", state.0),
        Element::ChannelIdentification(channel) => describe_channel(channel),
        Element::Progress(progress) => format!(" progress={}", progress.description),
        Element::Notification(description) => format!(" notification={description}"),
        Element::Display(text) => format!(" display={text:?}"),
        Element::ConnectedNumber(connected) => format!(" connected={}", connected.number.digits),
        Element::CallingNumber(calling) => format!(" calling={}", calling.number.digits),
        Element::CalledNumber(called) => format!(" called={}", called.digits),
        Element::RedirectingNumber(redirecting) => format!(" redirecting={}", redirecting.number.digits),
        Element::RestartIndicator(class) => format!(" restart={class:?}"),
        Element::Unknown { codeset: 0, id, .. } => format!(" ie={id:02x}"),
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
    format!(" channel={which}{}", if channel.exclusive { " excl" } else { "" })
}
