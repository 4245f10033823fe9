//! Media threads: they own the spans and the RTP sockets, move audio between them every 10 ms, and carry D-channel
//! frames between the spans and the engine.
//!
//! One thread serves all spans and the calls on them, by one ring (io_uring, or epoll where the kernel refuses it; `media.poller` forces either), and has
//! another that takes in what comes to its RTP sockets ([`sockets`]). Commands come
//! by a bounded single-producer queue and an eventfd, reports go back by a bounded queue; the thread takes no lock and, per packet,
//! allocates nothing (captures excepted). The spans' clocks pace everything: a call's audio moves when its span says that a block
//! has passed ([`thread`]); what is done to a line's audio on the way is in [`timeslot`] and [`digit_relay`]. Spans and sound cards are opened and closed elsewhere
//! (`crate::spans`, `crate::sound`), because that may take long, and handed over.
//!
//! A second thread has the calls between two RTP ends: what comes wakes it, and goes on at once where both ends speak the same ([`bridge`]);
//! other such calls have a beat of 10 ms there.
//!
//! Left out here: several threads for spans, and moving channels between them.

mod bit_error_test;
mod bridge;
mod connection;
mod digit_relay;
mod echo;
mod end;
mod line;
mod modem_watch;
mod monitor;
mod music;
mod progress_tones;
mod rtp_socket;
mod sockets;
mod sound;
mod thread;
mod timeslot;
mod wideband;

use std::collections::HashSet;
use std::fmt;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use call::words::{CallId, MediaCommand, MediaReport, SpanId, Terminal};
use model::api::{BitErrorTest, MediaThread as Figures, QualitySecond};
use model::settings::{Poller, Settings};
use ring::{Backend, Opened, Ring, Wake};
use tdm::{Alarms, ChannelCounters, Counters, Span};
use tokio::sync::oneshot;

use crate::capture::Capture;
use crate::engine_task::Inputs;
use crate::sound::{self as cards, Hand, Source};
use crate::spans::Order;
use echo::EchoChoice;
use line::Line;
use sockets::Sockets;
use thread::{MediaThread, Parts};

/// Commands that may wait for the thread.
const QUEUE: usize = 4_096;

/// What the media thread is told.
pub(crate) enum Command {
    /// A D-channel frame to send, without FCS.
    Frame { span: SpanId, frame: Vec<u8> },
    /// A word of the call controller.
    Media(MediaCommand),
    /// A span that was opened, to be served from now on.
    Install { span: SpanId, opened: Box<dyn Span> },
    /// A span to be given back: it is being configured anew.
    Remove { span: SpanId },
    /// A bit-error test of a timeslot to begin, or the one that runs to end. The error says why not.
    Test { span: SpanId, timeslot: Option<u8>, answer: oneshot::Sender<Result<(), String>> },
    /// What has to do with sound cards.
    Sound(Hand),
    /// End.
    Stop,
}

impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Frame { span, frame } => write!(f, "frame of {} octets for span {}", frame.len(), span.0),
            Self::Media(command) => command.fmt(f),
            Self::Install { span, .. } => write!(f, "install span {}", span.0),
            Self::Remove { span } => write!(f, "remove span {}", span.0),
            Self::Test { span, timeslot, .. } => write!(f, "test of timeslot {timeslot:?} of span {}", span.0),
            Self::Sound(_) => f.write_str("sound card"),
            Self::Stop => f.write_str("stop"),
        }
    }
}

/// What the media thread reports.
#[derive(Debug)]
pub(crate) enum Report {
    /// A D-channel frame came, without FCS.
    Frame { span: SpanId, frame: Vec<u8> },
    /// A span's line state, when it is installed, at each change and once a second; `frames` are the D-channel's counters.
    Line { span: SpanId, alarms: Alarms, counters: Counters, frames: ChannelCounters, test: Option<BitErrorTest> },
    /// A word for the call controller.
    Media(MediaReport),
    /// What a thread has taken in.
    Thread(Figures),
    /// How a second of a call sounded.
    Second { call: CallId, second: QualitySecond },
}

/// To whom the media thread gives back what it must not close itself.
#[derive(Debug, Clone)]
pub(crate) struct Returns {
    pub(crate) spans: Sender<Order>,
    pub(crate) sound: Sender<cards::Order>,
}

/// Handle to the media threads; clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Media {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    /// Has the spans, and the calls on them.
    lines: Worker,
    /// Has the calls between two RTP ends.
    mediation: Worker,
    /// The calls of the latter.
    mediated: Mutex<HashSet<CallId>>,
}

