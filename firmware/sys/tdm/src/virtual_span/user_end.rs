//! The user end of a virtual span: it follows the network end's clock and answers each tick with its own.

use std::os::fd::{AsFd, BorrowedFd};
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::sys::epoll::Epoll;

use super::channel::VirtualChannel;
use super::clock::{CATCH_UP, Clock, Ticker};
use super::end::End;
use super::link::{Link, Received, Sent};
use super::network_end::{new_epoll, watch};
use super::wire::Message;
use crate::span::{Alarms, Channel, ClockRole, Counters, Error, Mode, Serviced, Span, SpanEvent, SpanInfo};

/// How often an absent network end is looked for.
const RETRY: Duration = Duration::from_millis(500);
/// The same in ticks, while the timer gives the 10 ms beat.
const RETRY_TICKS: u64 = 50;

/// Periods of [`RETRY`] without a tick, in real time, after which the network end counts as gone.
const PATIENCE: u32 = 4;

/// What paces the span while the network end is absent.
enum Absence {
    /// Nothing: no network end was there yet, or it ran in lock step. The timer only looks for it.
    Still,
    /// The clock of the lost network end goes on from here, as a card falls back to its own: channels read silence.
    Holdover { ticks: u64 },
}

/// The far end closed its socket, or sent what no far end sends.
struct Gone;

/// The user end. Without a far end it is in RED and tries every 500 ms to reach it again.
pub struct VirtualUser {
    end: End,
    path: Option<PathBuf>,
    link: Option<Link>,
    /// The tick that must come next; `None` before the first of a connection.
    next_tick: Option<u64>,
    lock_step: bool,
    /// Periods of [`RETRY`] since the last tick.
    silent: u32,
    absence: Absence,
    timer: Ticker,
    epoll: Epoll,
}

impl VirtualUser {
    /// Joins the network end that listens, or will listen, at `path`.
    pub fn connect(path: &Path, info: SpanInfo) -> Result<Self, Error> {
        Self::new(info, Some(path.to_owned()), Link::connect(path)?)
    }

    pub(super) fn new(info: SpanInfo, path: Option<PathBuf>, link: Option<Link>) -> Result<Self, Error> {
        let epoll = new_epoll()?;
        let timer = Ticker::new(RETRY)?;
        watch(&epoll, timer.fd())?;
        if let Some(link) = &link {
            watch(&epoll, link)?;
        }
        let end = End::new(info, ClockRole::Slave)?;
        if link.is_some() {
            end.line_is_joined();
        }
        Ok(Self { end, path, link, next_tick: None, lock_step: false, silent: 0, absence: Absence::Still, timer, epoll })
    }

    /// Puts an alarm on the line until called again: LOS (no signal), BLUE (all ones), YELLOW (remote alarm) or NONE.
    pub fn set_sent_alarms(&mut self, alarms: Alarms) -> Result<(), Error> {
        self.end.order_alarms(alarms)
    }

    fn cut_off(&mut self) -> Result<(), Error> {
        let was_running = self.next_tick.take().is_some();
        self.link = None; // leaves the epoll set by being closed
        self.end.far_end_is_gone();
        if was_running && !self.lock_step {
            self.absence = Absence::Holdover { ticks: 0 };
            self.timer.set(Clock::RealTime.period().unwrap_or(RETRY))?;
        }
        Ok(())
    }

    /// Without a network end: lets time pass and looks for it.
    fn wait(&mut self, expired: u64) -> Result<u32, Error> {
        if self.link.is_some() || expired == 0 {
            return Ok(0);
        }
        let (blocks, look) = match &mut self.absence {
            Absence::Still => (0, true),
            Absence::Holdover { ticks } => {
                let before = *ticks / RETRY_TICKS;
                *ticks += expired;
                (expired.min(CATCH_UP), *ticks / RETRY_TICKS != before)
            }
        };
        for _ in 0..blocks {
            self.end.pass_silence();
        }
        if look && let Some(path) = &self.path {
            self.link = Link::connect(path)?;
            if let Some(link) = &self.link {
                watch(&self.epoll, link)?;
                self.end.line_is_joined();
                self.absence = Absence::Still;
                self.timer.set(RETRY)?;
            }
        }
        Ok(blocks as u32)
    }

