//! Legs: the only place where signalling protocols and neutral words meet.
//!
//! [`Legs`] owns every protocol machine of the box, gives each input to the right one and turns what comes out into
//! [`FromLeg`] words, bytes to send and [`Trace`]s. A leg type that joins (R2, E&M, analog) gets a file beside [`isdn`] and
//! [`sip`] and an arm in each match below; the controller does not change.

pub mod isdn;
pub mod sip;
pub mod span;

use std::collections::{HashMap, VecDeque};
use std::time::Instant;

use model::settings::Settings;

use crate::route::Trunk;
use crate::words::{FromLeg, LegId, PeerId, Release, Setup, SpanId, ToLeg};
pub use isdn::cause_text;
pub use sip::Flow;

/// What a protocol machine wants sent.
#[derive(Debug, Clone, PartialEq)]
pub enum Outgoing {
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
}

/// Something that crossed the box's edge, for ladders and captures.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    /// The leg it belongs to; `None` for what serves no call, such as RR or OPTIONS.
    pub leg: Option<LegId>,
    /// When.
    pub at: Instant,
    /// Whether we sent it.
    pub sent: bool,
    /// Where it went or came from.
    pub trunk: Trunk,
    /// In one line.
    pub text: String,
    /// The bytes, and how they went.
    pub bytes: Outgoing,
}

/// A word and the leg that says it.
#[derive(Debug, Clone, PartialEq)]
pub struct Spoken {
    /// The leg.
    pub leg: LegId,
    /// Its trunk.
    pub trunk: Trunk,
    /// The word.
    pub word: FromLeg,
}

/// What legs put out, in order.
#[derive(Debug, Default)]
pub(crate) struct Out {
    pub(crate) words: VecDeque<Spoken>,
    pub(crate) outgoing: VecDeque<Outgoing>,
    pub(crate) traces: VecDeque<Trace>,
    /// Connections whose bytes cannot be framed any more.
    pub(crate) closing: VecDeque<Flow>,
    next_leg: u64,
}

impl Out {
    /// A new leg id.
    pub(crate) const fn new_leg(&mut self) -> LegId {
        self.next_leg += 1;
        LegId(self.next_leg)
    }

    pub(crate) fn say(&mut self, leg: LegId, trunk: Trunk, word: FromLeg) {
        self.words.push_back(Spoken { leg, trunk, word });
    }
}

/// Every leg of the box.
#[derive(Debug)]
pub struct Legs {
    spans: Vec<span::SpanLegs>,
    sip: sip::SipLegs,
    trunks: HashMap<LegId, Trunk>,
    out: Out,
}

impl Legs {
    /// Legs of a validated configuration. `seed` feeds SIP's tags, branches and Call-IDs and must not be guessable.
    #[must_use]
    pub fn new(settings: &Settings, seed: [u8; 32]) -> Self {
        let span = |(index, span): (usize, &model::settings::Span)| span::SpanLegs::new(SpanId(index), span);
        let spans = settings.spans.iter().enumerate().map(span).collect();
        Self { spans, sip: sip::SipLegs::new(settings, seed), trunks: HashMap::new(), out: Out::default() }
    }

    /// Starts what starts by itself: pings.
    pub fn start(&mut self, now: Instant) {
        self.sip.start(now, &mut self.out);
    }

    /// A LAPD frame from a span.
    pub fn handle_frame(&mut self, now: Instant, span: SpanId, frame: &[u8]) {
        if let Some(span) = self.spans.get_mut(span.0) {
            span.handle_frame(now, frame, &mut self.out);
        }
    }

    /// Whether the gateway could take a span into use.
    pub fn handle_span_state(&mut self, now: Instant, span: SpanId, state: model::api::SpanState) {
        if let Some(span) = self.spans.get_mut(span.0) {
            span.handle_state(now, state, &mut self.out);
        }
    }

