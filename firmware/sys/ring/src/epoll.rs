//! The ring by edge-triggered epoll(7): always there, one system call a wait.
//!
//! The kernel promises that a descriptor taken out reports nothing afterwards, and each wait hands out all that it fetched, so
//! no watch needs a generation here. Timeouts are rounded up to whole milliseconds.

use crate::datagram::LONGEST;
use crate::poll_bits;
use crate::{Backend, Datagram, DatagramCounters, Error, Interest, Ready, Ring, RingCounters, Token};
use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use std::collections::HashMap;
use std::io;
use std::net::UdpSocket;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

/// Datagrams read from one socket before the others have their turn; the rest follows in the next round.
const TURN: usize = 64;

/// What is watched.
enum Watched {
    Descriptor(OwnedFd),
    /// A socket whose datagrams are wanted, and whether it is in the list of those that have some.
    Socket(UdpSocket, bool),
}

pub(crate) struct EpollRing {
    epoll: Epoll,
    watched: HashMap<Token, Watched>,
    /// Sockets that have something.
    readable: Vec<Token>,
    buffer: Box<[u8; LONGEST + 1]>,
    datagrams: DatagramCounters,
    /// As many events as one wait takes.
    events: Vec<EpollEvent>,
    counters: RingCounters,
}

impl EpollRing {
    pub(crate) fn open(watches: usize) -> io::Result<Self> {
        let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
        let events = vec![EpollEvent::empty(); watches];
        Ok(Self {
            epoll,
            watched: HashMap::with_capacity(watches),
            readable: Vec::with_capacity(watches),
            buffer: Box::new([0; LONGEST + 1]),
            datagrams: DatagramCounters::default(),
            events,
            counters: RingCounters::default(),
        })
    }

    fn begin(&mut self, token: Token, watched: Watched, flags: EpollFlags) -> Result<(), Error> {
        let added = self.epoll.add(&watched, EpollEvent::new(flags | EpollFlags::EPOLLET, token.0));
        added.map_err(|errno| Error::Watch { token, source: errno.into() })?;
        match self.watched.insert(token, watched) {
            Some(old) => forget(&self.epoll, token, &old),
            None => Ok(()),
        }
    }

    /// Reads a socket until it would block or its turn is over; whether it is over.
    fn read(&mut self, token: Token, take: &mut dyn FnMut(Datagram<'_>)) -> bool {
        let Some(Watched::Socket(socket, listed)) = self.watched.get_mut(&token) else { return false };
        for _ in 0..TURN {
            match socket.recv_from(&mut *self.buffer) {
                Ok((octets, from)) => match self.buffer.get_mut(..octets).filter(|octets| octets.len() <= LONGEST) {
                    Some(octets) => {
                        self.datagrams.received += 1;
                        take(Datagram { token, from, octets });
                    }
                    None => self.datagrams.too_long += 1,
                },
                Err(why) if why.kind() == io::ErrorKind::WouldBlock => {
                    *listed = false;
                    return false;
                }
                // What the network says of a peer, or a signal: the next read tells.
                Err(_) => {}
            }
        }
        true
    }
}

impl AsFd for Watched {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Descriptor(fd) => fd.as_fd(),
            Self::Socket(socket, _) => socket.as_fd(),
        }
    }
}

impl Ring for EpollRing {
    fn backend(&self) -> Backend {
        Backend::Epoll
    }

    fn watch(&mut self, token: Token, fd: BorrowedFd<'_>, interest: Interest) -> Result<(), Error> {
        let own = fd.try_clone_to_owned().map_err(|source| Error::Duplicate { token, source })?;
        // NVAL has no name in epoll but passes its mask, and DAHDI sets it for a removed card.
        let flags = EpollFlags::from_bits_retain(poll_bits::asked(interest).cast_signed());
        self.begin(token, Watched::Descriptor(own), flags)
    }

    fn receive(&mut self, token: Token, socket: BorrowedFd<'_>) -> Result<(), Error> {
        let own = socket.try_clone_to_owned().map_err(|source| Error::Duplicate { token, source })?;
        let socket = UdpSocket::from(own);
        socket.set_nonblocking(true).map_err(|source| Error::Watch { token, source })?;
        self.begin(token, Watched::Socket(socket, false), EpollFlags::EPOLLIN)
    }

    fn unwatch(&mut self, token: Token) -> Result<(), Error> {
        let old = self.watched.remove(&token).ok_or(Error::NotWatched(token))?;
        self.readable.retain(|other| *other != token);
        forget(&self.epoll, token, &old)
    }

    fn wait(&mut self, timeout: Option<Duration>, ready: &mut Vec<Ready>) -> Result<(), Error> {
        ready.clear();
        self.counters.waits += 1;
        let room = self.events.len();
        // Sockets whose turn was over have something still.
        let timeout = if self.readable.is_empty() { timeout } else { Some(Duration::ZERO) };
        let count = match self.epoll.wait(&mut self.events, milliseconds(timeout)) {
            Ok(count) => count.min(room),
            Err(Errno::EINTR) => 0,
            Err(errno) => return Err(Error::Wait(errno.into())),
        };
        for event in self.events.iter().take(count) {
            let token = Token(event.data());
            match self.watched.get_mut(&token) {
                Some(Watched::Socket(_, listed)) => {
                    if !std::mem::replace(listed, true) {
                        self.readable.push(token);
                    }
                }
                Some(Watched::Descriptor(_)) | None => {
                    ready.extend(poll_bits::ready(token, event.events().bits().cast_unsigned()));
                }
            }
        }
        self.counters.completions += count as u64;
        self.counters.reported += ready.len() as u64;
        self.counters.overflowed += u64::from(count == room);
        Ok(())
    }

    fn datagrams(&mut self, take: &mut dyn FnMut(Datagram<'_>)) {
        let mut index = 0;
        while let Some(token) = self.readable.get(index).copied() {
            if self.read(token, take) {
                index += 1;
            } else {
                self.readable.swap_remove(index);
            }
        }
    }

    fn datagram_counters(&self) -> DatagramCounters {
        self.datagrams
    }

    fn counters(&self) -> RingCounters {
        self.counters
    }
}

/// Taken out by hand: closing our duplicate alone would leave the entry there as long as the caller's descriptor lives.
fn forget(epoll: &Epoll, token: Token, old: &Watched) -> Result<(), Error> {
    epoll.delete(old).map_err(|errno| Error::Watch { token, source: errno.into() })
}

fn milliseconds(timeout: Option<Duration>) -> EpollTimeout {
    let Some(timeout) = timeout else { return EpollTimeout::NONE };
    let rounded_up = timeout.as_nanos().div_ceil(1_000_000);
    let clamped = i32::try_from(rounded_up).unwrap_or(i32::MAX);
    EpollTimeout::try_from(clamped).unwrap_or(EpollTimeout::MAX)
}
