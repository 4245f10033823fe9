//! The way in: where a packet belongs, and when playout starts, starts anew, or has too much.

use super::delay::Delays;
use super::loudness::Loudness;
use super::ring::{CAPACITY, Ring};
use super::{Content, Depth, JitterCounters, LONGEST_PAYLOAD, Mode, distance};
use crate::{BLOCK, g711};

/// Samples of one block.
pub(super) const BLOCK_SAMPLES: u32 = BLOCK as u32;
/// Samples (120 ms) of burst tolerated above depth and packet length.
const BURST: u32 = 960;
/// Late packets in a row after which playout starts anew.
const LATE_LIMIT: u32 = 8;
/// Blocks of emptiness beyond the depth after which playout starts anew.
const STARVED_LIMIT: u32 = 4;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// No packet yet.
    Empty,
    /// Waits until `end - start` reaches the depth, or until the wanted delay when that is known.
    Filling {
        start: u32,
        end: u32,
    },
    Playing(Playout),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Playout {
    /// Timestamp of the next sample due.
    pub(super) position: u32,
    /// Timestamp behind the newest sample.
    pub(super) end: u32,
    /// Blocks in a row for which the buffer was empty.
    pub(super) starved: u32,
    /// Blocks for which the position stood still in the present hole or emptiness.
    pub(super) held: u32,
    /// Late packets in a row.
    late: u32,
    /// Lowest fill of the present window, and its blocks so far.
    pub(super) lowest_fill: i32,
    pub(super) window: u32,
    /// Blocks for which the buffer has been deeper than wanted.
    pub(super) surplus_for: u32,
    /// Windows for which a block has been due to be left out at the next quiet place (fixed depth).
    pub(super) slip_due: u32,
}

impl Playout {
    const fn starting(position: u32, end: u32) -> Self {
        Self { position, end, starved: 0, held: 0, late: 0, lowest_fill: i32::MAX, window: 0, surplus_for: 0, slip_due: 0 }
    }

    /// Samples from the play position to the newest; negative when the position ran past the end.
    pub(super) const fn fill(&self) -> i32 {
        distance(self.position, self.end)
    }
}

/// The buffer. See the module header for its rules.
#[derive(Debug, Clone)]
pub struct Buffer {
    pub(super) mode: Mode,
    pub(super) ring: Ring,
    pub(super) state: State,
    /// After a timestamp far off: where the next packet must begin to prove a jump.
    jump_to: Option<u32>,
    /// Silence was announced (comfort noise): emptiness is no underrun.
    pub(super) quiet: bool,
    /// Longest packet so far and the latest, in samples.
    longest: u32,
    latest: u32,
    /// Samples pulled so far: when the next pull is.
    pub(super) clock: u32,
    pub(super) delays: Delays,
    /// The delay wanted, on the circle of timestamps, as of the last look.
    pub(super) wanted: Option<u32>,
    pub(super) loudness: Loudness,
    /// The block that the last pull left out.
    pub(super) left_out: Option<[u8; BLOCK]>,
    /// Which samples of the last block pulled had come.
    pub(super) present: [bool; BLOCK],
    pub(super) counters: JitterCounters,
}

impl Buffer {
    /// An empty buffer.
    #[must_use]
    pub fn new(mode: Mode, content: Content) -> Self {
        Self {
            mode,
            ring: Ring::new(silence(content)),
            state: State::Empty,
            jump_to: None,
            quiet: false,
            longest: 0,
            latest: 0,
            clock: 0,
            delays: Delays::default(),
            wanted: None,
            loudness: Loudness::new(content),
            left_out: None,
            present: [false; BLOCK],
            counters: JitterCounters::default(),
        }
    }

    /// Counts so far.
    #[must_use]
    pub const fn counters(&self) -> JitterCounters {
        self.counters
    }

