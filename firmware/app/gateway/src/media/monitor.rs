//! A call that is listened to: both its sides, mixed, to a sound card's output.
//!
//! Each side's blocks wait for the other's. Where the two come by different clocks, the side that is ahead goes alone for a block once
//! [`WAITING`] of them wait.

use audio::Loss;
use call::words::CallId;
use media::{BLOCK, Law, g711};

use crate::sound::Output;

/// Blocks of one side that may wait for the other's.
const WAITING: usize = 4;

/// The blocks of one side that wait.
#[derive(Debug, Default)]
struct Waiting {
    blocks: [Block; WAITING],
    count: usize,
}

#[derive(Debug, Clone, Copy)]
struct Block([i16; BLOCK]);

impl Default for Block {
    fn default() -> Self {
        Self([0; BLOCK])
    }
}

impl Waiting {
    fn is_full(&self) -> bool {
        self.count == self.blocks.len()
    }

    /// One that finds no room is lost; there is room, as a full queue is played from.
    fn put(&mut self, law: Law, octets: &[u8; BLOCK]) {
        if let Some(block) = self.blocks.get_mut(self.count) {
            g711::decode_slice(law, octets, &mut block.0);
            self.count += 1;
        }
    }

    /// The oldest, or silence.
    fn take(&mut self) -> [i16; BLOCK] {
        if self.count == 0 {
            return [0; BLOCK];
        }
        self.blocks.rotate_left(1);
        self.count -= 1;
        self.blocks.last().map_or([0; BLOCK], |block| block.0)
    }
}

/// See the module header.
#[derive(Default)]
pub(super) struct Monitor(Option<Monitored>);

struct Monitored {
    call: CallId,
    /// None after it was lost.
    output: Option<Box<dyn Output>>,
    sides: [Waiting; 2],
    lost: Option<(Box<dyn Output>, Loss)>,
}

impl Monitor {
    /// Listens to this call from now on. What was listened at before is given back.
    pub(super) fn begin(&mut self, call: CallId, output: Box<dyn Output>) -> Option<(CallId, Box<dyn Output>)> {
        let before = self.0.replace(Monitored { call, output: Some(output), sides: <[Waiting; 2]>::default(), lost: None })?;
        Some((before.call, before.output?))
    }

    /// Whether it is this call that is listened to.
    pub(super) fn listens_to(&self, call: CallId) -> bool {
        self.0.as_ref().is_some_and(|monitored| monitored.call == call)
    }

    /// Listens to this call no more; `None` when it was not listened to, else what is to be closed.
    pub(super) fn end(&mut self, call: CallId) -> Option<Option<Box<dyn Output>>> {
        self.0.take_if(|monitored| monitored.call == call).map(|monitored| monitored.output)
    }

    /// An output that is gone, once, to be closed elsewhere.
    pub(super) fn poll_lost(&mut self) -> Option<(CallId, Box<dyn Output>, Loss)> {
        let monitored = self.0.as_mut()?;
        let (output, loss) = monitored.lost.take()?;
        Some((monitored.call, output, loss))
    }

    /// What a call's side says to the other: `a`, which is side 0, to `b`, or back.
    pub(super) fn hear(&mut self, call: CallId, side: usize, law: Law, block: &[u8; BLOCK]) {
        let Some(monitored) = self.0.as_mut().filter(|monitored| monitored.call == call && monitored.output.is_some()) else {
            return;
        };
        let Some(waiting) = monitored.sides.get_mut(side) else { return };
        waiting.put(law, block);
        let is_ahead = waiting.is_full();
        if is_ahead || monitored.sides.iter().all(|waiting| waiting.count > 0) {
            monitored.play();
        }
    }
}

impl Monitored {
    fn play(&mut self) {
        let [mut mixed, other] = self.sides.each_mut().map(Waiting::take);
        for (sample, other) in mixed.iter_mut().zip(other) {
            *sample = sample.saturating_add(other);
        }
        if let Some(output) = &mut self.output
            && let Err(loss) = output.play(&mixed)
        {
            self.lost = self.output.take().map(|output| (output, loss));
        }
    }
}
