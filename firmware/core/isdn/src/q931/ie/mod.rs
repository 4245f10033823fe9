//! Information elements (Q.931 4.5): bytes to a typed element that can always be emitted again, and back.
//!
//! Elements of codeset 0 that calls act on are typed; all others are kept as [`Element::Unknown`], and known ones whose
//! contents make no sense as [`Element::Malformed`]. Locking and non-locking shifts (Q.931 4.5.3, 4.5.4) are resolved
//! into the element's codeset; emitted elements of other codesets get a non-locking shift each.
//! Left out: repeat indicator (kept as unknown), subaddresses, keypad, facility, user-user (kept as unknown).

mod bearer;
mod channel;
mod party;
mod small;

pub use bearer::{BearerCapability, TransferCapability};
pub use channel::{ChannelIdentification, ChannelSelection};
pub use small::{CallStateValue, ProgressIndicator, RestartClass};

use crate::cause::Cause;
use crate::number::{CallingNumber, Number, Redirecting};

/// Identifiers of codeset 0 (Q.931 table 4-3).
pub mod id {
    /// Bearer capability (4.5.5).
    pub const BEARER_CAPABILITY: u8 = 0x04;
    /// Cause (4.5.12, Q.850).
    pub const CAUSE: u8 = 0x08;
    /// Call state (4.5.7).
    pub const CALL_STATE: u8 = 0x14;
    /// Channel identification (4.5.13).
    pub const CHANNEL_IDENTIFICATION: u8 = 0x18;
    /// Facility (Q.932).
    pub const FACILITY: u8 = 0x1c;
    /// Progress indicator (4.5.23).
    pub const PROGRESS_INDICATOR: u8 = 0x1e;
    /// Notification indicator (4.5.22).
    pub const NOTIFICATION_INDICATOR: u8 = 0x27;
    /// Display (4.5.16).
    pub const DISPLAY: u8 = 0x28;
    /// Connected number (Q.951-5).
    pub const CONNECTED_NUMBER: u8 = 0x4c;
    /// Calling party number (4.5.10).
    pub const CALLING_PARTY_NUMBER: u8 = 0x6c;
    /// Called party number (4.5.8).
    pub const CALLED_PARTY_NUMBER: u8 = 0x70;
    /// Redirecting number (4.6.7).
    pub const REDIRECTING_NUMBER: u8 = 0x74;
    /// Restart indicator (4.5.25).
    pub const RESTART_INDICATOR: u8 = 0x79;
    /// Low layer compatibility (4.5.19).
    pub const LOW_LAYER_COMPATIBILITY: u8 = 0x7c;
    /// High layer compatibility (4.5.17).
    pub const HIGH_LAYER_COMPATIBILITY: u8 = 0x7d;
    /// Sending complete (4.5.27), a single octet.
    pub const SENDING_COMPLETE: u8 = 0xa1;
}

/// Shift element: bits 8 to 5 are 1001 (Q.931 4.5.2).
const SHIFT: u8 = 0x90;
/// Bit 4 of a shift element: non-locking.
const SHIFT_NON_LOCKING: u8 = 0x08;

/// The contents of an element break its coding rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Invalid;

/// One information element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Element {
    /// Bearer capability.
    BearerCapability(BearerCapability),
    /// Cause.
    Cause(Cause),
    /// Call state.
    CallState(CallStateValue),
    /// Channel identification.
    ChannelIdentification(ChannelIdentification),
    /// Progress indicator.
    Progress(ProgressIndicator),
    /// Notification indicator: the description, 0 to 127.
    Notification(u8),
    /// Display: text for a human.
    Display(String),
    /// Connected number.
    ConnectedNumber(CallingNumber),
    /// Calling party number.
    CallingNumber(CallingNumber),
    /// Called party number.
    CalledNumber(Number),
    /// Redirecting number.
    RedirectingNumber(Redirecting),
    /// Restart indicator.
    RestartIndicator(RestartClass),
    /// High layer compatibility, not interpreted.
    HighLayerCompatibility(Vec<u8>),
    /// Sending complete.
    SendingComplete,
    /// An element that is not interpreted here.
    Unknown {
        /// 0 to 7.
        codeset: u8,
        /// Identifier; from 0x80 on the whole single octet element.
        id: u8,
        /// Contents, empty for a single octet element.
        bytes: Vec<u8>,
    },
    /// An element of codeset 0 that is interpreted here, but whose contents are invalid or cut short.
    Malformed {
        /// Identifier.
        id: u8,
        /// Contents as received.
        bytes: Vec<u8>,
    },
}

