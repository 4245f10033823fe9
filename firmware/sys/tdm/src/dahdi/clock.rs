//! Where the clock comes from: [`status`] reads it for one span, [`ClockChoice`] decides which span all others follow.
//!
//! Two layers. Within a card, DAHDI's drivers choose by themselves: each span has a priority from SPANCONFIG (`sync`, 1 first, 0 not a
//! source), the card takes its clock from the best one without alarm and shows it as `syncsrc`. Across cards the kernel has one
//! *master span*, whose interrupt drives all conferences, timers and dynamic spans; it is read from `is_sync_master` and set by root
//! through `master_span`. The kernel's own choice of it (`__dahdi_find_master_span`) knows no priorities: at any beginning or end of an
//! alarm on any span it moves on to the first span in order that is not the master yet and has no alarm, even if the present one is
//! good. So the choice is made here and made again whenever the kernel was seen to have moved.
//!
//! Rules of [`ClockChoice`]: the usable source with the lowest priority number is master, the lowest kernel number among equals. A
//! master that becomes unusable is replaced at once; one with a better priority takes over only after it has been usable for
//! [`Settle::good_for`] without a break, so a source that comes and goes moves nothing. While no source is usable the last master stays:
//! its card runs free, and any other would too. Spans of priority 0 are never chosen.
//!
//! How to drive it: [`ClockChoice::handle_sources`] when a span's state changes, [`ClockChoice::handle_master`] when sysfs was looked
//! at, [`ClockChoice::handle_timeout`]; after each drain [`ClockChoice::poll_event`] (write `master_span`), then ask
//! [`ClockChoice::poll_timeout`].

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::io;
use std::time::{Duration, Instant};

use super::system::DahdiSys;

/// Where one span's clock comes from now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockStatus {
    /// As configured: 0 gives the clock, 1 to 15 is a source of clock, 1 first.
    pub priority: u8,
    /// Whether it is the kernel's master span.
    pub is_master: bool,
    /// Kernel number of the span that its card takes its clock from; `None` while the card runs free or does not say.
    pub source: Option<i32>,
}

/// Reads the clock of kernel span `spanno` from sysfs. Reads files: not for a media thread.
pub fn status(sys: &dyn DahdiSys, spanno: i32, priority: u8) -> io::Result<ClockStatus> {
    let read = |name: &str| -> io::Result<i32> {
        let path = format!("/sys/bus/dahdi_spans/devices/span-{spanno}/{name}");
        let text = sys.read_text(&path)?;
        let number = text.trim().parse();
        number.map_err(|_| io::Error::new(io::ErrorKind::InvalidData, format!("{path}: {:?} is not a number", text.trim())))
    };
    Ok(ClockStatus {
        priority,
        is_master: read("is_sync_master")? == 1,
        source: Some(read("syncsrc")?).filter(|source| *source > 0),
    })
}

/// A span that could be master.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    /// Its kernel number.
    pub span: i32,
    /// 1 to 15, 1 first; 0 is no source.
    pub priority: u8,
    /// Whether it is there and has no alarm.
    pub usable: bool,
}

/// How long things must last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settle {
    /// How long a better source must have been usable before it takes over. Default 10 s.
    pub good_for: Duration,
    /// How long to wait before a master is asked for again that the kernel does not show. Default 5 s.
    pub ask_again: Duration,
}

impl Default for Settle {
    fn default() -> Self {
        Self { good_for: Duration::from_secs(10), ask_again: Duration::from_secs(5) }
    }
}

/// Why a span is master. `Display` says it in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It was the best source when there was none before.
    First,
    /// The one before could no longer be used.
    Lost {
        /// The one before.
        span: i32,
    },
    /// It has a better priority and has been good for long enough.
    Better {
        /// The one before.
        span: i32,
    },
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::First => f.write_str("the best source there is"),
            Self::Lost { span } => write!(f, "span {span} has an alarm or is gone"),
            Self::Better { span } => write!(f, "it comes before span {span} and has settled"),
        }
    }
}

/// Who is master, since when and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// Kernel number of the master.
    pub span: i32,
    /// When it was decided.
    pub since: Instant,
    /// Why.
    pub why: Why,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClockEvent {
    /// Make this span the kernel's master (`master_span`, by junctor-spans).
    MakeMaster {
        /// Kernel number.
        span: i32,
        /// Why; the same again when the kernel had moved away from it.
        why: Why,
    },
    /// No source of clock is usable any more: the cards run free.
    NoSource,
}

