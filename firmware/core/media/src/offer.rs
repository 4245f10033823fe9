//! The neutral media offer: the only media word that a call controller holds (no SDP text, no payload formats).

use core::net::SocketAddr;

use crate::{Codec, Format};

/// Which way media flows, as the one who states it sees it (RFC 3264 section 5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Direction {
    /// Sends and receives.
    #[default]
    SendRecv,
    /// Sends only.
    SendOnly,
    /// Receives only.
    RecvOnly,
    /// Neither: on hold. RTCP flows nevertheless.
    Inactive,
}

impl Direction {
    /// Built from its two halves.
    #[must_use]
    pub const fn of(sends: bool, receives: bool) -> Self {
        match (sends, receives) {
            (true, true) => Self::SendRecv,
            (true, false) => Self::SendOnly,
            (false, true) => Self::RecvOnly,
            (false, false) => Self::Inactive,
        }
    }

    /// Whether the one who states it sends.
    #[must_use]
    pub const fn sends(self) -> bool {
        matches!(self, Self::SendRecv | Self::SendOnly)
    }

    /// Whether the one who states it receives.
    #[must_use]
    pub const fn receives(self) -> bool {
        matches!(self, Self::SendRecv | Self::RecvOnly)
    }

    /// The same flow seen from the other end.
    #[must_use]
    pub const fn reversed(self) -> Self {
        Self::of(self.receives(), self.sends())
    }

    /// What both allow, both seen from the same end.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self::of(self.sends() && other.sends(), self.receives() && other.receives())
    }

    /// Attribute name in SDP (RFC 8866 section 6.7).
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SendRecv => "sendrecv",
            Self::SendOnly => "sendonly",
            Self::RecvOnly => "recvonly",
            Self::Inactive => "inactive",
        }
    }
}

/// What one side can or will do with one audio stream.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Offer {
    /// Where this side wants to receive RTP; RTCP goes to the next port. An unspecified address means: send nothing.
    pub address: SocketAddr,
    /// Codecs and their payload types, the preferred one first.
    pub formats: Vec<Format>,
    /// Payload type of telephone-event/8000 (RFC 4733), 96 to 127, when supported.
    pub telephone_event: Option<u8>,
    /// Whether comfort noise (RFC 3389, payload type 13) is understood.
    pub comfort_noise: bool,
    /// Milliseconds of audio in one packet that this side wants to receive: 10 to 60 in steps of 10.
    pub ptime_ms: u8,
    /// Which way media flows, seen from this side.
    pub direction: Direction,
}

impl Offer {
    /// Both G.711 codecs with `preferred` first, telephone events on 101, comfort noise, 20 ms, both ways.
    #[must_use]
    pub fn g711(address: SocketAddr, preferred: Codec) -> Self {
        let mut codecs = vec![preferred];
        codecs.extend([Codec::Pcma, Codec::Pcmu].into_iter().filter(|codec| *codec != preferred));
        let formats = codecs.into_iter().map(Format::of).collect();
        Self { address, formats, telephone_event: Some(101), comfort_noise: true, ptime_ms: 20, direction: Direction::SendRecv }
    }
}

impl Offer {
    /// A data call's clear channel (RFC 4040), both ways.
    #[must_use]
    pub fn clear_channel(address: SocketAddr, ptime_ms: u8) -> Self {
        Self {
            address,
            formats: vec![Format::of(Codec::Clearmode)],
            telephone_event: None,
            comfort_noise: false,
            ptime_ms,
            direction: Direction::SendRecv,
        }
    }

    /// Whether it is for a data call: clear mode is what this side prefers.
    #[must_use]
    pub fn is_clear(&self) -> bool {
        self.formats.first().is_some_and(|format| format.codec.is_clear())
    }

    /// The first of ours that the other side has too, by the payload type that it gives it.
    pub(crate) fn format_in_common(&self, theirs: &Self) -> Option<Format> {
        self.formats.iter().find_map(|ours| theirs.formats.iter().find(|format| format.codec == ours.codec).copied())
    }
}

/// The packet time nearest to `ptime_ms` that a stream of 10 ms blocks can keep: 10 to 60 ms in steps of 10.
#[must_use]
pub(crate) fn nearest_ptime(ptime_ms: u32) -> u8 {
    let tens = ptime_ms.clamp(10, 60) / 10;
    u8::try_from(tens * 10).unwrap_or(20)
}
