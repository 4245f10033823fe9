//! Sound cards, and the file that stands for one: opened and closed by a thread of their own, for that may take long.
//!
//! The media thread has what is opened here ([`Hand`]) and gives back what is of no more use ([`Order`]). Music on hold that is missing, or
//! was pulled, is silence; it is tried again every 10 s and told once. A call's monitor is opened when it is asked for and closed after it.
//!
//! ```text
//! ends     what the media thread sees of a card, and what tests can be
//! tape     the WAV file
//! ```

mod ends;
mod tape;

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use audio::{Capture, Loss, Playback};
use call::words::CallId;
use model::settings::Audio;
use tokio::sync::oneshot;

use crate::media::{Command, Media};
pub(crate) use ends::{Output, Source};
pub(crate) use tape::Tape;

/// How soon what is missing is tried again.
const RETRY: Duration = Duration::from_secs(10);

/// What the media thread is handed.
pub(crate) enum Hand {
    /// The music that held parties hear from now on.
    Music(Box<dyn Source>),
    /// Where a call is listened to from now on; it is given back at once where there is no such call, or one of data.
    Monitor { call: CallId, output: Box<dyn Output> },
    /// Nobody listens to the call any more.
    EndMonitor { call: CallId },
}

/// What the thread is told.
pub(crate) enum Order {
    /// The card that music comes from is gone: to be closed, and opened anew when it is there.
    MusicLost { source: Box<dyn Source>, loss: Loss },
    /// Someone wants to listen to a call. The error says why not, and what to do.
    Monitor { call: CallId, answer: oneshot::Sender<Result<(), String>> },
    /// No more; answered when the card is free. False: nobody listened to that call.
    EndMonitor { call: CallId, answer: oneshot::Sender<bool> },
    /// The card that a call is listened to at is gone.
    MonitorLost { call: CallId, output: Box<dyn Output>, loss: Loss },
    /// The call is over, or was told to be listened to no more; what is left of it is to be closed.
    MonitorEnded { call: CallId, output: Option<Box<dyn Output>> },
    /// End: close everything.
    Stop,
}

/// Handle to the thread; clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Sound {
    orders: Sender<Order>,
    thread: Arc<Mutex<Option<JoinHandle<()>>>>,
}

impl Sound {
    /// Starts the thread. `orders` is the other end of the sender that the media thread has.
    pub(crate) fn start(
        settings: &Audio,
        media: Media,
        (orders, queue): (Sender<Order>, Receiver<Order>),
    ) -> Result<Self, String> {
        let keeper = Keeper::new(settings.clone(), media);
        let thread = std::thread::Builder::new().name("sound".into()).spawn(move || keeper.run(&queue));
        let thread = thread.map_err(|error| format!("cannot start the thread of sound cards: {error}"))?;
        Ok(Self { orders, thread: Arc::new(Mutex::new(Some(thread))) })
    }

    /// Gives an order and waits for its answer; `None` when junctord is stopping.
    pub(crate) async fn ask<T>(&self, order: impl FnOnce(oneshot::Sender<T>) -> Order) -> Option<T> {
        let (answer, wait) = oneshot::channel();
        self.orders.send(order(answer)).ok()?;
        wait.await.ok()
    }

    /// Closes everything and ends the thread. The media thread must have ended, so that it has given everything back.
    pub(crate) fn stop(&self) {
        let _ = self.orders.send(Order::Stop);
        if let Some(thread) = self.thread.lock().ok().and_then(|mut thread| thread.take()) {
            let _ = thread.join();
        }
    }
}

/// What the thread owns.
struct Keeper {
    settings: Audio,
    media: Media,
    /// When music is tried; `None` while the media thread has it, or when there is to be none.
    music_due: Option<Instant>,
    /// That it is missing was told.
    music_missed: bool,
    monitored: Option<Monitored>,
}

/// The call that is listened to.
struct Monitored {
    call: CallId,
    /// When a card that was lost is tried again.
    due: Option<Instant>,
    /// Those who wait for it to end.
    waiting: Vec<oneshot::Sender<bool>>,
}

impl Keeper {
    fn new(settings: Audio, media: Media) -> Self {
        let has_music = settings.music_on_hold.is_some() || settings.music_on_hold_file.is_some();
        Self { settings, media, music_due: has_music.then(Instant::now), music_missed: false, monitored: None }
    }

