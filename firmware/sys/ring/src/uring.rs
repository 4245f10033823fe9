//! The ring by io_uring(7): one multishot POLL_ADD a descriptor, and a wait without any system call when completions are there.
//!
//! The set-up uses COOP_TASKRUN where the kernel has it (5.19): completions are then worked off when the thread enters the
//! kernel anyway instead of interrupting it. SINGLE_ISSUER and DEFER_TASKRUN (6.1) are left out: they tie the ring to the
//! thread that made it, and ours is made in one and moved to another; coming from another thread even the cancellation that
//! [`Ring::unwatch`] promises would be refused.
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

use crate::poll_bits::{self, PRI};
use crate::watches::{IGNORED, News, Place, Watches};
use crate::{Backend, Error, Interest, Ready, Ring, RingCounters, Token, Wake};
use io_uring::types::{Fd, SubmitArgs, Timespec};
use io_uring::{IoUring, cqueue, opcode, squeue};
use nix::libc;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags};
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
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

pub(crate) struct UringRing {
    ring: IoUring,
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
    pub(crate) fn open(watches: usize) -> io::Result<Self> {
        // Two completions a watch: one pending and its successor, or its end and that of its cancellation.
        let completions = u32::try_from(watches.saturating_mul(2).next_power_of_two()).unwrap_or(u32::MAX);
        let ring = set_up(completions.min(SUBMISSIONS), completions)?;
        if !(ring.params().is_feature_nodrop() && ring.params().is_feature_ext_arg()) {
            return Err(io::Error::new(io::ErrorKind::Unsupported, "this kernel is older than Linux 5.11"));
        }
        let (watches, news) = (Watches::with_capacity(watches), Vec::with_capacity(watches));
        let home = thread::current().id();
        let pollable = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
        let mut ring = Self { ring, pollable, watches, news, home, counters: RingCounters::default() };
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
        let Self { ring, watches, counters, .. } = self;
        for completion in ring.completion() {
            let (user_data, more) = (completion.user_data(), cqueue::more(completion.flags()));
            if user_data == IGNORED {
                continue;
            }
            counters.completions += 1;
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
        if self.watches.has_news() && (queued || overflowed) {
            self.enter(Some(Duration::ZERO))?;
            self.reap();
        }
        Ok(())
    }

    fn push(&mut self, entry: &squeue::Entry) -> Result<(), Error> {
        for _ in 0..ROOM_TRIES {
            // SAFETY: the entries are polls and cancellations, which point to no memory of ours. A poll names a descriptor by
            // number, which its watch keeps open until the poll's last completion.
            if unsafe { self.ring.submission().push(entry) }.is_ok() {
                return Ok(());
            }
            self.enter(Some(Duration::ZERO))?;
            self.reap();
        }
        Err(Error::Wait(io::Error::from_raw_os_error(libc::EBUSY)))
    }

    /// Queues the arming of a poll. On an error it is due again.
    fn arm(&mut self, place: Place) -> Result<(), Error> {
        let Some(poll) = self.watches.arm(place) else { return Ok(()) };
        let entry = opcode::PollAdd::new(Fd(poll.fd), poll.asked).multi(true).build().user_data(poll.user_data);
        self.push(&entry).inspect_err(|_| self.watches.arming_failed(place))
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
        let bits = if told.ended || told.bits & PRI != 0 { self.checked(place, told) } else { told.bits };
        (poll_bits::ready(told.token, bits), armed)
    }

    fn checked(&mut self, place: Place, told: &News) -> u32 {
        self.counters.hand_polls += 1;
        let seen = self.watches.fd(place).map_or(0, |fd| poll_bits::look(fd, told.asked));
        (told.bits & !PRI) | seen
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
        let place = self.watches.insert(token, own, poll_bits::asked(interest));
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
        while ready.is_empty() && !last {
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            let interrupted = self.enter(left)? == Left::Interrupted;
            last = interrupted || left == Some(Duration::ZERO);
            self.reap();
            self.report(ready)?;
        }
        Ok(())
    }

    fn counters(&self) -> RingCounters {
        self.counters
    }
}

impl Drop for UringRing {
    /// Closing an io_uring lets go of its files at some later time; a DAHDI channel could not be opened anew until then.
    fn drop(&mut self) {
        let _ = self.cancel_all();
    }
}

fn set_up(submissions: u32, completions: u32) -> io::Result<IoUring> {
    let mut builder = IoUring::builder();
    builder.setup_cqsize(completions).setup_clamp();
    match builder.clone().setup_coop_taskrun().build(submissions) {
        Err(why) if why.raw_os_error() == Some(libc::EINVAL) => builder.build(submissions),
        made => made,
    }
}
