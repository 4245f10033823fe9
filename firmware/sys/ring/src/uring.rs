//! The ring by io_uring(7): one multishot POLL_ADD a descriptor, one multishot RECVMSG a socket whose datagrams are wanted, and a
//! wait without any system call when completions are there.
//!
//! The set-up of a ring that waits uses COOP_TASKRUN where the kernel has it (5.19): completions are then worked off when the thread enters the
//! kernel anyway instead of interrupting it. SINGLE_ISSUER and DEFER_TASKRUN (6.1) are left out: they tie the ring to the
//! thread that made it, and ours is made in one and moved to another; coming from another thread even the cancellation that
//! [`Ring::unwatch`] promises would be refused.
//!
//! A ring that batches ([`crate::open_batching`]) does use them, and stays in its thread: what arrives is then worked off by the next
//! wait and by nothing else, while with COOP_TASKRUN each packet wakes the thread out of any other wait of its.
//!
//! Also without those flags a poll belongs to the thread that armed it: its wake-ups are worked off there, and it is cancelled
//! when that thread ends. A ring that finds itself in another thread therefore cancels all its polls and arms them anew.
//!
//! A poll ends by itself when the completion queue overflows, when its driver goes, or when memory is short: its last
//! completion comes without F_MORE. It is then armed again with the next entry into the kernel, which reports what is ready
//! at that moment, and looked at once by poll(2), so that what the last completion could not say is said now.
//!
//! Wake-ups of sockets carry a mask of what *may* be ready, which always includes POLLPRI; the kernel passes it on unchecked.
//! Each claim of POLLPRI is therefore checked by one poll(2). DAHDI's wake-ups carry none and its events are rare.
//!
//! With kernels of 2023 and later a thread that waits here shows as waiting for input or output (`wa` in top): no load.

use crate::datagram;
use crate::poll_bits::{self, PRI};
use crate::pool::{GROUP, Pool, Taken};
use crate::watches::{Asked, IGNORED, News, Place, Watches};
use crate::{Backend, Datagram, DatagramCounters, Error, Interest, Ready, Ring, RingCounters, Token, Wake};
use io_uring::types::{Fd, RecvMsgOut, SubmitArgs, Timespec};
use io_uring::{IoUring, cqueue, opcode, squeue};
use nix::libc;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

/// Entries handed over at once; more are handed over in several goes.
const SUBMISSIONS: u32 = 256;
/// How long the kernel may take to end a poll, and after which time it is reminded.
const ENDING: Duration = Duration::from_secs(2);
const REMINDER: Duration = Duration::from_millis(50);
/// No single wait in the kernel is longer, so that no timeout overflows there.
const LONGEST: Duration = Duration::from_secs(86_400);
/// Armings that may fail in a row before a descriptor counts as gone.
const PATIENCE: u32 = 4;
/// How often room is made in a full submission queue.
const ROOM_TRIES: u32 = 16;

/// How a stay in the kernel ended.
#[derive(PartialEq, Eq)]
enum Left {
    Completed,
    TimedOut,
    Interrupted,
}

/// When the kernel works off what has become ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    /// Whenever the thread is in the kernel.
    Cooperative,
    /// When it waits in this ring.
    Deferred,
}

/// A datagram in a buffer of the pool.
struct Arrived {
    token: Token,
    taken: Taken,
}

/// What receives need, made with the first of them.
struct Receives {
    pool: Pool,
    /// How long an address may be, and nothing else. The kernel reads it when a receive is armed.
    header: Box<libc::msghdr>,
    arrived: Vec<Arrived>,
    counters: DatagramCounters,
}

// SAFETY: the header has no pointer but null.
unsafe impl Send for Receives {}

pub(crate) struct UringRing {
    ring: IoUring,
    /// Behind the ring, which lets go of the pool's memory first.
    receives: Option<Receives>,
    /// Never waited for: it alone says surely that a descriptor cannot be polled (EPERM). io_uring calls a regular file ready.
    pollable: Epoll,
    watches: Watches,
    /// Kept for its memory; empty between calls.
    news: Vec<Place>,
    /// The thread that armed the polls.
    home: ThreadId,
    counters: RingCounters,
}

