//! The control socket: JSON, one object a line, over a Unix stream socket.
//!
//! ```text
//! {"do":"call","called":"100","calling":"5550001","channel":1,"play":"in.wav","record":"out.wav","clear_after_ms":5000}
//! {"do":"hangup","call":1,"cause":16,"user_user":"bye"}
//! {"do":"key","call":1,"digits":"*21#"}      INFORMATION with keypad facility; what comes is told as `keyed`
//! {"do":"hold","call":1}        HOLD; what the far end asks for is accepted where the peer was started with --hold
//! {"do":"retrieve","call":1}    RETRIEVE, on a free timeslot
//! {"do":"watch"}      from here on this connection is told of every call and of the data link
//! {"do":"status"}
//! {"do":"alarm","on":true}      loss of signal toward the far end, until it is turned off
//! {"do":"alarm","on":true,"span":1}         the same on another span of a group
//! {"do":"restart","channel":5}              RESTART; a channel of another span of a group is "span/slot", here and above
//! {"do":"service","channel":5,"status":2}   SERVICE: 0 in service, 2 out of service
//! {"do":"shutdown"}   clears all calls, then the peer ends
//! ```
//!
//! The connection that placed a call is told of it: `placed`, `proceeding`, `alerting`, `connected`, `held`, `hold_refused`,
//! `retrieved`, `retrieve_refused`, `clearing`, `released`.
//! A line that cannot be read is answered by `error` and the connection stays; one that never ends is cut off.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::channel::Channel;
use crate::report::Report;

/// The longest request, and the most that may wait for a client that does not read.
const LONGEST_LINE: usize = 64 * 1024;
const MOST_UNREAD: usize = 4 * 1024 * 1024;

/// A request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
#[allow(missing_docs, reason = "the module header shows every request")]
pub enum Request {
    Call(CallRequest),
    Hangup {
        call: u32,
        cause: Option<u8>,
        user_user: Option<String>,
    },
    Key {
        call: u32,
        digits: String,
    },
    Hold {
        call: u32,
    },
    Retrieve {
        call: u32,
    },
    Alarm {
        on: bool,
        #[serde(default)]
        span: u8,
    },
    Restart {
        channel: Channel,
    },
    Service {
        channel: Channel,
        status: u8,
    },
    Watch,
    Status,
    Shutdown,
}

/// The fields of `call`; all but `called` may be left out.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct CallRequest {
    /// Called digits.
    pub called: String,
    /// Send so many of them with SETUP, the others one by one when the far end asks for them.
    pub first_digits: Option<usize>,
    /// Calling digits.
    pub calling: Option<String>,
    /// Restrict the calling number's presentation.
    #[serde(default)]
    pub withheld: bool,
    /// A data call, unrestricted digital information.
    #[serde(default)]
    pub data: bool,
    /// Calling name, sent as display.
    pub name: Option<String>,
    /// The number that redirected the call, and the reason as Q.931 numbers it: 1 busy, 2 no reply, 15 unconditional.
    pub redirecting: Option<(String, u8)>,
    /// Insist on this channel.
    pub channel: Option<Channel>,
    /// WAV file to say.
    pub play: Option<PathBuf>,
    /// Say what is heard instead.
    #[serde(default)]
    pub echo: bool,
    /// WAV file for what is heard.
    pub record: Option<PathBuf>,
    /// What is heard before the answer too, from when both ends agree on the channel.
    #[serde(default)]
    pub record_early: bool,
    /// Clear so many milliseconds after the answer.
    pub clear_after_ms: Option<u64>,
}

/// One connection, by a number that is never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClientId(u64);

struct Client {
    stream: UnixStream,
    received: Vec<u8>,
    unsent: Vec<u8>,
    watches: bool,
    /// No more requests will come: kept until its calls are over and told.
    half_closed: bool,
}

/// The listening socket and its connections; never blocks.
pub struct Control {
    listener: UnixListener,
    clients: BTreeMap<ClientId, Client>,
    last_client: u64,
    owners: BTreeMap<u32, ClientId>,
}

impl Control {
    /// Listens at `path`; a socket file that a dead process left is replaced.
    pub fn listen(path: &Path) -> io::Result<Self> {
        if UnixStream::connect(path).is_err() {
            match std::fs::remove_file(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                Ok(()) | Err(_) => {}
            }
        }
        let listener = UnixListener::bind(path)?;
        listener.set_nonblocking(true)?;
        Ok(Self { listener, clients: BTreeMap::new(), last_client: 0, owners: BTreeMap::new() })
    }

