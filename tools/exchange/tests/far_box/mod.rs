//! The other end of the exchange's span: user side of the D-channel, audio that is returned or kept. Lock step, one thread.
#![allow(dead_code, reason = "each test file uses its part")]
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use exchange::{Exchange, Report, Settings, Time};
use isdn::{CallId, Cause, CauseValue, Config, Connected, Event, Framing, Interface, Location, Number, Setup, Side};
use tdm::virtual_span::{Clock, VirtualNetwork, VirtualUser, pair};
use tdm::{BLOCK, Channel, Error, MAX_FRAME, Mode, Span, SpanInfo, SpanKind};

/// What the box does with a call that it gets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Answer {
    /// Rings and answers at once.
    Connect,
    /// Rings only.
    Ring,
    /// Answers without ringing first.
    ConnectAtOnce,
    /// Refuses.
    Refuse(CauseValue),
}

/// What the box does with audio.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Audio {
    Echo,
    Silence,
    /// Each channel is given what was heard on the next one: crossed lines.
    Crossed,
    /// Blocks filled with 0, 1, 2 and so on.
    Counting,
}

pub(crate) struct FarBox {
    pub(crate) span: VirtualUser,
    d_channel: Box<dyn Channel>,
    pub(crate) interface: Interface,
    pub(crate) answer: Answer,
    pub(crate) audio: Audio,
    pub(crate) heard: BTreeMap<u8, Vec<u8>>,
    channels: BTreeMap<u8, Box<dyn Channel>>,
    pub(crate) events: Vec<Event>,
    origin: Instant,
    blocks: u64,
    counted: u8,
}

impl FarBox {
    pub(crate) fn new(mut span: VirtualUser) -> Self {
        let framing = if span.info().kind == SpanKind::T1 { Framing::T1 } else { Framing::E1 };
        let d_channel = span.open(framing.d_channel(), Mode::Hdlc).unwrap();
        let origin = Instant::now();
        let mut interface = Interface::new(Config::new("box", Side::User, framing));
        interface.start(origin);
        Self {
            span,
            d_channel,
            interface,
            answer: Answer::Connect,
            audio: Audio::Echo,
            heard: BTreeMap::new(),
            channels: BTreeMap::new(),
            events: Vec::new(),
            origin,
            blocks: 0,
            counted: 0,
        }
    }

    pub(crate) fn now(&self) -> Instant {
        self.origin + Duration::from_millis(10 * self.blocks)
    }

    pub(crate) fn service(&mut self) {
        self.blocks += u64::from(self.span.service().unwrap().blocks);
        let now = self.now();
        while let Some(event) = self.span.poll_event() {
            if let tdm::SpanEvent::AlarmsChanged { alarms } = event {
                self.interface.handle_layer1(now, !alarms.is_down());
            }
        }
        let mut frame = [0; MAX_FRAME];
        while let Ok(length) = self.d_channel.read(&mut frame) {
            self.interface.handle_frame(now, &frame[..length]);
        }
        self.interface.handle_timeout(now);
        self.serve_audio();
        self.settle();
    }

    /// All that came: in real time several blocks may have.
    fn serve_audio(&mut self) {
        while self.serve_blocks() {}
    }

    /// One block on each channel that has one; whether there was any.
    fn serve_blocks(&mut self) -> bool {
        let mut blocks = BTreeMap::new();
        for (slot, channel) in &mut self.channels {
            let mut block = [0; BLOCK];
            match channel.read(&mut block) {
                Ok(_) => {
                    self.heard.entry(*slot).or_default().extend(block);
                    blocks.insert(*slot, block);
                }
                Err(Error::WouldBlock) => {}
                Err(error) => panic!("{error}"),
            }
        }
        let heard: Vec<[u8; BLOCK]> = blocks.values().copied().collect();
        for (at, slot) in blocks.keys().enumerate() {
            let block = match self.audio {
                Audio::Echo => heard[at],
                Audio::Silence => [0xd5; BLOCK],
                Audio::Counting => [self.counted; BLOCK],
                Audio::Crossed => heard[(at + 1) % heard.len()],
            };
            match self.channels.get_mut(slot).unwrap().write(&block) {
                // Full only in real time, after a stall.
                Ok(_) | Err(Error::WouldBlock) => {}
                Err(error) => panic!("{error}"),
            }
        }
        if self.audio == Audio::Counting && !blocks.is_empty() {
            self.counted = self.counted.wrapping_add(1);
        }
        !blocks.is_empty()
    }

