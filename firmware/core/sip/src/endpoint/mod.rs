//! The user agent core: RFC 3261 sections 8, 9, 11 to 15, over the transactions of section 17.
//!
//! One [`Endpoint`] serves all peers. Feed it what the sockets bring and the commands of the layer above, then drain `poll_transmit` and
//! `poll_event` and ask `poll_timeout`. Calls are named by [`CallId`]; a name whose call is over is ignored and counted as misuse, because
//! the last event of a call and a command may cross.
//!
//! Left out: authentication, lookups (a flow is given with each call), redirection (3xx ends the call and is told).

mod answering;
mod api;
mod call;
mod calling;
mod core;
mod identity;
mod info;
mod receive;
mod reinvite;
mod schedule;
mod transactions;

use std::collections::HashMap;
use std::time::Instant;

pub use api::{Body, CallId, Config, EndedBy, Event, Flow, Invite, PingFailed, PingId, RejectedWhy, Stats, Transmit, Transport};

use self::call::{Call, Cancelling, Role, State};
use self::core::{Core, contact};
use self::schedule::Schedule;
use self::transactions::{Notice, Owner};
use crate::msg::{Method, Request, StreamFramer, Uri};
use crate::transaction::ClientEvent;

/// The user agent.
pub struct Endpoint {
    core: Core,
    calls: HashMap<CallId, Box<Call>>,
    /// Call-ID and our tag, to the call.
    by_dialog: HashMap<(String, String), CallId>,
    schedule: Schedule<CallId>,
    streams: HashMap<Flow, StreamFramer>,
    available: Result<(), (u16, String)>,
    last_call: u32,
    last_ping: u32,
}

