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

mod d_channels;
mod event;
mod hold;
mod receive;

use std::collections::{BTreeMap, VecDeque};
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::fmt;
use std::ptr::NonNull;
use std::time::Duration;

use crate::channel::{Channel, Spans};
use crate::ffi;
use crate::g711::Law;
use crate::switch_type::SwitchType;
use d_channels::DChannel;
pub use event::{Event, Ring, Setup};

/// Type unknown, numbering plan ISDN (Q.931 table 4-9): what a PBX sends with the digits as dialled.
pub const PLAN_ISDN_UNKNOWN_TYPE: u8 = 0x01;
/// Speech, G.711: information transfer capability and user layer 1 protocol (Q.931 4.5.5).
const CAPABILITY_SPEECH: i32 = 0x00;
/// Unrestricted digital information, which has no layer 1 protocol: libpri leaves that out when it is negative.
const CAPABILITY_DATA: i32 = 0x08;
const NO_LAYER1: i32 = -1;
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
    /// A call that is cleared with something to hear stays until somebody hangs up. libpri tells nothing of the DISCONNECT then.
    pub hear_clearing: bool,
}

/// A call of one [`Stack`]; numbers are never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CallId(pub u32);

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

/// One libpri controller, or several that share their calls. They are never freed: libpri offers no call for that, and a peer needs them
/// until it ends.
pub struct Stack {
    settings: Settings,
    /// The controller of the D-channel that new calls take; messages of a call go out where its last one came in, whatever this is.
    peer: NonNull<ffi::Peer>,
    /// Its span.
    serving: u8,
    d_channels: Vec<DChannel>,
    /// A message has come since the last time that no link was up.
    spoken: bool,
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
    /// Span of the D-channel on which it began.
    home: u8,
    /// `pri_hangup` was called. libpri takes a second call of it for the moment to send RELEASE, but sends none.
    cleared: bool,
}

/// What every controller of a stack is made with.
struct Settings {
    name: CString,
    side: Side,
    spans: Spans,
    switch: SwitchType,
    options: Options,
    debug: i32,
    /// Several spans share the D-channels.
    group: bool,
}

impl Settings {
    /// The controller of one span's D-channel.
    fn controller(&self) -> Result<NonNull<ffi::Peer>, Refused> {
        let (network, switch_type) = (c_int::from(self.side == Side::Network), self.switch.number(self.spans.framing()));
        let Options { overlap, facility, hold, hear_clearing } = self.options;
        let (overlap, facility, hold) = (c_int::from(overlap), c_int::from(facility), c_int::from(hold));
        let hear = c_int::from(hear_clearing);
        // SAFETY: `name` is a NUL-terminated string that outlives the call; the shim copies it.
        let peer = unsafe { ffi::peer_new(self.name.as_ptr(), network, switch_type, overlap, facility, hold, hear, self.debug) };
        NonNull::new(peer).ok_or(Refused::NoController)
    }

    fn law(&self) -> Law {
        self.spans.framing().law()
    }
}

impl Stack {
    /// A controller of this switch type, and one for each further D-channel of `spans`; `name` marks its log lines on stderr, `debug` is a
    /// set of libpri's PRI_DEBUG_* bits.
    pub fn new(
        name: &str,
        side: Side,
        spans: impl Into<Spans>,
        switch: SwitchType,
        options: Options,
        debug: i32,
    ) -> Result<Self, Refused> {
        let (name, spans) = (c_text(name)?, spans.into());
        let group = spans.all().count() > 1;
        let further: Vec<u8> =
            spans.all().filter(|(interface, d_channel)| *interface != 0 && *d_channel).map(|(interface, _)| interface).collect();
        let settings = Settings { name, side, spans, switch, options, debug, group };
        let peer = settings.controller()?;
        let d_channels = vec![DChannel::new(0, peer)];
        let (calls, events) = (BTreeMap::new(), VecDeque::new());
        let mut stack = Self { settings, peer, serving: 0, d_channels, spoken: false, calls, last_call: 0, events };
        for interface in further {
            stack.add_d_channel(interface)?;
        }
        Ok(stack)
    }

