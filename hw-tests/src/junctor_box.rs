//! junctord under test: its configuration, its start and end, and what its control API says.
//!
//! ```text
//! let gateway = JunctorBox::start(&scratch, &Setup::new(&far).peer("phone", Transport::Udp, phone.port()));
//! phone.dial(&gateway.uri("5551001", Transport::Udp));
//! ..
//! let record = gateway.record();      // of the last call, once no call and no channel is left
//! ```
//!
//! Its span is `pstn`. What comes from there for 100.. goes to the first peer, 101.. to the second; what a peer sends for
//! 555.. goes to `pstn`; all other numbers are unknown.

use crate::Transport;
use crate::far_end::FarEnd;
use crate::ports::{free_port, free_ports};
use crate::process::{Process, our_program};
use crate::scratch::Scratch;
use client::Client;
use model::api::{CallRecord, ChannelUse, DChannelRole, Status};
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// RTP and RTCP ports for 30 calls and some that linger.
const MEDIA_PORTS: u16 = 80;

/// How the box is set up.
#[derive(Debug, Clone)]
pub struct Setup {
    /// Name, and what else its `[[span]]` says.
    spans: Vec<(String, String)>,
    /// Name, and the lines of its table below that.
    peers: Vec<(String, String)>,
    routes: Vec<(String, String, String)>,
    ring_seconds: u32,
    capture: bool,
    poller: Option<String>,
    /// The lines of `[audio]`.
    audio: String,
}

impl Setup {
    /// A box whose span `pstn` leads to that far end, without peers.
    pub fn new(far: &FarEnd) -> Self {
        Self::bare().span("pstn", &far.span_socket())
    }

    /// A box whose span `pstn` is what these lines of its `[[span]]` say, such as `back_end = { dahdi = { .. } }`.
    pub fn with_span(lines: &str) -> Self {
        Self::bare().span_of("pstn", lines)
    }

    fn bare() -> Self {
        Self {
            spans: Vec::new(),
            peers: Vec::new(),
            routes: Vec::new(),
            ring_seconds: 60,
            capture: false,
            poller: None,
            audio: String::new(),
        }
    }

    /// One more span, whose far end listens (or will, or never does) at that socket.
    pub fn span(self, name: &str, socket: &Path) -> Self {
        self.span_of(name, &format!("back_end = {{ virtual = {{ socket = \"{}\" }} }}", socket.display()))
    }

    /// One more span, with these lines in its `[[span]]`.
    pub fn span_of(mut self, name: &str, lines: &str) -> Self {
        self.spans.push((name.to_owned(), lines.to_owned()));
        self
    }

    /// Another line in the `[[span]]` of the last one.
    pub fn span_line(mut self, line: &str) -> Self {
        if let Some((_, lines)) = self.spans.last_mut() {
            let _ = write!(lines, "\n{line}");
        }
        self
    }

    /// The box takes no echo out of the last span's lines: for tests that hear themselves in a loop, at full loudness, which no line's echo is.
    pub fn keeps_echo(self) -> Self {
        self.span_line("echo = { canceller = \"off\" }")
    }

    /// One more SIP peer on 127.0.0.1, with the routes the module's header names.
    pub fn peer(mut self, name: &str, transport: Transport, port: u16) -> Self {
        let prefix = format!("10{}", self.peers.len());
        self.peers.push((name.to_owned(), format!("address = \"{}:127.0.0.1:{port}\"", transport.parameter())));
        self.route("pstn", &prefix, name).route(name, "555", "pstn")
    }

    /// One more line of the last peer's table.
    pub fn peer_line(mut self, line: &str) -> Self {
        if let Some((_, lines)) = self.peers.last_mut() {
            let _ = write!(lines, "\n{line}");
        }
        self
    }

    /// One more route.
    pub fn route(mut self, from: &str, prefix: &str, to: &str) -> Self {
        self.routes.push((from.to_owned(), prefix.to_owned(), to.to_owned()));
        self
    }

    /// How long a call may ring.
    pub fn ring_seconds(mut self, seconds: u32) -> Self {
        self.ring_seconds = seconds;
        self
    }

