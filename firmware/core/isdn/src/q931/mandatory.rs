//! Which elements a message must have, and what is wrong with those it has (Q.931 3.1, 5.8.6, 5.8.7.1).
//!
//! Elements that are not mandatory are never a fault of the message: invalid ones are left out, unknown ones ignored.

use super::ie::{Element, id};
use super::{Message, MessageType};
use crate::Side;
use crate::cause::CauseValue;

/// What is wrong with a message, as the cause to answer with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// 96 or 100.
    pub(crate) cause: CauseValue,
    /// Identifiers of the elements concerned, for the diagnostics.
    pub(crate) elements: Vec<u8>,
}

/// Checks a message received by `side`. `first_clearing` says whether a RELEASE or RELEASE COMPLETE would be the first
/// clearing message of its call and so must have a cause (Q.931 tables 3-9 and 3-10).
pub(crate) fn check(message: &Message, side: Side, first_clearing: bool) -> Option<Fault> {
    let mandatory: &[u8] = match message.message_type {
        MessageType::Setup => match side {
            Side::User => &[id::BEARER_CAPABILITY, id::CHANNEL_IDENTIFICATION],
            Side::Network => &[id::BEARER_CAPABILITY],
        },
        MessageType::Progress => &[id::PROGRESS_INDICATOR],
        MessageType::Disconnect => &[id::CAUSE],
        MessageType::Release | MessageType::ReleaseComplete if first_clearing => &[id::CAUSE],
        MessageType::Status => &[id::CAUSE, id::CALL_STATE],
        MessageType::Restart | MessageType::RestartAcknowledge => &[id::RESTART_INDICATOR],
        MessageType::Notify => &[id::NOTIFICATION_INDICATOR],
        MessageType::Alerting
        | MessageType::CallProceeding
        | MessageType::Connect
        | MessageType::SetupAcknowledge
        | MessageType::ConnectAcknowledge
        | MessageType::UserInformation
        | MessageType::SuspendReject
        | MessageType::ResumeReject
        | MessageType::Hold
        | MessageType::Suspend
        | MessageType::Resume
        | MessageType::HoldAcknowledge
        | MessageType::SuspendAcknowledge
        | MessageType::ResumeAcknowledge
        | MessageType::HoldReject
        | MessageType::Retrieve
        | MessageType::RetrieveAcknowledge
        | MessageType::RetrieveReject
        | MessageType::Release
        | MessageType::ReleaseComplete
        | MessageType::Segment
        | MessageType::Facility
        | MessageType::Register
        | MessageType::StatusEnquiry
        | MessageType::CongestionControl
        | MessageType::Information
        | MessageType::Unknown(_) => &[],
    };
    let present = |wanted: u8| message.elements.iter().find(|element| element.codeset() == 0 && element.id() == wanted);
    let mut missing: Vec<u8> = mandatory.iter().copied().filter(|wanted| present(*wanted).is_none()).collect();
    let not_understood = |element: &&Element| matches!(element, Element::Unknown { .. }) && element.is_comprehension_required();
    missing.extend(message.elements.iter().filter(not_understood).map(Element::id));
    if !missing.is_empty() {
        return Some(Fault { cause: CauseValue::MANDATORY_ELEMENT_MISSING, elements: missing });
    }
    let is_malformed = |wanted: &u8| matches!(present(*wanted), Some(Element::Malformed { .. }));
    let invalid: Vec<u8> = mandatory.iter().copied().filter(is_malformed).collect();
    (!invalid.is_empty()).then_some(Fault { cause: CauseValue::INVALID_ELEMENT_CONTENTS, elements: invalid })
}
