//! The exchange behind its control socket: one thread, one `poll` over the span, the socket's connections and signals.
//!
//! A connection that sends too long a line, or does not read what it is told, is cut off. SIGTERM and SIGINT end the exchange
//! as a `shutdown` request does: calls are cleared, which may take up to two seconds.

use std::collections::{BTreeMap, HashMap};
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::fd::AsFd as _;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use isdn::CauseValue;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use serde_json::Value;

use crate::Error;
use crate::control::Request;
use crate::engine::{Exchange, FarSpan};
use crate::report::Report;

/// The longest request.
const LONGEST_LINE: usize = 64 * 1024;
/// What may wait for a connection that does not read.
const LONGEST_BACKLOG: usize = 4 * 1024 * 1024;
/// How long calls may take to clear at the end.
const CLEARING: Duration = Duration::from_secs(2);
/// How long the last frames have to cross the line.
const LAST_FRAMES: Duration = Duration::from_millis(60);

/// Runs until a request or a signal ends it. `ready` is called when the socket listens.
pub fn serve<S: FarSpan>(exchange: Exchange<S>, control: &Path, ready: impl FnOnce()) -> Result<(), Error> {
    let mut server = Server::new(exchange, control)?;
    ready();
    while server.turn()? {}
    Ok(())
}

/// One connection.
struct Client {
    stream: UnixStream,
    received: Vec<u8>,
    unsent: Vec<u8>,
    watches: bool,
    traces: bool,
    /// It will send no more; it is kept until its calls are over.
    half_closed: bool,
    gone: bool,
}

/// Who placed a call, and the name that it gave it.
struct Owner {
    client: u64,
    id: Option<Value>,
}

/// How the end goes.
enum Ending {
    No,
    /// Waiting for calls to clear.
    Clearing {
        deadline: Instant,
    },
    /// Waiting for the last frames.
    Last {
        deadline: Instant,
    },
}

struct Server<S> {
    exchange: Exchange<S>,
    listener: UnixListener,
    path: PathBuf,
    signals: SignalFd,
    clients: BTreeMap<u64, Client>,
    last_client: u64,
    owners: HashMap<u32, Owner>,
    ending: Ending,
    /// Who asked for the end.
    told_when_ended: Vec<u64>,
}

impl<S: FarSpan> Server<S> {
    fn new(exchange: Exchange<S>, control: &Path) -> Result<Self, Error> {
        let listener = bind(control)?;
        listener.set_nonblocking(true).map_err(|error| Error::control("listen", error))?;
        let mut set = SigSet::empty();
        set.add(Signal::SIGTERM);
        set.add(Signal::SIGINT);
        set.thread_block().map_err(|errno| Error::control("block signals", errno))?;
        let signals = SignalFd::with_flags(&set, SfdFlags::SFD_NONBLOCK | SfdFlags::SFD_CLOEXEC)
            .map_err(|errno| Error::control("take signals", errno))?;
        Ok(Self {
            exchange,
            listener,
            path: control.to_owned(),
            signals,
            clients: BTreeMap::new(),
            last_client: 0,
            owners: HashMap::new(),
            ending: Ending::No,
            told_when_ended: Vec::new(),
        })
    }

    /// Waits for something and does it; false at the end.
    fn turn(&mut self) -> Result<bool, Error> {
        self.wait()?;
        if let Ok(Some(_)) = self.signals.read_signal() {
            self.end()?;
        }
        self.exchange.service()?;
        self.accept();
        let clients: Vec<u64> = self.clients.keys().copied().collect();
        for client in clients {
            self.read(client)?;
        }
        self.deliver();
        self.drop_clients()?;
        self.deliver();
        Ok(!self.has_ended())
    }

    fn wait(&self) -> Result<(), Error> {
        let ending = match self.ending {
            Ending::No => None,
            Ending::Clearing { deadline } | Ending::Last { deadline } => Some(deadline),
        };
        let deadline = self.exchange.next_timeout().into_iter().chain(ending).min();
        let timeout = deadline.map_or(PollTimeout::NONE, |deadline| {
            // Rounded up: waking too early would only spin.
            let left = deadline.saturating_duration_since(Instant::now()) + Duration::from_micros(999);
            PollTimeout::try_from(left.as_millis().min(60_000)).unwrap_or(PollTimeout::ZERO)
        });
        let mut fds =
            vec![PollFd::new(self.signals.as_fd(), PollFlags::POLLIN), PollFd::new(self.listener.as_fd(), PollFlags::POLLIN)];
        fds.extend(self.exchange.poll_fd().map(|fd| PollFd::new(fd, PollFlags::POLLIN)));
        fds.extend(self.clients.values().map(|client| {
            let reads = if client.half_closed { PollFlags::empty() } else { PollFlags::POLLIN };
            let writes = if client.unsent.is_empty() { PollFlags::empty() } else { PollFlags::POLLOUT };
            PollFd::new(client.stream.as_fd(), reads | writes)
        }));
        match poll(&mut fds, timeout) {
            Ok(_) | Err(nix::errno::Errno::EINTR) => Ok(()),
            Err(errno) => Err(Error::control("poll", errno)),
        }
    }