    /// What was read of a span's line in the last second.
    pub fn handle_line_report(&mut self, now: Instant, unix_ms: i64, span: SpanId, report: span::LineReport) {
        if let Some(span) = self.spans.get_mut(span.0) {
            span.handle_report(now, unix_ms, report);
        }
    }

    /// Takes a timeslot that no call has away from calls, for a test.
    pub fn begin_test(&mut self, now: Instant, span: SpanId, timeslot: u8) -> Result<(), String> {
        let found = self.spans.get_mut(span.0).ok_or_else(|| format!("there is no span {}", span.0))?;
        found.begin_test(now, timeslot, &mut self.out)
    }

    /// Gives the timeslot under test back to calls.
    pub fn end_test(&mut self, now: Instant, span: SpanId) {
        if let Some(span) = self.spans.get_mut(span.0) {
            span.end_test(now, &mut self.out);
        }
    }

    /// Has one B-channel of a span, or all of them, brought to idle at both ends.
    pub fn restart(&mut self, now: Instant, span: SpanId, timeslot: Option<u8>) -> Result<(), String> {
        let found = self.spans.get_mut(span.0).ok_or_else(|| format!("there is no span {}", span.0))?;
        found.restart(now, timeslot, &mut self.out)
    }

    /// Lets a span's calls go before it is configured anew; returns the legs that are left.
    pub fn let_go_of_span(&mut self, now: Instant, span: SpanId) -> usize {
        self.spans.get_mut(span.0).map_or(0, |span| span.let_go(now, &mut self.out))
    }

    /// Ends a span's calls and begins anew with other settings.
    pub fn reconfigure_span(&mut self, now: Instant, span: SpanId, settings: &model::settings::Span) {
        if let Some(span) = self.spans.get_mut(span.0) {
            span.reconfigure(now, settings, &mut self.out);
        }
    }

    /// A span's line came up or went down.
    pub fn handle_line(&mut self, now: Instant, span: SpanId, alarms: model::api::Alarms, down: bool) -> bool {
        self.spans.get_mut(span.0).is_some_and(|span| span.handle_line(now, alarms, down, &mut self.out))
    }

    /// A UDP datagram.
    pub fn handle_datagram(&mut self, now: Instant, flow: Flow, bytes: &[u8]) {
        self.sip.handle_datagram(now, flow, bytes, &mut self.out);
    }

    /// Bytes of a TCP connection.
    pub fn handle_stream(&mut self, now: Instant, flow: Flow, bytes: &[u8]) {
        self.sip.handle_stream(now, flow, bytes, &mut self.out);
    }

    /// A TCP connection ended.
    pub fn handle_stream_closed(&mut self, now: Instant, flow: Flow) {
        self.sip.handle_stream_closed(now, flow, &mut self.out);
    }

    /// A message could not be sent.
    pub fn handle_send_failed(&mut self, now: Instant, flow: Flow, why: &str) {
        self.sip.handle_send_failed(now, flow, why, &mut self.out);
    }

    /// Runs every timer that is due.
    pub fn handle_timeout(&mut self, now: Instant) {
        for isdn in self.spans.iter_mut().filter_map(span::SpanLegs::isdn_mut) {
            isdn.handle_timeout(now, &mut self.out);
        }
        self.sip.handle_timeout(now, &mut self.out);
    }

    /// A word for a leg.
    pub fn tell(&mut self, now: Instant, leg: LegId, word: ToLeg) {
        match self.trunks.get(&leg).copied() {
            Some(Trunk::Span(SpanId(index))) => {
                if let Some(span) = self.spans.get_mut(index) {
                    span.tell(now, leg, word, &mut self.out);
                }
            }
            Some(Trunk::Peer(_) | Trunk::Unknown) => self.sip.tell(now, leg, word, &mut self.out),
            None => tracing::debug!("legs{{running}}: {word:?} for leg {} that is over", leg.0),
        }
    }

