//! The peer's calls: libpri below, the number plan and the control socket above, audio beside.
//!
//! Sans-IO but for WAV files and libpri's own clock. Feed it with [`Engine::handle_frame`] and [`Engine::handle_timeout`],
//! place calls with [`Engine::call`], then drain [`Engine::poll_transmit`] and [`Engine::poll_report`]. For every timeslot in
//! [`Engine::open_slots`] exchange one block of audio each 10 ms by [`Engine::exchange_block`].
//!
//! A call's timeslot is open from the moment both ends agree on it until it is released; before the answer it says nothing, and what is heard
//! is kept only where that is asked for.

mod call;
mod hold;
mod incoming;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::audio::{CallAudio, Clip, Source};
use crate::channel::{Channel, Spans};
use crate::g711::Law;
use crate::plan::NumberPlan;
use crate::report::{By, CallStatus, Counters, DChannelStatus, Direction, LineFaults, Report, Status};
use crate::stack::{CallId, Event, Options, Refused, Setup, Side, Stack};
use crate::switch_type::SwitchType;
use call::{Call, Dialling, Intent, Phase};

/// Q.850 causes that the peer itself gives.
const NORMAL_CLEARING: u8 = 16;
const CHANNEL_UNACCEPTABLE: u8 = 6;
const NO_CHANNEL: u8 = 34;
const REQUESTED_CHANNEL_NOT_AVAILABLE: u8 = 44;

/// Digits of a number of the plan.
pub const WHOLE: usize = 7;

/// How the peer behaves.
#[derive(Debug, Clone)]
pub struct Config {
    /// Marks libpri's log lines.
    pub name: String,
    /// Network or user side.
    pub side: Side,
    /// E1 or T1; one span, or a group of several.
    pub spans: Spans,
    /// What libpri takes the far end for.
    pub switch: SwitchType,
    /// With overlap a number that calls us is whole with [`WHOLE`] digits.
    pub options: Options,
    /// libpri's PRI_DEBUG_* bits.
    pub debug: i32,
    /// libpri's timers and counters by its names, milliseconds or counts.
    pub timers: Vec<(String, i32)>,
    /// What incoming calls meet.
    pub plan: NumberPlan,
    /// How long an incoming call alerts before it is answered.
    pub answer_after: Duration,
    /// What answered calls hear.
    pub play: Option<Clip>,
    /// Where incoming calls are recorded, as `call-N.wav`.
    pub record_dir: Option<PathBuf>,
}

/// A call to place.
#[derive(Debug, Clone, Default)]
pub struct Order {
    /// Called digits.
    pub called: String,
    /// Send so many of them with SETUP and the others one by one when the far end asks; `None` all at once.
    pub first_digits: Option<usize>,
    /// Calling digits.
    pub calling: Option<String>,
    /// Restrict the calling number's presentation.
    pub withheld: bool,
    /// Unrestricted digital information in place of speech: the octets of what is said are the data.
    pub data: bool,
    /// Calling name.
    pub name: Option<String>,
    /// The number that redirected the call, and the reason as Q.931 numbers it.
    pub redirecting: Option<(String, u8)>,
    /// Channel to insist on; `None` asks for a free one and takes another if the far end says so.
    pub channel: Option<Channel>,
    /// What to say when connected.
    pub play: Option<Clip>,
    /// Say what is heard, in place of the clip.
    pub echo: bool,
    /// Where to keep what is heard when connected.
    pub record: Option<PathBuf>,
    /// What is heard before is kept too.
    pub record_early: bool,
    /// Clear this long after the answer.
    pub clear_after: Option<Duration>,
}

/// One side of a primary rate interface with all its calls.
pub struct Engine {
    stack: Stack,
    config: Config,
    calls: BTreeMap<CallId, Call>,
    link_up: bool,
    /// Spans of a group that are in alarm: calls are not placed on them.
    lines_down: BTreeSet<u8>,
    counters: Counters,
    reports: VecDeque<Report>,
}

impl Engine {
    /// Starts libpri, which begins to establish the data link at once.
    pub fn new(config: Config) -> Result<Self, Refused> {
        let mut stack = Stack::new(&config.name, config.side, config.spans.clone(), config.switch, config.options, config.debug)?;
        for (name, value) in &config.timers {
            stack.set_timer(name, *value)?;
        }
        let (calls, reports) = (BTreeMap::new(), VecDeque::new());
        Ok(Self { stack, config, calls, link_up: false, lines_down: BTreeSet::new(), counters: Counters::default(), reports })
    }

    /// Takes one LAPD frame without FCS, from the D-channel of this span.
    pub fn handle_frame(&mut self, now: Instant, interface: u8, frame: &[u8]) {
        self.counters.frames_received += 1;
        self.stack.handle_frame_on(interface, frame);
        self.take_events(now);
    }

