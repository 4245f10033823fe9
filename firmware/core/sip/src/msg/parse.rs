//! Bytes to messages (RFC 3261 sections 7 and 18.3), and what a request must have (section 8.1.1).
//!
//! A request that is wrong is still read as far as it goes, so that the answer can carry its Via, From, To, Call-ID and CSeq.
//! Max-Forwards may be missing (section 16.3 takes that in stride); From may lack its tag, as it does in RFC 2543.

use super::multipart::find_bytes;
use super::params::{is_token, number};
use super::{CSeq, Header, Headers, Malformed, Message, Method, NameAddr, Request, Response, Uri, Via, split_list};

/// Headers that may stand once only and that we act on (RFC 4475 3.3.8 and 3.3.9).
const SINGLE: [&str; 6] = ["From", "To", "Call-ID", "CSeq", "Max-Forwards", "Content-Length"];

enum StartLine {
    Request(Method, Uri),
    Response(u16, String),
}

impl Message {
    /// Parses one whole message: a datagram, or what [`StreamFramer`](super::StreamFramer) cut out of a stream. Line ends before
    /// it are skipped (section 7.5), bytes after its Content-Length are dropped (section 18.3).
    ///
    /// # Errors
    /// [`Malformed`] with the answer that a request deserves.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let start = bytes.iter().position(|b| !matches!(b, b'\r' | b'\n')).unwrap_or(bytes.len());
        let bytes = bytes.get(start..).unwrap_or(&[]);
        let end = find_bytes(bytes, b"\r\n\r\n").ok_or_else(|| Malformed::bad("no empty line after the headers"))?;
        let (head, rest) = (bytes.get(..end).unwrap_or(&[]), bytes.get(end + 4..).unwrap_or(&[]));
        let at = find_bytes(head, b"\r\n").unwrap_or(head.len());
        let (line, header_bytes) = (head.get(..at).unwrap_or(&[]), head.get(at + 2..).unwrap_or(&[]));
        let line = String::from_utf8_lossy(line);
        let (headers, header_fault) = parse_headers(header_bytes);
        match parse_start_line(&line) {
            Ok(StartLine::Request(method, uri)) => request(method, uri, headers, header_fault, rest),
            Ok(StartLine::Response(status, reason)) => response(status, reason, headers, header_fault, rest),
            Err((fault, None)) => Err(fault),
            Err((fault, Some(method))) => {
                let request = Request { method, uri: Uri::Other(String::new()), headers, body: Vec::new() };
                Err(Malformed { request: Some(Box::new(request)), ..fault })
            }
        }
    }
}

fn request(method: Method, uri: Uri, headers: Headers, fault: Option<String>, rest: &[u8]) -> Result<Message, Malformed> {
    let body = fault.map_or_else(|| cut_body(&headers, rest), Err);
    let mut request = Request { method, uri, headers, body: Vec::new() };
    match body.and_then(|body| check_request(&request).map(|()| body)) {
        Ok(body) => {
            request.body = body.to_vec();
            Ok(Message::Request(request))
        }
        Err(what) => Err(Malformed { status: 400, what, request: Some(Box::new(request)) }),
    }
}

fn response(status: u16, reason: String, headers: Headers, fault: Option<String>, rest: &[u8]) -> Result<Message, Malformed> {
    if let Some(what) = fault {
        return Err(Malformed::bad(what));
    }
    let body = cut_body(&headers, rest).map_err(Malformed::bad)?.to_vec();
    check_common(&headers).map_err(Malformed::bad)?;
    Ok(Message::Response(Response { status, reason, headers, body }))
}

