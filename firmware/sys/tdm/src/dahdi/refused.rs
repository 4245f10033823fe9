//! [`Refused`]: why a span could not be had, with its name and the cure.
//!
//! [`Refused::of`] says what an error number of the kernel means on a DAHDI device (`dahdi-base.c` of 2.11); whoever knows better at
//! the place of the error replaces the cure by [`Refused::cure`]. [`Ask`] names what only root may do about it: `junctor-spans` does.

use std::io;

use nix::libc;

use crate::SpanKind;

/// A span, a channel or a request was refused. `Display` names the span, what was tried and the cure; the source is the kernel's error.
#[derive(Debug, thiserror::Error)]
#[error("span \"{span}\": cannot {doing}: {cure}")]
pub struct Refused {
    /// The span's name in the configuration.
    pub span: String,
    /// What was tried, in words.
    pub doing: String,
    /// What to do about it.
    pub cure: String,
    /// Whether the device is not there (yet): worth trying again later.
    pub missing: bool,
    /// What `junctor-spans` can do about it; after it is done, trying again succeeds.
    pub ask: Option<Box<Ask>>,
    /// What the kernel said.
    #[source]
    pub source: Option<io::Error>,
}

/// What root has to do before the span can be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// Give the port a span number (`auto_assign` or `assign_span` of its device).
    Assign {
        /// The device, as in `/sys/bus/dahdi_devices/devices`.
        device: String,
        /// Its port, from 1.
        port: u8,
    },
    /// Make the port another kind of span (`spantype` of its device), then give it a span number.
    SetKind {
        /// The device, as in `/sys/bus/dahdi_devices/devices`.
        device: String,
        /// Its port, from 1.
        port: u8,
        /// What it must become: E1 or T1.
        kind: SpanKind,
        /// Whether it has a span number, which must be taken away first.
        assigned: bool,
    },
}

impl Refused {
    /// The kernel refused to `doing` with `error`; the cure is what goes by the error number alone.
    #[must_use]
    pub fn of(span: &str, doing: &str, error: io::Error) -> Self {
        let errno = error.raw_os_error().unwrap_or_default();
        Self {
            span: span.to_owned(),
            doing: doing.to_owned(),
            cure: cure_of(errno, &error),
            missing: matches!(errno, libc::ENOENT | libc::ENODEV),
            ask: None,
            source: Some(error),
        }
    }

    /// Refused by what was seen before the kernel was asked.
    #[must_use]
    pub fn because(span: &str, doing: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { span: span.to_owned(), doing: doing.into(), cure: cure.into(), missing: false, ask: None, source: None }
    }

    /// The same with a cure that fits better.
    #[must_use]
    pub fn cure(self, cure: impl Into<String>) -> Self {
        Self { cure: cure.into(), ..self }
    }

    /// The same, the device being not there (yet), or there after all.
    #[must_use]
    pub fn missing(self, missing: bool) -> Self {
        Self { missing, ..self }
    }

    /// The same with what root can do about it.
    #[must_use]
    pub fn asking(self, ask: Ask) -> Self {
        Self { ask: Some(Box::new(ask)), ..self }
    }
}

fn cure_of(errno: i32, error: &io::Error) -> String {
    let cure = match errno {
        libc::ENOENT => "the device is not there: load the dahdi module and the card's driver, and see that udev runs",
        libc::EACCES | libc::EPERM => {
            "permission is missing: the user that runs junctord must be in group dahdi (`usermod -aG dahdi junctor`, then restart it)"
        }
        libc::EBUSY => {
            "another program has it: `fuser -v /dev/dahdi/*` shows which; stop it or take the span out of its configuration"
        }
        libc::ENXIO => {
            "the span or channel is gone or was shut down by another program (`dahdi_cfg` does so): have the span configured anew"
        }
        libc::ENODEV => "the device was removed: plug it in again, or see `journalctl -k` for why its driver gave up",
        libc::EINVAL => {
            "the kernel does not take this for this device: compare the span's settings with what `junctor span detect` shows"
        }
        libc::ENOTTY | libc::ENOSYS => "the card's driver has no such function: take the setting out of the span's configuration",
        libc::ENODATA => "no tone zone is loaded: set `tone_zone` of the span",
        libc::EMFILE | libc::ENFILE => "too many files are open: raise LimitNOFILE of the junctord service",
        libc::ENOMEM => "the kernel has no memory left: use fewer channels or stop other programs",
        libc::EIO | libc::ETIMEDOUT => "the card does not answer: see `journalctl -k`, reseat it or try another slot",
        _ => return format!("{error}: see `journalctl -k` for what the driver says"),
    };
    cure.to_owned()
}
