//! The engine task: the one owner of all call state. Inputs come by one bounded queue, outputs go out at once.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use call::controller::WallClock;
use call::words::{CallId, MediaReport, SpanId};
use call::{Engine, Event, LineReport, Plan, Transmit};
use model::api::{self, LadderLine};
use model::settings;
use sip::{Flow, Transport};
use tdm::Counters;
use tokio::sync::{broadcast, mpsc, oneshot};

use crate::capture::{Capture, Packet};
use crate::ladder::Ladders;
use crate::media::{Command, Media, Report};
use crate::net::{Net, Outbox};
use crate::options::Configuration;
use crate::recorder::Recorders;
use crate::store::{QualityStore, Store};

/// Inputs that may wait.
const QUEUE: usize = 4_096;
/// How often counters are published, if they changed.
const COUNTERS: Duration = Duration::from_secs(1);

/// What the engine task is given.
pub(crate) enum Input {
    /// A UDP datagram.
    Datagram { flow: Flow, bytes: Vec<u8> },
    /// Bytes of a TCP connection.
    Stream { flow: Flow, bytes: Vec<u8> },
    /// A peer connected.
    Connected { flow: Flow, outbox: Outbox },
    /// A connection ended.
    Closed { flow: Flow },
    /// Something could not be sent.
    SendFailed { flow: Flow, why: String },
    /// From the media threads.
    Media(Report),
    /// Whether a span could be taken into use.
    SpanState { span: SpanId, state: api::SpanState },
    /// What was read of a span away from the media thread.
    SpanDetails { span: SpanId, clock: Option<api::ClockStatus>, maintenance: api::Maintenance },
    /// A question or a command of the control API.
    Ask(Box<dyn FnOnce(&mut EngineTask) + Send>),
}

/// The sending end of the engine's queue.
#[derive(Debug, Clone)]
pub(crate) struct Inputs {
    queue: mpsc::Sender<Input>,
    lost: Arc<AtomicU64>,
}

/// Makes the queue.
pub(crate) fn inputs() -> (Inputs, mpsc::Receiver<Input>) {
    let (queue, receiver) = mpsc::channel(QUEUE);
    (Inputs { queue, lost: Arc::default() }, receiver)
}

impl Inputs {
    /// Waits for room; false when the engine is gone. For tasks.
    pub(crate) async fn send(&self, input: Input) -> bool {
        self.queue.send(input).await.is_ok()
    }

    /// Never waits: what does not fit is lost and counted. For media threads.
    pub(crate) fn offer(&self, input: Input) {
        if self.queue.try_send(input).is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// For the engine task itself, which must not wait for its own queue.
    pub(crate) fn send_later(&self, input: Input) {
        let inputs = self.clone();
        tokio::spawn(async move { inputs.send(input).await });
    }

    /// Runs `question` on the engine task; `None` when it is gone.
    pub(crate) async fn ask<T: Send + 'static>(&self, question: impl FnOnce(&mut EngineTask) -> T + Send + 'static) -> Option<T> {
        let (answer, wait) = oneshot::channel();
        let ask = move |task: &mut EngineTask| {
            // The asker may have gone away.
            let _ = answer.send(question(task));
        };
        self.send(Input::Ask(Box::new(ask))).await.then_some(())?;
        wait.await.ok()
    }

    fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }
}

/// The other parts of junctord that the task talks to.
pub(crate) struct Parts {
    pub(crate) media: Media,
    pub(crate) net: Net,
    pub(crate) store: Store,
    pub(crate) quality: QualityStore,
    pub(crate) capture: Capture,
    pub(crate) events: broadcast::Sender<api::Event>,
}

/// What was last reported of a span's line.
#[derive(Debug, Default)]
struct LineFigures {
    counters: Counters,
    bad_frames: u64,
    clock: Option<api::ClockStatus>,
    maintenance: api::Maintenance,
    test: Option<api::BitErrorTest>,
    /// What the counters were when they were set to zero.
    zero: Counters,
}

/// The engine and its surroundings.
pub(crate) struct EngineTask {
    engine: Engine,
    parts: Parts,
    inputs: Inputs,
    ladders: Ladders,
    recorders: Recorders,
    clock: WallClock,
    name: String,
    lines: HashMap<SpanId, LineFigures>,
    /// What the media threads last told, by their names.
    media: Vec<api::MediaThread>,
    published: Option<(Instant, api::Counters)>,
    /// Timeslots that far ends have taken out of service, by the span's name, as the store has them.
    out_at_far_end: HashMap<String, Vec<u8>>,
}

