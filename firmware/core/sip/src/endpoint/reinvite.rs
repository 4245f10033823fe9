//! re-INVITE in both directions while a call is up (RFC 3261 section 14), with glare (491).
//!
//! After 491 we wait as section 14.1 says and try again by ourselves, three times. If the peer's own re-INVITE comes meanwhile, our offer is
//! out of date: the layer above is told 491 and decides.

use std::time::{Duration, Instant};

use super::api::{Body, EndedBy, Event};
use super::call::{Call, CallTimer, Role, State, UnackedOk};
use super::core::{ALLOW, Core, body_parts};
use super::transactions::{Owner, TransactionId};
use crate::dialog::Dialog;
use crate::msg::{Method, Request, Response};
use crate::transaction::ClientEvent;

const TRIES: u8 = 3;
/// See [`CallTimer::ReinviteGiveUp`].
const GIVE_UP: Duration = Duration::from_secs(180);

/// What goes on in a call that is up.
#[derive(Debug)]
pub(super) enum Reinvite {
    Idle,
    /// We sent one.
    Sent {
        transaction: TransactionId,
        body: Option<Body>,
        tries: u8,
    },
    /// Ours met the peer's; timer Glare runs.
    Paused {
        body: Option<Body>,
        tries: u8,
    },
    /// The peer sent one; the layer above has not answered.
    Received {
        transaction: TransactionId,
        request: Box<Request>,
    },
    /// We answered 2xx and wait for the ACK.
    Accepted(UnackedOk),
}

impl Call {
    /// The layer above wants to change the session.
    pub(super) fn reinvite(&mut self, core: &mut Core, now: Instant, body: Option<Body>) {
        match self.take_state() {
            State::Up { dialog, reinvite: Reinvite::Idle } => self.send_reinvite(core, now, dialog, body, 1),
            // Another change is under way (RFC 3261 section 14.1).
            state @ State::Up { .. } => {
                self.state = state;
                self.tell_reinvite(core, Err(491));
            }
            state @ (State::Inviting { .. }
            | State::Offered { .. }
            | State::AwaitingAck { .. }
            | State::Ending { .. }
            | State::Over) => {
                self.state = state;
                core.misuse(format_args!("re-INVITE in state {}", self.state_name()));
                self.tell_reinvite(core, Err(481));
            }
        }
    }

    fn send_reinvite(&mut self, core: &mut Core, now: Instant, mut dialog: Box<Dialog>, body: Option<Body>, tries: u8) {
        let mut request = dialog.request(Method::Invite);
        request.headers.push("Contact", &self.contact);
        request.headers.push("Allow", ALLOW);
        request.set_body(body_parts(body.as_ref()));
        let transaction = core.send(now, self.hop(&dialog), request, Owner::Call(self.id));
        self.last_reinvite = Some(transaction);
        self.timers.set(CallTimer::ReinviteGiveUp, now + GIVE_UP);
        self.state = State::Up { dialog, reinvite: Reinvite::Sent { transaction, body, tries } };
    }

    pub(super) fn retry_reinvite(&mut self, core: &mut Core, now: Instant) {
        match self.take_state() {
            State::Up { dialog, reinvite: Reinvite::Paused { body, tries } } => {
                self.send_reinvite(core, now, dialog, body, tries.saturating_add(1));
            }
            state @ (State::Inviting { .. }
            | State::Offered { .. }
            | State::AwaitingAck { .. }
            | State::Up { .. }
            | State::Ending { .. }
            | State::Over) => self.state = state,
        }
    }

    fn tell_reinvite(&self, core: &mut Core, result: Result<Box<Response>, u16>) {
        core.events.push_back(Event::ReinviteAnswered { call: self.id, result });
    }

    /// A client transaction has something to say while the call is up.
    pub(super) fn up_event(&mut self, core: &mut Core, now: Instant, id: TransactionId, event: ClientEvent) {
        match self.take_state() {
            State::Up { dialog, reinvite: Reinvite::Sent { transaction, body, tries } } if transaction == id => match event {
                ClientEvent::Provisional(_) => {
                    self.state = State::Up { dialog, reinvite: Reinvite::Sent { transaction, body, tries } };
                }
                ClientEvent::Final(response) if response.is_success() => self.reinvite_accepted(core, dialog, response),
                ClientEvent::Final(response) => self.reinvite_refused(core, now, dialog, response.status, (body, tries)),
                ClientEvent::Timeout => self.reinvite_refused(core, now, dialog, 408, (body, tries)),
                ClientEvent::TransportFailed(_) => self.reinvite_refused(core, now, dialog, 503, (body, tries)),
            },
            state @ (State::Inviting { .. }
            | State::Offered { .. }
            | State::AwaitingAck { .. }
            | State::Up { .. }
            | State::Ending { .. }
            | State::Over) => {
                self.state = state;
                self.stray_success(core, now, event);
            }
        }
    }

    /// A 2xx again: its ACK was lost. Or the 2xx of another branch of a fork.
    fn stray_success(&mut self, core: &mut Core, now: Instant, event: ClientEvent) {
        if let ClientEvent::Final(response) = event
            && response.is_success()
            && !self.ack_again(core, &response)
        {
            self.refuse_fork(core, now, &response);
        }
    }

