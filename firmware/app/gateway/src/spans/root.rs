//! What only root may do, asked of junctor-spans (`model::root_request`): one connection a request, a bounded wait.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::Duration;

use model::root_request::{Answer, LINE_LIMIT, Request};

/// Unassigning a span with open channels takes the kernel a second; the rest is quick.
const PATIENCE: Duration = Duration::from_secs(5);

/// The way to junctor-spans.
#[derive(Debug, Clone)]
pub(super) struct Root {
    socket: PathBuf,
}

impl Root {
    pub(super) const fn at(socket: PathBuf) -> Self {
        Self { socket }
    }

    /// Has a request carried out. The error says why not, and the cure. Waits, for a bounded time.
    pub(super) fn ask(&self, request: &Request) -> Result<(), (String, String)> {
        match self.exchange(request) {
            Ok(Answer::Done | Answer::Hello { .. }) => Ok(()),
            Ok(Answer::Refused { why, cure }) => Err((why, cure)),
            Err(error) => {
                let why = format!("junctor-spans does not answer at {}: {error}", self.socket.display());
                Err((why, "start junctor-spans.socket, or make the change as root: see docs/operation.md".to_owned()))
            }
        }
    }

    fn exchange(&self, request: &Request) -> std::io::Result<Answer> {
        let mut stream = UnixStream::connect(&self.socket)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let mut line = serde_json::to_vec(request)?;
        line.push(b'\n');
        stream.write_all(&line)?;
        let mut answer = Vec::new();
        BufReader::new(stream.take(LINE_LIMIT as u64)).read_until(b'\n', &mut answer)?;
        Ok(serde_json::from_slice(&answer)?)
    }
}
