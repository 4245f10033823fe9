//! The other end of the control socket: sends requests, reads what happens, prints it as a ladder.

use std::io::{BufRead as _, BufReader, ErrorKind, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Instant;

use serde_json::Value;

use crate::Error;
use crate::control::{CallRequest, Request};

/// A connection to an exchange.
#[derive(Debug)]
pub struct Connection {
    writer: UnixStream,
    reader: BufReader<UnixStream>,
    partial: Vec<u8>,
}

impl Connection {
    /// Connects to the exchange whose control socket is at `path`.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let doing = || format!("cannot reach an exchange at {}", path.display());
        let writer = UnixStream::connect(path).map_err(|error| Error::control(doing(), error))?;
        let reader = writer.try_clone().map_err(|error| Error::control(doing(), error))?;
        Ok(Self { writer, reader: BufReader::new(reader), partial: Vec::new() })
    }

    /// Sends a request.
    pub fn send(&mut self, request: &Request) -> Result<(), Error> {
        let mut line = serde_json::to_vec(request).map_err(|error| Error::Answer(error.to_string()))?;
        line.push(b'\n');
        self.writer.write_all(&line).map_err(|error| Error::control("cannot send a request", error))
    }

    /// The next line, or `None` when there was none until `deadline`. Without a deadline it waits.
    pub fn next(&mut self, deadline: Option<Instant>) -> Result<Option<Value>, Error> {
        let wait = match deadline.map(|deadline| deadline.saturating_duration_since(Instant::now())) {
            Some(left) if left.is_zero() => return Ok(None),
            left => left,
        };
        let failed = |error| Error::control("cannot read an answer", error);
        self.reader.get_ref().set_read_timeout(wait).map_err(failed)?;
        match self.reader.read_until(b'\n', &mut self.partial) {
            Ok(_) if self.partial.last() == Some(&b'\n') => {
                let line = std::mem::take(&mut self.partial);
                serde_json::from_slice(&line).map(Some).map_err(|error| Error::Answer(error.to_string()))
            }
            Ok(_) => Err(Error::Answer("the exchange closed the connection".to_owned())),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted) => {
                Ok(None)
            }
            Err(error) => Err(failed(error)),
        }
    }

    /// Sends a request and waits for its one answer.
    pub fn ask(&mut self, request: &Request) -> Result<Value, Error> {
        self.send(request)?;
        loop {
            if let Some(answer) = self.next(None)? {
                return Ok(answer);
            }
        }
    }
}

/// How a call went.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// It was connected.
    pub connected: bool,
    /// The probe, if one was asked for, found the call's own audio.
    pub verified: Option<bool>,
    /// The cause it ended with.
    pub cause: Option<u64>,
}

/// Places a call and shows each event until it is over.
pub fn place(connection: &mut Connection, request: CallRequest, mut show: impl FnMut(&Value)) -> Result<Outcome, Error> {
    connection.send(&Request::Call(request))?;
    let mut outcome = Outcome::default();
    loop {
        let Some(event) = connection.next(None)? else { continue };
        show(&event);
        match name(&event) {
            "connected" => outcome.connected = true,
            "released" => {
                outcome.cause = event.get("cause").and_then(Value::as_u64);
                outcome.verified = event.pointer("/probe/verified").and_then(Value::as_bool);
                return Ok(outcome);
            }
            "refused" => {
                outcome.cause = event.get("cause").and_then(Value::as_u64);
                return Ok(outcome);
            }
            "error" => return Err(Error::Answer(event.get("reason").and_then(Value::as_str).unwrap_or_default().to_owned())),
            _ => {}
        }
    }
}

/// The name of an event.
#[must_use]
pub fn name(event: &Value) -> &str {
    event.get("event").and_then(Value::as_str).unwrap_or_default()
}

/// One line of a ladder: time, event, and the fields that say something.
#[must_use]
pub fn ladder_line(event: &Value) -> String {
    let at = event.get("at_ms").and_then(Value::as_u64).unwrap_or_default();
    let mut line = format!("{:>4}.{:03}  {:<11}", at / 1000, at % 1000, name(event));
    for (field, value) in event.as_object().into_iter().flatten() {
        if matches!(field.as_str(), "at_ms" | "event" | "id" | "call" | "cause_name")
            || value.is_null()
            || *value == Value::Bool(false)
        {
            continue;
        }
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        line.push_str(&format!(" {field}={text}"));
        if field == "cause"
            && let Some(name) = event.get("cause_name").and_then(Value::as_str)
        {
            line.push_str(&format!(" ({name})"));
        }
    }
    line
}
