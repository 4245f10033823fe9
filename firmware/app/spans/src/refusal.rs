//! Why something was not done and what helps; and the words for the kernel's error numbers.

use std::io;

use model::root_request::Answer;
use nix::errno::Errno;

/// An answer in the negative: what stood against it, and the cure.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) why: String,
    pub(crate) cure: String,
}

impl Refusal {
    pub(crate) fn new(why: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { why: why.into(), cure: cure.into() }
    }
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        Self::Refused { why: refusal.why, cure: refusal.cure }
    }
}

/// The kernel's error number; `UnknownErrno` when the error is not the kernel's.
pub(crate) fn errno(error: &io::Error) -> Errno {
    error.raw_os_error().map_or(Errno::UnknownErrno, Errno::from_raw)
}

/// An error with its name and number: `Invalid argument (EINVAL, errno 22)`.
pub(crate) fn named(error: &io::Error) -> String {
    match error.raw_os_error() {
        Some(number) => {
            let errno = Errno::from_raw(number);
            format!("{} ({errno:?}, errno {number})", errno.desc())
        }
        None => error.to_string(),
    }
}

/// What helps against an error of the kernel, whatever the request.
#[expect(clippy::wildcard_enum_match_arm, reason = "the kernel's error numbers are a list of others, with more than 100 names")]
pub(crate) fn general_cure(errno: Errno) -> &'static str {
    match errno {
        Errno::EACCES | Errno::EPERM => "junctor-spans must run as root: start it through junctor-spans.socket",
        Errno::EROFS => {
            "DAHDI was loaded after junctor-spans started, or the unit's ReadWritePaths= leaves this path out: \
             systemctl stop junctor-spans.service and ask again"
        }
        Errno::ENOENT => "the loaded DAHDI has no such file: install DAHDI 2.6 or newer, built for this kernel",
        Errno::EISDIR | Errno::ELOOP | Errno::ENXIO | Errno::ENOTDIR => "this is not sysfs: mount sysfs there or correct --sysfs",
        Errno::ENODEV => "the device went away: check the card and its cable, then `junctor span detect`",
        Errno::EBUSY => "the device is in use: stop what has its channels open and ask again",
        Errno::ENOMEM => "the kernel is out of memory: see `journalctl -k`",
        _ => "the driver says more in the kernel's log: see `journalctl -k`",
    }
}

/// Text of others for a log line or an answer: control characters escaped, at most 200 characters.
pub(crate) fn printable(text: &str) -> String {
    text.escape_debug().take(200).collect()
}

/// A list for an administrator: `1, 2, 3`, shortened after eight.
pub(crate) fn listed<T: std::fmt::Display>(items: &[T]) -> String {
    let mut text: Vec<String> = items.iter().take(8).map(T::to_string).collect();
    if items.len() > text.len() {
        text.push(format!("and {} more", items.len() - text.len()));
    }
    if text.is_empty() { "none".to_owned() } else { text.join(", ") }
}
