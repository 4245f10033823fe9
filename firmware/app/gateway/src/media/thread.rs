//! The media thread's loop: wait for a span's clock or a command, service, move audio.

use std::collections::HashMap;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

use call::words::{CallId, MediaCommand, MediaReport, SpanId, Terminal};
use media::Law;
use model::settings;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use tdm::{Channel, Mode, Span, SpanEvent};

use super::connection::{Connection, End};
use super::rtp_socket::RtpSocket;
use super::{Command, Report};
use crate::capture::Capture;
use crate::engine_task::{Input, Inputs};

/// The beat of calls that have no TDM end.
const BLOCK: Duration = Duration::from_millis(10);
/// Longest wait: spans without a far end look for it, and counters are reported, in between.
const IDLE: Duration = Duration::from_millis(100);
/// How often a span's counters are reported.
const COUNTERS: Duration = Duration::from_secs(1);
/// Largest D-channel frame: N201 of 260 octets and the header, with room.
const FRAME: usize = 1_024;

/// One span and its D-channel.
struct Line {
    span: Box<dyn Span>,
    d_channel: Option<Box<dyn Channel>>,
    reported: Instant,
}

/// Everything the thread owns.
pub(super) struct MediaThread {
    lines: Vec<Line>,
    commands: rtrb::Consumer<Command>,
    wake: OwnedFd,
    settings: settings::Media,
    capture: Capture,
    inputs: Inputs,
    connections: HashMap<CallId, Connection>,
    next_beat: Instant,
}

impl MediaThread {
    pub(super) fn new(
        spans: Vec<Box<dyn Span>>,
        commands: rtrb::Consumer<Command>,
        wake: OwnedFd,
        settings: settings::Media,
        capture: Capture,
        inputs: Inputs,
    ) -> Result<Self, String> {
        let now = Instant::now();
        let mut lines = Vec::new();
        for mut span in spans {
            let name = span.info().name.clone();
            let slot = span.info().d_channel;
            let d_channel = slot.map(|slot| span.open(slot, Mode::Hdlc)).transpose();
            let d_channel = d_channel.map_err(|error| format!("cannot open the D-channel of span \"{name}\": {error}"))?;
            lines.push(Line { span, d_channel, reported: now });
        }
        Ok(Self { lines, commands, wake, settings, capture, inputs, connections: HashMap::new(), next_beat: now })
    }

    /// Runs until told to stop.
    pub(super) fn run(mut self) {
        for index in 0..self.lines.len() {
            self.report_line(SpanId(index));
        }
        loop {
            self.wait();
            if self.take_commands() {
                break;
            }
            for index in 0..self.lines.len() {
                self.service(SpanId(index));
            }
            self.beat();
        }
        for (_, connection) in self.connections.drain() {
            connection.close();
        }
    }

