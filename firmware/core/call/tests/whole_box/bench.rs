//! The whole engine in virtual time between its far ends: an ISDN exchange, a SIP side, and media threads.
//!
//! `exchange` is the other end of span1, the network side. `phone` plays every SIP element: what the box sends to any
//! address arrives there, and the address that a call is made from is chosen by its flow. Media commands are answered as
//! [`Media`] says. [`Bench::story`] is what a snapshot keeps: the merged ladder, the media commands, the record.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use call::controller::WallClock;
use call::words::{CallId, MediaCommand, MediaQuality, MediaReport, SpanId};
use call::{Engine, Event, Held, Plan, Transmit};
use isdn::{Cause, CauseValue, Interface, Location, ProgressIndicator};
use model::api::{Alarms, CallRecord};
use model::settings::{self, Route, Settings};
use sansio::sim::{Disturbance, Link};
use sip::{Body, Endpoint, Flow, Invite, NameAddr, Transport, Uri};

use crate::far_side::far_side;
use crate::media_words::describe;

pub const BOX: &str = "192.0.2.1:5060";
pub const PHONE: &str = "192.0.2.2:5060";

/// In-band information is available: progress indicator 8 (Q.931 4.5.23).
pub const IN_BAND: ProgressIndicator = ProgressIndicator::new(ProgressIndicator::IN_BAND, Location::PublicLocal);

/// What the phone offers and answers: A-law first, telephone events, at 192.0.2.2 port 4000.
pub const PHONE_OFFER: &str = "v=0\r\no=- 7 1 IN IP4 192.0.2.2\r\ns=-\r\nc=IN IP4 192.0.2.2\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8 0 101\r\n\
                               a=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=ptime:20\r\n";

const CONFIGURATION: &str = r#"
[sip]
listen = ["udp:192.0.2.1:5060", "tcp:192.0.2.1:5060"]
ring_seconds = 20
[media]
address = "192.0.2.1"
first_port = 40000
last_port = 40199
[[span]]
name = "span1"
back_end.virtual.socket = "span1.sock"
[[peer]]
name = "phone"
address = "udp:192.0.2.2:5060"
telephone_event = true
[[route]]
from = "phone"
prefix = "1"
to = "span1"
[[route]]
from = "span1"
prefix = "2"
to = "phone"
"#;

/// How the media threads answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Media {
    /// Started and Closed.
    Works,
    /// Failed, and Closed.
    Fails,
    /// Not at all.
    Silent,
}

pub struct Bench {
    pub engine: Engine,
    pub exchange: Interface,
    pub phone: Endpoint,
    pub media: Media,
    /// What is done to each message of the exchange on its way to the box.
    pub alter: Option<fn(&mut isdn::q931::Message)>,
    /// Whether the exchange and the phone answer what ends a call by themselves.
    pub clears: bool,
    /// The exchange leaves its caller a tone that it is cleared with, until it is told otherwise.
    pub hears_tones: bool,
    /// Where datagrams vanish.
    pub silent: Vec<SocketAddr>,
    /// Where sending fails.
    pub unreachable: Vec<SocketAddr>,
    pub sip_to_box: Link<(Flow, Vec<u8>)>,
    pub sip_from_box: Link<(Flow, Vec<u8>)>,
    pub exchange_events: Vec<isdn::Event>,
    pub phone_events: Vec<sip::Event>,
    pub events: Vec<Event>,
    pub commands: Vec<MediaCommand>,
    pub records: Vec<CallRecord>,
    /// SIP messages that the box sent, oldest first.
    pub all_sent: Vec<String>,
    /// Connections that the box wants closed.
    pub closed: Vec<Flow>,
    /// Frames with the span that they are on; in a group its place is its interface identifier too.
    frames_to_box: Link<(SpanId, Vec<u8>)>,
    frames_from_box: Link<(SpanId, Vec<u8>)>,
    reports: Link<MediaReport>,
    /// Whether the line of each span carries anything.
    lines_up: Vec<bool>,
    journal: BTreeMap<CallId, Vec<String>>,
    now: Instant,
}

