//! What both ends of a virtual span do alike: fill a tick, take one in, keep alarms and counters.

use std::collections::VecDeque;

use super::lane::{Lanes, SharedLanes, lock};
use super::wire::{MAX_TIMESLOT, Message, Shape};
use crate::span::{Alarms, BLOCK, ChannelEvent, ClockRole, Counters, Error, SpanEvent, SpanInfo};

/// Ticks in a second.
const SECOND: u64 = 100;
/// Span events that may wait; the oldest goes.
const EVENT_QUEUE: usize = 256;

/// One end, without its socket and clock.
pub(super) struct End {
    pub(super) info: SpanInfo,
    pub(super) lanes: SharedLanes,
    pub(super) shape: Shape,
    pub(super) counters: Counters,
    /// What this end puts on the line by order of its owner: none, YELLOW, BLUE or LOS.
    ordered_alarms: Alarms,
    /// What the far end puts on the line.
    received_alarms: Alarms,
    connected: bool,
    events: VecDeque<SpanEvent>,
    second_has_error: bool,
    emitted: Vec<u8>,
}

impl End {
    pub(super) fn new(mut info: SpanInfo, clock: ClockRole) -> Result<Self, Error> {
        if info.timeslots == 0 || info.timeslots > MAX_TIMESLOT {
            return Err(Error::Unsupported(format!("{} timeslots: a virtual span has 1 to {MAX_TIMESLOT}", info.timeslots)));
        }
        info.clock = clock;
        Ok(Self {
            lanes: std::sync::Arc::new(std::sync::Mutex::new(Lanes::new(info.law, info.timeslots))),
            shape: Shape::of(&info),
            info,
            counters: Counters::default(),
            ordered_alarms: Alarms::NONE,
            received_alarms: Alarms::NONE,
            connected: false,
            events: VecDeque::new(),
            second_has_error: false,
            emitted: Vec::new(),
        })
    }

    /// Without a far end the span is in RED; else what the far end's signal means here.
    pub(super) fn alarms(&self) -> Alarms {
        if !self.connected {
            return Alarms::RED;
        }
        let lost = if self.received_alarms.contains(Alarms::LOS) { Alarms::RED } else { Alarms::NONE };
        lost | self.received_alarms
    }

    /// What goes out in place of a good signal. An end that hears nothing says so (G.732: remote alarm indication).
    fn sent_alarms(&self) -> Alarms {
        let deaf = self.received_alarms.intersects(Alarms::LOS | Alarms::BLUE);
        self.ordered_alarms | if deaf { Alarms::YELLOW } else { Alarms::NONE }
    }

    /// Orders what to put on the line. Only what can be seen from outside: YELLOW, BLUE, LOS.
    pub(super) fn order_alarms(&mut self, alarms: Alarms) -> Result<(), Error> {
        if !alarms.without(Alarms::YELLOW | Alarms::BLUE | Alarms::LOS).is_none() {
            return Err(Error::Unsupported(format!("sending {alarms}: only YELLOW, BLUE and LOS can be sent")));
        }
        self.ordered_alarms = alarms;
        self.repeat_bits();
        Ok(())
    }

    pub(super) fn counters(&self) -> Counters {
        let lanes = lock(&self.lanes);
        Counters { underruns: lanes.underruns, overruns: lanes.overruns, ..self.counters }
    }

    pub(super) fn poll_event(&mut self) -> Option<SpanEvent> {
        self.events.pop_front()
    }

    pub(super) fn event(&mut self, event: SpanEvent) {
        if self.events.len() >= EVENT_QUEUE {
            self.events.pop_front();
        }
        self.events.push_back(event);
    }

    pub(super) fn slip(&mut self, blocks: u32) {
        if blocks > 0 {
            tracing::debug!("tdm[{}]: {blocks} blocks lost -> slip", self.info.name);
            self.counters.slips += u64::from(blocks);
            self.second_has_error = true;
            self.event(SpanEvent::Slip { blocks });
        }
    }

    /// A socket to a far end exists from now on.
    pub(super) fn line_is_joined(&self) {
        lock(&self.lanes).carrier = true;
    }

    fn repeat_bits(&self) {
        lock(&self.lanes).iter_mut().for_each(|(_, lane)| lane.repeat_bits());
    }

    /// The first good message of a far end is here.
    pub(super) fn far_end_is_back(&mut self) {
        if !self.connected {
            self.repeat_bits();
            let before = self.alarms();
            self.connected = true;
            self.counters.connections += 1;
            tracing::debug!("tdm[{}]: far end answers", self.info.name);
            self.event(SpanEvent::FarEndBack);
            self.report_alarms(before);
        }
    }

    /// The far end is cut off. Its bits stay as they were, as on a line in alarm.
    pub(super) fn far_end_is_gone(&mut self) {
        {
            let mut lanes = lock(&self.lanes);
            lanes.carrier = false;
            lanes.iter_mut().for_each(|(_, lane)| lane.cut());
        }
        if self.connected {
            let before = self.alarms();
            self.connected = false;
            self.received_alarms = Alarms::NONE;
            tracing::debug!("tdm[{}]: far end is gone", self.info.name);
            self.event(SpanEvent::FarEndGone);
            self.report_alarms(before);
        }
    }

