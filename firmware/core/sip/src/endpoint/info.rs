//! INFO in both directions within a call, for what is keyed on a telephone (RFC 6086 section 2: the legacy usage, without a package).
//!
//! One that comes is answered here, at once, and told as [`Event::Keyed`]. One that we send is told decided by [`Event::InfoAnswered`];
//! the next is sent after that, so that digits keep their order over UDP too.

use std::time::Instant;

use super::Endpoint;
use super::api::{Body, CallId, EndedBy, Event};
use super::call::{Call, State};
use super::core::{Core, body_parts};
use super::receive::Refusal;
use super::transactions::{Owner, TransactionId};
use crate::msg::dtmf::{self, DtmfError, Keyed};
use crate::msg::{Method, Request};
use crate::transaction::ClientEvent;

/// Bodies of INFO that we read (RFC 3261 section 20.1).
const ACCEPT: &str = "application/dtmf-relay, application/dtmf";

impl Endpoint {
    /// INFO in a dialog; its transaction exists and its sequence number is good.
    pub(super) fn receive_info(&mut self, now: Instant, id: CallId, transaction: TransactionId, request: &Request) {
        let answer = match self.calls.get(&id) {
            Some(call) if !call.is_ending() => read(request),
            Some(_) | None => Err(Refusal::new(481)),
        };
        match answer {
            Ok(keyed) => {
                self.answer_at_once(now, transaction, request, Refusal::new(200));
                self.core.events.extend(keyed.map(|keyed| Event::Keyed { call: id, keyed }));
            }
            Err(refusal) => {
                self.core.transactions.stats.refused += 1;
                self.answer_at_once(now, transaction, request, refusal);
            }
        }
    }
}

/// What an INFO says; nothing if it is empty, which peers send to see whether the dialog lives (RFC 2976 gives an empty one no other meaning).
fn read(request: &Request) -> Result<Option<Keyed>, Refusal> {
    let headers = &request.headers;
    // RFC 6086 section 4.2.2: we are willing to receive no package at all.
    if headers.get("Info-Package").is_some() {
        return Err(Refusal::new(469).with("Recv-Info", ""));
    }
    if request.body.is_empty() {
        return Ok(None);
    }
    if headers.get("Content-Encoding").is_some_and(|encoding| !encoding.eq_ignore_ascii_case("identity")) {
        return Err(Refusal::new(415).with("Accept-Encoding", "identity"));
    }
    let optional = headers.get("Content-Disposition").is_some_and(|d| d.to_ascii_lowercase().contains("handling=optional"));
    match headers.content_type().as_deref() {
        Some(dtmf::RELAY | dtmf::BARE) => dtmf::read(&request.body).map(Some).map_err(|error| unreadable(&error)),
        // RFC 3261 section 8.2.3.
        Some(_) | None if optional => Ok(None),
        Some(_) | None => Err(Refusal::new(415).with("Accept", ACCEPT)),
    }
}

fn unreadable(error: &DtmfError) -> Refusal {
    Refusal::new(400).because(&format!("Bad Request ({error})"))
}

impl Call {
    /// The layer above has something for the peer. One at a time, and only while the call is up.
    pub(super) fn send_info(&mut self, core: &mut Core, now: Instant, body: &Body) {
        match self.take_state() {
            State::Up { mut dialog, reinvite } if self.info.is_none() => {
                let mut request = dialog.request(Method::Info);
                request.set_body(body_parts(Some(body)));
                self.info = Some(core.send(now, self.hop(&dialog), request, Owner::Call(self.id)));
                self.state = State::Up { dialog, reinvite };
            }
            state @ (State::Inviting { .. }
            | State::Offered { .. }
            | State::AwaitingAck { .. }
            | State::Up { .. }
            | State::Ending { .. }
            | State::Over) => {
                self.state = state;
                core.misuse(format_args!("INFO in state {}, or before the last was answered", self.state_name()));
            }
        }
    }

    /// An INFO of ours is decided; it is no other transaction's event.
    pub(super) fn info_event(&mut self, core: &mut Core, now: Instant, event: ClientEvent) {
        let result = match event {
            ClientEvent::Provisional(_) => return,
            ClientEvent::Final(response) if response.is_success() => Ok(()),
            ClientEvent::Final(response) => Err(response.status),
            ClientEvent::Timeout => {
                core.transactions.stats.timeouts += 1;
                Err(408)
            }
            ClientEvent::TransportFailed(_) => Err(503),
        };
        self.info = None;
        core.events.push_back(Event::InfoAnswered { call: self.id, result });
        if let Err(status @ (481 | 408)) = result {
            self.lost(core, now, status);
        }
    }

    /// RFC 3261 section 12.2.1.2, RFC 5057: the dialog is gone; with 481 there is nobody to say BYE to.
    fn lost(&mut self, core: &mut Core, now: Instant, status: u16) {
        match self.take_state() {
            State::Up { reinvite, dialog } => {
                self.refuse_reinvite(core, now, &reinvite, 487);
                if status == 481 {
                    self.end(core, EndedBy::SessionLost, None);
                } else {
                    self.drop_call(core, now, dialog, EndedBy::SessionLost);
                }
            }
            // Our BYE is on its way and ends the call, whatever becomes of it.
            state @ (State::Inviting { .. }
            | State::Offered { .. }
            | State::AwaitingAck { .. }
            | State::Ending { .. }
            | State::Over) => self.state = state,
        }
    }
}
