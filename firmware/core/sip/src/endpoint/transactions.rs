//! The table of running transactions: finds them, drives them, gathers what they send and tell.

use std::collections::{HashMap, VecDeque};
use std::time::Instant;

use super::api::{CallId, Flow, PingId, Stats, Transmit};
use super::schedule::Schedule;
use crate::msg::{Method, Request, Response};
use crate::transaction::{Client, ClientEvent, ClientKey, InviteClient, InviteServer, Server, ServerEvent, ServerKey, Timing};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct TransactionId(u64);

/// Who wants to know how a transaction fares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    Call(CallId),
    Ping(PingId),
    Nobody,
}

#[derive(Debug)]
pub(super) struct Notice {
    pub(super) id: TransactionId,
    pub(super) owner: Owner,
    pub(super) flow: Flow,
    pub(super) event: ClientEvent,
}

#[derive(Debug)]
enum Machine {
    InviteClient(InviteClient),
    InviteServer(InviteServer),
    Client(Client),
    Server(Server),
}

/// What RFC 3261 section 8.2.2.2 compares to find a request that came by two ways.
type MergeKey = (String, String, u32);

#[derive(Debug)]
struct Entry {
    machine: Box<Machine>,
    flow: Flow,
    owner: Owner,
    client_key: Option<ClientKey>,
    server_key: Option<ServerKey>,
    merge_key: Option<MergeKey>,
    repeats_counted: u64,
}

#[derive(Debug)]
pub(super) struct Transactions {
    timing: Timing,
    next: u64,
    entries: HashMap<TransactionId, Entry>,
    clients: HashMap<ClientKey, TransactionId>,
    servers: HashMap<ServerKey, TransactionId>,
    merges: HashMap<MergeKey, TransactionId>,
    schedule: Schedule<TransactionId>,
    pub(super) transmits: VecDeque<Transmit>,
    pub(super) notices: VecDeque<Notice>,
    pub(super) stats: Stats,
}