/// The start line, or the fault and, when this looks like a request, its method.
fn parse_start_line(line: &str) -> Result<StartLine, (Malformed, Option<Method>)> {
    if line.contains(['\r', '\n', '\0']) {
        return Err((Malformed::bad("bare CR, LF or NUL in the start line"), None));
    }
    if line.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("SIP/")) {
        return parse_status_line(line).map_err(|fault| (fault, None));
    }
    let Some((method, rest)) = line.split_once(' ').filter(|(method, _)| is_token(method)) else {
        return Err((Malformed::bad("start line is neither a request line nor a status line"), None));
    };
    let method = Method::from_text(method);
    let refuse = |status, what: String| (Malformed { status, what, request: None }, Some(method.clone()));
    let Some((uri, version)) = rest.rsplit_once(' ') else {
        return Err(refuse(400, "request line has no version".to_owned()));
    };
    if !version.eq_ignore_ascii_case("SIP/2.0") {
        let is_version = version.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("SIP/"));
        return Err(if is_version {
            refuse(505, format!("version '{version}'"))
        } else {
            refuse(400, "request line does not end in SIP/2.0".to_owned())
        });
    }
    match Uri::parse(uri) {
        // RFC 4475 3.1.2.11: headers are not allowed in a Request-URI (RFC 3261 section 19.1.1).
        Ok(Uri::Sip(sip)) if sip.headers().is_some() => Err(refuse(400, "headers in the Request-URI".to_owned())),
        Ok(uri) => Ok(StartLine::Request(method, uri)),
        Err(what) => Err(refuse(400, format!("Request-URI: {what}"))),
    }
}

fn parse_status_line(line: &str) -> Result<StartLine, Malformed> {
    let (version, rest) = line.split_once(' ').ok_or_else(|| Malformed::bad("status line has no status"))?;
    if !version.eq_ignore_ascii_case("SIP/2.0") {
        return Err(Malformed { status: 505, what: format!("version '{version}'"), request: None });
    }
    // The space after the code is there even if the phrase is empty (RFC 4475 3.1.1.13); some senders forget it.
    let (code, reason) = rest.split_once(' ').unwrap_or((rest, ""));
    let status = number(code, 699).ok().and_then(|code| u16::try_from(code).ok());
    let status = status.filter(|value| *value >= 100 && code.len() == 3);
    let status = status.ok_or_else(|| Malformed::bad(format!("status code '{code}'")))?;
    Ok(StartLine::Response(status, reason.to_owned()))
}

/// All header lines that can be read, and the first fault.
fn parse_headers(bytes: &[u8]) -> (Headers, Option<String>) {
    let (mut headers, mut fault) = (Headers::default(), None);
    for line in logical_lines(bytes) {
        match parse_header(line) {
            Ok(header) => headers.push_header(header),
            Err(what) => fault = fault.or(Some(what)),
        }
    }
    (headers, fault)
}

/// Lines with their continuations (RFC 3261 section 7.3.1).
fn logical_lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(bytes).filter(|bytes| !bytes.is_empty());
    std::iter::from_fn(move || {
        let here = rest?;
        let mut end = 0;
        loop {
            let Some(found) = find_bytes(here.get(end..).unwrap_or(&[]), b"\r\n") else {
                rest = None;
                return Some(here);
            };
            end += found;
            if !matches!(here.get(end + 2), Some(b' ' | b'\t')) {
                rest = here.get(end + 2..);
                return here.get(..end);
            }
            end += 2;
        }
    })
}

fn parse_header(line: &[u8]) -> Result<Header, String> {
    let shown = || String::from_utf8_lossy(line.get(..line.len().min(40)).unwrap_or(line)).into_owned();
    let colon = line.iter().position(|b| *b == b':').ok_or_else(|| format!("header line '{}' has no colon", shown()))?;
    let (name, value) = (line.get(..colon).unwrap_or(&[]), line.get(colon + 1..).unwrap_or(&[]));
    let name = std::str::from_utf8(name).ok().filter(|name| is_token(name.trim_end_matches([' ', '\t'])));
    let name = name.ok_or_else(|| format!("'{}' is no header name", shown()))?;
    let bare = |(at, byte): (usize, &u8)| match byte {
        // NUL and the like may stand in a quoted string behind a backslash (RFC 4475 3.1.1.2).
        b'\r' => value.get(at + 1) != Some(&b'\n'),
        b'\n' => at == 0 || value.get(at.saturating_sub(1)) != Some(&b'\r'),
        _ => false,
    };
    if value.iter().enumerate().any(bare) {
        return Err(format!("bare CR or LF in header {}", name.trim_end()));
    }
    Ok(Header::from_wire(name, value))
}

