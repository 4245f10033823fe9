//! SIP legs: [`sip::Endpoint`] on one side, neutral words on the other. The only reader and writer of SDP text.
//!
//! Numbers: the called number is the user part of the Request-URI, the calling number that of P-Asserted-Identity or From.
//! Causes: a `Reason: Q.850;cause=n` header (RFC 6432) goes before the table of [`crate::cause_map`], and each
//! release of ours carries one. A peer that is silent or cannot be reached is congestion (causes 41 and 38), never a 4xx.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use media::Offer;
use media::sdp::{self, Origin};
use model::settings::{self, ListenAddress, Settings, SipTransport};
use sansio::Timers;
use sip::{
    Body, CallId, Config, EndedBy, Endpoint, Event, Invite, NameAddr, PingId, RejectedWhy, Request, Response, Transport, Uri,
};

use super::{Out, Outgoing, Trace, cause_text};
use crate::cause_map;
use crate::route::Trunk;
use crate::words::{
    Answered, Calling, FromLeg, LegId, Number, PeerId, Presentation, Progressing, Release, Screening, Setup, ToLeg,
};

pub use sip::Flow;

/// Legs whose messages find their ladder, live and ended; more than the calls that can be at once.
const REMEMBERED: usize = 4_096;

/// One SIP leg.
#[derive(Debug)]
struct Leg {
    id: LegId,
    trunk: Trunk,
    /// Our offer, on an outgoing leg.
    ours: Option<Offer>,
    /// The peer's offer as text, on an incoming leg or during its re-INVITE.
    theirs: Option<String>,
    /// What it negotiated last, to see whether a later answer says something new.
    agreed: Option<Offer>,
    /// Version of our next session description (RFC 3264 section 5).
    version: u64,
    /// Why we end it, once we do: what Released then says.
    ending: Option<Release>,
}

/// A peer and how it is reached.
#[derive(Debug)]
struct Peer {
    settings: settings::Peer,
    flow: Option<Flow>,
    reachable: Option<bool>,
}

/// The SIP side of the box.
pub struct SipLegs {
    endpoint: Endpoint,
    peers: Vec<Peer>,
    accept_unknown: bool,
    calls: HashMap<CallId, Leg>,
    ids: HashMap<LegId, CallId>,
    /// Call-ID header to leg, for ladders; outlives the leg for its last messages.
    names: Names,
    pings: HashMap<PingId, PeerId>,
    timers: Timers<PeerId>,
    peers_changed: HashSet<PeerId>,
    available: bool,
}

impl std::fmt::Debug for SipLegs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SipLegs").field("stats", &self.endpoint.stats()).field("legs", &self.ids.len()).finish_non_exhaustive()
    }
}

/// Call-ID headers of recent legs, bounded.
#[derive(Debug, Default)]
struct Names {
    legs: HashMap<String, LegId>,
    order: std::collections::VecDeque<String>,
}

impl Names {
    fn learn(&mut self, call_id: &str, leg: LegId) {
        if self.legs.insert(call_id.to_owned(), leg).is_none() {
            self.order.push_back(call_id.to_owned());
        }
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.legs.remove(&oldest);
        }
    }
}

impl SipLegs {
    pub(super) fn new(settings: &Settings, seed: [u8; 32]) -> Self {
        let peers = settings.peers.iter().map(|peer| Peer {
            flow: flow_to(&peer.address, &settings.sip.listen),
            settings: peer.clone(),
            reachable: None,
        });
        Self {
            endpoint: Endpoint::new(Config { user_agent: format!("Junctor/{}", env!("CARGO_PKG_VERSION")), ..Config::new(seed) }),
            peers: peers.collect(),
            accept_unknown: settings.sip.accept_unknown_peers,
            calls: HashMap::new(),
            ids: HashMap::new(),
            names: Names::default(),
            pings: HashMap::new(),
            timers: Timers::new(),
            peers_changed: HashSet::new(),
            available: true,
        }
    }

    pub(super) fn start(&mut self, now: Instant, out: &mut Out) {
        for index in 0..self.peers.len() {
            self.ping(now, PeerId(index));
        }
        self.pump(now, out);
    }

