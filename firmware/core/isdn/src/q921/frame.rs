//! LAPD frames (Q.921 clauses 2 and 3): bytes to a representation that can always be emitted again, and back.
//!
//! Frames come without flags and without FCS: the span's HDLC controller has checked and removed both.
//! Modulo 128 only: the modulo 8 forms of single-frame acknowledged operation are not used by Q.931.
//! Drive it by [`Frame::parse`] and [`Frame::emit`].

use std::fmt;

use super::MdlError;

/// The two address octets (Q.921 3.2 and 3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Address {
    /// Service access point, 0 to 63. Call control is 0.
    pub sapi: u8,
    /// The C/R bit as it stands in the octet. A command has 0 from the user side and 1 from the network side.
    pub command_response: bool,
    /// Terminal endpoint, 0 to 127. A primary rate interface uses 0.
    pub tei: u8,
}

/// Which supervisory frame (Q.921 3.6.5 to 3.6.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Supervisory {
    /// RR: ready, and all up to N(R)-1 has arrived.
    ReceiveReady,
    /// RNR: busy, and all up to N(R)-1 has arrived.
    ReceiveNotReady,
    /// REJ: send again from N(R) on.
    Reject,
}

/// Which unnumbered frame (Q.921 3.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unnumbered {
    /// SABME: start multiple frame operation.
    SetMode,
    /// DISC: end it.
    Disconnect,
    /// UA: SABME or DISC accepted.
    Acknowledge,
    /// DM: not in multiple frame operation.
    DisconnectedMode,
    /// FRMR: a frame was rejected. Received from old implementations, never sent (Q.921 3.6.11).
    FrameReject,
    /// UI: unacknowledged information.
    Information,
    /// XID: exchange identification. Taken and ignored.
    Exchange,
}

/// What a frame is, by its control field (Q.921 3.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// Acknowledged information.
    Information {
        /// N(S), 0 to 127.
        ns: u8,
        /// N(R), 0 to 127.
        nr: u8,
        /// P bit.
        poll: bool,
        /// A layer 3 message.
        info: Vec<u8>,
    },
    /// Acknowledgement and flow control.
    Supervisory {
        /// RR, RNR or REJ.
        kind: Supervisory,
        /// N(R), 0 to 127.
        nr: u8,
        /// P bit of a command, F bit of a response.
        poll_final: bool,
    },
    /// Link control.
    Unnumbered {
        /// Which of them.
        kind: Unnumbered,
        /// P bit of a command, F bit of a response.
        poll_final: bool,
        /// Information field, which only UI, XID and FRMR may have.
        info: Vec<u8>,
    },
}

/// One LAPD frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Whose.
    pub address: Address,
    /// What.
    pub body: Body,
}

/// Why bytes are no frame. The first two are invalid frames, ignored (Q.921 2.9); the others are a frame rejection
/// condition (Q.921 5.8.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// Fewer octets than address and control field take.
    #[error("frame of {octets} octets is too short")]
    Short {
        /// How many there were.
        octets: usize,
    },
    /// The address extension bits do not mark a two octet address.
    #[error("address octets {first:02x} {second:02x} are not a two octet address")]
    Address {
        /// First octet.
        first: u8,
        /// Second octet.
        second: u8,
    },
    /// No frame has this control field.
    #[error("control field {control:02x} is not defined")]
    Control {
        /// Whose frame.
        address: Address,
        /// The octet.
        control: u8,
    },
    /// An information field in a frame that may not have one.
    #[error("control field {control:02x} permits no information field, {octets} octets found")]
    Information {
        /// Whose frame.
        address: Address,
        /// The control octet.
        control: u8,
        /// Octets too many.
        octets: usize,
    },
    /// A supervisory frame that is longer than four octets.
    #[error("supervisory frame {control:02x} is {octets} octets too long")]
    Length {
        /// Whose frame.
        address: Address,
        /// The control octet.
        control: u8,
        /// Octets too many.
        octets: usize,
    },
}

impl Malformed {
    /// Whose link this is a frame rejection condition for, and under which error code (Q.921 5.8.5 and table II.1).
    #[must_use]
    pub const fn rejection(&self) -> Option<(Address, MdlError)> {
        match *self {
            Self::Short { .. } | Self::Address { .. } => None,
            Self::Control { address, .. } => Some((address, MdlError::L)),
            Self::Information { address, .. } => Some((address, MdlError::M)),
            Self::Length { address, .. } => Some((address, MdlError::N)),
        }
    }
}

/// P/F bit of an unnumbered frame's control octet (Q.921 3.4.3).
const UNNUMBERED_POLL_FINAL: u8 = 0x10;

impl Supervisory {
    const fn control(self) -> u8 {
        match self {
            Self::ReceiveReady => 0x01,
            Self::ReceiveNotReady => 0x05,
            Self::Reject => 0x09,
        }
    }
}

impl Unnumbered {
    /// Control octet with P/F = 0 (Q.921 table 5).
    const fn control(self) -> u8 {
        match self {
            Self::SetMode => 0x6f,
            Self::Disconnect => 0x43,
            Self::Acknowledge => 0x63,
            Self::DisconnectedMode => 0x0f,
            Self::FrameReject => 0x87,
            Self::Information => 0x03,
            Self::Exchange => 0xaf,
        }
    }

