//! The loop: accepts, asks who it is, takes lines in turn and answers them. One thread, poll(2), nothing that waits for a peer.
//!
//! A log line names the peer: `spans[uid 998 pid 412]{assign-span}: done: ...`.

use std::io::{self, ErrorKind};
use std::os::fd::AsFd;
use std::os::unix::net::{UnixListener, UnixStream};
use std::time::{Duration, Instant};

use model::root_request::{Answer, LINE_LIMIT, Request};
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::carry_out::answer;
use crate::connection::{self, Connection, Heard};
use crate::options::Options;
use crate::peer::Peer;
use crate::refusal::{Refusal, printable};
use crate::sysfs::Sysfs;

/// Connections at a time; junctord needs one.
const CONNECTIONS: usize = 8;

pub(crate) struct Server {
    listener: UnixListener,
    sysfs: Sysfs,
    allowed: String,
    /// After which time without a connection the process ends; `None` for never.
    idle_exit: Option<Duration>,
    /// After which time without a whole line a connection is closed.
    silence: Duration,
    connections: Vec<Connection>,
    idle_since: Instant,
}

/// Whether a connection goes on.
#[derive(PartialEq, Eq)]
enum Next {
    Keep,
    Close,
}

impl Server {
    pub(crate) fn new(listener: UnixListener, options: &Options, idle_exit: Option<Duration>) -> Self {
        let sysfs = Sysfs::at(&options.sysfs);
        let allowed = options.allow_user.clone();
        let silence = options.silence();
        Self { listener, sysfs, allowed, idle_exit, silence, connections: Vec::new(), idle_since: Instant::now() }
    }

    /// Runs until it has been idle for long enough. The error is one of the listening socket.
    pub(crate) fn run(mut self) -> Result<(), String> {
        loop {
            let (incoming, ready) = self.wait()?;
            self.serve(&ready);
            if incoming {
                self.accept_all()?;
            }
            self.close_silent();
            if self.is_done() {
                tracing::info!("spans{{idle}}: nothing to do, ending; the next connection starts it again");
                return Ok(());
            }
        }
    }

    /// Waits for something to do: whether somebody connects, and which connections have something.
    fn wait(&self) -> Result<(bool, Vec<bool>), String> {
        let mut fds = vec![PollFd::new(self.listener.as_fd(), PollFlags::POLLIN)];
        fds.extend(self.connections.iter().map(|connection| PollFd::new(connection.as_fd(), PollFlags::POLLIN)));
        match poll(&mut fds, self.timeout()) {
            Ok(_) | Err(Errno::EINTR) => {}
            Err(error) => return Err(format!("cannot wait for requests: {error}")),
        }
        // Anything at all, errors and hang-ups too: reading tells what it was.
        let mut ready = fds.iter().map(|fd| fd.revents().is_none_or(|events| !events.is_empty()));
        Ok((ready.next().unwrap_or(false), ready.collect()))
    }

    fn timeout(&self) -> PollTimeout {
        let expiries = self.connections.iter().map(|connection| connection.expires_at(self.silence));
        let Some(deadline) = expiries.chain(self.ends_at()).min() else { return PollTimeout::NONE };
        // A millisecond more, so that the deadline has passed when the wait ends.
        let wait = deadline.saturating_duration_since(Instant::now()) + Duration::from_millis(1);
        PollTimeout::try_from(wait).unwrap_or(PollTimeout::MAX)
    }

    /// When the process ends if nobody connects until then.
    fn ends_at(&self) -> Option<Instant> {
        let idle_exit = self.idle_exit.filter(|_| self.connections.is_empty())?;
        self.idle_since.checked_add(idle_exit)
    }

    fn is_done(&self) -> bool {
        self.ends_at().is_some_and(|end| end <= Instant::now())
    }

    fn serve(&mut self, ready: &[bool]) {
        let sysfs = &self.sysfs;
        let mut ready = ready.iter();
        let had_some = !self.connections.is_empty();
        self.connections.retain_mut(|connection| match ready.next() {
            Some(true) => serve_one(connection, sysfs) == Next::Keep,
            Some(false) | None => true,
        });
        self.note_idle(had_some);
    }

    fn close_silent(&mut self) {
        let (now, silence) = (Instant::now(), self.silence);
        let had_some = !self.connections.is_empty();
        self.connections.retain(|connection| {
            let open = now < connection.expires_at(silence);
            if !open {
                tracing::info!("spans[{}]{{connection}}: closed, it sent no whole line for too long", connection.peer);
            }
            open
        });
        self.note_idle(had_some);
    }