    /// Milliseconds of audio waiting, holes included; 0 when empty.
    #[must_use]
    pub fn fill_ms(&self) -> u32 {
        let samples = match self.state {
            State::Empty => 0,
            State::Filling { start, end } => distance(start, end),
            State::Playing(playout) => playout.fill(),
        };
        u32::try_from(samples).unwrap_or(0) / 8
    }

    /// How long packets wait; `None` before playout started.
    #[must_use]
    pub fn depth(&self) -> Option<Depth> {
        let State::Playing(playout) = self.state else { return None };
        let spread = self.delays.spread()?;
        // The next block pulled has this delay, once what the position stood still for is caught up with.
        let caught_up = playout.position.wrapping_add(playout.held.saturating_mul(BLOCK_SAMPLES));
        let delay = self.clock.wrapping_sub(caught_up);
        let ms = |samples: i32| u16::try_from(samples.max(0) / 8).unwrap_or(u16::MAX);
        Some(Depth {
            nominal_ms: ms(self.delays.above_mean(delay)),
            maximum_ms: ms(distance(self.delays.delay_of(spread.least), delay)),
            absolute_maximum_ms: u16::try_from(self.most() / 8).unwrap_or(u16::MAX),
        })
    }

    /// Whether silence was announced and nothing has come since.
    #[must_use]
    pub const fn silence_is_announced(&self) -> bool {
        self.quiet
    }

    /// Samples in the latest packet; 0 before the first.
    #[must_use]
    pub const fn latest_packet(&self) -> u32 {
        self.latest
    }

    /// The octets are something else from now on: forgets all audio and all delays.
    pub fn set_content(&mut self, content: Content) {
        self.ring.set_silence(silence(content));
        self.loudness = Loudness::new(content);
        self.reset();
    }

    /// Another mode from now on; what waits is played on.
    pub const fn set_mode(&mut self, mode: Mode) {
        self.mode = mode;
    }

    /// The mode.
    #[must_use]
    pub const fn mode(&self) -> Mode {
        self.mode
    }

    /// Forgets all audio and all delays; the next packet starts playout anew. For a new source or restarted sequence numbers.
    pub fn reset(&mut self) {
        self.ring.clear();
        self.state = State::Empty;
        self.jump_to = None;
        self.quiet = false;
        self.forget_delays();
    }

    fn forget_delays(&mut self) {
        self.delays.reset();
        self.wanted = None;
    }

    /// Takes a packet of audio that begins at `timestamp`, at most [`LONGEST_PAYLOAD`] octets; the rest is ignored.
    pub fn push(&mut self, timestamp: u32, payload: &[u8]) {
        let payload = payload.get(..LONGEST_PAYLOAD).unwrap_or(payload);
        let length = u32::try_from(payload.len()).unwrap_or(0);
        if length == 0 {
            return;
        }
        let placed = self.place(timestamp, length);
        self.quiet = false;
        self.longest = self.longest.max(length);
        self.latest = length;
        if placed {
            let from = match self.state {
                State::Empty | State::Filling { .. } => timestamp,
                State::Playing(playout) => playout.position,
            };
            self.ring.write(from, timestamp, payload);
            self.settle();
        }
    }

    /// Takes note that the source says nothing from `timestamp` on for `length` samples (a telephone event): silence that
    /// is no loss. A buffer that has not started stays as it is.
    pub fn push_silence(&mut self, timestamp: u32, length: u32) {
        if let State::Playing(playout) = &mut self.state
            && distance(playout.position, timestamp).unsigned_abs() < CAPACITY / 2
            && length <= CAPACITY / 4
        {
            let end = timestamp.wrapping_add(length);
            self.ring.write_silence(playout.position, timestamp, length);
            if distance(playout.end, end) > 0 {
                playout.end = end;
            }
            if playout.fill() > 0 {
                playout.starved = 0;
                playout.held = 0;
            }
        }
    }

    /// Takes note that the source fell silent (comfort noise): until its next packet nothing is expected.
    pub const fn announce_silence(&mut self) {
        self.quiet = true;
    }

