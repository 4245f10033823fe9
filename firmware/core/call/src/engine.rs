//! The whole box as one machine: every leg, the controller between them, and what crosses the edge.

use std::collections::{HashMap, VecDeque};
use std::time::Instant;

use model::api::{self, LadderLine};
use model::settings::{self, Settings};

use crate::controller::{self, Controller, Order, WallClock};
use crate::legs::isdn::IsdnSpan;
use crate::legs::span::LineReport;
use crate::legs::{Flow, Legs, Outgoing, Trace};
use crate::route::Trunk;
use crate::words::{CallId, LegId, MediaCommand, MediaReport, PeerId, SpanId};

/// Ended legs whose late messages (RELEASE COMPLETE, 200 to BYE) still find their call's ladder.
const REMEMBERED: usize = 4_096;

/// What an engine is made from.
#[derive(Debug, Clone)]
pub struct Plan {
    /// A validated configuration.
    pub settings: Settings,
    /// How instants are shown as wall times.
    pub clock: WallClock,
    /// The first call's number.
    pub first_call: u64,
    /// Timeslots that far ends had taken out of service when the engine ended last, by the span's name: a switch need not say so again.
    pub out_at_far_end: Vec<(String, Vec<u8>)>,
    /// Feeds SIP's tags, branches and Call-IDs: must not be guessable.
    pub seed: [u8; 32],
}

/// What the engine wants sent.
#[derive(Debug, Clone, PartialEq)]
pub enum Transmit {
    /// A LAPD frame without FCS.
    Frame {
        /// The span.
        span: SpanId,
        /// The frame.
        frame: Vec<u8>,
    },
    /// A SIP message.
    Sip {
        /// How it goes.
        flow: Flow,
        /// The message.
        bytes: Vec<u8>,
    },
    /// A connection to close: its peer sends what cannot be framed.
    CloseStream {
        /// Which.
        flow: Flow,
    },
    /// A command for the media threads.
    Media(MediaCommand),
}

/// What the engine tells the gateway.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A call began or changed.
    Changed(CallId),
    /// A call is over: its record is due.
    Ended(Box<api::CallRecord>),
    /// A new line of a call's ladder.
    Ladder {
        /// The call.
        call: CallId,
        /// The line.
        line: LadderLine,
    },
    /// A SIP message of a call, for captures.
    SipMessage {
        /// The call.
        call: CallId,
        /// How it went.
        flow: Flow,
        /// Whether we sent it.
        sent: bool,
        /// The message.
        bytes: Vec<u8>,
    },
    /// A LAPD frame, for captures and flight recorders.
    DFrame {
        /// The call whose message it carries.
        call: Option<CallId>,
        /// The span.
        span: SpanId,
        /// Whether we sent it.
        sent: bool,
        /// The frame without FCS.
        frame: Vec<u8>,
    },
    /// A span's alarms, link or channels changed.
    Span(SpanId),
    /// A peer's state changed.
    Peer(api::Peer),
}

/// What calls hold now. All zero when there is none, whatever became of those that were.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Held {
    /// Calls that are not over.
    pub calls: usize,
    /// Legs of any kind that are not over.
    pub legs: usize,
    /// ISDN legs.
    pub isdn_legs: usize,
    /// SIP legs.
    pub sip_legs: usize,
    /// B-channels of all spans.
    pub channels: usize,
    /// RTP ports.
    pub ports: usize,
}

/// Calls of recent legs and when they began.
#[derive(Debug, Default)]
struct Remembered {
    calls: HashMap<LegId, (CallId, Instant)>,
    order: VecDeque<LegId>,
}

impl Remembered {
    fn learn(&mut self, leg: LegId, call: CallId, started: Instant) {
        if self.calls.insert(leg, (call, started)).is_none() {
            self.order.push_back(leg);
            if self.order.len() > REMEMBERED
                && let Some(oldest) = self.order.pop_front()
            {
                self.calls.remove(&oldest);
            }
        }
    }
}

/// The box without its sockets, devices and threads. See the crate header.
#[derive(Debug)]
pub struct Engine {
    legs: Legs,
    controller: Controller,
    settings: Settings,
    remembered: Remembered,
    transmits: VecDeque<Transmit>,
    events: VecDeque<Event>,
}

