//! The ring by edge-triggered epoll(7): always there, one system call a wait.
//!
//! The kernel promises that a descriptor taken out reports nothing afterwards, and each wait hands out all that it fetched, so
//! no watch needs a generation here. Timeouts are rounded up to whole milliseconds.

use crate::poll_bits;
use crate::{Backend, Error, Interest, Ready, Ring, RingCounters, Token};
use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use std::collections::HashMap;
use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::time::Duration;

pub(crate) struct EpollRing {
    epoll: Epoll,
    watched: HashMap<Token, OwnedFd>,
    /// As many events as one wait takes.
    events: Vec<EpollEvent>,
    counters: RingCounters,
}

impl EpollRing {
    pub(crate) fn open(watches: usize) -> io::Result<Self> {
        let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
        let events = vec![EpollEvent::empty(); watches];
        Ok(Self { epoll, watched: HashMap::with_capacity(watches), events, counters: RingCounters::default() })
    }
}

impl Ring for EpollRing {
    fn backend(&self) -> Backend {
        Backend::Epoll
    }

    fn watch(&mut self, token: Token, fd: BorrowedFd<'_>, interest: Interest) -> Result<(), Error> {
        let own = fd.try_clone_to_owned().map_err(|source| Error::Duplicate { token, source })?;
        // NVAL has no name in epoll but passes its mask, and DAHDI sets it for a removed card.
        let flags = EpollFlags::from_bits_retain(poll_bits::asked(interest).cast_signed()) | EpollFlags::EPOLLET;
        let added = self.epoll.add(&own, EpollEvent::new(flags, token.0));
        added.map_err(|errno| Error::Watch { token, source: errno.into() })?;
        match self.watched.insert(token, own) {
            Some(old) => forget(&self.epoll, token, old),
            None => Ok(()),
        }
    }

    fn unwatch(&mut self, token: Token) -> Result<(), Error> {
        let old = self.watched.remove(&token).ok_or(Error::NotWatched(token))?;
        forget(&self.epoll, token, old)
    }

    fn wait(&mut self, timeout: Option<Duration>, ready: &mut Vec<Ready>) -> Result<(), Error> {
        ready.clear();
        self.counters.waits += 1;
        let room = self.events.len();
        let count = match self.epoll.wait(&mut self.events, milliseconds(timeout)) {
            Ok(count) => count.min(room),
            Err(Errno::EINTR) => 0,
            Err(errno) => return Err(Error::Wait(errno.into())),
        };
        let bits = |event: &EpollEvent| event.events().bits().cast_unsigned();
        ready.extend(self.events.iter().take(count).filter_map(|event| poll_bits::ready(Token(event.data()), bits(event))));
        self.counters.completions += count as u64;
        self.counters.reported += ready.len() as u64;
        self.counters.overflowed += u64::from(count == room);
        Ok(())
    }

    fn counters(&self) -> RingCounters {
        self.counters
    }
}

/// Taken out by hand: closing our duplicate alone would leave the entry there as long as the caller's descriptor lives.
fn forget(epoll: &Epoll, token: Token, old: OwnedFd) -> Result<(), Error> {
    epoll.delete(&old).map_err(|errno| Error::Watch { token, source: errno.into() })
}

fn milliseconds(timeout: Option<Duration>) -> EpollTimeout {
    let Some(timeout) = timeout else { return EpollTimeout::NONE };
    let rounded_up = timeout.as_nanos().div_ceil(1_000_000);
    let clamped = i32::try_from(rounded_up).unwrap_or(i32::MAX);
    EpollTimeout::try_from(clamped).unwrap_or(EpollTimeout::MAX)
}
