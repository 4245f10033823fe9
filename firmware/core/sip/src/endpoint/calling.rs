//! The caller's side until the call is up (RFC 3261 section 13.2), and CANCEL (section 9.1).

use std::time::Instant;

use super::api::{Event, Invite, RejectedWhy};
use super::call::{Call, CallTimer, Cancelling, Role, State};
use super::core::{ALLOW, Core, body_parts};
use super::reinvite::Reinvite;
use super::transactions::Owner;
use crate::dialog::Dialog;
use crate::msg::{Method, Request, Response};
use crate::transaction::ClientEvent;

/// Early dialogs kept for one INVITE: more branches than any fork that makes sense.
const EARLY_LIMIT: usize = 16;

/// Headers of an INVITE that the layer above may replace.
const REPLACEABLE: [&str; 5] = ["Max-Forwards", "Contact", "Allow", "Supported", "User-Agent"];

/// Builds the INVITE that makes a call.
pub(super) fn invite(core: &mut Core, invite: &Invite, call_id: &str, local_tag: &str, contact: &str) -> Request {
    let mut request = Request::new(Method::Invite, invite.request_uri.clone());
    let mut from = invite.from.clone();
    from.params.set("tag", Some(local_tag));
    let mut to = invite.to.clone();
    to.params.remove("tag");
    let headers = &mut request.headers;
    headers.push("Max-Forwards", "70");
    headers.push("From", &from.to_string());
    headers.push("To", &to.to_string());
    headers.push("Call-ID", call_id);
    headers.push("CSeq", "1 INVITE");
    headers.push("Contact", contact);
    headers.push("Allow", ALLOW);
    core.add_headers(headers, &invite.headers, &REPLACEABLE);
    request.set_body(body_parts(invite.body.as_ref()));
    request
}

impl Call {
    /// Cancels our INVITE as soon as that is allowed.
    pub(super) fn cancel(&mut self, core: &mut Core, now: Instant, extra: &[(String, String)]) {
        let State::Inviting { transaction, provisional, cancelling, .. } = &mut self.state else { return };
        match (&*cancelling, *provisional) {
            (Cancelling::Sent(_), _) => return,
            (Cancelling::No | Cancelling::Wanted(_), false) => {
                *cancelling = Cancelling::Wanted(extra.to_vec());
                return;
            }
            (Cancelling::No | Cancelling::Wanted(_), true) => *cancelling = Cancelling::Sent(extra.to_vec()),
        }
        let Some((mut cancel, flow)) = core.transactions.cancel_of(*transaction) else { return };
        let branch = cancel.headers.via().and_then(|via| via.branch().map(str::to_owned)).unwrap_or_default();
        core.add_headers(&mut cancel.headers, extra, &["User-Agent"]);
        cancel.set_body(None);
        core.transactions.send(now, flow, cancel, &branch, Owner::Nobody);
        self.timers.set(CallTimer::CancelGiveUp, now + core.transactions.timing().patience());
    }

    /// What became of our INVITE.
    pub(super) fn invite_event(&mut self, core: &mut Core, now: Instant, event: ClientEvent) {
        match event {
            ClientEvent::Provisional(response) => self.provisional_came(core, now, response),
            ClientEvent::Final(response) if response.is_success() => self.answered(core, now, response),
            ClientEvent::Final(response) => {
                let (status, phrase) = (response.status, response.reason.clone());
                self.reject(core, Some(response), status, phrase, RejectedWhy::Answer);
            }
            ClientEvent::Timeout => {
                core.transactions.stats.timeouts += 1;
                self.reject(core, None, 408, "no answer".to_owned(), RejectedWhy::Timeout);
            }
            ClientEvent::TransportFailed(why) => self.reject(core, None, 503, why, RejectedWhy::Transport),
        }
    }

    fn reject(&mut self, core: &mut Core, response: Option<Box<Response>>, status: u16, phrase: String, why: RejectedWhy) {
        self.log(format_args!("{status} {phrase} -> Over"));
        self.finish(core, Event::Rejected { call: self.id, response, status, phrase, why });
    }

    fn provisional_came(&mut self, core: &mut Core, now: Instant, response: Box<Response>) {
        let State::Inviting { provisional, early, cancelling, .. } = &mut self.state else { return };
        let first = !std::mem::replace(provisional, true);
        let wanted = match std::mem::replace(cancelling, Cancelling::No) {
            Cancelling::Wanted(extra) => Some(extra),
            other @ (Cancelling::No | Cancelling::Sent(_)) => {
                *cancelling = other;
                None
            }
        };
        if response.status > 100 {
            if let Role::Caller { invite } = &self.role {
                note_early_dialog(early, invite, &response);
            }
            self.log(format_args!("{response:?}"));
            core.events.push_back(Event::Provisional { call: self.id, response });
        } else if first {
            core.events.push_back(Event::Trying { call: self.id });
        }
        if let Some(extra) = wanted {
            self.cancel(core, now, &extra);
        }
    }

    fn answered(&mut self, core: &mut Core, now: Instant, response: Box<Response>) {
        let Role::Caller { invite } = &self.role else { return };
        let made = Dialog::of_caller(invite, &response);
        let State::Inviting { mut early, cancelling, .. } = self.take_state() else { return };
        let dialog = match made {
            Ok(dialog) => Box::new(dialog),
            Err(error) => {
                // Without Contact there is nowhere to send ACK or BYE; the peer will give up for want of the ACK.
                tracing::warn!("sip[call{} {}]{{Inviting}}: 2xx with {error}", self.id.0, self.call_id);
                let phrase = format!("2xx with {error}");
                return self.reject(core, Some(response), 502, phrase, RejectedWhy::Answer);
            }
        };
        self.timers.stop_all();
        early.retain(|early| early.remote_tag() != dialog.remote_tag());
        self.log(format_args!("{response:?} -> ACK, {} other early dialogs", early.len()));
        let number = response.headers.cseq().map_or(1, |cseq| cseq.number);
        self.ack(core, &dialog, number);
        match cancelling {
            Cancelling::No => {
                self.state = State::Up { dialog, reinvite: Reinvite::Idle };
                core.events.push_back(Event::Answered { call: self.id, response });
            }
            // The 2xx crossed our CANCEL: the call is up for as long as the BYE takes.
            Cancelling::Wanted(extra) | Cancelling::Sent(extra) => self.hang_up(core, now, dialog, &extra),
        }
    }
}

/// RFC 3261 section 12.1: each tag is an early dialog of its own.
fn note_early_dialog(early: &mut Vec<Dialog>, request: &Request, response: &Response) {
    let Some(tag) = response.headers.to().and_then(|to| to.tag().map(str::to_owned)) else { return };
    if early.len() >= EARLY_LIMIT || early.iter().any(|dialog| dialog.remote_tag() == tag) {
        return;
    }
    if let Ok(dialog) = Dialog::of_caller(request, response) {
        early.push(dialog);
    }
}