impl Engine {
    /// An engine at rest; [`Engine::start`] wakes it.
    #[must_use]
    pub fn new(plan: Plan) -> Self {
        let mut legs = Legs::new(&plan.settings, plan.seed);
        for (span, timeslots) in &plan.out_at_far_end {
            legs.recall_out_at_far_end(span, timeslots);
        }
        Self {
            legs,
            controller: Controller::new(&plan.settings, plan.clock, plan.first_call),
            settings: plan.settings,
            remembered: Remembered::default(),
            transmits: VecDeque::new(),
            events: VecDeque::new(),
        }
    }

    /// Begins to ping peers. Spans come up with their first line state.
    pub fn start(&mut self, now: Instant) {
        self.legs.start(now);
        self.settle(now);
    }

    /// A LAPD frame from a span, without FCS.
    pub fn handle_frame(&mut self, now: Instant, span: SpanId, frame: &[u8]) {
        self.legs.handle_frame(now, span, frame);
        self.settle(now);
    }

    /// A span's line state: at start, at each change, and now and then. `down` when it carries nothing.
    pub fn handle_line(&mut self, now: Instant, span: SpanId, alarms: api::Alarms, down: bool) {
        self.legs.handle_line(now, span, alarms, down);
        self.settle(now);
    }

    /// Whether the gateway could take a span into use. One that is not running is down until its next line state says otherwise.
    pub fn handle_span_state(&mut self, now: Instant, span: SpanId, state: api::SpanState) {
        self.legs.handle_span_state(now, span, state);
        self.settle(now);
    }

    /// What was read of a span's line; once a second, for pages and for the diagnosis.
    pub fn handle_line_report(&mut self, now: Instant, span: SpanId, report: LineReport) {
        let unix_ms = self.controller.unix_ms(now);
        self.legs.handle_line_report(now, unix_ms, span, report);
        self.settle(now);
    }

    /// Takes a timeslot that no call has away from calls, for a test. The error says why not.
    pub fn begin_test(&mut self, now: Instant, span: SpanId, timeslot: u8) -> Result<(), String> {
        let begun = self.legs.begin_test(now, span, timeslot);
        self.settle(now);
        begun
    }

    /// Gives the timeslot under test back to calls.
    pub fn end_test(&mut self, now: Instant, span: SpanId) {
        self.legs.end_test(now, span);
        self.settle(now);
    }

    /// Has one B-channel of a span, or all of them, brought to idle at both ends by RESTART (Q.931 5.5); their calls end. The error says
    /// why not.
    pub fn restart_channels(&mut self, now: Instant, span: SpanId, timeslot: Option<u8>) -> Result<(), String> {
        let begun = self.legs.restart(now, span, timeslot);
        self.settle(now);
        begun
    }

    /// Lets a span's calls go and has it take no more, before [`Engine::reconfigure_span`]; returns how many legs are left. To be called
    /// again until none is, or patience ends.
    pub fn let_go_of_span(&mut self, now: Instant, span: SpanId) -> usize {
        let left = self.legs.let_go_of_span(now, span);
        self.settle(now);
        left
    }

    /// Ends a span's calls and takes other settings for it; other spans are not touched. Its next line state brings it up. The name
    /// must be the old one: routes go by it.
    pub fn reconfigure_span(&mut self, now: Instant, span: SpanId, settings: settings::Span) {
        self.legs.reconfigure_span(now, span, &settings);
        if let Some(old) = self.settings.spans.get_mut(span.0) {
            *old = settings;
        }
        self.settle(now);
    }

    /// A UDP datagram.
    pub fn handle_datagram(&mut self, now: Instant, flow: Flow, bytes: &[u8]) {
        self.legs.handle_datagram(now, flow, bytes);
        self.settle(now);
    }

    /// Bytes of a TCP connection.
    pub fn handle_stream(&mut self, now: Instant, flow: Flow, bytes: &[u8]) {
        self.legs.handle_stream(now, flow, bytes);
        self.settle(now);
    }

    /// A TCP connection ended.
    pub fn handle_stream_closed(&mut self, now: Instant, flow: Flow) {
        self.legs.handle_stream_closed(now, flow);
        self.settle(now);
    }

    /// A SIP message could not be sent.
    pub fn handle_send_failed(&mut self, now: Instant, flow: Flow, why: &str) {
        self.legs.handle_send_failed(now, flow, why);
        self.settle(now);
    }

    /// A report from the media threads.
    pub fn handle_media(&mut self, now: Instant, report: MediaReport) {
        self.controller.handle_media(now, report);
        self.settle(now);
    }

