//! [`FaultInjector`]: wraps any span and makes it fail on order: alarms, slips, lost frames.
//!
//! A [`FaultHandle`] gives the orders, from any thread. Alarms take effect at once for [`Span::alarms`] and the channels, and
//! become an event in the next [`Span::service`]. While an injected alarm makes the span deaf (see
//! [`Alarms::is_deaf`]) audio reads as silence and frames are lost; what is sent still goes out. A slip drops or repeats one
//! received block on each open audio channel. Lost frames show as [`ChannelEvent::BadFcs`] where they were received.
//!
//! Not injected: signalling bits and hook signals.

use std::collections::VecDeque;
use std::os::fd::BorrowedFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::span::{
    Alarms, BLOCK, Channel, ChannelCounters, ChannelEvent, Counters, Error, Hook, MAX_FRAME, Mode, Serviced, Span, SpanEvent,
    SpanInfo,
};

/// Which frames are lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Those that this end would read.
    Received,
    /// Those that this end writes.
    Sent,
    /// All.
    Both,
}

/// What a slip does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlipKind {
    /// One received block is skipped.
    Drop,
    /// One received block is read twice.
    Repeat,
}

/// Which of the frames in the chosen direction are lost.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Loss {
    Never,
    EveryNth { nth: u32, seen: u32 },
    Seeded { probability: f64, state: u64 },
}

impl Loss {
    fn strikes(&mut self) -> bool {
        match self {
            Self::Never => false,
            Self::EveryNth { nth, seen } => {
                *seen += 1;
                let hit = *seen >= *nth;
                if hit {
                    *seen = 0;
                }
                hit
            }
            Self::Seeded { probability, state } => {
                // splitmix64: enough to choose frames, and the same on every machine.
                *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
                let mut mixed = *state;
                mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
                mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
                mixed ^= mixed >> 31;
                ((mixed >> 11) as f64) < *probability * (1_u64 << 53) as f64
            }
        }
    }
}

struct Faults {
    alarms: Alarms,
    /// Every slip ordered so far; a channel remembers how many it has had.
    slips: Vec<SlipKind>,
    direction: Direction,
    loss: Loss,
    lost_frames: u64,
}

impl Faults {
    fn frame_is_lost(&mut self, direction: Direction) -> bool {
        let lost = (self.direction == direction || self.direction == Direction::Both) && self.loss.strikes();
        self.lost_frames += u64::from(lost);
        lost
    }
}

/// Gives orders to a [`FaultInjector`]. Clones order the same one.
#[derive(Clone)]
pub struct FaultHandle(Arc<Mutex<Faults>>);

impl FaultHandle {
    fn lock(&self) -> MutexGuard<'_, Faults> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Turns alarms on.
    pub fn raise(&self, alarms: Alarms) {
        let mut faults = self.lock();
        faults.alarms = faults.alarms | alarms;
    }

    /// Turns injected alarms off; the span's own stay.
    pub fn clear(&self, alarms: Alarms) {
        let mut faults = self.lock();
        faults.alarms = faults.alarms.without(alarms);
    }

    /// Makes one slip on every audio channel that is open.
    pub fn slip(&self, kind: SlipKind) {
        self.lock().slips.push(kind);
    }

    /// Loses every `nth` frame from now on, all channels counted together; 1 loses all, 0 none.
    pub fn lose_every_nth_frame(&self, nth: u32, direction: Direction) {
        self.set_loss(if nth == 0 { Loss::Never } else { Loss::EveryNth { nth, seen: 0 } }, direction);
    }

    /// Loses each frame with this probability (0 to 1), the same ones for the same seed and order of frames.
    pub fn lose_frames(&self, probability: f64, seed: u64, direction: Direction) {
        self.set_loss(Loss::Seeded { probability, state: seed }, direction);
    }

    fn set_loss(&self, loss: Loss, direction: Direction) {
        let mut faults = self.lock();
        faults.loss = loss;
        faults.direction = direction;
    }

    /// How many frames were lost by order.
    #[must_use]
    pub fn lost_frames(&self) -> u64 {
        self.lock().lost_frames
    }
}

/// See the module header.
pub struct FaultInjector<S> {
    inner: S,
    faults: FaultHandle,
    /// What the last event said.
    reported: Alarms,
    reported_slips: usize,
    events: VecDeque<SpanEvent>,
}

impl<S: Span> FaultInjector<S> {
    /// Wraps `inner`, at first without a fault.
    pub fn new(inner: S) -> Self {
        let reported = inner.alarms();
        let faults =
            Faults { alarms: Alarms::NONE, slips: Vec::new(), direction: Direction::Both, loss: Loss::Never, lost_frames: 0 };
        let faults = FaultHandle(Arc::new(Mutex::new(faults)));
        Self { inner, faults, reported, reported_slips: 0, events: VecDeque::new() }
    }

    /// The handle that orders faults.
    #[must_use]
    pub fn handle(&self) -> FaultHandle {
        self.faults.clone()
    }

    /// The span within.
    pub const fn inner_mut(&mut self) -> &mut S {
        &mut self.inner
    }
}

impl<S: Span> Span for FaultInjector<S> {
    fn info(&self) -> &SpanInfo {
        self.inner.info()
    }

    fn open(&mut self, slot: u8, mode: Mode) -> Result<Box<dyn Channel>, Error> {
        let inner = self.inner.open(slot, mode)?;
        let law = self.inner.info().law;
        let slips_had = self.faults.lock().slips.len();
        Ok(Box::new(FaultyChannel {
            inner,
            mode,
            silence: law.silence(),
            faults: self.faults.clone(),
            slips_had,
            last_block: [law.silence(); BLOCK],
            events: VecDeque::new(),
            lost: 0,
        }))
    }