    fn run(mut self, queue: &Receiver<Order>) {
        loop {
            self.try_music();
            self.try_lost_monitor();
            let due = self.music_due.into_iter().chain(self.monitored.as_ref().and_then(|monitored| monitored.due)).min();
            let wait = due.map_or(RETRY, |due| due.saturating_duration_since(Instant::now()));
            match queue.recv_timeout(wait) {
                Ok(Order::Stop) | Err(RecvTimeoutError::Disconnected) => return,
                Ok(order) => self.carry_out(order),
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }

    fn carry_out(&mut self, order: Order) {
        match order {
            Order::MusicLost { source, loss } => {
                tracing::warn!("sound{{playing}}: music on hold: {loss} -> silence until it is there again");
                drop(source);
                self.music_missed = true;
                self.music_due = Some(Instant::now() + RETRY);
            }
            Order::Monitor { call, answer } => {
                // The asker may have gone away; so below.
                let _ = answer.send(self.monitor(call));
            }
            Order::EndMonitor { call, answer } => self.end_monitor(call, answer),
            Order::MonitorLost { call, output, loss } => {
                tracing::warn!("sound{{playing}}: monitor of call {}: {loss} -> unheard until it is there again", call.0);
                drop(output);
                if let Some(monitored) = self.monitored.as_mut().filter(|monitored| monitored.call == call) {
                    monitored.due = Some(Instant::now() + RETRY);
                }
            }
            Order::MonitorEnded { call, output } => {
                drop(output);
                if let Some(monitored) = self.monitored.take_if(|monitored| monitored.call == call) {
                    tracing::info!("sound{{playing}}: call {} -> no longer monitored", call.0);
                    for answer in monitored.waiting {
                        let _ = answer.send(true);
                    }
                }
            }
            Order::Stop => {}
        }
    }

    /// Opens the music when it is time.
    fn try_music(&mut self) {
        if self.music_due.is_none_or(|due| due > Instant::now()) {
            return;
        }
        match self.open_music() {
            Ok(source) => {
                tracing::info!("sound{{opening}}: music on hold: {}", self.music_name());
                // A full queue: the media thread is stuck, and says so elsewhere.
                self.media.tell(Command::Sound(Hand::Music(source)));
                self.share_file();
                (self.music_due, self.music_missed) = (None, false);
            }
            Err(why) => {
                if !std::mem::replace(&mut self.music_missed, true) {
                    tracing::warn!(
                        "sound{{opening}}: music on hold: {why} -> silence; it is tried again every {} s",
                        RETRY.as_secs()
                    );
                }
                self.music_due = Some(Instant::now() + RETRY);
            }
        }
    }

    fn open_music(&self) -> Result<Box<dyn Source>, String> {
        if let Some(file) = &self.settings.music_on_hold_file {
            return Ok(Box::new(Tape::load(file)?));
        }
        let card = self.settings.music_on_hold.as_deref().unwrap_or_default();
        Ok(Box::new(Capture::open(card).map_err(|error| error.to_string())?))
    }

    /// A file can be played twice, a card cannot: the calls between SIP peers, which have a thread of their own, get theirs.
    fn share_file(&self) {
        let file = self.settings.music_on_hold_file.as_ref();
        if let Some(Ok(tape)) = file.map(|file| Tape::load(file)) {
            self.media.give_mediation(Box::new(tape));
        }
    }

    fn music_name(&self) -> String {
        let file = self.settings.music_on_hold_file.as_ref().map(|file| file.display().to_string());
        file.or_else(|| self.settings.music_on_hold.clone()).unwrap_or_default()
    }

    fn monitor(&mut self, call: CallId) -> Result<(), String> {
        match &self.monitored {
            Some(monitored) if monitored.call == call && monitored.waiting.is_empty() => return Ok(()),
            Some(monitored) => return Err(format!("call {} is being monitored: end that first", monitored.call.0)),
            None => {}
        }
        let output = self.open_monitor()?;
        if !self.media.tell(Command::Sound(Hand::Monitor { call, output })) {
            return Err("the media thread takes no commands".to_owned());
        }
        self.monitored = Some(Monitored { call, due: None, waiting: Vec::new() });
        Ok(())
    }

    fn open_monitor(&self) -> Result<Box<dyn Output>, String> {
        let device = self.settings.monitor_device.as_deref();
        let device = device.ok_or("there is no sound card for it: set audio.monitor_device")?;
        Ok(Box::new(Playback::open(device).map_err(|error| error.to_string())?))
    }

    /// A card that was lost while its call goes on.
    fn try_lost_monitor(&mut self) {
        let now = Instant::now();
        let Some(call) = self.monitored.as_ref().filter(|one| one.due.is_some_and(|due| due <= now)).map(|one| one.call) else {
            return;
        };
        let due = match self.open_monitor() {
            Ok(output) => {
                self.media.tell(Command::Sound(Hand::Monitor { call, output }));
                None
            }
            // Told when it was lost.
            Err(_) => Some(now + RETRY),
        };
        if let Some(monitored) = &mut self.monitored {
            monitored.due = due;
        }
    }

    fn end_monitor(&mut self, call: CallId, answer: oneshot::Sender<bool>) {
        let Some(monitored) = self.monitored.as_mut().filter(|monitored| monitored.call == call) else {
            let _ = answer.send(false);
            return;
        };
        // It is answered when the media thread has let go of the card.
        monitored.waiting.push(answer);
        self.media.tell(Command::Sound(Hand::EndMonitor { call }));
    }
}
