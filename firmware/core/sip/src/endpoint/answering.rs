//! The callee's side until the call is up (RFC 3261 section 13.3), and CANCEL from the peer (section 9.2).

use std::time::{Duration, Instant};

use super::api::{Body, Event};
use super::call::{Call, CallTimer, State, UnackedOk};
use super::core::{ACCEPT, ALLOW, Core, body_parts};
use super::reinvite::Reinvite;
use super::transactions::TransactionId;
use crate::dialog::Dialog;
use crate::msg::{Request, Response};

/// RFC 3261 section 13.3.1.1.
const REFRESH: Duration = Duration::from_secs(60);

impl Call {
    /// An answer that makes a dialog: Record-Route and Contact (RFC 3261 section 12.1.1).
    pub(super) fn dialog_answer(&self, core: &Core, request: &Request, status: u16) -> Response {
        let mut response = core.answer(request, status, None, Some(&self.local_tag));
        response.headers.copy_from(&request.headers, "Record-Route");
        response.headers.push("Contact", &self.contact);
        if response.is_success() {
            response.headers.push("Allow", ALLOW);
            response.headers.push("Accept", ACCEPT);
        }
        response
    }

    pub(super) fn provisional(
        &mut self,
        core: &mut Core,
        now: Instant,
        status: u16,
        extra: &[(String, String)],
        body: Option<&Body>,
    ) {
        let State::Offered { transaction, request, .. } = &self.state else {
            return core.misuse(format_args!("provisional answer in state {}", self.state_name()));
        };
        if !(101..200).contains(&status) {
            return core.misuse(format_args!("provisional answer {status}"));
        }
        let transaction = *transaction;
        let mut response = self.dialog_answer(core, request, status);
        core.add_headers(&mut response.headers, extra, &["Contact", "Allow", "Supported", "Server"]);
        if let Some(body) = body {
            response.set_body(Some(body.parts()));
        }
        self.log(format_args!("answer {response:?}"));
        core.respond(now, transaction, &response);
        self.timers.set(CallTimer::RefreshProvisional, now + REFRESH);
        if let State::Offered { last, .. } = &mut self.state {
            *last = Some(response);
        }
    }

    pub(super) fn refresh_provisional(&mut self, core: &mut Core, now: Instant) {
        if let State::Offered { transaction, last: Some(response), .. } = &self.state {
            core.respond(now, *transaction, response);
            self.timers.set(CallTimer::RefreshProvisional, now + REFRESH);
        }
    }

    pub(super) fn accept(&mut self, core: &mut Core, now: Instant, extra: &[(String, String)], body: Option<&Body>) {
        let State::Offered { transaction, request, .. } = &self.state else {
            return core.misuse(format_args!("accept in state {}", self.state_name()));
        };
        let transaction = *transaction;
        let Ok(dialog) = Dialog::of_callee(request, &self.local_tag) else {
            // The request was checked when it came.
            return core.misuse(format_args!("accept of an INVITE that makes no dialog"));
        };
        let number = request.headers.cseq().map_or(0, |cseq| cseq.number);
        let mut response = self.dialog_answer(core, request, 200);
        core.add_headers(&mut response.headers, extra, &["Contact", "Allow", "Supported", "Server"]);
        response.set_body(body_parts(body));
        self.log(format_args!("answer {response:?} -> AwaitingAck"));
        core.respond(now, transaction, &response);
        let ok = UnackedOk { transaction, response, number, interval: core.transactions.timing().t1 };
        self.timers.stop_all();
        self.state = State::AwaitingAck { dialog: Box::new(dialog), ok, bye: None };
        self.await_ack(core, now);
    }

    /// Sends a final answer of 300 or more to an INVITE.
    #[allow(clippy::too_many_arguments, reason = "one answer has that many parts")]
    pub(super) fn refuse(
        &self,
        core: &mut Core,
        now: Instant,
        transaction: TransactionId,
        request: &Request,
        status: u16,
        phrase: Option<&str>,
        extra: &[(String, String)],
    ) {
        if !(300..700).contains(&status) {
            core.misuse(format_args!("{status} is no refusal, 480 sent"));
        }
        let status = if (300..700).contains(&status) { status } else { 480 };
        let mut response = core.answer(request, status, phrase, Some(&self.local_tag));
        core.add_headers(&mut response.headers, extra, &["Contact", "Allow", "Supported", "Server"]);
        core.respond(now, transaction, &response);
    }

    /// CANCEL or BYE came for the INVITE `id`, which has no final answer yet.
    pub(super) fn cancelled(&mut self, core: &mut Core, now: Instant, id: TransactionId, by: Box<Request>) {
        match self.take_state() {
            State::Offered { transaction, request, .. } => {
                self.refuse(core, now, transaction, &request, 487, None, &[]);
                self.log(format_args!("{} from the peer, 487 sent -> Over", by.method));
                self.finish(core, Event::Cancelled { call: self.id, request: by });
            }
            State::Up { dialog, reinvite: Reinvite::Received { transaction, request } } if transaction == id => {
                self.refuse(core, now, transaction, &request, 487, None, &[]);
                self.state = State::Up { dialog, reinvite: Reinvite::Idle };
            }
            // A final answer was given: CANCEL has no effect (RFC 3261 section 9.2).
            state @ (State::Inviting { .. }
            | State::AwaitingAck { .. }
            | State::Up { .. }
            | State::Ending { .. }
            | State::Over) => self.state = state,
        }
    }

    /// The ACK to a 2xx of ours.
    pub(super) fn acked(&mut self, core: &mut Core, now: Instant, request: Box<Request>) {
        let number = request.headers.cseq().map(|cseq| cseq.number);
        match self.take_state() {
            State::AwaitingAck { dialog, ok, bye } if Some(ok.number) == number => {
                self.timers.stop_all();
                match bye {
                    Some(extra) => self.hang_up(core, now, dialog, &extra),
                    None => {
                        self.state = State::Up { dialog, reinvite: Reinvite::Idle };
                        self.log(format_args!("ACK -> Up"));
                        core.events.push_back(Event::Confirmed { call: self.id, request });
                    }
                }
            }
            State::Up { dialog, reinvite: Reinvite::Accepted(ok) } if Some(ok.number) == number => {
                self.timers.stop_all();
                self.state = State::Up { dialog, reinvite: Reinvite::Idle };
                core.events.push_back(Event::ReinviteConfirmed { call: self.id, request });
            }
            // A repeat, or an ACK to nothing: there is no answer to an ACK.
            state @ (State::Inviting { .. }
            | State::Offered { .. }
            | State::AwaitingAck { .. }
            | State::Up { .. }
            | State::Ending { .. }
            | State::Over) => self.state = state,
        }
    }
}
