//! SIP legs: [`sip::Endpoint`] on one side, neutral words on the other.
//!
//! - `leg`: one leg and its session descriptions. - `peers`: who is reached how, and pings.
//! - `identity`: numbers, names, privacy. - `diversion`, `subaddress`, `user_to_user`: what else is said of a call. - `release`: causes, statuses, Reason. - `renewal`: re-INVITEs of ours. - `digits`: what is keyed, by INFO. - `names`: which ladder a message belongs to.
//! - `streams`: messages out of TCP connections.
//!
//! Causes: each release of ours carries a Reason. A peer that is silent or cannot be reached is congestion (causes 41
//! and 38), never a 4xx. A message that cannot become a call (unknown source, SDP that cannot be used) is refused here.

mod dialling;
mod digits;
mod diversion;
mod identity;
mod leg;
mod names;
mod peers;
mod release;
mod renewal;
mod streams;
mod subaddress;
mod user_to_user;

use std::collections::HashMap;
use std::time::Instant;

use media::{Offer, sdp};
use model::settings::Settings;
use sip::{CallId, Config, Endpoint, Event, Invite, NameAddr, Request, Response, Uri};

use self::dialling::{Dialled, Dialling};
use self::leg::Leg;
use self::names::Names;
use self::peers::Peers;
use self::streams::Streams;
use super::{Out, Outgoing, Trace};
use crate::route::Trunk;
use crate::words::{Answered, Bearer, FromLeg, LegId, PeerId, Presentation, Progressing, Release, Setup, ToLeg};

pub use sip::Flow;

/// The SIP side of the box.
pub struct SipLegs {
    endpoint: Endpoint,
    peers: Peers,
    streams: Streams,
    accept_unknown: bool,
    calls: HashMap<CallId, Leg>,
    ids: HashMap<LegId, CallId>,
    /// Call-ID header to leg, for ladders; outlives the leg for its last messages.
    names: Names,
    available: bool,
}

impl std::fmt::Debug for SipLegs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SipLegs").field("stats", &self.endpoint.stats()).field("legs", &self.ids.len()).finish_non_exhaustive()
    }
}

impl SipLegs {
    pub(super) fn new(settings: &Settings, seed: [u8; 32]) -> Self {
        Self {
            endpoint: Endpoint::new(Config { user_agent: format!("Junctor/{}", env!("CARGO_PKG_VERSION")), ..Config::new(seed) }),
            peers: Peers::new(settings),
            streams: Streams::default(),
            accept_unknown: settings.sip.accept_unknown_peers,
            calls: HashMap::new(),
            ids: HashMap::new(),
            names: Names::default(),
            available: true,
        }
    }

    pub(super) fn start(&mut self, now: Instant, out: &mut Out) {
        self.peers.ping_all(now, &mut self.endpoint);
        self.pump(now, out);
    }

    pub(super) fn handle_datagram(&mut self, now: Instant, flow: Flow, bytes: &[u8], out: &mut Out) {
        let trace = self.received(now, flow, bytes);
        self.endpoint.handle_datagram(now, flow, bytes);
        self.pump_after(now, trace, out);
    }

    pub(super) fn handle_stream(&mut self, now: Instant, flow: Flow, bytes: &[u8], out: &mut Out) {
        let (messages, fate) = self.streams.take(flow, bytes);
        for message in messages {
            let trace = self.received(now, flow, &message);
            self.endpoint.handle_stream(now, flow, &message);
            self.pump_after(now, trace, out);
        }
        if let Err(why) = fate {
            tracing::warn!("sip[{flow}]{{reading}}: stream cannot be framed: {why} -> closed");
            out.closing.push_back(flow);
            self.handle_stream_closed(now, flow, out);
        }
    }

    pub(super) fn handle_stream_closed(&mut self, now: Instant, flow: Flow, out: &mut Out) {
        self.streams.closed(flow);
        self.endpoint.handle_stream_closed(now, flow);
        self.pump(now, out);
    }