    /// Writes a capture of each call.
    pub fn capture(mut self) -> Self {
        self.capture = true;
        self
    }

    /// How the media thread waits, in the configuration's word; without it the box chooses.
    pub fn poller(mut self, poller: &str) -> Self {
        self.poller = Some(poller.to_owned());
        self
    }

    /// One more line of `[audio]`.
    pub fn audio_line(mut self, line: &str) -> Self {
        let _ = writeln!(self.audio, "{line}");
        self
    }

    fn document(&self, sip_port: u16, media_port: u16) -> String {
        let mut text = format!(
            "name = \"test\"
[sip]
listen = [\"udp:127.0.0.1:{sip_port}\", \"tcp:127.0.0.1:{sip_port}\"]
ring_seconds = {}
[media]
address = \"127.0.0.1\"
first_port = {media_port}
last_port = {}
{}[capture]
calls = {}
[audio]
{}",
            self.ring_seconds,
            media_port + MEDIA_PORTS - 1,
            self.poller.as_ref().map_or_else(String::new, |poller| format!("poller = \"{poller}\"\n")),
            self.capture,
            self.audio
        );
        for (name, lines) in &self.spans {
            let _ = write!(text, "[[span]]\nname = \"{name}\"\n{lines}\n");
        }
        for (name, lines) in &self.peers {
            let _ = write!(text, "[[peer]]\nname = \"{name}\"\n{lines}\n");
        }
        for (from, prefix, to) in &self.routes {
            let _ = write!(text, "[[route]]\nfrom = \"{from}\"\nprefix = \"{prefix}\"\nto = \"{to}\"\n");
        }
        text
    }
}

/// A running junctord. Dropping it stops it.
#[derive(Debug)]
pub struct JunctorBox {
    process: Process,
    directory: PathBuf,
    port: u16,
    client: Client,
    runtime: tokio::runtime::Runtime,
}

impl JunctorBox {
    /// Starts it and waits until it says it is ready, and its first span can carry calls.
    #[track_caller]
    pub fn start(scratch: &Scratch, setup: &Setup) -> Self {
        let gateway = Self::start_without_waiting(scratch, setup);
        gateway.wait_for_span("pstn", true, Duration::from_secs(15));
        gateway
    }

    /// Starts it and waits only until it says it is ready.
    #[track_caller]
    pub fn start_without_waiting(scratch: &Scratch, setup: &Setup) -> Self {
        let directory = scratch.subdirectory("box");
        let (port, media_port) = (free_port(), free_ports(MEDIA_PORTS));
        let (config, control) = (directory.join("junctor.toml"), directory.join("control.sock"));
        std::fs::write(&config, setup.document(port, media_port))
            .unwrap_or_else(|e| panic!("cannot write {}: {e}", config.display()));
        let arguments = ["--config".as_ref(), config.as_os_str(), "--state".as_ref(), directory.as_os_str()];
        let arguments = arguments.into_iter().chain(["--control".as_ref(), control.as_os_str()]);
        let mut process = Process::start(&our_program("junctord", "gateway"), arguments, directory.join("log"));
        process.wait_for_line("junctord ready", Duration::from_secs(15));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap_or_else(|e| panic!("cannot make a runtime: {e}"));
        Self { process, directory, port, client: Client::new(control), runtime }
    }

    /// The control socket.
    pub fn control(&self) -> &Path {
        self.client.socket()
    }

