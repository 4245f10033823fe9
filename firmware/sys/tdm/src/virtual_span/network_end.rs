//! The network end of a virtual span: it owns the clock and sends the ticks.

use std::os::fd::{AsFd, BorrowedFd};
use std::path::Path;

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags};
use nix::sys::eventfd::{EfdFlags, EventFd};

use super::channel::VirtualChannel;
use super::clock::{CATCH_UP, Clock, Ticker};
use super::end::End;
use super::link::{Link, Listener, Received, Sent};
use super::os_error;
use super::wire::Message;
use crate::span::{Alarms, Channel, ClockRole, Counters, Error, Mode, Serviced, Span, SpanEvent, SpanInfo};

/// Messages taken from the socket in one call, so that a flood cannot hold the caller.
pub(super) const MESSAGES_PER_CALL: usize = 64;
/// Ticks without an answer in real time after which the far end counts as gone: 2 s. A process that was only delayed
/// answers sooner, and one that was cut off joins again.
const PATIENCE: u32 = 200;

/// What makes the next tick due.
enum Pacing {
    Time(Ticker),
    /// `flag` is readable when a tick may be sent.
    LockStep {
        flag: EventFd,
        awaiting_answer: bool,
    },
}

/// The network end. Without a far end it is in RED; its real-time clock runs on and channels read silence.
pub struct VirtualNetwork {
    end: End,
    listener: Option<Listener>,
    link: Option<Link>,
    pacing: Pacing,
    /// Number of the next tick.
    tick: u64,
    /// The answer that must come next.
    next_answer: u64,
    /// Ticks from `next_answer` on that were never sent: no answer will come, and they are counted already.
    skipped: u64,
    /// Ticks sent since the last answer.
    unanswered: u32,
    epoll: Epoll,
}

impl VirtualNetwork {
    /// Listens at `path` for the user end. A stale socket file is replaced.
    pub fn listen(path: &Path, info: SpanInfo, clock: Clock) -> Result<Self, Error> {
        let listener = Listener::bind(path)?;
        Self::new(info, clock, Some(listener), None)
    }

    pub(super) fn new(info: SpanInfo, clock: Clock, listener: Option<Listener>, link: Option<Link>) -> Result<Self, Error> {
        let end = End::new(info, ClockRole::Master)?;
        let epoll = new_epoll()?;
        let pacing = match clock.period() {
            Some(period) => Pacing::Time(Ticker::new(period)?),
            None => Pacing::LockStep { flag: new_flag()?, awaiting_answer: false },
        };
        match &pacing {
            Pacing::Time(ticker) => watch(&epoll, ticker.fd())?,
            Pacing::LockStep { flag, .. } => watch(&epoll, flag)?,
        }
        if let Some(listener) = &listener {
            watch(&epoll, listener)?;
        }
        let mut network = Self { end, listener, link: None, pacing, tick: 0, next_answer: 0, skipped: 0, unanswered: 0, epoll };
        if let Some(link) = link {
            network.adopt(link)?;
        }
        Ok(network)
    }

    /// Puts an alarm on the line until called again: LOS (no signal), BLUE (all ones), YELLOW (remote alarm) or NONE.
    ///
    /// The far end sees it with the next tick; under LOS and BLUE it hears silence and gets no frame.
    pub fn set_sent_alarms(&mut self, alarms: Alarms) -> Result<(), Error> {
        self.end.order_alarms(alarms)
    }

    fn adopt(&mut self, link: Link) -> Result<(), Error> {
        watch(&self.epoll, &link)?;
        self.link = Some(link);
        self.next_answer = self.tick;
        self.skipped = 0;
        self.unanswered = 0;
        self.end.line_is_joined();
        self.allow_tick()
    }

    /// In lock step: the next tick may be sent.
    fn allow_tick(&mut self) -> Result<(), Error> {
        if let Pacing::LockStep { flag, awaiting_answer } = &mut self.pacing {
            *awaiting_answer = false;
            flag.write(1).map_err(|errno| os_error("set the lock-step flag", errno))?;
        }
        Ok(())
    }

    fn accept(&mut self) -> Result<(), Error> {
        while let Some(link) = self.listener.as_ref().and_then(Listener::accept) {
            if self.link.is_some() {
                self.end.refuse("a second far end wants in".to_owned(), false);
            } else {
                self.adopt(link)?;
            }
        }
        Ok(())
    }

    fn cut_off(&mut self) {
        self.link = None; // leaves the epoll set by being closed
        self.end.far_end_is_gone();
    }

