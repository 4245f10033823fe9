//! [`LineCounters`]: the kernel's error counters of a span, made into totals that only rise; and [`LineProbe`], by which a thread that
//! may read files hands in what only `/proc/dahdi/N` has.
//!
//! The kernel's counters (`struct dahdi_count`, shown by `DAHDI_SPANSTAT`) are 32 bits wide: they wrap, anybody with access to
//! `/dev/dahdi/ctl` can set them to 0 (`DAHDI_RESET_COUNTERS`), a driver does so when it starts a span, and a card that comes back
//! begins with 0. Here each reading is compared with the one before and what was added is added to totals of 64 bits. The first
//! reading is where counting begins: what the card saw before the span was opened is not ours.
//!
//! Errored seconds are counted here and not taken from the driver, whose own (`errsec`) are zero on most cards. As in G.826 4.5.1 a
//! second is errored that has a defect (an alarm of layer 1) or at least one error. Unlike G.826 both directions, slips and missed
//! interrupts count together; availability (ten seconds in a row) and severely errored seconds are left out.
//!
//! How to drive it: [`LineCounters::tick`] once a second with what the kernel shows; [`LineCounters::totals`] whenever wanted. The
//! slips: some service thread calls [`LineProbe::read_slips`] once a second, the span takes them from there without opening a file.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::ioctl::SpanStat;
use super::system::DahdiSys;
use crate::{Alarms, Counters};

/// The most that one counter can rise between two readings: eight seconds of a line of which every bit is an error. A counter that
/// fell by more than this leaves room for was set to 0, not wrapped.
const MOST_A_STEP: u32 = 1 << 24;

/// One counter of 32 bits, watched.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counter {
    last: Option<u32>,
}

impl Counter {
    /// What was added since the last reading.
    pub(super) fn step(&mut self, reading: u32) -> u64 {
        let Some(last) = self.last.replace(reading) else { return 0 };
        let wrapped = reading.wrapping_sub(last);
        let added = if reading >= last || wrapped <= MOST_A_STEP { wrapped } else { reading };
        added.into()
    }
}

/// Totals of a span's error counters. See the module's header.
#[derive(Debug, Clone, Default)]
pub struct LineCounters {
    bpv: Counter,
    crc4: Counter,
    ebit: Counter,
    fas: Counter,
    irq_misses: Counter,
    slips: Counter,
    totals: Counters,
}

impl LineCounters {
    /// A second is over: `stat` is what the kernel shows now, `slips` the number of timing slips in `/proc/dahdi/N` (`None`: not
    /// known), `alarms` what is declared.
    pub fn tick(&mut self, stat: &SpanStat, slips: Option<u64>, alarms: Alarms) {
        // The kernel's `int` counters wrap through negative values.
        let bpv = self.bpv.step(stat.bpvcount.cast_unsigned());
        let crc4 = self.crc4.step(stat.crc4count.cast_unsigned());
        let ebit = self.ebit.step(stat.ebitcount.cast_unsigned());
        let fas = self.fas.step(stat.fascount.cast_unsigned());
        let irq_misses = self.irq_misses.step(stat.irqmisses.cast_unsigned());
        // Shown by /proc as 32 bits too; the mask keeps another source from being taken for a jump.
        let slips = slips.map_or(0, |slips| self.slips.step((slips & u64::from(u32::MAX)) as u32));

        let errors = [bpv, crc4, ebit, fas, irq_misses, slips].iter().any(|added| *added > 0);
        let errored = errors || alarms.is_down();
        let totals = &mut self.totals;
        for (total, added) in [
            (&mut totals.bpv, bpv),
            (&mut totals.crc4, crc4),
            (&mut totals.ebit, ebit),
            (&mut totals.fas, fas),
            (&mut totals.irq_misses, irq_misses),
            (&mut totals.slips, slips),
            (&mut totals.errored_seconds, errored.into()),
        ] {
            *total = total.saturating_add(added);
        }
    }

    /// What was counted since the start or the last [`LineCounters::reset`]; what is not of the line stays 0.
    #[must_use]
    pub const fn totals(&self) -> Counters {
        self.totals
    }

    /// Begins the totals anew. The kernel's counters stay as they are.
    pub fn reset(&mut self) {
        self.totals = Counters::default();
    }
}

/// The number of timing slips in the text of `/proc/dahdi/N`: 0 when it has no such line (the kernel leaves lines with 0 out), `None`
/// when this is no text of a span.
#[must_use]
pub fn slips_of(text: &str) -> Option<u64> {
    let mut lines = text.lines();
    lines.next().filter(|line| line.starts_with("Span "))?;
    // An empty line ends the counters; the channels follow, whose names anybody may choose.
    let counters = lines.take_while(|line| !line.trim().is_empty());
    let slips = counters.filter_map(|line| line.trim().strip_prefix("Timing slips:")).next();
    let Some(slips) = slips else { return Some(0) };
    // Printed as a signed number of 32 bits.
    let number: i64 = slips.trim().parse().ok()?;
    u32::try_from(number).or_else(|_| i32::try_from(number).map(i32::cast_unsigned)).ok().map(u64::from)
}

/// No slips known yet.
const UNKNOWN: u64 = u64::MAX;

#[derive(Debug)]
struct Cell {
    slips: AtomicU64,
    reset: AtomicBool,
}

/// A handle on an open span for threads other than the media thread: cheap to copy, and it outlives the span harmlessly.
#[derive(Debug, Clone)]
pub struct LineProbe {
    span: Arc<str>,
    spanno: i32,
    cell: Arc<Cell>,
}

impl LineProbe {
    /// A handle for span `span`, which the kernel calls `spanno`.
    #[must_use]
    pub fn new(span: &str, spanno: i32) -> Self {
        Self { span: span.into(), spanno, cell: Arc::new(Cell { slips: AtomicU64::new(UNKNOWN), reset: AtomicBool::new(false) }) }
    }

    /// The span's name in the configuration.
    #[must_use]
    pub fn span(&self) -> &str {
        &self.span
    }

    /// The span's number in the kernel, as in `/proc/dahdi`.
    #[must_use]
    pub const fn kernel_number(&self) -> i32 {
        self.spanno
    }

    /// Reads the slips from `/proc/dahdi/N` and hands them in. Reads a file: not for a media thread.
    ///
    /// An error leaves what was known; `NotFound` means that the span is gone.
    pub fn read_slips(&self, sys: &dyn DahdiSys) -> io::Result<()> {
        let path = format!("/proc/dahdi/{}", self.spanno);
        let text = sys.read_text(&path)?;
        let slips =
            slips_of(&text).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, format!("{path} is no text of a span")))?;
        self.set_slips(slips);
        Ok(())
    }

    /// Hands in the kernel's number of slips.
    pub fn set_slips(&self, slips: u64) {
        self.cell.slips.store(slips.min(UNKNOWN - 1), Ordering::Relaxed);
    }

    /// The number handed in last.
    #[must_use]
    pub fn slips(&self) -> Option<u64> {
        Some(self.cell.slips.load(Ordering::Relaxed)).filter(|slips| *slips != UNKNOWN)
    }

    /// Asks the span to begin its totals anew; it does so within a second.
    pub fn reset_counters(&self) {
        self.cell.reset.store(true, Ordering::Relaxed);
    }

    /// Whether that was asked for since the last call.
    pub(super) fn take_reset(&self) -> bool {
        self.cell.reset.swap(false, Ordering::Relaxed)
    }
}
