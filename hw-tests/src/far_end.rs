//! The far end of the box's span: our exchange simulator, or libpri, as a program of its own.
//!
//! Both speak the same JSON lines over a Unix socket and follow the same number plan: 5551.. answers and speaks, 5552.. is
//! busy, 5553.. unallocated, 5554.. rings for ever, 5555.. answers and clears after 1 s, 5556.. congested (cause 34),
//! 5557.. returns what it hears.
//!
//! ```text
//! let far = FarEnd::start(&scratch, Kind::Exchange, &speech::town());
//! let mut call = far.call(&Placed::to("100").says(&speech::town()));
//! call.wait_for("connected", limit);
//! call.hang_up();
//! let released = call.wait_for("released", limit);      // released["cause"]
//! ```

use crate::audio::Audio;
use crate::process::{Process, our_program};
use crate::scratch::Scratch;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Which program plays the far end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// tools/exchange: our own ISDN stack, network side.
    Exchange,
    /// hw-tests/peers/libpri: libpri, network side.
    Libpri,
    /// The same with further options of its command line.
    LibpriWith(&'static [&'static str]),
    /// libpri as the PBX: user side, and one that listens to what it is cleared with until somebody hangs up.
    LibpriPbx,
    /// libpri, network side of a group of two spans of NI2 on T1 that share D-channels; the second span's stands by.
    LibpriGroup,
}

/// A running far end; it owns the span's clock (real time). Dropping it stops it.
#[derive(Debug)]
pub struct FarEnd {
    kind: Kind,
    directory: PathBuf,
    span: PathBuf,
    process: Process,
}

impl FarEnd {
    /// Starts it, listening for the box; callers of answering numbers hear the WAV file.
    #[track_caller]
    pub fn start(scratch: &Scratch, kind: Kind, says: &Path) -> Self {
        let directory = scratch.subdirectory("far");
        Self::start_in(directory, kind, says)
    }

    /// Starts it anew at the same sockets, after [`Self::kill`].
    #[track_caller]
    pub fn restart(&mut self, says: &Path) {
        *self = Self::start_in(self.directory.clone(), self.kind, says);
    }

    #[track_caller]
    fn start_in(directory: PathBuf, kind: Kind, says: &Path) -> Self {
        let span = directory.join("span");
        match kind {
            Kind::Exchange => Self::launch(
                directory,
                kind,
                &our_program("junctor-exchange", "exchange"),
                &["serve", "--span-socket"],
                &span,
                says,
            ),
            Kind::Libpri | Kind::LibpriWith(_) | Kind::LibpriPbx | Kind::LibpriGroup => {
                let second = directory.join("span-1").display().to_string();
                let options: &[&str] = match kind {
                    Kind::Libpri | Kind::Exchange => &[],
                    Kind::LibpriPbx => &["--hear-clearing"],
                    Kind::LibpriWith(options) => options,
                    Kind::LibpriGroup => &["--framing", "t1", "--switch", "ni2", "--nfas-span", &second],
                };
                let side = if kind == Kind::LibpriPbx { "user" } else { "network" };
                let first = [&["--side", side], options, &["--span-listen"]].concat();
                Self::launch(directory, kind, &our_program("libpri-peer", "libpri-peer"), &first, &span, says)
            }
        }
    }

    /// libpri as the user side of a span at whose socket another far end listens: what the box is otherwise.
    #[track_caller]
    pub fn libpri_user(scratch: &Scratch, span: &Path, says: &Path) -> Self {
        let first = ["--side", "user", "--span-connect"];
        let program = our_program("libpri-peer", "libpri-peer");
        Self::launch(scratch.subdirectory("user"), Kind::Libpri, &program, &first, span, says)
    }

    #[track_caller]
    fn launch(directory: PathBuf, kind: Kind, program: &Path, first: &[&str], span: &Path, says: &Path) -> Self {
        let heard = directory.join("heard");
        std::fs::create_dir_all(&heard).unwrap_or_else(|e| panic!("cannot make {}: {e}", heard.display()));
        let control = directory.join("control");
        let paths = ["--control".as_ref(), control.as_os_str(), "--play".as_ref(), says.as_os_str()];
        let record = ["--record-dir".as_ref(), heard.as_os_str()];
        let arguments = first.iter().map(|a| a.as_ref()).chain([span.as_os_str()]).chain(paths).chain(record);
        let log = (1..).map(|n| directory.join(format!("log-{n}"))).find(|p| !p.exists());
        let process = Process::start(program, arguments, log.unwrap_or_else(|| directory.join("log")));
        let mut far = Self { kind, directory, span: span.to_owned(), process };
        far.wait_until_listening();
        far
    }