    fn note_idle(&mut self, had_some: bool) {
        if had_some && self.connections.is_empty() {
            self.idle_since = Instant::now();
        }
    }

    fn accept_all(&mut self) -> Result<(), String> {
        loop {
            match self.listener.accept() {
                Ok((stream, _)) => self.admit(stream),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) if matches!(error.kind(), ErrorKind::Interrupted | ErrorKind::ConnectionAborted) => {}
                Err(error) => return Err(format!("cannot accept a connection: {error}")),
            }
        }
    }

    /// Keeps a connection whose peer may ask; any other gets one answer and is closed.
    fn admit(&mut self, stream: UnixStream) {
        self.idle_since = Instant::now();
        let peer = match Peer::of(&stream) {
            Ok(peer) => peer,
            Err(error) => {
                tracing::warn!("spans{{accepting}}: closed a connection, the kernel does not say who calls: {error}");
                return;
            }
        };
        if !peer.may_ask(&self.allowed) {
            let name = &self.allowed;
            let why = format!("{peer} may not ask: only root, user {name} and group {name} may");
            return turn_away(stream, peer, Refusal::new(why, format!("ask through junctord, or run it as user {name}")));
        }
        if self.connections.len() >= CONNECTIONS {
            let why = format!("{CONNECTIONS} connections are open already");
            return turn_away(stream, peer, Refusal::new(why, "close one of them; junctord needs only one"));
        }
        match Connection::new(stream, peer, Instant::now()) {
            Ok(connection) => self.connections.push(connection),
            Err(error) => tracing::warn!("spans[{peer}]{{accepting}}: closed, it cannot be made non-blocking: {error}"),
        }
    }
}

fn turn_away(mut stream: UnixStream, peer: Peer, refusal: Refusal) {
    tracing::warn!("spans[{peer}]{{accepting}}: refused: {}", refusal.why);
    let sent = stream.set_nonblocking(true).and_then(|()| connection::send(&mut stream, &refusal.into()));
    if let Err(error) = sent {
        tracing::debug!("spans[{peer}]{{accepting}}: the refusal could not be sent: {error}");
    }
}

/// Reads from one connection and answers every whole line it has.
fn serve_one(connection: &mut Connection, sysfs: &Sysfs) -> Next {
    let peer = connection.peer;
    match answer_lines(connection, sysfs) {
        Ok(next) => next,
        Err(error) => {
            tracing::warn!("spans[{peer}]{{connection}}: closed: {error}");
            Next::Close
        }
    }
}

fn answer_lines(connection: &mut Connection, sysfs: &Sysfs) -> io::Result<Next> {
    let peer = connection.peer;
    if let Heard::End { dropped } = connection.read()? {
        if dropped > 0 {
            tracing::warn!("spans[{peer}]{{connection}}: closed in the middle of a line, {dropped} bytes were not looked at");
        }
        return Ok(Next::Close);
    }
    while let Some(line) = connection.next_line(Instant::now()) {
        let answer = answer_line(&line, peer, sysfs);
        connection.send(&answer)?;
    }
    if connection.line_is_too_long() {
        let why = format!("a line of {LINE_LIMIT} bytes or more without its end");
        tracing::warn!("spans[{peer}]{{connection}}: closed: {why}");
        connection.send(&Refusal::new(why, SAME_RELEASE).into())?;
        return Ok(Next::Close);
    }
    Ok(Next::Keep)
}

const SAME_RELEASE: &str = "junctord and junctor-spans do not understand one another: install both from the same release";

fn answer_line(line: &[u8], peer: Peer, sysfs: &Sysfs) -> Answer {
    let request = match serde_json::from_slice::<Request>(line) {
        Ok(request) => request,
        Err(error) => {
            let why = format!("the request is not one of the list: {}", printable(&error.to_string()));
            tracing::warn!("spans[{peer}]{{parsing}}: refused: {why}");
            return Refusal::new(why, SAME_RELEASE).into();
        }
    };
    let answer = answer(&request, sysfs);
    match &answer {
        Answer::Done => tracing::info!("spans[{peer}]{{request}}: done: {request:?}"),
        Answer::Refused { why, cure } => tracing::warn!("spans[{peer}]{{request}}: refused: {why}; cure: {cure}"),
        Answer::Hello { protocol, .. } => tracing::debug!("spans[{peer}]{{request}}: protocol {protocol}"),
    }
    answer
}
