//! Runs the same test bodies on both back ends: a body takes a ring, and fails where its back end is refused.
#![allow(dead_code, unused_macros, unused_imports, reason = "each test program uses its part")]

use ring::{Backend, Ready, Ring, Token, open};
use std::io::Read;
use std::os::unix::net::UnixStream;
use std::time::Duration;

/// Long enough for anything that comes, short enough for a test that fails.
pub(crate) const SOON: Duration = Duration::from_secs(5);
/// After this time nothing comes any more.
pub(crate) const QUIET: Duration = Duration::from_millis(30);

/// Makes two tests, `io_uring::name` and `epoll::name`, of each `fn name(mut ring)`.
macro_rules! on_both_back_ends {
    ($(fn $name:ident($backend:ident: Backend) $body:block)*) => {
        $(fn $name($backend: ring::Backend) $body)*
        mod io_uring { $(#[test] fn $name() { super::$name(ring::Backend::IoUring); })* }
        mod epoll { $(#[test] fn $name() { super::$name(ring::Backend::Epoll); })* }
    };
}
pub(crate) use on_both_back_ends;

/// A ring of this back end and no other.
pub(crate) fn ring(backend: Backend) -> Box<dyn Ring> {
    let opened = open(Some(backend)).unwrap();
    assert_eq!((opened.ring.backend(), opened.refused.is_none()), (backend, true));
    opened.ring
}

/// Waits until something is reported; panics if nothing is.
pub(crate) fn wait(ring: &mut dyn Ring) -> Vec<Ready> {
    let mut ready = Vec::new();
    ring.wait(Some(SOON), &mut ready).unwrap();
    assert!(!ready.is_empty(), "nothing was reported within {SOON:?}");
    ready.sort_by_key(|one| one.token);
    ready
}

/// Panics if anything is reported.
pub(crate) fn expect_quiet(ring: &mut dyn Ring) {
    let mut ready = Vec::new();
    ring.wait(Some(QUIET), &mut ready).unwrap();
    assert_eq!(ready, [], "nothing was to be reported");
}

/// A report that says only this.
pub(crate) fn readable(token: u64) -> Ready {
    Ready { token: Token(token), readable: true, urgent: false, gone: false }
}

/// Two joined ends that do not block.
pub(crate) fn pair() -> (UnixStream, UnixStream) {
    let (ours, theirs) = UnixStream::pair().unwrap();
    ours.set_nonblocking(true).unwrap();
    theirs.set_nonblocking(true).unwrap();
    (ours, theirs)
}

/// Reads until it would block or ends; says how many octets came.
pub(crate) fn read_out(mut from: impl Read) -> usize {
    let mut block = [0; 512];
    let mut count = 0;
    while let Ok(more @ 1..) = from.read(&mut block) {
        count += more;
    }
    count
}
