//! libpri behind a safe interface of the same shape as our own machines: frames in, frames and events out.
//!
//! [`Stack`] hides four of libpri's habits. Its calls are raw pointers that die at moments which differ by message;
//! here they are [`CallId`]s that never come back. After PRI_EVENT_HANGUP and PRI_EVENT_HANGUP_REQ the application must
//! call `pri_hangup`, after PRI_EVENT_HANGUP_ACK it must not; that is done here. And a call that libpri drops without an
//! event (RELEASE COMPLETE in answer to SETUP) gets its [`Event::Released`] all the same. Last, a call that was only
//! presented is no call to libpri yet: it refuses it with RELEASE COMPLETE for a handful of causes ([`REFUSING`]) and for any
//! other sends nothing at all and holds the call for ever. Asterisk has sent CALL PROCEEDING by then, and so does
//! [`Stack::hangup`] for those: the far end sees CALL PROCEEDING and DISCONNECT.
//!
//! Unlike our machines libpri reads the clock itself, so the timers run in real time: call [`Stack::handle_timeout`]
//! when [`Stack::time_to_timeout`] says so. Feed frames with [`Stack::handle_frame`], then drain [`Stack::poll_transmit`]
//! and [`Stack::poll_event`] until both return `None`.
//!
//! Left out: transfer, supplementary services, advice of charge, the number of a connected line. SERVICE messages are answered whatever the switch type.

mod hold;

use std::collections::{BTreeMap, VecDeque};
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::fmt;
use std::ptr::NonNull;
use std::time::Duration;

use crate::ffi;
use crate::framing::Framing;
use crate::g711::Law;
use crate::switch_type::SwitchType;

/// Type unknown, numbering plan ISDN (Q.931 table 4-9): what a PBX sends with the digits as dialled.
pub const PLAN_ISDN_UNKNOWN_TYPE: u8 = 0x01;
/// Speech, G.711: information transfer capability and user layer 1 protocol (Q.931 4.5.5).
const CAPABILITY_SPEECH: i32 = 0x00;
const LAYER1_MU_LAW: i32 = 0x22;
const LAYER1_A_LAW: i32 = 0x23;
/// Presentation allowed, user number not screened; the second bit of octet 3a restricts it (Q.931 table 4-11).
const PRESENTATION_ALLOWED: i32 = 0x00;
const PRESENTATION_RESTRICTED: i32 = 0x20;
const PRESENTATION_MASK: i32 = 0x60;
/// Progress indicator 8, in-band information, as libpri's bit (PRI_PROG_INBAND_AVAILABLE).
const PROGRESS_IN_BAND: i32 = 1 << 3;
/// Causes with which libpri answers SETUP by RELEASE COMPLETE (its reading of Q.931 5.3.2 a).
pub const REFUSING: [u8; 6] = [1, 34, 44, 81, 82, 88];
/// Longest LAPD frame libpri sends: N201 of 260 octets plus address and control, with room to spare.
const LONGEST_FRAME: usize = 1024;

/// Which side of the user-network interface libpri plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// PRI_CPE: the PBX.
    User,
    /// PRI_NETWORK: the exchange.
    Network,
}

/// What libpri may do beyond plain calls.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Options {
    /// Numbers may come in pieces, both ways.
    pub overlap: bool,
    /// Names and diversions are sent in Facility where the switch type has that.
    pub facility: bool,
    /// HOLD of the far end is told, and not refused with cause 69.
    pub hold: bool,
}

/// A call of one [`Stack`]; numbers are never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CallId(pub u32);