impl Endpoint {
    /// An endpoint without calls that says it is available.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self {
            core: Core::new(config),
            calls: HashMap::new(),
            by_dialog: HashMap::new(),
            schedule: Schedule::new(),
            streams: HashMap::new(),
            available: Ok(()),
            last_call: 0,
            last_ping: 0,
        }
    }

    /// Takes a datagram. One of nothing but line ends is a keep-alive.
    pub fn handle_datagram(&mut self, now: Instant, flow: Flow, bytes: &[u8]) {
        // Four zero bytes are what some peers send to keep a translator open.
        if bytes.iter().all(|b| matches!(b, b'\r' | b'\n' | b'\0' | b' ')) {
            self.core.transactions.stats.keep_alives += 1;
            return;
        }
        self.receive(now, flow, bytes);
        self.pump(now);
    }

    /// Takes what a connection brought, in pieces of any size.
    pub fn handle_stream(&mut self, now: Instant, flow: Flow, bytes: &[u8]) {
        let limits = self.core.config.limits;
        let framer = self.streams.entry(flow).or_insert_with(|| StreamFramer::new(limits));
        let before = framer.keep_alives();
        framer.feed(bytes);
        let (mut messages, mut broken) = (Vec::new(), None);
        loop {
            match framer.next_message() {
                Ok(Some(message)) => messages.push(message),
                Ok(None) => break,
                Err(error) => {
                    broken = Some(error.what);
                    break;
                }
            }
        }
        self.core.transactions.stats.keep_alives += framer.keep_alives() - before;
        for message in messages {
            self.receive(now, flow, &message);
        }
        if let Some(what) = broken {
            tracing::warn!("sip[{flow}]: stream broken: {what}");
            self.core.transactions.stats.malformed += 1;
            self.core.events.push_back(Event::CloseStream { flow, what });
            self.close_stream(flow);
        }
        self.pump(now);
    }

    /// The connection is gone. Requests on it that have no answer yet fail as if 503 had come; calls stay.
    pub fn handle_stream_closed(&mut self, now: Instant, flow: Flow) {
        self.close_stream(flow);
        self.pump(now);
    }

    fn close_stream(&mut self, flow: Flow) {
        self.streams.remove(&flow);
        self.core.transactions.transport_failed(flow, "connection closed");
        for call in self.calls.values_mut() {
            call.stream_closed(flow);
        }
    }

    /// Nothing can be sent by `flow`: connection refused, ICMP. Requests without answer fail as if 503 had come (section 8.1.3.1).
    pub fn handle_send_failed(&mut self, now: Instant, flow: Flow, why: &str) {
        tracing::warn!("sip[{flow}]: send failed: {why}");
        self.core.transactions.stats.send_failures += 1;
        self.core.transactions.transport_failed(flow, why);
        self.pump(now);
    }

    /// Runs due timers. A spurious call does nothing.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.core.transactions.handle_timeout(now);
        self.pump(now);
        while let Some(id) = self.schedule.expire(now) {
            self.with_call(id, |call, core| call.handle_timeout(core, now));
        }
        self.pump(now);
    }

    /// Makes a call. Its fate comes as events; when there is no room, it is `Rejected` at once.
    pub fn invite(&mut self, now: Instant, invite: Invite) -> CallId {
        let id = self.next_call_id();
        if self.calls.len() >= self.core.config.max_calls {
            self.core.transactions.stats.overload += 1;
            let phrase = format!("{} calls are the limit", self.core.config.max_calls);
            let why = RejectedWhy::Transport;
            self.core.events.push_back(Event::Rejected { call: id, response: None, status: 503, phrase, why });
            return id;
        }
        let flow = invite.flow;
        let names = (self.core.identity.call_id(flow.local), self.core.identity.tag());
        let contact = contact(invite.from.uri.user_number(), flow);
        let mut request = calling::invite(&mut self.core, &invite, &names.0, &names.1, &contact);
        let branch = self.core.dress(flow, &mut request, None);
        let kept = Box::new(request.clone());
        let transaction = self.core.transactions.send(now, flow, request, &branch, Owner::Call(id));
        let state = State::Inviting { transaction, provisional: false, early: Vec::new(), cancelling: Cancelling::No };
        let call = Call::new(id, flow, names, contact, Role::Caller { invite: kept }, state);
        call.log(format_args!("INVITE {} by {flow}", invite.request_uri));
        self.keep(call);
        self.pump(now);
        id
    }

    /// Ends a call in whatever way its state asks for: CANCEL (at once, or when a provisional answer allows it), a refusal with `status` and
    /// `phrase`, or BYE (for a call we accepted: not before its ACK). `headers` go into that message (`Reason`).
    ///
    /// The last event of the call follows: `Ended` by us; for our own INVITE without answer `Rejected`, usually with 487.
    pub fn hangup(&mut self, now: Instant, call: CallId, status: u16, phrase: Option<&str>, headers: &[(String, String)]) {
        self.command(now, call, "hangup", |call, core| call.hangup(core, now, status, phrase, headers));
    }

    /// Answers an INVITE with 101 to 199. It is repeated every minute.
    pub fn provisional(&mut self, now: Instant, call: CallId, status: u16, headers: &[(String, String)], body: Option<Body>) {
        self.command(now, call, "provisional", |call, core| call.provisional(core, now, status, headers, body.as_ref()));
    }

    /// Answers an INVITE with 200, again and again until the ACK comes (section 13.3.1.4).
    pub fn accept(&mut self, now: Instant, call: CallId, headers: &[(String, String)], body: Option<Body>) {
        self.command(now, call, "accept", |call, core| call.accept(core, now, headers, body.as_ref()));
    }

    /// Changes the session of a call that is up. `ReinviteAnswered` follows.
    pub fn reinvite(&mut self, now: Instant, call: CallId, body: Option<Body>) {
        self.command(now, call, "reinvite", |call, core| call.reinvite(core, now, body));
    }

    /// Answers the peer's re-INVITE: 200 with a body, or a refusal (488).
    pub fn answer_reinvite(&mut self, now: Instant, call: CallId, answer: Result<Body, u16>) {
        self.command(now, call, "answer_reinvite", |call, core| call.answer_reinvite(core, now, answer));
    }

    /// Sends INFO in a call that is up. `InfoAnswered` follows, and the next may be sent then.
    pub fn info(&mut self, now: Instant, call: CallId, body: &Body) {
        self.command(now, call, "info", |call, core| call.send_info(core, now, body));
    }

    /// Asks a peer whether it is there. `OptionsAnswered` follows.
    pub fn options(&mut self, now: Instant, flow: Flow, uri: Uri) -> PingId {
        self.last_ping = self.last_ping.wrapping_add(1);
        let ping = PingId(self.last_ping);
        let mut request = Request::new(Method::Options, uri.clone());
        let from = Uri::sip_at(None, flow.local);
        let tag = self.core.identity.tag();
        let headers = &mut request.headers;
        headers.push("Max-Forwards", "70");
        headers.push("From", &format!("<{from}>;tag={tag}"));
        headers.push("To", &format!("<{uri}>"));
        headers.push("Call-ID", &self.core.identity.call_id(flow.local));
        headers.push("CSeq", "1 OPTIONS");
        headers.push("Contact", &contact(None, flow));
        headers.push("Accept", core::ACCEPT);
        request.set_body(None);
        self.core.send(now, flow, request, Owner::Ping(ping));
        self.pump(now);
        ping
    }

    /// How OPTIONS of peers are answered from now on: 200, or e.g. 503 "no trunk".
    pub fn set_available(&mut self, available: Result<(), (u16, String)>) {
        self.available = available;
    }

    /// Next message to send.
    pub fn poll_transmit(&mut self) -> Option<Transmit> {
        self.core.transactions.transmits.pop_front()
    }

    /// Next event for the layer above.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.core.events.pop_front()
    }

    /// When to call `handle_timeout` next.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        [self.core.transactions.poll_timeout(), self.schedule.next()].into_iter().flatten().min()
    }

    /// Counters and gauges.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let mut stats = self.core.transactions.stats;
        stats.calls = self.calls.len();
        stats.transactions = self.core.transactions.len();
        stats
    }

    /// Hands what transactions tell to their owners.
    fn pump(&mut self, now: Instant) {
        while let Some(notice) = self.core.transactions.notices.pop_front() {
            match notice.owner {
                Owner::Call(call) => {
                    self.with_call(call, |call, core| call.handle_client_event(core, now, notice.id, notice.event));
                }
                Owner::Ping(ping) => self.ping_event(ping, notice),
                Owner::Nobody => {}
            }
        }
    }

    fn ping_event(&mut self, ping: PingId, notice: Notice) {
        let result = match notice.event {
            ClientEvent::Provisional(_) => return,
            ClientEvent::Final(response) => Ok(response.status),
            ClientEvent::Timeout => Err(PingFailed::Timeout),
            ClientEvent::TransportFailed(_) => Err(PingFailed::Transport),
        };
        self.core.events.push_back(Event::OptionsAnswered { ping, flow: notice.flow, result });
    }

    fn command(&mut self, now: Instant, id: CallId, name: &str, run: impl FnOnce(&mut Call, &mut Core)) {
        if self.with_call(id, run).is_none() {
            self.core.misuse(format_args!("{name} for call {}, which is over or never was", id.0));
        }
        self.pump(now);
    }

    /// Runs something on a call, then notes its deadline or forgets it.
    fn with_call<T>(&mut self, id: CallId, run: impl FnOnce(&mut Call, &mut Core) -> T) -> Option<T> {
        let call = self.calls.get_mut(&id)?;
        let result = run(call, &mut self.core);
        let over = call.is_over();
        self.settle(id, over);
        Some(result)
    }

    fn settle(&mut self, id: CallId, over: bool) {
        if !over {
            let deadline = self.calls.get(&id).and_then(|call| call.timers.next_deadline());
            return self.schedule.set(id, deadline);
        }
        self.schedule.set(id, None);
        if let Some(call) = self.calls.remove(&id) {
            self.by_dialog.remove(&(call.call_id, call.local_tag));
        }
    }

    fn keep(&mut self, call: Call) {
        self.by_dialog.insert((call.call_id.clone(), call.local_tag.clone()), call.id);
        self.schedule.set(call.id, call.timers.next_deadline());
        self.calls.insert(call.id, Box::new(call));
    }

    fn next_call_id(&mut self) -> CallId {
        loop {
            self.last_call = self.last_call.wrapping_add(1);
            if !self.calls.contains_key(&CallId(self.last_call)) {
                return CallId(self.last_call);
            }
        }
    }
}

impl sansio::Machine for Endpoint {
    type Transmit = Transmit;
    type Event = Event;

    fn handle_timeout(&mut self, now: Instant) {
        Self::handle_timeout(self, now);
    }

    fn poll_transmit(&mut self) -> Option<Transmit> {
        Self::poll_transmit(self)
    }

    fn poll_event(&mut self) -> Option<Event> {
        Self::poll_event(self)
    }

    fn poll_timeout(&self) -> Option<Instant> {
        Self::poll_timeout(self)
    }
}

impl sansio::Peer for Endpoint {
    /// What the far end sent by its flow comes by ours, which is the same seen from here.
    fn handle_receive(&mut self, now: Instant, received: Transmit) {
        let Flow { transport, local, remote } = received.flow;
        let flow = Flow { transport, local: remote, remote: local };
        match transport {
            Transport::Udp => self.handle_datagram(now, flow, &received.bytes),
            Transport::Tcp => self.handle_stream(now, flow, &received.bytes),
        }
    }
}