    pub(super) fn handle_datagram(&mut self, now: Instant, flow: Flow, bytes: &[u8], out: &mut Out) {
        let trace = self.received(now, flow, bytes);
        self.endpoint.handle_datagram(now, flow, bytes);
        self.pump_after(now, trace, out);
    }

    pub(super) fn handle_stream(&mut self, now: Instant, flow: Flow, bytes: &[u8], out: &mut Out) {
        // A segment is traced when it begins with a message, which is how peers send them.
        let trace = self.received(now, flow, bytes);
        self.endpoint.handle_stream(now, flow, bytes);
        self.pump_after(now, trace, out);
    }

    pub(super) fn handle_stream_closed(&mut self, now: Instant, flow: Flow, out: &mut Out) {
        self.endpoint.handle_stream_closed(now, flow);
        self.pump(now, out);
    }

    pub(super) fn handle_send_failed(&mut self, now: Instant, flow: Flow, why: &str, out: &mut Out) {
        self.endpoint.handle_send_failed(now, flow, why);
        self.pump(now, out);
    }

    pub(super) fn handle_timeout(&mut self, now: Instant, out: &mut Out) {
        self.endpoint.handle_timeout(now);
        while let Some(peer) = self.timers.expire(now) {
            self.ping(now, peer);
        }
        self.pump(now, out);
    }

    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        self.endpoint.poll_timeout().into_iter().chain(self.timers.next_deadline()).min()
    }

    /// Messages that could not be understood since the start.
    #[must_use]
    pub fn malformed(&self) -> u64 {
        self.endpoint.stats().malformed
    }

    /// Whether a peer answered its last ping; `None` when it is not pinged or has not been yet.
    #[must_use]
    pub fn reachable(&self, peer: PeerId) -> Option<bool> {
        self.peers.get(peer.0).and_then(|peer| peer.reachable)
    }

    /// A peer whose reachability changed.
    pub fn poll_peer_changed(&mut self) -> Option<PeerId> {
        let peer = self.peers_changed.iter().next().copied()?;
        self.peers_changed.take(&peer)
    }

    pub(super) fn set_available(&mut self, available: bool) {
        if available != self.available {
            self.available = available;
            let refusal = || (503, "no trunk can take a call".to_owned());
            self.endpoint.set_available(if available { Ok(()) } else { Err(refusal()) });
        }
    }

    fn ping(&mut self, now: Instant, id: PeerId) {
        let Some(peer) = self.peers.get(id.0) else { return };
        let (Some(flow), 1..) = (peer.flow, peer.settings.options_seconds) else { return };
        self.timers.set(id, now + Duration::from_secs(peer.settings.options_seconds.into()));
        let ping = self.endpoint.options(now, flow, Uri::sip_at(None, flow.remote));
        self.pings.insert(ping, id);
    }

    /// The peer that a flow comes from: by address and port, else by address alone.
    fn peer_of(&self, flow: Flow) -> Option<PeerId> {
        let speaks = |peer: &&Peer| transport(peer.settings.address.transport) == flow.transport;
        let exact = |peer: &Peer| peer.settings.address.address == flow.remote;
        let host = |peer: &Peer| peer.settings.address.address.ip() == flow.remote.ip();
        let position = |test: &dyn Fn(&Peer) -> bool| self.peers.iter().position(|peer| speaks(&peer) && test(peer));
        position(&exact).or_else(|| position(&host)).map(PeerId)
    }

    fn trunk_of(&self, flow: Flow) -> Trunk {
        self.peer_of(flow).map_or(Trunk::Unknown, Trunk::Peer)
    }

    /// Starts an INVITE. A peer that no listening address can reach is out of order.
    pub(super) fn originate(&mut self, now: Instant, leg: LegId, peer: PeerId, setup: &Setup, out: &mut Out) {
        let trunk = Trunk::Peer(peer);
        let flow = self.peers.get(peer.0).and_then(|peer| peer.flow);
        let (Some(flow), Some(ours)) = (flow, setup.media.clone()) else {
            let release = Release::by_box(38, "the peer cannot be reached from any address of sip.listen");
            out.say(leg, trunk, FromLeg::Released(release));
            return;
        };
        let text = sdp::offer_to_sdp(&ours, Origin { id: leg.0, version: 1 });
        let called = Uri::sip_at(Some(&setup.called.to_string()), flow.remote);
        let (from, headers) = calling_party(&setup.calling, flow);
        let invite =
            Invite { flow, request_uri: called.clone(), from, to: NameAddr::new(called), headers, body: Some(Body::sdp(text)) };
        let call = self.endpoint.invite(now, invite);
        let new = Leg { id: leg, trunk, ours: Some(ours), theirs: None, agreed: None, version: 2, ending: None };
        self.calls.insert(call, new);
        self.ids.insert(leg, call);
        self.learn_name(leg, now, out);
        self.pump(now, out);
    }

    /// The INVITE just queued tells the Call-ID that the endpoint chose.
    fn learn_name(&mut self, leg: LegId, now: Instant, out: &mut Out) {
        while let Some(transmit) = self.endpoint.poll_transmit() {
            if transmit.bytes.starts_with(b"INVITE ")
                && let Some(name) = call_id(&transmit.bytes)
            {
                self.names.learn(name, leg);
            }
            self.transmit(now, transmit, out);
        }
    }

    /// A word from the controller.
    pub(super) fn tell(&mut self, now: Instant, id: LegId, word: ToLeg, out: &mut Out) {
        let Some(call) = self.ids.get(&id).copied() else { return };
        match word {
            // 100 Trying is sent by the endpoint itself.
            ToLeg::Proceeding => {}
            ToLeg::Alerting(progressing) => self.early(now, call, 180, &progressing),
            ToLeg::Progress(progressing) => self.early(now, call, 183, &progressing),
            ToLeg::Answer(answered) => self.accept(now, call, &answered),
            ToLeg::MediaAnswer(answer) => self.answer_reinvite(now, call, answer),
            ToLeg::Release(release) => self.release(now, call, release),
        }
        self.pump(now, out);
    }

    /// 180 without audio, 183 with it: a phone that gets SDP in 180 may or may not play its own ringback.
    fn early(&mut self, now: Instant, call: CallId, status: u16, progressing: &Progressing) {
        let body = progressing.media.as_ref().and_then(|answer| self.answer_body(call, answer));
        let status = if body.is_some() { 183 } else { status };
        // Progress without anything to hear tells a SIP caller nothing that 100 has not said.
        if status == 183 && body.is_none() {
            return;
        }
        self.endpoint.provisional(now, call, status, &[], body);
    }

    fn accept(&mut self, now: Instant, call: CallId, answered: &Answered) {
        let body = answered.media.as_ref().and_then(|answer| self.answer_body(call, answer));
        self.endpoint.accept(now, call, &[], body);
    }

    /// Our answer to the peer's offer as text. The same answer keeps its version (RFC 3264 section 8).
    fn answer_body(&mut self, call: CallId, answer: &Offer) -> Option<Body> {
        let leg = self.calls.get_mut(&call)?;
        if leg.agreed.as_ref().is_some_and(|agreed| agreed != answer) {
            leg.version += 1;
        }
        leg.agreed = Some(answer.clone());
        let origin = Origin { id: leg.id.0, version: leg.version };
        sdp::answer_to_sdp(leg.theirs.as_deref()?, answer, origin).ok().map(Body::sdp)
    }

    fn answer_reinvite(&mut self, now: Instant, call: CallId, answer: Result<Offer, String>) {
        let body = answer.ok().and_then(|answer| self.answer_body(call, &answer));
        self.endpoint.answer_reinvite(now, call, body.ok_or(488));
    }

    fn release(&mut self, now: Instant, call: CallId, release: Release) {
        let status = release.status.filter(|status| *status >= 400).unwrap_or_else(|| cause_map::status_of(release.cause));
        let reason = format!("Q.850;cause={};text=\"{}\"", release.cause, cause_text(release.cause));
        self.endpoint.hangup(now, call, status, None, &[("Reason".to_owned(), reason)]);
        if let Some(leg) = self.calls.get_mut(&call) {
            leg.ending.get_or_insert(release);
        }
    }

    /// Takes everything out of the endpoint after a received message, whose trace goes first.
    fn pump_after(&mut self, now: Instant, trace: Trace, out: &mut Out) {
        let mut trace = Some(trace);
        let name = match trace.as_ref().map(|trace| &trace.bytes) {
            Some(Outgoing::Sip { bytes, .. }) => call_id(bytes).map(str::to_owned),
            Some(Outgoing::Frame { .. }) | None => None,
        };
        while let Some(event) = self.endpoint.poll_event() {
            self.event(now, event, out);
            if let Some(mut trace) = trace.take() {
                trace.leg = trace.leg.or_else(|| self.names.legs.get(name.as_deref()?).copied());
                out.traces.push_back(trace);
            }
        }
        out.traces.extend(trace);
        self.pump(now, out);
    }

    fn pump(&mut self, now: Instant, out: &mut Out) {
        loop {
            let mut quiet = true;
            while let Some(event) = self.endpoint.poll_event() {
                quiet = false;
                self.event(now, event, out);
            }
            while let Some(transmit) = self.endpoint.poll_transmit() {
                quiet = false;
                self.transmit(now, transmit, out);
            }
            if quiet {
                return;
            }
        }
    }

    fn received(&self, now: Instant, flow: Flow, bytes: &[u8]) -> Trace {
        let leg = call_id(bytes).and_then(|name| self.names.legs.get(name).copied());
        self.trace(now, flow, bytes.to_vec(), false, leg)
    }

    fn transmit(&self, now: Instant, transmit: sip::Transmit, out: &mut Out) {
        let leg = call_id(&transmit.bytes).and_then(|name| self.names.legs.get(name).copied());
        out.traces.push_back(self.trace(now, transmit.flow, transmit.bytes.clone(), true, leg));
        out.outgoing.push_back(Outgoing::Sip { flow: transmit.flow, bytes: transmit.bytes });
    }

    fn trace(&self, at: Instant, flow: Flow, bytes: Vec<u8>, sent: bool, leg: Option<LegId>) -> Trace {
        let text = sip::describe(&bytes);
        Trace { leg, at, sent, trunk: self.trunk_of(flow), text, bytes: Outgoing::Sip { flow, bytes } }
    }

    fn event(&mut self, now: Instant, event: Event, out: &mut Out) {
        match event {
            Event::Incoming { call, flow, request } => self.incoming(now, call, flow, &request, out),
            Event::Provisional { call, response } => self.provisional(call, &response, out),
            Event::Answered { call, response } => self.answered(now, call, &response, out),
            Event::Rejected { call, response, status, phrase, why } => {
                let release = rejected(response.as_deref(), status, &phrase, why);
                self.over(call, release, out);
            }
            Event::Cancelled { call, request } => {
                let cause = request.headers.reason_q850().unwrap_or(16);
                self.over(call, Release::by_far_side(cause, None, "the caller gave up before the answer"), out);
            }
            Event::Reinvited { call, request } => self.reinvited(now, call, &request, out),
            Event::Ended { call, by, request } => self.over(call, ended(by, request.as_deref()), out),
            Event::OptionsAnswered { ping, result, .. } => self.pinged(ping, result.is_ok_and(|status| status < 500)),
            Event::Malformed { flow, what } => tracing::warn!("sip[{flow}]{{reading}}: malformed: {what}"),
            Event::CloseStream { flow, what } => tracing::warn!("sip[{flow}]{{reading}}: stream cannot be framed: {what}"),
            Event::Confirmed { .. } | Event::ReinviteConfirmed { .. } | Event::ReinviteAnswered { .. } => {}
        }
    }

    fn incoming(&mut self, now: Instant, call: CallId, flow: Flow, request: &Request, out: &mut Out) {
        let trunk = self.trunk_of(flow);
        if trunk == Trunk::Unknown && !self.accept_unknown {
            tracing::warn!("sip[{flow}]{{idle}}: INVITE from an address that is no peer's: refused");
            self.endpoint.hangup(now, call, 403, Some("Source is no configured peer"), &[]);
            return;
        }
        let id = out.new_leg();
        let text = request.sdp().map(|text| String::from_utf8_lossy(text).into_owned());
        let media = match text.as_deref().map(sdp::read_offer).transpose() {
            Ok(media) => media,
            Err(why) => {
                tracing::warn!("sip[{flow}]{{idle}}: INVITE whose offer cannot be used: {why}");
                self.endpoint.hangup(now, call, why.status, Some(&format!("SDP: {why}")), &[]);
                return;
            }
        };
        let leg = Leg { id, trunk, ours: None, theirs: text, agreed: None, version: 1, ending: None };
        self.calls.insert(call, leg);
        self.ids.insert(id, call);
        if let Some(name) = request.headers.call_id() {
            self.names.learn(name, id);
        }
        let called = request.uri.user_number().map(Number::from).unwrap_or_default();
        out.say(id, trunk, FromLeg::Setup(Box::new(Setup { called, calling: caller(request), media })));
    }

    fn provisional(&mut self, call: CallId, response: &Response, out: &mut Out) {
        let Some(leg) = self.calls.get_mut(&call) else { return };
        let media = agreed(leg, response.sdp());
        let progressing = Progressing { in_band: media.is_some(), media };
        let word = match response.status {
            180 | 182 => FromLeg::Alerting(progressing),
            183 => FromLeg::Progress(progressing),
            _ => FromLeg::Proceeding,
        };
        out.say(leg.id, leg.trunk, word);
    }

    fn answered(&mut self, now: Instant, call: CallId, response: &Response, out: &mut Out) {
        let Some(leg) = self.calls.get_mut(&call) else { return };
        // An answer may have come in 183; a 200 then repeats it or has none (RFC 3261 section 13.2.1).
        let media = agreed(leg, response.sdp()).or_else(|| leg.agreed.clone());
        match media {
            Some(media) => out.say(leg.id, leg.trunk, FromLeg::Answer(Answered { media: Some(media) })),
            None => {
                // Q.850 cause 65: the peer answered with audio that was not offered.
                let release = Release::by_box(65, "the peer's answer has no audio that was offered");
                self.release(now, call, release);
            }
        }
    }

    fn reinvited(&mut self, now: Instant, call: CallId, request: &Request, out: &mut Out) {
        let Some(leg) = self.calls.get_mut(&call) else { return };
        let text = request.sdp().map(|text| String::from_utf8_lossy(text).into_owned());
        match text.as_deref().map(sdp::read_offer) {
            Some(Ok(offer)) => {
                leg.theirs = text;
                out.say(leg.id, leg.trunk, FromLeg::MediaOffer(offer));
            }
            Some(Err(why)) => self.endpoint.answer_reinvite(now, call, Err(why.status)),
            // A re-INVITE without an offer asks for ours, which this first cut does not make.
            None => self.endpoint.answer_reinvite(now, call, Err(488)),
        }
    }

    /// The dialog is gone: the leg is over.
    fn over(&mut self, call: CallId, release: Release, out: &mut Out) {
        let Some(leg) = self.calls.remove(&call) else { return };
        self.ids.remove(&leg.id);
        out.say(leg.id, leg.trunk, FromLeg::Released(leg.ending.unwrap_or(release)));
    }

    fn pinged(&mut self, ping: PingId, reachable: bool) {
        let Some(id) = self.pings.remove(&ping) else { return };
        let Some(peer) = self.peers.get_mut(id.0) else { return };
        if peer.reachable != Some(reachable) {
            tracing::info!("sip[{}]{{{}}}: OPTIONS", peer.settings.name, if reachable { "reachable" } else { "unreachable" });
            peer.reachable = Some(reachable);
            self.peers_changed.insert(id);
        }
    }
}

