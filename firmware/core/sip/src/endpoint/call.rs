//! One call: the INVITE, the dialog it makes, and its end. States, timers, and what both roles do.
//!
//! [`calling`](super::calling) holds what the sender of the INVITE does before the call is up, [`answering`](super::answering) what its
//! receiver does, [`reinvite`](super::reinvite) what happens while it is up, [`info`](super::info) what is keyed in it.

use std::time::{Duration, Instant};

use sansio::Timers;

use super::api::{CallId, EndedBy, Event, Flow, Transport};
use super::core::Core;
use super::reinvite::Reinvite;
use super::transactions::{Owner, TransactionId};
use crate::dialog::Dialog;
use crate::msg::{Method, Request, Response};
use crate::transaction::ClientEvent;

/// Headers from the layer above.
pub(super) type Extra = Vec<(String, String)>;

/// How many 2xx of other branches of a fork we answer (RFC 3261 section 13.2.2.4).
const FORK_LIMIT: usize = 16;

/// Timers of a call that no transaction has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CallTimer {
    /// Repeats our 2xx until the ACK comes (RFC 3261 section 13.3.1.4): T1, doubling up to T2.
    RepeatOk,
    /// The ACK did not come: 64 times T1 (RFC 3261 section 13.3.1.4).
    NoAck,
    /// Repeats a provisional answer every minute, or proxies give up (RFC 3261 section 13.3.1.1).
    RefreshProvisional,
    /// Pause after 491 before the re-INVITE is tried again (RFC 3261 section 14.1).
    Glare,
    /// A re-INVITE of ours has provisional answers only. The standard sets no limit; 3 minutes is what a proxy allows
    /// (RFC 3261 section 16.6, timer C).
    ReinviteGiveUp,
    /// A cancelled INVITE has no final answer: 64 times T1 (RFC 3261 section 9.1).
    CancelGiveUp,
}

/// Whether and how far our own INVITE is being cancelled.
#[derive(Debug)]
pub(super) enum Cancelling {
    No,
    /// As soon as a provisional answer comes (RFC 3261 section 9.1).
    Wanted(Extra),
    /// CANCEL was sent; the headers go into the BYE if a 2xx crosses it.
    Sent(Extra),
}

/// Our 2xx that waits for its ACK.
#[derive(Debug)]
pub(super) struct UnackedOk {
    pub(super) transaction: TransactionId,
    pub(super) response: Response,
    /// CSeq number of the INVITE and of the ACK.
    pub(super) number: u32,
    pub(super) interval: Duration,
}

#[derive(Debug)]
pub(super) enum State {
    /// We sent an INVITE.
    Inviting { transaction: TransactionId, provisional: bool, early: Vec<Dialog>, cancelling: Cancelling },
    /// An INVITE came; no final answer yet.
    Offered { transaction: TransactionId, request: Box<Request>, last: Option<Response> },
    /// We accepted; `bye` holds the headers of a BYE that waits for the ACK (RFC 3261 section 15).
    AwaitingAck { dialog: Box<Dialog>, ok: UnackedOk, bye: Option<Extra> },
    /// The call is up.
    Up { dialog: Box<Dialog>, reinvite: Reinvite },
    /// We sent BYE.
    Ending { dialog: Box<Dialog>, bye: TransactionId },
    /// Nothing is left to do.
    Over,
}

#[derive(Debug)]
pub(super) enum Role {
    /// We sent this INVITE. It is kept, because every 2xx to it makes a dialog (a fork may bring several).
    Caller {
        invite: Box<Request>,
    },
    Callee,
}

/// An ACK that we sent, to be sent again when the 2xx comes again.
#[derive(Debug)]
struct SentAck {
    remote_tag: String,
    number: u32,
    flow: Flow,
    bytes: Vec<u8>,
}

