//! Cutting messages out of a stream (RFC 3261 section 18.3), within bounds.
//!
//! Feed what the connection brings, take messages until there is none. An error is final: where the next message starts is unknown,
//! so the connection must be closed. A message without Content-Length has no body: the standard demands the header on streams, and
//! what follows must then be a new message or an error.

use super::multipart::find_bytes;
use super::params::is_token_char;
use super::parse::content_length_of;

/// How much a peer may make us keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Largest start line and headers, in bytes.
    pub header: usize,
    /// Largest body, in bytes.
    pub body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { header: 64 * 1024, body: 256 * 1024 }
    }
}

/// Why a stream cannot go on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct FramingError {
    /// What is wrong, in words.
    pub what: String,
}

/// Cuts the bytes of one connection into messages.
#[derive(Clone, Debug)]
pub struct StreamFramer {
    limits: Limits,
    buffer: Vec<u8>,
    /// Bytes at the front of `buffer` that were given out already.
    taken: usize,
    /// How far behind `taken` the end of the headers was looked for in vain, so that no byte is scanned twice.
    scanned: usize,
    /// Length of headers and body of the message at `taken`, once its headers are there.
    whole: Option<usize>,
    keep_alives: u64,
    broken: Option<FramingError>,
}

impl StreamFramer {
    /// A framer for a new connection.
    #[must_use]
    pub const fn new(limits: Limits) -> Self {
        Self { limits, buffer: Vec::new(), taken: 0, scanned: 0, whole: None, keep_alives: 0, broken: None }
    }

    /// Line ends between messages so far: keep-alives (RFC 5626 section 3.5.1) are two of them.
    #[must_use]
    pub const fn keep_alives(&self) -> u64 {
        self.keep_alives
    }

    /// Takes what came. Call [`StreamFramer::next_message`] until it gives none.
    pub fn feed(&mut self, bytes: &[u8]) {
        if self.broken.is_some() {
            return;
        }
        if self.taken > 0 {
            self.buffer.drain(..self.taken);
            self.taken = 0;
        }
        self.buffer.extend_from_slice(bytes);
    }

    /// The bytes of the next whole message, if it has arrived.
    ///
    /// # Errors
    /// The stream is no SIP, or a bound is passed. The same error again at every later call: close the connection.
    pub fn next_message(&mut self) -> Result<Option<Vec<u8>>, FramingError> {
        if let Some(error) = &self.broken {
            return Err(error.clone());
        }
        self.cut().map_err(|what| {
            let error = FramingError { what };
            self.broken = Some(error.clone());
            self.buffer = Vec::new();
            self.taken = 0;
            error
        })
    }

    fn cut(&mut self) -> Result<Option<Vec<u8>>, String> {
        self.skip_line_ends();
        if self.whole.is_none() {
            self.whole = self.measure()?;
        }
        let Some(whole) = self.whole else { return Ok(None) };
        let Some(message) = self.buffer.get(self.taken..self.taken.saturating_add(whole)) else { return Ok(None) };
        let message = message.to_vec();
        self.taken += whole;
        (self.scanned, self.whole) = (0, None);
        Ok(Some(message))
    }

    /// The length of the message at `taken`, if its headers are all there.
    fn measure(&mut self) -> Result<Option<usize>, String> {
        let pending = self.buffer.get(self.taken..).unwrap_or(&[]);
        check_start(pending)?;
        let from = self.scanned.saturating_sub(3);
        let found = find_bytes(pending.get(from..).unwrap_or(&[]), b"\r\n\r\n").map(|at| from + at);
        self.scanned = pending.len();
        if found.unwrap_or(pending.len()) > self.limits.header {
            return Err(format!("headers of more than {} bytes", self.limits.header));
        }
        let Some(head) = found else { return Ok(None) };
        let body = content_length_of(pending.get(..head).unwrap_or(&[]))?.unwrap_or(0);
        if body > self.limits.body {
            return Err(format!("body of {body} bytes is more than {}", self.limits.body));
        }
        Ok(Some(head + 4 + body))
    }

    /// RFC 3261 section 7.5: line ends before a message are ignored.
    fn skip_line_ends(&mut self) {
        if self.scanned > 0 {
            return;
        }
        while let Some(b'\r' | b'\n') = self.buffer.get(self.taken) {
            if self.buffer.get(self.taken) == Some(&b'\n') {
                self.keep_alives += 1;
            }
            self.taken += 1;
        }
    }
}

/// Tells SIP from anything else as soon as possible: the first word is a token, or `SIP/2.0`, and the first line names SIP.
fn check_start(pending: &[u8]) -> Result<(), String> {
    let word = pending.iter().take_while(|b| **b != b' ');
    if let Some(byte) = word.take(64).find(|b| !is_token_char(char::from(**b)) && **b != b'/') {
        return Err(format!("byte 0x{byte:02x} where a message should start"));
    }
    let Some(end) = find_bytes(pending, b"\r\n") else { return Ok(()) };
    let line = pending.get(..end).unwrap_or(&[]).to_ascii_uppercase();
    if line.starts_with(b"SIP/") || find_bytes(&line, b" SIP/").is_some() {
        return Ok(());
    }
    Err(format!("'{}' where a message should start", String::from_utf8_lossy(line.get(..line.len().min(40)).unwrap_or(&line))))
}
