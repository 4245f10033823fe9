//! INVITE client transaction (RFC 3261 section 17.1.1, RFC 6026 section 7.2).
//!
//! The ACK to 300 and above is made here; the ACK to 2xx belongs to the dialog and is made above.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use sansio::Timers;

use super::{ClientEvent, Reliability, Timer, Timing};
use crate::msg::{Method, Request, Response};

#[derive(Debug)]
enum State {
    Calling { interval: Duration },
    Proceeding,
    Completed { ack: Vec<u8> },
    Accepted,
    Terminated,
}

/// One INVITE that we sent.
#[derive(Debug)]
pub struct InviteClient {
    state: State,
    request: Box<Request>,
    reliability: Reliability,
    timing: Timing,
    timers: Timers<Timer>,
    transmits: VecDeque<Vec<u8>>,
    events: VecDeque<ClientEvent>,
    repeats: u64,
}

impl InviteClient {
    /// Sends `request`, whose topmost Via is ours.
    #[must_use]
    pub fn new(now: Instant, request: Request, reliability: Reliability, timing: Timing) -> Self {
        let mut timers = Timers::new();
        timers.set(Timer::B, now + timing.length(Timer::B, reliability));
        if reliability == Reliability::Unreliable {
            timers.set(Timer::A, now + timing.t1);
        }
        let transmits = VecDeque::from([request.to_bytes()]);
        let state = State::Calling { interval: timing.t1 };
        let request = Box::new(request);
        Self { state, request, reliability, timing, timers, transmits, events: VecDeque::new(), repeats: 0 }
    }

    /// The request; a CANCEL is made from it.
    #[must_use]
    pub const fn request(&self) -> &Request {
        &self.request
    }

    /// Whether no answer of any kind has come.
    #[must_use]
    pub const fn is_unanswered(&self) -> bool {
        matches!(self.state, State::Calling { .. })
    }

    /// Whether this machine is done and can be dropped.
    #[must_use]
    pub const fn is_terminated(&self) -> bool {
        matches!(self.state, State::Terminated)
    }

    /// Requests and ACKs sent again.
    #[must_use]
    pub const fn repeats(&self) -> u64 {
        self.repeats
    }

    /// Takes a response that matches this transaction.
    pub fn handle_response(&mut self, now: Instant, response: Response) {
        tracing::debug!("sip/invite-client[{}]{{{}}}: {response:?}", self.id(), self.state_name());
        match &self.state {
            State::Calling { .. } | State::Proceeding => self.answered(now, response),
            State::Completed { ack } => {
                if response.status >= 300 {
                    self.repeats += 1;
                    self.transmits.push_back(ack.clone());
                }
            }
            State::Accepted => {
                if response.is_success() {
                    self.events.push_back(ClientEvent::Final(Box::new(response)));
                }
            }
            State::Terminated => {}
        }
    }

    fn answered(&mut self, now: Instant, response: Response) {
        self.timers.stop_all();
        if response.is_provisional() {
            self.state = State::Proceeding;
            self.events.push_back(ClientEvent::Provisional(Box::new(response)));
            return;
        }
        if response.is_success() {
            self.state = State::Accepted;
            self.timers.set(Timer::M, now + self.timing.length(Timer::M, self.reliability));
        } else {
            let ack = self.ack(&response).to_bytes();
            self.transmits.push_back(ack.clone());
            let linger = self.timing.length(Timer::D, self.reliability);
            if linger.is_zero() {
                self.state = State::Terminated;
            } else {
                self.state = State::Completed { ack };
                self.timers.set(Timer::D, now + linger);
            }
        }
        self.events.push_back(ClientEvent::Final(Box::new(response)));
    }

    /// RFC 3261 section 17.1.1.3: topmost Via, Route, From, Call-ID and CSeq number of the INVITE; To of the answer.
    fn ack(&self, response: &Response) -> Request {
        let mut ack = in_same_transaction(&self.request, Method::Ack);
        ack.headers.remove("To");
        ack.headers.copy_from(&response.headers, "To");
        ack.set_body(None);
        ack
    }

    /// The CANCEL of this INVITE (RFC 3261 section 9.1). It is a transaction of its own; send it only after a provisional answer.
    #[must_use]
    pub fn cancel(&self) -> Request {
        let mut cancel = in_same_transaction(&self.request, Method::Cancel);
        cancel.set_body(None);
        cancel
    }

    /// The transport says that the request did not go out.
    pub fn transport_failed(&mut self, why: &str) {
        if matches!(self.state, State::Calling { .. } | State::Proceeding) {
            self.finish(ClientEvent::TransportFailed(why.to_owned()));
        }
    }

    /// Gives up: a cancelled INVITE whose final answer never came (RFC 3261 section 9.1).
    pub fn abandon(&mut self) {
        if matches!(self.state, State::Calling { .. } | State::Proceeding) {
            self.finish(ClientEvent::Timeout);
        }
    }

    fn finish(&mut self, event: ClientEvent) {
        tracing::debug!("sip/invite-client[{}]{{{}}}: {event:?} -> Terminated", self.id(), self.state_name());
        self.timers.stop_all();
        self.state = State::Terminated;
        self.events.push_back(event);
    }

    /// Runs due timers.
    pub fn handle_timeout(&mut self, now: Instant) {
        while let Some(timer) = self.timers.expire(now) {
            match (&mut self.state, timer) {
                (State::Calling { interval }, Timer::A) => {
                    // Timer A doubles without bound: B ends it.
                    *interval = interval.saturating_mul(2);
                    self.timers.set(Timer::A, now + *interval);
                    self.repeats += 1;
                    self.transmits.push_back(self.request.to_bytes());
                }
                (State::Calling { .. }, Timer::B) => self.finish(ClientEvent::Timeout),
                (State::Completed { .. } | State::Accepted, _) => self.state = State::Terminated,
                (State::Calling { .. } | State::Proceeding | State::Terminated, _) => {}
            }
        }
    }

    /// Next bytes to send.
    pub fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        self.transmits.pop_front()
    }

    /// Next event for the user.
    pub fn poll_event(&mut self) -> Option<ClientEvent> {
        self.events.pop_front()
    }

    /// When a timer is due.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.timers.next_deadline()
    }

    fn id(&self) -> &str {
        self.request.headers.call_id().unwrap_or("?")
    }

    const fn state_name(&self) -> &'static str {
        match self.state {
            State::Calling { .. } => "Calling",
            State::Proceeding => "Proceeding",
            State::Completed { .. } => "Completed",
            State::Accepted => "Accepted",
            State::Terminated => "Terminated",
        }
    }
}

/// A request that shares URI, topmost Via, Route, Max-Forwards, From, To, Call-ID and CSeq number with `original`.
fn in_same_transaction(original: &Request, method: Method) -> Request {
    let mut request = Request::new(method.clone(), original.uri.clone());
    if let Some(via) = original.headers.via() {
        request.headers.push("Via", &via.to_string());
    }
    for name in ["Route", "Max-Forwards", "From", "To", "Call-ID"] {
        request.headers.copy_from(&original.headers, name);
    }
    let number = original.headers.cseq().map_or(0, |cseq| cseq.number);
    request.headers.push("CSeq", &format!("{number} {method}"));
    request
}
