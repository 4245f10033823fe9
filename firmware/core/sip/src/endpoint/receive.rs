//! What happens to a request that came (RFC 3261 sections 8.2, 9.2, 12.2.2): to a transaction, to a call, or answered on the spot.

use std::time::Instant;

use super::Endpoint;
use super::api::{CallId, Event, Flow, Transport};
use super::call::{Call, Role, State};
use super::core::{ACCEPT, ALLOW, contact};
use super::transactions::{Owner, TransactionId};
use crate::dialog::{Dialog, DialogError};
use crate::msg::{Malformed, Message, Method, Request, Response, Uri};

impl Endpoint {
    pub(super) fn receive(&mut self, now: Instant, flow: Flow, bytes: &[u8]) {
        match Message::parse(bytes) {
            Ok(Message::Request(request)) => self.receive_request(now, flow, request),
            Ok(Message::Response(response)) => self.receive_response(now, flow, response),
            Err(malformed) => self.receive_malformed(flow, malformed),
        }
    }

    fn receive_response(&mut self, now: Instant, flow: Flow, response: Response) {
        let stats = &mut self.core.transactions.stats;
        stats.responses_in += 1;
        // RFC 3261 section 8.1.3.3: two Vias mean that it was meant for somebody else.
        let vias = response.headers.list("Via").map_or(0, |vias| vias.len());
        if vias != 1 || !self.core.transactions.handle_response(now, response) {
            self.core.transactions.stats.stray_responses += 1;
            tracing::debug!("sip[{flow}]: response without transaction dropped");
        }
    }

    fn receive_malformed(&mut self, flow: Flow, malformed: Malformed) {
        let Malformed { status, what, request } = malformed;
        self.core.transactions.stats.malformed += 1;
        tracing::warn!("sip[{flow}]: malformed: {what}");
        if let Some(mut request) = request.filter(|request| request.method != Method::Ack)
            && let Some(reply_flow) = complete_via(&mut request, flow)
        {
            let shown: String = what.chars().filter(|c| !c.is_control()).take(120).collect();
            let phrase = format!("{} ({shown})", crate::msg::default_phrase(status));
            self.answer_stateless(reply_flow, &request, status, Some(&phrase));
        }
        self.core.events.push_back(Event::Malformed { flow, what });
    }

    /// Answers without a transaction: malformed requests, and all when there is no room (RFC 3261 section 8.2.7).
    fn answer_stateless(&mut self, reply_flow: Flow, request: &Request, status: u16, phrase: Option<&str>) {
        let headers = &request.headers;
        let of = ["Call-ID", "CSeq", "From", "Via"].map(|name| headers.get(name).unwrap_or_default());
        let tag = self.core.identity.stateless_tag(&of);
        let response = self.core.answer(request, status, phrase, Some(&tag));
        self.core.transactions.transmit(reply_flow, response.to_bytes());
    }

    fn receive_request(&mut self, now: Instant, flow: Flow, mut request: Request) {
        self.core.transactions.stats.requests_in += 1;
        let Some(reply_flow) = complete_via(&mut request, flow) else { return };
        if self.core.transactions.handle_request(now, &request) {
            return;
        }
        if request.method == Method::Ack {
            return self.receive_ack(now, Box::new(request));
        }
        if request.method == Method::Cancel {
            return self.receive_cancel(now, reply_flow, Box::new(request));
        }
        let in_dialog = request.headers.to().is_some_and(|to| to.tag().is_some());
        // Whoever is in a call may always end it.
        if self.is_full() && !in_dialog {
            self.core.transactions.stats.overload += 1;
            return self.answer_stateless(reply_flow, &request, 503, None);
        }
        if let Err(refusal) = self.inspect(&request) {
            return self.refuse_request(now, reply_flow, &request, refusal);
        }
        match (request.method.clone(), in_dialog) {
            (_, true) => self.receive_in_dialog(now, reply_flow, Box::new(request)),
            (Method::Invite, false) => self.receive_invite(now, flow, reply_flow, Box::new(request)),
            (Method::Options, false) => self.receive_options(now, reply_flow, &request),
            // `inspect` let through no other methods but BYE and INFO, which make no sense outside of a dialog.
            (_, false) => self.unknown_dialog(now, reply_flow, &request),
        }
    }