    /// What the legs say next. A leg's id is known from its first word to its last, Released.
    pub fn poll_word(&mut self) -> Option<Spoken> {
        let spoken = self.out.words.pop_front()?;
        match spoken.word {
            FromLeg::Released(_) => drop(self.trunks.remove(&spoken.leg)),
            FromLeg::Setup(_)
            | FromLeg::MoreDigits { .. }
            | FromLeg::NeedDigits
            | FromLeg::Proceeding
            | FromLeg::Alerting(_)
            | FromLeg::Progress(_)
            | FromLeg::Answer(_)
            | FromLeg::ChannelReady(_)
            | FromLeg::PartyUpdate(_)
            | FromLeg::MediaOffer(_)
            | FromLeg::Clearing(_) => drop(self.trunks.insert(spoken.leg, spoken.trunk)),
        }
        Some(spoken)
    }

    /// What to send next.
    pub fn poll_outgoing(&mut self) -> Option<Outgoing> {
        self.out.outgoing.pop_front()
    }

    /// A connection to close: its peer sends what cannot be framed.
    pub fn poll_closing(&mut self) -> Option<Flow> {
        self.out.closing.pop_front()
    }

    /// What crossed the edge, in order.
    pub fn poll_trace(&mut self) -> Option<Trace> {
        self.out.traces.pop_front()
    }

    /// What [`Legs::poll_trace`] gives next.
    #[must_use]
    pub fn peek_trace(&self) -> Option<&Trace> {
        self.out.traces.front()
    }

    /// When [`Legs::handle_timeout`] is wanted.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.spans.iter().filter_map(|span| span.isdn()?.poll_timeout()).chain(self.sip.poll_timeout()).min()
    }

    /// A new leg id, for an outgoing leg.
    pub const fn new_leg(&mut self) -> LegId {
        self.out.new_leg()
    }

    /// Legs whose trunk is still known here: none once all are over.
    #[must_use]
    pub fn leg_count(&self) -> usize {
        self.trunks.len()
    }

    /// The spans.
    #[must_use]
    pub fn spans(&self) -> &[span::SpanLegs] {
        &self.spans
    }

    /// The SIP side.
    #[must_use]
    pub const fn sip(&self) -> &sip::SipLegs {
        &self.sip
    }

    /// Spans whose alarms, link or channels changed since the last call.
    pub fn take_changed_spans(&mut self) -> Vec<SpanId> {
        let changed = self.spans.iter_mut().enumerate().filter_map(|(index, span)| span.take_changed().then_some(SpanId(index)));
        changed.collect()
    }

    /// A peer whose reachability changed.
    pub fn poll_peer_changed(&mut self) -> Option<PeerId> {
        self.sip.poll_peer_changed()
    }

    /// Whether any trunk can take a call decides how our OPTIONS answers.
    pub fn set_available(&mut self) {
        let none_carries_calls = self.spans.iter().all(|span| span.isdn().is_none());
        let any = none_carries_calls || self.spans.iter().any(span::SpanLegs::can_take_a_call);
        self.sip.set_available(any);
    }

    /// Starts an outgoing leg. A refusal comes back as [`FromLeg::Released`].
    pub fn originate(&mut self, now: Instant, leg: LegId, trunk: Trunk, setup: &Setup) {
        self.trunks.insert(leg, trunk);
        match trunk {
            Trunk::Span(SpanId(index)) => match self.spans.get_mut(index) {
                Some(span) => span.originate(now, leg, setup, &mut self.out),
                None => self.no_such_trunk(leg, trunk),
            },
            Trunk::Peer(peer) => self.sip.originate(now, leg, peer, setup, &mut self.out),
            Trunk::Unknown => self.no_such_trunk(leg, trunk),
        }
    }

    fn no_such_trunk(&mut self, leg: LegId, trunk: Trunk) {
        // Q.850 cause 3: no route to destination.
        let release = Release::by_box(3, "the route leads to a trunk that takes no calls");
        self.out.say(leg, trunk, FromLeg::Released(release));
    }
}