/// What libpri tells its application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Multiframe operation was established.
    LinkUp,
    /// The data link was lost.
    LinkDown,
    /// SETUP arrived.
    Ring(Ring),
    /// SETUP ACKNOWLEDGE: the far end wants more digits.
    NeedDigits {
        /// Which call.
        call: CallId,
        /// Timeslot that the far end chose or confirmed.
        channel: Option<u8>,
    },
    /// INFORMATION with digits.
    Digits {
        /// Which call.
        call: CallId,
        /// What it brought.
        digits: String,
        /// Sending complete was present.
        complete: bool,
    },
    /// CALL PROCEEDING.
    Proceeding {
        /// Which call.
        call: CallId,
        /// Timeslot that the far end chose or confirmed.
        channel: Option<u8>,
    },
    /// ALERTING.
    Alerting {
        /// Which call.
        call: CallId,
        /// Timeslot that the far end chose or confirmed.
        channel: Option<u8>,
        /// Progress indicator 8 was in the message.
        in_band: bool,
    },
    /// PROGRESS.
    Progress {
        /// Which call.
        call: CallId,
        /// Q.850 value, when the message had one.
        cause: Option<u8>,
        /// Progress indicator 8 was in the message.
        in_band: bool,
    },
    /// CONNECT.
    Answer {
        /// Which call.
        call: CallId,
        /// Timeslot that the far end chose or confirmed.
        channel: Option<u8>,
    },
    /// DISCONNECT arrived; libpri was told to go on and sends RELEASE.
    Clearing {
        /// Which call.
        call: CallId,
        /// Q.850 value.
        cause: Option<u8>,
    },
    /// The call is gone and its channel free.
    Released {
        /// Which call.
        call: CallId,
        /// Q.850 value of the last message about it, or ours when nobody answered.
        cause: Option<u8>,
    },
    /// RESTART for a channel, or for all of them. libpri acknowledges by itself.
    Restart {
        /// `None`: the whole interface.
        channel: Option<u8>,
    },
    /// RESTART ACKNOWLEDGE for a channel.
    Restarted {
        /// Which.
        channel: Option<u8>,
    },
    /// SERVICE arrived, or its acknowledgement. libpri acknowledges by itself.
    Service {
        /// Timeslot.
        channel: Option<u8>,
        /// 0 in service, 2 out of service.
        status: Option<u8>,
        /// It is the answer to ours.
        acknowledged: bool,
    },
    /// HOLD: to be answered by [`Stack::accept_hold`].
    Hold {
        /// Which call.
        call: CallId,
    },
    /// HOLD ACKNOWLEDGE; or HOLD REJECT, or no answer, with its cause.
    Held {
        /// Which call.
        call: CallId,
        /// Q.850 value, when it is not held.
        refused: Option<u8>,
    },
    /// RETRIEVE: to be answered by [`Stack::accept_retrieve`] or [`Stack::refuse_retrieve`].
    Retrieve {
        /// Which call.
        call: CallId,
        /// Timeslot named in the channel identification, if any.
        channel: Option<u8>,
        /// Another channel would do.
        flexible: bool,
    },
    /// RETRIEVE ACKNOWLEDGE with its timeslot; or RETRIEVE REJECT, or no answer, with its cause.
    Retrieved {
        /// Which call.
        call: CallId,
        /// Timeslot that the far end chose or confirmed.
        channel: Option<u8>,
        /// Q.850 value, when it is still held.
        refused: Option<u8>,
    },
    /// Anything else: libpri's name of it.
    Other(String),
}

/// What a SETUP said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ring {
    /// The new call.
    pub call: CallId,
    /// Timeslot named in the channel identification, if any.
    pub channel: Option<u8>,
    /// Another channel would do ("preferred").
    pub flexible: bool,
    /// Called digits.
    pub called: String,
    /// Calling digits; empty when there were none.
    pub calling: String,
    /// Presentation of the calling number was restricted.
    pub withheld: bool,
    /// Display, as calling name.
    pub name: String,
    /// Type of number and numbering plan of the called number, octet 3 without its extension bit.
    pub called_plan: u8,
    /// Sending complete was present.
    pub complete: bool,
    /// The number that redirected the call, and the reason as Q.931 numbers it.
    pub redirecting: Option<(String, u8)>,
}