pub const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

pub const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub fn address(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

pub fn route(from: &str, prefix: &str, to: &str, strip: u8, add: &str) -> Route {
    Route { from: Some(from.into()), prefix: prefix.into(), to: to.into(), strip, add: add.into() }
}

/// The phone's flow to the box.
pub fn phone_flow() -> Flow {
    flow_from(PHONE)
}

pub fn flow_from(local: &str) -> Flow {
    Flow { transport: Transport::Udp, local: address(local), remote: address(BOX) }
}

/// The same path seen from its other end.
const fn reversed(flow: Flow) -> Flow {
    Flow { transport: flow.transport, local: flow.remote, remote: flow.local }
}

/// The `o=` line's version and the direction of each session description in `messages`.
pub fn descriptions(messages: &[&str]) -> Vec<(u64, String)> {
    let of = |message: &&str| {
        let version = message.lines().find(|line| line.starts_with("o="))?.split(' ').nth(2)?.parse().ok()?;
        let direction = ["sendrecv", "sendonly", "recvonly", "inactive"];
        let direction = direction.into_iter().find(|name| message.contains(&format!("a={name}")))?;
        Some((version, direction.to_owned()))
    };
    messages.iter().filter_map(of).collect()
}

pub fn sdp(text: &str) -> Option<Body> {
    Some(Body::sdp(text))
}

pub fn cause(value: u8) -> Cause {
    Cause::new(CauseValue(value), Location::PublicLocal)
}

impl Bench {
    /// Span up, one peer, calls to 1... go to the span and calls to 2... to the phone.
    pub fn new() -> Self {
        Self::with(|_| {})
    }

    /// The same with other settings.
    pub fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let mut bench = Self::dark(change);
        bench.line(true);
        for span in 1..bench.lines_up.len() {
            bench.line_of(span, true);
        }
        bench.run(ms(200));
        assert!(bench.exchange.link_up());
        bench
    }

    /// The settings that a bench has unless it changes them.
    pub fn settings() -> Settings {
        settings::read(CONFIGURATION).settings.unwrap()
    }

    /// The span has not reported yet.
    pub fn dark(change: impl FnOnce(&mut Settings)) -> Self {
        let now = Instant::now();
        let mut settings = Self::settings();
        change(&mut settings);
        let problems = settings::validate(&settings);
        // A span that a test adds may be of a kind that is only watched: that is a warning about it.
        let of_added = |problem: &settings::Problem| problem.path.starts_with("span[1]");
        let allowed = |problem: &settings::Problem| problem.severity == settings::Severity::Warning && of_added(problem);
        assert!(problems.iter().all(allowed), "{problems:?}");
        let clock = WallClock { instant: now, unix_ms: 0 };
        let mut far_side = far_side(&settings);
        let lines = far_side.nfas.as_ref().map_or(1, |nfas| nfas.spans.len() + 1);
        // The default of 10 s (Q.931 table 9-1) would end each slow call before what is tested here does.
        far_side.timers.set(isdn::q931::Timer::T310, seconds(120));
        let mut bench = Self {
            engine: Engine::new(Plan { settings, clock, first_call: 1, out_at_far_end: Vec::new(), seed: [1; 32] }),
            exchange: Interface::new(far_side),
            phone: Endpoint::new(sip::Config { user_agent: String::new(), ..sip::Config::new([2; 32]) }),
            media: Media::Works,
            alter: None,
            clears: true,
            hears_tones: false,
            silent: Vec::new(),
            unreachable: Vec::new(),
            sip_to_box: Link::new(Disturbance::default(), 3),
            sip_from_box: Link::new(Disturbance::default(), 4),
            exchange_events: Vec::new(),
            phone_events: Vec::new(),
            events: Vec::new(),
            commands: Vec::new(),
            records: Vec::new(),
            all_sent: Vec::new(),
            closed: Vec::new(),
            frames_to_box: Link::new(Disturbance::default(), 5),
            frames_from_box: Link::new(Disturbance::default(), 6),
            reports: Link::new(Disturbance { delay: ms(2), ..Disturbance::default() }, 7),
            lines_up: vec![false; lines],
            journal: BTreeMap::new(),
            now,
        };
        for interface in 0..bench.lines_up.len() {
            bench.exchange.handle_layer1_on(now, u8::try_from(interface).unwrap(), false);
        }
        bench.exchange.start(now);
        bench.engine.start(now);
        bench.drain();
        bench
    }

    /// The box ends without a word and begins anew, told what it would have kept.
    pub fn restart_box(&mut self, settings: Settings, out_at_far_end: Vec<(String, Vec<u8>)>) {
        let clock = WallClock { instant: self.now, unix_ms: 0 };
        self.engine = Engine::new(Plan { settings, clock, first_call: 100, out_at_far_end, seed: [3; 32] });
        self.engine.start(self.now);
        for span in 0..self.lines_up.len() {
            self.line_of(span, false);
            self.line_of(span, true);
        }
        self.run(seconds(3));
    }

    pub const fn now(&self) -> Instant {
        self.now
    }

    /// The span's line goes down with a red alarm, or comes back.
    pub fn line(&mut self, up: bool) {
        self.line_of(0, up);
    }

    /// The same of a span of a group. When it goes down, what is on its way anywhere is lost.
    pub fn line_of(&mut self, span: usize, up: bool) {
        self.lines_up[span] = up;
        if !up {
            self.frames_to_box.clear();
            self.frames_from_box.clear();
        }
        let alarms = Alarms(if up { vec![] } else { vec!["RED".into()] });
        self.exchange.handle_layer1_on(self.now, u8::try_from(span).unwrap(), up);
        self.engine.handle_line(self.now, SpanId(span), alarms, !up);
        self.drain();
    }

    /// Runs `act`, then 100 ms.
    pub fn at_exchange<T>(&mut self, act: impl FnOnce(&mut Interface, Instant) -> T) -> T {
        let result = act(&mut self.exchange, self.now);
        self.run(ms(100));
        result
    }

    /// Runs `act`, then 100 ms.
    pub fn at_phone<T>(&mut self, act: impl FnOnce(&mut Endpoint, Instant) -> T) -> T {
        let result = act(&mut self.phone, self.now);
        self.run(ms(100));
        result
    }

    /// Runs `act`, then 100 ms.
    pub fn at_box<T>(&mut self, act: impl FnOnce(&mut Engine, Instant) -> T) -> T {
        let result = act(&mut self.engine, self.now);
        self.run(ms(100));
        result
    }

    pub fn phone_invite(number: &str) -> Invite {
        Invite {
            flow: phone_flow(),
            request_uri: Uri::sip_at(Some(number), address(BOX)),
            from: NameAddr::new(Uri::sip_at(Some("200"), address(PHONE))),
            to: NameAddr::new(Uri::sip_at(Some(number), address(BOX))),
            headers: vec![],
            body: sdp(PHONE_OFFER),
        }
    }

    pub fn phone_calls(&mut self, number: &str) -> sip::CallId {
        self.at_phone(|phone, now| phone.invite(now, Self::phone_invite(number)))
    }

    pub fn exchange_calls(&mut self, number: &str) -> isdn::CallId {
        let calling = isdn::CallingNumber { number: isdn::Number::new("5550100"), ..isdn::CallingNumber::default() };
        let setup = isdn::Setup { calling: Some(calling), ..isdn::Setup::speech(isdn::Number::new(number)) };
        self.at_exchange(|exchange, now| exchange.setup(now, setup)).unwrap()
    }

    /// The call that came to the exchange last.
    pub fn offered_to_exchange(&self) -> isdn::CallId {
        self.setup_at_exchange().0
    }

    pub fn setup_at_exchange(&self) -> (isdn::CallId, isdn::Setup) {
        let of = |event: &isdn::Event| match event {
            isdn::Event::Setup { call, setup, .. } => Some((*call, (**setup).clone())),
            _ => None,
        };
        self.exchange_events.iter().rev().find_map(of).expect("no SETUP came to the exchange")
    }

    /// The call that came to the phone last.
    pub fn offered_to_phone(&self) -> sip::CallId {
        self.invite_at_phone().0
    }

    pub fn invite_at_phone(&self) -> (sip::CallId, sip::Request) {
        let of = |event: &sip::Event| match event {
            sip::Event::Incoming { call, request, .. } => Some((*call, (**request).clone())),
            _ => None,
        };
        self.phone_events.iter().rev().find_map(of).expect("no INVITE came to the phone")
    }

    /// How the phone's own call was refused: status, and cause of the Reason header.
    pub fn refused_at_phone(&self) -> Option<(u16, Option<u8>)> {
        let of = |event: &sip::Event| match event {
            sip::Event::Rejected { status, response, .. } => {
                Some((*status, response.as_ref().and_then(|response| response.headers.reason_q850())))
            }
            _ => None,
        };
        self.phone_events.iter().rev().find_map(of)
    }

    /// Whether the phone's own call was answered.
    pub fn answered_at_phone(&self) -> bool {
        self.phone_events.iter().any(|event| matches!(event, sip::Event::Answered { .. }))
    }

    /// Whether the exchange's own call was answered.
    pub fn answered_at_exchange(&self) -> bool {
        self.exchange_events.iter().any(|event| matches!(event, isdn::Event::Connected { .. }))
    }

    /// Cause of the last clearing that the exchange heard of.
    pub fn cleared_at_exchange(&self) -> Option<u8> {
        let of = |event: &isdn::Event| match event {
            isdn::Event::Clearing { cause, .. } | isdn::Event::Released { cause, by: isdn::Who::Peer, .. } => Some(cause.value.0),
            _ => None,
        };
        self.exchange_events.iter().rev().find_map(of)
    }

    /// The phone calls 100 at the exchange, which rings.
    pub fn ringing_from_phone(&mut self) -> (sip::CallId, isdn::CallId) {
        let near = self.phone_calls("100");
        let far = self.offered_to_exchange();
        self.at_exchange(|exchange, now| {
            exchange.proceeding(now, far, vec![]);
            exchange.alerting(now, far, vec![]);
        });
        (near, far)
    }

    pub fn answered_from_phone(&mut self) -> (sip::CallId, isdn::CallId) {
        let (near, far) = self.ringing_from_phone();
        self.at_exchange(|exchange, now| exchange.connect(now, far, isdn::Connected::default()));
        assert!(self.answered_at_phone());
        (near, far)
    }

    /// The exchange calls 200 at the phone, which rings.
    pub fn ringing_from_exchange(&mut self) -> (isdn::CallId, sip::CallId) {
        let near = self.exchange_calls("200");
        let far = self.offered_to_phone();
        self.at_phone(|phone, now| phone.provisional(now, far, 180, &[], None));
        (near, far)
    }

    pub fn answered_from_exchange(&mut self) -> (isdn::CallId, sip::CallId) {
        let (near, far) = self.ringing_from_exchange();
        self.at_phone(|phone, now| phone.accept(now, far, &[], sdp(PHONE_OFFER)));
        assert!(self.answered_at_exchange());
        (near, far)
    }

    /// Runs for `span`; the clock then stands at the end of it.
    pub fn run(&mut self, span: Duration) {
        let end = self.now + span;
        self.drain();
        while let Some(wake) = self.next_wake().filter(|wake| *wake <= end) {
            self.now = self.now.max(wake);
            self.step();
        }
        self.now = end;
    }

    fn next_wake(&self) -> Option<Instant> {
        let links = [self.frames_to_box.next_arrival(), self.frames_from_box.next_arrival(), self.reports.next_arrival()];
        let sip = [self.sip_to_box.next_arrival(), self.sip_from_box.next_arrival()];
        let machines = [self.engine.poll_timeout(), self.exchange.poll_timeout(), self.phone.poll_timeout()];
        links.into_iter().chain(sip).chain(machines).flatten().min()
    }

    fn step(&mut self) {
        let now = self.now;
        while let Some((span, frame)) = self.frames_to_box.receive(now) {
            self.engine.handle_frame(now, span, &frame);
            self.drain();
        }
        while let Some((span, frame)) = self.frames_from_box.receive(now) {
            self.exchange.handle_frame_on(now, u8::try_from(span.0).unwrap(), &frame);
            self.drain();
        }
        while let Some((flow, bytes)) = self.sip_to_box.receive(now) {
            match flow.transport {
                Transport::Udp => self.engine.handle_datagram(now, reversed(flow), &bytes),
                Transport::Tcp => self.engine.handle_stream(now, reversed(flow), &bytes),
            }
            self.drain();
        }
        while let Some((flow, bytes)) = self.sip_from_box.receive(now) {
            match flow.transport {
                Transport::Udp => self.phone.handle_datagram(now, reversed(flow), &bytes),
                Transport::Tcp => self.phone.handle_stream(now, reversed(flow), &bytes),
            }
            self.drain();
        }
        while let Some(report) = self.reports.receive(now) {
            self.engine.handle_media(now, report);
            self.drain();
        }
        self.engine.handle_timeout(now);
        self.exchange.handle_timeout(now);
        self.phone.handle_timeout(now);
        self.drain();
    }

    /// Carries what everybody wants to send, and collects what they tell.
    pub fn drain(&mut self) {
        loop {
            let mut quiet = true;
            while let Some(event) = self.engine.poll_event() {
                quiet = false;
                self.keep(event);
            }
            while let Some(transmit) = self.engine.poll_transmit() {
                quiet = false;
                self.carry(transmit);
            }
            for span in 0..self.lines_up.len() {
                while let Some(frame) = self.exchange.poll_transmit_on(u8::try_from(span).unwrap()) {
                    quiet = false;
                    let frame = self.altered(frame);
                    let _ = self.lines_up[span] && self.frames_to_box.send(self.now, (SpanId(span), frame));
                }
            }
            while let Some(transmit) = self.phone.poll_transmit() {
                quiet = false;
                self.sip_to_box.send(self.now, (transmit.flow, transmit.bytes));
            }
            while let Some(event) = self.exchange.poll_event() {
                quiet = false;
                self.exchange_says(event);
            }
            while let Some(event) = self.phone.poll_event() {
                quiet = false;
                self.phone_events.push(event);
            }
            if quiet {
                return;
            }
        }
    }

    /// A frame of the exchange as the box gets it: behind two octets of address and two of control.
    fn altered(&self, mut frame: Vec<u8>) -> Vec<u8> {
        let message = frame.get(4..).and_then(|octets| isdn::q931::Message::parse(octets).ok());
        if let (Some(alter), Some(mut message)) = (self.alter, message) {
            alter(&mut message);
            frame.truncate(4);
            frame.extend(message.emit());
        }
        frame
    }

    fn exchange_says(&mut self, event: isdn::Event) {
        if let isdn::Event::Clearing { call, cause, in_band, .. } = &event
            && self.clears
            && !(*in_band && self.hears_tones)
        {
            self.exchange.clear(self.now, *call, cause.clone());
        }
        self.exchange_events.push(event);
    }

    fn carry(&mut self, transmit: Transmit) {
        match transmit {
            Transmit::Frame { span, frame } => {
                let _ = self.lines_up[span.0] && self.frames_from_box.send(self.now, (span, frame));
            }
            Transmit::Sip { flow, bytes } => {
                self.all_sent.push(String::from_utf8_lossy(&bytes).into_owned());
                if self.unreachable.contains(&flow.remote) {
                    self.engine.handle_send_failed(self.now, flow, "connection refused");
                } else if !self.silent.contains(&flow.remote) {
                    self.sip_from_box.send(self.now, (flow, bytes));
                }
            }
            Transmit::CloseStream { flow } => self.closed.push(flow),
            Transmit::Media(command) => self.media(command),
        }
    }

    fn media(&mut self, command: MediaCommand) {
        let (call, text) = describe(&command);
        self.journal.entry(call).or_default().push(format!("        media    box > threads  {text}"));
        self.commands.push(command.clone());
        let quality = MediaQuality { packets_sent: 50, packets_received: 49, lost: 1, malformed: 2, ..MediaQuality::default() };
        let report = match (command, self.media) {
            (
                MediaCommand::Redirect { .. }
                | MediaCommand::Hold { .. }
                | MediaCommand::Digits { .. }
                | MediaCommand::Tone { .. },
                _,
            )
            | (_, Media::Silent) => return,
            (MediaCommand::Retrieve { .. }, Media::Works) => return,
            (MediaCommand::Connect { .. }, Media::Works) => MediaReport::Started { call },
            (MediaCommand::Connect { .. } | MediaCommand::Retrieve { .. }, Media::Fails) => {
                MediaReport::Failed { call, reason: "port 40000 is taken".into() }
            }
            (MediaCommand::Disconnect { .. }, Media::Works) => MediaReport::Closed { call, quality: Some(quality) },
            (MediaCommand::Disconnect { .. }, Media::Fails) => MediaReport::Closed { call, quality: None },
        };
        self.reports.send(self.now, report);
    }

    fn keep(&mut self, event: Event) {
        match &event {
            Event::Ladder { call, line } => self.journal.entry(*call).or_default().push(line.to_string()),
            Event::Ended(record) => self.records.push((**record).clone()),
            Event::Changed(_) | Event::SipMessage { .. } | Event::DFrame { .. } | Event::Span(_) | Event::Peer(_) => {}
        }
        self.events.push(event);
    }

    /// The ladder of a call, its media commands and its record.
    pub fn story(&self, call: u64) -> String {
        let mut story = self.journal.get(&CallId(call)).map(|lines| lines.join("\n")).unwrap_or_default();
        for record in self.records.iter().filter(|record| record.id == call) {
            let answered = record.answered_at.map_or("not answered", |_| "answered");
            let delay = record.post_dial_delay_ms.map_or_else(String::new, |delay| format!(", first sign after {delay} ms"));
            let status = record.sip_status.map_or_else(String::new, |status| format!(", status {status}"));
            let _ = write!(
                story,
                "\nrecord: {} > {}, {answered}{delay}, cause {}{status} by {:?}: {}",
                record.calling, record.called, record.cause, record.ended_by, record.reason
            );
        }
        story
    }

    /// SIP messages of the box that begin with `start`.
    pub fn sent(&self, start: &str) -> Vec<&str> {
        self.all_sent.iter().map(String::as_str).filter(|message| message.starts_with(start)).collect()
    }

    /// Lines of a call's ladder that contain `text`.
    pub fn lines(&self, call: u64, text: &str) -> usize {
        self.journal.get(&CallId(call)).map_or(0, |lines| lines.iter().filter(|line| line.contains(text)).count())
    }

    /// The record of the only call so far.
    pub fn record(&self) -> &CallRecord {
        assert_eq!(self.records.len(), 1, "{:?}", self.records);
        &self.records[0]
    }

    /// Nothing is left of any call, at any end, once repeats and timers have had their time.
    pub fn assert_idle(&mut self) {
        self.run(seconds(150));
        assert_eq!(self.engine.held(), Held::default());
        assert_eq!(self.exchange.calls().count(), 0, "calls at the exchange");
        assert_eq!(self.phone.stats().calls, 0, "calls at the phone");
        let counters = self.engine.counters();
        assert_eq!(counters.calls, counters.ended);
        let mut ended: Vec<u64> = self.records.iter().map(|record| record.id).collect();
        ended.sort_unstable();
        assert_eq!(ended, (1..=counters.calls).collect::<Vec<_>>(), "one record a call");
    }
}
