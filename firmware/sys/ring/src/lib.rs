//! Waiting for many descriptors by io_uring or epoll behind one trait, an eventfd to be woken by, and thread placement.
//!
//! A media thread owns one [`Ring`], watches its DAHDI channels, the sockets of virtual spans and a [`Wake`], and reads and
//! writes the descriptors itself with plain non-blocking calls: the ring only says which of them have something.
//!
//! ```
//! use ring::{Interest, Token, Wake};
//! use std::{os::fd::AsFd, time::Duration};
//! let mut opened = ring::open(None)?; // io_uring, or epoll where the kernel refuses it: see `opened.refused`
//! let wake = Wake::new()?;
//! opened.ring.watch(Token(7), wake.as_fd(), Interest::READ)?;
//! wake.wake(); // from any thread
//! let mut ready = Vec::with_capacity(64);
//! opened.ring.wait(Some(Duration::from_millis(10)), &mut ready)?;
//! assert!(ready.iter().any(|one| one.token == Token(7) && one.readable));
//! wake.drain(); // then look at the queue, never the other way round
//! # Ok::<(), ring::Error>(())
//! ```
//!
//! Both back ends report *edges*: what is ready when it is watched, and every change for the better after that. Whoever is told
//! that a descriptor is readable reads it until it would block, or hears of it again only when more arrives. A report may also
//! come for nothing (the data was read in the round before): the read then says that it would block.
//!
//! - [`Ring`], [`open`], [`open_sized`], [`open_batching`]: the trait and its two back ends (`uring`, `epoll`).
//! - [`Datagram`]: what a ring takes in from UDP sockets by itself.
//! - [`Wake`]: an eventfd that any thread may write to.
//! - [`placement`]: pinning to a core, real-time priority, locked memory.
//!
//! The kernel must be Linux 5.13 or newer for io_uring; [`open`] tries out a multishot poll and reports what is wrong otherwise.
//! Each watch costs one more descriptor of the process (the ring's own duplicate), to be counted in for `LimitNOFILE=`.
//! Left out: writability, descriptors without poll (regular files), reading by io_uring (it goes through a kernel worker for
//! DAHDI and costs 80 times a plain read), and anything asynchronous.
#![allow(unsafe_code, reason = "system calls and ring entries; each block says why it is sound")]
#![warn(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::undocumented_unsafe_blocks)]

mod datagram;
mod epoll;
mod error;
pub mod placement;
mod poll_bits;
mod pool;
mod uring;
mod wake;
mod watches;

pub use datagram::{Datagram, DatagramCounters, LONGEST};
pub use error::Error;
pub use wake::Wake;

use std::fmt;
use std::io;
use std::os::fd::BorrowedFd;
use std::time::Duration;
use uring::Work;

/// What the caller calls a descriptor: any number, unique within its ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Token(pub u64);

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// What to be told of. That a descriptor is gone is told always.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Interest {
    /// Data to read (POLLIN).
    pub readable: bool,
    /// An event, or urgent data (POLLPRI).
    pub urgent: bool,
}

impl Interest {
    /// POLLIN.
    pub const READ: Self = Self { readable: true, urgent: false };
    /// POLLPRI.
    pub const URGENT: Self = Self { readable: false, urgent: true };
    /// POLLIN and POLLPRI, as DAHDI's channels need.
    pub const BOTH: Self = Self { readable: true, urgent: true };
}

/// One descriptor that has something; at least one flag is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ready {
    /// As given to [`Ring::watch`].
    pub token: Token,
    /// Read until it would block.
    pub readable: bool,
    /// An event is there (DAHDI: GETEVENT until 0). True at the time of the report, never a guess.
    pub urgent: bool,
    /// ERR, HUP, NVAL or RDHUP, or a poll that the kernel refuses again and again: read what is left, then `unwatch`.
    pub gone: bool,
}

/// How the ring waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Backend {
    /// Multishot polls of one io_uring.
    IoUring,
    /// Edge-triggered epoll. Rounds timeouts up to whole milliseconds, at most 24 days.
    Epoll,
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::IoUring => "io_uring",
            Self::Epoll => "epoll",
        })
    }
}

/// What a ring has counted since it was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct RingCounters {
    /// Calls of [`Ring::wait`].
    pub waits: u64,
    /// Completions (io_uring) or events (epoll) taken from the kernel.
    pub completions: u64,
    /// Entries handed to the caller.
    pub reported: u64,
    /// Polls and receives that the kernel had ended and that were armed again. io_uring only.
    pub rearmed: u64,
    /// Looks at a descriptor by poll(2): after a re-arming, or to verify that it is urgent. io_uring only.
    pub hand_polls: u64,
    /// Waits that found more than the queue (io_uring) or the buffer (epoll) holds. Nothing is lost, but a larger ring is due.
    pub overflowed: u64,
    /// Completions of watches that are no more. io_uring only.
    pub stale: u64,
    /// Times all polls were armed anew because the ring had come to another thread. io_uring only.
    pub moved: u64,
    /// Watches given up, and reported gone, because the kernel kept refusing to poll them. io_uring only.
    pub given_up: u64,
}

