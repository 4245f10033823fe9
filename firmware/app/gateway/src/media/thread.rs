//! The media thread's loop: wait for a span's clock or a command, service, move audio.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use call::words::{CallId, MediaCommand, MediaReport, SpanId, Terminal};
use media::Law;
use media::tone::{KeyOnset, Keys};
use model::country::ToneKind;
use model::{api, settings};
use ring::{Interest, Ready, Ring, Token, Wake, placement};
use tdm::Span;

use super::connection::{Carries, Closed, Connection};
use super::digit_relay::DigitRelay;
use super::end::End;
use super::line::{Line, Serviced, span_of};
use super::progress_tones::ProgressTones;
use super::rtp_socket::RtpSocket;
use super::sockets::Sockets;
use super::sound::Sound;
use super::timeslot::{Timeslot, Voice};
use super::{Command, Report, Returns};
use crate::capture::Capture;
use crate::engine_task::{Input, Inputs};
use crate::sound::Hand;
use crate::spans::Order;

/// The beat of calls that have no TDM end.
const BLOCK: Duration = Duration::from_millis(10);
/// How often every span is served whatever its descriptors say: virtual spans look for their far end, cards for their alarms.
const IDLE: Duration = Duration::from_millis(100);
/// How often the thread tells what it has taken in.
const FIGURES: Duration = Duration::from_secs(1);
/// The token of the command queue.
const COMMANDS: Token = Token(0);

/// What the thread is made from.
pub(super) struct Parts {
    pub(super) ring: Box<dyn Ring>,
    pub(super) wake: Wake,
    pub(super) commands: rtrb::Consumer<Command>,
    pub(super) settings: settings::Media,
    /// Whose tones are played.
    pub(super) country: String,
    pub(super) capture: Capture,
    pub(super) inputs: Inputs,
    pub(super) returns: Returns,
}

/// Everything the thread owns.
pub(super) struct MediaThread {
    parts: Parts,
    lines: Vec<Line>,
    sockets: Sockets,
    /// Its packets wake it: it has no lines.
    mediates: bool,
    /// The digits' tones, A-law and mu-law.
    keys: [Arc<Keys>; 2],
    onset: Arc<KeyOnset>,
    tones: ProgressTones,
    connections: HashMap<CallId, Connection>,
    sound: Sound,
    ready: Vec<Ready>,
    due: Vec<bool>,
    next_beat: Instant,
    next_round: Instant,
    next_figures: Instant,
}

impl MediaThread {
    /// To be called by the thread itself, whose alone `sockets` may be.
    pub(super) fn new(mut parts: Parts, sockets: Sockets, lines: Vec<Line>) -> Result<Self, String> {
        let mediates = sockets.are_mediating();
        let now = Instant::now();
        let sound = Sound::new(parts.returns.sound.clone());
        let tones = ProgressTones::new(&parts.country);
        let watched = parts.ring.watch(COMMANDS, std::os::fd::AsFd::as_fd(&parts.wake), Interest::READ);
        watched.map_err(|error| format!("cannot watch the media thread's commands: {error}"))?;
        let due = vec![false; lines.len()];
        Ok(Self {
            parts,
            lines,
            sockets,
            mediates,
            keys: [Law::A, Law::Mu].map(|law| Arc::new(Keys::new(law))),
            onset: Arc::default(),
            tones,
            connections: HashMap::new(),
            sound,
            ready: Vec::with_capacity(64),
            due,
            next_beat: now,
            next_round: now,
            next_figures: now,
        })
    }

    /// Runs until told to stop.
    pub(super) fn run(mut self) {
        self.take_place();
        loop {
            self.wait();
            if self.take_commands() {
                break;
            }
            let now = Instant::now();
            if now >= self.next_round {
                self.next_round = now + IDLE;
                self.due.fill(true);
                self.look_after_bridges(now);
                self.report_figures(now);
                self.sound.music.round();
            }
            if self.mediates || now >= self.next_beat || self.due.contains(&true) {
                self.sockets.receive(&mut *self.parts.ring, now, &mut self.connections);
            }
            for index in 0..self.lines.len() {
                if self.due.get_mut(index).is_some_and(std::mem::take) {
                    self.service(SpanId(index));
                }
            }
            self.beat();
            self.sound.give_back();
        }
        let calls: Vec<CallId> = self.connections.keys().copied().collect();
        for call in calls {
            self.close(call);
        }
        tracing::debug!("media{{stopping}}: {:?}", self.figures());
        for line in &mut self.lines {
            drop(line.take(&mut *self.parts.ring));
        }
    }

