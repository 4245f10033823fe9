//! What one timeslot of a virtual span holds between the socket and its channel.
//!
//! The span and its channels share the lanes behind one lock: a virtual span is a test vehicle, and the lock is held for a
//! few copies only. A card needs none of this; its driver has the buffers.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::wire::{Chunk, Signal};
use crate::span::{BLOCK, ChannelCounters, ChannelEvent, Law, MAX_FRAME, Mode};

/// Samples that may wait to be sent unless the channel's owner says otherwise: 20 ms.
pub(super) const WRITE_QUEUE: usize = 2 * BLOCK;
/// Samples that may wait to be read: 160 ms; what comes on top pushes out the oldest block.
const READ_QUEUE: usize = 16 * BLOCK;
/// Frames that may wait, each way.
const FRAME_QUEUE: usize = 64;
/// Events and analog signals that may wait.
const EVENT_QUEUE: usize = 256;
/// Octets that the line carries besides a frame's own: FCS and one flag (Q.921 2.2 and 2.7).
const FRAME_OVERHEAD: usize = 3;

/// All lanes of a span, shared with its channels.
pub(super) type SharedLanes = Arc<Mutex<Lanes>>;

/// Locks the lanes. A thread that panicked with the lock held leaves them whole enough: every change is one push or pop.
pub(super) fn lock(lanes: &SharedLanes) -> MutexGuard<'_, Lanes> {
    lanes.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The lanes of one span end.
pub(super) struct Lanes {
    pub(super) law: Law,
    /// The span was dropped: channels have nobody to talk to.
    pub(super) closed: bool,
    /// A socket to the far end exists. Without it what is written is lost, as on a cut line.
    pub(super) carrier: bool,
    /// Underruns and overruns of every channel ever opened.
    pub(super) underruns: u64,
    pub(super) overruns: u64,
    lanes: Vec<Lane>,
}

impl Lanes {
    pub(super) fn new(law: Law, timeslots: u8) -> Self {
        let lanes = (0..timeslots).map(|_| Lane::default()).collect();
        Self { law, closed: false, carrier: false, underruns: 0, overruns: 0, lanes }
    }

    /// The lane of timeslot `slot` (1 based).
    pub(super) fn get_mut(&mut self, slot: u8) -> Option<&mut Lane> {
        self.lanes.get_mut(usize::from(slot).checked_sub(1)?)
    }

    pub(super) fn get(&self, slot: u8) -> Option<&Lane> {
        self.lanes.get(usize::from(slot).checked_sub(1)?)
    }

    /// Every lane with its timeslot number, ascending.
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = (u8, &mut Lane)> {
        (1_u8..).zip(self.lanes.iter_mut())
    }

    /// Takes over the counts of a lane's tick or close.
    pub(super) const fn count(&mut self, underruns: u64, overruns: u64) {
        self.underruns += underruns;
        self.overruns += overruns;
    }
}

/// One timeslot.
pub(super) struct Lane {
    /// How it is open, if it is.
    pub(super) mode: Option<Mode>,
    /// Received octets that wait to be read.
    received: VecDeque<u8>,
    /// Written octets that wait to be sent.
    written: VecDeque<u8>,
    /// Something was ever written: from now on a lack is an underrun.
    playing: bool,
    pub(super) write_queue: usize,
    received_frames: VecDeque<Vec<u8>>,
    /// The frame that is arriving.
    partial: Option<Vec<u8>>,
    written_frames: VecDeque<Vec<u8>>,
    /// Octets of the first of `written_frames` that are on the line already.
    sent_of_first: usize,
    /// Octets of the coming tick that the last frame's end has taken.
    debt: usize,
    /// The channel was closed within a frame: tell the far end.
    abort_due: bool,
    pub(super) received_bits: u8,
    bits: Option<u8>,
    bits_due: bool,
    signals: VecDeque<Signal>,
    pub(super) events: VecDeque<ChannelEvent>,
    pub(super) counters: ChannelCounters,
}

