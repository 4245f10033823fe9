//! INVITE server transaction (RFC 3261 section 17.2.1, RFC 6026 section 7.1).
//!
//! 2xx answers are repeated by the user through [`InviteServer::respond`]; the ACK to them is another transaction and goes to the dialog.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use sansio::Timers;

use super::{Reliability, ServerEvent, Timer, Timing};
use crate::msg::{Method, Request, Response};

#[derive(Debug)]
enum State {
    Proceeding { last: Option<Vec<u8>> },
    Completed { answer: Vec<u8>, interval: Duration },
    Confirmed,
    Accepted,
    Terminated,
}

/// One INVITE that came to us.
#[derive(Debug)]
pub struct InviteServer {
    state: State,
    id: String,
    reliability: Reliability,
    timing: Timing,
    timers: Timers<Timer>,
    transmits: VecDeque<Vec<u8>>,
    events: VecDeque<ServerEvent>,
    repeats: u64,
}

impl InviteServer {
    /// The transaction of `request`. The user answers 100 at once.
    #[must_use]
    pub fn new(request: &Request, reliability: Reliability, timing: Timing) -> Self {
        Self {
            state: State::Proceeding { last: None },
            id: request.headers.call_id().unwrap_or("?").to_owned(),
            reliability,
            timing,
            timers: Timers::new(),
            transmits: VecDeque::new(),
            events: VecDeque::new(),
            repeats: 0,
        }
    }

    /// Whether no final answer was given yet.
    #[must_use]
    pub const fn is_proceeding(&self) -> bool {
        matches!(self.state, State::Proceeding { .. })
    }

    /// Whether an ACK with this transaction's branch is for it. The ACK to a 2xx is for the dialog, even if a peer gives it this branch.
    #[must_use]
    pub const fn takes_ack(&self) -> bool {
        matches!(self.state, State::Completed { .. } | State::Confirmed)
    }

    /// Whether this machine is done and can be dropped.
    #[must_use]
    pub const fn is_terminated(&self) -> bool {
        matches!(self.state, State::Terminated)
    }

    /// Answers sent again.
    #[must_use]
    pub const fn repeats(&self) -> u64 {
        self.repeats
    }

    /// Takes a repeat of the INVITE, or an ACK that matches it.
    pub fn handle_request(&mut self, now: Instant, method: &Method) {
        let is_ack = *method == Method::Ack;
        match (&self.state, is_ack) {
            (State::Proceeding { last: Some(answer) } | State::Completed { answer, .. }, false) => {
                self.repeats += 1;
                self.transmits.push_back(answer.clone());
            }
            (State::Completed { .. }, true) => self.acked(now),
            // Accepted: the user repeats the 2xx by itself; Proceeding: an ACK before an answer means nothing.
            (State::Proceeding { .. } | State::Confirmed | State::Accepted | State::Terminated, _) => {}
        }
    }

    fn acked(&mut self, now: Instant) {
        tracing::debug!("sip/invite-server[{}]{{Completed}}: ACK", self.id);
        self.timers.stop_all();
        let linger = self.timing.length(Timer::I, self.reliability);
        if linger.is_zero() {
            self.state = State::Terminated;
        } else {
            self.state = State::Confirmed;
            self.timers.set(Timer::I, now + linger);
        }
        self.events.push_back(ServerEvent::Acked);
    }

    /// Sends an answer; false if the state does not allow it any more.
    pub fn respond(&mut self, now: Instant, response: &Response) -> bool {
        tracing::debug!("sip/invite-server[{}]{{{}}}: answer {response:?}", self.id, self.state_name());
        match (&self.state, response.status) {
            (State::Proceeding { .. }, 0..=199) => {
                let bytes = response.to_bytes();
                self.transmits.push_back(bytes.clone());
                self.state = State::Proceeding { last: Some(bytes) };
                true
            }
            (State::Proceeding { .. }, 200..=299) => {
                self.transmits.push_back(response.to_bytes());
                self.state = State::Accepted;
                self.timers.set(Timer::L, now + self.timing.length(Timer::L, self.reliability));
                true
            }
            (State::Accepted, 200..=299) => {
                self.repeats += 1;
                self.transmits.push_back(response.to_bytes());
                true
            }
            (State::Proceeding { .. }, _) => {
                self.refuse(now, response.to_bytes());
                true
            }
            (State::Completed { .. } | State::Confirmed | State::Accepted | State::Terminated, _) => false,
        }
    }

    fn refuse(&mut self, now: Instant, answer: Vec<u8>) {
        self.transmits.push_back(answer.clone());
        self.state = State::Completed { answer, interval: self.timing.t1 };
        self.timers.set(Timer::H, now + self.timing.length(Timer::H, self.reliability));
        if self.reliability == Reliability::Unreliable {
            self.timers.set(Timer::G, now + self.timing.t1);
        }
    }

    /// Runs due timers.
    pub fn handle_timeout(&mut self, now: Instant) {
        while let Some(timer) = self.timers.expire(now) {
            match (&mut self.state, timer) {
                (State::Completed { answer, interval }, Timer::G) => {
                    *interval = self.timing.next_interval(*interval);
                    self.timers.set(Timer::G, now + *interval);
                    self.repeats += 1;
                    self.transmits.push_back(answer.clone());
                }
                (State::Completed { .. }, Timer::H) => {
                    tracing::warn!("sip/invite-server[{}]{{Completed}}: timer H, no ACK -> Terminated", self.id);
                    self.timers.stop_all();
                    self.state = State::Terminated;
                    self.events.push_back(ServerEvent::Timeout);
                }
                (State::Confirmed | State::Accepted, _) => self.state = State::Terminated,
                (State::Proceeding { .. } | State::Completed { .. } | State::Terminated, _) => {}
            }
        }
    }

    /// Next bytes to send.
    pub fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        self.transmits.pop_front()
    }

    /// Next event for the user.
    pub fn poll_event(&mut self) -> Option<ServerEvent> {
        self.events.pop_front()
    }

    /// When a timer is due.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.timers.next_deadline()
    }

    const fn state_name(&self) -> &'static str {
        match self.state {
            State::Proceeding { .. } => "Proceeding",
            State::Completed { .. } => "Completed",
            State::Confirmed => "Confirmed",
            State::Accepted => "Accepted",
            State::Terminated => "Terminated",
        }
    }
}
