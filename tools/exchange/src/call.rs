//! One call of the exchange: its numbers, its channel, what it says, what it hears, its timers.

use std::time::{Duration, Instant};

use isdn::CallId;
use media::{Law, g711};
use sansio::Timers;
use tdm::{BLOCK, Channel, Error, Mode, Span};

use crate::report::{By, CallLine, Direction, Released};
use crate::sound::{Recorder, Voice};

/// Blocks of silence written at once when the channel opens, so that 20 ms of lateness make no gap.
const HEAD_START: usize = 2;
/// Blocks that may wait to be sent.
const WRITE_QUEUE: usize = 6;
/// Blocks served in one go; the rest waits for the next service.
const BLOCKS_PER_CALL: usize = 32;

/// What a call waits for, besides Q.931's own timers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Timer {
    /// The subscriber picks up.
    Answer,
    /// The call has lasted long enough.
    Clear,
    /// Nobody answers.
    GiveUp,
}

/// What happens when the call is connected.
#[derive(Debug)]
pub(crate) struct Conversation {
    pub(crate) voice: Voice,
    pub(crate) record: Option<std::path::PathBuf>,
    pub(crate) clear_after: Option<Duration>,
}

/// See the module header.
pub(crate) struct Call {
    pub(crate) number: u32,
    pub(crate) isdn: CallId,
    pub(crate) direction: Direction,
    pub(crate) called: String,
    pub(crate) calling: Option<String>,
    pub(crate) timers: Timers<Timer>,
    started: Instant,
    /// When ALERTING came or went, and in milliseconds what the caller waited for it.
    post_dial_delay: Option<Duration>,
    connected_at: Option<Instant>,
    slot: Option<u8>,
    channel: Option<Box<dyn Channel>>,
    /// What is sent before the answer.
    pub(crate) before_answer: Voice,
    pub(crate) conversation: Conversation,
    recorder: Option<Recorder>,
    blocks_heard: u64,
}

impl Call {
    pub(crate) fn new(number: u32, isdn: CallId, direction: Direction, now: Instant, conversation: Conversation) -> Self {
        Self {
            number,
            isdn,
            direction,
            called: String::new(),
            calling: None,
            timers: Timers::new(),
            started: now,
            post_dial_delay: None,
            connected_at: None,
            slot: None,
            channel: None,
            before_answer: Voice::Silence,
            conversation,
            recorder: None,
            blocks_heard: 0,
        }
    }

    /// Time since SETUP, in whole milliseconds.
    pub(crate) fn age_ms(&self, now: Instant) -> u64 {
        whole_ms(now.saturating_duration_since(self.started))
    }

    /// The same with its fraction.
    pub(crate) fn age(&self, now: Instant) -> f64 {
        fine_ms(now.saturating_duration_since(self.started))
    }

    pub(crate) const fn slot(&self) -> Option<u8> {
        self.slot
    }

    /// The far end rings (or is rung): the post-dial delay is over. Returns it in milliseconds.
    pub(crate) fn rings(&mut self, now: Instant) -> f64 {
        fine_ms(*self.post_dial_delay.get_or_insert_with(|| now.saturating_duration_since(self.started)))
    }

    /// Opens the B-channel. A failure leaves the call without audio, which its counters show.
    pub(crate) fn open(&mut self, span: &mut dyn Span, slot: u8, law: Law) {
        if self.slot == Some(slot) && self.channel.is_some() {
            return;
        }
        self.slot = Some(slot);
        self.channel = None;
        let opened = span.open(slot, Mode::Audio).and_then(|mut channel| {
            channel.set_write_queue(WRITE_QUEUE * BLOCK)?;
            channel.write(&[g711::silence(law); HEAD_START * BLOCK])?;
            Ok(channel)
        });
        match opened {
            Ok(channel) => self.channel = Some(channel),
            Err(error) => tracing::warn!("exchange[call {}]: no audio: {error}", self.number),
        }
    }

    /// The call is connected: the conversation begins. Returns how long the set-up took, in milliseconds.
    pub(crate) fn connect(&mut self, now: Instant) -> f64 {
        self.timers.stop(Timer::GiveUp);
        self.timers.stop(Timer::Answer);
        self.connected_at = Some(now);
        if let Some(after) = self.conversation.clear_after {
            self.timers.set(Timer::Clear, now + after);
        }
        if let Some(path) = &self.conversation.record {
            match Recorder::create(path) {
                Ok(recorder) => self.recorder = Some(recorder),
                Err(error) => tracing::warn!("exchange[call {}]: no recording: {error}", self.number),
            }
        }
        self.age(now)
    }

    pub(crate) const fn is_connected(&self) -> bool {
        self.connected_at.is_some()
    }

    /// Reads what came and writes as many blocks.
    pub(crate) fn serve_audio(&mut self, law: Law) {
        let Some(mut channel) = self.channel.take() else { return };
        for _ in 0..BLOCKS_PER_CALL {
            let mut heard = [0; BLOCK];
            match channel.read(&mut heard) {
                Ok(_) => {}
                Err(Error::WouldBlock) => break,
                Err(error) => {
                    tracing::warn!("exchange[call {}]: audio ends: {error}", self.number);
                    return;
                }
            }
            let said = self.hear(&heard, law);
            // No room means that the far end's clock stood still while blocks waited here: the surplus is dropped.
            if let Err(error) = channel.write(&said)
                && !matches!(error, Error::WouldBlock)
            {
                tracing::warn!("exchange[call {}]: audio ends: {error}", self.number);
                return;
            }
        }
        while channel.poll_event().is_some() {}
        self.channel = Some(channel);
    }

    fn hear(&mut self, heard: &[u8; BLOCK], law: Law) -> [u8; BLOCK] {
        if self.connected_at.is_none() {
            return self.before_answer.next_block(heard, law);
        }
        self.blocks_heard += 1;
        if let Some(recorder) = &mut self.recorder
            && let Err(error) = recorder.hear(heard, law)
        {
            tracing::warn!("exchange[call {}]: recording ends: {error}", self.number);
            self.recorder = None;
        }
        self.conversation.voice.next_block(heard, law)
    }

    /// The end: closes the channel, completes the recording and says how it went.
    pub(crate) fn finish(self, now: Instant, cause: isdn::CauseValue, by: By) -> Released {
        let record = self.recorder.and_then(|recorder| {
            recorder.finish().inspect_err(|error| tracing::warn!("exchange[call {}]: no recording: {error}", self.number)).ok()
        });
        let probe = match &self.conversation.voice {
            Voice::Probe(probe) if self.connected_at.is_some() => Some(probe.verdict().into()),
            Voice::Probe(_) | Voice::Silence | Voice::Speech { .. } | Voice::Ringing { .. } | Voice::Echo => None,
        };
        Released {
            call: self.number,
            at_ms: whole_ms(now.saturating_duration_since(self.started)),
            cause: cause.0,
            cause_name: cause.name(),
            by,
            channel: self.slot,
            connected_ms: self.connected_at.map(|at| whole_ms(now.saturating_duration_since(at))),
            blocks_heard: self.blocks_heard,
            underruns: self.channel.as_ref().map_or(0, |channel| channel.counters().underruns),
            probe,
            record,
        }
    }

    pub(crate) fn line(&self, now: Instant) -> CallLine {
        CallLine {
            call: self.number,
            direction: self.direction,
            called: self.called.clone(),
            calling: self.calling.clone(),
            channel: self.slot,
            connected: self.is_connected(),
            age_ms: self.age_ms(now),
        }
    }
}

fn whole_ms(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Milliseconds with one place after the point.
fn fine_ms(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 10_000.0).round() / 10.0
}
