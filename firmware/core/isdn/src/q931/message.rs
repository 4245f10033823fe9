//! The Q.931 message: protocol discriminator, call reference, message type and information elements (Q.931 4.1 to 4.4).
//!
//! What cannot be read at all is [`Malformed`] and ignored (Q.931 5.8.1 to 5.8.3.1); a bad information element does not
//! spoil the message, it is kept as [`Element::Malformed`] and judged by the message's rules.

use std::fmt;

use super::ie::{self, Element};

/// Protocol discriminator of call control (Q.931 4.2).
pub(crate) const PROTOCOL_DISCRIMINATOR: u8 = 0x08;

/// Call reference (Q.931 4.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CallReference {
    /// 0 to 127 or 0 to 32767. 0 is the global call reference when `octets` is not 0.
    pub value: u16,
    /// The flag: true in messages to the side that allocated the value.
    pub to_origin: bool,
    /// Length of the value: 0 (dummy), 1, or 2 on a primary rate interface.
    pub octets: u8,
}

impl CallReference {
    /// The global call reference of a primary rate interface.
    #[must_use]
    pub const fn global(to_origin: bool) -> Self {
        Self { value: 0, to_origin, octets: 2 }
    }

    /// Whether it concerns the whole interface (Q.931 4.3).
    #[must_use]
    pub const fn is_global(self) -> bool {
        self.octets > 0 && self.value == 0
    }

    /// Whether it is the dummy call reference, of no call.
    #[must_use]
    pub const fn is_dummy(self) -> bool {
        self.octets == 0
    }

    /// The reference for an answer: the flag turned round.
    #[must_use]
    pub const fn reply(self) -> Self {
        Self { to_origin: !self.to_origin, ..self }
    }
}

/// `5`, or `5'` in messages to the side that allocated the value.
impl fmt::Display for CallReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_dummy() {
            return f.write_str("dummy");
        }
        write!(f, "{}{}", self.value, if self.to_origin { "'" } else { "" })
    }
}

macro_rules! message_types {
    ($($name:ident = $code:literal, $text:literal;)*) => {
        /// Message type (Q.931 table 4-2).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum MessageType {
            $(#[doc = concat!($text, ", ", stringify!($code))] $name,)*
            /// A type this table does not know.
            Unknown(u8),
        }

        impl MessageType {
            /// From the message type octet.
            #[must_use]
            pub const fn from_code(code: u8) -> Self {
                match code {
                    $($code => Self::$name,)*
                    other => Self::Unknown(other),
                }
            }

            /// The message type octet.
            #[must_use]
            pub const fn code(self) -> u8 {
                match self {
                    $(Self::$name => $code,)*
                    Self::Unknown(code) => code,
                }
            }
        }

        impl fmt::Display for MessageType {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Self::$name => f.write_str($text),)*
                    Self::Unknown(code) => write!(f, "MESSAGE {code:02x}"),
                }
            }
        }
    };
}

message_types! {
    Alerting = 0x01, "ALERTING";
    CallProceeding = 0x02, "CALL PROCEEDING";
    Progress = 0x03, "PROGRESS";
    Setup = 0x05, "SETUP";
    Connect = 0x07, "CONNECT";
    SetupAcknowledge = 0x0d, "SETUP ACKNOWLEDGE";
    ConnectAcknowledge = 0x0f, "CONNECT ACKNOWLEDGE";
    UserInformation = 0x20, "USER INFORMATION";
    SuspendReject = 0x21, "SUSPEND REJECT";
    ResumeReject = 0x22, "RESUME REJECT";
    Hold = 0x24, "HOLD";
    Suspend = 0x25, "SUSPEND";
    Resume = 0x26, "RESUME";
    HoldAcknowledge = 0x28, "HOLD ACKNOWLEDGE";
    SuspendAcknowledge = 0x2d, "SUSPEND ACKNOWLEDGE";
    ResumeAcknowledge = 0x2e, "RESUME ACKNOWLEDGE";
    HoldReject = 0x30, "HOLD REJECT";
    Retrieve = 0x31, "RETRIEVE";
    RetrieveAcknowledge = 0x33, "RETRIEVE ACKNOWLEDGE";
    RetrieveReject = 0x37, "RETRIEVE REJECT";
    Disconnect = 0x45, "DISCONNECT";
    Restart = 0x46, "RESTART";
    Release = 0x4d, "RELEASE";
    RestartAcknowledge = 0x4e, "RESTART ACKNOWLEDGE";
    ReleaseComplete = 0x5a, "RELEASE COMPLETE";
    Segment = 0x60, "SEGMENT";
    Facility = 0x62, "FACILITY";
    Register = 0x64, "REGISTER";
    Notify = 0x6e, "NOTIFY";
    StatusEnquiry = 0x75, "STATUS ENQUIRY";
    CongestionControl = 0x79, "CONGESTION CONTROL";
    Information = 0x7b, "INFORMATION";
    Status = 0x7d, "STATUS";
}