impl Element {
    /// The identifier octet.
    #[must_use]
    pub const fn id(&self) -> u8 {
        match self {
            Self::BearerCapability(_) => id::BEARER_CAPABILITY,
            Self::Cause(_) => id::CAUSE,
            Self::CallState(_) => id::CALL_STATE,
            Self::ChannelIdentification(_) => id::CHANNEL_IDENTIFICATION,
            Self::Progress(_) => id::PROGRESS_INDICATOR,
            Self::Notification(_) => id::NOTIFICATION_INDICATOR,
            Self::Display(_) => id::DISPLAY,
            Self::ConnectedNumber(_) => id::CONNECTED_NUMBER,
            Self::CallingNumber(_) => id::CALLING_PARTY_NUMBER,
            Self::CalledNumber(_) => id::CALLED_PARTY_NUMBER,
            Self::RedirectingNumber(_) => id::REDIRECTING_NUMBER,
            Self::RestartIndicator(_) => id::RESTART_INDICATOR,
            Self::HighLayerCompatibility(_) => id::HIGH_LAYER_COMPATIBILITY,
            Self::SendingComplete => id::SENDING_COMPLETE,
            Self::Unknown { id, .. } | Self::Malformed { id, .. } => *id,
        }
    }

    /// The codeset, 0 for all but some unknown elements.
    #[must_use]
    pub const fn codeset(&self) -> u8 {
        match self {
            Self::Unknown { codeset, .. } => *codeset & 7,
            Self::BearerCapability(_)
            | Self::Cause(_)
            | Self::CallState(_)
            | Self::ChannelIdentification(_)
            | Self::Progress(_)
            | Self::Notification(_)
            | Self::Display(_)
            | Self::ConnectedNumber(_)
            | Self::CallingNumber(_)
            | Self::CalledNumber(_)
            | Self::RedirectingNumber(_)
            | Self::RestartIndicator(_)
            | Self::HighLayerCompatibility(_)
            | Self::SendingComplete
            | Self::Malformed { .. } => 0,
        }
    }

    /// Whether a receiver that does not know the element must refuse the message (Q.931 table 4-3 note 5: codeset 0,
    /// identifiers 0000 xxxx).
    #[must_use]
    pub const fn is_comprehension_required(&self) -> bool {
        self.codeset() == 0 && self.id() & 0xf0 == 0
    }

    /// Place in a message: lower first.
    pub(crate) const fn rank(&self) -> (u8, u8) {
        let id = self.id();
        // A single octet element has no place of its own; sending complete stands first in Q.931 table 3-15.
        (self.codeset(), if id >= 0x80 { 0 } else { id })
    }

    /// Reads the contents of an element of codeset 0.
    fn decode(id: u8, bytes: &[u8]) -> Self {
        if bytes.len().saturating_add(2) > max_length(id) {
            return Self::Malformed { id, bytes: bytes.to_vec() };
        }
        let decoded = match id {
            id::BEARER_CAPABILITY => BearerCapability::decode(bytes).map(Self::BearerCapability),
            id::CAUSE => small::decode_cause(bytes).map(Self::Cause),
            id::CALL_STATE => CallStateValue::decode(bytes).map(Self::CallState),
            id::CHANNEL_IDENTIFICATION => ChannelIdentification::decode(bytes).map(Self::ChannelIdentification),
            id::PROGRESS_INDICATOR => ProgressIndicator::decode(bytes).map(Self::Progress),
            id::NOTIFICATION_INDICATOR => small::decode_notification(bytes).map(Self::Notification),
            id::DISPLAY => Ok(Self::Display(small::decode_display(bytes))),
            id::CONNECTED_NUMBER => party::decode_calling(bytes).map(Self::ConnectedNumber),
            id::CALLING_PARTY_NUMBER => party::decode_calling(bytes).map(Self::CallingNumber),
            id::CALLED_PARTY_NUMBER => party::decode_called(bytes).map(Self::CalledNumber),
            id::REDIRECTING_NUMBER => party::decode_redirecting(bytes).map(Self::RedirectingNumber),
            id::RESTART_INDICATOR => RestartClass::decode(bytes).map(Self::RestartIndicator),
            id::HIGH_LAYER_COMPATIBILITY => Ok(Self::HighLayerCompatibility(bytes.to_vec())),
            id::SENDING_COMPLETE => Ok(Self::SendingComplete),
            _ => Ok(Self::Unknown { codeset: 0, id, bytes: bytes.to_vec() }),
        };
        decoded.unwrap_or_else(|Invalid| Self::Malformed { id, bytes: bytes.to_vec() })
    }