impl Default for Lane {
    fn default() -> Self {
        Self {
            mode: None,
            received: VecDeque::new(),
            written: VecDeque::new(),
            playing: false,
            write_queue: WRITE_QUEUE,
            received_frames: VecDeque::new(),
            partial: None,
            written_frames: VecDeque::new(),
            sent_of_first: 0,
            debt: 0,
            abort_due: false,
            received_bits: 0,
            bits: None,
            bits_due: false,
            signals: VecDeque::new(),
            events: VecDeque::new(),
            counters: ChannelCounters::default(),
        }
    }
}

/// The channel's side: what its owner writes and reads.
impl Lane {
    pub(super) fn open(&mut self, mode: Mode) {
        *self = Self { mode: Some(mode), received_bits: self.received_bits, abort_due: self.abort_due, ..Self::default() };
    }

    pub(super) fn close(&mut self) {
        let abort_due = self.abort_due || self.sent_of_first > 0;
        *self = Self { received_bits: self.received_bits, abort_due, ..Self::default() };
    }

    /// Takes received audio in whole blocks; how many octets.
    pub(super) fn read_audio(&mut self, buf: &mut [u8]) -> usize {
        let take = buf.len().min(self.received.len()) / BLOCK * BLOCK;
        for (to, from) in buf.iter_mut().zip(self.received.drain(..take)) {
            *to = from;
        }
        take
    }

    /// Queues audio; how many octets found room.
    pub(super) fn write_audio(&mut self, buf: &[u8]) -> usize {
        let take = buf.len().min(self.write_queue.saturating_sub(self.written.len())) / crate::CHUNK * crate::CHUNK;
        self.written.extend(buf.iter().take(take));
        self.playing = self.playing || take > 0;
        take
    }

    /// Samples that wait to be sent, and those that were sent while what waits to be read came.
    pub(super) fn samples_ahead(&self) -> usize {
        self.written.len() + self.received.len()
    }

    /// The length of the frame that [`Lane::take_frame`] would give.
    pub(super) fn next_frame_length(&self) -> Option<usize> {
        self.received_frames.front().map(Vec::len)
    }

    pub(super) fn take_frame(&mut self) -> Option<Vec<u8>> {
        self.received_frames.pop_front()
    }

    /// Queues a frame; whether there was room.
    pub(super) fn write_frame(&mut self, frame: &[u8]) -> bool {
        let room = self.written_frames.len() < FRAME_QUEUE;
        if room {
            self.written_frames.push_back(frame.to_vec());
            self.counters.frames_sent += 1;
        }
        room
    }

    pub(super) fn set_bits(&mut self, abcd: u8) {
        self.bits_due = self.bits_due || self.bits != Some(abcd & 15);
        self.bits = Some(abcd & 15);
    }

    /// Queues an analog signal; whether there was room.
    pub(super) fn write_signal(&mut self, signal: Signal) -> bool {
        let room = self.signals.len() < EVENT_QUEUE;
        if room {
            self.signals.push_back(signal);
        }
        room
    }
}

/// The line's side: what a tick takes and brings.
impl Lane {
    /// The block to send in this tick, `None` for silence, and whether that was an underrun.
    pub(super) fn next_block(&mut self, law: Law) -> (Option<[u8; BLOCK]>, bool) {
        let underrun = self.playing && self.written.len() < BLOCK;
        if underrun {
            self.counters.underruns += 1;
            self.event(ChannelEvent::Underrun);
        }
        if self.written.is_empty() {
            return (None, underrun);
        }
        let mut block = [law.silence(); BLOCK];
        let take = self.written.len().min(BLOCK);
        for (to, from) in block.iter_mut().zip(self.written.drain(..take)) {
            *to = from;
        }
        let silent = block.iter().all(|octet| *octet == law.silence());
        ((!silent).then_some(block), underrun)
    }

    /// Hands one received block to the reader; whether an older one was lost for it.
    pub(super) fn deliver_block(&mut self, block: &[u8; BLOCK]) -> bool {
        self.received.extend(block);
        let overrun = self.received.len() > READ_QUEUE;
        if overrun {
            self.received.drain(..BLOCK);
            self.counters.overruns += 1;
            self.event(ChannelEvent::Overrun);
        }
        overrun
    }

