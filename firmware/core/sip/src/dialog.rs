//! Dialogs (RFC 3261 section 12): what two ends share between the INVITE and the BYE.
//!
//! A dialog makes requests that still lack Via, Contact and what the user agent adds. It holds no timer and no state of the call.

use crate::msg::{Headers, Method, NameAddr, Request, Response, Uri};

/// Why a dialog could not be made or a request in it is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DialogError {
    /// A header that the dialog is made from is missing or unreadable.
    #[error("no usable {0}")]
    Header(&'static str),
    /// CSeq went back (RFC 3261 section 12.2.2): answer 500.
    #[error("CSeq {got} after {last}")]
    OldSequence {
        /// Number of the request.
        got: u32,
        /// Highest number so far.
        last: u32,
    },
}

/// One dialog, early or confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dialog {
    call_id: String,
    /// What we write in From: our address with our tag, as it was first written.
    local: String,
    /// What we write in To.
    remote: String,
    remote_tag: String,
    local_sequence: u32,
    remote_sequence: Option<u32>,
    routes: Vec<String>,
    remote_target: Uri,
}

impl Dialog {
    /// The dialog that `response` makes for the sender of `request` (section 12.1.2).
    ///
    /// # Errors
    /// The response has no usable To or, if it is a 2xx, no usable Contact.
    pub fn of_caller(request: &Request, response: &Response) -> Result<Self, DialogError> {
        let headers = &response.headers;
        let remote_target = match headers.contact() {
            Some(contact) => contact.uri,
            // A provisional answer may come without Contact; until the 2xx the dialog is of little use anyway.
            None if response.is_provisional() => request.uri.clone(),
            None => return Err(DialogError::Header("Contact")),
        };
        let to = headers.to().ok_or(DialogError::Header("To"))?;
        let mut routes = record_route(headers);
        routes.reverse();
        Ok(Self {
            call_id: request.headers.call_id().ok_or(DialogError::Header("Call-ID"))?.to_owned(),
            local: request.headers.get("From").ok_or(DialogError::Header("From"))?.to_owned(),
            remote: headers.get("To").unwrap_or_default().to_owned(),
            // A peer of RFC 2543 may send no tag (section 12.1.2): the empty tag stands for that.
            remote_tag: to.tag().unwrap_or_default().to_owned(),
            local_sequence: request.headers.cseq().ok_or(DialogError::Header("CSeq"))?.number,
            remote_sequence: None,
            routes,
            remote_target,
        })
    }

    /// The dialog that `request` makes for its receiver, who chose `local_tag` (section 12.1.1).
    ///
    /// # Errors
    /// The request has no usable From, CSeq or Contact.
    pub fn of_callee(request: &Request, local_tag: &str) -> Result<Self, DialogError> {
        let headers = &request.headers;
        let to = headers.get("To").ok_or(DialogError::Header("To"))?;
        Ok(Self {
            call_id: headers.call_id().ok_or(DialogError::Header("Call-ID"))?.to_owned(),
            local: format!("{to};tag={local_tag}"),
            remote: headers.get("From").unwrap_or_default().to_owned(),
            remote_tag: headers.from().ok_or(DialogError::Header("From"))?.tag().unwrap_or_default().to_owned(),
            local_sequence: 0,
            remote_sequence: Some(headers.cseq().ok_or(DialogError::Header("CSeq"))?.number),
            routes: record_route(headers),
            remote_target: headers.contact().ok_or(DialogError::Header("Contact"))?.uri,
        })
    }

    /// The tag that the other end chose; empty if it is a peer of RFC 2543 that has none.
    #[must_use]
    pub fn remote_tag(&self) -> &str {
        &self.remote_tag
    }

    /// A new request in the dialog, with the next sequence number (section 12.2.1.1).
    pub fn request(&mut self, method: Method) -> Request {
        self.local_sequence = self.local_sequence.saturating_add(1);
        self.numbered(method, self.local_sequence)
    }

    /// The ACK to a 2xx of the INVITE with this number (section 13.2.2.4).
    #[must_use]
    pub fn ack(&self, number: u32) -> Request {
        self.numbered(Method::Ack, number)
    }

    fn numbered(&self, method: Method, number: u32) -> Request {
        let (uri, routes) = self.target_and_routes();
        let mut request = Request::new(method.clone(), uri);
        for route in &routes {
            request.headers.push("Route", route);
        }
        request.headers.push("Max-Forwards", "70");
        request.headers.push("From", &self.local);
        request.headers.push("To", &self.remote);
        request.headers.push("Call-ID", &self.call_id);
        request.headers.push("CSeq", &format!("{number} {method}"));
        request
    }

    /// Section 12.2.1.1: a first route without `lr` is a strict router and takes the place of the Request-URI.
    fn target_and_routes(&self) -> (Uri, Vec<String>) {
        let first = self.routes.first().and_then(|route| NameAddr::parse(route).ok());
        match first.map(|route| route.uri) {
            Some(Uri::Sip(uri)) if uri.param("lr").is_none() => {
                let mut routes: Vec<String> = self.routes.iter().skip(1).cloned().collect();
                routes.push(format!("<{}>", self.remote_target));
                (Uri::Sip(uri), routes)
            }
            Some(_) | None => (self.remote_target.clone(), self.routes.clone()),
        }
    }

    /// Where requests of the dialog go: the first route, or the remote target.
    #[must_use]
    pub fn next_hop(&self) -> Uri {
        let first = self.routes.first().and_then(|route| NameAddr::parse(route).ok());
        first.map_or_else(|| self.remote_target.clone(), |route| route.uri)
    }

    /// Takes note of the sequence number of a request from the other end (section 12.2.2).
    ///
    /// # Errors
    /// The number is lower than one seen before.
    pub fn take_sequence(&mut self, request: &Request) -> Result<(), DialogError> {
        let got = request.headers.cseq().ok_or(DialogError::Header("CSeq"))?.number;
        match self.remote_sequence {
            Some(last) if got < last => Err(DialogError::OldSequence { got, last }),
            Some(_) | None => {
                self.remote_sequence = Some(got);
                Ok(())
            }
        }
    }

    /// Takes a new Contact of the other end: re-INVITE and its 2xx are target refreshes (section 12.2).
    pub fn refresh_target(&mut self, headers: &Headers) {
        if let Some(contact) = headers.contact() {
            self.remote_target = contact.uri;
        }
    }
}

/// Record-Route elements in order. A list that cannot be split was refused by the parser.
fn record_route(headers: &Headers) -> Vec<String> {
    headers.list("Record-Route").unwrap_or_default().into_iter().map(str::to_owned).collect()
}