    fn is_full(&self) -> bool {
        self.core.transactions.len() >= self.core.config.max_transactions
    }

    /// RFC 3261 section 8.2.1 to 8.2.3: method, URI scheme, extensions, body.
    fn inspect(&self, request: &Request) -> Result<(), Refusal> {
        match &request.method {
            Method::Invite | Method::Bye | Method::Options | Method::Info => {}
            Method::Other(_) => return Err(Refusal::new(501).with("Allow", ALLOW)),
            Method::Ack
            | Method::Cancel
            | Method::Register
            | Method::Prack
            | Method::Update
            | Method::Refer
            | Method::Subscribe
            | Method::Notify
            | Method::Message
            | Method::Publish => return Err(Refusal::new(405).with("Allow", ALLOW)),
        }
        if let Uri::Other(_) = request.uri {
            return Err(Refusal::new(416));
        }
        // We support no extension that can be required so far.
        let required = request.headers.get_all("Require").collect::<Vec<_>>().join(", ");
        if !required.trim().is_empty() {
            return Err(Refusal::new(420).with("Unsupported", &required));
        }
        if request.method == Method::Invite {
            self.inspect_invite(request)?;
        }
        Ok(())
    }

    fn inspect_invite(&self, request: &Request) -> Result<(), Refusal> {
        let headers = &request.headers;
        let media = headers.content_type();
        let readable = |media: &str| media == ACCEPT || media.starts_with("multipart/");
        let optional = headers.get("Content-Disposition").is_some_and(|d| d.to_ascii_lowercase().contains("handling=optional"));
        if !request.body.is_empty() && !optional && !media.is_some_and(|media| readable(&media)) {
            return Err(Refusal::new(415).with("Accept", ACCEPT));
        }
        if headers.get("Content-Encoding").is_some_and(|encoding| !encoding.eq_ignore_ascii_case("identity")) {
            return Err(Refusal::new(415).with("Accept-Encoding", "identity"));
        }
        let initial = headers.to().is_some_and(|to| to.tag().is_none());
        // An end would not look at Max-Forwards (RFC 4475 3.3.11), but a call through us goes on: RFC 7332 section 4.
        if initial && headers.max_forwards() == Some(0) {
            return Err(Refusal::new(483));
        }
        if initial && self.core.transactions.is_merged(request) {
            return Err(Refusal::new(482));
        }
        if headers.contact().is_none() {
            return Err(Refusal::new(400).because("Bad Request (no usable Contact)"));
        }
        Ok(())
    }

    fn refuse_request(&mut self, now: Instant, reply_flow: Flow, request: &Request, refusal: Refusal) {
        self.core.transactions.stats.refused += 1;
        tracing::warn!("sip[{reply_flow}]: {request:?} refused with {}", refusal.status);
        let id = self.core.transactions.serve(reply_flow, request, Owner::Nobody);
        self.answer_at_once(now, id, request, refusal);
    }

    pub(super) fn answer_at_once(&mut self, now: Instant, id: TransactionId, request: &Request, refusal: Refusal) {
        let tag = self.core.identity.tag();
        let mut response = self.core.answer(request, refusal.status, refusal.phrase.as_deref(), Some(&tag));
        for (name, value) in &refusal.headers {
            response.headers.push(name, value);
        }
        self.core.respond(now, id, &response);
    }

    fn unknown_dialog(&mut self, now: Instant, reply_flow: Flow, request: &Request) {
        self.core.transactions.stats.unknown_dialog += 1;
        tracing::debug!("sip[{reply_flow}]: {request:?} for no call of ours");
        if self.is_full() {
            return self.answer_stateless(reply_flow, request, 481, None);
        }
        let id = self.core.transactions.serve(reply_flow, request, Owner::Nobody);
        self.answer_at_once(now, id, request, Refusal::new(481));
    }