/// Why bytes are no message. Such bytes are ignored (Q.931 5.8.1, 5.8.2, 5.8.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// Another protocol, such as maintenance messages (3 and 67).
    #[error("protocol discriminator {0:02x} is not call control")]
    Discriminator(u8),
    /// Shorter than discriminator, call reference and message type.
    #[error("message of {octets} octets is too short")]
    Short {
        /// How many there were.
        octets: usize,
    },
    /// A call reference of more than two octets, or with spare bits set.
    #[error("call reference length octet {0:02x} is not 0, 1 or 2")]
    CallReference(u8),
}

/// One Q.931 message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Which call.
    pub reference: CallReference,
    /// Which message.
    pub message_type: MessageType,
    /// What it carries, in the order received or to be sent.
    pub elements: Vec<Element>,
}

impl Message {
    /// A message without elements.
    #[must_use]
    pub const fn new(reference: CallReference, message_type: MessageType) -> Self {
        Self { reference, message_type, elements: Vec::new() }
    }

    /// The message with `element` at the place that the order of Q.931 4.5.1 asks for: single octet elements such as
    /// sending complete first, then ascending identifiers, codesets above 0 last.
    #[must_use]
    pub fn with(mut self, element: Element) -> Self {
        let rank = element.rank();
        let at = self.elements.iter().position(|other| other.rank() > rank).unwrap_or(self.elements.len());
        self.elements.insert(at, element);
        self
    }

    /// The message with each of `elements`, each at its place.
    #[must_use]
    pub fn with_all(self, elements: impl IntoIterator<Item = Element>) -> Self {
        elements.into_iter().fold(self, Self::with)
    }

    /// Reads a message.
    ///
    /// # Errors
    /// [`Malformed`] when not even the message type can be read; nothing panics.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let short = Malformed::Short { octets: bytes.len() };
        let (&discriminator, rest) = bytes.split_first().ok_or(short)?;
        if discriminator != PROTOCOL_DISCRIMINATOR {
            return Err(Malformed::Discriminator(discriminator));
        }
        let (&length, rest) = rest.split_first().ok_or(short)?;
        let (reference, rest) = match (length, rest) {
            (0, rest) => (CallReference { value: 0, to_origin: false, octets: 0 }, rest),
            (1, [only, rest @ ..]) => {
                (CallReference { value: u16::from(only & 0x7f), to_origin: only & 0x80 != 0, octets: 1 }, rest)
            }
            (2, [high, low, rest @ ..]) => {
                let value = u16::from_be_bytes([high & 0x7f, *low]);
                (CallReference { value, to_origin: high & 0x80 != 0, octets: 2 }, rest)
            }
            (1 | 2, _) => return Err(short),
            (other, _) => return Err(Malformed::CallReference(other)),
        };
        let (&code, rest) = rest.split_first().ok_or(short)?;
        Ok(Self { reference, message_type: MessageType::from_code(code), elements: ie::parse_all(rest) })
    }

    /// The message as bytes, elements in the order they stand.
    #[must_use]
    pub fn emit(&self) -> Vec<u8> {
        let CallReference { value, to_origin, octets } = self.reference;
        let [high, low] = value.to_be_bytes();
        let flag = u8::from(to_origin) << 7;
        let mut bytes = vec![PROTOCOL_DISCRIMINATOR];
        match octets {
            0 => bytes.push(0),
            1 => bytes.extend([1, low & 0x7f | flag]),
            _ => bytes.extend([2, high & 0x7f | flag, low]),
        }
        bytes.push(self.message_type.code());
        for element in &self.elements {
            element.emit(&mut bytes);
        }
        bytes
    }

    /// The first element for which `pick` says yes: of a repeated element only the first counts (Q.931 5.8.5.3).
    pub(crate) fn first<'a, T>(&'a self, pick: impl FnMut(&'a Element) -> Option<T>) -> Option<T> {
        self.elements.iter().find_map(pick)
    }
}