    /// Core and priority as configured. A box without the right still works, less surely, and says so.
    fn take_place(&self) {
        let settings = &self.parts.settings;
        // The core of the lines is theirs.
        if let Some(Err(error)) = settings.core.filter(|_| !self.mediates).map(|core| placement::pin_to_core(core.into())) {
            tracing::warn!("media{{starting}}: {error}");
        }
        if settings.real_time_priority > 0
            && let Err(error) = placement::set_real_time(settings.real_time_priority)
        {
            tracing::warn!("media{{starting}}: {error}");
        }
    }

    /// Waits for a command, a span's clock, the beat of calls without one, or a moment, and marks the spans that have something.
    fn wait(&mut self) {
        let now = Instant::now();
        // Packets that pass through wait for no beat.
        let has_ip_calls = self.connections.values().any(|connection| connection.clock().is_none() && !connection.bridges());
        let until = if has_ip_calls { self.next_beat.min(self.next_round) } else { self.next_round };
        if let Err(error) = self.parts.ring.wait(Some(until.saturating_duration_since(now)), &mut self.ready) {
            // Everything is served every 100 ms even so; a loop without this pause would take the core.
            tracing::error!("media{{waiting}}: {error}");
            std::thread::sleep(BLOCK);
        }
        for ready in &self.ready {
            match span_of(ready.token) {
                Some(span) => {
                    if let Some(due) = self.due.get_mut(span.0) {
                        *due = true;
                    }
                }
                None if ready.token == COMMANDS => self.parts.wake.drain(),
                // A datagram of a socket of ours.
                None => {}
            }
        }
    }

    /// Carries out what waits; true when told to stop.
    fn take_commands(&mut self) -> bool {
        while let Ok(command) = self.parts.commands.pop() {
            match command {
                Command::Frame { span, frame } => {
                    if let Some(line) = self.lines.get_mut(span.0) {
                        line.send_frame(&frame);
                    }
                }
                Command::Media(command) => self.media(command),
                Command::Install { span, opened } => self.install(span, opened),
                Command::Remove { span } => self.remove(span, "the span is being configured anew"),
                Command::Test { span, timeslot, answer } => {
                    let line = self.lines.get_mut(span.0).ok_or_else(|| format!("there is no span {}", span.0));
                    // The asker may have gone away.
                    let _ = answer.send(line.and_then(|line| line.test(timeslot)));
                }
                Command::Sound(hand) => {
                    if let Hand::Monitor { call, .. } = &hand
                        && let Some(connection) = self.connections.get_mut(call)
                    {
                        connection.need_beat();
                    }
                    let is_voice = |connection: &Connection| !connection.carries().clear;
                    self.sound.take(hand, |call| self.connections.get(&call).is_some_and(is_voice));
                }
                Command::Stop => return true,
            }
        }
        false
    }

    fn install(&mut self, id: SpanId, opened: Box<dyn Span>) {
        self.remove(id, "the span is being opened anew");
        if let Some(line) = self.lines.get_mut(id.0) {
            line.install(&mut *self.parts.ring, opened);
        }
        self.service(id);
    }

    /// Takes a span away, its calls first, and hands it over to be closed: that may take long.
    fn remove(&mut self, id: SpanId, reason: &str) {
        let calls: Vec<CallId> =
            self.connections.iter().filter(|(_, connection)| connection.touches(id)).map(|(call, _)| *call).collect();
        for call in calls {
            self.close(call);
            self.report(MediaReport::Failed { call, reason: reason.to_owned() });
        }
        let Some(span) = self.lines.get_mut(id.0).and_then(|line| line.take(&mut *self.parts.ring)) else { return };
        // The receiver is gone only when junctord ends: then it is closed here.
        let _ = self.parts.returns.spans.send(Order::TakeBack { span: id, opened: span });
    }