    /// Runs every timer that is due. A spurious call does nothing.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.legs.handle_timeout(now);
        self.controller.handle_timeout(now);
        self.settle(now);
    }

    /// Ends a call for the administrator; false if there is none with this number.
    pub fn hang_up(&mut self, now: Instant, call: CallId, why: &str) -> bool {
        let found = self.controller.hang_up(now, call, why);
        self.settle(now);
        found
    }

    /// Ends every call.
    pub fn hang_up_all(&mut self, now: Instant, why: &str) {
        self.controller.hang_up_all(now, why);
        self.settle(now);
    }

    /// What to send next. Drain after every `handle_*` call.
    pub fn poll_transmit(&mut self) -> Option<Transmit> {
        self.transmits.pop_front()
    }

    /// What happened next. Drain after every `handle_*` call.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// When [`Engine::handle_timeout`] is wanted.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.legs.poll_timeout().into_iter().chain(self.controller.poll_timeout()).min()
    }

    /// Carries words and orders to and fro until nobody has more to say.
    fn settle(&mut self, now: Instant) {
        loop {
            let mut quiet = true;
            while let Some(spoken) = self.legs.poll_word() {
                quiet = false;
                let legs = &mut self.legs;
                self.controller.handle_word(now, spoken.leg, spoken.trunk, spoken.word, &mut || legs.new_leg());
                self.remember(spoken.leg);
                // The message that was received stands before what it led to, and that before what is sent for it. One whose leg
                // has not been heard of waits for its Setup: a TCP segment may bring several.
                while self.legs.peek_trace().is_some_and(|trace| self.is_placed(trace)) {
                    self.trace_next();
                }
                self.controller_events(now);
            }
            // What the controller decided by itself stands before what it sends for it.
            self.controller_events(now);
            while let Some(order) = self.controller.poll_order() {
                quiet = false;
                self.carry_out(now, order);
            }
            self.traces();
            self.controller_events(now);
            while let Some(outgoing) = self.legs.poll_outgoing() {
                self.transmits.push_back(match outgoing {
                    Outgoing::Frame { span, frame } => Transmit::Frame { span, frame },
                    Outgoing::Sip { flow, bytes } => Transmit::Sip { flow, bytes },
                });
            }
            if quiet {
                break;
            }
        }
        while let Some(flow) = self.legs.poll_closing() {
            self.transmits.push_back(Transmit::CloseStream { flow });
        }
        for span in self.legs.take_changed_spans() {
            self.events.push_back(Event::Span(span));
        }
        while let Some(peer) = self.legs.poll_peer_changed() {
            let peer = self.peer(peer);
            self.events.extend(peer.map(Event::Peer));
        }
        self.legs.set_available();
    }

    fn carry_out(&mut self, now: Instant, order: Order) {
        match order {
            Order::Originate { leg, trunk, setup } => {
                self.remember(leg);
                self.legs.originate(now, leg, trunk, &setup);
            }
            Order::Tell { leg, word } => self.legs.tell(now, leg, word),
            Order::Media(command) => self.transmits.push_back(Transmit::Media(command)),
        }
    }

    fn remember(&mut self, leg: LegId) {
        let started = |call| self.controller.started(call).map(|started| (call, started));
        if let Some((call, started)) = self.controller.call_of(leg).and_then(started) {
            self.remembered.learn(leg, call, started);
        }
    }

    fn controller_events(&mut self, now: Instant) {
        while let Some(event) = self.controller.poll_event() {
            self.controller_event(now, event);
        }
    }

    fn controller_event(&mut self, now: Instant, event: controller::Event) {
        match event {
            controller::Event::Changed(call) => self.events.push_back(Event::Changed(call)),
            controller::Event::Ended(record) => self.events.push_back(Event::Ended(record)),
            controller::Event::Note { call, started, text } => {
                let protocol = if text.starts_with("audio") { "rtp" } else { "box" };
                let line = ladder_line(started, now, protocol, ("box".into(), "box".into()), text);
                self.events.push_back(Event::Ladder { call, line });
            }
        }
    }

    fn traces(&mut self) {
        while self.legs.peek_trace().is_some() {
            self.trace_next();
        }
    }

    /// Whether it is known which call's ladder a trace belongs to, or that it belongs to none.
    fn is_placed(&self, trace: &Trace) -> bool {
        trace.leg.is_none_or(|leg| self.remembered.calls.contains_key(&leg))
    }

    fn trace_next(&mut self) {
        let Some(trace) = self.legs.poll_trace() else { return };
        let known = trace.leg.and_then(|leg| self.remembered.calls.get(&leg).copied());
        match known {
            Some((call, started)) => self.trace(call, started, trace),
            None => {
                tracing::trace!("{}{{}}: {}", self.controller.name_of(trace.trunk), trace.text);
                if let Outgoing::Frame { span, frame } = trace.bytes {
                    self.events.push_back(Event::DFrame { call: None, span, sent: trace.sent, frame });
                }
            }
        }
    }

    fn trace(&mut self, call: CallId, started: Instant, trace: Trace) {
        let name = self.controller.name_of(trace.trunk);
        let ends = if trace.sent { ("box".to_owned(), name) } else { (name, "box".to_owned()) };
        let protocol = match trace.bytes {
            Outgoing::Frame { .. } => "q931",
            Outgoing::Sip { .. } => "sip",
        };
        let line = ladder_line(started, trace.at, protocol, ends, trace.text);
        self.events.push_back(Event::Ladder { call, line });
        self.events.push_back(match trace.bytes {
            Outgoing::Frame { span, frame } => Event::DFrame { call: Some(call), span, sent: trace.sent, frame },
            Outgoing::Sip { flow, bytes } => Event::SipMessage { call, flow, sent: trace.sent, bytes },
        });
    }

    /// The controller, for looking at calls.
    #[must_use]
    pub const fn controller(&self) -> &Controller {
        &self.controller
    }

    /// How many spans there are.
    #[must_use]
    pub fn span_count(&self) -> usize {
        self.legs.spans().len()
    }

    /// A span as the control API shows it.
    #[must_use]
    pub fn span(&self, id: SpanId) -> Option<api::Span> {
        let call_of = |leg| self.controller.call_of(leg).map(|call| call.0);
        self.legs.status(id, call_of)
    }

    /// Timeslots of a span that its far end has taken out of service: to be remembered across a restart.
    #[must_use]
    pub fn out_at_far_end(&self, id: SpanId) -> Vec<u8> {
        self.legs.out_at_far_end(id)
    }

    /// Whether our end of a span's D-channel is the network's.
    #[must_use]
    pub fn is_network_side(&self, id: SpanId) -> bool {
        self.legs.isdn_of(id).is_some_and(IsdnSpan::is_network_side)
    }

    /// Peers in configuration order.
    #[must_use]
    pub fn peers(&self) -> Vec<api::Peer> {
        (0..self.settings.peers.len()).filter_map(|index| self.peer(PeerId(index))).collect()
    }

    fn peer(&self, id: PeerId) -> Option<api::Peer> {
        let settings = self.settings.peers.get(id.0)?;
        let calls = self.controller.calls_on(Trunk::Peer(id));
        Some(api::Peer {
            name: settings.name.clone(),
            address: settings.address.to_string(),
            reachable: self.legs.sip().reachable(id),
            calls: u32::try_from(calls).unwrap_or(u32::MAX),
        })
    }

    /// What calls hold now.
    #[must_use]
    pub fn held(&self) -> Held {
        let spans = || self.legs.isdn().iter();
        Held {
            calls: self.controller.calls().count(),
            legs: self.legs.leg_count(),
            isdn_legs: spans().map(IsdnSpan::leg_count).sum(),
            sip_legs: self.legs.sip().leg_count(),
            channels: spans().map(IsdnSpan::channels_in_use).sum(),
            ports: self.controller.ports_in_use(),
        }
    }

    /// Counters since the start. Those of the store and of queues are the gateway's.
    #[must_use]
    pub fn counters(&self) -> api::Counters {
        let calls = self.controller.counters();
        api::Counters {
            calls: calls.calls,
            answered: calls.answered,
            ended: calls.ended,
            malformed_sip: self.legs.sip().malformed(),
            malformed_isdn: self.legs.isdn().iter().map(IsdnSpan::malformed).sum(),
            malformed_rtp: calls.malformed_rtp,
            ..api::Counters::default()
        }
    }
}

fn ladder_line(started: Instant, at: Instant, protocol: &str, (from, to): (String, String), text: String) -> LadderLine {
    let at_ms = u64::try_from(at.saturating_duration_since(started).as_millis()).unwrap_or(u64::MAX);
    LadderLine { at_ms, protocol: protocol.to_owned(), from, to, text }
}