    const fn of(control: u8) -> Option<Self> {
        match control & !UNNUMBERED_POLL_FINAL {
            0x6f => Some(Self::SetMode),
            0x43 => Some(Self::Disconnect),
            0x63 => Some(Self::Acknowledge),
            0x0f => Some(Self::DisconnectedMode),
            0x87 => Some(Self::FrameReject),
            0x03 => Some(Self::Information),
            0xaf => Some(Self::Exchange),
            _ => None,
        }
    }

    const fn may_have_information(self) -> bool {
        match self {
            Self::Information | Self::Exchange | Self::FrameReject => true,
            Self::SetMode | Self::Disconnect | Self::Acknowledge | Self::DisconnectedMode => false,
        }
    }
}

impl Frame {
    /// Reads a frame without flags and FCS.
    ///
    /// # Errors
    /// [`Malformed`] says what is wrong; nothing panics.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let &[first, second, control, ref rest @ ..] = bytes else {
            return Err(Malformed::Short { octets: bytes.len() });
        };
        if first & 1 != 0 || second & 1 != 1 {
            return Err(Malformed::Address { first, second });
        }
        let address = Address { sapi: first >> 2, command_response: first & 2 != 0, tei: second >> 1 };
        let body = match control & 3 {
            0 | 2 => Self::parse_information(control, rest)?,
            1 => Self::parse_supervisory(address, control, rest)?,
            _ => Self::parse_unnumbered(address, control, rest)?,
        };
        Ok(Self { address, body })
    }

    fn parse_information(control: u8, rest: &[u8]) -> Result<Body, Malformed> {
        let Some((&second, info)) = rest.split_first() else { return Err(Malformed::Short { octets: 3 }) };
        Ok(Body::Information { ns: control >> 1, nr: second >> 1, poll: second & 1 != 0, info: info.to_vec() })
    }

    fn parse_supervisory(address: Address, control: u8, rest: &[u8]) -> Result<Body, Malformed> {
        // Bits 5 to 8 are reserved: sent as 0, not looked at when received.
        let kind = match control & 0x0c {
            0x00 => Supervisory::ReceiveReady,
            0x04 => Supervisory::ReceiveNotReady,
            0x08 => Supervisory::Reject,
            _ => return Err(Malformed::Control { address, control }),
        };
        let Some((&second, extra)) = rest.split_first() else { return Err(Malformed::Short { octets: 3 }) };
        if !extra.is_empty() {
            return Err(Malformed::Length { address, control, octets: extra.len() });
        }
        Ok(Body::Supervisory { kind, nr: second >> 1, poll_final: second & 1 != 0 })
    }

    fn parse_unnumbered(address: Address, control: u8, rest: &[u8]) -> Result<Body, Malformed> {
        let Some(kind) = Unnumbered::of(control) else { return Err(Malformed::Control { address, control }) };
        if !kind.may_have_information() && !rest.is_empty() {
            return Err(Malformed::Information { address, control, octets: rest.len() });
        }
        Ok(Body::Unnumbered { kind, poll_final: control & UNNUMBERED_POLL_FINAL != 0, info: rest.to_vec() })
    }

    /// The frame as bytes, without flags and FCS.
    #[must_use]
    pub fn emit(&self) -> Vec<u8> {
        let Address { sapi, command_response, tei } = self.address;
        let mut bytes = vec![(sapi & 0x3f) << 2 | u8::from(command_response) << 1, tei << 1 | 1];
        match &self.body {
            Body::Information { ns, nr, poll, info } => {
                bytes.extend([ns << 1, nr << 1 | u8::from(*poll)]);
                bytes.extend(info);
            }
            Body::Supervisory { kind, nr, poll_final } => {
                bytes.extend([kind.control(), nr << 1 | u8::from(*poll_final)]);
            }
            Body::Unnumbered { kind, poll_final, info } => {
                bytes.push(kind.control() | if *poll_final { UNNUMBERED_POLL_FINAL } else { 0 });
                bytes.extend(info);
            }
        }
        bytes
    }
}

impl fmt::Display for Supervisory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ReceiveReady => "RR",
            Self::ReceiveNotReady => "RNR",
            Self::Reject => "REJ",
        })
    }
}

impl fmt::Display for Unnumbered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SetMode => "SABME",
            Self::Disconnect => "DISC",
            Self::Acknowledge => "UA",
            Self::DisconnectedMode => "DM",
            Self::FrameReject => "FRMR",
            Self::Information => "UI",
            Self::Exchange => "XID",
        })
    }
}

/// The frame in the words of Q.921; whether an RR is command or response depends on who sent it and is not said.
impl fmt::Display for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.body {
            Body::Information { ns, nr, poll, .. } => {
                write!(f, "I n(s)={ns} n(r)={nr}{}", if *poll { " p=1" } else { "" })
            }
            Body::Supervisory { kind, nr, poll_final } => {
                write!(f, "{kind} n(r)={nr}{}", if *poll_final { " p/f=1" } else { "" })
            }
            Body::Unnumbered { kind, poll_final, .. } => {
                let bit = match kind {
                    Unnumbered::SetMode | Unnumbered::Disconnect | Unnumbered::Information => "p",
                    Unnumbered::Acknowledge | Unnumbered::DisconnectedMode | Unnumbered::FrameReject => "f",
                    Unnumbered::Exchange => "p/f",
                };
                write!(f, "{kind} {bit}={}", u8::from(*poll_final))
            }
        }
    }
}
