//! E1 pairs on all of whose B-channels both ends talk: ours through `tdm::dahdi` and a ring, the other a stranger's.

use crate::far_end::{FarEnd, Span};
use crate::near_end::{MediaLoop, Part, e1_isdn, open};
use crate::sequence::{Listener, Talker};
use crate::stranger::Stranger;
use hw_tests::scratch::Scratch;
use ring::Backend;
use std::time::Duration;
use tdm::Law;

/// Silence before the sequences: both ends are running by then.
const BEFORE: usize = 8000 / 2;
/// What an octet may be under way at most, and the beginning: half a second of silence, the queues of both ends.
const NOT_YET: u64 = BEFORE as u64 + 2400;
/// Octets a second on a channel.
const RATE: u64 = 8000;

/// B-channels of an E1.
pub(crate) fn b_channels() -> impl Iterator<Item = u8> {
    (1..=31).filter(|slot| *slot != 16)
}

/// The sequence that one end of a channel sends.
fn seed(span: usize, slot: u8, ours: bool) -> u32 {
    1 + u32::try_from(span).unwrap() * 64 + u32::from(slot) * 2 + u32::from(ours) * 4096
}

/// E1 pairs and their two ends. The fields are dropped in this order: our spans, then the far ones.
pub(crate) struct Talk {
    pub(crate) near: MediaLoop,
    far: Stranger,
    spans: FarEnd,
}

impl Talk {
    /// So many pairs, keys `first` and up.
    pub(crate) fn start(scratch: &Scratch, first: u8, pairs: u8, backend: Backend) -> Self {
        let keys: Vec<u8> = (first..first + pairs).collect();
        let wanted: Vec<Span> = keys.iter().map(|key| Span::e1_isdn(*key, 1)).collect();
        let spans = FarEnd::start(scratch, &wanted);
        let near: Vec<_> = keys.iter().map(|key| open(e1_isdn(*key, 0))).collect();
        spans.wait_until_clear();
        let line = |index: usize, slot: u8| {
            let talker = Talker::new(seed(index, slot, false), Law::A, BEFORE);
            (spans.spans()[index].channel(slot.into()), talker, Listener::new(seed(index, slot, true)))
        };
        let far = Stranger::start(
            (0..keys.len()).flat_map(|index| b_channels().map(move |slot| (index, slot))).map(|(i, s)| line(i, s)).collect(),
        );
        let near = MediaLoop::new(near, backend, |index, slot, law| {
            Part::Talk(Talker::new(seed(index, slot, true), law, BEFORE), Listener::new(seed(index, slot, false)))
        });
        Self { near, far, spans }
    }

    /// The octets of a sequence that must have come after so long.
    pub(crate) fn least(time: Duration) -> u64 {
        u64::try_from(time.as_millis()).unwrap() * RATE / 1000 - NOT_YET
    }

    /// Ends it. What our channels and those of the far end received.
    pub(crate) fn stop(self) -> Heard {
        let Self { near, far, spans } = self;
        let there = far.stop();
        let here = near.listeners().map(|(_, _, listener)| listener.clone()).collect();
        let (lost, troubles) = (near.lost(), near.troubles.clone());
        drop(near);
        drop(spans);
        Heard { here, there: there.into_iter().map(|(_, listener)| listener).collect(), lost, troubles }
    }
}

/// What was received and what our end counted.
pub(crate) struct Heard {
    pub(crate) here: Vec<Listener>,
    pub(crate) there: Vec<Listener>,
    /// Underruns and overruns.
    pub(crate) lost: (u64, u64),
    pub(crate) troubles: Vec<(u8, tdm::ChannelEvent)>,
}

impl Heard {
    /// Every channel, both ways: the whole sequence without a gap, nothing counted as lost.
    #[track_caller]
    pub(crate) fn expect_exact(&self, channels: usize, least: u64) {
        assert_eq!((self.here.len(), self.there.len()), (channels, channels));
        for (end, listeners) in [("here", &self.here), ("at the far end", &self.there)] {
            for (index, one) in listeners.iter().enumerate() {
                let words = format!("{} octets right of {least}, gaps {:?}, lost: {}", one.right, one.gaps, one.lost);
                assert!(one.is_exact(least), "channel {index} of {channels} {end}: {words}");
            }
        }
        assert_eq!(self.lost, (0, 0), "underruns and overruns; channels tell {:?}", self.troubles);
        assert!(self.troubles.is_empty(), "channels tell {:?}", self.troubles);
        let right: u64 = self.here.iter().chain(&self.there).map(|one| one.right).sum();
        println!("figure: {channels} channels both ways, octets as sent = {right}");
        println!("figure: gaps, underruns and overruns = 0");
    }
}
