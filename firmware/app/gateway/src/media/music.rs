//! Music on hold: one source for all that wait, and where each of them is in it.
//!
//! The source gives a block when the first listener wants one that nobody had yet, so the lines' clocks pace it, the fastest of them. The last
//! blocks are kept: each listener has its own place, one on a slower clock falls behind and, at the end of what is kept, loses a block.
//! Samples are linear and are put into each listener's law. Whose side holds by SIP is told by [`PeerHold`].

use std::time::{Duration, Instant};

use audio::Loss;
use media::{BLOCK, Direction, Law, g711};

use crate::sound::Source;

/// Blocks that are kept: more than a call moves at once after a stall.
const KEPT: usize = 32;
/// Blocks that go by in a round of the media thread, of 100 ms.
const ROUND: usize = 10;
/// How long a peer that holds and may send music of its own can keep silent before it is played ours.
const OWN_MUSIC: Duration = Duration::from_millis(500);

/// Where one listener is.
#[derive(Debug, Default)]
pub(super) struct Listener {
    /// The next block's number; none while nobody holds.
    next: Option<u64>,
}

impl Listener {
    pub(super) const fn new() -> Self {
        Self { next: None }
    }

    /// Nobody holds: the next time begins with what the source gives then.
    pub(super) const fn leave(&mut self) {
        self.next = None;
    }
}

/// See the module header.
pub(super) struct Music {
    source: Option<Box<dyn Source>>,
    kept: [[i16; BLOCK]; KEPT],
    /// Blocks that sources have given so far.
    given: u64,
    /// `given` at the last round.
    given_before: u64,
    lost: Option<(Box<dyn Source>, Loss)>,
}

impl Music {
    pub(super) const fn new() -> Self {
        Self { source: None, kept: [[0; BLOCK]; KEPT], given: 0, given_before: 0, lost: None }
    }

    /// What listeners hear from now on. Another one is handed over only once the one before it was lost.
    pub(super) fn install(&mut self, source: Box<dyn Source>) {
        self.source = Some(source);
    }

    /// A source that is gone, once, to be closed elsewhere.
    pub(super) fn poll_lost(&mut self) -> Option<(Box<dyn Source>, Loss)> {
        self.lost.take()
    }

    /// Once in 100 ms: a card that nobody listened to meanwhile is emptied, so that what is heard is not old, and its loss is seen.
    pub(super) fn round(&mut self) {
        let runs = self.source.as_ref().is_some_and(|source| source.runs_by_itself());
        if runs && self.given == self.given_before {
            for _ in 0..ROUND {
                self.advance();
            }
        }
        self.given_before = self.given;
    }

    /// Fills a block of a side that is kept waiting; without a source it is silence.
    pub(super) fn play(&mut self, listener: &mut Listener, law: Law, block: &mut [u8; BLOCK]) {
        let oldest = self.given.saturating_sub(KEPT as u64);
        let next = listener.next.unwrap_or(self.given).max(oldest);
        if next >= self.given {
            self.advance();
        }
        let heard = place(next).and_then(|place| self.kept.get(place)).filter(|_| next < self.given);
        match heard {
            Some(samples) => {
                g711::encode_slice(law, samples, block);
                listener.next = Some(next + 1);
            }
            None => {
                block.fill(g711::silence(law));
                listener.leave();
            }
        }
    }

    fn advance(&mut self) {
        let kept = place(self.given).and_then(|place| self.kept.get_mut(place));
        let (Some(source), Some(block)) = (&mut self.source, kept) else { return };
        match source.next(block) {
            Ok(()) => self.given += 1,
            Err(loss) => self.lost = self.source.take().map(|source| (source, loss)),
        }
    }
}

/// Where a block is kept.
fn place(number: u64) -> Option<usize> {
    usize::try_from(number % KEPT as u64).ok()
}

/// Whether a SIP peer holds and sends no music of its own. One that says `inactive` does not; one that says `sendonly` may (RFC 3264 8.4), and
/// is believed to do so when something comes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum PeerHold {
    /// It does not hold.
    #[default]
    Off,
    /// It neither listens nor sends.
    Inactive,
    /// It sends, or will.
    Sending {
        /// When it was last heard, or began to hold.
        heard: Instant,
    },
}

impl PeerHold {
    /// After another agreement; `direction` is ours.
    pub(super) fn after(self, direction: Direction, now: Instant) -> Self {
        match (direction, self) {
            (Direction::Inactive, _) => Self::Inactive,
            (Direction::RecvOnly, Self::Sending { .. }) => self,
            (Direction::RecvOnly, Self::Off | Self::Inactive) => Self::Sending { heard: now },
            // One that only listens holds nobody.
            (Direction::SendRecv | Direction::SendOnly, _) => Self::Off,
        }
    }

    /// Something came from it.
    pub(super) fn heard(&mut self, now: Instant) {
        if let Self::Sending { heard } = self {
            *heard = now;
        }
    }

    /// Whether the other side is to hear our music.
    pub(super) fn wants_music(self, now: Instant) -> bool {
        match self {
            Self::Off => false,
            Self::Inactive => true,
            Self::Sending { heard } => now.saturating_duration_since(heard) > OWN_MUSIC,
        }
    }
}
