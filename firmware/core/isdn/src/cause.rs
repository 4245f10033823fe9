//! Cause values (Q.850) and the cause information element's meaning, shared by messages, events and the call engine.
//!
//! Left out: cause values of other coding standards, which are read as if they were ITU-T's.

use std::fmt;

/// A cause value of Q.850, 0 to 127.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CauseValue(pub u8);

macro_rules! cause_values {
    ($($(#[$doc:meta])* $name:ident = $value:literal, $text:literal;)*) => {
        impl CauseValue {
            $(#[doc = concat!("Cause ", $value, ": ", $text, " (Q.850 2.2.7).")] pub const $name: Self = Self($value);)*

            /// The name that Q.850 gives it, in lower case.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self.0 {
                    $($value => $text,)*
                    _ => "unknown cause",
                }
            }
        }
    };
}

cause_values! {
    UNALLOCATED_NUMBER = 1, "unallocated number";
    NO_ROUTE_TO_TRANSIT_NETWORK = 2, "no route to specified transit network";
    NO_ROUTE_TO_DESTINATION = 3, "no route to destination";
    SPECIAL_INFORMATION_TONE = 4, "send special information tone";
    MISDIALLED_TRUNK_PREFIX = 5, "misdialled trunk prefix";
    CHANNEL_UNACCEPTABLE = 6, "channel unacceptable";
    AWARDED_IN_ESTABLISHED_CHANNEL = 7, "call awarded and being delivered in an established channel";
    PREEMPTION = 8, "preemption";
    PREEMPTION_CIRCUIT_RESERVED = 9, "preemption, circuit reserved for reuse";
    PORTED_NUMBER = 14, "query on release: ported number";
    NORMAL_CLEARING = 16, "normal call clearing";
    USER_BUSY = 17, "user busy";
    NO_USER_RESPONDING = 18, "no user responding";
    NO_ANSWER = 19, "no answer from user";
    SUBSCRIBER_ABSENT = 20, "subscriber absent";
    CALL_REJECTED = 21, "call rejected";
    NUMBER_CHANGED = 22, "number changed";
    REDIRECTION_TO_NEW_DESTINATION = 23, "redirection to new destination";
    EXCHANGE_ROUTING_ERROR = 25, "exchange routing error";
    NON_SELECTED_USER_CLEARING = 26, "non-selected user clearing";
    DESTINATION_OUT_OF_ORDER = 27, "destination out of order";
    INVALID_NUMBER_FORMAT = 28, "invalid number format";
    FACILITY_REJECTED = 29, "facility rejected";
    STATUS_ENQUIRY_RESPONSE = 30, "response to status enquiry";
    NORMAL_UNSPECIFIED = 31, "normal, unspecified";
    NO_CHANNEL_AVAILABLE = 34, "no circuit or channel available";
    NETWORK_OUT_OF_ORDER = 38, "network out of order";
    PERMANENT_FRAME_MODE_DOWN = 39, "permanent frame mode connection out of service";
    PERMANENT_FRAME_MODE_UP = 40, "permanent frame mode connection operational";
    TEMPORARY_FAILURE = 41, "temporary failure";
    SWITCHING_EQUIPMENT_CONGESTION = 42, "switching equipment congestion";
    ACCESS_INFORMATION_DISCARDED = 43, "access information discarded";
    REQUESTED_CHANNEL_NOT_AVAILABLE = 44, "requested circuit or channel not available";
    PRECEDENCE_CALL_BLOCKED = 46, "precedence call blocked";
    RESOURCE_UNAVAILABLE = 47, "resource unavailable, unspecified";
    QUALITY_OF_SERVICE_UNAVAILABLE = 49, "quality of service not available";
    FACILITY_NOT_SUBSCRIBED = 50, "requested facility not subscribed";
    OUTGOING_BARRED_IN_CUG = 53, "outgoing calls barred within closed user group";
    INCOMING_BARRED_IN_CUG = 55, "incoming calls barred within closed user group";
    BEARER_NOT_AUTHORIZED = 57, "bearer capability not authorized";
    BEARER_NOT_AVAILABLE = 58, "bearer capability not presently available";
    INCONSISTENCY = 62, "inconsistency in access information and subscriber class";
    SERVICE_NOT_AVAILABLE = 63, "service or option not available, unspecified";
    BEARER_NOT_IMPLEMENTED = 65, "bearer capability not implemented";
    CHANNEL_TYPE_NOT_IMPLEMENTED = 66, "channel type not implemented";
    FACILITY_NOT_IMPLEMENTED = 69, "requested facility not implemented";
    ONLY_RESTRICTED_DIGITAL = 70, "only restricted digital information bearer capability is available";
    SERVICE_NOT_IMPLEMENTED = 79, "service or option not implemented, unspecified";
    INVALID_CALL_REFERENCE = 81, "invalid call reference value";
    CHANNEL_DOES_NOT_EXIST = 82, "identified channel does not exist";
    SUSPENDED_CALL_OTHER_IDENTITY = 83, "a suspended call exists, but this call identity does not";
    CALL_IDENTITY_IN_USE = 84, "call identity in use";
    NO_CALL_SUSPENDED = 85, "no call suspended";
    SUSPENDED_CALL_CLEARED = 86, "call having the requested call identity has been cleared";
    NOT_MEMBER_OF_CUG = 87, "user not member of closed user group";
    INCOMPATIBLE_DESTINATION = 88, "incompatible destination";
    NON_EXISTENT_CUG = 90, "non-existent closed user group";
    INVALID_TRANSIT_NETWORK = 91, "invalid transit network selection";
    INVALID_MESSAGE = 95, "invalid message, unspecified";
    MANDATORY_ELEMENT_MISSING = 96, "mandatory information element is missing";
    MESSAGE_TYPE_NOT_IMPLEMENTED = 97, "message type non-existent or not implemented";
    MESSAGE_NOT_COMPATIBLE = 98, "message not compatible with call state, or non-existent or not implemented";
    ELEMENT_NOT_IMPLEMENTED = 99, "information element non-existent or not implemented";
    INVALID_ELEMENT_CONTENTS = 100, "invalid information element contents";
    MESSAGE_NOT_COMPATIBLE_WITH_STATE = 101, "message not compatible with call state";
    RECOVERY_ON_TIMER_EXPIRY = 102, "recovery on timer expiry";
    PARAMETER_PASSED_ON = 103, "parameter non-existent or not implemented, passed on";
    PARAMETER_DISCARDED = 110, "message with unrecognized parameter, discarded";
    PROTOCOL_ERROR = 111, "protocol error, unspecified";
    INTERWORKING = 127, "interworking, unspecified";
}

impl fmt::Display for CauseValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.0, self.name())
    }
}

