//! [`LineState`]: the one owner of a span's layer-1 state, between what the kernel shows and what the rest of the box is told.
//!
//! The kernel's alarms (`DAHDI_SPANSTAT`) are read once a second and whenever a channel reports `EVENT_ALARM` or `EVENT_NOALARM`;
//! the kernel queues those two only when a span goes from no alarm to some or back, so a change of kind (RED to BLUE) is seen by
//! the reading of each second alone. All of it comes in by [`LineState::handle_alarms`], in any order and as often as wanted.
//!
//! Why there is a debounce at all. The card drivers wait themselves before they raise an alarm, 2500 ms for LOS, LFA and AIS and
//! 500 ms for RAI as TR 54016 has it (module parameters `losalarmdebounce`, `alarmdebounce`, `aisalarmdebounce`, `yelalarmdebounce`),
//! G.775's detection (10 to 255 pulse periods) being the framer's. So [`Debounce::raise`] only keeps single readings taken in the
//! middle of a change from being acted upon: 100 ms. Dynamic spans and drivers whose parameter was set to 0 have no wait of their own,
//! and a remote alarm is theirs to send in bursts while they find their framing: 500 ms, the figure of TR 54016 again. Clearing takes
//! 1 s, during which the alarm stays declared with `RECOVER` beside it, so that a D-channel is not set up between two pulses.
//!
//! Rules: the first reading counts at once (there is nothing older to protect). While something is declared and something is raw, the
//! declared set follows kind by kind and never passes through "none". `LOOPBACK` is no fault and follows at once both ways. A removed
//! device is `RED|LOS` at once, and stays so after its return until the kernel has shown something else for long enough.
//!
//! Whatever the pulses were, once the raw state has lasted for the longest of the debounce times the declared state is that raw state;
//! there is no flag beside the two sets that could be left over.
//!
//! How to drive it: the five calls. After each `handle_*` drain [`LineState::poll_event`], then ask [`LineState::poll_timeout`].

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::Alarms;

/// What a device that is gone amounts to.
const GONE: Alarms = Alarms::from_bits(Alarms::RED.bits() | Alarms::LOS.bits());
/// Every kind of alarm but `LOOPBACK`, which is the highest bit.
const KINDS: usize = 8;

/// How long a state must last before it is declared. Any values are sound, 0 included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Debounce {
    /// For every alarm but the remote one. Default 100 ms.
    pub raise: Duration,
    /// For the remote alarm (YELLOW). Default 500 ms.
    pub raise_remote: Duration,
    /// For the end of all alarms. Default 1 s.
    pub clear: Duration,
}

impl Default for Debounce {
    fn default() -> Self {
        Self { raise: Duration::from_millis(100), raise_remote: Duration::from_millis(500), clear: Duration::from_secs(1) }
    }
}

impl Debounce {
    fn of(&self, alarm: Alarms) -> Duration {
        if alarm == Alarms::YELLOW { self.raise_remote } else { self.raise }
    }
}

/// What the layer above must know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineEvent {
    /// The declared alarms are now these. Never twice the same.
    Changed {
        /// All that are declared.
        alarms: Alarms,
    },
    /// The device is gone. What it does to the declared alarms follows as [`LineEvent::Changed`].
    Removed,
    /// The device is back; its alarms are still declared as if it were not.
    Returned,
}

/// The layer-1 state of one span. See the module's header.
#[derive(Debug)]
pub struct LineState {
    debounce: Debounce,
    present: bool,
    /// Whether the kernel has shown anything yet.
    known: bool,
    raw: Alarms,
    /// When each kind came up in `raw`, for the kinds that are in it.
    up_since: [Option<Instant>; KINDS],
    /// When `raw` last went from no fault to some, or back.
    turned: Option<Instant>,
    /// Faults declared, without the RECOVER of this debounce.
    held: Alarms,
    /// Whether `held` stands only because clearing takes its time.
    recovering: bool,
    told: Alarms,
    events: VecDeque<LineEvent>,
}

impl LineState {
    /// A line without alarm, until the first [`LineState::handle_alarms`].
    #[must_use]
    pub const fn new(debounce: Debounce) -> Self {
        Self {
            debounce,
            present: true,
            known: false,
            raw: Alarms::NONE,
            up_since: [None; KINDS],
            turned: None,
            held: Alarms::NONE,
            recovering: false,
            told: Alarms::NONE,
            events: VecDeque::new(),
        }
    }

    /// The kernel shows these alarms now. Ignored while the device is removed.
    pub fn handle_alarms(&mut self, now: Instant, raw: Alarms) {
        if !self.present {
            return;
        }
        self.settle(now);
        self.take(now, raw);
        if !std::mem::replace(&mut self.known, true) {
            self.held = faults(raw);
        }
        self.settle(now);
    }

