//! Messages to bytes, and to the one line that ladders and logs show.

use super::multipart::{find, find_bytes};
use super::{Headers, Message, Method, Request, Response};

const SDP: &str = "application/sdp";

impl Request {
    /// The request as it goes on the wire. Headers are written as they are: nothing is added.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        write(&format!("{} {} SIP/2.0\r\n", self.method, self.uri), &self.headers, &self.body)
    }

    /// Sets body, Content-Type and Content-Length; `None` leaves no body.
    pub fn set_body(&mut self, body: Option<(&str, &[u8])>) {
        set_body(&mut self.headers, &mut self.body, body);
    }

    /// The session description: the body, or the first part of a multipart body that is one.
    #[must_use]
    pub fn sdp(&self) -> Option<&[u8]> {
        find(&self.headers, &self.body, SDP)
    }
}

impl Response {
    /// The response as it goes on the wire. Headers are written as they are: nothing is added.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let reason: String = self.reason.chars().map(|c| if matches!(c, '\r' | '\n' | '\0') { ' ' } else { c }).collect();
        write(&format!("SIP/2.0 {} {reason}\r\n", self.status), &self.headers, &self.body)
    }

    /// Sets body, Content-Type and Content-Length; `None` leaves no body.
    pub fn set_body(&mut self, body: Option<(&str, &[u8])>) {
        set_body(&mut self.headers, &mut self.body, body);
    }

    /// The session description: the body, or the first part of a multipart body that is one.
    #[must_use]
    pub fn sdp(&self) -> Option<&[u8]> {
        find(&self.headers, &self.body, SDP)
    }
}

impl Message {
    /// The message as it goes on the wire.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Request(request) => request.to_bytes(),
            Self::Response(response) => response.to_bytes(),
        }
    }
}

fn write(start_line: &str, headers: &Headers, body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(512 + body.len());
    out.extend_from_slice(start_line.as_bytes());
    headers.iter().for_each(|header| header.write(&mut out));
    out.extend_from_slice(b"\r\n");
    out.extend_from_slice(body);
    out
}

fn set_body(headers: &mut Headers, kept: &mut Vec<u8>, body: Option<(&str, &[u8])>) {
    headers.remove("Content-Type");
    headers.remove("Content-Length");
    kept.clear();
    if let Some((content_type, bytes)) = body {
        headers.push("Content-Type", content_type);
        kept.extend_from_slice(bytes);
    }
    headers.push("Content-Length", &kept.len().to_string());
}

/// One line for a ladder: `INVITE sip:100@127.0.0.1:5062 (sdp)`, `180 Ringing`, `200 OK to BYE`. Never the body.
#[must_use]
pub fn describe(bytes: &[u8]) -> String {
    match Message::parse(bytes) {
        Ok(Message::Request(request)) => request_line(&request),
        Ok(Message::Response(response)) => response_line(&response),
        Err(fault) if bytes.iter().all(|b| matches!(b, b'\r' | b'\n')) && fault.request.is_none() => "keep-alive".to_owned(),
        Err(fault) => {
            let line = bytes.get(..find_bytes(bytes, b"\r\n").unwrap_or(bytes.len())).unwrap_or(bytes);
            let shown: String = String::from_utf8_lossy(line).chars().filter(|c| !c.is_control()).take(60).collect();
            format!("{shown} (malformed: {})", fault.what)
        }
    }
}

pub(super) fn request_line(request: &Request) -> String {
    format!("{} {}{}", request.method, request.uri, body_note(&request.headers, &request.body))
}

pub(super) fn response_line(response: &Response) -> String {
    let to = match response.headers.cseq() {
        Some(cseq) if cseq.method != Method::Invite => format!(" to {}", cseq.method),
        Some(_) | None => String::new(),
    };
    format!("{} {}{to}{}", response.status, response.reason, body_note(&response.headers, &response.body))
}

fn body_note(headers: &Headers, body: &[u8]) -> String {
    if body.is_empty() {
        return String::new();
    }
    if find(headers, body, SDP).is_some() {
        return " (sdp)".to_owned();
    }
    headers.content_type().map_or_else(|| " (body)".to_owned(), |media| format!(" ({media})"))
}
