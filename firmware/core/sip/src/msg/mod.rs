//! SIP messages (RFC 3261 sections 7, 18.3, 19, 20 and 25): parse, look into, change, print.
//!
//! A parsed message keeps its headers as they came: spelling, order, white space, folding, and bytes that are not UTF-8. What is
//! printed again differs from what came only in the start line (one space each, `SIP/2.0` in capitals, scheme in small letters).
//! Typed views ([`Headers::from`], [`Headers::via`], ...) are made on demand and cost nothing when nobody asks.
//!
//! Left out: grammars of headers that this crate does not act on; they are kept as text. Bare CR or LF as line ends is refused,
//! because two elements that disagree about line ends can be made to see different messages.

mod cseq;
pub mod dtmf;
mod framing;
mod header;
mod method;
mod multipart;
mod name_addr;
mod params;
mod parse;
mod phrase;
mod print;
mod uri;
mod via;

use std::fmt;

pub use cseq::CSeq;
pub use framing::{FramingError, Limits, StreamFramer};
pub use header::{Header, Headers};
pub use method::Method;
pub use name_addr::NameAddr;
pub use params::Params;
pub(crate) use params::split_list;
pub use phrase::default_phrase;
pub use print::describe;
pub use uri::{SipUri, TelUri, Uri};
pub use via::Via;

/// A request (RFC 3261 section 7.1).
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// What is asked for.
    pub method: Method,
    /// Request-URI.
    pub uri: Uri,
    /// Headers in the order in which they came or will be sent.
    pub headers: Headers,
    /// Body, untouched.
    pub body: Vec<u8>,
}

/// A response (RFC 3261 section 7.2).
#[derive(Clone, PartialEq, Eq)]
pub struct Response {
    /// 100 to 699.
    pub status: u16,
    /// Reason phrase as it came; may be empty.
    pub reason: String,
    /// Headers in the order in which they came or will be sent.
    pub headers: Headers,
    /// Body, untouched.
    pub body: Vec<u8>,
}

/// Either kind of message.
#[derive(Clone, PartialEq, Eq)]
pub enum Message {
    /// A request.
    Request(Request),
    /// A response.
    Response(Response),
}

/// Why bytes are no acceptable message, and what answer they deserve.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct Malformed {
    /// Status of the answer if this was a request: 400, 505, 416. The text goes into the reason phrase.
    pub status: u16,
    /// What is wrong, in words, with the value found.
    pub what: String,
    /// What could be read of a request, so that it can be answered. `None` for responses and for garbage.
    pub request: Option<Box<Request>>,
}

impl Malformed {
    /// A fault that is answered with 400.
    pub(crate) fn bad(what: impl Into<String>) -> Self {
        Self { status: 400, what: what.into(), request: None }
    }
}

impl Request {
    /// A request without headers or body.
    #[must_use]
    pub fn new(method: Method, uri: Uri) -> Self {
        Self { method, uri, headers: Headers::default(), body: Vec::new() }
    }
}

impl Response {
    /// A response without headers or body. An empty `reason` is sent empty: see [`default_phrase`].
    #[must_use]
    pub fn new(status: u16, reason: impl Into<String>) -> Self {
        Self { status, reason: reason.into(), headers: Headers::default(), body: Vec::new() }
    }

    /// Whether this is 100 to 199.
    #[must_use]
    pub const fn is_provisional(&self) -> bool {
        self.status < 200
    }

    /// Whether this is 200 to 299.
    #[must_use]
    pub const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }
}

impl Message {
    /// The headers of either kind.
    #[must_use]
    pub const fn headers(&self) -> &Headers {
        match self {
            Self::Request(request) => &request.headers,
            Self::Response(response) => &response.headers,
        }
    }

    /// The body of either kind.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        match self {
            Self::Request(request) => &request.body,
            Self::Response(response) => &response.body,
        }
    }
}

// Logs and ladders show a message in one line: its start line. Bodies may hold keys and are never shown.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&print::request_line(self))
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&print::response_line(self))
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request(request) => request.fmt(f),
            Self::Response(response) => response.fmt(f),
        }
    }
}
