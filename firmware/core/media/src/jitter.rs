//! Jitter buffer of fixed depth for octet-per-sample audio: packets in by timestamp, 10 ms blocks out.
//!
//! A ring addressed by RTP timestamp, so packets of any length, in any order, meet in the right place; what is missing
//! when it is due comes out as silence. The caller has already sorted out duplicates ([`crate::reception`]).
//!
//! Playout starts when the buffer holds its depth. Afterwards:
//!
//! - **Empty when a block is due:** the first time the play position stays where it is, so that a sender whose clock is
//!   slow inserts one block; it moves on from the second block, so that an outage does not add delay.
//! - **Always too full:** when even the lowest fill of 2 s is a block above the depth, one block is dropped.
//! - **Far too full** (a burst after an outage): the oldest audio is dropped down to the depth.
//! - **Always late, or empty for long:** playout starts anew with the next packet.
//! - **A timestamp far off** counts only when the next packet continues there.
//!
//! Left out: adaptive depth, concealment, slips placed in silence.

use crate::BLOCK;

/// Samples that the ring holds, 1.024 s; a power of two so that wrapping timestamps address it.
const CAPACITY: u32 = 8192;
/// Samples of one block.
const BLOCK_SAMPLES: u32 = BLOCK as u32;
/// Longest payload accepted: 200 ms, the largest packet time that peers announce.
pub const LONGEST_PAYLOAD: usize = 1600;
/// Blocks (2 s) over which the lowest fill is taken before a slip.
const SLIP_WINDOW: u32 = 200;
/// Samples (120 ms) of burst tolerated above depth and packet length.
const BURST: u32 = 960;
/// Late packets in a row after which playout starts anew.
const LATE_LIMIT: u32 = 8;
/// Blocks of emptiness beyond the depth after which playout starts anew.
const STARVED_LIMIT: u32 = 4;

/// Counts of what the buffer did, since it was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct JitterCounters {
    /// Packets wholly behind the play position.
    pub late: u64,
    /// Times that the oldest audio was dropped because a burst arrived.
    pub overflows: u64,
    /// Times that playout started anew because all packets were late.
    pub resyncs: u64,
    /// Times that the timestamps jumped and stayed there.
    pub timestamp_jumps: u64,
    /// Packets with a timestamp far off, not played.
    pub stray_timestamps: u64,
    /// Blocks due while the buffer was empty.
    pub underruns: u64,
    /// Blocks in which samples were missing although later ones had come: lost packets.
    pub concealed: u64,
    /// Blocks inserted for clock drift.
    pub slips_inserted: u64,
    /// Blocks dropped for clock drift.
    pub slips_dropped: u64,
}

/// What a block for the line was made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Played {
    /// Received audio, whole.
    Audio,
    /// Received audio with holes.
    Concealed,
    /// The buffer was empty although audio was expected.
    Underrun,
    /// Nothing was expected: before the start, while filling, in announced silence.
    Idle,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// No packet yet.
    Empty,
    /// Waits until `end - start` reaches the depth.
    Filling {
        start: u32,
        end: u32,
    },
    Playing(Playout),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Playout {
    /// Timestamp of the next sample due.
    position: u32,
    /// Timestamp behind the newest sample.
    end: u32,
    /// Blocks in a row for which the buffer was empty.
    starved: u32,
    /// The position stood still for one block of the present emptiness.
    held: bool,
    /// Late packets in a row.
    late: u32,
    /// Lowest fill of the present window, and its blocks so far.
    lowest_fill: i32,
    window: u32,
}

impl Playout {
    const fn starting(position: u32, end: u32) -> Self {
        Self { position, end, starved: 0, held: false, late: 0, lowest_fill: i32::MAX, window: 0 }
    }

    /// Samples from the play position to the newest; negative when the position ran past the end.
    const fn fill(&self) -> i32 {
        distance(self.position, self.end)
    }
}

/// Signed distance on the circle of timestamps.
const fn distance(from: u32, to: u32) -> i32 {
    to.wrapping_sub(from).cast_signed()
}

/// The buffer. See the module header for its rules.
#[derive(Debug, Clone)]
pub struct FixedBuffer {
    depth: u32,
    silence: u8,
    samples: Box<[u8]>,
    present: Box<[bool]>,
    state: State,
    /// After a timestamp far off: where the next packet must begin to prove a jump.
    jump_to: Option<u32>,
    /// Silence was announced (comfort noise): emptiness is no underrun.
    quiet: bool,
    /// Longest packet so far, in samples.
    longest: u32,
    counters: JitterCounters,
}