    fn contents(&self) -> Vec<u8> {
        match self {
            Self::BearerCapability(bearer) => bearer.encode(),
            Self::Cause(cause) => small::encode_cause(cause),
            Self::CallState(state) => state.encode(),
            Self::ChannelIdentification(channel) => channel.encode(),
            Self::Progress(progress) => progress.encode(),
            Self::Notification(description) => vec![0x80 | description],
            Self::Display(text) => small::encode_display(text),
            Self::ConnectedNumber(number) | Self::CallingNumber(number) => party::encode_calling(number),
            Self::CalledNumber(number) => party::encode_called(number),
            Self::RedirectingNumber(number) => party::encode_redirecting(number),
            Self::RestartIndicator(class) => class.encode(),
            Self::SendingComplete => Vec::new(),
            Self::HighLayerCompatibility(bytes) | Self::Unknown { bytes, .. } | Self::Malformed { bytes, .. } => bytes.clone(),
        }
    }

    /// Appends the element, with a non-locking shift when it is not of codeset 0.
    pub(crate) fn emit(&self, bytes: &mut Vec<u8>) {
        let codeset = self.codeset();
        if codeset != 0 {
            bytes.push(SHIFT | SHIFT_NON_LOCKING | codeset);
        }
        bytes.push(self.id());
        if self.id() < 0x80 {
            let contents = self.contents();
            let length = u8::try_from(contents.len()).unwrap_or(u8::MAX);
            bytes.push(length);
            bytes.extend(contents.iter().take(usize::from(length)));
        }
    }
}

/// Maximum length with identifier and length octet (Q.931 4.5, EuroISDN); longer is a content error (Q.931 5.8.6.2).
/// Elements whose length depends on the network have no limit but that of the length octet.
const fn max_length(id: u8) -> usize {
    match id {
        id::BEARER_CAPABILITY => 13,
        id::CAUSE => 32,
        id::CALL_STATE | id::NOTIFICATION_INDICATOR | id::RESTART_INDICATOR => 3,
        id::PROGRESS_INDICATOR => 4,
        id::DISPLAY => 82,
        id::HIGH_LAYER_COMPATIBILITY => 5,
        _ => 257,
    }
}

/// Reads all elements of a message. An element that runs over the end is kept with what there is of it.
pub(crate) fn parse_all(bytes: &[u8]) -> Vec<Element> {
    let mut elements = Vec::new();
    let mut rest = bytes;
    let mut locked = 0;
    let mut next = None;
    while let Some((&id, after)) = rest.split_first() {
        rest = after;
        if id & 0xf0 == SHIFT {
            let codeset = id & 7;
            if id & SHIFT_NON_LOCKING != 0 {
                next = Some(codeset);
            } else if codeset > locked {
                // A shift to a lower codeset is not permitted and ignored (Q.931 4.5.3).
                locked = codeset;
            }
            continue;
        }
        let codeset = next.take().unwrap_or(locked);
        if id >= 0x80 {
            elements.push(element(codeset, id, &[]));
            continue;
        }
        let (length, after) = rest.split_first().map_or((0, rest), |(&length, after)| (usize::from(length), after));
        let truncated = rest.is_empty() || length > after.len();
        let (contents, after) = after.split_at(length.min(after.len()));
        rest = after;
        elements.push(match (truncated, codeset) {
            (true, 0) => Element::Malformed { id, bytes: contents.to_vec() },
            (true | false, _) => element(codeset, id, contents),
        });
    }
    elements
}

fn element(codeset: u8, id: u8, contents: &[u8]) -> Element {
    if codeset == 0 { Element::decode(id, contents) } else { Element::Unknown { codeset, id, bytes: contents.to_vec() } }
}