    /// Where it takes SIP, UDP and TCP.
    pub fn address(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.port))
    }

    /// The URI of a number on it.
    pub fn uri(&self, number: &str, transport: Transport) -> String {
        format!("sip:{number}@127.0.0.1:{};transport={}", self.port, transport.parameter())
    }

    /// The end of its log, for messages.
    pub fn log_tail(&self) -> String {
        self.process.log_tail()
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// `true` while it has not ended.
    pub fn is_running(&mut self) -> bool {
        self.process.ended().is_none()
    }

    /// Resident memory in kB (`VmRSS`).
    #[track_caller]
    pub fn resident_kb(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap_or_default();
        let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:"));
        let value = line.and_then(|l| l.split_whitespace().next()).and_then(|v| v.parse().ok());
        value.unwrap_or_else(|| panic!("junctord has no VmRSS:\n{}", self.log_tail()))
    }

    /// Asks the control API.
    #[track_caller]
    pub fn ask<T>(&self, question: impl AsyncFnOnce(&Client) -> Result<T, client::Error>) -> T {
        self.runtime.block_on(question(&self.client)).unwrap_or_else(|e| panic!("the control API says: {e}\n{}", self.log_tail()))
    }

    /// The box at a glance.
    #[track_caller]
    pub fn status(&self) -> Status {
        self.ask(async |client| client.status().await)
    }

    /// Waits until the span can (or can no more) carry calls.
    #[track_caller]
    pub fn wait_for_span(&self, name: &str, in_service: bool, limit: Duration) {
        let end = Instant::now() + limit;
        loop {
            let span = self.ask(async |client| client.span(name).await);
            if span.in_service() == in_service {
                return;
            }
            assert!(
                Instant::now() < end,
                "span {name}: not {} within {limit:?}: link {:?}, alarms {:?}\n{}",
                if in_service { "in service" } else { "out of service" },
                span.link,
                span.alarms,
                self.log_tail()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until the D-channel of a span of a group does this.
    #[track_caller]
    pub fn wait_for_d_channel(&self, span: &str, role: DChannelRole, limit: Duration) {
        let end = Instant::now() + limit;
        loop {
            let found = self.ask(async |client| client.span(span).await).d_channel_role;
            if found == Some(role) {
                return;
            }
            assert!(Instant::now() < end, "{span}: {found:?}, not {role:?} within {limit:?}\n{}", self.log_tail());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until no channel of any span is in use; calls may still be on their way out elsewhere.
    #[track_caller]
    pub fn wait_until_channels_are_free(&self, limit: Duration) {
        let end = Instant::now() + limit;
        while channels_in_use(&self.status()) > 0 {
            assert!(Instant::now() < end, "channels in use after {limit:?}\n{}", self.log_tail());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until there is no call and no channel in use, and no record waits to be stored.
    #[track_caller]
    pub fn wait_until_idle(&self, limit: Duration) -> Status {
        let end = Instant::now() + limit;
        loop {
            let status = self.status();
            let channels = channels_in_use(&status);
            let counters = status.counters;
            if channels == 0 && status.calls.is_empty() && counters.records_waiting == 0 && counters.calls == counters.ended {
                return status;
            }
            assert!(
                Instant::now() < end,
                "{channels} channels in use, calls {:?}, {counters:?} after {limit:?}\n{}",
                status.calls,
                self.log_tail()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until the box is idle and returns the last `count` call records, oldest first.
    #[track_caller]
    pub fn records(&self, count: u32) -> Vec<CallRecord> {
        self.wait_until_idle(Duration::from_secs(10));
        let mut records = self.ask(async |client| client.records(count).await);
        records.reverse();
        records
    }

    /// Waits until the box is idle and returns the record of the only call there has been.
    #[track_caller]
    pub fn record(&self) -> CallRecord {
        let mut records = self.records(2);
        assert_eq!(records.len(), 1, "{records:#?}");
        records.remove(0)
    }

    /// A call's ladder as text, for messages.
    #[track_caller]
    pub fn ladder(&self, id: u64) -> String {
        let detail = self.ask(async |client| client.call(id).await);
        detail.ladder.iter().map(|line| format!("{line}\n")).collect()
    }

    /// A call's capture, fetched by the control API into a file.
    #[track_caller]
    pub fn capture(&self, id: u64) -> PathBuf {
        let bytes = self.ask(async |client| client.capture(id).await?.bytes().await);
        let path = self.directory.join(format!("fetched-{id}.pcapng"));
        std::fs::write(&path, bytes).unwrap_or_else(|e| panic!("cannot write {}: {e}", path.display()));
        path
    }
}

fn channels_in_use(status: &Status) -> usize {
    status.spans.iter().flat_map(|span| &span.channels).filter(|channel| channel.state == ChannelUse::InUse).count()
}
