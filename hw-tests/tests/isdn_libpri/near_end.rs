//! The near end: `isdn::Interface` on a virtual span, or on several for a group, run by a thread of the test ([`driver`]).
//!
//! It answers calls by their number (201 answers, 202 is busy, 203 unallocated, 204 rings for ever, 205 answers and
//! clears after 20 ms; a number in pieces is asked for until it has three digits), lets the far end hold and retrieve them, sends back on every B-channel what it hears, and keeps the ladder, which is printed when the test fails.

mod driver;

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use driver::{Driver, NearSpan};
use isdn::ie::UserUser;
use isdn::{CallId, CauseValue, Channel, Config, DChannelState, Event, Framing, Refused, Setup, Stats};
use tdm::virtual_span::{Clock, VirtualNetwork, VirtualUser};
use tdm::{Span, SpanInfo};

const PATIENCE: Duration = Duration::from_secs(20);
/// Which end of the span the near end is.
#[derive(Clone, Copy)]
pub(crate) enum Attach<'a> {
    /// The network end, clock in lock step.
    Listen(&'a Path),
    /// The user end.
    Connect(&'a Path),
}

enum Command {
    Setup(Box<Setup>, Sender<Result<CallId, Refused>>),
    Digits(CallId, String, bool),
    Clear(CallId, CauseValue),
    ClearSaying(CallId, CauseValue, UserUser),
    Hold(CallId),
    Retrieve(CallId),
    Block(Channel),
    Unblock(Channel),
    Restart(Channel),
    Silence(u8, bool),
    Look(Sender<Look>),
    Stop,
}

/// The interface at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Look {
    pub(crate) stats: Stats,
    pub(crate) calls: usize,
    /// Channels that are not idle.
    pub(crate) channels_in_use: usize,
    /// Those of the calls, in the calls' order.
    pub(crate) channels: Vec<Channel>,
    /// In order of preference.
    pub(crate) d_channels: Vec<DChannelState>,
}

pub(crate) struct NearEnd {
    commands: Sender<Command>,
    events: Receiver<Event>,
    passed: Vec<Event>,
    ladder: Arc<Mutex<Vec<String>>>,
    thread: Option<JoinHandle<()>>,
}

impl NearEnd {
    pub(crate) fn start(config: Config, attach: Attach<'_>) -> Self {
        let span: Box<dyn Span> = match attach {
            Attach::Listen(path) => Box::new(VirtualNetwork::listen(path, info(config.framing), Clock::LockStep).unwrap()),
            Attach::Connect(path) => Box::new(VirtualUser::connect(path, info(config.framing)).unwrap()),
        };
        Self::run(config, vec![NearSpan::new(0, span, true)])
    }

    /// A group of the spans that `config` says, each the network end of its socket; the first span's first.
    pub(crate) fn start_group(config: Config, sockets: &[PathBuf]) -> Self {
        let further = config.nfas.iter().flat_map(|nfas| &nfas.spans).map(|span| (span.interface, span.d_channel));
        let spans = [(0, true)].into_iter().chain(further).zip(sockets).map(|((interface, d_channel), socket)| {
            let span = VirtualNetwork::listen(socket, info(config.framing), Clock::LockStep).unwrap();
            NearSpan::new(interface, Box::new(span), d_channel)
        });
        let spans = spans.collect();
        Self::run(config, spans)
    }

    fn run(config: Config, spans: Vec<NearSpan>) -> Self {
        let ladder = Arc::new(Mutex::new(Vec::new()));
        let (commands, to_thread) = channel();
        let (from_thread, events) = channel();
        let driver = Driver::new(config, spans, from_thread, Arc::clone(&ladder));
        let thread = std::thread::spawn(move || driver.run(&to_thread));
        Self { commands, events, passed: Vec::new(), ladder, thread: Some(thread) }
    }

    /// Waits for an event that `wanted` takes, passing over others.
    #[track_caller]
    pub(crate) fn wait<T>(&mut self, what: &str, wanted: impl Fn(&Event) -> Option<T>) -> T {
        loop {
            let Ok(event) = self.events.recv_timeout(PATIENCE) else {
                panic!("no {what} came to the near end, only {:?}", self.passed)
            };
            let found = wanted(&event);
            self.passed.push(event);
            if let Some(found) = found {
                return found;
            }
        }
    }

    #[track_caller]
    pub(crate) fn wait_for_link(&mut self) {
        self.wait("link", |event| (*event == Event::LinkUp).then_some(()));
    }

    /// Places a call and says nothing about what becomes of it.
    #[track_caller]
    pub(crate) fn place(&self, setup: Setup) -> CallId {
        let (reply, answer) = channel();
        self.commands.send(Command::Setup(Box::new(setup), reply)).unwrap();
        answer.recv_timeout(PATIENCE).unwrap().expect("the interface takes the call")
    }

    /// More of a number that `setup` began.
    pub(crate) fn dial(&self, call: CallId, digits: &str, complete: bool) {
        self.commands.send(Command::Digits(call, digits.to_owned(), complete)).unwrap();
    }

    pub(crate) fn clear(&self, call: CallId, cause: CauseValue) {
        self.commands.send(Command::Clear(call, cause)).unwrap();
    }

    pub(crate) fn clear_saying(&self, call: CallId, cause: CauseValue, said: UserUser) {
        self.commands.send(Command::ClearSaying(call, cause, said)).unwrap();
    }