/// A thread and the way to it.
#[derive(Debug)]
struct Worker {
    /// One producer at a time: the engine task, or the thread that opens spans. The media thread never takes this lock.
    commands: Mutex<rtrb::Producer<Command>>,
    wake: Wake,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Media {
    /// Starts the threads, with a place for each span of the configuration. `returns` get back what they take away.
    pub(crate) fn start(settings: &Settings, capture: Capture, inputs: Inputs, returns: Returns) -> Result<Self, String> {
        let places = settings.spans.iter().enumerate();
        let lines = places.map(|(index, span)| Line::new(SpanId(index), span.name.clone(), EchoChoice::of(span))).collect();
        let surroundings = Surroundings { settings, capture, inputs, returns };
        let lines = Worker::start(Duty::Lines(lines), &surroundings)?;
        let mediation = Worker::start(Duty::Mediation, &surroundings)?;
        let shared = Shared { lines, mediation, mediated: Mutex::default() };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// Hands a command over; false when the queue is full, which means that the thread is stuck.
    pub(crate) fn tell(&self, command: Command) -> bool {
        self.worker_of(&command).tell(command)
    }

    /// Music for the calls between SIP peers, whose thread cannot share what the spans' has.
    pub(crate) fn give_mediation(&self, music: Box<dyn Source>) {
        self.shared.mediation.tell(Command::Sound(Hand::Music(music)));
    }

    /// Ends the threads and waits for them.
    pub(crate) fn stop(&self) {
        let workers = [&self.shared.mediation, &self.shared.lines];
        for worker in workers {
            worker.tell(Command::Stop);
        }
        workers.into_iter().for_each(Worker::join);
    }

    /// A call is with one thread from its first command to its last.
    fn worker_of(&self, command: &Command) -> &Worker {
        let Ok(mut mediated) = self.shared.mediated.lock() else { return &self.shared.lines };
        let command = match command {
            Command::Media(command) => command,
            Command::Sound(Hand::Monitor { call, .. } | Hand::EndMonitor { call }) if mediated.contains(call) => {
                return &self.shared.mediation;
            }
            Command::Frame { .. }
            | Command::Install { .. }
            | Command::Remove { .. }
            | Command::Test { .. }
            | Command::Sound(_)
            | Command::Stop => return &self.shared.lines,
        };
        let is_mediated = match command {
            MediaCommand::Connect { call, a: Terminal::Rtp(_), b: Terminal::Rtp(_), .. } => {
                mediated.insert(*call);
                true
            }
            MediaCommand::Disconnect { call } => mediated.remove(call),
            MediaCommand::Connect { call, .. }
            | MediaCommand::Redirect { call, .. }
            | MediaCommand::Hold { call, .. }
            | MediaCommand::Retrieve { call, .. }
            | MediaCommand::Digits { call, .. }
            | MediaCommand::Tone { call, .. } => mediated.contains(call),
        };
        if is_mediated { &self.shared.mediation } else { &self.shared.lines }
    }
}

/// What a thread is for.
enum Duty {
    /// Spans, whose clocks pace the calls on them.
    Lines(Vec<Line>),
    /// Calls between RTP ends, whose packets pace them.
    Mediation,
}

impl Duty {
    const fn name(&self) -> &'static str {
        match self {
            Self::Lines(_) => "media",
            Self::Mediation => "mediation",
        }
    }
}

/// What both threads are started with.
struct Surroundings<'a> {
    settings: &'a Settings,
    capture: Capture,
    inputs: Inputs,
    returns: Returns,
}

impl Worker {
    fn start(duty: Duty, surroundings: &Surroundings<'_>) -> Result<Self, String> {
        let (settings, name) = (surroundings.settings, duty.name());
        let failed = |error: &dyn fmt::Display| format!("cannot start the {name} thread: {error}");
        let wake = Wake::new().map_err(|error| failed(&error))?;
        let thread_wake = wake.try_clone().map_err(|error| failed(&error))?;
        let (commands, queue) = rtrb::RingBuffer::new(QUEUE);
        let parts = Parts {
            ring: take(ring::open(wanted(settings)))?,
            wake: thread_wake,
            commands: queue,
            settings: settings.media.clone(),
            country: settings.country.clone(),
            capture: surroundings.capture.clone(),
            inputs: surroundings.inputs.clone(),
            returns: surroundings.returns.clone(),
        };
        let poller = wanted(settings);
        let (ready, is_ready) = std::sync::mpsc::sync_channel(1);
        let thread = std::thread::Builder::new().name(name.into()).spawn(move || {
            let made = match duty {
                Duty::Lines(lines) => {
                    take(ring::open_batching(poller)).and_then(|ring| MediaThread::new(parts, Sockets::batching(ring), lines))
                }
                Duty::Mediation => MediaThread::new(parts, Sockets::mediating(), Vec::new()),
            };
            // The starter waits for this word.
            let _ = ready.send(made.as_ref().map(|_| ()).map_err(Clone::clone));
            if let Ok(thread) = made {
                thread.run();
            }
        });
        let thread = thread.map_err(|error| failed(&error))?;
        is_ready.recv().map_err(|_| format!("the {name} thread ended at its start"))??;
        Ok(Self { commands: Mutex::new(commands), wake, thread: Mutex::new(Some(thread)) })
    }

    fn tell(&self, command: Command) -> bool {
        let pushed = self.commands.lock().is_ok_and(|mut commands| commands.push(command).is_ok());
        self.wake.wake();
        pushed
    }

    fn join(&self) {
        if let Some(thread) = self.thread.lock().ok().and_then(|mut thread| thread.take()) {
            let _ = thread.join();
        }
    }
}

fn wanted(settings: &Settings) -> Option<Backend> {
    settings.media.poller.map(|poller| match poller {
        Poller::IoUring => Backend::IoUring,
        Poller::Epoll => Backend::Epoll,
    })
}

/// The ring that was opened; says so when it is not the first choice.
fn take(opened: Result<Opened, ring::Error>) -> Result<Box<dyn Ring>, String> {
    let cure = "set media.poller to \"epoll\" or leave it out";
    let opened = opened.map_err(|error| format!("cannot wait for descriptors: {error}; {cure}"))?;
    if let Some((backend, why)) = &opened.refused {
        tracing::warn!("media{{starting}}: the kernel refuses {backend} ({why}) -> {} is used", opened.ring.backend());
    }
    Ok(opened.ring)
}

#[cfg(test)]
mod tests;