/// What the peer's answer agrees to; remembers it.
fn agreed(leg: &mut Leg, text: Option<&[u8]>) -> Option<Offer> {
    let text = String::from_utf8_lossy(text?);
    match sdp::read_answer(leg.ours.as_ref()?, &text) {
        Ok(agreed) => {
            leg.agreed = Some(agreed.clone());
            Some(agreed)
        }
        Err(why) => {
            tracing::warn!("sip[leg{}]{{early}}: answer that cannot be used: {why}", leg.id.0);
            None
        }
    }
}

fn rejected(response: Option<&Response>, status: u16, phrase: &str, why: RejectedWhy) -> Release {
    match why {
        RejectedWhy::Answer => {
            let cause =
                response.and_then(|response| response.headers.reason_q850()).unwrap_or_else(|| cause_map::cause_of(status));
            Release::by_far_side(cause, Some(status), format!("{status} {phrase}"))
        }
        // Q.850 cause 41, temporary failure: toward SIP 503, so that the caller's server tries another way.
        RejectedWhy::Timeout => Release::by_box(41, "the peer did not answer the INVITE"),
        // Q.850 cause 38, network out of order.
        RejectedWhy::Transport => Release::by_box(38, format!("the peer cannot be reached: {phrase}")),
    }
}

fn ended(by: EndedBy, bye: Option<&Request>) -> Release {
    match by {
        EndedBy::Peer => {
            let cause = bye.and_then(|bye| bye.headers.reason_q850()).unwrap_or(16);
            Release::by_far_side(cause, None, "BYE")
        }
        EndedBy::Us => Release::by_box(16, "released"),
        // Q.850 cause 102, recovery on timer expiry.
        EndedBy::NoAck => Release::by_box(102, "the peer never acknowledged our answer"),
        EndedBy::SessionLost => Release::by_box(41, "the peer has forgotten the call"),
    }
}