impl Transactions {
    pub(super) fn new(timing: Timing) -> Self {
        Self {
            timing,
            next: 0,
            entries: HashMap::new(),
            clients: HashMap::new(),
            servers: HashMap::new(),
            merges: HashMap::new(),
            schedule: Schedule::new(),
            transmits: VecDeque::new(),
            notices: VecDeque::new(),
            stats: Stats::default(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) const fn timing(&self) -> Timing {
        self.timing
    }

    /// Sends bytes that belong to no transaction: an ACK to 2xx, a stateless answer.
    pub(super) fn transmit(&mut self, flow: Flow, bytes: Vec<u8>) {
        self.stats.messages_out += 1;
        self.transmits.push_back(Transmit { flow, bytes });
    }

    /// Starts a client transaction. `branch` is that of the topmost Via of `request`.
    pub(super) fn send(&mut self, now: Instant, flow: Flow, request: Request, branch: &str, owner: Owner) -> TransactionId {
        let key = ClientKey::new(branch, &request.method);
        let reliability = flow.transport.reliability();
        let machine = if request.method == Method::Invite {
            Machine::InviteClient(InviteClient::new(now, request, reliability, self.timing))
        } else {
            Machine::Client(Client::new(now, &request, reliability, self.timing))
        };
        let id = self.insert(machine, flow, owner, Some(key), None, None);
        self.settle(id);
        id
    }

    /// Starts a server transaction. `reply_flow` is where the answers go.
    pub(super) fn serve(&mut self, reply_flow: Flow, request: &Request, owner: Owner) -> TransactionId {
        let reliability = reply_flow.transport.reliability();
        if request.method == Method::Invite {
            let machine = Machine::InviteServer(InviteServer::new(request, reliability, self.timing));
            return self.insert(machine, reply_flow, owner, None, ServerKey::of(request), merge_key(request));
        }
        let machine = Machine::Server(Server::new(reliability, self.timing));
        self.insert(machine, reply_flow, owner, None, ServerKey::of(request), None)
    }

    fn insert(
        &mut self,
        machine: Machine,
        flow: Flow,
        owner: Owner,
        client_key: Option<ClientKey>,
        server_key: Option<ServerKey>,
        merge_key: Option<MergeKey>,
    ) -> TransactionId {
        self.next += 1;
        let id = TransactionId(self.next);
        if let Some(key) = &client_key {
            self.clients.insert(key.clone(), id);
        }
        if let Some(key) = &server_key {
            self.servers.insert(key.clone(), id);
        }
        if let Some(key) = &merge_key {
            self.merges.insert(key.clone(), id);
        }
        let machine = Box::new(machine);
        self.entries.insert(id, Entry { machine, flow, owner, client_key, server_key, merge_key, repeats_counted: 0 });
        id
    }

    pub(super) fn set_owner(&mut self, id: TransactionId, owner: Owner) {
        if let Some(entry) = self.entries.get_mut(&id) {
            entry.owner = owner;
        }
    }

    /// Gives a response to its transaction; false if there is none.
    pub(super) fn handle_response(&mut self, now: Instant, response: Response) -> bool {
        let Some(id) = ClientKey::of(&response).and_then(|key| self.clients.get(&key).copied()) else { return false };
        if let Some(entry) = self.entries.get_mut(&id) {
            match &mut *entry.machine {
                Machine::InviteClient(machine) => machine.handle_response(now, response),
                Machine::Client(machine) => machine.handle_response(now, response),
                Machine::InviteServer(_) | Machine::Server(_) => {}
            }
        }
        self.settle(id);
        true
    }

    /// Gives a repeat, or the ACK to a refusal, to its transaction; false if there is none.
    ///
    /// An ACK that meets a transaction which accepted is not for it: false.
    pub(super) fn handle_request(&mut self, now: Instant, request: &Request) -> bool {
        let Some(id) = ServerKey::of(request).and_then(|key| self.servers.get(&key).copied()) else { return false };
        if let Some(entry) = self.entries.get_mut(&id) {
            match &mut *entry.machine {
                Machine::InviteServer(machine) if request.method == Method::Ack && !machine.takes_ack() => return false,
                Machine::InviteServer(machine) => machine.handle_request(now, &request.method),
                Machine::Server(machine) => machine.handle_repeat(),
                Machine::InviteClient(_) | Machine::Client(_) => {}
            }
        }
        self.settle(id);
        true
    }

    /// The INVITE that `cancel` wants to end.
    pub(super) fn cancelled_by(&self, cancel: &Request) -> Option<(TransactionId, Owner)> {
        let key = ServerKey::of(cancel)?.with_method(Method::Invite);
        let id = *self.servers.get(&key)?;
        Some((id, self.entries.get(&id)?.owner))
    }

    /// Whether `request` came before by another way (RFC 3261 section 8.2.2.2).
    pub(super) fn is_merged(&self, request: &Request) -> bool {
        merge_key(request).is_some_and(|key| self.merges.contains_key(&key))
    }

    /// Answers by a server transaction; false if it is gone or was answered.
    pub(super) fn respond(&mut self, now: Instant, id: TransactionId, response: &Response) -> bool {
        let Some(entry) = self.entries.get_mut(&id) else { return false };
        let sent = match &mut *entry.machine {
            Machine::InviteServer(machine) => machine.respond(now, response),
            Machine::Server(machine) => machine.respond(now, response),
            Machine::InviteClient(_) | Machine::Client(_) => false,
        };
        self.settle(id);
        sent
    }

    /// The CANCEL for an INVITE of ours, and the flow that it must take.
    pub(super) fn cancel_of(&self, id: TransactionId) -> Option<(Request, Flow)> {
        let entry = self.entries.get(&id)?;
        match &*entry.machine {
            Machine::InviteClient(machine) => Some((machine.cancel(), entry.flow)),
            Machine::InviteServer(_) | Machine::Client(_) | Machine::Server(_) => None,
        }
    }

    /// Gives up an INVITE of ours that was cancelled in vain.
    pub(super) fn abandon(&mut self, id: TransactionId) {
        if let Some(Entry { machine, .. }) = self.entries.get_mut(&id) {
            if let Machine::InviteClient(machine) = &mut **machine {
                machine.abandon();
            }
            self.settle(id);
        }
    }

    /// Ends the client transactions on `flow` that have no answer yet. One with a provisional answer may still get its final one,
    /// by a new connection to our sent-by (RFC 3261 section 18.2.2).
    pub(super) fn transport_failed(&mut self, flow: Flow, why: &str) {
        let waiting = |entry: &Entry| match &*entry.machine {
            Machine::InviteClient(machine) => machine.is_unanswered(),
            Machine::Client(machine) => machine.is_unanswered(),
            Machine::InviteServer(_) | Machine::Server(_) => false,
        };
        let mut hit: Vec<_> = self.entries.iter().filter(|(_, e)| e.flow == flow && waiting(e)).map(|(id, _)| *id).collect();
        hit.sort_unstable();
        for id in hit {
            if let Some(Entry { machine, .. }) = self.entries.get_mut(&id) {
                match &mut **machine {
                    Machine::InviteClient(machine) => machine.transport_failed(why),
                    Machine::Client(machine) => machine.transport_failed(why),
                    Machine::InviteServer(_) | Machine::Server(_) => {}
                }
            }
            self.settle(id);
        }
    }

    pub(super) fn handle_timeout(&mut self, now: Instant) {
        while let Some(id) = self.schedule.expire(now) {
            if let Some(entry) = self.entries.get_mut(&id) {
                match &mut *entry.machine {
                    Machine::InviteClient(machine) => machine.handle_timeout(now),
                    Machine::InviteServer(machine) => machine.handle_timeout(now),
                    Machine::Client(machine) => machine.handle_timeout(now),
                    Machine::Server(machine) => machine.handle_timeout(now),
                }
            }
            self.settle(id);
        }
    }

    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        self.schedule.next()
    }

    /// Drains a machine after it was called, notes its deadline, drops it when it is done.
    fn settle(&mut self, id: TransactionId) {
        let Some(entry) = self.entries.get_mut(&id) else { return };
        let (flow, owner) = (entry.flow, entry.owner);
        let (deadline, terminated, repeats) = match &mut *entry.machine {
            Machine::InviteClient(machine) => {
                drain(&mut self.transmits, &mut self.stats, flow, || machine.poll_transmit());
                self.notices.extend(std::iter::from_fn(|| machine.poll_event()).map(|event| Notice { id, owner, flow, event }));
                (machine.poll_timeout(), machine.is_terminated(), machine.repeats())
            }
            Machine::Client(machine) => {
                drain(&mut self.transmits, &mut self.stats, flow, || machine.poll_transmit());
                self.notices.extend(std::iter::from_fn(|| machine.poll_event()).map(|event| Notice { id, owner, flow, event }));
                (machine.poll_timeout(), machine.is_terminated(), machine.repeats())
            }
            Machine::InviteServer(machine) => {
                drain(&mut self.transmits, &mut self.stats, flow, || machine.poll_transmit());
                while let Some(event) = machine.poll_event() {
                    match event {
                        ServerEvent::Timeout => self.stats.timeouts += 1,
                        ServerEvent::Acked => {}
                    }
                }
                (machine.poll_timeout(), machine.is_terminated(), machine.repeats())
            }
            Machine::Server(machine) => {
                drain(&mut self.transmits, &mut self.stats, flow, || machine.poll_transmit());
                (machine.poll_timeout(), machine.is_terminated(), machine.repeats())
            }
        };
        self.stats.repeats_out += repeats - entry.repeats_counted;
        entry.repeats_counted = repeats;
        self.schedule.set(id, deadline.filter(|_| !terminated));
        if terminated {
            self.remove(id);
        }
    }

    fn remove(&mut self, id: TransactionId) {
        let Some(entry) = self.entries.remove(&id) else { return };
        // A key may have passed to a newer transaction meanwhile.
        if let Some(key) = entry.client_key.filter(|key| self.clients.get(key) == Some(&id)) {
            self.clients.remove(&key);
        }
        if let Some(key) = entry.server_key.filter(|key| self.servers.get(key) == Some(&id)) {
            self.servers.remove(&key);
        }
        if let Some(key) = entry.merge_key.filter(|key| self.merges.get(key) == Some(&id)) {
            self.merges.remove(&key);
        }
    }
}

fn drain(transmits: &mut VecDeque<Transmit>, stats: &mut Stats, flow: Flow, mut next: impl FnMut() -> Option<Vec<u8>>) {
    while let Some(bytes) = next() {
        stats.messages_out += 1;
        transmits.push_back(Transmit { flow, bytes });
    }
}

fn merge_key(request: &Request) -> Option<MergeKey> {
    let tag = request.headers.from()?.tag()?.to_owned();
    Some((request.headers.call_id()?.to_owned(), tag, request.headers.cseq()?.number))
}
