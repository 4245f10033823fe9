//! Media threads: they own the spans and the RTP sockets, move audio between them every 10 ms, and carry D-channel
//! frames between the spans and the engine.
//!
//! This first cut has one thread for all spans. Commands come by a bounded single-producer queue and an eventfd, reports go
//! back by a bounded queue; the thread takes no lock and, per packet, allocates nothing (captures excepted).
//! The spans' clocks pace everything: a call's audio moves when its span says that a block has passed ([`thread`]).
//!
//! Left out here, and coming with the spans of real cards: io_uring, real-time priority, several threads.

mod connection;
mod rtp_socket;
mod thread;

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use call::words::{MediaCommand, MediaReport, SpanId};
use model::settings::{BackEnd, Framing, Settings};
use nix::sys::eventfd::{EfdFlags, EventFd};
use tdm::virtual_span::VirtualUser;
use tdm::{Alarms, Counters, Span, SpanInfo};

use crate::capture::Capture;
use crate::engine_task::Inputs;
use thread::MediaThread;

/// Commands that may wait for the thread.
const QUEUE: usize = 4_096;

/// What the media thread is told.
#[derive(Debug)]
pub(crate) enum Command {
    /// A D-channel frame to send, without FCS.
    Frame { span: SpanId, frame: Vec<u8> },
    /// A word of the call controller.
    Media(MediaCommand),
    /// End.
    Stop,
}

/// What the media thread reports.
#[derive(Debug)]
pub(crate) enum Report {
    /// A D-channel frame came, without FCS.
    Frame { span: SpanId, frame: Vec<u8> },
    /// A span's line state, at start and at each change.
    Line { span: SpanId, alarms: Alarms, counters: Counters },
    /// A word for the call controller.
    Media(MediaReport),
}

/// Handle to the media thread; clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Media {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    /// One producer: the engine task. The lock is never contended; it lets the handle be shared for stopping.
    commands: Mutex<rtrb::Producer<Command>>,
    wake: EventFd,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Media {
    /// Opens the configured spans and starts the thread.
    pub(crate) fn start(settings: &Settings, state: &Path, capture: Capture, inputs: Inputs) -> Result<Self, String> {
        let spans = settings.spans.iter().map(|span| open(span, state)).collect::<Result<Vec<_>, _>>()?;
        let flags = EfdFlags::EFD_NONBLOCK | EfdFlags::EFD_CLOEXEC;
        let eventfd = || EventFd::from_value_and_flags(0, flags).map_err(|error| format!("cannot make an eventfd: {error}"));
        let wake = eventfd()?;
        let thread_wake = wake.as_fd_clone()?;
        let (commands, queue) = rtrb::RingBuffer::new(QUEUE);
        let thread = MediaThread::new(spans, queue, thread_wake, settings.media.clone(), capture, inputs)?;
        let thread = std::thread::Builder::new().name("media".into()).spawn(move || thread.run());
        let thread = thread.map_err(|error| format!("cannot start the media thread: {error}"))?;
        let shared = Shared { commands: Mutex::new(commands), wake, thread: Mutex::new(Some(thread)) };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// Hands a command over; false when the queue is full, which means that the thread is stuck.
    pub(crate) fn tell(&self, command: Command) -> bool {
        let pushed = self.shared.commands.lock().is_ok_and(|mut commands| commands.push(command).is_ok());
        let woken = self.shared.wake.write(1).is_ok();
        pushed && woken
    }

    /// Ends the thread and waits for it.
    pub(crate) fn stop(&self) {
        self.tell(Command::Stop);
        if let Some(thread) = self.shared.thread.lock().ok().and_then(|mut thread| thread.take()) {
            let _ = thread.join();
        }
    }
}

/// A second descriptor of the same eventfd, for the thread.
trait AsFdClone {
    fn as_fd_clone(&self) -> Result<std::os::fd::OwnedFd, String>;
}

impl AsFdClone for EventFd {
    fn as_fd_clone(&self) -> Result<std::os::fd::OwnedFd, String> {
        use std::os::fd::AsFd;
        self.as_fd().try_clone_to_owned().map_err(|error| format!("cannot copy an eventfd: {error}"))
    }
}

/// Opens one span of the configuration.
fn open(span: &model::settings::Span, state: &Path) -> Result<Box<dyn Span>, String> {
    let info = match span.framing {
        Framing::E1 => SpanInfo::e1(&span.name),
        Framing::T1 => SpanInfo::t1(&span.name),
        Framing::Analog => return Err(format!("span \"{}\": analog cards are not carried yet", span.name)),
    };
    match &span.back_end {
        BackEnd::Virtual { socket } => {
            let socket = state.join(socket);
            let opened = VirtualUser::connect(&socket, info);
            let opened =
                opened.map_err(|error| format!("cannot open virtual span \"{}\" at {}: {error}", span.name, socket.display()))?;
            Ok(Box::new(opened))
        }
        BackEnd::Dahdi(_) => Err(format!("span \"{}\": dahdi spans are not carried yet", span.name)),
    }
}
