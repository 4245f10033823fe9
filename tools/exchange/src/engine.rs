//! The exchange itself: one span, the network side of its D-channel, and the calls.

use std::collections::{BTreeMap, VecDeque};
use std::os::fd::BorrowedFd;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use isdn::{
    CallId, CallingNumber, Cause, CauseValue, Connected, Event, Framing, Interface, Location, Number, ProgressIndicator, Setup,
    Side, Who,
};
use media::Law;
use tdm::virtual_span::{VirtualNetwork, VirtualUser};
use tdm::{Alarms, Channel, MAX_FRAME, Mode, Span, SpanEvent, SpanKind};

use crate::Error;
use crate::call::{Call, Conversation, Timer};
use crate::control::CallRequest;
use crate::plan::{Plan, Treatment};
use crate::probe::Probe;
use crate::report::{By, Direction, Report, Status, Totals};
use crate::sound::{Sound, Voice, law_of};

/// Calling number of calls that name none.
const CALLING: &str = "5550000";
/// Reports that may wait; when nobody fetches them the oldest go.
const REPORTS: usize = 65_536;

/// A span whose owner can spoil the line.
pub trait FarSpan: Span {
    /// Puts an alarm on the line (LOS, BLUE, YELLOW), or takes it off.
    fn send_alarms(&mut self, alarms: Alarms) -> Result<(), tdm::Error>;
}

impl FarSpan for VirtualNetwork {
    fn send_alarms(&mut self, alarms: Alarms) -> Result<(), tdm::Error> {
        self.set_sent_alarms(alarms)
    }
}

impl FarSpan for VirtualUser {
    fn send_alarms(&mut self, alarms: Alarms) -> Result<(), tdm::Error> {
        self.set_sent_alarms(alarms)
    }
}

/// Which time the exchange lives in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Time {
    /// The machine's.
    Real,
    /// The span's: 10 ms for each block that passes. For spans in lock step.
    OfSpan,
}

/// How an exchange is set up.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How it treats numbers.
    pub plan: Plan,
    /// What its subscribers say; `None`: the built-in sentence.
    pub speech: Option<Sound>,
    /// Where what answered subscribers hear is kept, one WAV file a call.
    pub record_dir: Option<PathBuf>,
    /// Ringing is played on the B-channel and ALERTING says so (progress indicator 8).
    pub in_band_ringing: bool,
    /// Which time it lives in.
    pub time: Time,
}

impl Default for Settings {
    fn default() -> Self {
        Self { plan: Plan::default(), speech: None, record_dir: None, in_band_ringing: false, time: Time::Real }
    }
}

/// See the module header.
pub struct Exchange<S> {
    span: S,
    settings: Settings,
    law: Law,
    speech: Sound,
    d_channel: Box<dyn Channel>,
    interface: Interface,
    unsent: VecDeque<Vec<u8>>,
    calls: BTreeMap<u32, Call>,
    last_call: u32,
    totals: Totals,
    reports: VecDeque<Report>,
    trace: bool,
    /// The start, and the blocks that passed since.
    origin: Instant,
    blocks: u64,
}

impl<S: FarSpan> Exchange<S> {
    /// Takes the span over and brings its D-channel up.
    pub fn new(mut span: S, settings: Settings) -> Result<Self, Error> {
        let info = span.info().clone();
        let framing = match info.kind {
            SpanKind::E1 => Framing::E1,
            SpanKind::T1 => Framing::T1,
            SpanKind::Analog => {
                return Err(tdm::Error::Unsupported("primary rate signalling on an analog card".to_owned()).into());
            }
        };
        let law = law_of(info.law);
        let d_channel = span.open(framing.d_channel(), Mode::Hdlc)?;
        let mut config = isdn::Config::new(info.name.as_str(), Side::Network, framing);
        config.law = match info.law {
            tdm::Law::A => isdn::Law::A,
            tdm::Law::Mu => isdn::Law::Mu,
        };
        let origin = Instant::now();
        let mut interface = Interface::new(config);
        interface.handle_layer1(origin, !span.alarms().is_down());
        interface.start(origin);
        Ok(Self {
            speech: settings.speech.clone().unwrap_or_else(|| Sound::built_in(law)),
            span,
            settings,
            law,
            d_channel,
            interface,
            unsent: VecDeque::new(),
            calls: BTreeMap::new(),
            last_call: 0,
            totals: Totals::default(),
            reports: VecDeque::new(),
            trace: false,
            origin,
            blocks: 0,
        })
    }

