//! The near end of the span: `isdn::Interface` on a virtual span, run by a thread of the test.
//!
//! It answers calls by their number (201 answers, 202 is busy, 203 unallocated, 204 rings for ever, 205 answers and
//! clears after 20 ms; a number in pieces is asked for until it has three digits), lets the far end hold and retrieve them, sends back on every B-channel what it hears, and keeps the ladder, which is printed when the test fails.

use std::collections::BTreeMap;
use std::os::fd::AsFd;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use isdn::{CallId, Cause, CauseValue, ChannelState, Config, Connected, Event, Interface, Location, Refused, Setup, Side, Stats};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use tdm::virtual_span::{Clock, VirtualNetwork, VirtualUser};
use tdm::{BLOCK, Channel, MAX_FRAME, Mode, Span, SpanEvent, SpanInfo};

const PATIENCE: Duration = Duration::from_secs(20);
/// How long a call to 205 lasts.
const SHORT_CALL: Duration = Duration::from_millis(20);

/// Digits of a number that the near end knows.
const WHOLE: usize = 3;

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
    Hold(CallId),
    Retrieve(CallId),
    Block(u8),
    Unblock(u8),
    Restart(u8),
    Look(Sender<Look>),
    Stop,
}

/// The interface at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Look {
    pub(crate) stats: Stats,
    pub(crate) calls: usize,
    /// Channels that are not idle.
    pub(crate) channels_in_use: usize,
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
            Attach::Listen(path) => Box::new(VirtualNetwork::listen(path, SpanInfo::e1("near"), Clock::LockStep).unwrap()),
            Attach::Connect(path) => Box::new(VirtualUser::connect(path, SpanInfo::e1("near")).unwrap()),
        };
        let ladder = Arc::new(Mutex::new(Vec::new()));
        let (commands, to_thread) = channel();
        let (from_thread, events) = channel();
        let driver = Driver::new(config, span, from_thread, Arc::clone(&ladder));
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
    pub(crate) fn set_blocked(&self, slot: u8, blocked: bool) {
        self.commands.send(if blocked { Command::Block(slot) } else { Command::Unblock(slot) }).unwrap();
    }

    /// Restarts a channel.
    pub(crate) fn restart(&self, slot: u8) {
        self.commands.send(Command::Restart(slot)).unwrap();
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
        let end = Instant::now() + PATIENCE;
        loop {
            let look = self.look();
            if (look.calls, look.channels_in_use) == (0, 0) || Instant::now() > end {
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

/// What the thread owns.
struct Driver {
    side: Side,
    interface: Interface,
    span: Box<dyn Span>,
    d_channel: Box<dyn Channel>,
    b_channels: BTreeMap<CallId, Box<dyn Channel>>,
    /// Calls to clear so long after they are established: no sooner, since CONNECT ACKNOWLEDGE would cross DISCONNECT.
    short_calls: Vec<CallId>,
    due: Vec<(Instant, CallId)>,
    /// Called numbers that are not whole.
    dialled: BTreeMap<CallId, String>,
    events: Sender<Event>,
    ladder: Arc<Mutex<Vec<String>>>,
    began: Instant,
}

impl Driver {
    fn new(config: Config, mut span: Box<dyn Span>, events: Sender<Event>, ladder: Arc<Mutex<Vec<String>>>) -> Self {
        let d_channel = span.open(16, Mode::Hdlc).unwrap();
        let side = config.side;
        let mut interface = Interface::new(config);
        let began = Instant::now();
        interface.handle_layer1(began, false);
        interface.start(began);
        let (b_channels, dialled, short_calls, due) = (BTreeMap::new(), BTreeMap::new(), Vec::new(), Vec::new());
        Self { side, interface, span, d_channel, b_channels, short_calls, due, dialled, events, ladder, began }
    }

    fn run(mut self, commands: &Receiver<Command>) {
        loop {
            let now = Instant::now();
            while let Ok(command) = commands.try_recv() {
                match command {
                    Command::Setup(setup, reply) => reply.send(self.interface.setup(now, *setup)).unwrap(),
                    Command::Digits(call, digits, complete) => self.interface.more_digits(now, call, &digits, complete),
                    Command::Clear(call, cause) => self.clear(now, call, cause),
                    Command::Hold(call) => self.interface.hold(now, call),
                    Command::Retrieve(call) => self.interface.retrieve(now, call),
                    Command::Block(slot) => self.interface.block(now, slot).unwrap(),
                    Command::Unblock(slot) => self.interface.unblock(now, slot),
                    Command::Restart(slot) => self.interface.restart(now, &[slot.into()]),
                    Command::Look(reply) => reply.send(self.look()).unwrap(),
                    Command::Stop => return,
                }
            }
            self.span.service().unwrap();
            while let Some(event) = self.span.poll_event() {
                if let SpanEvent::AlarmsChanged { alarms } = event {
                    self.note(format!("alarms {alarms}"));
                    self.interface.handle_layer1(now, !alarms.is_down());
                }
            }
            self.receive_frames(now);
            self.interface.handle_timeout(now);
            for (_, call) in self.due.extract_if(.., |(at, _)| *at <= now).collect::<Vec<_>>() {
                self.clear(now, call, CauseValue::NORMAL_CLEARING);
            }
            self.take_events(now);
            self.send_frames();
            self.echo_audio();
            self.sleep();
        }
    }

    fn look(&self) -> Look {
        let in_use = self.interface.channels().iter().filter(|channel| channel.state != ChannelState::Idle);
        Look { stats: self.interface.stats(), calls: self.interface.calls().count(), channels_in_use: in_use.count() }
    }

    fn note(&self, line: String) {
        self.ladder.lock().unwrap().push(format!("{:8.3} {line}", self.began.elapsed().as_secs_f64()));
    }

    fn receive_frames(&mut self, now: Instant) {
        let mut buffer = [0; MAX_FRAME];
        while let Ok(length) = self.d_channel.read(&mut buffer) {
            self.note(format!("libpri > near  {}", isdn::decode::describe(&buffer[..length])));
            self.interface.handle_frame(now, &buffer[..length]);
        }
    }

    fn send_frames(&mut self) {
        while let Some(frame) = self.interface.poll_transmit() {
            let sent = self.d_channel.write(&frame);
            let lost = if sent.is_err() { " LOST" } else { "" };
            self.note(format!("near > libpri  {}{lost}", isdn::decode::describe(&frame)));
        }
    }

    fn clear(&mut self, now: Instant, call: CallId, cause: CauseValue) {
        let location = if self.side == Side::User { Location::User } else { Location::PublicLocal };
        self.interface.clear(now, call, Cause::new(cause, location));
    }

    fn take_events(&mut self, now: Instant) {
        while let Some(event) = self.interface.poll_event() {
            match &event {
                Event::Setup { call, setup, .. } if setup.sending_complete => {
                    self.answer(now, *call, &setup.called.digits.clone())
                }
                Event::Setup { call, setup, .. } => {
                    self.interface.need_digits(now, *call, Vec::new());
                    self.dialled.insert(*call, setup.called.digits.clone());
                    self.dialled_more(now, *call, "", false);
                }
                Event::MoreDigits { call, digits, complete } => self.dialled_more(now, *call, &digits.clone(), *complete),
                Event::ChannelReady { call, channel } | Event::Retrieved { call, result: Ok(channel) } => {
                    self.open_channel(*call, channel.slot);
                }
                Event::HoldRequested { call } => {
                    self.b_channels.remove(call);
                    self.interface.accept_hold(now, *call);
                }
                Event::Held { call, result: Ok(()) } => drop(self.b_channels.remove(call)),
                Event::RetrieveRequested { call, channel } => {
                    self.interface.accept_retrieve(now, *call);
                    self.open_channel(*call, channel.slot);
                }
                Event::Established { call } if self.short_calls.contains(call) => self.due.push((now + SHORT_CALL, *call)),
                Event::Clearing { call, .. } => self.clear(now, *call, CauseValue::NORMAL_CLEARING),
                Event::Released { call, .. } => drop(self.b_channels.remove(call)),
                Event::LinkUp
                | Event::LinkDown
                | Event::DChannel { .. }
                | Event::ChannelService { .. }
                | Event::Name { .. }
                | Event::ChannelFreed { .. }
                | Event::Held { result: Err(_), .. }
                | Event::Retrieved { result: Err(_), .. }
                | Event::NeedDigits { .. }
                | Event::Information { .. }
                | Event::Proceeding { .. }
                | Event::Alerting { .. }
                | Event::Progress { .. }
                | Event::Connected { .. }
                | Event::Established { .. }
                | Event::Notify { .. } => {}
            }
            self.events.send(event).unwrap();
        }
    }

    fn open_channel(&mut self, call: CallId, slot: u8) {
        self.b_channels.remove(&call);
        let mut opened = self.span.open(slot, Mode::Audio).unwrap();
        opened.write(&[0xd5; BLOCK]).unwrap();
        self.b_channels.insert(call, opened);
    }

    fn dialled_more(&mut self, now: Instant, call: CallId, digits: &str, complete: bool) {
        let Some(number) = self.dialled.get_mut(&call) else { return };
        number.push_str(digits);
        if complete || number.len() >= WHOLE {
            let number = self.dialled.remove(&call).unwrap();
            self.answer(now, call, &number);
        }
    }

    fn answer(&mut self, now: Instant, call: CallId, called: &str) {
        match called {
            "202" => self.clear(now, call, CauseValue::USER_BUSY),
            "201" | "204" | "205" => {
                self.interface.proceeding(now, call, Vec::new());
                self.interface.alerting(now, call, Vec::new());
                if called == "205" {
                    self.short_calls.push(call);
                }
                if called != "204" {
                    self.interface.connect(now, call, Connected::default());
                }
            }
            _ => self.clear(now, call, CauseValue(1)),
        }
    }

    fn echo_audio(&mut self) {
        let mut block = [0; BLOCK];
        for channel in self.b_channels.values_mut() {
            while channel.read(&mut block).is_ok() {
                let _ = channel.write(&block);
            }
        }
    }

    fn sleep(&self) {
        let Some(fd) = self.span.poll_fd() else { return };
        let mut fds = [PollFd::new(fd.as_fd(), PollFlags::POLLIN)];
        poll(&mut fds, PollTimeout::from(5_u8)).unwrap();
    }
}