    /// Makes room for a packet; false when it is not to be written.
    fn place(&mut self, timestamp: u32, length: u32) -> bool {
        let end = timestamp.wrapping_add(length);
        match self.state {
            State::Empty => {
                self.delays.add(self.clock, timestamp);
                self.state = State::Filling { start: timestamp, end };
                true
            }
            State::Filling { start, end: known } => self.place_filling(timestamp, end, start, known),
            State::Playing(playout) => self.place_playing(timestamp, end, playout),
        }
    }

    fn place_filling(&mut self, timestamp: u32, end: u32, start: u32, known: u32) -> bool {
        if distance(start, timestamp).unsigned_abs() > CAPACITY / 4 {
            // Nothing was played yet: begin at the new place.
            self.begin_elsewhere(timestamp, end);
            return true;
        }
        self.delays.add(self.clock, timestamp);
        let start = if distance(timestamp, start) > 0 { timestamp } else { start };
        let end = if distance(known, end) > 0 { end } else { known };
        self.state = State::Filling { start, end };
        true
    }

    fn place_playing(&mut self, timestamp: u32, end: u32, mut playout: Playout) -> bool {
        let ahead = distance(playout.position, timestamp);
        let anew = playout.starved > self.starved_limit() || (self.quiet && self.is_adaptive() && playout.starved > 0);
        if anew {
            if ahead.unsigned_abs() > CAPACITY / 2 && !self.continues(timestamp) {
                self.begin_elsewhere(timestamp, end);
            } else {
                self.delays.add(self.clock, timestamp);
                self.begin(timestamp, end);
            }
            return true;
        }
        if ahead.unsigned_abs() > CAPACITY / 2 {
            return self.place_far(timestamp, end);
        }
        self.jump_to = None;
        self.delays.add(self.clock, timestamp);
        if playout.held > 0 && distance(playout.position, end) > 0 {
            self.resolve_hold(&mut playout, ahead);
        }
        if distance(playout.position, end) <= 0 {
            return self.place_late(timestamp, end, playout);
        }
        playout.late = 0;
        playout.starved = 0;
        if distance(playout.end, end) > 0 {
            playout.end = end;
        }
        self.state = State::Playing(playout);
        true
    }

    fn place_late(&mut self, timestamp: u32, end: u32, mut playout: Playout) -> bool {
        self.counters.late += 1;
        playout.late += 1;
        self.state = State::Playing(playout);
        if playout.late >= LATE_LIMIT {
            self.counters.resyncs += 1;
            self.begin_elsewhere(timestamp, end);
            return true;
        }
        self.look_at_delays();
        false
    }

    /// Whether a packet after a long emptiness has a delay like those before it.
    fn continues(&self, timestamp: u32) -> bool {
        self.wanted.is_some_and(|wanted| distance(wanted, self.clock.wrapping_sub(timestamp)).unsigned_abs() < CAPACITY / 2)
    }

    pub(super) const fn is_adaptive(&self) -> bool {
        match self.mode {
            Mode::Adaptive { .. } => true,
            Mode::Fixed { .. } | Mode::Data { .. } => false,
        }
    }

    /// Samples that must wait before playout starts for the first time.
    pub(super) fn start_depth(&self) -> u32 {
        match self.mode {
            Mode::Adaptive { start_ms, .. } => samples(start_ms),
            Mode::Fixed { depth_ms } | Mode::Data { depth_ms } => samples(depth_ms),
        }
    }

    /// The most that the fastest packets wait, in samples.
    pub(super) fn most(&self) -> u32 {
        match self.mode {
            Mode::Adaptive { most_ms, .. } => samples(most_ms),
            Mode::Fixed { depth_ms } | Mode::Data { depth_ms } => samples(depth_ms),
        }
    }

    /// Blocks of emptiness after which playout starts anew.
    pub(super) fn starved_limit(&self) -> u32 {
        self.most() / BLOCK_SAMPLES + STARVED_LIMIT
    }

