//! SDP (RFC 8866): text to [`Session`] and back, and the offer/answer rules (RFC 3264) over the neutral [`Offer`].
//!
//! A `Session` keeps every line in its order, also those it does not understand, so that it prints as it was read.
//! [`offer`] and [`answer`] hold what a SIP leg calls. Left out of this first cut: SRTP (`a=crypto`), ICE,
//! rtcp-mux and `a=rtcp`, T.38 (`m=image`): they are kept as lines and not agreed to.
//!
//! **Which end speaks.** `read_offer` gives the peer's view (its address, its direction). [`Offer::answer`] gives ours. What a
//! [`crate::Stream`] needs is: the peer's address, our codec and direction; see [`Offer::answer`] and
//! [`answer::read_answer`].
//!
//! [`Offer`]: crate::Offer

pub mod answer;
pub mod offer;
mod parse;
mod print;

use core::net::IpAddr;

use thiserror::Error;

pub use answer::{answer_to_sdp, read_answer};
pub use offer::{Reason, Unacceptable, offer_to_sdp, read_offer};
pub use parse::Malformed;

use crate::Direction;

/// A session description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Session-level lines behind `v=0`, in order.
    pub lines: Vec<Line>,
    /// Media sections, in order.
    pub media: Vec<Media>,
}

/// One media section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Media {
    /// `audio`, `video`, `image`, ..
    pub kind: String,
    /// Transport port; 0 means refused or stopped.
    pub port: u16,
    /// Number of ports (`49170/2`), when given.
    pub port_count: Option<u16>,
    /// Transport, such as `RTP/AVP`.
    pub protocol: String,
    /// Formats in order of preference; payload types for RTP. At least one.
    pub formats: Vec<String>,
    /// Lines of this section, in order.
    pub lines: Vec<Line>,
}

/// One line, other than `v=` and `m=`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// `o=`
    Origin(SessionOrigin),
    /// `c=`
    Connection(Connection),
    /// `a=name` or `a=name:value`
    Attribute {
        /// Before the colon.
        name: String,
        /// Behind the colon, when there is one.
        value: Option<String>,
    },
    /// Any other letter.
    Other {
        /// The letter.
        letter: char,
        /// Behind `=`.
        value: String,
    },
}

/// `o=` (RFC 8866 section 5.2). Numbers are kept as text: peers send more digits than any integer has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionOrigin {
    /// User, `-` for none.
    pub username: String,
    /// Session identifier.
    pub id: String,
    /// Version.
    pub version: String,
    /// Network and address type, and address.
    pub connection: Connection,
}

/// `c=` (RFC 8866 section 5.7), and the end of `o=`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// `IN`.
    pub network: String,
    /// `IP4` or `IP6`.
    pub address_type: String,
    /// Literal address or name, with the TTL when multicast.
    pub address: String,
}

impl Connection {
    /// `IN IP4 ..` or `IN IP6 ..`.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        let address_type = match address {
            IpAddr::V4(_) => "IP4",
            IpAddr::V6(_) => "IP6",
        };
        Self { network: "IN".into(), address_type: address_type.into(), address: address.to_string() }
    }

    /// The address, when it is a literal unicast or unspecified one.
    #[must_use]
    pub fn literal(&self) -> Option<IpAddr> {
        let address: IpAddr = self.address.parse().ok()?;
        if address.is_multicast() { None } else { Some(address) }
    }
}

fn find_attribute<'a>(lines: &'a [Line], wanted: &str) -> Option<&'a str> {
    attributes(lines).find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value)
}

fn attributes(lines: &[Line]) -> impl Iterator<Item = (&str, &str)> {
    lines.iter().filter_map(|line| match line {
        Line::Attribute { name, value } => Some((name.as_str(), value.as_deref().unwrap_or(""))),
        Line::Origin(_) | Line::Connection(_) | Line::Other { .. } => None,
    })
}

fn find_connection(lines: &[Line]) -> Option<&Connection> {
    lines.iter().find_map(|line| match line {
        Line::Connection(connection) => Some(connection),
        Line::Origin(_) | Line::Attribute { .. } | Line::Other { .. } => None,
    })
}

fn find_direction(lines: &[Line]) -> Option<Direction> {
    attributes(lines).find_map(|(name, _)| {
        [Direction::SendRecv, Direction::SendOnly, Direction::RecvOnly, Direction::Inactive]
            .into_iter()
            .find(|direction| direction.name().eq_ignore_ascii_case(name))
    })
}

impl Session {
    /// Reads SDP text.
    ///
    /// # Errors
    /// [`Malformed`] with the line number.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        parse::parse(text)
    }

    /// The `o=` line.
    #[must_use]
    pub fn origin(&self) -> Option<&SessionOrigin> {
        self.lines.iter().find_map(|line| match line {
            Line::Origin(origin) => Some(origin),
            Line::Connection(_) | Line::Attribute { .. } | Line::Other { .. } => None,
        })
    }

    /// The `c=` line that holds for a section: its own, else the session's.
    #[must_use]
    pub fn connection_of<'a>(&'a self, media: &'a Media) -> Option<&'a Connection> {
        find_connection(&media.lines).or_else(|| find_connection(&self.lines))
    }

    /// The direction of a section: its own, else the session's, else `sendrecv` (RFC 8866 section 6.7).
    #[must_use]
    pub fn direction_of(&self, media: &Media) -> Direction {
        find_direction(&media.lines).or_else(|| find_direction(&self.lines)).unwrap_or_default()
    }
}

impl Media {
    /// Value of the first attribute of this name; empty when it has none.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        find_attribute(&self.lines, name)
    }

    /// Attributes as name and value, in order.
    pub fn attributes(&self) -> impl Iterator<Item = (&str, &str)> {
        attributes(&self.lines)
    }

    /// What `a=rtpmap` says of a payload type, such as `PCMA/8000`.
    #[must_use]
    pub fn encoding_of(&self, payload_type: u8) -> Option<&str> {
        self.attributes().filter(|(name, _)| name.eq_ignore_ascii_case("rtpmap")).find_map(|(_, value)| {
            let (format, encoding) = value.trim().split_once([' ', '\t'])?;
            (format.parse() == Ok(payload_type)).then_some(encoding)
        })
    }

    /// Payload type that `a=rtpmap` gives to an encoding such as `telephone-event/8000`, if the formats list it too.
    #[must_use]
    pub fn payload_type_of(&self, encoding: &str) -> Option<u8> {
        self.attributes().filter(|(name, _)| name.eq_ignore_ascii_case("rtpmap")).find_map(|(_, value)| {
            let (format, mapped) = value.trim().split_once([' ', '\t'])?;
            // `PCMA/8000/1` names the same thing as `PCMA/8000`.
            let mapped = mapped.trim();
            let mapped = mapped.strip_suffix("/1").unwrap_or(mapped);
            let listed = self.formats.iter().any(|known| known == format);
            if listed && mapped.eq_ignore_ascii_case(encoding) {
                format.parse().ok().filter(|number| *number < 128)
            } else {
                None
            }
        })
    }
}

/// Identifies an SDP of ours (RFC 3264 section 8: the version goes up by one with every change).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    /// Session identifier, random, the same for the whole call.
    pub id: u64,
    /// Version.
    pub version: u64,
}
