//! The user end of a virtual span: it follows the network end's clock and answers each tick with its own.

use std::os::fd::{AsFd, BorrowedFd};
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::sys::epoll::Epoll;

use super::channel::VirtualChannel;
use super::clock::{CATCH_UP, Clock, Ticker};
use super::end::End;
use super::link::{Link, Received, Sent};
use super::network_end::{MESSAGES_PER_CALL, new_epoll, watch};
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
                (expired.min(u64::from(CATCH_UP)), *ticks / RETRY_TICKS != before)
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

    /// Everything that waits in the socket, oldest first, and whether the far end is to be cut off after it.
    fn receive(&mut self) -> (Vec<Message>, bool) {
        let mut messages = Vec::new();
        for _ in 0..MESSAGES_PER_CALL {
            let Some(link) = &mut self.link else { break };
            let parsed = match link.receive() {
                Received::Nothing => break,
                Received::Gone => return (messages, true),
                Received::TooLong(length) => Err(format!("message of {length} octets")),
                Received::Message(bytes) => Message::parse(bytes).map_err(|malformed| malformed.to_string()),
            };
            match parsed {
                Ok(message) if message.shape == self.end.shape => messages.push(message),
                Ok(message) => {
                    self.end.refuse(format!("far end is {:?}, this end {:?}", message.shape, self.end.shape), false);
                    return (messages, true);
                }
                Err(reason) => {
                    self.end.refuse(reason, true);
                    return (messages, true);
                }
            }
        }
        (messages, false)
    }

    /// Takes one tick in and answers it. `late`: too old to be heard, and not worth an answer.
    fn tick(&mut self, message: &Message, late: bool) -> Sent {
        self.end.far_end_is_back();
        let expected = self.next_tick.unwrap_or(message.tick);
        self.next_tick = Some(message.tick.saturating_add(1));
        self.lock_step = message.lock_step;
        self.end.lose_ticks(message.tick.saturating_sub(expected));
        self.end.absorb(message, !late);
        if late {
            self.end.slip(1);
            return Sent::Yes;
        }
        let answer = self.end.compose(message.tick, message.lock_step);
        self.link.as_ref().map_or(Sent::Gone, |link| link.send(answer))
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
        let (messages, mut cut_off) = self.receive();
        cut_off |= self.is_out_of_patience(expired, !messages.is_empty());
        let late = messages.len().saturating_sub(CATCH_UP as usize);
        for (index, message) in messages.iter().enumerate() {
            if self.tick(message, index < late) == Sent::Gone {
                cut_off = true;
            }
            blocks += u32::from(index >= late);
        }
        if cut_off {
            self.cut_off()?;
        }
        Ok(Serviced { blocks })
    }

    fn poll_event(&mut self) -> Option<SpanEvent> {
        self.end.poll_event()
    }
}
