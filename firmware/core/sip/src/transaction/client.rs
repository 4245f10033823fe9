//! Non-INVITE client transaction (RFC 3261 section 17.1.2).

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use sansio::Timers;

use super::{ClientEvent, Reliability, Timer, Timing};
use crate::msg::{Request, Response};

#[derive(Debug)]
enum State {
    Trying { interval: Duration },
    Proceeding,
    Completed,
    Terminated,
}

/// One request other than INVITE and ACK that we sent.
#[derive(Debug)]
pub struct Client {
    state: State,
    bytes: Vec<u8>,
    id: String,
    reliability: Reliability,
    timing: Timing,
    timers: Timers<Timer>,
    transmits: VecDeque<Vec<u8>>,
    events: VecDeque<ClientEvent>,
    repeats: u64,
}

impl Client {
    /// Sends `request`, whose topmost Via is ours.
    #[must_use]
    pub fn new(now: Instant, request: &Request, reliability: Reliability, timing: Timing) -> Self {
        let mut timers = Timers::new();
        timers.set(Timer::F, now + timing.length(Timer::F, reliability));
        if reliability == Reliability::Unreliable {
            timers.set(Timer::E, now + timing.t1);
        }
        let bytes = request.to_bytes();
        let transmits = VecDeque::from([bytes.clone()]);
        let id = format!("{} {}", request.method, request.headers.call_id().unwrap_or("?"));
        let state = State::Trying { interval: timing.t1 };
        Self { state, bytes, id, reliability, timing, timers, transmits, events: VecDeque::new(), repeats: 0 }
    }

    /// Whether no answer of any kind has come.
    #[must_use]
    pub const fn is_unanswered(&self) -> bool {
        matches!(self.state, State::Trying { .. })
    }

    /// Whether this machine is done and can be dropped.
    #[must_use]
    pub const fn is_terminated(&self) -> bool {
        matches!(self.state, State::Terminated)
    }

    /// Requests sent again.
    #[must_use]
    pub const fn repeats(&self) -> u64 {
        self.repeats
    }

    /// Takes a response that matches this transaction.
    pub fn handle_response(&mut self, now: Instant, response: Response) {
        tracing::debug!("sip/client[{}]{{{}}}: {response:?}", self.id, self.state_name());
        match (&self.state, response.is_provisional()) {
            (State::Trying { .. }, true) => {
                self.state = State::Proceeding;
                // 17.1.2.2: in Proceeding, E runs at T2.
                if self.timers.is_running(Timer::E) {
                    self.timers.set(Timer::E, now + self.timing.t2);
                }
                self.events.push_back(ClientEvent::Provisional(Box::new(response)));
            }
            (State::Proceeding, true) => self.events.push_back(ClientEvent::Provisional(Box::new(response))),
            (State::Trying { .. } | State::Proceeding, false) => {
                self.timers.stop_all();
                let linger = self.timing.length(Timer::K, self.reliability);
                if linger.is_zero() {
                    self.state = State::Terminated;
                } else {
                    self.state = State::Completed;
                    self.timers.set(Timer::K, now + linger);
                }
                self.events.push_back(ClientEvent::Final(Box::new(response)));
            }
            (State::Completed | State::Terminated, _) => {}
        }
    }

    /// The transport says that the request did not go out.
    pub fn transport_failed(&mut self, why: &str) {
        if matches!(self.state, State::Trying { .. } | State::Proceeding) {
            self.finish(ClientEvent::TransportFailed(why.to_owned()));
        }
    }

    fn finish(&mut self, event: ClientEvent) {
        tracing::debug!("sip/client[{}]{{{}}}: {event:?} -> Terminated", self.id, self.state_name());
        self.timers.stop_all();
        self.state = State::Terminated;
        self.events.push_back(event);
    }

    /// Runs due timers.
    pub fn handle_timeout(&mut self, now: Instant) {
        while let Some(timer) = self.timers.expire(now) {
            match (&mut self.state, timer) {
                (State::Trying { interval }, Timer::E) => {
                    *interval = self.timing.next_interval(*interval);
                    let next = *interval;
                    self.repeat(now, next);
                }
                (State::Proceeding, Timer::E) => self.repeat(now, self.timing.t2),
                (State::Trying { .. } | State::Proceeding, Timer::F) => self.finish(ClientEvent::Timeout),
                (State::Completed, _) => self.state = State::Terminated,
                (State::Trying { .. } | State::Proceeding | State::Terminated, _) => {}
            }
        }
    }

    fn repeat(&mut self, now: Instant, next: Duration) {
        self.timers.set(Timer::E, now + next);
        self.repeats += 1;
        self.transmits.push_back(self.bytes.clone());
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

    const fn state_name(&self) -> &'static str {
        match self.state {
            State::Trying { .. } => "Trying",
            State::Proceeding => "Proceeding",
            State::Completed => "Completed",
            State::Terminated => "Terminated",
        }
    }
}
