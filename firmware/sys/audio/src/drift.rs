//! What a beat of the line does about the difference between two clocks, by how much lies in the card's buffer.
//!
//! The buffer is the queue between the clocks, bounded by its size. Its level swings by what the card moves at a time (its
//! period), so the marks stand that much further apart. Pure: numbers in, a decision out.

use crate::{BLOCK, Setup};

/// Blocks given twice in a row before capture falls silent and lets the buffer fill anew.
const MOST_REPEATED: u8 = 3;

/// Levels of the buffer, in samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Marks {
    /// Playback below this would run dry when the next beat is late.
    low: usize,
    /// Where a start fills it to: a period and 30 ms.
    target: usize,
    /// Above this there is a block too many.
    high: usize,
    /// Above this somebody came too late, and all that is too many goes at once.
    far: usize,
}

impl Marks {
    /// For a card; one with a small buffer has its marks nearer together.
    fn new(setup: &Setup) -> Self {
        let target = (setup.period + 3 * BLOCK).min(setup.buffer / 2).max(BLOCK);
        let low = (setup.period + BLOCK).min(target / 2);
        let high = (target + setup.period + 2 * BLOCK).min(setup.buffer.saturating_sub(BLOCK)).max(target);
        Self { low, target, high, far: high + 3 * BLOCK }
    }
}

/// What a reader does on a beat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Take {
    /// The buffer fills: silence.
    Nothing,
    /// The card gave nothing for too long: silence, and the buffer fills from now on.
    Starved,
    /// Nothing there yet: the last block once more.
    Repeat,
    /// The next block, after this many were left out.
    Next {
        /// Blocks.
        skip: usize,
    },
}

/// The reader's side: the card fills the buffer.
#[derive(Debug)]
pub(crate) struct Reader {
    marks: Marks,
    filled: bool,
    repeated: u8,
}

impl Reader {
    pub(crate) fn new(setup: &Setup) -> Self {
        Self { marks: Marks::new(setup), filled: false, repeated: 0 }
    }

    /// The buffer is empty after a fault.
    pub(crate) fn restarted(&mut self) {
        self.filled = false;
    }

    /// Decides by what is in the buffer.
    pub(crate) fn beat(&mut self, queued: usize) -> Take {
        if !self.filled && queued < self.marks.target {
            return Take::Nothing;
        }
        if queued < BLOCK {
            return self.nothing_there();
        }
        self.filled = true;
        self.repeated = 0;
        let skip = if queued > self.marks.far {
            queued.saturating_sub(self.marks.target) / BLOCK
        } else {
            usize::from(queued > self.marks.high)
        };
        Take::Next { skip }
    }

    fn nothing_there(&mut self) -> Take {
        if self.repeated < MOST_REPEATED {
            self.repeated += 1;
            return Take::Repeat;
        }
        self.filled = false;
        self.repeated = 0;
        Take::Starved
    }
}

/// What a writer does on a beat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Put {
    /// Writes the block.
    Once,
    /// Writes it two times: the card is ahead.
    Twice,
    /// Leaves it out: the card is behind.
    Skip,
}

/// The writer's side: the card empties the buffer.
#[derive(Debug)]
pub(crate) struct Writer {
    marks: Marks,
}

impl Writer {
    pub(crate) fn new(setup: &Setup) -> Self {
        Self { marks: Marks::new(setup) }
    }

    /// Samples of silence that a start begins with.
    pub(crate) fn lead(&self) -> usize {
        self.marks.target
    }

    /// Decides by what is in the buffer.
    pub(crate) fn beat(&self, queued: usize) -> Put {
        if queued > self.marks.high {
            Put::Skip
        } else if queued < self.marks.low {
            Put::Twice
        } else {
            Put::Once
        }
    }
}