/// A SETUP to send: speech, in the law of the interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setup {
    /// Called digits.
    pub called: String,
    /// Calling digits.
    pub calling: Option<String>,
    /// Restrict the presentation of the calling number.
    pub withheld: bool,
    /// Calling name, sent as display.
    pub name: Option<String>,
    /// Timeslot to ask for.
    pub channel: u8,
    /// No other channel would do.
    pub exclusive: bool,
    /// The called number is whole.
    pub complete: bool,
    /// The number that redirected the call, and the reason as Q.931 numbers it: 1 busy, 2 no reply, 15 unconditional.
    pub redirecting: Option<(String, u8)>,
}

/// Why libpri would not do something.
#[derive(Debug, PartialEq, Eq)]
pub enum Refused {
    /// `pri_new_cb` failed.
    NoController,
    /// `pri_setup` failed.
    NoCall,
    /// Text with a NUL inside.
    BadText(String),
    /// libpri has no such timer.
    UnknownTimer(String),
    /// The call is gone.
    UnknownCall(CallId),
    /// libpri does not send this message in the call's state.
    WrongState(&'static str),
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoController => write!(f, "libpri cannot make a controller"),
            Self::NoCall => write!(f, "libpri cannot place the call"),
            Self::BadText(text) => write!(f, "text with a NUL inside: {text:?}"),
            Self::UnknownTimer(name) => write!(f, "libpri has no timer {name:?}"),
            Self::UnknownCall(call) => write!(f, "no call {}", call.0),
            Self::WrongState(message) => write!(f, "libpri does not send {message} in the state of the call"),
        }
    }
}

impl std::error::Error for Refused {}

/// One libpri controller. It is never freed: libpri offers no call for that, and a peer needs one until it ends.
pub struct Stack {
    peer: NonNull<ffi::Peer>,
    law: Law,
    calls: BTreeMap<CallId, Held>,
    last_call: u32,
    events: VecDeque<Event>,
}

/// A call that libpri still holds.
struct Held {
    pointer: *mut c_void,
    /// The cause that will be reported if libpri drops the call without another word.
    cause: Option<u8>,
    /// SETUP arrived and nothing was sent in answer.
    only_presented: bool,
    /// `pri_hangup` was called. libpri takes a second call of it for the moment to send RELEASE, but sends none.
    cleared: bool,
}

impl Stack {
    /// A controller of this switch type; `name` marks its log lines on stderr, `debug` is a set of libpri's PRI_DEBUG_* bits.
    pub fn new(
        name: &str,
        side: Side,
        framing: Framing,
        switch: SwitchType,
        options: Options,
        debug: i32,
    ) -> Result<Self, Refused> {
        let name = c_text(name)?;
        let (network, switch_type) = (c_int::from(side == Side::Network), switch.number(framing));
        let Options { overlap, facility, hold } = options;
        let (overlap, facility, hold) = (c_int::from(overlap), c_int::from(facility), c_int::from(hold));
        // SAFETY: `name` is a NUL-terminated string that outlives the call; the shim copies it.
        let peer = unsafe { ffi::peer_new(name.as_ptr(), network, switch_type, overlap, facility, hold, debug) };
        let peer = NonNull::new(peer).ok_or(Refused::NoController)?;
        Ok(Self { peer, law: framing.law(), calls: BTreeMap::new(), last_call: 0, events: VecDeque::new() })
    }

    /// Sets a timer or counter by libpri's name: `T200` in milliseconds, `N200`, `K`, `T309`, ...
    pub fn set_timer(&mut self, name: &str, value: i32) -> Result<(), Refused> {
        let timer = c_text(name)?;
        // SAFETY: the controller lives as long as the process, `timer` as long as the call.
        let set = unsafe { ffi::peer_set_timer(self.peer.as_ptr(), timer.as_ptr(), value) };
        if set < 0 { Err(Refused::UnknownTimer(name.to_owned())) } else { Ok(()) }
    }

    /// Takes one LAPD frame without FCS.
    pub fn handle_frame(&mut self, frame: &[u8]) {
        let mut event = ffi::PeerEvent::empty();
        // SAFETY: `frame` is readable for its length during the call and not kept; `event` is a valid place to write.
        let filled = unsafe { ffi::peer_receive(self.peer.as_ptr(), frame.as_ptr(), frame.len(), &raw mut event) };
        if filled != 0 {
            self.take_event(&event);
        }
    }

