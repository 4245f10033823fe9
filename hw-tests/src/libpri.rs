//! libpri at the far end of any span, as user or as network.
//!
//! [`far_end`](crate::far_end) starts libpri as the exchange in front of the box, on a virtual span. Here it may play either
//! side: on a virtual span whose near end the test drives with its own `isdn::Interface`, where libpri may follow or own the
//! clock, or on a span of DAHDI that `dahdi_cfg` has configured.
//!
//! ```text
//! let libpri = Libpri::start(&scratch, Side::User, Attach::Connect(&socket), &["--rule", "5555=clear:20"]);
//! let mut call = libpri.place(json!({"called": "201", "calling": "100"}));
//! call.wait_for("connected");
//! assert_eq!(call.until_released()["cause"], 16);
//! libpri.wait_until_idle();
//! ```

use crate::process::{Process, our_program};
use crate::scratch::Scratch;
use serde_json::{Value, json};
use std::ffi::OsString;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Nothing here takes so long unless it hangs: the bound only turns a hang into a failure.
const PATIENCE: Duration = Duration::from_secs(20);

/// Which side of the user-network interface libpri plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The PBX.
    User,
    /// The exchange.
    Network,
}

/// Which end of the span libpri is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attach<'a> {
    /// The network end: it owns the clock (lock step) and the test connects.
    Listen(&'a Path),
    /// The user end: the test listens and owns the clock.
    Connect(&'a Path),
    /// An E1 of DAHDI, whose first channel has this number.
    DahdiE1(u32),
    /// A T1 of DAHDI, whose first channel has this number.
    DahdiT1(u32),
}

/// A running libpri peer. Dropping it stops it.
#[derive(Debug)]
pub struct Libpri {
    process: Process,
    control: PathBuf,
}

impl Libpri {
    /// Starts it; returns when its control socket is there.
    #[track_caller]
    pub fn start(scratch: &Scratch, side: Side, attach: Attach<'_>, options: &[&str]) -> Self {
        let directory = scratch.subdirectory("libpri");
        let control = directory.join("control");
        let side = match side {
            Side::User => "user",
            Side::Network => "network",
        };
        let number = |first: u32| OsString::from(first.to_string());
        let (how, span) = match attach {
            Attach::Listen(span) => (["--clock", "lockstep", "--span-listen"].as_slice(), span.into()),
            Attach::Connect(span) => (["--span-connect"].as_slice(), span.into()),
            Attach::DahdiE1(first) => (["--framing", "e1", "--span-dahdi"].as_slice(), number(first)),
            Attach::DahdiT1(first) => (["--framing", "t1", "--span-dahdi"].as_slice(), number(first)),
        };
        let first = [&["--side", side], how].concat();
        let arguments = first.iter().map(|a| a.as_ref()).chain([span.as_os_str(), "--control".as_ref(), control.as_os_str()]);
        let arguments = arguments.chain(options.iter().map(|a| a.as_ref()));
        let mut process = Process::start(&our_program("libpri-peer", "libpri-peer"), arguments, directory.join("log"));
        process.wait_for_line("ready", PATIENCE);
        Self { process, control }
    }

    /// Places a call; the conversation tells what becomes of it. `request` holds the fields of libpri-peer's `call`.
    #[track_caller]
    pub fn place(&self, mut request: Value) -> Conversation {
        request["do"] = "call".into();
        let mut conversation = self.connect();
        conversation.send(&request);
        conversation
    }

    /// Has it do one thing, such as `{"do": "restart", "channel": 5}`; returns when it is done.
    #[track_caller]
    pub fn request(&self, request: &Value) {
        let mut conversation = self.connect();
        conversation.send(request);
        conversation.wait_for("done");
    }

    /// A connection that is told of every call and of the data link.
    #[track_caller]
    pub fn watch(&self) -> Conversation {
        let mut conversation = self.connect();
        conversation.send(&json!({"do": "watch"}));
        conversation.wait_for("done");
        conversation
    }

    /// Calls, link and counters at this moment.
    #[track_caller]
    pub fn status(&self) -> Value {
        let mut conversation = self.connect();
        conversation.send(&json!({"do": "status"}));
        conversation.wait_for("status")
    }

    /// Lets go of the line as if the cable were pulled, or mends it (libpri-peer's `alarm`).
    #[track_caller]
    pub fn cut(&self, cut: bool) {
        let mut conversation = self.connect();
        conversation.send(&json!({"do": "alarm", "on": cut}));
        conversation.wait_for("done");
    }

    /// Waits until its data link is up (or down).
    #[track_caller]
    pub fn wait_for_link(&self, up: bool) {
        self.wait_for_status("the data link", |status| status["link_up"] == up);
    }

    /// Waits until its span has these alarms, in the words of its status: `none`, `RED`, `cut`.
    #[track_caller]
    pub fn wait_for_alarms(&self, alarms: &str) {
        self.wait_for_status(alarms, |status| status["alarms"] == alarms);
    }

    /// Waits until its D-channels are as `expected`: an object for each, with its span, whether it is up, and whether new calls take it.
    #[track_caller]
    pub fn wait_for_d_channels(&self, expected: &Value) {
        self.wait_for_status("the D-channels", |status| status["d_channels"] == *expected);
    }

    /// Waits until it holds no call, and returns its status then.
    #[track_caller]
    pub fn wait_until_idle(&self) -> Value {
        self.wait_for_status("an idle interface", |status| status["calls"].as_array().is_some_and(Vec::is_empty))
    }

    #[track_caller]
    fn wait_for_status(&self, what: &str, holds: impl Fn(&Value) -> bool) -> Value {
        let end = Instant::now() + PATIENCE;
        loop {
            let status = self.status();
            if holds(&status) {
                return status;
            }
            assert!(Instant::now() < end, "libpri waits for {what}: {status}\n{}", self.log_tail());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// The end of its log.
    pub fn log_tail(&self) -> String {
        self.process.log_tail()
    }

    /// All it wrote, for lines that libpri prints about what it received.
    pub fn log_text(&self) -> String {
        self.process.log_text()
    }

    /// Ends it without a word, as a cut line would.
    pub fn kill(&mut self) {
        self.process.signal(nix::sys::signal::Signal::SIGKILL);
        self.process.wait(PATIENCE);
    }

    #[track_caller]
    fn connect(&self) -> Conversation {
        let stream =
            UnixStream::connect(&self.control).unwrap_or_else(|e| panic!("cannot reach libpri: {e}\n{}", self.log_tail()));
        stream.set_read_timeout(Some(PATIENCE)).unwrap_or_else(|e| panic!("cannot set a timeout: {e}"));
        Conversation { reader: BufReader::new(stream), passed: Vec::new() }
    }
}

/// A connection to libpri's control socket.
#[derive(Debug)]
pub struct Conversation {
    reader: BufReader<UnixStream>,
    passed: Vec<Value>,
}

impl Conversation {
    /// Waits for this event, passing over others; panics when the call ends first.
    #[track_caller]
    pub fn wait_for(&mut self, event: &str) -> Value {
        loop {
            let next = self.next();
            if next["event"] == event {
                return next;
            }
            let ended = ["released", "refused", "error"].iter().any(|end| next["event"] == *end);
            assert!(!ended, "no {event} came: {:?}", self.passed);
        }
    }

    /// Waits for the end of the call; returns the `released` event.
    #[track_caller]
    pub fn until_released(&mut self) -> Value {
        self.wait_for("released")
    }

    /// Clears the call that was placed here.
    #[track_caller]
    pub fn hang_up(&mut self, cause: u8) {
        let call = self.call();
        self.send(&json!({"do": "hangup", "call": call, "cause": cause}));
    }

    /// Holds the call that was placed here, or fetches it back: `held` or `retrieved` is told.
    #[track_caller]
    pub fn hold(&mut self, hold: bool) {
        let call = self.call();
        self.send(&json!({"do": if hold { "hold" } else { "retrieve" }, "call": call}));
    }

    /// Holds the call that was placed here, and fetches it back when the far end has let it be held.
    #[track_caller]
    pub fn hold_and_retrieve(&mut self) {
        self.hold(true);
        self.wait_for("held");
        self.hold(false);
        self.wait_for("retrieved");
    }

    #[track_caller]
    fn call(&self) -> u64 {
        let id = self.passed.iter().find_map(|event| event["call"].as_u64());
        id.unwrap_or_else(|| panic!("the call's number is not known yet: {:?}", self.passed))
    }

    /// The names of all events so far.
    pub fn names(&self) -> Vec<&str> {
        self.passed.iter().filter_map(|event| event["event"].as_str()).collect()
    }

    #[track_caller]
    fn send(&mut self, request: &Value) {
        self.reader
            .get_mut()
            .write_all(format!("{request}\n").as_bytes())
            .unwrap_or_else(|e| panic!("cannot send {request}: {e}"));
    }

    #[track_caller]
    fn next(&mut self) -> Value {
        let mut line = String::new();
        let read = self.reader.read_line(&mut line);
        assert!(read.as_ref().is_ok_and(|count| *count > 0), "libpri fell silent ({read:?}) after {:?}", self.passed);
        let value: Value = serde_json::from_str(&line).unwrap_or_else(|e| panic!("cannot read {line:?}: {e}"));
        self.passed.push(value.clone());
        value
    }
}
