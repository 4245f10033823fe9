//! Information elements (Q.931 4.5): bytes to a typed element that can always be emitted again, and back.
//!
//! Elements of codeset 0 that calls act on are typed; all others are kept as [`Element::Unknown`], and known ones whose
//! contents make no sense as [`Element::Malformed`]. Locking and non-locking shifts (Q.931 4.5.3, 4.5.4) are resolved
//! into the element's codeset; emitted elements of other codesets get a non-locking shift each.
//! Left out: what facilities say (Q.932, see their own module), packet mode: both are kept as octets.

mod bearer;
mod channel;
mod network;
mod party;
mod small;
mod subaddress;

pub use bearer::{BearerCapability, TransferCapability};
pub use channel::{ChannelIdentification, ChannelSelection};
pub use network::{DateTime, NetworkIdentification, NetworkSpecificFacilities};
pub(crate) use small::encode_display as display_octets;
pub use small::{CallStateValue, ProgressIndicator, RestartClass, Segmented};
pub use subaddress::{Subaddress, UserUser};

use crate::cause::Cause;
use crate::number::{CallingNumber, Number, Redirecting};

/// Identifiers of codeset 0 (Q.931 table 4-3).
pub mod id {
    /// Segmented message (4.5.26, annex H).
    pub const SEGMENTED_MESSAGE: u8 = 0x00;
    /// Bearer capability (4.5.5).
    pub const BEARER_CAPABILITY: u8 = 0x04;
    /// Cause (4.5.12, Q.850).
    pub const CAUSE: u8 = 0x08;
    /// Call identity (4.5.6).
    pub const CALL_IDENTITY: u8 = 0x10;
    /// Call state (4.5.7).
    pub const CALL_STATE: u8 = 0x14;
    /// Channel identification (4.5.13).
    pub const CHANNEL_IDENTIFICATION: u8 = 0x18;
    /// Facility (Q.932).
    pub const FACILITY: u8 = 0x1c;
    /// Progress indicator (4.5.23).
    pub const PROGRESS_INDICATOR: u8 = 0x1e;
    /// Network-specific facilities (4.5.21).
    pub const NETWORK_SPECIFIC_FACILITIES: u8 = 0x20;
    /// Notification indicator (4.5.22).
    pub const NOTIFICATION_INDICATOR: u8 = 0x27;
    /// Display (4.5.16).
    pub const DISPLAY: u8 = 0x28;
    /// Date and time (4.5.15).
    pub const DATE_TIME: u8 = 0x29;
    /// Keypad facility (4.5.18).
    pub const KEYPAD_FACILITY: u8 = 0x2c;
    /// Signal (4.5.28).
    pub const SIGNAL: u8 = 0x34;
    /// Information rate (4.6.3), packet mode.
    pub const INFORMATION_RATE: u8 = 0x40;
    /// End-to-end transit delay (4.6.2), packet mode.
    pub const END_TO_END_TRANSIT_DELAY: u8 = 0x42;
    /// Transit delay selection and indication (4.6.9), packet mode.
    pub const TRANSIT_DELAY_SELECTION: u8 = 0x43;
    /// Packet layer binary parameters (4.6.4), packet mode.
    pub const PACKET_LAYER_BINARY_PARAMETERS: u8 = 0x44;
    /// Packet layer window size (4.6.5), packet mode.
    pub const PACKET_LAYER_WINDOW_SIZE: u8 = 0x45;
    /// Packet size (4.6.6), packet mode.
    pub const PACKET_SIZE: u8 = 0x46;
    /// Closed user group (4.6.1).
    pub const CLOSED_USER_GROUP: u8 = 0x47;
    /// Reverse charging indication (4.6.8).
    pub const REVERSE_CHARGING: u8 = 0x4a;
    /// Connected number (Q.951-5).
    pub const CONNECTED_NUMBER: u8 = 0x4c;
    /// Connected subaddress (Q.951-5).
    pub const CONNECTED_SUBADDRESS: u8 = 0x4d;
    /// Calling party number (4.5.10).
    pub const CALLING_PARTY_NUMBER: u8 = 0x6c;
    /// Calling party subaddress (4.5.11).
    pub const CALLING_PARTY_SUBADDRESS: u8 = 0x6d;
    /// Called party number (4.5.8).
    pub const CALLED_PARTY_NUMBER: u8 = 0x70;
    /// Called party subaddress (4.5.9).
    pub const CALLED_PARTY_SUBADDRESS: u8 = 0x71;
    /// Redirecting number (4.6.7).
    pub const REDIRECTING_NUMBER: u8 = 0x74;
    /// Redirection number (Q.952).
    pub const REDIRECTION_NUMBER: u8 = 0x76;
    /// Transit network selection (4.5.29).
    pub const TRANSIT_NETWORK_SELECTION: u8 = 0x78;
    /// Restart indicator (4.5.25).
    pub const RESTART_INDICATOR: u8 = 0x79;
    /// Low layer compatibility (4.5.19).
    pub const LOW_LAYER_COMPATIBILITY: u8 = 0x7c;
    /// High layer compatibility (4.5.17).
    pub const HIGH_LAYER_COMPATIBILITY: u8 = 0x7d;
    /// User-user (4.5.30).
    pub const USER_USER: u8 = 0x7e;
    /// More data (4.5.20), a single octet.
    pub const MORE_DATA: u8 = 0xa0;
    /// Sending complete (4.5.27), a single octet.
    pub const SENDING_COMPLETE: u8 = 0xa1;
    /// Congestion level (4.5.14), a single octet whose low half is the level.
    pub const CONGESTION_LEVEL: u8 = 0xb0;
    /// Repeat indicator (4.5.24), a single octet whose low half says what the repeated elements are.
    pub const REPEAT_INDICATOR: u8 = 0xd0;