    /// Sets a timer or counter of every D-channel by libpri's name: `T200` in milliseconds, `N200`, `K`, `T309`, ...
    pub fn set_timer(&mut self, name: &str, value: i32) -> Result<(), Refused> {
        let timer = c_text(name)?;
        for d_channel in &self.d_channels {
            // SAFETY: the controller lives as long as the process, `timer` as long as the call.
            let set = unsafe { ffi::peer_set_timer(d_channel.peer.as_ptr(), timer.as_ptr(), value) };
            if set < 0 {
                return Err(Refused::UnknownTimer(name.to_owned()));
            }
        }
        Ok(())
    }

    /// Takes one LAPD frame without FCS, from the D-channel of this span.
    pub fn handle_frame_on(&mut self, interface: u8, frame: &[u8]) {
        let Some(peer) = self.controller_of(interface) else { return };
        let mut event = ffi::PeerEvent::empty();
        // SAFETY: `frame` is readable for its length during the call and not kept; `event` is a valid place to write.
        let filled = unsafe { ffi::peer_receive(peer.as_ptr(), frame.as_ptr(), frame.len(), &raw mut event) };
        if filled != 0 {
            if !matches!(event.kind, ffi::LINK_UP | ffi::LINK_DOWN) {
                self.follow(interface);
            }
            self.take_event(&event, interface);
        }
    }

    /// The same for the first D-channel.
    pub fn handle_frame(&mut self, frame: &[u8]) {
        self.handle_frame_on(0, frame);
    }

    /// Runs the timers that are due; a spurious call does nothing.
    pub fn handle_timeout(&mut self) {
        for DChannel { interface, peer, .. } in self.d_channels.clone() {
            loop {
                let mut event = ffi::PeerEvent::empty();
                // SAFETY: the controller lives as long as the process; `event` is a valid place to write.
                let filled = unsafe { ffi::peer_run_timers(peer.as_ptr(), &raw mut event) };
                if filled == 0 {
                    break;
                }
                self.take_event(&event, interface);
            }
        }
    }

    /// Next LAPD frame to send on the D-channel of this span, without FCS.
    pub fn poll_transmit_on(&mut self, interface: u8) -> Option<Vec<u8>> {
        let peer = self.controller_of(interface)?;
        let mut frame = vec![0; LONGEST_FRAME];
        loop {
            // SAFETY: `frame` is writable for the room that is stated.
            let length = unsafe { ffi::peer_transmit(peer.as_ptr(), frame.as_mut_ptr(), frame.len()) };
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

    /// The same for the first D-channel.
    pub fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        self.poll_transmit_on(0)
    }

    /// Next event for the application.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// How long until [`Self::handle_timeout`] has something to do.
    #[must_use]
    pub fn time_to_timeout(&self) -> Option<Duration> {
        // SAFETY: the controllers live as long as the process.
        let next = |one: &DChannel| unsafe { ffi::peer_next_timer_ms(one.peer.as_ptr()) };
        let milliseconds = self.d_channels.iter().filter_map(|one| u64::try_from(next(one)).ok()).min();
        milliseconds.map(Duration::from_millis)
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
            channel: self.encode(setup.channel, self.serving),
            exclusive: setup.exclusive.into(),
            capability: if setup.data { CAPABILITY_DATA } else { CAPABILITY_SPEECH },
            layer1: match self.settings.law() {
                _ if setup.data => NO_LAYER1,
                Law::A => LAYER1_A_LAW,
                Law::Mu => LAYER1_MU_LAW,
            },
            complete: setup.complete.into(),
            redirecting_reason: setup.redirecting.as_ref().map_or(0, |(_, reason)| (*reason).into()),
            redirecting: redirecting.as_ref().map_or(std::ptr::null(), |text| text.as_ptr()),
        };
        // SAFETY: the strings behind `setup` live until the end of this function; libpri copies them.
        let pointer = unsafe { ffi::peer_place(self.peer.as_ptr(), &raw const setup) };
        if pointer.is_null() { Err(Refused::NoCall) } else { Ok(self.hold(pointer, self.serving, false)) }
    }

    /// Sends RESTART for a channel.
    pub fn restart(&mut self, channel: impl Into<Channel>) {
        let channel = self.encode(channel.into(), self.serving);
        // SAFETY: the controller lives as long as the process.
        unsafe { ffi::peer_restart(self.peer.as_ptr(), channel) };
    }

