//! The clock of a virtual span: when the network end sends its next tick.

use std::time::Duration;

use nix::errno::Errno;
use nix::sys::time::TimeSpec;
use nix::sys::timerfd::{ClockId, Expiration, TimerFd, TimerFlags, TimerSetTimeFlags};

use super::os_error;
use crate::span::Error;

/// Nanoseconds in a tick of the nominal clock: 80 samples at 8 kHz.
const TICK_NS: i64 = 10_000_000;
/// Ticks made up for after a stall, 100 ms; the rest are slips.
pub(super) const CATCH_UP: u64 = 10;
/// The widest clock error offered. G.703 allows an E1 50 ppm.
const MAX_PPM: i32 = 100_000;

/// What paces a virtual span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// One tick every 10 ms of the machine's monotonic clock; up to 100 ms late where a process is woken late.
    RealTime,
    /// As [`Clock::RealTime`], fast by this many parts per million (-100,000 to 100,000; beyond is clamped).
    RealTimePpm(i32),
    /// The next tick is sent when the far end has answered the last one and [`crate::Span::service`] is called again: as fast
    /// as both can, and repeatable.
    LockStep,
}

impl Clock {
    /// The time between ticks; `None` in lock step.
    #[must_use]
    pub const fn period(self) -> Option<Duration> {
        match self {
            Self::RealTime => Some(Duration::from_nanos(TICK_NS as u64)),
            Self::RealTimePpm(ppm) => {
                let ppm = if ppm > MAX_PPM {
                    MAX_PPM
                } else if ppm < -MAX_PPM {
                    -MAX_PPM
                } else {
                    ppm
                };
                Some(Duration::from_nanos((TICK_NS * 1_000_000 / (1_000_000 + ppm as i64)) as u64))
            }
            Self::LockStep => None,
        }
    }
}

/// A timer descriptor that expires every period. The kernel keeps the schedule, so that a late reader does not shift it.
pub(super) struct Ticker(TimerFd);

impl Ticker {
    pub(super) fn new(period: Duration) -> Result<Self, Error> {
        let timer = TimerFd::new(ClockId::CLOCK_MONOTONIC, TimerFlags::TFD_NONBLOCK | TimerFlags::TFD_CLOEXEC)
            .map_err(|errno| os_error("make a timer", errno))?;
        let ticker = Self(timer);
        ticker.set(period)?;
        Ok(ticker)
    }

    /// Starts a new schedule.
    pub(super) fn set(&self, period: Duration) -> Result<(), Error> {
        let every = Expiration::Interval(TimeSpec::from_duration(period));
        self.0.set(every, TimerSetTimeFlags::empty()).map_err(|errno| os_error("set a timer", errno))
    }

    /// How many periods ended since the last call.
    pub(super) fn expirations(&self) -> Result<u64, Error> {
        let mut count = [0_u8; 8];
        match nix::unistd::read(&self.0, &mut count) {
            Ok(_) => Ok(u64::from_ne_bytes(count)),
            Err(Errno::EAGAIN) => Ok(0),
            Err(errno) => Err(os_error("read a timer", errno)),
        }
    }

    pub(super) const fn fd(&self) -> &TimerFd {
        &self.0
    }
}