    /// Name of an element that is kept as octets; `None` for those that the standard does not have or that are typed.
    #[must_use]
    pub const fn name_of_opaque(id: u8) -> Option<&'static str> {
        Some(match id {
            INFORMATION_RATE => "information-rate",
            END_TO_END_TRANSIT_DELAY => "end-to-end-transit-delay",
            TRANSIT_DELAY_SELECTION => "transit-delay-selection",
            PACKET_LAYER_BINARY_PARAMETERS => "packet-layer-binary-parameters",
            PACKET_LAYER_WINDOW_SIZE => "packet-layer-window-size",
            PACKET_SIZE => "packet-size",
            CLOSED_USER_GROUP => "closed-user-group",
            _ => return None,
        })
    }
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
    /// Segmented message: what a SEGMENT is a part of.
    Segmented(Segmented),
    /// Bearer capability.
    BearerCapability(BearerCapability),
    /// Cause.
    Cause(Cause),
    /// Call identity: how a suspended call is named, 1 to 8 octets.
    CallIdentity(Vec<u8>),
    /// Call state.
    CallState(CallStateValue),
    /// Channel identification.
    ChannelIdentification(ChannelIdentification),
    /// Facility (Q.932): a profile octet and its components.
    Facility(Vec<u8>),
    /// Progress indicator.
    Progress(ProgressIndicator),
    /// Network-specific facilities.
    NetworkSpecific(NetworkSpecificFacilities),
    /// Notification indicator: the description, 0 to 127.
    Notification(u8),
    /// Display: text for a human.
    Display(String),
    /// Date and time.
    DateTime(DateTime),
    /// Keypad facility: IA5 characters that a person keyed.
    Keypad(String),
    /// Signal: the tone or ringing that a telephone is to give (Q.931 table 4-24).
    Signal(u8),
    /// Reverse charging indication: 1 is requested.
    ReverseCharging(u8),
    /// Connected number.
    ConnectedNumber(CallingNumber),
    /// Connected subaddress.
    ConnectedSubaddress(Subaddress),
    /// Calling party number.
    CallingNumber(CallingNumber),
    /// Calling party subaddress.
    CallingSubaddress(Subaddress),
    /// Called party number.
    CalledNumber(Number),
    /// Called party subaddress.
    CalledSubaddress(Subaddress),
    /// Redirecting number.
    RedirectingNumber(Redirecting),
    /// Redirection number: to which a call was redirected.
    RedirectionNumber(CallingNumber),
    /// Transit network selection.
    TransitNetwork(NetworkIdentification),
    /// Restart indicator.
    RestartIndicator(RestartClass),
    /// Low layer compatibility, not interpreted.
    LowLayerCompatibility(Vec<u8>),
    /// High layer compatibility, not interpreted.
    HighLayerCompatibility(Vec<u8>),
    /// User-user information.
    UserUser(UserUser),
    /// More data: another USER INFORMATION follows.
    MoreData,
    /// Sending complete.
    SendingComplete,
    /// Congestion level: 0 receiver ready, 15 receiver not ready.
    CongestionLevel(u8),
    /// Repeat indicator: 2 the elements that follow are possibilities in order of preference.
    RepeatIndicator(u8),
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
            Self::Segmented(_) => id::SEGMENTED_MESSAGE,
            Self::BearerCapability(_) => id::BEARER_CAPABILITY,
            Self::Cause(_) => id::CAUSE,
            Self::CallIdentity(_) => id::CALL_IDENTITY,
            Self::CallState(_) => id::CALL_STATE,
            Self::ChannelIdentification(_) => id::CHANNEL_IDENTIFICATION,
            Self::Facility(_) => id::FACILITY,
            Self::Progress(_) => id::PROGRESS_INDICATOR,
            Self::NetworkSpecific(_) => id::NETWORK_SPECIFIC_FACILITIES,
            Self::Notification(_) => id::NOTIFICATION_INDICATOR,
            Self::Display(_) => id::DISPLAY,
            Self::DateTime(_) => id::DATE_TIME,
            Self::Keypad(_) => id::KEYPAD_FACILITY,
            Self::Signal(_) => id::SIGNAL,
            Self::ReverseCharging(_) => id::REVERSE_CHARGING,
            Self::ConnectedNumber(_) => id::CONNECTED_NUMBER,
            Self::ConnectedSubaddress(_) => id::CONNECTED_SUBADDRESS,
            Self::CallingNumber(_) => id::CALLING_PARTY_NUMBER,
            Self::CallingSubaddress(_) => id::CALLING_PARTY_SUBADDRESS,
            Self::CalledNumber(_) => id::CALLED_PARTY_NUMBER,
            Self::CalledSubaddress(_) => id::CALLED_PARTY_SUBADDRESS,
            Self::RedirectingNumber(_) => id::REDIRECTING_NUMBER,
            Self::RedirectionNumber(_) => id::REDIRECTION_NUMBER,
            Self::TransitNetwork(_) => id::TRANSIT_NETWORK_SELECTION,
            Self::RestartIndicator(_) => id::RESTART_INDICATOR,
            Self::LowLayerCompatibility(_) => id::LOW_LAYER_COMPATIBILITY,
            Self::HighLayerCompatibility(_) => id::HIGH_LAYER_COMPATIBILITY,
            Self::UserUser(_) => id::USER_USER,
            Self::MoreData => id::MORE_DATA,
            Self::SendingComplete => id::SENDING_COMPLETE,
            Self::CongestionLevel(level) => id::CONGESTION_LEVEL | *level & 0x0f,
            Self::RepeatIndicator(what) => id::REPEAT_INDICATOR | *what & 0x0f,
            Self::Unknown { id, .. } | Self::Malformed { id, .. } => *id,
        }
    }

    /// The codeset, 0 for all but some unknown elements.
    #[must_use]
    pub const fn codeset(&self) -> u8 {
        if let Self::Unknown { codeset, .. } = self { *codeset & 7 } else { 0 }
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
            id::SEGMENTED_MESSAGE => Segmented::decode(bytes).map(Self::Segmented),
            id::BEARER_CAPABILITY => BearerCapability::decode(bytes).map(Self::BearerCapability),
            id::CAUSE => small::decode_cause(bytes).map(Self::Cause),
            id::CALL_IDENTITY => Ok(Self::CallIdentity(bytes.to_vec())),
            id::CALL_STATE => CallStateValue::decode(bytes).map(Self::CallState),
            id::CHANNEL_IDENTIFICATION => ChannelIdentification::decode(bytes).map(Self::ChannelIdentification),
            id::FACILITY => Ok(Self::Facility(bytes.to_vec())),
            id::PROGRESS_INDICATOR => ProgressIndicator::decode(bytes).map(Self::Progress),
            id::NETWORK_SPECIFIC_FACILITIES => NetworkSpecificFacilities::decode(bytes).map(Self::NetworkSpecific),
            id::NOTIFICATION_INDICATOR => small::decode_notification(bytes).map(Self::Notification),
            id::DISPLAY => Ok(Self::Display(small::decode_display(bytes))),
            id::DATE_TIME => DateTime::decode(bytes).map(Self::DateTime),
            id::KEYPAD_FACILITY => party::decode_digits(bytes).map(Self::Keypad),
            id::SIGNAL => small::decode_octet(bytes).map(Self::Signal),
            id::REVERSE_CHARGING => small::decode_octet(bytes).map(|octet| Self::ReverseCharging(octet & 0x7f)),
            id::CONNECTED_NUMBER => party::decode_calling(bytes).map(Self::ConnectedNumber),
            id::CONNECTED_SUBADDRESS => Subaddress::decode(bytes).map(Self::ConnectedSubaddress),
            id::CALLING_PARTY_NUMBER => party::decode_calling(bytes).map(Self::CallingNumber),
            id::CALLING_PARTY_SUBADDRESS => Subaddress::decode(bytes).map(Self::CallingSubaddress),
            id::CALLED_PARTY_SUBADDRESS => Subaddress::decode(bytes).map(Self::CalledSubaddress),
            id::CALLED_PARTY_NUMBER => party::decode_called(bytes).map(Self::CalledNumber),
            id::REDIRECTING_NUMBER => party::decode_redirecting(bytes).map(Self::RedirectingNumber),
            id::REDIRECTION_NUMBER => party::decode_calling(bytes).map(Self::RedirectionNumber),
            id::TRANSIT_NETWORK_SELECTION => NetworkIdentification::decode(bytes).map(Self::TransitNetwork),
            id::RESTART_INDICATOR => RestartClass::decode(bytes).map(Self::RestartIndicator),
            id::LOW_LAYER_COMPATIBILITY => Ok(Self::LowLayerCompatibility(bytes.to_vec())),
            id::HIGH_LAYER_COMPATIBILITY => Ok(Self::HighLayerCompatibility(bytes.to_vec())),
            id::USER_USER => UserUser::decode(bytes).map(Self::UserUser),
            id::MORE_DATA => Ok(Self::MoreData),
            id::SENDING_COMPLETE => Ok(Self::SendingComplete),
            level if level & 0xf0 == id::CONGESTION_LEVEL => Ok(Self::CongestionLevel(level & 0x0f)),
            what if what & 0xf0 == id::REPEAT_INDICATOR => Ok(Self::RepeatIndicator(what & 0x0f)),
            _ => Ok(Self::Unknown { codeset: 0, id, bytes: bytes.to_vec() }),
        };
        decoded.unwrap_or_else(|Invalid| Self::Malformed { id, bytes: bytes.to_vec() })
    }

    fn contents(&self) -> Vec<u8> {
        match self {
            Self::Segmented(segmented) => segmented.encode(),
            Self::BearerCapability(bearer) => bearer.encode(),
            Self::Cause(cause) => small::encode_cause(cause),
            Self::CallState(state) => state.encode(),
            Self::ChannelIdentification(channel) => channel.encode(),
            Self::Progress(progress) => progress.encode(),
            Self::NetworkSpecific(facilities) => facilities.encode(),
            Self::Notification(description) => vec![0x80 | description],
            Self::Display(text) => small::encode_display(text),
            Self::DateTime(time) => time.encode(),
            Self::Signal(signal) => vec![*signal],
            Self::ReverseCharging(indication) => vec![0x80 | indication],
            Self::Keypad(digits) => party::encode_digits(digits),
            Self::ConnectedNumber(number) | Self::CallingNumber(number) | Self::RedirectionNumber(number) => {
                party::encode_calling(number)
            }
            Self::ConnectedSubaddress(sub) | Self::CallingSubaddress(sub) | Self::CalledSubaddress(sub) => sub.encode(),
            Self::TransitNetwork(network) => network.encode(),
            Self::UserUser(user) => user.encode(),
            Self::CalledNumber(number) => party::encode_called(number),
            Self::RedirectingNumber(number) => party::encode_redirecting(number),
            Self::RestartIndicator(class) => class.encode(),
            Self::MoreData | Self::SendingComplete | Self::CongestionLevel(_) | Self::RepeatIndicator(_) => Vec::new(),
            Self::CallIdentity(bytes)
            | Self::Facility(bytes)
            | Self::LowLayerCompatibility(bytes)
            | Self::HighLayerCompatibility(bytes)
            | Self::Unknown { bytes, .. }
            | Self::Malformed { bytes, .. } => bytes.clone(),
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
        id::SEGMENTED_MESSAGE | id::PROGRESS_INDICATOR => 4,
        id::CALL_IDENTITY => 10,
        id::DATE_TIME => 8,
        id::SIGNAL | id::REVERSE_CHARGING => 3,
        id::CONNECTED_SUBADDRESS | id::CALLING_PARTY_SUBADDRESS | id::CALLED_PARTY_SUBADDRESS => 23,
        id::LOW_LAYER_COMPATIBILITY => 18,
        id::USER_USER => 131,
        id::KEYPAD_FACILITY => 34,
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
