//! The bits of poll(2), which epoll and io_uring share, in and out of our words; and one look at a descriptor by poll(2).
//!
//! poll(2) and epoll(7) define the same numbers on every architecture that the box is built for.

use crate::{Interest, Ready, Token};
use nix::libc;
use std::os::fd::{AsRawFd, BorrowedFd};

/// Data to read.
pub(crate) const IN: u32 = libc::POLLIN as u32;
/// An event or urgent data.
pub(crate) const PRI: u32 = libc::POLLPRI as u32;
/// The descriptor is of no more use, or its far end will send no more.
pub(crate) const GONE: u32 = (libc::POLLERR | libc::POLLHUP | libc::POLLNVAL | libc::POLLRDHUP) as u32;

/// What to ask the kernel for. The gone bits are named although it adds some of them by itself: RDHUP and NVAL it does not.
pub(crate) fn asked(interest: Interest) -> u32 {
    let readable = if interest.readable { IN } else { 0 };
    let urgent = if interest.urgent { PRI } else { 0 };
    readable | urgent | GONE
}

/// What the kernel said, if it is of interest.
pub(crate) fn ready(token: Token, bits: u32) -> Option<Ready> {
    let one = Ready { token, readable: bits & IN != 0, urgent: bits & PRI != 0, gone: bits & GONE != 0 };
    (one.readable || one.urgent || one.gone).then_some(one)
}

/// One look, without waiting. Claims everything that was asked for when the kernel cannot say: better a read for nothing than
/// a missed block.
pub(crate) fn look(fd: BorrowedFd<'_>, asked: u32) -> u32 {
    let mut one = libc::pollfd { fd: fd.as_raw_fd(), events: (asked & 0xffff) as u16 as i16, revents: 0 };
    // SAFETY: the pointer is to one pollfd that lives across the call, and the count is 1.
    let answer = unsafe { libc::poll(&mut one, 1, 0) };
    if answer < 0 { asked & !GONE } else { u32::from(one.revents as u16) }
}
