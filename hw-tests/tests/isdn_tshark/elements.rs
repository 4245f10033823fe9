//! Every element that can be put into a message, each in a message that may have it, in an I frame of its own.
//!
//! More than interfaces send today: what the codec emits is right before something is built on it. Left out, because tshark 4.0 reads them
//! otherwise than the standard: connected subaddress (Q.951-5), which it does not know; transit network selection (Q.931 4.5.29), in
//! which it expects a length octet that belongs to network specific facilities; a date without hour and minute.

use crate::tape::Tape;
use isdn::ie::{
    BearerCapability, CallStateValue, ChannelIdentification, ChannelSelection, DateTime, Element, NetworkIdentification,
    NetworkSpecificFacilities, RestartClass, Segmented, Subaddress, UserUser,
};
use isdn::q931::{CallReference, Message, MessageType};
use isdn::{
    CallingNumber, Cause, CauseValue, Location, Number, Presentation, ProgressIndicator, RedirectReason, Redirecting, Side,
    TransferCapability, q921,
};

/// A message of Q.931 clause 3 that may have the element.
const fn message_with(element: &Element) -> MessageType {
    match element {
        Element::BearerCapability(_)
        | Element::NetworkSpecific(_)
        | Element::Keypad(_)
        | Element::Signal(_)
        | Element::ReverseCharging(_)
        | Element::CallingNumber(_)
        | Element::CallingSubaddress(_)
        | Element::CalledNumber(_)
        | Element::CalledSubaddress(_)
        | Element::RedirectingNumber(_)
        | Element::TransitNetwork(_)
        | Element::LowLayerCompatibility(_)
        | Element::HighLayerCompatibility(_)
        | Element::RepeatIndicator(_)
        | Element::Unknown { .. }
        | Element::Malformed { .. }
        | Element::SendingComplete => MessageType::Setup,
        Element::Progress(_) | Element::RedirectionNumber(_) => MessageType::Alerting,
        Element::DateTime(_) | Element::ConnectedNumber(_) | Element::ConnectedSubaddress(_) => MessageType::Connect,
        Element::Cause(_) => MessageType::Disconnect,
        Element::CallState(_) => MessageType::Status,
        Element::CallIdentity(_) => MessageType::Suspend,
        Element::ChannelIdentification(_) | Element::RestartIndicator(_) => MessageType::Restart,
        Element::Facility(_) => MessageType::Facility,
        Element::Notification(_) => MessageType::Notify,
        Element::Display(_) => MessageType::Information,
        Element::UserUser(_) | Element::MoreData => MessageType::UserInformation,
        Element::CongestionLevel(_) => MessageType::CongestionControl,
        Element::Segmented(_) => MessageType::Segment,
    }
}

fn channels() -> impl Iterator<Item = Element> {
    let any = ChannelIdentification { selection: ChannelSelection::Any, ..ChannelIdentification::one(1, false) };
    let none = ChannelIdentification { selection: ChannelSelection::None, ..any };
    let e1_map = ChannelIdentification { selection: ChannelSelection::Map(vec![0, 0, 0, 2]), ..any };
    let t1_map = ChannelIdentification { selection: ChannelSelection::Map(vec![0x80, 0, 1]), ..any };
    let other_interface = ChannelIdentification { interface: Some(3), ..ChannelIdentification::one(31, true) };
    let d_channel = ChannelIdentification { d_channel: true, ..ChannelIdentification::one(16, true) };
    [any, none, e1_map, t1_map, other_interface, d_channel].into_iter().map(Element::ChannelIdentification)
}

fn small() -> Vec<Element> {
    let descriptions = [1, 2, 3, 4, 5, 8].map(|d| Element::Progress(ProgressIndicator::new(d, Location::PublicRemote)));
    let restarts = [RestartClass::IndicatedChannels, RestartClass::SingleInterface, RestartClass::AllInterfaces];
    let states = (0..=4).chain(6..=12).chain([15, 17, 19, 22, 25]).map(|state| Element::CallState(CallStateValue(state)));
    let signals = (0..=8).chain([0x3f, 0x40, 0x47, 0x4f]).map(Element::Signal);
    let mut elements: Vec<_> = descriptions.into_iter().chain(restarts.map(Element::RestartIndicator)).collect();
    elements.extend(states.chain(signals).chain([0, 1, 2].map(Element::Notification)));
    elements.extend([
        Element::MoreData,
        Element::SendingComplete,
        Element::CongestionLevel(0),
        Element::CongestionLevel(15),
        Element::RepeatIndicator(2),
        Element::ReverseCharging(1),
        Element::Display("Ada".to_owned()),
        Element::Keypad("*21#".to_owned()),
        Element::CallIdentity(vec![5]),
        Element::Segmented(Segmented { first: true, remaining: 0, message_type: MessageType::Setup.code() }),
        Element::DateTime(DateTime { year: 26, month: 11, day: 30, time: Some((13, 59)), second: None }),
        Element::DateTime(DateTime { year: 26, month: 11, day: 30, time: Some((13, 59)), second: Some(58) }),
    ]);
    elements
}