    fn media(&mut self, command: MediaCommand) {
        match command {
            MediaCommand::Connect { call, a, b, clear } => {
                // It may have had a tone: its channel is opened anew.
                self.close(call);
                match self.connect(call, [&a, &b], clear) {
                    Ok(connection) => {
                        self.insert(connection);
                        self.report(MediaReport::Started { call });
                    }
                    Err(reason) => self.report(MediaReport::Failed { call, reason }),
                }
            }
            MediaCommand::Redirect { call, terminal } => {
                if let Some(connection) = self.connections.get_mut(&call) {
                    connection.redirect(&terminal);
                }
            }
            MediaCommand::Hold { call, terminal } => {
                if let (Some(connection), Terminal::Channel { span, timeslot }) = (self.connections.get_mut(&call), terminal) {
                    connection.hold(span, timeslot);
                }
            }
            MediaCommand::Retrieve { call, terminal } => {
                if let Err(reason) = self.retrieve(call, &terminal) {
                    self.report(MediaReport::Failed { call, reason });
                }
            }
            MediaCommand::Digits { call, to, digits, ms } => {
                if let Some(connection) = self.connections.get_mut(&call) {
                    connection.key(&to, &digits, ms);
                }
            }
            MediaCommand::Tone { call, to, tone } => {
                if let Err(error) = self.play(call, &to, tone) {
                    let text = format!("no tone: {error}");
                    self.report(MediaReport::Note { call, text });
                }
            }
            MediaCommand::Disconnect { call } => {
                let closed = self.close(call);
                if let Some(text) = closed.note {
                    self.report(MediaReport::Note { call, text });
                }
                self.report(MediaReport::Closed { call, quality: closed.quality });
            }
        }
    }

    fn connect(&mut self, call: CallId, [a, b]: [&Terminal; 2], clear: bool) -> Result<Connection, String> {
        // An RTP end speaks the law of the channel it is joined to.
        let law = self.law(a).or_else(|| self.law(b)).unwrap_or(Law::A);
        let a = self.end(a, law, clear)?;
        let b = self.end(b, law, clear)?;
        let relays = [self.relay(&a, &b, law)?, self.relay(&b, &a, law)?];
        let connection = Connection::new(call, a, b, relays, Carries { law, clear });
        self.sockets.add(&mut *self.parts.ring, &connection)?;
        Ok(connection)
    }

    /// What takes digits out of the audio of `from`, where they can go to `to` as events.
    fn relay(&self, from: &End, to: &End, law: Law) -> Result<Option<DigitRelay>, String> {
        let wanted = to.wants_digits() && !from.has_events();
        wanted.then(|| DigitRelay::new(from.law().unwrap_or(law), &self.onset)).transpose()
    }

    fn insert(&mut self, connection: Connection) {
        if self.connections.is_empty() {
            self.next_beat = Instant::now() + BLOCK;
        }
        self.connections.insert(connection.call, connection);
    }

    fn play(&mut self, call: CallId, to: &Terminal, tone: Option<ToneKind>) -> Result<(), String> {
        let Terminal::Channel { span, timeslot } = *to else { return Err("it is asked for an RTP end".to_owned()) };
        let Some(law) = self.law(to) else { return Err(format!("there is no span {}", span.0)) };
        if tone.is_some() && !self.connections.contains_key(&call) {
            let end = self.end(to, law, false)?;
            let carries = Carries { law, clear: false };
            self.insert(Connection::new(call, end, End::Held { law }, [None, None], carries).without_music());
        }
        let pattern = match tone {
            Some(tone) => Some(self.tones.of(tone, law).ok_or_else(|| format!("the country has no {tone:?}"))?),
            None => None,
        };
        if let Some(connection) = self.connections.get_mut(&call) {
            connection.play(span, timeslot, pattern);
        }
        Ok(())
    }

    fn close(&mut self, call: CallId) -> Closed {
        let Some(connection) = self.connections.remove(&call) else { return Closed::default() };
        self.sockets.remove(&mut *self.parts.ring, &connection);
        self.sound.call_ended(call);
        connection.close()
    }