    #[track_caller]
    fn wait_until_listening(&mut self) {
        let end = Instant::now() + Duration::from_secs(10);
        while UnixStream::connect(self.directory.join("control")).is_err() || !self.span.exists() {
            if let Some(status) = self.process.ended() {
                panic!("the far end ended with {status}:\n{}", self.process.log_tail());
            }
            assert!(Instant::now() < end, "the far end does not listen:\n{}", self.process.log_tail());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Where the box finds the span.
    pub fn span_socket(&self) -> PathBuf {
        self.span.clone()
    }

    /// Where the box finds the second span of a group.
    pub fn second_span_socket(&self) -> PathBuf {
        self.directory.join("span-1")
    }

    /// What it has written to its log, the end of it.
    pub fn log_tail(&self) -> String {
        self.process.log_tail()
    }

    /// Ends it without a word, as a cut line would.
    pub fn kill(&mut self) {
        self.process.signal(nix::sys::signal::Signal::SIGKILL);
        self.process.wait(Duration::from_secs(3));
    }

    /// Places a call once the data link is established; the connection that is returned tells what becomes of it.
    #[track_caller]
    pub fn call(&self, call: &Placed) -> FarCall {
        // The two ends of a link learn at different moments that it is there.
        self.wait_for_link(Duration::from_secs(10));
        let mut connection = self.connect();
        connection.send(&call.request);
        connection
    }

    /// Every call from now on, whoever places it.
    #[track_caller]
    pub fn watch(&self) -> FarCall {
        let mut watched = self.connect();
        watched.send(&json!({"do": "watch"}));
        watched
    }

    /// The answer to a request that has one, such as `{"do":"status"}`.
    #[track_caller]
    pub fn ask(&self, request: &Value) -> Value {
        let mut connection = self.connect();
        connection.send(request);
        connection.next(Duration::from_secs(5)).unwrap_or_else(|| panic!("no answer to {request}:\n{}", self.log_tail()))
    }

    /// Waits until it says that its data link is established.
    #[track_caller]
    pub fn wait_for_link(&self, limit: Duration) {
        let end = Instant::now() + limit;
        loop {
            let status = self.ask(&json!({"do": "status"}));
            if status["link_up"] == true {
                return;
            }
            assert!(Instant::now() < end, "no data link within {limit:?}: {status}\n{}", self.log_tail());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Raises or clears an alarm on the line (exchange only).
    #[track_caller]
    pub fn alarm(&self, on: bool) {
        self.ask(&json!({"do": "alarm", "on": on}));
    }

    /// What it heard in each call that it answered and that is over, oldest first.
    #[track_caller]
    pub fn heard(&self) -> Vec<Audio> {
        self.wait_until_idle(Duration::from_secs(10));
        let entries = std::fs::read_dir(self.directory.join("heard")).into_iter().flatten().flatten();
        let mut files: Vec<_> = entries.filter_map(|e| Some((e.metadata().ok()?.modified().ok()?, e.path()))).collect();
        files.sort();
        files.iter().map(|(_, path)| Audio::load(path)).collect()
    }

    /// Waits until it has no call left: only then its recordings are whole.
    #[track_caller]
    fn wait_until_idle(&self, limit: Duration) {
        let end = Instant::now() + limit;
        loop {
            let status = self.ask(&json!({"do": "status"}));
            if status["calls"] == 0 || status["calls"].as_array().is_some_and(Vec::is_empty) {
                return;
            }
            assert!(Instant::now() < end, "calls are left after {limit:?}: {status}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    #[track_caller]
    fn connect(&self) -> FarCall {
        let path = self.directory.join("control");
        let stream =
            UnixStream::connect(&path).unwrap_or_else(|e| panic!("cannot reach the far end: {e}\n{}", self.process.log_tail()));
        let writer = stream.try_clone().unwrap_or_else(|e| panic!("cannot share a connection: {e}"));
        FarCall { writer, reader: BufReader::new(stream), partial: Vec::new(), passed: Vec::new() }
    }
}

/// A call that the far end is to place.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed {
    request: Value,
}

impl Placed {
    /// To this number, from 5559000.
    pub fn to(called: &str) -> Self {
        Self { request: json!({"do": "call", "called": called, "calling": "5559000"}) }
    }

    /// From this number.
    pub fn from(mut self, calling: &str) -> Self {
        self.request["calling"] = calling.into();
        self
    }

    /// Redirected by this number, for the reason that Q.931 numbers so (libpri only).
    pub fn redirected_by(mut self, number: &str, reason: u8) -> Self {
        self.request["redirecting"] = json!([number, reason]);
        self
    }

    /// A data call: the octets of what it says are the data (libpri only).
    pub fn data(mut self) -> Self {
        self.request["data"] = true.into();
        self
    }

    /// Says what is in the WAV file once it is connected.
    pub fn says(mut self, wav: &Path) -> Self {
        self.request["play"] = wav.display().to_string().into();
        self
    }

    /// Keeps what it hears in a WAV file, complete when `released` is told.
    pub fn records(mut self, wav: &Path) -> Self {
        self.request["record"] = wav.display().to_string().into();
        self
    }

    /// As [`Self::records`], and what it hears before the answer too (libpri only).
    pub fn records_all(self, wav: &Path) -> Self {
        let mut placed = self.records(wav);
        placed.request["record_early"] = true.into();
        placed
    }

    /// On this channel, such as `5`, or `"1/5"` on the second span of a group (libpri only).
    pub fn on_channel(mut self, channel: &Value) -> Self {
        self.request["channel"] = channel.clone();
        self
    }

    /// Clears so long after it was connected.
    pub fn clears_after(mut self, hold: Duration) -> Self {
        self.request["clear_after_ms"] = u64::try_from(hold.as_millis()).unwrap_or(u64::MAX).into();
        self
    }
}

/// A call placed by the far end, seen from there.
#[derive(Debug)]
pub struct FarCall {
    writer: UnixStream,
    reader: BufReader<UnixStream>,
    partial: Vec<u8>,
    passed: Vec<Value>,
}

impl FarCall {
    /// Waits for this event (`alerting`, `connected`, `released`, ..), passing over others; panics when the call ends first.
    #[track_caller]
    pub fn wait_for(&mut self, event: &str, limit: Duration) -> Value {
        let end = Instant::now() + limit;
        loop {
            let Some(value) = self.next(end.saturating_duration_since(Instant::now())) else {
                panic!("the far end did not tell {event} within {limit:?}, only {:?}", self.passed);
            };
            self.passed.push(value.clone());
            if value["event"] == event {
                return value;
            }
            assert!(
                value["event"] != "released" && value["event"] != "error" && value["event"] != "refused",
                "the call ended before {event}: {:?}",
                self.passed
            );
        }
    }

    /// Waits for the call's end and returns its Q.850 cause.
    #[track_caller]
    pub fn cause(&mut self, limit: Duration) -> u64 {
        let released = self.wait_for("released", limit);
        released["cause"].as_u64().unwrap_or_else(|| panic!("released without a cause: {:?}", self.passed))
    }

    /// All events so far.
    pub fn passed(&self) -> &[Value] {
        &self.passed
    }

    /// Clears the call, whatever its state, with cause 16.
    #[track_caller]
    pub fn hang_up(&mut self) {
        self.request("hangup");
    }

    /// The same, saying this to the far end's application (libpri only).
    #[track_caller]
    pub fn hang_up_saying(&mut self, said: &str) {
        self.request_with("hangup", &json!({"user_user": said}));
    }

    /// Keys this in the call, as keypad facility (libpri only).
    #[track_caller]
    pub fn key(&mut self, digits: &str) {
        self.request_with("key", &json!({"digits": digits}));
    }

    /// Holds the call, or fetches it back (libpri only): `held` or `retrieved` is told.
    #[track_caller]
    pub fn hold(&mut self, hold: bool) {
        self.request(if hold { "hold" } else { "retrieve" });
    }

    #[track_caller]
    fn request(&mut self, what: &str) {
        self.request_with(what, &json!({}));
    }

    #[track_caller]
    fn request_with(&mut self, what: &str, more: &Value) {
        let id = self.passed.iter().find_map(|e| e["call"].as_u64());
        let id = id.unwrap_or_else(|| panic!("the far end has not told the call's number: {:?}", self.passed));
        let mut request = json!({"do": what, "call": id});
        for (key, value) in more.as_object().into_iter().flatten() {
            request[key] = value.clone();
        }
        self.send(&request);
    }

    #[track_caller]
    fn send(&mut self, request: &Value) {
        self.writer.write_all(format!("{request}\n").as_bytes()).unwrap_or_else(|e| panic!("cannot send {request}: {e}"));
    }

    /// The next line, if one comes in time.
    fn next(&mut self, limit: Duration) -> Option<Value> {
        // Zero would mean for ever.
        self.reader.get_ref().set_read_timeout(Some(limit.max(Duration::from_millis(1)))).ok()?;
        // A timeout in the middle of a line keeps what has come for the next attempt.
        self.reader.read_until(b'\n', &mut self.partial).ok()?;
        let line = std::mem::take(&mut self.partial);
        serde_json::from_slice(&line).ok()
    }
}
