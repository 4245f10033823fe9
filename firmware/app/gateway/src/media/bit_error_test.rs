//! A bit-error test of one timeslot: [`prbs`] on a channel that no call has, moved like a call's audio.

use model::api;
use tdm::dahdi::maintenance::prbs;
use tdm::{BLOCK, Channel};

/// Blocks moved at once: more than 200 ms late is lost rather than chased.
const MOST_AT_ONCE: usize = 20;

/// See the module header.
pub(super) struct BitErrorTest {
    channel: Box<dyn Channel>,
    generator: prbs::Generator,
    checker: prbs::Checker,
    /// The block that is being written, and from where on it is still to be.
    block: [u8; BLOCK],
    written: usize,
}

impl BitErrorTest {
    /// On this channel; its write queue is filled at once.
    pub(super) fn begin(channel: Box<dyn Channel>) -> Self {
        let mut test = Self {
            channel,
            generator: prbs::Generator::default(),
            checker: prbs::Checker::default(),
            block: [0; BLOCK],
            written: BLOCK,
        };
        // A DAHDI channel refuses until its audio begins: then the first pump fills it.
        test.fill();
        test
    }

    /// Checks what came, then sends as much as there is room for: a queue that is kept full runs empty last.
    pub(super) fn pump(&mut self) {
        let mut block = [0; BLOCK];
        for _ in 0..MOST_AT_ONCE {
            let Ok(length) = self.channel.read(&mut block) else { break };
            self.checker.check(block.get(..length).unwrap_or_default());
        }
        self.fill();
    }

    fn fill(&mut self) {
        for _ in 0..MOST_AT_ONCE {
            if self.written == BLOCK {
                self.generator.fill(&mut self.block);
                self.written = 0;
            }
            match self.channel.write(self.block.get(self.written..).unwrap_or_default()) {
                Ok(length) => self.written = (self.written + length).min(BLOCK),
                Err(_) => return,
            }
        }
    }

    /// What it has seen.
    pub(super) fn shown(&self) -> api::BitErrorTest {
        let (tally, counters) = (self.checker.tally(), self.channel.counters());
        api::BitErrorTest {
            timeslot: self.channel.slot(),
            in_sync: self.checker.in_sync(),
            bits: tally.bits,
            errors: tally.errors,
            losses: tally.losses,
            missed_blocks: counters.underruns + counters.overruns,
        }
    }
}
