//! What crosses the border of the [`Endpoint`](super::Endpoint): flows, settings, commands' arguments, events, counters.

use std::fmt;
use std::net::SocketAddr;

use crate::msg::dtmf::{self, Keyed};
use crate::msg::{Limits, NameAddr, Request, Response, Uri};
use crate::transaction::{Reliability, Timing};

/// What carries the messages. TLS will join.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Transport {
    /// RFC 3261 section 18, datagrams.
    Udp,
    /// RFC 3261 section 18, streams.
    Tcp,
}

impl Transport {
    /// As Via writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Udp => "UDP",
            Self::Tcp => "TCP",
        }
    }

    pub(super) const fn reliability(self) -> Reliability {
        match self {
            Self::Udp => Reliability::Unreliable,
            Self::Tcp => Reliability::Reliable,
        }
    }
}

/// A path to a peer.
///
/// `local` goes into Via and Contact, so it is an address that the peer can reach (never `0.0.0.0`), and for TCP it is the address at which we listen, not the port that a connection happens to have.
/// A TCP flow names a connection: who owns the sockets connects when nothing is connected, and reports failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Flow {
    /// What carries it.
    pub transport: Transport,
    /// Our address.
    pub local: SocketAddr,
    /// The peer's address.
    pub remote: SocketAddr,
}

impl fmt::Display for Flow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} > {}", self.transport.as_str(), self.local, self.remote)
    }
}

/// Settings of an endpoint.
#[derive(Clone, Debug)]
pub struct Config {
    /// Seed of tags, branches and Call-IDs (ChaCha12). From the system's generator: a peer must not guess them.
    pub seed: [u8; 32],
    /// Text of User-Agent and Server; empty for none.
    pub user_agent: String,
    /// Calls at a time; further INVITEs are answered 503.
    pub max_calls: usize,
    /// Transactions at a time; further requests outside of dialogs are answered 503 without one.
    pub max_transactions: usize,
    /// T1, T2, T4.
    pub timers: Timing,
    /// Bounds for messages on streams.
    pub limits: Limits,
}

impl Config {
    /// Defaults for everything but the seed: 1,000 calls, 50,000 transactions, the times of RFC 3261.
    #[must_use]
    pub fn new(seed: [u8; 32]) -> Self {
        Self {
            seed,
            user_agent: "Junctor".to_owned(),
            max_calls: 1_000,
            max_transactions: 50_000,
            timers: Timing::default(),
            limits: Limits::default(),
        }
    }
}

/// Our name for one call: one INVITE, sent or received, and the dialog it made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CallId(pub u32);

/// Our name for one OPTIONS ping.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PingId(pub u32);

/// Body of a message that we send.
#[derive(Clone, PartialEq, Eq)]
pub struct Body {
    /// Such as `application/sdp`.
    pub content_type: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

impl Body {
    /// A session description.
    #[must_use]
    pub fn sdp(bytes: impl Into<Vec<u8>>) -> Self {
        Self { content_type: "application/sdp".to_owned(), bytes: bytes.into() }
    }

    /// A digit that was pressed for so many milliseconds, for [`info`](super::Endpoint::info).
    #[must_use]
    pub fn digit(digit: char, ms: u32) -> Self {
        Self { content_type: dtmf::RELAY.to_owned(), bytes: dtmf::write(digit, ms).into_bytes() }
    }

    pub(super) fn parts(&self) -> (&str, &[u8]) {
        (&self.content_type, &self.bytes)
    }
}

// Bodies may hold keys: never in a log.
impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} bytes", self.content_type, self.bytes.len())
    }
}

/// A call to make.
#[derive(Clone, Debug)]
pub struct Invite {
    /// How to reach the peer.
    pub flow: Flow,
    /// Request-URI.
    pub request_uri: Uri,
    /// From without tag: we choose the tag.
    pub from: NameAddr,
    /// To.
    pub to: NameAddr,
    /// Further headers. Max-Forwards, Contact, Allow, Supported and User-Agent replace ours; the headers that hold transaction and dialog
    /// together (Via, From, To, Call-ID, CSeq, Content-Length, Content-Type, Record-Route) are refused and counted.
    pub headers: Vec<(String, String)>,
    /// The offer.
    pub body: Option<Body>,
}

/// Bytes to send.
#[derive(Clone, PartialEq, Eq)]
pub struct Transmit {
    /// By which path.
    pub flow: Flow,
    /// One whole message.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for Transmit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.flow, crate::describe(&self.bytes))
    }
}

/// Why an INVITE of ours failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RejectedWhy {
    /// The peer answered 300 to 699.
    Answer,
    /// No answer (timer B), or none after our CANCEL. The status given is 408.
    Timeout,
    /// Not sent: no connection, ICMP, or our own bound of calls. The status given is 503.
    Transport,
}

/// Who or what ended a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndedBy {
    /// The peer sent BYE.
    Peer,
    /// We did, by `hangup`.
    Us,
    /// Our 200 was never ACKed (RFC 3261 section 13.3.1.4); we sent BYE.
    NoAck,
    /// The peer has forgotten the dialog, or does not answer in it (RFC 3261 section 12.2.1.2).
    SessionLost,
}