    /// What to poll for reading.
    pub fn readable_fds(&self) -> Vec<BorrowedFd<'_>> {
        let clients = self.clients.values().filter(|client| !client.half_closed).map(|client| client.stream.as_fd());
        [self.listener.as_fd()].into_iter().chain(clients).collect()
    }

    /// Accepts, reads and writes what can be; returns the requests that came in, or what was wrong with them.
    pub fn service(&mut self) -> Vec<(ClientId, Result<Request, String>)> {
        while let Ok((stream, _)) = self.listener.accept() {
            if stream.set_nonblocking(true).is_ok() {
                self.last_client += 1;
                let client = Client { stream, received: vec![], unsent: vec![], watches: false, half_closed: false };
                self.clients.insert(ClientId(self.last_client), client);
            }
        }
        let mut requests = Vec::new();
        let mut gone = Vec::new();
        for (id, client) in &mut self.clients {
            if client.receive().is_err() || client.send().is_err() {
                gone.push(*id);
            }
            requests.extend(client.take_lines().into_iter().map(|line| (*id, read_request(&line))));
        }
        self.drop_clients(&gone);
        requests
    }

    /// Marks the connection as watching everything.
    pub fn watch(&mut self, client: ClientId) {
        if let Some(client) = self.clients.get_mut(&client) {
            client.watches = true;
        }
    }

    /// From now on `client` is told of `call`.
    pub fn own(&mut self, call: u32, client: ClientId) {
        self.owners.insert(call, client);
    }

    /// Answers one connection.
    pub fn answer(&mut self, client: ClientId, report: &Report) {
        if let Some(client) = self.clients.get_mut(&client) {
            client.queue(report);
        }
    }

    /// Tells a report to the call's owner and to all who watch.
    pub fn tell(&mut self, report: &Report) {
        let owner = report.call().and_then(|call| self.owners.get(&call)).copied();
        for (id, client) in &mut self.clients {
            if client.watches || owner == Some(*id) {
                client.queue(report);
            }
        }
        if let Report::Released { call, .. } = report {
            self.owners.remove(call);
        }
        let done: Vec<ClientId> =
            self.clients.iter_mut().filter_map(|(id, client)| client.send().is_err().then_some(*id)).collect();
        self.drop_clients(&done);
    }

    fn drop_clients(&mut self, gone: &[ClientId]) {
        for id in gone {
            self.clients.remove(id);
        }
        // A connection that was half closed is dropped when nothing more can be told to it.
        let owners = &self.owners;
        self.clients.retain(|id, client| {
            !client.half_closed || client.watches || !client.unsent.is_empty() || owners.values().any(|owner| owner == id)
        });
    }
}

impl Client {
    fn receive(&mut self) -> io::Result<()> {
        let mut buffer = [0; 4096];
        while !self.half_closed {
            match self.stream.read(&mut buffer) {
                Ok(0) => self.half_closed = true,
                Ok(count) => self.received.extend(buffer.iter().take(count)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
            if self.received.len() > LONGEST_LINE && !self.received.contains(&b'\n') {
                return Err(io::ErrorKind::InvalidData.into());
            }
        }
        Ok(())
    }

    fn take_lines(&mut self) -> Vec<Vec<u8>> {
        let Some(end) = self.received.iter().rposition(|octet| *octet == b'\n') else { return Vec::new() };
        let rest = self.received.split_off(end + 1);
        let whole = std::mem::replace(&mut self.received, rest);
        whole.split(|octet| *octet == b'\n').filter(|line| !line.is_empty()).map(<[u8]>::to_vec).collect()
    }

    fn queue(&mut self, report: &Report) {
        // All keys are strings and integers: this cannot fail.
        if let Ok(mut line) = serde_json::to_vec(report) {
            line.push(b'\n');
            self.unsent.extend(line);
        }
    }

    fn send(&mut self) -> io::Result<()> {
        while !self.unsent.is_empty() {
            match self.stream.write(&self.unsent) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => drop(self.unsent.drain(..count)),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock && self.unsent.len() <= MOST_UNREAD => return Ok(()),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

fn read_request(line: &[u8]) -> Result<Request, String> {
    serde_json::from_slice(line).map_err(|error| format!("cannot read request: {error}"))
}
