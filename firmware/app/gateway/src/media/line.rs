//! One span on the media thread: its D-channel, its events, and where it is watched.

use std::time::{Duration, Instant};

use call::words::SpanId;
use media::Law;
use ring::{Interest, Ring, Token};
use tdm::{Channel, Error, Mode, Span, SpanEvent};

use super::Report;
use super::bit_error_test::BitErrorTest;
use super::echo::EchoChoice;
use crate::engine_task::{Input, Inputs};

/// How often a span's counters are reported.
const COUNTERS: Duration = Duration::from_secs(1);
/// Largest D-channel frame: N201 of 260 octets and the header, with room.
const FRAME: usize = 1_024;
/// Bits of a token that tell the watches of one span apart.
const KEY_BITS: u32 = 16;

/// A span, or the place of one that is not there.
pub(super) struct Line {
    id: SpanId,
    name: String,
    echo: EchoChoice,
    present: Option<Present>,
    reported: Option<Instant>,
}

struct Present {
    span: Box<dyn Span>,
    d_channel: Option<Box<dyn Channel>>,
    test: Option<BitErrorTest>,
    tokens: Vec<Token>,
}

/// What a service did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Serviced {
    /// So many blocks passed.
    Blocks(u32),
    /// The device is gone: the span is to be taken away.
    Gone,
}

/// The span that a token belongs to. Token 0 is nobody's.
pub(super) const fn span_of(token: Token) -> Option<SpanId> {
    match (token.0 >> KEY_BITS).checked_sub(1) {
        Some(index) => Some(SpanId(index as usize)),
        None => None,
    }
}

const fn token(id: SpanId, key: u16) -> Token {
    Token(((id.0 as u64 + 1) << KEY_BITS) | key as u64)
}

impl Line {
    /// The place of a span.
    pub(super) const fn new(id: SpanId, name: String, echo: EchoChoice) -> Self {
        Self { id, name, echo, present: None, reported: None }
    }

    /// Who cancels the echo of its calls.
    pub(super) const fn echo(&self) -> EchoChoice {
        self.echo
    }

    /// Puts a span in its place and watches it.
    pub(super) fn install(&mut self, ring: &mut dyn Ring, span: Box<dyn Span>) {
        self.name.clone_from(&span.info().name);
        let mut tokens = Vec::new();
        for watch in span.watches() {
            let token = token(self.id, watch.key);
            match ring.watch(token, watch.fd, Interest { readable: watch.readable, urgent: watch.urgent }) {
                Ok(()) => tokens.push(token),
                // It is still served every 100 ms; calls on it would break up.
                Err(error) => tracing::error!("media[{}]{{installing}}: cannot watch a channel: {error}", self.name),
            }
        }
        self.present = Some(Present { span, d_channel: None, test: None, tokens });
        self.reported = None;
        self.open_d_channel();
    }

    /// Takes the span out. Its calls' channels must have been closed before.
    pub(super) fn take(&mut self, ring: &mut dyn Ring) -> Option<Box<dyn Span>> {
        let present = self.present.take()?;
        for token in present.tokens {
            if let Err(error) = ring.unwatch(token) {
                tracing::warn!("media[{}]{{removing}}: {error}", self.name);
            }
        }
        Some(present.span)
    }

    /// The span's law; `None` when it is not there.
    pub(super) fn law(&self) -> Option<Law> {
        self.present.as_ref().map(|present| match present.span.info().law {
            tdm::Law::A => Law::A,
            tdm::Law::Mu => Law::Mu,
        })
    }

    /// Opens a B-channel.
    pub(super) fn open(&mut self, timeslot: u8) -> Result<Box<dyn Channel>, String> {
        let present = self.present.as_mut().ok_or_else(|| format!("span \"{}\" is not there", self.name))?;
        present.span.open(timeslot, Mode::Audio).map_err(|error| error.to_string())
    }