    /// Readable when [`Exchange::service`] has something to do.
    pub fn poll_fd(&self) -> Option<BorrowedFd<'_>> {
        self.span.poll_fd()
    }

    /// When to call [`Exchange::service`] at the latest, in real time; a span in lock step has no such time.
    #[must_use]
    pub fn next_timeout(&self) -> Option<Instant> {
        let calls = self.calls.values().filter_map(|call| call.timers.next_deadline());
        let next = calls.chain(self.interface.poll_timeout()).min();
        match self.settings.time {
            Time::Real => next,
            Time::OfSpan => None,
        }
    }

    /// The time of this exchange.
    #[must_use]
    pub fn now(&self) -> Instant {
        match self.settings.time {
            Time::Real => Instant::now(),
            Time::OfSpan => self.origin + Duration::from_millis(self.blocks.saturating_mul(10)),
        }
    }

    /// The span.
    pub const fn span(&self) -> &S {
        &self.span
    }

    /// Whether the data link is up.
    #[must_use]
    pub const fn link_up(&self) -> bool {
        self.interface.link_up()
    }

    /// Whether calls live.
    #[must_use]
    pub fn has_calls(&self) -> bool {
        !self.calls.is_empty()
    }

    /// Reports every D-channel frame from now on.
    pub const fn trace(&mut self, on: bool) {
        self.trace = on;
    }

    /// Next report. Call until `None` after every other call.
    pub fn poll_report(&mut self) -> Option<Report> {
        self.reports.pop_front()
    }

    /// Does everything that is due; never waits.
    pub fn service(&mut self) -> Result<(), Error> {
        self.blocks += u64::from(self.span.service()?.blocks);
        let now = self.now();
        while let Some(event) = self.span.poll_event() {
            self.handle_span(now, &event);
        }
        self.read_frames(now)?;
        self.interface.handle_timeout(now);
        self.run_timers(now);
        for call in self.calls.values_mut() {
            call.serve_audio(self.law);
        }
        self.settle(now)
    }

    /// Places a call; its number, or why not. Reports follow.
    pub fn call(&mut self, request: &CallRequest) -> Result<u32, Error> {
        let now = self.now();
        let voice = match (&request.play, request.echo, request.probe) {
            (None, false, false) => Voice::Silence,
            (Some(path), false, false) => Voice::speech(Sound::load(path, self.law)?),
            (None, true, false) => Voice::Echo,
            (None, false, true) => Voice::Probe(Probe::new(u64::from(self.last_call) + 1)),
            (_, _, _) => return Err(Error::Answer("a call has one of play, echo and probe".to_owned())),
        };
        let conversation = Conversation { voice, record: request.record.clone(), clear_after: request.clear_after() };
        let calling = request.calling.clone().unwrap_or_else(|| CALLING.to_owned());
        let isdn = match self.interface.setup(now, setup_of(request, &calling)) {
            Ok(isdn) => isdn,
            Err(refused) => {
                self.totals.refused += 1;
                self.settle(now)?;
                return Err(Error::Refused(refused.cause));
            }
        };
        let number = self.add(
            Call::new(self.last_call + 1, isdn, Direction::Outgoing, now, conversation),
            &request.called,
            Some(calling.clone()),
        );
        if let (Some(after), Some(call)) = (request.give_up_after(), self.calls.get_mut(&number)) {
            call.timers.set(Timer::GiveUp, now + after);
        }
        self.totals.outgoing += 1;
        self.report(Report::Placed { call: number, called: request.called.clone(), calling });
        self.settle(now)?;
        Ok(number)
    }

    /// Clears a call; whether there is one of this number.
    pub fn hang_up(&mut self, call: u32, cause: CauseValue) -> Result<bool, Error> {
        let now = self.now();
        let Some(isdn) = self.calls.get(&call).map(|call| call.isdn) else { return Ok(false) };
        self.interface.clear(now, isdn, Cause::new(cause, Location::PublicLocal));
        self.settle(now)?;
        Ok(true)
    }

    /// Clears every call.
    pub fn hang_up_all(&mut self) -> Result<(), Error> {
        let calls: Vec<u32> = self.calls.keys().copied().collect();
        for call in calls {
            self.hang_up(call, CauseValue::NORMAL_CLEARING)?;
        }
        Ok(())
    }

    /// Puts loss of signal on the line, or takes it off. The far end sees it with the next tick.
    pub fn alarm(&mut self, on: bool) -> Result<(), Error> {
        Ok(self.span.send_alarms(if on { Alarms::LOS } else { Alarms::NONE })?)
    }

    /// What is going on.
    #[must_use]
    pub fn status(&self) -> Status {
        let now = self.now();
        Status {
            link_up: self.interface.link_up(),
            alarms: self.span.alarms().to_string(),
            calls: self.calls.values().map(|call| call.line(now)).collect(),
            channels_in_use: self.interface.channels().iter().filter(|channel| channel.state != isdn::ChannelState::Idle).count(),
            totals: self.totals.clone(),
            span: self.span.counters().into(),
            d_channel: self.interface.stats().into(),
        }
    }

    fn report(&mut self, report: Report) {
        if self.reports.len() >= REPORTS {
            self.reports.pop_front();
        }
        self.reports.push_back(report);
    }

    fn add(&mut self, mut call: Call, called: &str, calling: Option<String>) -> u32 {
        self.last_call = call.number;
        called.clone_into(&mut call.called);
        call.calling = calling;
        let number = call.number;
        self.calls.insert(number, call);
        number
    }

    fn handle_span(&mut self, now: Instant, event: &SpanEvent) {
        match event {
            SpanEvent::AlarmsChanged { alarms } => {
                self.report(Report::Alarms { alarms: alarms.to_string() });
                self.interface.handle_layer1(now, !alarms.is_down());
            }
            SpanEvent::FarEndGone => tracing::info!("exchange: far end is gone"),
            SpanEvent::FarEndBack => tracing::info!("exchange: far end answers"),
            SpanEvent::Slip { .. } | SpanEvent::FarEndRefused { .. } => tracing::warn!("exchange: {event:?}"),
        }
    }

    fn read_frames(&mut self, now: Instant) -> Result<(), Error> {
        let mut frame = [0; MAX_FRAME];
        loop {
            match self.d_channel.read(&mut frame) {
                Ok(length) => {
                    let frame = frame.get(..length).unwrap_or_default();
                    self.trace_frame(false, frame);
                    self.interface.handle_frame(now, frame);
                }
                Err(tdm::Error::WouldBlock) => break,
                Err(error) => return Err(error.into()),
            }
        }
        while let Some(event) = self.d_channel.poll_event() {
            tracing::debug!("exchange: d-channel {event:?}");
        }
        Ok(())
    }

    fn trace_frame(&mut self, sent: bool, frame: &[u8]) {
        if self.trace {
            self.report(Report::Frame { sent, text: isdn::decode::describe(frame) });
        }
    }

    fn run_timers(&mut self, now: Instant) {
        let mut due = Vec::new();
        for call in self.calls.values_mut() {
            while let Some(timer) = call.timers.expire(now) {
                due.push((call.number, call.isdn, timer));
            }
        }
        for (number, isdn, timer) in due {
            match timer {
                Timer::Answer => {
                    self.interface.connect(now, isdn, Connected::default());
                    self.connected(now, number);
                }
                Timer::Clear | Timer::GiveUp => {
                    self.interface.clear(now, isdn, Cause::new(CauseValue::NORMAL_CLEARING, Location::PublicLocal));
                }
            }
        }
    }

    /// Handles what the D-channel says and sends what it wants to send, until there is no more.
    fn settle(&mut self, now: Instant) -> Result<(), Error> {
        while let Some(event) = self.interface.poll_event() {
            self.handle_isdn(now, event);
        }
        while let Some(frame) = self.interface.poll_transmit() {
            self.trace_frame(true, &frame);
            self.unsent.push_back(frame);
        }
        while let Some(frame) = self.unsent.front() {
            match self.d_channel.write(frame) {
                Ok(_) => drop(self.unsent.pop_front()),
                Err(tdm::Error::WouldBlock) => break,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    fn handle_isdn(&mut self, now: Instant, event: Event) {
        match event {
            Event::LinkUp => self.report(Report::LinkUp),
            Event::LinkDown => self.report(Report::LinkDown),
            Event::Setup { call, channel, setup } => self.incoming(now, call, channel.slot, &setup),
            Event::ChannelReady { call, channel } => {
                if let Some(call) = self.calls.values_mut().find(|known| known.isdn == call) {
                    call.open(&mut self.span, channel.slot, self.law);
                }
            }
            Event::Proceeding { call, .. } => {
                self.tell(call, |call| Report::Proceeding { call: call.number, at_ms: call.age_ms(now), channel: call.slot() })
            }
            Event::Alerting { call, progress } => self.tell(call, |call| Report::Alerting {
                call: call.number,
                at_ms: call.age_ms(now),
                in_band: is_in_band(&progress),
                post_dial_delay_ms: call.rings(now),
            }),
            Event::Progress { call, progress, cause } => self.tell(call, |call| Report::Progress {
                call: call.number,
                at_ms: call.age_ms(now),
                cause: cause.map(|cause| cause.value.0),
                in_band: is_in_band(&progress),
            }),
            Event::Connected { call, .. } => {
                if let Some(number) = self.number_of(call) {
                    self.connected(now, number);
                }
            }
            Event::Established { .. } => {}
            // The exchange takes and sends whole numbers.
            Event::NeedDigits { call, .. } | Event::MoreDigits { call, .. } | Event::Information { call, .. } => {
                tracing::info!("exchange[{call:?}]: digits or display that it has no use for");
            }
            // It holds no calls and lets nobody hold them.
            Event::HoldRequested { .. } | Event::Held { .. } | Event::RetrieveRequested { .. } | Event::Retrieved { .. } => {}
            // It takes no channel out of service and says nothing of one that is, and has one span.
            Event::DChannel { .. } | Event::ChannelService { .. } | Event::ChannelFreed { .. } => {}
            Event::Name { call, name, .. } => tracing::info!("exchange[{call:?}]: name {name:?}"),
            Event::Notify { call, notification } => tracing::info!("exchange[{call:?}]: notify {notification}"),
            Event::Clearing { call, cause, in_band, .. } => {
                self.tell(call, |call| Report::Clearing {
                    call: call.number,
                    at_ms: call.age_ms(now),
                    cause: cause.value.0,
                    cause_name: cause.value.name(),
                    in_band,
                });
                self.interface.clear(now, call, cause);
            }
            Event::Released { call, cause, by, .. } => self.released(now, call, cause.value, by),
        }
    }

    fn number_of(&self, isdn: CallId) -> Option<u32> {
        self.calls.values().find(|call| call.isdn == isdn).map(|call| call.number)
    }

    /// Reports something about a call.
    fn tell(&mut self, isdn: CallId, what: impl FnOnce(&mut Call) -> Report) {
        if let Some(call) = self.calls.values_mut().find(|call| call.isdn == isdn) {
            let report = what(call);
            self.report(report);
        }
    }

    fn incoming(&mut self, now: Instant, isdn: CallId, channel: u8, setup: &Setup) {
        let treatment = self.settings.plan.treat(&setup.called.digits);
        let number = self.last_call + 1;
        let conversation = self.conversation(number, treatment);
        let calling = setup.calling.as_ref().map(|calling| calling.number.digits.clone());
        self.add(Call::new(number, isdn, Direction::Incoming, now, conversation), &setup.called.digits, calling.clone());
        self.totals.incoming += 1;
        let called = setup.called.digits.clone();
        self.report(Report::Incoming { call: number, channel, called, calling, name: setup.display.clone() });
        let after = match treatment {
            Treatment::Reject(cause) => {
                self.interface.clear(now, isdn, Cause::new(cause, Location::PublicLocal));
                return;
            }
            Treatment::Answer { after, .. } | Treatment::Echo { after } => Some(after),
            Treatment::Ring => None,
        };
        self.ring(now, number, isdn);
        if let (Some(after), Some(call)) = (after, self.calls.get_mut(&number)) {
            call.timers.set(Timer::Answer, now + after);
        }
    }

    fn conversation(&self, number: u32, treatment: Treatment) -> Conversation {
        let (voice, clear_after) = match treatment {
            Treatment::Answer { clear_after, .. } => (Voice::speech(self.speech.clone()), clear_after),
            Treatment::Echo { .. } => (Voice::Echo, None),
            Treatment::Ring | Treatment::Reject(_) => (Voice::Silence, None),
        };
        let record = self.settings.record_dir.as_ref().map(|folder| folder.join(format!("call-{number:05}.wav")));
        Conversation { voice, record, clear_after }
    }

    fn ring(&mut self, now: Instant, number: u32, isdn: CallId) {
        let in_band = self.settings.in_band_ringing;
        let progress = in_band.then(|| ProgressIndicator::new(ProgressIndicator::IN_BAND, Location::PublicLocal));
        self.interface.proceeding(now, isdn, Vec::new());
        self.interface.alerting(now, isdn, progress.into_iter().collect());
        if let Some(call) = self.calls.get_mut(&number) {
            if in_band {
                call.before_answer = Voice::Ringing { at: 0 };
            }
            let report = Report::Alerting { call: number, at_ms: call.age_ms(now), in_band, post_dial_delay_ms: call.rings(now) };
            self.report(report);
        }
    }

    fn connected(&mut self, now: Instant, number: u32) {
        let Some(call) = self.calls.get_mut(&number) else { return };
        let setup_ms = call.connect(now);
        let (at_ms, channel, post_dial_delay_ms) = (call.age_ms(now), call.slot(), call.rings(now));
        self.totals.connected += 1;
        self.report(Report::Connected { call: number, at_ms, channel, setup_ms, post_dial_delay_ms });
    }

    fn released(&mut self, now: Instant, isdn: CallId, cause: CauseValue, by: Who) {
        let Some(call) = self.number_of(isdn).and_then(|number| self.calls.remove(&number)) else { return };
        *self.totals.released.entry(cause.0).or_default() += 1;
        let by = match by {
            Who::Us => By::Us,
            Who::Peer => By::Peer,
            Who::Timer(_) => By::Timer,
            Who::Link => By::Link,
        };
        let released = call.finish(now, cause, by);
        self.report(Report::Released(released));
    }
}

fn is_in_band(progress: &[ProgressIndicator]) -> bool {
    progress.iter().any(|indicator| indicator.description == ProgressIndicator::IN_BAND)
}

fn setup_of(request: &CallRequest, calling: &str) -> Setup {
    let presentation = if request.withheld { isdn::Presentation::Restricted } else { isdn::Presentation::Allowed };
    let number = CallingNumber { number: Number::new(calling), presentation, screening: isdn::Screening::Network };
    let mut setup = Setup::speech(Number::new(request.called.as_str()));
    setup.calling = Some(number);
    setup.display.clone_from(&request.name);
    setup
}