impl fmt::Debug for CauseValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Where a cause or a progress description arose (Q.850 2.2.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Location {
    /// 0: the user.
    User,
    /// 1: private network serving the local user.
    PrivateLocal,
    /// 2: public network serving the local user.
    PublicLocal,
    /// 3: transit network.
    Transit,
    /// 4: public network serving the remote user.
    PublicRemote,
    /// 5: private network serving the remote user.
    PrivateRemote,
    /// 7: international network.
    International,
    /// 10: network beyond an interworking point.
    BeyondInterworking,
    /// A reserved value: 6, 8, 9 or 11 to 15.
    Other(u8),
}

impl Location {
    /// From the four location bits.
    #[must_use]
    pub const fn from_bits(bits: u8) -> Self {
        match bits & 0x0f {
            0 => Self::User,
            1 => Self::PrivateLocal,
            2 => Self::PublicLocal,
            3 => Self::Transit,
            4 => Self::PublicRemote,
            5 => Self::PrivateRemote,
            7 => Self::International,
            10 => Self::BeyondInterworking,
            other => Self::Other(other),
        }
    }

    /// The four location bits.
    #[must_use]
    pub const fn bits(self) -> u8 {
        match self {
            Self::User => 0,
            Self::PrivateLocal => 1,
            Self::PublicLocal => 2,
            Self::Transit => 3,
            Self::PublicRemote => 4,
            Self::PrivateRemote => 5,
            Self::International => 7,
            Self::BeyondInterworking => 10,
            Self::Other(bits) => bits & 0x0f,
        }
    }
}

/// Why a call ends or a message was refused (Q.850, Q.931 4.5.12).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// What.
    pub value: CauseValue,
    /// Where.
    pub location: Location,
    /// Details whose form depends on the value; at most 27 octets are sent.
    pub diagnostics: Vec<u8>,
}

impl Cause {
    /// A cause without diagnostics.
    #[must_use]
    pub const fn new(value: CauseValue, location: Location) -> Self {
        Self { value, location, diagnostics: Vec::new() }
    }

    /// The same cause with `diagnostics`.
    #[must_use]
    pub fn with_diagnostics(mut self, diagnostics: &[u8]) -> Self {
        self.diagnostics = diagnostics.to_vec();
        self
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {:?}", self.value, self.location)
    }
}