/// Why an OPTIONS ping has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PingFailed {
    /// Timer F.
    Timeout,
    /// Not sent.
    Transport,
}

/// What the layer above must know.
///
/// Every call ends with exactly one of `Rejected`, `Cancelled` and `Ended`; nothing follows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A new INVITE; 100 was sent. Answer with `provisional`, `accept` or `hangup`.
    Incoming {
        /// The new call.
        call: CallId,
        /// By which path it came.
        flow: Flow,
        /// The INVITE, its topmost Via completed.
        request: Box<Request>,
    },
    /// 100 to our INVITE: the peer has it. Told once, and only when nothing else came before.
    Trying {
        /// Which call.
        call: CallId,
    },
    /// 101 to 199 to our INVITE.
    Provisional {
        /// Which call.
        call: CallId,
        /// The answer.
        response: Box<Response>,
    },
    /// First 2xx to our INVITE; it is ACKed already.
    Answered {
        /// Which call.
        call: CallId,
        /// The answer.
        response: Box<Response>,
    },
    /// Our INVITE failed; the call is over.
    Rejected {
        /// Which call.
        call: CallId,
        /// The answer, if there was one.
        response: Option<Box<Response>>,
        /// Its status, or 408 or 503.
        status: u16,
        /// Its phrase, or what happened.
        phrase: String,
        /// Which it is.
        why: RejectedWhy,
    },
    /// Our 200 was ACKed.
    Confirmed {
        /// Which call.
        call: CallId,
        /// The ACK; it holds the SDP answer if the INVITE held no offer.
        request: Box<Request>,
    },
    /// The peer gave up before our final answer (CANCEL, or BYE in the early dialog). 487 was sent; the call is over.
    Cancelled {
        /// Which call.
        call: CallId,
        /// The CANCEL or BYE.
        request: Box<Request>,
    },
    /// The peer sent a re-INVITE: answer with `answer_reinvite`.
    Reinvited {
        /// Which call.
        call: CallId,
        /// The re-INVITE.
        request: Box<Request>,
    },
    /// Our 200 to a re-INVITE was ACKed.
    ReinviteConfirmed {
        /// Which call.
        call: CallId,
        /// The ACK; it holds the SDP answer if the re-INVITE held no offer.
        request: Box<Request>,
    },
    /// Our re-INVITE is decided. A refusal leaves the session as it was.
    ReinviteAnswered {
        /// Which call.
        call: CallId,
        /// The 2xx, or the status of the refusal.
        result: Result<Box<Response>, u16>,
    },
    /// Something was keyed at the peer (INFO); 200 was sent.
    Keyed {
        /// Which call.
        call: CallId,
        /// What.
        keyed: Keyed,
    },
    /// Our INFO is decided. What the peer refused it has not taken; 481 and 408 end the call, and `Ended` follows.
    InfoAnswered {
        /// Which call.
        call: CallId,
        /// The status of the refusal, 408 for none, 503 for not sent.
        result: Result<(), u16>,
    },
    /// The call is over.
    Ended {
        /// Which call.
        call: CallId,
        /// Who or what ended it.
        by: EndedBy,
        /// The peer's BYE.
        request: Option<Box<Request>>,
    },
    /// A ping is decided.
    OptionsAnswered {
        /// Which ping.
        ping: PingId,
        /// The path it took.
        flow: Flow,
        /// Status of the answer, whatever it is, or why there is none.
        result: Result<u16, PingFailed>,
    },
    /// Bytes that are no acceptable message; counted, and answered if they could be.
    Malformed {
        /// By which path they came.
        flow: Flow,
        /// What is wrong.
        what: String,
    },
    /// The stream cannot be framed any more: close the connection. `handle_stream_closed` is not needed after this.
    CloseStream {
        /// Which connection.
        flow: Flow,
        /// What is wrong.
        what: String,
    },
}

/// Counters since the start, and two gauges.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Well-formed requests received, repeats included.
    pub requests_in: u64,
    /// Well-formed responses received, repeats included.
    pub responses_in: u64,
    /// Messages sent, repeats included.
    pub messages_out: u64,
    /// Messages sent again.
    pub repeats_out: u64,
    /// Messages that could not be parsed.
    pub malformed: u64,
    /// Line ends received outside of messages.
    pub keep_alives: u64,
    /// Responses that belong to no transaction of ours.
    pub stray_responses: u64,
    /// Requests in dialogs that we do not have; answered 481 unless ACK.
    pub unknown_dialog: u64,
    /// Requests that we refused by ourselves (400, 405, 415, 416, 420, 469, 482, 483, 491, 500, 501).
    pub refused: u64,
    /// Requests refused for want of room (503).
    pub overload: u64,
    /// Transactions of ours that got no answer, and 2xx that got no ACK.
    pub timeouts: u64,
    /// Sends that failed.
    pub send_failures: u64,
    /// Commands of the layer above that the state of the call did not permit, and headers it may not set.
    pub misuse: u64,
    /// Calls now.
    pub calls: usize,
    /// Transactions now.
    pub transactions: usize,
}