    pub(crate) fn settle(&mut self) {
        let now = self.now();
        while let Some(event) = self.interface.poll_event() {
            self.handle(now, &event);
            self.events.push(event);
        }
        while let Some(frame) = self.interface.poll_transmit() {
            self.d_channel.write(&frame).unwrap();
        }
    }

    fn handle(&mut self, now: Instant, event: &Event) {
        match event {
            Event::Setup { call, .. } => {
                if let Answer::Refuse(cause) = self.answer {
                    self.interface.clear(now, *call, Cause::new(cause, Location::User));
                    return;
                }
                self.interface.proceeding(now, *call, Vec::new());
                if self.answer != Answer::ConnectAtOnce {
                    self.interface.alerting(now, *call, Vec::new());
                }
                if self.answer != Answer::Ring {
                    self.interface.connect(now, *call, Connected::default());
                }
            }
            Event::ChannelReady { channel, .. } => {
                let opened = self.span.open(channel.slot, Mode::Audio).unwrap();
                self.channels.insert(channel.slot, opened);
            }
            Event::Clearing { call, cause, .. } => self.interface.clear(now, *call, cause.clone()),
            Event::Released { channel: Some(channel), .. } => drop(self.channels.remove(&channel.slot)),
            _ => {}
        }
    }
}

pub(crate) struct Bench {
    pub(crate) exchange: Exchange<VirtualNetwork>,
    pub(crate) far: FarBox,
    pub(crate) reports: Vec<Report>,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self::with(Settings::default())
    }

    pub(crate) fn with(settings: Settings) -> Self {
        Self::on(SpanInfo::e1("span1"), settings)
    }

    pub(crate) fn on(info: SpanInfo, settings: Settings) -> Self {
        let (network, user) = pair(info, Clock::LockStep).unwrap();
        let exchange = Exchange::new(network, Settings { time: Time::OfSpan, ..settings }).unwrap();
        let mut bench = Self { exchange, far: FarBox::new(user), reports: Vec::new() };
        bench.run_until(|bench| bench.exchange.link_up() && bench.far.interface.link_up());
        bench
    }

    /// One tick of 10 ms.
    pub(crate) fn tick(&mut self) {
        self.exchange.service().unwrap();
        self.far.service();
        self.exchange.service().unwrap();
        self.reports.extend(std::iter::from_fn(|| self.exchange.poll_report()));
    }

    /// A minute of the span's time at most.
    pub(crate) fn run_until(&mut self, mut done: impl FnMut(&Self) -> bool) {
        for _ in 0..6000 {
            if done(self) {
                return;
            }
            self.tick();
        }
        panic!("not within a minute: {:?}, far end {:?}", self.reports, self.far.events);
    }

    pub(crate) fn run_for(&mut self, ms: u64) {
        for _ in 0..ms / 10 {
            self.tick();
        }
    }

    /// The box calls a number.
    pub(crate) fn dial(&mut self, called: &str) -> CallId {
        let now = self.far.now();
        let call = self.far.interface.setup(now, Setup::speech(Number::new(called))).unwrap();
        self.far.settle();
        call
    }

    /// Names of the reports about calls, in order.
    pub(crate) fn names(&self) -> Vec<String> {
        let named = self.reports.iter().filter(|report| report.call().is_some());
        named.map(|report| serde_json::to_value(report).unwrap()["event"].as_str().unwrap().to_owned()).collect()
    }

    pub(crate) fn released(&self) -> Vec<exchange::report::Released> {
        let released = self
            .reports
            .iter()
            .filter_map(|report| if let Report::Released(released) = report { Some(released.clone()) } else { None });
        released.collect()
    }

    /// The cause that the box heard for its call.
    pub(crate) fn cause_heard(&self) -> Option<u8> {
        self.far
            .events
            .iter()
            .find_map(|event| if let Event::Released { cause, .. } = event { Some(cause.value.0) } else { None })
    }
}

/// A folder of this test, removed when dropped.
pub(crate) struct Folder(pub(crate) std::path::PathBuf);

impl Folder {
    pub(crate) fn new(test: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("exchange-{}-{test}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