impl EngineTask {
    pub(crate) fn new(configuration: &Configuration, parts: Parts, inputs: Inputs) -> Result<Self, String> {
        let unix_ms =
            SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX));
        let clock = WallClock { instant: Instant::now(), unix_ms };
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(|error| format!("no random numbers: {error}"))?;
        let first_call = parts.store.next_call().map_err(|error| format!("cannot read the call store: {error}"))?;
        let out_at_far_end = parts.store.out_at_far_end().map_err(|error| format!("cannot read the call store: {error}"))?;
        let remembered = out_at_far_end.iter().cloned().collect();
        let engine = Engine::new(Plan { settings: configuration.settings.clone(), clock, first_call, out_at_far_end, seed });
        let name = configuration.settings.name.clone();
        Ok(Self {
            engine,
            parts,
            inputs,
            ladders: Ladders::default(),
            recorders: Recorders::default(),
            clock,
            name,
            lines: HashMap::new(),
            media: Vec::new(),
            published: None,
            out_at_far_end: remembered,
        })
    }

    /// Runs until every sender of inputs is gone.
    pub(crate) async fn run(mut self, mut queue: mpsc::Receiver<Input>) {
        self.engine.start(Instant::now());
        self.drain();
        let mut counters = tokio::time::interval(COUNTERS);
        loop {
            let wake = self.engine.poll_timeout();
            tokio::select! {
                input = queue.recv() => match input {
                    Some(input) => self.take(input),
                    None => return,
                },
                () = sleep_until(wake) => self.engine.handle_timeout(Instant::now()),
                _ = counters.tick() => self.publish_counters(),
            }
            self.drain();
        }
    }

    fn take(&mut self, input: Input) {
        let now = Instant::now();
        match input {
            Input::Datagram { flow, bytes } => self.engine.handle_datagram(now, flow, &bytes),
            Input::Stream { flow, bytes } => self.engine.handle_stream(now, flow, &bytes),
            Input::Connected { flow, outbox } => self.parts.net.connected(flow, outbox),
            Input::Closed { flow } => {
                self.parts.net.closed(flow);
                self.engine.handle_stream_closed(now, flow);
            }
            Input::SendFailed { flow, why } => self.engine.handle_send_failed(now, flow, &why),
            Input::Media(Report::Frame { span, frame }) => self.engine.handle_frame(now, span, &frame),
            Input::Media(Report::Line { span, alarms, counters, frames, test }) => {
                let figures = self.lines.entry(span).or_default();
                (figures.counters, figures.bad_frames, figures.test) = (counters, frames.bad_frames, test);
                let names =
                    if alarms.is_none() { Vec::new() } else { alarms.to_string().split('|').map(str::to_owned).collect() };
                self.engine.handle_line(now, span, api::Alarms(names), alarms.is_down());
                self.report_line(now, span);
            }
            Input::SpanState { span, state } => self.engine.handle_span_state(now, span, state),
            Input::SpanDetails { span, clock, maintenance } => {
                let figures = self.lines.entry(span).or_default();
                (figures.clock, figures.maintenance) = (clock, maintenance);
            }
            Input::Media(Report::Media(report)) => {
                if let MediaReport::Closed { call, .. } = &report {
                    self.parts.quality.call_ended(call.0);
                }
                self.engine.handle_media(now, report);
            }
            Input::Media(Report::Thread(figures)) => {
                self.media.retain(|other| other.name != figures.name);
                self.media.push(figures);
                self.media.sort_by(|a, b| a.name.cmp(&b.name));
            }
            Input::Media(Report::Second { call, second }) => self.parts.quality.keep(call.0, second),
            Input::Ask(ask) => ask(self),
        }
    }

    fn report_line(&mut self, now: Instant, span: SpanId) {
        let Some(figures) = self.lines.get(&span) else { return };
        let report = LineReport {
            counters: line_counters(&figures.counters, &Counters::default()),
            d_bad_frames: figures.bad_frames,
            clock: figures.clock.clone(),
            maintenance: figures.maintenance,
            bit_error_test: figures.test,
        };
        self.engine.handle_line_report(now, span, report);
    }

    /// Carries out everything the engine wants.
    fn drain(&mut self) {
        loop {
            let mut quiet = true;
            while let Some(transmit) = self.engine.poll_transmit() {
                quiet = false;
                self.transmit(transmit);
            }
            while let Some(event) = self.engine.poll_event() {
                quiet = false;
                self.event(event);
            }
            if quiet {
                return;
            }
        }
    }

    fn transmit(&mut self, transmit: Transmit) {
        match transmit {
            Transmit::Frame { span, frame } => self.tell_media(Command::Frame { span, frame }),
            Transmit::Sip { flow, bytes } => self.parts.net.send(flow, bytes),
            Transmit::CloseStream { flow } => self.parts.net.close(flow),
            Transmit::Media(command) => self.tell_media(Command::Media(command)),
        }
    }

    fn tell_media(&self, command: Command) {
        if !self.parts.media.tell(command) {
            tracing::error!("engine{{running}}: the media thread takes no commands");
        }
    }

    fn event(&mut self, event: Event) {
        match event {
            Event::Changed(id) => {
                if let Some(call) = self.engine.controller().call(id) {
                    self.publish(api::Event::Call { call });
                }
            }
            Event::Ended(record) => {
                self.parts.capture.end(record.id);
                self.parts.store.keep(record);
            }
            Event::Ladder { call, line } => self.ladder_line(call, line),
            Event::SipMessage { call, flow, sent, bytes } => self.capture_sip(call, flow, sent, bytes),
            Event::DFrame { call, span, sent, frame } => self.record_frame(call, span, sent, frame),
            Event::Span(id) => {
                if let Some(span) = self.span(id) {
                    self.recorders.shown(id, &span);
                    self.remember_out_at_far_end(id, &span.name);
                    self.publish(api::Event::Span { span });
                }
            }
            Event::Peer(peer) => self.publish(api::Event::Peer { peer }),
        }
    }

    fn remember_out_at_far_end(&mut self, id: SpanId, name: &str) {
        let out = self.engine.out_at_far_end(id);
        if self.out_at_far_end.get(name).map_or(out.is_empty(), |known| *known == out) {
            return;
        }
        tracing::info!("spans[{name}]{{running}}: out of service at the far end: timeslots {out:?}");
        self.parts.store.keep_out_at_far_end(name, &out);
        self.out_at_far_end.insert(name.to_owned(), out);
    }

    fn ladder_line(&mut self, call: CallId, line: LadderLine) {
        tracing::debug!("{call}{{ladder}}: {line}");
        if self.ladders.add(call.0, line.clone()) {
            self.publish(api::Event::Ladder { call: call.0, line });
        }
    }

    fn capture_sip(&self, call: CallId, flow: Flow, sent: bool, bytes: Vec<u8>) {
        if !self.parts.capture.wants_signalling() {
            return;
        }
        let (from, to) = if sent { (flow.local, flow.remote) } else { (flow.remote, flow.local) };
        let packet = match flow.transport {
            Transport::Udp => Packet::Datagram { from, to, bytes },
            Transport::Tcp => Packet::SipStream { from, to, bytes },
        };
        self.parts.capture.packet(call.0, SystemTime::now(), packet);
    }

    fn record_frame(&mut self, call: Option<CallId>, span: SpanId, sent: bool, frame: Vec<u8>) {
        self.recorders.frame(span, sent, &frame, call.map(|call| call.0));
        if let Some(call) = call.filter(|_| self.parts.capture.wants_signalling()) {
            let network_side = self.engine.is_network_side(span);
            self.parts.capture.packet(call.0, SystemTime::now(), Packet::Lapd { sent, network_side, frame });
        }
    }

    /// What a span's flight recorder has after an entry, the newest `most`.
    pub(crate) fn recording(&self, span: SpanId, after: u64, most: usize) -> api::Recording {
        self.recorders.read(span, after, most)
    }

    /// The frames that a span's flight recorder has, as pcapng.
    pub(crate) fn d_channel_capture(&self, span: SpanId) -> Vec<u8> {
        self.recorders.capture(span, self.engine.is_network_side(span))
    }

    fn publish(&self, event: api::Event) {
        // Nobody may be listening: that is no error.
        let _ = self.parts.events.send(event);
    }

    fn publish_counters(&mut self) {
        let counters = self.counters();
        if self.published.is_none_or(|(_, before)| before != counters) {
            self.published = Some((Instant::now(), counters));
            self.publish(api::Event::Counters { counters });
        }
    }

    /// Those of the engine and of the store at one moment: a call that has ended waits to be stored, or is.
    fn counters(&self) -> api::Counters {
        let (records_waiting, records_lost) = self.parts.store.figures();
        let (quality_lost, events_lost) = (self.parts.quality.lost(), self.inputs.lost());
        api::Counters { records_waiting, records_lost, quality_lost, events_lost, ..self.engine.counters() }
    }

    /// The box at a glance; `store` has the store's figures.
    pub(crate) fn status(&self) -> api::Status {
        api::Status {
            name: self.name.clone(),
            version: env!("CARGO_PKG_VERSION").into(),
            started_at: self.clock.unix_ms,
            spans: self.spans(),
            peers: self.engine.peers(),
            calls: self.calls(),
            counters: self.counters(),
            media: self.media.clone(),
        }
    }

    /// Every span.
    pub(crate) fn spans(&self) -> Vec<api::Span> {
        (0..self.engine.span_count()).filter_map(|index| self.span(SpanId(index))).collect()
    }

    fn span(&self, id: SpanId) -> Option<api::Span> {
        let span = self.engine.span(id)?;
        let line = self.lines.get(&id).map_or(span.line, |figures| line_counters(&figures.counters, &figures.zero));
        Some(api::Span { line, ..span })
    }

    /// The number of the span with this name.
    pub(crate) fn span_named(&self, name: &str) -> Option<SpanId> {
        (0..self.engine.span_count()).map(SpanId).find(|id| self.engine.span(*id).is_some_and(|span| span.name == name))
    }

    /// Lets a span's calls go and says how many legs are left; it takes no more.
    pub(crate) fn let_go_of_span(&mut self, id: SpanId) -> usize {
        self.engine.let_go_of_span(Instant::now(), id)
    }

    /// Ends a span's calls and takes other settings for it; opening it anew is another's.
    pub(crate) fn reconfigure_span(&mut self, id: SpanId, span: settings::Span) {
        self.engine.reconfigure_span(Instant::now(), id, span);
        self.lines.remove(&id);
    }

    /// Takes a timeslot away from calls and has it tested. What comes of that, the receiver tells; it is given back by
    /// [`Self::end_test`].
    pub(crate) fn begin_test(&mut self, span: SpanId, timeslot: u8) -> Result<oneshot::Receiver<Result<(), String>>, String> {
        self.engine.begin_test(Instant::now(), span, timeslot)?;
        let (answer, wait) = oneshot::channel();
        self.tell_media(Command::Test { span, timeslot: Some(timeslot), answer });
        Ok(wait)
    }

    /// Has the test ended that runs on a span, if any.
    pub(crate) fn stop_test(&self, span: SpanId) -> oneshot::Receiver<Result<(), String>> {
        let (answer, wait) = oneshot::channel();
        self.tell_media(Command::Test { span, timeslot: None, answer });
        wait
    }

    /// Gives the timeslot under test back to calls. Its channel must have been closed before.
    pub(crate) fn end_test(&mut self, span: SpanId) {
        self.engine.end_test(Instant::now(), span);
    }

    /// Has one B-channel of a span, or all of them, brought to idle at both ends.
    pub(crate) fn restart_channels(&mut self, span: SpanId, timeslot: Option<u8>) -> Result<(), String> {
        self.engine.restart_channels(Instant::now(), span, timeslot)
    }

    /// Sets a span's counters to zero, as far as they are shown.
    pub(crate) fn reset_counters(&mut self, id: SpanId) {
        if let Some(figures) = self.lines.get_mut(&id) {
            figures.zero = figures.counters;
        }
    }

    /// Calls that are not over.
    pub(crate) fn calls(&self) -> Vec<api::Call> {
        self.engine.controller().calls().collect()
    }

    /// One call that is not over.
    pub(crate) fn call(&self, id: u64) -> Option<api::Call> {
        self.engine.controller().call(CallId(id))
    }

    /// A call's ladder.
    pub(crate) fn ladder(&self, id: u64) -> Vec<LadderLine> {
        self.ladders.of(id)
    }

    /// Ends a call.
    pub(crate) fn hang_up(&mut self, id: u64, why: &str) -> bool {
        self.engine.hang_up(Instant::now(), CallId(id), why)
    }

    /// Ends every call.
    pub(crate) fn hang_up_all(&mut self, why: &str) {
        self.engine.hang_up_all(Instant::now(), why);
    }
}

/// Counters as the control API shows them, from `zero` on. One that is smaller began anew with its device.
fn line_counters(now: &Counters, zero: &Counters) -> api::LineCounters {
    let since = |now: u64, zero: u64| if now >= zero { now - zero } else { now };
    api::LineCounters {
        bpv: since(now.bpv, zero.bpv),
        crc4: since(now.crc4, zero.crc4),
        ebit: since(now.ebit, zero.ebit),
        fas: since(now.fas, zero.fas),
        errored_seconds: since(now.errored_seconds, zero.errored_seconds),
        irq_misses: since(now.irq_misses, zero.irq_misses),
        slips: since(now.slips, zero.slips),
        underruns: since(now.underruns, zero.underruns),
        overruns: since(now.overruns, zero.overruns),
    }
}

async fn sleep_until(wake: Option<Instant>) {
    match wake {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}
