//! A call's end that is a timeslot: its octets each way, with what is done to them for the sake of the line.
//!
//! ```text
//! from the line: read -> echo canceller -> modem watch -> the other end
//! to the line:   the other end -> modem watch -> digits keyed, or a tone -> write, remembered as the echo's reference
//! ```
//!
//! A data call is moved untouched. Left out: gain.

use std::sync::Arc;

use call::words::SpanId;
use media::echo::Figures;
use media::tone::{Generator, Keyed, Keys, Pattern};
use media::{BLOCK, Law, g711};
use tdm::{Channel, ChannelCounters};

use super::echo::{EchoChoice, EchoControl};
use super::modem_watch::{Heard, ModemWatch};

/// Blocks written ahead when a channel is opened, so that a late wake-up does not leave the line without a block.
const PRIME: usize = 2;

/// What is done to the audio of a call that is no data call.
pub(super) struct Voice {
    echo: Option<EchoControl>,
    /// Listens in what comes from the line, and in what goes to it.
    watches: Option<[ModemWatch; 2]>,
}

impl Voice {
    /// Nothing, for data.
    pub(super) const fn untouched() -> Self {
        Self { echo: None, watches: None }
    }

    /// The error says what cannot be had.
    pub(super) fn new(echo: EchoChoice) -> Result<Self, String> {
        Ok(Self { echo: EchoControl::open(echo)?, watches: Some([ModemWatch::new()?, ModemWatch::new()?]) })
    }
}

/// See the module header.
pub(super) struct Timeslot {
    pub(super) span: SpanId,
    /// The span's.
    pub(super) law: Law,
    channel: Box<dyn Channel>,
    voice: Voice,
    /// Digits of the other side.
    keyed: Keyed,
    tone: Option<Generator>,
}

impl Timeslot {
    /// A channel just opened, its write queue primed with silence.
    pub(super) fn new(span: SpanId, law: Law, channel: Box<dyn Channel>, keys: &Arc<Keys>, voice: Voice) -> Self {
        let mut timeslot = Self { span, law, channel, voice, keyed: Keyed::new(keys.clone(), law), tone: None };
        for _ in 0..PRIME {
            timeslot.put(&[g711::silence(law); BLOCK]);
        }
        timeslot
    }

    pub(super) fn slot(&self) -> u8 {
        self.channel.slot()
    }

    /// Takes the next block from the line; false when there is none.
    pub(super) fn read(&mut self, block: &mut [u8; BLOCK]) -> bool {
        if !matches!(self.channel.read(block), Ok(BLOCK)) {
            return false;
        }
        if self.voice.echo.is_none() && self.voice.watches.is_none() {
            return true;
        }
        let mut samples = [0; BLOCK];
        g711::decode_slice(self.law, block, &mut samples);
        if let Some(echo) = &mut self.voice.echo {
            echo.cancel(&mut samples, self.channel.samples_ahead());
            g711::encode_slice(self.law, &samples, block);
        }
        if let Some([from_line, _]) = &mut self.voice.watches {
            from_line.listen(&samples);
        }
        true
    }

    /// Gives the line a block of the other end, unless it is to hear something else.
    pub(super) fn write(&mut self, block: &[u8; BLOCK]) {
        let mut block = *block;
        if let Some([_, to_line]) = &mut self.voice.watches {
            let mut samples = [0; BLOCK];
            g711::decode_slice(self.law, &block, &mut samples);
            to_line.listen(&samples);
        }
        if !self.keyed.fill(&mut block)
            && let Some(tone) = &mut self.tone
        {
            block.fill(g711::silence(self.law));
            tone.fill_octets(self.law, &mut block);
        }
        self.put(&block);
    }

    /// A full write queue takes no more: the line takes blocks slower than they come, and the span counts the overrun.
    fn put(&mut self, block: &[u8; BLOCK]) {
        let taken = self.channel.write(block).unwrap_or(0);
        if let Some(echo) = &mut self.voice.echo {
            let mut samples = [0; BLOCK];
            g711::decode_slice(self.law, block, &mut samples);
            echo.wrote(samples.get(..taken).unwrap_or_default());
        }
    }

    /// The next fax or modem tone that was heard, in either direction. The canceller is switched off by those that ask for it.
    pub(super) fn poll_heard(&mut self) -> Option<Heard> {
        let heard = self.voice.watches.iter_mut().flatten().find_map(ModemWatch::poll)?;
        if heard.is_data()
            && let Some(echo) = &mut self.voice.echo
        {
            echo.bypass();
        }
        Some(heard)
    }

    /// Plays a tone in place of the other end's audio, or no more.
    pub(super) fn play(&mut self, tone: Option<Arc<Pattern>>) {
        self.tone = tone.map(Generator::new);
    }

    pub(super) fn press(&mut self, digit: char) {
        self.keyed.press(digit);
    }

    pub(super) fn release(&mut self, digit: char, ms: u32) -> bool {
        self.keyed.release(digit, ms)
    }

    pub(super) fn counters(&self) -> ChannelCounters {
        self.channel.counters()
    }

    /// How the box's own echo canceller does.
    pub(super) fn echo_figures(&self) -> Option<Figures> {
        self.voice.echo.as_ref().and_then(EchoControl::figures)
    }

    /// Times that the line slipped under the echo canceller.
    pub(super) fn slips(&self) -> u64 {
        self.voice.echo.as_ref().map_or(0, EchoControl::slips)
    }
}