    /// Takes in the far end's answers; how many blocks they brought.
    fn receive(&mut self) -> Result<u32, Error> {
        let mut blocks = 0;
        for _ in 0..MESSAGES_PER_CALL {
            let Some(link) = &mut self.link else { break };
            let parsed = match link.receive() {
                Received::Nothing => break,
                Received::Gone => {
                    self.cut_off();
                    break;
                }
                Received::TooLong(length) => Err(format!("message of {length} octets")),
                Received::Message(bytes) => Message::parse(bytes).map_err(|malformed| malformed.to_string()),
            };
            let refused = match parsed {
                Err(reason) => Some((reason, true)),
                Ok(message) if message.shape != self.end.shape => {
                    Some((format!("far end is {:?}, this end {:?}", message.shape, self.end.shape), false))
                }
                Ok(message) if message.tick >= self.tick || message.tick < self.next_answer => {
                    Some((format!("answer to tick {}, next is {}", message.tick, self.next_answer), true))
                }
                Ok(message) => {
                    self.answered(&message)?;
                    blocks += 1;
                    None
                }
            };
            if let Some((reason, malformed)) = refused {
                self.end.refuse(reason, malformed);
                self.cut_off();
            }
        }
        Ok(blocks)
    }

    fn answered(&mut self, message: &Message) -> Result<(), Error> {
        self.end.far_end_is_back();
        let missing = message.tick - self.next_answer;
        let known = missing.min(self.skipped);
        self.skipped -= known;
        self.end.lose_ticks(missing - known);
        self.next_answer = message.tick + 1;
        self.unanswered = 0;
        self.end.absorb(message, true);
        self.allow_tick()
    }

    /// How many ticks to send now; those that a stall has cost are counted.
    fn due(&mut self) -> Result<u32, Error> {
        match &mut self.pacing {
            Pacing::Time(ticker) => {
                let expired = ticker.expirations()?;
                let due = expired.min(u64::from(CATCH_UP));
                let lost = expired - due;
                if lost > 0 {
                    self.tick += lost;
                    self.skipped += lost;
                    self.end.slip(u32::try_from(lost).unwrap_or(u32::MAX));
                }
                Ok(due as u32)
            }
            Pacing::LockStep { flag, awaiting_answer } => {
                match flag.read() {
                    Ok(_) | Err(Errno::EAGAIN) => {}
                    Err(errno) => return Err(os_error("read the lock-step flag", errno)),
                }
                let due = self.link.is_some() && !*awaiting_answer;
                *awaiting_answer = *awaiting_answer || due;
                Ok(u32::from(due))
            }
        }
    }

    /// Sends one tick, or lets it pass in silence; how many blocks became readable.
    fn send_tick(&mut self) -> u32 {
        let Some(link) = &self.link else {
            self.tick += 1;
            self.end.pass_silence();
            return 1;
        };
        let lock_step = matches!(self.pacing, Pacing::LockStep { .. });
        let sent = link.send(self.end.compose(self.tick, lock_step));
        self.tick += 1;
        match sent {
            Sent::Yes => {}
            // The far end does not read. The gap in the numbers tells it, and its missing answer counts the slip here.
            Sent::Full => tracing::debug!("tdm[{}]: far end does not read -> tick {} lost", self.end.info.name, self.tick - 1),
            Sent::Gone => self.cut_off(),
        }
        self.unanswered += 1;
        if self.unanswered >= PATIENCE && !lock_step {
            self.end.refuse(format!("no answer to {PATIENCE} ticks"), false);
            self.cut_off();
        }
        0
    }
}

impl Span for VirtualNetwork {
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
        let mut blocks = self.receive()?;
        self.accept()?;
        // In lock step the channels are served between the answer and the next tick.
        if blocks == 0 || matches!(self.pacing, Pacing::Time(_)) {
            for _ in 0..self.due()? {
                blocks += self.send_tick();
            }
        }
        Ok(Serviced { blocks })
    }

    fn poll_event(&mut self) -> Option<SpanEvent> {
        self.end.poll_event()
    }
}

pub(super) fn new_epoll() -> Result<Epoll, Error> {
    Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC).map_err(|errno| os_error("make an epoll set", errno))
}

pub(super) fn watch(epoll: &Epoll, fd: impl AsFd) -> Result<(), Error> {
    epoll.add(fd, EpollEvent::new(EpollFlags::EPOLLIN, 0)).map_err(|errno| os_error("watch a descriptor", errno))
}

fn new_flag() -> Result<EventFd, Error> {
    EventFd::from_value_and_flags(0, EfdFlags::EFD_NONBLOCK | EfdFlags::EFD_CLOEXEC)
        .map_err(|errno| os_error("make a flag", errno))
}
