//! One call of the engine: where it is, what it does when it is answered, digits that are still to come.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::audio::{CallAudio, Clip, Recorder};
use crate::channel::Channel;
use crate::g711::Law;
use crate::report::{By, Direction};
use crate::stack::Ring;

/// What a call does once it is connected.
pub(super) struct Intent {
    pub(super) play: Option<Clip>,
    pub(super) echo: bool,
    pub(super) record: Option<PathBuf>,
    pub(super) record_early: bool,
    pub(super) clear_after: Option<Duration>,
}

/// Where a call is.
pub(super) enum Phase {
    /// SETUP sent or received.
    Setup,
    /// ALERTING sent or received; an incoming call may be answered later.
    Alerting { answer_at: Option<Instant> },
    /// CONNECT sent or received.
    Connected { audio: CallAudio, clear_at: Option<Instant> },
    /// Cleared by either end, not yet released; a recording waits here for its report.
    Clearing { record: Option<PathBuf> },
}

pub(super) struct Call {
    pub(super) direction: Direction,
    pub(super) called: String,
    pub(super) began: Instant,
    pub(super) channel: Option<Channel>,
    /// Both ends agree on the channel.
    pub(super) open: bool,
    pub(super) phase: Phase,
    pub(super) intent: Intent,
    /// What is heard before the answer, where that is kept.
    pub(super) early: Option<CallAudio>,
    pub(super) cleared_by: Option<By>,
    /// Outgoing: digits that the far end has not asked for yet. Incoming: the SETUP whose number is not whole.
    pub(super) dialling: Dialling,
}

/// What of a number is still to come.
#[derive(Default)]
pub(super) enum Dialling {
    #[default]
    Done,
    Outgoing(String),
    Incoming(Ring),
}

impl Call {
    pub(super) fn at_ms(&self, now: Instant) -> u64 {
        u64::try_from(now.saturating_duration_since(self.began).as_millis()).unwrap_or(u64::MAX)
    }

    pub(super) fn due(&self) -> Option<Instant> {
        match &self.phase {
            Phase::Alerting { answer_at } => *answer_at,
            Phase::Connected { clear_at, .. } => *clear_at,
            Phase::Setup | Phase::Clearing { .. } => None,
        }
    }

    pub(super) fn state(&self) -> &'static str {
        match self.phase {
            Phase::Setup => "setup",
            Phase::Alerting { .. } => "alerting",
            Phase::Connected { .. } => "connected",
            Phase::Clearing { .. } => "clearing",
        }
    }

    /// What is heard and said now, if anything is.
    pub(super) const fn audio(&mut self) -> Option<&mut CallAudio> {
        match &mut self.phase {
            Phase::Connected { audio, .. } => Some(audio),
            Phase::Setup | Phase::Alerting { .. } | Phase::Clearing { .. } => self.early.as_mut(),
        }
    }

    /// Of what is heard, where the order wants it kept.
    pub(super) fn recorder(&self, law: Law) -> Option<Recorder> {
        let create = |path: &PathBuf| Recorder::create(path, law).inspect_err(|error| eprintln!("cannot record: {error}")).ok();
        self.intent.record.as_ref().and_then(create)
    }

    /// Ends the audio and leaves the phase at `Clearing`.
    pub(super) fn stop_audio(&mut self) {
        self.phase = match std::mem::replace(&mut self.phase, Phase::Clearing { record: None }) {
            Phase::Connected { audio, .. } => Phase::Clearing { record: audio.finish() },
            Phase::Clearing { record } => Phase::Clearing { record },
            Phase::Setup | Phase::Alerting { .. } => Phase::Clearing { record: self.early.take().and_then(CallAudio::finish) },
        };
    }
}
