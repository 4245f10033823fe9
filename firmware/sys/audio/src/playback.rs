//! Sound to a card's output, a block on each beat of the line.

use crate::care::{Care, Counters, Mended};
use crate::drift::{Put, Writer};
use crate::{BLOCK, Card, Direction, Error, Fault, Loss, Setup, Stream};

/// What became of a block that [`Playback::write`] took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Written {
    /// It will be heard.
    Once,
    /// It will be heard two times: the card is ahead of the line.
    Twice,
    /// It was left out: the card is behind the line.
    Dropped,
    /// Nobody hears it: the card is gone or not awake yet.
    Unheard,
    /// Nobody hears it, and the card is gone from now on. Said once.
    Gone(Loss),
}

const SILENCE: [i16; BLOCK] = [0; BLOCK];

/// The output of a sound card. One thread at a time uses it; it is closed when dropped, and what it has not played is lost.
#[derive(Debug)]
pub struct Playback<S = Card> {
    care: Care<S>,
    writer: Writer,
}

impl Playback {
    /// Opens a card's output by ALSA's name for it: `hw:0,0`, `plughw:CARD=PCH`, `default`. May wait for the card.
    ///
    /// # Errors
    ///
    /// No such card, one that another program has, or one that cannot play 8000 Hz, mono, 16 bit.
    pub fn open(name: &str) -> Result<Self, Error> {
        Ok(Self::over(Card::open(name, Direction::Playback)?))
    }

    /// Closes the card and opens it anew by the name it was first opened by; the counters go on. May wait for the card.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open); nobody hears anything then, and it may be tried again.
    pub fn reopen(&mut self) -> Result<(), Error> {
        self.care.stream.reopen()?;
        self.care.renewed();
        self.writer = Writer::new(self.care.stream.setup());
        Ok(())
    }
}

impl<S: Stream> Playback<S> {
    /// Over any stream that plays.
    pub fn over(stream: S) -> Self {
        let writer = Writer::new(stream.setup());
        Self { care: Care::new(stream), writer }
    }

    /// How the card was opened.
    pub fn setup(&self) -> &Setup {
        self.care.stream.setup()
    }

    /// What has been counted.
    pub fn counters(&self) -> Counters {
        self.care.counters
    }

    /// Hands over the next 10 ms: to be called once for each 10 ms of the line. Neither waits nor allocates.
    ///
    /// It is heard after what lies in the card's buffer: a period of the card and 30 ms at the start.
    pub fn write(&mut self, block: &[i16; BLOCK]) -> Written {
        self.care.counters.blocks += 1;
        if self.care.is_lost() {
            return self.unheard();
        }
        // The second time after a fault that could be mended.
        for _ in 0..2 {
            match self.put(block) {
                Ok(written) => {
                    self.care.well();
                    return written;
                }
                Err(fault) => match self.care.mend(fault) {
                    Mended::Now => {}
                    Mended::Later => break,
                    Mended::Lost(loss) => {
                        self.unheard();
                        return Written::Gone(loss);
                    }
                },
            }
        }
        self.unheard()
    }

    fn put(&mut self, block: &[i16; BLOCK]) -> Result<Written, Fault> {
        if !self.care.running {
            self.lead()?;
            self.care.stream.start()?;
            self.care.running = true;
        }
        match self.writer.beat(self.care.stream.queued()?) {
            Put::Skip => Ok(self.dropped()),
            Put::Once if self.fits(block)? => Ok(Written::Once),
            Put::Once => Ok(self.dropped()),
            Put::Twice if self.fits(block)? => {
                self.care.counters.repeated += u64::from(self.fits(block)?);
                Ok(Written::Twice)
            }
            Put::Twice => Ok(self.dropped()),
        }
    }

    /// The silence that a start begins with, so that the card has something while it waits for us.
    fn lead(&mut self) -> Result<(), Fault> {
        let mut left = self.writer.lead();
        while left > 0 {
            let wanted = SILENCE.get(..left.min(BLOCK)).unwrap_or(&SILENCE);
            match self.care.stream.write(wanted) {
                // No room for more is as good as filled.
                Ok(0) | Err(Fault::Busy) => return Ok(()),
                Ok(count) => left = left.saturating_sub(count),
                Err(fault) => return Err(fault),
            }
        }
        Ok(())
    }

    /// Writes the block; false when the card has no room for all of it.
    fn fits(&mut self, block: &[i16; BLOCK]) -> Result<bool, Fault> {
        match self.care.stream.write(block) {
            Ok(count) => Ok(count == BLOCK),
            Err(Fault::Busy) => Ok(false),
            Err(fault) => Err(fault),
        }
    }

    fn dropped(&mut self) -> Written {
        self.care.counters.dropped += 1;
        Written::Dropped
    }

    fn unheard(&mut self) -> Written {
        self.care.counters.silent += 1;
        Written::Unheard
    }
}