impl UringRing {
    pub(crate) fn open(watches: usize, work: Work) -> io::Result<Self> {
        // Two completions a watch: one pending and its successor, or its end and that of its cancellation.
        let completions = u32::try_from(watches.saturating_mul(2).next_power_of_two()).unwrap_or(u32::MAX);
        let ring = set_up(completions.min(SUBMISSIONS), completions, work)?;
        if !(ring.params().is_feature_nodrop() && ring.params().is_feature_ext_arg()) {
            return Err(io::Error::new(io::ErrorKind::Unsupported, "this kernel is older than Linux 5.11"));
        }
        let (watches, news) = (Watches::with_capacity(watches), Vec::with_capacity(watches));
        let home = thread::current().id();
        let pollable = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
        let mut ring = Self { ring, receives: None, pollable, watches, news, home, counters: RingCounters::default() };
        ring.prove_multishot()?;
        ring.counters = RingCounters::default();
        Ok(ring)
    }

    /// No feature flag says whether polls can be multishot (5.13), nor what a filter of system calls lets through.
    fn prove_multishot(&mut self) -> io::Result<()> {
        let proof = Wake::new().map_err(io::Error::other)?;
        proof.wake();
        let mut ready = Vec::with_capacity(1);
        let told = |why: Error| match why {
            Error::Duplicate { source, .. } | Error::Watch { source, .. } | Error::Wait(source) => source,
            Error::Refused { .. } | Error::NotWatched(_) | Error::Stuck { .. } | Error::Wake(_) => io::Error::other(why),
        };
        self.watch(Token(0), proof.as_fd(), Interest::READ).map_err(told)?;
        self.wait(Some(Duration::from_secs(1)), &mut ready).map_err(told)?;
        self.unwatch(Token(0)).map_err(told)?;
        if !ready.first().is_some_and(|one| one.readable) || self.counters.rearmed != 0 {
            return Err(io::Error::new(
                io::ErrorKind::Unsupported,
                "polls are not multishot: this kernel is older than Linux 5.13",
            ));
        }
        Ok(())
    }

    /// Enters the kernel: hands over what is queued and waits for one completion. None: for ever; zero: not at all.
    fn enter(&self, timeout: Option<Duration>) -> Result<Left, Error> {
        let submitter = self.ring.submitter();
        let outcome = match timeout {
            None => submitter.submit_and_wait(1),
            Some(Duration::ZERO) => submitter.submit(),
            Some(timeout) => {
                let timeout = Timespec::from(timeout.min(LONGEST));
                submitter.submit_with_args(1, &SubmitArgs::new().timespec(&timeout))
            }
        };
        match outcome {
            Ok(_) => Ok(Left::Completed),
            Err(why) => match why.raw_os_error() {
                Some(libc::ETIME) => Ok(Left::TimedOut),
                // EAGAIN: short of memory for requests; what was not handed over stays queued.
                Some(libc::EINTR | libc::EAGAIN) => Ok(Left::Interrupted),
                // Older kernels want overflowed completions fetched before they take anything more.
                Some(libc::EBUSY) => Ok(Left::Completed),
                _ => Err(Error::Wait(why)),
            },
        }
    }

    /// Notes all completions that are there. No system call.
    fn reap(&mut self) {
        let Self { ring, watches, counters, receives, .. } = self;
        for completion in ring.completion() {
            let (user_data, more) = (completion.user_data(), cqueue::more(completion.flags()));
            if user_data == IGNORED {
                continue;
            }
            counters.completions += 1;
            if let Some(receives) = receives {
                receives.note(watches.receiver(user_data), completion.result(), completion.flags());
            }
            counters.stale += u64::from(!watches.complete(user_data, completion.result(), more));
        }
    }

