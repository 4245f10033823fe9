//! Gets a stream going and brings it back after a fault; counts what happened.

use crate::{Fault, Loss, Stream};

/// What has been counted since a stream was first opened. Reopening goes on counting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Counters {
    /// Blocks asked for or handed over, whatever became of them.
    pub blocks: u64,
    /// Blocks that the card had late and the line heard twice, or the other way round: the card is the slower, or the faster.
    pub repeated: u64,
    /// Blocks left out because too many lay in the card's buffer, or because it had no room.
    pub dropped: u64,
    /// Blocks of silence instead of sound: while a buffer fills, after a fault, without a card. Playback: blocks nobody hears.
    pub silent: u64,
    /// Times that capture had nothing for so long that it began anew.
    pub starved: u64,
    /// Times that the card's buffer ran over (capture) or dry (playback): we came too late.
    pub xruns: u64,
    /// Times that the machine was suspended.
    pub suspends: u64,
    /// Times that the card went away.
    pub losses: u64,
}

/// What became of a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mended {
    /// The stream is prepared or goes on: try again at once.
    Now,
    /// Not yet: try again on the next beat.
    Later,
    /// It is lost.
    Lost(Loss),
}

/// A stream and how it is.
#[derive(Debug)]
pub(crate) struct Care<S> {
    pub(crate) stream: S,
    pub(crate) counters: Counters,
    /// It was started and nothing has stopped it since.
    pub(crate) running: bool,
    /// It waits for the card to wake up; counted already.
    suspended: bool,
    lost: bool,
}

impl<S: Stream> Care<S> {
    pub(crate) fn new(stream: S) -> Self {
        Self { stream, counters: Counters::default(), running: false, suspended: false, lost: false }
    }

    pub(crate) fn is_lost(&self) -> bool {
        self.lost
    }

    /// The stream was opened anew: nothing of before counts.
    pub(crate) fn renewed(&mut self) {
        self.running = false;
        self.suspended = false;
        self.lost = false;
    }

    /// A beat went well.
    pub(crate) fn well(&mut self) {
        self.suspended = false;
    }

    /// Does about a fault what can be done without waiting.
    pub(crate) fn mend(&mut self, fault: Fault) -> Mended {
        match fault {
            Fault::Busy => Mended::Later,
            Fault::Xrun => {
                self.counters.xruns += 1;
                self.prepare()
            }
            Fault::Suspended => self.wake(),
            Fault::Unplugged => self.lose(Loss::Unplugged),
            Fault::Refused(errno) => self.lose(Loss::Refused(errno)),
        }
    }

    fn wake(&mut self) -> Mended {
        if !self.suspended {
            self.suspended = true;
            self.counters.suspends += 1;
        }
        match self.stream.resume() {
            Ok(()) => Mended::Now,
            Err(Fault::Busy) => Mended::Later,
            Err(Fault::Unplugged) => self.lose(Loss::Unplugged),
            // Most cards cannot go on where they were (ENOSYS).
            Err(Fault::Refused(_) | Fault::Xrun | Fault::Suspended) => self.prepare(),
        }
    }

    fn prepare(&mut self) -> Mended {
        self.running = false;
        match self.stream.prepare() {
            Ok(()) => Mended::Now,
            Err(Fault::Busy | Fault::Suspended | Fault::Xrun) => Mended::Later,
            Err(Fault::Unplugged) => self.lose(Loss::Unplugged),
            Err(Fault::Refused(errno)) => self.lose(Loss::Refused(errno)),
        }
    }

    fn lose(&mut self, loss: Loss) -> Mended {
        self.lost = true;
        self.running = false;
        self.counters.losses += 1;
        Mended::Lost(loss)
    }
}