    /// Sends SERVICE for a channel: status 0 in service, 2 out of service. libpri cannot name span 0 in it.
    pub fn service(&mut self, channel: impl Into<Channel>, status: u8) {
        let Channel { interface, slot } = channel.into();
        // SAFETY: the controller lives as long as the process.
        unsafe { ffi::peer_service(self.peer.as_ptr(), interface.into(), slot.into(), status.into()) };
    }

    /// Sends SETUP ACKNOWLEDGE with the channel.
    pub fn need_digits(&mut self, call: CallId, channel: impl Into<Channel>) -> Result<(), Refused> {
        let pointer = self.answering(call)?;
        let channel = self.encode(channel.into(), self.home(call));
        // SAFETY: libpri looks the pointer up among its calls before it uses it.
        unsafe { ffi::peer_need_digits(self.peer.as_ptr(), pointer, channel) };
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
    pub fn proceeding(&mut self, call: CallId, channel: impl Into<Channel>) -> Result<(), Refused> {
        let channel = self.encode(channel.into(), self.home(call));
        self.send_proceeding(call, channel)
    }

    fn send_proceeding(&mut self, call: CallId, channel: c_int) -> Result<(), Refused> {
        let pointer = self.answering(call)?;
        // SAFETY: libpri looks the pointer up among its calls before it uses it.
        unsafe { ffi::peer_proceeding(self.peer.as_ptr(), pointer, channel) };
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

    /// Sends INFORMATION with keypad facility.
    pub fn key(&mut self, call: CallId, digits: &str) -> Result<(), Refused> {
        let digits = c_text(digits)?;
        let pointer = self.answering(call)?;
        // SAFETY: the string lives until the end of this function; libpri copies it and looks the pointer up among its calls.
        let result = unsafe { ffi::peer_keypad(self.peer.as_ptr(), pointer, digits.as_ptr()) };
        if result < 0 { Err(Refused::WrongState("INFORMATION")) } else { Ok(()) }
    }

    /// Clears the call; [`Event::Released`] says when it is gone. A call that is being cleared is left alone.
    pub fn hangup(&mut self, call: CallId, cause: u8) -> Result<(), Refused> {
        self.hangup_saying(call, cause, None)
    }

    /// The same, with user-user information, of which libpri sends 35 characters.
    pub fn hangup_saying(&mut self, call: CallId, cause: u8, said: Option<&str>) -> Result<(), Refused> {
        let said = said.map(c_text).transpose()?;
        let held = self.calls.get_mut(&call).ok_or(Refused::UnknownCall(call))?;
        if held.cleared {
            return Ok(());
        }
        held.cause = Some(cause);
        if held.only_presented && !REFUSING.contains(&cause) {
            // 0: the channel stays as the far end proposed it.
            self.send_proceeding(call, 0)?;
        }
        self.hang_up(call, cause, said.as_deref());
        Ok(())
    }

    /// The call that a message is about to be sent for.
    fn answering(&mut self, call: CallId) -> Result<*mut c_void, Refused> {
        let held = self.calls.get_mut(&call).ok_or(Refused::UnknownCall(call))?;
        held.only_presented = false;
        Ok(held.pointer)
    }

    fn hold(&mut self, pointer: *mut c_void, home: u8, only_presented: bool) -> CallId {
        self.last_call += 1;
        let call = CallId(self.last_call);
        self.calls.insert(call, Held { pointer, cause: None, only_presented, home, cleared: false });
        call
    }

    /// `pri_hangup`, and `Released` if that was the end of the call.
    fn hang_up(&mut self, call: CallId, cause: u8, said: Option<&CStr>) {
        let Some(held) = self.calls.get_mut(&call) else { return };
        held.cleared = true;
        let said = said.map_or(std::ptr::null(), CStr::as_ptr);
        // SAFETY: libpri looks the pointer up among its calls before it uses it, and only compares it afterwards; what is said goes into a
        // call that this end has not cleared, so that it is there, and is copied.
        let still_held = unsafe { ffi::peer_hangup(self.peer.as_ptr(), held.pointer, cause.into(), said) } != 0;
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
}

fn c_text(text: &str) -> Result<CString, Refused> {
    CString::new(text).map_err(|_| Refused::BadText(text.to_owned()))
}