fn parties() -> Vec<Element> {
    let number = CallingNumber { number: Number::new("5551001"), ..CallingNumber::default() };
    let withheld =
        CallingNumber { number: Number::new(""), presentation: Presentation::NotAvailable, ..CallingNumber::default() };
    let subaddress = Subaddress { kind: Subaddress::NSAP, odd: true, octets: vec![0x50, b'1'] };
    let redirecting = |reason| Redirecting { number: Number::new("7"), reason, ..Redirecting::default() };
    let carrier = NetworkIdentification { kind: 2, plan: 1, digits: "288".to_owned() };
    let facility = NetworkSpecificFacilities { network: None, facility: vec![0xe4] };
    let mut elements = vec![
        Element::CalledNumber(Number::new("5551001")),
        Element::CallingNumber(number.clone()),
        Element::CallingNumber(withheld),
        Element::ConnectedNumber(number.clone()),
        Element::RedirectionNumber(number),
        Element::CallingSubaddress(subaddress.clone()),
        Element::CalledSubaddress(subaddress),
        Element::NetworkSpecific(NetworkSpecificFacilities { network: Some(carrier), ..facility.clone() }),
        Element::NetworkSpecific(facility),
        Element::UserUser(UserUser { protocol: UserUser::IA5, octets: b"hi".to_vec() }),
    ];
    let reasons = [
        RedirectReason::Unknown,
        RedirectReason::Busy,
        RedirectReason::NoReply,
        RedirectReason::Deflection,
        RedirectReason::OutOfOrder,
        RedirectReason::ByTerminal,
        RedirectReason::Unconditional,
    ];
    elements.extend(reasons.map(|reason| Element::RedirectingNumber(redirecting(reason))));
    elements
}

/// All of them.
pub fn all() -> Vec<Element> {
    let capabilities = [TransferCapability::Speech, TransferCapability::Audio31, TransferCapability::Video];
    let bearers = capabilities.map(|c| Element::BearerCapability(BearerCapability::circuit(c, None)));
    // Of the causes those with diagnostics: a message type, an element, a timer (Q.850 table 1).
    let causes = [(CauseValue::MESSAGE_TYPE_NOT_IMPLEMENTED, &[0x24][..]), (CauseValue::MANDATORY_ELEMENT_MISSING, &[0x18])];
    let causes = causes.map(|(value, octets)| Element::Cause(Cause::new(value, Location::User).with_diagnostics(octets)));
    let plain = (1..=127).map(CauseValue).filter(|value| value.name() != CauseValue(0).name());
    let plain = plain.map(|value| Element::Cause(Cause::new(value, Location::Transit)));
    let octets = vec![
        Element::LowLayerCompatibility(vec![0x80, 0x90, 0xa3]),
        Element::HighLayerCompatibility(vec![0x91, 0x81]),
        // A profile and no component: what facilities say is read elsewhere.
        Element::Facility(vec![0x91]),
    ];
    bearers.into_iter().chain(causes).chain(plain).chain(octets).chain(channels()).chain(small()).chain(parties()).collect()
}

/// Each in an I frame of the network.
pub fn on_tape(tape: &Tape) {
    for element in all() {
        let reference = match message_with(&element) {
            MessageType::Restart => CallReference::global(false),
            _ => CallReference { value: 1, to_origin: false, octets: 2 },
        };
        let info = Message::new(reference, message_with(&element)).with(element).emit();
        let frame = q921::Frame {
            address: q921::Address { sapi: 0, command_response: true, tei: 0 },
            body: q921::Body::Information { ns: 0, nr: 0, poll: false, info },
        };
        tape.keep(Side::Network, frame.emit());
    }
}
