//! Audio of a channel: blocks of 10 ms, and a write queue that is kept at its depth.
//!
//! The kernel's write buffers are deeper than wanted and it does not say how full they are, so the depth is kept here: what was written
//! less what was read is what waits, since the line takes as many samples as it brings.
//!
//! A channel begins with its first read, which its user makes when the span's pacer has a block: it empties the kernel's buffers
//! there, so that its blocks end when the pacer's do, and fills the write queue with silence to its depth. A write before that is
//! refused (`WouldBlock`). On hook begins it anew: the kernel empties the buffers then.
//!
//! Whether its blocks do end when the pacer's do, only the next block of the pacer shows. Data move in ticks (1 ms with a card, 4 ms by the
//! kernel's own timer at HZ=250): the pacer may have begun its next block in the tick in which it was seen, or another tick may have passed
//! meanwhile. Then this channel's block is not whole yet when the pacer's is, would be read a whole block later each time, and the
//! write queue would be nearly empty by then. So such a channel begins again, until it is in step; if it never is (its user reads by another
//! span's pacer), one block more waits to be sent. A read that comes a tick late cannot tell, so the blocks are counted on: a channel
//! that has brought fewer than the pacer, though it was read until nothing was left, is out of step. In its first moments it begins again. Later,
//! which a tick that moves its phase by a millisecond can bring about, a queue that is deep enough ([`SPARES_A_BLOCK`]) has the block to
//! spare and gets it only if it runs empty; a shorter one is given the block more at once, as silence within what is sent.
//!
//! Underrun. The kernel tells it once, however long the silence lasts, and sends again at once when something is written (its
//! policy is *immediate*), so the next blocks would meet an empty queue. When it is told, the blocks that wait to be read are fetched
//! first: their number is what the user is about to write. Then silence is written for what is missing to the depth, and after the
//! user's blocks the queue is as deep as before. Of a backlog longer than the depth the oldest blocks had their time while the line sent
//! silence: they are passed over and the newest stay, however many the user writes at once, so that what follows is not late for ever.
//! A wake-up that was skipped costs the silence that the line sent meanwhile, and what would have been sent in that time.

use std::collections::VecDeque;
use std::sync::atomic::Ordering;

use super::super::ioctl::value;
use super::super::port::Moved;
use super::{ATTEMPTS, DahdiChannel};
use crate::{BLOCK, CHUNK, ChannelEvent, Error};

/// The most blocks that can wait to be read: what the kernel's buffers hold.
const MOST_WAITING: usize = 16;

/// How often a channel begins again to come into step with its pacer.
const MOST_BEGINNINGS: u8 = 8;

/// Blocks after its beginning within which a channel that proves to be out of step begins again: what is lost then is hardly a syllable.
const YOUNG: u64 = 16;

/// Samples in a write queue that outlast two of the pacer's blocks and a late burst of the kernel's timer (decision 0009).
const SPARES_A_BLOCK: usize = 4 * BLOCK;

/// How far a channel's audio has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Not begun.
    Fresh,
    /// Begun; the pacer's next block tells whether it is in step.
    Aligning,
    /// In step; the user has not written yet, so silence is meant.
    Listening,
    /// The user writes.
    Talking,
}

/// See the module's header.
pub(super) struct Audio {
    stage: Stage,
    /// The write queue's depth as asked for, in samples.
    limit: usize,
    /// Its blocks never ended when the pacer's did: one more waits.
    out_of_step: bool,
    /// Samples that wait to be sent, counted against the samples that the user was given: below zero while it has not answered a
    /// backlog longer than the depth.
    waiting: isize,
    /// The queue ran empty and has not been filled since.
    starved: bool,
    /// Samples that the user was given last and has not answered yet.
    to_come: usize,
    /// Samples of its answer to a backlog whose time has passed.
    overdue: usize,
    /// Blocks fetched before their time.
    ahead: VecDeque<[u8; BLOCK]>,
    /// Blocks read of the kernel since the beginning.
    brought: u64,
    /// Blocks that the pacer had had when it began.
    pacer_before: u64,
    /// Blocks were lost unread: what was brought so far is all there was.
    recount: bool,
    /// How often it has begun since it was opened.
    beginnings: u8,
}

