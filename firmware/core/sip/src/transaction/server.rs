//! Non-INVITE server transaction (RFC 3261 section 17.2.2).

use std::collections::VecDeque;
use std::time::Instant;

use sansio::Timers;

use super::{Reliability, Timer, Timing};
use crate::msg::Response;

#[derive(Debug)]
enum State {
    Trying,
    Proceeding { last: Vec<u8> },
    Completed { answer: Vec<u8> },
    Terminated,
}

/// One request other than INVITE and ACK that came to us.
#[derive(Debug)]
pub struct Server {
    state: State,
    reliability: Reliability,
    timing: Timing,
    timers: Timers<Timer>,
    transmits: VecDeque<Vec<u8>>,
    repeats: u64,
}

impl Server {
    /// A transaction whose request has just come.
    #[must_use]
    pub const fn new(reliability: Reliability, timing: Timing) -> Self {
        Self { state: State::Trying, reliability, timing, timers: Timers::new(), transmits: VecDeque::new(), repeats: 0 }
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

    /// Takes a repeat of the request.
    pub fn handle_repeat(&mut self) {
        match &self.state {
            State::Proceeding { last: answer } | State::Completed { answer } => {
                self.repeats += 1;
                self.transmits.push_back(answer.clone());
            }
            State::Trying | State::Terminated => {}
        }
    }

    /// Sends an answer; false if a final one was given already.
    pub fn respond(&mut self, now: Instant, response: &Response) -> bool {
        match self.state {
            State::Trying | State::Proceeding { .. } => {}
            State::Completed { .. } | State::Terminated => return false,
        }
        let bytes = response.to_bytes();
        self.transmits.push_back(bytes.clone());
        let linger = self.timing.length(Timer::J, self.reliability);
        if response.is_provisional() {
            self.state = State::Proceeding { last: bytes };
        } else if linger.is_zero() {
            self.state = State::Terminated;
        } else {
            self.state = State::Completed { answer: bytes };
            self.timers.set(Timer::J, now + linger);
        }
        true
    }

    /// Runs due timers.
    pub fn handle_timeout(&mut self, now: Instant) {
        while self.timers.expire(now).is_some() {
            self.state = State::Terminated;
        }
    }

    /// Next bytes to send.
    pub fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        self.transmits.pop_front()
    }

    /// When a timer is due.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.timers.next_deadline()
    }
}