/// Waits for descriptors. Owned by one thread at a time; moving it to another is allowed.
pub trait Ring: Send {
    /// Which one it is.
    fn backend(&self) -> Backend;

    /// Reports `fd` as `token` from now on. What is ready already is reported by the next [`wait`](Self::wait).
    ///
    /// The ring keeps its own duplicate of the descriptor; watching a token again replaces the old watch.
    ///
    /// # Errors
    ///
    /// Out of descriptors, or `fd` cannot be polled. An old watch of the token then stays as it was.
    fn watch(&mut self, token: Token, fd: BorrowedFd<'_>, interest: Interest) -> Result<(), Error>;

    /// Takes in the datagrams of this UDP socket from now on, for [`datagrams`](Self::datagrams). Ended by
    /// [`unwatch`](Self::unwatch). The socket is reported as [`Ready::gone`] when it proves to be of no use.
    ///
    /// # Errors
    ///
    /// Out of descriptors or memory that may be locked, or `socket` is no socket. An old watch of the token then stays as it was.
    fn receive(&mut self, token: Token, socket: BorrowedFd<'_>) -> Result<(), Error>;

    /// Ends the watch. When it returns, the ring holds no reference to the file any more and will not report the token.
    ///
    /// # Errors
    ///
    /// [`Error::NotWatched`]; [`Error::Stuck`] when the kernel does not let go of it within two seconds.
    fn unwatch(&mut self, token: Token) -> Result<(), Error>;

    /// Clears `ready`, waits until something is ready, a datagram is there or the timeout passes (`None`: for ever), and appends each token at most
    /// once, its flags merged. A signal counts as nothing ready: it may return early with nothing. Does not allocate once
    /// `ready` is large enough.
    ///
    /// # Errors
    ///
    /// The kernel refuses to wait; the ring is of no use any more.
    fn wait(&mut self, timeout: Option<Duration>, ready: &mut Vec<Ready>) -> Result<(), Error>;

    /// Hands out the datagrams that the last [`wait`](Self::wait) took in, each socket's in their order. Allocates nothing.
    fn datagrams(&mut self, take: &mut dyn FnMut(Datagram<'_>));

    /// What has been counted since the ring was opened.
    fn counters(&self) -> RingCounters;

    /// What has been counted of datagrams.
    fn datagram_counters(&self) -> DatagramCounters;
}

/// A ring, and what was tried in vain before it.
pub struct Opened {
    /// Ready for use.
    pub ring: Box<dyn Ring>,
    /// The back end that the kernel refused, and why.
    pub refused: Option<(Backend, io::Error)>,
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opened").field("backend", &self.ring.backend()).field("refused", &self.refused).finish()
    }
}

/// Watches that [`open`] makes room for; more are allowed.
const USUAL_WATCHES: usize = 512;

/// Opens a ring: io_uring, or epoll where the kernel refuses it (`None`), or exactly the one named.
///
/// # Errors
///
/// [`Error::Refused`] with the back end and the kernel's reason.
pub fn open(preferred: Option<Backend>) -> Result<Opened, Error> {
    open_sized(preferred, USUAL_WATCHES)
}

/// As [`open`], with room for about `watches` descriptors (clamped to 1 to 16384). With more than that it still works, slower.
///
/// # Errors
///
/// As [`open`].
pub fn open_sized(preferred: Option<Backend>, watches: usize) -> Result<Opened, Error> {
    open_as(preferred, watches, Work::Cooperative)
}

/// Opens a ring for sockets whose datagrams may wait for the thread's next round, and for nothing else: their arrival wakes
/// nobody and costs the thread nothing until it waits here. To be opened by the thread that uses it; in another one every call
/// is refused. Room as of [`open`].
///
/// # Errors
///
/// As [`open`].
pub fn open_batching(preferred: Option<Backend>) -> Result<Opened, Error> {
    open_as(preferred, USUAL_WATCHES, Work::Deferred)
}

fn open_as(preferred: Option<Backend>, watches: usize, work: Work) -> Result<Opened, Error> {
    let watches = watches.clamp(1, 16384);
    let refused = |backend| move |source| Error::Refused { backend, source };
    match preferred {
        Some(Backend::IoUring) => open_uring(watches, work).map_err(refused(Backend::IoUring)),
        Some(Backend::Epoll) => open_epoll(watches, None).map_err(refused(Backend::Epoll)),
        None => match open_uring(watches, work) {
            Ok(opened) => Ok(opened),
            Err(why) => open_epoll(watches, Some((Backend::IoUring, why))).map_err(refused(Backend::Epoll)),
        },
    }
}

fn open_uring(watches: usize, work: Work) -> io::Result<Opened> {
    Ok(Opened { ring: Box::new(uring::UringRing::open(watches, work)?), refused: None })
}

fn open_epoll(watches: usize, refused: Option<(Backend, io::Error)>) -> io::Result<Opened> {
    Ok(Opened { ring: Box::new(epoll::EpollRing::open(watches)?), refused })
}