    /// Runs the timers that are due; a spurious call does nothing.
    pub fn handle_timeout(&mut self) {
        loop {
            let mut event = ffi::PeerEvent::empty();
            // SAFETY: the controller lives as long as the process; `event` is a valid place to write.
            let filled = unsafe { ffi::peer_run_timers(self.peer.as_ptr(), &raw mut event) };
            if filled == 0 {
                return;
            }
            self.take_event(&event);
        }
    }

    /// Next LAPD frame to send, without FCS.
    pub fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        let mut frame = vec![0; LONGEST_FRAME];
        loop {
            // SAFETY: `frame` is writable for the room that is stated.
            let length = unsafe { ffi::peer_transmit(self.peer.as_ptr(), frame.as_mut_ptr(), frame.len()) };
            match usize::try_from(length) {
                Ok(0) => return None,
                Ok(length) => {
                    frame.truncate(length);
                    return Some(frame);
                }
                // Longer than any LAPD frame: the shim dropped it, look at the next one.
                Err(_) => eprintln!("libpri: frame of more than {LONGEST_FRAME} octets dropped"),
            }
        }
    }

    /// Next event for the application.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// How long until [`Self::handle_timeout`] has something to do.
    #[must_use]
    pub fn time_to_timeout(&self) -> Option<Duration> {
        // SAFETY: the controller lives as long as the process.
        let milliseconds = unsafe { ffi::peer_next_timer_ms(self.peer.as_ptr()) };
        u64::try_from(milliseconds).ok().map(Duration::from_millis)
    }

    /// Sends SETUP.
    pub fn place(&mut self, setup: &Setup) -> Result<CallId, Refused> {
        let called = c_text(&setup.called)?;
        let calling = setup.calling.as_deref().map(c_text).transpose()?;
        let name = setup.name.as_deref().map(c_text).transpose()?;
        let redirecting = setup.redirecting.as_ref().map(|(number, _)| c_text(number)).transpose()?;
        let setup = ffi::PeerSetup {
            called: called.as_ptr(),
            calling: calling.as_ref().map_or(std::ptr::null(), |text| text.as_ptr()),
            name: name.as_ref().map_or(std::ptr::null(), |text| text.as_ptr()),
            called_plan: PLAN_ISDN_UNKNOWN_TYPE.into(),
            calling_plan: PLAN_ISDN_UNKNOWN_TYPE.into(),
            presentation: if setup.withheld { PRESENTATION_RESTRICTED } else { PRESENTATION_ALLOWED },
            channel: setup.channel.into(),
            exclusive: setup.exclusive.into(),
            capability: CAPABILITY_SPEECH,
            layer1: match self.law {
                Law::A => LAYER1_A_LAW,
                Law::Mu => LAYER1_MU_LAW,
            },
            complete: setup.complete.into(),
            redirecting_reason: setup.redirecting.as_ref().map_or(0, |(_, reason)| (*reason).into()),
            redirecting: redirecting.as_ref().map_or(std::ptr::null(), |text| text.as_ptr()),
        };
        // SAFETY: the strings behind `setup` live until the end of this function; libpri copies them.
        let pointer = unsafe { ffi::peer_place(self.peer.as_ptr(), &raw const setup) };
        if pointer.is_null() { Err(Refused::NoCall) } else { Ok(self.hold(pointer, false)) }
    }

    /// Sends RESTART for a channel.
    pub fn restart(&mut self, channel: u8) {
        // SAFETY: the controller lives as long as the process.
        unsafe { ffi::peer_restart(self.peer.as_ptr(), channel.into()) };
    }

    /// Sends SERVICE for a channel: status 0 in service, 2 out of service.
    pub fn service(&mut self, channel: u8, status: u8) {
        // SAFETY: the controller lives as long as the process.
        unsafe { ffi::peer_service(self.peer.as_ptr(), channel.into(), status.into()) };
    }

    /// Sends SETUP ACKNOWLEDGE with the channel.
    pub fn need_digits(&mut self, call: CallId, channel: u8) -> Result<(), Refused> {
        let pointer = self.answering(call)?;
        // SAFETY: libpri looks the pointer up among its calls before it uses it.
        unsafe { ffi::peer_need_digits(self.peer.as_ptr(), pointer, channel.into()) };
        Ok(())
    }

    /// Sends INFORMATION with one digit, an ASCII character.
    pub fn digit(&mut self, call: CallId, digit: u8) -> Result<(), Refused> {
        let pointer = self.answering(call)?;
        // SAFETY: libpri looks the pointer up among its calls before it uses it.
        unsafe { ffi::peer_digit(self.peer.as_ptr(), pointer, c_char::from_ne_bytes([digit])) };
        Ok(())
    }

    /// Sends CALL PROCEEDING with the channel.
    pub fn proceeding(&mut self, call: CallId, channel: u8) -> Result<(), Refused> {
        let pointer = self.answering(call)?;
        // SAFETY: libpri looks the pointer up among its calls before it uses it.
        unsafe { ffi::peer_proceeding(self.peer.as_ptr(), pointer, channel.into()) };
        Ok(())
    }

    /// Sends ALERTING; the channel stays as it was agreed.
    pub fn alerting(&mut self, call: CallId) -> Result<(), Refused> {
        let pointer = self.answering(call)?;
        // SAFETY: libpri looks the pointer up among its calls before it uses it.
        unsafe { ffi::peer_alerting(self.peer.as_ptr(), pointer, 0) };
        Ok(())
    }

    /// Sends CONNECT; the channel stays as it was agreed.
    pub fn answer(&mut self, call: CallId) -> Result<(), Refused> {
        let pointer = self.answering(call)?;
        // SAFETY: libpri looks the pointer up among its calls before it uses it.
        unsafe { ffi::peer_answer(self.peer.as_ptr(), pointer, 0) };
        Ok(())
    }

    /// Clears the call; [`Event::Released`] says when it is gone. A call that is being cleared is left alone.
    pub fn hangup(&mut self, call: CallId, cause: u8) -> Result<(), Refused> {
        let held = self.calls.get_mut(&call).ok_or(Refused::UnknownCall(call))?;
        if held.cleared {
            return Ok(());
        }
        held.cause = Some(cause);
        if held.only_presented && !REFUSING.contains(&cause) {
            // 0: the channel stays as the far end proposed it.
            self.proceeding(call, 0)?;
        }
        self.hang_up(call, cause);
        Ok(())
    }

    /// The call that a message is about to be sent for.
    fn answering(&mut self, call: CallId) -> Result<*mut c_void, Refused> {
        let held = self.calls.get_mut(&call).ok_or(Refused::UnknownCall(call))?;
        held.only_presented = false;
        Ok(held.pointer)
    }

    fn hold(&mut self, pointer: *mut c_void, only_presented: bool) -> CallId {
        self.last_call += 1;
        let call = CallId(self.last_call);
        self.calls.insert(call, Held { pointer, cause: None, only_presented, cleared: false });
        call
    }

    /// `pri_hangup`, and `Released` if that was the end of the call.
    fn hang_up(&mut self, call: CallId, cause: u8) {
        let Some(held) = self.calls.get_mut(&call) else { return };
        held.cleared = true;
        // SAFETY: libpri looks the pointer up among its calls before it uses it, and only compares it afterwards.
        let still_held = unsafe { ffi::peer_hangup(self.peer.as_ptr(), held.pointer, cause.into()) } != 0;
        if !still_held {
            self.release(call, None);
        }
    }

    fn release(&mut self, call: CallId, cause: Option<u8>) {
        if let Some(held) = self.calls.remove(&call) {
            self.events.push_back(Event::Released { call, cause: cause.or(held.cause) });
        }
    }

    fn find(&self, pointer: *mut c_void) -> Option<CallId> {
        self.calls.iter().find(|(_, held)| held.pointer == pointer).map(|(call, _)| *call)
    }

    fn take_event(&mut self, event: &ffi::PeerEvent) {
        match event.kind {
            ffi::LINK_UP => self.events.push_back(Event::LinkUp),
            ffi::LINK_DOWN => self.events.push_back(Event::LinkDown),
            ffi::RESTART => self.events.push_back(Event::Restart { channel: slot(event.channel) }),
            ffi::RESTART_ACK => self.events.push_back(Event::Restarted { channel: slot(event.channel) }),
            ffi::SERVICE | ffi::SERVICE_ACK => self.events.push_back(Event::Service {
                channel: slot(event.channel),
                status: u8::try_from(event.cause).ok(),
                acknowledged: event.kind == ffi::SERVICE_ACK,
            }),
            ffi::RING => self.take_ring(event),
            ffi::DIGITS => self.take_digits(event),
            ffi::NEED_DIGITS | ffi::PROCEEDING | ffi::ALERTING | ffi::PROGRESS | ffi::ANSWER => self.take_progress(event),
            ffi::HOLD..=ffi::RETRIEVE_REJECT => self.take_hold(event),
            ffi::HANGUP_REQUEST | ffi::HANGUP | ffi::HANGUP_ACK => self.take_hangup(event),
            ffi::CONFIG_ERROR => self.events.push_back(Event::Other(format!("configuration error: {}", text(&event.text)))),
            ffi::OTHER => self.events.push_back(Event::Other(format!("{} (event {})", text(&event.text), event.raw))),
            kind => self.events.push_back(Event::Other(format!("event of unknown kind {kind}"))),
        }
    }

    fn take_ring(&mut self, event: &ffi::PeerEvent) {
        // A pointer that we still hold was freed and given out again by libpri without a word about its old call.
        if let Some(stale) = self.find(event.call) {
            self.release(stale, None);
        }
        let call = self.hold(event.call, true);
        self.events.push_back(Event::Ring(Ring {
            call,
            channel: slot(event.channel),
            flexible: event.flexible != 0,
            called: text(&event.called),
            calling: text(&event.calling),
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

    fn take_progress(&mut self, event: &ffi::PeerEvent) {
        let Some(call) = self.find(event.call) else { return };
        let channel = slot(event.channel);
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
        // libpri repeats the cause that it is given; 16 stands in for a message that named none.
        let repeated = cause.unwrap_or(16);
        match event.kind {
            // DISCONNECT arrived: pri_hangup sends RELEASE, and HANGUP_ACK follows the RELEASE COMPLETE.
            ffi::HANGUP_REQUEST => {
                if let Some(held) = self.calls.get_mut(&call) {
                    held.cause = cause;
                }
                self.events.push_back(Event::Clearing { call, cause });
                self.hang_up(call, repeated);
            }
            // RELEASE or RELEASE COMPLETE arrived, or a timer gave up: pri_hangup answers and frees the call.
            ffi::HANGUP => {
                if let Some(held) = self.calls.get_mut(&call) {
                    held.cause = cause.or(held.cause);
                }
                self.hang_up(call, repeated);
            }
            // libpri has freed the call already.
            _ => {
                let first_cause = self.calls.get(&call).and_then(|held| held.cause);
                self.release(call, first_cause.or(cause));
            }
        }
    }
}

fn c_text(text: &str) -> Result<CString, Refused> {
    CString::new(text).map_err(|_| Refused::BadText(text.to_owned()))
}

/// The text in a C array; the shim ends it with NUL, and a full array would still be read safely.
fn text(octets: &[c_char]) -> String {
    let octets: Vec<u8> = octets.iter().map(|octet| octet.to_ne_bytes()[0]).chain([0]).collect();
    CStr::from_bytes_until_nul(&octets).map(|text| text.to_string_lossy().into_owned()).unwrap_or_default()
}

fn slot(channel: i32) -> Option<u8> {
    u8::try_from(channel).ok()
}

fn cause(value: i32) -> Option<u8> {
    u8::try_from(value).ok().filter(|value| *value < 128)
}