impl Audio {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            stage: Stage::Fresh,
            limit,
            out_of_step: false,
            waiting: 0,
            starved: false,
            to_come: 0,
            overdue: 0,
            ahead: VecDeque::with_capacity(MOST_WAITING),
            brought: 0,
            pacer_before: 0,
            recount: false,
            beginnings: 0,
        }
    }

    pub(super) const fn is_fresh(&self) -> bool {
        matches!(self.stage, Stage::Fresh)
    }

    /// See [`crate::Channel::samples_ahead`]. What was fetched and not read yet counts as waiting already.
    pub(super) const fn samples_ahead(&self) -> usize {
        if self.waiting > 0 { self.waiting.unsigned_abs() } else { 0 }
    }

    /// Samples that are to wait.
    const fn depth(&self) -> usize {
        if self.out_of_step { self.limit + BLOCK } else { self.limit }
    }

    /// Samples that find room now.
    const fn room(&self) -> usize {
        let over = self.waiting.saturating_sub_unsigned(self.depth());
        if over < 0 { over.unsigned_abs() } else { 0 }
    }

    /// The kernel emptied its buffers: the next read begins anew.
    pub(super) fn start_over(&mut self) {
        self.stage = Stage::Fresh;
        self.out_of_step = false;
        self.starved = false;
        (self.to_come, self.overdue) = (0, 0);
        self.ahead.clear();
    }

    /// The kernel had no room for what came.
    pub(super) const fn overrun(&mut self) {
        self.recount = true;
    }

    /// The kernel had nothing to send.
    pub(super) fn underrun(&mut self) -> Option<ChannelEvent> {
        match self.stage {
            Stage::Fresh => None,
            Stage::Aligning | Stage::Listening => {
                self.starved = true;
                None
            }
            Stage::Talking => {
                self.starved = true;
                Some(ChannelEvent::Underrun)
            }
        }
    }
}

impl DahdiChannel {
    pub(super) fn read_audio(&mut self, buf: &mut [u8]) -> Result<usize, Error> {
        if buf.len() < BLOCK {
            return Err(Error::BufferTooSmall { len: buf.len(), needed: BLOCK });
        }
        if self.audio.is_fresh() {
            self.audio.beginnings = 0;
            self.begin_audio()?;
            return Err(Error::WouldBlock);
        }
        if self.audio.ahead.is_empty() {
            // A backlog is over with the next read, whether or not it was answered.
            self.audio.overdue = 0;
        }
        let mut taken = 0;
        for block in buf.chunks_exact_mut(BLOCK) {
            let length = self.next_block(block)?;
            taken += length;
            if length < BLOCK {
                break;
            }
        }
        self.audio.waiting = self.audio.waiting.saturating_sub_unsigned(taken);
        self.audio.to_come = taken;
        if self.audio.stage == Stage::Aligning {
            if taken > 0 { self.audio.stage = Stage::Listening } else { self.align()? }
        } else if taken < buf.len() && self.lags()? {
            self.align()?;
        }
        if self.audio.starved && self.audio.stage == Stage::Talking {
            self.refill()?;
        }
        if taken == 0 { Err(Error::WouldBlock) } else { Ok(taken) }
    }

    pub(super) fn write_audio(&mut self, buf: &[u8]) -> Result<usize, Error> {
        if buf.is_empty() || !buf.len().is_multiple_of(CHUNK) {
            return Err(Error::BadLength { len: buf.len() });
        }
        if self.audio.is_fresh() {
            return Err(Error::WouldBlock);
        }
        self.audio.to_come = self.audio.to_come.max(buf.len());
        if self.audio.starved {
            self.refill()?;
        }
        self.audio.stage = Stage::Talking;
        let taken = self.write_in_time(buf)?;
        if taken == 0 { Err(Error::WouldBlock) } else { Ok(taken) }
    }

