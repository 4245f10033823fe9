//! Legs: the only place where signalling protocols and neutral words meet.
//!
//! [`Legs`] owns every protocol machine of the box, gives each input to the right one and turns what comes out into
//! [`FromLeg`] words, bytes to send and [`Trace`]s. A leg type that joins (R2, E&M, analog) gets a file beside [`isdn`] and
//! [`sip`] and an arm in each match below; the controller does not change.

mod groups;
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
    /// The primary rate interfaces: one for each span that has one of its own, one for each group that shares D-channels.
    isdn: Vec<isdn::IsdnSpan>,
    /// Which of them signals for a span, by the span's place.
    signals: Vec<Option<usize>>,
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
        let (isdn, signals) = groups::interfaces(&settings.spans);
        Self { spans, isdn, signals, sip: sip::SipLegs::new(settings, seed), trunks: HashMap::new(), out: Out::default() }
    }

    /// A span, what signals for it, and where both put out.
    fn on<R>(
        &mut self,
        span: SpanId,
        act: impl FnOnce(&mut span::SpanLegs, Option<&mut isdn::IsdnSpan>, &mut Out) -> R,
    ) -> Option<R> {
        let found = self.spans.get_mut(span.0)?;
        let isdn = self.signals.get(span.0).copied().flatten().and_then(|index| self.isdn.get_mut(index));
        Some(act(found, isdn, &mut self.out))
    }

    /// What signals for a span.
    #[must_use]
    pub fn isdn_of(&self, span: SpanId) -> Option<&isdn::IsdnSpan> {
        self.isdn.get(self.signals.get(span.0).copied().flatten()?)
    }

    /// Timeslots of a span that its far end has taken out of service.
    #[must_use]
    pub fn out_at_far_end(&self, span: SpanId) -> Vec<u8> {
        let interface = self.spans.get(span.0).map(span::SpanLegs::interface);
        self.isdn_of(span).zip(interface).map(|(isdn, interface)| isdn.out_at_far_end(interface)).unwrap_or_default()
    }

    /// The same as it was before a restart, by the span's name. One that is not there any more is passed over.
    pub(crate) fn recall_out_at_far_end(&mut self, name: &str, timeslots: &[u8]) {
        let found = self.spans.iter().position(|span| span.name() == name);
        if let Some(index) = found {
            self.on(SpanId(index), |span, isdn, _| isdn.map(|isdn| isdn.recall_out_at_far_end(span.interface(), timeslots)));
        }
    }

    /// Every primary rate interface.
    #[must_use]
    pub fn isdn(&self) -> &[isdn::IsdnSpan] {
        &self.isdn
    }

    /// A span as the control API shows it; `call_of` tells the call of a leg.
    pub fn status(&self, span: SpanId, call_of: impl Fn(LegId) -> Option<u64>) -> Option<model::api::Span> {
        Some(self.spans.get(span.0)?.status(self.isdn_of(span), call_of))
    }

    /// Starts what starts by itself: pings.
    pub fn start(&mut self, now: Instant) {
        self.sip.start(now, &mut self.out);
    }

    /// A LAPD frame from a span.
    pub fn handle_frame(&mut self, now: Instant, span: SpanId, frame: &[u8]) {
        self.on(span, |span, isdn, out| span.handle_frame(now, frame, isdn, out));
    }

    /// Whether the gateway could take a span into use.
    pub fn handle_span_state(&mut self, now: Instant, span: SpanId, state: model::api::SpanState) {
        self.on(span, |span, isdn, out| span.handle_state(now, state, isdn, out));
    }

    /// What was read of a span's line in the last second.
    pub fn handle_line_report(&mut self, now: Instant, unix_ms: i64, span: SpanId, report: span::LineReport) {
        self.on(span, |span, isdn, _| span.handle_report(now, unix_ms, report, isdn.as_deref()));
    }

    /// Takes a timeslot that no call has away from calls, for a test.
    pub fn begin_test(&mut self, now: Instant, span: SpanId, timeslot: u8) -> Result<(), String> {
        let begun = self.on(span, |span, isdn, out| span.begin_test(now, timeslot, isdn, out));
        begun.ok_or_else(|| format!("there is no span {}", span.0))?
    }

    /// Gives the timeslot under test back to calls.
    pub fn end_test(&mut self, now: Instant, span: SpanId) {
        self.on(span, |span, isdn, out| span.end_test(now, isdn, out));
    }

    /// Has one B-channel of a span, or all of them, brought to idle at both ends.
    pub fn restart(&mut self, now: Instant, span: SpanId, timeslot: Option<u8>) -> Result<(), String> {
        let begun = self.on(span, |span, isdn, out| span.restart(now, timeslot, isdn, out));
        begun.ok_or_else(|| format!("there is no span {}", span.0))?
    }

    /// Lets a span's calls go before it is configured anew; returns the legs that are left.
    pub fn let_go_of_span(&mut self, now: Instant, span: SpanId) -> usize {
        self.on(span, |span, isdn, out| span.let_go(now, isdn, out)).unwrap_or_default()
    }

    /// Ends a span's calls and begins anew with other settings. Not for a span of a group, whose D-channels are others' too.
    pub fn reconfigure_span(&mut self, now: Instant, span: SpanId, settings: &model::settings::Span) {
        self.on(span, |span, isdn, out| span.reconfigure(now, settings, isdn, out));
        let out = self.out_at_far_end(span);
        let anew = groups::alone(span, settings).map(|mut anew| {
            anew.recall_out_at_far_end(0, &out);
            anew
        });
        match (self.signals.get(span.0).copied().flatten(), anew) {
            (Some(index), Some(anew)) => {
                if let Some(isdn) = self.isdn.get_mut(index) {
                    *isdn = anew;
                }
            }
            (None, Some(anew)) => {
                let index = self.isdn.len();
                self.isdn.push(anew);
                self.set_signals(span, Some(index));
            }
            // What it was stays without frames or calls.
            (_, None) => self.set_signals(span, None),
        }
    }

    fn set_signals(&mut self, span: SpanId, index: Option<usize>) {
        if let Some(signals) = self.signals.get_mut(span.0) {
            *signals = index;
        }
    }

    /// A span's line came up or went down.
    pub fn handle_line(&mut self, now: Instant, span: SpanId, alarms: model::api::Alarms, down: bool) -> bool {
        self.on(span, |span, isdn, out| span.handle_line(now, alarms, down, isdn, out)).unwrap_or_default()
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
        for isdn in &mut self.isdn {
            isdn.handle_timeout(now, &mut self.out);
        }
        self.sip.handle_timeout(now, &mut self.out);
    }

    /// A word for a leg.
    pub fn tell(&mut self, now: Instant, leg: LegId, word: ToLeg) {
        match self.trunks.get(&leg).copied() {
            Some(Trunk::Span(span)) => {
                self.on(span, |_, isdn, out| isdn.map(|isdn| isdn.tell(now, leg, word, out)));
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
            | FromLeg::Keypad(_)
            | FromLeg::Digit { .. }
            | FromLeg::Flash
            | FromLeg::DigitRefused { .. }
            | FromLeg::MediaOffer(_)
            | FromLeg::MediaAnswer(_)
            | FromLeg::HoldRequest
            | FromLeg::RetrieveRequest(_)
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
        self.isdn.iter().filter_map(isdn::IsdnSpan::poll_timeout).chain(self.sip.poll_timeout()).min()
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
        for (index, isdn) in self.isdn.iter_mut().enumerate() {
            if isdn.take_changed() {
                let of_it = self.spans.iter_mut().zip(&self.signals).filter(|(_, signals)| **signals == Some(index));
                of_it.for_each(|(span, _)| span.mark_changed());
            }
        }
        let changed = self.spans.iter_mut().enumerate().filter_map(|(index, span)| span.take_changed().then_some(SpanId(index)));
        changed.collect()
    }

    /// A peer whose reachability changed.
    pub fn poll_peer_changed(&mut self) -> Option<PeerId> {
        self.sip.poll_peer_changed()
    }

    /// Whether any trunk can take a call decides how our OPTIONS answers.
    pub fn set_available(&mut self) {
        let none_carries_calls = self.signals.iter().all(Option::is_none);
        let any = none_carries_calls || self.isdn.iter().any(isdn::IsdnSpan::can_take_a_call);
        self.sip.set_available(any);
    }

    /// Starts an outgoing leg. A refusal comes back as [`FromLeg::Released`].
    pub fn originate(&mut self, now: Instant, leg: LegId, trunk: Trunk, setup: &Setup) {
        self.trunks.insert(leg, trunk);
        match trunk {
            Trunk::Span(span) => {
                if self.on(span, |span, isdn, out| span.originate(now, leg, setup, isdn, out)).is_none() {
                    self.no_such_trunk(leg, trunk);
                }
            }
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