    /// Notes what the caller's own system calls have let the kernel complete, and enters it only for what is queued there.
    fn reap_before_waiting(&mut self) -> Result<(), Error> {
        self.reap();
        let (queued, overflowed) = {
            let queue = self.ring.submission();
            (!queue.is_empty(), queue.cq_overflow())
        };
        self.counters.overflowed += u64::from(overflowed);
        if (queued || overflowed) && (self.watches.has_news() || self.has_arrived()) {
            self.enter(Some(Duration::ZERO))?;
            self.reap();
        }
        Ok(())
    }

    fn push(&mut self, entry: &squeue::Entry) -> Result<(), Error> {
        for _ in 0..ROOM_TRIES {
            // SAFETY: polls and cancellations point to no memory of ours; a receive points to the header and writes to the
            // pool, which both live until the ring is gone. Each names a descriptor by number, which its watch keeps open until
            // the request's last completion.
            if unsafe { self.ring.submission().push(entry) }.is_ok() {
                return Ok(());
            }
            self.enter(Some(Duration::ZERO))?;
            self.reap();
        }
        Err(Error::Wait(io::Error::from_raw_os_error(libc::EBUSY)))
    }

    /// Queues the arming of a poll or receive. On an error it is due again.
    fn arm(&mut self, place: Place) -> Result<(), Error> {
        let Some(arming) = self.watches.arm(place) else { return Ok(()) };
        let entry = match (arming.asked, &self.receives) {
            (Asked::Poll(bits), _) => opcode::PollAdd::new(Fd(arming.fd), bits).multi(true).build(),
            (Asked::Datagrams, Some(receives)) => {
                opcode::RecvMsgMulti::new(Fd(arming.fd), &raw const *receives.header, GROUP).build()
            }
            (Asked::Datagrams, None) => return Ok(()),
        };
        self.push(&entry.user_data(arming.user_data)).inspect_err(|_| self.watches.arming_failed(place))
    }

    /// Queues the cancellation of a poll. By ASYNC_CANCEL, for POLL_REMOVE fails on a poll that is just being worked off.
    fn cancel(&mut self, place: Place) -> Result<(), Error> {
        let Some(user_data) = self.watches.leave(place) else { return Ok(()) };
        self.push(&opcode::AsyncCancel::new(user_data).build().user_data(IGNORED))
    }

    /// Waits for the end of the poll that was cancelled, or of all of them. False: the kernel does not end them.
    fn await_ending(&mut self, of: Option<Place>) -> Result<bool, Error> {
        let deadline = Instant::now() + ENDING;
        while of.map_or_else(|| self.watches.leaving() != 0, |place| self.watches.is_leaving(place)) {
            if Instant::now() >= deadline {
                return Ok(false);
            }
            let left = self.enter(Some(REMINDER))?;
            self.reap();
            if left == Left::TimedOut {
                self.remind()?;
            }
        }
        Ok(true)
    }

    fn remind(&mut self) -> Result<(), Error> {
        for place in self.watches.every_place() {
            if self.watches.is_leaving(place) {
                self.cancel(place)?;
            }
        }
        Ok(())
    }

    /// Ends a watch that has no name any more.
    fn end(&mut self, token: Token, place: Place) -> Result<(), Error> {
        let ended = self.cancel(place).and_then(|()| self.await_ending(Some(place)));
        if matches!(ended, Ok(true)) {
            self.watches.remove(place);
            return Ok(());
        }
        self.watches.forget(place);
        ended.and(Err(Error::Stuck { token }))
    }

    fn cancel_all(&mut self) -> Result<bool, Error> {
        for place in self.watches.every_place() {
            self.cancel(place)?;
        }
        self.await_ending(None)
    }

    /// Takes the polls over from the thread that armed them. Their endings are news like any other: each is armed again here.
    fn come_home(&mut self) -> Result<(), Error> {
        let here = thread::current().id();
        if here != self.home {
            self.cancel_all()?;
            self.home = here;
            self.counters.moved += 1;
        }
        Ok(())
    }