#[derive(Debug, Clone, Copy)]
struct Known {
    priority: u8,
    usable_since: Option<Instant>,
}

/// Chooses the master span. See the module's header.
#[derive(Debug)]
pub struct ClockChoice {
    settle: Settle,
    sources: BTreeMap<i32, Known>,
    decision: Option<Decision>,
    /// Whether a usable source was there at the last look.
    had_source: bool,
    asked: Option<Instant>,
    events: VecDeque<ClockEvent>,
}

impl ClockChoice {
    /// Knows no source yet.
    #[must_use]
    pub const fn new(settle: Settle) -> Self {
        Self { settle, sources: BTreeMap::new(), decision: None, had_source: false, asked: None, events: VecDeque::new() }
    }

    /// These are all spans of the box now; one that is not among them is gone.
    pub fn handle_sources(&mut self, now: Instant, sources: &[Source]) {
        let mut known = BTreeMap::new();
        for source in sources.iter().filter(|source| source.priority > 0) {
            let before = self.sources.get(&source.span).and_then(|known| known.usable_since);
            let usable_since = source.usable.then(|| before.unwrap_or(now));
            known.insert(source.span, Known { priority: source.priority, usable_since });
        }
        self.sources = known;
        self.choose(now);
    }

    /// The kernel's master span as sysfs shows it; `None` when there is none. If it is another than the one chosen, it is asked for again.
    pub fn handle_master(&mut self, now: Instant, master: Option<i32>) {
        let Some(decision) = self.decision.filter(|decision| self.sources.contains_key(&decision.span)) else { return };
        let due = self.asked.is_none_or(|asked| now.saturating_duration_since(asked) >= self.settle.ask_again);
        if master != Some(decision.span) && due {
            self.ask(now, decision);
        }
    }

    /// Lets a better source take over that has settled. A spurious call does nothing.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.choose(now);
    }

    /// Next event. Call until `None` after every `handle_*`.
    pub fn poll_event(&mut self) -> Option<ClockEvent> {
        self.events.pop_front()
    }

    /// When a better source will have settled.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        let current = self.decision?.span;
        let rank = self.rank(current)?;
        let better = self.sources.iter().filter(|(span, known)| (known.priority, **span) < rank);
        better.filter_map(|(_, known)| known.usable_since?.checked_add(self.settle.good_for)).min()
    }

    /// Who was chosen last, since when and why.
    #[must_use]
    pub const fn decision(&self) -> Option<Decision> {
        self.decision
    }

    fn rank(&self, span: i32) -> Option<(u8, i32)> {
        self.sources.get(&span).map(|known| (known.priority, span))
    }

    /// The best source of those that `fits` says yes to.
    fn best(&self, fits: impl Fn(Instant) -> bool) -> Option<i32> {
        let usable = self.sources.iter().filter(|(_, known)| known.usable_since.is_some_and(&fits));
        usable.map(|(span, known)| (known.priority, *span)).min().map(|(_, span)| span)
    }

    fn choose(&mut self, now: Instant) {
        let good_for = self.settle.good_for;
        let settled = |since: Instant| now.saturating_duration_since(since) >= good_for;
        let Some(any) = self.best(|_| true) else {
            if std::mem::replace(&mut self.had_source, false) {
                self.events.push_back(ClockEvent::NoSource);
            }
            return;
        };
        self.had_source = true;
        let Some(current) = self.decision.map(|decision| decision.span) else { return self.decide(now, any, Why::First) };
        let usable = self.sources.get(&current).is_some_and(|known| known.usable_since.is_some());
        if !usable {
            // One that has been good for a while before one that has just come back.
            return self.decide(now, self.best(settled).unwrap_or(any), Why::Lost { span: current });
        }
        if let Some(better) = self.best(settled).filter(|better| self.rank(*better) < self.rank(current)) {
            self.decide(now, better, Why::Better { span: current });
        }
    }

    fn decide(&mut self, now: Instant, span: i32, why: Why) {
        let decision = Decision { span, since: now, why };
        tracing::info!("clock{{choosing}}: {why} -> span {span} is to be master");
        self.decision = Some(decision);
        self.ask(now, decision);
    }

    fn ask(&mut self, now: Instant, decision: Decision) {
        self.asked = Some(now);
        self.events.push_back(ClockEvent::MakeMaster { span: decision.span, why: decision.why });
    }
}