    fn reinvite_accepted(&mut self, core: &mut Core, mut dialog: Box<Dialog>, response: Box<Response>) {
        self.timers.stop(CallTimer::ReinviteGiveUp);
        dialog.refresh_target(&response.headers);
        let number = response.headers.cseq().map_or(0, |cseq| cseq.number);
        self.ack(core, &dialog, number);
        self.state = State::Up { dialog, reinvite: Reinvite::Idle };
        self.tell_reinvite(core, Ok(response));
    }

    fn reinvite_refused(
        &mut self,
        core: &mut Core,
        now: Instant,
        dialog: Box<Dialog>,
        status: u16,
        (body, tries): (Option<Body>, u8),
    ) {
        self.timers.stop(CallTimer::ReinviteGiveUp);
        match status {
            491 if tries < TRIES => {
                // RFC 3261 section 14.1: the owner of the Call-ID waits longer, so that the two do not meet again.
                let pause = match self.role {
                    Role::Caller { .. } => core.identity.pause(2_100, 4_000),
                    Role::Callee => core.identity.pause(0, 2_000),
                };
                self.timers.set(CallTimer::Glare, now + pause);
                self.state = State::Up { dialog, reinvite: Reinvite::Paused { body, tries } };
            }
            // RFC 3261 section 12.2.1.2: the dialog is gone; with 481 there is nobody to say BYE to.
            481 => {
                self.tell_reinvite(core, Err(status));
                self.end(core, EndedBy::SessionLost, None);
            }
            408 => {
                core.transactions.stats.timeouts += 1;
                self.tell_reinvite(core, Err(status));
                self.drop_call(core, now, dialog, EndedBy::SessionLost);
            }
            _ => {
                self.state = State::Up { dialog, reinvite: Reinvite::Idle };
                self.tell_reinvite(core, Err(status));
            }
        }
    }

    /// A re-INVITE came; its transaction exists and its sequence number is good. `Err` is the status that refuses it.
    pub(super) fn reinvited(&mut self, core: &mut Core, transaction: TransactionId, request: Box<Request>) -> Result<(), u16> {
        match self.take_state() {
            State::Up { mut dialog, reinvite: reinvite @ (Reinvite::Idle | Reinvite::Paused { .. }) } => {
                if let Reinvite::Paused { .. } = reinvite {
                    self.timers.stop(CallTimer::Glare);
                    self.tell_reinvite(core, Err(491));
                }
                dialog.refresh_target(&request.headers);
                self.state = State::Up { dialog, reinvite: Reinvite::Received { transaction, request: request.clone() } };
                self.log(format_args!("re-INVITE"));
                core.events.push_back(Event::Reinvited { call: self.id, request });
                Ok(())
            }
            // RFC 3261 section 14.2: ours is under way.
            state @ (State::Up { reinvite: Reinvite::Sent { .. }, .. } | State::Inviting { .. }) => {
                self.state = state;
                Err(491)
            }
            // RFC 3261 section 14.2: the one before is not done.
            state @ (State::Offered { .. } | State::AwaitingAck { .. } | State::Up { .. }) => {
                self.state = state;
                Err(500)
            }
            state @ (State::Ending { .. } | State::Over) => {
                self.state = state;
                Err(481)
            }
        }
    }

    /// The layer above has decided about the peer's re-INVITE.
    pub(super) fn answer_reinvite(&mut self, core: &mut Core, now: Instant, answer: Result<Body, u16>) {
        match self.take_state() {
            State::Up { dialog, reinvite: Reinvite::Received { transaction, request } } => match answer {
                Ok(body) => {
                    let number = request.headers.cseq().map_or(0, |cseq| cseq.number);
                    let mut response = self.dialog_answer(core, &request, 200);
                    response.set_body(Some(body.parts()));
                    core.respond(now, transaction, &response);
                    let ok = UnackedOk { transaction, response, number, interval: core.transactions.timing().t1 };
                    self.state = State::Up { dialog, reinvite: Reinvite::Accepted(ok) };
                    self.await_ack(core, now);
                }
                Err(status) => {
                    self.refuse(core, now, transaction, &request, status, None, &[]);
                    self.state = State::Up { dialog, reinvite: Reinvite::Idle };
                }
            },
            state @ (State::Inviting { .. }
            | State::Offered { .. }
            | State::AwaitingAck { .. }
            | State::Up { .. }
            | State::Ending { .. }
            | State::Over) => {
                self.state = state;
                core.misuse(format_args!("no re-INVITE to answer in state {}", self.state_name()));
            }
        }
    }

    /// Refuses a re-INVITE that nobody will answer any more.
    pub(super) fn refuse_reinvite(&self, core: &mut Core, now: Instant, reinvite: &Reinvite, status: u16) {
        if let Reinvite::Received { transaction, request } = reinvite {
            self.refuse(core, now, *transaction, request, status, None, &[]);
        }
    }

    /// BYE from the peer in the confirmed dialog (RFC 3261 section 15.1.2); it was answered.
    pub(super) fn bye_came(&mut self, core: &mut Core, now: Instant, request: Box<Request>) {
        match self.take_state() {
            State::Up { reinvite, .. } => {
                self.refuse_reinvite(core, now, &reinvite, 487);
                self.end(core, EndedBy::Peer, Some(request));
            }
            State::AwaitingAck { .. } => self.end(core, EndedBy::Peer, Some(request)),
            // Both said BYE: ours still waits for its answer.
            state @ (State::Inviting { .. } | State::Offered { .. } | State::Ending { .. } | State::Over) => self.state = state,
        }
    }
}
