//! One connection: bytes in, whole lines out, answers back. Never blocks, never holds more than one line's limit.

use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use model::root_request::{Answer, LINE_LIMIT};

use crate::peer::Peer;

/// What reading brought.
pub(crate) enum Heard {
    /// Perhaps whole lines: see [`Connection::next_line`].
    Bytes,
    /// The other end closed; this many bytes of an unfinished line are dropped.
    End {
        /// Bytes of a line without its newline.
        dropped: usize,
    },
}

/// A connection whose peer may ask.
pub(crate) struct Connection {
    stream: UnixStream,
    pub(crate) peer: Peer,
    received: Vec<u8>,
    /// When it was made, or its last whole line came.
    heard_at: Instant,
}

impl Connection {
    /// Takes over an accepted stream.
    pub(crate) fn new(stream: UnixStream, peer: Peer, now: Instant) -> io::Result<Self> {
        stream.set_nonblocking(true)?;
        Ok(Self { stream, peer, received: Vec::new(), heard_at: now })
    }

    /// When it will have been silent for too long.
    pub(crate) fn expires_at(&self, silence: Duration) -> Instant {
        self.heard_at + silence
    }

    /// Reads once what is there, within the line limit. The error is that of the socket.
    pub(crate) fn read(&mut self) -> io::Result<Heard> {
        let room = LINE_LIMIT.saturating_sub(self.received.len());
        let mut piece = [0; LINE_LIMIT];
        let piece = piece.get_mut(..room).unwrap_or_default();
        match self.stream.read(piece) {
            Ok(0) => Ok(Heard::End { dropped: self.received.len() }),
            Ok(length) => {
                self.received.extend(piece.iter().take(length));
                Ok(Heard::Bytes)
            }
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => Ok(Heard::Bytes),
            Err(error) => Err(error),
        }
    }

    /// The next whole line without its newline.
    pub(crate) fn next_line(&mut self, now: Instant) -> Option<Vec<u8>> {
        let end = self.received.iter().position(|byte| *byte == b'\n')?;
        let mut line: Vec<u8> = self.received.drain(..=end).collect();
        line.pop();
        self.heard_at = now;
        Some(line)
    }

    /// True when the limit is reached and no line has ended. Call after the lines were taken.
    pub(crate) fn line_is_too_long(&self) -> bool {
        self.received.len() >= LINE_LIMIT
    }

    /// Sends an answer. An error also stands for a peer that does not read its answers.
    pub(crate) fn send(&mut self, answer: &Answer) -> io::Result<()> {
        send(&mut self.stream, answer)
    }
}

impl AsFd for Connection {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.stream.as_fd()
    }
}

/// Sends one answer on a stream that must not block.
pub(crate) fn send(stream: &mut UnixStream, answer: &Answer) -> io::Result<()> {
    let mut line = serde_json::to_vec(answer).map_err(io::Error::other)?;
    line.push(b'\n');
    stream.write_all(&line)
}
