//! Sound from a card's input, a block on each beat of the line.

use crate::care::{Care, Counters, Mended};
use crate::drift::{Reader, Take};
use crate::{BLOCK, Card, Direction, Error, Fault, Loss, Setup, Stream};

/// What a block is that [`Capture::read`] gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Read {
    /// Sound of the card.
    Sound,
    /// The block before it once more: the card is behind the line.
    Repeated,
    /// Silence: the buffer fills, the card had nothing for long, or it is gone.
    Silence,
    /// Silence, and the card is gone from now on. Said once.
    Gone(Loss),
}

/// The input of a sound card. One thread at a time uses it; it is closed when dropped.
#[derive(Debug)]
pub struct Capture<S = Card> {
    care: Care<S>,
    reader: Reader,
    last: [i16; BLOCK],
}

impl Capture {
    /// Opens a card's input by ALSA's name for it: `hw:0,0`, `plughw:CARD=PCH`, `default`. It begins to record with the first
    /// [`read`](Self::read). May wait for the card.
    ///
    /// # Errors
    ///
    /// No such card, one that another program has, or one that cannot give 8000 Hz, mono, 16 bit.
    pub fn open(name: &str) -> Result<Self, Error> {
        Ok(Self::over(Card::open(name, Direction::Capture)?))
    }

    /// Closes the card and opens it anew by the name it was first opened by; the counters go on. May wait for the card.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open); there is silence then, and it may be tried again.
    pub fn reopen(&mut self) -> Result<(), Error> {
        self.care.stream.reopen()?;
        self.care.renewed();
        self.reader = Reader::new(self.care.stream.setup());
        Ok(())
    }
}

impl<S: Stream> Capture<S> {
    /// Over any stream that captures.
    pub fn over(stream: S) -> Self {
        let reader = Reader::new(stream.setup());
        Self { care: Care::new(stream), reader, last: [0; BLOCK] }
    }

    /// How the card was opened.
    pub fn setup(&self) -> &Setup {
        self.care.stream.setup()
    }

    /// What has been counted.
    pub fn counters(&self) -> Counters {
        self.care.counters
    }

    /// Fills the block with the next 10 ms: to be called once for each 10 ms of the line. Neither waits nor allocates.
    pub fn read(&mut self, block: &mut [i16; BLOCK]) -> Read {
        self.care.counters.blocks += 1;
        if self.care.is_lost() {
            return self.silence(block);
        }
        // The second time after a fault that could be mended.
        for _ in 0..2 {
            match self.take(block) {
                Ok(read) => {
                    self.care.well();
                    return read;
                }
                Err(fault) => match self.care.mend(fault) {
                    Mended::Now => self.reader.restarted(),
                    Mended::Later => break,
                    Mended::Lost(loss) => {
                        self.silence(block);
                        return Read::Gone(loss);
                    }
                },
            }
        }
        self.silence(block)
    }

    fn take(&mut self, block: &mut [i16; BLOCK]) -> Result<Read, Fault> {
        if !self.care.running {
            self.care.stream.start()?;
            self.care.running = true;
        }
        match self.reader.beat(self.care.stream.queued()?) {
            Take::Nothing => Ok(self.silence(block)),
            Take::Starved => {
                self.care.counters.starved += 1;
                Ok(self.silence(block))
            }
            Take::Repeat => Ok(self.repeat(block)),
            Take::Next { skip } => self.next(skip, block),
        }
    }

    fn next(&mut self, skip: usize, block: &mut [i16; BLOCK]) -> Result<Read, Fault> {
        for _ in 0..skip {
            self.care.stream.read(block)?;
            self.care.counters.dropped += 1;
        }
        match self.care.stream.read(block) {
            Ok(count) => {
                // A card that gives less than it promised: the rest is silence.
                block.iter_mut().skip(count).for_each(|sample| *sample = 0);
                self.last = *block;
                Ok(Read::Sound)
            }
            Err(Fault::Busy) => Ok(self.repeat(block)),
            Err(fault) => Err(fault),
        }
    }

    fn repeat(&mut self, block: &mut [i16; BLOCK]) -> Read {
        self.care.counters.repeated += 1;
        *block = self.last;
        Read::Repeated
    }

    fn silence(&mut self, block: &mut [i16; BLOCK]) -> Read {
        self.care.counters.silent += 1;
        *block = [0; BLOCK];
        Read::Silence
    }
}
