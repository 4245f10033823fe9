//! Spans: opened, looked after, configured anew and closed by a thread of their own, for all of that may take long.
//!
//! The media thread serves what is opened here ([`Command::Install`]) and gives it back ([`Order::TakeBack`]) when its device is gone or
//! when it was asked to ([`Command::Remove`]). A span that cannot be had leaves all others alone: its state says why, and it is
//! tried again every few seconds until it is there. Once a second this thread looks at what the media thread must not wait for:
//! `/proc`, sysfs, the card's maintenance state, and which span gives the clock.
//!
//! ```text
//! open       settings -> tdm's words, and opening
//! place      one span of the configuration: open, or why not, and when it is tried again
//! look       what is read once a second, and the choice of the clock
//! hardware   what the kernel has, with a piece of configuration for each
//! root       junctor-spans
//! ```

mod hardware;
mod look;
mod open;
mod place;
mod root;

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use call::words::SpanId;
use model::api;
use model::api::MaintenanceMode;
use model::settings::{self, Settings};
use tdm::Span;
use tdm::dahdi::maintenance::Maintenance;
use tdm::dahdi::{DahdiSys, Kernel};
use tokio::sync::oneshot;

use crate::engine_task::{Input, Inputs};
use crate::media::{Command, Media};
use place::{Place, Watched};
use root::Root;

/// By which a span that the media thread has is looked at from here.
pub(crate) type Probe = tdm::dahdi::counters::LineProbe;

/// How often spans are looked at.
const LOOK: Duration = Duration::from_secs(1);

/// What the thread is told.
pub(crate) enum Order {
    /// A span that the media thread took out: to be closed.
    TakeBack { span: SpanId, opened: Box<dyn Span> },
    /// Another configuration for a span. Answered when it was tried.
    Configure { span: SpanId, settings: Box<settings::Span>, answer: oneshot::Sender<()> },
    /// A loop or a test. The error says why not, and what to do.
    Maintain { span: SpanId, mode: MaintenanceMode, answer: oneshot::Sender<Result<(), String>> },
    /// Everything that the kernel has.
    Hardware { answer: oneshot::Sender<Result<Vec<api::Hardware>, String>> },
    /// End: close everything.
    Stop,
}

/// Where things are.
#[derive(Debug, Clone)]
pub(crate) struct Surroundings {
    /// Relative sockets of virtual spans are below it.
    pub(crate) state: PathBuf,
    /// The socket of junctor-spans.
    pub(crate) helper: PathBuf,
}

/// Handle to the thread; clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Spans {
    orders: Sender<Order>,
    thread: Arc<Mutex<Option<JoinHandle<()>>>>,
}

impl Spans {
    /// Tries every span once, then starts the thread. `orders` is the other end of the sender that the media thread has.
    pub(crate) fn start(
        settings: &Settings,
        surroundings: Surroundings,
        media: Media,
        inputs: Inputs,
        (orders, queue): (Sender<Order>, Receiver<Order>),
    ) -> Result<Self, String> {
        let mut keeper = Keeper::new(settings, surroundings, media, inputs);
        keeper.try_closed();
        let thread = std::thread::Builder::new().name("spans".into()).spawn(move || keeper.run(&queue));
        let thread = thread.map_err(|error| format!("cannot start the thread of spans: {error}"))?;
        Ok(Self { orders, thread: Arc::new(Mutex::new(Some(thread))) })
    }

    /// Gives an order and waits for its answer; `None` when junctord is stopping.
    pub(crate) async fn ask<T>(&self, order: impl FnOnce(oneshot::Sender<T>) -> Order) -> Option<T> {
        let (answer, wait) = oneshot::channel();
        self.orders.send(order(answer)).ok()?;
        wait.await.ok()
    }

    /// Closes every span and ends the thread. The media thread must have ended, so that it has given everything back.
    pub(crate) fn stop(&self) {
        let _ = self.orders.send(Order::Stop);
        if let Some(thread) = self.thread.lock().ok().and_then(|mut thread| thread.take()) {
            let _ = thread.join();
        }
    }
}

