//! What all calls of an endpoint share: transactions, identity, the event queue; and how messages of ours are dressed.

use std::collections::VecDeque;
use std::time::Instant;

use super::api::{Body, Config, Event, Flow};
use super::identity::Identity;
use super::transactions::{Owner, TransactionId, Transactions};
use crate::msg::{Request, Response, Uri, default_phrase};

/// Methods that we serve (RFC 3261 section 20.5).
pub(super) const ALLOW: &str = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO";
/// Bodies that we read (RFC 3261 section 20.1).
pub(super) const ACCEPT: &str = "application/sdp";

/// Headers that hold transaction and dialog together: nobody above may set them.
const OURS: [&str; 8] = ["Via", "From", "To", "Call-ID", "CSeq", "Content-Length", "Content-Type", "Record-Route"];

pub(super) struct Core {
    pub(super) config: Config,
    pub(super) transactions: Transactions,
    pub(super) identity: Identity,
    pub(super) events: VecDeque<Event>,
}

impl Core {
    pub(super) fn new(config: Config) -> Self {
        let transactions = Transactions::new(config.timers);
        let identity = Identity::new(config.seed);
        Self { config, transactions, identity, events: VecDeque::new() }
    }

    pub(super) fn misuse(&mut self, what: std::fmt::Arguments<'_>) {
        self.transactions.stats.misuse += 1;
        tracing::warn!("sip: misuse: {what}");
    }

    /// Puts our Via on top and User-Agent at the end of a request; gives the branch.
    pub(super) fn dress(&mut self, flow: Flow, request: &mut Request, branch: Option<String>) -> String {
        let branch = branch.unwrap_or_else(|| self.identity.branch());
        // RFC 3581 section 3: ask for rport, so that answers pass a translator.
        let via = format!("SIP/2.0/{} {};branch={branch};rport", flow.transport.as_str(), flow.local);
        request.headers.push_front("Via", &via);
        if !self.config.user_agent.is_empty() && request.headers.get("User-Agent").is_none() {
            request.headers.push("User-Agent", &self.config.user_agent);
        }
        branch
    }

    /// Dresses a request and sends it in a transaction of its own.
    pub(super) fn send(&mut self, now: Instant, flow: Flow, mut request: Request, owner: Owner) -> TransactionId {
        let branch = self.dress(flow, &mut request, None);
        self.transactions.send(now, flow, request, &branch, owner)
    }

    pub(super) fn respond(&mut self, now: Instant, id: TransactionId, response: &Response) -> bool {
        self.transactions.respond(now, id, response)
    }

    /// An answer to `request` (RFC 3261 section 8.2.6): Via, From, To, Call-ID, CSeq of the request, the To with `tag` if it has none.
    pub(super) fn answer(&self, request: &Request, status: u16, phrase: Option<&str>, tag: Option<&str>) -> Response {
        let mut response = Response::new(status, phrase.unwrap_or_else(|| default_phrase(status)));
        for name in ["Via", "From"] {
            response.headers.copy_from(&request.headers, name);
        }
        let has_tag = request.headers.to().is_none_or(|to| to.tag().is_some());
        match (tag, request.headers.get("To")) {
            (Some(tag), Some(to)) if !has_tag => response.headers.push("To", &format!("{to};tag={tag}")),
            (Some(_), _) | (None, _) => response.headers.copy_from(&request.headers, "To"),
        }
        for name in ["Call-ID", "CSeq"] {
            response.headers.copy_from(&request.headers, name);
        }
        if status == 100 {
            response.headers.copy_from(&request.headers, "Timestamp");
        }
        if !self.config.user_agent.is_empty() {
            response.headers.push("Server", &self.config.user_agent);
        }
        response.set_body(None);
        response
    }

    /// Adds headers from above to a message of ours: those of `replaceable` replace what is there, ours are refused.
    pub(super) fn add_headers(&mut self, headers: &mut crate::Headers, extra: &[(String, String)], replaceable: &[&str]) {
        for (name, value) in extra {
            let named = |list: &[&str]| list.iter().any(|n| n.eq_ignore_ascii_case(name));
            if named(&OURS) || name.len() == 1 {
                self.misuse(format_args!("header {name} is not for the layer above"));
            } else if named(replaceable) {
                headers.set(name, value);
            } else {
                headers.push(name, value);
            }
        }
    }
}

/// Contact of ours on `flow`.
pub(super) fn contact(user: Option<&str>, flow: Flow) -> String {
    let uri = Uri::sip_at(user, flow.local);
    match flow.transport {
        super::Transport::Udp => format!("<{uri}>"),
        super::Transport::Tcp => format!("<{}>", uri.with_param("transport", Some("tcp"))),
    }
}

pub(super) fn body_parts(body: Option<&Body>) -> Option<(&str, &[u8])> {
    body.map(Body::parts)
}
