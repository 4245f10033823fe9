//! The network end of a virtual span: it owns the clock and sends the ticks.
//!
//! One tick is on its way at a time. In real time a tick that falls due before the last one is answered waits, so that a process
//! which the machine lets wait for some blocks loses none of them: both ends make up for them one by one, with their channels
//! read and written in between. Only what is more than [`CATCH_UP`] behind is lost, and counted as a slip at both ends.

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
/// Periods without an answer in real time after which the far end counts as gone: 2 s. A process that was only delayed
/// answers sooner, and one that was cut off joins again.
const PATIENCE: u64 = 200;

/// What makes the next tick due.
enum Pacing {
    /// Ticks that are due and not sent yet.
    Time {
        ticker: Ticker,
        owed: u64,
    },
    LockStep,
}

/// The network end. Without a far end it is in RED; its real-time clock runs on and channels read silence.
pub struct VirtualNetwork {
    end: End,
    listener: Option<Listener>,
    link: Option<Link>,
    pacing: Pacing,
    /// Readable when a tick may be sent now that no timer will remind of.
    flag: EventFd,
    /// Number of the next tick.
    tick: u64,
    /// The tick that the far end has not answered yet, and the periods that have passed since.
    awaited: Option<(u64, u64)>,
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
        let (epoll, flag) = (new_epoll()?, new_flag()?);
        watch(&epoll, &flag)?;
        let pacing = match clock.period() {
            Some(period) => {
                let ticker = Ticker::new(period)?;
                watch(&epoll, ticker.fd())?;
                Pacing::Time { ticker, owed: 0 }
            }
            None => Pacing::LockStep,
        };
        if let Some(listener) = &listener {
            watch(&epoll, listener)?;
        }
        let mut network = Self { end, listener, link: None, pacing, flag, tick: 0, awaited: None, epoll };
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
        self.awaited = None;
        self.end.line_is_joined();
        self.remind()
    }

    /// Wakes the owner for a tick that may be sent.
    fn remind(&self) -> Result<(), Error> {
        let sendable = match &self.pacing {
            Pacing::Time { owed, .. } => *owed > 0,
            Pacing::LockStep => true,
        };
        if sendable {
            self.flag.write(1).map_err(|errno| os_error("set the tick flag", errno))?;
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
                Ok(message) if self.awaited.is_none_or(|(tick, _)| tick != message.tick) => {
                    Some((format!("answer to tick {}, the last one sent is {:?}", message.tick, self.tick.checked_sub(1)), true))
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
        self.awaited = None;
        self.end.absorb(message);
        self.remind()
    }

    /// In real time: takes in the periods that ended, and counts the ticks that are too far behind to be sent.
    fn pass_time(&mut self) -> Result<(), Error> {
        let Pacing::Time { ticker, owed } = &mut self.pacing else { return Ok(()) };
        let expired = ticker.expirations()?;
        *owed += expired;
        let lost = owed.saturating_sub(CATCH_UP);
        *owed -= lost;
        if lost > 0 {
            self.tick += lost;
            self.end.slip(u32::try_from(lost).unwrap_or(u32::MAX));
        }
        if let Some((_, waited)) = &mut self.awaited {
            *waited += expired;
            if *waited >= PATIENCE {
                self.end.refuse(format!("no answer in {PATIENCE} ticks"), false);
                self.cut_off();
            }
        }
        Ok(())
    }

    /// Sends the tick that is due, or lets what is due pass in silence; how many blocks became readable.
    fn send_due(&mut self) -> u32 {
        if self.link.is_none() {
            return self.let_pass();
        }
        let due = self.awaited.is_none()
            && match &mut self.pacing {
                Pacing::Time { owed, .. } => {
                    let due = *owed > 0;
                    *owed -= u64::from(due);
                    due
                }
                Pacing::LockStep => true,
            };
        if due {
            self.send_tick();
        }
        0
    }

    fn let_pass(&mut self) -> u32 {
        let Pacing::Time { owed, .. } = &mut self.pacing else { return 0 };
        let due = std::mem::take(owed);
        self.tick += due;
        (0..due).for_each(|_| self.end.pass_silence());
        due as u32
    }

    fn send_tick(&mut self) {
        let lock_step = matches!(self.pacing, Pacing::LockStep);
        let Some(link) = &self.link else { return };
        let sent = link.send(self.end.compose(self.tick, lock_step));
        match sent {
            Sent::Yes => self.awaited = Some((self.tick, 0)),
            // Cannot be with one message on its way; the gap in the numbers tells the far end.
            Sent::Full => self.end.slip(1),
            Sent::Gone => self.cut_off(),
        }
        self.tick += 1;
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
        match self.flag.read() {
            Ok(_) | Err(Errno::EAGAIN) => {}
            Err(errno) => return Err(os_error("read the tick flag", errno)),
        }
        let mut blocks = self.receive()?;
        self.accept()?;
        self.pass_time()?;
        if blocks == 0 {
            blocks += self.send_due();
        } else {
            // The channels are served between the answer and the next tick.
            self.remind()?;
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
