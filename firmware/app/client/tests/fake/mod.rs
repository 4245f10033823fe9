//! A stand-in for junctord: the control API's routes over a Unix socket, with made-up spans, calls and records.
//!
//! What it answers is set by the test through [`Fake::change`]; what it was asked is in [`Fake::requests`]. Also used by
//! the tests of the command line and the web page. It judges nothing: routing, checks and permissions are junctord's.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, reason = "shared by several test programs, each uses a part")]

mod routes;
pub mod samples;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use model::api::{Call, CallDetail, CallRecord, ConfigurationCheck, Event, Fault, Recording, Status};
use tokio::net::UnixListener;
use tokio::sync::{broadcast, watch};

/// What the stand-in answers.
pub struct World {
    pub status: Status,
    pub details: BTreeMap<u64, CallDetail>,
    pub records: Vec<CallRecord>,
    pub captures: BTreeMap<u64, Vec<u8>>,
    pub recording: Recording,
    pub span_capture: Vec<u8>,
    pub configuration: String,
    pub check: ConfigurationCheck,
    /// If set, every request is refused with it.
    pub refuse: Option<Fault>,
}

/// One request that came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub method: String,
    pub path: String,
    pub user: Option<String>,
    pub role: Option<String>,
    pub body: String,
}

#[derive(Clone)]
struct Shared {
    world: Arc<Mutex<World>>,
    requests: Arc<Mutex<Vec<Seen>>>,
    events: broadcast::Sender<Event>,
    /// Grows when all streams are to end.
    era: watch::Sender<u32>,
}

/// The running stand-in. Dropping it closes the socket and ends its streams.
pub struct Fake {
    socket: PathBuf,
    shared: Shared,
    server: Option<tokio::task::JoinHandle<()>>,
}

impl Fake {
    /// Starts on a socket of its own in a fresh directory.
    pub async fn start() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("junctor-fake-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        Self::start_on(&folder.join("control.sock"))
    }

    /// Starts on `socket`.
    pub fn start_on(socket: &Path) -> Self {
        let shared = Shared {
            world: Arc::new(Mutex::new(samples::world())),
            requests: Arc::default(),
            events: broadcast::channel(64).0,
            era: watch::channel(0).0,
        };
        let mut fake = Self { socket: socket.to_owned(), shared, server: None };
        fake.resume();
        fake
    }

    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// Changes what is answered from now on.
    pub fn change<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        change(&mut self.shared.world.lock().unwrap())
    }

    pub fn requests(&self) -> Vec<Seen> {
        self.shared.requests.lock().unwrap().clone()
    }

    /// Tells all listeners.
    pub fn send(&self, event: Event) {
        let _nobody_listens = self.shared.events.send(event);
    }

    /// How many event streams are open.
    pub fn listeners(&self) -> usize {
        self.shared.events.receiver_count()
    }

    /// Waits until that many event streams are open.
    pub async fn wait_for_listeners(&self, count: usize) {
        let settled = async {
            while self.listeners() != count {
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
        };
        let waited = tokio::time::timeout(std::time::Duration::from_secs(10), settled).await;
        assert!(waited.is_ok(), "{} listeners, expected {count}", self.listeners());
    }

    /// A call begins or changes: in the status and as an event.
    pub fn call(&self, call: Call) {
        self.change(|world| {
            world.status.calls.retain(|other| other.id != call.id);
            world.status.calls.push(call.clone());
            samples::occupy(&mut world.status, &call);
        });
        self.send(Event::Call { call });
        self.tell_spans();
    }

    /// A call is over: gone from the status, first among the records, and as an event.
    pub fn end(&self, record: CallRecord) {
        self.change(|world| {
            world.status.calls.retain(|call| call.id != record.id);
            samples::release(&mut world.status, record.id);
            world.status.counters.ended += 1;
            world.records.insert(0, record.clone());
        });
        self.send(Event::CallEnded { record });
        self.tell_spans();
    }

    fn tell_spans(&self) {
        let (spans, counters) = self.change(|world| (world.status.spans.clone(), world.status.counters));
        spans.into_iter().for_each(|span| self.send(Event::Span { span }));
        self.send(Event::Counters { counters });
    }

    /// Ends all event streams; the socket stays.
    pub fn end_streams(&self) {
        self.shared.era.send_modify(|era| *era += 1);
    }

    /// Closes the socket and ends all streams, as when junctord dies.
    pub fn stop(&mut self) {
        let _already_gone = std::fs::remove_file(&self.socket);
        if let Some(server) = self.server.take() {
            server.abort();
        }
        self.end_streams();
    }

    /// Listens again after [`Fake::stop`].
    pub fn resume(&mut self) {
        let listener = UnixListener::bind(&self.socket).unwrap();
        let router = routes::router(self.shared.clone());
        self.server = Some(tokio::spawn(async move { axum::serve(listener, router).await.unwrap() }));
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.stop();
        if let Some(folder) = self.socket.parent().filter(|folder| folder.to_string_lossy().contains("junctor-fake-")) {
            let _already_gone = std::fs::remove_dir_all(folder);
        }
    }
}