    fn receive_options(&mut self, now: Instant, reply_flow: Flow, request: &Request) {
        let id = self.core.transactions.serve(reply_flow, request, Owner::Nobody);
        let answer = match &self.available {
            Ok(()) => Refusal::new(200),
            Err((status, phrase)) => Refusal::new(*status).because(phrase),
        };
        // RFC 3261 section 11.2.
        let answer = answer.with("Allow", ALLOW).with("Accept", ACCEPT).with("Accept-Encoding", "identity");
        let answer = answer.with("Accept-Language", "en").with("Supported", "");
        self.answer_at_once(now, id, request, answer);
    }

    fn receive_invite(&mut self, now: Instant, flow: Flow, reply_flow: Flow, request: Box<Request>) {
        let transaction = self.core.transactions.serve(reply_flow, &request, Owner::Nobody);
        if self.calls.len() >= self.core.config.max_calls {
            self.core.transactions.stats.overload += 1;
            return self.answer_at_once(now, transaction, &request, Refusal::new(503).with("Retry-After", "10"));
        }
        let trying = self.core.answer(&request, 100, None, None);
        self.core.respond(now, transaction, &trying);
        let id = self.next_call_id();
        self.core.transactions.set_owner(transaction, Owner::Call(id));
        let names = (request.headers.call_id().unwrap_or_default().to_owned(), self.core.identity.tag());
        // The user part of our Contact is what was called.
        let user = match &request.uri {
            Uri::Sip(uri) => uri.user(),
            Uri::Tel(_) | Uri::Other(_) => None,
        };
        let contact = contact(user, flow);
        let state = State::Offered { transaction, request: request.clone(), last: None };
        let call = Call::new(id, flow, names, contact, Role::Callee, state);
        call.log(format_args!("{request:?} by {flow}"));
        self.keep(call);
        self.core.events.push_back(Event::Incoming { call: id, flow, request });
    }

    fn receive_cancel(&mut self, now: Instant, reply_flow: Flow, request: Box<Request>) {
        let Some((invite, owner)) = self.core.transactions.cancelled_by(&request) else {
            return self.unknown_dialog(now, reply_flow, &request);
        };
        let id = self.core.transactions.serve(reply_flow, &request, Owner::Nobody);
        let call = match owner {
            Owner::Call(call) => self.calls.get_mut(&call),
            Owner::Ping(_) | Owner::Nobody => None,
        };
        // RFC 3261 section 9.2: the same To tag as in the answer to the INVITE.
        let tag = call.as_ref().map_or_else(|| self.core.identity.tag(), |call| call.local_tag.clone());
        let answer = self.core.answer(&request, 200, None, Some(&tag));
        self.core.respond(now, id, &answer);
        if let Some(call) = call {
            call.cancelled(&mut self.core, now, invite, request);
            let (call, over) = (call.id, call.is_over());
            self.settle(call, over);
        }
    }

    fn receive_ack(&mut self, now: Instant, request: Box<Request>) {
        let Some(id) = self.find_call(&request) else {
            self.core.transactions.stats.unknown_dialog += 1;
            return;
        };
        self.with_call(id, |call, core| call.acked(core, now, request));
    }

    fn receive_in_dialog(&mut self, now: Instant, reply_flow: Flow, request: Box<Request>) {
        let Some(id) = self.find_call(&request) else {
            return self.unknown_dialog(now, reply_flow, &request);
        };
        let transaction = self.core.transactions.serve(reply_flow, &request, Owner::Call(id));
        let sequence = self.calls.get_mut(&id).and_then(|call| call.dialog_mut()).map(|dialog| dialog.take_sequence(&request));
        let refusal = match (sequence, &request.method) {
            (Some(Err(error)), _) => Some(Refusal::old_sequence(&error)),
            (_, Method::Options) => return self.options_in_dialog(now, transaction, &request),
            (_, Method::Info) => return self.receive_info(now, id, transaction, &request),
            (_, Method::Bye) => {
                return self.receive_bye(now, id, transaction, request);
            }
            (_, _) => {
                let trying = self.core.answer(&request, 100, None, None);
                self.core.respond(now, transaction, &trying);
                let copy = request.clone();
                let taken = self.with_call(id, |call, core| call.reinvited(core, transaction, copy));
                taken.unwrap_or(Err(481)).err().map(Refusal::reinvite)
            }
        };
        if let Some(refusal) = refusal {
            self.core.transactions.stats.refused += 1;
            self.answer_at_once(now, transaction, &request, refusal);
        }
    }