    /// A held end is a channel again, perhaps another one.
    fn retrieve(&mut self, call: CallId, terminal: &Terminal) -> Result<(), String> {
        let Some(Carries { law, clear }) = self.connections.get(&call).map(Connection::carries) else { return Ok(()) };
        let end = self.end(terminal, law, clear)?;
        if let Some(connection) = self.connections.get_mut(&call) {
            connection.retrieve(end);
        }
        Ok(())
    }

    fn law(&self, terminal: &Terminal) -> Option<Law> {
        match terminal {
            Terminal::Channel { span, .. } => self.lines.get(span.0).and_then(Line::law),
            Terminal::Rtp(_) => None,
        }
    }

    /// One end; with `clear` both ends pass for ends of one law, so that nothing is converted between them.
    fn end(&mut self, terminal: &Terminal, law: Law, clear: bool) -> Result<End, String> {
        match terminal {
            Terminal::Channel { span, timeslot } => {
                let line = self.lines.get_mut(span.0).ok_or_else(|| format!("there is no span {}", span.0))?;
                let voice = if clear { Voice::untouched() } else { Voice::new(line.echo())? };
                let channel = line.open(*timeslot)?;
                let law = line.law().filter(|_| !clear).unwrap_or(law);
                Ok(End::Timeslot(Box::new(Timeslot::new(*span, law, channel, self.keys(law), voice))))
            }
            Terminal::Rtp(terminal) => {
                let capture = self.parts.capture.wants_rtp().then(|| self.parts.capture.clone());
                Ok(End::Rtp(Box::new(RtpSocket::open(terminal, law, &self.parts.settings, self.keys(law), capture)?)))
            }
        }
    }

    const fn keys(&self, law: Law) -> &Arc<Keys> {
        let [a, mu] = &self.keys;
        match law {
            Law::A => a,
            Law::Mu => mu,
        }
    }

    /// Lets a span do its work, then moves the audio of its calls.
    fn service(&mut self, id: SpanId) {
        let Some(line) = self.lines.get_mut(id.0) else { return };
        match line.service(Instant::now(), &self.parts.inputs) {
            Serviced::Blocks(0) => {}
            Serviced::Blocks(_) => self.pump(Some(id)),
            Serviced::Gone => self.remove(id, "the span's device was removed"),
        }
    }

    /// Moves the audio of calls without a TDM end. After a stall the beat starts anew rather than catching up.
    fn beat(&mut self) {
        let now = Instant::now();
        if now < self.next_beat {
            return;
        }
        self.pump(None);
        self.next_beat += BLOCK;
        if self.next_beat + 10 * BLOCK < now {
            self.next_beat = now + BLOCK;
        }
    }

    fn pump(&mut self, clock: Option<SpanId>) {
        let now = Instant::now();
        for connection in self.connections.values_mut().filter(|connection| connection.clock() == clock && !connection.bridges())
        {
            connection.pump(now, &mut self.sound);
            tell(&self.parts.inputs, connection);
        }
    }

    fn figures(&self) -> api::MediaThread {
        self.sockets.figures(&*self.parts.ring, if self.mediates { "mediation" } else { "media" })
    }

    fn report_figures(&mut self, now: Instant) {
        if now >= self.next_figures {
            self.next_figures = now + FIGURES;
            self.parts.inputs.offer(Input::Media(Report::Thread(self.figures())));
        }
    }

    /// Timers, notes and figures of calls whose packets pass through, every 100 ms.
    fn look_after_bridges(&mut self, now: Instant) {
        for connection in self.connections.values_mut().filter(|connection| connection.bridges()) {
            connection.look_after(now);
            tell(&self.parts.inputs, connection);
        }
    }

    fn report(&self, report: MediaReport) {
        self.parts.inputs.offer(Input::Media(Report::Media(report)));
    }
}

/// What the engine must know of a call.
fn tell(inputs: &Inputs, connection: &mut Connection) {
    while let Some(second) = connection.poll_second() {
        inputs.offer(Input::Media(Report::Second { call: connection.call, second }));
    }
    while let Some(report) = connection.poll_report() {
        inputs.offer(Input::Media(Report::Media(report)));
    }
}
