//! What a technician switches on: loops and the card's bit-error test, by `DAHDI_MAINT` and `DAHDI_SPANSTAT` on `/dev/dahdi/ctl`.
//!
//! - Local loop: what the box sends comes back to it. Line loop: what the line brings goes back at the line's interface. Payload loop:
//!   the same behind the framer. While one is on, the kernel shows the alarm `LOOPBACK`.
//! - PRBS: the card sends a pseudo-random sequence and counts its errors. Of the drivers that come with DAHDI 2.11 to 3.4 none has it;
//!   for a span without it [`prbs`] does the same on one timeslot in software.
//!
//! The kernel passes `MAINT_NONE` on to the driver only when a loop is on, and PRBS is none to it: it is switched off by way of
//! a local loop (`dahdi_ioctl_maint`).
//!
//! Left out: loop codes to the far end (T1), insertion of errors, alarm simulation.
//!
//! How to drive it: one [`Maintenance`] a span, on any thread but a media thread (a driver may wait for its card). Dropping it switches
//! off what it switched on.

use std::ffi::c_int;
use std::fmt;
use std::io;
use std::sync::Arc;

use super::counters::{Counter, LineProbe};
use super::ioctl::{MaintInfo, Request, SpanStat, value};
use super::system::DahdiSys;
use crate::Error;

pub mod prbs;

const CTL: &str = "/dev/dahdi/ctl";

/// What can be switched on, one at a time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mode {
    /// Nothing: the span carries traffic.
    #[default]
    None,
    /// What the box sends comes back to it.
    LocalLoop,
    /// What the line brings goes back to it, at the line's interface.
    LineLoop,
    /// The same behind the framer.
    PayloadLoop,
    /// The card sends a pseudo-random bit sequence and looks for it.
    Prbs,
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "normal operation",
            Self::LocalLoop => "a local loop",
            Self::LineLoop => "a line loop",
            Self::PayloadLoop => "a payload loop",
            Self::Prbs => "a bit-error test of its own",
        })
    }
}

/// What the card's bit-error test says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PrbsReading {
    /// Bits that were wrong since it was switched on.
    pub errors: u64,
    /// Whether the card recognises the sequence now.
    pub in_sync: bool,
}

/// Maintenance of one span. See the module's header.
pub struct Maintenance {
    sys: Arc<dyn DahdiSys>,
    probe: LineProbe,
    mode: Mode,
    bit_errors: Counter,
    errors: u64,
}

impl Maintenance {
    /// For the span of `probe`. Nothing is sent yet: a loop that somebody else left is switched off by [`Mode::None`].
    #[must_use]
    pub fn new(sys: Arc<dyn DahdiSys>, probe: LineProbe) -> Self {
        Self { sys, probe, mode: Mode::None, bit_errors: Counter::default(), errors: 0 }
    }

    /// What this handle switched on last.
    #[must_use]
    pub const fn mode(&self) -> Mode {
        self.mode
    }

    /// Switches over to `mode`. On failure what was on stays on.
    ///
    /// # Errors
    /// [`Error::Unsupported`] when the span's driver cannot, [`Error::SpanClosed`] when there is no such span, else [`Error::Os`].
    pub fn set(&mut self, mode: Mode) -> Result<(), Error> {
        if self.mode == Mode::Prbs {
            self.command(value::MAINT_LOCALLOOP, mode)?;
        }
        let command = match mode {
            Mode::None => value::MAINT_NONE,
            Mode::LocalLoop => value::MAINT_LOCALLOOP,
            Mode::LineLoop => value::MAINT_NETWORKLINELOOP,
            Mode::PayloadLoop => value::MAINT_NETWORKPAYLOADLOOP,
            Mode::Prbs => {
                // A loop of ours would stay on beside it.
                if self.mode != Mode::None {
                    self.command(value::MAINT_NONE, Mode::None)?;
                    self.mode = Mode::None;
                }
                value::MAINT_PRBS
            }
        };
        match self.command(command, mode) {
            // A driver without maintenance is in normal operation.
            Err(Error::Unsupported(_)) if mode == Mode::None && self.mode == Mode::None => {}
            result => result?,
        }
        tracing::info!("maintenance[{}]{{{}}}: asked -> {mode}", self.probe.span(), self.mode);
        self.mode = mode;
        self.errors = 0;
        self.bit_errors = Counter::default();
        if mode == Mode::Prbs {
            self.prbs()?;
        }
        Ok(())
    }

    /// Reads the card's bit-error test; to be called at least once an hour while it is on.
    ///
    /// # Errors
    /// As [`Maintenance::set`].
    pub fn prbs(&mut self) -> Result<PrbsReading, Error> {
        let mut stat = SpanStat { spanno: self.probe.kernel_number(), ..SpanStat::default() };
        self.request("read the bit-error test of", Request::SpanStat(&mut stat))?;
        self.errors = self.errors.saturating_add(self.bit_errors.step(stat.becount));
        // `prbs` is the pattern that the framer recognises.
        Ok(PrbsReading { errors: self.errors, in_sync: stat.prbs != 0 })
    }

    /// Begins the span's counters anew: our totals, and the driver's own where it has the command.
    ///
    /// # Errors
    /// As [`Maintenance::set`], but never [`Error::Unsupported`].
    pub fn reset_counters(&mut self) -> Result<(), Error> {
        match self.command(value::RESET_COUNTERS, Mode::None) {
            Ok(()) | Err(Error::Unsupported(_)) => {}
            Err(error) => return Err(error),
        }
        self.probe.reset_counters();
        Ok(())
    }

    fn command(&self, command: c_int, mode: Mode) -> Result<(), Error> {
        let maint = MaintInfo { spanno: self.probe.kernel_number(), command };
        self.request("maintain", Request::Maint(&maint)).map_err(|error| match error {
            Error::Os { source, .. } if is_unknown(&source) => Error::Unsupported(format!(
                "span \"{}\" cannot be put into {mode}: its driver has no such maintenance{}",
                self.probe.span(),
                if mode == Mode::Prbs { "; use the bit-error test on a timeslot" } else { "" }
            )),
            other => other,
        })
    }

    fn request(&self, doing: &str, request: Request<'_>) -> Result<(), Error> {
        let wrong = |source: io::Error| match source.raw_os_error() {
            // The number is not that of a span (any more).
            Some(nix::libc::EINVAL | nix::libc::ENODEV | nix::libc::ENXIO) => Error::SpanClosed,
            _ => Error::Os { doing: format!("{doing} span \"{}\" by {CTL}", self.probe.span()), source },
        };
        self.sys.open(CTL).and_then(|ctl| ctl.ioctl(request)).map_err(wrong)
    }
}

/// Whether the driver has no such operation.
fn is_unknown(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(nix::libc::ENOSYS | nix::libc::ENOTTY | nix::libc::EOPNOTSUPP))
}

impl Drop for Maintenance {
    fn drop(&mut self) {
        if self.mode == Mode::None {
            return;
        }
        match self.set(Mode::None) {
            Ok(()) | Err(Error::SpanClosed) => {}
            Err(error) => tracing::warn!("maintenance[{}]{{{}}}: cannot be switched off: {error}", self.probe.span(), self.mode),
        }
    }
}