impl FixedBuffer {
    /// An empty buffer of `depth_ms` (10 to 200; others are brought into that range) that plays `silence` for what is
    /// missing.
    #[must_use]
    pub fn new(depth_ms: u16, silence: u8) -> Self {
        Self {
            depth: u32::from(depth_ms.clamp(10, 200)) * 8,
            silence,
            samples: vec![silence; CAPACITY as usize].into_boxed_slice(),
            present: vec![false; CAPACITY as usize].into_boxed_slice(),
            state: State::Empty,
            jump_to: None,
            quiet: false,
            longest: 0,
            counters: JitterCounters::default(),
        }
    }

    /// Counts so far.
    #[must_use]
    pub const fn counters(&self) -> JitterCounters {
        self.counters
    }

    /// Milliseconds of audio waiting; 0 when empty.
    #[must_use]
    pub fn fill_ms(&self) -> u32 {
        let samples = match self.state {
            State::Empty => 0,
            State::Filling { start, end } => distance(start, end),
            State::Playing(playout) => playout.fill(),
        };
        u32::try_from(samples).unwrap_or(0) / 8
    }

    /// Forgets all audio; the next packet starts playout anew. For a new source or restarted sequence numbers.
    pub fn reset(&mut self) {
        self.present.fill(false);
        self.state = State::Empty;
        self.jump_to = None;
        self.quiet = false;
    }

