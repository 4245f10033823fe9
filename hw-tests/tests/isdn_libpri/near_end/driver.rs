//! The thread of the near end: moves frames and audio between the interface and its spans, and answers calls.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use isdn::{CallId, Cause, CauseValue, ChannelState, Config, Connected, Event, Interface, Location, Side};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use tdm::{BLOCK, Channel, MAX_FRAME, Mode, Span, SpanEvent};

use super::{Command, Look};

/// How long a call to 205 lasts.
const SHORT_CALL: Duration = Duration::from_millis(20);

/// Digits of a number that the near end knows.
const WHOLE: usize = 3;

/// A span, and its D-channel if it has one.
pub(super) struct NearSpan {
    interface: u8,
    span: Box<dyn Span>,
    has_d_channel: bool,
    d_channel: Option<Box<dyn Channel>>,
    /// The D-channel carries nothing.
    silent: bool,
}

impl NearSpan {
    pub(super) fn new(interface: u8, span: Box<dyn Span>, has_d_channel: bool) -> Self {
        Self { interface, span, has_d_channel, d_channel: None, silent: false }
    }

    fn open_d_channel(&mut self, slot: u8) {
        self.d_channel = self.has_d_channel.then(|| self.span.open(slot, Mode::Hdlc).unwrap());
    }
}

/// What the thread owns.
pub(super) struct Driver {
    side: Side,
    interface: Interface,
    spans: Vec<NearSpan>,
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
    pub(super) fn new(config: Config, mut spans: Vec<NearSpan>, events: Sender<Event>, ladder: Arc<Mutex<Vec<String>>>) -> Self {
        let (side, slot) = (config.side, config.framing.d_channel());
        let mut interface = Interface::new(config);
        let began = Instant::now();
        for span in &mut spans {
            span.open_d_channel(slot);
            interface.handle_layer1_on(began, span.interface, false);
        }
        interface.start(began);
        let (b_channels, dialled, short_calls, due) = (BTreeMap::new(), BTreeMap::new(), Vec::new(), Vec::new());
        Self { side, interface, spans, b_channels, short_calls, due, dialled, events, ladder, began }
    }

    pub(super) fn run(mut self, commands: &Receiver<Command>) {
        loop {
            let now = Instant::now();
            while let Ok(command) = commands.try_recv() {
                match command {
                    Command::Setup(setup, reply) => reply.send(self.interface.setup(now, *setup)).unwrap(),
                    Command::Digits(call, digits, complete) => self.interface.more_digits(now, call, &digits, complete),
                    Command::Clear(call, cause) => self.clear(now, call, cause),
                    Command::ClearSaying(call, cause, said) => self.interface.clear_saying(now, call, self.cause(cause), said),
                    Command::Hold(call) => self.interface.hold(now, call),
                    Command::Retrieve(call) => self.interface.retrieve(now, call),
                    Command::Block(channel) => self.interface.block(now, channel).unwrap(),
                    Command::Unblock(channel) => self.interface.unblock(now, channel),
                    Command::Restart(channel) => self.interface.restart(now, &[channel]),
                    Command::Silence(interface, silent) => self.span(interface).silent = silent,
                    Command::Look(reply) => reply.send(self.look()).unwrap(),
                    Command::Stop => return,
                }
            }
            self.service_spans(now);
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

    fn span(&mut self, interface: u8) -> &mut NearSpan {
        self.spans.iter_mut().find(|span| span.interface == interface).unwrap()
    }

    fn service_spans(&mut self, now: Instant) {
        let mut changes = Vec::new();
        for NearSpan { interface, span, .. } in &mut self.spans {
            span.service().unwrap();
            while let Some(event) = span.poll_event() {
                if let SpanEvent::AlarmsChanged { alarms } = event {
                    changes.push((*interface, alarms));
                }
            }
        }
        for (interface, alarms) in changes {
            self.note(interface, &format!("alarms {alarms}"));
            self.interface.handle_layer1_on(now, interface, !alarms.is_down());
        }
    }

    fn look(&self) -> Look {
        let in_use = self.interface.channels().iter().filter(|channel| channel.state != ChannelState::Idle);
        Look {
            stats: self.interface.stats(),
            calls: self.interface.calls().count(),
            channels_in_use: in_use.count(),
            channels: self.interface.calls().filter_map(|call| call.channel).collect(),
            d_channels: self.interface.d_channels().map(|status| status.state).collect(),
        }
    }

    /// A line of the ladder, in a group with the span.
    fn note(&self, interface: u8, line: &str) {
        let span = if self.spans.len() == 1 { String::new() } else { format!("{interface}: ") };
        self.ladder.lock().unwrap().push(format!("{:8.3} {span}{line}", self.began.elapsed().as_secs_f64()));
    }

    fn receive_frames(&mut self, now: Instant) {
        let mut buffer = [0; MAX_FRAME];
        let mut frames = Vec::new();
        for span in &mut self.spans {
            let Some(d_channel) = &mut span.d_channel else { continue };
            while let Ok(length) = d_channel.read(&mut buffer) {
                frames.extend((!span.silent).then(|| (span.interface, buffer[..length].to_vec())));
            }
        }
        for (interface, frame) in frames {
            self.note(interface, &format!("libpri > near  {}", isdn::decode::describe(&frame)));
            self.interface.handle_frame_on(now, interface, &frame);
        }
    }

    fn send_frames(&mut self) {
        let mut notes = Vec::new();
        for span in &mut self.spans {
            let Some(d_channel) = &mut span.d_channel else { continue };
            while let Some(frame) = self.interface.poll_transmit_on(span.interface) {
                let lost = if span.silent || d_channel.write(&frame).is_err() { " LOST" } else { "" };
                notes.push((span.interface, format!("near > libpri  {}{lost}", isdn::decode::describe(&frame))));
            }
        }
        for (interface, line) in notes {
            self.note(interface, &line);
        }
    }

    fn clear(&mut self, now: Instant, call: CallId, cause: CauseValue) {
        self.interface.clear(now, call, self.cause(cause));
    }

    fn cause(&self, value: CauseValue) -> Cause {
        let location = if self.side == Side::User { Location::User } else { Location::PublicLocal };
        Cause::new(value, location)
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
                    self.open_channel(*call, *channel);
                }
                Event::HoldRequested { call } => {
                    self.b_channels.remove(call);
                    self.interface.accept_hold(now, *call);
                }
                Event::Held { call, result: Ok(()) } => drop(self.b_channels.remove(call)),
                Event::RetrieveRequested { call, channel } => {
                    self.interface.accept_retrieve(now, *call);
                    self.open_channel(*call, *channel);
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

    fn open_channel(&mut self, call: CallId, channel: isdn::Channel) {
        self.b_channels.remove(&call);
        let mut opened = self.span(channel.interface).span.open(channel.slot, Mode::Audio).unwrap();
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
        let fds = self.spans.iter().filter_map(|span| span.span.poll_fd());
        let mut fds: Vec<PollFd<'_>> = fds.map(|fd| PollFd::new(fd, PollFlags::POLLIN)).collect();
        poll(&mut fds, PollTimeout::from(5_u8)).unwrap();
    }
}