/// What the thread owns.
struct Keeper {
    sys: Arc<dyn DahdiSys>,
    root: Root,
    surroundings: Surroundings,
    places: Vec<Place>,
    clock: look::Clock,
    media: Media,
    inputs: Inputs,
}

impl Keeper {
    fn new(settings: &Settings, surroundings: Surroundings, media: Media, inputs: Inputs) -> Self {
        let places = settings.spans.iter().map(|span| Place::new(span.clone())).collect();
        let root = Root::at(surroundings.helper.clone());
        Self { sys: Arc::new(Kernel::default()), root, surroundings, places, clock: look::Clock::default(), media, inputs }
    }

    fn run(mut self, queue: &Receiver<Order>) {
        let mut next = Instant::now() + LOOK;
        loop {
            match queue.recv_timeout(next.saturating_duration_since(Instant::now())) {
                Ok(Order::Stop) | Err(RecvTimeoutError::Disconnected) => return,
                Ok(order) => self.carry_out(order),
                Err(RecvTimeoutError::Timeout) => {
                    self.try_closed();
                    self.look();
                    // A look that took long is not made good by several.
                    next = Instant::now() + LOOK;
                }
            }
        }
    }

    fn carry_out(&mut self, order: Order) {
        match order {
            Order::TakeBack { span, opened } => self.take_back(span, opened),
            Order::Configure { span, settings, answer } => self.configure(span, *settings, answer),
            Order::Maintain { span, mode, answer } => {
                // The asker may have gone away; so below.
                let _ = answer.send(self.maintain(span, mode));
            }
            Order::Hardware { answer } => {
                let _ = answer.send(hardware::list(&*self.sys, self.places.iter().map(Place::settings)));
            }
            Order::Stop => {}
        }
    }

    /// Opens what is not open and due to be tried.
    fn try_closed(&mut self) {
        for index in 0..self.places.len() {
            if self.places.get(index).is_some_and(|place| place.is_due(Instant::now())) {
                self.open(SpanId(index));
            }
        }
    }

    fn open(&mut self, id: SpanId) {
        let Some(place) = self.places.get_mut(id.0) else { return };
        let state = match open::open(&self.sys, &self.root, place.settings(), &self.surroundings.state) {
            Ok(opened) => {
                let watched =
                    opened.probe.map(|probe| Watched { maintenance: Maintenance::new(self.sys.clone(), probe.clone()), probe });
                place.opened(watched);
                // A full queue: the media thread is stuck, and says so elsewhere. The span is closed by being dropped.
                self.media.tell(Command::Install { span: id, opened: opened.span });
                api::SpanState::Running
            }
            Err(state) => {
                place.failed(Instant::now(), &state);
                state
            }
        };
        self.tell_state(id, state);
    }

    fn tell_state(&mut self, id: SpanId, state: api::SpanState) {
        if self.places.get_mut(id.0).is_some_and(|place| place.is_news(&state)) {
            self.inputs.offer(Input::SpanState { span: id, state });
        }
    }

    fn take_back(&mut self, id: SpanId, opened: Box<dyn Span>) {
        let Some(place) = self.places.get_mut(id.0) else { return };
        // Loops and tests are switched off first.
        let waiting = place.returned(Instant::now());
        // May take long: the kernel waits for channels that are being closed.
        drop(opened);
        match waiting {
            Some(waiting) => {
                self.open(id);
                waiting.answer();
            }
            None => {
                let why = "its device was removed".to_owned();
                self.tell_state(id, api::SpanState::Missing { why });
            }
        }
    }

    fn configure(&mut self, id: SpanId, settings: settings::Span, answer: oneshot::Sender<()>) {
        let Some(place) = self.places.get_mut(id.0) else { return };
        match place.configure(settings, answer) {
            place::Next::Fetch => {
                self.media.tell(Command::Remove { span: id });
            }
            place::Next::Open(answer) => {
                self.open(id);
                let _ = answer.send(());
            }
            place::Next::Wait => {}
        }
    }
}