    /// The far end sent what cannot be read, or is no match for this span.
    pub(super) fn refuse(&mut self, reason: String, malformed: bool) {
        if malformed {
            self.counters.malformed += 1;
        } else {
            self.counters.refused += 1;
        }
        tracing::warn!("tdm[{}]: {reason} -> far end cut off", self.info.name);
        self.event(SpanEvent::FarEndRefused { reason });
    }

    fn report_alarms(&mut self, before: Alarms) {
        let alarms = self.alarms();
        if alarms != before {
            tracing::debug!("tdm[{}]: alarms {before} -> {alarms}", self.info.name);
            self.event(SpanEvent::AlarmsChanged { alarms });
        }
    }

    /// What the channels have for this tick, as octets of a message.
    pub(super) fn compose(&mut self, tick: u64, lock_step: bool) -> &[u8] {
        let mut message = Message { lock_step, alarms: self.sent_alarms(), ..Message::new(self.shape, tick) };
        let mut lanes = lock(&self.lanes);
        let law = lanes.law;
        let mut underruns = 0;
        for (slot, lane) in lanes.iter_mut() {
            if lane.mode.is_some_and(crate::Mode::has_audio) {
                let (block, underrun) = lane.next_block(law);
                underruns += u64::from(underrun);
                message.audio.extend(block.map(|block| (slot, block)));
            }
            lane.next_chunks(slot, &mut message.chunks);
            message.bits.extend(lane.next_bits().map(|abcd| (slot, abcd)));
            if message.signals.len() < usize::from(u8::MAX) {
                message.signals.extend(lane.next_signal().map(|signal| (slot, signal)));
            }
        }
        lanes.count(underruns, 0);
        drop(lanes);
        if message.alarms.is_deaf() {
            // A line without signal or with all ones carries nothing: what was taken from the channels is lost.
            message = Message { lock_step, alarms: message.alarms, ..Message::new(self.shape, tick) };
        }
        self.emitted.clear();
        message.emit(&mut self.emitted);
        &self.emitted
    }

    /// Takes in one message.
    pub(super) fn absorb(&mut self, message: &Message) {
        let before = self.alarms();
        self.received_alarms = message.alarms;
        self.report_alarms(before);
        {
            let mut lanes = lock(&self.lanes);
            let mut overruns = 0;
            if message.alarms.is_deaf() {
                lanes.iter_mut().for_each(|(_, lane)| lane.lose_partial(ChannelEvent::HdlcAbort));
            }
            for chunk in &message.chunks {
                if let Some(lane) = lanes.get_mut(chunk.slot)
                    && lane.mode == Some(crate::Mode::Hdlc)
                {
                    overruns += u64::from(lane.deliver_chunk(chunk));
                }
            }
            for (slot, abcd) in &message.bits {
                if let Some(lane) = lanes.get_mut(*slot) {
                    lane.deliver_bits(*abcd);
                }
            }
            for (slot, signal) in &message.signals {
                if let Some(lane) = lanes.get_mut(*slot) {
                    lane.deliver_signal(*signal);
                }
            }
            lanes.count(0, overruns);
        }
        self.deliver_audio(&message.audio);
    }

    /// A block passes without a far end: silence on every channel.
    pub(super) fn pass_silence(&mut self) {
        self.deliver_audio(&[]);
    }

    fn deliver_audio(&mut self, audio: &[(u8, [u8; BLOCK])]) {
        let mut lanes = lock(&self.lanes);
        let silence = [lanes.law.silence(); BLOCK];
        let mut audio = audio.iter().peekable();
        let mut overruns = 0;
        for (slot, lane) in lanes.iter_mut() {
            let block = audio.next_if(|(at, _)| *at == slot).map_or(&silence, |(_, block)| block);
            if lane.mode.is_some_and(crate::Mode::has_audio) {
                overruns += u64::from(lane.deliver_block(block));
            }
        }
        lanes.count(0, overruns);
        drop(lanes);
        self.count_block();
    }

    fn count_block(&mut self) {
        self.counters.blocks += 1;
        self.second_has_error = self.second_has_error || self.alarms().is_down();
        if self.counters.blocks.is_multiple_of(SECOND) {
            self.counters.errored_seconds += u64::from(std::mem::take(&mut self.second_has_error));
        }
    }

    /// Ticks of the far end are missing: frames that were arriving are damaged.
    pub(super) fn lose_ticks(&mut self, ticks: u64) {
        if ticks > 0 {
            for (_, lane) in lock(&self.lanes).iter_mut() {
                lane.lose_partial(ChannelEvent::BadFcs);
            }
            self.slip(u32::try_from(ticks).unwrap_or(u32::MAX));
        }
    }
}

impl Drop for End {
    fn drop(&mut self) {
        lock(&self.lanes).closed = true;
    }
}