    /// Hands the news to the caller and arms again what has ended.
    fn report(&mut self, ready: &mut Vec<Ready>) -> Result<(), Error> {
        let mut news = std::mem::take(&mut self.news);
        self.watches.swap_news(&mut news);
        let mut outcome = Ok(());
        for place in news.drain(..) {
            let Some(told) = self.watches.news(place) else { continue };
            let (one, armed) = self.judge(place, &told);
            ready.extend(one);
            outcome = outcome.and(armed);
        }
        self.news = news;
        self.counters.reported += ready.len() as u64;
        outcome
    }

    fn judge(&mut self, place: Place, told: &News) -> (Option<Ready>, Result<(), Error>) {
        if told.ended && told.failures >= PATIENCE {
            self.counters.given_up += 1;
            return (Some(Ready { token: told.token, readable: false, urgent: false, gone: true }), Ok(()));
        }
        let armed = if told.ended { self.arm(place) } else { Ok(()) };
        self.counters.rearmed += u64::from(told.ended);
        let bits = match told.asked {
            Asked::Poll(asked) if told.ended || told.bits & PRI != 0 => self.checked(place, told, asked),
            Asked::Poll(_) => told.bits,
            // Armed again it takes in what has come meanwhile.
            Asked::Datagrams => 0,
        };
        (poll_bits::ready(told.token, bits), armed)
    }

    fn checked(&mut self, place: Place, told: &News, asked: u32) -> u32 {
        self.counters.hand_polls += 1;
        let seen = self.watches.fd(place).map_or(0, |fd| poll_bits::look(fd, asked));
        (told.bits & !PRI) | seen
    }

    /// Watches or receives from our duplicate of a descriptor; an old watch of the token goes.
    fn begin(&mut self, token: Token, own: OwnedFd, asked: Asked) -> Result<(), Error> {
        let place = self.watches.insert(token, own, asked);
        // Handed over at once, so that a descriptor that cannot be polled is refused here and not reported gone later.
        let armed = self.arm(place).and_then(|()| self.enter(Some(Duration::ZERO)));
        self.reap();
        let refused = self.watches.error(place).map(|errno| Error::Watch { token, source: io::Error::from_raw_os_error(errno) });
        if let Some(why) = armed.err().or(refused) {
            return self.end(token, place).and(Err(why));
        }
        match self.watches.name(token, place) {
            Some(old) => self.end(token, old),
            None => Ok(()),
        }
    }

    /// Deferred work is done in pieces (20 sockets in Linux 6.18, 32 datagrams of one): the round is to take in all that came.
    fn reap_the_rest(&mut self) -> Result<(), Error> {
        while self.ring.submission().taskrun() && self.receives.as_ref().is_some_and(Receives::has_room) {
            self.enter(Some(Duration::ZERO))?;
            self.reap();
        }
        Ok(())
    }

    fn has_arrived(&self) -> bool {
        self.receives.as_ref().is_some_and(|receives| !receives.arrived.is_empty())
    }
}

impl Receives {
    fn new(ring: &IoUring) -> io::Result<Self> {
        // SAFETY: msghdr is plain numbers and pointers, for which zero is valid.
        let mut header: Box<libc::msghdr> = Box::new(unsafe { std::mem::zeroed() });
        header.msg_namelen = size_of::<libc::sockaddr_in6>() as u32;
        let arrived = Vec::with_capacity(Pool::BUFFERS);
        Ok(Self { pool: Pool::register(ring)?, header, arrived, counters: DatagramCounters::default() })
    }

    fn has_room(&self) -> bool {
        self.arrived.len() < Pool::BUFFERS
    }

    /// Takes note of a completion if it is a receive's.
    fn note(&mut self, receiver: Option<Token>, result: i32, flags: u32) {
        match (Taken::of(result, flags), receiver) {
            (Some(taken), Some(token)) => self.arrived.push(Arrived { token, taken }),
            (Some(taken), None) => {
                self.counters.stale += 1;
                self.pool.put(taken.id);
            }
            (None, Some(_)) => self.counters.pool_empty += u64::from(result == -libc::ENOBUFS),
            (None, None) => {}
        }
    }