    /// Writes what finds room, passing over what is overdue. How much was taken, written or passed over.
    fn write_in_time(&mut self, buf: &[u8]) -> Result<usize, Error> {
        let after = self.audio.to_come - buf.len();
        let mut rest = buf;
        while !rest.is_empty() {
            let passed = self.audio.overdue.min(rest.len());
            self.audio.overdue -= passed;
            rest = rest.get(passed..).unwrap_or_default();
            self.audio.to_come = after + rest.len();
            let block = rest.get(..BLOCK).unwrap_or(rest);
            if block.is_empty() || block.len() > self.audio.room() {
                break;
            }
            let written = self.put(block)?;
            if written == 0 && self.audio.overdue == 0 {
                break;
            }
            rest = rest.get(written..).unwrap_or_default();
        }
        self.audio.to_come = after;
        Ok(buf.len() - rest.len())
    }

    /// Changes the depth. More is filled up with silence at once; to become less, the next blocks written are refused.
    pub(super) fn set_depth(&mut self, samples: usize) -> Result<(), Error> {
        let more = samples.saturating_sub(self.audio.limit);
        self.audio.limit = samples;
        if self.audio.is_fresh() || self.audio.starved { Ok(()) } else { self.put_silence(more) }
    }

    /// Whether it has brought fewer blocks than the pacer since it began. To be asked when nothing is left to read.
    fn lags(&mut self) -> Result<bool, Error> {
        if self.pacer || self.audio.out_of_step {
            return Ok(false);
        }
        let paced = self.port()?.shared.paced.load(Ordering::Relaxed);
        let audio = &mut self.audio;
        if std::mem::take(&mut audio.recount) {
            audio.pacer_before = paced.saturating_sub(audio.brought);
        }
        Ok(audio.pacer_before + audio.brought < paced)
    }

    /// It is out of step: it begins again, or has one block more to send from now on, or once it runs empty.
    fn align(&mut self) -> Result<(), Error> {
        let is_young = self.audio.brought < YOUNG;
        if is_young && self.audio.beginnings < MOST_BEGINNINGS {
            return self.begin_audio();
        }
        let spares_it = self.audio.stage == Stage::Talking && self.audio.limit >= SPARES_A_BLOCK;
        tracing::info!(
            "dahdi[timeslot {}]{{audio}}: out of step after {} blocks -> {}",
            self.slot,
            self.audio.brought,
            if spares_it { "its queue is deep enough" } else { "one more waits" }
        );
        self.audio.out_of_step = true;
        if spares_it {
            return Ok(());
        }
        match self.audio.stage {
            Stage::Talking => self.count_underrun(0),
            Stage::Fresh | Stage::Aligning | Stage::Listening => self.audio.stage = Stage::Listening,
        }
        self.put_silence(BLOCK)
    }

    /// Begins: see the module's header. The pacer's own blocks must stay in their phase.
    fn begin_audio(&mut self) -> Result<(), Error> {
        self.audio.start_over();
        let slot = self.slot;
        let flush = if self.pacer { value::FLUSH_WRITE } else { value::FLUSH_READ | value::FLUSH_WRITE };
        self.port()?.flush(flush).map_err(|error| Self::broken(slot, "flush", error))?;
        let mut old = [0; BLOCK];
        for _ in 0..=MOST_WAITING {
            if !self.pacer || self.kernel_block(&mut old)? == 0 {
                break;
            }
        }
        // What ran empty or full before this moment was meant to.
        self.port()?.fetch_events();
        self.take_events();
        // In the turn in which a channel begins, the pacer's block may be read before or after.
        let shared = &self.port()?.shared;
        let pacer_before = shared.paced.load(Ordering::Relaxed) + u64::from(shared.pacer_is_ready());
        let audio = &mut self.audio;
        (audio.brought, audio.pacer_before, audio.recount) = (0, pacer_before, false);
        audio.beginnings += 1;
        audio.waiting = 0;
        let depth = audio.depth();
        self.put_silence(depth)?;
        self.audio.stage = if self.pacer { Stage::Listening } else { Stage::Aligning };
        Ok(())
    }

