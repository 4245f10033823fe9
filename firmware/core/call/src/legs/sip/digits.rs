//! Digits of a SIP far side by INFO, both ways. Those for it wait their turn: one at a time, so that they arrive in order whatever is lost.

use std::collections::VecDeque;
use std::time::Instant;

use sip::msg::dtmf::Keyed;
use sip::{Body, CallId};

use super::{Out, SipLegs};
use crate::words::FromLeg;

/// Digits that wait for those before them: what a person keys in the 32 s that a lost INFO takes (RFC 3261 section 17.1.2.2, timer F).
const MOST_WAITING: usize = 64;

/// Digits for a far side.
#[derive(Debug, Default)]
pub(super) struct Digits {
    /// The dialog is confirmed at both ends.
    up: bool,
    sent: Option<char>,
    waiting: VecDeque<(char, u32)>,
}

impl Digits {
    /// Digits may be sent from now on.
    pub(super) const fn is_up(&mut self) {
        self.up = true;
    }

    /// One more; false when too many wait.
    pub(super) fn add(&mut self, digit: char, ms: u32) -> bool {
        let room = self.waiting.len() < MOST_WAITING;
        if room {
            self.waiting.push_back((digit, ms));
        }
        room
    }

    /// What an INFO is to say now.
    pub(super) fn next(&mut self) -> Option<Body> {
        if !self.up || self.sent.is_some() {
            return None;
        }
        let (digit, ms) = self.waiting.pop_front()?;
        self.sent = Some(digit);
        Some(Body::digit(digit, ms))
    }

    /// The INFO that was sent is decided; gives its digit.
    pub(super) const fn decided(&mut self) -> Option<char> {
        self.sent.take()
    }
}

impl SipLegs {
    /// A digit for the far side.
    pub(super) fn tell_digit(&mut self, now: Instant, call: CallId, (digit, ms): (char, u32), out: &mut Out) {
        let Some(leg) = self.calls.get_mut(&call) else { return };
        if !leg.digits.add(digit, ms) {
            let reason = "too many wait for the answers to those before".to_owned();
            out.say(leg.id, leg.trunk, FromLeg::DigitRefused { digit, reason });
        }
        self.send_digit(now, call);
    }

    /// Sends the next digit, if its turn has come.
    pub(super) fn send_digit(&mut self, now: Instant, call: CallId) {
        let leg = self.calls.get_mut(&call).filter(|leg| leg.ending.is_none());
        if let Some(body) = leg.and_then(|leg| leg.digits.next()) {
            self.endpoint.info(now, call, &body);
        }
    }

    /// What became of the last digit.
    pub(super) fn digit_decided(&mut self, now: Instant, call: CallId, result: Result<(), u16>, out: &mut Out) {
        let Some(leg) = self.calls.get_mut(&call) else { return };
        if let (Some(digit), Err(status)) = (leg.digits.decided(), result) {
            let reason = format!("INFO failed with {status} {}", sip::msg::default_phrase(status));
            out.say(leg.id, leg.trunk, FromLeg::DigitRefused { digit, reason });
        }
        // These two end the call.
        if !matches!(result, Err(481 | 408)) {
            self.send_digit(now, call);
        }
    }

    /// The far side keyed something.
    pub(super) fn keyed(&self, call: CallId, keyed: Keyed, out: &mut Out) {
        let Some(leg) = self.calls.get(&call) else { return };
        let word = match keyed {
            Keyed::Digit { digit, ms } => FromLeg::Digit { digit, ms },
            Keyed::Flash => FromLeg::Flash,
        };
        out.say(leg.id, leg.trunk, word);
    }
}