    fn hand_out(&mut self, take: &mut dyn FnMut(Datagram<'_>)) {
        let Self { pool, header, arrived, counters } = self;
        for Arrived { token, taken } in arrived.drain(..) {
            let buffer = pool.filled(taken);
            let whole = buffer.len();
            let found = RecvMsgOut::parse(buffer, header).ok().map(|out| {
                let octets = out.payload_data().len();
                (octets, out.is_payload_truncated() || octets > datagram::LONGEST, datagram::address(out.name_data()))
            });
            match found {
                Some((_, true, _)) => counters.too_long += 1,
                Some((octets, false, Some(from))) => {
                    counters.received += 1;
                    // The datagram is the last thing in the buffer.
                    take(Datagram { token, from, octets: buffer.get_mut(whole - octets..).unwrap_or_default() });
                }
                Some((_, false, None)) | None => counters.stale += 1,
            }
            pool.put(taken.id);
        }
    }
}

impl Ring for UringRing {
    fn backend(&self) -> Backend {
        Backend::IoUring
    }

    fn watch(&mut self, token: Token, fd: BorrowedFd<'_>, interest: Interest) -> Result<(), Error> {
        self.come_home()?;
        let own = fd.try_clone_to_owned().map_err(|source| Error::Duplicate { token, source })?;
        let tried = self.pollable.add(&own, EpollEvent::new(EpollFlags::empty(), 0)).and_then(|()| self.pollable.delete(&own));
        tried.map_err(|errno| Error::Watch { token, source: errno.into() })?;
        self.begin(token, own, Asked::Poll(poll_bits::asked(interest)))
    }

    fn receive(&mut self, token: Token, socket: BorrowedFd<'_>) -> Result<(), Error> {
        self.come_home()?;
        let own = socket.try_clone_to_owned().map_err(|source| Error::Duplicate { token, source })?;
        if self.receives.is_none() {
            self.receives = Some(Receives::new(&self.ring).map_err(|source| Error::Watch { token, source })?);
        }
        self.begin(token, own, Asked::Datagrams)
    }

    fn unwatch(&mut self, token: Token) -> Result<(), Error> {
        let place = self.watches.unname(token).ok_or(Error::NotWatched(token))?;
        self.end(token, place)
    }

    fn wait(&mut self, timeout: Option<Duration>, ready: &mut Vec<Ready>) -> Result<(), Error> {
        ready.clear();
        self.counters.waits += 1;
        self.come_home()?;
        // A time too far away to be told is no time at all.
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        self.reap_before_waiting()?;
        self.report(ready)?;
        let mut last = false;
        while ready.is_empty() && !self.has_arrived() && !last {
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            let interrupted = self.enter(left)? == Left::Interrupted;
            last = interrupted || left == Some(Duration::ZERO);
            self.reap();
            self.reap_the_rest()?;
            self.report(ready)?;
        }
        Ok(())
    }

    fn datagrams(&mut self, take: &mut dyn FnMut(Datagram<'_>)) {
        if let Some(receives) = &mut self.receives {
            receives.hand_out(take);
        }
    }

    fn counters(&self) -> RingCounters {
        self.counters
    }

    fn datagram_counters(&self) -> DatagramCounters {
        self.receives.as_ref().map(|receives| receives.counters).unwrap_or_default()
    }
}

impl Drop for UringRing {
    /// Closing an io_uring lets go of its files at some later time; a DAHDI channel could not be opened anew until then.
    fn drop(&mut self) {
        let _ = self.cancel_all();
    }
}

fn set_up(submissions: u32, completions: u32, work: Work) -> io::Result<IoUring> {
    let mut builder = IoUring::builder();
    builder.setup_cqsize(completions).setup_clamp();
    let mut wanted = builder.clone();
    match work {
        Work::Cooperative => wanted.setup_coop_taskrun(),
        // The flag in shared memory says whether there is anything to enter the kernel for.
        Work::Deferred => wanted.setup_single_issuer().setup_defer_taskrun().setup_taskrun_flag(),
    };
    match wanted.build(submissions) {
        Err(why) if why.raw_os_error() == Some(libc::EINVAL) => builder.build(submissions),
        made => made,
    }
}