    fn options_in_dialog(&mut self, now: Instant, transaction: TransactionId, request: &Request) {
        let answer = Refusal::new(200).with("Allow", ALLOW).with("Accept", ACCEPT);
        self.answer_at_once(now, transaction, request, answer);
    }

    fn receive_bye(&mut self, now: Instant, id: CallId, transaction: TransactionId, request: Box<Request>) {
        let Some(call) = self.calls.get(&id) else { return };
        let offered = match &call.state {
            State::Offered { transaction, .. } => Some(*transaction),
            // The callee must not say BYE in an early dialog (RFC 3261 section 15).
            State::Inviting { .. } => return self.answer_at_once(now, transaction, &request, Refusal::new(481)),
            State::AwaitingAck { .. } | State::Up { .. } | State::Ending { .. } | State::Over => None,
        };
        self.answer_at_once(now, transaction, &request, Refusal::new(200));
        self.with_call(id, |call, core| match offered {
            Some(invite) => call.cancelled(core, now, invite, request),
            None => call.bye_came(core, now, request),
        });
    }

    /// The call whose dialog the request is in: our tag in To, the peer's in From (RFC 3261 section 12).
    fn find_call(&self, request: &Request) -> Option<CallId> {
        let local_tag = request.headers.to()?.tag()?.to_owned();
        let id = *self.by_dialog.get(&(request.headers.call_id()?.to_owned(), local_tag))?;
        let remote_tag = request.headers.from()?.tag().unwrap_or_default().to_owned();
        self.calls.get(&id)?.has_remote_tag(&remote_tag).then_some(id)
    }
}

impl Call {
    fn dialog_mut(&mut self) -> Option<&mut Dialog> {
        match &mut self.state {
            State::AwaitingAck { dialog, .. } | State::Up { dialog, .. } | State::Ending { dialog, .. } => Some(dialog),
            State::Inviting { .. } | State::Offered { .. } | State::Over => None,
        }
    }

    fn has_remote_tag(&self, tag: &str) -> bool {
        match &self.state {
            State::AwaitingAck { dialog, .. } | State::Up { dialog, .. } | State::Ending { dialog, .. } => {
                dialog.remote_tag() == tag
            }
            State::Inviting { early, .. } => early.iter().any(|dialog| dialog.remote_tag() == tag),
            State::Offered { request, .. } => request.headers.from().is_some_and(|from| from.tag().unwrap_or_default() == tag),
            State::Over => false,
        }
    }
}

/// An answer that we give by ourselves.
pub(super) struct Refusal {
    status: u16,
    phrase: Option<String>,
    headers: Vec<(&'static str, String)>,
}

impl Refusal {
    pub(super) const fn new(status: u16) -> Self {
        Self { status, phrase: None, headers: Vec::new() }
    }

    pub(super) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(super) fn because(self, phrase: &str) -> Self {
        Self { phrase: Some(phrase.to_owned()), ..self }
    }

    /// RFC 3261 section 12.2.2.
    fn old_sequence(error: &DialogError) -> Self {
        Self::new(500).because(&format!("Server Internal Error ({error})"))
    }

    /// RFC 3261 section 14.2: 500 carries Retry-After of 0 to 10 seconds.
    fn reinvite(status: u16) -> Self {
        if status == 500 { Self::new(500).with("Retry-After", "2") } else { Self::new(status) }
    }
}

/// Notes the source in the topmost Via and says where answers go (RFC 3261 section 18.2, RFC 3581).
fn complete_via(request: &mut Request, flow: Flow) -> Option<Flow> {
    let mut via = request.headers.via()?;
    let before = via.clone();
    via.note_source(flow.remote);
    if via != before {
        request.headers.replace_top_via(&via);
    }
    match flow.transport {
        Transport::Udp => Some(Flow { remote: via.response_addr()?, ..flow }),
        Transport::Tcp => Some(flow),
    }
}