    /// The pieces of frames that fit in this tick at 64 kbit/s.
    pub(super) fn next_chunks(&mut self, slot: u8, out: &mut Vec<Chunk>) {
        if std::mem::take(&mut self.abort_due) {
            out.push(Chunk { slot, first: false, last: true, abort: true, octets: Vec::new() });
        }
        let mut credit = BLOCK.saturating_sub(self.debt);
        self.debt = self.debt.saturating_sub(BLOCK);
        while credit > 0 {
            let Some(frame) = self.written_frames.front() else { return };
            let octets: Vec<u8> = frame.iter().skip(self.sent_of_first).take(credit).copied().collect();
            let last = self.sent_of_first + octets.len() == frame.len();
            let cost = octets.len() + if last { FRAME_OVERHEAD } else { 0 };
            self.debt += cost.saturating_sub(credit);
            credit = credit.saturating_sub(cost);
            let first = self.sent_of_first == 0;
            self.sent_of_first = if last { 0 } else { self.sent_of_first + octets.len() };
            if last {
                self.written_frames.pop_front();
            }
            out.push(Chunk { slot, first, last, abort: false, octets });
        }
    }

    /// Takes a piece of a frame in; whether a whole frame was lost for want of a reader.
    pub(super) fn deliver_chunk(&mut self, chunk: &Chunk) -> bool {
        if chunk.abort {
            self.lose_partial(ChannelEvent::HdlcAbort);
            return false;
        }
        if chunk.first {
            self.lose_partial(ChannelEvent::BadFcs);
            self.partial = Some(Vec::new());
        }
        // Without a beginning (it was lost with a tick, or somebody opened late) the rest is noise between flags.
        let Some(partial) = self.partial.as_mut() else { return false };
        partial.extend_from_slice(&chunk.octets);
        if partial.len() > MAX_FRAME {
            self.lose_partial(ChannelEvent::HdlcAbort);
            return false;
        }
        if !chunk.last {
            return false;
        }
        let frame = self.partial.take().unwrap_or_default();
        if self.received_frames.len() >= FRAME_QUEUE {
            self.counters.overruns += 1;
            self.event(ChannelEvent::Overrun);
            return true;
        }
        self.counters.frames_received += 1;
        self.received_frames.push_back(frame);
        false
    }

    /// A piece of the line was lost: the frame that was arriving is damaged.
    pub(super) fn lose_partial(&mut self, why: ChannelEvent) {
        if self.partial.take().is_some() {
            self.counters.bad_frames += 1;
            self.event(why);
        }
    }

    pub(super) fn deliver_bits(&mut self, abcd: u8) {
        if self.received_bits != abcd {
            self.received_bits = abcd;
            if self.mode == Some(Mode::Cas) {
                self.event(ChannelEvent::BitsChanged(abcd));
            }
        }
    }

    pub(super) fn deliver_signal(&mut self, signal: Signal) {
        if self.mode.is_some_and(Mode::has_hook) {
            self.event(match signal {
                Signal::Hook(hook) => ChannelEvent::Hook(hook),
                Signal::Polarity { reversed } => ChannelEvent::Polarity { reversed },
            });
        }
    }

    /// Signalling bits to send in this tick, if they changed.
    pub(super) fn next_bits(&mut self) -> Option<u8> {
        std::mem::take(&mut self.bits_due).then_some(self.bits).flatten()
    }

    pub(super) fn next_signal(&mut self) -> Option<Signal> {
        self.signals.pop_front()
    }

    /// The far end may have missed the bits: it must hear them again.
    pub(super) const fn repeat_bits(&mut self) {
        self.bits_due = self.bits.is_some();
    }

    /// The line was cut: what waited to be sent is lost, and so is the frame that was arriving.
    pub(super) fn cut(&mut self) {
        self.written.clear();
        self.written_frames.clear();
        self.sent_of_first = 0;
        self.debt = 0;
        self.abort_due = false;
        self.signals.clear();
        self.lose_partial(ChannelEvent::HdlcAbort);
    }

    /// Events nobody fetches must not pile up: the oldest goes.
    fn event(&mut self, event: ChannelEvent) {
        if self.events.len() >= EVENT_QUEUE {
            self.events.pop_front();
        }
        self.events.push_back(event);
    }
}
