//! Services in Facility elements of calls: names and diversions that are read, and the answer to what is not known (Q.932 8.2, EN 300 196-1).
//!
//! What a SETUP asked for and this end does not know is answered with the first response, what a FACILITY did by a FACILITY. Left out: services
//! without a call (dummy call reference, REGISTER).

use std::time::Instant;

use super::call::Call;
use super::ie::Element;
use super::{Message, MessageType};
use crate::cause::CauseValue;
use crate::context::Context;
use crate::event::Event;
use crate::facility::{Dialect, Facility, NameKind, NamePresentation, Verdict};

/// What is to be done about the services of a message.
#[derive(Debug, Default)]
pub(crate) struct Services {
    /// Elements to answer with.
    pub(crate) answers: Vec<Element>,
    /// The far end would rather have no call than one without its service.
    pub(crate) clear: bool,
}

/// The Facility elements that can be read.
pub(crate) fn facilities(message: &Message) -> Vec<Facility> {
    let octets = |element: &Element| if let Element::Facility(octets) = element { Facility::parse(octets).ok() } else { None };
    message.elements.iter().filter_map(octets).collect()
}

pub(crate) fn read(message: &Message, dialect: Dialect) -> Services {
    let mut services = Services::default();
    for unrecognised in dialect.unrecognised(&facilities(message)) {
        match unrecognised.verdict {
            Verdict::Discard => {}
            Verdict::Reject(component) => {
                services.answers.extend(dialect.carry(component).map(|facility| Element::Facility(facility.emit())));
            }
            Verdict::ClearCall => services.clear = true,
        }
    }
    services
}

/// A name that may be shown.
pub(crate) fn shown_name(facilities: &[Facility], dialect: Dialect, kind: NameKind) -> Option<String> {
    let name = dialect.read_name(facilities, kind)?;
    (name.presentation == NamePresentation::Allowed && !name.text.is_empty()).then_some(name.text)
}

impl Call {
    /// FACILITY: names are told, what is not known is answered.
    pub(crate) fn receive_facility(&mut self, now: Instant, message: &Message, context: &mut Context) {
        if self.told {
            return;
        }
        let dialect = context.variant.facility;
        let found = facilities(message);
        for kind in [NameKind::Calling, NameKind::Called, NameKind::Connected, NameKind::Busy] {
            if let Some(name) = shown_name(&found, dialect, kind) {
                context.event(Event::Name { call: self.id, kind, name });
            }
        }
        let services = read(message, dialect);
        for answer in services.answers {
            context.send(self.message(MessageType::Facility).with(answer));
        }
        if services.clear {
            self.clear(now, context.cause(CauseValue::FACILITY_REJECTED), context);
        }
    }
}