/// The body that Content-Length says; all of `rest` when there is none (RFC 3261 section 18.3).
fn cut_body<'a>(headers: &Headers, rest: &'a [u8]) -> Result<&'a [u8], String> {
    match content_length(headers)? {
        None => Ok(rest),
        Some(length) => rest.get(..length).ok_or_else(|| format!("Content-Length {length}, but {} bytes follow", rest.len())),
    }
}

/// Content-Length, if there is one. Two of them are an error even when they agree: the framer must not have to choose.
pub(super) fn content_length(headers: &Headers) -> Result<Option<usize>, String> {
    let mut values = headers.get_all("Content-Length");
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err("more than one Content-Length".to_owned());
    }
    let length = number(value, u64::from(u32::MAX)).map_err(|e| format!("Content-Length: {e}"))?;
    Ok(Some(usize::try_from(length).unwrap_or(usize::MAX)))
}

/// Finds Content-Length in a header block, start line included; for the framer.
pub(super) fn content_length_of(head: &[u8]) -> Result<Option<usize>, String> {
    let at = find_bytes(head, b"\r\n").map_or(head.len(), |at| at + 2);
    let (headers, fault) = parse_headers(head.get(at..).unwrap_or(&[]));
    match (content_length(&headers)?, fault) {
        // A line we could not read might have been the one that says where the message ends.
        (None, Some(fault)) => Err(fault),
        (length, _) => Ok(length),
    }
}

fn check_request(request: &Request) -> Result<(), String> {
    let headers = &request.headers;
    check_common(headers)?;
    let cseq = required(headers, "CSeq").and_then(CSeq::parse)?;
    if cseq.method != request.method {
        return Err(format!("CSeq method {} in a {} request", cseq.method, request.method));
    }
    if let Some(value) = headers.get("Max-Forwards") {
        number(value, 255).map_err(|e| format!("Max-Forwards: {e}"))?;
    }
    if headers.get("Contact").is_some_and(|value| value != "*") {
        each(headers, "Contact", |value| NameAddr::parse(value).map(drop))?;
    } else if request.method == Method::Invite && headers.get("Contact").is_none() {
        return Err("INVITE without Contact".to_owned());
    }
    each(headers, "Record-Route", |value| NameAddr::parse(value).map(drop))
}

/// What requests and responses alike must have (RFC 3261 sections 8.1.1 and 8.2.6.2).
fn check_common(headers: &Headers) -> Result<(), String> {
    for name in SINGLE {
        if headers.get_all(name).nth(1).is_some() {
            return Err(format!("more than one {name}"));
        }
    }
    required(headers, "Via")?;
    each(headers, "Via", |value| Via::parse(value).map(drop))?;
    for name in ["From", "To"] {
        NameAddr::parse(required(headers, name)?).map_err(|e| format!("{name}: {e}"))?;
    }
    required(headers, "Call-ID")?;
    required(headers, "CSeq").and_then(CSeq::parse)?;
    Ok(())
}

fn required<'a>(headers: &'a Headers, name: &'static str) -> Result<&'a str, String> {
    headers.get(name).filter(|value| !value.is_empty()).ok_or_else(|| format!("missing {name}"))
}

fn each(headers: &Headers, name: &str, check: impl Fn(&str) -> Result<(), String>) -> Result<(), String> {
    for line in headers.get_all(name) {
        for value in split_list(line).map_err(|e| format!("{name}: {e}"))? {
            check(value).map_err(|e| format!("{name}: {e}"))?;
        }
    }
    Ok(())
}