/// The calling party of an INVITE (RFC 3325 9.1 before From; RFC 3323 for privacy).
fn caller(request: &Request) -> Calling {
    let asserted = request.headers.name_addr("P-Asserted-Identity");
    let from = request.headers.from();
    let identity = asserted.as_ref().or(from.as_ref());
    let digits = identity.and_then(|identity| identity.uri.user_number()).filter(|user| *user != "anonymous");
    let private = request.headers.list_contains("Privacy", "id")
        || from.as_ref().is_some_and(|from| from.uri.user_number() == Some("anonymous"));
    let number = digits.filter(|digits| is_number(digits)).map(Number::from);
    let presentation = match (&number, private) {
        (_, true) => Presentation::Restricted,
        (None, false) => Presentation::Unavailable,
        (Some(_), false) => Presentation::Allowed,
    };
    let name = identity.and_then(|identity| identity.display.clone()).filter(|name| !name.is_empty());
    Calling { number: number.unwrap_or_default(), presentation, screening: Screening::UserNotScreened, name }
}

/// Digits that a Q.931 number can hold.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or(text);
    !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit() || matches!(c, '*' | '#'))
}

/// From and privacy headers of an INVITE of ours. A withheld number does not leave the box.
fn calling_party(calling: &Calling, flow: Flow) -> (NameAddr, Vec<(String, String)>) {
    let number = calling.number.to_string();
    match calling.presentation {
        Presentation::Restricted => {
            let anonymous = NameAddr::new(Uri::sip(Some("anonymous"), "anonymous.invalid", None)).with_display("Anonymous");
            (anonymous, vec![("Privacy".to_owned(), "id".to_owned())])
        }
        Presentation::Allowed | Presentation::Unavailable if number.is_empty() => {
            (NameAddr::new(Uri::sip_at(Some("unknown"), flow.local)), vec![])
        }
        Presentation::Allowed | Presentation::Unavailable => {
            let from = NameAddr::new(Uri::sip_at(Some(&number), flow.local));
            (calling.name.iter().fold(from, |from, name| from.with_display(name)), vec![])
        }
    }
}

