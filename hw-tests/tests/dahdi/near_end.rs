//! Our end of `loc` spans, opened through `tdm::dahdi`, and the loop that serves it as the gateway's media thread does: one
//! [`ring`] waits for all spans, a span that had blocks has each of its channels read until it would block, and as much is written.

use crate::sequence::{Listener, Talker};
use ring::{Backend, Interest, Ready, Ring, Token};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tdm::dahdi::{ChannelConfig, ChannelKind, DahdiSpan, DahdiSys, Kernel, LineCode, LineFraming, Place, SpanConfig};
use tdm::{BLOCK, Channel, ChannelEvent, Error, Law, Mode, Span, SpanKind};

/// Watches of one span are numbered from a multiple of this.
const WATCHES_A_SPAN: u64 = 0x1_0000;
/// What a call of read may bring: as much as the kernel holds.
const MOST: usize = 16 * BLOCK;

/// The real operating system.
pub(crate) fn kernel() -> Arc<dyn DahdiSys> {
    Arc::new(Kernel::default())
}

/// A `loc` span's place; the one with the same key and another id is its other end.
pub(crate) fn loc(key: u8, id: u8, channels: u8) -> Place {
    Place::Dynamic { driver: "loc".to_owned(), address: format!("{key:x}:{id:x}"), channels, timing: 0 }
}

/// An E1 for ISDN, as `Span::e1_isdn` of [`crate::far_end`].
pub(crate) fn e1_isdn(key: u8, id: u8) -> SpanConfig {
    SpanConfig::primary_rate(&format!("near{key:x}"), loc(key, id, 31), SpanKind::E1)
}

/// A T1 whose first timeslots, as many as there are kinds, are of these kinds; the others stay unconfigured.
pub(crate) fn t1_of(name: &str, key: u8, id: u8, kinds: &[ChannelKind]) -> SpanConfig {
    let mut config = SpanConfig::primary_rate(name, loc(key, id, 24), SpanKind::T1);
    config.framing = LineFraming::Esf;
    config.code = LineCode::B8zs;
    config.channels = (1..).zip(kinds).map(|(slot, kind)| ChannelConfig { slot, kind: *kind, impedance: None }).collect();
    config
}

/// An E1 whose timeslots 1 to 15 have ABCD bits.
pub(crate) fn e1_cas(key: u8, id: u8, idle_bits: u8) -> SpanConfig {
    let mut config = e1_isdn(key, id);
    config.channels.retain(|channel| channel.slot < 16);
    for channel in &mut config.channels {
        channel.kind = ChannelKind::Cas { idle_bits };
    }
    config
}

/// Opens a span; panics with the words of the refusal.
#[track_caller]
pub(crate) fn open(config: SpanConfig) -> DahdiSpan {
    DahdiSpan::open(&kernel(), config).unwrap_or_else(|refused| panic!("{refused} ({:?})", refused.source))
}

