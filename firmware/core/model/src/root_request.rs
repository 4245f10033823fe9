//! What junctord may ask of junctor-spans, the one process of the box that runs as root for telephony.
//!
//! One JSON object a line in, one a line out, over a Unix stream socket ([`SOCKET`]); [`LINE_LIMIT`] bounds both. The answer to a
//! line comes before the next line is looked at. A connection that sends no whole line for [`SILENCE_SECONDS`] is closed.
//!
//! ```text
//! {"request":"set-span-type","device":"pci:0000:05:00.0","port":1,"kind":"e1"}
//! {"answer":"done"}
//! {"request":"set-master-span","span":9}
//! {"answer":"refused","why":"there is no span 9 (assigned: 1, 2)","cure":"assign the span first, or name one of these"}
//! ```
//!
//! This is a privilege boundary. The list is closed, every field has a strict form that is checked while parsing, and unknown
//! fields are errors: a [`Request`] that exists is well-formed. Whether it can be done (device there, port free) is for
//! junctor-spans and the kernel to say. The kernel's side is DAHDI's `dahdi-sysfs.c`.
//!
//! Left out on purpose: everything junctord can do itself through /dev/dahdi/ctl as a member of group dahdi, pinned spans by
//! file (`pinned-spans.conf` is another tool's), BRI and analog span types (they are fixed by the module).

use serde::{Deserialize, Serialize};

/// Where junctor-spans listens on the appliance.
pub const SOCKET: &str = "/run/junctor-spans.sock";

/// The version of this vocabulary, as [`Answer::Hello`] states it. Any change to it raises the number.
pub const PROTOCOL: u32 = 1;

/// The longest line either way in bytes, its newline included.
pub const LINE_LIMIT: usize = 4096;

/// How long a connection may send no whole line, in seconds.
pub const SILENCE_SECONDS: u64 = 60;

/// One request, one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "request", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Request {
    /// Who is there? Answered with [`Answer::Hello`]; nothing is written.
    Hello {},
    /// Makes a port that is not assigned E1, T1 or J1 (`spantype`).
    SetSpanType {
        /// The card.
        device: DeviceName,
        /// Its port.
        port: Port,
        /// What the port becomes.
        kind: SpanKind,
    },
    /// Gives a port its span number and channel numbers (`assign_span`).
    AssignSpan {
        /// The card.
        device: DeviceName,
        /// Its port.
        port: Port,
        /// The span's number.
        span: SpanNumber,
        /// The number of the span's first channel. Channels must rise with the span numbers and not overlap.
        first_channel: ChannelNumber,
    },
    /// Gives every unassigned port of a card the next free numbers (`auto_assign`).
    AutoAssign {
        /// The card.
        device: DeviceName,
    },
    /// Takes a port's span away; whatever has its channels open loses them (`unassign_span`). Takes a second when channels are open.
    UnassignSpan {
        /// The card.
        device: DeviceName,
        /// Its port.
        port: Port,
    },
    /// Makes a span the source of DAHDI's clock (`master_span`).
    SetMasterSpan {
        /// The assigned span.
        span: SpanNumber,
    },
}

/// One answer, one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Answer {
    /// The kernel took it.
    Done,
    /// It was not done.
    Refused {
        /// What was tried, where, and what stood against it (with the errno where the kernel said no).
        why: String,
        /// What an administrator can do about it.
        cure: String,
    },
    /// To [`Request::Hello`].
    Hello {
        /// [`PROTOCOL`] of the answering program.
        protocol: u32,
        /// The program's version, such as `0.1.0`.
        version: String,
    },
}

/// What a digital port can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SpanKind {
    /// 2048 kbit/s, 31 channels.
    E1,
    /// 1544 kbit/s, 24 channels.
    T1,
    /// 1544 kbit/s, 24 channels, Japan.
    J1,
}

impl SpanKind {
    /// DAHDI's word for it.
    #[must_use]
    pub const fn dahdi_name(self) -> &'static str {
        match self {
            Self::E1 => "E1",
            Self::T1 => "T1",
            Self::J1 => "J1",
        }
    }
}

/// A field whose value has not the form it must have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field} is {found}, wanted {wanted}")]
pub struct BadForm {
    /// Which field.
    pub field: &'static str,
    /// What stood there, shortened, control characters escaped.
    pub found: String,
    /// What may stand there.
    pub wanted: String,
}

/// A DAHDI device's name, as in /sys/bus/dahdi_devices/devices: `pci:0000:05:00.0`, `dynamic:loc:1`.
///
/// 1 to 64 letters, digits, `:`, `.`, `_` and `-`; the first is a letter or digit, and no two dots follow one another. So it is
/// one name, never a path.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DeviceName(String);

/// The longest device name in bytes.
const DEVICE_NAME_LIMIT: usize = 64;

impl DeviceName {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for DeviceName {
    type Error = BadForm;

    fn try_from(text: String) -> Result<Self, BadForm> {
        let permitted = |c: char| c.is_ascii_alphanumeric() || ":._-".contains(c);
        let first_is_plain = text.chars().next().is_some_and(|c| c.is_ascii_alphanumeric());
        if first_is_plain && text.len() <= DEVICE_NAME_LIMIT && text.chars().all(permitted) && !text.contains("..") {
            return Ok(Self(text));
        }
        let start: String = text.chars().take(DEVICE_NAME_LIMIT).collect();
        let wanted = "1 to 64 letters, digits, ':', '.', '_', '-', a letter or digit first, no two dots in a row (see `junctor span detect`)";
        Err(BadForm { field: "device", found: format!("{start:?}"), wanted: wanted.to_owned() })
    }
}

impl From<DeviceName> for String {
    fn from(name: DeviceName) -> Self {
        name.0
    }
}

impl std::fmt::Display for DeviceName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A number from 1 to a limit; a type of its own for each field, so that they cannot be exchanged.
macro_rules! number {
    ($(#[$doc:meta])* $name:ident, $field:literal, $last:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "u32", into = "u32")]
        pub struct $name(u32);

        impl $name {
            /// The largest value.
            pub const LAST: u32 = $last;

            /// The number.
            #[must_use]
            pub const fn get(self) -> u32 {
                self.0
            }
        }

        impl TryFrom<u32> for $name {
            type Error = BadForm;

            fn try_from(number: u32) -> Result<Self, BadForm> {
                if (1..=Self::LAST).contains(&number) {
                    return Ok(Self(number));
                }
                let wanted = format!("a number from 1 to {}", Self::LAST);
                Err(BadForm { field: $field, found: number.to_string(), wanted })
            }
        }

        impl From<$name> for u32 {
            fn from(number: $name) -> Self {
                number.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

number! {
    /// A port of a card as DAHDI counts them (`local_spanno`): 1 to 255.
    Port, "port", 255
}
number! {
    /// A span's number: 1 to 128 (DAHDI_MAX_SPANS).
    SpanNumber, "span", 128
}
number! {
    /// A channel's number: 1 to 1024 (DAHDI_MAX_CHANNELS).
    ChannelNumber, "first_channel", 1024
}
