//! Server-sent events, the reading side (WHATWG HTML, 9.2 "Server-sent events").
//!
//! Bytes go in by [`Parser::push`] however they were cut, messages come out by [`Parser::next_message`]. Lines end with LF,
//! CR or CR LF; comments (keep-alives) vanish; several `data` lines become one text with line feeds.
//!
//! Left out: `id` and `retry`, since the control API does not resume streams, and a message that the end of the stream
//! cuts off is no message.

use std::collections::VecDeque;

/// The longest message that is kept, in bytes. One span with all its channels has about 3 kB.
pub const LONGEST_MESSAGE: usize = 1 << 20;

/// One dispatched message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The `event` field, `message` when there was none.
    pub event: String,
    /// The `data` lines, joined by line feeds.
    pub data: String,
}

/// A line or message that grows past [`LONGEST_MESSAGE`]; the stream is of no more use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an event longer than {LONGEST_MESSAGE} bytes")]
pub struct TooLong;

/// Puts messages together.
#[derive(Debug, Default)]
pub struct Parser {
    line: Vec<u8>,
    after_carriage_return: bool,
    past_first_line: bool,
    event: String,
    data: Option<String>,
    ready: VecDeque<Message>,
}

impl Parser {
    /// Takes the next bytes of the stream.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), TooLong> {
        for &byte in bytes {
            let ends_pair = self.after_carriage_return && byte == b'\n';
            self.after_carriage_return = byte == b'\r';
            match byte {
                b'\n' if ends_pair => {}
                b'\n' | b'\r' => self.end_line()?,
                _ if self.line.len() < LONGEST_MESSAGE => self.line.push(byte),
                _ => return Err(TooLong),
            }
        }
        Ok(())
    }

    /// The oldest whole message that was not taken yet.
    pub fn next_message(&mut self) -> Option<Message> {
        self.ready.pop_front()
    }

    fn end_line(&mut self) -> Result<(), TooLong> {
        let bytes = std::mem::take(&mut self.line);
        let text = String::from_utf8_lossy(&bytes);
        // A byte order mark may stand before the first line.
        let text = if self.past_first_line { &*text } else { text.strip_prefix('\u{feff}').unwrap_or(&text) };
        self.past_first_line = true;
        if text.is_empty() {
            self.dispatch();
            return Ok(());
        }
        let (field, value) = text.split_once(':').unwrap_or((text, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.event),
            "data" => self.add_data(value)?,
            _ => {} // a comment (empty field name), id, retry, or a field of the future: ignored as the standard says
        }
        Ok(())
    }

    fn add_data(&mut self, value: &str) -> Result<(), TooLong> {
        match &mut self.data {
            None => self.data = Some(value.to_owned()),
            Some(data) if data.len() + value.len() < LONGEST_MESSAGE => {
                data.push('\n');
                data.push_str(value);
            }
            Some(_) => return Err(TooLong),
        }
        Ok(())
    }

    fn dispatch(&mut self) {
        let event = std::mem::take(&mut self.event);
        if let Some(data) = self.data.take() {
            let event = if event.is_empty() { "message".to_owned() } else { event };
            self.ready.push_back(Message { event, data });
        }
    }
}