    /// Layer 1 of a span went up or down. A single span is left to libpri's timers.
    pub fn handle_line(&mut self, now: Instant, interface: u8, up: bool) {
        if self.config.spans.all().count() == 1 {
            return;
        }
        if up {
            self.lines_down.remove(&interface);
        } else {
            self.lines_down.insert(interface);
        }
        self.stack.handle_line(interface, up);
        self.take_events(now);
    }

    /// Runs libpri's timers and the peer's own.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.stack.handle_timeout();
        let due: Vec<CallId> =
            self.calls.iter().filter(|(_, call)| call.due().is_some_and(|at| at <= now)).map(|(id, _)| *id).collect();
        for id in due {
            match self.calls.get(&id).map(|call| &call.phase) {
                Some(Phase::Alerting { .. }) => self.answer(now, id),
                Some(Phase::Connected { .. }) => self.clear(id, NORMAL_CLEARING),
                Some(Phase::Setup | Phase::Clearing { .. }) | None => {}
            }
        }
        self.take_events(now);
    }

    /// Next LAPD frame to send on the D-channel of this span, without FCS.
    pub fn poll_transmit(&mut self, interface: u8) -> Option<Vec<u8>> {
        let frame = self.stack.poll_transmit_on(interface)?;
        self.counters.frames_sent += 1;
        Some(frame)
    }

    /// Next thing to tell.
    pub fn poll_report(&mut self) -> Option<Report> {
        self.reports.pop_front()
    }

    /// How long until [`Self::handle_timeout`] has something to do.
    #[must_use]
    pub fn time_to_timeout(&self, now: Instant) -> Option<Duration> {
        let own = self.calls.values().filter_map(Call::due).min().map(|at| at.saturating_duration_since(now));
        [own, self.stack.time_to_timeout()].into_iter().flatten().min()
    }

    /// Places a call; its [`Report::Placed`] is the first of its reports.
    pub fn call(&mut self, now: Instant, order: Order) -> Result<CallId, String> {
        if !self.link_up {
            return Err("the data link is down".to_owned());
        }
        let channel = match order.channel {
            Some(wanted) if !self.config.spans.is_b_channel(wanted) => {
                return Err(format!("timeslot {wanted} is no B-channel"));
            }
            Some(wanted) if self.is_in_use(wanted) => return Err(format!("timeslot {wanted} is in use")),
            Some(wanted) => wanted,
            None => self.free_channel().ok_or("no free channel")?,
        };
        let first = order.first_digits.unwrap_or(order.called.len()).min(order.called.len());
        let (now_sent, later) = order.called.split_at_checked(first).ok_or("digits are ASCII")?;
        let setup = Setup {
            called: now_sent.to_owned(),
            complete: order.first_digits.is_none(),
            calling: order.calling,
            withheld: order.withheld,
            data: order.data,
            name: order.name,
            channel,
            exclusive: order.channel.is_some(),
            redirecting: order.redirecting,
        };
        let dialling = if setup.complete { Dialling::Done } else { Dialling::Outgoing(later.to_owned()) };
        let id = self.stack.place(&setup).map_err(|refused| refused.to_string())?;
        let Order { play, echo, record, record_early, clear_after, .. } = order;
        let call = Call {
            direction: Direction::Outgoing,
            called: order.called,
            began: now,
            channel: Some(channel),
            open: false,
            phase: Phase::Setup,
            intent: Intent { play, echo, record, record_early, clear_after },
            early: None,
            cleared_by: None,
            dialling,
        };
        self.calls.insert(id, call);
        self.counters.placed += 1;
        self.reports.push_back(Report::Placed { call: id.0, channel });
        self.take_events(now);
        Ok(id)
    }

    /// Sends RESTART for a channel; its acknowledgement is told.
    pub fn restart(&mut self, now: Instant, channel: Channel) {
        self.stack.restart(channel);
        self.take_events(now);
    }

    /// Sends SERVICE for a channel; its acknowledgement is told.
    pub fn service(&mut self, now: Instant, channel: Channel, status: u8) {
        self.stack.service(channel, status);
        self.take_events(now);
    }

    /// Sends INFORMATION with keypad facility.
    pub fn key(&mut self, call: u32, digits: &str) -> Result<(), String> {
        self.stack.key(CallId(call), digits).map_err(|refused| refused.to_string())
    }

    /// Clears a call, with user-user information where it is given.
    pub fn hangup(&mut self, now: Instant, call: u32, cause: u8, user_user: Option<&str>) -> Result<(), String> {
        let id = CallId(call);
        if !self.calls.contains_key(&id) {
            return Err(format!("no call {call}"));
        }
        self.clear_saying(id, cause, user_user);
        self.take_events(now);
        Ok(())
    }

    /// Clears all calls.
    pub fn hangup_all(&mut self, now: Instant) {
        for id in self.calls.keys().copied().collect::<Vec<_>>() {
            self.clear(id, NORMAL_CLEARING);
        }
        self.take_events(now);
    }

    /// The law of the audio that is exchanged.
    #[must_use]
    pub fn law(&self) -> Law {
        self.config.spans.framing().law()
    }

    /// No call is left.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.calls.is_empty()
    }

    /// Its spans.
    #[must_use]
    pub const fn spans(&self) -> &Spans {
        &self.config.spans
    }

    /// Timeslots of a span whose audio must be exchanged.
    #[must_use]
    pub fn open_slots(&self, interface: u8) -> Vec<u8> {
        let open = self.calls.values().filter(|call| call.open).filter_map(|call| call.channel);
        open.filter(|channel| channel.interface == interface).map(|channel| channel.slot).collect()
    }

    /// One block of a channel: takes what was heard, fills what is to be sent.
    pub fn exchange_block(&mut self, channel: Channel, heard: &[u8], sent: &mut [u8]) {
        let call = self.calls.values_mut().find(|call| call.channel == Some(channel));
        match call.and_then(Call::audio) {
            Some(audio) => audio.block(heard, sent),
            None => sent.fill(self.law().silence()),
        }
    }

    /// Everything at a glance; the span's alarms and faults are the caller's to know.
    #[must_use]
    pub fn status(&self, alarms: String, line: LineFaults) -> Status {
        let calls = self.calls.iter().map(|(id, call)| CallStatus {
            call: id.0,
            direction: call.direction,
            state: call.state(),
            channel: call.channel,
            called: call.called.clone(),
        });
        let (serving, d_channels) = self.stack.d_channels();
        let d_channels =
            d_channels.into_iter().map(|(interface, up)| DChannelStatus { interface, up, serves: interface == serving });
        Status {
            side: if self.config.side == Side::User { "user" } else { "network" },
            link_up: self.link_up,
            d_channels: d_channels.collect(),
            alarms,
            channels_in_use: self.calls.values().filter(|call| call.channel.is_some()).count(),
            calls: calls.collect(),
            line,
            counters: self.counters.clone(),
        }
    }

    fn is_in_use(&self, channel: Channel) -> bool {
        self.calls.values().any(|call| call.channel == Some(channel))
    }

    /// The network hunts from above and the user from below, so that their calls rarely meet.
    fn free_channel(&self) -> Option<Channel> {
        let is_free = |channel: &Channel| !self.is_in_use(*channel) && !self.lines_down.contains(&channel.interface);
        let mut free = self.config.spans.b_channels().filter(is_free);
        if self.config.side == Side::Network { free.next_back() } else { free.next() }
    }

    fn clear(&mut self, id: CallId, cause: u8) {
        self.clear_saying(id, cause, None);
    }

    fn clear_saying(&mut self, id: CallId, cause: u8, user_user: Option<&str>) {
        if let Some(call) = self.calls.get_mut(&id) {
            call.stop_audio();
            call.cleared_by.get_or_insert(By::Us);
        }
        // A call that libpri no longer knows has its Released waiting in the queue.
        let _ = self.stack.hangup_saying(id, cause, user_user);
    }

    fn answer(&mut self, now: Instant, id: CallId) {
        if self.stack.answer(id).is_ok() {
            self.connected(now, id);
        }
    }

    /// Starts the audio; both directions come here.
    fn connected(&mut self, now: Instant, id: CallId) {
        let law = self.law();
        let Some(call) = self.calls.get_mut(&id) else { return };
        let recorder = call.early.take().map_or_else(|| call.recorder(law), CallAudio::into_recorder);
        let source = Source::new(call.intent.play.clone(), call.intent.echo);
        let clear_at = call.intent.clear_after.map(|after| now + after);
        call.phase = Phase::Connected { audio: CallAudio::new(law, source, recorder), clear_at };
        self.counters.connected += 1;
        let at_ms = call.at_ms(now);
        self.reports.push_back(Report::Connected { call: id.0, at_ms, channel: call.channel.unwrap_or_default() });
    }

    fn take_events(&mut self, now: Instant) {
        while let Some(event) = self.stack.poll_event() {
            self.take_event(now, event);
        }
    }

    fn take_event(&mut self, now: Instant, event: Event) {
        match event {
            Event::LinkUp => {
                self.link_up = true;
                self.reports.push_back(Report::LinkUp);
            }
            Event::LinkDown => {
                self.link_up = false;
                self.reports.push_back(Report::LinkDown);
            }
            Event::DChannel { interface, up } => self.reports.push_back(Report::DChannel { interface, up }),
            Event::Ring(ring) => self.take_ring(now, ring),
            Event::NeedDigits { call, channel } => {
                if self.agree_on_channel(now, call, channel).is_some() {
                    self.dial(call);
                }
            }
            Event::Digits { call, digits, complete } => self.take_digits(now, call, &digits, complete),
            Event::Proceeding { call, channel } => {
                if let Some(at_ms) = self.agree_on_channel(now, call, channel) {
                    self.reports.push_back(Report::Proceeding { call: call.0, at_ms, channel });
                }
            }
            Event::Alerting { call, channel, in_band } => {
                if let Some(at_ms) = self.agree_on_channel(now, call, channel) {
                    self.enter_alerting(call, None);
                    self.reports.push_back(Report::Alerting { call: call.0, at_ms, in_band });
                }
            }
            Event::Progress { call, cause, in_band } => {
                if let Some(at_ms) = self.calls.get(&call).map(|known| known.at_ms(now)) {
                    self.reports.push_back(Report::Progress { call: call.0, at_ms, cause, in_band });
                }
            }
            Event::Answer { call, channel } => {
                if self.agree_on_channel(now, call, channel).is_some() {
                    self.connected(now, call);
                }
            }
            Event::Clearing { call, cause } => self.take_clearing(now, call, cause),
            Event::UserUser { call, text } => {
                if let Some(at_ms) = self.calls.get(&call).map(|known| known.at_ms(now)) {
                    self.reports.push_back(Report::UserUser { call: call.0, at_ms, text });
                }
            }
            Event::Released { call, cause } => self.take_released(now, call, cause),
            Event::Restart { channel } => self.reports.push_back(Report::Restart { channel }),
            Event::Restarted { channel } => self.reports.push_back(Report::Restarted { channel }),
            Event::Service { channel, status, acknowledged } => {
                self.reports.push_back(Report::Service { channel, status, acknowledged });
            }
            Event::Keyed { call, digits } => self.reports.push_back(Report::Keyed { call: call.0, digits }),
            Event::Hold { call } => self.take_hold(now, call),
            Event::Held { call, refused } => self.take_held(now, call, refused),
            Event::Retrieve { call, channel, flexible } => self.take_retrieve(now, call, channel, flexible),
            Event::Retrieved { call, channel, refused } => self.take_retrieved(now, call, channel, refused),
            Event::Other(text) => self.reports.push_back(Report::Other { text }),
        }
    }

    fn enter_alerting(&mut self, id: CallId, answer_at: Option<Instant>) {
        if let Some(call) = self.calls.get_mut(&id) {
            call.phase = Phase::Alerting { answer_at };
        }
    }

    /// Opens the channel that the far end named, or the one that was asked for; `None` when the call was cleared for it.
    fn agree_on_channel(&mut self, now: Instant, id: CallId, channel: Option<Channel>) -> Option<u64> {
        let taken = channel.is_some_and(|named| {
            !self.config.spans.is_b_channel(named)
                || self.calls.iter().any(|(other, call)| *other != id && call.channel == Some(named))
        });
        if taken {
            self.clear(id, CHANNEL_UNACCEPTABLE);
            return None;
        }
        let law = self.law();
        let call = self.calls.get_mut(&id)?;
        call.channel = channel.or(call.channel);
        if !std::mem::replace(&mut call.open, true) && call.intent.record_early {
            call.early = Some(CallAudio::new(law, Source::Silence, call.recorder(law)));
        }
        Some(call.at_ms(now))
    }

    /// The far end asks for digits: the rest, one by one, as somebody keys them.
    fn dial(&mut self, id: CallId) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        let Dialling::Outgoing(rest) = std::mem::take(&mut call.dialling) else { return };
        for digit in rest.bytes() {
            // A call that libpri no longer knows has its Released waiting in the queue.
            let _ = self.stack.digit(id, digit);
        }
    }

    fn take_clearing(&mut self, now: Instant, id: CallId, cause: Option<u8>) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        call.stop_audio();
        call.cleared_by.get_or_insert(By::Peer);
        let at_ms = call.at_ms(now);
        self.reports.push_back(Report::Clearing { call: id.0, at_ms, cause });
    }

    fn take_released(&mut self, now: Instant, id: CallId, cause: Option<u8>) {
        let Some(mut call) = self.calls.remove(&id) else { return };
        call.stop_audio();
        *self.counters.released.entry(cause.unwrap_or(0)).or_default() += 1;
        let at_ms = call.at_ms(now);
        let by = call.cleared_by.unwrap_or(By::Peer);
        let record = if let Phase::Clearing { record } = call.phase { record } else { None };
        self.reports.push_back(Report::Released { call: id.0, at_ms, cause, by, record });
    }
}