    /// Sends HOLD and waits for its answer.
    #[track_caller]
    pub(crate) fn hold(&mut self, call: CallId) -> Result<(), CauseValue> {
        self.commands.send(Command::Hold(call)).unwrap();
        self.wait("Held", |event| match event {
            Event::Held { call: of, result } if *of == call => Some(result.clone().map_err(|cause| cause.value)),
            _ => None,
        })
    }

    /// Sends RETRIEVE and waits for its answer: the channel.
    #[track_caller]
    pub(crate) fn retrieve(&mut self, call: CallId) -> Result<u8, CauseValue> {
        self.commands.send(Command::Retrieve(call)).unwrap();
        self.wait("Retrieved", |event| match event {
            Event::Retrieved { call: of, result } if *of == call => {
                Some(result.clone().map(|channel| channel.slot).map_err(|cause| cause.value))
            }
            _ => None,
        })
    }

    /// Takes a channel out of use, or gives it back.
    pub(crate) fn set_blocked(&self, channel: impl Into<Channel>, blocked: bool) {
        let channel = channel.into();
        self.commands.send(if blocked { Command::Block(channel) } else { Command::Unblock(channel) }).unwrap();
    }

    /// Restarts a channel.
    pub(crate) fn restart(&self, channel: impl Into<Channel>) {
        self.commands.send(Command::Restart(channel.into())).unwrap();
    }

    /// From now on the D-channel of a span carries nothing either way, and no alarm says so; or it does again.
    pub(crate) fn silence(&self, interface: u8, silent: bool) {
        self.commands.send(Command::Silence(interface, silent)).unwrap();
    }

    /// Waits until the call is over; says why.
    #[track_caller]
    pub(crate) fn released(&mut self, call: CallId) -> CauseValue {
        self.wait("Released", |event| match event {
            Event::Released { call: over, cause, .. } if *over == call => Some(cause.value),
            _ => None,
        })
    }

    #[track_caller]
    pub(crate) fn connected(&mut self, call: CallId) {
        self.wait("Connected", |event| match event {
            Event::Connected { call: of, .. } if *of == call => Some(()),
            Event::Released { call: of, cause, .. } if *of == call => panic!("released with {cause:?} before it was connected"),
            _ => None,
        });
    }

    /// Whether such an event has come.
    pub(crate) fn any(&mut self, wanted: impl Fn(&Event) -> bool) -> bool {
        self.passed.extend(self.events.try_iter());
        self.passed.iter().any(wanted)
    }

    /// Names of the events of a call so far, without those of the link.
    pub(crate) fn passed(&self, call: CallId) -> Vec<&'static str> {
        self.passed.iter().filter_map(|event| name(event, call)).collect()
    }

    pub(crate) fn look(&self) -> Look {
        let (reply, answer) = channel();
        self.commands.send(Command::Look(reply)).unwrap();
        answer.recv_timeout(PATIENCE).unwrap()
    }

    /// The interface once it holds no call (the last message may still be on its way), or after long patience as it is.
    pub(crate) fn look_when_idle(&self) -> Look {
        self.look_when(|look| (look.calls, look.channels_in_use) == (0, 0))
    }

    /// The interface once this holds, or after long patience as it is.
    pub(crate) fn look_when(&self, holds: impl Fn(&Look) -> bool) -> Look {
        let end = Instant::now() + PATIENCE;
        loop {
            let look = self.look();
            if holds(&look) || Instant::now() > end {
                return look;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Every frame so far, in words.
    pub(crate) fn ladder(&self) -> Vec<String> {
        self.ladder.lock().unwrap().clone()
    }
}

impl Drop for NearEnd {
    fn drop(&mut self) {
        let _ = self.commands.send(Command::Stop);
        let ended = self.thread.take().map(JoinHandle::join);
        if std::thread::panicking() {
            let ladder = self.ladder();
            let skipped = ladder.len().saturating_sub(100);
            eprintln!("ladder ({skipped} frames before):\n{}", ladder[skipped..].join("\n"));
        } else {
            ended.unwrap().unwrap();
        }
    }
}

fn info(framing: Framing) -> SpanInfo {
    match framing {
        Framing::E1 => SpanInfo::e1("near"),
        Framing::T1 => SpanInfo::t1("near"),
    }
}

fn name(event: &Event, wanted: CallId) -> Option<&'static str> {
    let (call, name) = match event {
        Event::LinkUp | Event::LinkDown | Event::DChannel { .. } | Event::ChannelService { .. } | Event::ChannelFreed { .. } => {
            return None;
        }
        Event::Setup { call, .. } => (call, "setup"),
        Event::NeedDigits { call, .. } => (call, "need digits"),
        Event::MoreDigits { call, .. } => (call, "more digits"),
        Event::Information { call, .. } => (call, "information"),
        Event::ChannelReady { call, .. } => (call, "channel ready"),
        Event::Proceeding { call, .. } => (call, "proceeding"),
        Event::Alerting { call, .. } => (call, "alerting"),
        Event::Progress { call, .. } => (call, "progress"),
        Event::Connected { call, .. } => (call, "connected"),
        Event::Established { call } => (call, "established"),
        Event::Notify { call, .. } => (call, "notify"),
        Event::Name { call, .. } => (call, "name"),
        Event::HoldRequested { call } => (call, "hold requested"),
        Event::Held { call, .. } => (call, "held"),
        Event::RetrieveRequested { call, .. } => (call, "retrieve requested"),
        Event::Retrieved { call, .. } => (call, "retrieved"),
        Event::Clearing { call, .. } => (call, "clearing"),
        Event::Released { call, .. } => (call, "released"),
    };
    (*call == wanted).then_some(name)
}