/// The flow to a peer: by the listening address of its transport and family, the same address before another.
fn flow_to(peer: &ListenAddress, listen: &[ListenAddress]) -> Option<Flow> {
    let suits = |own: &&ListenAddress| own.transport == peer.transport && own.address.is_ipv4() == peer.address.is_ipv4();
    let same = listen.iter().filter(suits).find(|own| own.address.ip() == peer.address.ip());
    let own = same.or_else(|| listen.iter().find(suits))?;
    Some(Flow { transport: transport(peer.transport), local: own.address, remote: peer.address })
}

const fn transport(transport: SipTransport) -> Transport {
    match transport {
        SipTransport::Udp => Transport::Udp,
        SipTransport::Tcp => Transport::Tcp,
    }
}

/// The Call-ID header's value, found without parsing the message: for ladders only.
fn call_id(bytes: &[u8]) -> Option<&str> {
    let head = bytes.split(|byte| *byte == b'\n');
    head.take_while(|line| !line.trim_ascii().is_empty()).find_map(|line| {
        let colon = line.iter().position(|byte| *byte == b':')?;
        let (name, value) = (line.get(..colon)?, line.get(colon + 1..)?);
        let is_it = name.trim_ascii().eq_ignore_ascii_case(b"call-id") || name.trim_ascii().eq_ignore_ascii_case(b"i");
        is_it.then(|| std::str::from_utf8(value.trim_ascii()).ok()).flatten()
    })
}