    /// Begins a bit-error test of a timeslot, or ends the one that runs.
    pub(super) fn test(&mut self, timeslot: Option<u8>) -> Result<(), String> {
        let present = self.present.as_mut().ok_or_else(|| format!("span \"{}\" is not there", self.name))?;
        // Closed first: the same timeslot may be asked for again.
        present.test = None;
        self.reported = None;
        let Some(timeslot) = timeslot else { return Ok(()) };
        let channel = present.span.open(timeslot, Mode::Clear).map_err(|error| error.to_string())?;
        present.test = Some(BitErrorTest::begin(channel));
        Ok(())
    }

    /// Sends a D-channel frame. What cannot be sent Q.921 repeats.
    pub(super) fn send_frame(&mut self, frame: &[u8]) {
        let channel = self.present.as_mut().and_then(|present| present.d_channel.as_mut());
        let Some(channel) = channel else {
            tracing::debug!("media[{}]{{d-channel}}: frame of {} octets not sent: it is not open", self.name, frame.len());
            return;
        };
        if let Err(error) = channel.write(frame) {
            tracing::warn!("media[{}]{{d-channel}}: frame of {} octets not sent: {error}", self.name, frame.len());
        }
    }

    /// Lets the span do its work and passes on what it has for the engine.
    pub(super) fn service(&mut self, now: Instant, inputs: &Inputs) -> Serviced {
        let Some(present) = self.present.as_mut() else { return Serviced::Blocks(0) };
        let serviced = present.span.service();
        self.read_frames(inputs);
        self.take_events(now, inputs);
        match serviced {
            Ok(serviced) => {
                if let Some(test) = self.present.as_mut().and_then(|present| present.test.as_mut()) {
                    test.pump();
                }
                Serviced::Blocks(serviced.blocks)
            }
            Err(Error::SpanClosed) => Serviced::Gone,
            Err(error) => {
                tracing::warn!("media[{}]{{servicing}}: {error}", self.name);
                Serviced::Blocks(0)
            }
        }
    }

    fn open_d_channel(&mut self) {
        let Some(present) = self.present.as_mut() else { return };
        let Some(slot) = present.span.info().d_channel else { return };
        match present.span.open(slot, Mode::Hdlc) {
            Ok(channel) => present.d_channel = Some(channel),
            Err(error) => {
                tracing::error!("media[{}]{{installing}}: cannot open the D-channel, timeslot {slot}: {error}", self.name)
            }
        }
    }

    fn read_frames(&mut self, inputs: &Inputs) {
        let Some(channel) = self.present.as_mut().and_then(|present| present.d_channel.as_mut()) else { return };
        let mut buffer = [0; FRAME];
        while let Ok(length) = channel.read(&mut buffer) {
            let frame = buffer.get(..length).unwrap_or_default().to_vec();
            inputs.offer(Input::Media(Report::Frame { span: self.id, frame }));
        }
        while let Some(event) = channel.poll_event() {
            tracing::debug!("media[{}]{{d-channel}}: {event:?}", self.name);
        }
    }

    fn take_events(&mut self, now: Instant, inputs: &Inputs) {
        let mut changed = false;
        let Some(present) = self.present.as_mut() else { return };
        while let Some(event) = present.span.poll_event() {
            changed = true;
            match &event {
                SpanEvent::Slip { .. } => tracing::debug!("media[{}]{{line}}: {event:?}", self.name),
                SpanEvent::AlarmsChanged { .. }
                | SpanEvent::FarEndGone
                | SpanEvent::FarEndBack
                | SpanEvent::FarEndRefused { .. } => tracing::info!("media[{}]{{line}}: {event:?}", self.name),
            }
        }
        if changed || self.reported.is_none_or(|reported| now >= reported + COUNTERS) {
            self.report(now, inputs);
        }
    }

    fn report(&mut self, now: Instant, inputs: &Inputs) {
        let Some(present) = self.present.as_ref() else { return };
        self.reported = Some(now);
        let frames = present.d_channel.as_ref().map(|channel| channel.counters()).unwrap_or_default();
        let (alarms, counters) = (present.span.alarms(), present.span.counters());
        let test = present.test.as_ref().map(BitErrorTest::shown);
        inputs.offer(Input::Media(Report::Line { span: self.id, alarms, counters, frames, test }));
    }
}
