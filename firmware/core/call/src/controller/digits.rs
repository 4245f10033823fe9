//! What is keyed at one side of a call reaches the other, whatever form it came in: said in signalling, or heard by the media threads.
//!
//! A line gets tones. An RTP side gets events or tones, or is told in signalling where its peer is set so. What is keyed in ISDN stays what
//! it is towards another such side. Digits in the audio or as events that need no other form never come here: the media threads pass them on.

use model::api::CallState;

use super::call::{Call, Leg, Path};
use super::{Controller, Order};
use crate::words::{Bearer, LegId, MediaCommand, Side, Terminal, ToLeg};

/// How long a digit is pressed of which no length was said.
const KEYED_MS: u32 = 100;

impl Controller {
    /// A keypad has no length and may hold more than digits.
    pub(super) fn keypad(&mut self, call: &Call, leg: LegId, keyed: String) {
        let (CallState::Answered, Some(other)) = (call.state, call.other(leg)) else { return };
        match &other.terminal {
            Some(Terminal::Rtp(to)) if to.digits_in_signalling => {
                for digit in keyed.chars() {
                    self.digit(call, leg, digit.to_ascii_uppercase(), KEYED_MS);
                }
            }
            Some(to @ Terminal::Rtp(_)) => self.key(call, to.clone(), keyed, KEYED_MS),
            Some(Terminal::Channel { .. }) | None => self.tell(other.id, ToLeg::Keypad(keyed)),
        }
    }

    /// A digit that `leg`'s far side pressed.
    pub(super) fn digit(&mut self, call: &Call, leg: LegId, digit: char, ms: u32) {
        match way(call, call.other(leg), digit) {
            Ok(Way::Media(to)) => self.key(call, to, digit.to_string(), ms),
            Ok(Way::Signalling(other)) => self.tell(other, ToLeg::Digit { digit, ms }),
            Err(why) => self.digit_lost(call, digit, why),
        }
    }

    /// No side has a use for it yet: one that held or transferred by it would be told another way.
    pub(super) fn flash(&mut self, call: &Call, leg: LegId) {
        let who = if call.is_from(leg) { "the caller" } else { "the called side" };
        self.note(call, format!("hook flash by {who}: ignored"));
    }

    /// A digit that the media threads heard at one end and kept from the other.
    pub(super) fn heard(&mut self, call: &Call, from: Side, digit: char, ms: u32) {
        let leg = match from {
            Side::Incoming => Some(call.from.id),
            Side::Outgoing => call.to.as_ref().map(|to| to.id),
        };
        if let Some(leg) = leg {
            self.note(call, format!("audio: digit {digit} keyed for {ms} ms"));
            self.digit(call, leg, digit, ms);
        }
    }

    pub(super) fn digit_lost(&mut self, call: &Call, digit: char, why: &str) {
        self.note(call, format!("digit {digit} not passed on: {why}"));
    }

    fn key(&mut self, call: &Call, to: Terminal, digits: String, ms: u32) {
        self.orders.push_back(Order::Media(MediaCommand::Digits { call: call.id, to, digits, ms }));
    }
}

/// How a digit reaches the other side.
enum Way {
    Media(Terminal),
    Signalling(LegId),
}

/// The way to `other`, or why there is none. Tones and events need an open path, which early audio has too; signalling an answered call.
fn way(call: &Call, other: Option<&Leg>, digit: char) -> Result<Way, &'static str> {
    if !matches!(digit, '0'..='9' | '*' | '#' | 'A'..='D') {
        return Err("it is no key");
    }
    let other = other.ok_or("the other side is gone")?;
    let carries_audio = match call.setup.bearer {
        Bearer::Speech | Bearer::Audio31 => true,
        Bearer::Data { .. } => false,
    };
    match &other.terminal {
        Some(Terminal::Rtp(to)) if to.digits_in_signalling && call.state == CallState::Answered => Ok(Way::Signalling(other.id)),
        Some(Terminal::Rtp(to)) if to.digits_in_signalling => Err("the call is not answered"),
        // A tone would damage what it carries.
        Some(_) if !carries_audio => Err("the call carries data"),
        Some(to) if call.path == Path::Open => Ok(Way::Media(to.clone())),
        Some(_) | None => Err("the other side has no audio"),
    }
}