    fn accept(&mut self) {
        while let Ok((stream, _)) = self.listener.accept() {
            if stream.set_nonblocking(true).is_ok() {
                self.last_client += 1;
                let client = Client {
                    stream,
                    received: Vec::new(),
                    unsent: Vec::new(),
                    watches: false,
                    traces: false,
                    half_closed: false,
                    gone: false,
                };
                self.clients.insert(self.last_client, client);
            }
        }
    }

    /// Reads what a connection sent and does what it asks.
    fn read(&mut self, id: u64) -> Result<(), Error> {
        let Some(client) = self.clients.get_mut(&id) else { return Ok(()) };
        client.receive();
        while let Some(line) = self.clients.get_mut(&id).and_then(Client::next_line) {
            let answer = match serde_json::from_slice(&line) {
                Ok(request) => self.handle(id, request)?,
                Err(error) => Some(Report::Error { reason: format!("request not understood: {error}") }),
            };
            if let Some(answer) = answer {
                self.tell(id, &answer, None);
            }
        }
        Ok(())
    }

    /// Does what is asked; the answer, unless reports are the answer.
    fn handle(&mut self, client: u64, request: Request) -> Result<Option<Report>, Error> {
        match request {
            Request::Call(request) => {
                let answer = match self.exchange.call(&request) {
                    Ok(call) => {
                        self.owners.insert(call, Owner { client, id: request.id });
                        return Ok(None);
                    }
                    Err(Error::Refused(cause)) => Report::Refused { cause: Some(cause.0), reason: format!("cause {cause}") },
                    Err(error @ (Error::Sound { .. } | Error::Answer(_))) => {
                        Report::Refused { cause: None, reason: error.to_string() }
                    }
                    Err(error @ (Error::Span(_) | Error::Control { .. })) => return Err(error),
                };
                self.tell(client, &answer, request.id.as_ref());
                Ok(None)
            }
            Request::Hangup { call, cause } => {
                let known = self.exchange.hang_up(call, cause.map_or(CauseValue::NORMAL_CLEARING, CauseValue))?;
                // The caller of the call hears `released`; anybody else an answer.
                let owns = self.owners.get(&call).is_some_and(|owner| owner.client == client);
                Ok(match (known, owns) {
                    (false, _) => Some(Report::Error { reason: format!("no call {call}") }),
                    (true, true) => None,
                    (true, false) => Some(Report::Done),
                })
            }
            Request::Alarm { on } => {
                self.exchange.alarm(on)?;
                Ok(Some(Report::Done))
            }
            Request::Watch => Ok(self.clients.get_mut(&client).map(|client| {
                client.watches = true;
                Report::Done
            })),
            Request::Trace => {
                self.exchange.trace(true);
                Ok(self.clients.get_mut(&client).map(|client| {
                    client.traces = true;
                    Report::Done
                }))
            }
            Request::Status => Ok(Some(Report::Status(Box::new(self.exchange.status())))),
            Request::Shutdown => {
                self.told_when_ended.push(client);
                self.end()?;
                Ok(None)
            }
        }
    }

    /// Begins to end.
    fn end(&mut self) -> Result<(), Error> {
        if matches!(self.ending, Ending::No) {
            self.ending = Ending::Clearing { deadline: Instant::now() + CLEARING };
            self.exchange.hang_up_all()?;
        }
        Ok(())
    }

    fn has_ended(&mut self) -> bool {
        let now = Instant::now();
        match self.ending {
            Ending::No => false,
            Ending::Clearing { deadline } => {
                if now >= deadline || !self.exchange.has_calls() {
                    self.ending = Ending::Last { deadline: now + LAST_FRAMES };
                }
                false
            }
            Ending::Last { deadline } => {
                let over = now >= deadline;
                if over {
                    for client in std::mem::take(&mut self.told_when_ended) {
                        self.tell(client, &Report::Done, None);
                    }
                    self.clients.values_mut().for_each(Client::send);
                }
                over
            }
        }
    }

