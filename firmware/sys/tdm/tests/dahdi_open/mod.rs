//! Spans of the scripted kernel, opened; and their line, block by block.
//!
//! How to drive it: `let opened = Opened::e1();` then `opened.line(1, byte)` for 10 ms of the line, and the span and its channels as
//! the box does.
#![allow(dead_code, clippy::unwrap_used, clippy::indexing_slicing, reason = "shared by several tests, each using its part")]

use tdm::dahdi::{ChannelConfig, ChannelKind, DahdiSpan, LineCode, LineFraming, Place, SpanConfig};
use tdm::{BLOCK, Channel, ChannelEvent, Error, Law, Mode, Span, SpanEvent, SpanKind};

use crate::dahdi_fake::{FakeKernel, FakeSpan};

pub(crate) struct Opened {
    pub(crate) span: DahdiSpan,
    pub(crate) fake: FakeKernel,
    /// Its number in the kernel.
    pub(crate) number: i32,
    /// Number of its first channel, less one.
    base: i32,
}

impl Opened {
    /// A card's E1, primary rate, no canceller.
    pub(crate) fn e1() -> Self {
        Self::with(FakeSpan::e1("A1", 1), e1_config())
    }

    /// A card's T1, primary rate.
    pub(crate) fn t1() -> Self {
        Self::with(FakeSpan::t1("A1", 1), SpanConfig::primary_rate("span1", Place::Hardware("A1/1".to_owned()), SpanKind::T1))
    }

    /// A card's E1 with these channels, in order from timeslot 1.
    pub(crate) fn e1_of(kinds: &[ChannelKind]) -> Self {
        Self::with(FakeSpan::e1("A1", 1), SpanConfig { channels: channels(kinds), ..e1_config() })
    }

    /// A card's T1 with these channels, in order from timeslot 1, and a tone zone.
    pub(crate) fn t1_of(kinds: &[ChannelKind]) -> Self {
        let config = SpanConfig::primary_rate("span1", Place::Hardware("A1/1".to_owned()), SpanKind::T1);
        let config = SpanConfig { channels: channels(kinds), tone_zone: Some("us".to_owned()), ..config };
        Self::with(FakeSpan::t1("A1", 1), config)
    }

    /// An analog card; `modules` as for [`FakeSpan::analog`], one kind for each.
    pub(crate) fn analog(modules: &str, kinds: &[ChannelKind]) -> Self {
        let config = SpanConfig {
            kind: SpanKind::Analog,
            framing: LineFraming::Analog,
            code: LineCode::Ami,
            law: Law::Mu,
            channels: channels(kinds),
            tone_zone: Some("us".to_owned()),
            ..e1_config()
        };
        Self::with(FakeSpan::analog("A1", modules), config)
    }

    pub(crate) fn with(span: FakeSpan, config: SpanConfig) -> Self {
        let fake = FakeKernel::new();
        let number = fake.add(span);
        let span = DahdiSpan::open(&fake.sys(), config).unwrap_or_else(|refused| panic!("{refused}"));
        let base = fake.span(number, |span| span.base) - 1;
        Self { span, fake, number, base }
    }

    /// The kernel's number of a timeslot.
    pub(crate) const fn channo(&self, slot: u8) -> i32 {
        self.base + slot as i32
    }

    /// Opens a timeslot as what it is and reads once, with which its audio begins.
    pub(crate) fn talk(&mut self, slot: u8, mode: Mode) -> Box<dyn Channel> {
        let mut channel = self.span.open(slot, mode).unwrap();
        assert!(matches!(channel.read(&mut [0; BLOCK]), Err(Error::WouldBlock)), "nothing is there at the beginning");
        channel
    }

    /// 10 ms of the line of one timeslot: it takes a block off the write queue, of which this is the first octet (`None`: underrun), and
    /// brings a block of `octet`.
    pub(crate) fn line(&self, slot: u8, octet: u8) -> Option<u8> {
        let sent = self.fake.play(self.channo(slot), 1);
        self.fake.receive(self.channo(slot), &[octet; BLOCK]);
        sent.first().map(|block| block[0])
    }

    /// Blocks in the kernel's write queue of a timeslot.
    pub(crate) fn queued(&self, slot: u8) -> usize {
        self.fake.channel(self.channo(slot), |channel| channel.written.len())
    }

    /// Everything the span has to tell.
    pub(crate) fn span_events(&mut self) -> Vec<SpanEvent> {
        std::iter::from_fn(|| self.span.poll_event()).collect()
    }
}

pub(crate) fn e1_config() -> SpanConfig {
    SpanConfig::primary_rate("span1", Place::Hardware("A1/1".to_owned()), SpanKind::E1)
}

pub(crate) fn channels(kinds: &[ChannelKind]) -> Vec<ChannelConfig> {
    (1..).zip(kinds).map(|(slot, kind)| ChannelConfig { slot, kind: *kind, impedance: None }).collect()
}

/// Everything the channel has to tell.
pub(crate) fn events(channel: &mut dyn Channel) -> Vec<ChannelEvent> {
    std::iter::from_fn(|| channel.poll_event()).collect()
}

/// Reads what there is as the media thread does, a block at a time, and writes `answer` after each; the first octets of what was read.
pub(crate) fn turn(channel: &mut dyn Channel, mut answer: impl FnMut() -> u8) -> Vec<u8> {
    let mut read = Vec::new();
    let mut block = [0; BLOCK];
    while let Ok(length) = channel.read(&mut block) {
        assert_eq!(length, BLOCK);
        read.push(block[0]);
        // A full queue is what an overlong backlog meets.
        let _ = channel.write(&[answer(); BLOCK]);
    }
    read
}