    /// Takes a packet of audio that begins at `timestamp`, at most [`LONGEST_PAYLOAD`] octets; the rest is ignored.
    pub fn push(&mut self, timestamp: u32, payload: &[u8]) {
        let payload = payload.get(..LONGEST_PAYLOAD).unwrap_or(payload);
        let length = u32::try_from(payload.len()).unwrap_or(0);
        if length == 0 {
            return;
        }
        self.quiet = false;
        self.longest = self.longest.max(length);
        if self.place(timestamp, length) {
            self.write(timestamp, payload);
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
            for at in 0..length {
                let at = timestamp.wrapping_add(at);
                if distance(playout.position, at) >= 0
                    && let Some(present) = self.present.get_mut(slot(at))
                    && !*present
                {
                    *present = true;
                    if let Some(sample) = self.samples.get_mut(slot(at)) {
                        *sample = self.silence;
                    }
                }
            }
            if distance(playout.end, end) > 0 {
                playout.end = end;
            }
            if playout.fill() > 0 {
                playout.starved = 0;
                playout.held = false;
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
            self.begin(timestamp, end);
            return true;
        }
        let start = if distance(timestamp, start) > 0 { timestamp } else { start };
        let end = if distance(known, end) > 0 { end } else { known };
        self.state = State::Filling { start, end };
        true
    }

    fn place_playing(&mut self, timestamp: u32, end: u32, mut playout: Playout) -> bool {
        if playout.starved > self.starved_limit() {
            self.begin(timestamp, end);
            return true;
        }
        let ahead = distance(playout.position, timestamp);
        if ahead.unsigned_abs() > CAPACITY / 2 {
            return self.place_far(timestamp, end);
        }
        self.jump_to = None;
        if distance(playout.position, end) <= 0 {
            self.counters.late += 1;
            playout.late += 1;
            self.state = State::Playing(playout);
            if playout.late >= LATE_LIMIT {
                self.counters.resyncs += 1;
                self.begin(timestamp, end);
                return true;
            }
            return false;
        }
        playout.late = 0;
        if playout.held {
            self.resolve_hold(&mut playout, ahead);
        }
        playout.starved = 0;
        if distance(playout.end, end) > 0 {
            playout.end = end;
        }
        self.state = State::Playing(playout);
        true
    }

    /// Blocks of emptiness after which playout starts anew.
    const fn starved_limit(&self) -> u32 {
        self.depth / BLOCK_SAMPLES + STARVED_LIMIT
    }

    /// The position stood still for one block. A packet that belongs there shows a slow sender: the block was inserted.
    /// A packet further on shows a loss: the block is taken out of the hole again.
    const fn resolve_hold(&mut self, playout: &mut Playout, ahead: i32) {
        playout.held = false;
        if ahead < BLOCK_SAMPLES.cast_signed() {
            self.counters.slips_inserted += 1;
        } else {
            playout.position = playout.position.wrapping_add(BLOCK_SAMPLES);
        }
    }

    fn place_far(&mut self, timestamp: u32, end: u32) -> bool {
        if self.jump_to == Some(timestamp) {
            self.counters.timestamp_jumps += 1;
            self.begin(timestamp, end);
            return true;
        }
        self.counters.stray_timestamps += 1;
        self.jump_to = Some(end);
        false
    }

    /// Starts to fill anew.
    fn begin(&mut self, timestamp: u32, end: u32) {
        self.reset();
        self.state = State::Filling { start: timestamp, end };
    }

    fn write(&mut self, timestamp: u32, payload: &[u8]) {
        let from = match self.state {
            State::Empty | State::Filling { .. } => timestamp,
            State::Playing(playout) => playout.position,
        };
        for (at, octet) in (0u32..).zip(payload) {
            let at = timestamp.wrapping_add(at);
            if distance(from, at) < 0 {
                continue; // the part of the packet that is late
            }
            if let (Some(sample), Some(present)) = (self.samples.get_mut(slot(at)), self.present.get_mut(slot(at))) {
                *sample = *octet;
                *present = true;
            }
        }
    }

    /// After a packet was written: starts playout, or drops what a burst brought too much.
    fn settle(&mut self) {
        let highest = self.depth + BURST + self.longest;
        match self.state {
            State::Empty => {}
            State::Filling { start, end } => {
                let held = u32::try_from(distance(start, end)).unwrap_or(0);
                if held >= self.depth {
                    self.state = State::Playing(Playout::starting(start, end));
                    self.trim(highest);
                }
            }
            State::Playing(_) => self.trim(highest),
        }
    }

    fn trim(&mut self, highest: u32) {
        if let State::Playing(playout) = self.state
            && let Ok(fill) = u32::try_from(playout.fill())
            && fill > highest
        {
            self.counters.overflows += 1;
            self.skip(fill - self.depth.max(self.longest));
        }
    }

    /// Moves the play position on and forgets what lies before it.
    fn skip(&mut self, samples: u32) {
        if let State::Playing(playout) = &mut self.state {
            for at in 0..samples.min(CAPACITY) {
                if let Some(present) = self.present.get_mut(slot(playout.position.wrapping_add(at))) {
                    *present = false;
                }
            }
            playout.position = playout.position.wrapping_add(samples);
            playout.window = 0;
            playout.lowest_fill = i32::MAX;
        }
    }

    /// Fills the next block for the line.
    pub fn pull(&mut self, block: &mut [u8; BLOCK]) -> Played {
        match self.state {
            State::Empty | State::Filling { .. } => {
                block.fill(self.silence);
                Played::Idle
            }
            State::Playing(playout) => {
                if playout.fill() <= 0 {
                    self.pull_starved(block, playout)
                } else {
                    self.pull_audio(block, playout)
                }
            }
        }
    }

    fn pull_starved(&mut self, block: &mut [u8; BLOCK], mut playout: Playout) -> Played {
        block.fill(self.silence);
        if playout.starved == 0 {
            playout.held = true;
        } else if playout.starved <= self.starved_limit() {
            playout.position = playout.position.wrapping_add(BLOCK_SAMPLES);
        }
        // Beyond the limit playout starts anew anyway: in a long silence the position does not run round the circle.
        playout.starved = playout.starved.saturating_add(1);
        playout.window = 0;
        playout.lowest_fill = i32::MAX;
        self.state = State::Playing(playout);
        if self.quiet {
            return Played::Idle;
        }
        self.counters.underruns += 1;
        Played::Underrun
    }

    fn pull_audio(&mut self, block: &mut [u8; BLOCK], mut playout: Playout) -> Played {
        let fill = playout.fill();
        let mut missing = 0u32;
        for (at, octet) in (0u32..).zip(block.iter_mut()) {
            let index = slot(playout.position.wrapping_add(at));
            *octet = match (self.present.get_mut(index), self.samples.get(index)) {
                (Some(present), Some(sample)) if *present => {
                    *present = false;
                    *sample
                }
                _ => {
                    missing += 1;
                    self.silence
                }
            };
        }
        playout.position = playout.position.wrapping_add(BLOCK_SAMPLES);
        playout.lowest_fill = playout.lowest_fill.min(fill);
        playout.window += 1;
        self.state = State::Playing(playout);
        if playout.window >= SLIP_WINDOW {
            self.end_slip_window(playout);
        }
        if missing == 0 {
            Played::Audio
        } else if fill < BLOCK_SAMPLES.cast_signed() {
            self.counters.underruns += 1;
            Played::Underrun
        } else {
            self.counters.concealed += 1;
            Played::Concealed
        }
    }

    fn end_slip_window(&mut self, mut playout: Playout) {
        let too_full = playout.lowest_fill >= (self.depth + BLOCK_SAMPLES).cast_signed();
        playout.window = 0;
        playout.lowest_fill = i32::MAX;
        self.state = State::Playing(playout);
        if too_full {
            self.counters.slips_dropped += 1;
            self.skip(BLOCK_SAMPLES);
        }
    }
}

/// Place of a sample in the ring.
const fn slot(timestamp: u32) -> usize {
    (timestamp % CAPACITY) as usize
}