    /// The position stood still. A packet that belongs there was late: the blocks were inserted, unless the buffer is deep
    /// enough without them. A packet further on shows a loss: with a fixed depth the block is taken out of the hole at once,
    /// else when the hole is due.
    fn resolve_hold(&mut self, playout: &mut Playout, ahead: i32) {
        if ahead < BLOCK_SAMPLES.cast_signed() {
            let mut cut = 0;
            if self.is_adaptive() && playout.starved == 0 {
                self.look_at_delays();
                cut = u32::try_from(self.surplus(playout.position)).unwrap_or(0).min(playout.held);
            }
            playout.position = playout.position.wrapping_add(cut * BLOCK_SAMPLES);
            self.counters.slips_inserted += u64::from(playout.held - cut);
            playout.held = 0;
        } else if !self.is_adaptive() {
            playout.held = 0;
            playout.position = playout.position.wrapping_add(BLOCK_SAMPLES);
        }
    }

    fn place_far(&mut self, timestamp: u32, end: u32) -> bool {
        if self.jump_to == Some(timestamp) {
            self.counters.timestamp_jumps += 1;
            self.begin_elsewhere(timestamp, end);
            return true;
        }
        self.counters.stray_timestamps += 1;
        self.jump_to = Some(end);
        false
    }

    /// Starts to fill anew on the same timestamps: the wanted delay holds.
    fn begin(&mut self, timestamp: u32, end: u32) {
        self.ring.clear();
        self.jump_to = None;
        self.quiet = false;
        self.state = State::Filling { start: timestamp, end };
    }

    /// Starts to fill anew where no delay before means anything.
    fn begin_elsewhere(&mut self, timestamp: u32, end: u32) {
        self.forget_delays();
        self.delays.add(self.clock, timestamp);
        self.begin(timestamp, end);
    }

    /// After a packet was written: starts playout, or drops what a burst brought too much.
    fn settle(&mut self) {
        match self.state {
            State::Empty => {}
            State::Filling { start, end } => {
                let held = u32::try_from(distance(start, end)).unwrap_or(0);
                let waits = self.wanted.is_some() && self.is_adaptive();
                if (held >= self.start_depth() && !waits) || held >= self.most() + self.longest {
                    self.state = State::Playing(Playout::starting(start, end));
                    self.trim();
                }
            }
            State::Playing(_) => self.trim(),
        }
    }

    /// Starts playout when the wanted delay, known from before, has come.
    pub(super) fn start_on_time(&mut self) {
        if let (State::Filling { start, end }, Some(wanted), true) = (self.state, self.wanted, self.is_adaptive())
            && distance(wanted, self.clock.wrapping_sub(start)) >= 0
        {
            self.state = State::Playing(Playout::starting(start, end));
        }
    }

    fn trim(&mut self) {
        let highest = self.most() + BURST + self.longest;
        if let State::Playing(playout) = self.state
            && let Ok(fill) = u32::try_from(playout.fill())
            && fill > highest
        {
            let excess = fill - self.start_depth().max(self.longest);
            self.counters.overflows += 1;
            self.counters.overflow_blocks += u64::from(excess.div_ceil(BLOCK_SAMPLES));
            self.skip(excess.next_multiple_of(BLOCK_SAMPLES).min(fill));
        }
    }

    /// Moves the play position on and forgets what lies before it.
    pub(super) fn skip(&mut self, samples: u32) {
        if let State::Playing(playout) = &mut self.state {
            self.ring.forget(playout.position, samples);
            playout.position = playout.position.wrapping_add(samples);
            playout.window = 0;
            playout.lowest_fill = i32::MAX;
            playout.surplus_for = 0;
        }
    }
}

/// The octet that stands for nothing.
const fn silence(content: Content) -> u8 {
    match content {
        Content::Companded(law) => g711::silence(law),
        Content::Opaque(silence) => silence,
    }
}

/// Samples of a depth within 10 to 200 ms.
fn samples(ms: u16) -> u32 {
    u32::from(ms.clamp(10, 200)) * 8
}