#[derive(Debug)]
pub(super) struct Call {
    pub(super) id: CallId,
    pub(super) flow: Flow,
    pub(super) call_id: String,
    pub(super) local_tag: String,
    pub(super) contact: String,
    pub(super) role: Role,
    pub(super) state: State,
    pub(super) timers: Timers<CallTimer>,
    /// The last re-INVITE we sent: given up when the call ends.
    pub(super) last_reinvite: Option<TransactionId>,
    /// The INFO of ours that has no final answer yet.
    pub(super) info: Option<TransactionId>,
    acks: Vec<SentAck>,
}

impl Call {
    pub(super) fn new(id: CallId, flow: Flow, names: (String, String), contact: String, role: Role, state: State) -> Self {
        let (call_id, local_tag) = names;
        let timers = Timers::new();
        Self { id, flow, call_id, local_tag, contact, role, state, timers, last_reinvite: None, info: None, acks: Vec::new() }
    }

    pub(super) const fn is_over(&self) -> bool {
        matches!(self.state, State::Over)
    }

    /// Our BYE was sent, or nothing is left.
    pub(super) const fn is_ending(&self) -> bool {
        matches!(self.state, State::Ending { .. } | State::Over)
    }

    pub(super) const fn state_name(&self) -> &'static str {
        match self.state {
            State::Inviting { .. } => "Inviting",
            State::Offered { .. } => "Offered",
            State::AwaitingAck { .. } => "AwaitingAck",
            State::Up { .. } => "Up",
            State::Ending { .. } => "Ending",
            State::Over => "Over",
        }
    }

    pub(super) fn log(&self, what: std::fmt::Arguments<'_>) {
        tracing::debug!("sip[call{} {}]{{{}}}: {what}", self.id.0, self.call_id, self.state_name());
    }

    /// Takes the state out, to be replaced. Until then the call counts as over.
    pub(super) fn take_state(&mut self) -> State {
        std::mem::replace(&mut self.state, State::Over)
    }

    /// Ends the call with its one last event.
    pub(super) fn end(&mut self, core: &mut Core, by: EndedBy, request: Option<Box<Request>>) {
        self.log(format_args!("ended by {by:?} -> Over"));
        self.finish(core, Event::Ended { call: self.id, by, request });
    }

    pub(super) fn finish(&mut self, core: &mut Core, event: Event) {
        self.timers.stop_all();
        self.state = State::Over;
        if let Some(open) = self.last_reinvite {
            core.transactions.abandon(open);
        }
        core.events.push_back(event);
    }

    /// Where requests of `dialog` go. Over UDP the next hop says so if it is an address (no lookups here); a connection is kept.
    pub(super) fn hop(&self, dialog: &Dialog) -> Flow {
        let next = dialog.next_hop().socket_addr().filter(|at| at.is_ipv4() == self.flow.local.is_ipv4());
        match (self.flow.transport, next) {
            (Transport::Udp, Some(remote)) => Flow { remote, ..self.flow },
            (Transport::Udp, None) | (Transport::Tcp, _) => self.flow,
        }
    }

    /// The connection is gone: later requests need a new one, to where the peer listens (RFC 3261 section 18.4).
    pub(super) fn stream_closed(&mut self, flow: Flow) {
        let dialog = match &self.state {
            State::AwaitingAck { dialog, .. } | State::Up { dialog, .. } | State::Ending { dialog, .. } => dialog,
            State::Inviting { .. } | State::Offered { .. } | State::Over => return,
        };
        if self.flow == flow
            && let Some(remote) = dialog.next_hop().socket_addr()
        {
            self.flow.remote = remote;
        }
    }

    /// ACKs a 2xx. The ACK is kept, because the 2xx may come again.
    pub(super) fn ack(&mut self, core: &mut Core, dialog: &Dialog, number: u32) {
        let flow = self.hop(dialog);
        let mut ack = dialog.ack(number);
        core.dress(flow, &mut ack, None);
        ack.set_body(None);
        let bytes = ack.to_bytes();
        // Only the newest ACK to each dialog can still be asked for.
        self.acks.retain(|sent| sent.remote_tag != dialog.remote_tag());
        self.acks.push(SentAck { remote_tag: dialog.remote_tag().to_owned(), number, flow, bytes: bytes.clone() });
        core.transactions.transmit(flow, bytes);
    }

    /// Sends the ACK to this 2xx again if we sent one before.
    pub(super) fn ack_again(&self, core: &mut Core, response: &Response) -> bool {
        let tag = response.headers.to().and_then(|to| to.tag().map(str::to_owned)).unwrap_or_default();
        let number = response.headers.cseq().map(|cseq| cseq.number);
        let Some(sent) = self.acks.iter().find(|sent| sent.remote_tag == tag && Some(sent.number) == number) else {
            return false;
        };
        core.transactions.stats.repeats_out += 1;
        core.transactions.transmit(sent.flow, sent.bytes.clone());
        true
    }

    /// A 2xx that we have no use for: another branch of a fork was faster, or the call is over. ACK it and say BYE
    /// (RFC 3261 section 13.2.2.4).
    pub(super) fn refuse_fork(&mut self, core: &mut Core, now: Instant, response: &Response) {
        let Role::Caller { invite } = &self.role else { return };
        if self.acks.len() >= FORK_LIMIT {
            return;
        }
        let (Ok(mut dialog), Some(cseq)) = (Dialog::of_caller(invite, response), response.headers.cseq()) else { return };
        self.log(format_args!("2xx of another branch -> ACK, BYE"));
        self.ack(core, &dialog, cseq.number);
        self.send_bye(core, now, &mut dialog, &[], Owner::Nobody);
    }

    /// Sends BYE in `dialog`.
    pub(super) fn send_bye(
        &self,
        core: &mut Core,
        now: Instant,
        dialog: &mut Dialog,
        extra: &[(String, String)],
        owner: Owner,
    ) -> TransactionId {
        let mut bye = dialog.request(Method::Bye);
        core.add_headers(&mut bye.headers, extra, &["User-Agent"]);
        let flow = self.hop(dialog);
        let branch = core.dress(flow, &mut bye, None);
        bye.set_body(None);
        core.transactions.send(now, flow, bye, &branch, owner)
    }

    /// Sends BYE and waits for its answer.
    pub(super) fn hang_up(&mut self, core: &mut Core, now: Instant, mut dialog: Box<Dialog>, extra: &[(String, String)]) {
        self.timers.stop_all();
        let bye = self.send_bye(core, now, &mut dialog, extra, Owner::Call(self.id));
        self.state = State::Ending { dialog, bye };
    }

    /// Sends BYE without waiting for its answer, and ends.
    pub(super) fn drop_call(&mut self, core: &mut Core, now: Instant, mut dialog: Box<Dialog>, by: EndedBy) {
        self.send_bye(core, now, &mut dialog, &[], Owner::Nobody);
        self.end(core, by, None);
    }

    /// The layer above wants the call to end.
    pub(super) fn hangup(
        &mut self,
        core: &mut Core,
        now: Instant,
        status: u16,
        phrase: Option<&str>,
        extra: &[(String, String)],
    ) {
        self.log(format_args!("hangup {status}"));
        match self.take_state() {
            state @ State::Inviting { .. } => {
                self.state = state;
                self.cancel(core, now, extra);
            }
            State::Offered { transaction, request, .. } => {
                self.refuse(core, now, transaction, &request, status, phrase, extra);
                self.end(core, EndedBy::Us, None);
            }
            State::AwaitingAck { dialog, ok, bye } => {
                self.state = State::AwaitingAck { dialog, ok, bye: bye.or_else(|| Some(extra.to_vec())) };
            }
            State::Up { dialog, reinvite } => {
                self.refuse_reinvite(core, now, &reinvite, 487);
                self.hang_up(core, now, dialog, extra);
            }
            state @ State::Ending { .. } => self.state = state,
            State::Over => {}
        }
    }

    /// A client transaction of this call has something to say.
    pub(super) fn handle_client_event(&mut self, core: &mut Core, now: Instant, id: TransactionId, event: ClientEvent) {
        if self.info == Some(id) {
            return self.info_event(core, now, event);
        }
        match &self.state {
            State::Inviting { transaction, .. } if *transaction == id => self.invite_event(core, now, event),
            State::Up { .. } => self.up_event(core, now, id, event),
            State::Ending { bye, .. } if *bye == id => match event {
                ClientEvent::Provisional(_) => {}
                // Whatever the answer, and without one too, the dialog is over (RFC 3261 section 15.1.1).
                ClientEvent::Final(_) | ClientEvent::Timeout | ClientEvent::TransportFailed(_) => {
                    self.end(core, EndedBy::Us, None)
                }
            },
            State::Ending { .. } => self.late_answer(core, now, event),
            State::Inviting { .. } | State::Offered { .. } | State::AwaitingAck { .. } | State::Over => {}
        }
    }

    /// An INVITE of ours was answered after our BYE: a 2xx needs its ACK all the same.
    fn late_answer(&mut self, core: &mut Core, now: Instant, event: ClientEvent) {
        let ClientEvent::Final(response) = event else { return };
        if !response.is_success() || self.ack_again(core, &response) {
            return;
        }
        let State::Ending { dialog, bye } = self.take_state() else { return };
        let same = response.headers.to().is_some_and(|to| to.tag().unwrap_or_default() == dialog.remote_tag());
        match response.headers.cseq() {
            Some(cseq) if same => self.ack(core, &dialog, cseq.number),
            Some(_) | None => self.refuse_fork(core, now, &response),
        }
        self.state = State::Ending { dialog, bye };
    }

    /// Runs due timers of the call.
    pub(super) fn handle_timeout(&mut self, core: &mut Core, now: Instant) {
        while let Some(timer) = self.timers.expire(now) {
            self.log(format_args!("timer {timer:?}"));
            match timer {
                CallTimer::RepeatOk => self.repeat_ok(core, now),
                CallTimer::NoAck => self.no_ack(core, now),
                CallTimer::RefreshProvisional => self.refresh_provisional(core, now),
                CallTimer::Glare => self.retry_reinvite(core, now),
                CallTimer::ReinviteGiveUp => {
                    if let Some(open) = self.last_reinvite {
                        core.transactions.abandon(open);
                    }
                }
                CallTimer::CancelGiveUp => {
                    if let State::Inviting { transaction, .. } = &self.state {
                        core.transactions.abandon(*transaction);
                    }
                }
            }
        }
    }

    /// Starts the wait for the ACK to a 2xx that was just sent.
    pub(super) fn await_ack(&mut self, core: &Core, now: Instant) {
        let timing = core.transactions.timing();
        self.timers.set(CallTimer::RepeatOk, now + timing.t1);
        self.timers.set(CallTimer::NoAck, now + timing.patience());
    }

    fn repeat_ok(&mut self, core: &mut Core, now: Instant) {
        let ok = match &mut self.state {
            State::AwaitingAck { ok, .. } | State::Up { reinvite: Reinvite::Accepted(ok), .. } => ok,
            State::Inviting { .. } | State::Offered { .. } | State::Up { .. } | State::Ending { .. } | State::Over => return,
        };
        ok.interval = core.transactions.timing().next_interval(ok.interval);
        self.timers.set(CallTimer::RepeatOk, now + ok.interval);
        core.transactions.respond(now, ok.transaction, &ok.response);
    }

    fn no_ack(&mut self, core: &mut Core, now: Instant) {
        core.transactions.stats.timeouts += 1;
        match self.take_state() {
            State::AwaitingAck { dialog, bye: Some(extra), .. } => self.hang_up(core, now, dialog, &extra),
            State::AwaitingAck { dialog, bye: None, .. } | State::Up { dialog, .. } => {
                self.drop_call(core, now, dialog, EndedBy::NoAck);
            }
            state @ (State::Inviting { .. } | State::Offered { .. } | State::Ending { .. } | State::Over) => self.state = state,
        }
    }
}