    /// The device is gone (`ENODEV`, or ERR, HUP and NVAL at once). A second call does nothing.
    pub fn handle_removed(&mut self, now: Instant) {
        if !std::mem::replace(&mut self.present, false) {
            return;
        }
        self.known = true;
        self.events.push_back(LineEvent::Removed);
        self.take(now, GONE);
        self.held = GONE;
        self.settle(now);
    }

    /// The device is there again. Without [`LineState::handle_removed`] before, it does nothing.
    pub fn handle_returned(&mut self, now: Instant) {
        if std::mem::replace(&mut self.present, true) {
            return;
        }
        self.events.push_back(LineEvent::Returned);
        self.settle(now);
    }

    /// Declares what is due. A spurious call does nothing.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.settle(now);
    }

    /// Next event. Call until `None` after every `handle_*`.
    pub fn poll_event(&mut self) -> Option<LineEvent> {
        self.events.pop_front()
    }

    /// When to call [`LineState::handle_timeout`]; `None` when the declared state is the raw one.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        let raw = faults(self.raw);
        if raw.is_none() {
            return self.turned.filter(|_| !self.held.is_none()).and_then(|since| since.checked_add(self.debounce.clear));
        }
        let pending = self.kinds().filter(|(kind, _)| !self.held.contains(*kind));
        let each = pending.filter_map(|(kind, since)| since.checked_add(self.debounce.of(kind)));
        each.chain(self.any_kind_due()).min()
    }

    /// The declared alarms.
    #[must_use]
    pub const fn alarms(&self) -> Alarms {
        self.told
    }

    /// What the kernel showed last, or `RED|LOS` while the device is gone.
    #[must_use]
    pub const fn raw(&self) -> Alarms {
        self.raw
    }

    /// Whether the device is there.
    #[must_use]
    pub const fn is_present(&self) -> bool {
        self.present
    }

    fn take(&mut self, now: Instant, raw: Alarms) {
        if faults(raw).is_none() != faults(self.raw).is_none() {
            self.turned = Some(now);
        }
        for (kind, since) in every_kind().zip(&mut self.up_since) {
            *since = raw.contains(kind).then(|| since.unwrap_or(now));
        }
        self.raw = raw;
    }

    /// Kinds that are raw, with the time since when.
    fn kinds(&self) -> impl Iterator<Item = (Alarms, Instant)> + '_ {
        every_kind().zip(&self.up_since).filter_map(|(kind, since)| since.map(|since| (kind, since)))
    }

    /// When faults of changing kinds have together lasted long enough, though none of them did. Only while nothing is declared.
    fn any_kind_due(&self) -> Option<Instant> {
        let shortest = self.kinds().map(|(kind, _)| self.debounce.of(kind)).min()?;
        self.turned.filter(|_| self.held.is_none()).and_then(|since| since.checked_add(shortest))
    }

    /// Brings the declared set up to `now`, and tells it if it is another.
    fn settle(&mut self, now: Instant) {
        let raw = faults(self.raw);
        if raw.is_none() {
            let over = self.turned.is_none_or(|since| now.saturating_duration_since(since) >= self.debounce.clear);
            if over {
                self.held = Alarms::NONE;
            }
            self.recovering = !self.held.is_none();
        } else {
            let lasted = |(kind, since): &(Alarms, Instant)| {
                self.held.contains(*kind) || now.saturating_duration_since(*since) >= self.debounce.of(*kind)
            };
            let raised = self.kinds().filter(lasted).fold(Alarms::NONE, |set, (kind, _)| set | kind);
            if !raised.is_none() {
                self.held = raised;
                self.recovering = false;
            } else if self.any_kind_due().is_some_and(|due| due <= now) {
                self.held = raw;
            }
        }
        self.tell();
    }

    fn tell(&mut self) {
        let recover = if self.recovering { Alarms::RECOVER } else { Alarms::NONE };
        let loopback = if self.raw.contains(Alarms::LOOPBACK) { Alarms::LOOPBACK } else { Alarms::NONE };
        let alarms = self.held | recover | loopback;
        if alarms != self.told {
            self.told = alarms;
            self.events.push_back(LineEvent::Changed { alarms });
        }
    }
}

const fn faults(alarms: Alarms) -> Alarms {
    alarms.without(Alarms::LOOPBACK)
}

/// Every kind of fault, in the order of `LineState::up_since`.
fn every_kind() -> impl Iterator<Item = Alarms> {
    (0..KINDS).map(|bit| Alarms::from_bits(1 << bit))
}