    /// Whether a network end that ran in real time has been silent for too long. A stall of this process is no proof: what
    /// came meanwhile waits in the socket.
    fn is_out_of_patience(&mut self, expired: u64, ticks_came: bool) -> bool {
        let running = self.link.is_some() && self.next_tick.is_some() && !self.lock_step;
        if ticks_came || !running {
            self.silent = 0;
            return false;
        }
        self.silent += u32::from(expired > 0);
        let over = self.silent >= PATIENCE;
        if over {
            self.silent = 0;
            self.end.refuse("no tick for 2 s".to_owned(), false);
        }
        over
    }

    /// The tick that waits in the socket, or that the far end is to be cut off. There is one at the most: the network end
    /// sends the next when this one is answered.
    fn receive(&mut self) -> Result<Option<Message>, Gone> {
        let Some(link) = &mut self.link else { return Ok(None) };
        let parsed = match link.receive() {
            Received::Nothing => return Ok(None),
            Received::Gone => return Err(Gone),
            Received::TooLong(length) => Err(format!("message of {length} octets")),
            Received::Message(bytes) => Message::parse(bytes).map_err(|malformed| malformed.to_string()),
        };
        match parsed {
            Ok(message) if message.shape == self.end.shape => return Ok(Some(message)),
            Ok(message) => self.end.refuse(format!("far end is {:?}, this end {:?}", message.shape, self.end.shape), false),
            Err(reason) => self.end.refuse(reason, true),
        }
        Err(Gone)
    }

    /// Takes one tick in and answers it.
    fn tick(&mut self, message: &Message) -> Result<(), Gone> {
        self.end.far_end_is_back();
        let expected = self.next_tick.unwrap_or(message.tick);
        self.next_tick = Some(message.tick.saturating_add(1));
        self.lock_step = message.lock_step;
        self.end.lose_ticks(message.tick.saturating_sub(expected));
        self.end.absorb(message);
        let answer = self.end.compose(message.tick, message.lock_step);
        match self.link.as_ref().map_or(Sent::Gone, |link| link.send(answer)) {
            Sent::Yes | Sent::Full => Ok(()),
            Sent::Gone => Err(Gone),
        }
    }
}

impl Span for VirtualUser {
    fn info(&self) -> &SpanInfo {
        &self.end.info
    }

    fn open(&mut self, slot: u8, mode: Mode) -> Result<Box<dyn Channel>, Error> {
        Ok(Box::new(VirtualChannel::open(&self.end.lanes, slot, self.end.info.timeslots, mode)?))
    }

    fn alarms(&self) -> Alarms {
        self.end.alarms()
    }

    fn counters(&self) -> Counters {
        self.end.counters()
    }

    fn poll_fd(&self) -> Option<BorrowedFd<'_>> {
        Some(self.epoll.0.as_fd())
    }

    fn service(&mut self) -> Result<Serviced, Error> {
        let expired = self.timer.expirations()?;
        let mut blocks = self.wait(expired)?;
        let received = self.receive();
        let ticked = match &received {
            Ok(Some(message)) => {
                blocks += 1;
                self.tick(message)
            }
            Ok(None) => Ok(()),
            Err(Gone) => Err(Gone),
        };
        if self.is_out_of_patience(expired, matches!(received, Ok(Some(_)))) || ticked.is_err() {
            self.cut_off()?;
        }
        Ok(Serviced { blocks })
    }

    fn poll_event(&mut self) -> Option<SpanEvent> {
        self.end.poll_event()
    }
}