    /// The next block in order; 0 when there is none.
    fn next_block(&mut self, block: &mut [u8]) -> Result<usize, Error> {
        match self.audio.ahead.pop_front() {
            Some(ahead) => {
                block.copy_from_slice(&ahead);
                Ok(BLOCK)
            }
            None => self.kernel_block(block),
        }
    }

    /// Reads a block from the kernel; 0 when there is none. Events on the way are taken.
    fn kernel_block(&mut self, block: &mut [u8]) -> Result<usize, Error> {
        let slot = self.slot;
        for _ in 0..ATTEMPTS {
            match self.port()?.read(block).map_err(|error| Self::broken(slot, "read", error))? {
                Moved::Octets(length) => {
                    self.audio.brought += 1;
                    if self.pacer {
                        self.port()?.shared.paced.fetch_add(1, Ordering::Relaxed);
                    }
                    return Ok(length);
                }
                Moved::Nothing => return Ok(0),
                Moved::Events => self.take_events(),
            }
        }
        Ok(0)
    }

    /// After an underrun: fills the write queue so far that it has its depth once the user has answered what it was given and what
    /// waits to be read.
    fn refill(&mut self) -> Result<(), Error> {
        let had = self.audio.waiting;
        let mut block = [0; BLOCK];
        while self.audio.ahead.len() < MOST_WAITING && self.kernel_block(&mut block)? > 0 {
            self.audio.ahead.push_back(block);
        }
        self.audio.starved = false;
        let unread = self.audio.ahead.len() * BLOCK;
        if self.audio.stage == Stage::Talking {
            self.count_underrun(had.saturating_sub_unsigned(unread).min(0).unsigned_abs());
        }
        self.audio.waiting = 0_isize.saturating_add_unsigned(unread);
        let (answers, depth) = (self.audio.to_come + unread, self.audio.depth());
        self.audio.overdue = answers.saturating_sub(depth);
        self.put_silence(depth.saturating_sub(answers))
    }

    /// Blocks of silence that the line has surely sent: at least the one that was told.
    fn count_underrun(&mut self, samples: usize) {
        let blocks = u64::try_from(samples / BLOCK).unwrap_or_default().max(1);
        self.counters.underruns += blocks;
        if let Ok(port) = self.port() {
            port.shared.underruns.fetch_add(blocks, Ordering::Relaxed);
        }
    }

    /// Writes one block; 0 when the kernel has no room, or when its time has passed.
    fn put(&mut self, block: &[u8]) -> Result<usize, Error> {
        let slot = self.slot;
        for _ in 0..ATTEMPTS {
            match self.port()?.write(block).map_err(|error| Self::broken(slot, "write", error))? {
                Moved::Octets(length) => {
                    self.audio.waiting = self.audio.waiting.saturating_add_unsigned(length);
                    return Ok(length);
                }
                Moved::Nothing => return Ok(0),
                Moved::Events => {
                    self.take_events();
                    if self.audio.starved {
                        self.refill()?;
                    }
                    if self.audio.overdue > 0 {
                        return Ok(0);
                    }
                }
            }
        }
        Ok(0)
    }

    /// Writes this much silence, as far as the kernel has room.
    fn put_silence(&mut self, mut samples: usize) -> Result<(), Error> {
        let slot = self.slot;
        let mut attempts = ATTEMPTS;
        while samples >= CHUNK {
            let silence = [self.port()?.law.silence(); BLOCK];
            let length = samples.min(BLOCK) / CHUNK * CHUNK;
            let piece = silence.get(..length).unwrap_or_default();
            match self.port()?.write(piece).map_err(|error| Self::broken(slot, "write", error))? {
                Moved::Octets(written) => {
                    self.audio.waiting = self.audio.waiting.saturating_add_unsigned(written);
                    samples = samples.saturating_sub(written);
                }
                Moved::Nothing => return Ok(()),
                Moved::Events => {
                    self.take_events();
                    attempts -= 1;
                    if attempts == 0 {
                        return Ok(());
                    }
                }
            }
        }
        Ok(())
    }
}