/// Serves the span and reads the channels' events until `wanted` says that it has seen what it waits for.
#[track_caller]
pub(crate) fn until<S>(
    spans: &mut [&mut DahdiSpan],
    what: &str,
    state: &mut S,
    mut wanted: impl FnMut(&mut S) -> bool,
) -> Duration {
    let began = Instant::now();
    loop {
        for span in spans.iter_mut() {
            span.service().unwrap_or_else(|error| panic!("{what}: {error}"));
            while span.poll_event().is_some() {}
        }
        if wanted(state) {
            return began.elapsed();
        }
        assert!(began.elapsed() < Duration::from_secs(8), "not within 8 s: {what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// What a channel of ours does with its audio.
pub(crate) enum Part {
    /// Sends its own sequence and compares what comes.
    Talk(Talker, Listener),
    /// Sends back what comes.
    Echo,
}

/// A channel of ours in use.
pub(crate) struct Line {
    channel: Box<dyn Channel>,
    pub(crate) part: Part,
}

/// Spans of ours and the one ring that waits for them.
///
/// Channels and the ring are let go of first: what holds a channel's device open keeps a dynamic span in the kernel.
pub(crate) struct MediaLoop {
    lines: Vec<Vec<Line>>,
    ring: Box<dyn Ring>,
    pub(crate) spans: Vec<DahdiSpan>,
    ready: Vec<Ready>,
    /// Underruns and overruns told by channels.
    pub(crate) troubles: Vec<(u8, ChannelEvent)>,
}

impl MediaLoop {
    /// Opens the spans' B-channels and watches the spans. `part` says what each channel does: index of the span, timeslot, law.
    pub(crate) fn new(spans: Vec<DahdiSpan>, backend: Backend, part: impl Fn(usize, u8, Law) -> Part) -> Self {
        let mut ring = ring::open(Some(backend)).unwrap().ring;
        let mut this_spans = spans;
        let mut lines = Vec::new();
        for (index, span) in this_spans.iter_mut().enumerate() {
            let law = span.info().law;
            let slots: Vec<u8> =
                span.config().channels.iter().filter(|one| one.kind == ChannelKind::B).map(|one| one.slot).collect();
            let open = |slot| Line { channel: span.open(slot, Mode::Audio).unwrap(), part: part(index, slot, law) };
            lines.push(slots.into_iter().map(open).collect());
            for watch in span.watches() {
                let token = Token(index as u64 * WATCHES_A_SPAN + u64::from(watch.key));
                ring.watch(token, watch.fd, Interest { readable: watch.readable, urgent: watch.urgent }).unwrap();
            }
        }
        Self { spans: this_spans, lines, ring, ready: Vec::with_capacity(512), troubles: Vec::new() }
    }

    /// Serves everything for so long, with real-time priority as a media thread has: the guest has one core for both ends.
    pub(crate) fn run(&mut self, time: Duration) {
        ring::placement::set_real_time(10).unwrap();
        let end = Instant::now() + time;
        while Instant::now() < end {
            self.turn();
        }
    }

    /// Waits once and serves what is ready.
    pub(crate) fn turn(&mut self) {
        let mut ready = std::mem::take(&mut self.ready);
        self.ring.wait(Some(Duration::from_millis(20)), &mut ready).unwrap();
        for index in 0..self.spans.len() {
            if ready.iter().any(|one| one.token.0 / WATCHES_A_SPAN == index as u64) {
                self.serve(index);
            }
        }
        self.ready = ready;
    }

    fn serve(&mut self, index: usize) {
        let span = &mut self.spans[index];
        let blocks = span.service().unwrap().blocks;
        while span.poll_event().is_some() {}
        if blocks == 0 {
            return;
        }
        for line in &mut self.lines[index] {
            line.pass();
            while let Some(event) = line.channel.poll_event() {
                self.troubles.push((line.channel.slot(), event));
            }
        }
    }

    /// Every channel that talks: what it received, by span and timeslot.
    pub(crate) fn listeners(&self) -> impl Iterator<Item = (usize, u8, &Listener)> {
        let each = self.lines.iter().enumerate().flat_map(|(index, lines)| lines.iter().map(move |line| (index, line)));
        each.filter_map(|(index, line)| match &line.part {
            Part::Talk(_, listener) => Some((index, line.channel.slot(), listener)),
            Part::Echo => None,
        })
    }

    /// How many channels are in use.
    pub(crate) fn channels(&self) -> usize {
        self.lines.iter().map(Vec::len).sum()
    }

    /// Sum of the spans' underruns and overruns.
    pub(crate) fn lost(&self) -> (u64, u64) {
        let counters = self.spans.iter().map(Span::counters);
        counters.fold((0, 0), |(under, over), one| (under + one.underruns, over + one.overruns))
    }
}

impl Line {
    fn pass(&mut self) {
        let mut buffer = [0; MOST];
        loop {
            let length = match self.channel.read(&mut buffer) {
                Ok(length) => length,
                Err(Error::WouldBlock) => return,
                Err(error) => panic!("timeslot {}: {error}", self.channel.slot()),
            };
            let block = &mut buffer[..length];
            if let Part::Talk(talker, listener) = &mut self.part {
                listener.hear(block);
                talker.fill(block);
            }
            // What finds no room is lost, and shows at the other end.
            match self.channel.write(block) {
                Ok(_) | Err(Error::WouldBlock) => {}
                Err(error) => panic!("timeslot {}: {error}", self.channel.slot()),
            }
        }
    }
}
