//! What the line hears: the jitter buffer's blocks, what is missing concealed, announced silence filled with noise, all metered.
//!
//! Octets that were received whole pass untouched, but for the first milliseconds after a gap and around a block left out. Those of an
//! encoded codec pass untouched always: who decodes them conceals, and is told what is missing.

use crate::comfort_noise::{Generator, Payload};
use crate::concealment::Concealer;
use crate::jitter::{Buffer, Content, Mode, Played};
use crate::quality::Meter;
use crate::{BLOCK, Codec, Law, g711};

/// G.722's octet where there is none: what an encoder makes of nothing at first. A decoder makes a constant of a row of it, which nobody hears
/// but which is no zero: who has an encoder sends what that makes of silence.
const SILENCE_G722: u8 = 0xfa;

/// What a block is that came from the peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filled {
    /// For the line as it is: in its law, or a data call's bits.
    Line,
    /// The octets of an encoded codec, all of them as they came.
    Encoded,
    /// The same, with the codec's silence for those that [`super::Stream::present`] says are missing: they are to be made up.
    Holed,
    /// The silence of an encoded codec: nothing was to be expected.
    Silence,
}

/// What the octets in the buffer are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Carried {
    Law,
    Encoded,
    Clear,
}

impl Carried {
    const fn of(codec: Codec) -> Self {
        match codec {
            Codec::Pcma | Codec::Pcmu => Self::Law,
            Codec::G722 => Self::Encoded,
            Codec::Clearmode => Self::Clear,
        }
    }

    /// For the buffer, and what there is when there is nothing: silence, and all ones on a clear channel.
    const fn content(self, law: Law) -> (Content, u8) {
        match self {
            Self::Law => (Content::Companded(law), g711::silence(law)),
            Self::Encoded => (Content::Opaque(SILENCE_G722), SILENCE_G722),
            Self::Clear => (Content::Opaque(0xff), 0xff),
        }
    }
}

/// See the module header.
#[derive(Debug, Clone)]
pub(super) struct Playback {
    pub(super) buffer: Buffer,
    pub(super) meter: Meter,
    concealer: Concealer,
    noise: Generator,
    law: Law,
    carried: Carried,
    idle: u8,
    conceals: bool,
}

impl Playback {
    pub(super) fn new(mode: Mode, codec: Codec, law: Law, conceals: bool, seed: u32) -> Self {
        let carried = Carried::of(codec);
        let (content, idle) = carried.content(law);
        Self {
            buffer: Buffer::new(mode, content),
            meter: Meter::default(),
            concealer: Concealer::default(),
            noise: Generator::new(seed),
            law,
            carried,
            idle,
            conceals,
        }
    }

    /// The peer sends this codec. When its octets are of another kind than those before, what waits is lost.
    pub(super) fn carry(&mut self, codec: Codec) {
        let carried = Carried::of(codec);
        if carried != self.carried {
            let (content, idle) = carried.content(self.law);
            (self.carried, self.idle) = (carried, idle);
            self.buffer.set_content(content);
            self.concealer.reset();
            self.noise.stop();
        }
    }

    /// Whether what comes is for a decoder.
    pub(super) const fn is_encoded(&self) -> bool {
        matches!(self.carried, Carried::Encoded)
    }

    /// Whether what is missing is made up: not in data, whatever was asked for.
    pub(super) const fn conceals(&self) -> bool {
        match self.buffer.mode() {
            Mode::Data { .. } => false,
            Mode::Adaptive { .. } | Mode::Fixed { .. } => self.conceals,
        }
    }

    /// Forgets all audio: a new source.
    pub(super) fn reset(&mut self) {
        self.buffer.reset();
        self.concealer.reset();
        self.noise.stop();
    }

    /// The peer described its silence.
    pub(super) fn describe_silence(&mut self, payload: &Payload) {
        self.noise.describe(payload);
        self.buffer.announce_silence();
    }

    /// Blocks in the peer's packets.
    pub(super) fn blocks_per_packet(&self) -> u32 {
        self.buffer.latest_packet().div_ceil(BLOCK as u32).max(1)
    }

    /// Fills the next block; also true when a second of the meter is over.
    pub(super) fn pull(&mut self, block: &mut [u8; BLOCK]) -> (Filled, bool) {
        let played = self.buffer.pull(block);
        let filled = match self.carried {
            Carried::Encoded => filled_encoded(played),
            Carried::Law | Carried::Clear => {
                self.for_line(played, block);
                Filled::Line
            }
        };
        (filled, self.meter.block(played, self.blocks_per_packet()))
    }

    fn for_line(&mut self, played: Played, block: &mut [u8; BLOCK]) {
        let mut samples = [0; BLOCK];
        g711::decode_slice(self.law, block, &mut samples);
        if self.conceals() {
            self.make_up(played, block, &mut samples);
        }
        self.meter.sound(&samples);
    }

    /// This end does not listen: silence.
    pub(super) fn deaf(&mut self, block: &mut [u8; BLOCK]) -> (Filled, bool) {
        block.fill(self.idle);
        self.meter.sound(&[0; BLOCK]);
        let filled = if self.is_encoded() { Filled::Silence } else { Filled::Line };
        (filled, self.meter.block(Played::Idle, 1))
    }

    fn make_up(&mut self, played: Played, block: &mut [u8; BLOCK], samples: &mut [i16; BLOCK]) {
        let changed = match played {
            Played::Audio => self.play_whole(samples),
            Played::Concealed | Played::Underrun => self.fill_holes(samples),
            Played::Inserted => {
                self.concealer.conceal(samples);
                true
            }
            Played::Idle => self.idle(samples),
        };
        if changed {
            g711::encode_slice(self.law, samples, block);
        }
    }

    fn play_whole(&mut self, samples: &mut [i16; BLOCK]) -> bool {
        if !self.buffer.silence_is_announced() {
            self.noise.stop();
        }
        let crossed = self.cross_over(samples);
        self.concealer.heard(samples) || crossed
    }

    /// From the block left out into the one played.
    fn cross_over(&self, samples: &mut [i16; BLOCK]) -> bool {
        let Some(left_out) = self.buffer.left_out() else { return false };
        for ((at, sample), octet) in (1i32..).zip(samples.iter_mut()).zip(left_out) {
            let (old, new) = (i32::from(g711::decode(self.law, *octet)), i32::from(*sample));
            let all = BLOCK as i32 + 1;
            *sample = i16::try_from((old * (all - at) + new * at) / all).unwrap_or(0);
        }
        true
    }

    /// Runs of samples that came and runs that did not, each in its way.
    fn fill_holes(&mut self, samples: &mut [i16; BLOCK]) -> bool {
        let mut rest: &mut [i16] = samples;
        for run in self.buffer.present().chunk_by(|a, b| a == b) {
            let Some((now, later)) = rest.split_at_mut_checked(run.len()) else { return true };
            if run.first() == Some(&true) {
                self.concealer.heard(now);
            } else {
                self.concealer.conceal(now);
            }
            rest = later;
        }
        true
    }

    fn idle(&mut self, samples: &mut [i16; BLOCK]) -> bool {
        let described = self.noise.is_described();
        if described {
            self.noise.fill(samples);
        }
        // What was heard before a silence is no model for what comes after it.
        self.concealer.reset();
        described
    }
}

/// What became of a block of an encoded codec.
const fn filled_encoded(played: Played) -> Filled {
    match played {
        Played::Audio => Filled::Encoded,
        Played::Concealed | Played::Underrun | Played::Inserted => Filled::Holed,
        Played::Idle => Filled::Silence,
    }
}