    /// Waits for a command, a span's clock, the beat of calls without one, or a moment.
    fn wait(&self) {
        let now = Instant::now();
        let has_ip_calls = self.connections.values().any(|connection| connection.clock().is_none());
        let timeout = if has_ip_calls { self.next_beat.saturating_duration_since(now) } else { IDLE };
        let timeout = PollTimeout::try_from(timeout.as_micros().div_ceil(1000)).unwrap_or(PollTimeout::ZERO);
        let mut descriptors: Vec<PollFd<'_>> = Vec::with_capacity(1 + self.lines.len());
        descriptors.push(PollFd::new(self.wake.as_fd(), PollFlags::POLLIN));
        let spans = self.lines.iter().filter_map(|line| line.span.poll_fd());
        descriptors.extend(spans.map(|fd: BorrowedFd<'_>| PollFd::new(fd, PollFlags::POLLIN)));
        // EINTR and the like: the loop comes round again.
        let _ = poll(&mut descriptors, timeout);
        let mut counter = [0; 8];
        let _ = nix::unistd::read(&self.wake, &mut counter);
    }

    /// Carries out what waits; true when told to stop.
    fn take_commands(&mut self) -> bool {
        while let Ok(command) = self.commands.pop() {
            match command {
                Command::Frame { span, frame } => self.send_frame(span, &frame),
                Command::Media(command) => self.media(command),
                Command::Stop => return true,
            }
        }
        false
    }

    fn send_frame(&mut self, span: SpanId, frame: &[u8]) {
        let Some(line) = self.lines.get_mut(span.0) else { return };
        if let Some(Err(error)) = line.d_channel.as_mut().map(|channel| channel.write(frame)) {
            // Q.921 repeats what is lost.
            tracing::warn!("media[{}]{{d-channel}}: frame of {} octets not sent: {error}", line.span.info().name, frame.len());
        }
    }

    fn media(&mut self, command: MediaCommand) {
        match command {
            MediaCommand::Connect { call, a, b } => match self.connect(call, &a, &b) {
                Ok(connection) => {
                    if self.connections.is_empty() {
                        self.next_beat = Instant::now() + BLOCK;
                    }
                    self.connections.insert(call, connection);
                    self.report(MediaReport::Started { call });
                }
                Err(reason) => self.report(MediaReport::Failed { call, reason }),
            },
            MediaCommand::Redirect { call, terminal } => {
                if let Some(connection) = self.connections.get_mut(&call) {
                    connection.redirect(&terminal);
                }
            }
            MediaCommand::Disconnect { call } => {
                let quality = self.connections.remove(&call).and_then(Connection::close);
                self.report(MediaReport::Closed { call, quality });
            }
        }
    }

    fn connect(&mut self, call: CallId, a: &Terminal, b: &Terminal) -> Result<Connection, String> {
        // An RTP end speaks the law of the channel it is joined to.
        let law = self.law(a).or_else(|| self.law(b)).unwrap_or(Law::A);
        let a = self.end(a, law)?;
        let b = self.end(b, law)?;
        Ok(Connection::new(call, a, b))
    }

    fn law(&self, terminal: &Terminal) -> Option<Law> {
        match terminal {
            Terminal::Channel { span, .. } => self.lines.get(span.0).map(|line| law(line.span.info().law)),
            Terminal::Rtp(_) => None,
        }
    }

    fn end(&mut self, terminal: &Terminal, law: Law) -> Result<End, String> {
        match terminal {
            Terminal::Channel { span, timeslot } => {
                let line = self.lines.get_mut(span.0).ok_or_else(|| format!("there is no span {}", span.0))?;
                let channel = line.span.open(*timeslot, Mode::Audio).map_err(|error| error.to_string())?;
                Ok(End::channel(*span, law, channel))
            }
            Terminal::Rtp(terminal) => {
                let capture = self.capture.wants_rtp().then(|| self.capture.clone());
                Ok(End::Rtp(Box::new(RtpSocket::open(terminal, law, &self.settings, capture)?)))
            }
        }
    }

    /// Lets a span do its work, then moves the audio of its calls by the blocks that passed.
    fn service(&mut self, id: SpanId) {
        let Some(line) = self.lines.get_mut(id.0) else { return };
        let blocks = match line.span.service() {
            Ok(serviced) => serviced.blocks,
            Err(error) => {
                tracing::warn!("media[{}]{{servicing}}: {error}", line.span.info().name);
                0
            }
        };
        self.read_frames(id);
        self.take_events(id);
        for _ in 0..blocks {
            self.pump(Some(id));
        }
    }

    fn read_frames(&mut self, id: SpanId) {
        let Some(line) = self.lines.get_mut(id.0) else { return };
        let Some(channel) = line.d_channel.as_mut() else { return };
        let mut buffer = [0; FRAME];
        while let Ok(length) = channel.read(&mut buffer) {
            let frame = buffer.get(..length).unwrap_or_default().to_vec();
            self.inputs.offer(Input::Media(Report::Frame { span: id, frame }));
        }
        while let Some(event) = channel.poll_event() {
            tracing::debug!("media[{}]{{d-channel}}: {event:?}", line.span.info().name);
        }
    }

    fn take_events(&mut self, id: SpanId) {
        let mut changed = false;
        let Some(line) = self.lines.get_mut(id.0) else { return };
        while let Some(event) = line.span.poll_event() {
            changed = true;
            match &event {
                SpanEvent::Slip { .. } => tracing::debug!("media[{}]{{line}}: {event:?}", line.span.info().name),
                SpanEvent::AlarmsChanged { .. }
                | SpanEvent::FarEndGone
                | SpanEvent::FarEndBack
                | SpanEvent::FarEndRefused { .. } => {
                    tracing::info!("media[{}]{{line}}: {event:?}", line.span.info().name);
                }
            }
        }
        if changed || line.reported.elapsed() >= COUNTERS {
            self.report_line(id);
        }
    }

    fn report_line(&mut self, id: SpanId) {
        let Some(line) = self.lines.get_mut(id.0) else { return };
        line.reported = Instant::now();
        let (alarms, counters) = (line.span.alarms(), line.span.counters());
        self.inputs.offer(Input::Media(Report::Line { span: id, alarms, counters }));
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
        for connection in self.connections.values_mut().filter(|connection| connection.clock() == clock) {
            connection.pump(now);
            while let Some(text) = connection.poll_note() {
                self.inputs.offer(Input::Media(Report::Media(MediaReport::Note { call: connection.call, text })));
            }
        }
    }

    fn report(&self, report: MediaReport) {
        self.inputs.offer(Input::Media(Report::Media(report)));
    }
}

const fn law(law: tdm::Law) -> Law {
    match law {
        tdm::Law::A => Law::A,
        tdm::Law::Mu => Law::Mu,
    }
}
