//! Which transaction a message belongs to (RFC 3261 sections 17.1.3 and 17.2.3).

use crate::msg::{Method, Request, Response};

/// Matches responses to client transactions: branch of the topmost Via and method of CSeq.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ClientKey {
    branch: String,
    method: Method,
}

impl ClientKey {
    /// The key of a request that we send.
    #[must_use]
    pub fn new(branch: &str, method: &Method) -> Self {
        Self { branch: branch.to_owned(), method: method.clone() }
    }

    /// The key that `response` asks for.
    #[must_use]
    pub fn of(response: &Response) -> Option<Self> {
        Some(Self { branch: response.headers.via()?.branch()?.to_owned(), method: response.headers.cseq()?.method })
    }
}

/// Matches requests to server transactions: branch, sent-by and method, where ACK counts as INVITE.
///
/// Without a branch of RFC 3261 (RFC 4475 3.2.1) the rules for RFC 2543 peers apply, simplified: Call-ID, From tag, CSeq number and topmost
/// Via stand for the branch. The Request-URI and the To tag are left out of the comparison.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ServerKey {
    branch: String,
    sent_by: String,
    method: Method,
}

impl ServerKey {
    /// The key of `request`. A CANCEL asks for the INVITE it cancels with [`ServerKey::with_method`].
    #[must_use]
    pub fn of(request: &Request) -> Option<Self> {
        let via = request.headers.via()?;
        let branch = if via.has_rfc3261_branch() {
            via.branch()?.to_owned()
        } else {
            let tag = request.headers.from().and_then(|from| from.tag().map(str::to_owned)).unwrap_or_default();
            let number = request.headers.cseq()?.number;
            format!("{} {tag} {number} {}", request.headers.call_id()?, via.branch().unwrap_or(""))
        };
        let sent_by = format!("{}:{}", via.host.to_ascii_lowercase(), via.port.unwrap_or(5060));
        let method = if request.method == Method::Ack { Method::Invite } else { request.method.clone() };
        Some(Self { branch, sent_by, method })
    }

    /// The same transaction identifier with another method.
    #[must_use]
    pub fn with_method(&self, method: Method) -> Self {
        Self { method, ..self.clone() }
    }
}