    fn alarms(&self) -> Alarms {
        self.inner.alarms() | self.faults.lock().alarms
    }

    fn counters(&self) -> Counters {
        let counters = self.inner.counters();
        Counters { slips: counters.slips + self.faults.lock().slips.len() as u64, ..counters }
    }

    fn poll_fd(&self) -> Option<BorrowedFd<'_>> {
        self.inner.poll_fd()
    }

    fn watches(&self) -> Vec<crate::span::Watch<'_>> {
        self.inner.watches()
    }

    fn service(&mut self) -> Result<Serviced, Error> {
        let serviced = self.inner.service()?;
        while let Some(event) = self.inner.poll_event() {
            match event {
                // Said again below, with the injected ones.
                SpanEvent::AlarmsChanged { .. } => {}
                SpanEvent::FarEndGone | SpanEvent::FarEndBack | SpanEvent::Slip { .. } | SpanEvent::FarEndRefused { .. } => {
                    self.events.push_back(event)
                }
            }
        }
        let alarms = self.alarms();
        if alarms != self.reported {
            self.reported = alarms;
            self.events.push_back(SpanEvent::AlarmsChanged { alarms });
        }
        let slips = self.faults.lock().slips.len();
        if slips > self.reported_slips {
            let blocks = u32::try_from(slips - self.reported_slips).unwrap_or(u32::MAX);
            self.reported_slips = slips;
            self.events.push_back(SpanEvent::Slip { blocks });
        }
        Ok(serviced)
    }

    fn poll_event(&mut self) -> Option<SpanEvent> {
        self.events.pop_front()
    }
}

struct FaultyChannel {
    inner: Box<dyn Channel>,
    mode: Mode,
    silence: u8,
    faults: FaultHandle,
    slips_had: usize,
    last_block: [u8; BLOCK],
    events: VecDeque<ChannelEvent>,
    /// Frames that this channel lost by order while receiving.
    lost: u64,
}

impl FaultyChannel {
    fn next_slip(&self) -> Option<SlipKind> {
        self.faults.lock().slips.get(self.slips_had).copied()
    }

    /// One block at a time, so that a slip falls where it was ordered.
    fn read_audio(&mut self, buf: &mut [u8]) -> Result<usize, Error> {
        match self.next_slip() {
            Some(SlipKind::Drop) => {
                self.inner.read(&mut [0; BLOCK])?;
                self.slips_had += 1;
            }
            Some(SlipKind::Repeat) => {
                let target = buf.get_mut(..BLOCK).ok_or(Error::BufferTooSmall { len: 0, needed: BLOCK })?;
                target.copy_from_slice(&self.last_block);
                self.slips_had += 1;
                return Ok(BLOCK);
            }
            None => {}
        }
        let length = self.inner.read(buf)?;
        let read = buf.get_mut(..length).unwrap_or_default();
        if self.faults.lock().alarms.is_deaf() {
            read.fill(self.silence);
        }
        if let Some(block) = read.last_chunk::<BLOCK>() {
            self.last_block = *block;
        }
        Ok(length)
    }

    fn read_frame(&mut self, buf: &mut [u8]) -> Result<usize, Error> {
        loop {
            let length = self.inner.read(buf)?;
            let mut faults = self.faults.lock();
            if faults.alarms.is_deaf() {
                continue;
            }
            if !faults.frame_is_lost(Direction::Received) {
                return Ok(length);
            }
            drop(faults);
            self.lost += 1;
            self.events.push_back(ChannelEvent::BadFcs);
        }
    }
}

impl Channel for FaultyChannel {
    fn slot(&self) -> u8 {
        self.inner.slot()
    }

    fn read(&mut self, buf: &mut [u8]) -> Result<usize, Error> {
        if self.mode.has_audio() {
            // Whole blocks only, so that the last one is known.
            let whole = buf.len() / BLOCK * BLOCK;
            let len = buf.len();
            let buf = buf.get_mut(..whole).filter(|buf| !buf.is_empty());
            return self.read_audio(buf.ok_or(Error::BufferTooSmall { len, needed: BLOCK })?);
        }
        self.read_frame(buf)
    }

    fn write(&mut self, buf: &[u8]) -> Result<usize, Error> {
        let is_frame = !self.mode.has_audio() && !buf.is_empty() && buf.len() <= MAX_FRAME;
        if is_frame && self.faults.lock().frame_is_lost(Direction::Sent) {
            return Ok(buf.len());
        }
        self.inner.write(buf)
    }

    fn samples_ahead(&self) -> usize {
        self.inner.samples_ahead()
    }

    fn set_write_queue(&mut self, samples: usize) -> Result<(), Error> {
        self.inner.set_write_queue(samples)
    }

    fn poll_event(&mut self) -> Option<ChannelEvent> {
        self.events.pop_front().or_else(|| self.inner.poll_event())
    }

    fn set_bits(&mut self, abcd: u8) -> Result<(), Error> {
        self.inner.set_bits(abcd)
    }

    fn bits(&self) -> u8 {
        self.inner.bits()
    }

    fn hook(&mut self, hook: Hook) -> Result<(), Error> {
        self.inner.hook(hook)
    }

    fn set_polarity(&mut self, reversed: bool) -> Result<(), Error> {
        self.inner.set_polarity(reversed)
    }

    fn counters(&self) -> ChannelCounters {
        let counters = self.inner.counters();
        ChannelCounters {
            frames_received: counters.frames_received.saturating_sub(self.lost),
            bad_frames: counters.bad_frames + self.lost,
            ..counters
        }
    }
}