    pub(super) fn handle_send_failed(&mut self, now: Instant, flow: Flow, why: &str, out: &mut Out) {
        self.endpoint.handle_send_failed(now, flow, why);
        self.pump(now, out);
    }

    pub(super) fn handle_timeout(&mut self, now: Instant, out: &mut Out) {
        self.endpoint.handle_timeout(now);
        self.peers.ping_due(now, &mut self.endpoint);
        self.pump(now, out);
    }

    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        self.endpoint.poll_timeout().into_iter().chain(self.peers.next_ping()).min()
    }

    /// Legs that are not over.
    #[must_use]
    pub fn leg_count(&self) -> usize {
        self.calls.len()
    }

    /// Messages that could not be understood since the start.
    #[must_use]
    pub fn malformed(&self) -> u64 {
        self.endpoint.stats().malformed + self.streams.broken
    }

    /// Whether a peer answered its last ping; `None` when it is not pinged or has not been yet.
    #[must_use]
    pub fn reachable(&self, peer: PeerId) -> Option<bool> {
        self.peers.reachable(peer)
    }

    /// A peer whose reachability changed.
    pub fn poll_peer_changed(&mut self) -> Option<PeerId> {
        self.peers.poll_changed()
    }

    pub(super) fn set_available(&mut self, available: bool) {
        if available != self.available {
            self.available = available;
            let refusal = || (503, "no trunk can take a call".to_owned());
            self.endpoint.set_available(if available { Ok(()) } else { Err(refusal()) });
        }
    }

    /// Starts an INVITE. A peer that no listening address can reach is out of order.
    pub(super) fn originate(&mut self, now: Instant, leg: LegId, peer: PeerId, setup: &Setup, out: &mut Out) {
        let trunk = Trunk::Peer(peer);
        let (Some(flow), Some(ours)) = (self.peers.flow(peer), setup.media.clone()) else {
            let release = Release::by_box(38, "the peer cannot be reached from any address of sip.listen");
            out.say(leg, trunk, FromLeg::Released(release));
            return;
        };
        let (new, offer) = Leg::outgoing(leg, trunk, ours);
        let called = Uri::sip_at(Some(&setup.called.to_string()), flow.remote);
        let called = subaddress::write(called, setup.called_subaddress.as_ref());
        let (mut from, mut headers) = identity::calling_party(&setup.calling, setup.second_calling.as_ref(), flow);
        if setup.calling.presentation == Presentation::Allowed {
            from.uri = subaddress::write(from.uri, setup.calling_subaddress.as_ref());
        }
        headers.extend(diversion::headers(&setup.diversions, &setup.called, flow, self.peers.diversion_header(peer)));
        headers.extend(setup.user_to_user.as_ref().map(user_to_user::write));
        let invite = Invite { flow, request_uri: called.clone(), from, to: NameAddr::new(called), headers, body: Some(offer) };
        let call = self.endpoint.invite(now, invite);
        self.calls.insert(call, new);
        self.ids.insert(leg, call);
        self.learn_name(leg, now, out);
        self.pump(now, out);
    }

    /// The INVITE just queued tells the Call-ID that the endpoint chose.
    fn learn_name(&mut self, leg: LegId, now: Instant, out: &mut Out) {
        while let Some(transmit) = self.endpoint.poll_transmit() {
            if transmit.bytes.starts_with(b"INVITE ")
                && let Some(name) = names::call_id(&transmit.bytes)
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
            // 100 Trying is sent by the endpoint itself; an INVITE has its whole number; SIP has no keypad but digits.
            ToLeg::Proceeding | ToLeg::MoreDigits { .. } | ToLeg::Keypad(_) => {}
            ToLeg::Digit { digit, ms } => self.tell_digit(now, call, (digit, ms), out),
            ToLeg::NeedDigits => self.may_go_on(call),
            ToLeg::Alerting(progressing) => self.early(now, call, 180, &progressing),
            ToLeg::Progress(progressing) => self.early(now, call, 183, &progressing),
            ToLeg::Answer(answered) => self.accept(now, call, &answered),
            ToLeg::MediaAnswer(answer) => self.answer_reinvite(now, call, answer),
            ToLeg::HoldRequest(offer) | ToLeg::RetrieveRequest(offer) => self.want(now, call, offer),
            // The answers to what only a leg with channels asks for.
            ToLeg::HoldResult(_) | ToLeg::RetrieveResult(_) => {}
            // A telephone makes its own tones.
            ToLeg::Release(release) | ToLeg::ReleaseWithTone(release) => self.release(now, call, release),
        }
        self.pump(now, out);
    }

    /// 180 without audio, 183 with it: a phone that gets SDP in 180 may or may not play its own ringback.
    fn early(&mut self, now: Instant, call: CallId, status: u16, progressing: &Progressing) {
        let body = progressing.media.as_ref().and_then(|answer| self.answer(call, answer));
        if let Some(leg) = self.calls.get_mut(&call) {
            leg.dialling.settle();
        }
        let status = if body.is_some() { 183 } else { status };
        // Progress without anything to hear tells a SIP caller nothing that 100 has not said.
        if status == 183 && body.is_none() {
            return;
        }
        self.endpoint.provisional(now, call, status, &[], body);
    }

    fn accept(&mut self, now: Instant, call: CallId, answered: &Answered) {
        let body = answered.media.as_ref().and_then(|answer| self.answer(call, answer));
        let flow = self.calls.get(&call).and_then(|leg| leg.flow);
        let mut headers: Vec<(String, String)> = answered.user_to_user.as_ref().map(user_to_user::write).into_iter().collect();
        if let (Some(connected), Some(flow)) = (&answered.connected, flow) {
            headers.extend(identity::connected_party(connected, answered.connected_subaddress.as_ref(), flow));
        }
        self.endpoint.accept(now, call, &headers, body);
    }

    fn answer(&mut self, call: CallId, answer: &Offer) -> Option<sip::Body> {
        self.calls.get_mut(&call)?.answer(answer)
    }

    fn answer_reinvite(&mut self, now: Instant, call: CallId, answer: Result<Offer, String>) {
        let body = answer.ok().and_then(|answer| self.answer(call, &answer));
        self.endpoint.answer_reinvite(now, call, body.ok_or(488));
    }

    fn want(&mut self, now: Instant, call: CallId, offer: Option<Offer>) {
        if let (Some(leg), Some(offer)) = (self.calls.get_mut(&call), offer) {
            leg.renewal.want(offer);
        }
        self.renew(now, call);
    }

    fn renew(&mut self, now: Instant, call: CallId) {
        if let Some(body) = self.calls.get_mut(&call).and_then(Leg::renew) {
            self.endpoint.reinvite(now, call, Some(body));
        }
    }

    fn release(&mut self, now: Instant, call: CallId, release: Release) {
        self.endpoint.hangup(now, call, release::status(&release), None, &release::headers(&release));
        if let Some(leg) = self.calls.get_mut(&call) {
            leg.ending.get_or_insert(release);
        }
    }

    /// Takes everything out of the endpoint after a received message, whose trace goes first.
    fn pump_after(&mut self, now: Instant, trace: Trace, out: &mut Out) {
        let mut trace = Some(trace);
        while let Some(event) = self.endpoint.poll_event() {
            self.event(now, event, out);
            if let Some(mut trace) = trace.take() {
                // An INVITE makes its leg first, so that its own line finds it.
                trace.leg = trace.leg.or_else(|| self.leg_of(&trace.bytes));
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
        self.trace(now, flow, bytes.to_vec(), false)
    }

    fn transmit(&self, now: Instant, transmit: sip::Transmit, out: &mut Out) {
        out.traces.push_back(self.trace(now, transmit.flow, transmit.bytes.clone(), true));
        out.outgoing.push_back(Outgoing::Sip { flow: transmit.flow, bytes: transmit.bytes });
    }

    fn trace(&self, at: Instant, flow: Flow, bytes: Vec<u8>, sent: bool) -> Trace {
        let text = sip::describe(&bytes);
        let bytes = Outgoing::Sip { flow, bytes };
        Trace { leg: self.leg_of(&bytes), at, sent, trunk: self.peers.trunk_of(flow), text, bytes }
    }

    fn leg_of(&self, message: &Outgoing) -> Option<LegId> {
        match message {
            Outgoing::Sip { bytes, .. } => self.names.leg_of(bytes),
            Outgoing::Frame { .. } => None,
        }
    }

    fn event(&mut self, now: Instant, event: Event, out: &mut Out) {
        match event {
            Event::Incoming { call, flow, request } => self.incoming(now, call, flow, &request, out),
            Event::Trying { call } => {
                if let Some(leg) = self.calls.get(&call) {
                    out.say(leg.id, leg.trunk, FromLeg::Proceeding);
                }
            }
            Event::Provisional { call, response } => self.provisional(call, &response, out),
            Event::Answered { call, response } => {
                self.answered(call, &response, out);
                self.session_up(now, call);
            }
            Event::Rejected { call, response, status, phrase, why } => {
                let release = release::rejected(response.as_deref(), status, &phrase, why);
                self.over(call, release, out);
            }
            Event::Keyed { call, keyed } => self.keyed(call, keyed, out),
            Event::InfoAnswered { call, result } => self.digit_decided(now, call, result, out),
            Event::Cancelled { call, request } => self.over(call, release::cancelled(&request), out),
            Event::Reinvited { call, request } => self.reinvited(now, call, &request, out),
            Event::Ended { call, by, request } => self.over(call, release::ended(by, request.as_deref()), out),
            Event::OptionsAnswered { ping, result, .. } => self.peers.pinged(ping, result.is_ok_and(|status| status < 500)),
            Event::Malformed { flow, what } => tracing::warn!("sip[{flow}]{{reading}}: malformed: {what}"),
            Event::CloseStream { flow, what } => {
                tracing::warn!("sip[{flow}]{{reading}}: stream cannot be framed: {what} -> closed");
                out.closing.push_back(flow);
            }
            Event::Confirmed { call, .. } => self.session_up(now, call),
            Event::ReinviteConfirmed { call, .. } => self.renew(now, call),
            Event::ReinviteAnswered { call, result } => self.reinvite_answered(now, call, result.as_deref(), out),
        }
    }

    fn incoming(&mut self, now: Instant, call: CallId, flow: Flow, request: &Request, out: &mut Out) {
        let trunk = self.peers.trunk_of(flow);
        if trunk == Trunk::Unknown && !self.accept_unknown {
            tracing::warn!("sip[{flow}]{{idle}}: INVITE from an address that is no peer's: refused");
            self.endpoint.hangup(now, call, 403, Some("Source is no configured peer"), &[]);
            return;
        }
        if let Some((before, dialled)) = self.goes_on(request) {
            return self.grown(now, [before, call], dialled, request, out);
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
        let mut leg = Leg::incoming(id, trunk, flow, text);
        leg.dialling = Dialling::Dialled(Dialled::of(request));
        self.calls.insert(call, leg);
        self.ids.insert(id, call);
        if let Some(name) = request.headers.call_id() {
            self.names.learn(name, id);
        }
        let setup = setup(request, media);
        out.say(id, trunk, FromLeg::Setup(Box::new(setup)));
    }

    fn provisional(&mut self, call: CallId, response: &Response, out: &mut Out) {
        let Some(leg) = self.calls.get_mut(&call) else { return };
        let media = leg.answered(response.sdp());
        let progressing = Progressing { in_band: media.is_some(), media };
        let word = match response.status {
            180 | 182 => FromLeg::Alerting(progressing),
            183 => FromLeg::Progress(progressing),
            _ => FromLeg::Proceeding,
        };
        out.say(leg.id, leg.trunk, word);
    }

    fn answered(&mut self, call: CallId, response: &Response, out: &mut Out) {
        let Some(leg) = self.calls.get_mut(&call) else { return };
        // An answer may have come in 183; a 200 then repeats it or has none (RFC 3261 section 13.2.1).
        let word = match leg.answered(response.sdp()).or_else(|| leg.agreed_before()) {
            Some(media) => FromLeg::Answer(Answered {
                connected: identity::connected(&response.headers),
                connected_subaddress: identity::connected_subaddress(&response.headers),
                user_to_user: user_to_user::read(&response.headers),
                media: Some(media),
            }),
            // Q.850 cause 65: the peer answered with audio that was not offered. Nobody waits for its BYE's answer.
            None => FromLeg::Clearing(Release::by_box(65, "the peer's answer has no audio that was offered")),
        };
        out.say(leg.id, leg.trunk, word);
    }

    fn reinvited(&mut self, now: Instant, call: CallId, request: &Request, out: &mut Out) {
        let Some(leg) = self.calls.get_mut(&call) else { return };
        let text = request.sdp().map(|text| String::from_utf8_lossy(text).into_owned());
        // A re-INVITE without an offer asks for ours, which this first cut does not make.
        let Some(text) = text else { return self.endpoint.answer_reinvite(now, call, Err(488)) };
        match sdp::read_offer(&text) {
            Ok(offer) => {
                leg.offered(text);
                out.say(leg.id, leg.trunk, FromLeg::MediaOffer(offer));
            }
            Err(why) => self.endpoint.answer_reinvite(now, call, Err(why.status)),
        }
    }

    fn session_up(&mut self, now: Instant, call: CallId) {
        if let Some(leg) = self.calls.get_mut(&call) {
            leg.renewal.is_up();
            leg.digits.is_up();
        }
        self.renew(now, call);
        self.send_digit(now, call);
    }

    /// A refusal leaves the session as it was; one that the peer's own re-INVITE crossed is tried again after that.
    fn reinvite_answered(&mut self, now: Instant, call: CallId, result: Result<&Response, &u16>, out: &mut Out) {
        let Some(leg) = self.calls.get_mut(&call) else { return };
        let crossed = matches!(result, Err(491));
        leg.renewal.decided(crossed);
        if let Some(agreed) = result.ok().and_then(|response| leg.answered(response.sdp())) {
            out.say(leg.id, leg.trunk, FromLeg::MediaAnswer(agreed));
        }
        if !crossed {
            self.renew(now, call);
        }
    }

    /// The dialog is gone: the leg is over.
    fn over(&mut self, call: CallId, release: Release, out: &mut Out) {
        let Some(leg) = self.calls.remove(&call) else { return };
        self.ids.remove(&leg.id);
        out.say(leg.id, leg.trunk, FromLeg::Released(leg.ending.unwrap_or(release)));
    }
}

/// What an INVITE asks for.
fn setup(request: &Request, media: Option<Offer>) -> Setup {
    let from = request.headers.from();
    Setup {
        called: identity::called(request),
        called_subaddress: subaddress::read(&request.uri),
        calling: identity::caller(request),
        calling_subaddress: from.and_then(|from| subaddress::read(&from.uri)),
        // Nothing in an INVITE says that its number is whole (RFC 3578 section 2.1).
        may_grow: true,
        diversions: diversion::diversions(&request.headers),
        user_to_user: user_to_user::read(&request.headers),
        // Clear mode is what becomes of a data call (RFC 4040 section 1); 64 kbit/s unrestricted is all that it can say.
        bearer: if media.as_ref().is_some_and(Offer::is_clear) { Bearer::UNRESTRICTED } else { Bearer::default() },
        media,
        ..Setup::default()
    }
}