    /// Tells the reports to whom they concern.
    fn deliver(&mut self) {
        while let Some(report) = self.exchange.poll_report() {
            let owner = report.call().and_then(|call| match report {
                Report::Released(_) => self.owners.remove(&call),
                _ => self.owners.get(&call).map(|owner| Owner { client: owner.client, id: owner.id.clone() }),
            });
            if let Some(owner) = &owner {
                self.tell(owner.client, &report, owner.id.as_ref());
            }
            let told = owner.map(|owner| owner.client);
            let is_frame = matches!(report, Report::Frame { .. });
            let others = self
                .clients
                .iter()
                .filter(|(id, client)| Some(**id) != told && if is_frame { client.traces } else { client.watches });
            let others: Vec<u64> = others.map(|(id, _)| *id).collect();
            for client in others {
                self.tell(client, &report, None);
            }
        }
        self.clients.values_mut().for_each(Client::send);
    }

    fn tell(&mut self, client: u64, report: &Report, id: Option<&Value>) {
        let Some(client) = self.clients.get_mut(&client) else { return };
        let mut line = serde_json::to_value(report).unwrap_or_else(|error| Value::from(error.to_string()));
        if let (Some(id), Some(fields)) = (id, line.as_object_mut()) {
            fields.insert("id".to_owned(), id.clone());
        }
        client.unsent.extend_from_slice(line.to_string().as_bytes());
        client.unsent.push(b'\n');
        client.gone = client.gone || client.unsent.len() > LONGEST_BACKLOG;
    }

    /// Forgets connections that are over, and clears the calls of those that left them behind.
    fn drop_clients(&mut self) -> Result<(), Error> {
        let owners = &self.owners;
        let ends_well = |id: &u64, client: &Client| {
            client.half_closed && client.unsent.is_empty() && !client.watches && !owners.values().any(|owner| owner.client == *id)
        };
        let over: Vec<u64> =
            self.clients.iter().filter(|(id, client)| client.gone || ends_well(id, client)).map(|(id, _)| *id).collect();
        for id in over {
            self.clients.remove(&id);
            let left: Vec<u32> = self.owners.iter().filter(|(_, owner)| owner.client == id).map(|(call, _)| *call).collect();
            for call in left {
                self.exchange.hang_up(call, CauseValue::NORMAL_CLEARING)?;
            }
        }
        if !self.clients.values().any(|client| client.traces) {
            self.exchange.trace(false);
        }
        Ok(())
    }
}

impl<S> Drop for Server<S> {
    fn drop(&mut self) {
        // Best effort: a file that stays is replaced by the next exchange.
        let _ = std::fs::remove_file(&self.path);
    }
}

impl Client {
    fn receive(&mut self) {
        // A closed far end shows when it is written to, or here: POLLHUP only comes when both directions are closed.
        let mut hung_up = [PollFd::new(self.stream.as_fd(), PollFlags::empty())];
        if poll(&mut hung_up, PollTimeout::ZERO).is_ok() && hung_up.iter().any(|fd| fd.any() == Some(true)) {
            self.gone = true;
        }
        let mut piece = [0; 4096];
        while !self.half_closed {
            match self.stream.read(&mut piece) {
                Ok(0) => self.half_closed = true,
                Ok(length) => self.received.extend(piece.iter().take(length)),
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => {
                    self.gone = true;
                    break;
                }
            }
            if self.received.len() > LONGEST_LINE && !self.received.contains(&b'\n') {
                tracing::warn!("exchange: request of more than {LONGEST_LINE} octets -> connection cut off");
                self.gone = true;
                break;
            }
        }
    }

    fn next_line(&mut self) -> Option<Vec<u8>> {
        let end = self.received.iter().position(|octet| *octet == b'\n')?;
        let mut line: Vec<u8> = self.received.drain(..=end).collect();
        line.pop();
        Some(line)
    }

    fn send(&mut self) {
        while !self.unsent.is_empty() && !self.gone {
            match self.stream.write(&self.unsent) {
                Ok(length) => drop(self.unsent.drain(..length)),
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => self.gone = true,
            }
        }
    }
}

/// Listens at `path`; the socket file of a process that died is replaced.
fn bind(path: &Path) -> Result<UnixListener, Error> {
    let doing = || format!("cannot listen at {}", path.display());
    match UnixListener::bind(path) {
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            let dead = UnixStream::connect(path).is_err_and(|error| error.kind() == ErrorKind::ConnectionRefused);
            if !dead {
                return Err(Error::control(doing(), error));
            }
            std::fs::remove_file(path).map_err(|error| Error::control(doing(), error))?;
            UnixListener::bind(path).map_err(|error| Error::control(doing(), error))
        }
        bound => bound.map_err(|error| Error::control(doing(), error)),
    }
}
