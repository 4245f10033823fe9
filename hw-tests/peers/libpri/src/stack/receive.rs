//! libpri's events, made ours: what `pri_hangup` has to follow, and calls by their numbers.

use std::ffi::{CStr, c_char};

use super::{Event, PRESENTATION_MASK, PRESENTATION_RESTRICTED, PROGRESS_IN_BAND, Ring, Stack};
use crate::ffi;

impl Stack {
    /// What the controller of the D-channel of span `on` says.
    pub(super) fn take_event(&mut self, event: &ffi::PeerEvent, on: u8) {
        let channel = self.decode(event, on);
        match event.kind {
            ffi::LINK_UP => self.link_changed(on, true),
            ffi::LINK_DOWN => self.link_changed(on, false),
            ffi::RESTART => self.events.push_back(Event::Restart { channel }),
            ffi::RESTART_ACK => self.events.push_back(Event::Restarted { channel }),
            ffi::SERVICE | ffi::SERVICE_ACK => self.events.push_back(Event::Service {
                channel,
                status: u8::try_from(event.cause).ok(),
                acknowledged: event.kind == ffi::SERVICE_ACK,
            }),
            ffi::RING => self.take_ring(event, on),
            ffi::DIGITS => self.take_digits(event),
            ffi::NEED_DIGITS | ffi::PROCEEDING | ffi::ALERTING | ffi::PROGRESS | ffi::ANSWER => self.take_progress(event),
            ffi::KEYPAD => self.take_keypad(event),
            ffi::HOLD..=ffi::RETRIEVE_REJECT => self.take_hold(event),
            ffi::HANGUP_REQUEST | ffi::HANGUP | ffi::HANGUP_ACK => self.take_hangup(event),
            ffi::CONFIG_ERROR => self.events.push_back(Event::Other(format!("configuration error: {}", text(&event.text)))),
            ffi::OTHER => self.events.push_back(Event::Other(format!("{} (event {})", text(&event.text), event.raw))),
            kind => self.events.push_back(Event::Other(format!("event of unknown kind {kind}"))),
        }
    }

    fn take_ring(&mut self, event: &ffi::PeerEvent, on: u8) {
        // A pointer that we still hold was freed and given out again by libpri without a word about its old call.
        if let Some(stale) = self.find(event.call) {
            self.release(stale, None);
        }
        let call = self.hold(event.call, on, true);
        self.events.push_back(Event::Ring(Ring {
            call,
            channel: self.decode(event, on),
            flexible: event.flexible != 0,
            called: text(&event.called),
            calling: text(&event.calling),
            data: event.capability == super::CAPABILITY_DATA,
            withheld: event.presentation & PRESENTATION_MASK == PRESENTATION_RESTRICTED,
            name: text(&event.text),
            called_plan: u8::try_from(event.called_plan).unwrap_or(0),
            complete: event.complete != 0,
            redirecting: Some((text(&event.redirecting), u8::try_from(event.redirecting_reason).unwrap_or(0)))
                .filter(|(number, _)| !number.is_empty()),
        }));
    }

    fn take_digits(&mut self, event: &ffi::PeerEvent) {
        let Some(call) = self.find(event.call) else { return };
        self.events.push_back(Event::Digits { call, digits: text(&event.called), complete: event.complete != 0 });
    }

    fn take_keypad(&mut self, event: &ffi::PeerEvent) {
        let Some(call) = self.find(event.call) else { return };
        self.events.push_back(Event::Keyed { call, digits: text(&event.called) });
    }

    fn take_progress(&mut self, event: &ffi::PeerEvent) {
        let Some(call) = self.find(event.call) else { return };
        let channel = self.decode(event, self.home(call));
        let in_band = event.progress & PROGRESS_IN_BAND != 0;
        self.events.push_back(match event.kind {
            ffi::NEED_DIGITS => Event::NeedDigits { call, channel },
            ffi::PROCEEDING => Event::Proceeding { call, channel },
            ffi::ALERTING => Event::Alerting { call, channel, in_band },
            ffi::PROGRESS => Event::Progress { call, cause: cause(event.cause), in_band },
            _ => Event::Answer { call, channel },
        });
    }

    fn take_hangup(&mut self, event: &ffi::PeerEvent) {
        let Some(call) = self.find(event.call) else { return };
        let cause = cause(event.cause);
        let said = text(&event.text);
        if !said.is_empty() {
            self.events.push_back(Event::UserUser { call, text: said });
        }
        // libpri repeats the cause that it is given; 16 stands in for a message that named none.
        let repeated = cause.unwrap_or(16);
        match event.kind {
            // DISCONNECT arrived: pri_hangup sends RELEASE, and HANGUP_ACK follows the RELEASE COMPLETE.
            ffi::HANGUP_REQUEST => {
                if let Some(held) = self.calls.get_mut(&call) {
                    held.cause = cause;
                }
                self.events.push_back(Event::Clearing { call, cause });
                self.hang_up(call, repeated, None);
            }
            // RELEASE or RELEASE COMPLETE arrived, or a timer gave up: pri_hangup answers and frees the call.
            ffi::HANGUP => {
                if let Some(held) = self.calls.get_mut(&call) {
                    held.cause = cause.or(held.cause);
                }
                self.hang_up(call, repeated, None);
            }
            // libpri has freed the call already.
            _ => {
                let first_cause = self.calls.get(&call).and_then(|held| held.cause);
                self.release(call, first_cause.or(cause));
            }
        }
    }
}

/// The text in a C array; the shim ends it with NUL, and a full array would still be read safely.
fn text(octets: &[c_char]) -> String {
    let octets: Vec<u8> = octets.iter().map(|octet| octet.to_ne_bytes()[0]).chain([0]).collect();
    CStr::from_bytes_until_nul(&octets).map(|text| text.to_string_lossy().into_owned()).unwrap_or_default()
}

pub(super) fn cause(value: i32) -> Option<u8> {
    u8::try_from(value).ok().filter(|value| *value < 128)
}
